//! Schema of examples and of the cast that stands in all of them.

use super::part::{Properties, any, date, list_of, map_of, object, one_or_more, properties, text};
use serde_json::{Value, json};

pub(super) fn definitions() -> Properties {
    properties([("test", test())])
}

/// The people and places every example may use.
pub(super) fn cast() -> Value {
    let own = properties([
        ("orgs", list_of("Organisations, parents first.", map_of("An organisation.", text("A cell.")))),
        ("records", records("Register → records that are always there.")),
    ]);
    object("The people and places of every example (core only).", &[], own)
}

fn records(description: &str) -> Value {
    map_of(description, list_of("Records.", map_of("Field → value; each: repeats it.", any("A value."))))
}

fn test() -> Value {
    let indicator = object(
        "What an indicator gives.",
        &[],
        properties([
            ("value", json!({ "type": ["string", "integer", "number", "null"], "description": "The exact value." })),
            ("of", one_or_more("Numerator and denominator.")),
        ]),
    );
    let saved = json!({
        "anyOf": [
            { "const": "ok" },
            {
                "type": "object",
                "properties": {
                    "refuse": text("Rule that refuses it."),
                    "confirm": text("Rule that asks."),
                    "advise": text("Rule that advises."),
                    "late": text("Move it is late for."),
                },
                "additionalProperties": false,
            },
        ],
    });
    let expect = object(
        "What must come out; only what is named is compared.",
        &[],
        properties([
            (
                "indicators",
                map_of("Indicator or cell id[org=jia] → value.", json!({ "anyOf": [indicator, { "type": "null" }] })),
            ),
            ("rows", map_of("Cohort → ids, as a set.", one_or_more("Ids."))),
            ("saved", list_of("One entry for each tried record.", saved)),
            ("says", one_or_more("Texts the report gives.")),
            ("tasks", map_of("Task → rows.", any("Rows."))),
            ("pays", map_of("Scheme → record → steps.", any("Steps."))),
            ("finds", map_of("Rule → ids.", any("Ids."))),
            ("check", any("Codes of diagnostics.")),
        ]),
    );
    let own = properties([
        ("name", text("What an official would say.")),
        ("as_of", date("The clock.")),
        ("period", text("2025, 2025-11, 2025Q3, 2025H1 or 2025-10-01..2026-01-01.")),
        ("county", text("Apply that county's set.")),
        ("given", records("Register → records there before.")),
        ("try", records("Register → records saved after them, one by one.")),
        ("expect", expect),
    ]);
    object("An example.", &["name", "as_of", "expect"], own)
}
