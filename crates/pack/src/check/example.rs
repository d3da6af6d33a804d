//! Examples: the names they use, and what no example reaches.

use crate::catalog::Catalog;
use crate::model::{Example, ExpectedSave, Level, Rule, RuleTrigger, Spanned};
use base::{Diagnostic, nearest};
use std::collections::BTreeSet;

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let mut counted = BTreeSet::new();
    let mut refused = BTreeSet::new();
    for pack in catalog.packs.values() {
        for example in &pack.tests {
            names(catalog, example, found);
            counted.extend(example.indicators.iter().map(|(key, _)| key.value.indicator.as_str()));
            refused.extend(example.saved.iter().filter_map(|saved| match &saved.value {
                ExpectedSave::Refuse(rule) => Some(rule.as_str()),
                _ => None,
            }));
        }
    }
    for versions in catalog.indicators() {
        let common = &versions.latest().common;
        if !counted.contains(common.id.as_str()) {
            let message = format!("no example asks for \"{}\"", common.id);
            found.push(
                Diagnostic::warning("indicator-untested", common.span, message)
                    .help("add it to expect.indicators of a test, on both sides of its boundaries"),
            );
        }
    }
    for register in catalog.registers() {
        for (id, rule) in &register.rules {
            let refuses = rule.level.value == Level::Refuse && matches!(rule.trigger, RuleTrigger::When(_));
            if refuses && !refused.contains(id.as_str()) {
                let message = format!("no example is refused by \"{id}\" of {}", register.common.id);
                found.push(
                    Diagnostic::warning("rule-untested", rule.common.span, message)
                        .help("add a test with try: and expect: {saved: [{refuse: …}]}"),
                );
            }
        }
    }
}

fn names(catalog: &Catalog, example: &Example, found: &mut Vec<Diagnostic>) {
    for (register, records) in example.given.iter().chain(&example.tried) {
        if catalog.register(register).is_none() {
            let span = records.first().map_or(example.name.span, |record| record.span);
            let message = format!("\"{register}\" is not a register of these packs");
            found.push(Diagnostic::error("unknown-register", span, message).suggest(catalog.near_register(register)));
        }
    }
    for (key, _) in &example.indicators {
        if catalog.indicator(&key.value.indicator).is_none() {
            let message = format!("\"{}\" is not an indicator of these packs", key.value.indicator);
            let near = catalog.near_indicator(&key.value.indicator);
            found.push(Diagnostic::error("unknown-indicator", key.span, message).suggest(near));
        }
    }
    for (name, _) in &example.tasks {
        let known = task_ids(catalog);
        if !known.contains(&name.value) {
            let message = format!("\"{}\" is not a task of these packs", name.value);
            let near = nearest(&name.value, known.iter().map(String::as_str));
            found.push(Diagnostic::error("unknown-task", name.span, message).suggest(near));
        }
    }
    for (name, _) in &example.finds {
        let known: Vec<&str> = rules(catalog, &example.pack).map(|rule| rule.common.id.as_str()).collect();
        if !known.contains(&name.value.as_str()) {
            let message = format!("\"{}\" is not a rule of {}", name.value, example.pack);
            let near = nearest(&name.value, known.iter().copied());
            found.push(Diagnostic::error("unknown-rule", name.span, message).suggest(near));
        }
    }
    for (name, _) in &example.rows {
        cohort(catalog, example, name, found);
    }
}

/// Every task by its name: written ones, moves of flows with a due moment, statements.
fn task_ids(catalog: &Catalog) -> Vec<String> {
    let written = catalog.packs.values().flat_map(|pack| pack.tasks.keys().cloned());
    let made = catalog.registers().flat_map(|register| {
        let moves = register.flow.iter().flat_map(|flow| &flow.moves).filter(|(_, step)| step.due.is_some());
        let statement = register.statement.iter().map(|_| format!("{}_due", register.common.id));
        moves.map(|(id, _)| format!("{}.{id}", register.common.id)).chain(statement)
    });
    written.chain(made).collect()
}

/// Every rule of a pack, those of its registers first.
fn rules<'a>(catalog: &'a Catalog, pack: &str) -> impl Iterator<Item = &'a Rule> {
    let pack = catalog.packs.get(pack);
    pack.into_iter().flat_map(|pack| pack.registers.values().flat_map(|r| r.rules.values()).chain(pack.rules.values()))
}

fn cohort(catalog: &Catalog, example: &Example, name: &Spanned<String>, found: &mut Vec<Diagnostic>) {
    if let Err(error) = catalog.cohort(&example.pack, &name.value) {
        found.push(error.diagnostic("unknown-cohort", "cohort", &name.value, name.span));
    }
}
