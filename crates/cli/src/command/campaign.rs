//! `taizhang campaign`: who is invited, drawn by lot or put on a list; --commit makes the records.

use super::{now, period, today};
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use campaign::{Asked, CampaignError, Chosen, Lot, Plan, drafts, plan};
use columns::{Store, Submission};
use comfy_table::{Table, presets};
use records::DRAFTS_MAX;
use serde_json::{Value as Json, json};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The campaign
    campaign: String,
    #[command(flatten)]
    at: At,
    /// The period it runs for: 2026, 2026Q2, 2026-05
    #[arg(long)]
    period: Option<String>,
    /// The seed of a draw, entered in public
    #[arg(long)]
    seed: Option<String>,
    /// Which draw with this seed
    #[arg(long, default_value_t = 1)]
    round: u32,
    /// Make the records; without it nothing is written
    #[arg(long)]
    commit: bool,
    /// Why; kept with every record
    #[arg(long)]
    reason: Option<String>,
    /// Who does it
    #[arg(long, default_value = "campaign")]
    actor: String,
    /// How many to list
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Print one JSON document, with the ticket of everybody drawn
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    if !args.commit {
        let store = args.at.read()?;
        tell(args, &planned(args, &store)?, None);
        return Ok(answer(true));
    }
    let mut store = args.at.open()?;
    let found = planned(args, &store)?;
    let written = write(args, &mut store, &found)?;
    let is_whole = written.is_some();
    tell(args, &found, written);
    Ok(answer(is_whole))
}

fn planned(args: &Args, store: &Store) -> Result<Plan, Fault> {
    let period = period(store, args.period.as_deref())?;
    let lot = args.seed.clone().map(|seed| Lot { seed, round: args.round });
    let asked = Asked { campaign: &args.campaign, period, lot };
    plan(&store.snapshot(today())?, &asked).map_err(|fault| match fault {
        CampaignError::Store(fault) => Fault::Store(fault),
        other => Fault::Use(other.to_string()),
    })
}

/// Writes what is not there yet; `None` when a record was refused, of whose batch nothing is written then.
fn write(args: &Args, store: &mut Store, found: &Plan) -> Result<Option<usize>, Fault> {
    let drafts = drafts(found, args.reason.as_deref());
    let mut n_written = 0;
    for batch in drafts.chunks(DRAFTS_MAX) {
        let outcome = store.submit(Submission::new(args.actor.as_str(), now(), batch.to_vec()))?;
        for refusal in outcome.refusals.iter().take(args.limit) {
            output::message(&format!(
                "{}: {} [{}]",
                refusal.record.as_deref().unwrap_or("?"),
                refusal.say,
                refusal.rule
            ));
        }
        if outcome.n_refused > 0 {
            output::message(&format!("{} records were refused; nothing of this batch was written", outcome.n_refused));
            return Ok(None);
        }
        n_written += outcome.n_accepted;
    }
    Ok(Some(n_written))
}

fn tell(args: &Args, found: &Plan, written: Option<usize>) {
    if args.json {
        output::json(&to_json(args, found, written));
        return;
    }
    let n_known = found.chosen.iter().filter(|chosen| chosen.is_known).count();
    output::line(&format!(
        "{} rows, {} left out (a record holds it already), {} chosen, {n_known} of them from an earlier run",
        found.n_rows,
        found.n_taken,
        found.chosen.len(),
    ));
    if found.classes.len() > 1 {
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["class", "there", "drawn"]);
        for class in &found.classes {
            table.add_row([class.name.clone(), class.n_units.to_string(), class.n_chosen.to_string()]);
        }
        output::line(&table.to_string());
    }
    for chosen in found.chosen.iter().take(args.limit) {
        output::line(&line(chosen));
    }
    match written {
        Some(n) => output::line(&format!("{n} records made in {}", found.into)),
        None if !args.commit => output::line("nothing was written; --commit makes the records"),
        None => {}
    }
}

fn line(chosen: &Chosen) -> String {
    let drawn = match chosen.rank {
        0 => String::new(),
        rank => format!("{rank}. {} ", chosen.class),
    };
    let known = if chosen.is_known { " (there already)" } else { "" };
    let ticket: String = chosen.ticket.chars().take(12).collect();
    format!("{drawn}{} → {}{known} {ticket}", chosen.unit, chosen.record)
}

fn to_json(args: &Args, found: &Plan, written: Option<usize>) -> Json {
    json!({
        "campaign": args.campaign,
        "into": found.into,
        "seed": args.seed,
        "round": args.seed.as_ref().map(|_| args.round),
        "rows": found.n_rows,
        "left_out": found.n_taken,
        "classes": found.classes.iter().map(|class| json!({
            "class": class.name, "there": class.n_units, "chosen": class.n_chosen,
        })).collect::<Vec<_>>(),
        "chosen": found.chosen.iter().map(|chosen| json!({
            "unit": chosen.unit, "org": chosen.org, "class": chosen.class, "rank": chosen.rank,
            "ticket": chosen.ticket, "record": chosen.record, "fields": chosen.fields, "known": chosen.is_known,
        })).collect::<Vec<_>>(),
        "written": written,
    })
}
