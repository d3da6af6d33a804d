//! What surrounds a resident: stays under care with their days, what is due, what was paid, and who looked?

use crate::app::App;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::masked::{label, moment_shown, ref_name};
use crate::page::resident::heads;
use crate::problem::Problem;
use crate::wire;
use columns::county_time;
use ledger::{AccountId, AccountKind};
use pack::model::{FieldType, Kind};
use records::Op;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Looks that are told, the newest.
const MOST_LOOKS: usize = 50;
const ENTRIES_AT_ONCE: usize = 1_000;

#[derive(Debug, Serialize)]
pub struct Around {
    stays: Vec<Stay>,
    benefits: Vec<Benefit>,
    looks: Vec<Look>,
    n_looks: usize,
    household: Vec<Member>,
}

/// A stretch under care or under contract.
#[derive(Debug, Serialize)]
pub struct Stay {
    register: String,
    id: String,
    title: wire::Text,
    status: Option<String>,
    from: String,
    until: Option<String>,
    is_open: bool,
}

/// Money that was booked for the resident.
#[derive(Debug, Serialize)]
pub struct Benefit {
    on_date: String,
    scheme: String,
    document: Option<String>,
    fund: String,
    step: String,
    amount_shown: String,
    is_reversed: bool,
}

/// Somebody looked at the resident.
#[derive(Debug, Serialize)]
pub struct Look {
    at: String,
    actor: String,
    purpose: Option<String>,
    register: wire::Text,
}

#[derive(Debug, Serialize)]
pub struct Member {
    id: String,
    name_masked: String,
}

/// `/api/resident/around`; whoever asks has opened the resident, which was written down.
pub fn around(app: &Arc<App>, desk: &Desk, ask: &Ask) -> Result<Around, Problem> {
    let asked = ask.require("id")?;
    let survivor = desk.snapshot.survivor(asked)?;
    let id = survivor.as_deref().unwrap_or(asked);
    let head = app.store().log().head("resident", id)?.ok_or_else(|| Problem::record("resident", id))?;
    let merged = desk.snapshot.folded_into(id)?;
    let all = heads(&app.store(), std::iter::once(id).chain(merged.iter().map(String::as_str)))?;
    let county = desk.county()?;
    let all: Vec<_> = all.into_iter().filter(|entry| ask.visitor.reaches(county, &entry.org)).collect();
    // As on the resident's own page: whoever has no record of theirs must reach where they live.
    if all.is_empty() {
        ask.visitor.must_reach(county, &head.org)?;
    }
    let today = desk.snapshot.as_of().to_string();
    let mut stays = Vec::new();
    for entry in &all {
        let Some(register) = desk.catalog().register(&entry.register) else { continue };
        if register.kind != Kind::Enrolment {
            continue;
        }
        let fields = entry.fields()?;
        let text = |key: &str| fields.get(key).and_then(Json::as_str).map(str::to_string);
        let from = text("started_on").unwrap_or_default();
        let until = text("ended_on");
        let status = match register.fields.get("status").map(|field| &field.ty) {
            Some(FieldType::Code { list, .. }) => text("status").map(|code| label(desk, &list.value, &code)),
            _ => None,
        };
        stays.push(Stay {
            is_open: from <= today && until.as_ref().is_none_or(|until| *until > today),
            register: entry.register.clone(),
            id: entry.record.clone(),
            title: wire::Text::from(&register.common.title),
            status,
            from,
            until,
        });
    }
    stays.sort_by(|a, b| (b.is_open, &b.from, &b.id).cmp(&(a.is_open, &a.from, &a.id)));
    let documents: BTreeSet<&str> = all.iter().map(|entry| entry.record.as_str()).collect();
    let (looks, n_looks) = looks(app, desk, id)?;
    let household = head.fields()?.get("household").and_then(Json::as_str).map(str::to_string);
    Ok(Around {
        stays,
        benefits: benefits(app, desk, id, &documents)?,
        looks,
        n_looks,
        household: household.map_or_else(|| Ok(Vec::new()), |household| members(app, desk, &household, id))?,
    })
}

fn benefits(app: &App, desk: &Desk, id: &str, documents: &BTreeSet<&str>) -> Result<Vec<Benefit>, Problem> {
    let person = AccountId::new(AccountKind::Person, id);
    app.with_ledger(|ledger, _| {
        let book = ledger.book();
        let mut benefits = Vec::new();
        for set in book.sets() {
            let is_theirs = set.lines.iter().any(|line| line.account == person)
                || set.document.as_deref().is_some_and(|document| documents.contains(document));
            if !is_theirs || set.reverses.is_some() {
                continue;
            }
            let paid = set.lines.iter().filter(|line| line.account.kind() == AccountKind::Fund && line.amount < 0);
            for line in paid {
                let mut yuan = scheme::yuan(-line.amount);
                yuan.rescale(2);
                benefits.push(Benefit {
                    on_date: set.on_date.to_string(),
                    scheme: set.id.split('/').next().unwrap_or_default().to_string(),
                    document: set.document.clone(),
                    fund: label(desk, "fund", line.account.name()),
                    step: line.memo.clone(),
                    amount_shown: base::exact::with_commas(yuan),
                    is_reversed: book.is_reversed(&set.id),
                });
            }
        }
        benefits.sort_by(|a, b| b.on_date.cmp(&a.on_date));
        Ok(benefits)
    })
}

/// The newest looks, and how many there were.
fn looks(app: &App, desk: &Desk, id: &str) -> Result<(Vec<Look>, usize), Problem> {
    let (mut looks, mut after, mut n_looks) = (Vec::new(), 0, 0);
    loop {
        let entries = app.store().log().of_resident(id, after, ENTRIES_AT_ONCE)?;
        let Some(last) = entries.last() else { break };
        after = last.seq;
        for entry in entries.into_iter().filter(|entry| entry.op == Op::Access) {
            n_looks += 1;
            let register = desk.catalog().register(&entry.register);
            looks.push(Look {
                at: moment_shown(&county_time(entry.at).to_string()),
                actor: entry.actor.to_string(),
                purpose: entry.reason.clone(),
                register: register.map_or_else(
                    || wire::Text::both(&entry.register, &entry.register),
                    |register| wire::Text::from(&register.common.title),
                ),
            });
        }
    }
    looks.reverse();
    looks.truncate(MOST_LOOKS);
    Ok((looks, n_looks))
}

/// The others of a household, masked.
fn members(app: &App, desk: &Desk, household: &str, id: &str) -> Result<Vec<Member>, Problem> {
    use pack::sql::{Relations, quote_text};
    let rows = desk.snapshot.view().register("resident");
    let sql = format!(
        "SELECT r.id FROM {rows} AS r WHERE r.household = {} AND r.id <> {} ORDER BY r.id LIMIT 20",
        quote_text(household),
        quote_text(id)
    );
    let found = desk.snapshot.query_text(&sql)?.rows()?;
    let store = app.store();
    let ids = found.iter().filter_map(|row| row.first()?.as_text());
    Ok(ids.map(|id| Member { id: id.to_string(), name_masked: ref_name(desk, store.log(), "resident", id) }).collect())
}
