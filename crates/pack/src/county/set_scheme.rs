//! What does a county change in a scheme?
//!
//! The change is made in the scheme as it was written, which is then read again: so a changed scheme is judged exactly
//! like one a pack wrote itself.

use super::SetLine;
use super::set::{unknown, value};
use crate::model::{Pack, Scheme};
use crate::read::read_scheme;
use crate::yaml::{Content, Key, Node, Scope, Style};
use base::Span;

pub(super) fn apply(scope: &mut Scope, pack: &mut Pack, line: &SetLine, id: &str, path: &[&str]) -> Option<()> {
    if !pack.schemes.contains_key(id) {
        return unknown(scope, &line.what, "scheme", id, pack.schemes.keys().map(String::as_str));
    }
    let known = pack.schemes.get_mut(id)?;
    let is = value(scope, line, "is")?;
    let mut written = known.written.clone();
    match path {
        ["steps", step] => place_step(scope, line, &mut written, step, is)?,
        ["steps", step, rest @ ..] if !rest.is_empty() => {
            let ids: Vec<String> = known.steps.iter().map(|step| step.id.value.clone()).collect();
            let Some(node) = step_node(&mut written, step) else {
                return unknown(scope, &line.what, "step", step, ids.iter().map(String::as_str));
            };
            put(node, rest, is);
        }
        [] | ["steps"] => return unknown(scope, &line.what, "key", "", ["steps", "let", "prove", "round", "until"]),
        path => put(&mut written, path, is),
    }
    let key = Key { text: id.to_string(), span: known.common.span };
    let mut changed = read_scheme(scope, &known.common.pack.clone(), &key, &written)?;
    keep_words(known, &mut changed);
    *known = changed;
    Some(())
}

/// Titles got their English when the pack was read; a change of a formula does not lose it.
fn keep_words(known: &Scheme, changed: &mut Scheme) {
    changed.common.title = known.common.title.clone();
    for step in &mut changed.steps {
        if let Some((_, before)) = known.step(&step.id.value)
            && before.title.zh == step.title.zh
        {
            step.title = before.title.clone();
        }
    }
}

fn steps(written: &mut Node) -> Option<&mut Vec<Node>> {
    let Content::Map(entries) = &mut written.content else { return None };
    let (_, node) = entries.iter_mut().find(|(key, _)| key.text == "steps")?;
    match &mut node.content {
        Content::Seq(items) => Some(items),
        _ => None,
    }
}

fn is_step(node: &Node, id: &str) -> bool {
    node.get("step").and_then(Node::as_text) == Some(id)
}

fn step_node<'n>(written: &'n mut Node, id: &str) -> Option<&'n mut Node> {
    steps(written)?.iter_mut().find(|node| is_step(node, id))
}

/// Removes, replaces or adds a whole step.
fn place_step(scope: &mut Scope, line: &SetLine, written: &mut Node, id: &str, is: &Node) -> Option<()> {
    let items = steps(written)?;
    let at = items.iter().position(|node| is_step(node, id));
    if is.is_null() {
        let ids: Vec<String> =
            items.iter().filter_map(|node| node.get("step").and_then(Node::as_text)).map(str::to_string).collect();
        let Some(at) = at else { return unknown(scope, &line.what, "step", id, ids.iter().map(String::as_str)) };
        items.remove(at);
        return Some(());
    }
    let mut step = is.clone();
    if step.get("step").is_none()
        && let Content::Map(entries) = &mut step.content
    {
        entries.insert(0, (Key { text: "step".into(), span: line.what.span }, text(id, line.what.span)));
    }
    if let Some(at) = at {
        items[at] = step;
        return Some(());
    }
    let neighbour = |key: &str| line.body.get(key).and_then(Node::as_text);
    let place = match (neighbour("after"), neighbour("before")) {
        (Some(name), _) => items.iter().position(|node| is_step(node, name)).map(|at| at + 1),
        (None, Some(name)) => items.iter().position(|node| is_step(node, name)),
        (None, None) => Some(items.len()),
    };
    let Some(place) = place else {
        let name = neighbour("after").or_else(|| neighbour("before")).unwrap_or("");
        return unknown(scope, &line.what, "step", name, []);
    };
    items.insert(place, step);
    Some(())
}

fn text(value: &str, span: Span) -> Node {
    Node { content: Content::Scalar(value.to_string(), Style::Plain), span }
}

/// Puts a value at a path of keys; an empty value takes the key away.
fn put(node: &mut Node, path: &[&str], is: &Node) {
    let [first, rest @ ..] = path else { return };
    if !matches!(node.content, Content::Map(_)) {
        node.content = Content::Map(Vec::new());
    }
    let Content::Map(entries) = &mut node.content else { return };
    let at = entries.iter().position(|(key, _)| key.text == *first);
    match (rest.is_empty(), at) {
        (true, Some(at)) if is.is_null() => {
            entries.remove(at);
        }
        (true, Some(at)) => entries[at].1 = is.clone(),
        (true, None) if is.is_null() => {}
        (true, None) => entries.push((Key { text: (*first).to_string(), span: is.span }, is.clone())),
        (false, Some(at)) => put(&mut entries[at].1, rest, is),
        (false, None) => {
            let mut below = Node { content: Content::Map(Vec::new()), span: is.span };
            put(&mut below, rest, is);
            entries.push((Key { text: (*first).to_string(), span: is.span }, below));
        }
    }
}
