//! The section `campaigns`.

use super::definition::{common, insert};
use super::register::texts;
use crate::model::{ByLot, Campaign, DrawSize, Every, Pick};
use crate::yaml::{MapReader, Node, Scope};
use indexmap::IndexMap;

pub(super) fn read(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, Campaign>) {
    let words = Every::ALL.map(|(word, _)| word);
    for (key, body) in scope.map(node, "campaigns") {
        let mut map = MapReader::new(scope, body, format!("campaign {}", key.text));
        let common = common(scope, &mut map, pack, key);
        let from = map.require(scope, "from").and_then(|n| scope.text(n, "from"));
        let target = map.require(scope, "into").and_then(|n| scope.text(n, "into"));
        let set = map.take("set").map(|n| texts(scope, n, "set")).unwrap_or_default();
        let every = map.take("every").and_then(|n| scope.word(n, "every", Every::from_word, &words));
        let once = map.take("once").map(|n| scope.texts(n, "once")).unwrap_or_default();
        let draw = map.take("draw").and_then(|n| read_draw(scope, n));
        let pick = map.take("pick").map(|n| picks(scope, n)).unwrap_or_default();
        map.finish(scope);
        let (Some(from), Some(into_register)) = (from, target) else { continue };
        let every = every.unwrap_or(Every::Record);
        insert(scope, into, key, Campaign { common, from, into: into_register, set, every, once, draw, pick });
    }
}

fn read_draw(scope: &mut Scope, node: &Node) -> Option<ByLot> {
    let mut map = MapReader::new(scope, node, "draw");
    let number = map.take("n").and_then(|n| scope.text(n, "n")).map(DrawSize::Number);
    let share = map.take("share").and_then(|n| scope.text(n, "share")).map(DrawSize::Share);
    let by = map.take("by").map(|n| scope.texts(n, "by")).unwrap_or_default();
    map.finish(scope);
    match (number, share) {
        (Some(size), None) | (None, Some(size)) => Some(ByLot { size, by }),
        _ => {
            scope.error("draw-without-n-or-share", node.span, "a draw says n or share, and not both");
            None
        }
    }
}

fn picks(scope: &mut Scope, node: &Node) -> IndexMap<String, Pick> {
    let mut picks = IndexMap::new();
    for (field, body) in scope.map(node, "pick") {
        let mut map = MapReader::new(scope, body, format!("pick of {}", field.text));
        let from = map.require(scope, "from").and_then(|n| scope.text(n, "from"));
        let differs = map.take("differs").and_then(|n| scope.text(n, "differs"));
        let same = map.take("same").and_then(|n| scope.text(n, "same"));
        map.finish(scope);
        if let Some(from) = from {
            picks.insert(field.text.clone(), Pick { from, differs, same });
        }
    }
    picks
}
