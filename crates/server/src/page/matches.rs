//! Which two residents may be one person, side by side, and what was decided before?

use super::resident::{person, village};
use crate::app::App;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::masked::{column_title, label, mask, moment_shown};
use crate::problem::Problem;
use crate::reviewer::Queue;
use crate::wire;
use base::Decimal;
use columns::county_time;
use columns::engine::Value as Cell;
use identity::{Likely, Reason};
use pack::model::FieldType;
use pack::sql::{Relations, quote_text};
use records::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const RESIDENT: &str = "resident";
/// What the two are compared by, in the order of [`identity::COLUMNS`].
const COMPARED: usize = identity::COLUMNS.len();
/// Pairs on a page; one is what a person looks at.
const USUAL_LIMIT: usize = 1;
const MOST: usize = 20;
/// Decisions shown, the latest first.
const DECISIONS: usize = 10;
/// Entries of a resident counted at most.
const MOST_ENTRIES: usize = 1_000;

/// `/api/matches`: the next pairs nobody has decided; whose data is shown is written down first.
pub fn matches(app: &Arc<App>, desk: &Desk, ask: &Ask) -> Result<wire::Matches, Problem> {
    ask.visitor.must_reach_all(desk.county()?)?;
    let limit = ask.limit(USUAL_LIMIT, MOST)?;
    let seen = app.reviewer().seen(app)?;
    let Some(queue) = seen.queue else {
        return Ok(wire::Matches {
            is_working: true,
            known_at: None,
            seq: None,
            n_people_shown: String::new(),
            n_left: 0,
            n_left_shown: String::new(),
            pairs: Vec::new(),
            decisions: decisions(app, desk)?,
            may_decide: app.is_writable() && has_registers(desk),
        });
    };
    let open = open(desk, &queue)?;
    let start = ask.get("after").and_then(|after| after.split_once('~'));
    let start = start.and_then(|(a, b)| queue.place(a, b)).map_or(0, |place| place + 1);
    let left: Vec<&Likely> = queue.review.pairs.iter().filter(|pair| open.is_open(pair)).collect();
    let ahead: Vec<&Likely> = queue.review.pairs[start..].iter().filter(|pair| open.is_open(pair)).collect();
    let pairs = pairs(app, desk, ask, &ahead, limit)?;
    // Those beyond the limit of the queue are there as well.
    let n_left = left.len() + queue.review.n_pairs.saturating_sub(queue.review.pairs.len());
    let number = |n: usize| desk.number(Decimal::from(n as u64));
    Ok(wire::Matches {
        is_working: seen.is_working,
        known_at: Some(moment_shown(&county_time(queue.at).to_string())),
        seq: Some(queue.review.seq),
        n_people_shown: number(queue.review.n_people),
        n_left,
        n_left_shown: number(n_left),
        pairs,
        decisions: decisions(app, desk)?,
        may_decide: app.is_writable() && has_registers(desk),
    })
}

/// `/api/matches/state`: how far the comparison is; nobody's data is shown, so it may be asked every second.
pub fn state(app: &Arc<App>) -> Result<wire::MatchState, Problem> {
    let seen = app.reviewer().seen(app)?;
    let known_at = seen.queue.map(|queue| moment_shown(&county_time(queue.at).to_string()));
    Ok(wire::MatchState { is_working: seen.is_working, known_at })
}

/// What was decided or merged after the queue was made.
struct Open {
    decided: BTreeSet<(String, String)>,
    folded: BTreeSet<String>,
}

impl Open {
    fn is_open(&self, pair: &Likely) -> bool {
        let is_decided = self.decided.contains(&(pair.resident.clone(), pair.other.clone()));
        !is_decided && !self.folded.contains(&pair.resident) && !self.folded.contains(&pair.other)
    }
}

fn open(desk: &Desk, queue: &Queue) -> Result<Open, Problem> {
    let decided = identity::decided(&desk.snapshot)?;
    let mut folded = BTreeSet::new();
    if let Some(rows) = desk.snapshot.view().folded().filter(|_| desk.snapshot.seq() > queue.review.seq) {
        let rows = desk.snapshot.query_text(&format!("SELECT f.id FROM {rows} AS f"))?.rows()?;
        folded.extend(rows.iter().filter_map(|row| row[0].as_text()).map(str::to_string));
    }
    Ok(Open { decided, folded })
}

/// The first pairs whose residents are both there.
fn pairs(app: &App, desk: &Desk, ask: &Ask, ahead: &[&Likely], limit: usize) -> Result<Vec<wire::Match>, Problem> {
    let mut chosen: Vec<(&Likely, Side, Side)> = Vec::new();
    for some in ahead.chunks(limit) {
        let ids = some.iter().flat_map(|pair| [pair.resident.as_str(), pair.other.as_str()]).collect();
        let sides = sides(desk, ids)?;
        let there = |pair: &&Likely| Some((sides.get(&pair.resident)?.clone(), sides.get(&pair.other)?.clone()));
        chosen.extend(some.iter().filter_map(|pair| there(pair).map(|(a, b)| (*pair, a, b))));
        if chosen.len() >= limit {
            break;
        }
    }
    chosen.truncate(limit);
    app.log_looks(
        ask,
        "match",
        chosen.iter().flat_map(|(_, a, b)| [(a.id.as_str(), a.org.as_str()), (&b.id, &b.org)]),
    )?;
    chosen.iter().map(|(pair, a, b)| shown(app, desk, pair, a, b)).collect()
}

/// One resident as they are written now.
#[derive(Clone)]
struct Side {
    id: String,
    org: String,
    /// In the order of [`identity::COLUMNS`], then since when they are counted.
    values: Vec<String>,
}

fn sides(desk: &Desk, ids: Vec<&str>) -> Result<BTreeMap<String, Side>, Problem> {
    let view = desk.snapshot.view();
    let ids: Vec<String> = ids.into_iter().map(quote_text).collect();
    let sql = format!(
        "SELECT r.id, r.org, r.name, CAST(r.birth_on AS VARCHAR), r.sex, r.phone, h.address, r.citizen_id, \
         CAST(coalesce(r.started_on, r.birth_on) AS VARCHAR) FROM {} AS r LEFT JOIN {} AS h ON h.id = r.household WHERE \
         r.id IN ({})",
        view.register(RESIDENT),
        view.register("household"),
        ids.join(", ")
    );
    let rows = desk.snapshot.query_text(&sql)?.rows()?;
    let text = |cell: &Cell| cell.as_text().unwrap_or("").to_string();
    let side =
        |row: &Vec<Cell>| Side { id: text(&row[0]), org: text(&row[1]), values: row[2..].iter().map(text).collect() };
    Ok(rows.iter().map(side).map(|side| (side.id.clone(), side)).collect())
}

fn shown(app: &App, desk: &Desk, pair: &Likely, a: &Side, b: &Side) -> Result<wire::Match, Problem> {
    let compared =
        pair.reasons.iter().zip(0..COMPARED).map(|(reason, n)| compared(desk, reason, &a.values[n], &b.values[n]));
    let mut fields: Vec<wire::MatchField> = compared.collect();
    fields.push(plain("village", ("居住村", "Village"), village(desk, &a.org), village(desk, &b.org)));
    let (n_a, n_b) = (n_records(app, &a.id)?, n_records(app, &b.id)?);
    let told = [
        plain("since", ("登记自", "Registered since"), a.values[COMPARED].clone(), b.values[COMPARED].clone()),
        plain("n_records", ("各台账记录", "Records in the registers"), n_a.to_string(), n_b.to_string()),
    ];
    fields.extend(told.map(|field| wire::MatchField { state: "told", ..field }));
    Ok(wire::Match {
        probability: format!("{:.6}", pair.probability),
        probability_shown: probability_shown(pair.probability),
        survivor: survivor((a, n_a), (b, n_b)).to_string(),
        resident: a.id.clone(),
        other: b.id.clone(),
        fields,
    })
}

/// `99.9%`; never 100%, which nobody can know.
fn probability_shown(probability: f64) -> String {
    format!("{:.1}%", ((probability * 1_000.0).floor() / 10.0).min(99.9))
}

/// One comparison: both values masked, how close they are and what that says. Masks of different values may look alike,
/// so whether they are the same is said apart.
fn compared(desk: &Desk, reason: &Reason, a: &str, b: &str) -> wire::MatchField {
    let home = if reason.column == "address" { "household" } else { RESIDENT };
    let register = desk.catalog().register(home);
    let field = register.and_then(|register| register.fields.get(&reason.column));
    let value = |text: &str| match field.map(|field| (field.secret, &field.ty)) {
        Some((true, _)) => mask(text),
        Some((_, FieldType::Code { list, .. })) if !text.is_empty() => label(desk, &list.value, text),
        _ => text.to_string(),
    };
    let title = register.map(|register| column_title(register, &reason.column));
    wire::MatchField {
        key: reason.column.clone(),
        title: title.as_ref().map_or_else(|| wire::Text::both(&reason.column, &reason.column), wire::Text::from),
        a: value(a),
        b: value(b),
        state: agreement(a, b),
        level: Some(wire::Text::from(&reason.level)),
        // To tenths of a bit, so that what is shown as nothing speaks for nobody.
        leaning: match (reason.weight * 10.0).round() {
            tenths if tenths > 0.0 => "for",
            tenths if tenths < 0.0 => "against",
            _ => "none",
        },
        weight_shown: Some(format!("{:+.1}", reason.weight)).filter(|_| !a.is_empty() && !b.is_empty()),
    }
}

fn plain(key: &str, (zh, en): (&str, &str), a: String, b: String) -> wire::MatchField {
    let title = wire::Text::both(zh, en);
    wire::MatchField {
        key: key.into(),
        title,
        state: agreement(&a, &b),
        a,
        b,
        level: None,
        leaning: "none",
        weight_shown: None,
    }
}

fn agreement(a: &str, b: &str) -> &'static str {
    match (a.is_empty() || b.is_empty(), a == b) {
        (true, _) => "missing",
        (_, true) => "same",
        _ => "differs",
    }
}

/// Which of both is proposed to stand for the two: the one with a citizen number, then the one of whom more is written.
fn survivor<'a>((a, n_a): (&'a Side, usize), (b, n_b): (&'a Side, usize)) -> &'a str {
    let rank = |side: &Side, n: usize| (!side.values[COMPARED - 1].is_empty(), n);
    if rank(b, n_b) > rank(a, n_a) { &b.id } else { &a.id }
}

/// Records about a resident in all registers, their own left out.
fn n_records(app: &App, id: &str) -> Result<usize, Problem> {
    let entries = app.store().log().of_resident(id, 0, MOST_ENTRIES)?;
    let about = entries.iter().filter(|entry| entry.op.makes_version() && entry.register != RESIDENT);
    Ok(about.map(|entry| (&entry.register, &entry.record)).collect::<BTreeSet<_>>().len())
}

/// Whether the packs in force know decisions and merges; those of an older county may not.
fn has_registers(desk: &Desk) -> bool {
    ["resident_match", "resident_merge"].iter().all(|id| desk.catalog().register(id).is_some())
}

/// The latest decisions in force, with what can be undone of them.
fn decisions(app: &App, desk: &Desk) -> Result<Vec<wire::Decision>, Problem> {
    if !has_registers(desk) {
        return Ok(Vec::new());
    }
    let view = desk.snapshot.view();
    let sql = format!(
        "SELECT d.id, m.merged FROM {} AS d LEFT JOIN {} AS m ON m.decision = d.id ORDER BY d.recorded_at DESC, d.id LIMIT \
         {DECISIONS}",
        view.register("resident_match"),
        view.register("resident_merge")
    );
    let rows = desk.snapshot.query_text(&sql)?.rows()?;
    let store = app.store();
    let mut told = Vec::new();
    for row in &rows {
        let Some(id) = row[0].as_text() else { continue };
        // The log has the pair as it was decided; the tables have who stands for them now.
        let Some(head) = store.log().head("resident_match", id)? else { continue };
        let body = head.fields()?;
        let text = |key: &str| body.get(key).and_then(|value| value.as_str()).unwrap_or("").to_string();
        let (resident, other, verdict) = (text("resident"), text("other"), text("verdict"));
        let name =
            |id: &str| Ok::<_, Problem>(person(desk, &store, id)?.map_or_else(String::new, |one| one.name_masked));
        told.push(wire::Decision {
            names_masked: [name(&resident)?, name(&other)?],
            verdict_shown: wire::Text::from(&verdict_text(desk, &verdict)),
            merged: row[1].as_text().map(str::to_string),
            id: id.to_string(),
            resident,
            other,
            verdict,
            at: at_shown(&head),
            actor: head.actor.to_string(),
        });
    }
    Ok(told)
}

fn at_shown(head: &Entry) -> String {
    moment_shown(&county_time(head.at).to_string())
}

fn verdict_text(desk: &Desk, code: &str) -> base::Text {
    let label = desk.catalog().list("match_verdict").and_then(|list| list.label(code));
    label.cloned().unwrap_or_else(|| base::Text::both(code, code))
}
