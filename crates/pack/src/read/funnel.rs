//! The section `funnels`.

use super::definition::{common, insert};
use crate::model::{Funnel, Spanned};
use crate::yaml::{MapReader, Node, Scope};
use indexmap::IndexMap;

pub(super) fn read(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, Funnel>) {
    for (key, body) in scope.map(node, "funnels") {
        let mut map = MapReader::new(scope, body, format!("funnel {}", key.text));
        let common = common(scope, &mut map, pack, key);
        let steps = map.require(scope, "steps").map(|n| scope.texts(n, "steps")).unwrap_or_default();
        let found = map.take("found").map(|n| scope.texts(n, "found")).unwrap_or_default();
        let by = map.take("by").and_then(|n| scope.text(n, "by"));
        map.finish(scope);
        let by = by.unwrap_or_else(|| Spanned::new("resident".to_string(), key.span));
        insert(scope, into, key, Funnel { common, steps, found, by });
    }
}
