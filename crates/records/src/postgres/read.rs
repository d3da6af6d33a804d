//! How does a row of the server become an entry or a batch again?

use std::sync::Arc;

use base::{Date, Timestamp};
use futures_util::StreamExt;
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Row, Statement};

use super::session::{Session, words};
use crate::{Batch, Entry, Hash, LogError, Op};

/// Rows taken at a time from an answer that is still arriving.
const ROWS: usize = 256;

/// Hands every row of an answer of any length to `look`, until it says stop. `look` is called outside the
/// connection's own work, so it may ask other sessions.
pub(super) fn each_row(
    session: &Session,
    statement: &Statement,
    params: &[&(dyn ToSql + Sync)],
    mut look: impl FnMut(&Row) -> Result<bool, String>,
) -> Result<(), String> {
    let answer = session.run(async |client| client.query_raw(statement, params.iter().copied()).await);
    let rows = answer.map_err(|fault| words(&fault))?;
    let mut rows = std::pin::pin!(rows.ready_chunks(ROWS));
    while let Some(some) = session.block_on(rows.next()) {
        for row in some {
            if !look(&row.map_err(|fault| words(&fault))?)? {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The entry in a row of `entry_columns!`; what is wrong with it, otherwise.
pub(super) fn entry(row: &Row, county: &Arc<str>) -> Result<Entry, String> {
    let op: &str = get(row, 6)?;
    let on_date = match get::<Option<&str>>(row, 9)? {
        Some(text) => Some(text.parse::<Date>().map_err(|fault| fault.to_string())?),
        None => None,
    };
    Ok(Entry {
        seq: number(row, 0)?,
        county: Arc::clone(county),
        register: get(row, 1)?,
        record: get(row, 2)?,
        version: version(get(row, 3)?)?,
        base: get::<Option<i32>>(row, 4)?.map(version).transpose()?,
        prior: get::<Option<i64>>(row, 5)?.and_then(|prior| u64::try_from(prior).ok()),
        op: Op::parse(op).ok_or_else(|| format!("\"{op}\" is no operation"))?,
        org: get(row, 7)?,
        resident: get(row, 8)?,
        on_date,
        actor: get::<&str>(row, 10)?.into(),
        at: timestamp(get(row, 11)?)?,
        body: get(row, 12)?,
        reason: get(row, 13)?,
        batch: number(row, 14)?,
    })
}

/// The entry in the one row of an answer, if there is one.
pub(super) fn entry_of(session: &Session, row: Option<&Row>, county: &Arc<str>) -> Result<Option<Entry>, LogError> {
    row.map(|row| entry(row, county)).transpose().map_err(|detail| session.wrong("reading", detail))
}

/// The batch in a row of `batch_columns!`.
pub(super) fn batch(row: &Row) -> Result<Batch, String> {
    Ok(Batch {
        no: number(row, 0)?,
        first_seq: number(row, 1)?,
        last_seq: number(row, 2)?,
        at: timestamp(get(row, 3)?)?,
        actor: get(row, 4)?,
        idempotency_key: get(row, 5)?,
        request_hash: get::<Option<&[u8]>>(row, 6)?.map(hash).transpose()?,
        entries_hash: hash(get(row, 7)?)?,
        prev_hash: hash(get(row, 8)?)?,
        hash: hash(get(row, 9)?)?,
    })
}

/// A list of entries, or the first that is none.
pub(super) fn entries(session: &Session, rows: &[Row], county: &Arc<str>) -> Result<Vec<Entry>, LogError> {
    let entries: Result<Vec<Entry>, String> = rows.iter().map(|row| entry(row, county)).collect();
    entries.map_err(|detail| session.wrong("reading", detail))
}

pub(super) fn get<'r, T: FromSql<'r>>(row: &'r Row, column: usize) -> Result<T, String> {
    row.try_get(column).map_err(|fault| words(&fault))
}

pub(super) fn number(row: &Row, column: usize) -> Result<u64, String> {
    let found: i64 = get(row, column)?;
    u64::try_from(found).map_err(|_| format!("{found} is no place in a log"))
}

/// The server's integers are signed; ours never reach half of `u64`.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A version as it is stored.
pub(super) fn small(version: u32) -> i32 {
    i32::try_from(version).unwrap_or(i32::MAX)
}

pub(super) fn version(found: i32) -> Result<u32, String> {
    u32::try_from(found).map_err(|_| format!("{found} is no version"))
}

fn timestamp(at: i64) -> Result<Timestamp, String> {
    Timestamp::from_microsecond(at).map_err(|fault| fault.to_string())
}

fn hash(bytes: &[u8]) -> Result<Hash, String> {
    bytes.try_into().map(Hash).map_err(|_| format!("a hash has 32 bytes, not {}", bytes.len()))
}
