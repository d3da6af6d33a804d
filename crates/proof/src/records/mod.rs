//! Which indicator does a claim speak of, and what do the records say?
//!
//! Names are compared character pair by character pair; unit and sort must fit. A rate is named together with what it
//! is a rate of, which often stands in the clause before. The values are given by the caller: this file computes none.

use crate::claim::{Bound, Claim, Kind, key};
use crate::relation::{Fit, fit};
use base::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// From this confidence on a claim is taken to speak of an indicator.
const SURE: u32 = 55;

/// Neighbouring characters of a name.
type Pairs = BTreeSet<(char, char)>;

/// An indicator as it may be spoken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: String,
    /// What people call it: the title first, then other names.
    pub names: Vec<String>,
    /// Its unit, by the list of units.
    pub unit: String,
}

/// A claim and its indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The claim.
    pub claim: usize,
    /// The indicator's id.
    pub indicator: String,
    /// What it is called.
    pub title: String,
    /// How sure it is, from 0 to 100.
    pub confidence: u32,
    /// What the records give, when they give anything.
    pub computed: Option<Decimal>,
    /// Whether that agrees with what is printed, to its last digit.
    pub agrees: Option<bool>,
}

/// The indicators of a catalogue, by their titles, and the titles of the cohorts they count.
pub fn known(catalog: &pack::Catalog) -> Vec<Known> {
    let of = |versions: &pack::model::Versions<pack::model::Indicator>| {
        let indicator = versions.latest();
        Known {
            id: indicator.common.id.clone(),
            names: vec![indicator.common.title.zh.clone()],
            unit: indicator.unit.value.clone(),
        }
    };
    catalog.indicators().map(of).collect()
}

/// The indicator of each claim that has one, with the value of the records beside it.
pub fn matches(claims: &[Claim], known: &[Known], values: &BTreeMap<String, Decimal>) -> Vec<Match> {
    let names: Vec<(usize, &str, Pairs)> = known
        .iter()
        .enumerate()
        .flat_map(|(n, known)| known.names.iter().map(move |name| (n, name.as_str(), pairs(name))))
        .collect();
    let mut found = Vec::new();
    for claim in claims.iter().filter(|claim| claim.value.is_some()) {
        let spoken = spoken(claims, claim);
        let fitting = names
            .iter()
            .filter(|(n, _, _)| unit_fits(claim, &known[*n].unit))
            .map(|(n, name, pairs)| (confidence(&spoken, claim, name, pairs), *n));
        if let Some((confidence, n)) = only_best(fitting).filter(|(confidence, _)| *confidence >= SURE) {
            let computed = values.get(&known[n].id).copied();
            let agrees =
                computed.and_then(|value| fit(value, Decimal::ONE, Decimal::ONE, claim)).map(|fit| fit != Fit::No);
            let (indicator, title) = (known[n].id.clone(), known[n].names[0].clone());
            found.push(Match { claim: claim.id, indicator, title, confidence, computed, agrees });
        }
    }
    found
}

/// The one that fits best; none when two indicators fit equally well, since nobody can say which is meant.
fn only_best(fitting: impl Iterator<Item = (u32, usize)>) -> Option<(u32, usize)> {
    let mut best: Option<(u32, usize)> = None;
    let mut is_alone = true;
    for (confidence, n) in fitting {
        match best {
            Some((known, _)) if known > confidence => {}
            Some((known, of)) if known == confidence => is_alone &= of == n,
            _ => (best, is_alone) = (Some((confidence, n)), true),
        }
    }
    best.filter(|_| is_alone)
}

/// Characters with which a subject says by itself what it is about.
const FULL_NAME: usize = 5;

/// What a claim is called, with the figures before it in the sentence back to one with a full name: 高血压患者 … 规范管理
/// … 规范管理率.
fn spoken(claims: &[Claim], claim: &Claim) -> Pairs {
    let own = key(&claim.subject);
    let mut all = pairs(&own);
    if claim.kind == Kind::Rate || own.chars().count() < FULL_NAME {
        for before in claims[..claim.id].iter().rev().take_while(|before| before.sentence == claim.sentence) {
            let subject = key(&before.subject);
            all.extend(pairs(&subject));
            if subject.chars().count() >= FULL_NAME {
                break;
            }
        }
    }
    all
}

fn pairs(text: &str) -> Pairs {
    text.chars().zip(text.chars().skip(1)).collect()
}

fn confidence(spoken: &Pairs, claim: &Claim, name: &str, name_pairs: &Pairs) -> u32 {
    if key(&claim.subject) == key(name) {
        return 100;
    }
    // What the clause before adds explains the figure's own name; it cannot stand for it.
    let own = pairs(&key(&claim.subject));
    if name_pairs.is_empty() || own.is_disjoint(name_pairs) {
        return 0;
    }
    let common = spoken.intersection(name_pairs).count();
    // All of the indicator's name must be said; the sentence may say more.
    let said = common * 100 / name_pairs.len();
    let meant = common * 100 / spoken.len();
    let score = u32::try_from((said * 3 + meant) / 4).unwrap_or(0);
    match claim.bound {
        Bound::Exact => score,
        _ => score.saturating_sub(2),
    }
}

/// Whether an indicator's unit, by the list `unit` of the core pack, can be the claim's.
fn unit_fits(claim: &Claim, unit: &str) -> bool {
    match claim.kind {
        Kind::Rate => matches!(unit, "percent" | "permille") && (unit == "permille") == (claim.unit == "‰"),
        Kind::Money => unit == "yuan",
        Kind::Ratio => unit == "sex_ratio",
        Kind::Area => matches!((unit, claim.unit), ("mu", "亩") | ("square_metre", "平方米")),
        Kind::PersonTimes => matches!(unit, "person_time" | "visit"),
        Kind::Price | Kind::Age | Kind::Points | Kind::Duration | Kind::Measure => false,
        Kind::Count => match claim.unit {
            "人" | "例" => matches!(unit, "person" | "case"),
            "户" => unit == "household",
            "对" => unit == "couple",
            "份" => matches!(unit, "archive" | "copy"),
            "张" => unit == "bed",
            "次" | "场" | "期" | "批次" => matches!(unit, "meeting" | "event" | "visit" | "round"),
            "种" | "类" => matches!(unit, "material" | "item"),
            "项" => matches!(unit, "item" | "project"),
            _ => matches!(
                unit,
                "institution" | "unit_count" | "team" | "clinic" | "township" | "village" | "lot" | "project"
            ),
        },
    }
}

#[cfg(test)]
mod tests;
