//! What has been written in one record, version by version?

use super::resident::person;
use crate::app::{App, purpose};
use crate::ask::Ask;
use crate::desk::Desk;
use crate::masked::{column_title, moment_shown, shown};
use crate::problem::Problem;
use crate::wire::{self, RecordField, RecordVersion};
use columns::{Store, county_time};
use pack::model::Register;
use records::{Entry, Op};
use serde_json::{Map, Value as Json};

/// `/api/record`; who looked is written down first.
pub fn record(app: &App, desk: &Desk, ask: &Ask) -> Result<wire::RecordHistory, Problem> {
    let (name, id) = (ask.require("register")?, ask.require("id")?);
    let purpose = purpose(ask)?;
    let unknown = || Problem::record(name, id);
    let register = desk.catalog().register(name).ok_or_else(unknown)?;
    let entries = app.store().log().history(name, id)?;
    let latest = entries.last().ok_or_else(unknown)?;
    let resident = entries.iter().rev().find_map(|entry| entry.resident.clone());
    ask.visitor.must_reach(desk.county()?, &latest.org)?;
    app.log_access(ask, name, id, &latest.org, resident.as_deref(), &purpose)?;
    let store = app.store();
    let (versions, chain_ok) = versions(desk, &store, register, &entries)?;
    Ok(wire::RecordHistory {
        register: name.to_string(),
        title: wire::Text::from(&register.common.title),
        id: id.to_string(),
        org_name: desk.org_name(&latest.org),
        resident: match resident {
            Some(resident) => person(desk, &store, &resident)?,
            None => None,
        },
        versions,
        chain_ok,
    })
}

/// The versions, newest first, and whether each follows the one before it and stands in a batch that is linked to
/// the batch before. The whole chain is computed again by `taizhang verify`.
fn versions(
    desk: &Desk,
    store: &Store,
    register: &Register,
    entries: &[Entry],
) -> Result<(Vec<RecordVersion>, bool), Problem> {
    let mut versions: Vec<RecordVersion> = Vec::new();
    let mut chain_ok = true;
    let mut body_before = Map::new();
    let mut seq_before = None;
    for entry in entries {
        let batch = store.log().batch(entry.batch)?;
        let before = if entry.batch > 1 { store.log().batch(entry.batch - 1)? } else { None };
        chain_ok &= entry.prior == seq_before
            && batch.as_ref().is_some_and(|batch| {
                let linked = before.as_ref().is_none_or(|before| before.hash == batch.prev_hash);
                linked && (batch.first_seq..=batch.last_seq).contains(&entry.seq)
            });
        // A withdrawal has no body: what it withdrew stays readable.
        let body = if entry.op == Op::Withdraw { body_before.clone() } else { entry.fields()? };
        versions.push(RecordVersion {
            version: entry.version,
            op: entry.op.as_str(),
            at: moment_shown(&county_time(entry.at).to_string()),
            actor: entry.actor.to_string(),
            reason: entry.reason.clone(),
            seq: entry.seq,
            batch: entry.batch,
            hash: batch.map(|batch| batch.hash.to_string()).unwrap_or_default(),
            fields: fields(desk, store, register, &body, &body_before),
        });
        seq_before = Some(entry.seq);
        body_before = body;
    }
    versions.reverse();
    Ok((versions, chain_ok))
}

fn fields(
    desk: &Desk,
    store: &Store,
    register: &Register,
    body: &Map<String, Json>,
    before: &Map<String, Json>,
) -> Vec<RecordField> {
    let columns = register.columns().into_iter().map(|column| column.name);
    columns
        .map(|column| RecordField {
            title: column_title(register, &column),
            shown: shown(desk, store.log(), register, &column, body.get(&column)),
            changed: !before.is_empty() && body.get(&column) != before.get(&column),
            key: column,
        })
        .collect()
}
