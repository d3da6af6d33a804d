//! Is the log still what was written, and if not, where does it first differ?

mod check;

use std::fmt;

pub(crate) use self::check::{Look, Reader, StoredEntry, StoredVersion, Words, verify};
use crate::Hash;

/// How far a verification has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Entries looked at.
    pub n_done: u64,
    /// Entries there are.
    pub n_total: u64,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Batches in the log.
    pub n_batches: u64,
    /// Entries in the log.
    pub n_entries: u64,
    /// Records the head index knows.
    pub n_records: u64,
    /// The hash of the last batch as stored; worth comparing with one that was kept elsewhere.
    pub head_hash: Hash,
    /// The first fault, if any.
    pub fault: Option<Fault>,
}

impl VerifyReport {
    /// True when nothing was found.
    pub fn is_ok(&self) -> bool {
        self.fault.is_none()
    }
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            None => write!(
                f,
                "{} entries in {} batches are what was written; head hash {}",
                self.n_entries, self.n_batches, self.head_hash
            ),
            Some(fault) => fault.fmt(f),
        }
    }
}

/// The first place where the log is not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The first bad batch.
    pub batch: u64,
    /// Its first entry.
    pub first_seq: u64,
    /// Its last entry, inclusive.
    pub last_seq: u64,
    /// What differs.
    pub kind: FaultKind,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// The batch row is gone, with or without its entries.
    BatchMissing,
    /// The batch does not begin where the one before it ended, or ends before it begins.
    BatchRange,
    /// The batch does not name the hash of the one before it: a batch was exchanged, or changed and hashed anew.
    ChainBroken,
    /// The batch's own fields are not the ones that were hashed.
    HeaderEdited,
    /// The entries are not the ones that were hashed.
    EntriesEdited,
    /// An entry is not there.
    EntryMissing {
        /// The first one missing.
        seq: u64,
    },
    /// The head index does not agree with the entries, which are sound.
    HeadDisagrees {
        /// The entry it should know, or should not.
        seq: u64,
    },
    /// The storage engine cannot read it.
    Unreadable {
        /// The engine's own words.
        detail: String,
    },
    /// The entries are sound, but the engine's own structures beside them are not.
    Structure {
        /// The engine's own words.
        detail: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { batch, first_seq, last_seq, kind } = self;
        write!(f, "batch {batch} (entries {first_seq} to {last_seq}): {kind}; {}", kind.next())
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BatchMissing => f.write_str("the batch is not there"),
            Self::BatchRange => f.write_str("it does not begin where the batch before it ended"),
            Self::ChainBroken => f.write_str("it does not follow on the hash of the batch before it"),
            Self::HeaderEdited => f.write_str("its own fields are not the ones that were hashed"),
            Self::EntriesEdited => f.write_str("its entries are not the ones that were hashed"),
            Self::EntryMissing { seq } => write!(f, "entry {seq} is not there"),
            Self::HeadDisagrees { seq } => write!(f, "the head index disagrees with entry {seq}"),
            Self::Unreadable { detail } => write!(f, "it cannot be read (\"{detail}\")"),
            Self::Structure { detail } => write!(f, "the file's own structures are damaged (\"{detail}\")"),
        }
    }
}

impl FaultKind {
    /// What to do about it.
    pub fn next(&self) -> &'static str {
        match self {
            Self::HeadDisagrees { .. } => "the entries are sound: rebuild the head index from them",
            Self::Structure { .. } => "the entries are sound: copy them into a new log, or restore a backup",
            _ => "keep this file as evidence, restore a backup and append what came after it",
        }
    }
}
