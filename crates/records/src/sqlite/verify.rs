//! Reads the whole file again with the eyes of a stranger and says where it first differs.
//!
//! First the batches, one after another: numbers, ranges, the chain. Then the entries of each batch, on all cores.
//! Only when all of that holds, the head index and the engine's own structures.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row, params};

use super::connect;
use super::read::{batch_columns, batch_of, entry_columns, stored};
use crate::hash::{EntriesHasher, Parts, batch_hash};
use crate::{Batch, Fault, FaultKind, Hash, LogError, Progress, VerifyReport};

/// More readers than this only wait for the disk.
const THREADS_MAX: usize = 8;

pub(super) fn verify(path: &Path, progress: &mut dyn FnMut(Progress)) -> Result<VerifyReport, LogError> {
    let (conn, county) = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, true)?;
    let chain = read_chain(&conn, &county);
    let last = chain.batches.last();
    let mut report = VerifyReport {
        n_batches: chain.batches.len() as u64,
        n_entries: last.map_or(0, |batch| batch.last_seq),
        n_records: 0,
        head_hash: last.map_or(Hash::ZERO, |batch| batch.hash),
        fault: None,
    };
    let in_entries = check_entries(path, &chain.batches, report.n_entries, progress)?;
    report.fault = in_entries.or(chain.fault);
    if report.fault.is_none() {
        report.fault = check_end(&conn, &county, last);
    }
    if report.fault.is_none() {
        let checked = check_heads(&conn, &county, &chain.batches)
            .and_then(|(n_records, fault)| Ok((n_records, fault, check_structure(&conn)?)));
        let (n_records, in_head, in_structure) = match checked {
            Ok(checked) => checked,
            Err(fault) => (0, None, Some(fault.to_string())),
        };
        report.n_records = n_records;
        let in_structure = in_structure.map(|detail| at(last, FaultKind::Structure { detail }));
        report.fault = in_head.or(in_structure);
    }
    Ok(report)
}

/// The batches that hang together, and what ends them.
struct Chain {
    batches: Vec<Batch>,
    fault: Option<Fault>,
}

fn read_chain(conn: &Connection, county: &str) -> Chain {
    let mut chain = Chain { batches: Vec::new(), fault: None };
    if let Err(fault) = follow_chain(conn, county, &mut chain) {
        let detail = fault.to_string();
        chain.fault = Some(after(chain.batches.last(), FaultKind::Unreadable { detail }));
    }
    chain
}

fn follow_chain(conn: &Connection, county: &str, chain: &mut Chain) -> rusqlite::Result<()> {
    let mut statement =
        conn.prepare(concat!("SELECT ", batch_columns!(), " FROM batch WHERE county = ?1 ORDER BY no"))?;
    let mut rows = statement.query([county])?;
    while let Some(row) = rows.next()? {
        let batch = batch_of(row)?;
        let before = chain.batches.last();
        let no = before.map_or(1, |before| before.no + 1);
        let first_seq = before.map_or(1, |before| before.last_seq + 1);
        let kind = if batch.no != no {
            chain.fault = Some(after(before, FaultKind::BatchMissing));
            return Ok(());
        } else if batch.prev_hash != before.map_or(Hash::ZERO, |before| before.hash) {
            FaultKind::ChainBroken
        } else if batch_hash(county, &batch) != batch.hash {
            FaultKind::HeaderEdited
        } else if batch.first_seq != first_seq || batch.last_seq < batch.first_seq {
            FaultKind::BatchRange
        } else {
            chain.batches.push(batch);
            continue;
        };
        chain.fault = Some(at(Some(&batch), kind));
        return Ok(());
    }
    Ok(())
}

/// Hashes the entries of every batch again and returns the fault of the lowest batch that has one.
fn check_entries(
    path: &Path,
    batches: &[Batch],
    n_total: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<Option<Fault>, LogError> {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let n_threads = n_threads.min(THREADS_MAX).min(batches.len());
    let work = Work { path, batches, next: AtomicUsize::new(0), bad_no: AtomicU64::new(u64::MAX) };
    std::thread::scope(|scope| {
        let (send, receive) = channel();
        for _ in 0..n_threads {
            let send = send.clone();
            scope.spawn(|| work.run(send));
        }
        drop(send);
        let mut n_done = 0;
        let mut first: Option<Fault> = None;
        for done in receive {
            let Done { n_entries, fault } = done?;
            n_done += n_entries;
            progress(Progress { n_done, n_total });
            if let Some(fault) = fault
                && first.as_ref().is_none_or(|first| fault.batch < first.batch)
            {
                first = Some(fault);
            }
        }
        Ok(first)
    })
}

struct Done {
    n_entries: u64,
    fault: Option<Fault>,
}

/// Batches to be checked, taken in order by several threads.
struct Work<'a> {
    path: &'a Path,
    batches: &'a [Batch],
    next: AtomicUsize,
    /// The lowest batch known to be bad; later ones need no look.
    bad_no: AtomicU64,
}

impl Work<'_> {
    fn run(&self, send: Sender<Result<Done, LogError>>) {
        let (conn, county) = match connect(self.path, OpenFlags::SQLITE_OPEN_READ_ONLY, true) {
            Ok(opened) => opened,
            Err(fault) => {
                let _ = send.send(Err(fault));
                return;
            }
        };
        while let Some(batch) = self.batches.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if batch.no > self.bad_no.load(Ordering::Relaxed) {
                return;
            }
            let fault = check_batch(&conn, &county, batch)
                .unwrap_or_else(|fault| Some(FaultKind::Unreadable { detail: fault.to_string() }))
                .map(|kind| at(Some(batch), kind));
            if fault.is_some() {
                self.bad_no.fetch_min(batch.no, Ordering::Relaxed);
            }
            let done = Done { n_entries: batch.last_seq - batch.first_seq + 1, fault };
            if send.send(Ok(done)).is_err() {
                return;
            }
        }
    }
}

fn check_batch(conn: &Connection, county: &str, batch: &Batch) -> rusqlite::Result<Option<FaultKind>> {
    let mut statement = conn.prepare_cached(concat!(
        "SELECT ",
        entry_columns!(),
        " FROM entry WHERE county = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq"
    ))?;
    let mut rows = statement.query(params![county, stored(batch.first_seq), stored(batch.last_seq)])?;
    let mut hasher = EntriesHasher::new();
    let mut expected = batch.first_seq;
    while let Some(row) = rows.next()? {
        let Some(parts) = parts(row) else {
            return Ok(Some(FaultKind::EntriesEdited));
        };
        if parts.seq != expected {
            return Ok(Some(FaultKind::EntryMissing { seq: expected }));
        }
        if row.get::<_, i64>(14)? != stored(batch.no) {
            return Ok(Some(FaultKind::EntriesEdited));
        }
        hasher.parts(&parts);
        expected += 1;
    }
    if expected != batch.last_seq + 1 {
        return Ok(Some(FaultKind::EntryMissing { seq: expected }));
    }
    Ok((hasher.finish() != batch.entries_hash).then_some(FaultKind::EntriesEdited))
}

/// A batch cut off the end while its entries stayed.
fn check_end(conn: &Connection, county: &str, last: Option<&Batch>) -> Option<Fault> {
    let found = conn.query_row(
        "SELECT max(seq) FROM entry WHERE county = ?1 AND seq > ?2",
        params![county, stored(last.map_or(0, |last| last.last_seq))],
        |row| row.get::<_, Option<i64>>(0),
    );
    match found {
        Ok(None) => None,
        Ok(Some(seq)) => {
            let mut fault = after(last, FaultKind::BatchMissing);
            fault.last_seq = u64::try_from(seq).unwrap_or(fault.first_seq);
            Some(fault)
        }
        Err(fault) => Some(after(last, FaultKind::Unreadable { detail: fault.to_string() })),
    }
}

/// Every version is its record's head or older than it, and every head is a version.
fn check_heads(conn: &Connection, county: &Arc<str>, batches: &[Batch]) -> rusqlite::Result<(u64, Option<Fault>)> {
    let mut statement = conn.prepare(
        "SELECT entry.seq, entry.version, head.seq, head.version
         FROM entry LEFT JOIN head USING (county, register, record)
         WHERE county = ?1 AND op <> 'access' ORDER BY entry.seq",
    )?;
    let disagrees = |seq: i64| {
        let seq = u64::try_from(seq).unwrap_or(0);
        let n_before = batches.partition_point(|batch| batch.last_seq < seq);
        at(batches.get(n_before).or(batches.last()), FaultKind::HeadDisagrees { seq })
    };
    let mut rows = statement.query([county])?;
    let mut n_heads_met = 0;
    while let Some(row) = rows.next()? {
        let (seq, version): (i64, i64) = (row.get(0)?, row.get(1)?);
        let (head_seq, head_version): (Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?);
        let is_head = head_seq == Some(seq) && head_version == Some(version);
        let is_older = head_seq > Some(seq) && head_version > Some(version);
        if !is_head && !is_older {
            return Ok((0, Some(disagrees(seq))));
        }
        n_heads_met += i64::from(is_head);
    }
    let (n_heads, any): (i64, Option<i64>) = conn.query_row(
        "SELECT count(*), max(seq) FILTER (WHERE NOT EXISTS (
             SELECT 1 FROM entry WHERE entry.county = head.county AND entry.seq = head.seq
                AND entry.register = head.register AND entry.record = head.record))
         FROM head",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let fault = (n_heads != n_heads_met).then(|| disagrees(any.unwrap_or(0)));
    Ok((u64::try_from(n_heads).unwrap_or(0), fault))
}

fn check_structure(conn: &Connection) -> rusqlite::Result<Option<String>> {
    let found: String = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((found != "ok").then_some(found))
}

/// The stored bytes of a row as they were hashed; `None` when one is not of its kind.
fn parts<'r>(row: &'r Row<'_>) -> Option<Parts<'r>> {
    let integer = |column| match row.get_ref(column) {
        Ok(ValueRef::Integer(value)) => Some(value),
        _ => None,
    };
    let or_zero = |column| match row.get_ref(column) {
        Ok(ValueRef::Integer(value)) => Some(value),
        Ok(ValueRef::Null) => Some(0),
        _ => None,
    };
    let text = |column| match row.get_ref(column) {
        Ok(ValueRef::Text(bytes)) => Some(bytes),
        _ => None,
    };
    let or_none = |column| match row.get_ref(column) {
        Ok(ValueRef::Text(bytes)) => Some(Some(bytes)),
        Ok(ValueRef::Null) => Some(None),
        _ => None,
    };
    Some(Parts {
        seq: integer(0)?.try_into().ok()?,
        register: text(1)?,
        record: text(2)?,
        version: integer(3)?.try_into().ok()?,
        base: or_zero(4)?.try_into().ok()?,
        prior: or_zero(5)?.try_into().ok()?,
        op: text(6)?,
        org: text(7)?,
        resident: or_none(8)?,
        on_date: or_none(9)?,
        actor: text(10)?,
        at: integer(11)?,
        body: text(12)?,
        reason: or_none(13)?,
    })
}

fn at(batch: Option<&Batch>, kind: FaultKind) -> Fault {
    let (no, first_seq, last_seq) = batch.map_or((0, 0, 0), |batch| (batch.no, batch.first_seq, batch.last_seq));
    Fault { batch: no, first_seq, last_seq, kind }
}

/// A fault in the batch that should have followed, whose end nobody can tell.
fn after(before: Option<&Batch>, kind: FaultKind) -> Fault {
    let (no, last_seq) = before.map_or((0, 0), |batch| (batch.no, batch.last_seq));
    Fault { batch: no + 1, first_seq: last_seq + 1, last_seq: last_seq + 1, kind }
}
