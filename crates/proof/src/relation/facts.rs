//! What do the detectors look at?
//!
//! Claims by sentence, the words before and after each, and how a value is shown.

use crate::claim::{Bound, Claim, Kind, NoClaim};
use crate::text::Text;
use base::Decimal;
use std::ops::Range;

/// A sentence with more figures than this is a table; only its first ones are set against each other.
const MAX_PER_SENTENCE: usize = 120;

/// A text with its claims.
pub struct Facts<'a> {
    pub text: &'a Text,
    pub claims: &'a [Claim],
    pub others: &'a [NoClaim],
    /// Ids of the claims of each sentence that has any.
    pub sentences: Vec<Range<usize>>,
}

impl<'a> Facts<'a> {
    pub fn new(text: &'a Text, claims: &'a [Claim], others: &'a [NoClaim]) -> Self {
        let mut sentences: Vec<Range<usize>> = Vec::new();
        for claim in claims {
            match sentences.last_mut() {
                Some(last) if claims[last.start].sentence == claim.sentence => {
                    if last.len() < MAX_PER_SENTENCE {
                        last.end = claim.id + 1;
                    }
                }
                _ => sentences.push(claim.id..claim.id + 1),
            }
        }
        Self { text, claims, others, sentences }
    }

    /// The words of the clause before a claim, back to the claim before it.
    pub fn lead(&self, id: usize) -> String {
        let claim = &self.claims[id];
        let clause = self.text.clauses.get(claim.clause).map_or(claim.range.start, |clause| clause.range.start);
        let since = id.checked_sub(1).map_or(0, |id| self.claims[id].range.end);
        self.text.slice(clause.max(since).min(claim.range.start)..claim.range.start)
    }

    /// The words of the clause after a claim, up to the next claim.
    pub fn tail(&self, id: usize) -> String {
        let claim = &self.claims[id];
        let clause = self.text.clauses.get(claim.clause).map_or(claim.range.end, |clause| clause.range.end);
        let until = self.claims.get(id + 1).map_or(usize::MAX, |next| next.range.start);
        self.text.slice(claim.range.end..clause.min(until).max(claim.range.end))
    }

    /// All words about a claim: its clause without other figures, and its subject.
    pub fn words(&self, id: usize) -> String {
        let tail = self.tail(id);
        // After 、 the next figure's words begin.
        format!("{}{}{}", self.lead(id), tail.split('、').next().unwrap_or_default(), self.claims[id].subject)
    }

    /// The text between two claims.
    pub fn between(&self, a: usize, b: usize) -> String {
        let (a, b) = (self.claims[a].range.end, self.claims[b].range.start);
        self.text.slice(a..b.max(a))
    }

    /// The value, when it is printed and meant exactly.
    pub fn exact(&self, id: usize) -> Option<Decimal> {
        self.claims[id].exact()
    }

    /// How a value is shown in a computation: in the unit in which the claim prints it.
    pub fn shown(&self, id: usize) -> String {
        let claim = &self.claims[id];
        match claim.value {
            Some(value) => show(value, claim),
            None => self.text.slice(claim.range.clone()),
        }
    }
}

/// A value the way a claim prints its own: 万元 for money that is printed so, % for a rate.
pub fn show(value: Decimal, like: &Claim) -> String {
    let sign = match like.kind {
        Kind::Rate => like.unit,
        _ => "",
    };
    let shown = match (like.kind, like.quote.contains('亿'), like.quote.contains('万')) {
        // The zeros at the end of a printed rate are part of what it says.
        (Kind::Rate | Kind::Ratio, _, _) if like.value == Some(value) => {
            let mut printed = value;
            printed.rescale(like.step.scale());
            format!("{printed}{sign}")
        }
        (Kind::Rate | Kind::Ratio, _, _) => format!("{}{sign}", value.normalize()),
        (_, true, _) => format!("{}亿", (value / Decimal::from(100_000_000)).normalize()),
        (_, _, true) => format!("{}万", (value / Decimal::from(10_000)).normalize()),
        _ => value.normalize().to_string(),
    };
    match like.bound {
        Bound::AtLeast => format!("≥{shown}"),
        Bound::AtMost => format!("≤{shown}"),
        Bound::About => format!("约{shown}"),
        Bound::Exact => shown,
    }
}
