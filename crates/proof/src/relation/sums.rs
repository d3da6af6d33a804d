//! Do parts make up their whole?
//!
//! Parts stand in brackets after the whole, after 其中, or are two halves that a pair of words names (男 and 女, 县域内 and
//! 县域外). A list after 其中 need not be complete, so a sum that stays below the whole is no failure by itself.

use super::facts::Facts;
use super::{Draft, RelationKind, Verdict};
use crate::claim::{Bound, Kind, key};
use base::Decimal;

/// Words of two parts that leave nothing out.
const HALVES: &[(&str, &str)] = &[
    ("男", "女"),
    ("县域内", "县域外"),
    ("县内", "县外"),
    ("市域内", "市域外"),
    ("市内", "市外"),
    ("区内", "区外"),
    ("城镇", "农村"),
    ("城市", "农村"),
    ("中央", "地方"),
    ("完工", "剩余"),
    ("完成", "剩余"),
    ("建成", "剩余"),
    ("完工", "其余"),
    ("完成", "其余"),
    ("户籍", "流动"),
    ("本地", "外地"),
    ("线上", "线下"),
    ("不合格", "合格"),
    ("中央", "县级配套"),
];
/// Words of a last part that takes the rest.
const REST: &[&str] = &["其他", "其它", "其余", "剩余"];
/// Words of a sum that follows its parts.
const TOTAL_AFTER: &[&str] = &["合计", "共计", "总计", "总额", "标准提高到", "标准达到", "筹资标准", "总数"];
/// Words that make movements of parts; the file on movements looks at them.
const MOVES: &[&str] = &["新增", "退出", "年初", "期初", "减少", "注销"];

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    for ids in &facts.sentences {
        let ids: Vec<usize> = ids.clone().collect();
        let mut used = vec![false; ids.len()];
        for n in 0..ids.len() {
            if let Some(parts) = bracketed(facts, &ids, n).or_else(|| among(facts, &ids, n))
                && judge_parts(facts, ids[n], &parts, drafts)
            {
                for id in parts.iter().chain([&ids[n]]) {
                    used[id - ids[0]] = true;
                }
            }
        }
        halves(facts, &ids, drafts);
        total_after(facts, &ids, drafts);
        total_first(facts, &ids, &used, drafts);
    }
}

fn is_part_of(facts: &Facts, part: usize, whole: usize) -> bool {
    let (part, whole) = (&facts.claims[part], &facts.claims[whole]);
    part.is_amount() && whole.is_amount() && part.comparable(whole) && part.value.is_some() && part.role == whole.role
}

/// Parts in the bracket right after a whole.
fn bracketed(facts: &Facts, ids: &[usize], n: usize) -> Option<Vec<usize>> {
    let whole = &facts.claims[ids[n]];
    let first = *ids.get(n + 1)?;
    let opens = facts.between(ids[n], first);
    if facts.claims[first].depth != whole.depth + 1 || opens.matches('（').count() != 1 || opens.contains(['，', '；'])
    {
        return None;
    }
    let inside = ids[n + 1..].iter().take_while(|id| facts.claims[**id].depth > whole.depth);
    let parts: Vec<usize> = inside.copied().filter(|id| is_part_of(facts, *id, ids[n])).collect();
    (parts.len() >= 2).then_some(parts)
}

/// Parts after 其中, up to the end of the sentence or a semicolon.
fn among(facts: &Facts, ids: &[usize], n: usize) -> Option<Vec<usize>> {
    let first = *ids[n + 1..].iter().find(|id| is_part_of(facts, **id, ids[n]))?;
    let gap = facts.between(ids[n], first);
    if !gap.contains("其中") || gap.contains('；') {
        return None;
    }
    let mut parts = Vec::new();
    let mut last = ids[n];
    for id in &ids[n + 1..] {
        let gap = facts.between(last, *id);
        if gap.contains('；') || (!parts.is_empty() && gap.contains("其中")) {
            break;
        }
        // What a bracket explains is no part beside its whole.
        if is_part_of(facts, *id, ids[n]) && facts.claims[*id].depth <= facts.claims[first].depth {
            parts.push(*id);
        }
        last = *id;
    }
    Some(parts)
}

/// Judges a whole and its parts; true when something was said.
fn judge_parts(facts: &Facts, whole: usize, parts: &[usize], drafts: &mut Vec<Draft>) -> bool {
    let moves = parts.iter().any(|id| MOVES.iter().any(|word| facts.words(*id).contains(word)));
    let (Some(total), false) = (facts.claims[whole].value, moves) else { return false };
    let values: Option<Vec<Decimal>> = parts.iter().map(|id| facts.claims[*id].value).collect();
    let Some(values) = values else { return false };
    for n in (2..=values.len()).rev() {
        if total == values[..n].iter().sum::<Decimal>() {
            drafts.push(sum(facts, whole, &parts[..n], Verdict::Holds));
            return true;
        }
    }
    let all: Decimal = values.iter().sum();
    let exact = parts.iter().chain([&whole]).all(|id| facts.claims[*id].bound == Bound::Exact);
    let more = parts.iter().zip(&values).find(|(_, value)| **value > total);
    if let Some((part, _)) = more {
        let verdict = if exact { Verdict::Fails } else { Verdict::Unclear };
        drafts.push(part_of(facts, whole, *part, verdict));
        return true;
    }
    let complete = parts.len() >= 2
        && (halves_of(facts, parts).is_some()
            || named_in(facts, whole, parts)
            || parts.last().is_some_and(|last| REST.iter().any(|word| facts.words(*last).contains(word))));
    // A list that misses its whole by a hair was meant to be complete.
    let gap = (total - all).abs();
    let near = parts.len() >= 2 && gap * Decimal::from(20) <= total && total >= Decimal::from(20);
    if exact && (complete || near) && !one_within_other(facts, parts) {
        drafts.push(sum(facts, whole, parts, Verdict::Fails));
    } else {
        for part in parts {
            drafts.push(part_of(facts, whole, *part, Verdict::Holds));
        }
    }
    true
}

/// 奖励扶助和特别扶助对象……其中奖励扶助……特别扶助: the whole's own name lists its parts.
fn named_in(facts: &Facts, whole: usize, parts: &[usize]) -> bool {
    let name = facts.words(whole);
    let is_named = |id: &usize| {
        let part = key(&facts.claims[*id].subject);
        let start: String = part.chars().take(4).collect();
        start.chars().count() >= 2 && name.contains(&start)
    };
    name.contains(['和', '与', '及', '、']) && parts.iter().all(is_named)
}

/// Two parts of which the second is among the first do not add up, and need not.
fn one_within_other(facts: &Facts, parts: &[usize]) -> bool {
    parts.windows(2).any(|pair| facts.between(pair[0], pair[1]).contains("其中"))
}

fn part_of(facts: &Facts, whole: usize, part: usize, verdict: Verdict) -> Draft {
    let sign = if verdict == Verdict::Fails { ">" } else { "≤" };
    let computation = format!("{} {sign} {}", facts.shown(part), facts.shown(whole));
    Draft::new(RelationKind::Part, verdict, computation)
        .claims(&[part], Some(whole))
        .values(facts.shown(part), facts.shown(whole))
}

fn sum(facts: &Facts, whole: usize, parts: &[usize], verdict: Verdict) -> Draft {
    let total: Decimal = parts.iter().filter_map(|id| facts.claims[*id].value).sum();
    let terms: Vec<String> = parts.iter().map(|id| facts.shown(*id)).collect();
    let shown = super::facts::show(total, &facts.claims[whole]).trim_start_matches(['≥', '≤', '约']).to_string();
    let printed = facts.shown(whole);
    let sign = if verdict == Verdict::Holds { "" } else { "，文中为" };
    let computation = match verdict {
        Verdict::Holds => format!("{} = {shown}", terms.join(" + ")),
        _ => format!("{} = {shown}{sign}{printed}", terms.join(" + ")),
    };
    let mut draft =
        Draft::new(RelationKind::Sum, verdict, computation).claims(parts, Some(whole)).values(shown, printed);
    if let (Verdict::Fails, Some(printed)) = (verdict, facts.claims[whole].value) {
        draft = draft.fix(whole, total);
        for id in parts {
            if let Some(value) = facts.claims[*id].value {
                draft = draft.fix(*id, value + printed - total);
            }
        }
    }
    draft
}

/// The two parts that a pair of words makes complete.
fn halves_of(facts: &Facts, parts: &[usize]) -> Option<(usize, usize)> {
    let has = |id: usize, word: &str, other: &str| {
        let words = facts.words(id).replace(other, if other.contains(word) { "" } else { other });
        words.contains(word)
    };
    for (n, a) in parts.iter().enumerate() {
        let Some(b) = parts.get(n + 1) else { break };
        let fits = |x: &str, y: &str| has(*a, x, y) && has(*b, y, x) && !facts.words(*a).contains(y);
        if HALVES.iter().any(|(x, y)| fits(x, y) || fits(y, x)) {
            return Some((*a, *b));
        }
    }
    None
}

/// Halves without 其中: the whole is a figure before them.
fn halves(facts: &Facts, ids: &[usize], drafts: &mut Vec<Draft>) {
    let amounts: Vec<usize> =
        ids.iter().copied().filter(|id| facts.claims[*id].is_amount() && facts.exact(*id).is_some()).collect();
    let Some((a, b)) = halves_of(facts, &amounts) else { return };
    let known: Vec<(Option<usize>, Verdict)> = drafts
        .iter()
        .filter(|draft| draft.kind == RelationKind::Sum && draft.terms.contains(&a) && draft.terms.contains(&b))
        .map(|draft| (draft.result, draft.verdict))
        .collect();
    // Boys and girls are all births, whatever 其中 they stand after.
    let sexes = facts.words(a).contains('男') || facts.words(b).contains('男');
    if !known.is_empty() && (!sexes || known.iter().any(|(_, verdict)| *verdict != Verdict::Fails)) {
        return;
    }
    let before: Vec<usize> = amounts
        .iter()
        .copied()
        .filter(|id| *id < a && is_part_of(facts, a, *id) && is_part_of(facts, b, *id))
        .collect();
    let (Some(x), Some(y)) = (facts.exact(a), facts.exact(b)) else { return };
    let whole = before.iter().rev().find(|id| facts.exact(**id) == Some(x + y));
    if let Some(whole) = whole {
        drafts.push(sum(facts, *whole, &[a, b], Verdict::Holds));
        return;
    }
    let larger = before.iter().rev().filter(|id| {
        !known.iter().any(|(whole, _)| *whole == Some(**id)) && facts.exact(**id).is_some_and(|whole| whole >= x.max(y))
    });
    for whole in larger.take(if sexes { 2 } else { 1 }) {
        drafts.push(sum(facts, *whole, &[a, b], Verdict::Fails));
    }
}

/// 个人120元、财政380元，筹资标准提高到500元: the sum stands last.
fn total_after(facts: &Facts, ids: &[usize], drafts: &mut Vec<Draft>) {
    for (n, total) in ids.iter().enumerate() {
        let Some(value) = facts.exact(*total) else { continue };
        let lead = facts.lead(*total);
        let Some(word) = TOTAL_AFTER.iter().find(|word| lead.contains(*word)) else { continue };
        let like = &facts.claims[*total];
        let money = |kind: Kind| matches!(kind, Kind::Money | Kind::Price);
        let same = |id: &&usize| {
            let claim = &facts.claims[**id];
            claim.value.is_some()
                && (claim.comparable(like) && claim.is_amount() || money(claim.kind) && money(like.kind))
        };
        let mut parts: Vec<usize> = ids[..n].iter().rev().take_while(same).copied().collect();
        parts.reverse();
        for k in 0..parts.len().saturating_sub(1) {
            let sum_of: Decimal = parts[k..].iter().filter_map(|id| facts.claims[*id].value).sum();
            if sum_of == value {
                drafts.push(sum(facts, *total, &parts[k..], Verdict::Holds));
                return;
            }
        }
        let prices = parts.iter().all(|id| facts.claims[*id].kind == Kind::Price);
        let said = (matches!(*word, "合计" | "总计") || prices) && parts.len() >= 2;
        if said
            && parts.iter().all(|id| facts.exact(*id).is_some())
            && !facts.between(parts[0], *total).contains("其中")
        {
            drafts.push(sum(facts, *total, &parts, Verdict::Fails));
        }
    }
}

/// A figure that is the sum of those right after it, said without a word for it.
fn total_first(facts: &Facts, ids: &[usize], used: &[bool], drafts: &mut Vec<Draft>) {
    for (n, is_used) in used.iter().enumerate() {
        let Some(total) = facts.claims[ids[n]].value.filter(|total| *total >= Decimal::TEN) else { continue };
        let known = |draft: &Draft| draft.kind == RelationKind::Sum && draft.result == Some(ids[n]);
        if *is_used || drafts.iter().any(known) {
            continue;
        }
        let mut parts = Vec::new();
        let mut sum_of = Decimal::ZERO;
        for id in &ids[n + 1..] {
            if !is_part_of(facts, *id, ids[n]) || facts.claims[*id].value == Some(Decimal::ZERO) {
                break;
            }
            sum_of += facts.claims[*id].value.unwrap_or_default();
            parts.push(*id);
            if parts.len() >= 2 && sum_of == total {
                drafts.push(sum(facts, ids[n], &parts, Verdict::Holds));
                break;
            }
            if sum_of >= total {
                break;
            }
        }
    }
}
