//! How may a wrong figure have come about?
//!
//! For each value that would make a relation hold it asks how far the printed digits are from it: one digit exchanged,
//! two swapped, one lost or doubled, a sign or 万 forgotten. What a hand does easily ranks first. They are guesses, and
//! are called so.

use crate::claim::{Claim, Kind};
use base::{Decimal, Text};

/// A likely cause of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Which sort of mistake.
    pub kind: SlipKind,
    /// The claim that would be wrong; `None` when it is no claim.
    pub claim: Option<usize>,
    /// The value that would make it right.
    pub value: String,
    /// Why this is likely, in Chinese and English.
    pub because: Text,
    /// How likely, from 0 to 100; only for ranking.
    pub weight: u8,
}

/// Which sort of mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SlipKind {
    /// % for ‰ or the other way.
    Sign,
    /// 万 lost or added, a point moved.
    Magnitude,
    /// One digit is another.
    DigitWrong,
    /// Two neighbouring digits changed places.
    DigitsSwapped,
    /// A digit is missing.
    DigitLost,
    /// A digit too many.
    DigitAdded,
    /// A digit typed twice.
    DigitDoubled,
    /// The value of a neighbouring figure.
    Copied,
    /// The number done in the place of the task.
    TaskAndDone,
    /// All years were replaced by one.
    YearReplaced,
    /// A number of the order was left out.
    Renumbered,
    /// An item of a list is missing.
    ListIncomplete,
    /// A word or sign between numbers is lost.
    LostWord,
    /// Only the value: nothing explains it.
    Other,
}

impl SlipKind {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Magnitude => "magnitude",
            Self::DigitWrong => "digit_wrong",
            Self::DigitsSwapped => "digits_swapped",
            Self::DigitLost => "digit_lost",
            Self::DigitAdded => "digit_added",
            Self::DigitDoubled => "digit_doubled",
            Self::Copied => "copied",
            Self::TaskAndDone => "task_and_done",
            Self::YearReplaced => "year_replaced",
            Self::Renumbered => "renumbered",
            Self::ListIncomplete => "list_incomplete",
            Self::LostWord => "lost_word",
            Self::Other => "other",
        }
    }

    /// How likely a hand makes it, and how it is said.
    fn said(self) -> (u8, &'static str, &'static str) {
        match self {
            Self::DigitsSwapped => (88, "相邻两位数字写颠倒", "two neighbouring digits changed places"),
            Self::DigitDoubled => (86, "一位数字多打了一遍", "a digit typed twice"),
            Self::DigitLost => (82, "少写了一位数字", "a digit is missing"),
            Self::DigitAdded => (80, "多写了一位数字", "a digit too many"),
            Self::DigitWrong => (78, "一位数字写错", "one digit is wrong"),
            Self::Sign => (84, "%与‰写错", "% and ‰ confused"),
            Self::Magnitude => (76, "小数点或“万”错位", "the point or 万 is in the wrong place"),
            Self::Copied => (60, "误抄了邻近的数字", "copied from a neighbouring figure"),
            _ => (20, "按其余数字算应为此值", "what the other figures give"),
        }
    }
}

/// The likely causes, for values that would each make the relation hold.
pub fn explain(claims: &[Claim], terms: &[usize], fixes: &[(usize, Decimal)]) -> Vec<Slip> {
    let mut slips = Vec::new();
    for (id, right) in fixes {
        let Some(claim) = claims.get(*id) else { continue };
        if right.is_sign_negative() || claim.value == Some(*right) {
            continue;
        }
        let mut kind = by_digits(claim, *right);
        if kind == SlipKind::Other && is_copied(claims, claim, terms) {
            kind = SlipKind::Copied;
        }
        let (weight, zh, en) = kind.said();
        slips.push(Slip {
            kind,
            claim: Some(*id),
            value: shown(claim, *right),
            because: Text::both(format!("{}{zh}", claim.quote), en),
            weight,
        });
    }
    slips
}

/// Values a hand could have meant that printed this one: neighbours swapped, a digit doubled, lost, added or wrong, in
/// the order in which hands slip.
pub fn meant(claim: &Claim) -> Vec<Decimal> {
    let Some(steps) = claim.value.and_then(|value| value.checked_div(claim.step)) else { return Vec::new() };
    let digits: Vec<u8> = steps.round().to_string().into_bytes();
    let mut found: Vec<Vec<u8>> = Vec::new();
    for n in 1..digits.len() {
        let mut swapped = digits.clone();
        swapped.swap(n - 1, n);
        found.push(swapped);
    }
    for n in 0..digits.len() {
        let mut shorter = digits.clone();
        shorter.remove(n);
        found.push(shorter);
    }
    for n in 0..=digits.len() {
        for digit in b'0'..=b'9' {
            let mut longer = digits.clone();
            longer.insert(n, digit);
            found.push(longer);
        }
    }
    for n in 0..digits.len() {
        for digit in b'0'..=b'9' {
            let mut other = digits.clone();
            other[n] = digit;
            found.push(other);
        }
    }
    let value = |digits: &Vec<u8>| std::str::from_utf8(digits).ok()?.parse::<Decimal>().ok()?.checked_mul(claim.step);
    found
        .iter()
        .filter(|digits| digits.len() < 20 && **digits != steps.round().to_string().into_bytes())
        .filter_map(value)
        .collect()
}

/// A value as the claim would print it, to its last printed digit.
pub fn shown(claim: &Claim, value: Decimal) -> String {
    let value = value
        .checked_div(claim.step)
        .map_or(value, |steps| base::Rounding::HalfUp.apply(steps, 0).checked_mul(claim.step).unwrap_or(value));
    let unit = match claim.kind {
        Kind::Money | Kind::Price if claim.quote.contains('亿') => {
            return format!("{}亿元", (value / Decimal::from(100_000_000)).normalize());
        }
        Kind::Money | Kind::Price if claim.quote.contains('万') => {
            return format!("{}万元", (value / Decimal::from(10_000)).normalize());
        }
        _ => claim.unit,
    };
    format!("{}{unit}", value.normalize())
}

/// What lies between the printed digits and the right ones.
fn by_digits(claim: &Claim, right: Decimal) -> SlipKind {
    let Some(printed) = claim.value else { return SlipKind::Other };
    if printed.is_zero() || right.is_zero() {
        return SlipKind::Other;
    }
    let ratio = |n: u32| {
        printed.checked_mul(Decimal::from(n)) == Some(right) || right.checked_mul(Decimal::from(n)) == Some(printed)
    };
    if claim.kind == Kind::Rate && ratio(10) {
        return SlipKind::Sign;
    }
    if ratio(10_000) || ratio(100) || ratio(1000) {
        return SlipKind::Magnitude;
    }
    let digits = |value: Decimal| -> Option<Vec<u8>> {
        let steps = value.checked_div(claim.step)?;
        let whole = steps.round();
        Some(whole.to_string().bytes().filter(u8::is_ascii_digit).collect())
    };
    let (Some(a), Some(b)) = (digits(printed), digits(right)) else { return SlipKind::Other };
    between(&a, &b)
}

/// How digits `printed` became of digits `right`.
pub fn between(printed: &[u8], right: &[u8]) -> SlipKind {
    if printed.len() == right.len() {
        let differ: Vec<usize> = (0..printed.len()).filter(|n| printed[*n] != right[*n]).collect();
        return match differ[..] {
            [_] if printed.len() > 1 => SlipKind::DigitWrong,
            [a, b] if b == a + 1 && printed[a] == right[b] && printed[b] == right[a] => SlipKind::DigitsSwapped,
            _ => SlipKind::Other,
        };
    }
    let without = |longer: &[u8], shorter: &[u8]| {
        (0..longer.len()).find(|n| longer[..*n] == shorter[..*n] && longer[n + 1..] == shorter[*n..])
    };
    if printed.len() == right.len() + 1 {
        return match without(printed, right) {
            Some(n) if printed.get(n + 1) == Some(&printed[n]) || n > 0 && printed[n - 1] == printed[n] => {
                SlipKind::DigitDoubled
            }
            Some(_) => SlipKind::DigitAdded,
            None => SlipKind::Other,
        };
    }
    if printed.len() + 1 == right.len() && printed.len() > 1 && without(right, printed).is_some() {
        return SlipKind::DigitLost;
    }
    SlipKind::Other
}

/// The same value stands at a neighbouring figure that is not of this relation.
fn is_copied(claims: &[Claim], claim: &Claim, terms: &[usize]) -> bool {
    let near = claim.id.saturating_sub(4)..(claim.id + 5).min(claims.len());
    claims[near].iter().any(|other| {
        other.id != claim.id
            && !terms.contains(&other.id)
            && other.value == claim.value
            && other.kind == claim.kind
            && claim.value.is_some_and(|value| value > Decimal::TEN)
    })
}

#[cfg(test)]
mod tests;
