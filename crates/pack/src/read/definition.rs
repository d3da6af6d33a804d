//! Keys that any definition may carry, ids, and definitions in several dated bodies.

use crate::model::{Common, Dated, Versions};
use crate::yaml::{Key, MapReader, Node, Scope};
use base::{Diagnostic, Span, Text};
use indexmap::IndexMap;

/// Reads `title`, `note`, `source`, `since` and `until` of a definition.
pub(super) fn common(scope: &mut Scope, map: &mut MapReader<'_>, pack: &str, key: &Key) -> Common {
    let title = map.take("title").and_then(|node| scope.words(node, "title"));
    let note = map.take("note").and_then(|node| scope.text(node, "note"));
    let source = map.take("source").and_then(|node| scope.text(node, "source"));
    let since = map.take("since").and_then(|node| scope.date(node, "since"));
    let until = map.take("until").and_then(|node| scope.date(node, "until"));
    Common {
        id: key.text.clone(),
        pack: pack.to_string(),
        span: key.span,
        title: title.unwrap_or_else(|| Text::zh(key.text.clone())),
        note: note.map(|note| note.value),
        source: source.map(|source| source.value),
        since,
        until,
    }
}

/// Reports an id that is not snake_case.
pub(super) fn check_id(scope: &mut Scope, key: &Key) {
    let mut chars = key.text.chars();
    let first_ok = chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_');
    if !first_ok || !chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        let message = format!("\"{}\" is not an id", key.text);
        scope.push(
            Diagnostic::error("not-an-id", key.span, message)
                .help("ids are snake_case: small letters, digits and _, beginning with a letter"),
        );
    }
}

/// Adds a definition under its id; a second one is reported and dropped.
pub(super) fn insert<T>(scope: &mut Scope, into: &mut IndexMap<String, T>, key: &Key, value: T) {
    check_id(scope, key);
    if into.contains_key(&key.text) {
        let message = format!("\"{}\" is defined twice in this pack", key.text);
        scope.error("doubled-key", key.span, message);
        return;
    }
    into.insert(key.text.clone(), value);
}

/// The bodies of one id: a single one, or a list of dated ones.
pub(super) fn bodies(node: &Node) -> Vec<&Node> {
    match node.as_seq() {
        Some(items) => items.iter().collect(),
        None => vec![node],
    }
}

/// Orders dated bodies; gaps and overlaps between them are reported.
pub(super) fn versions<T: Dated>(scope: &mut Scope, mut bodies: Vec<T>, span: Span) -> Option<Versions<T>> {
    bodies.sort_by_key(|body| body.common().since);
    for pair in bodies.windows(2) {
        let [earlier, later] = pair else { continue };
        let (earlier, later) = (earlier.common(), later.common());
        match (earlier.until, later.since) {
            (Some(until), Some(since)) if until.tomorrow().is_ok_and(|next| next < since) => {
                let message = format!("no body of \"{}\" is in force between {until} and {since}", later.id);
                scope.error("date-gap", span, message);
            }
            (Some(until), Some(since)) if until.tomorrow().is_ok_and(|next| next == since) => {}
            (None, Some(_)) => {}
            _ => {
                let message = format!("two bodies of \"{}\" are in force on the same day", later.id);
                scope.error("date-overlap", span, message);
            }
        }
    }
    (!bodies.is_empty()).then_some(Versions(bodies))
}
