//! `taizhang verify`: the hash chain, and the tables against the log.

use crate::at::{At, Place};
use crate::fault::Fault;
use crate::{Done, answer, output, progress};
use columns::StoreError;
use records::seal::{self, Against, SealError, SignedHead};
use records::{Log, LogError, PostgresLog, Progress, SqliteLog, VerifyReport};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: At,
    /// Check that the log still holds the batch of a signed head, as `taizhang seal` wrote it
    #[arg(long, value_name = "HEAD")]
    against: Option<PathBuf>,
    /// The key the head must be signed with; without it, the one it carries
    #[arg(long, value_name = "FILE", requires = "against")]
    public_key: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let place = args.at.place()?;
    let started = Instant::now();
    let bar = progress::bar(0, "hash chain");
    let verified = verify(&place, &mut |step| {
        bar.set_length(step.n_total);
        bar.set_position(step.n_done);
    });
    bar.finish_and_clear();
    let took = started.elapsed();
    let report = match verified {
        Ok(report) => report,
        Err(error @ LogError::Damaged { .. }) => {
            output::line(&error.to_string());
            return Ok(answer(false));
        }
        Err(LogError::Missing { .. }) if matches!(place, Place::Dir(_)) => {
            return Err(Fault::Store(StoreError::Empty(args.at.shown().into())));
        }
        Err(error) => return Err(error.into()),
    };
    let against = args.against.as_deref().map(|head| signed_head(args, head)).transpose()?;
    let holds = against.is_none_or(|found| found == Against::Holds);
    let differing = if report.is_ok() { tables(args)? } else { Vec::new() };
    let is_ok = report.is_ok() && differing.is_empty() && holds;
    if args.json {
        output::json(&json!({
            "ok": is_ok,
            "log": report.to_string(),
            "batches": report.n_batches,
            "entries": report.n_entries,
            "head_hash": report.head_hash.to_string(),
            "seconds": took.as_secs_f64(),
            "tables": differing,
            "against": against.map(|found| found.to_string()),
        }));
    } else {
        output::line(&report.to_string());
        for line in &differing {
            output::line(line);
        }
        if report.is_ok() && differing.is_empty() {
            output::line("the tables hold exactly the records of the log");
        }
        if let Some(found) = against {
            output::line(&found.to_string());
        }
        output::message(&format!("{} entries checked in {:.1} s", report.n_entries, took.as_secs_f64()));
    }
    Ok(answer(is_ok))
}

/// The log against a signed head.
fn signed_head(args: &Args, head: &Path) -> Result<Against, Fault> {
    let text = std::fs::read_to_string(head).map_err(Fault::io(head))?;
    let head: SignedHead = serde_json::from_str(&text).map_err(|fault| SealError::Statement(fault.to_string()))?;
    let key =
        args.public_key.as_ref().map(|path| std::fs::read_to_string(path).map_err(Fault::io(path))).transpose()?;
    if key.is_none() {
        output::message("without --public-key this shows that the head is whole, not who signed it");
    }
    Ok(seal::against(args.at.read_log()?.as_ref(), &head, key.as_deref())?)
}

fn verify(place: &Place<'_>, progress: &mut dyn FnMut(Progress)) -> Result<VerifyReport, LogError> {
    match place {
        Place::Dir(dir) => SqliteLog::verify_file(&dir.join("records.db"), progress),
        Place::Server(server) => PostgresLog::open_read(&server.url, &server.county)?.verify(progress),
    }
}

/// Registers of which the tables hold something else than the log gives, and the ledger when it does not balance.
fn tables(args: &Args) -> Result<Vec<String>, Fault> {
    let store = args.at.read()?;
    let bar = progress::bar(store.seq(), "tables");
    let differing = store.differing_registers(&mut |step| bar.set_position(step.n_done));
    bar.finish_and_clear();
    let differing = differing?;
    // The counts only say it better; nobody waits for them while all is well.
    let counts = if differing.is_empty() { BTreeMap::new() } else { store.row_counts()? };
    let say = |id: String| match counts.get(&id) {
        Some((log, tables)) if log != tables => format!("{id}: {log} records in the log, {tables} in the tables"),
        _ => format!(
            "{id}: the tables hold rows that are not what the log gives; delete columns.duckdb to build it anew"
        ),
    };
    let mut lines: Vec<String> = differing.into_iter().map(say).collect();
    let off = ledger::Ledger::read(store.log())?.book().off();
    if off != 0 {
        lines.push(format!("the ledger does not balance: all accounts together hold {off} fen"));
    }
    Ok(lines)
}
