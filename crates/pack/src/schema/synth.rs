//! Schema of invented records.

use super::part::{
    Properties, any, flag, integer, list_of, map_of, object, pair, properties, rate, reference, sql, text,
};
use serde_json::{Value, json};

pub(super) fn definitions() -> Properties {
    properties([
        ("synth", make()),
        ("synth_amount", amount()),
        ("synth_draw", draw()),
        ("synth_split", split()),
        ("synth_value", value()),
    ])
}

fn make() -> Value {
    let split = json!({
        "description": "Parts of the records; a list for a second axis.",
        "anyOf": [reference("synth_split"), list_of("Axes.", reference("synth_split"))],
    });
    let own = properties([
        ("make", text("The register.")),
        ("n", reference("synth_amount")),
        ("from", reference("synth_draw")),
        ("for", reference("synth_draw")),
        ("spread", object("How records are spread.", &[], properties([("like", text("list.column"))]))),
        ("split", split),
        ("set", map_of("Field → how it is filled.", reference("synth_value"))),
    ]);
    object("Records of one register.", &["make"], own)
}

fn amount() -> Value {
    json!({
        "description": "A number, an indicator's published number, {between}, {of, rate}, rest, or one for each part.",
        "anyOf": [
            reference("scalar"),
            object("Between two.", &["between"], properties([("between", pair("Lowest and highest."))])),
            object("A share.", &["of", "rate"], properties([("of", text("Indicator.")), ("rate", rate("Share."))])),
            map_of("Part → amount.", reference("synth_amount")),
        ],
    })
}

fn draw() -> Value {
    let own = properties([
        ("register", text("The register drawn from.")),
        ("where", sql("Which of its records.")),
        ("once", flag("Each at most once.")),
        ("except", reference("synth_draw")),
        ("orgs", sql("Organisations instead of records.")),
        ("in", map_of("Part → where it is drawn from.", reference("synth_draw"))),
    ]);
    json!({ "description": "Where subjects come from.", "anyOf": [reference("scalar"), object("A draw.", &[], own)] })
}

fn split() -> Value {
    let part = object(
        "A part.",
        &[],
        properties([
            ("n", reference("synth_amount")),
            ("rate", text("A published rate, or a share.")),
            ("split", reference("synth_split")),
        ]),
    );
    map_of("Part → its size; rest is what remains.", json!({ "anyOf": [{ "const": "rest" }, part] }))
}

fn value() -> Value {
    let own = properties([
        ("between", pair("Lowest and highest.")),
        ("normal", pair("Mean and deviation.")),
        ("within", pair("Bounds of a normal value.")),
        ("shares", map_of("Value → weight.", integer("Weight."))),
        ("one_each", any("A period, or values in turn.")),
        ("age", pair("Youngest and oldest.")),
        ("sum", text("The published sum to divide.")),
        ("in", map_of("Part → how it is filled.", reference("synth_value"))),
        ("invent", text("A kind of text: a name, a number.")),
        ("serial", text("Pattern of a running number.")),
        ("ref", text("Register a reference is drawn from.")),
        ("where", sql("Which of its records.")),
        ("same", text("Column both must share.")),
    ]);
    json!({
        "description": "SQL, a constant, or one of the forms.",
        "anyOf": [
            reference("scalar"),
            { "type": "null" },
            list_of("A constant list.", reference("scalar")),
            object("A form.", &[], own),
        ],
    })
}
