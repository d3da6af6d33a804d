//! What is to be done, by whom, until when?
//!
//! The tasks that packs write, the moves of flows and the statements with a due day, in one list.

mod kind;
mod sql;

pub use kind::{TaskKind, task_kinds};
pub(crate) use sql::move_alerts;

use crate::{Places, WorkError};
use base::{Date, DateTime};
use columns::Snapshot;
use columns::engine::Value;
use pack::sql::quote_text;
use std::collections::BTreeMap;

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// It cannot be done yet: before `opens_on`.
    Waiting,
    /// It can be done, and is in time.
    Open,
    /// The due day or moment has passed.
    Overdue,
    /// So late that doing it no longer counts: after `overdue_on`.
    Lapsed,
}

impl Window {
    /// Every window with its word.
    pub const ALL: [(&'static str, Self); 4] =
        [("waiting", Self::Waiting), ("open", Self::Open), ("overdue", Self::Overdue), ("lapsed", Self::Lapsed)];

    /// The window a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, window)| *window)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, window)| *window == self).map_or("", |(word, _)| word)
    }
}

/// What goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// The pack says so: `urgent`.
    Urgent,
    /// Overdue.
    High,
    /// In time.
    Normal,
    /// Not yet possible, or no longer of use.
    Low,
}

impl Priority {
    fn of(window: Window, urgent: bool) -> Self {
        match window {
            Window::Overdue | Window::Open if urgent => Self::Urgent,
            Window::Overdue => Self::High,
            Window::Open => Self::Normal,
            Window::Waiting | Window::Lapsed => Self::Low,
        }
    }

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }
}

/// Which tasks are asked for.
#[derive(Debug, Clone)]
pub struct TaskQuery {
    /// The moment at which is asked, on the county's clocks.
    pub now: DateTime,
    /// The organisation with everything below it; the whole county when none.
    pub org: Option<String>,
    /// Those about one resident.
    pub resident: Option<String>,
    /// Those of one role.
    pub role: Option<String>,
    /// Only these windows; all when empty.
    pub windows: Vec<Window>,
    /// Only this task.
    pub task: Option<String>,
    /// Due on this day or before.
    pub due_by: Option<Date>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

impl TaskQuery {
    /// Everything at a moment, a page of `limit`.
    pub fn new(now: DateTime, limit: usize) -> Self {
        Self {
            now,
            org: None,
            resident: None,
            role: None,
            windows: Vec::new(),
            task: None,
            due_by: None,
            after: None,
            limit,
        }
    }
}

/// One task. Task, id and due day are its identity, so that a phone that was offline can answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// Its kind, see [`TaskKind::id`].
    pub task: String,
    /// What something is to be done for: in most packs the enrolment.
    pub id: String,
    /// Whose work it is.
    pub org: String,
    /// The resident it is about.
    pub resident: Option<String>,
    /// The last day in time; none when a moment is due.
    pub due_on: Option<Date>,
    /// The last moment in time; none when a day is due.
    pub due_at: Option<DateTime>,
    /// The first day on which it can be done.
    pub opens_on: Option<Date>,
    /// The last day on which it still counts.
    pub overdue_on: Option<Date>,
    /// How far it is.
    pub window: Window,
    /// Whole days since it was due; 0 while it is in time.
    pub n_days_late: i64,
    /// What goes first.
    pub priority: Priority,
    /// What the one who does it should know.
    pub note: Option<String>,
    /// Urgent as the pack says; part of the order.
    urgent: bool,
    due: DateTime,
}

/// A page of tasks: urgent ones first, then by due moment, task and id.
#[derive(Debug, Clone)]
pub struct TaskPage {
    /// How many tasks fit the question, on all pages.
    pub total: u64,
    /// The tasks.
    pub rows: Vec<TaskRow>,
    /// The place to go on from, when there are more.
    pub next: Option<String>,
    /// The statement that was run.
    pub sql: String,
}

/// Tasks of one organisation, task and window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskCount {
    /// The organisation, with everything below it.
    pub org: String,
    /// The kind of task.
    pub task: String,
    /// How far they are.
    pub window: Window,
    /// How many.
    pub n: u64,
}

/// A page of tasks, all kinds in one statement.
///
/// # Errors
/// [`WorkError::UnknownOrg`], [`WorkError::UnknownTask`], [`WorkError::WrongCursor`], or what the engine says.
pub fn tasks(snapshot: &Snapshot, query: &TaskQuery) -> Result<TaskPage, WorkError> {
    let (compiler, all) = sql::union(snapshot, query)?;
    let filter = filters(snapshot, query)?;
    let after = query.after.as_deref().map(after).transpose()?;
    let beyond = after.map_or_else(String::new, |after| format!(" WHERE {after}"));
    let order = "ORDER BY urgent DESC, due, task, id";
    let body = format!(
        "SELECT * FROM (WITH fit_ AS (SELECT * FROM ({all}) AS a{filter})\nSELECT (SELECT count(*) FROM fit_) AS total_, f.* \
         FROM fit_ AS f{beyond} {order} LIMIT {}) AS page_ {order}",
        query.limit + 1
    );
    let compiled = compiler.finish(&body)?;
    let mut rows = Vec::new();
    let mut total = 0;
    for cells in snapshot.query(&compiled)?.rows()? {
        total = cells[0].as_int().and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
        rows.extend(row(&cells[1..], query.now));
    }
    let more = rows.len() > query.limit;
    rows.truncate(query.limit);
    let next = rows.last().filter(|_| more).map(cursor);
    if rows.is_empty() && query.after.is_some() {
        total = tasks(snapshot, &TaskQuery { after: None, limit: 1, ..query.clone() })?.total;
    }
    Ok(TaskPage { total, rows, next, sql: compiled.sql })
}

/// Every row of one task, for a pack's own examples.
///
/// # Errors
/// As [`tasks`].
pub fn task_rows(snapshot: &Snapshot, task: &str, now: DateTime) -> Result<Vec<TaskRow>, WorkError> {
    let query = TaskQuery { task: Some(task.to_string()), ..TaskQuery::new(now, 100_000) };
    Ok(tasks(snapshot, &query)?.rows)
}

/// How many tasks of the question every organisation has with everything below it; the page of the question is not
/// asked for.
///
/// # Errors
/// As [`tasks`].
pub fn task_counts(snapshot: &Snapshot, query: &TaskQuery) -> Result<Vec<TaskCount>, WorkError> {
    let (compiler, all) = sql::union(snapshot, query)?;
    let filter = filters(snapshot, query)?;
    let body = format!("SELECT a.org, a.task, a.window_, count(*) FROM ({all}) AS a{filter} GROUP BY ALL");
    let mut own = BTreeMap::new();
    for cells in snapshot.query(&compiler.finish(&body)?)?.rows()? {
        let [org, task, window, n] = cells.as_slice() else { continue };
        let text = |cell: &Value| cell.as_text().map(str::to_string);
        let (Some(org), Some(task), Some(window)) =
            (text(org), text(task), window.as_text().and_then(Window::from_word))
        else {
            continue;
        };
        let n = n.as_int().and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
        own.insert((org, (task, window)), n);
    }
    let sums = Places::of(snapshot).add_up(&own);
    Ok(sums.into_iter().map(|((org, (task, window)), n)| TaskCount { org, task, window, n }).collect())
}

/// The conditions of a question, as a WHERE clause over `a`.
fn filters(snapshot: &Snapshot, query: &TaskQuery) -> Result<String, WorkError> {
    let mut conditions: Vec<String> =
        Places::of(snapshot).condition(query.org.as_deref(), "a.org")?.into_iter().collect();
    conditions.extend(query.resident.as_ref().map(|id| format!("a.resident = {}", quote_text(id))));
    conditions.extend(query.due_by.map(|day| format!("CAST(a.due AS DATE) <= DATE '{day}'")));
    if !query.windows.is_empty() {
        let words: Vec<String> = query.windows.iter().map(|window| quote_text(window.word())).collect();
        conditions.push(format!("a.window_ IN ({})", words.join(", ")));
    }
    Ok(if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) })
}

/// Where a page ended.
fn cursor(row: &TaskRow) -> String {
    format!("{}~{}~{}~{}", u8::from(row.urgent), row.due, row.task, row.id)
}

/// What comes after the place where a page ended.
fn after(cursor: &str) -> Result<String, WorkError> {
    let wrong = || WorkError::WrongCursor(cursor.to_string());
    let parts: Vec<&str> = cursor.splitn(4, '~').collect();
    let [urgent @ ("0" | "1"), due, task, id] = parts.as_slice() else { return Err(wrong()) };
    let due: DateTime = due.parse().map_err(|_| wrong())?;
    Ok(format!(
        "(1 - CAST(f.urgent AS INTEGER), f.due, f.task, f.id) > (1 - {urgent}, TIMESTAMP '{due}', {}, {})",
        quote_text(task),
        quote_text(id)
    ))
}

fn row(cells: &[Value], now: DateTime) -> Option<TaskRow> {
    let [task, id, org, resident, due_on, due_at, opens_on, overdue_on, urgent, note, due, window] = cells else {
        return None;
    };
    let text = |cell: &Value| cell.as_text().map(str::to_string);
    let window = Window::from_word(window.as_text()?)?;
    let urgent = urgent.as_flag() == Some(true);
    let due = instant(due)?;
    let is_late = matches!(window, Window::Overdue | Window::Lapsed);
    let n_days_late =
        if is_late { i64::from(now.date().since(due.date()).map_or(0, |span| span.get_days())) } else { 0 };
    Some(TaskRow {
        task: text(task)?,
        id: text(id)?,
        org: text(org)?,
        resident: text(resident),
        due_on: due_on.as_date(),
        due_at: instant(due_at),
        opens_on: opens_on.as_date(),
        overdue_on: overdue_on.as_date(),
        window,
        n_days_late,
        priority: Priority::of(window, urgent),
        note: text(note),
        urgent,
        due,
    })
}

fn instant(cell: &Value) -> Option<DateTime> {
    match cell {
        Value::Instant(moment) => Some(*moment),
        _ => None,
    }
}
