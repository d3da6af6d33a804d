//! Which addresses are there, and what may be asked?
//!
//! The one table of the API, as OpenAPI 3.1.

use serde_json::{Map, Value as Json, json};

/// Parameters nearly every address takes.
const COMMON: [&str; 4] = ["org", "period", "as_of", "lang"];

/// Address, what it answers, parameters that must be given, parameters that may be.
const ADDRESSES: [(&str, &str, &[&str], &[&str]); 18] = [
    ("/api/health", "Whether the server answers, and how far the log is", &[], &[]),
    ("/api/county", "The county, its organisations, packs and years", &[], &["as_of", "lang"]),
    ("/api/dashboard", "Cards, attention, and townships side by side", &[], &["compare"]),
    ("/api/indicators", "Every figure of an organisation, by pack", &[], &[]),
    ("/api/figure", "One figure with its definition, parts and months", &["indicator"], &[]),
    ("/api/figure/card", "One figure with its formula and source", &["indicator"], &[]),
    ("/api/figure/rows", "The records behind a figure, page by page", &["indicator"], &["part", "after", "limit"]),
    (
        "/api/record",
        "One record with all its versions; the access is logged",
        &["register", "id"],
        &["purpose", "lang"],
    ),
    ("/api/resident", "One resident with a timeline; the access is logged", &["id", "purpose"], &["lang"]),
    (
        "/api/tasks",
        "What is to be done, with numbers by organisation",
        &[],
        &["window", "role", "resident", "task", "due_by", "after", "limit"],
    ),
    ("/api/findings", "What is wrong in the records", &[], &["rule", "resident", "after", "limit"]),
    ("/api/quality", "The share of sound records and what to repair first", &[], &[]),
    (
        "/api/alerts",
        "What needs attention; POST {alert, outcome, remark} answers one",
        &[],
        &["role", "all", "after", "limit"],
    ),
    ("/api/report", "The report as blocks whose figures are links", &[], &[]),
    ("/api/report.md", "The report as Markdown", &[], &[]),
    ("/api/report.html", "The report as a web page", &[], &[]),
    ("/api/report.docx", "The report as a Word document", &[], &[]),
    ("/api/openapi.json", "This description", &[], &[]),
];

/// What a parameter means.
fn meaning(name: &str) -> &'static str {
    match name {
        "org" => "Id of an organisation, with everything below it; the county when absent",
        "period" => "2025, 2025H1, 2025Q3, 2025-11 or 2025-10-01..2026-01-01; the county's own when absent",
        "as_of" => "What was known at this moment: 2025-11-30 or 2025-11-30T08:00; now when absent",
        "lang" => "zh or en; Accept-Language when absent",
        "compare" => "Id of the indicator by which organisations are compared",
        "indicator" => "Id of an indicator",
        "part" => "numerator, denominator or missed",
        "after" => "The `next` of the page before",
        "limit" => "Rows on a page, 1 to 1000",
        "register" => "Id of a register",
        "id" => "Id of the record or resident",
        "window" => "waiting, open, overdue, lapsed; several with commas; open,overdue when absent",
        "role" => "Id of a role",
        "resident" => "Id of a resident",
        "task" => "Id of a task",
        "due_by" => "Due on this day or before",
        "rule" => "REGISTER.RULE",
        "all" => "1: also alerts that are answered",
        "purpose" => "Why somebody looks; logged",
        _ => "",
    }
}

/// What may be written.
fn writing() -> Json {
    let (text, number) = (json!({ "type": "string" }), json!({ "type": "integer" }));
    let record = json!({
        "type": "object",
        "properties": {
            "id": { "type": "string", "description": "The record; absent on a new one that the log may name" },
            "version": { "type": "integer", "description": "The version in view; absent on a new record" },
            "org": { "type": "string", "description": "The organisation that answers for it; required on a new record" },
            "withdraw": { "type": "boolean", "description": "The record should not be there" },
            "reason": { "type": "string", "description": "Why; required on a later version" },
            "fields": { "type": "object", "description": "The fields; on a correction those that change, null empties one" },
        },
    });
    let written = json!({ "description": "What was written, and why the rest was not", "content": { "application/json": {
        "schema": { "type": "object", "properties": {
            "accepted": number, "refused": number, "batch": number, "first_seq": number, "last_seq": number,
            "hash": text, "refusals": { "type": "array", "items": { "type": "object", "properties": {
                "index": number, "record": text, "verdict": { "enum": ["refuse", "confirm"] }, "rule": text, "say": text,
            } } },
        } } } } });
    json!({
        "summary": "Writes records; answers when they are on disk and in every figure",
        "requestBody": { "required": true, "content": { "application/json": { "schema": {
            "type": "object",
            "required": ["register", "records"],
            "properties": {
                "register": text,
                "key": { "type": "string", "description": "A name for this attempt: sent again, it writes nothing new" },
                "mode": { "enum": ["whole", "each"], "description": "What a refusal does to the rest" },
                "confirm": { "type": "string", "description": "Why records that ask for confirmation are right" },
                "records": { "type": "array", "items": record },
            },
        } } } },
        "responses": {
            "201": written,
            "422": { "description": "Nothing was written; the refusals say why" },
            "409": { "description": "Somebody else changed a record in between" },
            "default": { "$ref": "#/components/responses/Problem" },
        },
    })
}

/// The description of the API.
pub fn openapi() -> Json {
    let mut paths = Map::new();
    for (address, summary, required, optional) in ADDRESSES {
        let is_person = required.contains(&"id");
        let is_plain = is_person || ["/api/county", "/api/health", "/api/openapi.json"].contains(&address);
        let common: &[&str] = if is_plain { &[] } else { &COMMON };
        let names = required.iter().map(|name| (*name, true));
        let names = names.chain(optional.iter().chain(common).map(|name| (*name, false)));
        let parameters: Vec<Json> = names
            .map(|(name, required)| {
                json!({
                    "name": name, "in": "query", "required": required,
                    "description": meaning(name), "schema": { "type": "string" },
                })
            })
            .collect();
        let get = json!({
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": { "description": summary },
                "default": { "$ref": "#/components/responses/Problem" },
            },
        });
        paths.insert(address.to_string(), json!({ "get": get }));
    }
    paths.insert("/api/records".to_string(), json!({ "post": writing() }));
    let text = json!({ "type": "string" });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Taizhang", "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
        "components": { "responses": { "Problem": {
            "description": "What happened, where, what to do next, and a number to quote",
            "content": { "application/json": { "schema": {
                "type": "object",
                "required": ["code", "what", "where", "next", "request"],
                "properties": { "code": text, "what": text, "where": text, "next": text, "request": text },
            } } },
        } } },
    })
}
