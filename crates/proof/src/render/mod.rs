//! How is a proof shown?
//!
//! As JSON for programs, as a page with the marks in the text for people. Words for the terminal are the caller's.

mod comments;
mod html;
mod json;

pub use comments::docx_with_comments;
pub use html::html;
pub use json::{comparison_json, json};

use crate::claim::{Bound, Claim};
use crate::slip::SlipKind;
use base::Decimal;

/// The value as exact text; an interval for a range, nothing for masked digits.
pub fn value(claim: &Claim) -> Option<String> {
    let text = |value: Decimal| value.normalize().to_string();
    Some(match claim.until {
        Some(until) => format!("{}..{}", text(claim.value?), text(until)),
        None => text(claim.value?),
    })
}

/// The word for how exactly a value is meant.
pub fn approximation(claim: &Claim) -> &'static str {
    match claim.until {
        Some(_) => "range",
        None => claim.bound.word(),
    }
}

/// How a likely cause is called: the first and the other ones, and values that no slip of a hand explains.
pub fn likely(kind: SlipKind, n: usize) -> &'static str {
    match (kind, n) {
        (SlipKind::Other, _) => "若其余无误",
        (_, 0) => "最可能",
        _ => "也可能",
    }
}

/// How a bound is said in Chinese; nothing for an exact value.
pub fn bound_zh(bound: Bound) -> &'static str {
    match bound {
        Bound::Exact => "",
        Bound::AtLeast => "不少于",
        Bound::AtMost => "不超过",
        Bound::About => "约",
    }
}

#[cfg(test)]
mod tests;
