//! Does the stock at the end follow from the stock at the beginning?
//!
//! 45人（年初40人，新增8人，退出3人）: everything is printed and is checked. Where the beginning is not printed, it is
//! computed for the reader.

use super::facts::Facts;
use super::{Draft, RelationKind, Verdict};
use base::Decimal;

/// Words of a stock at the beginning.
const OPENING: &[&str] = &["年初", "期初", "上年末", "上年底", "去年底", "原有", "月初"];
/// Words of what came.
const CAME: &[&str] = &["新增", "增加", "纳入", "迁入", "转入", "新识别", "新登记"];
/// Words of what went.
const WENT: &[&str] = &["退出", "减少", "迁出", "死亡", "注销", "转出", "剔除", "清退", "自然减员"];

fn has(facts: &Facts, id: usize, words: &[&str]) -> bool {
    let lead = facts.lead(id);
    words.iter().any(|word| lead.contains(word))
}

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    for ids in &facts.sentences {
        for closing in ids.clone() {
            movement(facts, closing, ids.end, drafts);
        }
    }
}

fn movement(facts: &Facts, closing: usize, end: usize, drafts: &mut Vec<Draft>) {
    let like = &facts.claims[closing];
    let is_move = |id: usize| has(facts, id, CAME) || has(facts, id, WENT);
    if !like.is_amount() || is_move(closing) || has(facts, closing, OPENING) {
        return;
    }
    let steps: Vec<usize> = (closing + 1..end)
        .take_while(|id| {
            facts.claims[*id].comparable(like)
                && (is_move(*id) || has(facts, *id, OPENING))
                && !facts.between(*id - 1, *id).contains('；')
        })
        .collect();
    let (Some(total), true) = (facts.exact(closing), steps.iter().any(|id| is_move(*id))) else { return };
    let mut opening = None;
    let mut change = Decimal::ZERO;
    let mut computation = String::new();
    for id in &steps {
        let Some(value) = facts.exact(*id) else { return };
        if has(facts, *id, OPENING) && !is_move(*id) {
            opening = Some(value);
            computation.insert_str(0, &facts.shown(*id));
            continue;
        }
        let sign = if has(facts, *id, CAME) { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
        change += sign * value;
        computation.push_str(if sign == Decimal::ONE { " + " } else { " − " });
        computation.push_str(&facts.shown(*id));
    }
    let draft = match opening {
        Some(opening) => {
            let computed = opening + change;
            let (verdict, text) = match computed == total {
                true => (Verdict::Holds, format!("{computation} = {computed}")),
                false => (Verdict::Fails, format!("{computation} = {computed}，文中为{}", facts.shown(closing))),
            };
            let mut draft = Draft::new(RelationKind::Difference, verdict, text)
                .values(computed.to_string(), facts.shown(closing))
                .fix(closing, computed);
            for id in &steps {
                if let Some(value) = facts.exact(*id) {
                    let sign = if has(facts, *id, WENT) { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
                    draft = draft.fix(*id, value + sign * (total - computed));
                }
            }
            draft
        }
        // 其中新增82人，退出37人: what there was before follows; nobody printed it.
        None if steps.len() >= 2 && has(facts, steps[0], CAME) && has(facts, steps[1], WENT) => {
            let before = total - change;
            let text = format!("期初应为 {total} − ({}) = {before}，文中未写", computation.trim_start_matches(" + "));
            let verdict = if before.is_sign_negative() { Verdict::Fails } else { Verdict::Unclear };
            Draft::new(RelationKind::Difference, verdict, text).values(before.to_string(), "")
        }
        None => return,
    };
    drafts.push(draft.claims(&steps, Some(closing)));
}
