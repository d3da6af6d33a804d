//! Which statement lists the findings of all rules?

use super::kind::{FindingKind, Test, finding_kinds};
use crate::WorkError;
use crate::figure::{Fired, fired};
use crate::rows::{compiler as rule_compiler, found, resident_of};
use crate::say::{Said, of_record, of_rows, said};
use base::DateTime;
use columns::Snapshot;
use pack::model::{Level, Register, Required, Rule, RuleTrigger};
use pack::sql::{Compiler, Relations, RowScope, quote_text};

/// The findings of every kind, or of one, as a relation: rule, register, id, org, resident, zh, en, whether the row is a
/// record, and whose record it is.
pub(super) fn union<'s>(
    snapshot: &'s Snapshot,
    now: DateTime,
    rule: Option<&str>,
) -> Result<(Compiler<'s>, String), WorkError> {
    let kinds = finding_kinds(snapshot.catalog());
    if let Some(key) = rule.filter(|key| !kinds.iter().any(|kind| kind.key == **key)) {
        let near = base::nearest(key, kinds.iter().map(|kind| kind.key.as_str())).map(str::to_string);
        return Err(WorkError::UnknownRule { id: key.to_string(), near });
    }
    let mut compiler = snapshot.compiler(None).asked_at(now);
    let mut parts = vec![
        "SELECT CAST(NULL AS VARCHAR) AS rule, CAST(NULL AS VARCHAR) AS register, CAST(NULL AS VARCHAR) AS id, \
         CAST(NULL AS VARCHAR) AS org, CAST(NULL AS VARCHAR) AS resident, CAST(NULL AS VARCHAR) AS zh, \
         CAST(NULL AS VARCHAR) AS en, FALSE AS is_record, CAST(NULL AS VARCHAR) AS record_org WHERE FALSE"
            .to_string(),
    ];
    for kind in kinds.iter().filter(|kind| rule.is_none_or(|key| kind.key == key)) {
        match (&kind.test, kind.register) {
            (Test::Rule(rule), register) => match (&rule.trigger, register) {
                (RuleTrigger::When(_), Some(register)) => parts.push(condition(snapshot, kind, rule, register, now)?),
                (RuleTrigger::Rows(rows), register) => {
                    if pack::names_cohort(rows) {
                        parts.push(of_cohort(snapshot, kind, rule, register, now)?);
                    } else {
                        parts.push(rows_of(snapshot, &mut compiler, kind, rule, register)?);
                    }
                }
                _ => {}
            },
            (Test::Missing(field), Some(register)) => {
                let Required::When(when) = &field.required else { continue };
                let mut scope = RowScope::new(snapshot.catalog(), snapshot.view(), register).asked_at(now);
                let sql = format!("coalesce({}, FALSE) AND t.{} IS NULL", scope.lower(when)?, field.id);
                parts.push(records(snapshot, kind, register, &scope, &sql, "")?);
            }
            (Test::Range(field), Some(register)) => {
                let Some(range) = &field.range else { continue };
                let scope = RowScope::new(snapshot.catalog(), snapshot.view(), register);
                let (low, high) = range.value;
                let sql = format!("(t.{0} < {low} OR t.{0} > {high})", field.id);
                parts.push(records(snapshot, kind, register, &scope, &sql, "")?);
            }
            (Test::Doubled, Some(register)) => {
                let scope = RowScope::new(snapshot.catalog(), snapshot.view(), register);
                let columns: Vec<String> =
                    register.identity.iter().map(|column| format!("t.{}", column.value)).collect();
                let there: Vec<String> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
                let twice = format!(" QUALIFY count(*) OVER (PARTITION BY {}) > 1", columns.join(", "));
                parts.push(records(snapshot, kind, register, &scope, &there.join(" AND "), &twice)?);
            }
            _ => {}
        }
    }
    parts.extend(of_indicators(snapshot, now, rule)?);
    Ok((compiler, parts.join("\nUNION ALL ")))
}

/// Records `t` for which a condition holds.
fn records(
    snapshot: &Snapshot,
    kind: &FindingKind<'_>,
    register: &Register,
    scope: &RowScope<'_>,
    condition: &str,
    qualify: &str,
) -> Result<String, WorkError> {
    let words = said(&kind.say, |place| Ok(format!("t.{place}")))?;
    Ok(select(snapshot, kind, register, scope, &words, condition, qualify))
}

fn select(
    snapshot: &Snapshot,
    kind: &FindingKind<'_>,
    register: &Register,
    scope: &RowScope<'_>,
    words: &Said,
    condition: &str,
    qualify: &str,
) -> String {
    let relation = snapshot.view().register(&register.common.id);
    format!(
        "SELECT {} AS rule, {} AS register, t.id, t.org, {} AS resident, {} AS zh, {} AS en, TRUE AS is_record, \
         t.org AS record_org FROM {} WHERE {condition}{qualify}",
        quote_text(&kind.key),
        quote_text(&register.common.id),
        resident_of(register),
        words.zh,
        words.en,
        scope.from_clause(&relation),
    )
}

fn condition(
    snapshot: &Snapshot,
    kind: &FindingKind<'_>,
    rule: &Rule,
    register: &Register,
    now: DateTime,
) -> Result<String, WorkError> {
    let RuleTrigger::When(when) = &rule.trigger else { return Ok(String::new()) };
    let mut scope = RowScope::new(snapshot.catalog(), snapshot.view(), register).asked_at(now);
    let sql = format!("coalesce({}, FALSE)", scope.lower_in(&rule.common.pack, when)?);
    let words = of_record(&mut scope, rule, register)?;
    Ok(select(snapshot, kind, register, &scope, &words, &sql, ""))
}

fn rows_of(
    snapshot: &Snapshot,
    compiler: &mut Compiler<'_>,
    kind: &FindingKind<'_>,
    rule: &Rule,
    register: Option<&Register>,
) -> Result<String, WorkError> {
    let RuleTrigger::Rows(rows) = &rule.trigger else { return Ok(String::new()) };
    let found = found(snapshot.catalog(), compiler, rule, rows, register)?;
    let words = of_rows(rule, register, &found.columns)?;
    let register = register.map_or_else(|| "CAST(NULL AS VARCHAR)".to_string(), |r| quote_text(&r.common.id));
    Ok(format!(
        "SELECT {} AS rule, {register} AS register, q.id, q.org, {} AS resident, {} AS zh, {} AS en, {} AS is_record, \
         {} AS record_org FROM {} QUALIFY row_number() OVER (PARTITION BY q.id ORDER BY {} ) = 1",
        quote_text(&kind.key),
        found.resident,
        words.zh,
        words.en,
        found.is_record,
        found.record_org,
        found.from,
        words.zh,
    ))
}

/// The rows of a cohort, asked for its own period: a statement inside the statement.
fn of_cohort(
    snapshot: &Snapshot,
    kind: &FindingKind<'_>,
    rule: &Rule,
    register: Option<&Register>,
    now: DateTime,
) -> Result<String, WorkError> {
    let RuleTrigger::Rows(rows) = &rule.trigger else { return Ok(String::new()) };
    let mut own = rule_compiler(snapshot, now, rows);
    let body = rows_of(snapshot, &mut own, kind, rule, register)?;
    Ok(format!("SELECT * FROM ({}) AS s", own.finish(&body)?.sql))
}

/// Rules on indicators, as rows that are written out.
fn of_indicators(snapshot: &Snapshot, now: DateTime, rule: Option<&str>) -> Result<Vec<String>, WorkError> {
    let fired = fired(snapshot, now, Level::Find)?;
    let wanted = fired.iter().filter(|fired| rule.is_none_or(|key| fired.rule == key));
    Ok(wanted.map(literal).collect())
}

fn literal(fired: &Fired) -> String {
    format!(
        "SELECT {}, CAST(NULL AS VARCHAR), {}, {}, CAST(NULL AS VARCHAR), {}, {}, FALSE, {}",
        quote_text(&fired.rule),
        quote_text(&fired.id),
        quote_text(&fired.org),
        quote_text(&fired.say.zh),
        quote_text(fired.say.get(base::Language::En)),
        quote_text(&fired.org),
    )
}
