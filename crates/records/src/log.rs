//! What does every store of the log promise?

use std::ops::ControlFlow;

use base::Timestamp;

use crate::draft::DRAFTS_MAX;
use crate::{Batch, BatchWithEntries, Entry, Hash, LogError, NewBatch, Progress, Receipt, VerifyReport};

/// A county's append-only log.
///
/// One value writes to it at a time; reading needs only `&self` and sees whole batches. A store on a server keeps
/// its connection behind its own lock.
pub trait Log: Send {
    /// The county whose log this is.
    fn county(&self) -> &str;

    /// Writes all drafts or none. When it returns, the entries are on disk.
    ///
    /// A key that was used before gives the receipt of that time and writes nothing, provided that actor and drafts
    /// are the same. Drafts see the ones before them in the batch, so one batch may create a record and correct it.
    ///
    /// # Errors
    /// [`LogError::Draft`], [`Exists`](LogError::Exists), [`NoRecord`](LogError::NoRecord),
    /// [`Stale`](LogError::Stale) or [`KeyReused`](LogError::KeyReused) when the batch is refused;
    /// [`DiskFull`](LogError::DiskFull), [`Damaged`](LogError::Damaged) or [`Store`](LogError::Store) when the store
    /// fails. Nothing of the batch is kept in either case.
    fn append(&mut self, batch: NewBatch) -> Result<Receipt, LogError> {
        let receipt = self.append_group(&[batch]).pop();
        receipt.unwrap_or(Err(LogError::BatchSize { n_drafts: 0, n_max: DRAFTS_MAX }))
    }

    /// Writes the batches of several people with one flush of the disk. Each is a batch of its own that stands or
    /// falls alone, as if [`append`](Self::append) had been called one after another; the answers come in the same
    /// order. A batch sees the ones before it.
    ///
    /// When the store fails, every batch of the group gets the fault and nothing of any is kept.
    fn append_group(&mut self, batches: &[NewBatch]) -> Vec<Result<Receipt, LogError>>;

    /// Takes batches that were chained before, in another store or an archive of this county, exactly as they are:
    /// all of them or none. When it returns, they are on disk.
    ///
    /// # Errors
    /// [`LogError::Unfit`] naming the first batch that does not follow on what is here: by number, range, hash of the
    /// batch before, its own hash, or the versions of its records. Otherwise whatever the store brings.
    fn adopt(&mut self, run: &[BatchWithEntries]) -> Result<(), LogError>;

    /// The current version of a record, which may be its withdrawal.
    ///
    /// # Errors
    /// Whatever reading the store brings, here and in all methods below.
    fn head(&self, register: &str, record: &str) -> Result<Option<Entry>, LogError>;

    /// The current versions of those of `records` that exist, withdrawals included, in no particular order: one question
    /// to the store, however many there are.
    fn heads(&self, register: &str, records: &[&str]) -> Result<Vec<Entry>, LogError>;

    /// Hands the ids of the records whose id begins with `prefix` to `each`, in their order, withdrawn ones included.
    fn each_record(&self, register: &str, prefix: &str, each: &mut dyn FnMut(&str)) -> Result<(), LogError>;

    /// Every version of a record, oldest first; empty when there is no such record. Accesses are no versions.
    fn history(&self, register: &str, record: &str) -> Result<Vec<Entry>, LogError>;

    /// Up to `limit` entries about a resident with `seq` above `after`, accesses included.
    fn of_resident(&self, resident: &str, after: u64, limit: usize) -> Result<Vec<Entry>, LogError>;

    /// Up to `limit` entries with `seq` above `after`.
    fn entries_after(&self, after: u64, limit: usize) -> Result<Vec<Entry>, LogError>;

    /// Hands every entry from `from_seq` on to `each`, in order and one at a time, until it breaks.
    fn scan(&self, from_seq: u64, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), LogError>;

    /// The place of the last entry; 0 for an empty log.
    fn last_seq(&self) -> Result<u64, LogError> {
        Ok(self.last_batch()?.map_or(0, |batch| batch.last_seq))
    }

    /// The last batch, if any.
    fn last_batch(&self) -> Result<Option<Batch>, LogError>;

    /// The batch with this number.
    fn batch(&self, no: u64) -> Result<Option<Batch>, LogError>;

    /// The batch that was written under this idempotency key.
    fn batch_with_key(&self, key: &str) -> Result<Option<Batch>, LogError>;

    /// The place of the last entry known at a moment: what a question *as of* `at` may see. 0 when nothing was.
    fn seq_as_of(&self, at: Timestamp) -> Result<u64, LogError>;

    /// The hash that stands for everything written so far. Kept elsewhere, it also shows when whole batches were
    /// cut off the end, which no chain can tell from inside.
    fn head_hash(&self) -> Result<Hash, LogError> {
        Ok(self.last_batch()?.map_or(Hash::ZERO, |batch| batch.hash))
    }

    /// Computes the whole chain again and compares the head index with it.
    ///
    /// A fault in the log is an answer, not an error.
    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<VerifyReport, LogError>;
}
