//! How are batches of records written?
//!
//! Judged first, then committed to the log, then applied to the tables; acknowledged when all three are done. The
//! batches of several people go through together: one statement per register, one commit, one append.

use crate::StoreError;
use crate::apply::{Pending, county_time};
use crate::complete::complete;
use crate::engine::Value;
use crate::judge::{Author, Judgment, Proposal, Refusal, Verdict, judge};
use crate::setback::setback;
use crate::store::Store;
use base::{Text, Timestamp};
use records::{Draft, LogError, NewBatch, Op, Receipt};
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
        let judgments = self.judge_together(std::slice::from_ref(&submission))?;
        let judgment = judgments.into_iter().next().unwrap_or_default();
        let mut plan = Plan::of(submission, judgment);
        loop {
            let spare = (plan.mode == Mode::Each).then(|| plan.clone());
            let fault = match self.write(vec![plan]).pop() {
                Some(Err(StoreError::Log(fault))) => fault,
                Some(done) => return done,
                None => unreachable!("one plan has one outcome"),
            };
            // What the log finds wrong with one record does not stop the others.
            plan = spare.and_then(|spare| spare.without(&fault)).ok_or(fault)?;
        }
    }

    /// What would become of a batch; nothing is written.
    ///
    /// # Errors
    /// Whatever the engine says of a rule.
    pub fn judge(&self, mut submission: Submission) -> Result<Outcome, StoreError> {
        self.complete(&mut submission);
        let judgments = self.judge_together(std::slice::from_ref(&submission))?;
        let n_drafts = submission.drafts.len();
        let Plan { n_refused, refusals, .. } = Plan::of(submission, judgments.into_iter().next().unwrap_or_default());
        Ok(Outcome { receipt: None, n_accepted: n_drafts - n_refused, n_refused, refusals })
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
                let (numbers, plans): (Vec<usize>, Vec<Plan>) = plans.into_iter().unzip();
                outcomes.extend(numbers.into_iter().zip(self.write(plans)));
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

    fn complete(&self, submission: &mut Submission) {
        for draft in &mut submission.drafts {
            complete(&self.catalog, draft, submission.confirm.as_deref(), submission.at);
        }
    }

    /// Judges batches side by side; each gets its own judgment.
    fn judge_together(&self, batches: &[Submission]) -> Result<Vec<Judgment>, StoreError> {
        let Some(first) = batches.first() else { return Ok(Vec::new()) };
        let drafts: Vec<&Draft> = batches.iter().flat_map(|batch| &batch.drafts).collect();
        let numbered = batches.iter().enumerate();
        let owners: Vec<usize> = numbered.flat_map(|(n, batch)| std::iter::repeat_n(n, batch.drafts.len())).collect();
        let authors: Vec<Author<'_>> =
            batches.iter().map(|batch| Author { actor: &batch.actor, roles: batch.roles.as_ref() }).collect();
        let today = county_time(first.at).date();
        let proposal = Proposal { drafts: &drafts, owners: &owners, authors: &authors, today };
        let mut judgment = judge(&self.writer, &self.current(), &proposal)?;
        self.judge_orgs(&drafts, &mut judgment);
        judgment.sort();
        Ok(judgment.split(batches.iter().map(|batch| batch.drafts.len())))
    }

    /// The organisation that answers for a record must be one of the county's.
    fn judge_orgs(&self, drafts: &[&Draft], judgment: &mut Judgment) {
        let Some(county) = &self.catalog.county else { return };
        let known: BTreeSet<&str> = county.orgs.iter().map(|org| org.id.as_str()).collect();
        for (index, draft) in drafts.iter().enumerate().filter(|(_, draft)| !known.contains(draft.org.as_str())) {
            let say =
                Text::both(format!("没有机构“{}”", draft.org), format!("there is no organisation \"{}\"", draft.org));
            judgment.refuse(drafts, index, Verdict::Refuse, "unknown-org", say);
        }
    }

    /// Writes what was planned: one commit of the log, one append to the tables.
    fn write(&mut self, plans: Vec<Plan>) -> Vec<Result<Outcome, StoreError>> {
        let mut applying = Applying { pending: Some(Pending::default()), seq: self.seq() };
        let (mut batches, mut waiting) = (Vec::new(), Vec::with_capacity(plans.len()));
        for Plan { batch, rows, n_refused, refusals, .. } in plans {
            let author = batch.map(|batch| {
                let author = (batch.actor.clone(), batch.at, batch.drafts.len());
                batches.push(batch);
                author
            });
            waiting.push((author, rows, n_refused, refusals));
        }
        let mut receipts = self.log.append_group(batches).into_iter();
        let mut outcomes = Vec::with_capacity(waiting.len());
        for (author, rows, n_refused, refusals) in waiting {
            let Some(((actor, at, n_accepted), appended)) = author.and_then(|author| Some((author, receipts.next()?)))
            else {
                outcomes.push(Ok(Outcome { receipt: None, n_accepted: 0, n_refused, refusals }));
                continue;
            };
            if let Ok(receipt) = &appended {
                applying.take(rows, *receipt, &actor, at);
            }
            let outcome = |receipt| Outcome { receipt: Some(receipt), n_accepted, n_refused, refusals };
            outcomes.push(appended.map(outcome).map_err(StoreError::from));
        }
        match self.apply_written(applying) {
            Ok(()) => outcomes,
            Err(fault) => outcomes.into_iter().map(|outcome| outcome.and_then(|done| behind(done, &fault))).collect(),
        }
    }

    fn apply_written(&mut self, applying: Applying) -> Result<(), StoreError> {
        match applying.pending {
            Some(pending) if applying.seq > self.seq() => self.commit_rows(pending, applying.seq),
            Some(_) => Ok(()),
            None => self.catch_up(),
        }
    }
}

/// Marks the records a batch changes; false when somebody before it in the group changes one of them too.
fn touch(submission: &Submission, touched: &mut BTreeSet<(String, String)>) -> bool {
    let named = submission.drafts.iter().filter(|draft| draft.op.makes_version());
    let records: Vec<(String, String)> =
        named.filter_map(|draft| Some((draft.register.clone(), draft.record.clone()?))).collect();
    let free = records.iter().all(|record| !touched.contains(record));
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

/// A judged batch: what will be written of it.
#[derive(Clone)]
struct Plan {
    mode: Mode,
    batch: Option<NewBatch>,
    rows: Option<Vec<FirstVersion>>,
    /// The places of the drafts kept, in the submission.
    places: Vec<usize>,
    n_refused: usize,
    refusals: Vec<Refusal>,
}

impl Plan {
    fn of(submission: Submission, judgment: Judgment) -> Self {
        let Submission { actor, at, key, mode, confirm, drafts, .. } = submission;
        let Judgment { mut refusals, mut cells } = judgment;
        if confirm.is_some() {
            refusals.retain(|refusal| refusal.verdict == Verdict::Refuse);
        }
        let refused: BTreeSet<usize> = refusals.iter().map(|refusal| refusal.index).collect();
        let n_drafts = drafts.len();
        if n_drafts == refused.len() || (mode == Mode::Whole && !refused.is_empty()) {
            return Self { mode, batch: None, rows: None, places: Vec::new(), n_refused: n_drafts, refusals };
        }
        let mut kept = Vec::with_capacity(n_drafts);
        let mut rows = Some(Vec::with_capacity(n_drafts));
        let mut places = Vec::with_capacity(n_drafts);
        for (index, draft) in drafts.into_iter().enumerate().filter(|(index, _)| !refused.contains(index)) {
            let row = first_version(&draft, cells.remove(&index));
            rows = rows.zip(row).map(|(rows, row)| push(rows, row));
            kept.push(draft);
            places.push(index);
        }
        let batch = NewBatch { key, ..NewBatch::new(actor, at, kept) };
        Self { mode, batch: Some(batch), rows, places, n_refused: refused.len(), refusals }
    }

    /// The same without the draft the log will not have; `None` when the fault is not one draft's.
    fn without(mut self, fault: &LogError) -> Option<Self> {
        let (kept, rule, say) = setback(fault)?;
        let batch = self.batch.as_mut()?;
        let index = *self.places.get(kept)?;
        let draft = batch.drafts.remove(kept);
        self.places.remove(kept);
        self.rows.iter_mut().for_each(|rows| drop(rows.remove(kept)));
        self.n_refused += 1;
        self.refusals.push(Refusal {
            index,
            register: draft.register,
            record: draft.record,
            verdict: Verdict::Refuse,
            rule: rule.into(),
            say,
        });
        if batch.drafts.is_empty() {
            self.batch = None;
        }
        Some(self)
    }
}

/// Register, id, organisation and cells of a record's first version.
type FirstVersion = (String, String, String, Vec<Value>);

/// A record's first version with an id of its own: its row need not be read back from the log.
fn first_version(draft: &Draft, cells: Option<Vec<Value>>) -> Option<FirstVersion> {
    let record = draft.record.clone().filter(|_| draft.op == Op::Create)?;
    Some((draft.register.clone(), record, draft.org.clone(), cells?))
}

fn push<T>(mut items: Vec<T>, item: T) -> Vec<T> {
    items.push(item);
    items
}

/// Rows on their way into the tables, as long as none must be read back from the log.
struct Applying {
    pending: Option<Pending>,
    /// The last entry they reach.
    seq: u64,
}

impl Applying {
    fn take(&mut self, rows: Option<Vec<FirstVersion>>, receipt: Receipt, actor: &str, at: Timestamp) {
        if receipt.first_seq != self.seq + 1 {
            self.pending = None;
        }
        let (Some(pending), Some(rows)) = (&mut self.pending, rows) else {
            self.pending = None;
            return;
        };
        let moment = Value::Instant(county_time(at));
        for ((register, record, org, cells), seq) in rows.into_iter().zip(receipt.first_seq..) {
            let mut row = vec![
                Value::Int(seq as i64),
                Value::Text(record),
                Value::Text(org),
                Value::Int(1),
                moment.clone(),
                Value::Text(actor.to_string()),
                moment.clone(),
            ];
            row.extend(cells);
            pending.push_row(&register, row);
        }
        self.seq = receipt.last_seq;
    }
}
