//! `taizhang upgrade`: the log's storage format, forward and back.

use super::now;
use crate::fault::Fault;
use crate::{Done, answer, output, progress};
use columns::StoreError;
use records::migrate::{CURRENT, Migrator, Moved};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The county's directory; nobody may be writing to it
    #[arg(long)]
    dir: PathBuf,
    /// The storage format to go to; without it, the one this program writes
    #[arg(long, value_name = "FORMAT", conflicts_with = "back")]
    to: Option<i64>,
    /// Go back by one format, for an older program
    #[arg(long)]
    back: bool,
    /// Make no copy of the log first
    #[arg(long)]
    no_copy: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let path = args.dir.join("records.db");
    if !path.exists() {
        return Err(Fault::Store(StoreError::Empty(args.dir.clone())));
    }
    let mut log = Migrator::open(&path)?;
    let from = log.format()?;
    let to = if args.back { from - 1 } else { args.to.unwrap_or(CURRENT) };
    if from == to {
        if args.json {
            output::json(&json!({"from": from, "to": to, "changed": false, "head_hash": log.head_hash()?.to_string()}));
        } else {
            output::line(&format!("the log has storage format {from} already; nothing was changed"));
        }
        return Ok(answer(true));
    }
    log.check(to)?;
    let copy = if args.no_copy { None } else { Some(copy(&log, &path, from)?) };
    output::message(&format!("changing the storage format from {from} to {to}; this may take a minute"));
    let bar = progress::bar(0, "hash chain");
    let moved = log.migrate_verified(to, &mut |step| {
        bar.set_length(step.n_total);
        bar.set_position(step.n_done);
    });
    bar.finish_and_clear();
    let moved = moved?;
    say(args, &moved, copy.as_deref());
    Ok(answer(moved.is_kept))
}

/// Copies the log beside itself; the name says the format and when.
fn copy(log: &Migrator, path: &Path, format: i64) -> Result<PathBuf, Fault> {
    let stamp = now().strftime("%Y%m%dT%H%M%SZ");
    let copy = path.with_file_name(format!("records.db.format{format}-{stamp}"));
    log.copy(&copy)?;
    output::message(&format!("the log as it was is kept in {}", copy.display()));
    Ok(copy)
}

fn say(args: &Args, moved: &Moved, copy: Option<&Path>) {
    let Moved { from, to, hash_before, report, is_kept } = moved;
    if args.json {
        output::json(&json!({
            "from": from,
            "to": to,
            "changed": is_kept,
            "log": report.to_string(),
            "batches": report.n_batches,
            "entries": report.n_entries,
            "head_hash_before": hash_before.to_string(),
            "head_hash": report.head_hash.to_string(),
            "copy": copy.map(|copy| copy.display().to_string()),
        }));
        return;
    }
    output::line(&report.to_string());
    if *is_kept {
        output::line(&format!("storage format {to}, with the head hash it had in format {from}"));
    } else {
        output::line(&format!(
            "went back to storage format {from}: in format {to} the log did not verify with the head hash of before, \
             {hash_before}; `taizhang verify --dir {}` says whether it was so already",
            args.dir.display()
        ));
    }
}
