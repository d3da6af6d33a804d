//! Which tasks are there?

use base::Text;
use pack::Catalog;
use pack::model::{Flow, Move, Register, Task};

/// One kind of task.
#[derive(Debug, Clone)]
pub struct TaskKind<'a> {
    /// Its name: the task's own, `REGISTER.MOVE` of a flow, `REGISTER_due` of a statement.
    pub id: String,
    /// The pack that defines it.
    pub pack: &'a str,
    /// What people call it.
    pub title: &'a Text,
    /// The register whose form opens.
    pub enter: Option<&'a str>,
    /// The role whose work it is.
    pub to: Option<&'a str>,
    pub(super) origin: Origin<'a>,
}

/// What makes the tasks of a kind.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin<'a> {
    /// A query of a pack.
    Rows(&'a Task),
    /// A move that is due.
    Move(&'a Register, &'a Flow, &'a Move),
    /// A statement that is owed.
    Statement(&'a Register),
}

/// Every kind of task of the packs, in the order of the packs; in each the written ones, then flows and statements.
pub fn task_kinds(catalog: &Catalog) -> Vec<TaskKind<'_>> {
    let mut kinds = Vec::new();
    for (pack_id, pack) in &catalog.packs {
        kinds.extend(pack.tasks.iter().map(|(id, task)| TaskKind {
            id: id.clone(),
            pack: pack_id,
            title: &task.common.title,
            enter: task.enter.as_ref().map(|enter| enter.value.as_str()),
            to: task.to.as_ref().map(|to| to.value.as_str()),
            origin: Origin::Rows(task),
        }));
        for register in pack.registers.values() {
            kinds.extend(of_flow(pack_id, register));
            kinds.extend(register.statement.iter().map(|_| TaskKind {
                id: format!("{}_due", register.common.id),
                pack: pack_id,
                title: &register.common.title,
                enter: Some(&register.common.id),
                to: None,
                origin: Origin::Statement(register),
            }));
        }
    }
    kinds
}

fn of_flow<'a>(pack: &'a str, register: &'a Register) -> Vec<TaskKind<'a>> {
    let Some(flow) = &register.flow else { return Vec::new() };
    let due = flow.moves.iter().filter(|(_, step)| step.due.is_some());
    let kind = |(id, step): (&'a String, &'a Move)| TaskKind {
        id: format!("{}.{id}", register.common.id),
        pack,
        title: &step.title,
        enter: Some(&register.common.id),
        to: step.by.as_ref().map(|by| by.value.as_str()),
        origin: Origin::Move(register, flow, step),
    };
    due.map(kind).collect()
}
