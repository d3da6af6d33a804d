//! How does a value change over time?
//!
//! Lines over time points. A gap stays a gap: it is never drawn as zero and no line crosses it. It never knows what the
//! time points are, only their order.

use base::Decimal;
use base::exact::with_commas;

use crate::head::{Head, Mark, dot};
use crate::refused::{Refused, bounded};
use crate::svg::{Drawing, px};
use crate::{Size, Target, ink};

use plot::Plot;

mod label;
mod plot;

/// One line of a trend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// What the key calls it.
    pub name: String,
    /// One value for each time point in the chart's unit, printed with the digits it has; nothing where there is none.
    pub values: Vec<Option<Decimal>>,
}

impl Series {
    /// A line of this name.
    pub fn new(name: impl Into<String>, values: Vec<Option<Decimal>>) -> Self {
        Self { name: name.into(), values }
    }
}

/// One or more lines over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    title: String,
    unit: String,
    points: Vec<String>,
    series: Vec<Series>,
    target: Option<Target>,
}

impl Trend {
    /// Lines over the time points, in the order given. `unit` is a word such as 人 or %, said once for all values.
    ///
    /// # Errors
    /// [`Refused::Uneven`] when a series has not one value or gap for each point, [`Refused::TooLarge`] beyond 10^18.
    pub fn new(
        title: impl Into<String>,
        unit: impl Into<String>,
        points: Vec<String>,
        series: Vec<Series>,
    ) -> Result<Self, Refused> {
        for Series { name, values } in &series {
            if values.len() != points.len() {
                let (n_values, n_points) = (values.len(), points.len());
                return Err(Refused::Uneven { series: name.clone(), n_values, n_points });
            }
            values.iter().flatten().try_for_each(|value| bounded(name, *value))?;
        }
        Ok(Self { title: title.into(), unit: unit.into(), points, series, target: None })
    }

    /// The same lines with a target across them, in their unit.
    ///
    /// # Errors
    /// [`Refused::TooLarge`] beyond 10^18.
    pub fn with_target(mut self, label: impl Into<String>, value: Decimal) -> Result<Self, Refused> {
        let label = label.into();
        bounded(&label, value)?;
        self.target = Some(Target { label, value });
        Ok(self)
    }

    /// The drawing as SVG text, `size` in CSS pixels. The axis leaves zero when all values lie in its upper half.
    pub fn svg(&self, size: Size) -> String {
        let keys = self.series.iter().enumerate().map(|(at, series)| (Mark::Line(at), series.name.as_str()));
        let keys = if self.series.len() > 1 { keys.collect() } else { Vec::new() };
        let head = Head { title: &self.title, unit: &self.unit, keys };
        if self.values().next().is_none() {
            return head.nothing(size);
        }
        let mut drawing = Drawing::default();
        let top = head.draw(&mut drawing, size) + 16.0;
        let height = size.height_px().max(top + 120.0);
        let plot = Plot::new(self, top, height, size.width_px());
        plot.axes(&mut drawing, &self.points);
        if let Some(target) = &self.target {
            plot.target(&mut drawing, target, size.width_px());
        }
        self.lines(&mut drawing, &plot);
        label::draw(&mut drawing, &plot, &self.series, self.target.as_ref());
        drawing.finish(size.width_px(), height, &self.title, &self.sentence())
    }

    fn values(&self) -> impl Iterator<Item = Decimal> {
        self.series.iter().flat_map(|series| series.values.iter().copied().flatten())
    }

    fn lines(&self, drawing: &mut Drawing, plot: &Plot) {
        for (at, series) in self.series.iter().enumerate() {
            let stroke = &ink::STROKES[at % ink::STROKES.len()];
            let mut path = String::new();
            let mut pen = 'M';
            for (point, value) in series.values.iter().enumerate() {
                let Some(value) = value else {
                    pen = 'M';
                    continue;
                };
                path.push_str(&format!("{pen}{} {}", px(plot.x(point)), px(plot.y(*value))));
                pen = 'L';
            }
            drawing.path("line", &path, "none", Some((stroke.colour, 2.0, stroke.dash)));
            for (point, value) in series.values.iter().enumerate() {
                let neighbour =
                    |other: Option<usize>| other.is_some_and(|o| series.values.get(o).is_some_and(Option::is_some));
                let alone = !neighbour(point.checked_sub(1)) && !neighbour(Some(point + 1));
                // Marks closer than this would be a rope; a value between two gaps has nothing but its mark.
                if let (Some(value), true) = (value, alone || plot.step() >= 14.0) {
                    dot(drawing, at, plot.x(point), plot.y(*value));
                }
            }
        }
    }

    fn sentence(&self) -> String {
        let span = match (self.points.first(), self.points.last()) {
            (Some(first), Some(last)) if first != last => format!("{first}至{last}"),
            (first, _) => first.cloned().unwrap_or_default(),
        };
        let lines: Vec<String> = self.series.iter().map(|series| self.line_sentence(series)).collect();
        let target = self.target.as_ref().map(|t| format!("；{}", t.shown())).unwrap_or_default();
        format!("折线图：{span}{}（单位：{}）。{}{target}。", self.title, self.unit, lines.join("；"))
    }

    fn line_sentence(&self, series: &Series) -> String {
        let known: Vec<(&String, Decimal)> =
            self.points.iter().zip(&series.values).filter_map(|(point, value)| Some((point, (*value)?))).collect();
        match (known.first(), known.last()) {
            (Some((first, from)), Some((last, to))) if first != last => {
                format!("{}：{first}{}，{last}{}", series.name, with_commas(*from), with_commas(*to))
            }
            (Some((point, value)), _) => format!("{}：{point}{}", series.name, with_commas(*value)),
            _ => format!("{}：暂无数据", series.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trend(values: &[Option<i64>]) -> Result<Trend, Refused> {
        let points = ["2021年", "2022年", "2023年", "2024年"].map(String::from).to_vec();
        let values = values.iter().map(|value| value.map(Decimal::from)).collect();
        Trend::new("规范管理率", "%", points, vec![Series::new("高血压", values)])
    }

    #[test]
    fn a_series_has_one_value_or_gap_for_each_point() {
        assert!(trend(&[Some(1), None, None, Some(-4)]).is_ok(), "negative values are shown");
        let refused = trend(&[Some(1)]).unwrap_err();
        assert_eq!(refused, Refused::Uneven { series: "高血压".into(), n_values: 1, n_points: 4 });
    }

    #[test]
    fn a_gap_ends_the_line_and_is_never_zero() {
        let svg = trend(&[Some(60), Some(70), None, Some(80)]).unwrap().svg(Size::new(640, 320));
        let line = svg.split("class=\"line\" d=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        assert_eq!((line.matches('M').count(), line.matches('L').count()), (2, 1), "{line}");
        assert_eq!(svg.matches("class=\"dot\"").count(), 3);
    }

    #[test]
    fn the_sentence_names_both_ends_and_the_target() {
        let chart = trend(&[None, Some(60), Some(70), None]).unwrap().with_target("目标", Decimal::from(75)).unwrap();
        assert_eq!(
            chart.sentence(),
            "折线图：2021年至2024年规范管理率（单位：%）。高血压：2022年60，2023年70；目标 75。"
        );
    }

    #[test]
    fn only_gaps_are_no_data() {
        let svg = trend(&[None; 4]).unwrap().svg(Size::new(640, 320));
        assert!(svg.contains("暂无数据") && !svg.contains("class=\"axis\""), "{svg}");
    }
}
