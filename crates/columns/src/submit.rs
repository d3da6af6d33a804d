//! How is a batch of records written?
//!
//! Judged first, then committed to the log, then applied to the tables; acknowledged when all three are done.

use crate::StoreError;
use crate::apply::{Pending, county_time};
use crate::engine::Value;
use crate::judge::{Judgment, Refusal, Verdict, judge};
use crate::store::Store;
use base::{Text, Timestamp};
use pack::model::Register;
use records::{Draft, NewBatch, Op, Receipt};
use serde_json::Value as Json;
use std::collections::BTreeSet;

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
    /// [`StoreError::Log`] when a draft is stale or the store fails; nothing of the batch is kept then.
    pub fn submit(&mut self, submission: Submission) -> Result<Outcome, StoreError> {
        let Submission { actor, at, key, mode, confirm, mut drafts } = submission;
        for draft in &mut drafts {
            self.complete(draft, confirm.as_deref());
        }
        let mut judgment = judge(&self.writer, &self.current(), &drafts, county_time(at).date())?;
        self.judge_orgs(&drafts, &mut judgment);
        if confirm.is_some() {
            judgment.refusals.retain(|refusal| refusal.verdict == Verdict::Refuse);
        }
        let refused: BTreeSet<usize> = judgment.refusals.iter().map(|refusal| refusal.index).collect();
        let n_drafts = drafts.len();
        if n_drafts == refused.len() || (mode == Mode::Whole && !refused.is_empty()) {
            let n_refused = if mode == Mode::Whole { n_drafts } else { refused.len() };
            return Ok(Outcome { receipt: None, n_accepted: 0, n_refused, refusals: judgment.refusals });
        }
        let (kept, cells) = keep(drafts, &refused, &mut judgment);
        let rows = first_versions(&kept, cells);
        let batch = NewBatch { key, ..NewBatch::new(actor.clone(), at, kept) };
        let n_accepted = batch.drafts.len();
        let before = self.log.last_seq()?;
        let receipt = self.log.append(batch)?;
        match rows {
            Some(rows) if receipt.first_seq == before + 1 && self.seq() == before => {
                self.apply_first_versions(rows, receipt, &actor, at)?;
            }
            _ => self.catch_up()?,
        }
        Ok(Outcome { receipt: Some(receipt), n_accepted, n_refused: refused.len(), refusals: judgment.refusals })
    }

    /// Fills in defaults and the places by which the log finds a record.
    fn complete(&self, draft: &mut Draft, confirm: Option<&str>) {
        if let Some(register) = self.catalog.register(&draft.register) {
            fill_defaults(register, draft);
        }
        let text = |key: &str| draft.body.get(key).and_then(Json::as_str).map(str::to_string);
        draft.resident =
            text("resident").or_else(|| (draft.register == "resident").then(|| draft.record.clone()).flatten());
        draft.on_date =
            ["on_date", "started_on", "period_from"].into_iter().find_map(|key| pack::yaml::parse_date(&text(key)?));
        if let (None, Some(reason)) = (&draft.reason, confirm) {
            draft.reason = Some(reason.to_string());
        }
    }

    /// The organisation that answers for a record must be one of the county's.
    fn judge_orgs(&self, drafts: &[Draft], judgment: &mut Judgment) {
        let Some(county) = &self.catalog.county else { return };
        let known: BTreeSet<&str> = county.orgs.iter().map(|org| org.id.as_str()).collect();
        for (index, draft) in drafts.iter().enumerate() {
            if !known.contains(draft.org.as_str()) {
                judgment.refusals.push(Refusal {
                    index,
                    register: draft.register.clone(),
                    record: draft.record.clone(),
                    verdict: Verdict::Refuse,
                    rule: "unknown-org".into(),
                    say: Text::both(
                        format!("没有机构“{}”", draft.org),
                        format!("there is no organisation \"{}\"", draft.org),
                    ),
                });
            }
        }
    }

    fn apply_first_versions(
        &mut self,
        rows: Vec<FirstVersion>,
        receipt: Receipt,
        actor: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let moment = Value::Instant(county_time(at));
        let mut pending = Pending::default();
        for (n, (register, record, org, cells)) in rows.into_iter().enumerate() {
            let mut row = vec![
                Value::Int(receipt.first_seq as i64 + n as i64),
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
        self.commit_rows(pending, receipt.last_seq)
    }
}

/// Fills in what a new record leaves out and the pack has a default for.
pub(crate) fn fill_defaults(register: &Register, draft: &mut Draft) {
    if draft.op != Op::Create {
        return;
    }
    for field in register.fields.values() {
        if let Some(default) = &field.default {
            draft.body.entry(field.id.clone()).or_insert_with(|| default_value(&default.value));
        }
    }
    if let Some(flow) = &register.flow {
        draft.body.entry("state").or_insert_with(|| Json::String(flow.start.value.clone()));
    }
}

pub(crate) fn default_value(written: &str) -> Json {
    match written {
        "true" => Json::Bool(true),
        "false" => Json::Bool(false),
        text => text.parse::<i64>().map_or_else(|_| Json::String(text.to_string()), Json::from),
    }
}

/// The drafts that are not refused, with their cells in the same order.
fn keep(
    drafts: Vec<Draft>,
    refused: &BTreeSet<usize>,
    judgment: &mut Judgment,
) -> (Vec<Draft>, Vec<Option<Vec<Value>>>) {
    let mut kept = Vec::with_capacity(drafts.len());
    let mut cells = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        if !refused.contains(&index) {
            kept.push(draft);
            cells.push(judgment.cells.remove(&index));
        }
    }
    (kept, cells)
}

/// Register, id, organisation and cells of a record's first version.
type FirstVersion = (String, String, String, Vec<Value>);

/// The first version of each draft, when all are first versions with an id of their own: their rows
/// need not be read back from the log.
fn first_versions(kept: &[Draft], cells: Vec<Option<Vec<Value>>>) -> Option<Vec<FirstVersion>> {
    kept.iter()
        .zip(cells)
        .map(|(draft, cells)| {
            let record = draft.record.clone().filter(|_| draft.op == Op::Create)?;
            Some((draft.register.clone(), record, draft.org.clone(), cells?))
        })
        .collect()
}
