//! Who pays what of a bill at the window, why, and how is it booked?
//!
//! A plan changes nothing. Settling writes the bill, plans it from what was written together with the person's year, and
//! books the plan; sent again under the same key it finds everything done.

use crate::app::App;
use crate::ask::{Ask, now};
use crate::desk::Desk;
use crate::page::register::{find, rule_fields, rule_of};
use crate::page::write::{self, Record};
use crate::page::{entry, resident};
use crate::problem::{FieldError, Problem};
use crate::wire;
use axum::http::StatusCode;
use base::{Decimal, Period, Text};
use columns::{Submission, Verdict, county_time};
use ledger::Settlement;
use pack::model::Register;
use scheme::{Compiled, Plan, Refused, plan_json};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// The id of a bill that is not written yet.
const UNWRITTEN: &str = "window";

type Row = Map<String, Json>;

/// The schemes that pay rows of a register.
#[derive(Debug, Serialize)]
pub struct Schemes {
    schemes: Vec<SchemeLine>,
}

#[derive(Debug, Serialize)]
pub struct SchemeLine {
    id: String,
    title: wire::Text,
    register: String,
    since: Option<String>,
    until: Option<String>,
}

/// `/api/settle`
pub fn schemes(desk: &Desk) -> Schemes {
    let all = desk.catalog().packs.values().flat_map(|pack| &pack.schemes);
    let window = all.filter_map(|(id, scheme)| {
        let compiled = settlement::compile(desk.catalog(), id).ok()?;
        let register = desk.catalog().register(&compiled.over.value)?;
        Some(SchemeLine {
            id: id.clone(),
            title: wire::Text::from(&scheme.common.title),
            register: register.common.id.clone(),
            since: compiled.since.map(|day| day.to_string()),
            until: compiled.until.map(|day| day.to_string()),
        })
    });
    Schemes { schemes: window.collect() }
}

/// A bill as it is sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    scheme: String,
    org: Option<String>,
    #[serde(default)]
    fields: Row,
    /// A name for this attempt; required to settle.
    key: Option<String>,
    /// Why a bill that asks for confirmation is right.
    confirm: Option<String>,
}

/// What would be paid, or what stands in the way.
#[derive(Debug, Serialize)]
pub struct Planned {
    plan: Option<Json>,
    errors: Vec<FieldError>,
    /// Whose bill it is, masked.
    person: Option<wire::Person>,
}

/// `/api/settle/plan`
pub fn plan(app: &Arc<App>, desk: &Desk, ask: &Ask, request: Request) -> Result<Planned, Problem> {
    let compiled = settlement::compile(desk.catalog(), &request.scheme)?;
    let register = find(desk, &compiled.over.value)?;
    let org = Some(entry::org_or_home(desk, ask, request.org)?);
    let record = Record { id: Some(UNWRITTEN.into()), org, fields: request.fields, ..Record::default() };
    let draft = write::draft(app, ask, &register.common.id, record)?;
    let submission = Submission { confirm: request.confirm, ..Submission::new(ask.visitor.name(), now(), vec![draft]) };
    let trial = app.store().try_one(submission, true)?;
    let errors: Vec<FieldError> = trial.refusals.into_iter().map(|refusal| error(desk, register, refusal)).collect();
    let row = settlement::row_of(trial.row);
    let person = match text(&row, "resident") {
        Some(id) => resident::person(desk, &app.store(), id)?,
        None => None,
    };
    if errors.iter().any(|error| error.verdict == "refuse") || row.is_empty() {
        return Ok(Planned { plan: None, errors, person });
    }
    let plan = planned(desk, &compiled, row)?;
    Ok(Planned { plan: Some(told(&plan)), errors, person })
}

fn error(desk: &Desk, register: &Register, refusal: columns::Refusal) -> FieldError {
    let rule = rule_of(desk, register, &refusal.rule);
    FieldError {
        field: refusal.column.or_else(|| rule_fields(register, rule?).last().cloned()),
        code: refusal.rule,
        verdict: if refusal.verdict == Verdict::Refuse { "refuse" } else { "confirm" },
        say: refusal.say.get(desk.language).to_string(),
    }
}

/// The plan of a bill the records do not have yet, in its person's year.
fn planned(desk: &Desk, compiled: &Compiled, row: Row) -> Result<Plan, Problem> {
    let mut rows = beside(desk, compiled, &row)?;
    rows.retain(|row| text(row, "id") != Some(UNWRITTEN));
    rows.push(row);
    for settled in settlement::settle_rows(desk.catalog(), compiled, &rows, desk.snapshot.as_of()) {
        match settled {
            Ok((of, plan)) if of.id == UNWRITTEN => return plan.map_err(cannot),
            Ok(_) => {}
            Err((_, refused)) => return Err(cannot(refused)),
        }
    }
    Err(Problem::record(&compiled.over.value, UNWRITTEN))
}

/// The rows of a bill's year that bear on it: its person's, or of a bill of nobody those of nobody.
fn beside(desk: &Desk, compiled: &Compiled, bill: &Row) -> Result<Vec<Row>, Problem> {
    let day = text(bill, "on_date").and_then(pack::yaml::parse_date).unwrap_or(desk.snapshot.as_of());
    let whose = text(bill, "resident");
    let mut rows = settlement::of_period(&desk.snapshot, compiled, Period::year(day.year()), whose)?;
    rows.retain(|row| text(row, "resident") == whose);
    Ok(rows)
}

fn text<'r>(row: &'r Row, key: &str) -> Option<&'r str> {
    row.get(key).and_then(Json::as_str)
}

fn cannot(refused: Refused) -> Problem {
    Problem::refused(vec![FieldError { field: None, code: refused.code, verdict: "refuse", say: refused.say.zh }])
}

/// The plan with every amount as people read it, and how much of the bill each part is.
fn told(plan: &Plan) -> Json {
    let mut told = plan_json(plan);
    told["title"] = json!({ "zh": plan.title.zh, "en": plan.title.en });
    let total = plan.total.unwrap_or(0);
    if let Some(steps) = told["steps"].as_array_mut() {
        for (step, line) in steps.iter_mut().zip(&plan.lines) {
            step["shown"] = json!(money(line.paid));
            step["share"] = json!(share(line.paid, total));
        }
    }
    told["total_shown"] = json!(plan.total.map(money));
    told["rest_shown"] = json!(plan.rest.map(money));
    told["rest_share"] = json!(share(plan.rest.unwrap_or(0), total));
    told["paid_shown"] = json!(money(plan.paid()));
    told
}

fn money(fen: i64) -> String {
    let mut yuan = scheme::yuan(fen);
    yuan.rescale(2);
    base::exact::with_commas(yuan)
}

/// `74.6`, of a hundred.
fn share(part: i64, whole: i64) -> String {
    let hundred = Decimal::from(part).checked_mul(Decimal::ONE_HUNDRED);
    let share = hundred.and_then(|hundred| hundred.checked_div(Decimal::from(whole)));
    share.map_or_else(|| "0".into(), |share| share.round_dp(1).to_string())
}

/// What was settled.
#[derive(Debug, Serialize)]
pub struct Done {
    bill: String,
    register: String,
    plan: Json,
    person: Option<wire::Person>,
    /// The last entry of the ledger; none when everything was booked before.
    booked_seq: Option<u64>,
    n_booked: usize,
    n_known: usize,
    institution: Option<String>,
    org_name: String,
    printed_at: String,
}

/// `/api/settle/commit`
pub async fn settle(app: &Arc<App>, ask: &Ask, request: Request) -> Result<(StatusCode, Done), Problem> {
    if !app.is_writable() {
        return Err(Problem::read_only());
    }
    let key = request.key.clone().ok_or_else(|| Problem::absent("key"))?;
    if key.is_empty() || key.len() > 64 || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(Problem::wrong(
            "wrong-key",
            Text::both("提交编号应为64位以内的字母、数字和连字符", "a key has at most 64 letters, digits and hyphens"),
            Text::both("换一个key", "choose another key"),
        ));
    }
    let compiled = settlement::compile(app.catalog(), &request.scheme)?;
    let register = compiled.over.value.clone();
    let ask = ask.clone().with("register", Some(register.clone()));
    let bill = format!("w-{key}");
    let org = Some(entry::org_or_home(&app.desk(&ask)?, &ask, request.org)?);
    let record = Record { id: Some(bill.clone()), org, fields: request.fields, ..Record::default() };
    entry::submit(app, &ask, record, Some(format!("settle-{key}")), request.confirm).await?;
    let app = Arc::clone(app);
    let work = move || book(&app, &ask, &compiled, &register, bill);
    let done = tokio::task::spawn_blocking(work).await.map_err(Problem::inside)??;
    Ok((StatusCode::CREATED, done))
}

fn book(app: &Arc<App>, ask: &Ask, compiled: &Compiled, register: &str, bill: String) -> Result<Done, Problem> {
    let desk = app.desk(ask)?;
    let head = app.store().log().head(register, &bill)?.ok_or_else(|| Problem::record(register, &bill))?;
    let body = head.fields()?;
    let mut rows = beside(&desk, compiled, &body)?;
    let own = rows.iter().position(|row| text(row, "id") == Some(bill.as_str()));
    let own = own.map(|at| rows.swap_remove(at)).ok_or_else(|| Problem::record(register, &bill))?;
    rows.push(own);
    let today = desk.snapshot.as_of();
    let (mut mine, mut settlements): (Option<Plan>, Vec<Settlement>) = (None, Vec::new());
    let (booked, plan) = app.with_ledger(|ledger, store| {
        for settled in settlement::settle_rows(desk.catalog(), compiled, &rows, today) {
            let (of, plan) = settled.map_err(|(_, refused)| cannot(refused))?;
            let is_mine = of.id == bill;
            match plan {
                // Later bills of the year are booked again only where they were booked before.
                Ok(plan) if is_mine || ledger.is_settled(&plan.scheme, &plan.bill) => {
                    settlements.push(settlement::booking(desk.catalog(), &plan, of.org.as_ref(), today));
                    if is_mine {
                        mine = Some(plan);
                    }
                }
                Err(refused) if is_mine => return Err(cannot(refused)),
                _ => {}
            }
        }
        let plan = mine.take().ok_or_else(|| Problem::record(register, &bill))?;
        let sets = std::mem::take(&mut settlements);
        let booked = store.beside(|log| ledger.settle(log, sets, ask.visitor.name(), now()).map_err(Problem::from))?;
        Ok((booked, plan))
    })?;
    if let Some(seq) = booked.seq {
        app.data_changed(seq, Some([register.to_string()].into()));
    }
    let store = app.store();
    let person = match &plan.resident {
        Some(id) => resident::person(&desk, &store, id)?,
        None => None,
    };
    Ok(Done {
        institution: plan.institution.as_ref().map(|id| crate::masked::ref_name(&desk, store.log(), "institution", id)),
        org_name: desk.org_name(&head.org),
        register: register.to_string(),
        plan: told(&plan),
        person,
        booked_seq: booked.seq,
        n_booked: booked.n_new,
        n_known: booked.n_known,
        printed_at: crate::masked::moment_shown(&county_time(now()).to_string()),
        bill,
    })
}
