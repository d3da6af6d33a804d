//! What can go wrong when tasks, findings and alerts are computed?

use columns::StoreError;
use columns::engine::EngineError;
use indicator::IndicatorError;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// There is no such organisation.
    #[error("there is no organisation \"{0}\" in this county; see orgs.csv")]
    UnknownOrg(String),
    /// There is no such task.
    #[error("there is no task \"{id}\"{}", base::did_you_mean(.near.as_deref()))]
    UnknownTask {
        /// What was asked for.
        id: String,
        /// The name most like it.
        near: Option<String>,
    },
    /// There is no such rule.
    #[error("there is no rule \"{id}\"{}", base::did_you_mean(.near.as_deref()))]
    UnknownRule {
        /// What was asked for.
        id: String,
        /// The name most like it.
        near: Option<String>,
    },
    /// The place to go on from is none that an earlier page gave.
    #[error("\"{0}\" is not a place to go on from; use the `next` of the page before")]
    WrongCursor(String),
    /// The store or the engine failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine failed while a result was read.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// An indicator could not be computed.
    #[error(transparent)]
    Indicator(#[from] IndicatorError),
}

impl From<base::Diagnostic> for WorkError {
    fn from(diagnostic: base::Diagnostic) -> Self {
        Self::Store(diagnostic.into())
    }
}
