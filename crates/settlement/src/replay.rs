//! What would a period have cost under other rules: how much, who gains, who loses, which fund, which township?
//!
//! Both sides are the same rows through two schemes, bill by bill, so every sum here is a sum of paired differences.

use crate::SettlementError;
use crate::book::fund_row;
use base::{Text, nearest};
use pack::Catalog;
use pack::county::Level;
use scheme::{Plan, Refused, Settled};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An amount under the rules in force and under the proposed ones, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    /// In force.
    pub before: i64,
    /// Proposed.
    pub after: i64,
}

impl Amounts {
    /// Proposed less in force.
    pub fn change(self) -> i64 {
        self.after - self.before
    }

    fn add(&mut self, other: Self) {
        self.before += other.before;
        self.after += other.after;
    }
}

/// One fund, township or group of bills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its code.
    pub key: String,
    /// What people call it.
    pub title: Text,
    /// What all bills of it are paid.
    pub paid: Amounts,
}

/// What changes for one person; a bill of nobody stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The resident, or the bill when it names none.
    pub who: String,
    /// The bills that change.
    pub bills: Vec<String>,
    /// What all funds pay.
    pub paid: Amounts,
    /// What the person pays; nothing where the scheme leaves no rest.
    pub rest: Amounts,
    /// What the person has more of, in fen: less to pay, or a higher grant. Negative for a loss.
    pub gain: i64,
}

/// A period under two sets of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Bills that both sides could compute.
    pub n_bills: usize,
    /// Bills that only one side pays, or neither: the bill, and why not, in force and proposed.
    pub refused: Vec<(String, Option<Refused>, Option<Refused>)>,
    /// What all funds pay.
    pub paid: Amounts,
    /// What the people pay.
    pub rest: Amounts,
    /// By fund.
    pub funds: Vec<Part>,
    /// By township of the organisation that answers for the bill.
    pub townships: Vec<Part>,
    /// By the values of a column of the bills.
    pub groups: Vec<Part>,
    /// People for whom something changes: the greatest loss first.
    pub changes: Vec<Change>,
    /// People whose bills were replayed.
    pub n_people: usize,
}

impl Replay {
    /// People who have more.
    pub fn n_gain(&self) -> usize {
        self.changes.iter().filter(|change| change.gain > 0).count()
    }

    /// People who have less.
    pub fn n_lose(&self) -> usize {
        self.changes.iter().filter(|change| change.gain < 0).count()
    }
}

/// Pairs the bills of two settlements of the same rows. `by` is a column of the bills to group them by.
///
/// # Errors
/// [`SettlementError::Column`] when no bill has a column `by`.
pub fn replay(
    catalog: &Catalog,
    before: &[Settled],
    after: &[Settled],
    by: Option<&str>,
) -> Result<Replay, SettlementError> {
    if let Some(by) = by {
        knows_column(before, by)?;
    }
    let then: BTreeMap<&str, &Settled> = after.iter().map(|settled| (settled.0.id.as_str(), settled)).collect();
    let mut tally = Tally::new(catalog, by);
    for settled in before {
        match then.get(settled.0.id.as_str()) {
            Some(other) => tally.pair(settled, other),
            None => tally.refused.push((settled.0.id.clone(), settled.1.as_ref().err().cloned(), None)),
        }
    }
    Ok(tally.finish())
}

fn knows_column(bills: &[Settled], by: &str) -> Result<(), SettlementError> {
    let known: BTreeSet<&str> = bills.iter().flat_map(|(bill, _)| bill.body.keys().map(String::as_str)).collect();
    match known.contains(by) || bills.is_empty() {
        true => Ok(()),
        false => {
            let near = nearest(by, known).map(str::to_string);
            Err(SettlementError::Column { name: by.to_string(), near })
        }
    }
}

/// Sums under way.
struct Tally<'a> {
    catalog: &'a Catalog,
    by: Option<&'a str>,
    n_bills: usize,
    refused: Vec<(String, Option<Refused>, Option<Refused>)>,
    paid: Amounts,
    rest: Amounts,
    funds: BTreeMap<String, Amounts>,
    townships: BTreeMap<String, Amounts>,
    groups: BTreeMap<String, Amounts>,
    people: BTreeMap<String, Change>,
}

impl<'a> Tally<'a> {
    fn new(catalog: &'a Catalog, by: Option<&'a str>) -> Self {
        Self {
            catalog,
            by,
            n_bills: 0,
            refused: Vec::new(),
            paid: Amounts::default(),
            rest: Amounts::default(),
            funds: BTreeMap::new(),
            townships: BTreeMap::new(),
            groups: BTreeMap::new(),
            people: BTreeMap::new(),
        }
    }

    fn pair(&mut self, (bill, before): &Settled, (_, after): &Settled) {
        let (Ok(before), Ok(after)) = (before, after) else {
            let why = |side: &Result<Plan, Refused>| side.as_ref().err().cloned();
            self.refused.push((bill.id.clone(), why(before), why(after)));
            return;
        };
        self.n_bills += 1;
        let paid = Amounts { before: paid(before), after: paid(after) };
        let rest = Amounts { before: before.rest.unwrap_or(0), after: after.rest.unwrap_or(0) };
        self.paid.add(paid);
        self.rest.add(rest);
        for line in &before.lines {
            self.funds.entry(line.fund.clone()).or_default().before += line.paid;
        }
        for line in &after.lines {
            self.funds.entry(line.fund.clone()).or_default().after += line.paid;
        }
        self.townships.entry(self.township(bill.org.as_deref())).or_default().add(paid);
        if let Some(by) = self.by {
            self.groups.entry(shown(bill.body.get(by))).or_default().add(paid);
        }
        let has_rest = before.rest.or(after.rest).is_some();
        let gain = if has_rest { -rest.change() } else { paid.change() };
        let who = bill.resident.clone().unwrap_or_else(|| bill.id.clone());
        let change = self.people.entry(who.clone()).or_insert_with(|| Change {
            who,
            bills: Vec::new(),
            paid: Amounts::default(),
            rest: Amounts::default(),
            gain: 0,
        });
        change.paid.add(paid);
        change.rest.add(rest);
        change.gain += gain;
        if paid.change() != 0 || rest.change() != 0 {
            change.bills.push(bill.id.clone());
        }
    }

    /// The township an organisation lies in, by its last links; the county's own institutions stand for the county.
    fn township(&self, org: Option<&str>) -> String {
        let orgs = self.catalog.county.as_ref().map(|county| &county.orgs);
        let mut path = orgs.into_iter().flat_map(|orgs| orgs.path(org.unwrap_or_default()));
        let place = path.find(|org| matches!(org.level, Level::Township | Level::County));
        place.map_or(org, |place| Some(place.id.as_str())).unwrap_or_default().to_string()
    }

    fn finish(self) -> Replay {
        let fund_title = |key: &str| fund_row(self.catalog, key).map_or_else(|| Text::zh(key), |row| row.label.clone());
        let orgs = self.catalog.county.as_ref().map(|county| &county.orgs);
        let org_title = |key: &str| {
            let org = orgs.and_then(|orgs| orgs.get(key));
            Text::zh(org.map_or_else(|| key.to_string(), |org| org.name.clone()))
        };
        let n_people = self.people.len();
        let mut changes: Vec<Change> = self.people.into_values().filter(|change| !change.bills.is_empty()).collect();
        changes.sort_by(|a, b| (a.gain, &a.who).cmp(&(b.gain, &b.who)));
        Replay {
            n_bills: self.n_bills,
            refused: self.refused,
            paid: self.paid,
            rest: self.rest,
            funds: parts(self.funds, fund_title),
            townships: parts(self.townships, org_title),
            groups: parts(self.groups, |key: &str| Text::zh(key)),
            changes,
            n_people,
        }
    }
}

fn parts(sums: BTreeMap<String, Amounts>, title: impl Fn(&str) -> Text) -> Vec<Part> {
    sums.into_iter().map(|(key, paid)| Part { title: title(&key), key, paid }).collect()
}

fn paid(plan: &Plan) -> i64 {
    plan.lines.iter().map(|line| line.paid).sum()
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "—".into(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
