//! The moving percentile of the Chinese early-warning system: is a count above what the same weeks of earlier years had?

use super::Signal;

/// `history` holds the counts of the same period and of its neighbours in earlier years; `rank` is the percentile, 80 in
/// the Chinese system. The percentile is a count that occurred (nearest rank); an alarm is a count above it.
pub fn percentile(history: &[f64], newest: f64, rank: f64) -> Option<Signal> {
    if history.is_empty() || !(0.0..=100.0).contains(&rank) {
        return None;
    }
    let mut sorted = history.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (rank / 100.0 * sorted.len() as f64).ceil() as usize;
    Some(Signal::above(newest, sorted[place.clamp(1, sorted.len()) - 1]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Fifteen counts (three years, the week and two on each side): the 80th percentile is the twelfth.
    #[test]
    fn the_eightieth_percentile_of_fifteen_counts_is_the_twelfth() {
        let history: Vec<f64> = [9, 3, 12, 5, 7, 1, 15, 4, 8, 2, 11, 6, 14, 10, 13].map(f64::from).to_vec();
        assert_eq!(percentile(&history, 12.0, 80.0).unwrap(), Signal { is_alarm: false, threshold: 12.0 });
        assert!(percentile(&history, 13.0, 80.0).unwrap().is_alarm);
        assert_eq!(percentile(&[], 13.0, 80.0), None);
    }
}
