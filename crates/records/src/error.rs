//! What can go wrong with the log, where, and what next?

use crate::{Entry, Op};

/// Why the log refused, or could not answer.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// No log where one was expected.
    #[error("there is no log at {place}; check the path, or create the log there first")]
    Missing {
        /// The file or the address.
        place: String,
    },
    /// `create` found something already there.
    #[error("there is already something at {place}; open it, or choose another place for the new log")]
    AlreadyThere {
        /// The file or the address.
        place: String,
    },
    /// Another process writes to this log.
    #[error(
        "{place} is being written by {holder}; a log has one writer: stop the other one, or open it for reading only"
    )]
    Busy {
        /// The file or the address.
        place: String,
        /// Who holds it, as far as is known: `process 4711`.
        holder: String,
    },
    /// `append` on a log opened for reading.
    #[error("{place} was opened for reading only; open it for writing to append")]
    ReadOnly {
        /// The file or the address.
        place: String,
    },
    /// The file is no log of ours.
    #[error("{place} is not a log of this program ({detail}); check the path, or restore the file from a backup")]
    NotALog {
        /// The file.
        place: String,
        /// What was found instead.
        detail: String,
    },
    /// The file was written by another version of the program.
    #[error("{place} has storage format {found}, this program works with {known}; {next}")]
    Format {
        /// The file.
        place: String,
        /// The format found.
        found: i64,
        /// The format this program writes.
        known: i64,
        /// The command that upgrades it, or which program is needed.
        next: String,
    },
    /// The storage engine finds its own structures broken.
    #[error(
        "{place} is damaged: {doing} failed with \"{detail}\"; run verify to find the first bad batch, then restore a backup and append what came after it"
    )]
    Damaged {
        /// The file.
        place: String,
        /// What was being tried.
        doing: &'static str,
        /// The engine's own words.
        detail: String,
    },
    /// No room for the entry; nothing of the batch was kept.
    #[error("the disk holding {place} is full; nothing of the batch was kept: make room and send it again")]
    DiskFull {
        /// The file.
        place: String,
    },
    /// Any other fault of the storage engine; nothing was kept.
    #[error("{doing} in {place} failed ({source}); nothing of it was kept, it may be tried again")]
    Store {
        /// The file or the address.
        place: String,
        /// What was being tried.
        doing: &'static str,
        /// The engine's fault.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The text is no address of a server.
    #[error("this is no address of a PostgreSQL server ({detail}); write postgres://USER@HOST/DATABASE")]
    Address {
        /// What is wrong with it. Never the text itself, which may hold a password.
        detail: String,
    },
    /// The server does not answer, or does not let us in.
    #[error("{place} cannot be reached ({detail}); check the address, and that the server runs and lets this user in")]
    Unreachable {
        /// The address.
        place: String,
        /// What was said instead.
        detail: String,
    },
    /// The server would acknowledge what is not on disk.
    #[error("{place} cannot keep a log: {detail}; change that setting of the server, or use another one")]
    NotDurable {
        /// The address.
        place: String,
        /// The setting.
        detail: String,
    },
    /// The session that held the right to write has ended.
    #[error(
        "the session with {place} was lost while {doing} ({detail}); whether the last batch was written is not known: open the log again, which takes the right to write anew, and send the batch again under its key"
    )]
    Lost {
        /// The address.
        place: String,
        /// What was being tried.
        doing: &'static str,
        /// How it ended.
        detail: String,
    },
    /// A batch with no drafts, or too many.
    #[error("a batch holds 1 to {n_max} drafts, this one has {n_drafts}; split it, or send nothing")]
    BatchSize {
        /// How many there were.
        n_drafts: usize,
        /// How many there may be.
        n_max: usize,
    },
    /// A draft the log cannot hold.
    #[error("{}: {what} {problem}; correct it and send the batch again, nothing of it was kept", place_of(.draft))]
    Draft {
        /// Which draft, counted from 1; 0 for the batch itself.
        draft: usize,
        /// Which field.
        what: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A first version for a record that has one.
    #[error(
        "draft {draft}: {register} {record} exists already, version {version}; correct that version, or use another id"
    )]
    Exists {
        /// Which draft, counted from 1.
        draft: usize,
        /// The register.
        register: String,
        /// The record.
        record: String,
        /// Its current version.
        version: u32,
    },
    /// A later version for a record that has none.
    #[error("draft {draft}: cannot {op} {register} {record}, there is no such record; create it, or check the id")]
    NoRecord {
        /// Which draft, counted from 1.
        draft: usize,
        /// The operation.
        op: Op,
        /// The register.
        register: String,
        /// The record.
        record: String,
    },
    /// Somebody else changed the record in between.
    #[error("{0}")]
    Stale(Box<Stale>),
    /// The same idempotency key with other content.
    #[error(
        "the key \"{key}\" was used for batch {batch} with other content; send the same drafts to get its receipt, or choose a new key"
    )]
    KeyReused {
        /// The key.
        key: String,
        /// The batch that has it.
        batch: u64,
    },
    /// A batch from elsewhere that does not follow on what is here.
    #[error("batch {batch} cannot be taken over: {problem}; nothing of it was kept: use another copy of it")]
    Unfit {
        /// Its number.
        batch: u64,
        /// What does not fit.
        problem: String,
    },
    /// A stored body that is not a JSON object.
    #[error("the body of entry {seq} is not a JSON object ({detail}); run verify to see whether the log was edited")]
    Body {
        /// The entry.
        seq: u64,
        /// The parser's words.
        detail: String,
    },
}

impl LogError {
    /// True when a batch was refused for what is in it; otherwise the store failed.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::BatchSize { .. }
                | Self::Draft { .. }
                | Self::Exists { .. }
                | Self::NoRecord { .. }
                | Self::Stale(_)
                | Self::KeyReused { .. }
                | Self::Body { .. }
        )
    }

    /// The same fault of the store once more, for every batch that was written together.
    pub(crate) fn for_each_batch(&self) -> Self {
        match self {
            Self::Busy { place, holder } => Self::Busy { place: place.clone(), holder: holder.clone() },
            Self::ReadOnly { place } => Self::ReadOnly { place: place.clone() },
            Self::DiskFull { place } => Self::DiskFull { place: place.clone() },
            Self::Lost { place, doing, detail } => Self::Lost { place: place.clone(), doing, detail: detail.clone() },
            Self::Damaged { place, doing, detail } => {
                Self::Damaged { place: place.clone(), doing, detail: detail.clone() }
            }
            Self::Store { place, doing, source } => {
                Self::Store { place: place.clone(), doing, source: source.to_string().into() }
            }
            other => Self::Store { place: "the log".into(), doing: "appending", source: other.to_string().into() },
        }
    }
}

/// Both versions of a write that came too late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Which draft, counted from 1.
    pub draft: usize,
    /// The version the author had in view.
    pub base_version: u32,
    /// That version, if there ever was one.
    pub base: Option<Entry>,
    /// The version that is current.
    pub head: Entry,
    /// The fields both changed; empty when the operations themselves do not go together.
    pub fields: Vec<String>,
}

impl std::fmt::Display for Stale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { draft, base_version, head, fields, .. } = self;
        write!(
            f,
            "draft {draft}: {} {} was at version {base_version} when this was written and is now at version {} \
             ({} by {})",
            head.register, head.record, head.version, head.op, head.actor
        )?;
        if !fields.is_empty() {
            write!(f, "; both changed {}", fields.join(", "))?;
        }
        f.write_str("; look at both versions and send it again against the current one")
    }
}

fn place_of(draft: &usize) -> String {
    if *draft == 0 { "the batch".to_string() } else { format!("draft {draft}") }
}
