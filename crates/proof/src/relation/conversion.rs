//! Is the same area given in two units?
//!
//! 占地142.46亩（约94974平方米）: offices count 666.67 square metres to the 亩, the exact measure is 10000 ÷ 15; either will do.

use super::facts::Facts;
use super::{Draft, RelationKind, Verdict};
use crate::claim::{Kind, square_metres};
use base::{Decimal, Ratio, Rounding};

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    for pair in facts.claims.windows(2) {
        let [a, b] = pair else { continue };
        let gap = facts.between(a.id, b.id);
        let bracketed = a.kind == Kind::Area && b.kind == Kind::Area && a.unit != b.unit && b.depth == a.depth + 1;
        if bracketed && matches!(gap.as_str(), "（" | "（约" | "（合" | "（折合" | "（即") {
            drafts.extend(judge(facts, a.id, b.id));
        }
    }
}

fn judge(facts: &Facts, from: usize, to: usize) -> Option<Draft> {
    let (a, b) = (&facts.claims[from], &facts.claims[to]);
    let (times, over) = square_metres(a.unit)?;
    let (times_b, over_b) = square_metres(b.unit)?;
    let ratio =
        Ratio { numerator: a.value?.checked_mul(times)?.checked_mul(over_b)?, denominator: over.checked_mul(times_b)? };
    let exact = ratio.value(Decimal::ONE, b.step.scale().min(4), Rounding::HalfUp)?;
    // One in a hundred thousand is the difference between the two measures of a 亩; a unit of the last digit is rounding.
    let slack = b.step.max(exact.abs() / Decimal::from(20_000));
    let verdict = if (exact - b.value?).abs() <= slack { Verdict::Holds } else { Verdict::Fails };
    let text = match verdict {
        Verdict::Holds => format!("{}{} = {exact}{}", facts.shown(from), a.unit, b.unit),
        _ => format!("{}{} = {exact}{}，文中为{}", facts.shown(from), a.unit, b.unit, b.quote),
    };
    let mut draft = Draft::new(RelationKind::Conversion, verdict, text)
        .claims(&[from], Some(to))
        .values(exact.to_string(), b.quote.clone());
    if verdict == Verdict::Fails {
        let back = Ratio {
            numerator: b.value?.checked_mul(over)?.checked_mul(times_b)?,
            denominator: times.checked_mul(over_b)?,
        };
        draft = draft.fix(to, exact).fix(from, back.value(Decimal::ONE, a.step.scale(), Rounding::HalfUp)?);
    }
    Some(draft)
}
