//! Is a draft something the log can hold at all? Shape and size only; what it means is for the pack to judge.

use base::Date;

use crate::{Draft, LogError, NewBatch, Op};

/// The most drafts one batch may hold.
pub const DRAFTS_MAX: usize = 100_000;
/// The longest body, in bytes of JSON: room for an installed pack, far beyond any form.
pub const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The longest register, record, organisation, resident or idempotency key, in characters.
pub const ID_CHARS_MAX: usize = 64;
/// The longest actor, in characters.
pub const ACTOR_CHARS_MAX: usize = 128;
/// The longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 1_000;

/// A draft that passed, with its body as the text that will be stored.
pub(crate) struct Checked {
    pub register: String,
    pub record: Option<String>,
    pub op: Op,
    pub base_version: Option<u32>,
    pub org: String,
    pub resident: Option<String>,
    pub on_date: Option<Date>,
    pub body: String,
    pub reason: Option<String>,
}

/// Checks a batch's own fields and how many drafts it has.
pub(crate) fn check_batch(batch: &NewBatch) -> Result<(), LogError> {
    let n_drafts = batch.drafts.len();
    if n_drafts == 0 || n_drafts > DRAFTS_MAX {
        return Err(LogError::BatchSize { n_drafts, n_max: DRAFTS_MAX });
    }
    let place = Place { draft: None };
    place.text("actor", &batch.actor, ACTOR_CHARS_MAX)?;
    batch.key.as_ref().map_or(Ok(()), |key| place.text("key", key, ID_CHARS_MAX))
}

/// Checks one draft; `index` counts from 0.
pub(crate) fn check(index: usize, draft: &Draft) -> Result<Checked, LogError> {
    let place = Place { draft: Some(index + 1) };
    place.text("register", &draft.register, ID_CHARS_MAX)?;
    place.text("org", &draft.org, ID_CHARS_MAX)?;
    for (what, value, n_max) in [
        ("record", &draft.record, ID_CHARS_MAX),
        ("resident", &draft.resident, ID_CHARS_MAX),
        ("reason", &draft.reason, REASON_CHARS_MAX),
    ] {
        if let Some(value) = value {
            place.text(what, value, n_max)?;
        }
    }
    let starts_derived = draft.record.as_ref().is_some_and(|record| record.starts_with('_'));
    if draft.op == Op::Create && starts_derived {
        return Err(place.bad("record", "starts with \"_\", which the log keeps for ids it derives"));
    }
    if draft.record.is_none() && matches!(draft.op, Op::Correct | Op::Withdraw) {
        return Err(place.bad("record", "is missing, so there is nothing to change"));
    }
    if draft.op == Op::Create && draft.base_version.is_some() {
        return Err(place.bad("base_version", "is given, but a first version has none before it"));
    }
    if draft.base_version == Some(0) {
        return Err(place.bad("base_version", "is 0; versions start at 1, and none is None"));
    }
    let body = serde_json::to_string(&draft.body).map_err(|fault| place.bad("body", &fault.to_string()))?;
    if body.len() > BODY_BYTES_MAX {
        return Err(place.bad("body", &format!("has {} bytes of at most {BODY_BYTES_MAX}", body.len())));
    }
    Ok(Checked {
        register: draft.register.clone(),
        record: draft.record.clone(),
        op: draft.op,
        base_version: draft.base_version,
        org: draft.org.clone(),
        resident: draft.resident.clone(),
        on_date: draft.on_date,
        body,
        reason: draft.reason.clone(),
    })
}

/// Where in a batch something is wrong.
struct Place {
    draft: Option<usize>,
}

impl Place {
    fn text(&self, what: &'static str, value: &str, n_max: usize) -> Result<(), LogError> {
        if value.is_empty() {
            return Err(self.bad(what, "is empty"));
        }
        // PostgreSQL keeps no such text, and nobody types it.
        if value.contains('\0') {
            return Err(self.bad(what, "has a character of value 0"));
        }
        // Bytes bound characters from above, so the common case needs no counting.
        if value.len() > n_max && value.chars().count() > n_max {
            let n_chars = value.chars().count();
            return Err(self.bad(what, &format!("has {n_chars} characters of at most {n_max}")));
        }
        Ok(())
    }

    fn bad(&self, what: &'static str, problem: &str) -> LogError {
        LogError::Draft { draft: self.draft.unwrap_or(0), what, problem: problem.to_string() }
    }
}
