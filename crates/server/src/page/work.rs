//! What is to be done, what is wrong, what needs attention: as the page shows it.

use crate::app::App;
use crate::ask::{Ask, now};
use crate::desk::Desk;
use crate::masked::mask;
use crate::page::write;
use crate::problem::Problem;
use crate::wire;
use axum::http::StatusCode;
use base::{Date, DateTime, Text};
use columns::county_time;
use pack::model::{FieldType, List};
use pack::sql::{Relations, quote_text};
use serde::{Deserialize, Serialize};
use serde_json::Map;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use work::{
    ACKNOWLEDGEMENT, AlertQuery, AlertRow, FindingQuery, TaskKind, TaskQuery, TaskRow, Window, WorkError,
    finding_kinds, task_kinds,
};

/// Rows of a page when nobody says how many.
const USUAL: usize = 50;
/// Rows of a page at most.
const MOST: usize = 1_000;

#[derive(Debug, Serialize)]
pub struct Tasks {
    total: u64,
    tasks: Vec<Task>,
    next: Option<String>,
    places: Vec<Place>,
    kinds: Vec<Kind>,
}

#[derive(Debug, Serialize)]
pub struct Task {
    task: String,
    title: wire::Text,
    id: String,
    org: String,
    org_name: String,
    resident: Option<String>,
    /// Masked.
    name: Option<String>,
    due_on: Option<String>,
    due_at: Option<String>,
    opens_on: Option<String>,
    overdue_on: Option<String>,
    window: &'static str,
    days_late: i64,
    priority: &'static str,
    enter: Option<String>,
    role: Option<String>,
    note: Option<String>,
}

/// An organisation right below the one asked for, with its tasks.
#[derive(Debug, Serialize)]
pub struct Place {
    org: String,
    name: String,
    open: u64,
    overdue: u64,
    waiting: u64,
    lapsed: u64,
}

#[derive(Debug, Serialize)]
pub struct Kind {
    task: String,
    title: wire::Text,
    open: u64,
    overdue: u64,
}

/// The tasks of an organisation: open and overdue ones unless `window` says otherwise.
pub fn tasks(desk: &Desk, ask: &Ask) -> Result<Tasks, Problem> {
    let org = desk.scope(ask)?.org;
    let windows = match ask.get("window") {
        None => vec![Window::Open, Window::Overdue],
        Some(words) => words.split(',').map(window).collect::<Result<_, _>>()?,
    };
    let query = TaskQuery {
        org: Some(org.clone()),
        resident: ask.get("resident").map(str::to_string),
        role: ask.get("role").map(str::to_string),
        windows,
        task: ask.get("task").map(str::to_string),
        due_by: ask.get("due_by").map(day).transpose()?,
        after: ask.get("after").map(str::to_string),
        ..TaskQuery::new(moment(ask)?, ask.limit(USUAL, MOST)?)
    };
    let page = work::tasks(&desk.snapshot, &query)?;
    let counts = work::task_counts(&desk.snapshot, &TaskQuery { windows: Vec::new(), after: None, ..query })?;
    let kinds: BTreeMap<String, TaskKind<'_>> =
        task_kinds(desk.catalog()).into_iter().map(|kind| (kind.id.clone(), kind)).collect();
    let names = names(desk, page.rows.iter().filter_map(|row| row.resident.as_deref()))?;
    let n = |org: &str, task: Option<&str>, window: Window| -> u64 {
        let fits = |count: &&work::TaskCount| {
            count.org == org && count.window == window && task.is_none_or(|task| count.task == task)
        };
        counts.iter().filter(fits).map(|count| count.n).sum()
    };
    let below = desk.county()?.orgs.children(&org).map(|child| Place {
        org: child.id.clone(),
        name: child.name.clone(),
        open: n(&child.id, None, Window::Open),
        overdue: n(&child.id, None, Window::Overdue),
        waiting: n(&child.id, None, Window::Waiting),
        lapsed: n(&child.id, None, Window::Lapsed),
    });
    let of_kind = |kind: &TaskKind<'_>| Kind {
        task: kind.id.clone(),
        title: kind.title.into(),
        open: n(&org, Some(kind.id.as_str()), Window::Open),
        overdue: n(&org, Some(kind.id.as_str()), Window::Overdue),
    };
    Ok(Tasks {
        total: page.total,
        next: page.next,
        places: below.collect(),
        kinds: kinds.values().map(of_kind).filter(|kind| kind.open + kind.overdue > 0).collect(),
        tasks: page.rows.into_iter().map(|row| task(desk, &kinds, &names, row)).collect(),
    })
}

fn task(desk: &Desk, kinds: &BTreeMap<String, TaskKind<'_>>, names: &BTreeMap<String, String>, row: TaskRow) -> Task {
    let kind = kinds.get(&row.task);
    Task {
        title: kind.map_or_else(|| wire::Text::both(&row.task, &row.task), |kind| kind.title.into()),
        org_name: desk.org_name(&row.org),
        name: row.resident.as_ref().and_then(|id| names.get(id).cloned()),
        due_on: row.due_on.map(|day| day.to_string()),
        due_at: row.due_at.map(|moment| moment.to_string()),
        opens_on: row.opens_on.map(|day| day.to_string()),
        overdue_on: row.overdue_on.map(|day| day.to_string()),
        window: row.window.word(),
        days_late: row.n_days_late,
        priority: row.priority.word(),
        enter: kind.and_then(|kind| kind.enter).map(str::to_string),
        role: kind.and_then(|kind| kind.to).map(str::to_string),
        note: row.note,
        task: row.task,
        id: row.id,
        org: row.org,
        resident: row.resident,
    }
}

#[derive(Debug, Serialize)]
pub struct Findings {
    total: u64,
    findings: Vec<Finding>,
    next: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Finding {
    rule: String,
    register: Option<String>,
    id: String,
    org: String,
    org_name: String,
    resident: Option<String>,
    /// Masked.
    name: Option<String>,
    say: String,
    is_record: bool,
}

/// The findings of an organisation, or of one rule there.
pub fn findings(desk: &Desk, ask: &Ask) -> Result<Findings, Problem> {
    let query = FindingQuery {
        org: Some(desk.scope(ask)?.org),
        rule: ask.get("rule").map(str::to_string),
        resident: ask.get("resident").map(str::to_string),
        after: ask.get("after").map(str::to_string),
        ..FindingQuery::new(moment(ask)?, ask.limit(USUAL, MOST)?)
    };
    let page = work::findings(&desk.snapshot, &query)?;
    let names = names(desk, page.rows.iter().filter_map(|row| row.resident.as_deref()))?;
    let rows = page.rows.into_iter().map(|row| Finding {
        org_name: desk.org_name(&row.org),
        name: row.resident.as_ref().and_then(|id| names.get(id).cloned()),
        say: row.say.get(ask.language).to_string(),
        rule: row.rule,
        register: row.register,
        id: row.id,
        org: row.org,
        resident: row.resident,
        is_record: row.is_record,
    });
    Ok(Findings { total: page.total, findings: rows.collect(), next: page.next })
}

#[derive(Debug, Serialize)]
pub struct Qualities {
    org: String,
    org_name: String,
    records: String,
    faulty: String,
    /// Per cent of the records without a finding, as it is shown; absent without records.
    score: Option<String>,
    todo: Vec<Todo>,
    places: Vec<Quality>,
}

/// One line of the to-do list: what, how many, why, what to do.
#[derive(Debug, Serialize)]
pub struct Todo {
    rule: String,
    level: &'static str,
    pack: wire::Text,
    say: String,
    why: String,
    #[serde(rename = "do")]
    action: String,
    n: u64,
    shown: String,
}

#[derive(Debug, Serialize)]
pub struct Quality {
    org: String,
    name: String,
    records: String,
    faulty: String,
    score: Option<String>,
}

/// How good the records of an organisation and of those below it are, and what is to be repaired first.
pub fn quality(desk: &Desk, ask: &Ask) -> Result<Qualities, Problem> {
    let org = desk.scope(ask)?.org;
    let all = work::quality(&desk.snapshot, moment(ask)?)?;
    let by_org: BTreeMap<&str, &work::Quality> = all.iter().map(|quality| (quality.org.as_str(), quality)).collect();
    let number = |n: u64| desk.number(n.into());
    let score = |quality: &work::Quality| quality.score.map(|score| format!("{score}%"));
    let own = by_org.get(org.as_str()).copied();
    let kinds: BTreeMap<String, work::FindingKind<'_>> =
        finding_kinds(desk.catalog()).into_iter().map(|kind| (kind.key.clone(), kind)).collect();
    let todo = own.into_iter().flat_map(|quality| &quality.rules).filter_map(|(rule, n)| {
        let kind = kinds.get(rule)?;
        Some(Todo {
            rule: rule.clone(),
            level: kind.level.word(),
            pack: desk
                .catalog()
                .packs
                .get(kind.pack)
                .map_or_else(|| wire::Text::both("", ""), |p| (&p.header.title).into()),
            say: without_places(kind.say.get(ask.language)),
            why: kind.why.get(ask.language).to_string(),
            action: kind.action.get(ask.language).to_string(),
            n: *n,
            shown: number(*n),
        })
    });
    let places = desk.county()?.orgs.children(&org).filter_map(|child| {
        let quality = by_org.get(child.id.as_str()).copied()?;
        Some(Quality {
            org: child.id.clone(),
            name: child.name.clone(),
            records: number(quality.n_records),
            faulty: number(quality.n_faulty),
            score: score(quality),
        })
    });
    Ok(Qualities {
        org_name: desk.org_name(&org),
        records: number(own.map_or(0, |quality| quality.n_records)),
        faulty: number(own.map_or(0, |quality| quality.n_faulty)),
        score: own.and_then(score),
        todo: todo.collect(),
        places: places.collect(),
        org,
    })
}

#[derive(Debug, Serialize)]
pub struct Alerts {
    total: u64,
    alerts: Vec<Alert>,
    next: Option<String>,
    /// What may come of an alert.
    outcomes: Vec<Outcome>,
}

/// A code of the list `alert_outcome`.
#[derive(Debug, Serialize)]
pub struct Outcome {
    outcome: String,
    title: wire::Text,
}

#[derive(Debug, Serialize)]
pub struct Alert {
    alert: String,
    rule: String,
    register: Option<String>,
    id: String,
    org: String,
    org_name: String,
    resident: Option<String>,
    /// Masked.
    name: Option<String>,
    say: String,
    role: Option<String>,
    opened_at: String,
    due_at: Option<String>,
    state: &'static str,
    escalated: usize,
    stands_with: String,
    stands_with_name: String,
    /// Whether it stands with an organisation within the visitor's reach.
    within_reach: bool,
    answer: Option<Answer>,
}

#[derive(Debug, Serialize)]
pub struct Answer {
    record: String,
    outcome: String,
    outcome_title: wire::Text,
    remark: String,
    by: String,
    at: String,
}

/// The alerts of an organisation that nobody has answered; with `all`, the others too.
pub fn alerts(desk: &Desk, ask: &Ask) -> Result<Alerts, Problem> {
    let query = AlertQuery {
        org: Some(desk.scope(ask)?.org),
        role: ask.get("role").map(str::to_string),
        with_answered: ask.get("all").is_some(),
        after: ask.get("after").map(str::to_string),
        ..AlertQuery::new(moment(ask)?, ask.limit(USUAL, MOST)?)
    };
    let page = work::alerts(&desk.snapshot, &query)?;
    let names = names(desk, page.rows.iter().filter_map(|row| row.resident.as_deref()))?;
    let county = desk.county()?;
    let shown = |row: AlertRow| {
        let within_reach = ask.visitor.reaches(county, &row.stands_with);
        alert(desk, ask, &names, row, within_reach)
    };
    let alerts = page.rows.into_iter().map(shown).collect();
    Ok(Alerts { total: page.total, alerts, next: page.next, outcomes: outcomes(desk) })
}

/// The list behind the field `outcome` of an answer.
fn outcome_list(desk: &Desk) -> Option<&List> {
    let field = desk.catalog().register(ACKNOWLEDGEMENT)?.fields.get("outcome")?;
    match &field.ty {
        FieldType::Code { list, .. } => desk.catalog().list(&list.value),
        _ => None,
    }
}

fn outcome_title(desk: &Desk, code: &str) -> wire::Text {
    let label = outcome_list(desk).and_then(|list| list.label(code));
    label.map_or_else(|| wire::Text::both(code, code), wire::Text::from)
}

fn outcomes(desk: &Desk) -> Vec<Outcome> {
    let codes = outcome_list(desk).into_iter().flat_map(|list| list.all_rows()).filter_map(|row| row.code.as_deref());
    codes.map(|code| Outcome { outcome: code.to_string(), title: outcome_title(desk, code) }).collect()
}

fn alert(desk: &Desk, ask: &Ask, names: &BTreeMap<String, String>, row: AlertRow, within_reach: bool) -> Alert {
    Alert {
        within_reach,
        org_name: desk.org_name(&row.org),
        stands_with_name: desk.org_name(&row.stands_with),
        name: row.resident.as_ref().and_then(|id| names.get(id).cloned()),
        say: row.say.get(ask.language).to_string(),
        opened_at: row.opened_at.to_string(),
        due_at: row.due_at.map(|moment| moment.to_string()),
        state: row.state.word(),
        escalated: row.n_escalated,
        answer: row.answer.map(|answer| Answer {
            record: answer.record,
            outcome_title: outcome_title(desk, &answer.outcome),
            outcome: answer.outcome,
            remark: answer.remark,
            by: answer.by,
            at: answer.at.to_string(),
        }),
        alert: row.alert,
        rule: row.rule,
        register: row.register,
        id: row.id,
        org: row.org,
        resident: row.resident,
        role: row.to,
        stands_with: row.stands_with,
    }
}

/// The body of `POST /api/alerts`: an answer to one alert.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    alert: String,
    /// A code of the list `alert_outcome`.
    outcome: String,
    /// What was done.
    remark: String,
}

/// Writes an answer down, if there is such an alert.
pub async fn acknowledge(
    app: &Arc<App>,
    ask: &Ask,
    request: Acknowledgement,
) -> Result<(StatusCode, wire::Written), Problem> {
    let (reader, question, name) = (Arc::clone(app), ask.clone(), request.alert.clone());
    let org =
        tokio::task::spawn_blocking(move || org_of(&reader, &question, &name)).await.map_err(Problem::inside)??;
    let mut fields = Map::new();
    fields.insert("on_date".into(), county_time(now()).date().to_string().into());
    fields.insert("alert".into(), request.alert.into());
    fields.insert("outcome".into(), request.outcome.into());
    fields.insert("remark".into(), request.remark.into());
    write::write(app, ask, write::Request::one(ACKNOWLEDGEMENT, org, fields)).await
}

/// The organisation an alert stands with.
fn org_of(app: &App, ask: &Ask, name: &str) -> Result<String, Problem> {
    let (desk, county) = (app.desk(ask)?, app.county()?);
    let query = AlertQuery { alert: Some(name.to_string()), with_answered: true, ..AlertQuery::new(moment(ask)?, 1) };
    let found = work::alerts(&desk.snapshot, &query)?.rows.into_iter().next();
    found.map(|row| row.stands_with).filter(|org| ask.visitor.reaches(county, org)).ok_or_else(|| {
        Problem::wrong(
            "no-such-alert",
            Text::both(format!("没有预警“{name}”"), format!("there is no alert \"{name}\"")),
            Text::both("预警可能已经解除，请刷新列表", "it may be over; load the list again"),
        )
    })
}

/// A rule's sentence about many rows: what differs from row to row is left open.
fn without_places(say: &str) -> String {
    let mut words = String::new();
    let mut rest = say;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, behind)) = after.split_once('}') else { break };
        words.push_str(before);
        words.push('…');
        rest = behind;
    }
    words + rest
}

/// The moment asked about, on the county's clocks.
fn moment(ask: &Ask) -> Result<DateTime, Problem> {
    Ok(county_time(ask.as_of()?.unwrap_or_else(now)))
}

fn window(word: &str) -> Result<Window, Problem> {
    Window::from_word(word).ok_or_else(|| {
        Problem::wrong(
            "wrong-window",
            Text::both(format!("没有“{word}”这种任务状态"), format!("there are no {word} tasks")),
            Text::both("写waiting、open、overdue或lapsed", "write waiting, open, overdue or lapsed"),
        )
    })
}

fn day(text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| {
        Problem::wrong(
            "wrong-day",
            Text::both(format!("“{text}”不是一个日期"), format!("\"{text}\" is not a day")),
            Text::both("写作2025-11-30", "write 2025-11-30"),
        )
    })
}

/// The masked names of residents.
fn names<'a>(desk: &Desk, ids: impl Iterator<Item = &'a str>) -> Result<BTreeMap<String, String>, Problem> {
    let ids: BTreeSet<String> = ids.map(quote_text).collect();
    if ids.is_empty() || desk.catalog().register("resident").is_none() {
        return Ok(BTreeMap::new());
    }
    let sql = format!(
        "SELECT r.id, r.name FROM {} AS r WHERE r.id IN ({})",
        desk.snapshot.view().register("resident"),
        ids.into_iter().collect::<Vec<_>>().join(", ")
    );
    let rows = desk.snapshot.query_text(&sql)?.rows().map_err(Problem::inside)?;
    let pair =
        |row: &Vec<columns::engine::Value>| Some((row.first()?.as_text()?.to_string(), mask(row.get(1)?.as_text()?)));
    Ok(rows.iter().filter_map(pair).collect())
}

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::UnknownOrg(org) => Self::org(&org),
            WorkError::UnknownTask { .. } | WorkError::UnknownRule { .. } | WorkError::WrongCursor(_) => Self::wrong(
                "wrong-name",
                Text::both(format!("查无此项：{error}"), error.to_string()),
                Text::both("核对参数task、rule或after", "check the parameters task, rule and after"),
            ),
            other => Self::inside(other),
        }
    }
}
