//! What can go wrong when indicators are computed?

use columns::StoreError;
use columns::engine::EngineError;

/// Why values could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum IndicatorError {
    /// There is no such indicator.
    #[error("there is no indicator \"{id}\"{}", base::did_you_mean(.near.as_deref()))]
    Unknown {
        /// What was asked for.
        id: String,
        /// The name most like it.
        near: Option<String>,
    },
    /// There is no such tree.
    #[error("there is no tree \"{0}\" in this county; further trees are the columns parent.NAME of orgs.csv")]
    UnknownTree(String),
    /// There is no such organisation.
    #[error("there is no organisation \"{0}\" in this county; see orgs.csv")]
    UnknownOrg(String),
    /// The indicator has no body on the last day of the period.
    #[error("indicator \"{id}\" is not in force on {day}")]
    NotInForce {
        /// The indicator.
        id: String,
        /// The day that decides.
        day: base::Date,
    },
    /// The indicator has no such part.
    #[error("indicator \"{id}\" has no rows of its own: it is computed from {from}")]
    NoRows {
        /// The indicator.
        id: String,
        /// What it is computed from.
        from: String,
    },
    /// The store or the engine failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine failed while a result was read.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// An engine elsewhere did not answer.
    #[error(transparent)]
    Elsewhere(Box<dyn std::error::Error + Send + Sync>),
}

impl From<base::Diagnostic> for IndicatorError {
    fn from(diagnostic: base::Diagnostic) -> Self {
        Self::Store(diagnostic.into())
    }
}
