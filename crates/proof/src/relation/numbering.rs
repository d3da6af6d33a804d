//! Do section numbers follow each other, and is the plan for the year after the summary?

use super::facts::Facts;
use super::{Draft, RelationKind, Verdict};
use crate::claim::NoClaimKind;
use crate::slip::{Slip, SlipKind};
use crate::text::{Marker, MarkerLevel};
use base::Text;
use std::collections::BTreeMap;

const DIGITS: &str = "零一二三四五六七八九十";

pub fn find(facts: &Facts, drafts: &mut Vec<Draft>) {
    // The number last seen on each level; a higher level begins the lower ones anew.
    let mut last: BTreeMap<MarkerLevel, u32> = BTreeMap::new();
    for marker in &facts.text.markers {
        last.retain(|level, _| *level <= marker.level);
        let before = last.insert(marker.level, marker.number);
        // A number that starts again at one begins another list.
        let expected = before.map_or(1, |before| before + 1);
        let gap = marker.number > expected
            && marker.number <= expected + 2
            && (before.is_some() || marker.level == MarkerLevel::Section);
        let again = before == Some(marker.number) && marker.number > 1;
        if gap || again {
            drafts.push(gap_at(marker, expected, again));
        }
    }
    drafts.extend(years(facts));
}

fn spelled(level: MarkerLevel, number: u32) -> String {
    let han = match number {
        0..=10 => DIGITS.chars().nth(number as usize).map(String::from).unwrap_or_default(),
        11..=19 => format!("十{}", DIGITS.chars().nth(number as usize - 10).unwrap_or_default()),
        other => other.to_string(),
    };
    match level {
        MarkerLevel::Section => format!("{han}、"),
        MarkerLevel::Subsection => format!("（{han}）"),
        MarkerLevel::Item => format!("{number}."),
        MarkerLevel::Point => format!("{han}是"),
    }
}

fn gap_at(marker: &Marker, expected: u32, again: bool) -> Draft {
    let (printed, right) = (spelled(marker.level, marker.number), spelled(marker.level, expected));
    let text = match again {
        true => format!("序号{printed}出现两次"),
        false => format!("序号{printed}之前缺{right}"),
    };
    Draft::new(RelationKind::Numbering, Verdict::Fails, text)
        .at(marker.range.clone())
        .values(right.clone(), printed)
        .slip(Slip {
            kind: SlipKind::Renumbered,
            claim: None,
            value: right,
            because: Text::both("序号漏编，或删去了一段", "a number was left out, or a paragraph deleted"),
            weight: 70,
        })
}

/// 2025年工作总结及2025年工作计划
fn years(facts: &Facts) -> Option<Draft> {
    for paragraph in facts.text.paragraphs.iter().filter(|paragraph| paragraph.range.len() < 60) {
        let title = facts.text.slice(paragraph.range.clone());
        if !title.contains("总结") || !["计划", "打算", "思路", "安排"].iter().any(|word| title.contains(word))
        {
            continue;
        }
        let years: Vec<(i32, std::ops::Range<usize>)> = facts
            .others
            .iter()
            .filter(|other| other.kind == NoClaimKind::Date && paragraph.range.contains(&other.range.start))
            .filter_map(|other| Some((other.quote.get(..4)?.parse().ok()?, other.range.clone())))
            .collect();
        let [(report, _), (plan, place)] = &years[..] else { continue };
        let text = format!("总结为{report}年，计划为{plan}年");
        if *plan == report + 1 {
            return Some(
                Draft::new(RelationKind::Years, Verdict::Holds, text)
                    .at(place.clone())
                    .values(plan.to_string(), plan.to_string()),
            );
        }
        let right = report + 1;
        return Some(
            Draft::new(RelationKind::Years, Verdict::Fails, format!("{text}，应为下一年"))
                .at(place.clone())
                .values(right.to_string(), plan.to_string())
                .slip(Slip {
                    kind: SlipKind::YearReplaced,
                    claim: None,
                    value: format!("{}年工作总结，{plan}年工作计划", plan - 1),
                    because: Text::both("年份被统一替换过", "all years were replaced by one"),
                    weight: 85,
                }),
        );
    }
    None
}
