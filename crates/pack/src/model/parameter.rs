//! One number, dated.

use super::{Common, Spanned};
use base::{Date, Decimal};
use std::collections::BTreeMap;

/// What a parameter or a list cell may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarType {
    /// Whole number.
    Integer,
    /// Exact decimal.
    Decimal,
    /// Yuan with two decimals.
    Money,
    /// A share; `"80%"` is 0.80.
    Rate,
    /// A day.
    Date,
    /// Words or a code.
    Text,
    /// Yes or no.
    Flag,
}

impl ScalarType {
    /// Every type with its word in packs.
    pub const ALL: [(&'static str, Self); 7] = [
        ("integer", Self::Integer),
        ("decimal", Self::Decimal),
        ("money", Self::Money),
        ("rate", Self::Rate),
        ("date", Self::Date),
        ("text", Self::Text),
        ("flag", Self::Flag),
    ];

    /// The type a pack's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, ty)| *ty)
    }

    /// The word used in packs.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, ty)| *ty == self).map_or("", |(name, _)| name)
    }
}

/// One exact value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// Whole number.
    Integer(i64),
    /// Decimal, money (two digits) or rate (as a fraction).
    Decimal(Decimal),
    /// A day.
    Date(Date),
    /// Words or a code.
    Text(String),
    /// Yes or no.
    Flag(bool),
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(n) => write!(f, "{n}"),
            Self::Decimal(n) => write!(f, "{n}"),
            Self::Date(day) => write!(f, "{day}"),
            Self::Text(text) => f.write_str(text),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

/// What holds from a first day on.
#[derive(Debug, Clone)]
pub struct ParameterValue {
    /// The value; `None` ends the parameter.
    pub value: Option<Spanned<Scalar>>,
    /// Document and paragraph.
    pub source: Option<String>,
    /// The sentence it was read from.
    pub quote: Option<Spanned<String>>,
}

/// A number with a name, dates and a source.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Id, title, source.
    pub common: Common,
    /// What it may hold.
    pub ty: ScalarType,
    /// Unit, from the unit list of `core`.
    pub unit: Option<Spanned<String>>,
    /// First day → value.
    pub values: BTreeMap<Date, ParameterValue>,
}

impl Parameter {
    /// The value in force on `day`, with the day since which it holds.
    pub fn on(&self, day: Date) -> Option<(Date, &Scalar)> {
        let (since, value) = self.values.range(..=day).next_back()?;
        Some((*since, &value.value.as_ref()?.value))
    }
}
