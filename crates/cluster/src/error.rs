//! What keeps a cluster from answering?

use std::path::PathBuf;

/// Why there is no export or no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The file system failed.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder holds this county already.
    #[error(
        "{folder} holds county \"{county}\" already; export into an empty folder, and remove the old one when it is done"
    )]
    Taken {
        /// The folder.
        folder: PathBuf,
        /// The county.
        county: String,
    },
    /// The folder is not an export, or not of this county.
    #[error("{folder} holds {}; {next}", if .known.is_empty() { "no exported county".to_string() } else { format!("the counties {}", .known.join(", ")) })]
    County {
        /// The folder.
        folder: PathBuf,
        /// The counties there are.
        known: Vec<String>,
        /// What to do.
        next: String,
    },
    /// The manifest cannot be read.
    #[error("{path}: {detail}; export again with this program")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The address says something this client does not do.
    #[error("\"{address}\": {detail}; write sc://HOST:PORT, for example sc://127.0.0.1:15002")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        detail: String,
    },
    /// Nobody answers there.
    #[error("{address} does not answer: {detail}; start Spark Connect or Sail there, see docs/scale.md")]
    Unreachable {
        /// The engine.
        address: String,
        /// What the network said.
        detail: String,
    },
    /// The engine refused or failed.
    #[error("the cluster did not answer the statement: {0}")]
    Engine(String),
    /// The answer is not what was asked for.
    #[error("the cluster's answer cannot be read: {0}")]
    Answer(String),
    /// The statement has no equal in Spark SQL.
    #[error("not on the cluster: {0}")]
    Print(#[from] pack::sql::spark::NotOnCluster),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] columns::StoreError),
    /// The log failed.
    #[error(transparent)]
    Log(#[from] records::LogError),
    /// The indicators could not be computed.
    #[error(transparent)]
    Indicator(#[from] indicator::IndicatorError),
}

pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> ClusterError {
    let path = path.into();
    move |source| ClusterError::Io { path, source }
}
