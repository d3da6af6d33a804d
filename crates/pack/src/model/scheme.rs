//! Who is owed what: read and checked, and nothing runs it yet.

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
