//! A named query: exactly what an indicator counts.

use super::{Common, Dated, Spanned};

/// The text of a query and where it was written.
pub type Query = Spanned<String>;

/// A named set of rows.
#[derive(Debug, Clone)]
pub struct Cohort {
    /// Id, title, source.
    pub common: Common,
    /// The query, in the surface language.
    pub query: Query,
}

impl Dated for Cohort {
    fn common(&self) -> &Common {
        &self.common
    }
}
