//! What is known of one resident, everywhere in the county?

use crate::app::{App, purpose};
use crate::ask::Ask;
use crate::desk::Desk;
use crate::masked::{age_shown, column_title, mask, shown};
use crate::problem::Problem;
use crate::wire::{self, Text, TimelineEntry};
use base::{Date, Language};
use columns::Store;
use pack::county::Level;
use pack::model::{FieldType, Kind, Register};
use records::{Entry, Op};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

const RESIDENT: &str = "resident";
/// Fields in the one line about a record.
const SUMMARY_FIELDS: usize = 4;
/// Entries read from the log at a time.
const ENTRIES_AT_ONCE: usize = 1_000;

/// `/api/resident`; a purpose is asked for, and who looked is written down first.
pub fn resident(app: &App, desk: &Desk, ask: &Ask) -> Result<wire::Resident, Problem> {
    let asked = ask.require("id")?;
    ask.require("purpose")?;
    // Whoever was folded into another is found under the old id, and shown as the other.
    let survivor = desk.snapshot.survivor(asked)?;
    let id = survivor.as_deref().unwrap_or(asked);
    let purpose = purpose(ask)?;
    let head = app.store().log().head(RESIDENT, id)?.ok_or_else(|| Problem::record(RESIDENT, id))?;
    let merged = desk.snapshot.folded_into(id)?;
    let all = heads(&app.store(), std::iter::once(id).chain(merged.iter().map(String::as_str)))?;
    let (county, n_all) = (desk.county()?, all.len());
    let heads: Vec<Entry> = all.into_iter().filter(|entry| ask.visitor.reaches(county, &entry.org)).collect();
    // A hospital sees whom it treats, wherever they live; of their records, its own.
    if heads.is_empty() {
        ask.visitor.must_reach(county, &head.org)?;
    }
    app.log_access(ask, RESIDENT, id, &head.org, Some(id), &purpose)?;
    let store = app.store();
    let person = person(desk, &store, id)?.ok_or_else(|| Problem::record(RESIDENT, id))?;
    let body = last_body(&store, &head)?;
    let text = |key: &str| body.get(key).and_then(Json::as_str).unwrap_or("");
    Ok(wire::Resident {
        citizen_id_masked: mask(text("citizen_id")),
        village: village(desk, &head.org),
        since: Some(text("started_on")).filter(|day| !day.is_empty()).unwrap_or(text("birth_on")).to_string(),
        tags: tags(desk, &heads, &body),
        timeline: timeline(desk, &store, &heads)?,
        n_elsewhere: n_all - heads.len(),
        person,
        merged,
        access_logged: true,
    })
}

/// A resident's name, sex and age, masked.
pub fn person(desk: &Desk, store: &Store, id: &str) -> Result<Option<wire::Person>, Problem> {
    let Some(head) = store.log().head(RESIDENT, id)? else { return Ok(None) };
    let body = last_body(store, &head)?;
    let text = |key: &str| body.get(key).and_then(Json::as_str).unwrap_or("");
    let list = desk.catalog().register(RESIDENT).and_then(|register| register.fields.get("sex"));
    let sex = match list.map(|field| &field.ty) {
        Some(FieldType::Code { list, .. }) => desk.catalog().list(&list.value).and_then(|l| l.label(text("sex"))),
        _ => None,
    };
    Ok(Some(wire::Person {
        id: id.to_string(),
        name_masked: mask(text("name")),
        sex: sex.map_or_else(|| Text::both("", ""), Text::from),
        age_shown: age_shown(pack::yaml::parse_date(text("birth_on")), desk.snapshot.as_of(), desk.language),
    }))
}

/// The body in force, or the last one before a withdrawal.
fn last_body(store: &Store, head: &Entry) -> Result<Map<String, Json>, Problem> {
    if head.op != Op::Withdraw {
        return Ok(head.fields()?);
    }
    let history = store.log().history(&head.register, &head.record)?;
    let body = history.iter().rev().find(|entry| entry.op != Op::Withdraw);
    Ok(body.map(Entry::fields).transpose()?.unwrap_or_default())
}

/// `青石镇柳河村`
pub(super) fn village(desk: &Desk, org: &str) -> String {
    let Ok(county) = desk.county() else { return String::new() };
    let path: Vec<_> = county.orgs.path(org).filter(|org| org.level != Level::County).collect();
    path.iter().rev().map(|org| org.name.as_str()).collect()
}

/// The version in force of every record about a resident, under whichever of their ids it was written, without the
/// resident's own and those withdrawn.
pub(super) fn heads<'a>(store: &Store, ids: impl Iterator<Item = &'a str>) -> Result<Vec<Entry>, Problem> {
    let mut heads: BTreeMap<(String, String), Entry> = BTreeMap::new();
    for id in ids {
        let mut after = 0;
        loop {
            let entries = store.log().of_resident(id, after, ENTRIES_AT_ONCE)?;
            let Some(last) = entries.last() else { break };
            after = last.seq;
            for entry in entries.into_iter().filter(|entry| entry.op.makes_version() && entry.register != RESIDENT) {
                let known =
                    heads.entry((entry.register.clone(), entry.record.clone())).or_insert_with(|| entry.clone());
                if known.seq < entry.seq {
                    *known = entry;
                }
            }
        }
    }
    Ok(heads.into_values().filter(|entry| entry.op != Op::Withdraw).collect())
}

/// Under which care and contract the resident is today, and of which group.
fn tags(desk: &Desk, heads: &[Entry], body: &Map<String, Json>) -> Vec<Text> {
    let today = desk.snapshot.as_of();
    let mut tags: Vec<Text> = Vec::new();
    for entry in heads {
        let Some(register) = desk.catalog().register(&entry.register) else { continue };
        let Ok(fields) = entry.fields() else { continue };
        let day = |key: &str| fields.get(key).and_then(Json::as_str).and_then(pack::yaml::parse_date);
        let is_open = day("started_on").is_none_or(|day| day <= today) && day("ended_on").is_none_or(|day| day > today);
        if register.kind == Kind::Enrolment && is_open {
            let status = register.fields.get("status").zip(fields.get("status").and_then(Json::as_str));
            let tag = match status.map(|(field, code)| (&field.ty, code)) {
                Some((FieldType::Code { list, .. }, code)) => {
                    desk.catalog().list(&list.value).and_then(|list| list.label(code)).map(Text::from)
                }
                _ => None,
            };
            tags.push(tag.unwrap_or_else(|| Text::from(&register.common.title)));
        }
    }
    let birth_on = body.get("birth_on").and_then(Json::as_str).and_then(pack::yaml::parse_date);
    if birth_on.is_some_and(|birth_on| is_elderly(birth_on, today)) {
        tags.push(Text::both("65岁及以上", "65 and over"));
    }
    tags
}

/// 65, the age from which the national basic services count somebody as elderly.
fn is_elderly(birth_on: Date, today: Date) -> bool {
    (birth_on.year() + 65, birth_on.month(), birth_on.day()) <= (today.year(), today.month(), today.day())
}

/// Newest first.
fn timeline(desk: &Desk, store: &Store, heads: &[Entry]) -> Result<Vec<TimelineEntry>, Problem> {
    let mut lines = Vec::new();
    for entry in heads {
        let Some(register) = desk.catalog().register(&entry.register) else { continue };
        let fields = entry.fields()?;
        lines.push(TimelineEntry {
            register: entry.register.clone(),
            title: Text::from(&register.common.title),
            id: entry.record.clone(),
            on_date: entry.on_date.map(|day| day.to_string()).unwrap_or_default(),
            summary: summary(desk, store, register, &fields),
            org_name: desk.org_name(&entry.org),
        });
    }
    lines.sort_by(|a, b| (&b.on_date, &a.register, &a.id).cmp(&(&a.on_date, &b.register, &b.id)));
    Ok(lines)
}

/// `随访方式门诊，收缩压152 mmHg，舒张压94 mmHg`
fn summary(desk: &Desk, store: &Store, register: &Register, fields: &Map<String, Json>) -> String {
    let mut told = Vec::new();
    for field in register.fields.values().filter(|field| !field.secret) {
        let value = fields.get(&field.id).filter(|value| !value.is_null() && **value != Json::Bool(false));
        let Some(value) = value else { continue };
        let title = column_title(register, &field.id);
        let said = match value {
            Json::Bool(_) => title.get(desk.language).to_string(),
            value => {
                let space = if desk.language == Language::En { " " } else { "" };
                let shown = shown(desk, store.log(), register, &field.id, Some(value));
                format!("{}{space}{shown}", title.get(desk.language))
            }
        };
        told.push(said);
        if told.len() == SUMMARY_FIELDS {
            break;
        }
    }
    told.join(if desk.language == Language::En { ", " } else { "，" })
}
