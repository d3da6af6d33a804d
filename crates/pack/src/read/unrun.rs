//! The section `schemes`, read as far as the language allows; nothing runs it yet.

use super::definition::{common, insert};
use crate::model::{Scheme, Spanned};
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
