//! A folder's texts to a typed pack, every mistake reported at its place.
//!
//! One file here for each section of the language. What needs other packs or SQL is judged later, by `check`.

mod campaign;
mod definition;
mod example;
mod funnel;
mod header;
mod indicator;
mod list;
mod parameter;
mod register;
mod rule;
mod scheme;
mod strings;
mod synth;
mod task;
#[cfg(test)]
mod tests;

pub use example::cell_key;
pub(crate) use example::read_period;
pub(crate) use parameter::scalar as read_scalar;
pub(crate) use register::{FIELD_TYPES, read_field};
pub(crate) use rule::METHODS;
pub use rule::places;
pub(crate) use scheme::read_scheme;

use crate::model::{Cast, Header, Pack, ReportText};
use crate::yaml::{self, Node, Scope};
use base::{Diagnostic, SourceId, Sources, Span, nearest};
use indexmap::IndexMap;
use serde_json::Value;

/// The sections a file may hold, beside the header's keys and the cast of `core`.
pub const SECTIONS: [&str; 12] = [
    "parameters",
    "lists",
    "registers",
    "cohorts",
    "indicators",
    "funnels",
    "schemes",
    "tasks",
    "rules",
    "campaigns",
    "tests",
    "synth",
];

/// Reads the texts of one pack. `folder` is the folder's name; `files` are paths as people know them, with texts.
pub fn read_pack(sources: &mut Sources, folder: &str, files: &[(String, String)]) -> (Option<Pack>, Vec<Diagnostic>) {
    let mut scope = Scope::default();
    let mut trees: Vec<(String, Node)> = Vec::new();
    let mut strings = None;
    let mut report = None;
    let mut broken = false;
    for (path, text) in files {
        let source = sources.add(path.as_str(), text.as_str());
        match path.rsplit('.').next() {
            Some("yaml" | "yml") if path.contains("/tests/bad/") => {}
            Some("yaml" | "yml") => {
                let (tree, found) = yaml::parse(source, text);
                broken |= tree.is_none() && !found.is_empty();
                scope.diagnostics.extend(found);
                match tree {
                    Some(tree) if path.ends_with("strings/en.yaml") => strings = Some(tree),
                    Some(tree) => trees.push((path.clone(), tree)),
                    None => {}
                }
            }
            Some("md") if path.ends_with("report.md") => {
                report = Some(ReportText { source, text: text.clone() });
            }
            _ => {}
        }
    }
    if broken && !trees.iter().any(|(_, tree)| tree.get("pack").is_some()) {
        // The header stands in the file that is not YAML; that was said.
        return (None, scope.diagnostics);
    }
    let Some(header) = header::read(&mut scope, folder, &trees, first_span(sources, files)) else {
        return (None, scope.diagnostics);
    };
    let mut pack = empty(header, report, hash(&trees, strings.as_ref(), files));
    for (_, tree) in &trees {
        sections(&mut scope, &mut pack, tree);
    }
    strings::apply(&mut scope, &mut pack, strings.as_ref());
    (Some(pack), scope.diagnostics)
}

fn first_span(sources: &Sources, files: &[(String, String)]) -> Span {
    let first = sources.iter().count().saturating_sub(files.len());
    Span { source: SourceId(first as u32), start: 0, end: 0 }
}

fn empty(header: Header, report: Option<ReportText>, hash: String) -> Pack {
    Pack {
        header,
        parameters: IndexMap::new(),
        lists: IndexMap::new(),
        registers: IndexMap::new(),
        cohorts: IndexMap::new(),
        indicators: IndexMap::new(),
        schemes: IndexMap::new(),
        tasks: IndexMap::new(),
        rules: IndexMap::new(),
        funnels: IndexMap::new(),
        campaigns: IndexMap::new(),
        tests: Vec::new(),
        synth: Vec::new(),
        cast: None,
        report,
        hash,
    }
}

/// SM3 over the canonical form: keys, values and their order, without comments and spacing.
fn hash(trees: &[(String, Node)], strings: Option<&Node>, files: &[(String, String)]) -> String {
    use sm3::{Digest, Sm3};
    let mut hasher = Sm3::new();
    for node in trees.iter().map(|(_, node)| node).chain(strings) {
        hasher.update(to_json(node).to_string().as_bytes());
    }
    for (_, text) in files.iter().filter(|(path, _)| path.ends_with(".md")) {
        hasher.update(text.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sections(scope: &mut Scope, pack: &mut Pack, tree: &Node) {
    let id = pack.header.id.value.clone();
    for (key, node) in scope.map(tree, "a pack file") {
        match key.text.as_str() {
            "parameters" => parameter::read(scope, &id, node, &mut pack.parameters),
            "lists" => list::read(scope, &id, node, &mut pack.lists),
            "registers" => register::read(scope, &id, node, &mut pack.registers),
            "cohorts" => indicator::cohorts(scope, &id, node, &mut pack.cohorts),
            "indicators" => indicator::read(scope, &id, node, &mut pack.indicators),
            "funnels" => funnel::read(scope, &id, node, &mut pack.funnels),
            "rules" => rule::read(scope, &id, node, None, &mut pack.rules),
            "schemes" => scheme::read(scope, &id, node, &mut pack.schemes),
            "tasks" => task::read(scope, &id, node, &mut pack.tasks),
            "campaigns" => campaign::read(scope, &id, node, &mut pack.campaigns),
            "tests" => example::read(scope, &id, node, &mut pack.tests),
            "synth" => synth::read(scope, &id, node, &mut pack.synth),
            "cast" => pack.cast = Some(Cast { tree: to_json(node), span: node.span }),
            word if header::KEYS.contains(&word) => {}
            word => {
                let known = SECTIONS.iter().chain(&header::KEYS).copied();
                let message = format!("\"{word}\" is not a section");
                scope.push(Diagnostic::error("unknown-key", key.span, message).suggest(nearest(word, known)));
            }
        }
    }
}

/// A tree as JSON: plain `true`, `false` and whole numbers become values, everything else stays the text it was.
pub(crate) fn to_json(node: &Node) -> Value {
    use crate::yaml::{Content, Style};
    match &node.content {
        Content::Null => Value::Null,
        Content::Scalar(text, Style::Plain) if text == "true" => Value::Bool(true),
        Content::Scalar(text, Style::Plain) if text == "false" => Value::Bool(false),
        Content::Scalar(text, Style::Plain) if is_integer(text) => {
            text.parse::<i64>().map_or_else(|_| Value::String(text.clone()), Value::from)
        }
        Content::Scalar(text, _) => Value::String(text.clone()),
        Content::Seq(items) => Value::Array(items.iter().map(to_json).collect()),
        Content::Map(entries) => {
            Value::Object(entries.iter().map(|(key, node)| (key.text.clone(), to_json(node))).collect())
        }
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'))
}
