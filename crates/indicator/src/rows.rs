//! Which records were counted?
//!
//! The list comes from the same cohort, with the same condition, as the number, so both always agree.

use crate::error::IndicatorError;
use crate::ground::{Terms, one_each};
use crate::request::Tree;
use crate::roads::Roads;
use crate::slot::{Plan, Recipe, Slot, Source};
use base::Period;
use columns::Snapshot;
use columns::engine::{Column, Value};
use pack::county::OrgTree;
use pack::model::Spanned;
use pack::sql::{Compiler, quote_text};
use std::collections::BTreeMap;

/// Which side of an indicator is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The rows counted, or the upper part of a ratio.
    Numerator,
    /// The lower part of a ratio.
    Denominator,
    /// Rows of the lower part that are not in the upper one.
    Missed,
    /// Rows counted on no side, because a column that decides is empty; `reason` names it.
    Excluded,
}

impl Side {
    /// The side a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "numerator" => Self::Numerator,
            "denominator" => Self::Denominator,
            "missed" => Self::Missed,
            "excluded" => Self::Excluded,
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
    /// Along which tree.
    pub tree: Tree,
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

/// Lists the rows behind a number: exactly those that were counted for the organisation.
///
/// # Errors
/// [`IndicatorError::NoRows`] for an indicator made of others, or a side it does not have.
pub fn rows(snapshot: &Snapshot, query: &RowQuery) -> Result<RowPage, IndicatorError> {
    let after = query.after.as_ref().map(|id| format!("c.id > {}", quote_text(id)));
    page(snapshot, query, after)
}

/// The first of the rows with these ids, all of them counted.
pub(crate) fn rows_of_ids(snapshot: &Snapshot, query: &RowQuery, ids: &[String]) -> Result<RowPage, IndicatorError> {
    let shown: Vec<String> = ids.iter().take(query.limit).map(|id| quote_text(id)).collect();
    let condition = if shown.is_empty() { "FALSE".to_string() } else { format!("c.id IN ({})", shown.join(", ")) };
    let page = page(snapshot, query, Some(condition))?;
    Ok(RowPage { total: ids.len() as u64, ..page })
}

/// The ids of all rows in order, each with a hash of its columns.
pub(crate) fn listed_ids(snapshot: &Snapshot, query: &RowQuery) -> Result<Vec<(String, String)>, IndicatorError> {
    let mut compiler = snapshot.compiler(Some(query.period));
    let listed = Listed::of(snapshot, &mut compiler, query)?;
    let conditions: Vec<String> = listed.below.into_iter().collect();
    let body = format!(
        "SELECT c.id, CAST(hash(c) AS VARCHAR) AS hash_ FROM ({}) AS c{} ORDER BY c.id",
        listed.sql,
        clause(&conditions)
    );
    let mut answer = snapshot.query(&compiler.finish(&body)?)?;
    let mut found = Vec::new();
    while let Some(chunk) = answer.next_chunk()? {
        for row in chunk.into_rows() {
            if let [Value::Text(id), Value::Text(hash)] = row.as_slice() {
                found.push((id.clone(), hash.clone()));
            }
        }
    }
    Ok(found)
}

fn page(snapshot: &Snapshot, query: &RowQuery, only: Option<String>) -> Result<RowPage, IndicatorError> {
    let mut compiler = snapshot.compiler(Some(query.period));
    let listed = Listed::of(snapshot, &mut compiler, query)?;
    page_of(snapshot, compiler, listed, query.limit, only)
}

/// The rows of `query` whose column `by` is in no row that `next` counts anywhere in the county.
pub(crate) fn rows_not_in(
    snapshot: &Snapshot,
    query: &RowQuery,
    next: &str,
    by: &str,
) -> Result<RowPage, IndicatorError> {
    let mut compiler = snapshot.compiler(Some(query.period));
    let listed = Listed::of(snapshot, &mut compiler, query)?;
    let elsewhere = RowQuery { indicator: next.to_string(), ..query.clone() };
    let met = Listed::of(snapshot, &mut compiler, &elsewhere)?.sql;
    let sql = format!("SELECT w.* FROM ({}) AS w ANTI JOIN ({met}) AS h ON h.{by} = w.{by}", listed.sql);
    let after = query.after.as_ref().map(|id| format!("c.id > {}", quote_text(id)));
    page_of(snapshot, compiler, Listed { sql, ..listed }, query.limit, after)
}

fn page_of(
    snapshot: &Snapshot,
    compiler: Compiler<'_>,
    listed: Listed,
    limit: usize,
    only: Option<String>,
) -> Result<RowPage, IndicatorError> {
    let mut conditions: Vec<String> = listed.below.into_iter().collect();
    let whole = format!("({}) AS c{}", listed.sql, clause(&conditions));
    conditions.extend(only);
    let page = format!("({}) AS c{}", listed.sql, clause(&conditions));
    let body = format!(
        "SELECT (SELECT count(*) FROM {whole}) AS total_, c.* EXCLUDE (place_, epoch_) FROM {page} ORDER BY c.id LIMIT {}",
        limit + 1
    );
    let compiled = compiler.finish(&body)?;
    let answer = snapshot.query(&compiled)?;
    let columns: Vec<Column> = answer.columns().iter().skip(1).cloned().collect();
    let mut rows = answer.rows()?;
    let total = match rows.first() {
        Some(row) => row[0].as_int().and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
        None => 0,
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    let id = columns.iter().position(|column| column.name == "id");
    let next = match (more, id, rows.last()) {
        (true, Some(id), Some(last)) => last[id + 1].as_text().map(str::to_string),
        _ => None,
    };
    let rows = rows.into_iter().map(|row| row.into_iter().skip(1).collect()).collect();
    Ok(RowPage { total, register: listed.register, columns, rows, next, sql: compiled.sql })
}

fn clause(conditions: &[String]) -> String {
    if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) }
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

/// The rows of one side, not yet cut to an organisation's.
struct Listed {
    /// A SELECT with the cohort's columns, the organisation that counts (`place_`) and the tree's epoch (`epoch_`).
    sql: String,
    /// Which of them are the organisation's; nothing for the whole county.
    below: Option<String>,
    /// The register the ids belong to.
    register: Option<String>,
}

impl Listed {
    fn of(snapshot: &Snapshot, compiler: &mut Compiler<'_>, query: &RowQuery) -> Result<Self, IndicatorError> {
        let catalog = snapshot.catalog();
        let empty = OrgTree::default();
        let orgs = catalog.county.as_ref().map_or(&empty, |county| &county.orgs);
        let plan = Plan::new(catalog, std::slice::from_ref(&query.indicator), query.period)?;
        let roads = Roads::new(orgs, &query.tree, query.period, snapshot.as_of());
        let slot = slot_of(&plan, &query.indicator, query.side)?;
        let sql = match query.side {
            Side::Missed => {
                let met = slot_of(&plan, &query.indicator, Side::Numerator)?;
                let (whole, met) = (counted(compiler, slot, &roads)?, counted(compiler, met, &roads)?);
                format!("SELECT w.* FROM ({whole}) AS w ANTI JOIN ({met}) AS h ON h.id = w.id")
            }
            Side::Excluded => excluded(compiler, &query.indicator, slot, &roads)?,
            Side::Numerator | Side::Denominator => counted(compiler, slot, &roads)?,
        };
        let register = register_of(snapshot, &slot.pack, &slot.aggregate.cohort.value);
        Ok(Self { sql, below: below(&roads, &query.org)?, register })
    }
}

/// The slot that counts a side, through other indicators too.
fn slot_of<'p>(plan: &'p Plan, id: &str, side: Side) -> Result<&'p Slot, IndicatorError> {
    let no_rows = |from: &str| Err(IndicatorError::NoRows { id: id.to_string(), from: from.to_string() });
    let recipe = plan.recipes.iter().find(|(indicator, _)| indicator.common.id == id).map(|(_, recipe)| recipe);
    match (recipe, side) {
        (Some(Recipe::Slot(slot)), Side::Numerator | Side::Excluded) => Ok(&plan.slots[*slot]),
        (Some(Recipe::Slot(_)), _) => no_rows("one cohort, listed as the numerator"),
        (Some(Recipe::Ratio(above, below)), side) => match if side == Side::Numerator { above } else { below } {
            Source::Slot(slot) => Ok(&plan.slots[*slot]),
            Source::Indicator(other) => slot_of(plan, other, Side::Numerator),
        },
        (Some(Recipe::Value(text)), _) => no_rows(&text.value),
        (Some(Recipe::Score), _) => no_rows("its parts"),
        (None, _) => no_rows("nothing that is in force"),
    }
}

/// Exactly the rows a slot counts.
fn counted(compiler: &mut Compiler<'_>, slot: &Slot, roads: &Roads<'_>) -> Result<String, IndicatorError> {
    let cohort = compiler.cohort(&slot.pack, &slot.aggregate.cohort)?;
    let terms = terms(compiler, slot)?;
    if let Some(whole) = &slot.grouped_by {
        let epoch = roads.epoch_sql(day_of(compiler, slot, whole)?);
        let whole = compiler.cohort(&slot.pack, whole)?;
        return Ok(format!(
            "SELECT p.*, d.place_, d.epoch_ FROM (SELECT * FROM {cohort}{}) AS p \
             JOIN (SELECT id, org AS place_, {epoch} AS epoch_ FROM {whole}) AS d ON d.id = p.id",
            terms.clause()
        ));
    }
    let day = day_of(compiler, slot, &slot.aggregate.cohort)?;
    let epoch = roads.epoch_sql(day);
    let rows = match &slot.aggregate.distinct {
        Some(distinct) => one_each(&cohort, &terms, &distinct.value, day.is_some()),
        None => format!("SELECT * FROM {cohort}{}", terms.clause()),
    };
    Ok(format!("SELECT *, org AS place_, {epoch} AS epoch_ FROM ({rows})"))
}

/// The rows a slot leaves out, each with the columns that are empty.
fn excluded(compiler: &mut Compiler<'_>, id: &str, slot: &Slot, roads: &Roads<'_>) -> Result<String, IndicatorError> {
    let cohort = compiler.cohort(&slot.pack, &slot.aggregate.cohort)?;
    let terms = terms(compiler, slot)?;
    let Some(left_out) = terms.left_out() else {
        let from = "rows of which none is left out; see missing: in its definition".to_string();
        return Err(IndicatorError::NoRows { id: id.to_string(), from });
    };
    let epoch = roads.epoch_sql(day_of(compiler, slot, &slot.aggregate.cohort)?);
    let empty =
        terms.deciding.iter().map(|(name, cell)| format!("CASE WHEN {cell} IS NULL THEN {} END", quote_text(name)));
    let reason = format!("concat_ws(', ', {})", empty.collect::<Vec<_>>().join(", "));
    Ok(format!("SELECT *, {reason} AS reason, org AS place_, {epoch} AS epoch_ FROM {cohort} WHERE {left_out}"))
}

fn terms(compiler: &mut Compiler<'_>, slot: &Slot) -> Result<Terms, IndicatorError> {
    let filter = slot.aggregate.filter.as_ref().map(|f| compiler.predicate(&slot.pack, f)).transpose()?;
    Ok(Terms::new(slot, filter.as_deref(), None, str::to_string))
}

/// The column with the day of a cohort's rows, if it has one.
fn day_of(
    compiler: &Compiler<'_>,
    slot: &Slot,
    cohort: &Spanned<String>,
) -> Result<Option<&'static str>, IndicatorError> {
    let columns = compiler.columns_of(&slot.pack, cohort)?;
    Ok(columns.iter().any(|column| column == "on_date").then_some("on_date"))
}

/// Nothing for the whole county, else what holds for a row that counts for an organisation.
fn below(roads: &Roads<'_>, org: &str) -> Result<Option<String>, IndicatorError> {
    let Some(place) = roads.orgs.place_of(org) else {
        return if roads.orgs.is_empty() { Ok(None) } else { Err(IndicatorError::UnknownOrg(org.to_string())) };
    };
    if roads.orgs.root().is_some_and(|root| root.id == org) {
        return Ok(None);
    }
    let mut by_epoch: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (epoch, id) in roads.below(place) {
        by_epoch.entry(epoch).or_default().push(quote_text(id));
    }
    let epochs =
        by_epoch.iter().map(|(epoch, ids)| format!("(c.epoch_ = {epoch} AND c.place_ IN ({}))", ids.join(", ")));
    Ok(Some(format!("({})", epochs.collect::<Vec<_>>().join(" OR "))))
}

/// The register whose records a cohort's ids name: the first relation that is one, through any number of cohorts.
fn register_of(snapshot: &Snapshot, pack: &str, cohort: &str) -> Option<String> {
    let catalog = snapshot.catalog();
    let mut name = cohort.to_string();
    for _ in 0..12 {
        let versions = catalog.cohort(pack, &name).ok()?;
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
