//! How is a field of a record shown, so that nobody is given away?
//!
//! Codes print their words, references their names, organisations theirs; what a pack marks secret is masked, and so
//! is anything that reads like a citizen number. This version of the server shows nothing unmasked.

use crate::desk::Desk;
use base::id::{CitizenId, mask_name, mask_number};
use base::{Date, Language, Text};
use columns::engine::Value as Cell;
use pack::model::{Field, FieldType, Register, Subject};
use records::Log;
use serde_json::{Map, Value as Json};

/// A secret text with its middle starred out: numbers keep their ends, words their first and last character.
pub fn mask(text: &str) -> String {
    let is_number = text.chars().filter(char::is_ascii_digit).count() * 2 > text.chars().count();
    if is_number { mask_number(text) } else { mask_name(text) }
}

/// A text that may be shown, unless it is a citizen number after all.
pub fn open_text(text: &str) -> String {
    if CitizenId::parse(text).is_ok() { mask_number(text) } else { text.to_string() }
}

/// The title of a column every register of some kind has.
pub fn fixed_title(column: &str) -> Option<Text> {
    let (zh, en) = match column {
        "id" => ("编号", "Id"),
        "org" => ("机构", "Organisation"),
        "resident" => ("居民", "Resident"),
        "household" => ("家庭", "Household"),
        "institution" => ("医疗卫生机构", "Institution"),
        "staff" => ("人员", "Staff"),
        "started_on" => ("开始日期", "From"),
        "ended_on" => ("结束日期", "Until"),
        "on_date" => ("日期", "Date"),
        "at" => ("时间", "Time"),
        "period_from" => ("期初", "Period from"),
        "period_until" => ("期末", "Period until"),
        "filed_on" => ("报送日期", "Filed on"),
        "state" => ("状态", "State"),
        "reason" => ("缺少的项目", "Missing fields"),
        "version" => ("版本", "Version"),
        "recorded_at" => ("记录时间", "Recorded at"),
        "recorded_by" => ("记录人", "Recorded by"),
        "first_recorded_at" => ("首次记录时间", "First recorded at"),
        _ => return None,
    };
    Some(Text::both(zh, en))
}

/// The title of a register's column.
pub fn column_title(register: &Register, column: &str) -> Text {
    let field = register.fields.get(column).map(|field| field.title.clone());
    field.or_else(|| fixed_title(column)).unwrap_or_else(|| Text::both(column, column))
}

/// A body's value as people read it.
pub fn shown(desk: &Desk, log: &dyn Log, register: &Register, column: &str, value: Option<&Json>) -> String {
    let Some(value) = value.filter(|value| !value.is_null()) else { return String::new() };
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Bool(flag) => return flag_shown(*flag, desk.language).to_string(),
        Json::Array(items) => {
            let items = items.iter().filter_map(Json::as_str);
            let labels = items.map(|item| match register.fields.get(column) {
                Some(field) => field_text(desk, log, field, item),
                None => open_text(item),
            });
            return labels.collect::<Vec<_>>().join("、");
        }
        number => number.to_string(),
    };
    if let Some(field) = register.fields.get(column) {
        return field_text(desk, log, field, &text);
    }
    if register.subject.is_some_and(|subject| subject.word() == column) {
        return ref_name(desk, log, column, &text);
    }
    match column {
        "state" => register
            .flow
            .as_ref()
            .and_then(|flow| flow.states.get(&text))
            .map_or(text, |state| state.title.get(desk.language).to_string()),
        "institution" => ref_name(desk, log, column, &text),
        "at" => moment_shown(&text),
        _ => open_text(&text),
    }
}

fn field_text(desk: &Desk, log: &dyn Log, field: &Field, text: &str) -> String {
    if field.secret {
        return mask(text);
    }
    match &field.ty {
        FieldType::Code { list, .. } => label(desk, &list.value, text),
        FieldType::Ref(register) => ref_name(desk, log, &register.value, text),
        FieldType::Place => desk.org_name(text),
        FieldType::Instant => moment_shown(text),
        FieldType::Money => format!("{text}{}", desk.unit("yuan").word.get(desk.language)),
        FieldType::Integer | FieldType::Decimal(_) => match &field.unit {
            Some(unit) => {
                let word = desk.unit(&unit.value).word;
                let word = word.get(desk.language);
                let space = if word.starts_with(|c: char| c.is_ascii_alphabetic()) { " " } else { "" };
                format!("{text}{space}{word}")
            }
            None => text.to_string(),
        },
        FieldType::Flag | FieldType::Text | FieldType::Date | FieldType::File | FieldType::Serial { .. } => {
            open_text(text)
        }
    }
}

/// A cell of a cohort as people read it; `field` is the field its column comes from.
pub fn cell_shown(desk: &Desk, field: Option<&Field>, cell: &Cell) -> String {
    match (cell, field.map(|field| &field.ty)) {
        (Cell::Null, _) => String::new(),
        (Cell::Text(text), Some(FieldType::Code { list, .. })) => label(desk, &list.value, text),
        (Cell::Text(text), Some(FieldType::Place)) => desk.org_name(text),
        (Cell::Text(text), _) => open_text(text),
        (Cell::Date(day), _) => day.to_string(),
        (Cell::Instant(moment), _) => moment_shown(&moment.to_string()),
        (Cell::Flag(flag), _) => flag_shown(*flag, desk.language).to_string(),
        (Cell::Many(items), _) => items.iter().map(|item| cell_shown(desk, field, item)).collect::<Vec<_>>().join("、"),
        (Cell::Float(number), _) => number.to_string(),
        (number, _) => number.as_decimal().map(|number| desk.number(number)).unwrap_or_default(),
    }
}

/// The words of a code.
pub fn label(desk: &Desk, list: &str, code: &str) -> String {
    let label = desk.catalog().list(list).and_then(|list| list.label(code));
    label.map_or_else(|| open_text(code), |label| label.get(desk.language).to_string())
}

/// The name of the record an id stands for, masked when it is a person's; the id when it has none.
pub fn ref_name(desk: &Desk, log: &dyn Log, register: &str, id: &str) -> String {
    let name_field = desk.catalog().register(register).and_then(|register| register.fields.get("name"));
    let head = name_field.and_then(|_| log.head(register, id).ok().flatten());
    let body: Option<Map<String, Json>> = head.and_then(|entry| entry.fields().ok());
    let name = body.as_ref().and_then(|body| body.get("name")).and_then(Json::as_str);
    let is_person = [Subject::Resident, Subject::Staff].iter().any(|subject| subject.word() == register);
    match (name, name_field) {
        (Some(name), Some(field)) if field.secret || is_person => mask(name),
        (Some(name), _) => name.to_string(),
        (None, _) => open_text(id),
    }
}

/// `2025-10-29 08:12`
pub fn moment_shown(moment: &str) -> String {
    moment.replacen('T', " ", 1).chars().take(16).collect()
}

/// `67岁`; nothing without a birthday.
pub fn age_shown(birth_on: Option<Date>, day: Date, language: Language) -> String {
    let Some(birth_on) = birth_on.filter(|birth_on| *birth_on <= day) else { return String::new() };
    let before_birthday = (day.month(), day.day()) < (birth_on.month(), birth_on.day());
    let years = day.year() - birth_on.year() - i16::from(before_birthday);
    match language {
        Language::Zh => format!("{years}岁"),
        Language::En => format!("aged {years}"),
    }
}

fn flag_shown(flag: bool, language: Language) -> &'static str {
    match (flag, language) {
        (true, Language::Zh) => "是",
        (false, Language::Zh) => "否",
        (true, Language::En) => "yes",
        (false, Language::En) => "no",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn secrets_keep_their_ends_only() {
        assert_eq!(mask("张小明"), "张*明");
        assert_eq!(mask("11010519491231002X"), "110105********002X");
        assert_eq!(mask("13800001234"), "13*******34");
        assert_eq!(open_text("11010519491231002X"), "110105********002X");
        assert_eq!(open_text("htn-000017"), "htn-000017");
    }

    #[test]
    fn a_birthday_counts_on_the_day_itself() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(age_shown(Some(day("1958-10-30")), day("2025-10-29"), Language::Zh), "66岁");
        assert_eq!(age_shown(Some(day("1958-10-30")), day("2025-10-30"), Language::Zh), "67岁");
        assert_eq!(age_shown(None, day("2025-10-30"), Language::Zh), "");
    }
}
