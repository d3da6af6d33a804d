//! What has to be known about a figure before it can be said?
//!
//! The value, its unit and its story, and the trait by which a report asks for them. How a value is computed is
//! somebody else's business.

use base::{Date, Decimal, Period, Rounding, Text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a unit measures; decides how its numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// Things one can count: 人, 份, 次.
    Count,
    /// Quotients: %, ‰, and those without a sign.
    Ratio,
    /// Yuan.
    Money,
    /// Surfaces: 亩, 平方米.
    Area,
    /// Readings: mmHg, 分.
    Measure,
    /// Stretches: 天, 岁.
    Time,
    /// Points in time: a year, a month, a day of the year as `1030`.
    Date,
}

impl UnitKind {
    /// The kind a unit list's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "count" => Self::Count,
            "ratio" => Self::Ratio,
            "money" => Self::Money,
            "area" => Self::Area,
            "measure" => Self::Measure,
            "time" => Self::Time,
            "date" => Self::Date,
            _ => return None,
        })
    }
}

/// A unit of measure and the word printed after the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Id in the unit list: `person`, `percent`, `yuan`.
    pub id: String,
    /// The word printed; empty when the number stands alone.
    pub word: Text,
    /// What it measures.
    pub kind: UnitKind,
}

impl Unit {
    /// What a ratio is multiplied by before it carries this unit; `None` for any unit but % and ‰.
    pub(crate) fn times(&self) -> Option<Decimal> {
        match self.id.as_str() {
            "percent" => Some(Decimal::ONE_HUNDRED),
            "permille" => Some(Decimal::ONE_THOUSAND),
            _ => None,
        }
    }
}

/// One value of one indicator, ready to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureValue {
    /// Indicator id.
    pub indicator: String,
    /// What people call it.
    pub title: Text,
    /// Organisation id.
    pub org: String,
    /// The organisation's name.
    pub org_name: Text,
    /// True for the county itself, whose name goes without saying.
    pub is_county: bool,
    /// The days it stands for.
    pub period: Period,
    /// The value, already rounded to `digits`; `None` when there is none.
    pub value: Option<Decimal>,
    /// Of a ratio, the part counted; otherwise the exact value before rounding.
    pub numerator: Option<Decimal>,
    /// Of a ratio, the whole; `None` for every other measure.
    pub denominator: Option<Decimal>,
    /// Its unit.
    pub unit: Unit,
    /// Decimals printed.
    pub digits: u32,
    /// How the rest is dropped.
    pub round: Rounding,
    /// Last day whose records are in it.
    pub cut_off: Date,
    /// Why there is no value.
    pub missing: Option<Text>,
    /// Document and paragraph the definition comes from.
    pub source: String,
}

impl FigureValue {
    /// The value before rounding, where it is a plain number; the rounded one where only that is known.
    pub fn exact(&self) -> Option<Decimal> {
        let value = self.value?;
        match self.denominator {
            None => Some(self.numerator.unwrap_or(value)),
            Some(_) => Some(value),
        }
    }

    /// How the exact value stands to `bound`, which is written in the figure's unit. Percentages are compared by
    /// their two parts, so that 89.996 % is below 90 % though it is printed 90.00 %.
    pub fn compare(&self, bound: Decimal) -> Option<std::cmp::Ordering> {
        let value = self.value?;
        let parts = self.unit.times().zip(self.numerator).zip(self.denominator.filter(|d| *d > Decimal::ZERO));
        if let Some(((times, numerator), denominator)) = parts
            && let (Some(left), Some(right)) = (numerator.checked_mul(times), bound.checked_mul(denominator))
        {
            return Some(left.cmp(&right));
        }
        Some(self.exact().unwrap_or(value).cmp(&bound))
    }

    /// The quotient that gave it: `29,429 ÷ 29,738`; of money, the exact yuan. Anything else is what it is.
    pub fn formula(&self) -> Option<String> {
        let numerator = self.numerator?;
        match self.denominator {
            Some(denominator) => Some(format!("{} ÷ {}", plain(numerator), plain(denominator))),
            None => (self.unit.kind == UnitKind::Money).then(|| format!("{}元", plain(numerator))),
        }
    }
}

fn plain(value: Decimal) -> String {
    base::exact::with_commas(value.normalize())
}

/// One cell of a breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Breakdown column → code.
    pub key: BTreeMap<String, String>,
    /// The codes in words.
    pub label: Text,
    /// Its value.
    pub value: FigureValue,
}

/// Which side of the bound is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The bound or more.
    AtLeast,
    /// The bound or less.
    AtMost,
}

/// What a county set out to reach in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Which side is good.
    pub direction: Direction,
    /// The bound in the indicator's unit: `90` for 90 %.
    pub value: Decimal,
    /// The document that sets it.
    pub source: String,
}

impl Target {
    /// True when the exact value reaches the target; `None` when there is no value.
    pub fn met_by(&self, figure: &FigureValue) -> Option<bool> {
        let order = figure.compare(self.value)?;
        Some(match self.direction {
            Direction::AtLeast => order.is_ge(),
            Direction::AtMost => order.is_le(),
        })
    }
}

/// Why a figure cannot be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FigureError {
    /// No installed pack defines it.
    #[error("no installed pack defines the indicator \"{0}\"")]
    UnknownIndicator(String),
    /// The organisation is not in the tree.
    #[error("the organisation \"{0}\" is not in the county's tree")]
    UnknownOrg(String),
    /// The indicator has no such breakdown.
    #[error("the indicator \"{0}\" is not broken down by \"{1}\"")]
    UnknownColumn(String, String),
    /// No cohort of that name.
    #[error("no installed pack defines the cohort \"{0}\"")]
    UnknownCohort(String),
    /// The engine could not answer; the report stops.
    #[error("the figures cannot be read: {0}")]
    Failed(String),
}

/// Where figures come from. `None` for organisation and period means: the report's own.
pub(crate) trait Figures {
    /// The ids of all indicators that can be asked for.
    fn indicators(&self) -> Vec<String>;

    /// One value.
    fn figure(&self, indicator: &str, org: Option<&str>, period: Option<Period>) -> Result<FigureValue, FigureError>;

    /// The cells of a breakdown by these columns, by the indicator's own `by` when none are named.
    fn cells(&self, indicator: &str, by: &[String]) -> Result<Vec<Cell>, FigureError>;

    /// One value for each organisation of a level (`township`, `village`).
    fn by_org(&self, indicator: &str, level: &str) -> Result<Vec<FigureValue>, FigureError>;

    /// The rows of a cohort, each column as people read it.
    fn rows(&self, cohort: &str, limit: usize) -> Result<Vec<BTreeMap<String, String>>, FigureError>;

    /// The target of a year, if the county set one.
    fn target(&self, indicator: &str, year: i16) -> Option<Target>;
}
