//! Why could the rows of a scheme not be settled?

use base::Diagnostic;

/// A failure of the whole question; a single bill that cannot be paid is a [`scheme::Refused`] instead.
#[derive(Debug, thiserror::Error)]
pub enum SettlementError {
    /// There is no such scheme, or it has mistakes; each knows its place in the packs.
    #[error("{}", said(.0))]
    Mistakes(Vec<Diagnostic>),
    /// Its rows cannot be asked for.
    #[error("{}", .0.message)]
    Rows(Diagnostic),
    /// The bills are to be grouped by a column they do not have.
    #[error("the bills have no column \"{name}\"{}", base::did_you_mean(.near.as_deref()))]
    Column {
        /// As it was asked for.
        name: String,
        /// The column most like it.
        near: Option<String>,
    },
    /// The records did not answer.
    #[error(transparent)]
    Store(#[from] columns::StoreError),
}

/// The mistakes in one line each, with what to do.
fn said(found: &[Diagnostic]) -> String {
    let line = |diagnostic: &Diagnostic| match &diagnostic.help {
        Some(help) => format!("{}; {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}
