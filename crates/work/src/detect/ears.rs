//! EARS C1, C2 and C3: how far is a count above the mean of a short baseline, in standard deviations?

use super::Signal;

/// C1: the baseline ends right before the newest number. An alarm when the number is more than `sigma` sample standard
/// deviations above the mean. `history` is the baseline, oldest first; fewer than two numbers give no answer.
pub fn ears_c1(history: &[f64], newest: f64, sigma: f64) -> Option<Signal> {
    let (mean, deviation) = spread(history)?;
    Some(Signal::above(newest, mean + sigma * deviation))
}

/// C2: as C1, but between baseline and newest number lie `lag` periods (in EARS two), so that a slow rise does not raise
/// its own threshold. `history` holds the baseline and the lag, oldest first.
pub fn ears_c2(history: &[f64], lag: usize, newest: f64, sigma: f64) -> Option<Signal> {
    ears_c1(history.get(..history.len().checked_sub(lag)?)?, newest, sigma)
}

/// C3: the sum over the newest number and the two before it of what their C2 statistics have above 1. An alarm above 2.
/// `series` ends with the newest number and holds `baseline + lag + 2` before it. The threshold is the number at which the
/// sum would be 2 with the two days before as they were.
pub fn ears_c3(series: &[f64], baseline: usize, lag: usize) -> Option<Signal> {
    let newest = series.len().checked_sub(1)?;
    let mut before = 0.0;
    for back in [2, 1] {
        let (mean, deviation) = baseline_of(series, newest.checked_sub(back)?, baseline, lag)?;
        before += f64::max(0.0, statistic(series[newest - back], mean, deviation) - 1.0);
    }
    let (mean, deviation) = baseline_of(series, newest, baseline, lag)?;
    let sum = before + f64::max(0.0, statistic(series[newest], mean, deviation) - 1.0);
    let threshold = mean + deviation * (1.0 + f64::max(0.0, 2.0 - before));
    Some(Signal { is_alarm: sum > 2.0, threshold })
}

fn baseline_of(series: &[f64], at: usize, baseline: usize, lag: usize) -> Option<(f64, f64)> {
    let end = at.checked_sub(lag)?;
    spread(series.get(end.checked_sub(baseline)?..end)?)
}

/// Without spread any number above the mean is infinitely far from it.
fn statistic(value: f64, mean: f64, deviation: f64) -> f64 {
    if deviation > 0.0 {
        (value - mean) / deviation
    } else if value > mean {
        f64::INFINITY
    } else {
        0.0
    }
}

/// Mean and sample standard deviation.
fn spread(numbers: &[f64]) -> Option<(f64, f64)> {
    if numbers.len() < 2 {
        return None;
    }
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let squares: f64 = numbers.iter().map(|x| (x - mean).powi(2)).sum();
    Some((mean, (squares / (n - 1.0)).sqrt()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    /// By hand: 2 4 4 4 5 5 7 9 has mean 5 and squares summing to 32, so the sample variance is 32/7.
    #[test]
    fn c1_is_mean_and_three_deviations() {
        let history = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        let threshold = 5.0 + 3.0 * (32.0_f64 / 7.0).sqrt();
        let signal = ears_c1(&history, 11.0, 3.0).unwrap();
        assert!(close(signal.threshold, threshold), "{} is not {threshold}", signal.threshold);
        assert!(!signal.is_alarm, "11 is below 11.41");
        assert!(ears_c1(&history, 12.0, 3.0).unwrap().is_alarm);
        assert_eq!(ears_c1(&[3.0], 12.0, 3.0), None);
    }

    /// A rise over three days hides from C1, whose baseline it has entered, and not from C2.
    #[test]
    fn c2_leaves_the_two_days_before_out() {
        let history = [1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 9.0, 10.0];
        assert!(!ears_c1(&history[2..], 12.0, 3.0).unwrap().is_alarm);
        let signal = ears_c2(&history, 2, 12.0, 3.0).unwrap();
        // 1 2 1 2 1 2 1: mean 10/7, squares 12/7, variance 2/7.
        assert!(close(signal.threshold, 10.0 / 7.0 + 3.0 * (2.0_f64 / 7.0).sqrt()));
        assert!(signal.is_alarm);
    }

    /// Three days each a little too high add up. Baselines alternate 0 and 2 (eight numbers: mean 1, variance 8/7).
    #[test]
    fn c3_adds_three_days() {
        let deviation = (8.0_f64 / 7.0).sqrt();
        let high = 1.0 + 1.8 * deviation;
        let one = [0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 1.0, 1.0, high];
        let signal = ears_c3(&one, 8, 2).unwrap();
        assert!(close(signal.threshold, 1.0 + 3.0 * deviation), "2 above 1 in one day");
        assert!(!signal.is_alarm, "one day of 1.8 is 0.8 above 1");
        let alarm = ears_c3(&[0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0, 2.0, high, high, high], 8, 2).unwrap();
        assert!(alarm.is_alarm, "three days of 1.8 are 2.4 above");
        let two = ears_c3(&[0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 1.0, high, high], 8, 2).unwrap();
        assert!(!two.is_alarm, "two days of 1.8 are 1.6 above");
    }
}
