//! How is an identifier read, part by part?

use super::fault::{Characters, IdFault, Part};
use crate::Date;

/// What people type, mended: no spaces around it, no full-width characters, capital letters.
pub(super) fn mended(text: &str) -> String {
    text.trim().chars().map(half_width).collect::<String>().to_uppercase()
}

/// A full-width letter, digit or sign (`Ａ`, `１`, `／`) as the one of half width; anything else as it is.
pub fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// Exactly `wanted` characters.
pub(super) fn length(text: &str, wanted: usize) -> Result<(), IdFault> {
    let found = text.chars().count();
    if found == wanted { Ok(()) } else { Err(IdFault::Length { wanted, found }) }
}

/// Characters `first..=last` (from 1) are all of a kind. The first that is not is told.
pub(super) fn characters(text: &str, first: usize, last: usize, wanted: Characters) -> Result<(), IdFault> {
    let fits = |c: char| match wanted {
        Characters::Digits => c.is_ascii_digit(),
        Characters::DigitsOrX => c.is_ascii_digit() || c == 'X',
        Characters::Letters => c.is_ascii_uppercase(),
        Characters::DigitsAndLetters => c.is_ascii_digit() || c.is_ascii_uppercase(),
        Characters::CreditAlphabet => super::institution::credit_value(c).is_some(),
    };
    let wrong = text.chars().enumerate().skip(first - 1).take(last + 1 - first).find(|(_, c)| !fits(*c));
    match wrong {
        Some((n, found)) => Err(IdFault::Character { place: n + 1, found, wanted }),
        None => Ok(()),
    }
}

/// Characters `first..=last` of a text that is known to be ASCII up to there.
pub(super) fn part(text: &str, first: usize, last: usize) -> &str {
    text.get(first - 1..last).unwrap_or_default()
}

/// The number characters `first..=last` write must be one that `fits`.
pub(super) fn in_range(
    text: &str,
    (first, last): (usize, usize),
    wanted: Part,
    fits: impl FnOnce(u32) -> bool,
) -> Result<(), IdFault> {
    let found = part(text, first, last);
    if found.parse().is_ok_and(fits) {
        return Ok(());
    }
    Err(IdFault::Part { first, last, found: found.to_string(), part: wanted })
}

/// The six digits of a division begin with 1 to 9.
pub(super) fn division(text: &str, first: usize) -> Result<(), IdFault> {
    in_range(text, (first, first + 5), Part::Division, |code| code >= 100_000)
}

/// The day written as `YYYYMMDD` at places 7 to 14.
pub(super) fn birth(text: &str) -> Result<Date, IdFault> {
    in_range(text, (7, 10), Part::Year, |year| (1800..2100).contains(&year))?;
    let number = |first, last| part(text, first, last).parse::<i16>().unwrap_or(0);
    let (year, month) = (number(7, 10), number(11, 12) as i8);
    if !(1..=12).contains(&month) {
        return Err(IdFault::Month { found: part(text, 11, 12).to_string() });
    }
    Date::new(year, month, number(13, 14) as i8).map_err(|_| IdFault::Day {
        year,
        month,
        found: part(text, 13, 14).to_string(),
    })
}

/// The check character at `place` is the one the others call for.
pub(super) fn check(text: &str, place: usize, expected: char) -> Result<(), IdFault> {
    let found = text.chars().nth(place - 1).unwrap_or(' ');
    if expected == found { Ok(()) } else { Err(IdFault::Check { place, expected, found }) }
}
