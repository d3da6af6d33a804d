//! Which rows does a transaction insert? Small ones in a statement a table, all sent at once; large ones by COPY.

use std::collections::BTreeMap;

use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error};

use super::read::{small, stored};
use super::session::{Session, has_ended, words};
use super::statements::Statements;
use crate::place::{Head, Placed, Slot};
use crate::{Batch, Entry, LogError};

/// Puts the batches of a transaction in and ends it.
pub(super) async fn finish(
    client: &Client,
    statements: &Statements,
    county: &str,
    batches: &[Batch],
) -> Result<(), Error> {
    let rows = BatchColumns::of(batches);
    let rows = rows.params(&county);
    let (inserted, committed) = tokio::join!(
        biased;
        client.execute(&statements.insert_batches, &rows),
        client.batch_execute("COMMIT")
    );
    inserted.and(committed)
}

/// A whole transaction, sent before the first answer comes.
pub(super) async fn send(
    client: &Client,
    statements: &Statements,
    county: &str,
    placed: &[Placed],
    heads: &[ChangedHead<'_>],
    batches: &[Batch],
) -> Result<(), Error> {
    let (new, known): (Vec<_>, Vec<_>) = heads.iter().copied().partition(|head| head.is_new);
    let entries = EntryColumns::of(placed);
    let (new, moved) = (HeadColumns::of(&new), HeadColumns::of(&known));
    let batches = BatchColumns::of(batches);
    let (entries, new, batches) = (entries.params(&county), new.params(&county), batches.params(&county));
    let moved = moved.params(&county);
    let (begun, entries, new, moved, batches, committed) = tokio::join!(
        biased;
        client.batch_execute("BEGIN"),
        client.execute(&statements.insert_entries, &entries),
        client.execute(&statements.insert_heads, &new),
        async {
            if known.is_empty() { Ok(0) } else { client.execute(&statements.put_heads, &moved).await }
        },
        client.execute(&statements.insert_batches, &batches),
        client.batch_execute("COMMIT")
    );
    // A COMMIT after a fault undoes the transaction, and says so only by the fault before it.
    begun.and(entries).and(new).and(moved).and(batches).and(committed)
}

/// Begins a transaction and copies entries and heads into it.
pub(super) async fn copy(
    client: &Client,
    statements: &Statements,
    county: &str,
    entries: impl Iterator<Item = &Entry>,
    heads: &[ChangedHead<'_>],
) -> Result<(), Error> {
    const ENTRY: [Type; 16] = [
        Type::TEXT,
        Type::INT8,
        Type::TEXT,
        Type::TEXT,
        Type::INT4,
        Type::INT4,
        Type::INT8,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::INT8,
        Type::TEXT,
        Type::TEXT,
        Type::INT8,
    ];
    const HEAD: [Type; 5] = [Type::TEXT, Type::TEXT, Type::TEXT, Type::INT4, Type::INT8];
    let (begun, rows) = tokio::join!(biased; client.batch_execute("BEGIN"), client.copy_in(&statements.copy_entries));
    begun?;
    let writer = BinaryCopyInWriter::new(rows?, &ENTRY);
    let mut writer = std::pin::pin!(writer);
    for entry in entries {
        let on_date = entry.on_date.map(|day| day.to_string());
        let row: [&(dyn ToSql + Sync); 16] = [
            &county,
            &stored(entry.seq),
            &entry.register,
            &entry.record,
            &small(entry.version),
            &entry.base.map(small),
            &entry.prior.map(stored),
            &entry.op.as_str(),
            &entry.org,
            &entry.resident,
            &on_date,
            &&*entry.actor,
            &entry.at.as_microsecond(),
            &entry.body,
            &entry.reason,
            &stored(entry.batch),
        ];
        writer.as_mut().write(&row).await?;
    }
    let (finished, rows) = tokio::join!(biased; writer.finish(), client.copy_in(&statements.copy_heads));
    finished?;
    let (new, known): (Vec<_>, Vec<_>) = heads.iter().copied().partition(|head| head.is_new);
    let writer = BinaryCopyInWriter::new(rows?, &HEAD);
    let mut writer = std::pin::pin!(writer);
    for head in new {
        let row: [&(dyn ToSql + Sync); 5] =
            [&county, &head.register, &head.record, &small(head.head.0), &stored(head.head.1)];
        writer.as_mut().write(&row).await?;
    }
    writer.finish().await?;
    if !known.is_empty() {
        client.execute(&statements.put_heads, &HeadColumns::of(&known).params(&county)).await?;
    }
    Ok(())
}

/// A record whose head the transaction moves.
#[derive(Clone, Copy)]
pub(super) struct ChangedHead<'a> {
    register: &'a str,
    record: &'a str,
    head: Head,
    is_new: bool,
}

impl<'a> ChangedHead<'a> {
    pub fn of((slot, head): (&'a Slot, Head)) -> Self {
        Self { register: &slot.register, record: &slot.record, head, is_new: slot.is_new() }
    }
}

/// Every record once, with its last head, in the order of the index.
pub(super) fn changed_heads(placed: &[Placed]) -> Vec<ChangedHead<'_>> {
    let changed = placed.iter().flat_map(|placed| placed.heads.changed()).map(ChangedHead::of);
    if placed.len() == 1 {
        return changed.collect();
    }
    let mut last: BTreeMap<(&str, &str), ChangedHead<'_>> = BTreeMap::new();
    for head in changed {
        let is_new = last.get(&(head.register, head.record)).map_or(head.is_new, |before| before.is_new);
        last.insert((head.register, head.record), ChangedHead { is_new, ..head });
    }
    last.into_values().collect()
}

/// Rows turned into one array per column.
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Default)]
        struct $name<'a> { $($field: Vec<$kind>,)* }

        impl<'a> $name<'a> {
            /// The county, then the arrays in the order of the statement.
            fn params<'p>(&'p self, county: &'p &'p str) -> Vec<&'p (dyn ToSql + Sync)> {
                vec![county, $(&self.$field,)*]
            }
        }
    };
}

columns! {
    /// Entries, for `insert_entries`.
    EntryColumns {
        seq: i64, register: &'a str, record: &'a str, version: i32, base: Option<i32>, prior: Option<i64>,
        op: &'static str, org: &'a str, resident: Option<&'a str>, on_date: Option<String>, actor: &'a str, at: i64,
        body: &'a str, reason: Option<&'a str>, batch: i64,
    }
}

columns! {
    /// Heads, for `put_heads`.
    HeadColumns { register: &'a str, record: &'a str, version: i32, seq: i64, }
}

columns! {
    /// Batches, for `insert_batches`.
    BatchColumns {
        no: i64, first_seq: i64, last_seq: i64, at: i64, actor: &'a str, key: Option<&'a str>,
        request_hash: Option<&'a [u8]>, entries_hash: &'a [u8], prev_hash: &'a [u8], hash: &'a [u8],
    }
}

impl<'a> EntryColumns<'a> {
    fn of(placed: &'a [Placed]) -> Self {
        let mut columns = Self::default();
        for entry in placed.iter().flat_map(|placed| &placed.entries) {
            columns.seq.push(stored(entry.seq));
            columns.register.push(&entry.register);
            columns.record.push(&entry.record);
            columns.version.push(small(entry.version));
            columns.base.push(entry.base.map(small));
            columns.prior.push(entry.prior.map(stored));
            columns.op.push(entry.op.as_str());
            columns.org.push(&entry.org);
            columns.resident.push(entry.resident.as_deref());
            columns.on_date.push(entry.on_date.map(|day| day.to_string()));
            columns.actor.push(&entry.actor);
            columns.at.push(entry.at.as_microsecond());
            columns.body.push(&entry.body);
            columns.reason.push(entry.reason.as_deref());
            columns.batch.push(stored(entry.batch));
        }
        columns
    }
}

impl<'a> HeadColumns<'a> {
    fn of(heads: &[ChangedHead<'a>]) -> Self {
        let mut columns = Self::default();
        for head in heads {
            columns.register.push(head.register);
            columns.record.push(head.record);
            columns.version.push(small(head.head.0));
            columns.seq.push(stored(head.head.1));
        }
        columns
    }
}

impl<'a> BatchColumns<'a> {
    fn of(batches: &'a [Batch]) -> Self {
        let mut columns = Self::default();
        for batch in batches {
            columns.no.push(stored(batch.no));
            columns.first_seq.push(stored(batch.first_seq));
            columns.last_seq.push(stored(batch.last_seq));
            columns.at.push(batch.at.as_microsecond());
            columns.actor.push(&batch.actor);
            columns.key.push(batch.idempotency_key.as_deref());
            columns.request_hash.push(batch.request_hash.as_ref().map(|hash| hash.0.as_slice()));
            columns.entries_hash.push(&batch.entries_hash.0);
            columns.prev_hash.push(&batch.prev_hash.0);
            columns.hash.push(&batch.hash.0);
        }
        columns
    }
}

/// A fault of the second trip. Somebody else's row at our place means that the lock is not ours after all.
pub(super) fn failed(session: &Session, fault: &Error) -> LogError {
    if is_taken(fault) {
        let detail = format!("another session wrote at the same place: {}; is there a pooler between?", words(fault));
        return LogError::Lost { place: session.place.to_string(), doing: "appending", detail };
    }
    session.explain("appending", fault)
}

/// True when a key of the tables is somebody else's already.
pub(super) fn is_taken(fault: &Error) -> bool {
    fault.code() == Some(&SqlState::UNIQUE_VIOLATION) && !has_ended(fault)
}
