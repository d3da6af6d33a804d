//! Can this share of a small number of things be a whole number of them?
//!
//! 11所卫生院……50%的卫生院: no whole number of eleven is half of it.

use super::facts::Facts;
use super::fit::{numerators, shown};
use super::rates::times;
use super::{Draft, RelationKind, Verdict};
use crate::claim::{Bound, Claim, Kind};
use base::Decimal;

/// Of more things than this every printed per cent is a whole number of them.
const MANY: u32 = 100;
/// A group is looked for this many figures back, and over the whole text when it is named exactly.
const WINDOW: usize = 6;

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    for rate in facts.claims.iter().filter(|claim| claim.kind == Kind::Rate && claim.bound == Bound::Exact) {
        if let Some(draft) = judge(facts, rate) {
            drafts.push(draft);
        }
    }
}

fn judge(facts: &Facts, rate: &Claim) -> Option<Draft> {
    let noun =
        facts.text.has(rate.range.end, "的").then(|| rate.subject.clone()).or_else(|| named_after(facts, rate))?;
    let group = (rate.id.saturating_sub(WINDOW)..rate.id).rev().find(|id| is_group(facts, *id, &noun))?;
    let value = facts.exact(group)?;
    let fitting = numerators(value, times(rate), rate)?;
    let printed = facts.shown(rate.id);
    if let Some(n) = fitting.first() {
        let text = format!("{value}中的{n}为{}%，文中为{printed}", shown(*n, value, times(rate)));
        return Some(
            Draft::new(RelationKind::Rate, Verdict::Holds, text)
                .claims(&[group], Some(rate.id))
                .values(n.to_string(), printed),
        );
    }
    if value > Decimal::from(MANY) {
        return None;
    }
    let low = rate.value?.checked_mul(value)?.checked_div(times(rate))?.floor();
    let around = [low, low + Decimal::ONE].map(|n| format!("{n}为{}%", shown(n, value, times(rate))));
    let text = format!("{value}中没有整数是{printed}：{}", around.join("，"));
    Some(
        Draft::new(RelationKind::Rate, Verdict::Fails, text)
            .claims(&[group], Some(rate.id))
            .values(around.join("，"), printed),
    )
}

/// 20%村卫生室: the noun right after the sign.
fn named_after(facts: &Facts, rate: &Claim) -> Option<String> {
    let tail: String = facts.tail(rate.id).chars().take(10).collect();
    ["村卫生室", "卫生院", "卫生室", "乡镇", "医院", "村", "社区"]
        .iter()
        .find(|noun| tail.starts_with(**noun))
        .map(|noun| (*noun).to_string())
}

fn is_group(facts: &Facts, id: usize, noun: &str) -> bool {
    let claim = &facts.claims[id];
    let noun: String = noun.chars().take(5).collect();
    claim.kind == Kind::Count && facts.exact(id).is_some() && noun.chars().count() >= 2 && claim.subject.contains(&noun)
}
