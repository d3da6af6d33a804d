//! The small parts every definition of the schema is made of.

use serde_json::{Map, Value, json};

/// Properties by name, in the order in which editors offer them.
pub(super) type Properties = Map<String, Value>;

/// Pairs as properties.
pub(super) fn properties<const N: usize>(pairs: [(&str, Value); N]) -> Properties {
    pairs.into_iter().map(|(key, schema)| (key.to_string(), schema)).collect()
}

/// A map with these keys and no others.
pub(super) fn object(description: &str, required: &[&str], properties: Properties) -> Value {
    json!({
        "type": "object",
        "description": description,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// A definition: its own keys and those any definition may carry.
pub(super) fn definition(description: &str, required: &[&str], own: Properties) -> Value {
    let mut all = properties([
        ("title", words("What people call it.")),
        ("note", text("A remark.")),
        ("source", text("Document and paragraph it comes from; the pack's source when absent.")),
        ("since", date("First day it holds.")),
        ("until", date("Last day it holds.")),
    ]);
    all.extend(own);
    object(description, required, all)
}

/// A map of ids to values of one kind.
pub(super) fn map_of(description: &str, value: Value) -> Value {
    json!({ "type": ["object", "null"], "description": description, "additionalProperties": value })
}

/// A list of values of one kind.
pub(super) fn list_of(description: &str, item: Value) -> Value {
    json!({ "type": ["array", "null"], "description": description, "items": item })
}

/// One value, or a list of them.
pub(super) fn one_or_more(description: &str) -> Value {
    json!({ "description": description, "anyOf": [reference("scalar"), list_of(description, reference("scalar"))] })
}

/// One body, or a list of dated ones.
pub(super) fn dated(body: Value) -> Value {
    json!({ "anyOf": [body.clone(), { "type": "array", "items": body }] })
}

/// A definition by name.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn described(name: &str, description: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}"), "description": description })
}

/// A text; what YAML reads as a number is one too.
pub(super) fn text(description: &str) -> Value {
    described("scalar", description)
}

/// SQL: an expression or a query.
pub(super) fn sql(description: &str) -> Value {
    described("sql", description)
}

/// Text people read.
pub(super) fn words(description: &str) -> Value {
    described("words", description)
}

/// A whole number.
pub(super) fn integer(description: &str) -> Value {
    described("integer", description)
}

/// A number whose writing does not matter.
pub(super) fn number(description: &str) -> Value {
    described("number", description)
}

/// A share: `"80%"`.
pub(super) fn rate(description: &str) -> Value {
    described("rate", description)
}

/// A day.
pub(super) fn date(description: &str) -> Value {
    described("date", description)
}

/// `true` or `false`.
pub(super) fn flag(description: &str) -> Value {
    json!({ "type": "boolean", "description": description })
}

/// Anything: what it must be depends on the register or list it is about.
pub(super) fn any(description: &str) -> Value {
    json!({ "description": description })
}

/// One of a fixed set of words.
pub(super) fn word<'w>(description: &str, words: impl IntoIterator<Item = &'w str>) -> Value {
    json!({ "type": "string", "description": description, "enum": words.into_iter().collect::<Vec<_>>() })
}

/// Two values: lowest and highest, or mean and deviation.
pub(super) fn pair(description: &str) -> Value {
    json!({
        "type": "array", "description": description, "items": reference("scalar"), "minItems": 2, "maxItems": 2,
    })
}

/// The scalars all other definitions refer to.
pub(super) fn scalars() -> [(&'static str, Value); 7] {
    let text_or_number = ["string", "integer", "number"];
    [
        ("scalar", json!({ "type": ["string", "integer", "number", "boolean"] })),
        ("sql", json!({ "type": ["string", "integer", "boolean"], "description": "SQL of the surface language." })),
        (
            "words",
            json!({
                "description": "Chinese, or {zh, en}.",
                "anyOf": [
                    reference("scalar"),
                    object("In two languages.", &["zh"], properties([("zh", text("Chinese.")), ("en", text("English."))])),
                ],
            }),
        ),
        ("integer", json!({ "type": ["integer", "string"], "pattern": "^-?[0-9]+$" })),
        ("number", json!({ "type": text_or_number })),
        ("rate", json!({ "type": ["string", "integer"], "description": "Quoted: \"80%\" or \"0.8\"." })),
        ("date", json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })),
    ]
}
