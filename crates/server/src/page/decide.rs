//! What is decided about a pair of residents, and how is it undone?
//!
//! A decision and the merge it leads to are one batch: both are written, or neither. Undoing withdraws both, so that the
//! pair comes back to whoever reviews.

use super::write::{refused, written};
use crate::app::App;
use crate::ask::{Ask, now};
use crate::problem::Problem;
use crate::wire;
use axum::http::StatusCode;
use base::{Text, Timestamp};
use columns::{Submission, county_time};
use identity::Likely;
use pack::sql::{Relations, quote_text};
use records::{Draft, Entry, Op};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

const MATCH: &str = "resident_match";
const MERGE: &str = "resident_merge";

/// Something decided.
#[derive(Debug)]
pub enum Decision {
    /// `POST /api/matches`
    Match(Match),
    /// `POST /api/matches/undo`
    UndoMatch(UndoMatch),
    /// `POST /api/merges`
    Merge(Merge),
    /// `POST /api/merges/undo`
    UndoMerge(UndoMerge),
}

/// Whether two residents are one person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    resident: String,
    other: String,
    verdict: Verdict,
    /// Of the two the one who stands for both; required for `same`.
    survivor: Option<String>,
    remark: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Same,
    Different,
}

/// A decision that was wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoMatch {
    /// The decision's id.
    id: String,
    reason: String,
}

/// One resident folded into another, without a decision about a likely pair.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    merged: String,
    survivor: String,
    reason: String,
}

/// A merge that was wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoMerge {
    merged: String,
    reason: String,
}

/// Judges and writes a decision.
pub async fn decide(app: &Arc<App>, ask: &Ask, decision: Decision) -> Result<(StatusCode, wire::Decided), Problem> {
    if !app.is_writable() {
        return Err(Problem::read_only());
    }
    ask.visitor.must_reach_all(app.county()?)?;
    let reader = Arc::clone(app);
    let drafts = tokio::task::spawn_blocking(move || drafts(&reader, decision)).await.map_err(Problem::inside)??;
    let record = |register: &str| {
        let draft = drafts.iter().find(|draft| draft.register == register && draft.op == Op::Create);
        draft.and_then(|draft| draft.record.clone())
    };
    let (decision, merge) = (record(MATCH), record(MERGE));
    let outcome = app.scribe().write(Submission::new(ask.visitor.name(), now(), drafts)).await?.map_err(refused)?;
    let status = if outcome.receipt.is_some() { StatusCode::CREATED } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, wire::Decided { written: written(ask, outcome), decision, merge }))
}

fn drafts(app: &Arc<App>, decision: Decision) -> Result<Vec<Draft>, Problem> {
    let at = now();
    match decision {
        Decision::Match(decision) => matched(app, decision, at),
        Decision::UndoMatch(undo) => unmatched(app, &undo, at),
        Decision::Merge(merge) => {
            let org = org_of(app, &merge.survivor)?;
            Ok(vec![merging(&org, &merge.survivor, &merge.merged, &merge.reason, None, at)])
        }
        Decision::UndoMerge(undo) => unmerged(app, &undo, at),
    }
}

fn matched(app: &Arc<App>, decision: Match, at: Timestamp) -> Result<Vec<Draft>, Problem> {
    let Match { resident, other, verdict, survivor, remark } = decision;
    let (first, second) = if resident <= other { (resident, other) } else { (other, resident) };
    let org = org_of(app, survivor.as_deref().unwrap_or(&first))?;
    let queue = app.reviewer().queue();
    let evidence = queue.as_ref().and_then(|queue| queue.pair(&first, &second)).map(evidence);
    let id = new_id("match", at);
    let mut draft = creating(MATCH, &id, &org, at);
    let verdict_word = if verdict == Verdict::Same { "same" } else { "different" };
    fill(&mut draft, json!({ "resident": first, "other": second, "verdict": verdict_word, "remark": remark }));
    if let Some((probability, reasons)) = evidence {
        fill(&mut draft, json!({ "probability": probability, "evidence": reasons }));
    }
    if verdict == Verdict::Different {
        return Ok(vec![draft]);
    }
    let (survivor, merged) = match survivor {
        Some(survivor) if survivor == first => (first, second),
        Some(survivor) if survivor == second => (second, first),
        _ => return Err(no_survivor()),
    };
    let reason = remark.unwrap_or_else(|| "查重判定为同一人".to_string());
    let merge = merging(&org, &survivor, &merged, &reason, Some(&id), at);
    Ok(vec![draft, merge])
}

/// What the comparison said when it was decided: the probability, and level by level.
fn evidence(pair: &Likely) -> (Json, String) {
    let told = pair.reasons.iter().map(|reason| format!("{} {} {:+.2}", reason.column, reason.level.zh, reason.weight));
    (json!(format!("{:.6}", pair.probability)), told.collect::<Vec<_>>().join("；"))
}

/// The decision's own withdrawal, and that of the merge that relies on it.
fn unmatched(app: &App, undo: &UndoMatch, at: Timestamp) -> Result<Vec<Draft>, Problem> {
    reason_given(&undo.reason)?;
    let decision = head(app, MATCH, &undo.id)?;
    let snapshot = app.store().snapshot(county_time(at).date())?;
    let (merges, id) = (snapshot.view().register(MERGE), quote_text(&undo.id));
    let rows = snapshot.query_text(&format!("SELECT m.id FROM {merges} AS m WHERE m.decision = {id}"))?.rows()?;
    let mut drafts = Vec::new();
    for merge in rows.iter().filter_map(|row| row[0].as_text()) {
        drafts.push(Draft::withdrawing(&head(app, MERGE, merge)?, undo.reason.as_str()));
    }
    drafts.push(Draft::withdrawing(&decision, undo.reason.as_str()));
    Ok(drafts)
}

/// The merge's withdrawal, and that of the decision it relied on.
fn unmerged(app: &App, undo: &UndoMerge, at: Timestamp) -> Result<Vec<Draft>, Problem> {
    reason_given(&undo.reason)?;
    let snapshot = app.store().snapshot(county_time(at).date())?;
    let record = snapshot.merge_of(&undo.merged)?.ok_or_else(|| not_merged(&undo.merged))?;
    let merge = head(app, MERGE, &record)?;
    let mut drafts = vec![Draft::withdrawing(&merge, undo.reason.as_str())];
    if let Some(decision) = merge.fields()?.get("decision").and_then(Json::as_str) {
        let decision = app.store().log().head(MATCH, decision)?.filter(|head| head.op != Op::Withdraw);
        drafts.extend(decision.map(|head| Draft::withdrawing(&head, undo.reason.as_str())));
    }
    Ok(drafts)
}

fn merging(org: &str, survivor: &str, merged: &str, reason: &str, decision: Option<&str>, at: Timestamp) -> Draft {
    let mut draft = creating(MERGE, &new_id("merge", at), org, at);
    fill(&mut draft, json!({ "resident": survivor, "merged": merged, "decision": decision, "remark": reason }));
    draft
}

fn creating(register: &str, id: &str, org: &str, at: Timestamp) -> Draft {
    let mut draft = Draft::new(Op::Create, register, org);
    draft.record = Some(id.to_string());
    fill(&mut draft, json!({ "on_date": county_time(at).date().to_string() }));
    draft
}

/// Adds what has a value.
fn fill(draft: &mut Draft, values: Json) {
    let values: Map<String, Json> = values.as_object().cloned().into_iter().flatten().collect();
    draft.body.extend(values.into_iter().filter(|(_, value)| !value.is_null()));
}

/// An id no other decision has, unless two fall into one microsecond; then the log refuses the second, and it is sent
/// again.
fn new_id(word: &str, at: Timestamp) -> String {
    format!("{word}-{}", at.as_microsecond())
}

fn org_of(app: &App, resident: &str) -> Result<String, Problem> {
    Ok(head(app, "resident", resident)?.org)
}

/// The version in force.
fn head(app: &App, register: &str, id: &str) -> Result<Entry, Problem> {
    let head = app.store().log().head(register, id)?.filter(|head| head.op != Op::Withdraw);
    head.ok_or_else(|| Problem::record(register, id))
}

fn reason_given(reason: &str) -> Result<(), Problem> {
    if reason.trim().is_empty() { Err(super::write::no_reason()) } else { Ok(()) }
}

fn no_survivor() -> Problem {
    Problem::wrong(
        "no-survivor",
        Text::both("判定为同一人，须写明保留哪一份档案", "one person needs the record that stands for both"),
        Text::both("survivor填写两份档案之一的编号", "write the id of one of the two as \"survivor\""),
    )
}

fn not_merged(id: &str) -> Problem {
    Problem::unknown(
        "not-merged",
        Text::both(format!("档案“{id}”没有并入别的档案"), format!("\"{id}\" was not merged into anybody")),
        Text::both("从/api/matches的判定中选择", "choose one of the decisions in /api/matches"),
    )
}
