//! What can stand in an invented column?
//!
//! One exact value, light enough for millions, and its ways into the engine, out of it and into a record's body.

use base::{Date, DateTime, Decimal};
use columns::engine;
use jiff::ToSpan;
use pack::model::ColumnType;
use serde_json::Value as Json;
use std::sync::Arc;

/// One value of one invented record.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Null,
    /// Whole number.
    Int(i64),
    /// Exact decimal or money.
    Decimal(Decimal),
    /// Words, a code or an id.
    Text(Arc<str>),
    /// A day.
    Date(Date),
    /// A moment, county time.
    Instant(DateTime),
    /// Yes or no.
    Flag(bool),
    /// Several codes.
    Many(Arc<[Arc<str>]>),
}

impl Cell {
    /// Words as a cell.
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// True for nothing.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The words, if they are words.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The day, if it is one.
    pub fn as_date(&self) -> Option<Date> {
        match self {
            Self::Date(day) => Some(*day),
            Self::Instant(moment) => Some(moment.date()),
            _ => None,
        }
    }

    /// Reads a value as packs write it; `None` when it does not fit the type.
    pub fn parse(text: &str, ty: ColumnType) -> Option<Self> {
        Some(match ty {
            ColumnType::Integer => Self::Int(text.parse().ok()?),
            ColumnType::Decimal(digits) => Self::Decimal(at_scale(text.parse().ok()?, digits)?),
            ColumnType::Text => Self::text(text),
            ColumnType::Date => Self::Date(text.parse().ok()?),
            ColumnType::Instant => Self::Instant(text.parse().ok()?),
            ColumnType::Flag => Self::Flag(text.parse().ok()?),
            ColumnType::TextList => Self::Many([Arc::from(text)].into()),
        })
    }

    /// Reads a constant of a pack; `None` when it does not fit the type.
    pub fn from_json(value: &Json, ty: ColumnType) -> Option<Self> {
        match (value, ty) {
            (Json::Null, _) => Some(Self::Null),
            (Json::Bool(flag), ColumnType::Flag) => Some(Self::Flag(*flag)),
            (Json::Bool(flag), ColumnType::Text) => Some(Self::text(if *flag { "true" } else { "false" })),
            (Json::Number(number), _) => Self::parse(&number.to_string(), ty),
            (Json::String(text), _) => Self::parse(text, ty),
            (Json::Array(items), ColumnType::TextList) => {
                items.iter().map(|item| item.as_str().map(Arc::from)).collect::<Option<_>>().map(Self::Many)
            }
            _ => None,
        }
    }

    /// Takes what the engine computed; `None` when it does not fit the type.
    pub fn from_engine(value: engine::Value, ty: ColumnType) -> Option<Self> {
        use engine::Value;
        Some(match (value, ty) {
            (Value::Null, _) => Self::Null,
            (Value::Text(text), ColumnType::Text) => Self::Text(text.into()),
            (Value::Text(text), _) => Self::parse(&text, ty)?,
            (Value::Date(day), ColumnType::Date) => Self::Date(day),
            (Value::Date(day), ColumnType::Instant) => Self::Instant(day.at(0, 0, 0, 0)),
            (Value::Instant(moment), ColumnType::Instant) => Self::Instant(moment),
            (Value::Instant(moment), ColumnType::Date) => Self::Date(moment.date()),
            (Value::Flag(flag), ColumnType::Flag) => Self::Flag(flag),
            (Value::Many(items), ColumnType::TextList) => {
                Self::Many(items.iter().map(|item| item.as_text().map(Arc::from)).collect::<Option<_>>()?)
            }
            (value, ColumnType::Integer) => {
                let number = value.as_decimal()?;
                if !number.fract().is_zero() {
                    return None;
                }
                Self::Int(i64::try_from(number.trunc()).ok()?)
            }
            (value, ColumnType::Decimal(digits)) => {
                Self::Decimal(base::Rounding::HalfUp.apply(value.as_decimal()?, digits))
            }
            (value, ColumnType::Text) => Self::text(&value.as_decimal()?.to_string()),
            _ => return None,
        })
    }

    /// The value as the engine takes it.
    pub fn to_engine(&self) -> engine::Value {
        use engine::Value;
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Decimal(number) => Value::Decimal { unscaled: number.mantissa(), scale: number.scale() as u8 },
            Self::Text(text) => Value::Text(text.to_string()),
            Self::Date(day) => Value::Date(*day),
            Self::Instant(moment) => Value::Instant(*moment),
            Self::Flag(flag) => Value::Flag(*flag),
            Self::Many(items) => Value::Many(items.iter().map(|item| Value::Text(item.to_string())).collect()),
        }
    }

    /// The value as a record's body holds it: exact numbers and days are texts.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Int(number) => Json::from(*number),
            Self::Decimal(number) => Json::String(number.to_string()),
            Self::Text(text) => Json::String(text.to_string()),
            Self::Date(day) => Json::String(day.to_string()),
            Self::Instant(moment) => Json::String(moment.strftime("%Y-%m-%dT%H:%M").to_string()),
            Self::Flag(flag) => Json::Bool(*flag),
            Self::Many(items) => Json::Array(items.iter().map(|item| Json::String(item.to_string())).collect()),
        }
    }

    /// The place of a value on its type's line of whole steps: days, minutes, units of the last digit. `None` for what
    /// has no order.
    pub fn steps(&self, ty: ColumnType) -> Option<i64> {
        match (self, ty) {
            (Self::Int(number), ColumnType::Integer) => Some(*number),
            (Self::Decimal(number), ColumnType::Decimal(digits)) => {
                i64::try_from(at_scale(*number, digits)?.mantissa()).ok()
            }
            (Self::Date(day), ColumnType::Date) => Some(day_number(*day)),
            (Self::Instant(moment), ColumnType::Instant) => {
                let minute = i64::from(moment.hour()) * 60 + i64::from(moment.minute());
                Some(day_number(moment.date()) * 1_440 + minute)
            }
            _ => None,
        }
    }

    /// The value at a place of the line of whole steps; see [`Cell::steps`].
    pub fn from_steps(steps: i64, ty: ColumnType) -> Self {
        match ty {
            ColumnType::Integer => Self::Int(steps),
            ColumnType::Decimal(digits) => Self::Decimal(Decimal::new(steps, digits)),
            ColumnType::Date => Self::Date(day_of(steps)),
            ColumnType::Instant => {
                let minute = steps.rem_euclid(1_440);
                Self::Instant(day_of(steps.div_euclid(1_440)).at((minute / 60) as i8, (minute % 60) as i8, 0, 0))
            }
            _ => Self::Null,
        }
    }
}

/// The same number with exactly so many digits; `None` when digits would be lost.
fn at_scale(number: Decimal, digits: u32) -> Option<Decimal> {
    let mut scaled = number.normalize();
    if scaled.scale() > digits {
        return None;
    }
    scaled.rescale(digits);
    Some(scaled)
}

/// Days since 1970-01-01.
pub fn day_number(day: Date) -> i64 {
    i64::from((day - Date::constant(1970, 1, 1)).get_days())
}

/// The day so many days after 1970-01-01; the calendar's last day beyond it.
pub fn day_of(number: i64) -> Date {
    i32::try_from(number)
        .ok()
        .and_then(|n_days| Date::constant(1970, 1, 1).checked_add(n_days.days()).ok())
        .unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_type_goes_along_its_line_and_back() {
        let cases = [
            ("-7", ColumnType::Integer),
            ("12.30", ColumnType::Decimal(2)),
            ("1949-10-01", ColumnType::Date),
            ("2025-03-01T23:59", ColumnType::Instant),
        ];
        for (text, ty) in cases {
            let cell = Cell::parse(text, ty).unwrap();
            assert_eq!(Cell::from_steps(cell.steps(ty).unwrap(), ty), cell, "{text}");
            let back = Cell::from_engine(cell.to_engine(), ty).unwrap();
            assert_eq!(back, cell, "{text}");
        }
    }

    #[test]
    fn bodies_hold_exact_texts() {
        let cell = Cell::parse("100", ColumnType::Decimal(2)).unwrap();
        assert_eq!(cell.to_json(), Json::from("100.00"));
        let moment = Cell::parse("2025-01-01T08:00", ColumnType::Instant).unwrap();
        assert_eq!(moment.to_json(), Json::from("2025-01-01T08:00"));
        assert_eq!(Cell::parse("1.005", ColumnType::Decimal(2)), None);
    }
}
