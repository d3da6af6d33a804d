//! How are batches of records written?
//!
//! Judged first, then committed to the log, then applied to the tables; acknowledged when all three are done. The
//! batches of several people go through together: one statement per register, one commit, one append.

use crate::StoreError;
use crate::apply::{Pending, county_time};
use crate::complete::complete;
use crate::engine::Connection;
use crate::judge::{Author, Judgment, Proposal, Refusal, Verdict, judge, may_unmerge};
use crate::plan::Plan;
use crate::snapshot::View;
use crate::store::Store;
use base::{Text, Timestamp};
use records::{Draft, Log, LogError, NewBatch, Receipt};
use std::collections::{BTreeMap, BTreeSet};

/// What happens to the rest when one record of a batch is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is written.
    Whole,
    /// The others are.
    Each,
}

/// A batch of records somebody wants to write.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Who writes.
    pub actor: String,
    /// The roles by which flows let them move a record; `None` for whoever runs the machine, who is not asked.
    pub roles: Option<BTreeSet<String>>,
    /// The writer's clock.
    pub at: Timestamp,
    /// A name for this attempt, so that it can be repeated safely.
    pub key: Option<String>,
    /// What a refusal does to the rest.
    pub mode: Mode,
    /// Why records that ask for confirmation are right; without it they are not saved.
    pub confirm: Option<String>,
    /// The records.
    pub drafts: Vec<Draft>,
}

impl Submission {
    /// A batch that is written whole or not at all, by whoever runs the machine; the other fields are set by name.
    pub fn new(actor: impl Into<String>, at: Timestamp, drafts: Vec<Draft>) -> Self {
        Self { actor: actor.into(), roles: None, at, key: None, mode: Mode::Whole, confirm: None, drafts }
    }
}

/// What became of a batch. Accepted plus refused drafts are always all drafts.
#[derive(Debug)]
pub struct Outcome {
    /// Where the accepted ones stand in the log; `None` when nothing was written.
    pub receipt: Option<Receipt>,
    /// How many drafts were written.
    pub n_accepted: usize,
    /// How many were not.
    pub n_refused: usize,
    /// Why, rule by rule; a draft can stand here more than once.
    pub refusals: Vec<Refusal>,
}

impl Store {
    /// Judges a batch and writes what may be written.
    ///
    /// # Errors
    /// [`StoreError::Log`] when a draft of a whole batch is stale or the store fails; nothing of the batch is kept
    /// then.
    pub fn submit(&mut self, mut submission: Submission) -> Result<Outcome, StoreError> {
        self.complete(&mut submission);
        let judgment = self.judge_alone(&submission)?;
        let mut plan = Plan::of(submission, judgment);
        let written = self.write(std::slice::from_mut(&mut plan));
        self.write_on(plan, written)
    }

    /// Writes a plan again without the record the log would not have, until it has all others.
    pub(crate) fn write_on(&mut self, mut plan: Plan, mut written: Written) -> Result<Outcome, StoreError> {
        loop {
            match written.pop() {
                // What the log finds wrong with one record does not stop the others.
                Some(Err(StoreError::Log(fault))) if plan.mode == Mode::Each && plan.leave_out(&fault) => {
                    written = self.write(std::slice::from_mut(&mut plan));
                }
                Some(done) => return done,
                None => unreachable!("one plan has one outcome"),
            }
        }
    }

    /// What would become of a batch; nothing is written.
    ///
    /// # Errors
    /// Whatever the engine says of a rule.
    pub fn judge(&self, mut submission: Submission) -> Result<Outcome, StoreError> {
        self.complete(&mut submission);
        let judgment = self.judge_alone(&submission)?;
        let n_drafts = submission.drafts.len();
        let mut plan = Plan::of(submission, judgment);
        let outcome = plan.outcome(None);
        Ok(Outcome { n_accepted: n_drafts - outcome.n_refused, ..outcome })
    }

    /// Judges and writes the batches of several people with one commit. Each stands or falls for itself; the
    /// outcomes come in the order of the submissions.
    pub fn submit_group(&mut self, submissions: Vec<Submission>) -> Vec<Result<Outcome, StoreError>> {
        let (mut numbers, mut together, mut alone) = (Vec::new(), Vec::new(), Vec::new());
        let mut touched = BTreeSet::new();
        for (n, mut submission) in submissions.into_iter().enumerate() {
            if touch(&submission, &mut touched) {
                self.complete(&mut submission);
                numbers.push(n);
                together.push(submission);
            } else {
                alone.push((n, submission));
            }
        }
        let mut outcomes = BTreeMap::new();
        match self.judge_together(&together) {
            Ok(judgments) => {
                let mut plans = Vec::new();
                for ((n, submission), judgment) in numbers.into_iter().zip(together).zip(judgments) {
                    // Somebody else's record may have been in its way, so it is asked once more.
                    if judgment.refusals.is_empty() {
                        plans.push((n, Plan::of(submission, judgment)));
                    } else {
                        alone.push((n, submission));
                    }
                }
                let (numbers, mut plans): (Vec<usize>, Vec<Plan>) = plans.into_iter().unzip();
                outcomes.extend(numbers.into_iter().zip(self.write(&mut plans)));
            }
            // Whoever caused it hears it; the others are written.
            Err(_) => alone.extend(numbers.into_iter().zip(together)),
        }
        alone.sort_by_key(|(n, _)| *n);
        for (n, submission) in alone {
            outcomes.insert(n, self.submit(submission));
        }
        outcomes.into_values().collect()
    }

    pub(crate) fn complete(&self, submission: &mut Submission) {
        for draft in &mut submission.drafts {
            complete(&self.catalog, draft, submission.confirm.as_deref(), submission.at);
        }
    }

    /// Judges batches side by side; each gets its own judgment.
    fn judge_together(&self, batches: &[Submission]) -> Result<Vec<Judgment>, StoreError> {
        judge_batches(&self.writer, &self.current(), Some(self.log.as_ref()), batches)
    }

    /// Judges one batch.
    pub(crate) fn judge_alone(&self, batch: &Submission) -> Result<Judgment, StoreError> {
        Ok(self.judge_together(std::slice::from_ref(batch))?.pop().unwrap_or_default())
    }

    /// Writes what was planned: one commit of the log, one append to the tables, side by side.
    ///
    /// The rows go into the tables at the places the log is going to give, and stay only when it gave them. Otherwise
    /// (a draft was refused, a batch is a repetition, a version must be read back) the tables catch up with the log.
    pub(crate) fn write(&mut self, plans: &mut [Plan]) -> Written {
        let batches: Vec<NewBatch> = plans.iter_mut().filter_map(|plan| plan.batch.take()).collect();
        let places: Vec<usize> = (0..plans.len()).filter(|n| plans[*n].has_drafts()).collect();
        let ahead = self.ahead(plans, &places, &batches);
        let expected = ahead.as_ref().map(|ahead| ahead.until);
        let (receipts, begun) = self.append(&batches, ahead);
        let is_expected = follows(&receipts, &batches, self.seq() + 1);
        let expected = expected.filter(|_| is_expected);
        self.conclude(plans, batches, receipts, begun, expected)
    }

    /// Keeps the rows that were put into the tables when they reach `expected`; otherwise the tables catch up.
    pub(crate) fn conclude(
        &mut self,
        plans: &mut [Plan],
        batches: Vec<NewBatch>,
        receipts: Receipts,
        begun: Option<Begun>,
        expected: Option<u64>,
    ) -> Written {
        let places: Vec<usize> = (0..plans.len()).filter(|n| plans[*n].has_drafts()).collect();
        let applied = match (begun, expected) {
            (Some(Ok(merges)), Some(until)) => self.keep_rows(merges, until),
            (Some(Err(fault)), Some(_)) => self.forget_rows().and(Err(fault)),
            (Some(_), None) => self.forget_rows().and_then(|()| self.catch_up()),
            (None, _) if receipts.iter().any(Result::is_ok) => self.catch_up(),
            (None, _) => Ok(()),
        };
        let touched: Vec<String> = batches.iter().flat_map(|batch| &batch.drafts).map(|d| d.register.clone()).collect();
        self.note_changes(touched.iter().map(String::as_str), self.seq());
        for ((place, batch), receipt) in places.iter().zip(batches).zip(&receipts) {
            plans[*place].batch = receipt.is_err().then_some(batch);
        }
        let mut receipts = receipts.into_iter();
        let mut outcomes = Vec::with_capacity(plans.len());
        for (n, plan) in plans.iter_mut().enumerate() {
            let receipt = places.contains(&n).then(|| receipts.next()).flatten().transpose();
            outcomes.push(match (receipt, &applied) {
                (Ok(receipt), Ok(())) => Ok(plan.outcome(receipt)),
                (Ok(receipt), Err(fault)) => behind(plan.outcome(receipt), fault),
                (Err(fault), _) => Err(StoreError::Log(fault)),
            });
        }
        outcomes
    }

    /// The rows of all batches at the places they will have when the log takes every one of them.
    pub(crate) fn ahead(&self, plans: &mut [Plan], places: &[usize], batches: &[NewBatch]) -> Option<Ahead> {
        let mut ahead = Ahead { pending: Pending::default(), until: self.seq() };
        for (place, batch) in places.iter().zip(batches) {
            for (register, row) in plans[*place].rows(batch, ahead.until + 1)? {
                ahead.pending.push_row(&register, row);
                ahead.until += 1;
            }
        }
        (ahead.until > self.seq()).then_some(ahead)
    }

    /// Appends to the log and, at the same time, puts rows into the tables without committing them.
    fn append(&mut self, batches: &[NewBatch], ahead: Option<Ahead>) -> (Receipts, Option<Begun>) {
        let Some(Ahead { pending, until }) = ahead else { return (self.log.append_group(batches), None) };
        let (log, tables) = self.log_and_tables();
        std::thread::scope(|scope| {
            let appending = scope.spawn(|| log.append_group(batches));
            let begun = tables.begin_rows(pending, until);
            (appending.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), Some(begun))
        })
    }
}

/// What came of rows that are in the tables and not committed: whether anybody is merged then.
pub(crate) type Begun = Result<bool, StoreError>;

/// What the log answered, batch by batch.
pub(crate) type Receipts = Vec<Result<Receipt, LogError>>;

/// What became of plans.
pub(crate) type Written = Vec<Result<Outcome, StoreError>>;

/// Rows on their way into the tables beside the log.
pub(crate) struct Ahead {
    pub pending: Pending,
    /// The last place they reach.
    pub until: u64,
}

/// Judges batches side by side; each gets its own judgment. A log that is given says the same as the tables.
pub(crate) fn judge_batches(
    writer: &Connection,
    view: &View,
    log: Option<&dyn Log>,
    batches: &[Submission],
) -> Result<Vec<Judgment>, StoreError> {
    let Some(first) = batches.first() else { return Ok(Vec::new()) };
    let drafts: Vec<&Draft> = batches.iter().flat_map(|batch| &batch.drafts).collect();
    let numbered = batches.iter().enumerate();
    let owners: Vec<usize> = numbered.flat_map(|(n, batch)| std::iter::repeat_n(n, batch.drafts.len())).collect();
    let authors: Vec<Author<'_>> =
        batches.iter().map(|batch| Author { actor: &batch.actor, roles: batch.roles.as_ref() }).collect();
    let today = county_time(first.at).date();
    let proposal = Proposal { drafts: &drafts, owners: &owners, authors: &authors, today, advises: false };
    let mut judgment = judge(writer, view, log, &proposal)?;
    judge_orgs(view, &drafts, &mut judgment);
    judgment.sort();
    Ok(judgment.split(batches.iter().map(|batch| batch.drafts.len())))
}

/// The organisation that answers for a record must be one of the county's.
pub(crate) fn judge_orgs(view: &View, drafts: &[&Draft], judgment: &mut Judgment) {
    let Some(county) = &view.catalog.county else { return };
    let known: BTreeSet<&str> = county.orgs.iter().map(|org| org.id.as_str()).collect();
    for (index, draft) in drafts.iter().enumerate().filter(|(_, draft)| !known.contains(draft.org.as_str())) {
        let say = Text::both(format!("没有机构“{}”", draft.org), format!("there is no organisation \"{}\"", draft.org));
        judgment.refuse(drafts, index, Verdict::Refuse, "unknown-org", say);
    }
}

/// Whether every batch stands in the log right behind the one before it, the first at `first_seq`.
pub(crate) fn follows(receipts: &[Result<Receipt, LogError>], batches: &[NewBatch], mut first_seq: u64) -> bool {
    receipts.iter().zip(batches).all(|(receipt, batch)| {
        let expected = first_seq;
        first_seq += batch.drafts.len() as u64;
        receipt.as_ref().is_ok_and(|receipt| receipt.first_seq == expected)
    })
}

/// Marks the records a batch changes; false when somebody before it in the group changes one of them too, and when it
/// may bring a merged resident back, who must be compared with whatever the others write.
fn touch(submission: &Submission, touched: &mut BTreeSet<(String, String)>) -> bool {
    let named = submission.drafts.iter().filter(|draft| draft.op.makes_version());
    let records: Vec<(String, String)> =
        named.filter_map(|draft| Some((draft.register.clone(), draft.record.clone()?))).collect();
    let free = records.iter().all(|record| !touched.contains(record)) && !submission.drafts.iter().any(may_unmerge);
    touched.extend(records);
    free
}

/// What is in the log and not yet in the tables is an answer nobody may rely on before they are in step again.
fn behind(done: Outcome, fault: &StoreError) -> Result<Outcome, StoreError> {
    match done.receipt {
        Some(receipt) => Err(StoreError::Behind { seq: receipt.last_seq, detail: fault.to_string() }),
        None => Ok(done),
    }
}
