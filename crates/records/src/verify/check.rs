//! Reads the whole log again with the eyes of a stranger and says where it first differs.
//!
//! First the batches, one after another: numbers, ranges, the chain. Then the entries of each batch, on all cores,
//! each with a connection of its own. Only when all of that holds, the head index and the store's own structures.
//! It never knows which store it reads.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};

use super::{Fault, FaultKind, Progress, VerifyReport};
use crate::hash::{EntriesHasher, Parts, batch_hash};
use crate::{Batch, Hash, LogError};

/// More readers than this only wait for the disk.
const THREADS_MAX: usize = 8;

/// What a store's engine says when something cannot be read: its own words.
pub(crate) type Words<T> = Result<T, String>;

/// A stored entry as it came, before anyone has judged whether it is one.
pub(crate) struct StoredEntry<'a> {
    /// What was hashed; `None` when a value is not of its kind.
    pub parts: Option<Parts<'a>>,
    /// The batch it says it is of.
    pub batch: i64,
}

/// A version in the log beside what the head index says of its record.
pub(crate) struct StoredVersion {
    pub seq: i64,
    pub version: i64,
    pub head: Option<(i64, i64)>,
}

/// What looks at a stored entry or version and says whether to go on.
pub(crate) type Look<'a, T> = &'a mut dyn FnMut(T) -> ControlFlow<()>;

/// One connection to a store, for reading what stands in it, sound or not.
pub(crate) trait Reader {
    /// The batches by number.
    fn batches(&mut self, look: Look<'_, Batch>) -> Words<()>;
    /// The entries from `first` to `last` by place.
    fn entries(&mut self, first: u64, last: u64, look: &mut dyn FnMut(StoredEntry<'_>) -> ControlFlow<()>)
    -> Words<()>;
    /// The last entry beyond `seq`, if any.
    fn last_beyond(&mut self, seq: u64) -> Words<Option<i64>>;
    /// All versions by place, each as (seq, version) with (seq, version) of the head.
    fn versions(&mut self, look: Look<'_, StoredVersion>) -> Words<()>;
    /// How many heads there are, and the place one of them names that is no entry of its record.
    fn heads(&mut self) -> Words<(i64, Option<i64>)>;
    /// What the engine finds wrong with its own structures.
    fn structure(&mut self) -> Words<Option<String>>;
}

/// Verifies a county's log; `open` makes one connection for every thread.
pub(crate) fn verify<R: Reader>(
    county: &str,
    open: &(dyn Fn() -> Result<R, LogError> + Sync),
    progress: &mut dyn FnMut(Progress),
) -> Result<VerifyReport, LogError> {
    let mut reader = open()?;
    let chain = read_chain(&mut reader, county);
    let last = chain.batches.last();
    let mut report = VerifyReport {
        n_batches: chain.batches.len() as u64,
        n_entries: last.map_or(0, |batch| batch.last_seq),
        n_records: 0,
        head_hash: last.map_or(Hash::ZERO, |batch| batch.hash),
        fault: None,
    };
    let in_entries = check_entries(open, &chain.batches, report.n_entries, progress)?;
    report.fault = in_entries.or(chain.fault);
    if report.fault.is_none() {
        report.fault = check_end(&mut reader, last);
    }
    if report.fault.is_none() {
        let checked = check_heads(&mut reader, &chain.batches)
            .and_then(|(n_records, fault)| Ok((n_records, fault, reader.structure()?)));
        let (n_records, in_head, in_structure) = match checked {
            Ok(checked) => checked,
            Err(words) => (0, None, Some(words)),
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

fn read_chain(reader: &mut impl Reader, county: &str) -> Chain {
    let mut chain = Chain { batches: Vec::new(), fault: None };
    let read = reader.batches(&mut |batch| {
        match link_fault(county, chain.batches.last(), &batch) {
            None => chain.batches.push(batch),
            Some(fault) => chain.fault = Some(fault),
        }
        if chain.fault.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    if let Err(detail) = read {
        chain.fault = Some(after(chain.batches.last(), FaultKind::Unreadable { detail }));
    }
    chain
}

/// Why a batch is not the one that follows on `before`.
fn link_fault(county: &str, before: Option<&Batch>, batch: &Batch) -> Option<Fault> {
    if batch.no != before.map_or(1, |before| before.no + 1) {
        return Some(after(before, FaultKind::BatchMissing));
    }
    let first_seq = before.map_or(1, |before| before.last_seq + 1);
    let kind = if batch.prev_hash != before.map_or(Hash::ZERO, |before| before.hash) {
        FaultKind::ChainBroken
    } else if batch_hash(county, batch) != batch.hash {
        FaultKind::HeaderEdited
    } else if batch.first_seq != first_seq || batch.last_seq < batch.first_seq {
        FaultKind::BatchRange
    } else {
        return None;
    };
    Some(at(Some(batch), kind))
}

/// Hashes the entries of every batch again and returns the fault of the lowest batch that has one.
fn check_entries<R: Reader>(
    open: &(dyn Fn() -> Result<R, LogError> + Sync),
    batches: &[Batch],
    n_total: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<Option<Fault>, LogError> {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let n_threads = n_threads.min(THREADS_MAX).min(batches.len());
    let work = Work { open, batches, next: AtomicUsize::new(0), bad_no: AtomicU64::new(u64::MAX) };
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
struct Work<'a, R> {
    open: &'a (dyn Fn() -> Result<R, LogError> + Sync),
    batches: &'a [Batch],
    next: AtomicUsize,
    /// The lowest batch known to be bad; later ones need no look.
    bad_no: AtomicU64,
}

impl<R: Reader> Work<'_, R> {
    fn run(&self, send: Sender<Result<Done, LogError>>) {
        let mut reader = match (self.open)() {
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
            let fault = check_batch(&mut reader, batch)
                .unwrap_or_else(|detail| Some(FaultKind::Unreadable { detail }))
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

fn check_batch(reader: &mut impl Reader, batch: &Batch) -> Words<Option<FaultKind>> {
    let mut hasher = EntriesHasher::new();
    let mut expected = batch.first_seq;
    let mut fault = None;
    reader.entries(batch.first_seq, batch.last_seq, &mut |entry| {
        fault = match &entry.parts {
            None => Some(FaultKind::EntriesEdited),
            Some(parts) if parts.seq != expected => Some(FaultKind::EntryMissing { seq: expected }),
            Some(_) if u64::try_from(entry.batch) != Ok(batch.no) => Some(FaultKind::EntriesEdited),
            Some(parts) => {
                hasher.parts(parts);
                expected += 1;
                return ControlFlow::Continue(());
            }
        };
        ControlFlow::Break(())
    })?;
    if fault.is_some() {
        return Ok(fault);
    }
    if expected != batch.last_seq + 1 {
        return Ok(Some(FaultKind::EntryMissing { seq: expected }));
    }
    Ok((hasher.finish() != batch.entries_hash).then_some(FaultKind::EntriesEdited))
}

/// A batch cut off the end while its entries stayed.
fn check_end(reader: &mut impl Reader, last: Option<&Batch>) -> Option<Fault> {
    match reader.last_beyond(last.map_or(0, |last| last.last_seq)) {
        Ok(None) => None,
        Ok(Some(seq)) => {
            let mut fault = after(last, FaultKind::BatchMissing);
            fault.last_seq = u64::try_from(seq).unwrap_or(fault.first_seq);
            Some(fault)
        }
        Err(detail) => Some(after(last, FaultKind::Unreadable { detail })),
    }
}

/// Every version is its record's head or older than it, and every head is a version.
fn check_heads(reader: &mut impl Reader, batches: &[Batch]) -> Words<(u64, Option<Fault>)> {
    let disagrees = |seq: i64| {
        let seq = u64::try_from(seq).unwrap_or(0);
        let n_before = batches.partition_point(|batch| batch.last_seq < seq);
        at(batches.get(n_before).or(batches.last()), FaultKind::HeadDisagrees { seq })
    };
    let mut n_heads_met = 0;
    let mut fault = None;
    reader.versions(&mut |StoredVersion { seq, version, head }| {
        let is_head = head == Some((seq, version));
        let is_older = head.is_some_and(|head| head.0 > seq && head.1 > version);
        if !is_head && !is_older {
            fault = Some(disagrees(seq));
            return ControlFlow::Break(());
        }
        n_heads_met += i64::from(is_head);
        ControlFlow::Continue(())
    })?;
    if fault.is_some() {
        return Ok((0, fault));
    }
    let (n_heads, stray) = reader.heads()?;
    let fault = (n_heads != n_heads_met).then(|| disagrees(stray.unwrap_or(0)));
    Ok((u64::try_from(n_heads).unwrap_or(0), fault))
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
