//! `taizhang test`: the packs' own examples, played one after another on an empty stage.

use crate::fault::Fault;
use crate::{Done, answer, library, output, paid_rows};
use base::Period;
use columns::{Refusal, Scratch, Snapshot, Verdict};
use indicator::{Board, Request};
use pack::Catalog;
use pack::county::County;
use pack::model::{Example, ExpectedIndicator, ExpectedSave};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Packs whose examples are run (default: all)
    paths: Vec<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What became of one example.
struct Played {
    pack: String,
    name: String,
    place: String,
    differences: Vec<String>,
}

pub fn run(args: &Args) -> Done {
    let home = library::home()?;
    let folders = library::packs(&home.join("packs"))?;
    let wanted = wanted(args)?;
    let catalog = Arc::new(staged(library::load(&folders, None)?));
    let mut stage = Scratch::new(Arc::clone(&catalog))?;
    let mut played = Vec::new();
    for pack in catalog.packs.values().filter(|pack| wanted.as_ref().is_none_or(|w| w.contains(&pack.header.id.value)))
    {
        for example in &pack.tests {
            stage.reset()?;
            let differences = match play(&mut stage, example) {
                Ok(differences) => differences,
                Err(fault) => vec![fault.to_string()],
            };
            let position = catalog.sources.position(example.name.span);
            let file = catalog.sources.get(example.name.span.source).map_or("", |source| &source.name);
            played.push(Played {
                pack: example.pack.clone(),
                name: example.name.value.clone(),
                place: format!("{file}:{}", position.line),
                differences,
            });
        }
    }
    Ok(tell(args, &played))
}

fn wanted(args: &Args) -> Result<Option<BTreeSet<String>>, Fault> {
    if args.paths.is_empty() {
        return Ok(None);
    }
    let mut ids = BTreeSet::new();
    for path in &args.paths {
        let found = library::packs(path)?;
        if found.is_empty() {
            return Err(Fault::Use(format!("{} holds no pack", path.display())));
        }
        ids.extend(found.into_iter().map(|folder| folder.id));
    }
    Ok(Some(ids))
}

/// The packs with the small county of the cast.
fn staged(catalog: Arc<Catalog>) -> Catalog {
    let cast = catalog.packs.values().find_map(|pack| pack.cast.as_ref()).map(County::of_cast);
    let packs = catalog.packs.values().cloned().collect();
    Catalog::new(packs, cast, catalog.sources.clone()).0
}

fn tell(args: &Args, played: &[Played]) -> std::process::ExitCode {
    let n_failed = played.iter().filter(|one| !one.differences.is_empty()).count();
    let n_passed = played.len() - n_failed;
    if args.json {
        let tests = played.iter().map(|one| {
            json!({
                "pack": one.pack,
                "name": one.name,
                "place": one.place,
                "passed": one.differences.is_empty(),
                "differences": one.differences,
            })
        });
        output::json(&json!({ "passed": n_passed, "failed": n_failed, "tests": tests.collect::<Vec<_>>() }));
    } else {
        for one in played.iter().filter(|one| !one.differences.is_empty()) {
            output::line(&format!("✗ {} · {}\n  {}", one.pack, one.name, one.place));
            for difference in &one.differences {
                output::line(&format!("    {difference}"));
            }
        }
        output::line(&format!("{n_passed} passed, {n_failed} failed"));
    }
    answer(n_failed == 0)
}

/// Plays an example and says where it differs from what was expected.
fn play(stage: &mut Scratch, example: &Example) -> Result<Vec<String>, Fault> {
    let catalog = Arc::clone(stage.catalog());
    give_cast(stage, &catalog, example)?;
    for (register, records) in &example.given {
        for record in records {
            stage.give(register, record.body.clone(), example.as_of)?;
        }
    }
    let mut differences = saves(stage, example)?;
    let period = example.period.unwrap_or_else(|| Period::year(example.as_of.year() - 1));
    let snapshot = stage.snapshot(example.as_of)?;
    differences.extend(values(&snapshot, example, period)?);
    for (cohort, ids) in &example.rows {
        let found: BTreeSet<String> =
            indicator::cohort_ids(&snapshot, &example.pack, cohort, Some(period))?.into_iter().collect();
        let wanted: BTreeSet<String> = ids.iter().cloned().collect();
        if found != wanted {
            differences.push(format!("rows of {}: expected {wanted:?}, found {found:?}", cohort.value));
        }
    }
    differences.extend(tasks(&snapshot, example)?);
    differences.extend(finds(&snapshot, example)?);
    differences.extend(sentences(&snapshot, example, period)?);
    differences.extend(payments(&snapshot, example)?);
    Ok(differences)
}

/// The tasks at noon of the example's day, compared by the columns that are named.
fn tasks(snapshot: &Snapshot, example: &Example) -> Result<Vec<String>, Fault> {
    let mut differences = Vec::new();
    for (task, wanted) in &example.tasks {
        let rows = work::task_rows(snapshot, &task.value, example.as_of.at(12, 0, 0, 0))?;
        let found: Vec<Map<String, Json>> = rows.iter().map(task_cells).collect();
        let fits = |row: &Map<String, Json>, wanted: &Map<String, Json>| {
            wanted.iter().all(|(column, value)| row.get(column) == Some(value))
        };
        let all_there = wanted.iter().all(|wanted| found.iter().any(|row| fits(row, wanted)));
        if !all_there || wanted.len() != found.len() {
            let list = |rows: &[Map<String, Json>]| json!(rows).to_string();
            differences.push(format!("{}: expected {}, found {}", task.value, list(wanted), list(&found)));
        }
    }
    Ok(differences)
}

/// The ids that rules find at noon of the example's day, as sets.
fn finds(snapshot: &Snapshot, example: &Example) -> Result<Vec<String>, Fault> {
    let mut differences = Vec::new();
    for (rule, ids) in &example.finds {
        let now = example.as_of.at(12, 0, 0, 0);
        let found: BTreeSet<String> = work::found_ids(snapshot, &example.pack, &rule.value, now)?.into_iter().collect();
        let wanted: BTreeSet<String> = ids.iter().cloned().collect();
        if found != wanted {
            differences.push(format!("{} finds: expected {wanted:?}, found {found:?}", rule.value));
        }
    }
    Ok(differences)
}

/// A task as an example may name it; what is empty is null.
fn task_cells(row: &work::TaskRow) -> Map<String, Json> {
    let cells = json!({
        "id": row.id,
        "org": row.org,
        "resident": row.resident,
        "due_on": row.due_on.map(|day| day.to_string()),
        "due_at": row.due_at.map(|moment| moment.to_string()),
        "opens_on": row.opens_on.map(|day| day.to_string()),
        "overdue_on": row.overdue_on.map(|day| day.to_string()),
        "window": row.window.word(),
        "priority": row.priority.word(),
        "days_late": row.n_days_late,
        "note": row.note,
    });
    match cells {
        Json::Object(cells) => cells,
        _ => Map::new(),
    }
}

/// The people and places every example may use.
fn give_cast(stage: &mut Scratch, catalog: &Catalog, example: &Example) -> Result<(), Fault> {
    let casts = catalog.packs.values().filter_map(|pack| pack.cast.as_ref());
    for (register, records) in casts.filter_map(|cast| cast.tree.get("records")?.as_object()).flatten() {
        for record in records.as_array().into_iter().flatten().filter_map(|record| record.as_object()) {
            stage.give(register, record.clone(), example.as_of)?;
        }
    }
    Ok(())
}

/// Tries the records of `try` one by one against `expect.saved`.
fn saves(stage: &mut Scratch, example: &Example) -> Result<Vec<String>, Fault> {
    let mut differences = Vec::new();
    let tried = example.tried.iter().flat_map(|(register, records)| records.iter().map(move |r| (register, r)));
    let tried: Vec<_> = tried.collect();
    if tried.len() != example.saved.len() {
        differences.push(format!("{} records are tried, {} answers are expected", tried.len(), example.saved.len()));
    }
    for ((register, record), expected) in tried.into_iter().zip(&example.saved) {
        let refusals = stage.save(register, record.body.clone(), example.as_of)?;
        if !as_expected(&expected.value, &refusals) {
            let found: Vec<String> = refusals.iter().map(|r| format!("{:?} {}", r.verdict, r.rule)).collect();
            let found = if found.is_empty() { "saved".to_string() } else { found.join(", ") };
            differences.push(format!("{register}: expected {:?}, found {found}", expected.value));
        }
    }
    Ok(differences)
}

fn as_expected(expected: &ExpectedSave, refusals: &[Refusal]) -> bool {
    let by = |verdict: Verdict, rule: &str| refusals.iter().any(|r| r.verdict == verdict && r.rule == rule);
    match expected {
        ExpectedSave::Ok => refusals.is_empty(),
        ExpectedSave::Refuse(rule) => by(Verdict::Refuse, rule),
        ExpectedSave::Confirm(rule) => {
            by(Verdict::Confirm, rule) && !refusals.iter().any(|r| r.verdict == Verdict::Refuse)
        }
        // Nothing gives advice or clocks yet; the packs' check says so.
        ExpectedSave::Advise(_) | ExpectedSave::Late(_) => true,
    }
}

fn values(snapshot: &Snapshot, example: &Example, period: Period) -> Result<Vec<String>, Fault> {
    if example.indicators.is_empty() {
        return Ok(Vec::new());
    }
    let mut indicators: Vec<String> = example.indicators.iter().map(|(key, _)| key.value.indicator.clone()).collect();
    indicators.sort();
    indicators.dedup();
    let board = indicator::board(snapshot, &Request::new(indicators, period))?;
    let county = snapshot.catalog().county.as_ref().and_then(|county| county.orgs.root());
    let root = county.map_or("", |org| org.id.as_str());
    let compared = example.indicators.iter().filter_map(|(key, expected)| {
        let difference = difference(&board, root, &key.value, expected)?;
        Some(format!("{}: {difference}", key.value.indicator))
    });
    Ok(compared.collect())
}

fn difference(board: &Board, root: &str, key: &pack::model::CellKey, expected: &ExpectedIndicator) -> Option<String> {
    let org = key.cell.iter().find(|(column, _)| column == "org").map_or(root, |(_, org)| org);
    let cell: Vec<(String, String)> = key.cell.iter().filter(|(column, _)| column != "org").cloned().collect();
    let found = board.cell(&key.indicator, org, &cell);
    let value = found.as_ref().and_then(|found| found.value).map(|value| value.to_string());
    if let Some(wanted) = &expected.value {
        // A cell that no row fell into counts nothing.
        let value = if found.is_none() && !cell.is_empty() { Some("0".to_string()) } else { value };
        if *wanted != value {
            return Some(format!("expected {wanted:?}, found {value:?}"));
        }
    }
    let (numerator, denominator) = expected.of.as_ref()?;
    let parts = found.as_ref().and_then(|found| found.numerator.zip(found.denominator));
    let parts = parts.map(|(a, b)| (a.to_string(), b.to_string()));
    (parts.as_ref() != Some(&(numerator.clone(), denominator.clone())))
        .then(|| format!("expected {numerator} of {denominator}, found {parts:?}"))
}

/// What schemes pay for the given records, compared whole.
fn payments(snapshot: &Snapshot, example: &Example) -> Result<Vec<String>, Fault> {
    let mut schemes: Vec<&str> = example.pays.iter().map(|pay| pay.value.scheme.as_str()).collect();
    schemes.dedup();
    if schemes.is_empty() {
        return Ok(Vec::new());
    }
    // A county's settings are applied to the packs as they are for that county.
    let catalog = match &example.county {
        Some(county) => {
            library::load(&library::packs(&library::home()?.join("packs"))?, Some(&library::county(&county.value)?))?
        }
        None => Arc::clone(snapshot.catalog()),
    };
    let mut differences = Vec::new();
    for scheme in schemes {
        let paid = paid_rows::settle_given(&catalog, snapshot, example, scheme)?;
        let expected = example.pays.iter().filter(|pay| pay.value.scheme == scheme);
        differences.extend(expected.filter_map(|pay| paid_rows::difference(&pay.value, &paid)));
    }
    Ok(differences)
}

fn sentences(snapshot: &Snapshot, example: &Example, period: Period) -> Result<Vec<String>, Fault> {
    if example.says.is_empty() {
        return Ok(Vec::new());
    }
    let pack = snapshot.catalog().packs.get(&example.pack);
    let Some(text) = pack.and_then(|pack| pack.report.as_ref()) else {
        return Ok(vec!["expect.says, but the pack has no report.md".into()]);
    };
    let said = report::fragment(snapshot, period, text)?;
    let missing = example.says.iter().filter(|wanted| !said.contains(&wanted.value));
    Ok(missing.map(|wanted| format!("expected to read \"{}\" in: {said}", wanted.value)).collect())
}
