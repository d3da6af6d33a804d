//! How good are the records of an institution?
//!
//! The score is the share of records without a finding: of the records an organisation and those below it answer for, in
//! registers that some rule looks at, how many does no rule find. A register without rules does not count, since nothing
//! could be found there; a finding that is no record (a missing visit, an indicator) is in the to-do list and not in the
//! score.

use super::{count, finding_counts, finding_kinds, sql};
use crate::{Places, WorkError};
use base::{DateTime, Decimal, Ratio, Rounding};
use columns::Snapshot;
use columns::engine::Value;
use pack::sql::Relations;
use std::collections::{BTreeMap, BTreeSet};

/// The records of one organisation with everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quality {
    /// The organisation.
    pub org: String,
    /// Records in registers that some rule looks at.
    pub n_records: u64,
    /// Those that some rule finds.
    pub n_faulty: u64,
    /// Per cent without a finding, two digits, half up; none without records.
    pub score: Option<Decimal>,
    /// The to-do list: rule and number of findings, most first.
    pub rules: Vec<(String, u64)>,
}

/// The quality of every organisation that has records or findings, by id.
///
/// # Errors
/// What the engine says.
pub fn quality(snapshot: &Snapshot, now: DateTime) -> Result<Vec<Quality>, WorkError> {
    let places = Places::of(snapshot);
    let n_records = places.add_up(&records(snapshot)?);
    let n_faulty = places.add_up(&faulty(snapshot, now)?);
    let mut rules: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
    for ((org, rule), n) in finding_counts(snapshot, now)? {
        rules.entry(org).or_default().push((rule, n));
    }
    let orgs: BTreeSet<String> = n_records.keys().map(|(org, ())| org.clone()).chain(rules.keys().cloned()).collect();
    let of =
        |org: &String, numbers: &BTreeMap<(String, ()), u64>| numbers.get(&(org.clone(), ())).copied().unwrap_or(0);
    Ok(orgs
        .into_iter()
        .map(|org| {
            let (n_records, n_faulty) = (of(&org, &n_records), of(&org, &n_faulty));
            let sound = Decimal::from(n_records.saturating_sub(n_faulty));
            let ratio = Ratio { numerator: sound, denominator: Decimal::from(n_records) };
            let score = ratio.value(Decimal::ONE_HUNDRED, 2, Rounding::HalfUp);
            let mut rules = rules.remove(&org).unwrap_or_default();
            rules.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
            Quality { org, n_records, n_faulty, score, rules }
        })
        .collect())
}

/// Records by organisation, in registers that some rule looks at.
fn records(snapshot: &Snapshot) -> Result<BTreeMap<(String, ()), u64>, WorkError> {
    let watched: BTreeSet<&str> = finding_kinds(snapshot.catalog())
        .iter()
        .filter_map(|kind| kind.register.map(|register| register.common.id.as_str()))
        .collect();
    if watched.is_empty() {
        return Ok(BTreeMap::new());
    }
    let parts: Vec<String> =
        watched.into_iter().map(|id| format!("SELECT org FROM {} AS t", snapshot.view().register(id))).collect();
    let sql = format!("SELECT org, count(*) FROM ({}) AS a GROUP BY org", parts.join(" UNION ALL "));
    by_org(snapshot.query_text(&sql)?.rows()?)
}

/// Records that some rule finds, by organisation; a record found by several counts once.
fn faulty(snapshot: &Snapshot, now: DateTime) -> Result<BTreeMap<(String, ()), u64>, WorkError> {
    let (compiler, all) = sql::union(snapshot, now, None)?;
    let body = format!(
        "SELECT d.record_org, count(*) FROM (SELECT DISTINCT a.register, a.id, a.record_org FROM ({all}) AS a \
         WHERE a.is_record) AS d GROUP BY ALL"
    );
    by_org(snapshot.query(&compiler.finish(&body)?)?.rows()?)
}

fn by_org(rows: Vec<Vec<Value>>) -> Result<BTreeMap<(String, ()), u64>, WorkError> {
    let pair = |row: Vec<Value>| Some(((row.first()?.as_text()?.to_string(), ()), count(row.get(1)?)));
    Ok(rows.into_iter().filter_map(pair).collect())
}
