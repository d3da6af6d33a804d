//! Farrington's threshold: a Poisson regression over the same weeks of earlier years, with overdispersion, a trend where
//! it is proved, and less weight for earlier outbreaks.
//!
//! Farrington CP, Andrews NJ, Beale AD, Catchpole MA. A statistical algorithm for the early detection of outbreaks of
//! infectious disease. J R Stat Soc A 1996;159(3):547–563. Steps and names as there: log-linear quasi-Poisson fit,
//! Anscombe residuals for the weights (section 3.6), the trend kept when significant at 5 % with at least three years and
//! when its forecast is not above every count seen (3.5), and a threshold by the 2/3 power (3.8).

use super::Signal;

/// A count of an earlier period and how many periods ago it was, as a negative number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Time, in periods; the newest number is at 0.
    pub at: f64,
    /// The count.
    pub count: f64,
}

/// A fitted line on the log scale: `a + b × at`.
struct Fit {
    coefficients: [f64; 2],
    /// Inverse information, per unit of dispersion.
    covariance: [[f64; 2]; 2],
    dispersion: f64,
    means: Vec<f64>,
    leverages: Vec<f64>,
}

/// The threshold at `quantile` (2.58 for 99.5 %, one-sided); `years` says how many years of history there are. None when
/// there are fewer than four counts or none is above zero.
pub fn farrington(history: &[Point], newest: f64, years: usize, quantile: f64) -> Option<Signal> {
    let trend = reweighted(history, true).filter(|fit| years >= 3 && keeps_trend(fit, history));
    let fit = trend.or_else(|| reweighted(history, false))?;
    Some(Signal::above(newest, threshold(&fit, quantile)))
}

/// The upper bound of a count at time 0, by the 2/3 power that makes Poisson counts nearly symmetric.
fn threshold(fit: &Fit, quantile: f64) -> f64 {
    let mean = fit.coefficients[0].exp();
    let variance = fit.dispersion * fit.covariance[0][0] * mean * mean;
    let tau = fit.dispersion + variance / mean;
    let half = quantile * (4.0 / 9.0 * mean.powf(1.0 / 3.0) * tau).sqrt();
    (mean.powf(2.0 / 3.0) + half).powf(1.5)
}

/// The fit, and again with less weight for counts far above it.
fn reweighted(history: &[Point], trend: bool) -> Option<Fit> {
    let even = vec![1.0; history.len()];
    let first = fit(history, &even, trend)?;
    fit(history, &weights(history, &first), trend)
}

/// Weights from standardised Anscombe residuals `s`: the square of 1/s above 1, else 1, scaled to sum to n.
fn weights(history: &[Point], fit: &Fit) -> Vec<f64> {
    let raw: Vec<f64> = history
        .iter()
        .zip(fit.means.iter().zip(&fit.leverages))
        .map(|(point, (mean, leverage))| {
            let residual = 1.5 * (point.count.powf(2.0 / 3.0) * mean.powf(-1.0 / 6.0) - mean.sqrt());
            let s = residual / (fit.dispersion * (1.0 - leverage).max(1e-9)).sqrt();
            if s > 1.0 { s.powi(-2) } else { 1.0 }
        })
        .collect();
    let scale = history.len() as f64 / raw.iter().sum::<f64>();
    raw.iter().map(|weight| weight * scale).collect()
}

/// The slope is significant at 5 % (Student's t), and the forecast is not above every count seen.
fn keeps_trend(fit: &Fit, history: &[Point]) -> bool {
    let error = (fit.dispersion * fit.covariance[1][1]).sqrt();
    let most = history.iter().map(|point| point.count).fold(0.0, f64::max);
    let t = (fit.coefficients[1] / error).abs();
    t > student(history.len() - 2) && fit.coefficients[0].exp() <= most
}

/// Two-sided 5 % point of Student's t by its Cornish–Fisher expansion (Abramowitz and Stegun 26.7.5), right to three
/// digits from five degrees of freedom on.
fn student(degrees: usize) -> f64 {
    let (x, n) = (1.959_963_985_f64, degrees.max(1) as f64);
    let g1 = (x.powi(3) + x) / 4.0;
    let g2 = (5.0 * x.powi(5) + 16.0 * x.powi(3) + 3.0 * x) / 96.0;
    let g3 = (3.0 * x.powi(7) + 19.0 * x.powi(5) + 17.0 * x.powi(3) - 15.0 * x) / 384.0;
    x + g1 / n + g2 / n.powi(2) + g3 / n.powi(3)
}

/// Iteratively reweighted least squares for a log-linear Poisson mean.
fn fit(history: &[Point], weights: &[f64], trend: bool) -> Option<Fit> {
    let n_columns = if trend { 2 } else { 1 };
    let n = history.len();
    let total: f64 = history.iter().zip(weights).map(|(point, weight)| point.count * weight).sum();
    if n < 4 || n <= n_columns || total <= 0.0 {
        return None;
    }
    let mut coefficients = [(total / weights.iter().sum::<f64>()).ln(), 0.0];
    let mut covariance = [[0.0; 2]; 2];
    for _ in 0..50 {
        let (mut xx, mut xz) = ([[0.0; 2]; 2], [0.0; 2]);
        for (point, weight) in history.iter().zip(weights) {
            let eta = coefficients[0] + coefficients[1] * point.at;
            let mean = eta.exp();
            let z = eta + (point.count - mean) / mean;
            let (w, x) = (weight * mean, [1.0, point.at]);
            for row in 0..2 {
                xz[row] += w * x[row] * z;
                for column in 0..2 {
                    xx[row][column] += w * x[row] * x[column];
                }
            }
        }
        covariance = inverse(xx, trend)?;
        let next =
            [covariance[0][0] * xz[0] + covariance[0][1] * xz[1], covariance[1][0] * xz[0] + covariance[1][1] * xz[1]];
        let step = (next[0] - coefficients[0]).abs() + (next[1] - coefficients[1]).abs();
        coefficients = next;
        if step < 1e-10 {
            break;
        }
    }
    let means: Vec<f64> = history.iter().map(|point| (coefficients[0] + coefficients[1] * point.at).exp()).collect();
    let pearson = |((point, weight), mean): ((&Point, &f64), &f64)| weight * (point.count - mean).powi(2) / mean;
    let squares: f64 = history.iter().zip(weights).zip(&means).map(pearson).sum();
    let dispersion = (squares / (n - n_columns) as f64).max(1.0);
    let leverage = |((point, weight), mean): ((&Point, &f64), &f64)| {
        let t = point.at;
        let c = &covariance;
        weight * mean * (c[0][0] + 2.0 * c[0][1] * t + c[1][1] * t * t)
    };
    let leverages = history.iter().zip(weights).zip(&means).map(leverage).collect();
    Some(Fit { coefficients, covariance, dispersion, means, leverages })
}

/// The inverse of the information; without a trend only of its first cell.
fn inverse(m: [[f64; 2]; 2], trend: bool) -> Option<[[f64; 2]; 2]> {
    if !trend {
        return (m[0][0] > 0.0).then(|| [[1.0 / m[0][0], 0.0], [0.0, 0.0]]);
    }
    let determinant = m[0][0] * m[1][1] - m[0][1] * m[1][0];
    (determinant.abs() > 1e-12)
        .then(|| [[m[1][1] / determinant, -m[0][1] / determinant], [-m[1][0] / determinant, m[0][0] / determinant]])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn points(counts: &[f64]) -> Vec<Point> {
        let n = counts.len() as f64;
        counts.iter().enumerate().map(|(i, count)| Point { at: i as f64 - n, count: *count }).collect()
    }

    /// By hand: of n equal counts c the mean is c, the dispersion 1, the variance of the mean c/n, so the threshold is
    /// (c^(2/3) + z √(4/9 c^(1/3) (1 + 1/n)))^(3/2).
    #[test]
    fn equal_counts_have_a_threshold_in_closed_form() {
        let signal = farrington(&points(&[8.0; 20]), 16.0, 5, 2.58).unwrap();
        let wanted = (4.0 + 2.58 * (4.0_f64 / 9.0 * 2.0 * (1.0 + 1.0 / 20.0)).sqrt()).powf(1.5);
        assert!((signal.threshold - wanted).abs() < 1e-6, "{} is not {wanted}", signal.threshold);
        assert!(!signal.is_alarm, "16 is below {wanted}");
        assert!(farrington(&points(&[8.0; 20]), 18.0, 5, 2.58).unwrap().is_alarm);
    }

    /// An outbreak in the history must not hide the next one. By hand without weights: mean 134/15, dispersion 22.4, so the
    /// threshold is near 66; the weights take more than half of that away.
    #[test]
    fn an_earlier_outbreak_is_weighed_down() {
        let quiet = [5.0, 6.0, 4.0, 5.0, 7.0, 5.0, 6.0, 4.0, 5.0, 6.0, 5.0, 4.0, 6.0, 5.0, 5.0];
        let mut outbreak = quiet;
        outbreak[7] = 60.0;
        let (without, with) = (
            farrington(&points(&quiet), 5.0, 5, 2.58).unwrap().threshold,
            farrington(&points(&outbreak), 5.0, 5, 2.58).unwrap().threshold,
        );
        let unweighted = fit(&points(&outbreak), &[1.0; 15], false).unwrap();
        assert!(
            unweighted.dispersion > 15.0,
            "one outbreak makes everything look dispersed: {}",
            unweighted.dispersion
        );
        let plain = threshold(&unweighted, 2.58);
        assert!((plain - 66.5).abs() < 1.0, "{plain} is not near 66.5");
        assert!(without < with && with < plain / 2.0, "{without} {with} {plain}");
    }

    /// Counts that double: 1 2 4 8 16 fits exactly, with slope ln 2, and the forecast 32 is above every count, so the
    /// trend is not trusted.
    #[test]
    fn a_trend_is_fitted_and_not_carried_beyond_what_was_seen() {
        let doubling = points(&[1.0, 2.0, 4.0, 8.0, 16.0]);
        let fitted = fit(&doubling, &[1.0; 5], true).unwrap();
        assert!((fitted.coefficients[1] - 2.0_f64.ln()).abs() < 1e-9);
        assert!((fitted.coefficients[0].exp() - 32.0).abs() < 1e-6);
        assert!(!keeps_trend(&fitted, &doubling));
        assert_eq!(farrington(&points(&[0.0; 10]), 3.0, 5, 2.58), None);
    }

    #[test]
    fn the_student_point_is_that_of_the_tables() {
        assert!((student(10) - 2.228).abs() < 1e-3);
        assert!((student(30) - 2.042).abs() < 1e-3);
    }
}
