//! How do drafts become entries? The same way in every store.
//!
//! Placing decides versions, links, merges and what is stale, and never writes. A store finds heads and earlier
//! entries for it ([`Shelf`]), inserts what was placed, and puts the batch under the chain ([`Placed::seal`]).

mod heads;
mod request;

use std::sync::Arc;

use base::Timestamp;

pub(crate) use self::heads::{Head, Heads, Slot};
pub(crate) use self::request::Request;
use crate::draft::Checked;
use crate::error::Stale;
use crate::hash::{EntriesHasher, batch_hash};
use crate::merge::{merge, merge_value};
use crate::{Batch, Entry, Hash, LogError, OnStale, Op, derived_record};

/// More entries than this are checked on all cores, and hashed on a second one while they are inserted: SM3 costs
/// about as much as an insert.
pub(crate) const CHUNK: usize = 1024;

/// What placing asks of a store.
pub(crate) trait Shelf {
    /// Fills in the head of every record; the slots come in the order of the head index.
    fn find_heads(&mut self, slots: &mut [Slot]) -> Result<(), LogError>;

    /// An entry written before the batch at hand.
    fn entry_at(&mut self, seq: u64) -> Result<Option<Entry>, LogError>;

    /// The file or the address, for messages.
    fn place(&self) -> String;
}

/// Where the next batch goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tip {
    /// The last batch; 0 when there is none.
    pub no: u64,
    /// Its last entry.
    pub last_seq: u64,
    /// Its hash.
    pub hash: Hash,
}

impl Tip {
    /// After this batch; `None` for an empty log.
    pub fn after(batch: Option<&Batch>) -> Self {
        batch.map_or(Self { no: 0, last_seq: 0, hash: Hash::ZERO }, |batch| Self {
            no: batch.no,
            last_seq: batch.last_seq,
            hash: batch.hash,
        })
    }
}

/// A batch whose entries have their places.
pub(crate) struct Placed {
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// The records touched, with their new heads.
    pub heads: Heads,
    batch: Batch,
}

impl Placed {
    /// The batch under the chain.
    pub fn seal(&self, county: &str, entries_hash: Hash, prev_hash: Hash) -> Batch {
        let mut batch = Batch { entries_hash, prev_hash, ..self.batch.clone() };
        batch.hash = batch_hash(county, &batch);
        batch
    }

    /// The batch before it is under the chain: its hashes are not yet known.
    pub fn unsealed(&self) -> &Batch {
        &self.batch
    }

    /// Where the batch after this one goes; its hash is known once this one is sealed.
    pub fn tip(&self) -> Tip {
        Tip::after(Some(&self.batch))
    }
}

/// Gives every draft its place after `tip`, or says which one cannot have any.
pub(crate) fn place(request: Request, county: &Arc<str>, tip: Tip, shelf: &mut impl Shelf) -> Result<Placed, LogError> {
    let Request { actor, at, on_stale, mut drafts, key } = request;
    let first_seq = tip.last_seq + 1;
    let ids = ids(&mut drafts, first_seq);
    let mut heads = Heads::of_drafts(&drafts, &ids, first_seq);
    shelf.find_heads(heads.slots_mut())?;
    let (idempotency_key, request_hash) = key.unzip();
    let batch = Batch {
        no: tip.no + 1,
        first_seq,
        last_seq: tip.last_seq + drafts.len() as u64,
        at: to_microsecond(at),
        actor,
        idempotency_key,
        request_hash,
        entries_hash: Hash::ZERO,
        prev_hash: Hash::ZERO,
        hash: Hash::ZERO,
    };
    let entries = Vec::with_capacity(drafts.len());
    let actor = batch.actor.as_str().into();
    let mut placer = Placer { county, actor, batch: &batch, on_stale, heads, entries, shelf };
    for (draft, record) in drafts.into_iter().zip(ids) {
        placer.place(draft, record)?;
    }
    let Placer { entries, heads, .. } = placer;
    Ok(Placed { entries, heads, batch })
}

/// Hashes the entries of every batch while they are inserted: beside it when there are many.
pub(crate) fn hash_beside<T, E>(placed: &[Placed], insert: impl FnOnce() -> Result<T, E>) -> Result<(Vec<Hash>, T), E> {
    let hash_all = || placed.iter().map(|placed| hash(&placed.entries)).collect();
    if placed.iter().map(|placed| placed.entries.len()).sum::<usize>() <= CHUNK {
        return Ok((hash_all(), insert()?));
    }
    std::thread::scope(|scope| {
        let hashing = scope.spawn(hash_all);
        let inserted = insert()?;
        Ok((hashing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), inserted))
    })
}

fn hash(entries: &[Entry]) -> Hash {
    let mut hasher = EntriesHasher::new();
    entries.iter().for_each(|entry| hasher.entry(entry));
    hasher.finish()
}

/// The record of every draft; those without one get theirs from their place.
fn ids(drafts: &mut [Checked], first_seq: u64) -> Vec<String> {
    let given = drafts.iter_mut().map(|draft| draft.record.take());
    given.zip(first_seq..).map(|(id, seq)| id.unwrap_or_else(|| derived_record(seq))).collect()
}

/// Cuts what the store does not keep, so that what is hashed is what is read back.
fn to_microsecond(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// Places one draft after another.
struct Placer<'a, S> {
    county: &'a Arc<str>,
    actor: Arc<str>,
    batch: &'a Batch,
    on_stale: OnStale,
    heads: Heads,
    entries: Vec<Entry>,
    shelf: &'a mut S,
}

impl<S: Shelf> Placer<'_, S> {
    fn place(&mut self, draft: Checked, record: String) -> Result<(), LogError> {
        let mut entry = Entry {
            seq: self.batch.first_seq + self.entries.len() as u64,
            county: Arc::clone(self.county),
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
            at: self.batch.at,
            body: draft.body,
            reason: draft.reason,
            batch: self.batch.no,
        };
        self.version(&mut entry)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Gives the entry its version, and the record its head.
    fn version(&mut self, entry: &mut Entry) -> Result<(), LogError> {
        let index = self.entries.len();
        match (entry.op, self.heads.of(index)) {
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
        self.heads.set(index, entry.version, entry.seq);
        Ok(())
    }

    /// Puts a late correction on top of the current version, or says why that cannot be.
    fn reconcile(&mut self, entry: &mut Entry, head_seq: u64) -> Result<(), LogError> {
        let base_version = entry.base.unwrap_or(0);
        let head = self.entry_at(head_seq)?;
        let mut base = None;
        let mut next = head.prior;
        while let Some(prior) = next.filter(|_| base_version < head.version) {
            let version = self.entry_at(prior)?;
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

    /// An entry of this batch or of an earlier one, which must be there because the head index names it.
    fn entry_at(&mut self, seq: u64) -> Result<Entry, LogError> {
        let here = seq.checked_sub(self.batch.first_seq).and_then(|index| usize::try_from(index).ok());
        let found = match here {
            Some(index) => self.entries.get(index).cloned(),
            None => self.shelf.entry_at(seq)?,
        };
        found.ok_or_else(|| LogError::Damaged {
            place: self.shelf.place(),
            doing: "merging",
            detail: format!("entry {seq} is not there"),
        })
    }

    /// The number of the draft at hand, as people count.
    fn draft(&self) -> usize {
        self.entries.len() + 1
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
