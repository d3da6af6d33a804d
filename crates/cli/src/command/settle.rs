//! `taizhang settle`: what a scheme pays for each bill, layer by layer, and why not more.
//!
//! Planning changes nothing. `--commit` books all of it or nothing; what was booked before and comes out otherwise now is
//! reversed and booked anew.

use super::{now, period, today};
use crate::at::At;
use crate::fault::Fault;
use crate::paid_rows::drawn;
use crate::{Done, answer, bills, library, output};
use base::Language;
use ledger::{Ledger, Settlement};
use pack::Catalog;
use scheme::{Compiled, Plan, Refused, plan_json, plan_text, yuan};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The scheme
    scheme: String,
    /// Bills: a JSON document, NDJSON or CSV. Without it, the rows of the county's own register
    #[arg(long)]
    input: Option<PathBuf>,
    /// The county's directory
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The PostgreSQL server that keeps the records
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Whose settings apply: a county of counties/, or one of the database
    #[arg(long, value_name = "ID")]
    county: Option<String>,
    /// Which rows of the register: 2026, 2026-05
    #[arg(long)]
    period: Option<String>,
    /// Say every layer with its formula, numbers and source
    #[arg(long)]
    explain: bool,
    /// Language of the explanation: zh or en
    #[arg(long, default_value = "zh")]
    lang: String,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Book it in the ledger, once
    #[arg(long)]
    commit: bool,
    /// The day it is booked on (default: today)
    #[arg(long)]
    booked_on: Option<String>,
    /// Who books
    #[arg(long, default_value = "settle")]
    actor: String,
}

/// What became of the bills.
struct Answer {
    plans: Vec<Plan>,
    refused: Vec<(String, Refused)>,
    /// Bills named in the input; the others are history.
    asked: BTreeSet<String>,
    orgs: std::collections::BTreeMap<String, String>,
}

pub fn run(args: &Args) -> Done {
    let language = match args.lang.as_str() {
        "zh" => Language::Zh,
        "en" => Language::En,
        other => return Err(Fault::Use(format!("\"{other}\" is not a language here; write zh or en"))),
    };
    let at = At::said(args.dir.as_deref(), args.database.as_deref(), args.county.as_deref());
    let (catalog, answered) = match &at {
        Some(at) => from_county(args, at)?,
        None => from_file(args)?,
    };
    if args.commit {
        let at = at.ok_or_else(|| Fault::Use("--commit books in a county's log; say --dir or --database".into()))?;
        return commit(args, &at, &catalog, &answered);
    }
    tell(args, &answered, language);
    Ok(answer(answered.refused.is_empty()))
}

fn from_file(args: &Args) -> Result<(Arc<Catalog>, Answer), Fault> {
    let Some(input) = &args.input else { return Err(Fault::Use("say --input FILE, or --dir with a county".into())) };
    let packs = library::packs(&library::home()?.join("packs"))?;
    let county = args.county.as_deref().map(library::county).transpose()?;
    let catalog = library::load(&packs, county.as_ref())?;
    let compiled = drawn(&catalog, settlement::compile(&catalog, &args.scheme))?;
    let rows = bills::read(input)?;
    let answered = settle(&catalog, &compiled, &rows, None);
    Ok((catalog, answered))
}

/// With a county, its own rows of the year are the history of the bills given.
fn from_county(args: &Args, at: &At) -> Result<(Arc<Catalog>, Answer), Fault> {
    let store = at.read()?;
    let catalog = Arc::clone(store.catalog());
    let compiled = drawn(&catalog, settlement::compile(&catalog, &args.scheme))?;
    let period = period(&store, args.period.as_deref())?;
    let snapshot = store.snapshot(today())?;
    let mut rows = drawn(&catalog, settlement::of_period(&snapshot, &compiled, period, None))?;
    let mut asked = None;
    if let Some(input) = &args.input {
        let given = bills::read(input)?;
        let ids: BTreeSet<String> =
            given.iter().filter_map(|row| row.get("id")?.as_str().map(str::to_string)).collect();
        rows.retain(|row| row.get("id").and_then(Value::as_str).is_none_or(|id| !ids.contains(id)));
        rows.extend(given);
        asked = Some(ids);
    }
    let answered = settle(&catalog, &compiled, &rows, asked);
    Ok((catalog, answered))
}

fn settle(
    catalog: &Catalog,
    compiled: &Compiled,
    rows: &[Map<String, Value>],
    asked: Option<BTreeSet<String>>,
) -> Answer {
    let mut answered = Answer {
        plans: Vec::new(),
        refused: Vec::new(),
        asked: BTreeSet::new(),
        orgs: std::collections::BTreeMap::new(),
    };
    for settled in settlement::settle_rows(catalog, compiled, rows, today()) {
        let (bill, plan) = match settled {
            Ok(settled) => settled,
            Err(unread) => {
                answered.refused.push(unread);
                continue;
            }
        };
        answered.asked.insert(bill.id.clone());
        if let Some(org) = &bill.org {
            answered.orgs.insert(bill.id.clone(), org.clone());
        }
        match plan {
            Ok(plan) => answered.plans.push(plan),
            Err(refused) => answered.refused.push((bill.id, refused)),
        }
    }
    if let Some(asked) = asked {
        answered.refused.retain(|(bill, _)| asked.contains(bill));
        answered.asked = asked;
    }
    answered
}

fn tell(args: &Args, answered: &Answer, language: Language) {
    let plans: Vec<&Plan> = answered.plans.iter().filter(|plan| answered.asked.contains(&plan.bill)).collect();
    if args.json {
        let refused = answered.refused.iter().map(|(bill, refused)| {
            json!({"bill": bill, "code": refused.code, "say": {"zh": refused.say.zh, "en": refused.say.en}})
        });
        output::json(&json!({
            "scheme": args.scheme,
            "plans": plans.iter().map(|plan| plan_json(plan)).collect::<Vec<_>>(),
            "refused": refused.collect::<Vec<_>>(),
        }));
        return;
    }
    if args.explain {
        plans.iter().for_each(|plan| output::line(&plan_text(plan, language)));
    } else {
        table(&plans, language);
    }
    for (bill, refused) in &answered.refused {
        output::message(&format!("{bill}: {} [{}]", refused.say.get(language), refused.code));
    }
}

/// A row a bill, a column a layer.
fn table(plans: &[&Plan], language: Language) {
    let Some(first) = plans.first() else { return };
    let zh = language == Language::Zh;
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
    let titles = first.lines.iter().map(|line| line.title.get(language).to_string());
    let ends = [if zh { "结算单" } else { "bill" }, if zh { "总费用" } else { "total" }].map(str::to_string);
    table.set_header(ends.into_iter().chain(titles).chain([if zh { "个人" } else { "person" }.to_string()]));
    let amount = |fen: Option<i64>| fen.map_or_else(String::new, |fen| yuan(fen).to_string());
    for plan in plans {
        let paid = plan.lines.iter().map(|line| amount(Some(line.paid)));
        table.add_row([plan.bill.clone(), amount(plan.total)].into_iter().chain(paid).chain([amount(plan.rest)]));
    }
    output::line(&table.to_string());
}

fn commit(args: &Args, at: &At, catalog: &Catalog, answered: &Answer) -> Done {
    for (bill, refused) in &answered.refused {
        output::message(&format!("{bill}: {} [{}]", refused.say.zh, refused.code));
    }
    if !answered.refused.is_empty() {
        output::message("有单据未能结算，全部未入账");
        return Ok(answer(false));
    }
    let on = match &args.booked_on {
        Some(day) => pack::yaml::parse_date(day)
            .ok_or_else(|| Fault::Use(format!("\"{day}\" is not a day such as 2026-05-14")))?,
        None => today(),
    };
    let mut log = at.write_log()?;
    let mut ledger = Ledger::read(log.as_ref())?;
    let settlements: Vec<Settlement> = answered
        .plans
        .iter()
        // History is booked again only where it was booked before and comes out otherwise now.
        .filter(|plan| answered.asked.contains(&plan.bill) || ledger.is_settled(&plan.scheme, &plan.bill))
        .map(|plan| settlement::booking(catalog, plan, answered.orgs.get(&plan.bill), on))
        .collect();
    let booked = ledger.settle(log.as_mut(), settlements, &args.actor, now())?;
    let seq = booked.seq.map_or_else(|| "none".to_string(), |seq| seq.to_string());
    if args.json {
        output::json(&json!({"booked": booked.n_new, "known": booked.n_known, "last_entry": booked.seq}));
    } else {
        output::line(&format!(
            "booked {} sets of postings, {} were booked before; last entry {seq}",
            booked.n_new, booked.n_known
        ));
    }
    Ok(answer(true))
}
