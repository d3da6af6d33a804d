//! Does a batch from elsewhere follow on what is here? Asked before anything of it is written, in every store alike.

use crate::hash::{EntriesHasher, batch_hash};
use crate::place::{Heads, Tip};
use crate::{BatchWithEntries, Entry, LogError, Op};

/// Numbers, ranges and hashes of a run of batches that is to stand after `tip`.
pub(crate) fn check_chain(county: &str, mut tip: Tip, run: &[BatchWithEntries]) -> Result<(), LogError> {
    for whole in run {
        let batch = &whole.batch;
        if let Some(problem) = misfit(county, tip, whole) {
            return Err(LogError::Unfit { batch: batch.no, problem });
        }
        tip = Tip::after(Some(batch));
    }
    Ok(())
}

fn misfit(county: &str, tip: Tip, whole: &BatchWithEntries) -> Option<String> {
    let BatchWithEntries { batch, entries } = whole;
    if batch.no != tip.no + 1 {
        return Some(format!("batch {} is next", tip.no + 1));
    }
    if batch.first_seq != tip.last_seq + 1 || batch.last_seq < batch.first_seq {
        let (first, last, next) = (batch.first_seq, batch.last_seq, tip.last_seq + 1);
        return Some(format!("it says it holds entries {first} to {last}, and entry {next} is next"));
    }
    if batch.prev_hash != tip.hash {
        return Some("it does not follow on the hash of the batch before it".into());
    }
    if batch_hash(county, batch) != batch.hash {
        return Some(format!("its own fields are not the ones that were hashed for county \"{county}\""));
    }
    let is_in_place =
        |(entry, seq): (&Entry, u64)| entry.seq == seq && entry.batch == batch.no && &*entry.county == county;
    if entries.len() as u64 != batch.last_seq - batch.first_seq + 1
        || !entries.iter().zip(batch.first_seq..).all(is_in_place)
    {
        return Some("its entries are not all there, or not in order".into());
    }
    let mut hasher = EntriesHasher::new();
    entries.iter().for_each(|entry| hasher.entry(entry));
    (hasher.finish() != batch.entries_hash).then(|| "its entries are not the ones that were hashed".into())
}

/// Every version follows on the one before it. Moves the heads, which the store has filled in, to the last versions.
pub(crate) fn follow_versions(entries: &[&Entry], heads: &mut Heads) -> Result<(), LogError> {
    for (n, entry) in entries.iter().enumerate() {
        let head = heads.of(n);
        let version = head.map_or(0, |(version, _)| version);
        let fits = match entry.op {
            Op::Access => entry.version == version && entry.prior.is_none(),
            _ => entry.version == version + 1 && entry.prior == head.map(|(_, seq)| seq),
        };
        if !fits {
            let (seq, register, record) = (entry.seq, &entry.register, &entry.record);
            let problem = format!("entry {seq} does not follow on version {version} of {register} {record}");
            return Err(LogError::Unfit { batch: entry.batch, problem });
        }
        if entry.op.makes_version() {
            heads.set(n, entry.version, entry.seq);
        }
    }
    Ok(())
}
