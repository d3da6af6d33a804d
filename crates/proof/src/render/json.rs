//! What does a program read?
//!
//! Offsets count scalars of the original; numbers are text, as everywhere.

use super::{approximation, value};
use crate::compare::{Comparison, Item};
use crate::records::Match;
use crate::{Claim, Proof, Relation};
use serde_json::{Value, json as document};

/// The whole proof; `matches` only when records were asked.
pub fn json(name: &str, proof: &Proof, matches: Option<&[Match]>) -> Value {
    let mut whole = document!({
        "document": {
            "name": name,
            "format": proof.original.format.word(),
            "encoding": proof.original.encoding,
            "characters": proof.original.chars.len(),
            "mended": proof.text.mended,
        },
        "claims": proof.claims.iter().map(claim).collect::<Vec<_>>(),
        "relations": proof.relations.iter().map(relation).collect::<Vec<_>>(),
    });
    if let Some(matches) = matches {
        whole["matches"] = matches.iter().map(matched).collect();
    }
    whole
}

fn claim_id(id: usize) -> String {
    format!("c{}", id + 1)
}

fn claim(claim: &Claim) -> Value {
    document!({
        "id": claim_id(claim.id),
        "quote": claim.quote,
        "start": claim.original.start,
        "end": claim.original.end,
        "value": value(claim),
        "unit": claim.unit,
        "approx": approximation(claim),
        "kind": claim.kind.word(),
        "subject": claim.subject,
        "scope": claim.scope,
        "cut_off": claim.cut_off,
        "role": claim.role.word(),
    })
}

fn relation(relation: &Relation) -> Value {
    let slips = relation
        .slips
        .iter()
        .map(|slip| document!({"kind": slip.kind.word(), "value": slip.value, "because": slip.because.zh}));
    document!({
        "id": format!("r{}", relation.id + 1),
        "kind": relation.kind.word(),
        "terms": relation.terms.iter().map(|id| claim_id(*id)).collect::<Vec<_>>(),
        "result": relation.result.map(claim_id),
        "start": relation.original.start,
        "end": relation.original.end,
        "computed": relation.computed,
        "printed": relation.printed,
        "computation": relation.computation,
        "verdict": relation.verdict.word(),
        "slips": slips.collect::<Vec<_>>(),
    })
}

fn matched(matched: &Match) -> Value {
    document!({
        "claim": claim_id(matched.claim),
        "indicator": matched.indicator,
        "title": matched.title,
        "confidence": matched.confidence,
        "computed": matched.computed.map(|value| value.to_string()),
        "agrees": matched.agrees,
    })
}

/// Two texts set side by side.
pub fn comparison_json(left: &str, right: &str, comparison: &Comparison) -> Value {
    let item = |item: &Option<Item>| {
        item.as_ref().map(|item| document!({"quote": item.quote, "subject": item.subject, "start": item.original.start, "end": item.original.end}))
    };
    let changes = comparison.changes.iter().map(|change| {
        document!({
            "kind": change.kind.words().0,
            "left": item(&change.left),
            "right": item(&change.right),
            "because": change.because.as_ref().map(|text| text.zh.clone()),
        })
    });
    document!({ "left": left, "right": right, "same": comparison.n_same, "changes": changes.collect::<Vec<_>>() })
}
