//! Is the same fact stated twice with one value?
//!
//! Two figures are the same fact when they count the same thing in the same unit for the same time and purpose. Names
//! that any figure could have (免收金额) say too little.

use super::facts::Facts;
use super::{Draft, RelationKind, Verdict};
use crate::claim::{Bound, Claim, Kind, Role, key};
use crate::text::is_han;
use std::collections::BTreeMap;

/// A name needs this many characters to tell one thing from all others.
const TELLING: usize = 6;
/// Names that need something before them to say what they are of.
const VAGUE: &[&str] = &["金额", "资金", "费用", "投资", "面积", "率", "比例", "人数", "人次"];
/// Words of a part or a change, which is not the thing itself.
const PARTIAL: &[&str] =
    &["新增", "退出", "其中", "年初", "剩余", "新建", "更新", "计划", "另", "增加", "上年", "去年", "同期", "重点"];

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    let mut by_key: BTreeMap<(String, &'static str, Kind), Vec<usize>> = BTreeMap::new();
    for claim in facts.claims {
        if let Some(name) = telling(facts, claim) {
            by_key.entry((name, claim.unit, claim.kind)).or_default().push(claim.id);
        }
    }
    for ids in by_key.values() {
        let first = ids[0];
        for id in ids[1..].iter().take(4) {
            drafts.extend(twice(facts, first, *id));
        }
    }
}

/// The name of the fact, when it tells it from all others.
fn telling(facts: &Facts, claim: &Claim) -> Option<String> {
    if claim.value.is_none_or(|value| value.is_zero())
        || claim.role != Role::Result
        || !matches!(claim.kind, Kind::Count | Kind::PersonTimes | Kind::Money)
    {
        return None;
    }
    let lead = facts.lead(claim.id);
    if PARTIAL.iter().any(|word| lead.contains(word)) {
        return None;
    }
    let name = key(&claim.subject);
    let length = name.chars().filter(|c| is_han(*c)).count();
    let vague = VAGUE.iter().any(|word| name.ends_with(word)) && length < 8;
    (length >= TELLING && !vague).then_some(name)
}

fn twice(facts: &Facts, a: usize, b: usize) -> Option<Draft> {
    let (x, y) = (&facts.claims[a], &facts.claims[b]);
    // In one sentence the second figure is another view of the first, with its own words.
    if x.sentence == y.sentence {
        return None;
    }
    let equal = x.value == y.value && x.bound == y.bound;
    let verdict = if equal { Verdict::Holds } else { Verdict::Fails };
    let text = match verdict {
        Verdict::Holds => format!("{}两处均为{}", x.subject, facts.shown(a)),
        _ => format!("{}一处为{}，一处为{}", key(&x.subject), x.quote, y.quote),
    };
    let mut draft =
        Draft::new(RelationKind::Same, verdict, text).claims(&[a], Some(b)).values(facts.shown(a), facts.shown(b));
    if let (Some(first), Some(second), true) = (x.value, y.value, x.bound == Bound::Exact && y.bound == Bound::Exact) {
        draft = draft.fix(b, first).fix(a, second);
    }
    Some(draft)
}
