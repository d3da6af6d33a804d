//! May these records be saved?
//!
//! Types, required fields, ranges and codes are judged here; the packs' own rules run as one statement per register
//! over the relation `this`, so one form and a million imported rows go the same way.

mod field;
mod flow;
mod near;
mod reference;
mod rule;
mod this;
mod unmerge;

pub(crate) use this::{load_this, this_view};
pub(crate) use unmerge::may_unmerge;

use crate::StoreError;
use crate::engine::{Connection, Value};
use crate::snapshot::View;
use base::{Date, Text};
use records::{Draft, Log, Op};
use std::collections::{BTreeMap, BTreeSet};

/// What stands between a draft and the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is not saved.
    Refuse,
    /// It is saved once somebody confirms it with a reason.
    Confirm,
}

/// Why one draft of a batch was not saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The draft's place in its batch, from 0.
    pub index: usize,
    /// Its register.
    pub register: String,
    /// Its id, if it had one.
    pub record: Option<String>,
    /// Refused, or waiting to be confirmed.
    pub verdict: Verdict,
    /// The rule's name.
    pub rule: String,
    /// The column it is about, where it is about one.
    pub column: Option<String>,
    /// The rule's own sentence.
    pub say: Text,
}

/// What a rule of level advise says of a draft. It stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The draft's place in its batch, from 0.
    pub index: usize,
    /// The rule's name.
    pub rule: String,
    /// The rule's own sentence.
    pub say: Text,
}

/// Who wants to write.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// The name under which it is written.
    pub actor: &'a str,
    /// The roles by which flows let somebody move a record; `None` for whoever runs the machine, who is not asked.
    pub roles: Option<&'a BTreeSet<String>>,
}

/// The records somebody wants to write: those of several authors are judged together and do not see each other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proposal<'a> {
    /// The records.
    pub drafts: &'a [&'a Draft],
    /// The author of every draft, by its place among `authors`.
    pub owners: &'a [usize],
    /// Who writes.
    pub authors: &'a [Author<'a>],
    /// The day on which it is judged.
    pub today: Date,
    /// Whether rules of level advise are asked, too.
    pub advises: bool,
}

impl<'a> Proposal<'a> {
    fn author(&self, index: usize) -> Option<&Author<'a>> {
        self.authors.get(*self.owners.get(index)?)
    }
}

/// What came of judging a batch.
#[derive(Debug, Default)]
pub struct Judgment {
    /// Everything that stands in the way, by draft.
    pub refusals: Vec<Refusal>,
    /// What is worth saying of them, where that was asked for.
    pub advice: Vec<Advice>,
    /// The cells of every draft, without bookkeeping; `None` of one that is no version of a known register.
    pub cells: Vec<Option<Vec<Value>>>,
}

/// Judges records against the rows of `view`; where `log` is given and says the same, a few records ask it for the rows
/// they name.
///
/// # Errors
/// Whatever the engine says of a rule, which the packs' check should have said before.
pub(crate) fn judge(
    connection: &Connection,
    view: &View,
    log: Option<&dyn Log>,
    proposal: &Proposal<'_>,
) -> Result<Judgment, StoreError> {
    let drafts = proposal.drafts;
    let mut judgment = Judgment { cells: vec![None; drafts.len()], ..Judgment::default() };
    let mut by_register: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if matches!(draft.op, Op::Create | Op::Correct) {
            by_register.entry(&draft.register).or_default().push(index);
        }
    }
    let mut relied = Vec::new();
    for (id, indices) in by_register {
        let Some(register) = view.catalog.register(id) else {
            let near = view.catalog.near_register(id).map(|n| format!("；是不是“{n}”？")).unwrap_or_default();
            for index in indices {
                let say = Text::both(format!("没有台账“{id}”{near}"), format!("there is no register \"{id}\""));
                judgment.refuse(drafts, index, Verdict::Refuse, "unknown-register", say);
            }
            continue;
        };
        field::judge_fields(&mut judgment, view, register, drafts, &indices);
        let moves = flow::judge_moves(&mut judgment, connection, view, register, proposal, &indices)?;
        relied.extend(rule::judge_rules(&mut judgment, (connection, log), view, register, proposal, &indices, &moves)?);
    }
    unmerge::judge_unmerges(&mut judgment, connection, view, drafts)?;
    reference::refuse_dependents(&mut judgment, drafts, &relied);
    judgment.sort();
    Ok(judgment)
}

impl Judgment {
    /// The judgments of several batches that were judged side by side, given how many drafts each has.
    pub(crate) fn split(self, lengths: impl Iterator<Item = usize>) -> Vec<Self> {
        let mut refusals = self.refusals.into_iter().peekable();
        let mut cells = self.cells.into_iter();
        let mut first = 0;
        let mut parts = Vec::new();
        for length in lengths {
            let end = first + length;
            let mut part = Self::default();
            while let Some(refusal) = refusals.next_if(|refusal| refusal.index < end) {
                part.refusals.push(Refusal { index: refusal.index - first, ..refusal });
            }
            part.cells.extend(cells.by_ref().take(length));
            parts.push(part);
            first = end;
        }
        parts
    }

    /// Puts the refusals in the order of the drafts.
    pub(crate) fn sort(&mut self) {
        self.refusals.sort_by_key(|refusal| refusal.index);
    }

    pub(crate) fn refuse(&mut self, drafts: &[&Draft], index: usize, verdict: Verdict, rule: &str, say: Text) {
        self.refuse_column(drafts, index, verdict, rule, None, say);
    }

    /// The same, of one column.
    pub(crate) fn refuse_column(
        &mut self,
        drafts: &[&Draft],
        index: usize,
        verdict: Verdict,
        rule: &str,
        column: Option<&str>,
        say: Text,
    ) {
        let Some(draft) = drafts.get(index) else { return };
        self.refusals.push(Refusal {
            index,
            register: draft.register.clone(),
            record: draft.record.clone(),
            verdict,
            rule: rule.to_string(),
            column: column.map(str::to_string),
            say,
        });
    }
}

/// What people call the columns every register of a kind has.
pub fn fixed_title(column: &str) -> Text {
    let (zh, en) = match column {
        "resident" => ("居民", "Resident"),
        "household" => ("家庭", "Household"),
        "institution" => ("机构", "Institution"),
        "staff" => ("人员", "Staff"),
        "started_on" => ("开始日期", "Start"),
        "ended_on" => ("结束日期", "End"),
        "on_date" => ("日期", "Date"),
        "at" => ("时间", "Time"),
        "period_from" => ("期初", "Period from"),
        "period_until" => ("期末", "Period until"),
        "filed_on" => ("报送日期", "Filed on"),
        "state" => ("状态", "State"),
        other => (other, other),
    };
    Text::both(zh, en)
}
