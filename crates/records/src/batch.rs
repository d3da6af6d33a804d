//! What was committed together, and what does the caller get to hold?

use base::Timestamp;

use crate::{Draft, Entry, Hash};

/// What to do with a correction whose author had an older version in view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnStale {
    /// Keep both changes when they touch different fields; refuse when they clash.
    #[default]
    Merge,
    /// Refuse always.
    Refuse,
}

/// Drafts that are to be written together, all or none.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBatch {
    /// Who writes.
    pub actor: String,
    /// The writer's clock; kept to the microsecond.
    pub at: Timestamp,
    /// A name the caller chose for this attempt. Sent again with the same drafts, it gives the first receipt.
    pub key: Option<String>,
    /// What to do with stale corrections.
    pub on_stale: OnStale,
    /// The entries, in order.
    pub drafts: Vec<Draft>,
}

impl NewBatch {
    /// A batch without a key, merging stale corrections.
    pub fn new(actor: impl Into<String>, at: Timestamp, drafts: Vec<Draft>) -> Self {
        Self { actor: actor.into(), at, key: None, on_stale: OnStale::default(), drafts }
    }

    /// The same batch under an idempotency key.
    #[must_use]
    pub fn keyed(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// One committed batch: a link of the hash chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its number: 1, 2, 3 … without a gap.
    pub no: u64,
    /// The first entry.
    pub first_seq: u64,
    /// The last entry, inclusive.
    pub last_seq: u64,
    /// When it was committed, by the writer's clock.
    pub at: Timestamp,
    /// Who wrote it.
    pub actor: String,
    /// The caller's name for it.
    pub idempotency_key: Option<String>,
    /// Hash of what was asked for under that key, so that a different body is noticed.
    pub request_hash: Option<Hash>,
    /// Hash over its entries.
    pub entries_hash: Hash,
    /// Hash of the batch before it; [`Hash::ZERO`] for the first.
    pub prev_hash: Hash,
    /// Hash over all of the above.
    pub hash: Hash,
}

/// A batch on its way from one store to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchWithEntries {
    /// The batch.
    pub batch: Batch,
    /// Everything in it, in order.
    pub entries: Vec<Entry>,
}

/// What an acknowledged append gives back. Holding it means the entries are on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The batch's number.
    pub batch: u64,
    /// The `seq` of the first draft; the others follow in order.
    pub first_seq: u64,
    /// The `seq` of the last draft.
    pub last_seq: u64,
    /// The chain's hash up to here.
    pub hash: Hash,
}

impl From<&Batch> for Receipt {
    fn from(batch: &Batch) -> Self {
        Self { batch: batch.no, first_seq: batch.first_seq, last_seq: batch.last_seq, hash: batch.hash }
    }
}
