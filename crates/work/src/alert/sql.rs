//! Which statement lists the alerts of all kinds?

use super::ACKNOWLEDGEMENT;
use crate::WorkError;
use crate::figure::{fired, on_indicators};
use crate::rows::{compiler as rule_compiler, found, resident_of};
use crate::say::{of_record, of_rows};
use crate::task::{move_alerts, task_kinds};
use base::DateTime;
use columns::Snapshot;
use pack::model::{Level, Register, Rule, RuleTrigger, Spanned};
use pack::sql::{Compiler, Relations, RowScope, quote_text};
use std::collections::BTreeMap;

const SECONDS: &str = "date_diff('second', CAST(u.opened_at AS TIMESTAMP), CAST(u.due AS TIMESTAMP))";

/// Every alert as a relation, with its answer: alert, rule, register, id, org, resident, zh, en, role, `opened_at`, the
/// seconds of its clock, and the answer's record, outcome, remark, author and moment.
pub(super) fn union<'s>(snapshot: &'s Snapshot, now: DateTime) -> Result<(Compiler<'s>, String), WorkError> {
    let catalog = snapshot.catalog();
    let mut compiler = snapshot.compiler(None).asked_at(now);
    let mut parts = vec![nothing()];
    for register in catalog.registers() {
        for rule in catalog.rules_of(register).filter(|rule| rule.level.value == Level::Alert) {
            parts.push(match &rule.trigger {
                RuleTrigger::When(_) => condition(snapshot, rule, register, now)?,
                RuleTrigger::Rows(rows) if pack::names_cohort(rows) => {
                    let mut own = rule_compiler(snapshot, now, rows);
                    let body = rows_of(snapshot, &mut own, rule, rows, register, now)?;
                    format!("SELECT * FROM ({}) AS s", own.finish(&body)?.sql)
                }
                RuleTrigger::Rows(rows) => rows_of(snapshot, &mut compiler, rule, rows, register, now)?,
                RuleTrigger::Method { .. } => continue,
            });
        }
        if register.statement.is_some() {
            parts.push(statements(&mut compiler, register, now)?);
        }
    }
    for kind in task_kinds(catalog) {
        parts.extend(move_alerts(snapshot, &kind, now)?);
    }
    parts.extend(of_indicators(snapshot, now)?);
    let alerts = format!(
        "SELECT concat(u.rule, '/', u.id) AS alert, u.rule, u.register, u.id, u.org, u.resident, u.zh, u.en, u.role, \
         CAST(u.opened_at AS TIMESTAMP) AS opened_at, CASE WHEN u.due IS NOT NULL THEN greatest({SECONDS}, 60) END AS clock FROM ({}) AS u \
         WHERE u.opened_at IS NOT NULL AND u.opened_at <= TIMESTAMP '{now}'",
        parts.join("\nUNION ALL ")
    );
    Ok((compiler, answered(snapshot, &alerts)))
}

/// The first answer beside each alert.
fn answered(snapshot: &Snapshot, alerts: &str) -> String {
    if snapshot.catalog().register(ACKNOWLEDGEMENT).is_none() {
        let none = "CAST(NULL AS VARCHAR)";
        return format!(
            "SELECT w.*, {none} AS answer, {none} AS outcome, {none} AS remark, {none} AS answered_by, \
             CAST(NULL AS TIMESTAMP) AS answered_at FROM ({alerts}) AS w"
        );
    }
    let answers = snapshot.view().register(ACKNOWLEDGEMENT);
    format!(
        "SELECT w.*, k.id AS answer, k.outcome, k.remark, k.recorded_by AS answered_by, k.recorded_at AS answered_at \
         FROM ({alerts}) AS w LEFT JOIN (SELECT * FROM {answers} AS a QUALIFY row_number() OVER (PARTITION BY a.alert \
         ORDER BY a.recorded_at, a.id) = 1) AS k ON k.alert = w.alert"
    )
}

/// The relation without a row, which gives the columns their names and types.
fn nothing() -> String {
    let texts = ["rule", "register", "id", "org", "resident", "zh", "en", "role"];
    let texts: Vec<String> = texts.iter().map(|name| format!("CAST(NULL AS VARCHAR) AS {name}")).collect();
    format!(
        "SELECT {}, CAST(NULL AS TIMESTAMP) AS opened_at, CAST(NULL AS TIMESTAMP) AS due WHERE FALSE",
        texts.join(", ")
    )
}

fn role(rule: &Rule) -> String {
    rule.to.as_ref().map_or_else(|| "CAST(NULL AS VARCHAR)".to_string(), |to| quote_text(&to.value))
}

/// A due day lasts to its end.
fn moment(due: &str) -> String {
    format!(
        "CASE WHEN typeof({due}) = 'DATE' THEN CAST({due} AS TIMESTAMP) + INTERVAL '86399' SECOND ELSE CAST({due} AS TIMESTAMP) END"
    )
}

fn condition(snapshot: &Snapshot, rule: &Rule, register: &Register, now: DateTime) -> Result<String, WorkError> {
    let RuleTrigger::When(when) = &rule.trigger else { return Ok(nothing()) };
    let mut scope = RowScope::new(snapshot.catalog(), snapshot.view(), register).asked_at(now);
    let pack = &rule.common.pack;
    let condition = scope.lower_in(pack, when)?;
    let words = of_record(&mut scope, rule, register)?;
    let due = rule.due.as_ref().map(|due| scope.lower_in(pack, due)).transpose()?;
    let due = due.map_or_else(|| "CAST(NULL AS TIMESTAMP)".to_string(), |due| moment(&due));
    let relation = snapshot.view().register(&register.common.id);
    Ok(format!(
        "SELECT {}, {}, t.id, t.org, {}, {}, {}, {}, t.recorded_at, {due} FROM {} WHERE coalesce({condition}, FALSE)",
        quote_text(&rule.key()),
        quote_text(&register.common.id),
        resident_of(register),
        words.zh,
        words.en,
        role(rule),
        scope.from_clause(&relation),
    ))
}

fn rows_of(
    snapshot: &Snapshot,
    compiler: &mut Compiler<'_>,
    rule: &Rule,
    rows: &Spanned<String>,
    register: &Register,
    now: DateTime,
) -> Result<String, WorkError> {
    let found = found(snapshot.catalog(), compiler, rule, rows, Some(register))?;
    let words = of_rows(rule, Some(register), &found.columns)?;
    let due = match &rule.due {
        Some(due) if found.columns.contains(&due.value) => moment(&format!("q.{}", due.value)),
        _ => "CAST(NULL AS TIMESTAMP)".to_string(),
    };
    // A row that is no record has no moment of its own: it is known since the beginning of the day.
    let since = format!("coalesce(r.recorded_at, TIMESTAMP '{}')", now.date().at(0, 0, 0, 0));
    Ok(format!(
        "SELECT {}, {}, q.id, q.org, {}, {}, {}, {}, {since}, {due} FROM {} \
         QUALIFY row_number() OVER (PARTITION BY q.id ORDER BY {}) = 1",
        quote_text(&rule.key()),
        quote_text(&register.common.id),
        found.resident,
        words.zh,
        words.en,
        role(rule),
        found.from,
        words.zh,
    ))
}

/// Statements not filed when their due day is over, and statements that were filed later. A missing one goes up when as
/// much time again has passed as there was from the end of its period to its due day.
fn statements(compiler: &mut Compiler<'_>, register: &Register, now: DateTime) -> Result<String, WorkError> {
    let id = &register.common.id;
    let title = (&register.common.title.zh, register.common.title.get(base::Language::En));
    let text = format!(
        "SELECT d.id, d.org, d.period_from, d.period_until, d.due_on, d.filed_on, d.statement FROM {id}_due d \
         WHERE d.due_on < DATE '{0}' AND (d.filed_on IS NULL OR d.filed_on > d.due_on)",
        now.date()
    );
    let sql = compiler.query(&register.common.pack, &Spanned::new(text, register.common.span))?;
    Ok(format!(
        "SELECT concat({}, CASE WHEN q.filed_on IS NULL THEN 'missing' ELSE 'late' END), {}, q.id, q.org, \
         CAST(NULL AS VARCHAR), concat({}, '（', q.period_from, '起）', CASE WHEN q.filed_on IS NULL THEN concat('应于', q.due_on, '前报送，尚未报送') \
         ELSE concat('应于', q.due_on, '前报送，', q.filed_on, '才报送') END), \
         concat({}, ' from ', q.period_from, ' was due on ', q.due_on, CASE WHEN q.filed_on IS NULL THEN ' and is missing' \
         ELSE concat(' and was filed on ', q.filed_on) END), CAST(NULL AS VARCHAR), \
         CAST(coalesce(q.filed_on, q.due_on + 1) AS TIMESTAMP), \
         CASE WHEN q.filed_on IS NULL THEN CAST(q.due_on + 1 + CAST(greatest(q.due_on + 1 - q.period_until, 1) AS INTEGER) AS TIMESTAMP) END \
         FROM ({sql}) AS q",
        quote_text(&format!("{id}_due.")),
        quote_text(id),
        quote_text(title.0),
        quote_text(title.1),
    ))
}

fn of_indicators(snapshot: &Snapshot, now: DateTime) -> Result<Vec<String>, WorkError> {
    let roles: BTreeMap<String, String> =
        on_indicators(snapshot.catalog()).map(|rule| (rule.key(), role(rule))).collect();
    let none = "CAST(NULL AS VARCHAR)";
    let fired = fired(snapshot, now, Level::Alert)?;
    let literal = |fired: &crate::figure::Fired| {
        format!(
            "SELECT {}, {none}, {}, {}, {none}, {}, {}, {}, TIMESTAMP '{}', CAST(NULL AS TIMESTAMP)",
            quote_text(&fired.rule),
            quote_text(&fired.id),
            quote_text(&fired.org),
            quote_text(&fired.say.zh),
            quote_text(fired.say.get(base::Language::En)),
            roles.get(&fired.rule).map_or(none, String::as_str),
            fired.at,
        )
    };
    Ok(fired.iter().map(literal).collect())
}
