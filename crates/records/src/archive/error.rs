//! What can go wrong with an archive, where, and what next?

use std::path::PathBuf;

use crate::LogError;

/// Why an archive could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The system refused.
    #[error("{path}: {doing} failed: {source}; check the folder and the room on the disk")]
    Io {
        /// The file.
        path: PathBuf,
        /// What was being tried.
        doing: &'static str,
        /// The system's words.
        source: std::io::Error,
    },
    /// The file is no archive of ours.
    #[error("{path} is not an archive this program can read ({detail}); check the path")]
    NotAnArchive {
        /// The file.
        path: PathBuf,
        /// What was found instead.
        detail: String,
    },
    /// The file ends early or was changed.
    #[error(
        "{path} cannot be read from batch {batch} on ({detail}); it is whole up to entry {seq}: restore with --as-of {seq}, \
         or use another copy"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The first batch that is not whole.
        batch: u64,
        /// The last entry that is.
        seq: u64,
        /// What is wrong.
        detail: String,
    },
    /// The archive and the log do not belong together.
    #[error("{path} and the log do not belong together: {detail}; choose another file")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What tells them apart.
        detail: String,
    },
    /// The log itself is not what was written.
    #[error("batch {batch} of the log {problem}; nothing was archived: run `taizhang verify`, then restore a backup")]
    Source {
        /// The batch.
        batch: u64,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The log refused or failed.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl ArchiveError {
    /// A failure of the system at a path.
    pub(super) fn io(path: impl Into<PathBuf>, doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, doing, source }
    }
}
