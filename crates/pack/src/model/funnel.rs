//! A way through several figures: who is listed, who comes, who is positive, who is seen to the end.

use super::{Common, Spanned};

/// Counts in the order in which people go through them; whoever is in one and not in the next was lost there.
#[derive(Debug, Clone)]
pub struct Funnel {
    /// Id, title, source.
    pub common: Common,
    /// Indicators that count rows, first to last.
    pub steps: Vec<Spanned<String>>,
    /// Steps that are found rather than reached (positives, lesions): nobody is lost before them.
    pub found: Vec<Spanned<String>>,
    /// The column by which the rows of two steps are the same person; `resident` when it is not written.
    pub by: Spanned<String>,
}
