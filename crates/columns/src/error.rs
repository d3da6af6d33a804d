//! What can go wrong between the log and its tables?

use crate::CellError;
use crate::engine::EngineError;
use records::LogError;
use std::path::PathBuf;

/// Why a store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The log refused or failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The engine refused or failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The log has the records, the tables could not take them in.
    #[error(
        "the records are written, up to entry {seq}, but the tables could not take them in: {detail}; open the county again"
    )]
    Behind {
        /// The last entry written.
        seq: u64,
        /// What stopped the tables.
        detail: String,
    },
    /// A stored body does not fit its register any more.
    #[error(
        "entry {seq} of {register} does not fit the register as it is now: {fault}; install a pack that can read it"
    )]
    Body {
        /// Its place in the log.
        seq: u64,
        /// Its register.
        register: String,
        /// What does not fit.
        fault: CellError,
    },
    /// Nothing was installed in this directory.
    #[error("{0} holds no county yet; run `taizhang init COUNTY --dir {0}` or `taizhang synth COUNTY --dir {0}` first")]
    Empty(PathBuf),
    /// Nothing was installed in this database.
    #[error("the database holds no packs of county \"{0}\" yet; run `taizhang init` or `taizhang synth` with it first")]
    NoCounty(String),
    /// The directory is already somebody's.
    #[error("{dir} already holds county \"{county}\"; choose another directory or remove this one")]
    Taken {
        /// The directory.
        dir: PathBuf,
        /// The county in it.
        county: String,
    },
    /// The packs in the log cannot be read by this program.
    #[error("the packs installed in this directory have {n_errors} mistakes for this program, first: {first}")]
    Packs {
        /// How many.
        n_errors: usize,
        /// The first one.
        first: String,
    },
    /// Packs that know what the tables hold in another way cannot be asked over them.
    #[error(
        "{what} was another one under the packs of entry {seq}; restore the records up to there into a directory of their own (`taizhang restore --as-of {seq}`) and ask that"
    )]
    OtherTables {
        /// The register or list.
        what: String,
        /// The last entry seen.
        seq: u64,
    },
    /// A statement could not be built from a pack.
    #[error("{}", .0.message)]
    Statement(Box<base::Diagnostic>),
    /// The file system failed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl From<base::Diagnostic> for StoreError {
    fn from(diagnostic: base::Diagnostic) -> Self {
        Self::Statement(Box::new(diagnostic))
    }
}
