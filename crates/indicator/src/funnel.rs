//! Who is lost on the way from one figure to the next?
//!
//! The steps of a funnel are ordinary indicators, so each number opens as its list. Between two steps lie the rows of the
//! first whose person is in no row of the second, wherever in the county that one was written: who was screened in the
//! village and examined in the hospital is not lost.

use crate::board::Board;
use crate::error::IndicatorError;
use crate::request::Tree;
use crate::rows::{RowPage, RowQuery, Side, rows_not_in};
use crate::value::Value;
use base::Period;
use columns::Snapshot;
use pack::model::Funnel;

/// One step, for one organisation and period.
#[derive(Debug, Clone)]
pub struct Passed {
    /// The figure.
    pub value: Value,
    /// Rows of this step that are not in the next one; `None` for the last step and before one that is found.
    pub lost: Option<u64>,
}

/// Every step that has a value, in order, for the organisation and period of `board`.
///
/// # Errors
/// As for [`rows`](crate::rows()).
pub fn funnel(snapshot: &Snapshot, funnel: &Funnel, board: &Board, org: &str) -> Result<Vec<Passed>, IndicatorError> {
    let mut passed = Vec::new();
    for (at, step) in funnel.steps.iter().enumerate() {
        let Some(value) = board.get(&step.value, org) else { continue };
        let lost = match is_passed(funnel, at) {
            true => Some(lost(snapshot, funnel, at, &query(&step.value, org, board.period, 0))?.total),
            false => None,
        };
        passed.push(Passed { value: value.clone(), lost });
    }
    Ok(passed)
}

/// True when whoever is in step `at` is expected in the one after it.
fn is_passed(funnel: &Funnel, at: usize) -> bool {
    funnel.steps.get(at + 1).is_some_and(|next| !funnel.found.iter().any(|found| found.value == next.value))
}

/// The rows of step `at` (from 0) that are not in the one after it.
///
/// # Errors
/// [`IndicatorError::NoRows`] when nobody is lost after it, else as for [`rows`](crate::rows()).
pub fn lost(snapshot: &Snapshot, funnel: &Funnel, at: usize, query: &RowQuery) -> Result<RowPage, IndicatorError> {
    let (Some(step), Some(next), true) = (funnel.steps.get(at), funnel.steps.get(at + 1), is_passed(funnel, at)) else {
        let from = "steps, of which some are found and one is the last: nobody is lost before those".to_string();
        return Err(IndicatorError::NoRows { id: funnel.common.id.clone(), from });
    };
    let query = RowQuery { indicator: step.value.clone(), side: Side::Numerator, ..query.clone() };
    rows_not_in(snapshot, &query, &next.value, &funnel.by.value)
}

fn query(indicator: &str, org: &str, period: Period, limit: usize) -> RowQuery {
    let (indicator, org) = (indicator.to_string(), org.to_string());
    RowQuery { indicator, org, period, tree: Tree::default(), side: Side::Numerator, after: None, limit }
}
