//! Who is owed what: rows, and steps that each pay an amount to them from a fund.
//!
//! Formulas stand here as they were written; `scheme` says what they mean.

use super::{Common, Spanned};
use base::{Rounding, Span, Text};
use indexmap::IndexMap;

/// How often a scheme pays the same row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Every {
    /// Once per row.
    Record,
    /// Every month.
    Month,
    /// Every quarter.
    Quarter,
    /// Every year.
    Year,
}

impl Every {
    /// Every word of packs.
    pub const ALL: [(&'static str, Self); 4] =
        [("record", Self::Record), ("month", Self::Month), ("quarter", Self::Quarter), ("year", Self::Year)];

    /// What a pack's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, every)| *every)
    }
}

/// A sum carried through a resident's benefit year: read before the bill, raised after it.
#[derive(Debug, Clone)]
pub struct Accumulator {
    /// The step or `let` it adds up.
    pub adds: Spanned<String>,
    /// Where it was written.
    pub span: Span,
}

/// One weight by which a pool is shared.
#[derive(Debug, Clone)]
pub struct Share {
    /// The column the rows are weighed by.
    pub by: Spanned<String>,
    /// Its share of the whole, when several are mixed; each is normalised first.
    pub weight: Option<Spanned<String>>,
}

/// How a step finds its amount.
#[derive(Debug, Clone)]
pub enum Form {
    /// round(max(0, of − deduct) × (rate + plus)).
    Part {
        /// The base.
        of: Spanned<String>,
        /// Taken off the base first; nothing when absent.
        deduct: Option<Spanned<String>>,
        /// The share paid; all of it when absent.
        rate: Option<Spanned<String>>,
    },
    /// F(used + of) − F(used), where F adds up the parts of an amount in each band.
    Bands {
        /// The base.
        of: Spanned<String>,
        /// The list of bands, found by an amount.
        list: Spanned<String>,
        /// What stays below the first band.
        start: Option<Spanned<String>>,
        /// The accumulator of earlier bases.
        used: Option<Spanned<String>>,
    },
    /// The amount itself.
    Amount {
        /// The amount.
        amount: Spanned<String>,
        /// True when it may be below zero: what was paid too much is taken back.
        recover: bool,
    },
    /// max(0, what is left − leave): the person keeps at most `leave`.
    Leave {
        /// What the person keeps at most.
        leave: Spanned<String>,
    },
    /// A part of the pool, by largest remainder.
    Share {
        /// The weights.
        by: Vec<Share>,
        /// Least a row gets.
        floor: Option<Spanned<String>>,
        /// Most a row gets.
        ceiling: Option<Spanned<String>>,
    },
}

/// What a step pays at most.
#[derive(Debug, Clone)]
pub enum Cap {
    /// For each bill.
    Each(Spanned<String>),
    /// In the benefit year, given what was used of it.
    Year {
        /// The limit.
        limit: Spanned<String>,
        /// The accumulator that counts against it; a banded step has its own.
        used: Option<Spanned<String>>,
    },
    /// Without limit.
    None,
}

/// The general rule first, then exceptions by name: each replaces keys of its step when its condition is true.
#[derive(Debug, Clone)]
pub struct Exception {
    /// What people call it.
    pub name: Text,
    /// Where it stands.
    pub span: Span,
    /// When it applies.
    pub when: Spanned<String>,
    /// Key → formula: `deduct`, `rate`, `of`, `start`, `leave`, `amount`, `only`.
    pub sets: IndexMap<String, Spanned<String>>,
    /// Added to the rate; several that apply add up.
    pub plus: Option<Spanned<String>>,
    /// Another limit.
    pub cap: Option<Cap>,
}

/// One step: an amount from a fund.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its id, also the name of the amount it paid.
    pub id: Spanned<String>,
    /// What people call it.
    pub title: Text,
    /// The fund that pays.
    pub fund: Option<Spanned<String>>,
    /// Document and paragraph; the scheme's when absent.
    pub source: Option<String>,
    /// Otherwise it pays nothing.
    pub only: Option<Spanned<String>>,
    /// How the amount is found.
    pub form: Form,
    /// Added to the rate.
    pub plus: Option<Spanned<String>>,
    /// What it pays at most.
    pub cap: Option<Cap>,
    /// At the end of the step; the scheme's when absent.
    pub round: Option<Spanned<Rounding>>,
    /// Exceptions by name.
    pub except: Vec<Exception>,
}

/// Something that holds for every input.
#[derive(Debug, Clone)]
pub struct Promise {
    /// What holds.
    pub that: Spanned<String>,
    /// When; always when absent.
    pub when: Option<Spanned<String>>,
}

/// Who is owed what: rows, and steps that each pay an amount to them from a fund.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// Id, title, source, dates.
    pub common: Common,
    /// The register or cohort whose rows are paid.
    pub over: Spanned<String>,
    /// The bill the steps consume.
    pub total: Option<Spanned<String>>,
    /// The amount that `share` divides over all rows.
    pub pool: Option<Spanned<String>>,
    /// How often it pays.
    pub every: Every,
    /// Which periods of the year; all when empty.
    pub only_in: Vec<i64>,
    /// Paid once per these columns and period.
    pub once: Vec<Spanned<String>>,
    /// At the end of every step and every money key.
    pub round: Rounding,
    /// Sums carried through the benefit year.
    pub year: IndexMap<String, Accumulator>,
    /// Named formulas.
    pub lets: IndexMap<String, Spanned<String>>,
    /// In order of payment.
    pub steps: Vec<Step>,
    /// What holds for every input.
    pub prove: IndexMap<String, Promise>,
    /// The scheme this one stands in for.
    pub replaces: Option<Spanned<String>>,
    /// The scheme as it was written, so that a county can change it by name.
    pub written: crate::yaml::Node,
}

impl Scheme {
    /// The step of that id and its place.
    pub fn step(&self, id: &str) -> Option<(usize, &Step)> {
        self.steps.iter().enumerate().find(|(_, step)| step.id.value == id)
    }
}
