//! How many, out of how many, and which ones?
//!
//! Measures over cohorts for a whole organisation tree at once, with their numerators, denominators and the rows
//! behind them. It never knows words, layout or money's owners.
//!
//! **Invariant:** a number and the list of its rows come from the same cohort at the same moment; rates are never
//! averaged: numerators and denominators are added and divided again.

mod adds;
mod arithmetic;
mod block;
mod board;
mod cache;
mod difference;
mod dimension;
mod engine;
mod error;
mod explain;
mod funnel;
mod ground;
mod make;
mod pass;
mod prepare;
mod progress;
mod published;
mod request;
mod roads;
mod rows;
mod slot;
mod tally;
mod value;

pub use adds::{Adds, adds};
pub use board::{Board, Finding, board};
pub use cache::Cache;
pub use difference::{Difference, Figure, difference};
pub use dimension::{AGE_BANDS, Dimension};
pub use engine::Engine;
pub use error::IndicatorError;
pub use explain::{Explanation, Part, explain};
pub use funnel::{Passed, funnel, lost};
pub use progress::{Light, Progress, progress, rank, target_of};
pub use published::{Comparison, compare};
pub use request::{Request, Standing, Tree};
pub use rows::{RowPage, RowQuery, Side, cohort_ids, rows};
pub use value::{Cell, Missing, Value};
