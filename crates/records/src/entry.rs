//! What is one line of the log, and how does a caller propose it?

use std::fmt;
use std::sync::Arc;

use base::Date;
use base::Timestamp;
use serde_json::{Map, Value};

use crate::LogError;

/// What an entry does to its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// The first version of a record.
    Create,
    /// A later version, with the whole body as it should have been. After a withdrawal it brings the record back.
    Correct,
    /// A later version that says the record should not be there. Earlier versions stay.
    Withdraw,
    /// A definition put into force (a pack, a county file): the first version or the next one, whichever it is.
    Install,
    /// Somebody looked. Makes no version; carries the version that was seen, 0 when there was none.
    Access,
}

impl Op {
    /// Every operation, in the order of its life.
    pub const ALL: [Self; 5] = [Self::Create, Self::Correct, Self::Withdraw, Self::Install, Self::Access];

    /// The word that is stored and hashed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Correct => "correct",
            Self::Withdraw => "withdraw",
            Self::Install => "install",
            Self::Access => "access",
        }
    }

    /// The operation with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.as_str() == word)
    }

    /// True when the entry becomes the record's current version.
    pub fn makes_version(self) -> bool {
        self != Self::Access
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One proposed entry, before the log gives it a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The register, such as `htn.follow_up`.
    pub register: String,
    /// The record's own id, at most 64 characters and not starting with `_`. `None` on a first version: the log
    /// derives one from the entry's place ([`derived_record`]).
    pub record: Option<String>,
    /// What is proposed.
    pub op: Op,
    /// The version the author had in view. `None` applies to whatever is current.
    pub base_version: Option<u32>,
    /// The organisation that answers for the record.
    pub org: String,
    /// The resident it is about, if any.
    pub resident: Option<String>,
    /// The day it is about, if any; not the day it was written.
    pub on_date: Option<Date>,
    /// The whole body of the version, in the order the keys are to be kept.
    pub body: Map<String, Value>,
    /// Why, for corrections, withdrawals and accesses.
    pub reason: Option<String>,
}

impl Draft {
    /// A draft with nothing but the necessary; the other fields are set by name.
    pub fn new(op: Op, register: impl Into<String>, org: impl Into<String>) -> Self {
        Self {
            register: register.into(),
            record: None,
            op,
            base_version: None,
            org: org.into(),
            resident: None,
            on_date: None,
            body: Map::new(),
            reason: None,
        }
    }

    /// A draft that corrects `head` as its author saw it: same place, same body, ready to be changed.
    ///
    /// # Errors
    /// [`LogError::Body`] when the stored body is not a JSON object.
    pub fn correcting(head: &Entry, reason: impl Into<String>) -> Result<Self, LogError> {
        Ok(Self {
            register: head.register.clone(),
            record: Some(head.record.clone()),
            op: Op::Correct,
            base_version: Some(head.version),
            org: head.org.clone(),
            resident: head.resident.clone(),
            on_date: head.on_date,
            body: head.fields()?,
            reason: Some(reason.into()),
        })
    }

    /// A draft that withdraws `head` as its author saw it; its last body stays readable in the version before.
    pub fn withdrawing(head: &Entry, reason: impl Into<String>) -> Self {
        Self {
            register: head.register.clone(),
            record: Some(head.record.clone()),
            op: Op::Withdraw,
            base_version: Some(head.version),
            org: head.org.clone(),
            resident: head.resident.clone(),
            on_date: head.on_date,
            body: Map::new(),
            reason: Some(reason.into()),
        }
    }
}

/// The id the log gives to a record that came without one: `_` and the `seq` of its first entry.
pub fn derived_record(seq: u64) -> String {
    format!("_{seq}")
}

/// One entry as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the county's log: 1, 2, 3 … without a gap.
    pub seq: u64,
    /// The county whose log this is.
    pub county: Arc<str>,
    /// The register.
    pub register: String,
    /// The record's id within the register.
    pub record: String,
    /// The record's version: 1, 2, 3 … without a gap; for an access, the version seen.
    pub version: u32,
    /// The version its author had in view, when that was said. Smaller than `version - 1`: the log merged.
    pub base: Option<u32>,
    /// The `seq` of the version before this one, so that a history is a walk and not a search.
    pub prior: Option<u64>,
    /// What the entry does.
    pub op: Op,
    /// The organisation that answers for the record.
    pub org: String,
    /// The resident it is about.
    pub resident: Option<String>,
    /// The day it is about.
    pub on_date: Option<Date>,
    /// Who wrote it.
    pub actor: Arc<str>,
    /// When its batch was committed, by the writer's clock, to the microsecond. Order is told by `seq` alone.
    pub at: Timestamp,
    /// The body exactly as stored and hashed: one JSON object.
    pub body: String,
    /// Why it was written.
    pub reason: Option<String>,
    /// The number of its batch.
    pub batch: u64,
}

impl Entry {
    /// The body's fields.
    ///
    /// # Errors
    /// [`LogError::Body`] when the stored text is not a JSON object, which `append` never writes.
    pub fn fields(&self) -> Result<Map<String, Value>, LogError> {
        serde_json::from_str(&self.body).map_err(|fault| LogError::Body { seq: self.seq, detail: fault.to_string() })
    }

    /// True when the author had an older version in view and the log put both changes together.
    pub fn is_merged(&self) -> bool {
        self.op.makes_version() && self.base.is_some_and(|base| base + 1 < self.version)
    }
}
