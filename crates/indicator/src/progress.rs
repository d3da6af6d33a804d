//! How far is a target, will it be reached, and who is ahead?

use crate::adds::adds;
use crate::board::Board;
use base::{Date, Decimal, Period};
use columns::Snapshot;
use jiff::civil::date;
use pack::county::{Direction, Target};
use pack::model::{Indicator, Measure};

/// A target misses by no more than this share of it, at the present pace: amber.
const NEARLY: Decimal = Decimal::from_parts(10, 0, 0, false, 2);

/// What the traffic light shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Light {
    /// Reached, or it will be at the present pace.
    Green,
    /// It will be missed by at most a tenth.
    Amber,
    /// It will be missed by more.
    Red,
}

impl Light {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
        }
    }
}

/// An organisation's way to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The indicator.
    pub indicator: String,
    /// The organisation.
    pub org: String,
    /// What is to be reached by the end of the year, in the indicator's unit.
    pub target: Decimal,
    /// Which side is good.
    pub direction: Direction,
    /// What is reached.
    pub value: Option<Decimal>,
    /// The value as percent of the target; may exceed 100. None for a target of zero.
    pub percent: Option<Decimal>,
    /// The value at the end of the year at the present pace: what adds up over time is extended in proportion to the days
    /// gone, a rate or a stock is taken as it stands.
    pub forecast: Option<Decimal>,
    /// None without a value.
    pub light: Option<Light>,
}

/// The way to every target of the year of a board's period, for the organisations that have one. A rate's target holds
/// for everybody below as well; a count's only for those it is given for.
pub fn progress(snapshot: &Snapshot, board: &Board, orgs: &[&str]) -> Vec<Progress> {
    let catalog = snapshot.catalog();
    let Some(county) = &catalog.county else { return Vec::new() };
    let day = board.period.last_day();
    let mut found = Vec::new();
    for id in county.targets.keys() {
        let versions = catalog.indicator(id).and_then(|versions| versions.on(day));
        let (Some(indicator), Some(target)) = (versions, county.target(id, board.period)) else { continue };
        let root = county.orgs.root().map(|root| root.id.as_str());
        for org in orgs {
            if let Some(value) = target_of(indicator, target, org, root == Some(*org)) {
                found.push(one(snapshot, board, indicator, target.direction, value, org));
            }
        }
    }
    found
}

/// What an organisation is to reach: its own value of the target, else the county's where that holds for everybody.
pub fn target_of(indicator: &Indicator, target: &Target, org: &str, is_county: bool) -> Option<Decimal> {
    let inherited = is_county || matches!(indicator.measure, Measure::Ratio(..));
    target.orgs.get(org).copied().or_else(|| inherited.then_some(target.value))
}

fn one(
    snapshot: &Snapshot,
    board: &Board,
    indicator: &Indicator,
    direction: Direction,
    target: Decimal,
    org: &str,
) -> Progress {
    let value = board.get(&indicator.common.id, org).and_then(|value| value.value);
    let day = board.period.last_day();
    let forecast = value.map(|value| {
        let grows = adds(snapshot.catalog(), indicator, day).over_time;
        let share = if grows { gone(board.period, snapshot.as_of()) } else { Decimal::ONE };
        value.checked_div(share).map_or(value, |extended| indicator.round.apply(extended, indicator.digits))
    });
    Progress {
        indicator: indicator.common.id.clone(),
        org: org.to_string(),
        target,
        direction,
        value,
        percent: value.and_then(|v| (v * Decimal::ONE_HUNDRED).checked_div(target)).map(|p| p.round_dp(1)),
        forecast,
        light: forecast.map(|forecast| light(direction, target, forecast)),
    }
}

/// The share of a year's days that lie behind, as of a day; the whole when it is over.
fn gone(period: Period, as_of: Date) -> Decimal {
    let last = period.last_day();
    let end = date(last.year() + 1, 1, 1);
    let begin = date(last.year(), 1, 1);
    let behind = as_of.tomorrow().unwrap_or(as_of).min(period.until).max(begin);
    let days = |from: Date, until: Date| Decimal::from((until - from).get_days());
    days(begin, behind).checked_div(days(begin, end)).filter(|share| !share.is_zero()).unwrap_or(Decimal::ONE)
}

fn light(direction: Direction, target: Decimal, forecast: Decimal) -> Light {
    let missing = match direction {
        Direction::AtLeast => target - forecast,
        Direction::AtMost => forecast - target,
    };
    if missing <= Decimal::ZERO {
        Light::Green
    } else if missing <= target.abs() * NEARLY {
        Light::Amber
    } else {
        Light::Red
    }
}

/// Organisations by their value, the best first; equal values share a place, and the next place is counted on. Those
/// without a value are left out.
pub fn rank<'o>(
    board: &Board,
    indicator: &str,
    orgs: &[&'o str],
    direction: Direction,
) -> Vec<(usize, &'o str, Decimal)> {
    let valued = orgs.iter().filter_map(|org| Some((*org, board.get(indicator, org)?.value?)));
    let mut valued: Vec<(&str, Decimal)> = valued.collect();
    valued.sort_by(|(a, x), (b, y)| match direction {
        Direction::AtLeast => y.cmp(x).then(a.cmp(b)),
        Direction::AtMost => x.cmp(y).then(a.cmp(b)),
    });
    let mut ranked: Vec<(usize, &str, Decimal)> = Vec::new();
    for (n, (org, value)) in valued.into_iter().enumerate() {
        let place = ranked.last().filter(|last| last.2 == value).map_or(n + 1, |last| last.0);
        ranked.push((place, org, value));
    }
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_light_changes_at_the_target_and_a_tenth_below() {
        let n = |text: &str| text.parse::<Decimal>().unwrap_or_default();
        let is = |direction, forecast: &str| light(direction, n("90"), n(forecast));
        assert_eq!(is(Direction::AtLeast, "90"), Light::Green);
        assert_eq!(is(Direction::AtLeast, "89.99"), Light::Amber);
        assert_eq!(is(Direction::AtLeast, "81"), Light::Amber);
        assert_eq!(is(Direction::AtLeast, "80.99"), Light::Red);
        assert_eq!(is(Direction::AtMost, "90"), Light::Green);
        assert_eq!(is(Direction::AtMost, "99"), Light::Amber);
        assert_eq!(is(Direction::AtMost, "99.01"), Light::Red);
    }

    #[test]
    fn days_gone_are_counted_to_the_end_of_today() {
        let year = Period::year(2025);
        assert_eq!(gone(year, date(2025, 12, 31)), Decimal::ONE);
        assert_eq!(gone(year, date(2027, 1, 1)), Decimal::ONE);
        assert_eq!(gone(year, date(2025, 1, 1)), Decimal::ONE / Decimal::from(365));
        assert_eq!(gone(year, date(2025, 3, 14)), Decimal::new(2, 1));
    }
}
