//! Which value does a cell mean, in a column of this type?
//!
//! What people type is mended where only one thing can be meant (full width, spaces, 2025/3/7, 是); everything else is
//! said, never guessed.

use crate::source::{Raw, day_of_serial};
use base::id::half_width;
use jiff::civil::{Date, DateTime, Time};
use pack::Catalog;
use pack::model::{ColumnType, FieldType, List};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Digits a workbook keeps of a number; whatever stood behind is lost.
const DIGITS_KEPT: f64 = 1e15;
/// Codes that are listed when one is wrong; of a longer list only its name is told.
const CODES_SHOWN: usize = 8;
/// Years a day may be of; anything else is a slip.
const YEARS: std::ops::RangeInclusive<i16> = 1850..=2150;
/// Days since 1900 that a plain number may mean: 1954 to 2119. A smaller number in a column of days is a mistake.
const SERIALS: std::ops::Range<f64> = 20_000.0..80_000.0;
/// Days between the two calendars of workbooks.
const CALENDARS_APART: f64 = 1462.0;

/// What the cells of a column may be.
pub(crate) struct Spec {
    /// The column's name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Its type.
    pub ty: ColumnType,
    /// The register whose records it names; `org` for organisations.
    pub refers: Option<String>,
    units: Vec<String>,
    codes: Option<Codes>,
}

impl Spec {
    /// What a heading's column may hold; `None` when it is no column of the register.
    pub(crate) fn of(
        catalog: &Catalog,
        register: &pack::model::Register,
        heading: &crate::header::Heading<'_>,
    ) -> Option<Self> {
        let column = heading.column.as_ref()?;
        let ty = heading.field.map(|field| &field.ty);
        let subject = register.subject.map(pack::model::Subject::word);
        let parent = register.part_of.as_ref().map(|parent| parent.value.as_str());
        let refers = match ty {
            Some(FieldType::Ref(to)) => Some(to.value.clone()),
            Some(FieldType::Place) => Some("org".into()),
            Some(_) => None,
            None if subject == Some(&column.name) || parent == Some(&column.name) || column.name == "institution" => {
                Some(column.name.clone())
            }
            None => None,
        };
        let codes = match ty {
            Some(FieldType::Code { list, .. }) => catalog.list(&list.value).map(Codes::of),
            _ => None,
        };
        let unit = heading.field.and_then(|field| field.unit.as_ref());
        let label = unit.and_then(|unit| Some((unit, catalog.list("unit")?.label(&unit.value)?)));
        let units = label.map_or_else(Vec::new, |(unit, label)| {
            let words = [Some(unit.value.clone()), Some(label.zh.clone()), label.en.clone()];
            words.into_iter().flatten().filter(|word| !word.is_empty()).map(|word| word.to_lowercase()).collect()
        });
        Some(Self { name: column.name.clone(), title: heading.title.clone(), ty: column.ty, refers, units, codes })
    }
}

impl Spec {
    /// True when any text may stand in it.
    pub(crate) fn is_free_text(&self) -> bool {
        self.ty == ColumnType::Text && self.codes.is_none() && self.refers.is_none()
    }
}

/// The codes of a list, by everything people write for them.
struct Codes {
    title: String,
    of_word: HashMap<String, Option<String>>,
    shown: String,
}

impl Codes {
    fn of(list: &List) -> Self {
        let rows: Vec<_> = list.all_rows().filter_map(|row| Some((row.code.clone()?, row.label.clone()))).collect();
        let mut of_word = HashMap::new();
        for (code, label) in &rows {
            let words = [Some(label.zh.clone()), label.en.clone(), Some(format!("{code} {}", label.zh))];
            for word in words.into_iter().flatten() {
                match of_word.entry(tidy(&word).into_owned()) {
                    Entry::Vacant(free) => drop(free.insert(Some(code.clone()))),
                    // Words of two codes name neither.
                    Entry::Occupied(mut taken) if taken.get().as_ref() != Some(code) => drop(taken.insert(None)),
                    Entry::Occupied(_) => {}
                }
            }
        }
        of_word.extend(rows.iter().map(|(code, _)| (code.clone(), Some(code.clone()))));
        let shown = if rows.len() > CODES_SHOWN {
            format!("请从“{}”代码表中选择", list.common.title.zh)
        } else {
            let all: Vec<String> = rows.iter().map(|(code, label)| format!("{code} {}", label.zh)).collect();
            format!("可填：{}", all.join("、"))
        };
        Self { title: list.common.title.zh.clone(), of_word, shown }
    }

    fn find(&self, title: &str, word: &str) -> Result<String, String> {
        match self.of_word.get(word) {
            Some(Some(code)) => Ok(code.clone()),
            Some(None) => Err(format!("{title}“{word}”在“{}”中对应几个代码，请填代码；{}", self.title, self.shown)),
            None => {
                let near = base::nearest(word, self.words()).map(|near| format!("，是不是“{near}”？"));
                Err(format!("{title}没有“{word}”这一项{}；{}", near.unwrap_or_default(), self.shown))
            }
        }
    }

    fn words(&self) -> Vec<&str> {
        let mut words: Vec<&str> = self.of_word.keys().map(String::as_str).collect();
        words.sort_unstable();
        words
    }
}

/// The value of a cell; `None` when it is empty. `is_1904` tells the calendar of the workbook.
///
/// # Errors
/// A sentence that says what was found and what belongs there.
pub(crate) fn value(spec: &Spec, raw: &Raw, is_1904: bool) -> Result<Option<Json>, String> {
    let tidied;
    let raw = match raw {
        Raw::Empty => return Ok(None),
        Raw::Text(text) => match tidy(text) {
            text if text.is_empty() => return Ok(None),
            Cow::Borrowed(same) if same.len() == text.len() => raw,
            text => {
                tidied = Raw::Text(text.into_owned());
                &tidied
            }
        },
        other => other,
    };
    let title = &spec.title;
    match raw {
        Raw::Fault(fault) => return Err(format!("{title}是出错的公式（{fault}），请改为数值")),
        Raw::Text(text) if text.contains('\u{fffd}') => {
            return Err(format!("{title}含有无法识别的字符“{text}”，文件的编码可能已损坏"));
        }
        Raw::Text(text) if is_blank_sign(text, spec.ty) => return Ok(None),
        _ => {}
    }
    let text = match spec.ty {
        ColumnType::Date => date(raw, is_1904)
            .ok_or_else(|| format!("{title}应为日期（如2025-03-07），现为“{}”", raw.shown()))?
            .to_string(),
        ColumnType::Instant => moment(raw, is_1904)
            .ok_or_else(|| format!("{title}应为日期和时间（如2025-03-07 08:30），现为“{}”", raw.shown()))?
            .to_string(),
        ColumnType::Flag => {
            let flag = flag(raw).ok_or_else(|| format!("{title}应为是或否，现为“{}”", raw.shown()))?;
            return Ok(Some(Json::Bool(flag)));
        }
        ColumnType::Integer | ColumnType::Decimal(_) => number(spec, raw)?,
        ColumnType::Text => match &spec.codes {
            Some(codes) => codes.find(title, &words(title, raw)?)?,
            None => words(title, raw)?,
        },
        ColumnType::TextList => return many(spec, &words(title, raw)?).map(Some),
    };
    Ok(Some(Json::String(text)))
}

/// Signs people put where nothing is. In a column of words they are words; 无 is an answer to yes or no.
fn is_blank_sign(text: &str, ty: ColumnType) -> bool {
    match ty {
        ColumnType::Text | ColumnType::TextList => false,
        ColumnType::Flag => matches!(text, "/" | "-" | "—" | "——" | "--"),
        _ => matches!(text, "/" | "-" | "—" | "——" | "--" | "无"),
    }
}

fn many(spec: &Spec, all: &str) -> Result<Json, String> {
    let parts = all.split(['、', ',', '，', ';', '；', '|']).map(str::trim).filter(|part| !part.is_empty());
    let codes = parts.map(|part| match &spec.codes {
        Some(codes) => codes.find(&spec.title, part),
        None => Ok(part.to_string()),
    });
    Ok(Json::Array(codes.map(|code| code.map(Json::String)).collect::<Result<_, _>>()?))
}

/// Without space around it, without the sign by which spreadsheets are made to keep text (`'001`, `="001"`), and with
/// letters and digits in half width.
pub(crate) fn tidy(text: &str) -> Cow<'_, str> {
    let space = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{a0}');
    let text = text.trim_matches(space);
    let text = text.strip_prefix("=\"").and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let text = crate::guard::unguarded(text);
    if text.is_ascii() || !text.chars().any(is_wide) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_wide(c) { half_width(c) } else { c }).collect())
}

fn is_wide(c: char) -> bool {
    matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '－' | '．' | '／' | '％' | '＋')
}

/// The words of a cell; a number that lost digits is none.
pub(crate) fn words(title: &str, raw: &Raw) -> Result<String, String> {
    match raw {
        Raw::Number(number) if number.abs() >= DIGITS_KEPT => Err(digits_lost(title, &format!("{number:E}"))),
        Raw::Text(text) if is_scientific(text) => Err(digits_lost(title, text)),
        Raw::Fault(fault) => Err(format!("{title}是出错的公式（{fault}），请改为数值")),
        Raw::Number(number) => Ok(rounded(*number)),
        Raw::Text(text) => Ok(tidy(text).into_owned()),
        other => Ok(other.shown()),
    }
}

fn digits_lost(title: &str, shown: &str) -> String {
    format!("{title}被表格软件存成了数字{shown}，末尾几位已丢失；请把该列设为文本后重新填写")
}

/// `1.10105E+17`, as a number of many digits is shown.
fn is_scientific(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else { return false };
    digits.contains('.')
        && digits.parse::<f64>().is_ok()
        && power.strip_prefix('+').is_some_and(|p| p.parse::<u8>().is_ok())
}

/// A number as spreadsheets show it: 15 digits, which hides what binary fractions add (0.1 + 0.2).
fn rounded(number: f64) -> String {
    format!("{number:.14e}").parse::<f64>().unwrap_or(number).to_string()
}

fn number(spec: &Spec, raw: &Raw) -> Result<String, String> {
    let wrong = || format!("{}应为数字，现为“{}”", spec.title, raw.shown());
    match raw {
        Raw::Number(number) if !number.is_finite() => Err(wrong()),
        Raw::Number(number) if number.abs() >= DIGITS_KEPT => Err(digits_lost(&spec.title, &format!("{number:E}"))),
        Raw::Number(number) => Ok(rounded(*number)),
        Raw::Text(text) if is_digits(text) => Ok(text.clone()),
        Raw::Text(text) => digits(spec, text).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

/// Digits with at most one point and a sign before them.
fn is_digits(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = digits.bytes().filter(|byte| *byte != b'.').all(|byte| byte.is_ascii_digit());
    whole
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
        && digits.bytes().any(|byte| byte.is_ascii_digit())
}

/// A number without its unit, its plus and its thousands separators.
fn digits(spec: &Spec, text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let bare = spec.units.iter().find_map(|unit| lower.strip_suffix(unit.as_str())).unwrap_or(&lower).trim();
    let bare = bare.strip_prefix('+').unwrap_or(bare).replace('，', ",");
    let (whole, fraction) = bare.split_once('.').map_or((bare.as_str(), None), |(a, b)| (a, Some(b)));
    let mut groups = whole.trim_start_matches('-').split(',');
    let first = groups.next()?.len();
    let in_groups = groups.clone().next().is_none() || ((1..=3).contains(&first) && groups.all(|g| g.len() == 3));
    if !in_groups || fraction.is_some_and(|fraction| fraction.contains(',')) {
        return None;
    }
    let plain = bare.replace(',', "");
    is_digits(&plain).then_some(plain)
}

fn flag(raw: &Raw) -> Option<bool> {
    match raw {
        Raw::Flag(flag) => Some(*flag),
        Raw::Number(number) => match number.to_string().as_str() {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        },
        Raw::Text(text) => match text.to_lowercase().as_str() {
            "是" | "有" | "对" | "true" | "t" | "yes" | "y" | "1" | "√" | "✓" | "✔" | "☑" => Some(true),
            "否" | "无" | "错" | "不是" | "没有" | "false" | "f" | "no" | "n" | "0" | "×" | "✗" | "✘" => {
                Some(false)
            }
            _ => None,
        },
        _ => None,
    }
}

fn date(raw: &Raw, is_1904: bool) -> Option<Date> {
    match raw {
        Raw::Moment(moment) => Some(moment.date()).filter(|day| YEARS.contains(&day.year())),
        Raw::Number(number) if number.fract().abs() < f64::EPSILON => {
            serial(*number, is_1904).map(|moment| moment.date()).or_else(|| day(&number.to_string()))
        }
        Raw::Text(text) => day(text),
        _ => None,
    }
}

fn serial(number: f64, is_1904: bool) -> Option<DateTime> {
    let number = if is_1904 { number + CALENDARS_APART } else { number };
    SERIALS.contains(&number).then(|| day_of_serial(number)).flatten()
}

fn day(text: &str) -> Option<Date> {
    // The day of a moment is the moment's day.
    let text = match text.split_once([' ', 'T']) {
        Some((day, time)) if clock(time.trim()).is_some() => day,
        _ => text,
    };
    let mut parts = [""; 3];
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        match text.len() {
            8 => parts = [&text[..4], &text[4..6], &text[6..]],
            5 => return serial(text.parse().ok()?, false).map(|moment| moment.date()),
            _ => return None,
        }
    } else {
        let text = text.strip_suffix(['日', '号']).unwrap_or(text);
        for (n, part) in text.split(['-', '/', '.', '年', '月']).enumerate() {
            *parts.get_mut(n)? = part.trim();
        }
    }
    // 07/03/25 may be any of three days, so the year stands first and has four digits.
    let [year, month, day] = parts;
    let is_short = |part: &str| matches!(part.len(), 1 | 2);
    if year.len() != 4 || !is_short(month) || !is_short(day) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok().filter(|day| YEARS.contains(&day.year()))
}

fn moment(raw: &Raw, is_1904: bool) -> Option<DateTime> {
    match raw {
        Raw::Moment(moment) => Some(*moment).filter(|moment| YEARS.contains(&moment.year())),
        Raw::Number(number) => serial(*number, is_1904),
        Raw::Text(text) => {
            let (date, time) = text.split_once([' ', 'T'])?;
            Some(day(date)?.to_datetime(clock(time.trim())?))
        }
        _ => None,
    }
}

/// `8:30`, `08:30`, `08:30:00`, `08:30:00.0`.
fn clock(text: &str) -> Option<Time> {
    let text = text.split_once('.').map_or(text, |(whole, _)| whole);
    let mut parts = text.split(':').map(|part| if part.len() <= 2 { part.parse::<i8>().ok() } else { None });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().map_or(Some(0), |second| second)?;
    if parts.next().is_some() { None } else { Time::new(hour, minute, second, 0).ok() }
}
