//! Sections that are read and checked, and that nothing runs yet: schemes, tasks, campaigns.

use super::{Common, Spanned};
use indexmap::IndexMap;

/// Who is owed what: rows, and steps that each pay an amount to them from a fund.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// Id, title, source, dates.
    pub common: Common,
    /// The register or cohort whose rows are paid.
    pub over: Spanned<String>,
    /// Every formula of the scheme: place in the body (`steps.basic.of`) → expression.
    pub formulas: IndexMap<String, Spanned<String>>,
    /// Step ids in order of payment, with their funds.
    pub steps: Vec<(Spanned<String>, Option<Spanned<String>>)>,
}

/// A cohort with a due day.
#[derive(Debug, Clone)]
pub struct Task {
    /// Id, title, source.
    pub common: Common,
    /// Register whose form opens.
    pub enter: Option<Spanned<String>>,
    /// Role whose work it is.
    pub to: Option<Spanned<String>>,
    /// Query over `:as_of`.
    pub rows: Spanned<String>,
}

/// A cohort turned into records, once.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// Id, title, source.
    pub common: Common,
    /// The cohort.
    pub from: Spanned<String>,
    /// The register that receives one record per row.
    pub into: Spanned<String>,
    /// Field → SQL over the cohort's columns.
    pub set: IndexMap<String, Spanned<String>>,
}
