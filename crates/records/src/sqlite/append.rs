//! How drafts become entries: placed one after another inside one transaction, hashed beside it.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use base::Timestamp;
use rusqlite::{CachedStatement, Connection, TransactionBehavior, params};

use super::heads::Heads;
use super::read::{batch_with_key, entry_at, last_batch, stored};
use super::{SqliteLog, explain};
use crate::draft::{Checked, check, check_batch};
use crate::error::Stale;
use crate::hash::{EntriesHasher, batch_hash, request_hash};
use crate::merge::{merge, merge_value};
use crate::{Batch, Draft, Entry, Hash, LogError, NewBatch, OnStale, Op, Receipt, derived_record};

/// Entries handed to the hashing thread at a time. SM3 costs about as much as the insert, so a bulk batch keeps two
/// cores busy; a batch smaller than this is hashed where it stands.
const CHUNK: usize = 1024;

const INSERT_ENTRY: &str = "
    INSERT INTO entry (county, seq, register, record, version, base, prior, op, org, resident, on_date, actor, at,
                       body, reason, batch)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";

pub(super) fn append(log: &mut SqliteLog, batch: NewBatch) -> Result<Receipt, LogError> {
    check_batch(&batch)?;
    let NewBatch { actor, at, key, on_stale, drafts } = batch;
    let mut drafts = check_all(drafts)?;
    let request = key.map(|key| (key, request_hash(&actor, on_stale, &drafts)));

    let path = log.path.clone();
    let county = Arc::clone(&log.county);
    let failed = |fault| explain(&path, "appending", fault);
    let tx = log.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    if let Some((key, hash)) = &request
        && let Some(earlier) = batch_with_key(&tx, &county, key).map_err(failed)?
    {
        return if earlier.request_hash == Some(*hash) {
            Ok(Receipt::from(&earlier))
        } else {
            Err(LogError::KeyReused { key: key.clone(), batch: earlier.no })
        };
    }

    let tip = last_batch(&tx, &county).map_err(failed)?;
    let first_seq = tip.as_ref().map_or(1, |tip| tip.last_seq + 1);
    let ids = ids(&mut drafts, first_seq);
    let mut writer = Writer {
        conn: &tx,
        insert_entry: tx.prepare_cached(INSERT_ENTRY).map_err(failed)?,
        heads: Heads::load(&tx, &county, &drafts, &ids, first_seq).map_err(failed)?,
        county: Arc::clone(&county),
        actor: actor.as_str().into(),
        at: to_microsecond(at),
        on_stale,
        batch: tip.as_ref().map_or(1, |tip| tip.no + 1),
        first_seq,
        n_done: 0,
        path: &path,
    };
    let last_seq = first_seq + drafts.len() as u64 - 1;
    let entries_hash = writer.write_all(drafts.into_iter().zip(ids))?;
    writer.heads.store(&tx, &county).map_err(failed)?;
    let (idempotency_key, request_hash) = request.unzip();
    let mut batch = Batch {
        no: writer.batch,
        first_seq,
        last_seq,
        at: writer.at,
        actor,
        idempotency_key,
        request_hash,
        entries_hash,
        prev_hash: tip.map_or(Hash::ZERO, |tip| tip.hash),
        hash: Hash::ZERO,
    };
    batch.hash = batch_hash(&county, &batch);
    drop(writer);
    insert_batch(&tx, &county, &batch).map_err(failed)?;
    tx.commit().map_err(failed)?;
    Ok(Receipt::from(&batch))
}

/// Checks all drafts, a large batch on all cores, and returns the first fault in their order.
fn check_all(drafts: Vec<Draft>) -> Result<Vec<Checked>, LogError> {
    let n_drafts = drafts.len();
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from).min(n_drafts / CHUNK);
    let mut numbered = drafts.into_iter().enumerate();
    if n_threads < 2 {
        return numbered.map(|(n, draft)| check(n, draft)).collect();
    }
    std::thread::scope(|scope| {
        let mut parts = Vec::with_capacity(n_threads);
        for _ in 0..n_threads {
            let part: Vec<_> = numbered.by_ref().take(n_drafts.div_ceil(n_threads)).collect();
            parts.push(
                scope.spawn(|| part.into_iter().map(|(n, draft)| check(n, draft)).collect::<Result<Vec<_>, _>>()),
            );
        }
        let mut checked = Vec::with_capacity(n_drafts);
        for part in parts {
            checked.extend(part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(checked)
    })
}

/// The record of every draft; those without one get theirs from their place.
fn ids(drafts: &mut [Checked], first_seq: u64) -> Vec<String> {
    let given = drafts.iter_mut().map(|draft| draft.record.take());
    given.zip(first_seq..).map(|(id, seq)| id.unwrap_or_else(|| derived_record(seq))).collect()
}

/// The current version of every record, computed from the entries alone.
pub(super) fn rebuild_head(conn: &mut Connection, county: &str) -> rusqlite::Result<()> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute("DELETE FROM head", [])?;
    // With max(), SQLite takes the other columns from the row that has it.
    tx.execute(
        "INSERT INTO head (county, register, record, version, seq)
         SELECT county, register, record, max(version), seq FROM entry
         WHERE county = ?1 AND op <> 'access' GROUP BY county, register, record",
        [county],
    )?;
    tx.commit()
}

fn insert_batch(conn: &Connection, county: &str, batch: &Batch) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO batch (county, no, first_seq, last_seq, at, actor, key, request_hash, entries_hash, prev_hash, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        county,
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

/// Places drafts into an open transaction.
struct Writer<'c> {
    conn: &'c Connection,
    insert_entry: CachedStatement<'c>,
    heads: Heads,
    county: Arc<str>,
    actor: Arc<str>,
    at: Timestamp,
    on_stale: OnStale,
    batch: u64,
    first_seq: u64,
    /// Drafts placed so far, which is also the index of the next.
    n_done: usize,
    path: &'c Path,
}

impl Writer<'_> {
    fn write_all(&mut self, drafts: impl ExactSizeIterator<Item = (Checked, String)>) -> Result<Hash, LogError> {
        if drafts.len() <= CHUNK {
            let mut hasher = EntriesHasher::new();
            for (draft, record) in drafts {
                hasher.entry(&self.write(draft, record)?);
            }
            return Ok(hasher.finish());
        }
        std::thread::scope(|scope| {
            let (send, receive) = sync_channel::<Vec<Entry>>(4);
            let hashing = scope.spawn(move || {
                let mut hasher = EntriesHasher::new();
                for chunk in receive {
                    chunk.iter().for_each(|entry| hasher.entry(entry));
                }
                hasher.finish()
            });
            let mut chunk = Vec::with_capacity(CHUNK);
            for (draft, record) in drafts {
                chunk.push(self.write(draft, record)?);
                if chunk.len() == CHUNK {
                    // The receiver lives until `send` is dropped, so this cannot fail.
                    let _ = send.send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK)));
                }
            }
            let _ = send.send(chunk);
            drop(send);
            Ok(hashing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }

    fn write(&mut self, draft: Checked, record: String) -> Result<Entry, LogError> {
        let mut entry = Entry {
            seq: self.first_seq + self.n_done as u64,
            county: Arc::clone(&self.county),
            register: draft.register,
            record,
            version: 1,
            base: draft.base_version,
            prior: None,
            op: draft.op,
            org: draft.org,
            resident: draft.resident,
            on_date: draft.on_date,
            actor: Arc::clone(&self.actor),
            at: self.at,
            body: draft.body,
            reason: draft.reason,
            batch: self.batch,
        };
        self.place(&mut entry)?;
        self.insert(&entry).map_err(|fault| self.failed(fault))?;
        self.n_done += 1;
        Ok(entry)
    }

    /// Gives the entry its version, and the record its head.
    fn place(&mut self, entry: &mut Entry) -> Result<(), LogError> {
        match (entry.op, self.heads.of(self.n_done)) {
            (Op::Access, head) => {
                entry.version = head.map_or(0, |(version, _)| version);
                return Ok(());
            }
            (Op::Create, None) => {}
            (Op::Install, None) if entry.base.is_none() => {}
            (Op::Create, Some((version, _))) => {
                return Err(LogError::Exists {
                    draft: self.draft(),
                    register: entry.register.clone(),
                    record: entry.record.clone(),
                    version,
                });
            }
            (op, None) => {
                return Err(LogError::NoRecord {
                    draft: self.draft(),
                    op,
                    register: entry.register.clone(),
                    record: entry.record.clone(),
                });
            }
            (_, Some((version, seq))) => {
                if entry.base.is_some_and(|base| base != version) {
                    self.reconcile(entry, seq)?;
                }
                entry.version = version + 1;
                entry.prior = Some(seq);
            }
        }
        self.heads.set(self.n_done, entry.version, entry.seq);
        Ok(())
    }

    /// Puts a late correction on top of the current version, or says why that cannot be.
    fn reconcile(&self, entry: &mut Entry, head_seq: u64) -> Result<(), LogError> {
        let base_version = entry.base.unwrap_or(0);
        let Some(head) = self.entry_at(head_seq)? else {
            return Err(self.lost(head_seq));
        };
        let mut base = None;
        let mut next = head.prior;
        while let Some(prior) = next.filter(|_| base_version < head.version) {
            let version = self.entry_at(prior)?.ok_or_else(|| self.lost(prior))?;
            if version.version == base_version {
                base = Some(version);
                break;
            }
            next = version.prior;
        }
        let fields = match &base {
            Some(base) if self.on_stale == OnStale::Merge && entry.op == Op::Correct && head.op != Op::Withdraw => {
                match merged(base, &head, entry)? {
                    Ok(()) => return Ok(()),
                    Err(fields) => fields,
                }
            }
            _ => Vec::new(),
        };
        Err(LogError::Stale(Box::new(Stale { draft: self.draft(), base_version, base, head, fields })))
    }

    fn insert(&mut self, entry: &Entry) -> rusqlite::Result<()> {
        self.insert_entry.execute(params![
            entry.county,
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
        Ok(())
    }

    fn entry_at(&self, seq: u64) -> Result<Option<Entry>, LogError> {
        entry_at(self.conn, &self.county, seq).map_err(|fault| self.failed(fault))
    }

    /// The number of the draft at hand, as people count.
    fn draft(&self) -> usize {
        self.n_done + 1
    }

    fn failed(&self, fault: rusqlite::Error) -> LogError {
        explain(self.path, "appending", fault)
    }

    fn lost(&self, seq: u64) -> LogError {
        LogError::Damaged {
            place: self.path.display().to_string(),
            doing: "merging",
            detail: format!("entry {seq} is not there"),
        }
    }
}

/// Rewrites `entry` as the head with the entry's own changes on top, or names the fields that clash.
fn merged(base: &Entry, head: &Entry, entry: &mut Entry) -> Result<Result<(), Vec<String>>, LogError> {
    let body = merge(&base.fields()?, &head.fields()?, &entry.fields()?);
    let org = merge_value(&base.org, head.org.clone(), entry.org.clone());
    let resident = merge_value(&base.resident, head.resident.clone(), entry.resident.clone());
    let on_date = merge_value(&base.on_date, head.on_date, entry.on_date);
    let beside = [("org", org.is_none()), ("resident", resident.is_none()), ("on_date", on_date.is_none())];
    match (body, org, resident, on_date) {
        (Ok(body), Some(org), Some(resident), Some(on_date)) => {
            entry.body = serde_json::Value::Object(body).to_string();
            entry.org = org;
            entry.resident = resident;
            entry.on_date = on_date;
            Ok(Ok(()))
        }
        (body, ..) => {
            let mut fields = body.err().unwrap_or_default();
            let clashing = beside.into_iter().filter(|(_, clashes)| *clashes);
            fields.extend(clashing.map(|(name, _)| name.to_string()));
            Ok(Err(fields))
        }
    }
}

/// Cuts what the store does not keep, so that what is hashed is what is read back.
fn to_microsecond(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}
