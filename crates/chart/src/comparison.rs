//! Who has how much, beside the others?
//!
//! One horizontal bar an organisation, in the order given. Nobody is coloured for being first or last; what misses the
//! target has the second tone and hatching. It never sorts.

use base::Decimal;
use base::exact::with_commas;

use crate::head::{Head, LINE, MARGIN, Mark, WORD};
use crate::refused::{Refused, length};
use crate::scale::Scale;
use crate::svg::{Anchor, Area, Drawing, Words};
use crate::text::{number_or_dash, room};
use crate::{Direction, Size, Target, ink};

/// The least height of a row, in pixels.
const ROW: f64 = 18.0;
/// A row grows with the drawing up to this height, in pixels.
const ROW_MOST: f64 = 34.0;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Whose it is.
    pub label: String,
    /// Its length in the chart's unit, printed with the digits it has; nothing when it is not known.
    pub value: Option<Decimal>,
    /// Whether it meets its target, as far as that was judged; one that does not is hatched.
    pub met: Option<bool>,
}

impl Bar {
    /// The bar of this organisation, not judged.
    pub fn new(label: impl Into<String>, value: Option<Decimal>) -> Self {
        Self { label: label.into(), value, met: None }
    }

    /// The same bar, judged by who knows more than is printed: 89.996 % misses 90 % though it is printed 90.00 %, and an
    /// organisation may have a target of its own.
    pub fn judged(self, met: bool) -> Self {
        Self { met: Some(met), ..self }
    }
}

/// Horizontal bars of up to some forty organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    title: String,
    unit: String,
    bars: Vec<Bar>,
    target: Option<(Target, Direction)>,
}

/// Where bars stand in pixels.
struct Plot {
    left: f64,
    right: f64,
    top: f64,
    row: f64,
    scale: Scale,
}

impl Plot {
    fn x(&self, value: Decimal) -> f64 {
        self.left + self.scale.share(value) * (self.right - self.left)
    }

    fn bottom(&self, n_bars: usize) -> f64 {
        self.top + self.row * n_bars as f64
    }
}

impl Comparison {
    /// Bars in the order given. `unit` is a word such as 人 or %, said once for all values.
    ///
    /// # Errors
    /// [`Refused::Negative`] below zero, [`Refused::TooLarge`] beyond 10^18.
    pub fn new(title: impl Into<String>, unit: impl Into<String>, bars: Vec<Bar>) -> Result<Self, Refused> {
        for bar in &bars {
            bar.value.map_or(Ok(()), |value| length(&bar.label, value))?;
        }
        Ok(Self { title: title.into(), unit: unit.into(), bars, target: None })
    }

    /// The same bars with a target across them, in their unit. Bars that were not judged are, by their printed values.
    ///
    /// # Errors
    /// [`Refused::Negative`] below zero, [`Refused::TooLarge`] beyond 10^18.
    pub fn with_target(
        mut self,
        label: impl Into<String>,
        value: Decimal,
        direction: Direction,
    ) -> Result<Self, Refused> {
        let label = label.into();
        length(&label, value)?;
        for bar in &mut self.bars {
            bar.met = bar.met.or_else(|| Some(direction.met(bar.value?, value)));
        }
        self.target = Some((Target { label, value }, direction));
        Ok(self)
    }

    /// The drawing as SVG text, `size` in CSS pixels. It grows taller than `size` when there are many bars.
    pub fn svg(&self, size: Size) -> String {
        let keys = if self.bars.iter().any(|bar| bar.met.is_some()) {
            vec![(Mark::Block, "达标"), (Mark::Hatched, "未达标")]
        } else {
            Vec::new()
        };
        let head = Head { title: &self.title, unit: &self.unit, keys };
        if self.bars.iter().all(|bar| bar.value.is_none()) {
            return head.nothing(size);
        }
        let mut drawing = Drawing::default();
        let top = head.draw(&mut drawing, size) + if self.target.is_some() { LINE + 4.0 } else { 4.0 };
        let foot = MARGIN + WORD + 10.0;
        let row = ((size.height_px() - top - foot) / self.bars.len() as f64).clamp(ROW, ROW_MOST);
        let plot = self.plot(top, row, size.width_px());
        self.axis(&mut drawing, &plot);
        self.bars.iter().enumerate().for_each(|(at, bar)| self.bar(&mut drawing, &plot, at, bar));
        self.target_line(&mut drawing, &plot, size.width_px());
        self.values(&mut drawing, &plot);
        let height = size.height_px().max(plot.bottom(self.bars.len()) + foot);
        drawing.finish(size.width_px(), height, &self.title, &self.sentence())
    }

    fn plot(&self, top: f64, row: f64, width: f64) -> Plot {
        let widest = self.bars.iter().map(|bar| room(&bar.label, WORD)).fold(0.0, f64::max);
        let left = MARGIN + widest.min(width * 0.34) + 8.0;
        let values = self.bars.iter().map(|bar| room(&number_or_dash(bar.value), WORD)).fold(0.0, f64::max);
        let right = width - MARGIN - values - 8.0;
        let target = self.target.as_ref().map(|(target, _)| target.value);
        let all = self.bars.iter().filter_map(|bar| bar.value).chain(target);
        let widest_tick = all.clone().map(|value| room(&with_commas(value.trunc()), WORD)).fold(0.0, f64::max) + 24.0;
        let n_steps = ((right - left) / widest_tick).clamp(1.0, 6.0) as u32;
        Plot { left, right, top, row, scale: Scale::from_zero(all, n_steps) }
    }

    fn axis(&self, drawing: &mut Drawing, plot: &Plot) {
        let bottom = plot.bottom(self.bars.len());
        for tick in plot.scale.ticks() {
            let x = plot.x(tick);
            let colour = if tick.is_zero() { ink::AXIS } else { ink::GRID };
            drawing.line("grid", (x, plot.top), (x, bottom), (colour, 1.0, ""));
            let shown = with_commas(tick);
            drawing.words(Words { anchor: Anchor::Middle, fill: ink::SOFT, ..Words::new(&shown, x, bottom + 12.0) });
        }
    }

    fn bar(&self, drawing: &mut Drawing, plot: &Plot, at: usize, bar: &Bar) {
        let middle = plot.top + plot.row * (at as f64 + 0.5);
        let label = Words { anchor: Anchor::End, ..Words::new(&bar.label, plot.left - 8.0, middle) };
        drawing.words(Words { max: plot.left - 8.0 - MARGIN, ..label });
        let Some(value) = bar.value else { return };
        let thick = (plot.row * 0.62).round();
        let area = Area { x: plot.left, y: middle - thick / 2.0, width: plot.x(value) - plot.left, height: thick };
        if bar.met == Some(false) {
            drawing.hatched("bar", area);
        } else {
            drawing.rect("bar", area, ink::PRIMARY, None);
        }
    }

    fn target_line(&self, drawing: &mut Drawing, plot: &Plot, width: f64) {
        let Some((target, direction)) = &self.target else { return };
        let x = plot.x(target.value);
        let bottom = plot.bottom(self.bars.len());
        drawing.line("rim", (x, plot.top - 2.0), (x, bottom), (ink::PAPER, 3.5, ""));
        drawing.line("target", (x, plot.top - 2.0), (x, bottom), (ink::TARGET, 1.5, "5 3"));
        let shown = format!("{}（{}{}）", target.label, direction.sign(), with_commas(target.value));
        let most = width - 2.0 * MARGIN;
        let half = room(&shown, WORD).min(most) / 2.0;
        let middle = x.clamp(MARGIN + half, width - MARGIN - half);
        let words = Words { anchor: Anchor::Middle, fill: ink::TARGET, ..Words::new(&shown, middle, plot.top - 13.0) };
        drawing.words(Words { max: most, ..words });
    }

    /// The values stand at the ends of their bars, and step over the target's line where it would cross them.
    fn values(&self, drawing: &mut Drawing, plot: &Plot) {
        let target = self.target.as_ref().map(|(target, _)| plot.x(target.value));
        for (at, bar) in self.bars.iter().enumerate() {
            let shown = number_or_dash(bar.value);
            let x = bar.value.map_or(plot.left, |value| plot.x(value)) + 5.0;
            let crossed = |line: &f64| x - 5.0 <= *line && *line <= x + room(&shown, WORD) + 2.0;
            let x = target.filter(crossed).map_or(x, |line| line + 5.0);
            drawing.words(Words::new(&shown, x, plot.top + plot.row * (at as f64 + 0.5)));
        }
    }

    fn sentence(&self) -> String {
        let known = || self.bars.iter().filter_map(|bar| Some((&bar.label, bar.value?)));
        let of = |found: Option<(&String, Decimal)>| {
            found.map(|(label, value)| format!("{label}{}", with_commas(value))).unwrap_or_default()
        };
        // The first of several that are equal, as a reader from above would say.
        let most = of(known().rev().max_by_key(|(_, value)| *value));
        let least = of(known().min_by_key(|(_, value)| *value));
        let target = self.target.as_ref().map_or_else(String::new, |(target, direction)| {
            format!("；{}{}{}", target.label, direction.sign(), with_commas(target.value))
        });
        let n_missed = self.bars.iter().filter(|bar| bar.met == Some(false)).count();
        let is_judged = self.bars.iter().any(|bar| bar.met.is_some());
        let missed = if is_judged { format!("，未达标{n_missed}个") } else { String::new() };
        let (n_bars, n_unknown) = (self.bars.len(), self.bars.len() - known().count());
        let unknown = if n_unknown > 0 { format!("，其中{n_unknown}个无数据") } else { String::new() };
        format!(
            "条形图：{n_bars}个机构的{}（单位：{}）{unknown}；最高{most}，最低{least}{target}{missed}。",
            self.title, self.unit
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[(&str, Option<i64>)]) -> Comparison {
        let bars = values.iter().map(|(label, value)| Bar::new(*label, value.map(Decimal::from))).collect();
        Comparison::new("规范管理率", "%", bars).unwrap()
    }

    fn widths(svg: &str) -> Vec<f64> {
        let rects = svg.split("<rect class=\"bar\"").skip(1);
        rects.map(|r| r.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap()).collect()
    }

    #[test]
    fn bars_are_as_long_as_their_values() {
        let svg = chart(&[("青石镇", Some(80)), ("柳河乡", Some(20)), ("白杨镇", Some(0))]).svg(Size::new(640, 240));
        let widths = widths(&svg);
        assert!((widths[0] - 4.0 * widths[1]).abs() < 0.05 && widths[2].abs() < 0.05, "{widths:?}");
    }

    #[test]
    fn only_what_misses_the_target_is_hatched() {
        let chart = chart(&[("青石镇", Some(71)), ("柳河乡", Some(70)), ("白杨镇", Some(69)), ("双桥镇", None)]);
        let least = chart.clone().with_target("目标", Decimal::from(70), Direction::AtLeast).unwrap();
        let hatched = |chart: &Comparison| chart.svg(Size::new(640, 240)).matches("class=\"hatch\"").count();
        // One is the key's.
        assert_eq!((hatched(&chart), hatched(&least)), (0, 2));
        assert_eq!(
            least.sentence(),
            "条形图：4个机构的规范管理率（单位：%），其中1个无数据；最高青石镇71，最低白杨镇69；目标≥70，未达标1个。"
        );
    }

    #[test]
    fn a_judgement_given_stands_whatever_is_printed() {
        let ninety = || Some(Decimal::new(9000, 2));
        let bars = vec![Bar::new("青石镇", ninety()).judged(false), Bar::new("柳河乡", ninety())];
        let chart = Comparison::new("规范管理率", "%", bars).unwrap();
        let chart = chart.with_target("目标", Decimal::from(90), Direction::AtLeast).unwrap();
        assert_eq!(chart.bars.iter().map(|bar| bar.met).collect::<Vec<_>>(), [Some(false), Some(true)]);
        assert!(chart.sentence().ends_with("目标≥90，未达标1个。"), "{}", chart.sentence());
    }

    #[test]
    fn less_than_nothing_is_refused_with_its_organisation() {
        let bars = vec![Bar::new("柳河乡", Some(Decimal::NEGATIVE_ONE))];
        let refused = Comparison::new("规范管理率", "%", bars).unwrap_err();
        assert_eq!(refused, Refused::Negative { label: "柳河乡".into(), value: Decimal::NEGATIVE_ONE });
    }

    #[test]
    fn forty_bars_grow_taller_than_asked() {
        let bars: Vec<(String, i64)> = (1..=40).map(|n| (format!("第{n}村"), n)).collect();
        let bars: Vec<(&str, Option<i64>)> = bars.iter().map(|(label, n)| (label.as_str(), Some(*n))).collect();
        let svg = chart(&bars).svg(Size::new(640, 200));
        assert!(svg.contains("height=\"826\""), "{}", &svg[..200]);
    }
}
