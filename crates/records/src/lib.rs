//! What was known, and when did we know it?
//!
//! The append-only log of a county. Every fact is an [`Entry`]: a version of a record in a register, written by
//! somebody at some moment, in a [`Batch`] whose hash covers it and everything before. Nothing is ever changed or
//! deleted; a correction is a later version, a withdrawal too, and so is the definition of a pack that was put into
//! force. The log is the database: whatever else is stored can be thrown away and computed from it again.
//!
//! Useful for: writing, the current version and the history of a record, everything about a resident, feeding the
//! columns ([`Log::scan`]), and proving that nothing was touched ([`Log::verify`]; [`hash`] says which bytes are
//! hashed).
//!
//! *Not* useful for: counting, searching in bodies, deciding whether a record is right. This crate never knows
//! packs, indicators or the SQL engine of the columns; to it a body is JSON text.
//!
//! One example runs through everything: see [`SqliteLog`].

mod adopt;
pub mod archive;
mod batch;
mod draft;
mod entry;
mod error;
pub mod hash;
mod log;
mod merge;
mod place;
mod postgres;
pub mod seal;
mod shelf;
mod sqlite;
mod verify;

pub use batch::{Batch, BatchWithEntries, NewBatch, OnStale, Receipt};
pub use draft::{ACTOR_CHARS_MAX, BODY_BYTES_MAX, DRAFTS_MAX, ID_CHARS_MAX, REASON_CHARS_MAX};
pub use entry::{Draft, Entry, Op, derived_record};
pub use error::{LogError, Stale};
pub use hash::Hash;
pub use log::Log;
pub use postgres::PostgresLog;
pub use shelf::{Change, Item, Shelf, ShelfPlace};
pub use sqlite::{SqliteLog, migrate};
pub use verify::{Fault, FaultKind, Progress, VerifyReport};
