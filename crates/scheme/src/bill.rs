//! How does a record become a row of whole numbers, or a refusal?

use crate::lower::whole;
use crate::plan::Refused;
use crate::program::{Program, fen};
use crate::values::{codes_of, day_number};
use base::{Date, Decimal};
use pack::Catalog;
use pack::scheme::{Input, Unit};
use serde_json::{Map, Value};

/// One row that a scheme pays: a bill, a case, a person confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// The record's id.
    pub id: String,
    /// Whose year it counts in; empty when the scheme carries no sums.
    pub resident: Option<String>,
    /// The institution that is owed, or the organisation.
    pub institution: Option<String>,
    /// The organisation that answers for the record.
    pub org: Option<String>,
    /// The service day.
    pub on_date: Date,
    /// When it was settled, as text that orders like time; decides the order inside a year.
    pub at: String,
    /// The record's own columns.
    pub body: Map<String, Value>,
}

impl Bill {
    /// Reads a record. `today` stands in when the record has no day of its own (a list confirmed today).
    ///
    /// # Errors
    /// `no-id`, or `no-service-day` when a day is there that is none.
    pub fn read(record: &Map<String, Value>, today: Date) -> Result<Self, Refused> {
        let text =
            |key: &str| record.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_string);
        let day = text("on_date").or_else(|| text("started_on"));
        let on_date = match &day {
            None => today,
            Some(day) => pack::yaml::parse_date(day).ok_or_else(|| {
                Refused::new(
                    "no-service-day",
                    format!("“{day}”不是日期，应写作2026-05-14"),
                    format!("\"{day}\" is not a day such as 2026-05-14"),
                )
            })?,
        };
        let id = text("id").or_else(|| record.get("id").filter(|id| id.is_number()).map(ToString::to_string));
        let id = id.ok_or_else(|| Refused::new("no-id", "这一行没有编号（id）", "the row has no id"))?;
        let at = text("at").unwrap_or_else(|| format!("{on_date}T00:00"));
        let (resident, institution, org) = (text("resident"), text("institution"), text("org"));
        Ok(Self { id, resident, institution, org, on_date, at, body: record.clone() })
    }

    /// The bill's columns as the program's registers hold them. Every column that is wrong is named.
    ///
    /// # Errors
    /// `bad-column`, with every mistake.
    pub fn row(&self, catalog: &Catalog, program: &Program) -> Result<Vec<i64>, Refused> {
        let mut row = Vec::with_capacity(program.inputs.len());
        let mut wrong: Vec<(String, String)> = Vec::new();
        for (input, bounds) in program.inputs.iter().zip(&program.input_bounds) {
            match cell(catalog, input, self.body.get(&input.name), program.denominator) {
                Ok(value) if i128::from(value) < bounds.low || i128::from(value) > bounds.high => {
                    wrong.push((format!("{}超出允许范围", input.name), format!("{} is outside its range", input.name)));
                }
                Ok(value) => row.push(value),
                Err(why) => wrong.push(why),
            }
        }
        if wrong.is_empty() {
            return Ok(row);
        }
        let (zh, en): (Vec<String>, Vec<String>) = wrong.into_iter().unzip();
        Err(Refused::new("bad-column", zh.join("；"), en.join("; ")))
    }

    /// What the bill itself says of the sums of the year before it, when it was carried over from elsewhere.
    ///
    /// # Errors
    /// `bad-column` when such a column is not money.
    pub fn opening(&self, program: &Program) -> Result<Vec<i64>, Refused> {
        let sum = |name: &String| match self.body.get(name).filter(|value| !value.is_null()) {
            None => Ok(0),
            Some(value) => number(value).and_then(fen).filter(|fen| *fen >= 0).ok_or_else(|| {
                Refused::new("bad-column", format!("{name}不是金额"), format!("{name} is not an amount"))
            }),
        };
        program.sums.iter().map(sum).collect()
    }
}

type Wrong = (String, String);

fn cell(catalog: &Catalog, input: &Input, value: Option<&Value>, denominator: i64) -> Result<i64, Wrong> {
    let name = &input.name;
    let value = value.filter(|value| !value.is_null() && value.as_str() != Some(""));
    if input.missing {
        return Ok(value.is_none().into());
    }
    let is_not = |zh: &str, en: &str| (format!("{name}不是{zh}"), format!("{name} is not {en}"));
    let Some(value) = value else {
        let default = match (input.default, &input.unit) {
            (Some(default), Unit::Money) => fen(default),
            (Some(default), Unit::Number) if input.digits > 0 => {
                default.checked_mul(denominator.into()).and_then(whole)
            }
            (Some(default), _) => whole(default),
            (None, _) => None,
        };
        let why = if input.derived { "由台账推算，须从记录中取得" } else { "没有填写" };
        return default.ok_or_else(|| (format!("{name}{why}"), format!("{name} is missing")));
    };
    match &input.unit {
        Unit::Money => number(value)
            .and_then(fen)
            .ok_or_else(|| is_not("两位小数以内的金额", "an amount with at most two decimals")),
        Unit::Number => {
            let scaled =
                number(value).and_then(|n| if input.digits > 0 { n.checked_mul(denominator.into()) } else { Some(n) });
            scaled.and_then(whole).ok_or_else(|| is_not("所需位数的数", "a number of the decimals declared"))
        }
        Unit::Flag => match value {
            Value::Bool(flag) => Ok((*flag).into()),
            Value::String(text) if matches!(text.as_str(), "true" | "1" | "是") => Ok(1),
            Value::String(text) if matches!(text.as_str(), "false" | "0" | "否") => Ok(0),
            _ => Err(is_not("是或否", "true or false")),
        },
        Unit::Code(list) => code(catalog, list, value).ok_or_else(|| no_code(catalog, name, list, value)),
        Unit::Date => {
            value.as_str().and_then(pack::yaml::parse_date).map(day_number).ok_or_else(|| is_not("日期", "a day"))
        }
        Unit::Text => Ok(0),
    }
}

/// The place of a code, written as the code or as its Chinese label.
fn code(catalog: &Catalog, list: &str, value: &Value) -> Option<i64> {
    let printed = value.to_string();
    let text = value.as_str().unwrap_or(&printed);
    let list = catalog.list(list)?;
    let by_code = list.all_rows().position(|row| row.code.as_deref() == Some(text));
    let place = by_code.or_else(|| list.all_rows().position(|row| row.label.zh == text))?;
    i64::try_from(place).ok()
}

fn no_code(catalog: &Catalog, name: &str, list: &str, value: &Value) -> Wrong {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_string);
    let codes = codes_of(catalog, list);
    let near = base::nearest(&text, codes.iter().map(String::as_str));
    let zh = near.map(|near| format!("，是不是“{near}”？")).unwrap_or_default();
    let en = base::did_you_mean(near);
    (format!("{name}“{text}”不在代码表{list}中{zh}"), format!("{name}: \"{text}\" is not a code of {list}{en}"))
}

/// An exact number, from text or from JSON as it was written.
fn number(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::String(text) => text.trim().to_string(),
        // A JSON number of up to fifteen digits prints as it was written.
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let exact = matches!(value, Value::String(_)) || digits <= 15;
    exact.then(|| text.parse().ok()).flatten()
}
