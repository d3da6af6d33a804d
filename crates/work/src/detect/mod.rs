//! Is the newest number of a series out of the ordinary?
//!
//! Detectors over the periods before. They work on floats: a threshold is a judgement about figures, never a figure.
//!
//! - EARS C1, C2, C3: Hutwagner L, Thompson W, Seeman GM, Treadwell T. The bioterrorism preparedness and response Early
//!   Aberration Reporting System (EARS). J Urban Health 2003;80(2 Suppl 1):i89–i96.
//! - Moving percentile: Yang W, Li Z, Lan Y, et al. A nationwide web-based automated system for outbreak early detection
//!   and rapid response in China. West Pac Surveill Response J 2011;2(1):10–15.
//! - Farrington: see [`farrington`].

mod ears;
mod farrington;
mod percentile;

pub use ears::{ears_c1, ears_c2, ears_c3};
pub use farrington::{Point, farrington};
pub use percentile::percentile;

/// What a detector says of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signal {
    /// Out of the ordinary.
    pub is_alarm: bool,
    /// The highest number that would have been ordinary.
    pub threshold: f64,
}

impl Signal {
    fn above(value: f64, threshold: f64) -> Self {
        Self { is_alarm: value > threshold, threshold }
    }
}
