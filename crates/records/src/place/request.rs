//! What was asked for, once every draft passed and the bodies are text.

use base::Timestamp;

use super::CHUNK;
use crate::draft::{Checked, check, check_batch};
use crate::hash::request_hash;
use crate::{Batch, Draft, Hash, LogError, NewBatch, OnStale, Receipt};

/// A batch that passed the checks of shape and size.
pub(crate) struct Request {
    pub actor: String,
    pub at: Timestamp,
    pub on_stale: OnStale,
    pub drafts: Vec<Checked>,
    /// The caller's name for this attempt, with the hash of what is asked under it.
    pub key: Option<(String, Hash)>,
}

impl Request {
    /// Checks a batch; needs no store.
    pub fn check(batch: &NewBatch) -> Result<Self, LogError> {
        check_batch(batch)?;
        let NewBatch { actor, at, key, on_stale, drafts } = batch;
        let drafts = check_all(drafts)?;
        let key = key.as_ref().map(|key| (key.clone(), request_hash(actor, *on_stale, &drafts)));
        Ok(Self { actor: actor.clone(), at: *at, on_stale: *on_stale, drafts, key })
    }

    /// The receipt of the batch that was written under this key before, if it is the same one.
    pub fn repeats(&self, earlier: &Batch) -> Result<Receipt, LogError> {
        match &self.key {
            Some((_, hash)) if earlier.request_hash == Some(*hash) => Ok(Receipt::from(earlier)),
            key => Err(LogError::KeyReused {
                key: key.as_ref().map_or_else(String::new, |(key, _)| key.clone()),
                batch: earlier.no,
            }),
        }
    }
}

/// Checks all drafts, a large batch on all cores, and returns the first fault in their order.
fn check_all(drafts: &[Draft]) -> Result<Vec<Checked>, LogError> {
    // Asking how many cores there are reads files of the system: too dear for the one record of a form.
    let n_cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let n_threads = if drafts.len() < 2 * CHUNK { 1 } else { n_cores().min(drafts.len() / CHUNK) };
    let check_part = |first: usize, part: &[Draft]| -> Result<Vec<Checked>, LogError> {
        part.iter().zip(first..).map(|(draft, n)| check(n, draft)).collect()
    };
    if n_threads == 1 {
        return check_part(0, drafts);
    }
    let length = drafts.len().div_ceil(n_threads);
    std::thread::scope(|scope| {
        let parts = drafts.chunks(length).enumerate();
        let parts: Vec<_> = parts.map(|(n, part)| scope.spawn(move || check_part(n * length, part))).collect();
        let mut checked = Vec::with_capacity(drafts.len());
        for part in parts {
            checked.extend(part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(checked)
    })
}
