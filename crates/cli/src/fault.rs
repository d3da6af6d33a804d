//! Why was there no answer?

use std::path::PathBuf;

/// Wrong use, bad input, or a failure below: exit code 2, nothing written.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A file or folder cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The packs have mistakes; they were drawn already.
    #[error("{0} mistakes in the packs or the county; nothing was written")]
    Mistakes(usize),
    /// Something else is wrong with what was asked.
    #[error("{0}")]
    Use(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] columns::StoreError),
    /// An indicator could not be computed.
    #[error(transparent)]
    Indicator(#[from] indicator::IndicatorError),
    /// Tasks, findings or alerts could not be computed.
    #[error(transparent)]
    Work(#[from] work::WorkError),
    /// The log failed.
    #[error(transparent)]
    Log(#[from] records::LogError),
    /// An archive could not be written or read.
    #[error(transparent)]
    Archive(#[from] records::archive::ArchiveError),
    /// A key or a signed head is not what it should be.
    #[error(transparent)]
    Seal(#[from] records::seal::SealError),
    /// A period was not written as one.
    #[error(transparent)]
    Period(#[from] base::PeriodError),
    /// Something was refused about an account.
    #[error(transparent)]
    Accounts(#[from] accounts::AccountsError),
    /// The server did not start.
    #[error(transparent)]
    Serve(#[from] server::ServeError),
    /// A file could not be imported or exported.
    #[error(transparent)]
    Exchange(#[from] exchange::ExchangeError),
    /// A cluster did not answer.
    #[cfg(feature = "cluster")]
    #[error(transparent)]
    Cluster(#[from] cluster::ClusterError),
    /// Something could not be booked.
    #[error(transparent)]
    Ledger(#[from] ledger::LedgerError),
    /// A report could not be written.
    #[error(transparent)]
    Report(#[from] report::ReportError),
}

impl Fault {
    /// A failure at a path.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
