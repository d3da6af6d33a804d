//! Schema of what is written down: parameters, lists, registers with their fields and flows, rules.

use super::part::{
    Properties, any, date, definition, flag, integer, list_of, map_of, object, one_or_more, pair, properties,
    reference, sql, text, word, words,
};
use crate::model::{Kind, Level, ScalarType, Subject};
use crate::read::{FIELD_TYPES, METHODS};
use serde_json::{Value, json};

pub(super) fn definitions() -> Properties {
    properties([
        ("parameter", parameter()),
        ("list", list()),
        ("register", register()),
        ("field", field()),
        ("flow", flow()),
        ("rule", rule()),
    ])
}

fn scalar_type(description: &str) -> Value {
    word(description, ScalarType::ALL.iter().map(|(word, _)| *word))
}

fn parameter() -> Value {
    let value = object(
        "The value from its first day until the next day listed.",
        &["value"],
        properties([
            ("value", text("The value; money and rates in quotes.")),
            ("source", text("Document and paragraph.")),
            ("quote", text("The sentence the number stands in.")),
        ]),
    );
    let values = json!({
        "type": "object",
        "description": "First day → value; null ends it.",
        "additionalProperties": { "anyOf": [value, { "type": "null" }] },
    });
    let own = properties([
        ("type", scalar_type("What the value is.")),
        ("unit", text("From the list unit of core.")),
        ("values", values),
    ]);
    definition("One number, dated; read as :name.", &["type", "values"], own)
}

fn list() -> Value {
    let row = map_of("Column → cell.", any("A cell, of the type of its column."));
    let codes = json!({
        "type": "object",
        "description": "Code → label, or label and columns.",
        "additionalProperties": { "anyOf": [reference("scalar"), row] },
    });
    let table = object(
        "The rows in force from this day.",
        &["rows"],
        properties([
            ("until", date("Last day.")),
            ("source", text("Document and paragraph.")),
            ("quote", text("The sentence the numbers stand in.")),
            ("rows", list_of("The rows.", row.clone())),
        ]),
    );
    let own = properties([
        ("columns", map_of("Column → type.", scalar_type("Type of the column."))),
        ("codes", codes),
        ("key", map_of("Key column → the list its values come from, or a type.", text("A list or a type."))),
        ("values", map_of("First day → rows.", table)),
        ("rows", list_of("Rows without dates; never money or rates.", row)),
        ("expect", one_or_more("\"X rises\", \"X falls\" or \"X of A > X of B\".")),
    ]);
    definition("Rows found by a key: a code list or a table.", &[], own)
}

fn register() -> Value {
    let own = properties([
        ("kind", word("What a record is.", Kind::ALL.iter().map(|(word, _)| *word))),
        ("subject", word("Whom a record is about.", Subject::ALL.iter().map(|(word, _)| *word))),
        ("fields", map_of("Name → field, in the order of the form.", reference("field"))),
        ("timed", flag("An event also has `at`, date and minute.")),
        ("part_of", text("The register inside whose form rows are entered.")),
        ("derive", map_of("Name → row expression: computed, never stored.", sql("A row expression."))),
        ("identity", one_or_more("Columns that find the same record again.")),
        ("rules", map_of("Rules about its records.", reference("rule"))),
        ("flow", reference("flow")),
        ("reads", text("Purpose needed to see the register.")),
        ("every", period("A statement: how long a period.")),
        ("who", sql("A statement: which institutions owe one.")),
        ("due", sql("A statement: its due day.")),
    ]);
    definition("What is written down.", &["kind"], own)
}

/// The length of a period.
pub(super) fn period(description: &str) -> Value {
    word(description, ["day", "month", "quarter", "half", "year"])
}

fn field() -> Value {
    let own = properties([
        ("type", word("What the field holds.", FIELD_TYPES)),
        ("list", text("A code: the list it is of.")),
        ("many", flag("A code: several.")),
        ("to", text("A reference: the register it leads to.")),
        ("digits", integer("A decimal: digits after the point.")),
        ("pattern", text("A serial: 卫公证字〔{year}〕第{n:4}号.")),
        ("at", text("A serial: the state at which it is drawn.")),
        ("required", sql("true, or a row expression.")),
        ("unit", text("From the list unit of core.")),
        ("range", pair("Outside is refused.")),
        ("usual", pair("Outside asks for confirmation.")),
        ("default", text("Filled in when nothing is given.")),
        ("title", words("What people call it.")),
        ("help", words("Shown under the field.")),
        ("maps", text("FHIR path.")),
        ("secret", flag("Masked unless unmasked with a reason.")),
    ]);
    object("A field.", &["type"], own)
}

fn flow() -> Value {
    let state = object(
        "A state.",
        &[],
        properties([
            ("zh", text("Chinese.")),
            ("en", text("English.")),
            ("title", words("What people call it.")),
            ("void", flag("The record leaves every query.")),
            ("end", flag("Nothing has to follow.")),
            ("stops", word("Time spent here does not count.", ["clock"])),
        ]),
    );
    let step = object(
        "A move from state to state.",
        &["from", "to"],
        properties([
            ("from", one_or_more("The states it leaves.")),
            ("to", text("The state it reaches.")),
            ("by", text("Role that makes it.")),
            ("require", sql("Row expression that must be true.")),
            ("due", sql("Day or moment by which it is due.")),
            ("say", words("What is said when it is refused.")),
            ("title", words("What people call it.")),
            ("other_person", flag("Not the person of another move so marked.")),
        ]),
    );
    let states = json!({
        "type": "object",
        "description": "State → title, or more about it.",
        "additionalProperties": { "anyOf": [reference("scalar"), state] },
    });
    let own = properties([
        ("start", text("The first state.")),
        ("states", states),
        ("moves", map_of("Move → from and to.", step)),
    ]);
    object("States of a record.", &["start", "states", "moves"], own)
}

fn rule() -> Value {
    let own = properties([
        ("level", word("When it runs and how loud it is.", Level::ALL.iter().map(|(word, _)| *word))),
        ("say", words("What is said; {column} prints a column.")),
        ("on", text("A register or an indicator.")),
        ("when", sql("Row expression; fires when true.")),
        ("rows", sql("Query with a row for each finding.")),
        ("method", word("Detector on the indicator's series.", METHODS)),
        ("over", map_of("The detector's numbers.", text("A number."))),
        ("why", words("A finding: why it matters.")),
        ("do", words("A finding: what to do.")),
        ("to", text("An alert: the role told.")),
        ("due", sql("An alert: by when it is answered.")),
        ("fill", map_of("Advice: field → column of the row found.", text("A column."))),
        ("by", one_or_more("Breakdown.")),
        ("every", word("Period.", ["day", "week", "month", "quarter", "half", "year"])),
    ]);
    definition("Something is wrong, or worth saying.", &["level", "say"], own)
}
