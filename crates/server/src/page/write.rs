//! What may be written over the network, and what is answered?

use crate::app::App;
use crate::ask::{Ask, now};
use crate::problem::Problem;
use crate::wire;
use axum::http::StatusCode;
use base::Text;
use columns::{Mode, Outcome, StoreError, Submission, Verdict};
use records::{Draft, LogError, Op};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// The most records of one request; a file of more is imported.
const MOST_RECORDS: usize = 1_000;

/// The body of `POST /api/records`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    register: String,
    /// A name for this attempt: sent again, it writes nothing new.
    key: Option<String>,
    /// `whole` or `each`.
    #[serde(default)]
    mode: Writing,
    /// Why records that ask for confirmation are right.
    confirm: Option<String>,
    records: Vec<Record>,
}

impl Request {
    /// One new record.
    pub fn one(register: &str, org: String, fields: Map<String, Json>) -> Self {
        Self::of(register, None, None, Record { org: Some(org), fields, ..Record::default() })
    }

    /// One record, new or later.
    pub fn of(register: &str, key: Option<String>, confirm: Option<String>, record: Record) -> Self {
        Self { register: register.to_string(), key, mode: Writing::Whole, confirm, records: vec![record] }
    }
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Writing {
    #[default]
    Whole,
    Each,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Absent on a new record that the log may name.
    pub id: Option<String>,
    /// The version its author had in view; a new record has none.
    pub version: Option<u32>,
    /// The organisation that answers for it; that of the version in view when absent.
    pub org: Option<String>,
    #[serde(default)]
    pub withdraw: bool,
    pub reason: Option<String>,
    #[serde(default)]
    pub fields: Map<String, Json>,
}

/// Judges and writes the records of a request.
pub async fn write(app: &Arc<App>, ask: &Ask, request: Request) -> Result<(StatusCode, wire::Written), Problem> {
    if !app.is_writable() {
        return Err(Problem::read_only());
    }
    check(app, &request)?;
    let (reader, question) = (Arc::clone(app), ask.clone());
    // Corrections look up the version in view, under the lock of whoever is writing.
    let submission = if request.records.iter().any(|record| record.version.is_some()) {
        tokio::task::spawn_blocking(move || submission(&reader, &question, request))
            .await
            .map_err(Problem::inside)??
    } else {
        submission(app, ask, request)?
    };
    let outcome = app.scribe().write(submission).await?.map_err(refused)?;
    let status = if outcome.receipt.is_some() { StatusCode::CREATED } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, written(ask, outcome)))
}

fn check(app: &App, request: &Request) -> Result<(), Problem> {
    let (register, catalog) = (&request.register, app.catalog());
    if catalog.register(register).is_none() {
        return Err(Problem::register(register, catalog.near_register(register)));
    }
    if request.records.is_empty() || request.records.len() > MOST_RECORDS {
        return Err(Problem::wrong(
            "wrong-size",
            Text::both(
                format!("一次应提交1至{MOST_RECORDS}条记录"),
                format!("a request holds 1 to {MOST_RECORDS} records"),
            ),
            Text::both(
                "分几次提交，或用taizhang import导入文件",
                "send several, or import a file with `taizhang import`",
            ),
        ));
    }
    Ok(())
}

fn submission(app: &App, ask: &Ask, request: Request) -> Result<Submission, Problem> {
    let Request { register, key, mode, confirm, records } = request;
    let drafts = records.into_iter().map(|record| draft(app, ask, &register, record)).collect::<Result<_, _>>()?;
    let mode = match mode {
        Writing::Whole => Mode::Whole,
        Writing::Each => Mode::Each,
    };
    Ok(Submission { key, mode, confirm, ..Submission::new(ask.visitor.name(), now(), drafts) })
}

pub(super) fn draft(app: &App, ask: &Ask, register: &str, record: Record) -> Result<Draft, Problem> {
    let county = app.county()?;
    let Record { id, version, org, withdraw, reason, fields } = record;
    let Some(version) = version else {
        let mut draft = Draft::new(Op::Create, register, org.ok_or_else(no_org)?);
        ask.visitor.must_reach(county, &draft.org)?;
        (draft.record, draft.reason, draft.body) = (id, reason, fields);
        return Ok(draft);
    };
    let reason = reason.ok_or_else(no_reason)?;
    let id = id.ok_or_else(|| Problem::absent("id"))?;
    let seen = app.store().log().history(register, &id)?.into_iter().find(|entry| entry.version == version);
    let seen = seen.ok_or_else(|| Problem::record(register, &id))?;
    ask.visitor.must_reach(county, &seen.org)?;
    let mut draft =
        if withdraw { Draft::withdrawing(&seen, reason) } else { changed(Draft::correcting(&seen, reason)?, fields) };
    if let Some(org) = org {
        ask.visitor.must_reach(county, &org)?;
        draft.org = org;
    }
    Ok(draft)
}

/// The version in view with the fields given in place of its own; `null` empties one. Fields that were masked on the
/// screen need not be sent back.
fn changed(mut draft: Draft, fields: Map<String, Json>) -> Draft {
    for (name, value) in fields {
        if value.is_null() {
            draft.body.shift_remove(&name);
        } else {
            draft.body.insert(name, value);
        }
    }
    draft
}

fn no_org() -> Problem {
    Problem::wrong(
        "no-org",
        Text::both("新记录须写明机构", "a new record needs the organisation that answers for it"),
        Text::both("填写org", "add \"org\""),
    )
}

pub(super) fn no_reason() -> Problem {
    Problem::wrong(
        "no-reason",
        Text::both("更正或撤回须说明原因", "a correction or withdrawal needs a reason"),
        Text::both("填写reason", "add \"reason\""),
    )
}

pub(super) fn written(ask: &Ask, outcome: Outcome) -> wire::Written {
    let Outcome { receipt, n_accepted, n_refused, refusals } = outcome;
    wire::Written {
        accepted: n_accepted,
        refused: n_refused,
        batch: receipt.map(|receipt| receipt.batch),
        first_seq: receipt.map(|receipt| receipt.first_seq),
        last_seq: receipt.map(|receipt| receipt.last_seq),
        hash: receipt.map(|receipt| receipt.hash.to_string()),
        refusals: refusals
            .into_iter()
            .map(|refusal| wire::Refused {
                index: refusal.index,
                record: refusal.record,
                verdict: match refusal.verdict {
                    Verdict::Refuse => "refuse",
                    Verdict::Confirm => "confirm",
                },
                rule: refusal.rule,
                field: refusal.column,
                say: refusal.say.get(ask.language).to_string(),
            })
            .collect(),
    }
}

/// What the log says of a batch as a whole. Versions that clash are named, not shown: whoever opens them is logged.
pub(super) fn refused(error: StoreError) -> Problem {
    match error {
        StoreError::Log(fault @ LogError::KeyReused { .. }) => {
            Problem::conflict(Text::both("这个提交编号已用于别的内容，请换一个编号", fault.to_string()))
        }
        StoreError::Log(fault) => match columns::setback(&fault) {
            Some((_, "wrong-draft", say)) => {
                Problem::wrong("wrong-record", say, Text::both("改正后重新提交", "correct it and send it again"))
            }
            Some((_, _, say)) => Problem::conflict(say),
            None => fault.into(),
        },
        other => other.into(),
    }
}
