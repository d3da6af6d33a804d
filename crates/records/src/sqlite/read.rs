//! How a row of the file becomes an entry or a batch again.

use std::ops::ControlFlow;
use std::sync::Arc;

use base::{Date, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{Batch, Entry, Hash, Op};

/// The columns of an entry in the order [`entry`] and the verification read them.
macro_rules! entry_columns {
    () => {
        "entry.seq, entry.register, entry.record, entry.version, entry.base, entry.prior, entry.op, entry.org, \
         entry.resident, entry.on_date, entry.actor, entry.at, entry.body, entry.reason, entry.batch"
    };
}
pub(super) use entry_columns;

macro_rules! batch_columns {
    () => {
        "no, first_seq, last_seq, at, actor, key, request_hash, entries_hash, prev_hash, hash"
    };
}
pub(super) use batch_columns;

pub(super) fn entry_at(conn: &Connection, county: &Arc<str>, seq: u64) -> rusqlite::Result<Option<Entry>> {
    conn.prepare_cached(concat!("SELECT ", entry_columns!(), " FROM entry WHERE seq = ?1"))?
        .query_row([stored(seq)], |row| entry(row, county))
        .optional()
}

pub(super) fn head(
    conn: &Connection,
    county: &Arc<str>,
    register: &str,
    record: &str,
) -> rusqlite::Result<Option<Entry>> {
    conn.prepare_cached(concat!(
        "SELECT ",
        entry_columns!(),
        " FROM head JOIN entry USING (seq) WHERE head.register = ?1 AND head.record = ?2"
    ))?
    .query_row(params![register, record], |row| entry(row, county))
    .optional()
}

/// Walks from the head back along `prior`, which always points to an earlier entry.
pub(super) fn heads(
    conn: &Connection,
    county: &Arc<str>,
    register: &str,
    records: &[&str],
) -> rusqlite::Result<Vec<Entry>> {
    // The order of the join is fixed: every wanted record is one look-up in the index.
    let mut find = conn.prepare_cached(concat!(
        "SELECT ",
        entry_columns!(),
        " FROM json_each(?2) AS wanted
          CROSS JOIN head ON head.register = ?1 AND head.record = wanted.value
          CROSS JOIN entry ON entry.seq = head.seq"
    ))?;
    let wanted = serde_json::Value::from(records).to_string();
    let found = find.query_map(params![register, wanted], |row| entry(row, county))?;
    found.collect()
}

pub(super) fn each_record(
    conn: &Connection,
    register: &str,
    prefix: &str,
    each: &mut dyn FnMut(&str),
) -> rusqlite::Result<()> {
    let mut find = conn.prepare_cached(
        "SELECT record FROM head WHERE register = ?1 AND record >= ?2 AND record < ?3 ORDER BY record",
    )?;
    // No id begins with the last character there is.
    let mut rows = find.query(params![register, prefix, format!("{prefix}{}", char::MAX)])?;
    while let Some(row) = rows.next()? {
        each(row.get_ref(0)?.as_str()?);
    }
    Ok(())
}

pub(super) fn history(
    conn: &Connection,
    county: &Arc<str>,
    register: &str,
    record: &str,
) -> rusqlite::Result<Vec<Entry>> {
    let mut versions = Vec::new();
    let mut next = head(conn, county, register, record)?;
    while let Some(version) = next {
        next = match version.prior {
            Some(prior) if prior < version.seq => entry_at(conn, county, prior)?,
            _ => None,
        };
        versions.push(version);
    }
    versions.reverse();
    Ok(versions)
}

pub(super) fn of_resident(
    conn: &Connection,
    county: &Arc<str>,
    resident: &str,
    after: u64,
    limit: usize,
) -> rusqlite::Result<Vec<Entry>> {
    conn.prepare_cached(concat!(
        "SELECT ",
        entry_columns!(),
        " FROM entry WHERE resident = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3"
    ))?
    .query_map(params![resident, stored(after), i64::try_from(limit).unwrap_or(i64::MAX)], |row| entry(row, county))?
    .collect()
}

pub(super) fn scan(
    conn: &Connection,
    county: &Arc<str>,
    from_seq: u64,
    each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
) -> rusqlite::Result<()> {
    let mut statement =
        conn.prepare_cached(concat!("SELECT ", entry_columns!(), " FROM entry WHERE seq >= ?1 ORDER BY seq"))?;
    let mut rows = statement.query([stored(from_seq)])?;
    while let Some(row) = rows.next()? {
        if each(entry(row, county)?).is_break() {
            break;
        }
    }
    Ok(())
}

pub(super) fn last_batch(conn: &Connection) -> rusqlite::Result<Option<Batch>> {
    conn.prepare_cached(concat!("SELECT ", batch_columns!(), " FROM batch ORDER BY no DESC LIMIT 1"))?
        .query_row([], batch_of)
        .optional()
}

pub(super) fn batch(conn: &Connection, no: u64) -> rusqlite::Result<Option<Batch>> {
    conn.prepare_cached(concat!("SELECT ", batch_columns!(), " FROM batch WHERE no = ?1"))?
        .query_row([stored(no)], batch_of)
        .optional()
}

pub(super) fn batch_with_key(conn: &Connection, key: &str) -> rusqlite::Result<Option<Batch>> {
    conn.prepare_cached(concat!("SELECT ", batch_columns!(), " FROM batch WHERE key = ?1"))?
        .query_row([key], batch_of)
        .optional()
}

pub(super) fn seq_as_of(conn: &Connection, at: Timestamp) -> rusqlite::Result<u64> {
    conn.prepare_cached("SELECT ifnull(max(last_seq), 0) FROM batch WHERE at <= ?1")?
        .query_row([at.as_microsecond()], |row| number(row, 0))
}

/// The entry in a row of [`entry_columns`].
pub(super) fn entry(row: &Row<'_>, county: &Arc<str>) -> rusqlite::Result<Entry> {
    let on_date = match row.get_ref(9)?.as_str_or_null()? {
        Some(text) => Some(text.parse::<Date>().map_err(|fault| wrong(9, Type::Text, fault))?),
        None => None,
    };
    let op = row.get_ref(6)?.as_str()?;
    Ok(Entry {
        seq: number(row, 0)?,
        county: Arc::clone(county),
        register: row.get(1)?,
        record: row.get(2)?,
        version: row.get(3)?,
        base: row.get(4)?,
        prior: row.get::<_, Option<i64>>(5)?.and_then(|prior| u64::try_from(prior).ok()),
        op: Op::parse(op).ok_or_else(|| wrong(6, Type::Text, format!("\"{op}\" is no operation")))?,
        org: row.get(7)?,
        resident: row.get(8)?,
        on_date,
        actor: row.get(10)?,
        at: timestamp(row, 11)?,
        body: row.get(12)?,
        reason: row.get(13)?,
        batch: number(row, 14)?,
    })
}

/// The batch in a row of [`batch_columns`].
pub(super) fn batch_of(row: &Row<'_>) -> rusqlite::Result<Batch> {
    Ok(Batch {
        no: number(row, 0)?,
        first_seq: number(row, 1)?,
        last_seq: number(row, 2)?,
        at: timestamp(row, 3)?,
        actor: row.get(4)?,
        idempotency_key: row.get(5)?,
        request_hash: row.get::<_, Option<[u8; 32]>>(6)?.map(Hash),
        entries_hash: Hash(row.get(7)?),
        prev_hash: Hash(row.get(8)?),
        hash: Hash(row.get(9)?),
    })
}

/// SQLite's integers are signed; ours never reach half of `u64`.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let found: i64 = row.get(column)?;
    u64::try_from(found).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, found))
}

fn timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|fault| wrong(column, Type::Integer, fault))
}

fn wrong(column: usize, kind: Type, fault: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, kind, fault.into())
}
