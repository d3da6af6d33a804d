//! Which values of a trend are written beside their points?
//!
//! Those that find room above or below the point without touching a line, a mark or another value; the latest first.
//! Of many points only the ends and the extremes ask for room. It never moves a point.

use base::exact::with_commas;

use super::{Plot, Series};
use crate::Target;
use crate::head::WORD;
use crate::svg::{Anchor, Drawing, Words};
use crate::text::room;

/// Half the height of a value, in pixels.
const HALF: f64 = 7.0;
/// More points than this write only their ends and extremes.
const MANY: usize = 14;

/// A piece of a line, from left to right.
type Piece = ((f64, f64), (f64, f64));

struct Spot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Spot {
    fn around(x: f64, y: f64, half_width: f64, half_height: f64) -> Self {
        Self { left: x - half_width, right: x + half_width, top: y - half_height, bottom: y + half_height }
    }

    fn touches(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn crossed_by(&self, ((x1, y1), (x2, y2)): Piece) -> bool {
        let (from, to) = (x1.max(self.left), x2.min(self.right));
        let y = |x: f64| y1 + (y2 - y1) * ((x - x1) / (x2 - x1).max(f64::EPSILON));
        from <= to && y(from).min(y(to)) < self.bottom && y(from).max(y(to)) > self.top
    }
}

/// Writes the values that find room.
pub(super) fn draw(drawing: &mut Drawing, plot: &Plot, series: &[Series], target: Option<&Target>) {
    let mut pieces: Vec<Piece> = series.iter().flat_map(|series| pieces(plot, series)).collect();
    let across = target.map(|target| plot.y(target.value)).into_iter().chain([plot.foot()]);
    pieces.extend(across.map(|y| ((plot.left, y), (plot.right, y))));
    let mut taken: Vec<Spot> = series.iter().flat_map(|series| marks(plot, series)).collect();
    let n_points = series.iter().map(|series| series.values.len()).max().unwrap_or(0);
    for at in (0..n_points).rev() {
        for series in series {
            let Some(Some(value)) = series.values.get(at) else { continue };
            if n_points > MANY && !telling(series, at) {
                continue;
            }
            let (shown, x, y) = (with_commas(*value), plot.x(at), plot.y(*value));
            let half = room(&shown, WORD) / 2.0 + 2.0;
            let free = |(x, y): &(f64, f64)| {
                let spot = Spot::around(*x, *y, half, HALF);
                let inside = spot.bottom <= plot.bottom + 12.0 && spot.top >= plot.top - 16.0;
                let inside = inside && spot.left >= plot.left - 4.0 && spot.right <= plot.right + 4.0;
                let clear = !pieces.iter().any(|piece| spot.crossed_by(*piece));
                inside && clear && !taken.iter().any(|other| spot.touches(other))
            };
            // Beside a steep line there is more room on the side it does not come from.
            let aside = half * 0.7;
            let spots = [(x, y - 13.0), (x, y + 13.0)].into_iter();
            let mut spots =
                spots.chain([-1.0, 1.0].map(|to| [(x + to * aside, y - 13.0), (x + to * aside, y + 13.0)]).concat());
            if let Some((x, y)) = spots.find(free) {
                drawing.words(Words { anchor: Anchor::Middle, rim: true, ..Words::new(&shown, x, y) });
                // Two values side by side need a space between them.
                taken.push(Spot::around(x, y, half + 3.0, HALF));
            }
        }
    }
}

/// The first, the last, the highest and the lowest value of a line.
fn telling(series: &Series, at: usize) -> bool {
    let known = || series.values.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?)));
    let ends = [known().next(), known().next_back()];
    let extremes = [known().max_by_key(|(_, value)| *value), known().min_by_key(|(_, value)| *value)];
    ends.iter().chain(&extremes).flatten().any(|(telling, _)| *telling == at)
}

fn pieces(plot: &Plot, series: &Series) -> Vec<Piece> {
    let place = |at: usize| series.values.get(at).copied().flatten().map(|value| (plot.x(at), plot.y(value)));
    (1..series.values.len()).filter_map(|at| Some((place(at - 1)?, place(at)?))).collect()
}

fn marks(plot: &Plot, series: &Series) -> Vec<Spot> {
    let known = series.values.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?)));
    known.map(|(at, value)| Spot::around(plot.x(at), plot.y(value), 5.0, 5.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_beside_the_box_does_not_cross_it_and_one_through_it_does() {
        let spot = Spot::around(50.0, 50.0, 10.0, 5.0);
        assert!(spot.crossed_by(((0.0, 0.0), (100.0, 100.0))), "through the middle");
        assert!(!spot.crossed_by(((0.0, 44.0), (100.0, 44.0))), "above");
        assert!(!spot.crossed_by(((61.0, 50.0), (100.0, 50.0))), "to the right");
        assert!(spot.crossed_by(((60.0, 50.0), (100.0, 50.0))), "touching the edge");
    }

    #[test]
    fn boxes_that_only_meet_do_not_touch() {
        let spot = Spot::around(50.0, 50.0, 10.0, 5.0);
        assert!(!spot.touches(&Spot::around(70.0, 50.0, 10.0, 5.0)));
        assert!(spot.touches(&Spot::around(69.0, 50.0, 10.0, 5.0)));
    }
}
