//! Tasks, and the clocks of flows and statements that make tasks by themselves.

use super::cohort::check_query;
use super::indicator::relations;
use super::register::row_expression;
use super::{NamesOnly, sample_moment};
use crate::catalog::Catalog;
use crate::model::{Flow, Register, Spanned, TASK_COLUMNS, Task};
use crate::sql::{
    Compiler, Moment, expression, output_columns, owed_sql, owing_register, place_of_word, query, refuse_expression,
};
use base::{Diagnostic, nearest};

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (pack_id, pack) in &catalog.packs {
        for task in pack.tasks.values() {
            if let Some(enter) = &task.enter {
                register(catalog, enter, found);
            }
            check_query(catalog, pack_id, &task.rows, true, found);
            columns(catalog, task, found);
            asked_any_day(catalog, pack_id, task, found);
            repeats(catalog, task, found);
        }
    }
    for register in catalog.registers() {
        moves(catalog, register, found);
        statement(catalog, register, found);
    }
}

/// A name that must be a register's.
pub(super) fn register(catalog: &Catalog, name: &Spanned<String>, found: &mut Vec<Diagnostic>) {
    if catalog.register(&name.value).is_none() {
        let message = format!("\"{}\" is not a register of these packs", name.value);
        let near = catalog.near_register(&name.value);
        found.push(Diagnostic::error("unknown-register", name.span, message).suggest(near));
    }
}

/// The columns a task returns: what must be there, and nothing that means nothing.
fn columns(catalog: &Catalog, task: &Task, found: &mut Vec<Diagnostic>) {
    let Ok(tree) = query(&catalog.sources, &task.rows) else { return };
    let names = output_columns(&tree);
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    if !has("due_on") && !has("due_at") {
        let message = format!("the rows of task {} have neither due_on nor due_at", task.common.id);
        found.push(Diagnostic::error("task-without-due", task.rows.span, message));
        return;
    }
    for wanted in ["id", "org"].into_iter().filter(|wanted| !has(wanted)) {
        let message = format!("a task returns \"{wanted}\"");
        found.push(
            Diagnostic::error("cohort-without-id", task.rows.span, message)
                .help("id is what something is to be done for, org whose work it is"),
        );
    }
    let known = || TASK_COLUMNS.iter().map(|(name, ..)| *name);
    for name in names.iter().filter(|name| !known().any(|column| column == *name)) {
        let message = format!("\"{name}\" is not a column of tasks");
        let span = place_of_word(&catalog.sources, &task.rows, name);
        found.push(Diagnostic::error("unknown-column", span, message).suggest(nearest(name, known())));
    }
}

/// A task is asked for on any day and knows no period.
fn asked_any_day(catalog: &Catalog, pack: &str, task: &Task, found: &mut Vec<Diagnostic>) {
    let no_period = Moment { period: None, ..sample_moment(catalog) };
    if let Err(mut diagnostic) = Compiler::new(catalog, &NamesOnly, no_period).query(pack, &task.rows) {
        if diagnostic.code == "placeholder-not-here" {
            diagnostic.code = "task-uses-period";
        }
        found.push(diagnostic);
    }
}

/// What a flow or a statement makes a task of anyway is not written a second time: a query that reads who owes a
/// statement, or records in a state that a move with a due moment leaves.
fn repeats(catalog: &Catalog, task: &Task, found: &mut Vec<Diagnostic>) {
    let read = relations(catalog, &task.rows);
    let statement = read.iter().find_map(|name| owing_register(catalog, name));
    let flow = read.iter().filter_map(|name| catalog.register(name)).find(|register| {
        let awaited = register.flow.iter().flat_map(awaited_states);
        awaited.into_iter().any(|state| task.rows.value.contains(&format!("'{state}'")))
    });
    let Some(by) = statement.or(flow) else { return };
    let what = if statement.is_some() { "the statement" } else { "the flow of" };
    let message = format!("{what} {} makes this task itself", by.common.id);
    found.push(
        Diagnostic::error("task-repeats-flow", task.rows.span, message)
            .help("leave this task out, or change due: where it stands"),
    );
}

/// The states that a move with a due moment leaves.
fn awaited_states(flow: &Flow) -> Vec<&str> {
    let timed = flow.moves.values().filter(|step| step.due.is_some());
    timed.flat_map(|step| &step.from).map(|state| state.value.as_str()).collect()
}

fn moves(catalog: &Catalog, register: &Register, found: &mut Vec<Diagnostic>) {
    for due in register.flow.iter().flat_map(|flow| flow.moves.values()).filter_map(|step| step.due.as_ref()) {
        row_expression(catalog, register, &register.common.pack, due, None, found);
    }
}

/// Who owes a statement, and until when, over institutions and periods.
fn statement(catalog: &Catalog, register: &Register, found: &mut Vec<Diagnostic>) {
    let Some(owed) = &register.statement else { return };
    let institution = catalog.register("institution");
    let mut parses = true;
    for text in [&owed.who, &owed.due] {
        match expression(&catalog.sources, text) {
            Ok(tree) => {
                found.extend(refuse_expression(catalog, &register.common.pack, text, &tree, institution));
            }
            Err(diagnostic) => {
                parses = false;
                found.push(diagnostic);
            }
        }
    }
    if parses && let Err(diagnostic) = owed_sql(catalog, &NamesOnly, register, sample_moment(catalog)) {
        found.push(diagnostic);
    }
}
