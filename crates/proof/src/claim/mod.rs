//! Which figures does the text state?
//!
//! One pass over the normal form. A claim is a number that says how much of something there is; what looks like one and
//! is none (a day, a document's number, a slogan) is kept apart with the reason.

mod context;
mod no_claim;
mod number;
mod scan;
mod subject;
mod unit;
mod zero;

use base::Decimal;
use std::ops::Range;

pub use no_claim::{NoClaim, NoClaimKind};
pub use scan::scan;
pub use subject::key;
pub use unit::square_metres;

/// A figure that the text states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its place in the list, from 0.
    pub id: usize,
    /// The number with its unit, in the normal form.
    pub range: Range<usize>,
    /// The same in the original.
    pub original: Range<usize>,
    /// The characters of the original.
    pub quote: String,
    /// The exact value in whole units (8700余万元 is 87000000); `None` when digits are masked.
    pub value: Option<Decimal>,
    /// The other end, when a range is printed.
    pub until: Option<Decimal>,
    /// One unit of the last printed digit, in whole units: 0.01 for 98.96, 10000 for 241万.
    pub step: Decimal,
    /// Whether the value is meant exactly.
    pub bound: Bound,
    /// The unit as it is counted: 人, 人次, 元, %; empty when none is printed.
    pub unit: &'static str,
    /// What sort of quantity it is.
    pub kind: Kind,
    /// The unit stands nowhere and was taken from the words around.
    pub unit_lost: bool,
    /// What is counted, as a phrase.
    pub subject: String,
    /// The organisation or area it is about, when it is said.
    pub scope: Option<String>,
    /// The day or period it covers, as printed.
    pub cut_off: Option<String>,
    /// What the figure is for.
    pub role: Role,
    /// The clause it stands in.
    pub clause: usize,
    /// The sentence it stands in.
    pub sentence: usize,
    /// How many brackets are open around it.
    pub depth: usize,
}

impl Claim {
    /// The value, when it is printed and no bound.
    pub fn exact(&self) -> Option<Decimal> {
        self.value.filter(|_| self.bound == Bound::Exact && self.until.is_none())
    }

    /// True for what can be added up: numbers of things and money.
    pub fn is_amount(&self) -> bool {
        matches!(self.kind, Kind::Count | Kind::PersonTimes | Kind::Money | Kind::Area)
    }

    /// True when both count in the same unit, or in units that one may be a part of the other.
    pub fn comparable(&self, other: &Self) -> bool {
        unit::family(self.unit, self.kind) == unit::family(other.unit, other.kind)
    }
}

/// Whether a printed value is meant exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// As printed.
    Exact,
    /// 余, 多, 以上, 超过, 不低于: this or more.
    AtLeast,
    /// 以内, 以下, 不超过: this or less.
    AtMost,
    /// 约, 近, 左右: near this.
    About,
}

impl Bound {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
            Self::About => "about",
        }
    }
}

/// What sort of quantity a claim states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A number of people or things.
    Count,
    /// A number of services, several of which may be one person's: 人次.
    PersonTimes,
    /// Yuan.
    Money,
    /// Yuan for one person, household or month.
    Price,
    /// A share: %, ‰, 成.
    Rate,
    /// A relation without a unit: 性别比, 倍.
    Ratio,
    /// 个百分点.
    Points,
    /// Square metres, 亩.
    Area,
    /// Metres, kilograms and other measures.
    Measure,
    /// Days, months, years.
    Duration,
    /// Years of age.
    Age,
}

impl Kind {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::PersonTimes => "person_times",
            Self::Money => "money",
            Self::Price => "price",
            Self::Rate => "rate",
            Self::Ratio => "ratio",
            Self::Points => "points",
            Self::Area => "area",
            Self::Measure => "measure",
            Self::Duration => "duration",
            Self::Age => "age",
        }
    }
}

/// What a figure is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// What was done or is the case.
    Result,
    /// What is to be reached.
    Target,
    /// A number that a rule or a price list sets.
    Policy,
    /// A line that is to be kept: 以内, 以上.
    Threshold,
}

impl Role {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Target => "target",
            Self::Policy => "policy",
            Self::Threshold => "threshold",
        }
    }
}

#[cfg(test)]
mod tests;
