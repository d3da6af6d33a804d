//! How does a value become a figure that people read?
//!
//! Joins the value with its names, its unit, its target and last year's value; the words come from `report`.

use crate::desk::Desk;
use crate::problem::Problem;
use crate::wire::{self, Status};
use base::period::Length;
use base::{Decimal, Language, Period};
use indicator::{Board, Value};
use report::words::{self, Style, Trend};
use report::{Direction, FigureValue, Target, Unit};

/// A target missed by less than this is nearly met; in the unit of the indicator.
const NEAR: Decimal = Decimal::from_parts(5, 0, 0, false, 0);

impl Desk {
    /// The figure of an indicator on a board, with the change against last year's board.
    pub fn figure(&self, id: &str, org: &str, board: &Board, last: Option<&Board>) -> Result<wire::Figure, Problem> {
        let value = board.get(id, org).ok_or_else(|| Problem::indicator(id, self.catalog().near_indicator(id)))?;
        Ok(self.figure_of(value, last.and_then(|board| board.get(id, org))))
    }

    /// The figure of a value.
    pub fn figure_of(&self, value: &Value, last: Option<&Value>) -> wire::Figure {
        let figure = self.figure_value(value);
        let (language, digits) = (self.language, |n: Option<Decimal>| n.map(|n| self.number(n)));
        let is_whole = value.cell.is_empty();
        let target = if is_whole { self.target(&value.indicator, value.period) } else { None };
        let change = last.and_then(|last| words::change(&figure, &self.figure_value(last), language));
        wire::Figure {
            indicator: value.indicator.clone(),
            title: wire::Text::from(&figure.title),
            org: value.org.clone(),
            org_name: figure.org_name.get(language).to_string(),
            period: value.period.to_string(),
            period_shown: value.period.shown(language),
            value: value.value.map(|value| value.to_string()),
            shown: words::shown(&figure, language, Style::Screen),
            unit: figure.unit.word.get(language).to_string(),
            digits: value.digits,
            numerator: value.numerator.map(|n| n.normalize().to_string()),
            denominator: value.denominator.map(|n| n.normalize().to_string()),
            numerator_shown: digits(value.numerator),
            denominator_shown: digits(value.denominator),
            status: target.as_ref().map_or(Status::None, |target| status(&figure, target)),
            gap_shown: target.as_ref().and_then(|target| words::gap(&figure, target, language)),
            target: target.map(|target| self.target_shown(&target, &figure.unit)),
            change: change.map(|change| wire::Change { shown: change.shown, direction: direction(change.trend) }),
            missing: figure.missing.as_ref().map(|why| why.get(language).to_string()),
            cut_off: figure.cut_off.to_string(),
        }
    }

    /// A value as `report` says it.
    pub fn figure_value(&self, value: &Value) -> FigureValue {
        FigureValue::new(self.catalog(), value, self.snapshot.as_of())
    }

    /// The document a definition comes from.
    pub fn source_of(&self, indicator: &pack::model::Indicator) -> String {
        let pack = || self.catalog().packs.get(&indicator.common.pack).map(|pack| pack.header.source.clone());
        indicator.common.source.clone().or_else(pack).unwrap_or_default()
    }

    /// A unit by its id.
    pub fn unit(&self, id: &str) -> Unit {
        Unit::of(self.catalog(), id)
    }

    /// What the county wants an indicator to reach in the year of a period.
    pub fn target(&self, indicator: &str, period: Period) -> Option<Target> {
        self.catalog().county.as_ref()?.target(indicator, period).map(Target::from)
    }

    /// A target as people read it.
    pub fn target_shown(&self, target: &Target, unit: &Unit) -> wire::Target {
        wire::Target {
            shown: words::target_shown(target, unit, self.language),
            value: target.value.normalize().to_string(),
            direction: match target.direction {
                Direction::AtLeast => "at_least",
                Direction::AtMost => "at_most",
            },
            source: target.source.clone(),
        }
    }
}

/// How far a value is from its target.
pub fn status(figure: &FigureValue, target: &Target) -> Status {
    match (target.met_by(figure), figure.value) {
        (Some(true), _) => Status::Ok,
        (Some(false), Some(value)) if (value - target.value).abs() < NEAR => Status::Warn,
        (Some(false), _) => Status::Late,
        (None, _) => Status::None,
    }
}

fn direction(trend: Trend) -> &'static str {
    match trend {
        Trend::Up => "up",
        Trend::Down => "down",
        Trend::Same => "same",
    }
}

/// A step of a series in words: a month, or the months from New Year on.
pub fn step_shown(step: Period, language: Language) -> String {
    let (year, last) = (step.from.year(), step.last_day().month());
    match language {
        _ if step.length() == Some(Length::Month) => step.shown(language),
        Language::Zh => format!("{year}年1—{last}月"),
        Language::En => format!("{year}-01 to {year}-{last:02}"),
    }
}
