//! A cohort turned into records, once: read and checked, and nothing runs it yet.

use super::{Common, Spanned};
use indexmap::IndexMap;

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
