//! `strings/en.yaml`: the English of every text people read.

use crate::model::Pack;
use crate::yaml::{Node, Scope};
use base::{Diagnostic, Span, Text, nearest};
use std::collections::BTreeMap;

/// Puts the English texts where they belong; unknown places and texts without English are reported.
pub(super) fn apply(scope: &mut Scope, pack: &mut Pack, strings: Option<&Node>) {
    let mut given: BTreeMap<String, (String, Span)> = BTreeMap::new();
    if let Some(node) = strings {
        for (key, node) in scope.map(node, "strings/en.yaml") {
            if let Some(text) = scope.text(node, "a string") {
                given.insert(key.text.clone(), (text.value, key.span));
            }
        }
    }
    let mut known = Vec::new();
    let mut missing = Vec::new();
    each(pack, &mut |path, text, span| {
        if let Some((en, _)) = given.get(&path) {
            text.en = Some(en.clone());
        }
        if text.en.is_none() && !text.zh.is_empty() {
            missing.push((path.clone(), span));
        }
        known.push(path);
    });
    for (path, (_, span)) in &given {
        if !known.contains(path) {
            let near = nearest(path, known.iter().map(String::as_str));
            let message = format!("\"{path}\" is not a text of this pack");
            scope.push(Diagnostic::error("unknown-string", *span, message).suggest(near));
        }
    }
    for (path, span) in missing {
        let message = format!("\"{path}\" has no English");
        scope.push(Diagnostic::warning("missing-english", span, message).help("add it to strings/en.yaml"));
    }
}

/// Every text people read, with its path and the place of its definition.
fn each(pack: &mut Pack, see: &mut impl FnMut(String, &mut Text, Span)) {
    for (id, parameter) in &mut pack.parameters {
        see(format!("{id}.title"), &mut parameter.common.title, parameter.common.span);
    }
    for (id, list) in &mut pack.lists {
        see(format!("{id}.title"), &mut list.common.title, list.common.span);
        for row in list.tables.iter_mut().flat_map(|table| &mut table.rows) {
            if let Some(code) = &row.code {
                see(format!("{id}.codes.{code}"), &mut row.label, row.span);
            }
        }
    }
    for (id, versions) in &mut pack.cohorts {
        for cohort in &mut versions.0 {
            see(format!("{id}.title"), &mut cohort.common.title, cohort.common.span);
        }
    }
    for (id, versions) in &mut pack.indicators {
        for indicator in &mut versions.0 {
            see(format!("{id}.title"), &mut indicator.common.title, indicator.common.span);
        }
    }
    for (id, register) in &mut pack.registers {
        let span = register.common.span;
        see(format!("{id}.title"), &mut register.common.title, span);
        for field in register.fields.values_mut() {
            see(format!("{id}.fields.{}.title", field.id), &mut field.title, field.span);
            if let Some(help) = &mut field.help {
                see(format!("{id}.fields.{}.help", field.id), help, field.span);
            }
        }
        for (rule_id, rule) in &mut register.rules {
            see(format!("{id}.rules.{rule_id}.say"), &mut rule.say.value, rule.common.span);
            if let Some(why) = &mut rule.why {
                see(format!("{id}.rules.{rule_id}.why"), why, rule.common.span);
            }
            if let Some(action) = &mut rule.action {
                see(format!("{id}.rules.{rule_id}.do"), action, rule.common.span);
            }
        }
        for (state_id, state) in register.flow.iter_mut().flat_map(|flow| &mut flow.states) {
            see(format!("{id}.flow.states.{state_id}"), &mut state.title, state.span);
        }
        for (move_id, step) in register.flow.iter_mut().flat_map(|flow| &mut flow.moves) {
            see(format!("{id}.flow.moves.{move_id}"), &mut step.title, step.span);
            if let Some(say) = &mut step.say {
                see(format!("{id}.flow.moves.{move_id}.say"), say, step.span);
            }
        }
    }
    for (id, rule) in &mut pack.rules {
        see(format!("{id}.say"), &mut rule.say.value, rule.common.span);
        if let Some(why) = &mut rule.why {
            see(format!("{id}.why"), why, rule.common.span);
        }
        if let Some(action) = &mut rule.action {
            see(format!("{id}.do"), action, rule.common.span);
        }
    }
    for (id, task) in &mut pack.tasks {
        see(format!("{id}.title"), &mut task.common.title, task.common.span);
    }
    for (id, scheme) in &mut pack.schemes {
        see(format!("{id}.title"), &mut scheme.common.title, scheme.common.span);
        for step in &mut scheme.steps {
            see(format!("{id}.steps.{}.title", step.id.value), &mut step.title, step.id.span);
        }
    }
    for (id, funnel) in &mut pack.funnels {
        see(format!("{id}.title"), &mut funnel.common.title, funnel.common.span);
    }
    for (id, campaign) in &mut pack.campaigns {
        see(format!("{id}.title"), &mut campaign.common.title, campaign.common.span);
    }
}
