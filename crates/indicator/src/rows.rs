//! Which records were counted?
//!
//! The list comes from the same cohort, with the same condition, as the number, so both always agree.

use crate::error::IndicatorError;
use crate::slot::{cohort_of, count_of};
use base::Period;
use columns::Snapshot;
use columns::engine::{Column, Value};
use pack::model::{Aggregate, Indicator, Measure, Spanned, Term};
use pack::sql::{Compiler, quote_text};

/// Which side of an indicator is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The rows counted, or the upper part of a ratio.
    Numerator,
    /// The lower part of a ratio.
    Denominator,
    /// Rows of the lower part that are not in the upper one.
    Missed,
}

impl Side {
    /// The side a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "numerator" => Self::Numerator,
            "denominator" => Self::Denominator,
            "missed" => Self::Missed,
            _ => return None,
        })
    }
}

/// What is to be listed.
#[derive(Debug, Clone)]
pub struct RowQuery {
    /// The indicator.
    pub indicator: String,
    /// The organisation with everything below it.
    pub org: String,
    /// The days counted.
    pub period: Period,
    /// Which side.
    pub side: Side,
    /// Rows with an id after this one.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// A page of rows.
#[derive(Debug, Clone)]
pub struct RowPage {
    /// How many rows there are in all.
    pub total: u64,
    /// The register the ids belong to, when the cohort's first relation tells.
    pub register: Option<String>,
    /// The columns of the cohort.
    pub columns: Vec<Column>,
    /// The rows, by id.
    pub rows: Vec<Vec<Value>>,
    /// The id to go on from, when there are more.
    pub next: Option<String>,
    /// The statement that was run.
    pub sql: String,
}

/// Lists the rows behind a number.
///
/// # Errors
/// [`IndicatorError::NoRows`] for an indicator made of others, or a side it does not have.
pub fn rows(snapshot: &Snapshot, query: &RowQuery) -> Result<RowPage, IndicatorError> {
    let catalog = snapshot.catalog();
    let day = query.period.last_day();
    let versions = catalog.indicator(&query.indicator).ok_or_else(|| IndicatorError::Unknown {
        id: query.indicator.clone(),
        near: catalog.near_indicator(&query.indicator).map(str::to_string),
    })?;
    let indicator = versions.on(day).ok_or_else(|| IndicatorError::NotInForce { id: query.indicator.clone(), day })?;
    let mut compiler = snapshot.compiler(Some(query.period));
    let (cohort, selected) = selected(&mut compiler, indicator, query.side)?;
    let orgs = org_condition(snapshot, &query.org)?;
    let from = format!("({selected}) AS c{orgs}");
    let after = query.after.as_ref().map_or_else(String::new, |id| {
        format!("{} c.id > {}", if orgs.is_empty() { " WHERE" } else { " AND" }, quote_text(id))
    });
    let register = register_of(snapshot, indicator, &cohort);
    let body = format!(
        "SELECT (SELECT count(*) FROM {from}) AS total_, c.* FROM {from}{after} ORDER BY c.id LIMIT {}",
        query.limit + 1
    );
    let compiled = compiler.finish(&body)?;
    let answer = snapshot.query(&compiled)?;
    let columns: Vec<Column> = answer.columns().iter().skip(1).cloned().collect();
    let mut rows = answer.rows()?;
    let total = match rows.first() {
        Some(row) => row[0].as_int().and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
        None => 0,
    };
    let more = rows.len() > query.limit;
    rows.truncate(query.limit);
    let id = columns.iter().position(|column| column.name == "id");
    let next = match (more, id, rows.last()) {
        (true, Some(id), Some(last)) => last[id + 1].as_text().map(str::to_string),
        _ => None,
    };
    let rows = rows.into_iter().map(|row| row.into_iter().skip(1).collect()).collect();
    Ok(RowPage { total, register, columns, rows, next, sql: compiled.sql })
}

/// The ids of a cohort's rows, for examples.
///
/// # Errors
/// When there is no such cohort, or what the engine says.
pub fn cohort_ids(
    snapshot: &Snapshot,
    pack: &str,
    cohort: &Spanned<String>,
    period: Option<Period>,
) -> Result<Vec<String>, IndicatorError> {
    let mut compiler = snapshot.compiler(period);
    let name = compiler.cohort(pack, cohort)?;
    let compiled = compiler.finish(&format!("SELECT id FROM {name} ORDER BY id"))?;
    let rows = snapshot.query(&compiled)?.rows()?;
    Ok(rows.iter().filter_map(|row| row[0].as_text().map(str::to_string)).collect())
}

/// The rows of a side as a SELECT over the cohort, and the cohort's name.
fn selected(
    compiler: &mut Compiler<'_>,
    indicator: &Indicator,
    side: Side,
) -> Result<(String, String), IndicatorError> {
    let no_rows = |from: &str| Err(IndicatorError::NoRows { id: indicator.common.id.clone(), from: from.to_string() });
    match (&indicator.measure, side) {
        (Measure::Aggregate(aggregate), Side::Numerator) => rows_of(compiler, indicator, aggregate),
        (Measure::Aggregate(_), _) => no_rows("one cohort, listed as the numerator"),
        (Measure::Ratio(above, below), side) => {
            let term = if side == Side::Numerator { above } else { below };
            let other = if side == Side::Missed { Some(above) } else { None };
            let Some(aggregate) = aggregate_of(compiler, indicator, term) else {
                return no_rows(cohort_of(term).map_or("other indicators", |name| &name.value));
            };
            let (cohort, sql) = rows_of(compiler, indicator, &aggregate)?;
            let Some(other) = other.and_then(|other| aggregate_of(compiler, indicator, other)) else {
                return Ok((cohort, sql));
            };
            let (_, hits) = rows_of(compiler, indicator, &other)?;
            let missed = format!("SELECT w.* FROM ({sql}) AS w ANTI JOIN ({hits}) AS h ON h.id = w.id");
            Ok((cohort, missed))
        }
        (Measure::Value(text), _) => no_rows(&text.value),
        (Measure::Score(_), _) => no_rows("its parts"),
    }
}

/// A side of a ratio as an aggregate, unless it is another indicator.
fn aggregate_of(compiler: &Compiler<'_>, indicator: &Indicator, term: &Term) -> Option<Aggregate> {
    match term {
        Term::Aggregate(aggregate) => Some(aggregate.clone()),
        Term::Name(name) => compiler.columns_of(&indicator.common.pack, name).ok().map(|_| count_of(name)),
    }
}

fn rows_of(
    compiler: &mut Compiler<'_>,
    indicator: &Indicator,
    aggregate: &Aggregate,
) -> Result<(String, String), IndicatorError> {
    let pack = &indicator.common.pack;
    let cohort = compiler.cohort(pack, &aggregate.cohort)?;
    let mut conditions = Vec::new();
    if let Some(filter) = &aggregate.filter {
        conditions.push(format!("({})", compiler.predicate(pack, filter)?));
    }
    let mut qualify = String::new();
    if let Some(distinct) = &aggregate.distinct {
        conditions.push(format!("{} IS NOT NULL", distinct.value));
        let columns = compiler.columns_of(pack, &aggregate.cohort)?;
        let order = if columns.iter().any(|column| column == "on_date") { "on_date, id" } else { "id" };
        qualify = format!(" QUALIFY row_number() OVER (PARTITION BY {} ORDER BY {order}) = 1", distinct.value);
    }
    let condition = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    Ok((aggregate.cohort.value.clone(), format!("SELECT * FROM {cohort}{condition}{qualify}")))
}

/// Nothing for the whole county, else the organisations of the subtree.
fn org_condition(snapshot: &Snapshot, org: &str) -> Result<String, IndicatorError> {
    let Some(county) = &snapshot.catalog().county else { return Ok(String::new()) };
    if county.orgs.get(org).is_none() {
        return Err(IndicatorError::UnknownOrg(org.to_string()));
    }
    if county.orgs.root().is_some_and(|root| root.id == org) {
        return Ok(String::new());
    }
    let ids: Vec<String> = county.orgs.subtree(org).into_iter().map(quote_text).collect();
    Ok(format!(" WHERE c.org IN ({})", ids.join(", ")))
}

/// The register whose records a cohort's ids name: the first relation that is one, through any number of cohorts.
fn register_of(snapshot: &Snapshot, indicator: &Indicator, cohort: &str) -> Option<String> {
    let catalog = snapshot.catalog();
    let mut name = cohort.to_string();
    for _ in 0..12 {
        let versions = catalog.cohort(&indicator.common.pack, &name).ok()?;
        let text = &versions.latest().query.value;
        let after_from = text.split_once("FROM ")?.1.trim_start_matches('(').trim();
        let relation: String = after_from.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if catalog.register(&relation).is_some() {
            return Some(relation);
        }
        name = relation;
    }
    None
}
