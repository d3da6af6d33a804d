//! What is known of an indicator for one organisation and period?

use base::{Decimal, Period};

/// Breakdown column → value, in the order of the indicator's `by`; empty for the whole.
pub type Cell = Vec<(String, String)>;

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The denominator is zero.
    ZeroDenominator,
    /// No row to take a mean, a middle or an extreme of.
    NoRows,
    /// Something it is computed from has no value.
    NeedsMissing,
}

/// An indicator's value with everything it was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The indicator.
    pub indicator: String,
    /// The organisation.
    pub org: String,
    /// The days counted.
    pub period: Period,
    /// The cell of the breakdown; empty for the whole.
    pub cell: Cell,
    /// The value, rounded to the indicator's digits.
    pub value: Option<Decimal>,
    /// The value before rounding; for ratios see the two parts.
    pub exact: Option<Decimal>,
    /// The upper part of a ratio or mean, exact.
    pub numerator: Option<Decimal>,
    /// The lower part, exact.
    pub denominator: Option<Decimal>,
    /// Rows left out because a column that decides is empty.
    pub n_excluded: Decimal,
    /// Why there is no value.
    pub missing: Option<Missing>,
    /// From the list `unit`.
    pub unit: String,
    /// Decimals printed.
    pub digits: u32,
}
