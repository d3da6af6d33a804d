//! Exact numbers: decimals, ratios kept as two numbers, and roundings with a name.
//!
//! No float ever stands for an amount or a rate.

pub use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy;

/// How the digits that do not fit are dropped. Always said aloud, never implied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Rounding {
    /// 四舍五入: half away from zero.
    #[default]
    HalfUp,
    /// Towards zero.
    Down,
    /// Away from zero.
    Up,
}

impl Rounding {
    /// The word used in packs.
    pub fn word(self) -> &'static str {
        match self {
            Self::HalfUp => "half_up",
            Self::Down => "down",
            Self::Up => "up",
        }
    }

    /// The rounding a pack's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::HalfUp, Self::Down, Self::Up].into_iter().find(|r| r.word() == word)
    }

    /// `value` with `digits` decimals, trailing zeros kept.
    pub fn apply(self, value: Decimal, digits: u32) -> Decimal {
        let strategy = match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::Down => RoundingStrategy::ToZero,
            Self::Up => RoundingStrategy::AwayFromZero,
        };
        let mut rounded = value.round_dp_with_strategy(digits, strategy);
        rounded.rescale(digits);
        rounded
    }
}

/// A quotient whose two parts are kept, so that parts of a county add and rates are never averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    /// The part counted.
    pub numerator: Decimal,
    /// The whole it is part of.
    pub denominator: Decimal,
}

impl Ratio {
    /// `numerator ÷ denominator × times`, rounded once, exactly; `None` when the denominator is zero or the
    /// result does not fit 28 digits.
    ///
    /// ```
    /// use base::{Decimal, Ratio, Rounding};
    /// let rate = Ratio { numerator: Decimal::from(29_429), denominator: Decimal::from(29_738) };
    /// assert_eq!(rate.value(Decimal::from(100), 2, Rounding::HalfUp).unwrap().to_string(), "98.96");
    /// ```
    pub fn value(self, times: Decimal, digits: u32, rounding: Rounding) -> Option<Decimal> {
        if self.denominator.is_zero() {
            return None;
        }
        let scaled = self.numerator.checked_mul(times)?;
        // The quotient is cut at 28 digits; a remainder decides ties, so that nothing is rounded twice.
        let quotient = scaled.checked_div(self.denominator)?;
        let cut = quotient.round_dp_with_strategy(digits, RoundingStrategy::ToZero);
        let rest = scaled.checked_sub(cut.checked_mul(self.denominator)?)?.abs();
        let unit = Decimal::new(1, digits);
        let up = match rounding {
            Rounding::Down => false,
            Rounding::Up => !rest.is_zero(),
            Rounding::HalfUp => rest * Decimal::TWO >= unit * self.denominator.abs(),
        };
        let negative = (scaled.is_sign_negative()) != (self.denominator.is_sign_negative());
        let mut value = match (up, negative) {
            (false, _) => cut,
            (true, false) => cut + unit,
            (true, true) => cut - unit,
        };
        value.rescale(digits);
        Some(value)
    }
}

/// `1234567.5` as `1,234,567.5`.
pub fn with_commas(value: Decimal) -> String {
    let text = value.abs().to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut out = String::with_capacity(text.len() + 8);
    if value.is_sign_negative() && !value.is_zero() {
        out.push('-');
    }
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn rate(n: i64, d: i64, digits: u32, rounding: Rounding) -> Option<String> {
        Ratio { numerator: n.into(), denominator: d.into() }
            .value(Decimal::ONE_HUNDRED, digits, rounding)
            .map(|v| v.to_string())
    }

    #[test]
    fn a_rate_is_rounded_once() {
        assert_eq!(rate(1, 3, 2, Rounding::HalfUp).unwrap(), "33.33");
        assert_eq!(rate(2, 3, 2, Rounding::HalfUp).unwrap(), "66.67");
        assert_eq!(rate(1, 8, 2, Rounding::HalfUp).unwrap(), "12.50");
        assert_eq!(rate(1, 2000, 1, Rounding::HalfUp).unwrap(), "0.1");
        assert_eq!(rate(1, 2001, 1, Rounding::HalfUp).unwrap(), "0.0");
        assert_eq!(rate(2, 3, 2, Rounding::Down).unwrap(), "66.66");
        assert_eq!(rate(1, 3, 2, Rounding::Up).unwrap(), "33.34");
        assert_eq!(rate(-2, 3, 2, Rounding::HalfUp).unwrap(), "-66.67");
        assert_eq!(rate(1, 0, 2, Rounding::HalfUp), None);
    }

    #[test]
    fn commas_stand_every_three_digits() {
        assert_eq!(with_commas(Decimal::from(0)), "0");
        assert_eq!(with_commas(Decimal::from(999)), "999");
        assert_eq!(with_commas(Decimal::from(1000)), "1,000");
        assert_eq!(with_commas(Decimal::new(-123_456_789, 2)), "-1,234,567.89");
    }

    proptest! {
        #[test]
        fn half_up_is_never_further_than_half_a_unit(n in 0i64..1_000_000, d in 1i64..1_000_000, digits in 0u32..5) {
            let value = Ratio { numerator: n.into(), denominator: d.into() }
                .value(Decimal::ONE, digits, Rounding::HalfUp).unwrap();
            let error = (value * Decimal::from(d) - Decimal::from(n)).abs() * Decimal::TWO;
            prop_assert!(error <= Decimal::new(1, digits) * Decimal::from(d));
        }
    }
}
