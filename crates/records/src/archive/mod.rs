//! How is a log kept away from its store, and brought back whole?
//!
//! An archive holds batches with their entries exactly as they are chained: the very bytes that [`hash`](crate::hash)
//! describes, so it can be checked without any store, and every store restored from it has the same head hash. It
//! is only ever appended to. It never knows which store wrote it or which will read it.
//!
//! **Header**: `taizhang-archive` (16 bytes), format `1` (`u32`), county (text), then the [`Mark`] it starts after, then
//! the CRC-32 of all this (`u32`). Numbers and texts are written as in [`hash`](crate::hash).
//!
//! **Block**: its kind (one byte), packed length, unpacked length, CRC-32 over kind, both lengths and the packed bytes
//! (`u32` each), then the packed bytes (raw DEFLATE). A block of kind `D` holds records: a batch (`b`, length as
//! `u32`, the batch's hashed bytes, its hash) and each of its entries (`e`, length, the entry's hashed bytes). A block
//! of kind `E` holds the [`Mark`] of the last batch; a whole archive ends with one, and one that ends otherwise is torn.
//!
//! **Mark**: number of a batch (`u64`), its last entry (`u64`), its hash (32 bytes).

mod block;
mod error;
mod read;
mod write;

use std::ops::Range;
use std::path::{Path, PathBuf};

use self::block::Cursor;
pub use self::error::ArchiveError;
pub use self::read::{Archive, read};
pub use self::write::{create, extend, write};
use crate::place::Tip;
use crate::{Batch, BatchWithEntries, Hash, Log, Progress};

/// Entries taken over in one commit while restoring, unless one batch alone has more.
const RUN: usize = 20_000;

/// A place between two batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The last batch before it; 0 when there is none.
    pub batch: u64,
    /// That batch's last entry.
    pub seq: u64,
    /// That batch's hash.
    pub hash: Hash,
}

impl Mark {
    /// Before the first batch.
    pub const START: Self = Self { batch: 0, seq: 0, hash: Hash::ZERO };
}

impl From<&Batch> for Mark {
    fn from(batch: &Batch) -> Self {
        let Tip { no, last_seq, hash } = Tip::after(Some(batch));
        Self { batch: no, seq: last_seq, hash }
    }
}

/// Brings the batches of one or more archives, each continuing the one before, into a log, up to the last batch that
/// ends at or before `until_seq`. Batches the log has already are passed over. Returns where the log stands then.
///
/// Every hash is computed again; the log keeps what came before a fault.
///
/// # Errors
/// [`ArchiveError::Unreadable`] when a file is torn or damaged before that place; [`ArchiveError::Log`] with
/// [`LogError::Unfit`](crate::LogError::Unfit) when a batch is not the one that was chained.
pub fn restore(
    archives: &[PathBuf],
    log: &mut dyn Log,
    until_seq: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<Mark, ArchiveError> {
    let mut last_no = log.last_batch()?.map_or(0, |batch| batch.no);
    let mut run = Run { log, batches: Vec::new(), n_entries: 0 };
    'archives: for path in archives {
        let mut archive = read(path)?;
        if archive.county() != run.log.county() {
            return Err(ArchiveError::Foreign {
                path: path.clone(),
                detail: format!("it holds county \"{}\", the log is of \"{}\"", archive.county(), run.log.county()),
            });
        }
        let Range { start: from, end: n_total } = archive.n_bytes();
        while let Some(whole) = archive.next_batch()? {
            if whole.batch.last_seq > until_seq {
                break 'archives;
            }
            if whole.batch.no > last_no {
                last_no = whole.batch.no;
                run.take(whole)?;
            }
            let n_done = archive.n_bytes().start.saturating_sub(from);
            progress(Progress { n_done, n_total });
        }
    }
    run.flush()?;
    Ok(run.log.last_batch()?.as_ref().map_or(Mark::START, Mark::from))
}

/// Batches that are taken over together.
struct Run<'l> {
    log: &'l mut dyn Log,
    batches: Vec<BatchWithEntries>,
    n_entries: usize,
}

impl Run<'_> {
    fn take(&mut self, whole: BatchWithEntries) -> Result<(), ArchiveError> {
        self.n_entries += whole.entries.len();
        self.batches.push(whole);
        if self.n_entries >= RUN { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ArchiveError> {
        if !self.batches.is_empty() {
            self.log.adopt(&self.batches)?;
        }
        self.batches.clear();
        self.n_entries = 0;
        Ok(())
    }
}

/// Makes the name of a new file last.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}
