//! Which addresses are there, and what may be asked?
//!
//! The one table of the API, as OpenAPI 3.1.

use serde_json::{Map, Value as Json, json};

/// Parameters nearly every address takes.
const COMMON: [&str; 4] = ["org", "period", "as_of", "lang"];

/// Address, what it answers, parameters that must be given, parameters that may be.
const ADDRESSES: [(&str, &str, &[&str], &[&str]); 24] = [
    ("/api/health", "Whether the server answers, and how far the log is", &[], &[]),
    ("/api/county", "The county, its organisations, packs and years", &[], &["as_of", "lang"]),
    ("/api/dashboard", "Cards, attention, and townships side by side", &[], &["compare"]),
    ("/api/indicators", "Every figure of an organisation, by pack", &[], &["tree", "standing"]),
    ("/api/figure", "One figure with its definition, parts and months", &["indicator"], &["tree", "standing"]),
    ("/api/figure/card", "One figure with its formula and source", &["indicator"], &["tree", "standing"]),
    (
        "/api/figure/rows",
        "The records behind a figure, page by page",
        &["indicator"],
        &["part", "tree", "standing", "after", "limit"],
    ),
    ("/api/funnels", "Screenings from the first step to the last, with who was lost between", &[], &[]),
    (
        "/api/funnels/lost",
        "The records of one step that are not in the next one, page by page",
        &["funnel", "step"],
        &["after", "limit"],
    ),
    (
        "/api/record",
        "One record with all its versions; the access is logged",
        &["register", "id"],
        &["purpose", "lang"],
    ),
    ("/api/resident", "One resident with a timeline; the access is logged", &["id", "purpose"], &["lang"]),
    (
        "/api/residents",
        "Residents whom every word fits, masked, the best first, with the reason; the search is logged",
        &["q"],
        &["org", "limit", "lang"],
    ),
    (
        "/api/matches",
        "Likely pairs nobody has decided, side by side and masked, of the moment they say; the look is logged",
        &[],
        &["after", "limit", "lang"],
    ),
    (
        "/api/matches/state",
        "Whether all residents are being compared, and of when the last comparison is",
        &[],
        &["lang"],
    ),
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
    ("/api/report.pdf", "The report as PDF, for printing", &[], &[]),
    ("/api/openapi.json", "This description", &[], &[]),
];

/// Addresses that take no organisation, period or moment besides their own parameters.
const PLAIN: [&str; 6] =
    ["/api/county", "/api/health", "/api/openapi.json", "/api/residents", "/api/matches", "/api/matches/state"];

/// What may be sent besides records: address, what it does, fields that must be given, fields that may be.
const SENT: [(&str, &str, &[&str], &[&str]); 6] = [
    ("/api/residents/find", "As GET /api/residents, with the words outside the address", &["q"], &["org", "limit"]),
    (
        "/api/matches",
        "Decides a pair: `same` merges it into the survivor in one batch; a decided pair does not come back",
        &["resident", "other", "verdict"],
        &["survivor", "remark"],
    ),
    ("/api/matches/undo", "Withdraws a decision, and the merge that relies on it", &["id", "reason"], &[]),
    ("/api/matches/renew", "Has all residents compared anew in the background", &[], &[]),
    ("/api/merges", "Folds one resident into another", &["merged", "survivor", "reason"], &[]),
    ("/api/merges/undo", "Withdraws a merge, and the decision it relied on", &["merged", "reason"], &[]),
];

/// What a parameter means.
fn meaning(name: &str) -> &'static str {
    match name {
        "org" => "Id of an organisation, with everything below it; the county when absent",
        "period" => "2025, 2025H1, 2025Q3, 2025-11 or 2025-10-01..2026-01-01; the county's own when absent",
        "as_of" => "What was known at this moment: 2025-11-30 or 2025-11-30T08:00; now when absent",
        "lang" => "zh or en; Accept-Language when absent",
        "tree" => "Another tree by name, the column parent.NAME of orgs.csv; the administrative one when absent",
        "standing" => "as-was: each row below the organisations of its own day, also when absent; as-is: of today",
        "compare" => "Id of the indicator by which organisations are compared",
        "indicator" => "Id of an indicator",
        "part" => "numerator, denominator, missed or excluded",
        "q" => "Words: name, pinyin or initials, birth date or year, number, card or telephone or its last digits",
        "after" => "The `next` of the page before; of likely pairs the pair passed over, as resident~other",
        "limit" => "Rows on a page, 1 to 1000; residents found, 1 to 100; likely pairs, 1 to 20",
        "resident" | "other" => "One of two residents",
        "verdict" => "same or different",
        "survivor" => "The resident who stands for both; required when they are the same",
        "merged" => "The resident who is folded into the survivor",
        "reason" => "Why; logged",
        "remark" => "What speaks for it",
        "register" => "Id of a register",
        "id" => "Id of the record or resident",
        "window" => "waiting, open, overdue, lapsed; several with commas; open,overdue when absent",
        "role" => "Id of a role",
        "task" => "Id of a task",
        "due_by" => "Due on this day or before",
        "rule" => "REGISTER.RULE",
        "all" => "1: also alerts that are answered",
        "purpose" => "Why somebody looks; logged",
        "name" => "Name of the file; its ending says which format it may be",
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

/// Texts that may be sent as they are: address, what it answers, parts of a form (none: the file is the body).
const FILES: [(&str, &str, &[&str], &[&str]); 3] = [
    (
        "/api/proof",
        "The figures of a finished report: claims, relations, likely slips, and what the records give; nothing is kept",
        &[],
        &["name", "org", "period", "as_of", "lang"],
    ),
    (
        "/api/proof/marked",
        "The report with comments at the places (DOCX), or as a marked web page",
        &[],
        &["name", "lang"],
    ),
    ("/api/proof/compare", "Two texts claim by claim", &["left", "right"], &["lang"]),
];

/// What a file is sent to.
fn receiving(summary: &str, parts: &[&str], optional: &[&str]) -> Json {
    let file = json!({ "type": "string", "format": "binary" });
    let content = if parts.is_empty() {
        json!({ "application/octet-stream": { "schema": file } })
    } else {
        let parts_of: Map<String, Json> = parts.iter().map(|part| (part.to_string(), file.clone())).collect();
        let schema = json!({ "type": "object", "required": parts, "properties": parts_of });
        json!({ "multipart/form-data": { "schema": schema } })
    };
    json!({
        "summary": summary,
        "parameters": optional.iter().map(|name| parameter(name, false)).collect::<Vec<_>>(),
        "requestBody": { "required": true, "content": content },
        "responses": {
            "200": { "description": summary },
            "default": { "$ref": "#/components/responses/Problem" },
        },
    })
}

fn parameter(name: &str, required: bool) -> Json {
    json!({
        "name": name, "in": "query", "required": required,
        "description": meaning(name), "schema": { "type": "string" },
    })
}

/// What may be sent to one address.
fn sending(address: &str, summary: &str, required: &[&str], optional: &[&str]) -> Json {
    let field = |name: &&str| {
        let kind = if *name == "limit" { "integer" } else { "string" };
        (name.to_string(), json!({ "type": kind, "description": meaning(name) }))
    };
    let fields: Map<String, Json> = required.iter().chain(optional).map(field).collect();
    let (status, also) = match address {
        "/api/residents/find" => ("200", Json::Null),
        "/api/matches/renew" => ("202", Json::Null),
        _ => ("201", json!({ "description": "Nothing was written; the refusals say why" })),
    };
    let mut responses = json!({
        status: { "description": summary }, "default": { "$ref": "#/components/responses/Problem" },
    });
    if !also.is_null() {
        responses["422"] = also;
    }
    json!({
        "summary": summary,
        "requestBody": { "required": !required.is_empty(), "content": { "application/json": { "schema": {
            "type": "object", "required": required, "properties": fields,
        } } } },
        "responses": responses,
    })
}

/// The description of the API.
pub fn openapi() -> Json {
    let mut paths = Map::new();
    for (address, summary, required, optional) in ADDRESSES {
        let is_person = required.contains(&"id");
        let is_plain = is_person || PLAIN.contains(&address);
        let common: &[&str] = if is_plain { &[] } else { &COMMON };
        let names = required.iter().map(|name| (*name, true));
        let names = names.chain(optional.iter().chain(common).map(|name| (*name, false)));
        let parameters: Vec<Json> = names.map(|(name, required)| parameter(name, required)).collect();
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
    for (address, summary, required, optional) in SENT {
        let path = paths.entry(address).or_insert_with(|| json!({}));
        path["post"] = sending(address, summary, required, optional);
    }
    for (address, summary, parts, optional) in FILES {
        paths.insert(address.to_string(), json!({ "post": receiving(summary, parts, optional) }));
    }
    crate::described::describe(&mut paths);
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
