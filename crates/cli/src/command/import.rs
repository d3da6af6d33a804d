//! `taizhang import`: records from a CSV file, a workbook or NDJSON.
//!
//! Accepted plus refused rows are always all rows. Refused rows come back in a workbook beside the file.

use super::{now, open};
use crate::{Done, answer, output, progress};
use columns::{Mode, Verdict};
use exchange::{Import, RefusedRow, Source, Summary};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Refused rows shown on the screen; the workbook has all.
const SHOWN: usize = 20;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The register
    register: String,
    /// The file: .csv, .xlsx, .xls, .ods or .ndjson
    file: PathBuf,
    /// The directory
    #[arg(long)]
    dir: PathBuf,
    /// The sheet of a workbook; the first when left out
    #[arg(long)]
    sheet: Option<String>,
    /// Write nothing when one row is refused
    #[arg(long)]
    whole: bool,
    /// Why existing records are corrected
    #[arg(long)]
    reason: Option<String>,
    /// Why records that ask for confirmation are right
    #[arg(long)]
    confirm: Option<String>,
    /// Who writes
    #[arg(long, default_value = "import")]
    actor: String,
    /// The organisation, by id or name, of rows that name none
    #[arg(long)]
    org: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let source = Source::open(&args.file, args.sheet.as_deref())?;
    let mut store = open(&args.dir)?;
    let options = Import {
        mode: if args.whole { Mode::Whole } else { Mode::Each },
        reason: args.reason.clone(),
        confirm: args.confirm.clone(),
        org: args.org.clone(),
        ..Import::new(args.register.as_str(), args.actor.as_str(), now())
    };
    let bar = progress::rows(source.n_bytes());
    let done = exchange::import(&mut store, &source, &options, &mut |at| {
        bar.set_position(if at.n_bytes > 0 { at.n_read } else { at.n_rows });
        bar.set_message(format!("{} rows, {} refused", at.n_rows, at.n_refused));
    });
    bar.finish_and_clear();
    let summary = done?;
    if args.json {
        output::json(&document(&summary))
    } else {
        show(args, &summary)
    }
    Ok(answer(summary.n_refused == 0))
}

fn show(args: &Args, summary: &Summary) {
    for row in summary.refused.iter().take(SHOWN) {
        for fault in &row.faults {
            output::line(&format!("line {}: {} [{}]", row.line, fault.say, fault.rule));
        }
    }
    if summary.n_refused > SHOWN as u64 {
        output::line(&format!("… and {} more", summary.n_refused - SHOWN as u64));
    }
    output::line(&format!("{} accepted, {} refused", summary.n_accepted(), summary.n_refused));
    let parts = [
        (summary.n_changed, "corrected"),
        (summary.n_unchanged, "unchanged, nothing written"),
        (summary.n_done_before, "written by an earlier run of this file"),
    ];
    for (n, what) in parts.into_iter().filter(|(n, _)| *n > 0) {
        output::line(&format!("of the accepted, {n} {what}"));
    }
    if summary.n_to_confirm > 0 && args.confirm.is_none() {
        output::line(&format!(
            "of the refused, {} only ask to be confirmed: import again with --confirm REASON when they are right",
            summary.n_to_confirm
        ));
    }
    if let Some((path, n_sheets)) = &summary.workbook {
        let sheets =
            if *n_sheets > 1 { format!(", on {n_sheets} sheets; import each with --sheet") } else { String::new() };
        output::line(&format!("mend and import again: {}{sheets}", path.display()));
    }
}

fn document(summary: &Summary) -> Value {
    json!({
        "rows": summary.n_rows,
        "accepted": summary.n_accepted(),
        "refused": summary.n_refused,
        "created": summary.n_created,
        "corrected": summary.n_changed,
        "unchanged": summary.n_unchanged,
        "done_before": summary.n_done_before,
        "to_confirm": summary.n_to_confirm,
        "workbook": summary.workbook.as_ref().map(|(path, _)| path.display().to_string()),
        "rules": summary.rules.iter().map(|(rule, n)| json!({"rule": rule, "n": n})).collect::<Vec<_>>(),
        "refusals": summary.refused.iter().flat_map(refusals).collect::<Vec<_>>(),
    })
}

fn refusals(row: &RefusedRow) -> Vec<Value> {
    let refusal = |fault: &exchange::Fault| {
        json!({
            "line": row.line,
            "record": row.record,
            "verdict": match fault.verdict { Verdict::Refuse => "refuse", Verdict::Confirm => "confirm" },
            "rule": fault.rule,
            "say": fault.say,
        })
    };
    row.faults.iter().map(refusal).collect()
}
