//! `taizhang verify`: the hash chain, and the tables against the log.

use crate::at::{At, Place};
use crate::fault::Fault;
use crate::{Done, answer, output, progress};
use columns::StoreError;
use records::{Log, LogError, PostgresLog, Progress, SqliteLog, VerifyReport};
use serde_json::json;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: At,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let place = args.at.place()?;
    let bar = progress::bar(0, "hash chain");
    let verified = verify(&place, &mut |step| {
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
        Err(LogError::Missing { .. }) if matches!(place, Place::Dir(_)) => {
            return Err(Fault::Store(StoreError::Empty(args.at.shown().into())));
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

fn verify(place: &Place<'_>, progress: &mut dyn FnMut(Progress)) -> Result<VerifyReport, LogError> {
    match place {
        Place::Dir(dir) => SqliteLog::verify_file(&dir.join("records.db"), progress),
        Place::Server(server) => PostgresLog::open_read(&server.url, &server.county)?.verify(progress),
    }
}

/// Registers of which the tables hold another number of records than the log.
fn tables(args: &Args) -> Result<Vec<String>, Fault> {
    let counts = args.at.read()?.row_counts()?;
    let differing = counts.into_iter().filter(|(_, (in_log, in_tables))| in_log != in_tables);
    Ok(differing.map(|(id, (log, tables))| format!("{id}: {log} records in the log, {tables} in the tables")).collect())
}
