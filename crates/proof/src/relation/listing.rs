//! Are as many things listed as are announced?
//!
//! 甲、乙、丙等三个项目; 在甲、乙等方面实施8项. More than announced is a mistake; fewer may be meant by 等, unless only
//! one is missing.

use super::facts::Facts;
use super::{Draft, RelationKind, Verdict};
use crate::claim::{Bound, Kind};
use crate::slip::{Slip, SlipKind};
use base::{Decimal, Text};

/// Between 等 and the number at most so many characters may stand: 等方面实施8项.
const GAP: usize = 8;

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    for claim in facts.claims {
        if claim.kind == Kind::Count
            && claim.bound == Bound::Exact
            && !matches!(claim.unit, "人" | "人份" | "张" | "份")
        {
            drafts.extend(judge(facts, claim.id));
        }
    }
}

fn judge(facts: &Facts, id: usize) -> Option<Draft> {
    let claim = &facts.claims[id];
    let lead = facts.lead(id);
    let at = lead.rfind('等')?;
    let gap = &lead[at + '等'.len_utf8()..];
    let list = &lead[..at];
    let n_gap = gap.chars().count();
    let joined = n_gap == 0 || n_gap <= GAP && gap.starts_with("方面");
    let announced = claim.value?;
    if !joined || !list.contains('、') || announced > Decimal::from(30) {
        return None;
    }
    // 和 and 及 join the last two; inside one item they may stand too, so only the last one is tried.
    let separators = list.matches('、').count();
    let tail = list.rsplit('、').next().unwrap_or_default();
    let joins = usize::from(["以及", "和", "及"].iter().any(|word| tail.contains(word)));
    let without = Decimal::from(separators + 1);
    let with = Decimal::from(separators + 1 + joins);
    let listed = if with == announced { with } else { without };
    // A clause may begin with words that are no item, but it never has fewer items than separators say.
    let verdict = match () {
        () if listed == announced => Verdict::Holds,
        () if listed > announced && listed - announced <= Decimal::TWO => Verdict::Fails,
        // 甲、乙、丙等4家 is good Chinese for three of four; 在甲、乙等方面实施4项 names all four.
        () if with + Decimal::ONE == announced && n_gap > 0 => Verdict::Fails,
        () => return None,
    };
    let text = match verdict {
        Verdict::Holds => format!("列举{listed}，文中为{}", facts.shown(id)),
        _ => format!("列举{with}，文中为{}", facts.shown(id)),
    };
    let mut draft =
        Draft::new(RelationKind::List, verdict, text).claims(&[], Some(id)).values(listed.to_string(), facts.shown(id));
    if verdict == Verdict::Fails {
        draft = draft.slip(Slip {
            kind: SlipKind::ListIncomplete,
            claim: Some(id),
            value: listed.to_string(),
            because: Text::both(
                "漏列一项，或总数写错；“等”也可能表示未列完",
                "an item is missing or the number is wrong; 等 may leave the list open",
            ),
            weight: 60,
        });
    }
    Some(draft)
}
