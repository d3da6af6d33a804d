//! `taizhang verify`: the hash chain, and the tables against the log.

use super::open;
use crate::fault::Fault;
use crate::{Done, answer, output, progress};
use columns::StoreError;
use records::{LogError, SqliteLog};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory
    #[arg(long)]
    dir: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let path = args.dir.join("records.db");
    if !path.exists() {
        return Err(Fault::Store(StoreError::Empty(args.dir.clone())));
    }
    let bar = progress::bar(0, "hash chain");
    let verified = SqliteLog::verify_file(&path, &mut |step| {
        bar.set_length(step.n_total);
        bar.set_position(step.n_done);
    });
    bar.finish_and_clear();
    let report = match verified {
        Ok(report) => report,
        Err(error @ LogError::Damaged { .. }) => {
            output::line(&error.to_string());
            return Ok(answer(false));
        }
        Err(error) => return Err(error.into()),
    };
    let differing = if report.is_ok() { tables(args)? } else { Vec::new() };
    if args.json {
        output::json(&json!({
            "ok": report.is_ok() && differing.is_empty(),
            "log": report.to_string(),
            "tables": differing,
        }));
    } else {
        output::line(&report.to_string());
        for line in &differing {
            output::line(line);
        }
        if report.is_ok() && differing.is_empty() {
            output::line("the tables hold exactly the records of the log");
        }
    }
    Ok(answer(report.is_ok() && differing.is_empty()))
}

/// Registers of which the tables hold another number of records than the log.
fn tables(args: &Args) -> Result<Vec<String>, Fault> {
    let counts = open(&args.dir)?.row_counts()?;
    let differing = counts.into_iter().filter(|(_, (in_log, in_tables))| in_log != in_tables);
    Ok(differing.map(|(id, (log, tables))| format!("{id}: {log} records in the log, {tables} in the tables")).collect())
}
