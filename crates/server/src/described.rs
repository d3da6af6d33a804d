//! How are the addresses of registers, files and the window described?
//!
//! The part of the API's description whose paths name a register, a record or a file.

use serde_json::{Map, Value as Json, json};

/// Method, path, what it does, parameters or fields that must be given, those that may be.
type Line = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const LINES: [Line; 18] = [
    ("get", "/api/registers", "The county's registers, by pack", &[], &["lang"]),
    ("get", "/api/registers/{register}", "Records, filtered by f.COLUMN, page by page, masked", &[], &LIST),
    ("post", "/api/registers/{register}/find", "The same, with the words outside the address", &[], &FIND),
    ("get", "/api/registers/{register}/schema", "The form as JSON Schema, in the reader's language", &[], &["lang"]),
    ("get", "/api/registers/{register}/export.csv", "All rows of a filtered list; the export is logged", &[], &LIST),
    ("post", "/api/registers/{register}/check", "What the rules say of a record; nothing is written", &[], &CHECK),
    ("post", "/api/registers/{register}", "Writes a new record", &["org", "fields"], &["key", "confirm"]),
    (
        "get",
        "/api/registers/{register}/{id}",
        "A record with its history; the look is logged",
        &[],
        &["purpose", "lang"],
    ),
    ("post", "/api/registers/{register}/{id}", "A later version: correct, withdraw, or a move", &LATER, &CHANGE),
    ("post", "/api/imports", "Takes a file in and checks it; nothing is written", &["register", "name"], &["org"]),
    ("get", "/api/imports/{id}", "How far a file is", &[], &["lang"]),
    ("post", "/api/imports/{id}/commit", "Writes what was checked", &[], &["reason", "confirm"]),
    ("get", "/api/imports/{id}/refused.xlsx", "The refused rows, to be mended and sent again", &[], &[]),
    ("get", "/api/settle", "The schemes that pay rows of a register", &[], &["lang"]),
    ("post", "/api/settle/plan", "Who would pay what of a bill, and why", &["scheme", "fields"], &["org", "confirm"]),
    ("post", "/api/settle/commit", "Writes, settles and books a bill, once for a key", &SETTLE, &["org", "confirm"]),
    ("get", "/api/resident/around", "Care, contracts, benefits, household and looks", &["id"], &["lang"]),
    ("get", "/api/events", "A stream that says which registers were written", &[], &[]),
];

const LIST: [&str; 7] = ["org", "sort", "columns", "after", "limit", "as_of", "lang"];
const FIND: [&str; 8] = ["q", "filters", "org", "sort", "columns", "after", "limit", "as_of"];
const CHECK: [&str; 5] = ["org", "id", "version", "fields", "similar"];
const LATER: [&str; 2] = ["version", "reason"];
const CHANGE: [&str; 5] = ["action", "fields", "org", "key", "confirm"];
const SETTLE: [&str; 3] = ["scheme", "fields", "key"];

/// Adds them to the paths of the description.
pub fn describe(paths: &mut Map<String, Json>) {
    for (method, path, summary, required, optional) in LINES {
        let named = path.split('/').filter_map(|part| part.strip_prefix('{')?.split('}').next());
        let text = json!({ "type": "string" });
        let mut parameters: Vec<Json> =
            named.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": text })).collect();
        let is_file = path == "/api/imports";
        let status = if method == "post" { "2XX" } else { "200" };
        let mut operation = json!({
            "summary": summary,
            "responses": { "default": { "$ref": "#/components/responses/Problem" } },
        });
        operation["responses"][status] = json!({ "description": summary });
        if method == "get" || is_file {
            let names = required.iter().map(|name| (name, true)).chain(optional.iter().map(|name| (name, false)));
            parameters.extend(
                names.map(|(name, must)| json!({ "name": name, "in": "query", "required": must, "schema": text })),
            );
        }
        if is_file {
            let file = json!({ "schema": { "type": "string", "format": "binary" } });
            operation["requestBody"] = json!({ "required": true, "content": { "application/octet-stream": file } });
        } else if method == "post" {
            let fields: Map<String, Json> =
                required.iter().chain(optional).map(|name| (name.to_string(), kind(name))).collect();
            let schema = json!({ "type": "object", "required": required, "properties": fields });
            operation["requestBody"] =
                json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        }
        operation["parameters"] = Json::Array(parameters);
        paths.entry(path).or_insert_with(|| json!({}))[method] = operation;
    }
}

fn kind(name: &str) -> Json {
    match name {
        "fields" | "filters" => json!({ "type": "object" }),
        "version" | "limit" => json!({ "type": "integer" }),
        "similar" => json!({ "type": "boolean" }),
        _ => json!({ "type": "string" }),
    }
}
