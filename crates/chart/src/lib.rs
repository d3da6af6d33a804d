//! How does a series of figures look as a drawing?
//!
//! Typed specs become stand-alone SVG text: no script, no font or address outside, the same bytes for the same input.
//! A spec is checked when it is made, so that drawing it never fails. It never knows indicators, a county, periods,
//! files or the clock, and makes no figure of its own but the sums a drawing prints: the sides of a pyramid, the nodes
//! of a flow.
//!
//! ```
//! use base::Decimal;
//! use chart::{Bar, Comparison, Direction, Size};
//!
//! let bars = [("青石镇", 78), ("柳河乡", 64)].map(|(label, value)| Bar::new(label, Some(Decimal::from(value))));
//! let chart = Comparison::new("高血压规范管理率", "%", bars.to_vec())?
//!     .with_target("目标", Decimal::from(70), Direction::AtLeast)?;
//! let svg = chart.svg(Size::new(640, 200));
//! assert!(svg.contains("柳河乡") && svg.contains("未达标1个"), "{svg}");
//! # Ok::<(), chart::Refused>(())
//! ```

mod comparison;
mod head;
mod ink;
mod progress;
mod pyramid;
mod refused;
mod sankey;
mod scale;
mod svg;
mod text;
mod trend;

use base::Decimal;

pub use comparison::{Bar, Comparison};
pub use progress::{Goal, Progress};
pub use pyramid::{Band, Pyramid};
pub use refused::Refused;
pub use sankey::{Flow, Sankey};
pub use trend::{Series, Trend};

/// Any drawing, for whoever keeps several in one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chart {
    /// Lines over time.
    Trend(Trend),
    /// Horizontal bars, one an organisation.
    Comparison(Comparison),
    /// Several indicators against their targets.
    Progress(Progress),
    /// People by sex and age band.
    Pyramid(Pyramid),
    /// Amounts that flow from payer to payer.
    Sankey(Sankey),
}

impl Chart {
    /// The drawing as SVG text, `size` in CSS pixels.
    pub fn svg(&self, size: Size) -> String {
        match self {
            Self::Trend(chart) => chart.svg(size),
            Self::Comparison(chart) => chart.svg(size),
            Self::Progress(chart) => chart.svg(size),
            Self::Pyramid(chart) => chart.svg(size),
            Self::Sankey(chart) => chart.svg(size),
        }
    }
}

/// How much room a drawing gets, in CSS pixels (1/96 inch).
///
/// The width is kept. The height is the least: forty bars in 200 pixels grow taller instead of printing over each
/// other. Widths below 360 (a [`Progress`]: 520) and
/// heights below 160 are taken as these. 640 wide fits the text of an A4 page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Width in pixels.
    pub width: u32,
    /// The least height in pixels.
    pub height: u32,
    /// Is the title drawn? A page that prints its own caption leaves it to `<title>`.
    pub heading: bool,
}

impl Size {
    /// A drawing of this width and at least this height in pixels, with its title above.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, heading: true }
    }

    /// The same room, without the title above.
    pub fn without_heading(self) -> Self {
        Self { heading: false, ..self }
    }

    fn width_px(self) -> f64 {
        f64::from(self.width.max(360))
    }

    fn height_px(self) -> f64 {
        f64::from(self.height.max(160))
    }
}

/// Which side of a target is the good one?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The value must reach the target: 管理率 ≥ 70%.
    AtLeast,
    /// The value must not pass the target: 死亡率 ≤ 5‰.
    AtMost,
}

impl Direction {
    /// Is the target met? A value equal to it meets it in both directions.
    pub fn met(self, value: Decimal, target: Decimal) -> bool {
        match self {
            Self::AtLeast => value >= target,
            Self::AtMost => value <= target,
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::AtLeast => "≥",
            Self::AtMost => "≤",
        }
    }
}

/// A line to be reached, in the unit of its chart.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    label: String,
    value: Decimal,
}

impl Target {
    fn shown(&self) -> String {
        format!("{} {}", self.label, base::exact::with_commas(self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_equal_to_the_target_meets_it_and_one_step_beyond_does_not() {
        let target = Decimal::new(9000, 2);
        let (below, above) = (Decimal::new(8999, 2), Decimal::new(9001, 2));
        let met = |direction: Direction| [below, target, above].map(|value| direction.met(value, target));
        assert_eq!(met(Direction::AtLeast), [false, true, true]);
        assert_eq!(met(Direction::AtMost), [true, true, false]);
    }

    #[test]
    fn too_little_room_is_taken_as_the_least() {
        assert_eq!((Size::new(359, 159).width_px() as u32, Size::new(359, 159).height_px() as u32), (360, 160));
        assert_eq!((Size::new(361, 161).width_px() as u32, Size::new(361, 161).height_px() as u32), (361, 161));
    }
}
