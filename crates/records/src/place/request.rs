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
    pub fn check(batch: NewBatch) -> Result<Self, LogError> {
        check_batch(&batch)?;
        let NewBatch { actor, at, key, on_stale, drafts } = batch;
        let drafts = check_all(drafts)?;
        let key = key.map(|key| (key, request_hash(&actor, on_stale, &drafts)));
        Ok(Self { actor, at, on_stale, drafts, key })
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
