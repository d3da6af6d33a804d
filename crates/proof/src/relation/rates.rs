//! Is a rate what its numbers give?
//!
//! The name of a rate says what its numerator is: of 规范管理率, those 规范管理. Two printed numbers that give the rate
//! to its last digit are taken for its parts; numbers that do not are only called wrong when the words tie them to it.

use super::facts::Facts;
use super::fit::{Fit, fit, numerators, shown};
use super::{Draft, RelationKind, Verdict};
use crate::claim::{Bound, Claim, Kind, key};
use crate::slip::{Slip, SlipKind, meant};
use base::{Decimal, Text};
use std::collections::BTreeSet;

/// How many figures back a rate's numbers may stand.
const WINDOW: usize = 8;
/// Endings of a rate's name that say nothing of its numerator.
const ENDINGS: &[&str] = &["完成率", "覆盖率", "比例", "占比", "比重", "率"];
/// Words of people or tasks of which a rate is a share: such a number is a denominator.
const WHOLES: &[&str] = &[
    "患者",
    "任务",
    "对象",
    "人口",
    "产妇",
    "儿童",
    "老年人",
    "活产",
    "新生儿",
    "应",
    "目标",
    "总数",
    "共有",
    "总费用",
    "在册",
    "登记",
];

/// Units of which rates are made; a rate is no share of kinds or courses.
const COUNTED: &[&str] = &[
    "人", "例", "人次", "例次", "户", "户次", "对", "份", "家", "所", "个", "件", "元", "张", "起", "条", "剂次",
    "人份", "",
];

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    for ids in &facts.sentences {
        let mut last_rate = ids.start;
        for rate in ids.clone() {
            let claim = &facts.claims[rate];
            if claim.kind != Kind::Rate || claim.value.is_none() {
                continue;
            }
            let from = ids.start.max(rate.saturating_sub(WINDOW));
            let numbers: Vec<usize> =
                (from..rate).filter(|id| is_number(&facts.claims[*id]) && facts.exact(*id).is_some()).collect();
            // Per thousand people and yearly changes are of the whole population, which stands elsewhere.
            if !of_population(claim) && !numbers.is_empty() {
                judge(facts, rate, last_rate, &numbers, drafts);
            }
            last_rate = rate;
        }
    }
}

fn is_number(claim: &Claim) -> bool {
    claim.is_amount() && COUNTED.contains(&claim.unit) && claim.value.is_some_and(|value| !value.is_zero())
}

fn of_population(claim: &Claim) -> bool {
    let words = ["增长", "自增", "下降", "提高", "降低", "同比", "环比", "上升", "千人口", "中医药服务"];
    claim.unit == "‰" || words.iter().any(|word| claim.subject.contains(word))
}

pub fn times(claim: &Claim) -> Decimal {
    if claim.unit == "‰" { Decimal::ONE_THOUSAND } else { Decimal::ONE_HUNDRED }
}

/// How much of the name of a rate stands in the words of a number, from 0 to 100.
fn named(name: &str, words: &str) -> usize {
    let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    let stem: Vec<char> = stem.chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
    let pairs: BTreeSet<[char; 2]> = stem.windows(2).map(|pair| [pair[0], pair[1]]).collect();
    if pairs.is_empty() {
        return 0;
    }
    let hits = pairs.iter().filter(|pair| words.contains(&pair.iter().collect::<String>())).count();
    hits * 100 / pairs.len()
}

fn judge(facts: &Facts, rate: usize, last_rate: usize, numbers: &[usize], drafts: &mut Vec<Draft>) {
    let claim = &facts.claims[rate];
    let by_name = |id: &usize| named(&claim.subject, &facts.words(*id));
    if let Some(draft) = matching(facts, rate, numbers) {
        drafts.push(draft);
        return;
    }
    // Numbers before the rate in front of this one belong to that.
    let own: Vec<usize> = numbers.iter().copied().filter(|id| *id > last_rate || last_rate == rate).collect();
    let own = if own.is_empty() || facts.claims[last_rate].kind != Kind::Rate { numbers } else { &own };
    if claim.bound != Bound::Exact {
        return;
    }
    if let Some(draft) = by_task(facts, rate, own) {
        drafts.push(draft);
        return;
    }
    let Some(top) = own.iter().copied().filter(|id| by_name(id) >= 50).max_by_key(|id| (by_name(id), *id)) else {
        drafts.extend(of_whole(facts, rate, own));
        return;
    };
    let below = own.iter().copied().rfind(|id| *id < top && facts.claims[*id].comparable(&facts.claims[top]));
    match below.filter(|below| ties(facts, rate, *below, top)) {
        Some(whole) => drafts.extend(wrong(facts, rate, top, whole)),
        None => drafts.extend(open(facts, rate, top)),
    }
}

/// A numerator and its denominator are tied by 其中, or when the numerator is named by nothing but the rate's own name,
/// so that what it is of can only be the figure before it.
fn ties(facts: &Facts, rate: usize, whole: usize, top: usize) -> bool {
    let gap = facts.between(whole, top);
    let name = &facts.claims[rate].subject;
    let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    let own = key(&facts.claims[top].subject);
    // 完成健康体检 of 老年人: the name of the act, with no people of its own.
    let people = WHOLES.iter().any(|word| facts.words(whole).contains(word));
    let act = own.ends_with(stem) && own.chars().count() <= stem.chars().count() + 2 && people;
    let bare =
        (stem.contains(&own) || act) && !own.is_empty() && !stem.is_empty() && top - whole == 1 && !gap.contains('；');
    (gap.contains("其中") && top - whole <= 2) || bare && facts.exact(whole) >= facts.exact(top)
}

/// Two numbers before the rate that give it. A coarse rate is met by chance, so its numbers must be near or named.
fn matching(facts: &Facts, rate: usize, numbers: &[usize]) -> Option<Draft> {
    let claim = &facts.claims[rate];
    let digits = claim.value?.normalize().mantissa().unsigned_abs().to_string().len();
    let mut best: Option<(usize, usize, usize, Fit)> = None;
    for top in numbers.iter().rev() {
        for whole in numbers.iter().rev() {
            if top == whole || !facts.claims[*top].comparable(&facts.claims[*whole]) {
                continue;
            }
            let (n, d) = (facts.exact(*top)?, facts.exact(*whole)?);
            let Some(found) = fit(n, d, times(claim), claim).filter(|found| *found != Fit::No) else { continue };
            let name = named(&claim.subject, &facts.words(*top));
            let near = rate - top <= 2 && rate - whole <= 2;
            let sure = name >= 50 || near || digits >= 4 && found == Fit::Rounded;
            let task = n > d && claim.value? <= Decimal::ONE_HUNDRED;
            let exact = claim.bound == Bound::Exact || name >= 50;
            if !sure || task || !exact || n == d && name < 50 {
                continue;
            }
            let order = (usize::from(found != Fit::Truncated) * 200) + name + usize::from(near) * 20;
            if best.as_ref().is_none_or(|(score, _, _, _)| order > *score) {
                best = Some((order, *top, *whole, found));
            }
        }
    }
    let (_, top, whole, found) = best?;
    let (n, d) = (facts.exact(top)?, facts.exact(whole)?);
    let value = shown(n, d, times(claim));
    let printed = facts.shown(rate);
    let (verdict, text) = match found {
        Fit::Truncated => {
            let computation = format!(
                "{} ÷ {} = {value}{}，文中为{printed}：截去了尾数，没有四舍五入",
                facts.shown(top),
                facts.shown(whole),
                claim.unit
            );
            (Verdict::Truncated, computation)
        }
        _ => (Verdict::Holds, format!("{} ÷ {} = {value}{}", facts.shown(top), facts.shown(whole), claim.unit)),
    };
    Some(Draft::new(RelationKind::Rate, verdict, text).claims(&[top, whole], Some(rate)).values(value, printed))
}

/// The two numbers are there, and give something else.
fn wrong(facts: &Facts, rate: usize, top: usize, whole: usize) -> Option<Draft> {
    let claim = &facts.claims[rate];
    let (n, d, r) = (facts.exact(top)?, facts.exact(whole)?, claim.value?);
    let value = shown(n, d, times(claim));
    let printed = facts.shown(rate);
    let text = format!("{} ÷ {} = {value}{}，文中为{printed}", facts.shown(top), facts.shown(whole), claim.unit);
    let rounded =
        base::Ratio { numerator: n, denominator: d }.value(times(claim), claim.step.scale(), base::Rounding::HalfUp)?;
    let mut draft = Draft::new(RelationKind::Rate, Verdict::Fails, text)
        .claims(&[top, whole], Some(rate))
        .values(value, printed)
        .fix(rate, rounded);
    // Of all numbers that would do, the one a hand may have meant is the likely one.
    let rounded = |n, d| fit(n, d, times(claim), claim) == Some(Fit::Rounded);
    let by_hand = meant(&facts.claims[top]).into_iter().find(|n| n <= &d && rounded(*n, d));
    if let Some(fitting) = by_hand.or_else(|| numerators(d, times(claim), claim)?.first().copied()) {
        draft = draft.fix(top, fitting);
    }
    let of = n.checked_mul(times(claim))?.checked_div(r)?.round();
    let by_hand = meant(&facts.claims[whole]).into_iter().find(|d| d >= &n && rounded(n, *d));
    if let Some(fitting) = by_hand.or(rounded(n, of).then_some(of)) {
        draft = draft.fix(whole, fitting);
    }
    Some(draft)
}

/// 检查1626例任务，已完成101.63%: of a task no whole number gives this rate; often the number done was printed for it.
fn by_task(facts: &Facts, rate: usize, numbers: &[usize]) -> Option<Draft> {
    let claim = &facts.claims[rate];
    let task = *numbers.iter().rev().find(|id| facts.text.has(facts.claims[**id].range.end, "任务"))?;
    let done = claim.subject.contains("完成") || facts.lead(rate).contains("完成");
    let near = facts.claims[task].sentence == claim.sentence && rate - task <= 2;
    if !done || !near || rate - task == 2 {
        return None;
    }
    let (value, printed) = (facts.exact(task)?, facts.shown(rate));
    let fitting = numerators(value, times(claim), claim)?;
    if let Some(n) = fitting.first() {
        let text = format!("完成数应为{n}：{n} ÷ {value} = {}{}", shown(*n, value, times(claim)), claim.unit);
        return Some(
            Draft::new(RelationKind::Rate, Verdict::Holds, text)
                .claims(&[task], Some(rate))
                .values(printed.clone(), printed),
        );
    }
    let low = claim.value?.checked_mul(value)?.checked_div(times(claim))?.floor();
    let around = [low, low + Decimal::ONE].map(|n| format!("{n} ÷ {value} = {}%", shown(n, value, times(claim))));
    let text = format!("任务{value}时没有整数的完成数得出{printed}：{}", around.join("，"));
    let mut draft = Draft::new(RelationKind::Rate, Verdict::Fails, text)
        .claims(&[task], Some(rate))
        .values(around.join("，"), printed.clone());
    let of = value.checked_mul(times(claim))?.checked_div(claim.value?)?.round();
    if fit(value, of, times(claim), claim) == Some(Fit::Rounded) {
        draft = draft.slip(Slip {
            kind: SlipKind::TaskAndDone,
            claim: Some(task),
            value: of.to_string(),
            because: Text::both(
                format!(
                    "把完成数写成了任务数：完成{value}、任务{of}时，{value} ÷ {of} = {}%，正是{printed}",
                    shown(value, of, times(claim))
                ),
                format!("the number done was printed as the task: {value} of {of} is {printed}"),
            ),
            weight: 90,
        });
    }
    Some(draft)
}

/// 患者29738人，规范管理率98.96%: the numerator is not printed; some whole number must give the rate.
fn of_whole(facts: &Facts, rate: usize, numbers: &[usize]) -> Option<Draft> {
    let claim = &facts.claims[rate];
    let whole = *numbers.last().filter(|id| rate - **id == 1)?;
    let like = &facts.claims[whole];
    let people = matches!(like.kind, Kind::Count) && WHOLES.iter().any(|word| like.subject.contains(word));
    if !people || claim.value? >= Decimal::ONE_HUNDRED {
        return None;
    }
    let value = facts.exact(whole)?;
    let fitting = numerators(value, times(claim), claim)?;
    let (Some(first), Some(last)) = (fitting.first(), fitting.last()) else { return None };
    let range = if first == last { first.to_string() } else { format!("{first}～{last}") };
    let text = format!("{value}人中有{range}人时为{}，文中没有写分子", facts.shown(rate));
    Some(
        Draft::new(RelationKind::Rate, Verdict::Unclear, text)
            .claims(&[whole], Some(rate))
            .values(range, facts.shown(rate)),
    )
}

/// The numerator is printed and the denominator is not: it follows within the rounding.
fn open(facts: &Facts, rate: usize, top: usize) -> Option<Draft> {
    let claim = &facts.claims[rate];
    let (n, value) = (facts.exact(top)?, claim.value.filter(|value| !value.is_zero())?);
    if rate - top > 2 || value >= Decimal::ONE_HUNDRED {
        return None;
    }
    let of = n.checked_mul(times(claim))?.checked_div(value)?.round();
    let text = format!("{} ÷ {} ≈ {of}，文中没有写分母", facts.shown(top), facts.shown(rate));
    Some(Draft::new(RelationKind::Rate, Verdict::Unclear, text).claims(&[top], Some(rate)).values(of.to_string(), ""))
}
