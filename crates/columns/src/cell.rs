//! Which cell does a JSON value become, and is it of the right type?

use crate::engine::Value;
use base::{Decimal, Rounding};
use pack::model::{Column, ColumnType, Scalar};
use serde_json::Value as Json;

/// A value that is not of its column's type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{column}应为{wanted}，现为{found}")]
pub struct CellError {
    /// The column.
    pub column: String,
    /// What belongs there.
    pub wanted: String,
    /// What was given, as JSON.
    pub found: String,
}

/// The cell of `column`; an absent value, `null` and an empty text are all empty.
///
/// # Errors
/// [`CellError`] when the value is not of the column's type, or has more digits than the column keeps.
pub fn cell(column: &Column, value: Option<&Json>) -> Result<Value, CellError> {
    let Some(value) = value.filter(|v| !v.is_null() && v.as_str() != Some("")) else {
        return Ok(Value::Null);
    };
    read(column.ty, value).ok_or_else(|| CellError {
        column: column.name.clone(),
        wanted: wanted(column.ty),
        found: value.to_string(),
    })
}

fn read(ty: ColumnType, value: &Json) -> Option<Value> {
    match (ty, value) {
        (ColumnType::Integer, Json::Number(n)) => n.as_i64().map(Value::Int),
        (ColumnType::Integer, Json::String(text)) => text.trim().parse().ok().map(Value::Int),
        (ColumnType::Decimal(digits), Json::Number(n)) => decimal(&n.to_string(), digits),
        (ColumnType::Decimal(digits), Json::String(text)) => decimal(text.trim(), digits),
        (ColumnType::Text, Json::String(text)) => Some(Value::Text(text.clone())),
        (ColumnType::Text, Json::Number(n)) => Some(Value::Text(n.to_string())),
        (ColumnType::Date, Json::String(text)) => pack::yaml::parse_date(text).map(Value::Date),
        (ColumnType::Instant, Json::String(text)) => text.replacen(' ', "T", 1).parse().ok().map(Value::Instant),
        (ColumnType::Flag, Json::Bool(flag)) => Some(Value::Flag(*flag)),
        (ColumnType::TextList, Json::Array(items)) => {
            items.iter().map(|item| read(ColumnType::Text, item)).collect::<Option<_>>().map(Value::Many)
        }
        _ => None,
    }
}

fn decimal(text: &str, digits: u32) -> Option<Value> {
    exact(text.parse().ok()?, digits)
}

/// A decimal as the column keeps it; `None` when digits would be lost.
fn exact(number: Decimal, digits: u32) -> Option<Value> {
    let kept = Rounding::Down.apply(number, digits);
    (kept == number).then(|| Value::Decimal { unscaled: kept.mantissa(), scale: digits as u8 })
}

/// The cell of a list's row.
pub fn scalar_cell(ty: ColumnType, value: &Scalar) -> Value {
    match (ty, value) {
        (ColumnType::Decimal(digits), Scalar::Decimal(n)) => exact(*n, digits).unwrap_or(Value::Null),
        (ColumnType::Decimal(digits), Scalar::Integer(n)) => exact(Decimal::from(*n), digits).unwrap_or(Value::Null),
        (_, Scalar::Integer(n)) => Value::Int(*n),
        (_, Scalar::Decimal(n)) => exact(*n, n.scale()).unwrap_or(Value::Null),
        (_, Scalar::Date(day)) => Value::Date(*day),
        (_, Scalar::Text(text)) => Value::Text(text.clone()),
        (_, Scalar::Flag(flag)) => Value::Flag(*flag),
    }
}

/// A cell as people write it in a sentence.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Date(day) => day.to_string(),
        Value::Instant(moment) => moment.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Many(items) => items.iter().map(shown).collect::<Vec<_>>().join("、"),
        Value::Float(n) => n.to_string(),
        number => number.as_decimal().map_or_else(String::new, |n| n.to_string()),
    }
}

fn wanted(ty: ColumnType) -> String {
    match ty {
        ColumnType::Integer => "整数".into(),
        ColumnType::Decimal(digits) => format!("数（最多{digits}位小数）"),
        ColumnType::Text => "文字".into(),
        ColumnType::Date => "日期（如2025-01-31）".into(),
        ColumnType::Instant => "日期和时间（如2025-01-31T08:00）".into(),
        ColumnType::Flag => "是或否（true/false）".into(),
        ColumnType::TextList => "代码列表".into(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn of(ty: ColumnType, value: Json) -> Result<Value, CellError> {
        cell(&Column { name: "x".into(), ty, nullable: true }, Some(&value))
    }

    #[test]
    fn money_keeps_two_digits_and_refuses_a_third() {
        let hundred = Value::Decimal { unscaled: 10_010, scale: 2 };
        assert_eq!(of(ColumnType::Decimal(2), json!("100.10")).unwrap(), hundred);
        assert_eq!(of(ColumnType::Decimal(2), json!("100.1")).unwrap(), hundred);
        assert!(of(ColumnType::Decimal(2), json!("100.101")).is_err());
    }

    #[test]
    fn wrong_types_say_what_belongs_there() {
        let error = of(ColumnType::Date, json!("2025-02-30")).unwrap_err();
        assert_eq!(error.to_string(), "x应为日期（如2025-01-31），现为\"2025-02-30\"");
        assert!(of(ColumnType::Flag, json!("true")).is_err());
        assert!(of(ColumnType::Integer, json!(1.5)).is_err());
        assert_eq!(of(ColumnType::Integer, json!("")).unwrap(), Value::Null);
    }
}
