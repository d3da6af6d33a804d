//! `taizhang restore`: a new directory from one archive, or from one and those that continue it.
//!
//! Every hash is computed again. The directory appears whole or not at all; its tables are built when it is opened.

use super::backup::say_cut;
use crate::fault::Fault;
use crate::{Done, answer, output, progress};
use records::archive::{self, Mark};
use records::{Log, SqliteLog};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The archive, then those made with --since that continue it
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The directory to make; it must be empty or not there
    #[arg(long)]
    dir: PathBuf,
    /// Only up to this entry; a batch that goes beyond it is left out
    #[arg(long, value_name = "SEQ")]
    as_of: Option<u64>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    if args.dir.exists() && !is_empty(&args.dir)? {
        return Err(Fault::Use(format!("{} is not empty; choose another directory", args.dir.display())));
    }
    let partial = beside(&args.dir);
    if partial.exists() {
        std::fs::remove_dir_all(&partial).map_err(Fault::io(&partial))?;
    }
    std::fs::create_dir_all(&partial).map_err(Fault::io(&partial))?;
    let restored = fill(args, &partial)
        .and_then(|done| std::fs::rename(&partial, &args.dir).map(|()| done).map_err(Fault::io(&args.dir)));
    let (county, end) = match restored {
        Ok(done) => done,
        Err(fault) => {
            std::fs::remove_dir_all(&partial).map_err(Fault::io(&partial))?;
            return Err(fault);
        }
    };
    say_cut(args.as_of.unwrap_or(u64::MAX), end);
    if args.json {
        output::json(&json!({
            "dir": args.dir.display().to_string(),
            "county": county,
            "last_batch": end.batch,
            "last_seq": end.seq,
            "head_hash": end.hash.to_string(),
        }));
    } else {
        output::line(&format!("{} holds {county} up to entry {}, batch {}", args.dir.display(), end.seq, end.batch));
        output::line(&format!("head hash {}", end.hash));
    }
    Ok(answer(true))
}

fn fill(args: &Args, dir: &Path) -> Result<(String, Mark), Fault> {
    let Some(first) = args.files.first() else {
        return Err(Fault::Use("name an archive".into()));
    };
    let county = archive::read(first)?.county().to_string();
    let mut log = SqliteLog::create(&dir.join("records.db"), &county)?;
    let bar = progress::bar(0, "restore");
    let end = archive::restore(&args.files, &mut log, args.as_of.unwrap_or(u64::MAX), &mut |step| {
        bar.set_length(step.n_total);
        bar.set_position(step.n_done);
    })?;
    bar.finish_and_clear();
    let head = log.head_hash()?;
    if head != end.hash {
        return Err(Fault::Use(format!("the restored log ends with {head} instead of {}", end.hash)));
    }
    Ok((county, end))
}

fn is_empty(dir: &Path) -> Result<bool, Fault> {
    Ok(std::fs::read_dir(dir).map_err(Fault::io(dir))?.next().is_none())
}

/// `county` → `county.restoring`, beside it, so that a rename finishes the work.
fn beside(dir: &Path) -> PathBuf {
    let name = dir.file_name().unwrap_or(std::ffi::OsStr::new("county")).to_string_lossy();
    dir.with_file_name(format!("{name}.restoring"))
}
