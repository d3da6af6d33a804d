//! Does each stage lie within the one before?
//!
//! 筛查4008人，阳道镜检查107例，病检39例; and no more newborns screened than were born.

use super::facts::Facts;
use super::{Draft, RelationKind, Verdict};
use crate::claim::Kind;

/// Stages of screening and treatment in their order, by the words of their figures.
const STAGES: &[&[&str]] = &[
    &["筛查", "监测", "普查", "检测"],
    &["初筛阳性", "可疑", "异常", "阳性"],
    &["复查", "阴道镜", "进一步检查", "召回"],
    &["活检", "病检", "病理"],
    &["确诊", "早癌", "检出"],
    &["治疗", "手术"],
];
/// What is counted at birth, and whom care after birth reaches.
const BIRTHS: &[&str] = &["活产", "出生人口", "新生儿数"];
const NEWBORN_CARE: &[&str] = &["新生儿", "产后访视"];

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    for ids in &facts.sentences {
        let ids: Vec<usize> = ids.clone().collect();
        let staged: Vec<(usize, usize)> = ids.iter().filter_map(|id| Some((stage(facts, *id)?, *id))).collect();
        for pair in staged.windows(2) {
            let ((first, a), (second, b)) = (pair[0], pair[1]);
            let related = facts.claims[a].comparable(&facts.claims[b])
                && facts.claims[a].role == facts.claims[b].role
                && b - a <= 2;
            let gap = facts.between(a, b);
            if first < second && related && !gap.contains('；') && gap.chars().count() < 30 {
                drafts.extend(within(facts, a, b));
            }
        }
        for base in ids.iter().filter(|id| BIRTHS.iter().any(|word| facts.words(**id).contains(word))) {
            for care in ids.iter().filter(|id| *id > base && is_newborn_care(facts, **id)) {
                drafts.extend(within(facts, *base, *care));
            }
        }
    }
}

fn stage(facts: &Facts, id: usize) -> Option<usize> {
    let claim = &facts.claims[id];
    if !matches!(claim.kind, Kind::Count | Kind::PersonTimes)
        || facts.exact(id).is_none_or(|value| value.is_zero())
        || !matches!(claim.unit, "人" | "例" | "人次")
    {
        return None;
    }
    let words = facts.lead(id) + &claim.subject;
    STAGES.iter().rposition(|stage| stage.iter().any(|word| words.contains(word)))
}

fn is_newborn_care(facts: &Facts, id: usize) -> bool {
    let claim = &facts.claims[id];
    let words = facts.lead(id);
    matches!(claim.unit, "人" | "例" | "人次")
        && NEWBORN_CARE.iter().any(|word| words.contains(word))
        && facts.exact(id).is_some()
}

fn within(facts: &Facts, outer: usize, inner: usize) -> Option<Draft> {
    let (a, b) = (facts.exact(outer)?, facts.exact(inner)?);
    let verdict = if b <= a { Verdict::Holds } else { Verdict::Fails };
    let sign = if b <= a { "≤" } else { ">" };
    let text = format!(
        "{}{} {sign} {}{}",
        facts.claims[inner].subject,
        facts.shown(inner),
        facts.claims[outer].subject,
        facts.shown(outer)
    );
    Some(
        Draft::new(RelationKind::Stages, verdict, text)
            .claims(&[inner], Some(outer))
            .values(facts.shown(inner), facts.shown(outer)),
    )
}
