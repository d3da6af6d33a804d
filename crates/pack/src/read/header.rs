//! The head of `pack.yaml`.

use super::definition::check_id;
use crate::model::{Header, Spanned};
use crate::yaml::{Key, Node, Scope};
use base::{Diagnostic, Span, Text};

/// The header's keys.
pub(super) const KEYS: [&str; 7] = ["pack", "language", "title", "source", "needs", "covers", "version"];

/// The version of the language this program knows.
pub const LANGUAGE: u32 = 1;

/// Reads the header from the one file that says `pack:`.
pub(super) fn read(scope: &mut Scope, folder: &str, trees: &[(String, Node)], start: Span) -> Option<Header> {
    let tree = trees.iter().map(|(_, tree)| tree).find(|tree| tree.get("pack").is_some());
    let Some(tree) = tree else {
        let message = format!("the folder {folder} has no file that says \"pack: {folder}\"");
        scope.push(Diagnostic::error("missing-key", start, message).help("begin pack.yaml with pack, language, title"));
        return None;
    };
    let id = tree.get("pack").and_then(|node| scope.text(node, "pack"))?;
    check_id(scope, &Key { text: id.value.clone(), span: id.span });
    if id.value != folder {
        let message = format!("the pack is called \"{}\", its folder \"{folder}\"", id.value);
        scope.push(Diagnostic::error("id-not-folder", id.span, message).help("give both the same name"));
    }
    let mut require = |key: &str| {
        let node = tree.get(key);
        if node.is_none() {
            scope.error("missing-key", id.span, format!("a pack needs \"{key}\""));
        }
        node
    };
    let (language, title, source) = (require("language"), require("title"), require("source"));
    let language = language.and_then(|node| {
        let n = scope.integer(node, "language")?;
        if n > i64::from(LANGUAGE) {
            let message = format!("this pack is written in language {n}, this program knows {LANGUAGE}");
            scope.push(Diagnostic::error("language-too-new", node.span, message).help("install a newer program"));
        }
        u32::try_from(n).ok()
    });
    let list = |scope: &mut Scope, key: &str| -> Vec<Spanned<String>> {
        tree.get(key).map(|node| scope.texts(node, key)).unwrap_or_default()
    };
    let needs = list(scope, "needs");
    let covers = list(scope, "covers");
    let version = tree.get("version").and_then(|node| scope.integer(node, "version"));
    Some(Header {
        title: title.and_then(|node| scope.words(node, "title")).unwrap_or_else(|| Text::zh(id.value.clone())),
        source: source.and_then(|node| scope.text(node, "source")).map_or_else(String::new, |s| s.value),
        id,
        language: language.unwrap_or(LANGUAGE),
        needs,
        covers,
        version: version.and_then(|n| u32::try_from(n).ok()).unwrap_or(1),
    })
}
