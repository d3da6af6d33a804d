//! The section `synth`.

use super::to_json;
use crate::model::{Amount, Draw, Make, PartAmount, PartTree, Setter, Spanned, SynthFrom};
use crate::yaml::{Content, MapReader, Node, Scope, Style};
use base::Decimal;
use indexmap::IndexMap;

pub(super) fn read(scope: &mut Scope, pack: &str, node: &Node, into: &mut Vec<Make>) {
    for entry in scope.seq(node, "synth") {
        let mut map = MapReader::new(scope, entry, "an entry of synth");
        let register = map.require(scope, "make").and_then(|n| scope.text(n, "make"));
        let n = map.take("n").and_then(|n| Some(Spanned::new(amount(scope, n)?, n.span)));
        let (from, parents) = (map.take("from"), map.take("for"));
        let draw = match (from, parents) {
            (Some(node), None) => draw(scope, node),
            (None, Some(node)) => source(scope, node).map(Draw::For),
            (None, None) => Some(Draw::New),
            (Some(_), Some(second)) => {
                scope.error("unknown-key", second.span, "an entry has from or for, not both");
                None
            }
        };
        let spread = map.take("spread").and_then(|n| n.get("like")).and_then(|n| scope.text(n, "like"));
        let split = map.take("split").map(|n| split(scope, n)).unwrap_or_default();
        let set = map.take("set").map(|n| setters(scope, n)).unwrap_or_default();
        map.finish(scope);
        let (Some(register), Some(draw)) = (register, draw) else { continue };
        into.push(Make { span: entry.span, pack: pack.to_string(), register, n, draw, spread, split, set, days: None });
    }
}

fn amount(scope: &mut Scope, node: &Node) -> Option<Amount> {
    match &node.content {
        Content::Scalar(text, _) => match text.parse() {
            Ok(n) => Some(Amount::Fixed(n)),
            Err(_) if text == "rest" => Some(Amount::Rest),
            Err(_) => Some(Amount::Figure(Spanned::new(text.clone(), node.span))),
        },
        Content::Map(_) if node.get("between").is_some() => {
            let (low, high) = pair(scope, node.get("between")?, "between", |scope, n| scope.integer(n, "between"))?;
            Some(Amount::Between(u64::try_from(low).ok()?, u64::try_from(high).ok()?))
        }
        Content::Map(_) if node.get("of").is_some() => {
            let of = scope.text(node.get("of")?, "of")?;
            let rate = node.get("rate").and_then(|n| scope.rate(n, "rate"));
            if rate.is_none() {
                scope.error("missing-key", node.span, "n: {of: …} needs \"rate\"");
            }
            Some(Amount::Share { of, rate: rate? })
        }
        Content::Map(entries) => {
            let parts = entries.iter().filter_map(|(key, n)| Some((key.text.clone(), amount(scope, n)?))).collect();
            Some(Amount::PerPart(parts))
        }
        Content::Null | Content::Seq(_) => {
            scope.error(
                "wrong-kind",
                node.span,
                "n is a number, a figure, {between: […]}, {of: …, rate: …} or a map of parts",
            );
            None
        }
    }
}

fn draw(scope: &mut Scope, node: &Node) -> Option<Draw> {
    if let Some(parts) = node.get("in") {
        let sources = scope.map(parts, "in");
        return Some(Draw::In(
            sources.iter().filter_map(|(key, n)| Some((key.text.clone(), draw(scope, n)?))).collect(),
        ));
    }
    if node.get("orgs").is_some() {
        let mut map = MapReader::new(scope, node, "from");
        let filter = map.take("orgs").and_then(|n| scope.text(n, "orgs"));
        let once = map.take("once").and_then(|n| scope.flag(n, "once")).unwrap_or(false);
        map.finish(scope);
        return Some(Draw::Orgs { filter: filter?, once });
    }
    source(scope, node).map(Draw::From)
}

/// `register`, or `{register: …, where: …, once: …, except: …}`.
fn source(scope: &mut Scope, node: &Node) -> Option<SynthFrom> {
    if node.as_map().is_none() {
        let register = scope.text(node, "a register")?;
        return Some(SynthFrom { register, filter: None, once: false, except: None });
    }
    let mut map = MapReader::new(scope, node, "from");
    let register = map.require(scope, "register").and_then(|n| scope.text(n, "register"));
    let filter = map.take("where").and_then(|n| scope.text(n, "where"));
    let once = map.take("once").and_then(|n| scope.flag(n, "once")).unwrap_or(false);
    let except = map.take("except").and_then(|n| source(scope, n)).map(Box::new);
    map.finish(scope);
    Some(SynthFrom { register: register?, filter, once, except })
}

fn split(scope: &mut Scope, node: &Node) -> Vec<PartTree> {
    match node.as_seq() {
        Some(trees) => trees.iter().map(|tree| part_tree(scope, tree)).collect(),
        None => vec![part_tree(scope, node)],
    }
}

fn part_tree(scope: &mut Scope, node: &Node) -> PartTree {
    let mut parts = IndexMap::new();
    for (key, body) in scope.map(node, "split") {
        if body.as_text() == Some("rest") {
            parts.insert(key.text.clone(), (Spanned::new(PartAmount::Rest, body.span), None));
            continue;
        }
        let mut map = MapReader::new(scope, body, format!("part {}", key.text));
        let n = map.take("n").and_then(|n| amount(scope, n)).map(PartAmount::N);
        let rate = map.take("rate").and_then(|n| part_rate(scope, n));
        let below = map.take("split").map(|n| Box::new(part_tree(scope, n)));
        map.finish(scope);
        match n.or(rate) {
            Some(size) => {
                parts.insert(key.text.clone(), (Spanned::new(size, body.span), below));
            }
            None => {
                scope.error("missing-key", body.span, format!("part {} needs n, rate or \"rest\"", key.text));
            }
        }
    }
    PartTree { parts }
}

/// A published rate by its indicator, or an exact share.
fn part_rate(scope: &mut Scope, node: &Node) -> Option<PartAmount> {
    let text = scope.text(node, "rate")?;
    if text.value.starts_with(|c: char| c.is_ascii_digit()) {
        return scope.rate(node, "rate").map(PartAmount::Share);
    }
    Some(PartAmount::Rate(text))
}

fn setters(scope: &mut Scope, node: &Node) -> IndexMap<String, Setter> {
    let entries = scope.map(node, "set");
    entries.iter().filter_map(|(key, node)| Some((key.text.clone(), setter(scope, node)?))).collect()
}

const FORMS: [&str; 11] =
    ["between", "normal", "shares", "one_each", "age", "sum", "in", "invent", "serial", "ref", "within"];

fn setter(scope: &mut Scope, node: &Node) -> Option<Setter> {
    let Some(entries) = node.as_map() else {
        return match &node.content {
            // A plain word may be SQL or a code; whoever knows the column decides.
            Content::Scalar(text, _) if !is_literal(node) => Some(Setter::Sql(Spanned::new(text.clone(), node.span))),
            _ => Some(Setter::Constant(Spanned::new(to_json(node), node.span))),
        };
    };
    let form = entries.iter().map(|(key, _)| key.text.as_str()).find(|key| FORMS.contains(key) && *key != "within");
    let (Some(form), Some(first)) = (form, entries.first()) else {
        let known = FORMS.join(", ");
        scope.error("unknown-key", node.span, format!("a value is SQL, a constant or one of {known}"));
        return None;
    };
    let value = node.get(form).unwrap_or(&first.1);
    let mut map = MapReader::new(scope, node, format!("{{{form}: …}}"));
    let _ = FORMS.iter().find(|known| **known == form).and_then(|known| map.take(known));
    let made = match form {
        "between" if node.get("sum").is_none() => {
            pair(scope, value, "between", |scope, n| scope.text(n, "between")).map(|(a, b)| Setter::Between(a, b))
        }
        "sum" | "between" => {
            let figure = map.take("sum").and_then(|n| scope.text(n, "sum"));
            let between = map.take("between").and_then(|n| pair(scope, n, "between", |s, n| s.number(n, "between")));
            figure.map(|figure| Setter::Sum { figure, between })
        }
        "normal" => {
            let shape = pair(scope, value, "normal", |scope, n| scope.number(n, "normal"));
            let within = map.take("within").and_then(|n| pair(scope, n, "within", |s, n| s.number(n, "within")));
            shape.map(|shape| Setter::Normal { shape, within })
        }
        "shares" => Some(Setter::Shares(shares(scope, value))),
        "one_each" => match value.as_seq() {
            Some(items) => Some(Setter::EachOf(items.iter().map(to_json).collect())),
            None => scope.text(value, "one_each").map(Setter::OneEach),
        },
        "age" => pair(scope, value, "age", |scope, n| scope.text(n, "age")).map(|(a, b)| Setter::Age(a, b)),
        "in" => {
            let parts = scope.map(value, "in");
            Some(Setter::In(parts.iter().filter_map(|(key, n)| Some((key.text.clone(), setter(scope, n)?))).collect()))
        }
        "invent" => scope.text(value, "invent").map(Setter::Invent),
        "serial" => scope.text(value, "serial").map(Setter::Serial),
        _ => {
            let register = scope.text(value, "ref");
            let filter = map.take("where").and_then(|n| scope.text(n, "where"));
            let same = map.take("same").and_then(|n| scope.text(n, "same"));
            register
                .map(|register| Setter::Ref { from: SynthFrom { register, filter, once: false, except: None }, same })
        }
    };
    map.finish(scope);
    made
}

/// Numbers, flags and nothing are constants; words are left to whoever knows the column.
fn is_literal(node: &Node) -> bool {
    match &node.content {
        Content::Scalar(text, Style::Plain) => {
            matches!(text.as_str(), "true" | "false") || text.parse::<Decimal>().is_ok()
        }
        Content::Scalar(text, Style::Quoted) => text.parse::<Decimal>().is_ok(),
        Content::Scalar(_, Style::Block) => false,
        _ => true,
    }
}

fn shares(scope: &mut Scope, node: &Node) -> IndexMap<String, Decimal> {
    let entries = scope.map(node, "shares");
    entries.iter().filter_map(|(key, n)| Some((key.text.clone(), scope.number(n, "a share")?))).collect()
}

fn pair<T>(
    scope: &mut Scope,
    node: &Node,
    what: &str,
    read: impl Fn(&mut Scope, &Node) -> Option<T>,
) -> Option<(T, T)> {
    let [low, high] = scope.seq(node, what) else {
        scope.error("wrong-kind", node.span, format!("{what} is a list of two"));
        return None;
    };
    Some((read(scope, low)?, read(scope, high)?))
}
