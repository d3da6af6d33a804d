//! Is the sex ratio what boys and girls give?
//!
//! With both printed it is computed; with births alone, some split of them must give it.

use super::facts::Facts;
use super::fit::{Fit, fit, shown};
use super::{Draft, RelationKind, Verdict};
use crate::claim::{Claim, Kind};
use crate::slip::{Slip, SlipKind};
use base::{Decimal, Ratio, Rounding, Text};

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    for ids in &facts.sentences {
        let ratio = ids.clone().find(|id| {
            let claim = &facts.claims[*id];
            claim.kind == Kind::Ratio && claim.subject.contains("性别比") && claim.exact().is_some()
        });
        let Some(ratio) = ratio else { continue };
        let of = |sex: char, other: char| {
            ids.clone().find(|id| {
                facts.claims[*id].kind == Kind::Count
                    && facts.words(*id).contains(sex)
                    && !facts.words(*id).contains(other)
            })
        };
        match (of('男', '女'), of('女', '男')) {
            (Some(male), Some(female)) => {
                let births = ids.clone().find(|id| *id < male.min(female) && facts.words(*id).contains("出生"));
                let draft = both(facts, ratio, male, female);
                drafts.extend(draft.map(|draft| with_split(facts, draft, ratio, births)));
            }
            _ => {
                let births =
                    ids.clone().find(|id| facts.claims[*id].kind == Kind::Count && facts.words(*id).contains("出生"));
                drafts.extend(births.and_then(|births| split(facts, ratio, births)));
            }
        }
    }
}

fn both(facts: &Facts, ratio: usize, male: usize, female: usize) -> Option<Draft> {
    let claim = &facts.claims[ratio];
    let (m, f) = (facts.exact(male)?, facts.exact(female)?);
    let value = shown(m, f, Decimal::ONE_HUNDRED);
    let left = format!("{m} ÷ {f} × 100 = {value}");
    let (verdict, text) = match fit(m, f, Decimal::ONE_HUNDRED, claim)? {
        Fit::Rounded | Fit::Within => (Verdict::Holds, left),
        Fit::Truncated => {
            (Verdict::Truncated, format!("{left}，文中为{}：截去了尾数，没有四舍五入", facts.shown(ratio)))
        }
        Fit::No => (Verdict::Fails, format!("{left}，文中为{}", facts.shown(ratio))),
    };
    let mut draft = Draft::new(RelationKind::SexRatio, verdict, text)
        .claims(&[male, female], Some(ratio))
        .values(value, facts.shown(ratio));
    if verdict == Verdict::Fails {
        let printed = claim.value?;
        let round = |n: Decimal, d: Decimal, times: Decimal| {
            Ratio { numerator: n, denominator: d }.value(times, 0, Rounding::HalfUp)
        };
        draft = draft.fix(
            ratio,
            Ratio { numerator: m, denominator: f }.value(Decimal::ONE_HUNDRED, claim.step.scale(), Rounding::HalfUp)?,
        );
        if let Some(right) = round(printed * f, Decimal::ONE_HUNDRED, Decimal::ONE) {
            draft = draft.fix(male, right);
        }
        if let Some(right) = round(m, printed, Decimal::ONE_HUNDRED) {
            draft = draft.fix(female, right);
        }
    }
    Some(draft)
}

/// What the printed ratio would mean for the printed births, when boys and girls fit neither.
fn with_split(facts: &Facts, draft: Draft, ratio: usize, births: Option<usize>) -> Draft {
    let claim = &facts.claims[ratio];
    let value = births.and_then(|births| facts.exact(births)).zip(claim.value);
    let Some((n, r)) = value.filter(|_| draft.verdict == Verdict::Fails) else { return draft };
    let male = n.checked_mul(r).and_then(|numerator| {
        Ratio { numerator, denominator: r + Decimal::ONE_HUNDRED }.value(Decimal::ONE, 0, Rounding::HalfUp)
    });
    let Some(male) = male else { return draft };
    draft.slip(Slip {
        kind: SlipKind::Other,
        claim: None,
        value: format!("男{male}人、女{}人", n - male),
        because: Text::both(
            format!("按出生{n}人和性别比{}推算", facts.shown(ratio)),
            "what the printed births and ratio give",
        ),
        weight: 40,
    })
}

fn split(facts: &Facts, ratio: usize, births: usize) -> Option<Draft> {
    let claim: &Claim = &facts.claims[ratio];
    let (r, n) = (claim.value?, facts.exact(births)?);
    let male = Ratio { numerator: n.checked_mul(r)?, denominator: r + Decimal::ONE_HUNDRED }.value(
        Decimal::ONE,
        0,
        Rounding::HalfUp,
    )?;
    let fits = [-1, 0, 1]
        .map(|d| male + Decimal::from(d))
        .into_iter()
        .find(|m| fit(*m, n - *m, Decimal::ONE_HUNDRED, claim) == Some(Fit::Rounded));
    let male = fits?;
    let text = format!(
        "{n}名新生儿中男{male}、女{}时为{}，文中没有写男女各多少",
        n - male,
        shown(male, n - male, Decimal::ONE_HUNDRED)
    );
    Some(
        Draft::new(RelationKind::SexRatio, Verdict::Unclear, text)
            .claims(&[births], Some(ratio))
            .values(male.to_string(), facts.shown(ratio)),
    )
}
