//! Sections that are read as far as the language allows and that nothing runs yet: tasks, campaigns.

use super::definition::{common, insert};
use super::register::texts;
use crate::model::{Campaign, Task};
use crate::yaml::{MapReader, Node, Scope};
use base::Diagnostic;
use indexmap::IndexMap;

fn say_not_run(scope: &mut Scope, node: &Node, section: &str) {
    let message = format!("{section} are read and checked; nothing runs them yet");
    scope.push(Diagnostic::note("not-run-yet", node.span, message));
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
