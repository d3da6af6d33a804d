//! `taizhang simulate`: what would a period have cost under other rules, and who would have more or less?
//!
//! Nothing is written. The same rows go through the rules in force and through the proposed ones.

use super::{period, today};
use crate::at::At;
use crate::fault::Fault;
use crate::paid_rows::drawn;
use crate::{Done, answer, bills, library, output};
use base::{Language, Period};
use columns::Store;
use comfy_table::{CellAlignment, Table, presets};
use pack::Catalog;
use scheme::{Refused, Settled, yuan};
use serde_json::{Map, Value, json};
use settlement::{Amounts, Part, Replay, replay};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

/// The source that a proposed line gives, since it has no document yet.
const NO_DOCUMENT_YET: &str = "试算";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The scheme
    scheme: String,
    #[command(flatten)]
    at: At,
    /// Bills in place of the county's own: a JSON document, NDJSON or CSV
    #[arg(long)]
    input: Option<PathBuf>,
    /// Which rows of the register: 2026, 2026-05
    #[arg(long)]
    period: Option<String>,
    /// A parameter or any other thing a county may set: promise_rate=14%, "scheme one_stop.one_stop.steps.assist.rate=75%"
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Packs to use in place of those in force
    #[arg(long, value_name = "DIR")]
    proposed: Option<PathBuf>,
    /// A column of the bills to group them by, such as the category of the resident
    #[arg(long, value_name = "COLUMN")]
    by: Option<String>,
    /// How many people to list, those who lose first
    #[arg(long, value_name = "N", default_value_t = 20)]
    people: usize,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    if args.set.is_empty() && args.proposed.is_none() {
        return Err(Fault::Use("say what is to change: --set NAME=VALUE, or --proposed DIR".into()));
    }
    let store = args.at.read()?;
    let period = period(&store, args.period.as_deref())?;
    let in_force = Arc::clone(store.catalog());
    let proposed = proposed(args, &store, period)?;
    let given = args.input.as_deref().map(bills::read).transpose()?;
    let settled = |catalog| settled(&store, catalog, &args.scheme, given.as_deref(), period);
    let (before, after) = (settled(&in_force)?, settled(&proposed)?);
    let found = drawn(&in_force, replay(&in_force, &before, &after, args.by.as_deref()))?;
    if args.json {
        output::json(&to_json(args, period, &found));
    } else {
        tell(args, &found);
    }
    Ok(answer(true))
}

/// The packs in force, or those of a folder, with the county's settings and the proposed ones.
fn proposed(args: &Args, store: &Store, period: Period) -> Result<Arc<Catalog>, Fault> {
    let mut texts = store.installed(store.seq())?;
    if let Some(dir) = &args.proposed {
        texts.packs = library::packs(dir)?;
    }
    let pack = drawn(store.catalog(), settlement::compile(store.catalog(), &args.scheme))?.pack;
    let mut proposal = String::new();
    for line in &args.set {
        proposal += &set_line(line, &pack, period)?;
    }
    library::load_proposed(&texts.packs, Some(&texts.county), Some(proposal.as_str()).filter(|text| !text.is_empty()))
}

/// `NAME=VALUE` as a line of a county's `set`; a name alone is a parameter of the scheme's pack.
fn set_line(line: &str, pack: &str, period: Period) -> Result<String, Fault> {
    let Some((name, value)) = line.split_once('=') else {
        return Err(Fault::Use(format!("\"{line}\" is not NAME=VALUE, such as promise_rate=14%")));
    };
    let (name, value) = (name.trim(), value.trim());
    let what = match (name.contains(' '), name.contains('.')) {
        (true, _) => name.to_string(),
        (false, true) => format!("parameter {name}"),
        (false, false) => format!("parameter {pack}.{name}"),
    };
    let mut text = format!("- what: {}\n  is: {value}\n  source: {NO_DOCUMENT_YET}\n", json!(what));
    if what.starts_with("parameter ") {
        let _ = writeln!(text, "  from: {}", period.from);
    }
    Ok(text)
}

fn settled(
    store: &Store,
    catalog: &Arc<Catalog>,
    scheme: &str,
    given: Option<&[Map<String, Value>]>,
    period: Period,
) -> Result<Vec<Settled>, Fault> {
    let compiled = drawn(catalog, settlement::compile(catalog, scheme))?;
    let own;
    let rows = match given {
        Some(given) => given,
        None => {
            let snapshot = store.snapshot(today())?.under(Arc::clone(catalog))?;
            own = drawn(catalog, settlement::of_period(&snapshot, &compiled, period, None))?;
            &own
        }
    };
    let settled = settlement::settle_rows(catalog, &compiled, rows, today());
    // A row that is no bill under one side is none under the other either.
    Ok(settled.into_iter().filter_map(Result::ok).collect())
}

fn tell(args: &Args, found: &Replay) {
    let signed =
        |amounts: Amounts| format!("{}{}", if amounts.change() > 0 { "+" } else { "" }, yuan(amounts.change()));
    output::line(&format!(
        "{} bills of {} people: paid {} -> {} yuan ({}), left to the people {} -> {} ({})",
        found.n_bills,
        found.n_people,
        yuan(found.paid.before),
        yuan(found.paid.after),
        signed(found.paid),
        yuan(found.rest.before),
        yuan(found.rest.after),
        signed(found.rest),
    ));
    let (n_gain, n_lose) = (found.n_gain(), found.n_lose());
    output::line(&format!(
        "{n_gain} people have more, {n_lose} have less, {} as before",
        found.n_people - n_gain - n_lose
    ));
    let by = args.by.as_deref().unwrap_or_default();
    for (title, parts) in [("fund", &found.funds), ("township", &found.townships), (by, &found.groups)] {
        table(title, parts, &signed);
    }
    for change in found.changes.iter().take(args.people) {
        output::line(&format!(
            "{}: {}{} yuan ({})",
            change.who,
            if change.gain > 0 { "+" } else { "" },
            yuan(change.gain),
            change.bills.join(", ")
        ));
    }
    for (bill, before, after) in found.refused.iter().take(args.people) {
        let why = |refused: &Option<Refused>| {
            refused.as_ref().map_or("paid", |refused| refused.say.get(Language::En)).to_string()
        };
        output::message(&format!("{bill}: in force: {}; proposed: {}", why(before), why(after)));
    }
}

fn table(title: &str, parts: &[Part], signed: &impl Fn(Amounts) -> String) {
    if parts.is_empty() {
        return;
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header([title, "in force", "proposed", "change"]);
    for part in parts {
        let amount = |fen: i64| yuan(fen).to_string();
        table.add_row([part.title.zh.clone(), amount(part.paid.before), amount(part.paid.after), signed(part.paid)]);
    }
    for n in 1..=3 {
        if let Some(column) = table.column_mut(n) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    output::line(&table.to_string());
}

/// Amounts are in yuan, as text.
fn to_json(args: &Args, period: Period, found: &Replay) -> Value {
    let yuan = |fen: i64| yuan(fen).to_string();
    let amounts = |amounts: Amounts| json!({"in_force": yuan(amounts.before), "proposed": yuan(amounts.after), "change": yuan(amounts.change())});
    let parts = |parts: &[Part]| -> Vec<Value> {
        parts.iter().map(|part| json!({"key": part.key, "title": part.title.zh, "paid": amounts(part.paid)})).collect()
    };
    let code = |refused: &Option<Refused>| refused.as_ref().map(|refused| refused.code.clone());
    json!({
        "scheme": args.scheme,
        "period": period.to_string(),
        "set": args.set,
        "bills": found.n_bills,
        "people": found.n_people,
        "paid": amounts(found.paid),
        "left_to_people": amounts(found.rest),
        "have_more": found.n_gain(),
        "have_less": found.n_lose(),
        "funds": parts(&found.funds),
        "townships": parts(&found.townships),
        "groups": parts(&found.groups),
        "changes": found.changes.iter().map(|change| json!({
            "who": change.who, "bills": change.bills, "gain": yuan(change.gain),
            "paid": amounts(change.paid), "left": amounts(change.rest),
        })).collect::<Vec<_>>(),
        "refused": found.refused.iter().map(|(bill, before, after)| json!({
            "bill": bill, "in_force": code(before), "proposed": code(after),
        })).collect::<Vec<_>>(),
    })
}
