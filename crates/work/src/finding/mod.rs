//! What is wrong in the records, why does it matter, and what is to be done?
//!
//! Rules of level find, and everything that would be refused today, asked of all records: old ones and imported ones too.

mod kind;
mod quality;
mod sql;

pub use kind::{FindingKind, finding_kinds};
pub use quality::{Quality, quality};

use crate::{AlertQuery, Places, WorkError};
use base::{DateTime, Text};
use columns::Snapshot;
use columns::engine::Value;
use pack::model::Level;
use pack::sql::quote_text;
use std::collections::BTreeMap;

/// More rows than an example has.
const MANY: usize = 100_000;

/// Which findings are asked for.
#[derive(Debug, Clone)]
pub struct FindingQuery {
    /// The moment at which is asked, on the county's clocks.
    pub now: DateTime,
    /// The organisation with everything below it; the whole county when none.
    pub org: Option<String>,
    /// Only this rule, by [`FindingKind::key`].
    pub rule: Option<String>,
    /// Those about one resident.
    pub resident: Option<String>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

impl FindingQuery {
    /// Everything at a moment, a page of `limit`.
    pub fn new(now: DateTime, limit: usize) -> Self {
        Self { now, org: None, rule: None, resident: None, after: None, limit }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRow {
    /// The rule that finds it.
    pub rule: String,
    /// The register of the row; none for rules on indicators.
    pub register: Option<String>,
    /// The row: mostly a record.
    pub id: String,
    /// Whose it is to repair.
    pub org: String,
    /// The resident it is about.
    pub resident: Option<String>,
    /// The rule's sentence, filled in; secrets are starred out.
    pub say: Text,
    /// True when the row is a record that can be opened.
    pub is_record: bool,
}

/// A page of findings, by rule and id.
#[derive(Debug, Clone)]
pub struct FindingPage {
    /// How many findings fit the question, on all pages.
    pub total: u64,
    /// The findings.
    pub rows: Vec<FindingRow>,
    /// The place to go on from, when there are more.
    pub next: Option<String>,
    /// The statement that was run.
    pub sql: String,
}

/// A page of findings.
///
/// # Errors
/// [`WorkError::UnknownOrg`], [`WorkError::UnknownRule`], [`WorkError::WrongCursor`], or what the engine says.
pub fn findings(snapshot: &Snapshot, query: &FindingQuery) -> Result<FindingPage, WorkError> {
    let (compiler, all) = sql::union(snapshot, query.now, query.rule.as_deref())?;
    let mut conditions: Vec<String> =
        Places::of(snapshot).condition(query.org.as_deref(), "a.org")?.into_iter().collect();
    conditions.extend(query.resident.as_ref().map(|id| format!("a.resident = {}", quote_text(id))));
    let filter = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    let beyond = match &query.after {
        None => String::new(),
        Some(after) => {
            let (rule, id) = after.split_once('~').ok_or_else(|| WorkError::WrongCursor(after.clone()))?;
            format!(" WHERE (f.rule, f.id) > ({}, {})", quote_text(rule), quote_text(id))
        }
    };
    let body = format!(
        "SELECT * FROM (WITH fit_ AS (SELECT * FROM ({all}) AS a{filter})\nSELECT (SELECT count(*) FROM fit_) AS total_, f.* \
         FROM fit_ AS f{beyond} ORDER BY rule, id LIMIT {}) AS page_ ORDER BY rule, id",
        query.limit + 1
    );
    let compiled = compiler.finish(&body)?;
    let (mut rows, mut total) = (Vec::new(), 0);
    for cells in snapshot.query(&compiled)?.rows()? {
        total = count(&cells[0]);
        rows.extend(row(&cells[1..]));
    }
    let more = rows.len() > query.limit;
    rows.truncate(query.limit);
    let next = rows.last().filter(|_| more).map(|row| format!("{}~{}", row.rule, row.id));
    Ok(FindingPage { total, rows, next, sql: compiled.sql })
}

/// How many findings of each rule every organisation has with everything below it: (organisation, rule) → number.
///
/// # Errors
/// What the engine says.
pub fn finding_counts(snapshot: &Snapshot, now: DateTime) -> Result<BTreeMap<(String, String), u64>, WorkError> {
    let (compiler, all) = sql::union(snapshot, now, None)?;
    let body = format!("SELECT a.org, a.rule, count(*) FROM ({all}) AS a GROUP BY ALL");
    let mut own = BTreeMap::new();
    for cells in snapshot.query(&compiler.finish(&body)?)?.rows()? {
        if let [Value::Text(org), Value::Text(rule), n] = cells.as_slice() {
            own.insert((org.clone(), rule.clone()), count(n));
        }
    }
    Ok(Places::of(snapshot).add_up(&own))
}

/// The ids a rule of a pack finds, for the pack's own examples; `rule` is the rule's own id, of level refuse, find or
/// alert.
///
/// # Errors
/// [`WorkError::UnknownRule`], or what the engine says.
pub fn found_ids(snapshot: &Snapshot, pack: &str, rule: &str, now: DateTime) -> Result<Vec<String>, WorkError> {
    let catalog = snapshot.catalog();
    let kinds = finding_kinds(catalog);
    if let Some(kind) = kinds.iter().find(|kind| kind.pack == pack && kind.id == rule) {
        let query = FindingQuery { rule: Some(kind.key.clone()), ..FindingQuery::new(now, MANY) };
        return Ok(findings(snapshot, &query)?.rows.into_iter().map(|row| row.id).collect());
    }
    let rules = catalog.packs.get(pack).into_iter();
    let mut rules = rules.flat_map(|p| p.rules.values().chain(p.registers.values().flat_map(|r| r.rules.values())));
    let Some(rule) = rules.find(|known| known.common.id == rule && known.level.value == Level::Alert) else {
        return Err(WorkError::UnknownRule { id: rule.to_string(), near: None });
    };
    let query = AlertQuery { with_answered: true, ..AlertQuery::new(now, MANY) };
    let alerts = crate::alerts(snapshot, &query)?.rows.into_iter();
    Ok(alerts.filter(|row| row.rule == rule.key()).map(|row| row.id).collect())
}

pub(crate) fn count(cell: &Value) -> u64 {
    cell.as_int().and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
}

fn row(cells: &[Value]) -> Option<FindingRow> {
    let [rule, register, id, org, resident, zh, en, is_record, _] = cells else { return None };
    let text = |cell: &Value| cell.as_text().map(str::to_string);
    Some(FindingRow {
        rule: text(rule)?,
        register: text(register),
        id: text(id)?,
        org: text(org)?,
        resident: text(resident),
        say: Text { zh: text(zh)?, en: text(en) },
        is_record: is_record.as_flag() == Some(true),
    })
}
