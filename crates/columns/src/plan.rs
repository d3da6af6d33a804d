//! What will be written of a judged batch?

use crate::apply::{Row, county_time};
use crate::engine::Value;
use crate::judge::{Judgment, Refusal, Verdict};
use crate::setback::setback;
use crate::submit::{Mode, Outcome, Submission};
use records::{Draft, LogError, NewBatch, Op, Receipt, derived_record};
use std::collections::BTreeSet;

/// A judged batch.
pub(crate) struct Plan {
    pub mode: Mode,
    /// What the log will be given; `None` when nothing is left to write.
    pub batch: Option<NewBatch>,
    /// The cells of every draft of the batch, when all are first versions: their rows need not be read back from the log.
    cells: Option<Vec<Vec<Value>>>,
    /// The places of the drafts kept, in the submission.
    places: Vec<usize>,
    n_refused: usize,
    refusals: Vec<Refusal>,
}

impl Plan {
    pub fn of(submission: Submission, judgment: Judgment) -> Self {
        let Submission { actor, at, key, mode, confirm, drafts, .. } = submission;
        let Judgment { mut refusals, cells, .. } = judgment;
        if confirm.is_some() {
            refusals.retain(|refusal| refusal.verdict == Verdict::Refuse);
        }
        let refused: BTreeSet<usize> = refusals.iter().map(|refusal| refusal.index).collect();
        let n_drafts = drafts.len();
        if n_drafts == refused.len() || (mode == Mode::Whole && !refused.is_empty()) {
            return Self { mode, batch: None, cells: None, places: Vec::new(), n_refused: n_drafts, refusals };
        }
        let mut kept = Vec::with_capacity(n_drafts);
        let mut rows = Some(Vec::with_capacity(n_drafts));
        let mut places = Vec::with_capacity(n_drafts);
        for (index, (draft, cells)) in drafts.into_iter().zip(cells).enumerate() {
            if refused.contains(&index) {
                continue;
            }
            let cells = cells.filter(|_| draft.op == Op::Create);
            match (&mut rows, cells) {
                (Some(rows), Some(cells)) => rows.push(cells),
                _ => rows = None,
            }
            kept.push(draft);
            places.push(index);
        }
        let batch = NewBatch { key, ..NewBatch::new(actor, at, kept) };
        Self { mode, batch: Some(batch), cells: rows, places, n_refused: refused.len(), refusals }
    }

    /// Whether there was something to write, also while the log has it.
    pub fn has_drafts(&self) -> bool {
        !self.places.is_empty()
    }

    /// The rows of the batch when its first draft stands at `first_seq`; `None` when they must be read from the log.
    pub fn rows(&mut self, batch: &NewBatch, first_seq: u64) -> Option<Vec<(String, Row)>> {
        let cells = self.cells.take()?;
        let placed = batch.drafts.iter().zip(cells).zip(first_seq..);
        placed.map(|((draft, cells), seq)| Some((draft.register.clone(), row(batch, draft, cells, seq)?))).collect()
    }

    /// Leaves out the draft the log will not have; false when the fault is not one draft's.
    pub fn leave_out(&mut self, fault: &LogError) -> bool {
        let Some((kept, rule, say)) = setback(fault) else { return false };
        let (Some(batch), Some(index)) = (&mut self.batch, self.places.get(kept).copied()) else { return false };
        let Draft { register, record, .. } = batch.drafts.remove(kept);
        self.places.remove(kept);
        self.cells = None;
        self.n_refused += 1;
        self.refusals.push(Refusal {
            index,
            register,
            record,
            verdict: Verdict::Refuse,
            rule: rule.into(),
            column: None,
            say,
        });
        if batch.drafts.is_empty() {
            self.batch = None;
        }
        true
    }

    /// What became of it; the refusals are handed over.
    pub fn outcome(&mut self, receipt: Option<Receipt>) -> Outcome {
        let n_accepted = if receipt.is_some() { self.places.len() } else { 0 };
        Outcome { receipt, n_accepted, n_refused: self.n_refused, refusals: std::mem::take(&mut self.refusals) }
    }
}

fn row(batch: &NewBatch, draft: &Draft, cells: Vec<Value>, seq: u64) -> Option<Row> {
    let moment = Value::Instant(county_time(batch.at));
    let bookkeeping = [
        Value::Int(i64::try_from(seq).ok()?),
        Value::Text(draft.record.clone().unwrap_or_else(|| derived_record(seq))),
        Value::Text(draft.org.clone()),
        Value::Int(1),
        moment.clone(),
        Value::Text(batch.actor.clone()),
        moment,
    ];
    Some((bookkeeping, cells))
}
