//! The section `registers`.

use super::definition::{check_id, common, insert};
use super::parameter::exact;
use super::rule;
use crate::model::{Field, FieldType, Flow, Kind, Move, Register, Required, Spanned, State, Statement, Subject};
use crate::yaml::{Content, Key, MapReader, Node, Scope, Style};
use base::period::Length;
use base::{Decimal, Diagnostic, Text};
use indexmap::IndexMap;

/// Fields a register may have.
const FIELDS_MAX: usize = 100;

/// The words of the types a field may have.
pub(crate) const FIELD_TYPES: [&str; 12] =
    ["integer", "decimal", "money", "text", "date", "instant", "code", "flag", "ref", "place", "file", "serial"];

/// SQL words that cannot name a column.
#[rustfmt::skip]
const SQL_WORDS: [&str; 77] = [
    "all", "and", "anti", "any", "array", "as", "asc", "asof", "between", "both", "by", "case", "cast", "check",
    "collate", "column", "constraint", "create", "cross", "default", "desc", "describe", "distinct", "do", "else",
    "end", "except", "exists", "false", "fetch", "for", "foreign", "from", "full", "group", "having", "ilike", "in",
    "inner", "intersect", "into", "is", "join", "lateral", "left", "like", "limit", "natural", "not", "null", "offset",
    "on", "only", "or", "order", "outer", "pivot", "primary", "qualify", "references", "right", "select", "semi",
    "some", "table", "then", "to", "true", "union", "unique", "unpivot", "using", "values", "when", "where", "window",
    "with",
];

pub(super) fn read(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, Register>) {
    for (key, body) in scope.map(node, "registers") {
        let mut map = MapReader::new(scope, body, format!("register {}", key.text));
        let common = common(scope, &mut map, pack, key);
        let kinds: Vec<&str> = Kind::ALL.iter().map(|(word, _)| *word).collect();
        let kind = map.require(scope, "kind").and_then(|n| scope.word(n, "kind", Kind::from_word, &kinds));
        let subjects: Vec<&str> = Subject::ALL.iter().map(|(word, _)| *word).collect();
        let subject = map.take("subject").and_then(|n| scope.word(n, "subject", Subject::from_word, &subjects));
        let fields = map.take("fields").map(|node| read_fields(scope, node)).unwrap_or_default();
        let timed = match kind {
            Some(Kind::Event) | None => map.take("timed").and_then(|n| scope.flag(n, "timed")).unwrap_or(false),
            Some(_) => false,
        };
        let part_of = map.take("part_of").and_then(|n| scope.text(n, "part_of"));
        let derive = map.take("derive").map(|n| texts(scope, n, "derive")).unwrap_or_default();
        let identity = map.take("identity").map(|n| scope.texts(n, "identity")).unwrap_or_default();
        let mut rules = IndexMap::new();
        if let Some(node) = map.take("rules") {
            rule::read(scope, pack, node, Some(&key.text), &mut rules);
        }
        let flow = map.take("flow").and_then(|node| read_flow(scope, node));
        let reads = map.take("reads").and_then(|n| scope.text(n, "reads")).map(|t| t.value);
        let statement = read_statement(scope, &mut map, kind);
        map.finish(scope);
        let Some(kind) = kind else { continue };
        let register =
            Register { common, kind, subject, timed, part_of, fields, derive, identity, rules, flow, statement, reads };
        check_names(scope, &register, body);
        insert(scope, into, key, register);
    }
}

/// A map of names to texts with spans.
pub(super) fn texts(scope: &mut Scope, node: &Node, what: &str) -> IndexMap<String, Spanned<String>> {
    let entries = scope.map(node, what);
    entries.iter().filter_map(|(key, node)| Some((key.text.clone(), scope.text(node, what)?))).collect()
}

fn read_statement(scope: &mut Scope, map: &mut MapReader<'_>, kind: Option<Kind>) -> Option<Statement> {
    if kind != Some(Kind::Statement) {
        return None;
    }
    let (every, who, due) = (map.take("every"), map.take("who"), map.take("due"));
    let span = map.span();
    if every.is_none() || who.is_none() || due.is_none() {
        scope.error("missing-key", span, "a statement needs every, who and due");
    }
    let every =
        every.and_then(|n| scope.word(n, "every", Length::from_word, &["day", "month", "quarter", "half", "year"]));
    Some(Statement {
        every: every?,
        who: who.and_then(|n| scope.text(n, "who"))?,
        due: due.and_then(|n| scope.text(n, "due"))?,
    })
}

fn read_fields(scope: &mut Scope, node: &Node) -> IndexMap<String, Field> {
    let mut fields = IndexMap::new();
    let entries = scope.map(node, "fields");
    if entries.len() > FIELDS_MAX {
        let message = format!("a register has at most {FIELDS_MAX} fields, this one has {}", entries.len());
        scope.error("too-large", node.span, message);
    }
    for (key, body) in entries {
        check_id(scope, key);
        if let Some(field) = read_field(scope, key, body) {
            fields.insert(key.text.clone(), field);
        }
    }
    fields
}

/// One field, as a register or a county's `add` writes it.
pub(crate) fn read_field(scope: &mut Scope, key: &Key, body: &Node) -> Option<Field> {
    let mut map = MapReader::new(scope, body, format!("field {}", key.text));
    let ty = field_type(scope, &mut map);
    let required = map.take("required").map_or(Required::No, |node| read_required(scope, node));
    let unit = map.take("unit").and_then(|n| scope.text(n, "unit"));
    let range = map.take("range").and_then(|n| bounds(scope, n, "range"));
    let usual = map.take("usual").and_then(|n| bounds(scope, n, "usual"));
    let default = map.take("default").and_then(|n| scope.text(n, "default"));
    let title = map.take("title").and_then(|n| scope.words(n, "title"));
    let help = map.take("help").and_then(|n| scope.words(n, "help"));
    let maps = map.take("maps").and_then(|n| scope.text(n, "maps")).map(|t| t.value);
    let secret = map.take("secret").and_then(|n| scope.flag(n, "secret")).unwrap_or(false);
    map.finish(scope);
    if let (Some(range), None) = (&range, &unit) {
        let message = format!("{} has a range and no unit: {} to {} of what?", key.text, range.value.0, range.value.1);
        scope.push(Diagnostic::error("range-without-unit", range.span, message).help("add unit:"));
    }
    Some(Field {
        id: key.text.clone(),
        span: key.span,
        ty: ty?,
        required,
        unit,
        range,
        usual,
        default,
        title: title.unwrap_or_else(|| Text::zh(key.text.clone())),
        help,
        maps,
        secret,
    })
}

fn field_type(scope: &mut Scope, map: &mut MapReader<'_>) -> Option<FieldType> {
    let (list, many, to) = (map.take("list"), map.take("many"), map.take("to"));
    let (digits, pattern, at) = (map.take("digits"), map.take("pattern"), map.take("at"));
    let (range, usual) = (map.take("range"), map.take("usual"));
    let node = map.require(scope, "type")?;
    let word = scope.word(node, "type", |word| FIELD_TYPES.contains(&word).then(|| word.to_string()), &FIELD_TYPES)?;
    let of_types: [(&str, Option<&Node>, &[&str]); 8] = [
        ("list", list, &["code"]),
        ("many", many, &["code"]),
        ("to", to, &["ref"]),
        ("digits", digits, &["decimal"]),
        ("pattern", pattern, &["serial"]),
        ("at", at, &["serial"]),
        ("range", range, &["integer", "decimal", "money"]),
        ("usual", usual, &["integer", "decimal", "money"]),
    ];
    for (key, found, types) in of_types {
        if let Some(found) = found.filter(|_| !types.contains(&word.as_str())) {
            let message = format!("\"{key}\" means nothing on a field of type {word}; it is for {}", types.join(", "));
            scope.error("unknown-key", found.span, message);
        }
    }
    let need = |scope: &mut Scope, found: Option<&Node>, key: &str| {
        if found.is_none() {
            scope.error("missing-key", node.span, format!("a field of type {word} needs \"{key}\""));
        }
        found.and_then(|n| scope.text(n, key))
    };
    Some(match word.as_str() {
        "integer" => FieldType::Integer,
        "decimal" => {
            let digits = digits.and_then(|n| scope.integer(n, "digits"));
            FieldType::Decimal(digits.and_then(|n| u32::try_from(n).ok()).unwrap_or(2))
        }
        "money" => FieldType::Money,
        "date" => FieldType::Date,
        "instant" => FieldType::Instant,
        "flag" => FieldType::Flag,
        "place" => FieldType::Place,
        "file" => FieldType::File,
        "code" => FieldType::Code {
            list: need(scope, list, "list")?,
            many: many.and_then(|n| scope.flag(n, "many")).unwrap_or(false),
        },
        "ref" => FieldType::Ref(need(scope, to, "to")?),
        "serial" => FieldType::Serial {
            pattern: need(scope, pattern, "pattern")?.value,
            at: at.and_then(|n| scope.text(n, "at")),
        },
        _ => FieldType::Text,
    })
}

fn read_required(scope: &mut Scope, node: &Node) -> Required {
    match &node.content {
        Content::Scalar(text, Style::Plain) if text == "true" => Required::Yes,
        Content::Scalar(text, Style::Plain) if text == "false" => Required::No,
        _ => scope.text(node, "required").map_or(Required::No, Required::When),
    }
}

fn bounds(scope: &mut Scope, node: &Node, what: &str) -> Option<Spanned<(Decimal, Decimal)>> {
    let numbers: Vec<Decimal> = scope.seq(node, what).iter().filter_map(|n| exact(scope, n, what)).collect();
    match numbers.as_slice() {
        [low, high] if low <= high => Some(Spanned::new((*low, *high), node.span)),
        _ => {
            scope.error("wrong-kind", node.span, format!("{what} is [lowest, highest]"));
            None
        }
    }
}

fn check_names(scope: &mut Scope, register: &Register, body: &Node) {
    const ALWAYS: [&str; 6] = ["id", "org", "version", "recorded_at", "recorded_by", "first_recorded_at"];
    let fixed = register.fixed_columns();
    let derived = body.get("derive").and_then(Node::as_map).unwrap_or(&[]);
    let names = register.fields.values().map(|f| (f.id.as_str(), f.span));
    let derived = derived.iter().map(|(key, _)| (key.text.as_str(), key.span));
    for (name, span) in names.chain(derived) {
        if SQL_WORDS.contains(&name) {
            let message = format!("\"{name}\" is an SQL word");
            scope.push(Diagnostic::error("reserved-field", span, message).help("choose another name"));
        } else if ALWAYS.contains(&name) || fixed.iter().any(|column| column.name == name) {
            let message = format!("\"{name}\" exists on every register of this kind");
            scope.push(Diagnostic::error("field-shadows-column", span, message).help("choose another name"));
        }
    }
    for (name, text) in &register.derive {
        if register.fields.contains_key(name) {
            let message = format!("\"{name}\" is a field and a derived column");
            scope.error("alias-like-field", text.span, message);
        }
    }
}

fn read_flow(scope: &mut Scope, node: &Node) -> Option<Flow> {
    let mut map = MapReader::new(scope, node, "flow");
    let start = map.require(scope, "start").and_then(|n| scope.text(n, "start"));
    let states = map.require(scope, "states").map(|n| read_states(scope, n)).unwrap_or_default();
    let moves = map.require(scope, "moves").map(|n| read_moves(scope, n)).unwrap_or_default();
    map.finish(scope);
    let flow = Flow { start: start?, states, moves };
    check_flow(scope, &flow);
    Some(flow)
}

fn read_states(scope: &mut Scope, node: &Node) -> IndexMap<String, State> {
    let mut states = IndexMap::new();
    for (key, body) in scope.map(node, "states") {
        check_id(scope, key);
        let mut state =
            State { title: Text::zh(key.text.clone()), span: key.span, void: false, end: false, stops_clock: false };
        if body.as_map().is_none() {
            state.title = scope.words(body, "a state").unwrap_or(state.title);
        } else {
            let mut map = MapReader::new(scope, body, format!("state {}", key.text));
            let zh = map.take("zh").and_then(|n| scope.text(n, "zh"));
            let en = map.take("en").and_then(|n| scope.text(n, "en"));
            let title = map.take("title").and_then(|n| scope.words(n, "title"));
            state.void = map.take("void").and_then(|n| scope.flag(n, "void")).unwrap_or(false);
            state.end = map.take("end").and_then(|n| scope.flag(n, "end")).unwrap_or(false);
            state.stops_clock = map.take("stops").is_some();
            map.finish(scope);
            if let Some(title) = title.or(zh.map(|zh| Text { zh: zh.value, en: en.map(|en| en.value) })) {
                state.title = title;
            }
        }
        states.insert(key.text.clone(), state);
    }
    states
}

fn read_moves(scope: &mut Scope, node: &Node) -> IndexMap<String, Move> {
    let mut moves = IndexMap::new();
    for (key, body) in scope.map(node, "moves") {
        check_id(scope, key);
        let mut map = MapReader::new(scope, body, format!("move {}", key.text));
        let from = map.require(scope, "from").map(|n| scope.texts(n, "from")).unwrap_or_default();
        let to = map.require(scope, "to").and_then(|n| scope.text(n, "to"));
        let by = map.take("by").and_then(|n| scope.text(n, "by"));
        let require = map.take("require").and_then(|n| scope.text(n, "require"));
        let due = map.take("due").and_then(|n| scope.text(n, "due"));
        let say = map.take("say").and_then(|n| scope.words(n, "say"));
        let title = map.take("title").and_then(|n| scope.words(n, "title"));
        let other_person = map.take("other_person").and_then(|n| scope.flag(n, "other_person")).unwrap_or(false);
        map.finish(scope);
        let Some(to) = to else { continue };
        let title = title.unwrap_or_else(|| Text::zh(key.text.clone()));
        moves.insert(key.text.clone(), Move { title, span: key.span, from, to, by, require, due, say, other_person });
    }
    moves
}

fn check_flow(scope: &mut Scope, flow: &Flow) {
    let ends = flow.moves.values().flat_map(|m| m.from.iter().chain(std::iter::once(&m.to)));
    for name in ends.chain(std::iter::once(&flow.start)) {
        if !flow.states.contains_key(&name.value) {
            let near = base::nearest(&name.value, flow.states.keys().map(String::as_str)).map(str::to_string);
            let message = format!("\"{}\" is not a state of this flow", name.value);
            scope.push(Diagnostic::error("unknown-state", name.span, message).suggest(near.as_deref()));
        }
    }
    let mut reached = vec![flow.start.value.as_str()];
    let mut n_known = 0;
    while n_known < reached.len() {
        let from = reached[n_known];
        n_known += 1;
        for m in flow.moves.values().filter(|m| m.from.iter().any(|state| state.value == from)) {
            if !reached.contains(&m.to.value.as_str()) {
                reached.push(&m.to.value);
            }
        }
    }
    for (id, state) in &flow.states {
        if !reached.contains(&id.as_str()) {
            scope.error("state-unreachable", state.span, format!("no move leads to the state \"{id}\""));
        }
        let leaves = flow.moves.values().any(|m| m.from.iter().any(|from| from.value == *id));
        if !leaves && !state.end && !state.void {
            let message = format!("no move leaves the state \"{id}\"");
            scope.push(
                Diagnostic::error("state-without-exit", state.span, message).help("add a move, or say end: true"),
            );
        }
    }
}
