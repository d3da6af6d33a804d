//! How many, out of how many, and which ones?
//!
//! Measures over cohorts for a whole organisation tree at once, with their numerators, denominators and the rows
//! behind them. It never knows words, layout or money's owners.
//!
//! **Invariant:** a number and the list of its rows come from the same cohort at the same moment; rates are never
//! averaged: numerators and denominators are added and divided again.

mod arithmetic;
mod board;
mod engine;
mod error;
mod explain;
mod pass;
mod published;
mod rows;
mod slot;
mod tally;
mod value;

pub use board::{Board, Finding, Request, board};
pub use engine::Engine;
pub use error::IndicatorError;
pub use explain::{Explanation, Part, explain};
pub use published::{Comparison, compare};
pub use rows::{RowPage, RowQuery, Side, cohort_ids, rows};
pub use value::{Cell, Missing, Value};
