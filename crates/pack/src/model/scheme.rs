//! Sections that are read and checked, and that nothing runs yet: tasks, campaigns.

use super::{Common, Spanned};
use indexmap::IndexMap;

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
