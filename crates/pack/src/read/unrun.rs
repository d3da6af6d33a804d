//! Sections that are read as far as the language allows and that nothing runs yet: schemes, tasks, campaigns.

use super::definition::{common, insert};
use super::register::texts;
use crate::model::{Campaign, Scheme, Spanned, Task};
use crate::yaml::{Content, MapReader, Node, Scope};
use base::Diagnostic;
use indexmap::IndexMap;

/// Steps a scheme may have.
const STEPS_MAX: usize = 40;

fn say_not_run(scope: &mut Scope, node: &Node, section: &str) {
    let message = format!("{section} are read and checked; nothing runs them yet");
    scope.push(Diagnostic::note("not-run-yet", node.span, message));
}

pub(super) fn schemes(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, Scheme>) {
    say_not_run(scope, node, "schemes");
    for (key, body) in scope.map(node, "schemes") {
        let mut map = MapReader::new(scope, body, format!("scheme {}", key.text));
        let common = common(scope, &mut map, pack, key);
        let over = map.require(scope, "over").and_then(|n| scope.text(n, "over"));
        let steps = map.require(scope, "steps");
        let mut formulas = IndexMap::new();
        for known in ["total", "pool", "every", "only_in", "once", "round", "year", "let", "prove", "replaces"] {
            if let Some(node) = map.take(known) {
                collect(known, node, &mut formulas);
            }
        }
        map.finish(scope);
        let mut ids = Vec::new();
        let steps = steps.map(|n| scope.seq(n, "steps")).unwrap_or_else(|| &[]);
        if steps.len() > STEPS_MAX {
            let message = format!("a scheme has at most {STEPS_MAX} steps, this one has {}", steps.len());
            scope.error("too-large", key.span, message);
        }
        for step in steps {
            let Some(id) = step.get("step").and_then(Node::as_text) else {
                scope.error("missing-key", step.span, "a step needs \"step\", its id");
                continue;
            };
            let forms = ["of", "amount", "leave", "share"].iter().filter(|form| step.get(form).is_some()).count();
            if forms != 1 {
                let message = format!("step {id} needs exactly one of of, amount, leave or share");
                scope.error("missing-key", step.span, message);
            }
            collect(&format!("steps.{id}"), step, &mut formulas);
            let fund = step.get("fund").and_then(|n| scope.text(n, "fund"));
            ids.push((Spanned::new(id.to_string(), step.span), fund));
        }
        let Some(over) = over else { continue };
        insert(scope, into, key, Scheme { common, over, formulas, steps: ids });
    }
}

/// Every text below a node with the path to it.
fn collect(path: &str, node: &Node, into: &mut IndexMap<String, Spanned<String>>) {
    match &node.content {
        Content::Null => {}
        Content::Scalar(text, _) => {
            into.insert(path.to_string(), Spanned::new(text.clone(), node.span));
        }
        Content::Seq(items) => {
            for (n, item) in items.iter().enumerate() {
                collect(&format!("{path}.{n}"), item, into);
            }
        }
        Content::Map(entries) => {
            for (key, node) in entries {
                collect(&format!("{path}.{}", key.text), node, into);
            }
        }
    }
}

pub(super) fn tasks(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, Task>) {
    say_not_run(scope, node, "tasks");
    for (key, body) in scope.map(node, "tasks") {
        let mut map = MapReader::new(scope, body, format!("task {}", key.text));
        let common = common(scope, &mut map, pack, key);
        let enter = map.take("enter").and_then(|n| scope.text(n, "enter"));
        let to = map.take("to").and_then(|n| scope.text(n, "to"));
        let rows = map.require(scope, "rows").and_then(|n| scope.text(n, "rows"));
        map.finish(scope);
        let Some(rows) = rows else { continue };
        if !rows.value.contains("due_on") && !rows.value.contains("due_at") {
            let message = format!("the rows of task {} have neither due_on nor due_at", key.text);
            scope.error("task-without-due", rows.span, message);
        }
        insert(scope, into, key, Task { common, enter, to, rows });
    }
}

pub(super) fn campaigns(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, Campaign>) {
    say_not_run(scope, node, "campaigns");
    for (key, body) in scope.map(node, "campaigns") {
        let mut map = MapReader::new(scope, body, format!("campaign {}", key.text));
        let common = common(scope, &mut map, pack, key);
        let from = map.require(scope, "from").and_then(|n| scope.text(n, "from"));
        let target = map.require(scope, "into").and_then(|n| scope.text(n, "into"));
        let set = map.take("set").map(|n| texts(scope, n, "set")).unwrap_or_default();
        let draw = map.take("draw");
        let _ = (map.take("every"), map.take("once"), map.take("pick"));
        map.finish(scope);
        if let Some(draw) = draw
            && draw.get("n").is_none()
            && draw.get("share").is_none()
        {
            scope.error("draw-without-n-or-share", draw.span, "a draw says n or share");
        }
        let (Some(from), Some(target)) = (from, target) else { continue };
        insert(scope, into, key, Campaign { common, from, into: target, set });
    }
}
