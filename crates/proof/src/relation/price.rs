//! Does a price times a number give the amount?
//!
//! 按250元/人补贴, 每月每人100元: what is paid for each, for how many, and the sum. When no price is printed but the
//! amount is an even price for everybody to its last digit, that price is named.

use super::facts::Facts;
use super::fit::{Fit, fit};
use super::{Draft, RelationKind, Verdict};
use crate::claim::{Bound, Kind};
use base::Decimal;

/// Prices that are looked for when none is printed: tens of yuan.
const EVEN: u32 = 10;

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    for ids in &facts.sentences {
        let ids: Vec<usize> = ids.clone().collect();
        for price in ids.iter().filter(|id| facts.claims[**id].kind == Kind::Price && facts.exact(**id).is_some()) {
            drafts.extend(printed_price(facts, *price, &ids));
        }
        for amount in ids.iter().filter(|id| facts.claims[**id].kind == Kind::Money && facts.exact(**id).is_some()) {
            let known = |draft: &Draft| draft.kind == RelationKind::Product && (draft.result == Some(*amount));
            if !drafts.iter().any(known) {
                drafts.extend(even_price(facts, *amount, &ids));
            }
        }
    }
}

/// How often in a year the price is paid, as its words say.
fn periods(facts: &Facts, price: usize) -> &'static [u32] {
    let words = format!("{}{}", facts.lead(price), facts.text.slice(facts.claims[price].range.clone()));
    if words.contains('月') {
        &[12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    } else if words.contains("季") {
        &[4, 1, 2, 3]
    } else {
        &[1]
    }
}

fn printed_price(facts: &Facts, price: usize, ids: &[usize]) -> Option<Draft> {
    let each = facts.exact(price)?;
    let money = |id: &usize| facts.claims[*id].kind == Kind::Money && facts.claims[*id].value.is_some();
    // The amount follows, or stands right before a bracket with the price.
    let after = ids.iter().copied().find(|id| *id > price && money(id) && !facts.between(price, *id).contains('；'));
    let before = ids
        .iter()
        .copied()
        .rev()
        .find(|id| *id < price && money(id) && facts.claims[price].depth > facts.claims[*id].depth);
    let amount = before.or(after)?;
    let is_number = |id: &usize| facts.claims[*id].kind == Kind::Count && facts.exact(*id).is_some();
    let mut numbers: Vec<usize> = ids.iter().copied().filter(|id| *id < amount.max(price) && is_number(id)).collect();
    let in_sentence = !numbers.is_empty();
    if !in_sentence {
        // 一是45489人参保；二是按250元/人补贴: the number stands in the point before.
        let first = ids.first().copied().unwrap_or(price);
        numbers = (first.saturating_sub(6)..first)
            .filter(|id| is_number(id) && facts.claims[*id].sentence + 1 == facts.claims[price].sentence)
            .collect();
    }
    for n_periods in periods(facts, price) {
        for count in numbers.iter().rev() {
            let total = each.checked_mul(facts.exact(*count)?)?.checked_mul(Decimal::from(*n_periods))?;
            match fit(total, Decimal::ONE, Decimal::ONE, &facts.claims[amount])? {
                Fit::No => {}
                found => return Some(product(facts, price, *count, amount, *n_periods, total, found)),
            }
        }
    }
    let near: Vec<usize> = numbers
        .iter()
        .copied()
        .filter(|id| in_sentence && facts.claims[*id].depth == facts.claims[amount].depth)
        .collect();
    let [count] = near[..] else { return None };
    let n_periods = *periods(facts, price).first()?;
    let people = matches!(facts.claims[count].unit, "人" | "户" | "个" | "对" | "例");
    let between = (count + 1..amount).filter(|id| facts.claims[*id].depth == facts.claims[amount].depth).count();
    if !people || between > 2 {
        return None;
    }
    let total = each.checked_mul(facts.exact(count)?)?.checked_mul(Decimal::from(n_periods))?;
    Some(product(facts, price, count, amount, n_periods, total, Fit::No))
}

fn product(
    facts: &Facts,
    price: usize,
    count: usize,
    amount: usize,
    n_periods: u32,
    total: Decimal,
    found: Fit,
) -> Draft {
    let like = &facts.claims[amount];
    let times = if n_periods > 1 { format!(" × {n_periods}") } else { String::new() };
    let left = format!("{} × {}{times} = {}元", facts.shown(count), facts.shown(price), total.normalize());
    let printed = facts.shown(amount);
    let (verdict, text) = match found {
        Fit::Truncated => (Verdict::Truncated, format!("{left}，文中为{printed}：截去了尾数，没有四舍五入")),
        Fit::No => (Verdict::Fails, format!("{left}，文中为{printed}")),
        Fit::Rounded | Fit::Within => (Verdict::Holds, left),
    };
    let mut draft = Draft::new(RelationKind::Product, verdict, text)
        .claims(&[count, price], Some(amount))
        .values(super::facts::show(total, like), printed);
    if let (Verdict::Fails, Some(value), Some(each), Some(n)) =
        (verdict, like.value, facts.exact(price), facts.exact(count))
    {
        draft = draft.fix(amount, total);
        let by =
            |divisor: Decimal| value.checked_div(divisor * Decimal::from(n_periods)).filter(|q| q.fract().is_zero());
        if let Some(right) = by(each) {
            draft = draft.fix(count, right);
        }
        if let Some(right) = by(n) {
            draft = draft.fix(price, right);
        }
    }
    draft
}

/// An amount that is an even sum for each of the number right before it.
fn even_price(facts: &Facts, amount: usize, ids: &[usize]) -> Option<Draft> {
    let like = &facts.claims[amount];
    let payable =
        |id: &usize| matches!(facts.claims[*id].unit, "人" | "户" | "个" | "对") && facts.exact(*id).is_some();
    let words = facts.lead(amount);
    if !["发放", "补贴", "补助", "奖励", "资金"].iter().any(|word| words.contains(word)) {
        return None;
    }
    let mut before = ids.iter().copied().filter(|id| {
        *id < amount && payable(id) && !["新增", "退出"].iter().any(|word| facts.lead(*id).contains(word))
    });
    let count = before.next_back()?;
    let (value, n) = (facts.exact(amount)?, facts.exact(count)?);
    let even = Decimal::from(EVEN);
    // The band of prices that print as this amount must be narrow, or an even one lies in it by chance.
    if n < Decimal::from(20) || like.step.checked_div(n)? > Decimal::ONE || like.bound != Bound::Exact {
        return None;
    }
    let each =
        value.checked_add(like.step / Decimal::TWO)?.checked_div(n)?.checked_div(even)?.round().checked_mul(even)?;
    let total = each.checked_mul(n)?;
    let text = format!("{n} × {each}元 = {}元", total.normalize());
    let (verdict, text) = match fit(total, Decimal::ONE, Decimal::ONE, like)? {
        Fit::Rounded => (Verdict::Holds, format!("{text}（标准{each}元由文中两数得出）")),
        Fit::Truncated => {
            (Verdict::Truncated, format!("{text}，文中为{}：截去了尾数，没有四舍五入", facts.shown(amount)))
        }
        _ => return None,
    };
    let draft = Draft::new(RelationKind::Product, verdict, text).claims(&[count], Some(amount));
    Some(draft.values(super::facts::show(total, like), facts.shown(amount)))
}
