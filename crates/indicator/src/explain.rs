//! How does a number come about, in words and SQL?

use crate::board::board;
use crate::error::IndicatorError;
use crate::request::{Request, Tree};
use crate::slot::cohort_of;
use crate::value::Value;
use base::{Decimal, Period, Text};
use columns::Snapshot;
use pack::model::{Indicator, Measure, Term};
use pack::sql::ParameterUse;

/// One side of a measure.
#[derive(Debug, Clone)]
pub struct Part {
    /// The cohort or indicator.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// The condition that narrows it.
    pub filter: Option<String>,
    /// How many.
    pub n: Option<Decimal>,
}

/// Everything that stands behind a value.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The value.
    pub value: Value,
    /// Its definition.
    pub indicator: Indicator,
    /// Document and paragraph it comes from.
    pub source: String,
    /// What was counted, or the upper part.
    pub numerator: Option<Part>,
    /// The lower part.
    pub denominator: Option<Part>,
    /// The statement that was run.
    pub sql: String,
    /// The parameters it used.
    pub parameters: Vec<ParameterUse>,
}

/// Computes one indicator alone, added up along a tree, and says how.
///
/// # Errors
/// [`IndicatorError::Unknown`], [`IndicatorError::UnknownOrg`], [`IndicatorError::UnknownTree`] or what the engine says.
pub fn explain(
    snapshot: &Snapshot,
    id: &str,
    org: &str,
    period: Period,
    tree: &Tree,
) -> Result<Explanation, IndicatorError> {
    let board = board(snapshot, &Request::new(vec![id.to_string()], period).along(tree.clone()))?;
    let catalog = snapshot.catalog();
    let day = period.last_day();
    let indicator = catalog
        .indicator(id)
        .and_then(|versions| versions.on(day))
        .ok_or_else(|| IndicatorError::NotInForce { id: id.to_string(), day })?
        .clone();
    let value = board.get(id, org).ok_or_else(|| IndicatorError::UnknownOrg(org.to_string()))?.clone();
    let (numerator, denominator) = match &indicator.measure {
        Measure::Aggregate(aggregate) => {
            let term = Term::Aggregate(aggregate.clone());
            (part(snapshot, &indicator, &term, value.numerator.or(value.exact)), None)
        }
        Measure::Ratio(above, below) => {
            (part(snapshot, &indicator, above, value.numerator), part(snapshot, &indicator, below, value.denominator))
        }
        Measure::Value(_) | Measure::Score(_) => (None, None),
    };
    let pack_source = catalog.packs.get(&indicator.common.pack).map_or("", |pack| &pack.header.source);
    Ok(Explanation {
        source: indicator.common.source.clone().unwrap_or_else(|| pack_source.to_string()),
        value,
        numerator,
        denominator,
        sql: board.sql,
        parameters: board.parameters.into_values().collect(),
        indicator,
    })
}

fn part(snapshot: &Snapshot, indicator: &Indicator, term: &Term, n: Option<Decimal>) -> Option<Part> {
    let name = cohort_of(term)?;
    let catalog = snapshot.catalog();
    let title = match catalog.cohort(&indicator.common.pack, &name.value) {
        Ok(versions) => versions.latest().common.title.clone(),
        Err(_) => catalog.indicator(&name.value)?.latest().common.title.clone(),
    };
    let filter = match term {
        Term::Aggregate(aggregate) => aggregate.filter.as_ref().map(|filter| filter.value.clone()),
        Term::Name(_) => None,
    };
    Some(Part { name: name.value.clone(), title, filter, n })
}
