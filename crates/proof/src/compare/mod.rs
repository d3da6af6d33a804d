//! What changed between two texts, claim by claim?
//!
//! Figures, days and document numbers of both texts are set side by side in their order; what has no partner is looked
//! for elsewhere before it is called dropped or added.

mod align;

use crate::claim::{Claim, NoClaim, NoClaimKind, key};
use crate::slip::{SlipKind, between};
use crate::{Proof, Text};
use base::Text as Said;
use std::collections::BTreeMap;
use std::ops::Range;

/// Two texts set side by side.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Figures, days and numbers that are the same in both.
    pub n_same: usize,
    /// What differs, in the order of the first text; what was added stands where it was added.
    pub changes: Vec<Change>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which sort.
    pub kind: ChangeKind,
    /// In the first text.
    pub left: Option<Item>,
    /// In the second text.
    pub right: Option<Item>,
    /// What may have happened.
    pub because: Option<Said>,
}

/// Which sort of difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// The same thing, another value.
    Changed,
    /// The same value, said of something else.
    Renamed,
    /// The same statement in another place.
    Moved,
    /// Only in the first text.
    Dropped,
    /// Only in the second text.
    Added,
}

impl ChangeKind {
    /// The word in JSON, and in Chinese.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Changed => ("changed", "数值不同"),
            Self::Renamed => ("renamed", "数值相同，说法不同"),
            Self::Moved => ("moved", "位置不同"),
            Self::Dropped => ("dropped", "只在前一篇"),
            Self::Added => ("added", "只在后一篇"),
        }
    }
}

/// A figure, day or number of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// As printed, in the normal form.
    pub quote: String,
    /// What it is of.
    pub subject: String,
    /// Its place in the original.
    pub original: Range<usize>,
    /// What must be equal for two to be the same statement.
    value: String,
    /// Sort and unit: only items of one class are set beside each other.
    class: String,
    /// The characters around it.
    before: String,
    after: String,
}

/// Sets two texts side by side.
pub fn compare(left: &Proof, right: &Proof) -> Comparison {
    let (a, b) = (items(left), items(right));
    let pairs = align::pairs(&a, &b);
    let (mut lone_a, mut lone_b) = (vec![true; a.len()], vec![true; b.len()]);
    let mut found: Vec<(usize, Change)> = Vec::new();
    let mut n_same = 0;
    let years = replaced_years(&a, &b, &pairs);
    for (x, y) in pairs {
        (lone_a[x], lone_b[y]) = (false, false);
        match difference(&a[x], &b[y], &years) {
            Some(change) => found.push((x * 2, change)),
            None => n_same += 1,
        }
    }
    let mut elsewhere: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (y, item) in b.iter().enumerate().filter(|(y, _)| lone_b[*y]).rev() {
        elsewhere.entry((&item.class, &item.subject, &item.value)).or_default().push(y);
    }
    let alone = |kind, left: Option<&Item>, right: Option<&Item>| Change {
        kind,
        left: left.cloned(),
        right: right.cloned(),
        because: None,
    };
    for (x, item) in a.iter().enumerate().filter(|(x, _)| lone_a[*x]) {
        let moved =
            elsewhere.get_mut(&(item.class.as_str(), item.subject.as_str(), item.value.as_str())).and_then(Vec::pop);
        match moved {
            Some(y) => {
                lone_b[y] = false;
                found.push((x * 2, alone(ChangeKind::Moved, Some(item), Some(&b[y]))));
            }
            None => found.push((x * 2, alone(ChangeKind::Dropped, Some(item), None))),
        }
    }
    let mut after = 0;
    for (y, item) in b.iter().enumerate().filter(|(y, _)| lone_b[*y]) {
        // Added after the last item of the first text that stands before it in the second.
        while after < a.len()
            && a[after].original.start * b.len().max(1) < item.original.start * a.len().max(1)
            && after < y
        {
            after += 1;
        }
        found.push((after * 2 + 1, alone(ChangeKind::Added, None, Some(item))));
    }
    found.sort_by_key(|(order, _)| *order);
    Comparison { n_same, changes: found.into_iter().map(|(_, change)| change).collect() }
}

fn items(proof: &Proof) -> Vec<Item> {
    let text = &proof.text;
    let mut items: Vec<(usize, Item)> =
        proof.claims.iter().map(|claim| (claim.range.start, of_claim(text, claim))).collect();
    let kept = proof.others.iter().filter(|other| {
        matches!(other.kind, NoClaimKind::Date | NoClaimKind::Code | NoClaimKind::Title | NoClaimKind::Unknown)
    });
    items.extend(kept.map(|other| (other.range.start, of_other(text, other))));
    items.sort_by_key(|(start, _)| *start);
    items.into_iter().map(|(_, item)| item).collect()
}

fn around(text: &Text, range: &Range<usize>) -> (String, String) {
    (text.slice(range.start.saturating_sub(6)..range.start), text.slice(range.end..range.end + 6))
}

fn of_claim(text: &Text, claim: &Claim) -> Item {
    let (before, after) = around(text, &claim.range);
    let value = claim.value.map_or_else(|| claim.quote.clone(), |value| value.normalize().to_string());
    Item {
        quote: claim.quote.clone(),
        subject: key(&claim.subject),
        original: claim.original.clone(),
        value: format!("{value}{:?}{:?}", claim.until, claim.bound),
        class: format!("{}{}", claim.kind.word(), claim.unit),
        before,
        after,
    }
}

fn of_other(text: &Text, other: &NoClaim) -> Item {
    let (before, after) = around(text, &other.range);
    Item {
        quote: other.quote.clone(),
        subject: String::new(),
        original: other.original.clone(),
        value: other.quote.clone(),
        class: other.kind.word().to_string(),
        before,
        after,
    }
}

fn difference(a: &Item, b: &Item, years: &[(String, String)]) -> Option<Change> {
    let change = |kind, because| Some(Change { kind, left: Some(a.clone()), right: Some(b.clone()), because });
    if a.value != b.value {
        let is_claim = !a.subject.is_empty();
        return change(ChangeKind::Changed, cause(&a.quote, &b.quote, years, is_claim));
    }
    let same_name = a.subject == b.subject || a.subject.is_empty() || b.subject.is_empty();
    let longer = |x: &str, y: &str| x.ends_with(y) && x.chars().count() <= y.chars().count() + 1;
    match same_name || longer(&a.subject, &b.subject) || longer(&b.subject, &a.subject) {
        true => None,
        false => change(ChangeKind::Renamed, None),
    }
}

/// Years that stand for each other at the same places: the mark of a mechanical replacement.
fn replaced_years(a: &[Item], b: &[Item], pairs: &[(usize, usize)]) -> Vec<(String, String)> {
    let year = |item: &Item| {
        (item.class == "date" || item.class == "code")
            .then(|| item.quote.chars().filter(char::is_ascii_digit).take(4).collect::<String>())
    };
    let mut years: Vec<(String, String)> = pairs
        .iter()
        .filter_map(|(x, y)| Some((year(&a[*x])?, year(&b[*y])?)))
        .filter(|(x, y)| x != y && x.len() == 4 && y.len() == 4 && x.starts_with("20") && y.starts_with("20"))
        .collect();
    years.sort();
    years.dedup();
    years
}

fn cause(a: &str, b: &str, years: &[(String, String)], is_claim: bool) -> Option<Said> {
    let digits = |text: &str| -> Vec<u8> { text.bytes().filter(u8::is_ascii_digit).collect() };
    if let Some((x, y)) = years.iter().find(|(x, y)| !is_claim && a.replace(x.as_str(), y) == b) {
        return Some(Said::both(format!("年份替换：{x}改成了{y}"), format!("year replaced: {x} by {y}")));
    }
    // 20233 became 20253 because every 2023 became 2025, whatever stood around it.
    let (left, right) = (digits(a), digits(b));
    let is_year = |four: &[u8]| four.starts_with(b"20") && (b'1'..=b'3').contains(&four[2]);
    let inside = left.len() == right.len()
        && left.len() > 4
        && years.iter().any(|(x, y)| {
            (0..left.len() - 3).any(|n| {
                let (l, r) = (&left[n..n + 4], &right[n..n + 4]);
                is_year(l)
                    && is_year(r)
                    && l != r
                    && (l == x.as_bytes() || r == y.as_bytes() || l == y.as_bytes() || r == x.as_bytes())
                    && left[..n] == right[..n]
                    && left[n + 4..] == right[n + 4..]
            })
        });
    if inside {
        return Some(Said::both(
            "数字中间像年份的四位被当作年份替换了",
            "four digits that look like a year were replaced with the years",
        ));
    }
    let words = match between(&left, &right) {
        SlipKind::DigitWrong => ("一位数字不同", "one digit differs"),
        SlipKind::DigitsSwapped => ("相邻两位数字颠倒", "two neighbouring digits changed places"),
        SlipKind::DigitLost => ("前一篇少一位数字", "a digit is missing in the first"),
        SlipKind::DigitAdded | SlipKind::DigitDoubled => ("后一篇少一位数字", "a digit is missing in the second"),
        _ if left.len() == 1 && right.len() == 2 && right.ends_with(&left) => {
            ("前一篇少一位数字", "a digit is missing in the first")
        }
        _ => return None,
    };
    Some(Said::both(words.0, words.1))
}

#[cfg(test)]
mod tests;
