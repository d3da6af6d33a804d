//! The section `tasks`: cohorts with a due day.

use super::definition::{common, insert};
use crate::model::Task;
use crate::yaml::{MapReader, Node, Scope};
use indexmap::IndexMap;

pub(super) fn read(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, Task>) {
    for (key, body) in scope.map(node, "tasks") {
        let mut map = MapReader::new(scope, body, format!("task {}", key.text));
        let common = common(scope, &mut map, pack, key);
        let enter = map.take("enter").and_then(|n| scope.text(n, "enter"));
        let to = map.take("to").and_then(|n| scope.text(n, "to"));
        let rows = map.require(scope, "rows").and_then(|n| scope.text(n, "rows"));
        map.finish(scope);
        let Some(rows) = rows else { continue };
        insert(scope, into, key, Task { common, enter, to, rows });
    }
}
