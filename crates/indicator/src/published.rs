//! Do the records give the published figures back?

use crate::board::board;
use crate::error::IndicatorError;
use crate::request::Request;
use crate::value::Value;
use base::Decimal;
use columns::Snapshot;
use pack::county::PublishedFigure;

/// A published figure beside the computed one.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// What was published.
    pub figure: PublishedFigure,
    /// The value computed from records, rounded as its indicator prints it.
    pub computed: Option<Decimal>,
    /// True when the exact value, printed the same way, gives the published figure digit for digit.
    pub equal: bool,
}

/// Compares every published figure of the county with the records.
///
/// # Errors
/// Whatever computing the indicators brings.
pub fn compare(snapshot: &Snapshot) -> Result<Vec<Comparison>, IndicatorError> {
    let Some(county) = snapshot.catalog().county.clone() else { return Ok(Vec::new()) };
    let mut indicators: Vec<String> = county.figures.iter().map(|figure| figure.indicator.clone()).collect();
    indicators.sort();
    indicators.dedup();
    let board = board(snapshot, &Request::new(indicators, county.period))?;
    let root = county.orgs.root().map_or_else(String::new, |org| org.id.clone());
    let comparisons = county.figures.into_iter().map(|figure| {
        let org = figure.org.as_deref().unwrap_or(&root);
        let value = board.cell(&figure.indicator, org, &figure.by);
        let equal = value.as_ref().and_then(printed_from).is_some_and(|exact| agrees(&figure, exact, value.as_ref()));
        Comparison { computed: value.and_then(|value| value.value), figure, equal }
    });
    Ok(comparisons.collect())
}

/// The number a figure is printed from.
fn printed_from(value: &Value) -> Option<Decimal> {
    value.exact.or(value.value)
}

/// A figure without a word is the indicator's own value, or the exact one printed with the figure's own digits.
fn agrees(figure: &PublishedFigure, exact: Decimal, value: Option<&Value>) -> bool {
    figure.agrees(exact) || value.and_then(|v| v.value).is_some_and(|v| v == figure.value)
}
