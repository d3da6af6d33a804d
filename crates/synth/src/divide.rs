//! How is a whole divided so that the parts add up to it exactly?
//!
//! Pure arithmetic on integers: shares by largest remainder, amounts between bounds to the last fen. Knows nothing of
//! what is divided.

use crate::random::{Key, Shuffle};
use base::Decimal;

/// Divides `total` in proportion to `weights`: whole parts first, then one more for the largest remainders, the
/// earlier place first where remainders are equal. All zeros when no weight is above zero.
pub fn in_proportion(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|w| u128::from(*w)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let products: Vec<u128> = weights.iter().map(|w| u128::from(*w) * u128::from(total)).collect();
    let mut parts: Vec<u64> = products.iter().map(|p| u64::try_from(p / sum).unwrap_or(u64::MAX)).collect();
    let left = total - parts.iter().sum::<u64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|place| (std::cmp::Reverse(products[*place] % sum), *place));
    for place in order.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        parts[place] += 1;
    }
    parts
}

/// Decimal weights as whole numbers in the same proportion. Negative weights count as zero.
pub fn whole_weights(weights: &[Decimal]) -> Vec<u64> {
    let scale = weights.iter().map(|w| w.normalize().scale()).max().unwrap_or(0).min(9);
    weights
        .iter()
        .map(|weight| {
            let scaled = *weight * Decimal::from(10_u64.pow(scale));
            u64::try_from(scaled.trunc().mantissa()).unwrap_or(0)
        })
        .collect()
}

/// `n` amounts between `low` and `high` that add up to `total`, all in the smallest unit (fen). They look drawn: even
/// draws, drawn together or apart until the sum fits, the rest spread one unit at a time.
///
/// `None` when no such amounts exist: `total` is below `n × low` or above `n × high`.
pub fn amounts(key: Key, n: usize, total: i64, low: i64, high: i64) -> Option<Vec<i64>> {
    let (sum, count) = (i128::from(total), n as i128);
    let (least, most) = (i128::from(low) * count, i128::from(high) * count);
    if low > high || sum < least || sum > most {
        return None;
    }
    let drawn: Vec<i64> = (0..n as u64).map(|place| key.between(place, low, high)).collect();
    let drawn_sum: i128 = drawn.iter().map(|amount| i128::from(*amount)).sum();
    // Towards the bound on the side of the total, by the share of the way that is needed; both cuts leave room for
    // one more unit each.
    let down = drawn_sum > sum;
    let moved = |amount: i64| -> i128 {
        let amount = i128::from(amount);
        if down {
            i128::from(low) + (amount - i128::from(low)) * (sum - least) / (drawn_sum - least)
        } else if drawn_sum == sum {
            amount
        } else {
            i128::from(high) - (i128::from(high) - amount) * (most - sum) / (most - drawn_sum)
        }
    };
    let mut fitted: Vec<i64> = drawn.iter().map(|a| i64::try_from(moved(*a)).unwrap_or(low)).collect();
    let mut rest = sum - fitted.iter().map(|amount| i128::from(*amount)).sum::<i128>();
    let shuffle = Shuffle::new(key.named("rest"), n as u64);
    let mut place = 0;
    while rest != 0 {
        let at = shuffle.at(place % n as u64) as usize;
        let step = if rest > 0 { 1 } else { -1 };
        if (low..=high).contains(&(fitted[at] + step)) {
            fitted[at] += step;
            rest -= i128::from(step);
        }
        place += 1;
    }
    Some(fitted)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_go_to_the_earlier_place() {
        assert_eq!(in_proportion(1, &[1, 1, 1]), [1, 0, 0]);
        assert_eq!(in_proportion(10, &[3, 3, 4]), [3, 3, 4]);
        assert_eq!(in_proportion(7, &[0, 0]), [0, 0]);
    }

    #[test]
    fn decimal_weights_keep_their_proportion() {
        assert_eq!(whole_weights(&[Decimal::new(62, 3), Decimal::new(5, 1), Decimal::from(1)]), [62, 500, 1000]);
    }

    #[test]
    fn impossible_sums_are_refused() {
        let key = Key::new("x", 1);
        assert_eq!(amounts(key, 3, 2, 1, 5), None);
        assert_eq!(amounts(key, 3, 16, 1, 5), None);
        assert_eq!(amounts(key, 0, 0, 1, 5), Some(vec![]));
        assert_eq!(amounts(key, 0, 1, 1, 5), None);
        assert_eq!(amounts(key, 3, 15, 1, 5), Some(vec![5, 5, 5]));
    }

    proptest! {
        #[test]
        fn parts_add_up(total in 0_u64..1_000_000, weights in prop::collection::vec(0_u64..1_000, 1..40)) {
            let parts = in_proportion(total, &weights);
            if weights.iter().any(|w| *w > 0) {
                prop_assert_eq!(parts.iter().sum::<u64>(), total);
            }
            let sum: u64 = weights.iter().sum();
            for (part, weight) in parts.iter().zip(&weights) {
                if sum > 0 {
                    prop_assert!(part * sum < total * weight + sum && part * sum + sum > total * weight);
                }
            }
        }

        #[test]
        fn amounts_add_up_and_stay_between(seed: u64, n in 1_usize..300, low in 0_i64..500, width in 0_i64..900, at in 0_u32..=1000) {
            let high = low + width;
            let total = low * n as i64 + (width * n as i64) * i64::from(at) / 1000;
            let parts = amounts(Key::new("x", seed), n, total, low, high).unwrap();
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            prop_assert!(parts.iter().all(|part| (low..=high).contains(part)));
        }
    }
}
