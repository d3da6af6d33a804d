//! How is one record of a register read for its form, tried while it is typed, written, corrected, withdrawn or moved?

use crate::app::App;
use crate::ask::{Ask, now};
use crate::desk::Desk;
use crate::masked::mask;
use crate::page::register::{find, rule_fields, rule_of};
use crate::page::resident::village;
use crate::page::write;
use crate::page::{record, write::Record};
use crate::problem::{FieldError, Problem};
use crate::wire;
use axum::http::StatusCode;
use base::Text;
use base::id::CitizenId;
use columns::{Submission, Trial, Verdict};
use pack::model::Register;
use records::Op;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// People who may be the one being typed, shown at most.
const MOST_SIMILAR: usize = 5;

/// A record with everything its form needs.
#[derive(Debug, Serialize)]
pub struct Entry {
    #[serde(flatten)]
    history: wire::RecordHistory,
    /// The version in view, which a change names.
    version: u32,
    org: String,
    is_withdrawn: bool,
    /// The values as they were written; what is secret is not among them.
    values: Map<String, Json>,
    /// Moves of its flow that begin in its state.
    moves: Vec<Step>,
    may_write: bool,
}

#[derive(Debug, Serialize)]
pub struct Step {
    id: String,
    title: wire::Text,
    role: Option<String>,
}

/// `/api/registers/{register}/{id}`; who looked is written down first.
pub fn entry(app: &App, desk: &Desk, ask: &Ask) -> Result<Entry, Problem> {
    let (name, id) = (ask.require("register")?, ask.require("id")?);
    let register = find(desk, name)?;
    let history = record::record(app, desk, ask)?;
    let head = app.store().log().head(name, id)?.ok_or_else(|| Problem::record(name, id))?;
    let is_withdrawn = head.op == Op::Withdraw;
    let mut values = if is_withdrawn { Map::new() } else { head.fields()? };
    values.retain(|key, _| !register.fields.get(key).is_some_and(|field| field.secret));
    let state = values.get("state").and_then(Json::as_str);
    let moves = register.flow.iter().flat_map(|flow| &flow.moves);
    let moves = moves.filter(|(_, step)| step.from.iter().any(|from| Some(from.value.as_str()) == state));
    let moves = moves.map(|(id, step)| Step {
        id: id.clone(),
        title: wire::Text::from(&step.title),
        role: step.by.as_ref().map(|role| role.value.clone()),
    });
    Ok(Entry {
        moves: moves.collect(),
        version: head.version,
        org: head.org.clone(),
        is_withdrawn,
        values,
        may_write: app.is_writable(),
        history,
    })
}

/// A record as it is sent.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The organisation that answers for it; required on a new record.
    org: Option<String>,
    /// The version in view; absent on a new record.
    version: Option<u32>,
    /// `correct`, `withdraw`, or a move of the flow.
    action: Option<String>,
    reason: Option<String>,
    /// A name for this attempt: sent again, it writes nothing new.
    key: Option<String>,
    /// Why a record that asks for confirmation is right.
    confirm: Option<String>,
    #[serde(default)]
    fields: Map<String, Json>,
}

/// What was written.
#[derive(Debug, Serialize)]
pub struct Written {
    register: String,
    pub id: String,
    version: u32,
    pub seq: u64,
    hash: Option<String>,
}

/// A new record.
pub async fn create(app: &Arc<App>, ask: &Ask, request: Request) -> Result<(StatusCode, Written), Problem> {
    let record = Record { org: request.org, fields: request.fields, ..Record::default() };
    submit(app, ask, record, request.key, request.confirm).await
}

/// A later version of a record.
pub async fn change(app: &Arc<App>, ask: &Ask, request: Request) -> Result<(StatusCode, Written), Problem> {
    let record = later(app, ask, &request)?;
    submit(app, ask, record, request.key, request.confirm).await
}

fn later(app: &App, ask: &Ask, request: &Request) -> Result<Record, Problem> {
    let (name, id) = (ask.require("register")?, ask.require("id")?);
    let register = app.catalog().register(name);
    let register = register.ok_or_else(|| Problem::register(name, app.catalog().near_register(name)))?;
    let version = request.version.ok_or_else(|| Problem::absent("version"))?;
    let mut fields = request.fields.clone();
    let action = request.action.as_deref().unwrap_or("correct");
    if !matches!(action, "correct" | "withdraw") {
        let step = register.flow.as_ref().and_then(|flow| flow.moves.get(action));
        let step = step.ok_or_else(|| unknown_action(register, action))?;
        fields.insert("state".into(), Json::String(step.to.value.clone()));
    }
    Ok(Record {
        id: Some(id.to_string()),
        version: Some(version),
        org: request.org.clone(),
        withdraw: action == "withdraw",
        reason: request.reason.clone(),
        fields,
    })
}

fn unknown_action(register: &Register, action: &str) -> Problem {
    let moves = register.flow.iter().flat_map(|flow| flow.moves.keys()).map(String::as_str);
    let known: Vec<&str> = ["correct", "withdraw"].into_iter().chain(moves).collect();
    Problem::wrong(
        "unknown-action",
        Text::both(format!("没有操作“{action}”"), format!("there is no action \"{action}\"")),
        Text::both(format!("可用：{}", known.join("、")), format!("write one of {}", known.join(", "))),
    )
}

pub(super) async fn submit(
    app: &Arc<App>,
    ask: &Ask,
    record: Record,
    key: Option<String>,
    confirm: Option<String>,
) -> Result<(StatusCode, Written), Problem> {
    let name = ask.require("register")?.to_string();
    let fields = record.fields.clone();
    let request = write::Request::of(&name, key.clone(), confirm, record);
    let (_, written) = write::write(app, ask, request).await?;
    let Some(seq) = written.first_seq else {
        // Sent again, a record is in its own way; the first attempt is the answer.
        if let Some(known) = written_before(app, &name, key, fields).await? {
            return Ok((StatusCode::OK, known));
        }
        let errors = written.refusals.iter().map(|refused| field_error(app, &name, refused)).collect();
        return Err(Problem::refused(errors));
    };
    let reader = Arc::clone(app);
    let read = move || reader.store().log().entries_after(seq - 1, 1).map(|entries| entries.into_iter().next());
    let entry = tokio::task::spawn_blocking(read).await.map_err(Problem::inside)??;
    let entry = entry.ok_or_else(|| Problem::inside("what was written is not in the log"))?;
    let done = Written { register: name, id: entry.record, version: entry.version, seq, hash: written.hash };
    Ok((StatusCode::CREATED, done))
}

/// What an attempt of that name wrote, when it said the same.
async fn written_before(
    app: &Arc<App>,
    register: &str,
    key: Option<String>,
    fields: Map<String, Json>,
) -> Result<Option<Written>, Problem> {
    let Some(key) = key else { return Ok(None) };
    let (app, register) = (Arc::clone(app), register.to_string());
    let read = move || -> Result<Option<Written>, Problem> {
        let store = app.store();
        let Some(batch) = store.log().batch_with_key(&key)? else { return Ok(None) };
        let Some(entry) = store.log().entries_after(batch.first_seq - 1, 1)?.into_iter().next() else {
            return Ok(None);
        };
        let body = entry.fields()?;
        let is_same = entry.register == register && fields.iter().all(|(name, value)| body.get(name) == Some(value));
        let known = Written {
            register,
            id: entry.record,
            version: entry.version,
            seq: entry.seq,
            hash: Some(batch.hash.to_string()),
        };
        Ok(is_same.then_some(known))
    };
    tokio::task::spawn_blocking(read).await.map_err(Problem::inside)?
}

fn field_error(app: &App, register: &str, refused: &wire::Refused) -> FieldError {
    let known = app.catalog().register(register);
    let rule = known.and_then(|register| {
        let rule = app.catalog().rules_of(register).find(|rule| rule.common.id == refused.rule)?;
        rule_fields(register, rule).last().cloned()
    });
    FieldError {
        field: refused.field.clone().or(rule),
        code: refused.rule.clone(),
        verdict: refused.verdict,
        say: refused.say.clone(),
    }
}

/// What is said of a record that is still being typed.
#[derive(Debug, Serialize)]
pub struct Checked {
    errors: Vec<FieldError>,
    advice: Vec<Advised>,
    /// What the typed values say of other fields.
    fills: Map<String, Json>,
    /// Residents who may be the same person, masked.
    similar: Vec<Similar>,
}

#[derive(Debug, Serialize)]
pub struct Advised {
    rule: String,
    field: Option<String>,
    say: String,
    source: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Similar {
    id: String,
    name_masked: String,
    citizen_id_masked: String,
    birth_on: String,
    village: String,
}

/// The body of `POST /api/registers/{register}/check`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    org: Option<String>,
    /// The record being corrected, and the version in view.
    id: Option<String>,
    version: Option<u32>,
    #[serde(default)]
    fields: Map<String, Json>,
    /// Whether people who may be the same are wanted; the look is logged.
    #[serde(default)]
    similar: bool,
}

/// `/api/registers/{register}/check`; nothing is written.
pub fn check(app: &Arc<App>, desk: &Desk, ask: &Ask, request: Check) -> Result<Checked, Problem> {
    let name = ask.require("register")?;
    let register = find(desk, name)?;
    let similar = if request.similar { similar(app, desk, ask, register, &request.fields)? } else { Vec::new() };
    let fills = fills(register, &request.fields);
    let record = Record {
        org: Some(org_or_home(desk, ask, request.org)?),
        reason: request.version.map(|_| "check".to_string()),
        id: request.id,
        version: request.version,
        fields: request.fields,
        ..Record::default()
    };
    let draft = write::draft(app, ask, name, record)?;
    let Trial { refusals, advice, .. } =
        app.store().try_one(Submission::new(ask.visitor.name(), now(), vec![draft]), false)?;
    let errors = refusals.into_iter().map(|refusal| {
        let rule = rule_of(desk, register, &refusal.rule);
        FieldError {
            field: refusal.column.or_else(|| rule_fields(register, rule?).last().cloned()),
            code: refusal.rule,
            verdict: if refusal.verdict == Verdict::Refuse { "refuse" } else { "confirm" },
            say: refusal.say.get(desk.language).to_string(),
        }
    });
    let advice = advice.into_iter().map(|advice| {
        let rule = rule_of(desk, register, &advice.rule);
        Advised {
            field: rule.and_then(|rule| rule_fields(register, rule).into_iter().next()),
            source: rule.and_then(|rule| rule.common.source.clone()),
            say: advice.say.get(desk.language).to_string(),
            rule: advice.rule,
        }
    });
    Ok(Checked { errors: errors.collect(), advice: advice.collect(), fills, similar })
}

/// The organisation that was named; else where whoever asks is at home, else the county.
pub fn org_or_home(desk: &Desk, ask: &Ask, org: Option<String>) -> Result<String, Problem> {
    let home = || ask.visitor.home().map(str::to_string);
    let root = desk.county()?.orgs.root().map(|org| org.id.clone());
    org.or_else(home).or(root).ok_or_else(|| Problem::absent("org"))
}

/// Sex and birthday stand in a citizen number.
fn fills(register: &Register, fields: &Map<String, Json>) -> Map<String, Json> {
    let mut fills = Map::new();
    let number = fields.get("citizen_id").and_then(Json::as_str).and_then(|text| CitizenId::parse(text).ok());
    let Some(number) = number else { return fills };
    if register.fields.contains_key("sex") {
        fills.insert("sex".into(), json!(number.sex().code()));
    }
    if let Some(day) = number.birth_on().filter(|_| register.fields.contains_key("birth_on")) {
        fills.insert("birth_on".into(), json!(day.to_string()));
    }
    fills
}

/// Residents with the same number, or the same name and birthday.
fn similar(
    app: &Arc<App>,
    desk: &Desk,
    ask: &Ask,
    register: &Register,
    fields: &Map<String, Json>,
) -> Result<Vec<Similar>, Problem> {
    if register.common.id != "resident" {
        return Ok(Vec::new());
    }
    let text = |key: &str| fields.get(key).and_then(Json::as_str).filter(|text| !text.is_empty());
    let words = match (text("citizen_id"), text("name"), text("birth_on")) {
        (Some(number), ..) => number.to_string(),
        (None, Some(name), Some(day)) => format!("{name} {day}"),
        _ => return Ok(Vec::new()),
    };
    let found = app.finder().index(app)?.find(&words, None, MOST_SIMILAR);
    app.log_search(desk, ask, found.iter().map(|found| found.id.as_str()))?;
    let similar = found.into_iter().map(|found| Similar {
        name_masked: mask(&found.name),
        citizen_id_masked: mask(&found.citizen_id),
        village: village(desk, &found.org),
        birth_on: found.birth_on,
        id: found.id,
    });
    Ok(similar.collect())
}
