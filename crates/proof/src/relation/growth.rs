//! Does a change go the way it is said, and as far?
//!
//! 由100万元增至500万元; 比上年增加12人，增长8.5%; shares of a whole that must make up a hundred.

use super::facts::Facts;
use super::fit::{Fit, fit, shown};
use super::{Draft, RelationKind, Verdict};
use crate::claim::{Bound, Kind};
use base::Decimal;

/// Words of a rise, right before the later value.
const UP: &[&str] = &["提高到", "提高至", "增至", "增加到", "增加至", "上升到", "上升至", "增长到", "增长至", "扩大到"];
/// Words of a fall.
const DOWN: &[&str] = &["下降到", "下降至", "降至", "降到", "降低到", "降低至", "减少到", "减少至", "缩短到", "缩短至"];
/// Words of a change in per cent.
const GROWTH: &[(&str, bool)] =
    &[("增长", true), ("增加", true), ("上升", true), ("下降", false), ("减少", false), ("降低", false)];
/// Words of the value of the year before.
const BEFORE: &[&str] = &["上年同期", "去年同期", "上年", "去年", "同期", "上一年"];

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    for ids in &facts.sentences {
        for id in ids.clone() {
            drafts.extend(direction(facts, id));
            drafts.extend(growth(facts, id, ids.start));
        }
        drafts.extend(shares(facts, ids.clone().collect()));
    }
}

fn direction(facts: &Facts, id: usize) -> Option<Draft> {
    let earlier = id.checked_sub(1)?;
    let (a, b) = (&facts.claims[earlier], &facts.claims[id]);
    let gap = facts.between(earlier, id);
    let gap = gap.trim_end_matches(['了', '原']);
    let from = facts.lead(earlier);
    let joined = a.sentence == b.sentence
        && a.kind == b.kind
        && a.unit == b.unit
        && (from.contains('由') || from.contains('从'));
    if !joined || gap.chars().count() > 10 {
        return None;
    }
    let (x, y) = (a.value?, b.value?);
    let up = UP.iter().any(|word| gap.ends_with(word));
    let down = DOWN.iter().any(|word| gap.ends_with(word));
    if up == down {
        return None;
    }
    let verdict = if up && y > x || down && y < x { Verdict::Holds } else { Verdict::Fails };
    let (sign, word) = (if y > x { ">" } else { "≤" }, if up { "升" } else { "降" });
    let text = format!("{} {sign} {}，文中说{word}", facts.shown(id), facts.shown(earlier));
    Some(
        Draft::new(RelationKind::Change, verdict, text)
            .claims(&[earlier], Some(id))
            .values(facts.shown(id), facts.shown(earlier)),
    )
}

/// 今年120人，上年100人，增长20%; or 比上年增加20人，增长20%.
fn growth(facts: &Facts, rate: usize, from: usize) -> Option<Draft> {
    let claim = &facts.claims[rate];
    let lead = facts.lead(rate);
    let word = GROWTH.iter().find(|(word, _)| lead.trim_end_matches(['了', '达', '为', '到']).ends_with(word));
    let (_, is_up) = word.filter(|_| claim.kind == Kind::Rate && claim.bound == Bound::Exact)?;
    let numbers: Vec<usize> = (from.max(rate.saturating_sub(3))..rate)
        .filter(|id| facts.claims[*id].is_amount() && facts.exact(*id).is_some())
        .collect();
    let said = |id: &usize, words: &[&str]| words.iter().any(|word| facts.lead(*id).contains(word));
    let changes: Vec<&str> = GROWTH.iter().map(|(word, _)| *word).collect();
    let is_change = |id: &usize| said(id, &changes) || said(id, &["多", "少"]);
    let now = *numbers.iter().find(|id| !is_change(id) && !said(id, BEFORE))?;
    let like = &facts.claims[now];
    let same = |id: &&usize| **id != now && facts.claims[**id].comparable(like);
    let before = numbers.iter().filter(same).find(|id| said(id, BEFORE) && !is_change(id));
    let change = numbers.iter().filter(same).find(|id| is_change(id));
    let current = facts.exact(now)?;
    let (other, change, base_value) = match (before, change) {
        (Some(id), _) => {
            let before = facts.exact(*id)?;
            (*id, if *is_up { current - before } else { before - current }, before)
        }
        (None, Some(id)) => {
            let change = facts.exact(*id)?;
            (*id, change, if *is_up { current - change } else { current + change })
        }
        (None, None) => return None,
    };
    if base_value <= Decimal::ZERO {
        return None;
    }
    let found = fit(change, base_value, Decimal::ONE_HUNDRED, claim)?;
    let value = shown(change, base_value, Decimal::ONE_HUNDRED);
    let left = format!("{} ÷ {} = {value}%", change.normalize(), base_value.normalize());
    let (verdict, text) = match found {
        Fit::Rounded | Fit::Within => (Verdict::Holds, left),
        Fit::Truncated => {
            (Verdict::Truncated, format!("{left}，文中为{}：截去了尾数，没有四舍五入", facts.shown(rate)))
        }
        Fit::No => (Verdict::Fails, format!("{left}，文中为{}", facts.shown(rate))),
    };
    let rounded = base::Ratio { numerator: change, denominator: base_value }.value(
        Decimal::ONE_HUNDRED,
        claim.step.scale(),
        base::Rounding::HalfUp,
    )?;
    Some(
        Draft::new(RelationKind::Growth, verdict, text)
            .claims(&[now, other], Some(rate))
            .values(value, facts.shown(rate))
            .fix(rate, rounded),
    )
}

/// 分别占35.2%、41.3%、23.5%.
fn shares(facts: &Facts, ids: Vec<usize>) -> Option<Draft> {
    let is_share =
        |id: &usize| facts.claims[*id].unit == "%" && facts.exact(*id).is_some() && facts.lead(*id).contains('占');
    let first = *ids.iter().find(|id| is_share(id))?;
    let list = facts.lead(first).contains("分别占");
    let parts: Vec<usize> = match list {
        true => {
            ids.iter().copied().skip_while(|id| *id != first).take_while(|id| facts.claims[*id].unit == "%").collect()
        }
        false => ids.iter().copied().filter(is_share).collect(),
    };
    if parts.len() < 3 && !(list && parts.len() == 2) {
        return None;
    }
    let total: Decimal = parts.iter().filter_map(|id| facts.exact(*id)).sum();
    let gap = (total - Decimal::ONE_HUNDRED).abs();
    let slack = parts.iter().map(|id| facts.claims[*id].step / Decimal::TWO).sum::<Decimal>();
    let verdict = match () {
        () if gap <= slack => Verdict::Holds,
        // Fewer than all shares may be printed; near a hundred they were meant to be all.
        () if gap <= Decimal::from(3) || total > Decimal::ONE_HUNDRED => Verdict::Fails,
        () => return None,
    };
    let terms: Vec<String> = parts.iter().map(|id| facts.shown(*id)).collect();
    let mut draft =
        Draft::new(RelationKind::Shares, verdict, format!("{} = {}%", terms.join(" + "), total.normalize()))
            .claims(&parts, None)
            .values(total.normalize().to_string(), "100");
    for id in &parts {
        if let Some(value) = facts.exact(*id) {
            draft = draft.fix(*id, value + Decimal::ONE_HUNDRED - total);
        }
    }
    Some(draft)
}
