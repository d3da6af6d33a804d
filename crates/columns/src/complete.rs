//! What does a draft leave unsaid that is known all the same?
//!
//! Defaults of its register, the moment it entered its state, and the places by which the log finds a record.

use crate::apply::county_time;
use base::Timestamp;
use pack::Catalog;
use pack::model::Register;
use records::{Draft, Op};
use serde_json::Value as Json;

/// Fills a draft in, as it is written at `at`.
pub(crate) fn complete(catalog: &Catalog, draft: &mut Draft, confirm: Option<&str>, at: Timestamp) {
    if let Some(register) = catalog.register(&draft.register) {
        fill_defaults(register, draft);
        stamp_state(register, draft, at);
    }
    let text = |key: &str| draft.body.get(key).and_then(Json::as_str).map(str::to_string);
    draft.resident =
        text("resident").or_else(|| (draft.register == "resident").then(|| draft.record.clone()).flatten());
    draft.on_date =
        ["on_date", "started_on", "period_from"].into_iter().find_map(|key| pack::yaml::parse_date(&text(key)?));
    if let (None, Some(reason)) = (&draft.reason, confirm) {
        draft.reason = Some(reason.to_string());
    }
}

/// Fills in what a new record leaves out and the pack has a default for.
fn fill_defaults(register: &Register, draft: &mut Draft) {
    if draft.op != Op::Create {
        return;
    }
    for field in register.fields.values() {
        if let Some(default) = &field.default {
            draft.body.entry(field.id.clone()).or_insert_with(|| default_value(&default.value));
        }
    }
    if let Some(flow) = &register.flow {
        draft.body.entry("state").or_insert_with(|| Json::String(flow.start.value.clone()));
    }
}

/// The first moment at which a record entered its state is kept with it.
fn stamp_state(register: &Register, draft: &mut Draft, at: Timestamp) {
    if register.flow.is_none() || !matches!(draft.op, Op::Create | Op::Correct) {
        return;
    }
    let Some(state) = draft.body.get("state").and_then(Json::as_str) else { return };
    let column = format!("{state}_at");
    if register.columns().iter().any(|known| known.name == column) {
        draft.body.entry(column).or_insert_with(|| Json::String(county_time(at).to_string()));
    }
}

/// A default as it is written in a pack, as JSON.
pub(crate) fn default_value(written: &str) -> Json {
    match written {
        "true" => Json::Bool(true),
        "false" => Json::Bool(false),
        text => text.parse::<i64>().map_or_else(|_| Json::String(text.to_string()), Json::from),
    }
}
