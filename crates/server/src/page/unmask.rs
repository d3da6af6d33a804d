//! What stands behind a mask, for whoever says why?

use crate::app::App;
use crate::ask::{Ask, now};
use crate::problem::Problem;
use base::{Text, Timestamp};
use records::Op;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Fields shown whole to one account in [`WINDOW`].
const MOST: usize = 20;
const WINDOW: Duration = Duration::from_secs(10 * 60);
/// Characters of a reason.
const REASON: std::ops::RangeInclusive<usize> = 2..=200;

/// The body of `POST /api/unmask`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    register: String,
    id: String,
    field: String,
    reason: String,
}

/// Who had what shown lately.
#[derive(Default)]
pub struct Unmasked(Mutex<BTreeMap<String, Vec<Timestamp>>>);

impl Unmasked {
    /// Counts one; `false` when there were too many.
    fn may(&self, name: &str, now: Timestamp) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = all.entry(name.to_string()).or_default();
        times.retain(|at| now.duration_since(*at).unsigned_abs() < WINDOW);
        if times.len() >= MOST {
            return false;
        }
        times.push(now);
        true
    }
}

/// Shows one field of one record whole, once the log says who asked and why.
pub fn unmask(app: &App, ask: &Ask, request: &Request) -> Result<Json, Problem> {
    let Request { register, id, field, reason } = request;
    if !REASON.contains(&reason.trim().chars().count()) {
        return Err(Problem::wrong(
            "no-reason",
            Text::both("显示须说明原因（2至200字）", "say why, in 2 to 200 characters"),
            Text::both("填写reason", "add \"reason\""),
        ));
    }
    let unknown = || Problem::record(register, id);
    let known = app.catalog().register(register).ok_or_else(unknown)?;
    known.fields.get(field).ok_or_else(unknown)?;
    let head = app.store().log().head(register, id)?.filter(|head| head.op != Op::Withdraw).ok_or_else(unknown)?;
    ask.visitor.must_reach(app.county()?, &head.org)?;
    if !app.unmasked().may(ask.visitor.name(), now()) {
        return Err(Problem::too_many(Text::both(
            format!("10分钟内显示已达{MOST}次"),
            format!("{MOST} fields were shown in 10 minutes"),
        )));
    }
    let resident = head.resident.clone().or_else(|| (register == "resident").then(|| id.clone()));
    let purpose = format!("unmask {field}: {}", reason.trim());
    app.log_access(ask, register, id, &head.org, resident.as_deref(), &purpose)?;
    let value = head.fields()?.get(field).cloned().unwrap_or(Json::Null);
    let shown =
        value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_string);
    Ok(json!({ "shown": shown }))
}
