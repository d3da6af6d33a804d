//! `taizhang backup`: the whole log as one file, while somebody may be writing to it.

use super::moment;
use crate::fault::Fault;
use crate::{Done, answer, output, progress};
use columns::StoreError;
use records::archive::{self, Mark};
use records::{Log, SqliteLog};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory; a server may be running on it
    #[arg(long)]
    dir: PathBuf,
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
    let log = open_log(&args.dir)?;
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
        archive::extend(&args.out, &log, until, &mut step)?
    } else {
        let end = archive::create(&args.out, &log, args.since, until, &mut step)?;
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

/// The log of a directory, for reading beside whoever writes.
pub fn open_log(dir: &Path) -> Result<SqliteLog, Fault> {
    let path = dir.join("records.db");
    if !path.exists() {
        return Err(Fault::Store(StoreError::Empty(dir.to_path_buf())));
    }
    Ok(SqliteLog::open_read(&path)?)
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
