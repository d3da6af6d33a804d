//! Where do the values of a trend stand in pixels, and what is written around them?
//!
//! It never knows lines.

use base::Decimal;
use base::exact::with_commas;

use super::Trend;
use crate::head::{MARGIN, WORD};
use crate::scale::Scale;
use crate::svg::{Anchor, Drawing, Words};
use crate::text::room;
use crate::{Target, ink};

/// Pixels between two lines of the grid, at least.
const GRID_STEP: f64 = 36.0;
/// What the name of a time point takes at most, in pixels.
const POINT_MOST: f64 = 9.0 * WORD;

/// Where values stand in pixels.
pub struct Plot {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    n_points: usize,
    scale: Scale,
}

impl Plot {
    /// The room between the head and the foot of a drawing, all in pixels.
    pub fn new(trend: &Trend, top: f64, height: f64, width: f64) -> Self {
        let bottom = height - MARGIN - WORD - 14.0;
        let n_steps = ((bottom - top) / GRID_STEP).clamp(2.0, 6.0) as u32;
        let target = trend.target.as_ref().map(|target| target.value);
        let scale = Scale::around(trend.values().chain(target), n_steps);
        let ticks = scale.ticks().into_iter().map(|tick| room(&with_commas(tick), WORD)).fold(0.0, f64::max);
        let label = trend.target.as_ref().map_or(0.0, |target| target_room(target, width) + 6.0);
        // The names of the first and the last point stay inside, also where they are wider than a step.
        let (half, n_halves) = (half_point(&trend.points), 2.0 * trend.points.len().max(1) as f64);
        let left = (MARGIN + ticks + 8.0).max(half + 8.0 - width / n_halves);
        let name_inside = (width - 8.0 - half - left / n_halves) / (1.0 - 1.0 / n_halves);
        let right = (width - MARGIN - label).min(name_inside);
        Self { left, right, top, bottom, n_points: trend.points.len(), scale }
    }

    /// Half a step stays free at both ends, so that the first and the last label have room.
    pub fn x(&self, at: usize) -> f64 {
        self.left + self.step() * (at as f64 + 0.5)
    }

    pub fn y(&self, value: Decimal) -> f64 {
        self.bottom - self.scale.share(value) * (self.bottom - self.top)
    }

    /// Where zero stands, or the end of the axis that is nearest to it.
    pub fn foot(&self) -> f64 {
        self.y(Decimal::ZERO).clamp(self.top, self.bottom)
    }

    pub fn step(&self) -> f64 {
        (self.right - self.left) / self.n_points.max(1) as f64
    }

    /// The grid with its numbers, and the names of the time points.
    pub fn axes(&self, drawing: &mut Drawing, points: &[String]) {
        for tick in self.scale.ticks() {
            let y = self.y(tick);
            drawing.line("grid", (self.left, y), (self.right, y), (ink::GRID, 1.0, ""));
            let shown = with_commas(tick);
            let words = Words { anchor: Anchor::End, fill: ink::SOFT, ..Words::new(&shown, self.left - 8.0, y) };
            drawing.words(words);
        }
        let foot = self.foot();
        drawing.line("axis", (self.left, foot), (self.right, foot), (ink::AXIS, 1.0, ""));
        let every = ((2.0 * half_point(points) + 10.0) / self.step()).ceil().max(1.0) as usize;
        // The latest is always named, and the others as far apart as names need.
        for (at, point) in points.iter().enumerate().rev().step_by(every) {
            let words = Words::new(point, self.x(at), self.bottom + 22.0);
            drawing.words(Words { anchor: Anchor::Middle, fill: ink::SOFT, max: POINT_MOST, ..words });
        }
    }

    /// The line to be reached, its words beside it.
    pub fn target(&self, drawing: &mut Drawing, target: &Target, width: f64) {
        let y = self.y(target.value);
        drawing.line("target", (self.left, y), (self.right, y), (ink::TARGET, 1.5, "5 4"));
        let (shown, max) = (target.shown(), target_room(target, width));
        drawing.words(Words { fill: ink::TARGET, max, ..Words::new(&shown, self.right + 6.0, y) });
    }
}

/// Half of the widest name of a time point, in pixels.
fn half_point(points: &[String]) -> f64 {
    points.iter().map(|point| room(point, WORD).min(POINT_MOST)).fold(0.0, f64::max) / 2.0
}

/// What the target's words may take beside the plot.
fn target_room(target: &Target, width: f64) -> f64 {
    room(&target.shown(), WORD).min(width * 0.25)
}

#[cfg(test)]
mod tests {
    use super::super::Series;
    use super::*;

    fn plot(n_points: usize) -> Plot {
        let values = (0..n_points).map(|n| Some(Decimal::from(n))).collect();
        let points = (0..n_points).map(|n| format!("{}年{}月", 2020 + n / 12, n % 12 + 1)).collect();
        let trend = Trend::new("人次", "人", points, vec![Series::new("门诊", values)]).unwrap();
        Plot::new(&trend, 50.0, 300.0, 640.0)
    }

    #[test]
    fn the_ends_of_the_axis_are_the_ends_of_the_plot() {
        let plot = plot(11);
        assert!((plot.y(Decimal::ZERO) - plot.bottom).abs() < 0.01, "{}", plot.y(Decimal::ZERO));
        assert!((plot.y(Decimal::TEN) - plot.top).abs() < 0.01, "{}", plot.y(Decimal::TEN));
    }

    #[test]
    fn the_name_of_the_last_point_stays_inside_with_one_point_and_with_many() {
        for n_points in [1, 2, 12, 120] {
            let last = plot(n_points).x(n_points - 1) + room("2029年12月", WORD) / 2.0;
            assert!(last <= 640.0, "{n_points}: {last}");
        }
    }
}
