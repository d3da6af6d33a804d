//! What number begins here, and how exactly is it printed?
//!
//! Arabic or Chinese digits, or digits masked with x; 万 and 亿 with 余 and 多 around them. It knows no units.

use super::Bound;
use crate::text::Text;
use base::Decimal;
use std::ops::Range;

/// A number as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Its characters.
    pub range: Range<usize>,
    /// The value; `None` when masked.
    pub value: Option<Decimal>,
    /// One unit of the last printed digit.
    pub step: Decimal,
    /// 余 or 多 inside it.
    pub bound: Bound,
    /// How it is written.
    pub script: Script,
    /// How many digits it has before the point and magnitude.
    pub n_digits: usize,
    /// A magnitude like 万 is printed.
    pub scaled: bool,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// 12,674
    Arabic,
    /// 三
    Chinese,
    /// xx.x
    Masked,
}

/// More digits than any figure of a county has; the text is a code.
const MAX_DIGITS: usize = 20;
/// Ten million million: a hundred times what the richest county spends in a year.
const LARGEST: u64 = 10_000_000_000_000;
/// Magnitudes, longest first.
const MAGNITUDES: &[(&str, u64)] = &[
    ("万亿", 1_000_000_000_000),
    ("千万", 10_000_000),
    ("百万", 1_000_000),
    ("十万", 100_000),
    ("亿", 100_000_000),
    ("万", 10_000),
    ("千", 1_000),
    ("百", 100),
];
/// Units that begin with a character that is also a magnitude.
const NO_MAGNITUDE: &[&str] = &["千克", "千米", "千瓦", "百分", "千分", "万分", "百日", "百姓", "千人口"];

/// The number that begins at `at`. One that is larger than any figure of a county has no value, so that every sum and
/// product of values fits an exact decimal.
pub fn read(text: &Text, at: usize) -> Option<Number> {
    let mut number = any(text, at)?;
    number.value = number.value.filter(|value| *value <= Decimal::from(LARGEST));
    Some(number)
}

fn any(text: &Text, at: usize) -> Option<Number> {
    match text.chars.get(at)? {
        c if c.is_ascii_digit() => arabic(text, at),
        'x' | 'X' | '×' | '*' => masked(text, at),
        c if chinese_digit(*c).is_some() || *c == '十' => chinese(text, at),
        _ => None,
    }
}

fn arabic(text: &Text, at: usize) -> Option<Number> {
    let chars = &text.chars;
    let mut end = at;
    let mut digits = String::new();
    let mut point = None;
    let mut hidden = false;
    while let Some(c) = chars.get(end) {
        match c {
            '0'..='9' => digits.push(*c),
            // A year whose last digit was replaced.
            '_' if end > at => hidden = true,
            '.' if point.is_none() && chars.get(end + 1).is_some_and(char::is_ascii_digit) => {
                point = Some(digits.len())
            }
            _ => break,
        }
        end += 1;
    }
    if digits.len() > MAX_DIGITS {
        return Some(Number {
            range: at..end,
            value: None,
            step: Decimal::ONE,
            bound: Bound::Exact,
            script: Script::Arabic,
            n_digits: digits.len(),
            scaled: false,
        });
    }
    let decimals = point.map_or(0, |point| digits.len() - point);
    let mantissa: i128 = digits.parse().ok()?;
    let value = Decimal::try_from_i128_with_scale(mantissa, u32::try_from(decimals).ok()?).ok()?;
    let number = Number {
        range: at..end,
        value: (!hidden).then_some(value),
        step: Decimal::new(1, u32::try_from(decimals).ok()?),
        bound: Bound::Exact,
        script: if hidden { Script::Masked } else { Script::Arabic },
        n_digits: digits.len() - decimals,
        scaled: false,
    };
    magnitude(text, number)
}

/// `x`, `xx.x`, `xxxx`: as many letters as the number had digits.
fn masked(text: &Text, at: usize) -> Option<Number> {
    let is_mask = |c: &char| matches!(c, 'x' | 'X' | '×' | '*');
    let mut end = at;
    let mut decimals = None;
    while let Some(c) = text.chars.get(end) {
        match c {
            c if is_mask(c) => decimals = decimals.map(|n: u32| n + 1),
            '.' if decimals.is_none() && text.chars.get(end + 1).is_some_and(is_mask) => decimals = Some(0),
            _ => break,
        }
        end += 1;
    }
    let number = Number {
        range: at..end,
        value: None,
        step: Decimal::new(1, decimals.unwrap_or(0).min(20)),
        bound: Bound::Exact,
        script: Script::Masked,
        n_digits: end - at,
        scaled: false,
    };
    magnitude(text, number)
}

/// 余 or 多, then 万 or 亿, then 余 or 多 again.
fn magnitude(text: &Text, mut number: Number) -> Option<Number> {
    let mut end = number.range.end;
    let open = |at: usize| matches!(text.chars.get(at), Some('余' | '多' | '来' | '几'));
    let mut bound = Bound::Exact;
    let spaces = usize::from(text.chars.get(end) == Some(&' '));
    let first = end + spaces + usize::from(open(end + spaces));
    let skip = NO_MAGNITUDE.iter().any(|word| text.has(first, word));
    if let Some((word, times)) = MAGNITUDES.iter().find(|(word, _)| !skip && text.has(first, word)) {
        let times = Decimal::from(*times);
        number.value = match number.value {
            Some(value) => Some(value.checked_mul(times)?),
            None => None,
        };
        number.step = number.step.checked_mul(times)?;
        number.scaled = true;
        if first > end + spaces {
            bound = Bound::AtLeast;
        }
        end = first + word.chars().count();
    }
    if open(end) && !text.has(end, "多次") && !text.has(end, "来自") {
        bound = Bound::AtLeast;
        end += 1;
    }
    number.range.end = end;
    number.bound = bound;
    Some(number)
}

fn chinese_digit(c: char) -> Option<u64> {
    Some(match c {
        '零' | '〇' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// 三, 十二, 一百二十三, 三千零五十, 八万余.
fn chinese(text: &Text, at: usize) -> Option<Number> {
    let mut end = at;
    let (mut total, mut part, mut digit) = (0_u64, 0_u64, None);
    let mut last_unit = 1;
    while let Some(c) = text.chars.get(end) {
        if end - at > 12 {
            return None;
        }
        if let Some(value) = chinese_digit(*c) {
            // 二二: a year or a list, not a number.
            if digit.is_some_and(|digit| digit != 0) {
                return None;
            }
            digit = Some(value);
        } else {
            let unit = match c {
                '十' => 10,
                '百' => 100,
                '千' => 1_000,
                '万' => 10_000,
                '亿' => 100_000_000,
                _ => break,
            };
            if NO_MAGNITUDE.iter().any(|word| text.has(end, word)) {
                break;
            }
            last_unit = unit;
            if unit >= 10_000 {
                part += digit.take().unwrap_or(0);
                total = (total + part.max(u64::from(total == 0 && part == 0))).checked_mul(unit)?;
                part = 0;
            } else {
                part += digit.take().unwrap_or(1) * unit;
            }
        }
        end += 1;
    }
    let loose = digit.unwrap_or(0);
    let value = total + part + loose;
    let step = if loose > 0 || last_unit == 1 { 1 } else { last_unit };
    let mut bound = Bound::Exact;
    if matches!(text.chars.get(end), Some('余' | '多')) && last_unit > 1 {
        bound = Bound::AtLeast;
        end += 1;
    }
    (end > at).then(|| Number {
        range: at..end,
        value: Some(Decimal::from(value)),
        step: Decimal::from(step),
        bound,
        script: Script::Chinese,
        n_digits: end - at,
        scaled: false,
    })
}
