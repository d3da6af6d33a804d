//! The schema against the packs of the repository, against the readers, and against its committed text.
#![allow(clippy::unwrap_used)]

use super::json_schema;
use crate::read::{SECTIONS, to_json};
use crate::yaml;
use base::SourceId;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
    into.sort();
}

/// As much of JSON Schema as this one uses; the first fault with the path to it.
fn fault(schema: &Value, root: &Value, value: &Value, path: &str) -> Option<String> {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{name} is not defined"));
        return fault(target, root, value, path);
    }
    if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
        let faults: Option<Vec<String>> = choices.iter().map(|choice| fault(choice, root, value, path)).collect();
        return faults.map(|faults| faults.join("; or "));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed = match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        _ => true,
    };
    if !allowed {
        return Some(format!("{path}: {kind} where {} may stand", schema["type"]));
    }
    if schema.get("const").is_some_and(|only| only != value)
        || schema.get("enum").is_some_and(|words| !words.as_array().unwrap().contains(value))
    {
        return Some(format!("{path}: {value} is not one of the words"));
    }
    match value {
        Value::Array(items) => {
            let schema = schema.get("items")?;
            items.iter().enumerate().find_map(|(n, item)| fault(schema, root, item, &format!("{path}[{n}]")))
        }
        Value::Object(entries) => {
            let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
            for key in required.filter_map(Value::as_str) {
                if !entries.contains_key(key) {
                    return Some(format!("{path}: {key} is required"));
                }
            }
            entries.iter().find_map(|(key, item)| {
                let below = format!("{path}.{key}");
                let own = schema.get("properties").and_then(|properties| properties.get(key));
                match own.or(schema.get("additionalProperties")) {
                    None | Some(Value::Bool(true)) => None,
                    Some(Value::Bool(false)) => Some(format!("{below}: unknown key")),
                    Some(schema) => fault(schema, root, item, &below),
                }
            })
        }
        _ => None,
    }
}

fn check(path: &Path) -> Option<String> {
    let schema = json_schema();
    let (tree, _) = yaml::parse(SourceId(0), &std::fs::read_to_string(path).unwrap());
    fault(&schema, &schema, &to_json(&tree?), "").map(|fault| format!("{}{fault}", path.display()))
}

#[test]
fn every_pack_of_the_repository_fits() {
    let mut paths = Vec::new();
    files(&root().join("packs"), &mut paths);
    let packs = paths.iter().filter(|path| path.extension().is_some_and(|ext| ext == "yaml"));
    let texts = packs.filter(|path| !path.ends_with("strings/en.yaml"));
    let faults: Vec<String> = texts.filter_map(|path| check(path)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn misspelt_keys_do_not_fit() {
    let bad = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    for name in ["unknown-key", "unknown-word", "missing-key", "wrong-kind", "unit-missing"] {
        assert!(check(&bad.join(format!("{name}.yaml"))).is_some(), "{name}");
    }
}

/// Every name of a property anywhere in the schema.
fn keys(schema: &Value, into: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            if let Some(properties) = entries.get("properties").and_then(Value::as_object) {
                into.extend(properties.keys().cloned());
            }
            entries.values().for_each(|value| keys(value, into));
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, into)),
        _ => {}
    }
}

/// A key that a reader asks for is a key that editors offer.
#[test]
fn the_readers_know_no_other_keys() {
    let mut offered = BTreeSet::new();
    keys(&json_schema(), &mut offered);
    let mut paths = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/read"), &mut paths);
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        for start in ["map.take(\"", "map.require(scope, \""] {
            for rest in text.split(start).skip(1) {
                let key = rest.split('"').next().unwrap();
                assert!(offered.contains(key), "{key} of {} is not in the schema", path.display());
            }
        }
    }
    assert!(SECTIONS.iter().all(|section| offered.contains(*section)));
}
