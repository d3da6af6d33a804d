//! Can a figure have this value at all?
//!
//! A natural increase of 4.47% has the wrong sign, a coverage of 102% counts somebody twice, and there are no 1644 kinds
//! of patients.

use super::facts::Facts;
use super::{Draft, RelationKind, Verdict};
use crate::claim::{Claim, Kind};
use crate::slip::{Slip, SlipKind};
use base::{Decimal, Text};

/// Rates per thousand people: what they are called, and the highest value in per cent that is possible.
const PER_THOUSAND: &[(&str, u32)] =
    &[("自然增长率", 2), ("自增率", 2), ("千人口", 5), ("婴儿死亡率", 2), ("人口出生率", 3), ("人口死亡率", 2)];
/// Rates of which a whole is the most.
const AT_MOST_WHOLE: &[&str] = &[
    "覆盖率",
    "参合率",
    "参保率",
    "建档率",
    "签约率",
    "知晓率",
    "合格率",
    "满意度",
    "满意率",
    "规范管理率",
    "治疗率",
    "就诊率",
    "访视率",
    "接种率",
    "食用率",
    "检测率",
    "依从率",
    "生育率",
    "报销比例",
];
/// Kinds and classes of something; what has more is no list of kinds.
const KINDS: &[&str] = &["种", "类"];
/// Words of people, who do not come in kinds.
const PEOPLE: &[&str] = &["患者", "病人", "人员", "老人", "居民", "儿童"];
/// More kinds than this of people are none.
const MOST_KINDS: u32 = 60;

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    for claim in facts.claims {
        let found = match claim.kind {
            Kind::Rate => sign(facts, claim).or_else(|| whole(facts, claim)),
            Kind::Count => kinds(facts, claim),
            _ => None,
        };
        drafts.extend(found);
    }
}

fn sign(facts: &Facts, claim: &Claim) -> Option<Draft> {
    let value = claim.value?;
    let (name, most) = PER_THOUSAND.iter().find(|(name, _)| claim.subject.contains(name))?;
    if claim.unit != "%" || value <= Decimal::from(*most) {
        return None;
    }
    let printed = facts.shown(claim.id);
    let text = format!("{name}不可能有{printed}（即{}‰）：按千分之几计", (value * Decimal::TEN).normalize());
    let slip = Slip {
        kind: SlipKind::Sign,
        claim: Some(claim.id),
        value: format!("{}‰", value.normalize()),
        because: Text::both("应为‰，写成了%", "the sign is ‰, not %"),
        weight: 95,
    };
    Some(
        Draft::new(RelationKind::Limit, Verdict::Fails, text)
            .claims(&[], Some(claim.id))
            .values(format!("≤{most}%"), printed)
            .slip(slip),
    )
}

fn whole(facts: &Facts, claim: &Claim) -> Option<Draft> {
    let name = AT_MOST_WHOLE.iter().find(|name| claim.subject.ends_with(*name))?;
    if claim.unit != "%" || claim.value? <= Decimal::ONE_HUNDRED {
        return None;
    }
    let printed = facts.shown(claim.id);
    let text = format!("{name}为{printed}，不能超过100%");
    Some(
        Draft::new(RelationKind::Limit, Verdict::Fails, text)
            .claims(&[], Some(claim.id))
            .values("≤100%", printed)
            .fix(claim.id, claim.value? / Decimal::TEN),
    )
}

fn kinds(facts: &Facts, claim: &Claim) -> Option<Draft> {
    let value = claim.exact()?;
    let people = PEOPLE.iter().any(|word| claim.subject.ends_with(word));
    if !KINDS.contains(&claim.unit) || !people || value <= Decimal::from(MOST_KINDS) {
        return None;
    }
    let text = format!("没有{value}{}{}：量词有误，或数字前后缺字", claim.unit, claim.subject);
    let mut draft = Draft::new(RelationKind::Limit, Verdict::Fails, text)
        .claims(&[], Some(claim.id))
        .values(format!("≤{MOST_KINDS}"), facts.shown(claim.id))
        .slip(Slip {
            kind: SlipKind::LostWord,
            claim: Some(claim.id),
            value: format!("{value}名"),
            because: Text::both(format!("“{}”应为“名”或“例”", claim.unit), "the classifier should be one of people"),
            weight: 80,
        });
    let digits = value.normalize().to_string();
    if let (Some((last, _)), Some(rest)) = (digits.char_indices().next_back(), digits.get(..digits.len() - 1)) {
        draft = draft.slip(Slip {
            kind: SlipKind::LostWord,
            claim: Some(claim.id),
            value: format!("{rest}名{}{}", &digits[last..], claim.unit),
            because: Text::both(
                "两个数之间缺了量词，连在了一起",
                "two numbers ran together: a word between them is lost",
            ),
            weight: 70,
        });
    }
    Some(draft)
}
