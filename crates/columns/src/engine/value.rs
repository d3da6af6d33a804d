//! What can stand in a cell, and what type has a column?
//!
//! The engine's many widths of integer become one, dates and instants are civil (no zone), decimals are exact.
//! Knows nothing of pointers; `vector.rs` moves these values in and out of DuckDB's memory.

use serde_json::Value as Json;
use std::fmt;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, date};
use rust_decimal::Decimal;

/// The day from which DuckDB counts days and microseconds.
const EPOCH: Date = date(1970, 1, 1);

/// One cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// An integer of at most 64 bits.
    Int(i64),
    /// A wider integer, such as the `sum` of integers.
    Big(i128),
    /// An exact decimal: `unscaled` × 10^−`scale`.
    Decimal {
        /// All digits, as an integer.
        unscaled: i128,
        /// How many of the digits stand after the point.
        scale: u8,
    },
    /// A binary fraction, such as an `avg`. Never money.
    Float(f64),
    /// Text, a code or an id.
    Text(String),
    /// A day.
    Date(Date),
    /// A moment in county time, without a zone.
    Instant(DateTime),
    /// True or false.
    Flag(bool),
    /// A list of values of one type.
    Many(Vec<Value>),
}

impl Value {
    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The integer, when this is one that fits 64 bits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(n) => Some(*n),
            Self::Big(n) => i64::try_from(*n).ok(),
            _ => None,
        }
    }

    /// The text, when this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The day, when this is a date.
    pub fn as_date(&self) -> Option<Date> {
        match self {
            Self::Date(day) => Some(*day),
            _ => None,
        }
    }

    /// The flag, when this is one.
    pub fn as_flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The exact number, when this is an integer or decimal of at most 28 digits. A float is not exact and gives `None`.
    pub fn as_decimal(&self) -> Option<Decimal> {
        let (unscaled, scale) = match self {
            Self::Int(n) => (i128::from(*n), 0),
            Self::Big(n) => (*n, 0),
            Self::Decimal { unscaled, scale } => (*unscaled, *scale),
            _ => return None,
        };
        Decimal::try_from_i128_with_scale(unscaled, u32::from(scale)).ok()
    }

    /// The value as the body of a record holds it: exact numbers with digits after the point as text, days as
    /// 2026-01-31. A binary fraction is nobody's figure and gives null.
    pub fn body_json(&self) -> Json {
        match self {
            Self::Null | Self::Float(_) => Json::Null,
            Self::Flag(flag) => Json::Bool(*flag),
            Self::Int(n) => Json::from(*n),
            Self::Big(n) => i64::try_from(*n).map_or_else(|_| Json::String(n.to_string()), Json::from),
            Self::Decimal { unscaled, .. } => {
                Json::String(self.as_decimal().map_or_else(|| unscaled.to_string(), |n| n.to_string()))
            }
            Self::Text(text) => Json::String(text.clone()),
            Self::Date(day) => Json::String(day.to_string()),
            Self::Instant(at) => Json::String(at.to_string()),
            Self::Many(values) => values.iter().map(Self::body_json).collect(),
        }
    }
}

/// The type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Integers of at most 64 signed bits.
    Int,
    /// Wider integers.
    Big,
    /// Exact decimals.
    Decimal {
        /// Digits in all.
        width: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// Binary fractions.
    Float,
    /// Text.
    Text,
    /// Days.
    Date,
    /// Moments without a zone.
    Instant,
    /// True or false.
    Flag,
    /// Lists of one type.
    Many(Box<Type>),
    /// The type of a bare `NULL`.
    Null,
    /// A type of the engine that packs have no use for; its columns can be planned but not read.
    Other(&'static str),
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int => f.write_str("integer"),
            Self::Big => f.write_str("big integer"),
            Self::Decimal { width, scale } => write!(f, "decimal({width}, {scale})"),
            Self::Float => f.write_str("float"),
            Self::Text => f.write_str("text"),
            Self::Date => f.write_str("date"),
            Self::Instant => f.write_str("instant"),
            Self::Flag => f.write_str("flag"),
            Self::Many(of) => write!(f, "many {of}"),
            Self::Null => f.write_str("null"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// Name and type of one column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name, as the statement gives it.
    pub name: String,
    /// The type of its cells.
    pub r#type: Type,
}

/// The day `days` after the epoch; `None` outside the years −9999 to 9999 (and for the engine's ±infinity).
pub(super) fn date_from_days(days: i32) -> Option<Date> {
    EPOCH.checked_add(SignedDuration::from_hours(i64::from(days) * 24)).ok()
}

/// Days from the epoch to `day`.
pub(super) fn days_from_date(day: Date) -> i32 {
    // Civil dates lie within ±4 million days of the epoch, which fits.
    day.duration_since(EPOCH).as_hours().div_euclid(24) as i32
}

/// The moment `micros` microseconds after the epoch; `None` outside the years −9999 to 9999.
pub(super) fn instant_from_micros(micros: i64) -> Option<DateTime> {
    EPOCH.at(0, 0, 0, 0).checked_add(SignedDuration::from_micros(micros)).ok()
}

/// Whole microseconds from the epoch to `instant`; a finer remainder is dropped.
pub(super) fn micros_from_instant(instant: DateTime) -> i64 {
    // Civil years up to 9999 are below 2^59 microseconds.
    instant.duration_since(EPOCH.at(0, 0, 0, 0)).as_micros() as i64
}

/// `unscaled` × 10^−`from`, written with `to` digits after the point; `None` when a digit would be lost or the number
/// would not fit `width` digits.
pub(super) fn rescale(unscaled: i128, from: u8, to: u8, width: u8) -> Option<i128> {
    let scaled = if to >= from {
        unscaled.checked_mul(10_i128.checked_pow(u32::from(to - from))?)?
    } else {
        let divisor = 10_i128.checked_pow(u32::from(from - to))?;
        (unscaled % divisor == 0).then_some(unscaled / divisor)?
    };
    let limit = 10_u128.checked_pow(u32::from(width))?;
    (scaled.unsigned_abs() < limit).then_some(scaled)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn days_and_micros_round_trip_on_both_sides_of_the_epoch() {
        for day in [date(1900, 2, 28), date(1969, 12, 31), EPOCH, date(2024, 2, 29), date(9999, 12, 31)] {
            assert_eq!(date_from_days(days_from_date(day)), Some(day));
            let noon = day.at(12, 30, 1, 5_000);
            assert_eq!(instant_from_micros(micros_from_instant(noon)), Some(noon));
        }
        assert_eq!(days_from_date(date(1969, 12, 31)), -1);
        assert_eq!(date_from_days(i32::MAX), None);
    }

    #[test]
    fn rescaling_never_loses_a_digit() {
        assert_eq!(rescale(150, 2, 1, 18), Some(15));
        assert_eq!(rescale(155, 2, 1, 18), None);
        assert_eq!(rescale(-155, 2, 4, 18), Some(-15_500));
        assert_eq!(rescale(99, 0, 2, 4), Some(9_900));
        assert_eq!(rescale(100, 0, 2, 4), None);
    }

    #[test]
    fn exact_numbers_become_decimals_and_floats_do_not() {
        let money = Value::Decimal { unscaled: 12_345, scale: 2 };
        assert_eq!(money.as_decimal(), Some(Decimal::new(12_345, 2)));
        assert_eq!(Value::Float(1.5).as_decimal(), None);
        assert_eq!(Value::Big(i128::from(i64::MAX) + 1).as_int(), None);
    }
}
