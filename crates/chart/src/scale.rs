//! Where does a value stand between the ends of an axis, and which round numbers are written beside it?
//!
//! Values stay decimals up to the share of the axis, which is the last step before a pixel. It never knows pixels.

use base::{Decimal, Rounding};

/// An axis between two round numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    low: Decimal,
    high: Decimal,
    step: Decimal,
}

impl Scale {
    /// From zero to a round number at or above the largest value, for bars.
    pub fn from_zero(values: impl IntoIterator<Item = Decimal>, n_steps: u32) -> Self {
        let values: Vec<Decimal> = values.into_iter().collect();
        let high = values.iter().copied().max().unwrap_or_default().max(Decimal::ZERO);
        Self::between(Decimal::ZERO, high, n_steps, whole(&values))
    }

    /// Around the values, for lines. Zero is kept when more than half of the axis would lead there anyway.
    pub fn around(values: impl IntoIterator<Item = Decimal>, n_steps: u32) -> Self {
        let values: Vec<Decimal> = values.into_iter().collect();
        let low = values.iter().copied().min().unwrap_or_default();
        let high = values.iter().copied().max().unwrap_or_default();
        let from_zero = low == high || high.abs().max(low.abs()) > Decimal::TWO * low.abs().min(high.abs());
        let (low, high) = if from_zero { (low.min(Decimal::ZERO), high.max(Decimal::ZERO)) } else { (low, high) };
        Self::between(low, high, n_steps, whole(&values))
    }

    fn between(low: Decimal, high: Decimal, n_steps: u32, whole: bool) -> Self {
        let span = if low == high { Decimal::ONE } else { high - low };
        let mut step = nice_step(span, n_steps.max(1));
        if whole {
            step = step.max(Decimal::ONE);
        }
        let low = (low / step).floor() * step;
        let high = ((high / step).ceil() * step).max(low + step);
        Self { low, high, step }
    }

    /// The round numbers from one end to the other, all with as many digits.
    pub fn ticks(&self) -> Vec<Decimal> {
        let digits = self.step.normalize().scale();
        let mut ticks = vec![Rounding::HalfUp.apply(self.low, digits)];
        let mut at = self.low + self.step;
        while at <= self.high {
            ticks.push(Rounding::HalfUp.apply(at, digits));
            at += self.step;
        }
        ticks
    }

    /// How far along the axis a value stands: 0 at its low end, 1 at its high end.
    pub fn share(&self, value: Decimal) -> f64 {
        share(value - self.low, self.high - self.low)
    }
}

/// `part ÷ whole` for a place in pixels; 0 of nothing.
pub fn share(part: Decimal, whole: Decimal) -> f64 {
    let quotient = part.checked_div(whole).unwrap_or_default();
    f64::try_from(quotient).unwrap_or_default()
}

/// The smallest of 1, 2, 5 × 10^n that crosses `span` in at most `n_steps` steps.
fn nice_step(span: Decimal, n_steps: u32) -> Decimal {
    let least = (span / Decimal::from(n_steps)).max(Decimal::new(1, 20));
    let mut power = Decimal::ONE;
    while power < least {
        power *= Decimal::TEN;
    }
    while power / Decimal::TEN >= least {
        power /= Decimal::TEN;
    }
    let parts = [Decimal::new(1, 1), Decimal::new(2, 1), Decimal::new(5, 1)];
    parts.into_iter().map(|part| power * part).find(|step| *step >= least).unwrap_or(power).normalize()
}

/// Counts get no half persons on their axis.
fn whole(values: &[Decimal]) -> bool {
    values.iter().all(|value| value.scale() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(scale: &Scale) -> String {
        scale.ticks().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    fn decimals(texts: &[&str]) -> Vec<Decimal> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn bars_start_at_zero_and_end_at_or_above_the_largest() {
        let cases = [("100", "0 20 40 60 80 100"), ("101", "0 50 100 150"), ("0", "0 1"), ("3", "0 1 2 3")];
        for (high, ticks) in cases {
            assert_eq!(shown(&Scale::from_zero(decimals(&[high, "0"]), 5)), ticks, "up to {high}");
        }
        assert_eq!(shown(&Scale::from_zero(decimals(&["1.50"]), 3)), "0.0 0.5 1.0 1.5");
        assert_eq!(shown(&Scale::from_zero([], 5)), "0 1");
    }

    #[test]
    fn lines_leave_zero_only_when_they_stay_in_the_upper_half() {
        assert_eq!(shown(&Scale::around(decimals(&["50", "100"]), 5)), "50 60 70 80 90 100");
        assert_eq!(shown(&Scale::around(decimals(&["49", "100"]), 5)), "0 20 40 60 80 100");
        assert_eq!(shown(&Scale::around(decimals(&["-3", "4"]), 4)), "-4 -2 0 2 4");
        assert_eq!(shown(&Scale::around(decimals(&["-90", "-80"]), 2)), "-90 -85 -80");
        assert_eq!(shown(&Scale::around(decimals(&["7", "7"]), 4)), "0 2 4 6 8");
    }

    #[test]
    fn counts_have_no_halves() {
        assert_eq!(shown(&Scale::from_zero(decimals(&["1"]), 5)), "0 1");
        assert_eq!(shown(&Scale::from_zero(decimals(&["1.0"]), 5)), "0.0 0.2 0.4 0.6 0.8 1.0");
    }

    proptest! {
        #[test]
        fn ticks_are_few_round_even_and_enclose(
            a in -1_000_000_000_i64..1_000_000_000, b in -1_000_000_000_i64..1_000_000_000,
            digits in 0_u32..6, n_steps in 2_u32..10,
        ) {
            let (a, b) = (Decimal::new(a, digits), Decimal::new(b, digits));
            let scale = Scale::around([a, b], n_steps);
            let ticks = scale.ticks();
            prop_assert!(ticks.len() >= 2 && ticks.len() <= n_steps as usize + 2, "{ticks:?}");
            prop_assert!(ticks[0] <= a.min(b) && ticks[ticks.len() - 1] >= a.max(b), "{ticks:?}");
            prop_assert!(ticks.windows(2).all(|pair| pair[1] - pair[0] == scale.step), "{ticks:?}");
            let mantissa = scale.step.normalize().mantissa().to_string();
            prop_assert!(["1", "2", "5"].contains(&mantissa.trim_end_matches('0')), "{}", scale.step);
            prop_assert!((0.0..=1.0).contains(&scale.share(a)), "{}", scale.share(a));
        }

        #[test]
        fn any_value_that_is_not_refused_has_an_axis(mantissa in any::<i64>(), digits in 0_u32..=28) {
            let value = Decimal::new(mantissa, digits);
            let value = value.clamp(-Decimal::from(10_u64.pow(18)), Decimal::from(10_u64.pow(18)));
            prop_assert!(Scale::around([value], 5).ticks().len() >= 2, "{value}");
            prop_assert!(Scale::from_zero([value], 5).ticks().len() >= 2, "{value}");
        }
    }
}
