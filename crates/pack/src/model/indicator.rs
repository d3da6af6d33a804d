//! Exactly one measure over cohorts, with its unit and rounding.

use super::{Common, Dated, Spanned};
use base::period::Length;
use base::{Decimal, Rounding};
use indexmap::IndexMap;

/// How the rows of a cohort become a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AggregateKind {
    /// Rows.
    Count,
    /// Sum of a column.
    Sum,
    /// Sum ÷ count, both kept.
    Mean,
    /// The middle row's value (nearest rank).
    Median,
    /// The largest value.
    Max,
    /// The smallest value.
    Min,
    /// A row's value by nearest rank.
    Percentile,
}

/// One aggregate over one cohort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate {
    /// How rows become a number.
    pub kind: AggregateKind,
    /// The cohort.
    pub cohort: Spanned<String>,
    /// The column summed, averaged or ranked.
    pub column: Option<Spanned<String>>,
    /// Count different values of this column only.
    pub distinct: Option<Spanned<String>>,
    /// Which rows of the cohort.
    pub filter: Option<Spanned<String>>,
    /// Rank of a percentile, between 0 and 1.
    pub rank: Option<Decimal>,
}

/// One side of a ratio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// A bare name: a cohort (its rows are counted) or another indicator; resolution decides.
    Name(Spanned<String>),
    /// An inline measure.
    Aggregate(Aggregate),
}

/// How points follow from a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreShape {
    /// Between two marks, in proportion.
    Linear,
    /// The last mark reached.
    Step,
}

/// One line of a weighted score.
#[derive(Debug, Clone)]
pub struct ScorePart {
    /// The indicator judged.
    pub of: Spanned<String>,
    /// Points at best.
    pub full: Decimal,
    /// Value → share of the points; empty for `at: target` and for `minus`.
    pub at: Vec<(Decimal, Decimal)>,
    /// `full × min(1, value ÷ target)`.
    pub at_target: bool,
    /// Points lost per unit.
    pub minus: Option<Decimal>,
    /// Between the marks.
    pub shape: ScoreShape,
    /// No value: `true` spreads its points over the rest, `false` gives none.
    pub drop_missing: bool,
    /// Which organisations it applies to, over the institution.
    pub when: Option<Spanned<String>>,
}

/// What an indicator measures.
#[derive(Debug, Clone)]
pub enum Measure {
    /// One aggregate.
    Aggregate(Aggregate),
    /// Numerator and denominator, kept as two exact numbers.
    Ratio(Term, Term),
    /// Arithmetic on other indicators and parameters.
    Value(Spanned<String>),
    /// Weighted points.
    Score(Vec<ScorePart>),
}

/// How a row counts whose predicate column is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingDecision {
    /// Out of both parts.
    Exclude,
    /// As not met.
    No,
    /// As met.
    Yes,
}

/// The twelve months an indicator's year stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StatisticalYear {
    /// January to December.
    #[default]
    Calendar,
    /// October to September (妇幼年报).
    Maternal,
    /// The insurance benefit year.
    Insurance,
}

/// A named number of a county and a period.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// Id, title, source.
    pub common: Common,
    /// What it measures.
    pub measure: Measure,
    /// Which rows of the cohort (not for ratios, which say it on each side).
    pub filter: Option<Spanned<String>>,
    /// Extra breakdown columns.
    pub by: Vec<Spanned<String>>,
    /// From the list `unit` of `core`.
    pub unit: Spanned<String>,
    /// Decimals printed.
    pub digits: u32,
    /// How the rest is dropped.
    pub round: Rounding,
    /// Multiplier of a ratio: 100 for percent.
    pub times: Decimal,
    /// A ratio's numerator must be rows of its denominator.
    pub nested: bool,
    /// Column → decision for rows where it is empty.
    pub missing: IndexMap<String, Spanned<MissingDecision>>,
    /// A promise checked with every value.
    pub equals: Option<Spanned<String>>,
    /// Statistical year.
    pub year: StatisticalYear,
    /// Smallest period.
    pub every: Length,
}

impl Dated for Indicator {
    fn common(&self) -> &Common {
        &self.common
    }
}
