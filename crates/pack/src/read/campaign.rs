//! The section `campaigns`, read and checked; nothing runs it yet.

use super::definition::{common, insert};
use super::register::texts;
use crate::model::Campaign;
use crate::yaml::{MapReader, Node, Scope};
use base::Diagnostic;
use indexmap::IndexMap;

pub(super) fn read(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, Campaign>) {
    let message = "campaigns are read and checked; nothing runs them yet";
    scope.push(Diagnostic::note("not-run-yet", node.span, message));
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
