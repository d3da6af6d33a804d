//! `taizhang merge` and `taizhang unmerge`: one resident's record folded into another's, and brought back.

use super::now;
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use columns::{Store, Submission, county_time};
use records::{Draft, Op};
use serde_json::json;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The resident who is folded
    merged: String,
    /// The resident who stands for both from now on
    survivor: String,
    #[command(flatten)]
    at: At,
    /// Why they are one person
    #[arg(long)]
    reason: String,
    /// The decision relied on, a record of resident_match
    #[arg(long)]
    decision: Option<String>,
    /// Who writes
    #[arg(long, default_value = "merge")]
    actor: String,
}

#[derive(Debug, clap::Args)]
pub struct UndoArgs {
    /// The resident who was folded
    merged: String,
    #[command(flatten)]
    at: At,
    /// Why they are not one person after all
    #[arg(long)]
    reason: String,
    /// Who writes
    #[arg(long, default_value = "merge")]
    actor: String,
}

pub fn run(args: &Args) -> Done {
    let mut store = args.at.open()?;
    let head = store.log().head("resident", &args.survivor)?;
    let head = head.ok_or_else(|| Fault::Use(format!("there is no resident \"{}\"", args.survivor)))?;
    let mut draft = Draft::new(Op::Create, "resident_merge", head.org.as_str());
    let today = county_time(now()).date().to_string();
    let body = json!({
        "resident": args.survivor, "merged": args.merged, "on_date": today, "remark": args.reason,
        "decision": args.decision,
    });
    draft.body = body.as_object().cloned().unwrap_or_default();
    submit(&mut store, &args.actor, draft)
}

pub fn undo(args: &UndoArgs) -> Done {
    let mut store = args.at.open()?;
    let record = store.snapshot(super::today())?.merge_of(&args.merged)?;
    let none = || Fault::Use(format!("\"{}\" was not merged into anybody", args.merged));
    let head = store.log().head("resident_merge", &record.ok_or_else(none)?)?.ok_or_else(none)?;
    let draft = Draft::withdrawing(&head, args.reason.as_str());
    submit(&mut store, &args.actor, draft)
}

fn submit(store: &mut Store, actor: &str, draft: Draft) -> Done {
    let outcome = store.submit(Submission::new(actor, now(), vec![draft]))?;
    for refusal in &outcome.refusals {
        output::line(&format!("{} [{}]", refusal.say, refusal.rule));
    }
    if let Some(receipt) = outcome.receipt {
        output::line(&format!("written as entry {}", receipt.last_seq));
    }
    Ok(answer(outcome.refusals.is_empty()))
}
