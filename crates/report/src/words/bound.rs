//! Is it true to say 余, 以上, 以内 or 约?
//!
//! The author writes the step or the bound with its unit; the exact value decides. A word that is not true is refused
//! rather than printed.

use super::{WAN, YI};
use crate::figure::FigureValue;
use base::{Decimal, Rounding, Text};
use std::cmp::Ordering;

/// Why a word may not be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// `word-not-true` or `amount-does-not-fit`.
    pub code: &'static str,
    /// What was asked and what is so.
    pub text: Text,
}

fn not_true(figure: &FigureValue, claim: &str) -> Refusal {
    let shown = super::shown(figure, base::Language::Zh, super::Style::Report);
    Refusal {
        code: "word-not-true",
        text: Text::both(
            format!("{}为{shown}，不能写“{claim}”", figure.title.zh),
            format!("\"{claim}\" is not true of {} ({}), which is {shown}", figure.indicator, figure.title.zh),
        ),
    }
}

/// An amount as an author writes it: `100万元`, `90%`, `10`.
struct Amount {
    /// In the figure's unit.
    value: Decimal,
    /// 1, 万 or 亿.
    scale: Decimal,
}

impl Amount {
    /// Reads `text` in the unit of `figure`; the unit may be left away, but not be another one.
    fn read(text: &str, figure: &FigureValue) -> Result<Self, Refusal> {
        Self::parse(text, &figure.unit.word.zh).ok_or_else(|| Refusal {
            code: "amount-does-not-fit",
            text: Text::both(
                format!("“{text}”不是以“{}”为单位的数", figure.unit.word.zh),
                format!("\"{text}\" is not an amount in the unit of {} ({})", figure.indicator, figure.unit.id),
            ),
        })
    }

    fn parse(text: &str, unit: &str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let number: Decimal = text[..end].parse().ok()?;
        let rest = &text[end..];
        let (scale, rest) = if let Some(rest) = rest.strip_prefix('万') {
            (WAN, rest)
        } else if let Some(rest) = rest.strip_prefix('亿') {
            (YI, rest)
        } else {
            (Decimal::ONE, rest)
        };
        (rest.is_empty() || rest == unit).then_some(())?;
        Some(Self { value: number.checked_mul(scale)?, scale })
    }

    fn word(&self) -> &'static str {
        if self.scale == YI {
            "亿"
        } else if self.scale == WAN {
            "万"
        } else {
            ""
        }
    }

    /// `value` in this amount's scale and the figure's unit, without trailing zeros.
    fn print(&self, value: Decimal, figure: &FigureValue, more: &str) -> String {
        let number = (value / self.scale).normalize();
        // 余 stands before 万 after a round ten, and behind it after anything else: 8700余万元, 1801万余元.
        let round_ten = (number % Decimal::TEN).is_zero();
        let (before, after) = if round_ten { (more, "") } else { ("", more) };
        format!("{number}{before}{}{after}{}", self.word(), figure.unit.word.zh)
    }
}

/// `8700余万元`: cut to the step; 余 only if something was cut. Less than one step is said as it is. Without a value: `Ok(None)`.
pub fn over(figure: &FigureValue, step: &str) -> Result<Option<String>, Refusal> {
    let amount = Amount::read(step, figure)?;
    let Some(exact) = figure.exact() else { return Ok(None) };
    if amount.value <= Decimal::ZERO {
        return Err(not_true(figure, &format!("{step}余")));
    }
    if exact < amount.value {
        // Nothing would be left after the cut: the figure itself is said.
        return Ok(Some(super::shown(figure, base::Language::Zh, super::Style::Report)));
    }
    let cut = (exact / amount.value).trunc() * amount.value;
    Ok(Some(amount.print(cut, figure, if cut < exact { "余" } else { "" })))
}

/// `90%以上`, if the exact value is not below.
pub fn at_least(figure: &FigureValue, bound: &str) -> Result<Option<String>, Refusal> {
    bounded(figure, bound, "以上", Ordering::is_ge)
}

/// `3%以内`, if the exact value is not above.
pub fn within(figure: &FigureValue, bound: &str) -> Result<Option<String>, Refusal> {
    bounded(figure, bound, "以内", Ordering::is_le)
}

fn bounded(
    figure: &FigureValue,
    bound: &str,
    word: &str,
    holds: fn(Ordering) -> bool,
) -> Result<Option<String>, Refusal> {
    let amount = Amount::read(bound, figure)?;
    let text = format!("{}{word}", amount.print(amount.value, figure, ""));
    match figure.compare(amount.value) {
        None => Ok(None),
        Some(order) if holds(order) => Ok(Some(text)),
        Some(_) => Err(not_true(figure, &text)),
    }
}

/// `约230人`: rounded half up to the step.
pub fn about(figure: &FigureValue, step: &str) -> Result<Option<String>, Refusal> {
    let amount = Amount::read(step, figure)?;
    let Some(exact) = figure.exact() else { return Ok(None) };
    if amount.value <= Decimal::ZERO {
        return Err(not_true(figure, "约"));
    }
    let rounded = Rounding::HalfUp.apply(exact / amount.value, 0) * amount.value;
    if rounded.is_zero() && !exact.is_zero() {
        return Err(not_true(figure, &format!("约{}", amount.print(rounded, figure, ""))));
    }
    Ok(Some(format!("约{}", amount.print(rounded, figure, ""))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::fixture::{dec, figure};

    #[test]
    fn over_says_yu_only_if_something_was_cut() {
        let cases = [
            ("87312400", "yuan", "100万元", "8700余万元"),
            ("87000000", "yuan", "100万元", "8700万元"),
            ("87000000.01", "yuan", "100万元", "8700余万元"),
            ("18012345", "yuan", "1万元", "1801万余元"),
            ("86321", "copy", "1万份", "8万余份"),
            ("80000", "copy", "1万份", "8万份"),
            ("99", "person", "100", "99人"),
            ("100", "person", "100", "100人"),
            ("101", "person", "100", "100余人"),
            ("237", "person", "10", "230余人"),
            ("230", "person", "10人", "230人"),
            ("375400000", "yuan", "0.01亿元", "3.75亿余元"),
        ];
        for (value, unit, step, expected) in cases {
            assert_eq!(over(&figure("x", Some(value), unit), step).unwrap().unwrap(), expected);
        }
        assert_eq!(over(&figure("x", Some("99"), "person"), "10元").unwrap_err().code, "amount-does-not-fit");
        assert_eq!(over(&figure("x", None, "person"), "10").unwrap(), None);
    }

    #[test]
    fn bounds_are_judged_by_the_exact_value() {
        let mut rate = figure("x", Some("90.00"), "percent");
        assert_eq!(at_least(&rate, "90%").unwrap().unwrap(), "90%以上");
        (rate.numerator, rate.denominator) = (Some(dec("89996")), Some(dec("100000")));
        assert_eq!(at_least(&rate, "90%").unwrap_err().code, "word-not-true");
        assert_eq!(within(&rate, "90%").unwrap().unwrap(), "90%以内");
        rate.numerator = Some(dec("90001"));
        assert_eq!(within(&rate, "90%").unwrap_err().code, "word-not-true");
        assert_eq!(at_least(&rate, "90%").unwrap().unwrap(), "90%以上");
    }

    #[test]
    fn about_rounds_half_up() {
        for (value, expected) in [("234", "约230人"), ("235", "约240人"), ("230", "约230人")] {
            assert_eq!(about(&figure("x", Some(value), "person"), "10").unwrap().unwrap(), expected);
        }
        assert_eq!(about(&figure("x", Some("4"), "person"), "10").unwrap_err().code, "word-not-true");
    }
}
