//! What may stand in a pack file, as JSON Schema (draft 2020-12), for editors.
//!
//! It completes keys and marks misspelt ones while a pack is written. It never knows names, SQL or dates in force:
//! what a schema cannot say, `taizhang check` says.

mod counted;
mod example;
mod part;
mod synth;
mod written;

use part::{integer, list_of, map_of, object, reference, text, words};
use serde_json::{Map, Value, json};

/// The schema of every `.yaml` file of a pack, with one definition for each of the eleven sections.
pub fn json_schema() -> Value {
    let header = [
        ("pack", text("Id of the pack, equal to the name of its folder.")),
        ("language", integer("Version of the pack language: 1.")),
        ("title", words("What people call the line of work.")),
        ("source", text("Default source of every definition.")),
        ("needs", list_of("Packs whose names this one may use, without cycles.", text("A pack."))),
        ("covers", list_of("Inventory ids this pack covers.", text("An inventory id."))),
        ("version", integer("Rises with every published change.")),
        ("cast", example::cast()),
    ];
    let sections = [
        ("parameters", "One number each, with a name, a date and a source."),
        ("lists", "Code lists and tables: rows that are not records."),
        ("registers", "What is written down."),
        ("cohorts", "Named queries: exactly what an indicator counts."),
        ("indicators", "What is counted: exactly one measure each."),
        ("funnels", "Counts in the order in which people go through them."),
        ("schemes", "Who is owed what: rows, and steps that each pay an amount from a fund."),
        ("tasks", "A cohort with a due day."),
        ("rules", "Something is wrong, or worth saying."),
        ("campaigns", "A cohort becomes records, once."),
        ("tests", "The pack's own examples."),
        ("synth", "How records are invented to given totals."),
    ];
    let mut properties: Map<String, Value> =
        header.into_iter().map(|(key, schema)| (key.to_string(), schema)).collect();
    for (section, description) in sections {
        let entry = reference(section.trim_end_matches('s'));
        let schema = match section {
            "tests" | "synth" => list_of(description, entry),
            "cohorts" | "indicators" => map_of(description, part::dated(entry)),
            _ => map_of(description, entry),
        };
        properties.insert(section.to_string(), schema);
    }
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Taizhang pack file",
    });
    if let (Some(schema), Value::Object(file)) =
        (schema.as_object_mut(), object("Sections of a pack.", &[], properties))
    {
        schema.extend(file);
        schema.insert("$defs".into(), definitions());
    }
    schema
}

fn definitions() -> Value {
    let mut all = Map::new();
    for (name, schema) in part::scalars() {
        all.insert(name.to_string(), schema);
    }
    all.extend(written::definitions());
    all.extend(counted::definitions());
    all.extend(example::definitions());
    all.extend(synth::definitions());
    Value::Object(all)
}

#[cfg(test)]
mod tests;
