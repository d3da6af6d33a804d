//! How does SQLite take batches? Any number of them in one transaction, each standing or falling alone.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::read::{batch_with_key, entry_at, last_batch, number, stored};
use super::{SqliteLog, explain};
use crate::place::{Heads, Placed, Request, Shelf, Slot, Tip, hash_beside, place};
use crate::{Batch, Entry, LogError, NewBatch, Receipt};

const INSERT_ENTRY: &str = "
    INSERT INTO entry (seq, register, record, version, base, prior, op, org, resident, on_date, actor, at, body,
                       reason, batch)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";

pub(super) fn append_group(log: &mut SqliteLog, batches: &[NewBatch]) -> Vec<Result<Receipt, LogError>> {
    let requests: Vec<_> = batches.iter().map(Request::check).collect();
    let n_batches = requests.len();
    if requests.iter().all(Result::is_err) {
        return requests.into_iter().filter_map(|request| Some(Err(request.err()?))).collect();
    }
    match write_group(log, requests) {
        Ok(receipts) => receipts,
        Err(fault) => (0..n_batches).map(|_| Err(fault.for_each_batch())).collect(),
    }
}

/// Writes the batches that can be written and flushes them together; a fault is of the store and takes all with it.
fn write_group(
    log: &mut SqliteLog,
    requests: Vec<Result<Request, LogError>>,
) -> Result<Vec<Result<Receipt, LogError>>, LogError> {
    let (path, county) = (log.path.clone(), Arc::clone(&log.county));
    let failed = |fault| explain(&path, "appending", fault);
    let is_alone = requests.len() == 1;
    let tx = log.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let mut tip = Tip::after(last_batch(&tx).map_err(failed)?.as_ref());
    let mut receipts = Vec::with_capacity(requests.len());
    for request in requests {
        let written = match request {
            Ok(request) if is_alone => Writer { conn: &tx, county: &county, path: &path }.write(request, &mut tip),
            Ok(request) => write_apart(&tx, &county, &path, request, &mut tip),
            Err(fault) => Err(fault),
        };
        match written {
            Err(fault) if !fault.is_refusal() => return Err(fault),
            written => receipts.push(written),
        }
    }
    if receipts.iter().any(Result::is_ok) {
        tx.commit().map_err(failed)?;
    }
    Ok(receipts)
}

/// Writes one batch so that its refusal leaves the ones before it.
fn write_apart(
    tx: &Transaction<'_>,
    county: &Arc<str>,
    path: &Path,
    request: Request,
    tip: &mut Tip,
) -> Result<Receipt, LogError> {
    let failed = |fault| explain(path, "appending", fault);
    let run = |sql| tx.prepare_cached(sql)?.execute([]).map(|_| ());
    run("SAVEPOINT one_batch").map_err(failed)?;
    let written = Writer { conn: tx, county, path }.write(request, tip);
    if written.as_ref().is_err_and(LogError::is_refusal) {
        run("ROLLBACK TO one_batch").map_err(failed)?;
    }
    if written.as_ref().map_or_else(LogError::is_refusal, |_| true) {
        run("RELEASE one_batch").map_err(failed)?;
    }
    written
}

/// The current version of every record, computed from the entries alone.
pub(super) fn rebuild_head(conn: &mut Connection) -> rusqlite::Result<()> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute("DELETE FROM head", [])?;
    // With max(), SQLite takes the other columns from the row that has it.
    tx.execute(
        "INSERT INTO head (register, record, version, seq)
         SELECT register, record, max(version), seq FROM entry WHERE op <> 'access' GROUP BY register, record",
        [],
    )?;
    tx.commit()
}

/// Writes batches into an open transaction.
struct Writer<'c> {
    conn: &'c Connection,
    county: &'c Arc<str>,
    path: &'c Path,
}

impl Writer<'_> {
    /// Writes a batch after `tip` and moves it.
    fn write(&mut self, request: Request, tip: &mut Tip) -> Result<Receipt, LogError> {
        if let Some((key, _)) = &request.key
            && let Some(earlier) = batch_with_key(self.conn, key).map_err(|fault| self.failed(fault))?
        {
            return request.repeats(&earlier);
        }
        let placed = [place(request, self.county, *tip, self)?];
        let (hashes, ()) = hash_beside(&placed, || {
            let [Placed { entries, heads, .. }] = &placed;
            let inserted = insert_entries(self.conn, entries).and_then(|()| put_heads(self.conn, heads));
            inserted.map_err(|fault| self.failed(fault))
        })?;
        let [placed] = &placed;
        let batch = placed.seal(self.county, hashes[0], tip.hash);
        insert_batch(self.conn, &batch).map_err(|fault| self.failed(fault))?;
        *tip = Tip::after(Some(&batch));
        Ok(Receipt::from(&batch))
    }

    fn failed(&self, fault: rusqlite::Error) -> LogError {
        explain(self.path, "appending", fault)
    }
}

impl Shelf for Writer<'_> {
    /// A record whose first draft creates it is put into the index at once, which finds out whether it was there.
    fn find_heads(&mut self, slots: &mut [Slot]) -> Result<(), LogError> {
        find_heads(self.conn, slots).map_err(|fault| self.failed(fault))
    }

    fn entry_at(&mut self, seq: u64) -> Result<Option<Entry>, LogError> {
        entry_at(self.conn, self.county, seq).map_err(|fault| self.failed(fault))
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}

pub(super) fn find_heads(conn: &Connection, slots: &mut [Slot]) -> rusqlite::Result<()> {
    let mut find = conn.prepare_cached("SELECT version, seq FROM head WHERE register = ?1 AND record = ?2")?;
    let mut begin = conn.prepare_cached(
        "INSERT INTO head (register, record, version, seq) VALUES (?1, ?2, 1, ?3)
         ON CONFLICT DO NOTHING",
    )?;
    for slot in slots {
        if let Some(seq) = slot.begins_at
            && begin.execute(params![slot.register, slot.record, stored(seq)])? == 1
        {
            slot.begun(seq);
            continue;
        }
        let found = find.query_row(params![slot.register, slot.record], |row| Ok((row.get(0)?, number(row, 1)?)));
        slot.found(found.optional()?);
    }
    Ok(())
}

pub(super) fn put_heads(conn: &Connection, heads: &Heads) -> rusqlite::Result<()> {
    let mut put = conn.prepare_cached(
        "INSERT INTO head (register, record, version, seq) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET version = excluded.version, seq = excluded.seq",
    )?;
    for (slot, (version, seq)) in heads.changed() {
        put.execute(params![slot.register, slot.record, version, stored(seq)])?;
    }
    Ok(())
}

pub(super) fn insert_entries(conn: &Connection, entries: &[Entry]) -> rusqlite::Result<()> {
    let mut insert = conn.prepare_cached(INSERT_ENTRY)?;
    for entry in entries {
        insert.execute(params![
            stored(entry.seq),
            entry.register,
            entry.record,
            entry.version,
            entry.base,
            entry.prior.map(stored),
            entry.op.as_str(),
            entry.org,
            entry.resident,
            entry.on_date.map(|day| day.to_string()),
            entry.actor,
            entry.at.as_microsecond(),
            entry.body,
            entry.reason,
            stored(entry.batch),
        ])?;
    }
    Ok(())
}

pub(super) fn insert_batch(conn: &Connection, batch: &Batch) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO batch (no, first_seq, last_seq, at, actor, key, request_hash, entries_hash, prev_hash, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        stored(batch.no),
        stored(batch.first_seq),
        stored(batch.last_seq),
        batch.at.as_microsecond(),
        batch.actor,
        batch.idempotency_key,
        batch.request_hash.map(|hash| hash.0),
        batch.entries_hash.0,
        batch.prev_hash.0,
        batch.hash.0,
    ])?;
    Ok(())
}
