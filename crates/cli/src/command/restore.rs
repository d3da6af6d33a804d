//! `taizhang restore`: a county from one archive, or from one and those that continue it, in a new directory or in a
//! database.
//!
//! Every hash is computed again; the tables are built when the county is opened. A directory appears whole or not at
//! all. In a database nothing can be taken back, so the archives are read to their end before anything is written, and
//! a restoring that was broken off goes on where it ended.

use super::backup::say_cut;
use crate::fault::Fault;
use crate::{Done, answer, output, progress};
use records::archive::{self, Mark};
use records::{Log, LogError, PostgresLog, SqliteLog};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The archive, then those made with --since that continue it
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The directory to make; it must be empty or not there
    #[arg(long, required_unless_present = "database", conflicts_with = "database")]
    dir: Option<PathBuf>,
    /// The PostgreSQL server to take it: postgres://USER@HOST/DATABASE; of the county it may hold what the archive begins with
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Only up to this entry; a batch that goes beyond it is left out
    #[arg(long, value_name = "SEQ")]
    as_of: Option<u64>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let (place, county, end) = match (&args.dir, &args.database) {
        (Some(dir), _) => into_dir(args, dir)?,
        (None, Some(url)) => into_database(args, url)?,
        (None, None) => return Err(Fault::Use("say --dir or --database".into())),
    };
    say_cut(args.as_of.unwrap_or(u64::MAX), end);
    if args.json {
        output::json(&json!({
            "dir": args.dir.as_ref().map(|dir| dir.display().to_string()),
            "place": place,
            "county": county,
            "last_batch": end.batch,
            "last_seq": end.seq,
            "head_hash": end.hash.to_string(),
        }));
    } else {
        output::line(&format!("{place} holds {county} up to entry {}, batch {}", end.seq, end.batch));
        output::line(&format!("head hash {}", end.hash));
    }
    Ok(answer(true))
}

/// Where the county is now, its id and where its log ends.
type Restored = (String, String, Mark);

fn into_dir(args: &Args, dir: &Path) -> Result<Restored, Fault> {
    if dir.exists() && !is_empty(dir)? {
        return Err(Fault::Use(format!("{} is not empty; choose another directory", dir.display())));
    }
    let partial = beside(dir);
    if partial.exists() {
        std::fs::remove_dir_all(&partial).map_err(Fault::io(&partial))?;
    }
    std::fs::create_dir_all(&partial).map_err(Fault::io(&partial))?;
    let restored = county_of(args).and_then(|county| {
        let mut log = SqliteLog::create(&partial.join("records.db"), &county)?;
        let end = fill(args, &mut log)?;
        drop(log);
        std::fs::rename(&partial, dir).map_err(Fault::io(dir))?;
        Ok((dir.display().to_string(), county, end))
    });
    if restored.is_err() {
        std::fs::remove_dir_all(&partial).map_err(Fault::io(&partial))?;
    }
    restored
}

fn into_database(args: &Args, url: &str) -> Result<Restored, Fault> {
    let county = county_of(args)?;
    read_through(args)?;
    let mut log = match PostgresLog::create(url, &county) {
        Err(LogError::AlreadyThere { .. }) => PostgresLog::open(url, &county)?,
        opened => opened?,
    };
    let before = log.last_seq()?;
    let end = fill(args, &mut log)?;
    let place = log.place().to_string();
    if before > 0 && end.seq == before {
        return Err(Fault::Use(format!(
            "{place} holds entries up to {before} already and the archives hold nothing after them; nothing was written"
        )));
    }
    Ok((place, county, end))
}

fn county_of(args: &Args) -> Result<String, Fault> {
    let first = args.files.first().ok_or_else(|| Fault::Use("name an archive".into()))?;
    Ok(archive::read(first)?.county().to_string())
}

/// Finds what is torn or flipped before anything is written.
fn read_through(args: &Args) -> Result<(), Fault> {
    let until = args.as_of.unwrap_or(u64::MAX);
    for file in &args.files {
        let mut archive = archive::read(file)?;
        while archive.next_batch()?.is_some_and(|whole| whole.batch.last_seq <= until) {}
    }
    Ok(())
}

fn fill(args: &Args, log: &mut dyn Log) -> Result<Mark, Fault> {
    let bar = progress::bar(0, "restore");
    let end = archive::restore(&args.files, log, args.as_of.unwrap_or(u64::MAX), &mut |step| {
        bar.set_length(step.n_total);
        bar.set_position(step.n_done);
    })?;
    bar.finish_and_clear();
    let head = log.head_hash()?;
    if head != end.hash {
        return Err(Fault::Use(format!("the restored log ends with {head} instead of {}", end.hash)));
    }
    Ok(end)
}

fn is_empty(dir: &Path) -> Result<bool, Fault> {
    Ok(std::fs::read_dir(dir).map_err(Fault::io(dir))?.next().is_none())
}

/// `county` → `county.restoring`, beside it, so that a rename finishes the work.
fn beside(dir: &Path) -> PathBuf {
    let name = dir.file_name().unwrap_or(std::ffi::OsStr::new("county")).to_string_lossy();
    dir.with_file_name(format!("{name}.restoring"))
}
