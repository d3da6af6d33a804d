//! `taizhang backup`: the whole log as one file, while somebody may be writing to it.

use super::moment;
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output, progress};
use records::archive::{self, Mark};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: At,
    /// The archive to make
    #[arg(long)]
    out: PathBuf,
    /// Append what is new to an archive that is there
    #[arg(long, conflicts_with = "since")]
    append: bool,
    /// Only the batches after this one; restored after the archive that ends with it
    #[arg(long, value_name = "BATCH", default_value_t = 0)]
    since: u64,
    /// Only what was known then: an entry's number, a day or an instant
    #[arg(long, value_name = "SEQ|TIME")]
    as_of: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let log = args.at.read_log()?;
    let log = log.as_ref();
    let until = match &args.as_of {
        None => u64::MAX,
        Some(text) => match text.parse::<u64>() {
            Ok(seq) => seq,
            Err(_) => log.seq_as_of(moment(text)?)?,
        },
    };
    let bar = progress::bar(0, "backup");
    let mut step = |step: records::Progress| {
        bar.set_length(step.n_total);
        bar.set_position(step.n_done);
    };
    let (before, end) = if args.append {
        archive::extend(&args.out, log, until, &mut step)?
    } else {
        let end = archive::create(&args.out, log, args.since, until, &mut step)?;
        let before = log.batch(args.since)?.as_ref().map_or(Mark::START, Mark::from);
        (before, end)
    };
    bar.finish_and_clear();
    let n_bytes = std::fs::metadata(&args.out).map_err(Fault::io(&args.out))?.len();
    say_cut(until, end);
    if args.json {
        output::json(&json!({
            "out": args.out.display().to_string(),
            "county": log.county(),
            "batches": end.batch - before.batch,
            "entries": end.seq - before.seq,
            "last_batch": end.batch,
            "last_seq": end.seq,
            "head_hash": end.hash.to_string(),
            "bytes": n_bytes,
        }));
    } else {
        let (n_batches, n_entries) = (end.batch - before.batch, end.seq - before.seq);
        output::line(&format!("{n_entries} entries in {n_batches} batches, {n_bytes} bytes in all"));
        output::line(&format!("ends with batch {}, entry {}, head hash {}", end.batch, end.seq, end.hash));
    }
    Ok(answer(true))
}

/// A cut falls between batches; when that is not where it was asked for, it is said.
pub fn say_cut(until: u64, end: Mark) {
    if until != u64::MAX && end.seq != until {
        let Mark { batch, seq, .. } = end;
        output::message(&format!(
            "entry {until} is not the end of a batch, or not there; cut after entry {seq}, the end of batch {batch}"
        ));
    }
}
