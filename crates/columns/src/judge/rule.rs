//! What do the packs' rules say of these records?
//!
//! Conditions of a register become the columns of one statement; rules that look beyond the record are a query each.

use super::flow::Moves;
use super::near::{NEAR_MOST, Near};
use super::reference::{Created, Relied, identity, references};
use super::this::{id_of, load_this, this_view};
use super::{Advice, Judgment, Proposal, Verdict};
use crate::StoreError;
use crate::engine::{Connection, Value};
use crate::snapshot::View;
use base::{Date, Language, Text};
use pack::model::{Level, Register, Required, RuleTrigger};
use pack::sql::{Compiler, Moment, RowScope};
use records::{Draft, Log};
use std::collections::{BTreeMap, BTreeSet};

/// One condition asked of every draft of a register.
pub(super) struct Question {
    pub rule: String,
    pub verdict: Verdict,
    pub say: Text,
    pub sql: String,
    /// The column it is about, where it is about one.
    pub column: Option<String>,
    /// For references: the register referred to and the column, so that drafts of the same batch count too.
    pub refers: Option<(String, String)>,
}

/// Asks every rule about the drafts `indices`, all of one register. Returns the references that only other drafts
/// of the batch fulfil.
pub(super) fn judge_rules(
    judgment: &mut Judgment,
    (connection, log): (&Connection, Option<&dyn Log>),
    view: &View,
    register: &Register,
    proposal: &Proposal<'_>,
    indices: &[usize],
    moves: &Moves<'_>,
) -> Result<Vec<Relied>, StoreError> {
    let near = Near::new(view, log.filter(|_| indices.len() <= NEAR_MOST));
    let mut scope = RowScope::new(&view.catalog, &near, register).asked_on(proposal.today);
    let mut questions = questions(&near, register, &mut scope)?;
    let drafts = indices.iter().filter_map(|n| judgment.cells.get(*n)?.as_ref());
    questions.extend(identity(view, register, drafts));
    questions.extend(moves.guards(&mut scope)?);
    let n_judging = questions.len();
    if proposal.advises {
        questions.extend(advising(&near, register, &mut scope)?);
    }
    let queries = row_rules(view, register, proposal.today)?;
    if questions.is_empty() && queries.is_empty() {
        return Ok(Vec::new());
    }
    load_this(connection, view, register, proposal.drafts, indices, judgment)?;
    near.load(connection, register, indices.iter().filter_map(|n| judgment.cells.get(*n)?.as_ref()))?;
    let by_id: BTreeMap<String, usize> = indices.iter().map(|n| (id_of(proposal.drafts[*n], *n), *n)).collect();
    for query in &queries {
        connection.execute(&this_view(view, register, proposal.today)?)?;
        judge_query(judgment, connection, register, proposal.drafts, &by_id, query)?;
    }
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    let rows = connection.query(&statement(&questions, &scope))?.rows()?;
    let (judging, advising) = questions.split_at(n_judging);
    advise(judgment, register, proposal, (advising, n_judging), &rows);
    Ok(judge_answers(judgment, register, proposal, judging, &rows))
}

/// The number of every draft that some question concerns, with the answers.
fn statement(questions: &[Question], scope: &RowScope<'_>) -> String {
    let asked: Vec<String> =
        questions.iter().enumerate().map(|(n, q)| format!("coalesce({}, FALSE) AS q{n}", q.sql)).collect();
    let any: Vec<String> = (0..questions.len()).map(|n| format!("q{n}")).collect();
    format!(
        "SELECT * FROM (SELECT t.n_, {} FROM {}) WHERE {}",
        asked.join(", "),
        scope.from_clause("temp.this_"),
        any.join(" OR ")
    )
}

fn judge_answers(
    judgment: &mut Judgment,
    register: &Register,
    proposal: &Proposal<'_>,
    questions: &[Question],
    rows: &[Vec<Value>],
) -> Vec<Relied> {
    let mut relied = Vec::new();
    // Made only when a reference is missing from the tables, which is rare.
    let mut created = None;
    for row in rows {
        let Some(index) = row[0].as_int().and_then(|n| usize::try_from(n).ok()) else { continue };
        for (question, _) in questions.iter().zip(&row[1..]).filter(|(_, answer)| answer.as_flag() == Some(true)) {
            if let Some((to, column)) = &question.refers {
                let created = created.get_or_insert_with(|| Created::of(proposal));
                if let Some(on) = created.find(proposal, index, to, column) {
                    relied.push(Relied { index, column: column.clone(), on });
                    continue;
                }
            }
            let say = with_values(&question.say, register, proposal.drafts[index]);
            let column = question.column.as_deref();
            judgment.refuse_column(proposal.drafts, index, question.verdict, &question.rule, column, say);
        }
    }
    relied
}

/// The rules that only say something of a record.
fn advising(near: &Near<'_>, register: &Register, scope: &mut RowScope<'_>) -> Result<Vec<Question>, StoreError> {
    let mut questions = Vec::new();
    for rule in near.view().catalog.rules_of(register) {
        let (Level::Advise, RuleTrigger::When(when)) = (rule.level.value, &rule.trigger) else { continue };
        let (rule_id, say) = (rule.common.id.clone(), rule.say.value.clone());
        let sql = scope.lower_in(&rule.common.pack, when)?;
        questions.push(Question { rule: rule_id, verdict: Verdict::Confirm, say, sql, column: None, refers: None });
    }
    Ok(questions)
}

/// Notes what the advising questions say; their answers stand behind the `n_judging` others.
fn advise(
    judgment: &mut Judgment,
    register: &Register,
    proposal: &Proposal<'_>,
    (advising, n_judging): (&[Question], usize),
    rows: &[Vec<Value>],
) {
    for row in rows {
        let Some(index) = row[0].as_int().and_then(|n| usize::try_from(n).ok()) else { continue };
        let answers = advising.iter().zip(&row[1 + n_judging..]);
        for (question, _) in answers.filter(|(_, answer)| answer.as_flag() == Some(true)) {
            let say = with_values(&question.say, register, proposal.drafts[index]);
            judgment.advice.push(Advice { index, rule: question.rule.clone(), say });
        }
    }
}

fn questions(near: &Near<'_>, register: &Register, scope: &mut RowScope<'_>) -> Result<Vec<Question>, StoreError> {
    let mut questions = Vec::new();
    for rule in near.view().catalog.rules_of(register) {
        let (Some(verdict), RuleTrigger::When(when)) = (verdict_of(rule.level.value), &rule.trigger) else { continue };
        let (rule_id, say) = (rule.common.id.clone(), rule.say.value.clone());
        let sql = scope.lower_in(&rule.common.pack, when)?;
        questions.push(Question { rule: rule_id, verdict, say, sql, column: None, refers: None });
    }
    for field in register.fields.values() {
        if let Required::When(condition) = &field.required {
            let sql = format!("({}) AND t.{} IS NULL", scope.lower(condition)?, field.id);
            let say = Text::both(
                format!("请填写{}", field.title.zh),
                format!("{} is required", field.title.get(Language::En)),
            );
            let (rule, column) = ("required".to_string(), Some(field.id.clone()));
            questions.push(Question { rule, verdict: Verdict::Refuse, say, sql, column, refers: None });
        }
    }
    questions.extend(references(near, register));
    Ok(questions)
}

/// A rule that looks beyond the record: its query over `this`.
struct RowRule {
    rule: String,
    verdict: Verdict,
    say: Text,
    sql: String,
}

fn row_rules(view: &View, register: &Register, today: Date) -> Result<Vec<RowRule>, StoreError> {
    let mut rules = Vec::new();
    for rule in view.catalog.rules_of(register) {
        let (Some(verdict), RuleTrigger::Rows(rows)) = (verdict_of(rule.level.value), &rule.trigger) else { continue };
        let moment = Moment { period: None, as_of: today };
        let mut compiler = Compiler::new(&view.catalog, view, moment);
        let body = compiler.query(&rule.common.pack, rows)?;
        let sql = compiler.finish(&body)?.sql;
        rules.push(RowRule { rule: rule.common.id.clone(), verdict, say: rule.say.value.clone(), sql });
    }
    Ok(rules)
}

/// What a rule of this level does to a record; the other levels do not judge.
fn verdict_of(level: Level) -> Option<Verdict> {
    match level {
        Level::Refuse => Some(Verdict::Refuse),
        Level::Confirm => Some(Verdict::Confirm),
        Level::Advise | Level::Find | Level::Alert => None,
    }
}

fn judge_query(
    judgment: &mut Judgment,
    connection: &Connection,
    register: &Register,
    drafts: &[&Draft],
    by_id: &BTreeMap<String, usize>,
    rule: &RowRule,
) -> Result<(), StoreError> {
    let answer = connection.query(&rule.sql)?;
    let names: Vec<String> = answer.columns().iter().map(|column| column.name.clone()).collect();
    let Some(id) = names.iter().position(|name| name == "id") else { return Ok(()) };
    let mut said: BTreeSet<usize> = BTreeSet::new();
    for row in answer.rows()? {
        let Some(index) = row[id].as_text().and_then(|id| by_id.get(id)).copied() else { continue };
        if !said.insert(index) {
            continue;
        }
        let fill = |text: &str| {
            let filled = names.iter().zip(&row).fold(text.to_string(), |text, (name, cell)| {
                text.replace(&format!("{{{name}}}"), &crate::cell::shown(cell))
            });
            with_values(&Text::zh(filled), register, drafts[index]).zh
        };
        let say = Text { zh: fill(&rule.say.zh), en: rule.say.en.as_deref().map(fill) };
        judgment.refuse(drafts, index, rule.verdict, &rule.rule, say);
    }
    Ok(())
}

/// The rule's sentence with the draft's own values in the places `{column}`.
pub(super) fn with_values(say: &Text, register: &Register, draft: &Draft) -> Text {
    let fill = |text: &str| {
        let mut text = text.to_string();
        for column in register.columns() {
            let place = format!("{{{}}}", column.name);
            if text.contains(&place) {
                let value = draft.body.get(&column.name).map_or(String::new(), |value| match value.as_str() {
                    Some(words) => words.to_string(),
                    None => value.to_string(),
                });
                text = text.replace(&place, &value);
            }
        }
        text
    };
    Text { zh: fill(&say.zh), en: say.en.as_deref().map(fill) }
}
