//! Does an exact result agree with a printed value, to its last printed digit?

use crate::claim::{Bound, Claim};
use base::{Decimal, Ratio, Rounding};

/// How a result agrees with what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Rounded half up, it is what is printed.
    Rounded,
    /// Cut off, it is what is printed.
    Truncated,
    /// Within the bound that is printed.
    Within,
    /// Not at all.
    No,
}

/// `numerator × times ÷ denominator` against a claim; `None` when it cannot be computed or nothing is printed.
pub fn fit(numerator: Decimal, denominator: Decimal, times: Decimal, claim: &Claim) -> Option<Fit> {
    let value = claim.value?;
    let scaled = numerator.checked_mul(times)?;
    if denominator.is_zero() {
        return None;
    }
    let quotient = scaled.checked_div(denominator)?;
    match claim.bound {
        Bound::AtLeast => {
            // 余 allows what the next higher printed digit would not.
            return Some(if quotient >= value { Fit::Within } else { Fit::No });
        }
        Bound::AtMost => return Some(if quotient <= value { Fit::Within } else { Fit::No }),
        Bound::About => {
            let gap = (quotient - value).abs();
            return Some(if gap.checked_mul(Decimal::from(50))? <= value.abs() { Fit::Within } else { Fit::No });
        }
        Bound::Exact => {}
    }
    let steps = |rounding| {
        let ratio = Ratio { numerator: scaled, denominator: denominator.checked_mul(claim.step)? };
        ratio.value(Decimal::ONE, 0, rounding)
    };
    let printed = value.checked_div(claim.step)?;
    if steps(Rounding::HalfUp)? == printed {
        return Some(Fit::Rounded);
    }
    Some(if steps(Rounding::Down)? == printed { Fit::Truncated } else { Fit::No })
}

/// A quotient for people to read, with four decimals more than is printed at most.
pub fn shown(numerator: Decimal, denominator: Decimal, times: Decimal) -> String {
    let value = Ratio { numerator, denominator }.value(times, 4, Rounding::HalfUp);
    value.map_or_else(|| "—".to_string(), |value| value.normalize().to_string())
}

/// The integers n with n × times ÷ denominator printed as the claim is.
pub fn numerators(denominator: Decimal, times: Decimal, claim: &Claim) -> Option<Vec<Decimal>> {
    let centre = claim.value?.checked_mul(denominator)?.checked_div(times)?.round();
    // One integer either side suffices to see whether any fits; a coarse rate has many, the first few are named.
    let near = [-2, -1, 0, 1, 2].map(|n| centre + Decimal::from(n));
    let fits = near.into_iter().filter(|n| {
        !n.is_sign_negative() && matches!(fit(*n, denominator, times, claim), Some(Fit::Rounded | Fit::Within))
    });
    Some(fits.collect())
}
