//! Which statement lists the tasks of all kinds?

use super::TaskQuery;
use super::kind::{Origin, TaskKind, task_kinds};
use crate::WorkError;
use base::DateTime;
use columns::Snapshot;
use pack::model::{Flow, Move, Register, Spanned, Subject, Task};
use pack::sql::{Compiler, RowScope, output_columns, query as parse, quote_text};

/// What a task's query returns, in order; a column it leaves out is empty.
const COLUMNS: [(&str, &str); 9] = [
    ("id", "VARCHAR"),
    ("org", "VARCHAR"),
    ("resident", "VARCHAR"),
    ("due_on", "DATE"),
    ("due_at", "TIMESTAMP"),
    ("opens_on", "DATE"),
    ("overdue_on", "DATE"),
    ("urgent", "BOOLEAN"),
    ("note", "VARCHAR"),
];

/// The tasks of every kind asked for as one relation: `task`, the columns of a task, `due` as a moment, `window_`.
pub(super) fn union<'s>(snapshot: &'s Snapshot, query: &TaskQuery) -> Result<(Compiler<'s>, String), WorkError> {
    let catalog = snapshot.catalog();
    let kinds = task_kinds(catalog);
    if let Some(id) = query.task.as_ref().filter(|id| !kinds.iter().any(|kind| kind.id == **id)) {
        let near = base::nearest(id, kinds.iter().map(|kind| kind.id.as_str())).map(str::to_string);
        return Err(WorkError::UnknownTask { id: id.clone(), near });
    }
    let mut compiler = snapshot.compiler(None);
    let mut parts = Vec::new();
    for kind in &kinds {
        let asked = query.task.as_ref().is_none_or(|id| *id == kind.id)
            && query.role.as_ref().is_none_or(|role| kind.to == Some(role));
        if asked {
            parts.push(of_kind(snapshot, &mut compiler, kind, query.now)?);
        }
    }
    if parts.is_empty() {
        let empty: Vec<String> = COLUMNS.iter().map(|(name, ty)| format!("CAST(NULL AS {ty}) AS {name}")).collect();
        parts.push(format!("SELECT CAST(NULL AS VARCHAR) AS task, {} WHERE FALSE", empty.join(", ")));
    }
    Ok((compiler, windows(&parts.join("\nUNION ALL "), query.now)))
}

/// When each task is due, and how far it is.
fn windows(tasks: &str, now: DateTime) -> String {
    let today = now.date();
    format!(
        "SELECT w.*, CASE WHEN w.overdue_on < DATE '{today}' THEN 'lapsed' WHEN w.due < TIMESTAMP '{now}' THEN 'overdue' \
         WHEN w.opens_on > DATE '{today}' THEN 'waiting' ELSE 'open' END AS window_ FROM (SELECT u.task, u.id, u.org, \
         u.resident, u.due_on, u.due_at, u.opens_on, u.overdue_on, coalesce(u.urgent, FALSE) AS urgent, u.note, \
         coalesce(u.due_at, CAST(u.due_on AS TIMESTAMP) + INTERVAL '86399' SECOND) AS due FROM ({tasks}) AS u) AS w \
         WHERE w.due IS NOT NULL"
    )
}

fn of_kind(
    snapshot: &Snapshot,
    compiler: &mut Compiler<'_>,
    kind: &TaskKind<'_>,
    now: DateTime,
) -> Result<String, WorkError> {
    match kind.origin {
        Origin::Rows(task) => written(snapshot, compiler, kind, task),
        Origin::Move(register, flow, step) => moved(snapshot, kind, register, flow, step, now),
        Origin::Statement(register) => owed(compiler, kind, register),
    }
}

fn written(
    snapshot: &Snapshot,
    compiler: &mut Compiler<'_>,
    kind: &TaskKind<'_>,
    task: &Task,
) -> Result<String, WorkError> {
    let names = output_columns(&parse(&snapshot.catalog().sources, &task.rows)?);
    let sql = compiler.query(kind.pack, &task.rows)?;
    let cells: Vec<String> = COLUMNS
        .iter()
        .map(|(name, ty)| {
            let there = names.iter().any(|known| known == name);
            if there { format!("CAST(q.{name} AS {ty})") } else { format!("CAST(NULL AS {ty})") }
        })
        .collect();
    Ok(named(kind, &cells, &format!("({sql}) AS q")))
}

/// A SELECT with the kind's name before the columns of a task.
fn named(kind: &TaskKind<'_>, cells: &[String], from: &str) -> String {
    let cells: Vec<String> = COLUMNS.iter().zip(cells).map(|((name, _), cell)| format!("{cell} AS {name}")).collect();
    format!("SELECT {} AS task, {} FROM {from}", quote_text(&kind.id), cells.join(", "))
}

/// Records that stand where a due move begins. Time spent in a state that stops the clock is added to what is due: in
/// working days when the clock counts working days.
fn moved(
    snapshot: &Snapshot,
    kind: &TaskKind<'_>,
    register: &Register,
    flow: &Flow,
    step: &Move,
    now: DateTime,
) -> Result<String, WorkError> {
    let Some(due) = &step.due else { return Err(WorkError::UnknownTask { id: kind.id.clone(), near: None }) };
    let mut scope = RowScope::new(snapshot.catalog(), snapshot.view(), register).asked_at(now);
    let sql = scope.lower(due)?;
    let from: Vec<String> = step.from.iter().map(|state| quote_text(&state.value)).collect();
    let resident = if register.subject == Some(Subject::Resident) { "t.resident" } else { "CAST(NULL AS VARCHAR)" };
    let relation = pack::sql::Relations::register(snapshot.view(), &register.common.id);
    let base = format!(
        "SELECT t.id, t.org, {resident} AS resident, {sql} AS due FROM {} WHERE t.state IN ({})",
        scope.from_clause(&relation),
        from.join(", ")
    );
    let (on, at, from) = match pauses(snapshot, register, flow, now) {
        None => ("CAST(q.due AS DATE)", "CAST(q.due AS TIMESTAMP)", format!("({base}) AS q")),
        Some(pauses) => {
            let on = if due.value.contains("add_working_days") {
                "tz_add_working_days(CAST(q.due AS DATE), CAST(coalesce(p.working, 0) AS INTEGER))"
            } else {
                "CAST(q.due AS DATE) + CAST(coalesce(p.days, 0) AS INTEGER)"
            };
            let at = "CAST(q.due AS TIMESTAMP) + coalesce(p.spent, INTERVAL '0' SECOND)";
            (on, at, format!("({base}) AS q LEFT JOIN ({pauses}) AS p ON p.id = q.id"))
        }
    };
    let cells = [
        "q.id",
        "q.org",
        "q.resident",
        &format!("CASE WHEN typeof(q.due) = 'DATE' THEN {on} END"),
        &format!("CASE WHEN typeof(q.due) <> 'DATE' THEN {at} END"),
        "CAST(NULL AS DATE)",
        "CAST(NULL AS DATE)",
        "FALSE",
        "CAST(NULL AS VARCHAR)",
    ];
    Ok(named(kind, &cells.map(String::from), &from))
}

/// How long each record stood in states that stop the clock: from the version that entered one to the next version.
fn pauses(snapshot: &Snapshot, register: &Register, flow: &Flow, now: DateTime) -> Option<String> {
    let stopping = flow.states.iter().filter(|(_, state)| state.stops_clock);
    let stopping: Vec<String> = stopping.map(|(id, _)| quote_text(id)).collect();
    if stopping.is_empty() {
        return None;
    }
    Some(format!(
        "SELECT v.id, sum(tz_working_days(CAST(v.recorded_at AS DATE), CAST(v.left_at AS DATE))) AS working, \
         sum(CAST(v.left_at AS DATE) - CAST(v.recorded_at AS DATE)) AS days, \
         to_microseconds(CAST(sum(epoch_us(v.left_at) - epoch_us(v.recorded_at)) AS BIGINT)) AS spent \
         FROM (SELECT s.id, s.state, s.recorded_at, coalesce(lead(s.recorded_at) OVER (PARTITION BY s.id ORDER BY s.version), \
         TIMESTAMP '{now}') AS left_at FROM {} AS s) AS v WHERE v.state IN ({}) GROUP BY v.id",
        snapshot.view().versions(&register.common.id),
        stopping.join(", ")
    ))
}

/// Statements that are owed and not filed. One can be filed when its period is over, or on its due day if that is
/// earlier.
fn owed(compiler: &mut Compiler<'_>, kind: &TaskKind<'_>, register: &Register) -> Result<String, WorkError> {
    let text = format!(
        "SELECT d.id, d.org, d.due_on, least(d.period_until, d.due_on) AS opens_on FROM {}_due d WHERE d.filed_on IS NULL",
        register.common.id
    );
    let sql = compiler.query(kind.pack, &Spanned::new(text, register.common.span))?;
    let cells = [
        "q.id",
        "q.org",
        "CAST(NULL AS VARCHAR)",
        "q.due_on",
        "CAST(NULL AS TIMESTAMP)",
        "q.opens_on",
        "CAST(NULL AS DATE)",
        "FALSE",
        "CAST(NULL AS VARCHAR)",
    ];
    Ok(named(kind, &cells.map(String::from), &format!("({sql}) AS q")))
}

/// The moves of a kind whose moment has passed, as alerts. A record goes up when as much time again has passed as there
/// was from its last version to its due moment.
pub(crate) fn move_alerts(
    snapshot: &Snapshot,
    kind: &TaskKind<'_>,
    now: DateTime,
) -> Result<Option<String>, WorkError> {
    let Origin::Move(register, flow, step) = kind.origin else { return Ok(None) };
    let tasks = windows(&moved(snapshot, kind, register, flow, step, now)?, now);
    let relation = pack::sql::Relations::register(snapshot.view(), &register.common.id);
    let titles = (&kind.title.zh, kind.title.get(base::Language::En));
    let register_titles = (&register.common.title.zh, register.common.title.get(base::Language::En));
    let due = "coalesce(CAST(m.due_at AS VARCHAR), CAST(m.due_on AS VARCHAR))";
    Ok(Some(format!(
        "SELECT m.task, {}, m.id, m.org, m.resident, concat({}, {due}, {}), concat({}, {due}), {}, m.due, \
         m.due + to_seconds(greatest(date_diff('second', r.recorded_at, m.due), 3600)) \
         FROM ({tasks}) AS m JOIN {relation} AS r ON r.id = m.id WHERE m.window_ = 'overdue'",
        quote_text(&register.common.id),
        quote_text(&format!("{}应于", register_titles.0)),
        quote_text(&format!("前{}", titles.0)),
        quote_text(&format!("{}: {} was due ", register_titles.1, titles.1)),
        kind.to.map_or_else(|| "CAST(NULL AS VARCHAR)".to_string(), quote_text),
    )))
}
