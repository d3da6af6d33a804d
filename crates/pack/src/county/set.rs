//! Every departure of a county from the packs, applied by name.

use super::{County, SetLine};
use crate::model::{Level, ListRow, Pack, ParameterValue, Spanned};
use crate::read::{read_field, read_scalar};
use crate::yaml::{Node, Scope};
use base::{Diagnostic, Text, nearest};
use indexmap::IndexMap;

/// Applies a county's `set` to the packs; what cannot be found by its name is reported.
pub fn apply_set(packs: &mut IndexMap<String, Pack>, county: &County, diagnostics: &mut Vec<Diagnostic>) {
    let mut scope = Scope::default();
    for line in &county.set {
        apply(&mut scope, packs, line);
    }
    diagnostics.append(&mut scope.diagnostics);
}

/// The keys a line may have; `after` and `before` place a new step of a scheme.
const KEYS: [&str; 7] = ["what", "is", "add", "from", "source", "after", "before"];

fn apply(scope: &mut Scope, packs: &mut IndexMap<String, Pack>, line: &SetLine) -> Option<()> {
    let what = &line.what;
    for (key, _) in scope.map(&line.body, "a line of set") {
        if !KEYS.contains(&key.text.as_str()) {
            let message = format!("\"{}\" is not a key of a line of set", key.text);
            scope.push(Diagnostic::error("unknown-key", key.span, message).suggest(nearest(&key.text, KEYS)));
        }
    }
    let mut words = what.value.split_whitespace();
    let (kind, path) = (words.next()?, words.next().unwrap_or(""));
    let mut names = path.split('.');
    let (pack_id, id) = (names.next().unwrap_or(""), names.next().unwrap_or(""));
    let rest: Vec<&str> = names.collect();
    let known: Vec<String> = packs.keys().cloned().collect();
    let Some(pack) = packs.get_mut(pack_id) else {
        return unknown(scope, what, "pack", pack_id, known.iter().map(String::as_str));
    };
    match (kind, rest.as_slice()) {
        ("parameter", []) => parameter(scope, pack, line, id),
        ("list", []) => list(scope, pack, line, id),
        ("title", _) => title(scope, pack, line, id),
        ("rule", ["level"]) => rule_level(scope, pack, line, id),
        ("register", []) => register(scope, pack, line, id),
        ("scheme", path) => super::set_scheme::apply(scope, pack, line, id, path),
        _ => {
            let message = format!("\"{}\" cannot be set", what.value);
            scope.push(Diagnostic::error("not-settable", what.span, message).help(
                "settable: parameter P.id, list P.id, title P.id, rule P.id.level, register P.id (add), scheme P.id.path",
            ));
            None
        }
    }
}

pub(super) fn unknown<'k>(
    scope: &mut Scope,
    what: &Spanned<String>,
    kind: &str,
    name: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<()> {
    let message = format!("there is no {kind} \"{name}\" to set");
    scope.push(Diagnostic::error("unknown-name", what.span, message).suggest(nearest(name, known)));
    None
}

pub(super) fn value<'n>(scope: &mut Scope, line: &'n SetLine, key: &str) -> Option<&'n Node> {
    let found = line.body.get(key);
    if found.is_none() {
        scope.error("missing-key", line.what.span, format!("setting \"{}\" needs \"{key}\"", line.what.value));
    }
    found
}

fn parameter(scope: &mut Scope, pack: &mut Pack, line: &SetLine, id: &str) -> Option<()> {
    if !pack.parameters.contains_key(id) {
        return unknown(scope, &line.what, "parameter", id, pack.parameters.keys().map(String::as_str));
    }
    let parameter = pack.parameters.get_mut(id)?;
    let is = value(scope, line, "is")?;
    let from = value(scope, line, "from").and_then(|n| scope.date(n, "from"))?;
    let source = line.body.get("source").and_then(Node::as_text).map(str::to_string);
    let new = if is.is_null() { None } else { Some(read_scalar(scope, is, parameter.ty, id)?) };
    // From its first day on the county's value holds, whatever the pack says of later days.
    parameter.values.retain(|day, _| *day < from);
    parameter.values.insert(from, ParameterValue { value: new, source, quote: None });
    Some(())
}

fn list(scope: &mut Scope, pack: &mut Pack, line: &SetLine, id: &str) -> Option<()> {
    if !pack.lists.contains_key(id) {
        return unknown(scope, &line.what, "list", id, pack.lists.keys().map(String::as_str));
    }
    let list = pack.lists.get_mut(id)?;
    if !list.is_code_list() {
        let message = format!("{id} is a table, and only code lists can be added to");
        let help = "set its numbers with parameters, or write a pack of the county's own";
        scope.push(Diagnostic::error("not-settable", line.what.span, message).help(help));
        return None;
    }
    let add = value(scope, line, "add")?;
    for (code, body) in scope.map(add, "add") {
        let mut cells = IndexMap::new();
        let mut label = Text::zh(code.text.clone());
        for (column, node) in scope.map(body, "a row") {
            match column.text.as_str() {
                "zh" => label.zh = scope.text(node, "zh")?.value,
                "en" => label.en = Some(scope.text(node, "en")?.value),
                name => {
                    let Some(ty) = list.columns.get(name) else {
                        return unknown(scope, &line.what, "column", name, list.columns.keys().map(String::as_str));
                    };
                    cells.insert(name.to_string(), read_scalar(scope, node, *ty, name)?);
                }
            }
        }
        let row = ListRow { span: code.span, code: Some(code.text.clone()), label, cells };
        if let Some(table) = list.tables.last_mut() {
            table.rows.retain(|known| known.code != row.code);
            table.rows.push(row);
        }
    }
    Some(())
}

fn title(scope: &mut Scope, pack: &mut Pack, line: &SetLine, id: &str) -> Option<()> {
    let words = value(scope, line, "is").and_then(|n| scope.words(n, "is"))?;
    if let Some(versions) = pack.indicators.get_mut(id) {
        versions.0.iter_mut().for_each(|indicator| indicator.common.title = words.clone());
    } else if let Some(register) = pack.registers.get_mut(id) {
        register.common.title = words;
    } else {
        let known = pack.indicators.keys().chain(pack.registers.keys()).map(String::as_str);
        return unknown(scope, &line.what, "indicator or register", id, known);
    }
    Some(())
}

fn rule_level(scope: &mut Scope, pack: &mut Pack, line: &SetLine, id: &str) -> Option<()> {
    let words: Vec<&str> = Level::ALL.iter().map(|(word, _)| *word).collect();
    let node = value(scope, line, "is")?;
    let level = scope.word(node, "is", Level::from_word, &words)?;
    let registers = pack.registers.values_mut().flat_map(|register| &mut register.rules);
    let mut rules = registers.chain(&mut pack.rules);
    match rules.find(|(rule, _)| *rule == id) {
        Some((_, rule)) => {
            rule.level = Spanned::new(level, node.span);
            Some(())
        }
        None => unknown(scope, &line.what, "rule", id, []),
    }
}

fn register(scope: &mut Scope, pack: &mut Pack, line: &SetLine, id: &str) -> Option<()> {
    if line.body.get("is").is_some_and(Node::is_null) {
        let message = "fields of a register are never removed: records may hold them";
        scope.push(Diagnostic::error("field-in-use", line.what.span, message));
        return None;
    }
    if !pack.registers.contains_key(id) {
        return unknown(scope, &line.what, "register", id, pack.registers.keys().map(String::as_str));
    }
    let register = pack.registers.get_mut(id)?;
    let add = value(scope, line, "add")?;
    for (key, body) in scope.map(add, "add") {
        if register.columns().iter().any(|column| column.name == key.text) || register.derive.contains_key(&key.text) {
            let message = format!("\"{}\" is already a column of {id}", key.text);
            scope.push(Diagnostic::error("not-settable", key.span, message).help("choose another name"));
            continue;
        }
        if let Some(field) = read_field(scope, key, body) {
            register.fields.insert(key.text.clone(), field);
        }
    }
    Some(())
}
