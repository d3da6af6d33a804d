//! How many people of each age are there, men beside women?
//!
//! Men to the left, women to the right of the ages, the youngest below, both sides on one scale. It never knows how wide
//! a band is; it prints the label it is given.

use base::Decimal;
use base::exact::with_commas;

use crate::head::{Head, LINE, MARGIN, WORD};
use crate::refused::{Refused, bounded, length};
use crate::scale::Scale;
use crate::svg::{Anchor, Area, Drawing, Words};
use crate::text::room;
use crate::{Size, ink};

/// The least height of a row, in pixels.
const ROW: f64 = 15.0;
/// A row grows with the drawing up to this height, in pixels.
const ROW_MOST: f64 = 26.0;
/// The size of the counts at the ends of bars, in pixels.
const COUNT: f64 = 10.0;

/// One age band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// The ages, such as 0–4岁.
    pub label: String,
    /// Men, in the chart's unit.
    pub male: Decimal,
    /// Women, in the chart's unit.
    pub female: Decimal,
}

impl Band {
    /// The band of these ages.
    pub fn new(label: impl Into<String>, male: Decimal, female: Decimal) -> Self {
        Self { label: label.into(), male, female }
    }
}

/// A population pyramid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pyramid {
    title: String,
    unit: String,
    bands: Vec<Band>,
    male: Decimal,
    female: Decimal,
}

/// Where bars stand in pixels: both sides begin at the column of ages.
struct Plot {
    left: f64,
    right: f64,
    length: f64,
    top: f64,
    bottom: f64,
    row: f64,
    scale: Scale,
}

impl Pyramid {
    /// Bands from the youngest to the oldest. `unit` is a word such as 人.
    ///
    /// # Errors
    /// [`Refused::Negative`] below zero, [`Refused::TooLarge`] beyond 10^18, also when only all bands together are.
    pub fn new(title: impl Into<String>, unit: impl Into<String>, bands: Vec<Band>) -> Result<Self, Refused> {
        let (mut male, mut female) = (Decimal::ZERO, Decimal::ZERO);
        for band in &bands {
            length(&band.label, band.male)?;
            length(&band.label, band.female)?;
            (male, female) = (male + band.male, female + band.female);
            bounded("男", male)?;
            bounded("女", female)?;
        }
        Ok(Self { title: title.into(), unit: unit.into(), bands, male, female })
    }

    /// The drawing as SVG text, `size` in CSS pixels. It grows taller than `size` when there are many bands.
    pub fn svg(&self, size: Size) -> String {
        let head = Head { title: &self.title, unit: &self.unit, keys: Vec::new() };
        if self.bands.is_empty() {
            return head.nothing(size);
        }
        let mut drawing = Drawing::default();
        let top = head.draw(&mut drawing, size) + LINE;
        let foot = MARGIN + WORD + 10.0;
        let row = ((size.height_px() - top - foot) / self.bands.len() as f64).clamp(ROW, ROW_MOST);
        let plot = self.plot(top, row, size.width_px());
        self.sides(&mut drawing, &plot);
        self.axes(&mut drawing, &plot);
        self.bands.iter().rev().enumerate().for_each(|(at, band)| self.band(&mut drawing, &plot, at, band));
        let height = size.height_px().max(plot.bottom + foot);
        drawing.finish(size.width_px(), height, &self.title, &self.sentence())
    }

    fn counts(&self) -> impl Iterator<Item = Decimal> {
        self.bands.iter().flat_map(|band| [band.male, band.female])
    }

    fn plot(&self, top: f64, row: f64, width: f64) -> Plot {
        let ages = self.bands.iter().map(|band| room(&band.label, WORD)).fold(0.0, f64::max).min(width * 0.2) + 16.0;
        let count = self.counts().map(|value| room(&with_commas(value), COUNT)).fold(0.0, f64::max);
        let (left, right) = ((width - ages) / 2.0, (width + ages) / 2.0);
        let length = left - MARGIN - count - 6.0;
        let widest_tick = self.counts().map(|value| room(&with_commas(value.trunc()), WORD)).fold(0.0, f64::max) + 20.0;
        let n_steps = (length / widest_tick).clamp(1.0, 5.0) as u32;
        let scale = Scale::from_zero(self.counts(), n_steps);
        Plot { left, right, length, top, bottom: top + row * self.bands.len() as f64, row, scale }
    }

    fn sides(&self, drawing: &mut Drawing, plot: &Plot) {
        let (male, female) = (format!("男 {}", with_commas(self.male)), format!("女 {}", with_commas(self.female)));
        let y = plot.top - 12.0;
        let middle = plot.length / 2.0;
        let max = plot.length + 24.0;
        let male = Words { anchor: Anchor::Middle, bold: true, max, ..Words::new(&male, plot.left - middle, y) };
        drawing.words(male);
        drawing.words(Words { text: &female, x: plot.right + middle, ..male });
    }

    fn axes(&self, drawing: &mut Drawing, plot: &Plot) {
        for tick in plot.scale.ticks() {
            let along = plot.scale.share(tick) * plot.length;
            let (colour, shown) = (if tick.is_zero() { ink::AXIS } else { ink::GRID }, with_commas(tick));
            for x in [plot.left - along, plot.right + along] {
                drawing.line("grid", (x, plot.top), (x, plot.bottom), (colour, 1.0, ""));
                let words = Words::new(&shown, x, plot.bottom + 12.0);
                drawing.words(Words { anchor: Anchor::Middle, fill: ink::SOFT, ..words });
            }
        }
    }

    fn band(&self, drawing: &mut Drawing, plot: &Plot, at: usize, band: &Band) {
        let middle = plot.top + plot.row * (at as f64 + 0.5);
        let centre = (plot.left + plot.right) / 2.0;
        let label = Words { anchor: Anchor::Middle, ..Words::new(&band.label, centre, middle) };
        drawing.words(Words { max: plot.right - plot.left - 8.0, ..label });
        let thick = (plot.row * 0.76).round();
        let (male, female) = (plot.scale.share(band.male) * plot.length, plot.scale.share(band.female) * plot.length);
        let area = Area { x: plot.left - male, y: middle - thick / 2.0, width: male, height: thick };
        drawing.rect("male", area, ink::PRIMARY, None);
        let area = Area { x: plot.right, width: female, ..area };
        drawing.rect("female", area, ink::SECOND, Some(ink::SECOND_EDGE));
        let count = Words { size: COUNT, fill: ink::SOFT, ..Words::new("", 0.0, middle) };
        let (left, right) = (with_commas(band.male), with_commas(band.female));
        drawing.words(Words { text: &left, x: plot.left - male - 4.0, anchor: Anchor::End, ..count });
        drawing.words(Words { text: &right, x: plot.right + female + 4.0, ..count });
    }

    fn sentence(&self) -> String {
        let largest = self.bands.iter().rev().max_by_key(|band| band.male + band.female);
        let largest = largest.map(|band| {
            format!("；最多的是{}，男{}，女{}", band.label, with_commas(band.male), with_commas(band.female))
        });
        format!(
            "人口金字塔：{}（单位：{}），男{}，女{}{}。",
            self.title,
            self.unit,
            with_commas(self.male),
            with_commas(self.female),
            largest.unwrap_or_default()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widths(svg: &str, class: &str) -> Vec<f64> {
        let rects = svg.split(&format!("<rect class=\"{class}\"")).skip(1).map(String::from).collect::<Vec<_>>();
        rects.iter().map(|r| r.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap()).collect()
    }

    #[test]
    fn both_sides_have_one_scale_and_the_oldest_stands_above() {
        let band = |label, male: i64, female: i64| Band::new(label, Decimal::from(male), Decimal::from(female));
        let chart = Pyramid::new("常住人口", "人", vec![band("0–4岁", 100, 200), band("5–9岁", 400, 300)]).unwrap();
        let svg = chart.svg(Size::new(640, 240));
        let (male, female) = (widths(&svg, "male"), widths(&svg, "female"));
        let pairs = [(male[0], 400.0), (male[1], 100.0), (female[0], 300.0), (female[1], 200.0)];
        let per_person = male[0] / 400.0;
        assert!(pairs.iter().all(|(width, n)| (width - n * per_person).abs() < 0.05), "{pairs:?}");
        assert_eq!(chart.sentence(), "人口金字塔：常住人口（单位：人），男500，女500；最多的是5–9岁，男400，女300。");
    }

    #[test]
    fn less_than_nobody_is_refused_with_the_band() {
        let band = Band::new("85岁及以上", Decimal::ZERO, Decimal::NEGATIVE_ONE);
        let refused = Pyramid::new("常住人口", "人", vec![band]).unwrap_err();
        assert_eq!(refused, Refused::Negative { label: "85岁及以上".into(), value: Decimal::NEGATIVE_ONE });
    }
}
