//! What needs attention now, and has somebody answered?
//!
//! Alerts are derived like tasks: rules of level alert on records and on indicators, statements that are missing or came
//! late, moves of flows whose moment has passed. Whatever is written is in the next question, so an alert is open with
//! the commit that caused it. Only the answer is a record, of the register `alert_acknowledgement`.

mod sql;

use crate::finding::count;
use crate::{Places, WorkError};
use base::{DateTime, Text};
use columns::Snapshot;
use columns::engine::Value;
use pack::sql::quote_text;

/// The register of answers.
pub const ACKNOWLEDGEMENT: &str = "alert_acknowledgement";

/// How an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertState {
    /// Nobody has answered, and there is time.
    Open,
    /// Nobody has answered in time: it stands with the organisation above.
    Escalated,
    /// Somebody has answered.
    Acknowledged,
}

impl AlertState {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Escalated => "escalated",
            Self::Acknowledged => "acknowledged",
        }
    }
}

/// Which alerts are asked for.
#[derive(Debug, Clone)]
pub struct AlertQuery {
    /// The moment at which is asked, on the county's clocks.
    pub now: DateTime,
    /// The organisation with everything below it; the whole county when none.
    pub org: Option<String>,
    /// Those of one role.
    pub role: Option<String>,
    /// Also those that are answered.
    pub with_answered: bool,
    /// Only this one.
    pub alert: Option<String>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

impl AlertQuery {
    /// Everything unanswered at a moment, a page of `limit`.
    pub fn new(now: DateTime, limit: usize) -> Self {
        Self { now, org: None, role: None, with_answered: false, alert: None, after: None, limit }
    }
}

/// Who answered an alert, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The record of the register `alert_acknowledgement`.
    pub record: String,
    /// What came of it: a code of `alert_outcome`.
    pub outcome: String,
    /// What was done.
    pub remark: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: DateTime,
}

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    /// Its name: the rule and what it is about. An answer names it.
    pub alert: String,
    /// The rule, `REGISTER_due.missing`, `REGISTER_due.late` or `REGISTER.MOVE`.
    pub rule: String,
    /// The register of the record; none for indicators.
    pub register: Option<String>,
    /// What it is about: a record, or organisation and period.
    pub id: String,
    /// Where it happened.
    pub org: String,
    /// The resident it is about.
    pub resident: Option<String>,
    /// The sentence, filled in; secrets are starred out.
    pub say: Text,
    /// The role told.
    pub to: Option<String>,
    /// Since when.
    pub opened_at: DateTime,
    /// By when it is to be answered; none without a clock.
    pub due_at: Option<DateTime>,
    /// How it stands.
    pub state: AlertState,
    /// How often its time ran out; each time it goes one organisation up.
    pub n_escalated: usize,
    /// The organisation it stands with now.
    pub stands_with: String,
    /// The answer.
    pub answer: Option<Answer>,
}

/// A page of alerts, newest first.
#[derive(Debug, Clone)]
pub struct AlertPage {
    /// How many alerts fit the question, on all pages.
    pub total: u64,
    /// The alerts.
    pub rows: Vec<AlertRow>,
    /// The place to go on from, when there are more.
    pub next: Option<String>,
    /// The statement that was run.
    pub sql: String,
}

/// A page of alerts.
///
/// # Errors
/// [`WorkError::UnknownOrg`], [`WorkError::WrongCursor`], or what the engine says.
pub fn alerts(snapshot: &Snapshot, query: &AlertQuery) -> Result<AlertPage, WorkError> {
    let places = Places::of(snapshot);
    let (compiler, all) = sql::union(snapshot, query.now)?;
    let mut conditions: Vec<String> = places.condition(query.org.as_deref(), "a.org")?.into_iter().collect();
    conditions.extend(query.role.as_ref().map(|role| format!("a.role = {}", quote_text(role))));
    conditions.extend(query.alert.as_ref().map(|alert| format!("a.alert = {}", quote_text(alert))));
    if !query.with_answered {
        conditions.push("a.answer IS NULL".into());
    }
    let filter = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    let beyond = query.after.as_deref().map(after).transpose()?.unwrap_or_default();
    let body = format!(
        "SELECT * FROM (WITH fit_ AS (SELECT * FROM ({all}) AS a{filter})\nSELECT (SELECT count(*) FROM fit_) AS total_, f.* \
         FROM fit_ AS f{beyond} ORDER BY opened_at DESC, alert LIMIT {}) AS page_ ORDER BY opened_at DESC, alert",
        query.limit + 1
    );
    let compiled = compiler.finish(&body)?;
    let (mut rows, mut total) = (Vec::new(), 0);
    for cells in snapshot.query(&compiled)?.rows()? {
        total = count(&cells[0]);
        rows.extend(row(&cells[1..], query.now, places));
    }
    let more = rows.len() > query.limit;
    rows.truncate(query.limit);
    let next = rows.last().filter(|_| more).map(|row: &AlertRow| format!("{}~{}", row.opened_at, row.alert));
    Ok(AlertPage { total, rows, next, sql: compiled.sql })
}

fn after(cursor: &str) -> Result<String, WorkError> {
    let wrong = || WorkError::WrongCursor(cursor.to_string());
    let (opened, alert) = cursor.split_once('~').ok_or_else(wrong)?;
    let opened: DateTime = opened.parse().map_err(|_| wrong())?;
    let alert = quote_text(alert);
    Ok(format!(
        " WHERE (f.opened_at < TIMESTAMP '{opened}' OR (f.opened_at = TIMESTAMP '{opened}' AND f.alert > {alert}))"
    ))
}

fn row(cells: &[Value], now: DateTime, places: Places<'_>) -> Option<AlertRow> {
    let [alert, rule, register, id, org, resident, zh, en, role, opened, clock, answer, outcome, remark, by, at] =
        cells
    else {
        return None;
    };
    let text = |cell: &Value| cell.as_text().map(str::to_string);
    let instant = |cell: &Value| match cell {
        Value::Instant(moment) => Some(*moment),
        _ => None,
    };
    let opened_at = instant(opened)?;
    let clock = clock.as_int().filter(|seconds| *seconds > 0);
    let due_at = clock.and_then(|seconds| opened_at.checked_add(jiff::SignedDuration::from_secs(seconds)).ok());
    let answer = text(answer).and_then(|record| {
        Some(Answer { record, outcome: text(outcome)?, remark: text(remark)?, by: text(by)?, at: instant(at)? })
    });
    let open_for = now.duration_since(opened_at).as_secs();
    let n_escalated = match (clock, &answer) {
        (Some(clock), None) => usize::try_from(open_for / clock).unwrap_or(0),
        _ => 0,
    };
    let org = text(org)?;
    let state = match (&answer, n_escalated) {
        (Some(_), _) => AlertState::Acknowledged,
        (None, 0) => AlertState::Open,
        (None, _) => AlertState::Escalated,
    };
    Some(AlertRow {
        alert: text(alert)?,
        rule: text(rule)?,
        register: text(register),
        id: text(id)?,
        resident: text(resident),
        say: Text { zh: text(zh)?, en: text(en) },
        to: text(role),
        opened_at,
        due_at,
        state,
        n_escalated,
        stands_with: places.raised(&org, n_escalated),
        org,
        answer,
    })
}
