//! `taizhang cluster`: registers as Parquet by county and year, and indicators computed over them by Spark or Sail.

use super::{indicators, moment, now};
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output, progress};
use base::Period;
use cluster::{Cluster, Connect, Data};
use columns::engine::Options;
use indicator::{Engine, Request};
use records::Hash;
use serde_json::json;
use std::path::PathBuf;
use std::time::Instant;

#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// The registers in force, lists, organisations and parameters as Parquet, without secret text
    Export(ExportArgs),
    /// Indicators over exported registers, computed by Spark or Sail: the same document as `taizhang indicators --json`
    Indicators(IndicatorsArgs),
}

#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    #[command(flatten)]
    at: At,
    /// The folder; several counties may share one
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// As known at this moment
    #[arg(long)]
    as_of: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub struct IndicatorsArgs {
    /// A Spark Connect server: sc://HOST:PORT
    #[arg(long, value_name = "URL")]
    engine: String,
    /// What `taizhang cluster export` wrote
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
    /// The same folder as the engine names it, such as s3a://BUCKET/PREFIX (default: --data)
    #[arg(long, value_name = "URL")]
    data_at: Option<String>,
    /// Which county, when the folder holds several
    #[arg(long, value_name = "ID")]
    county: Option<String>,
    /// 2025, 2025H1, 2025Q3, 2025-11 or 2025-10-01..2026-01-01 (default: the county's own)
    #[arg(long)]
    period: Option<String>,
    /// Only these indicators
    #[arg(long = "indicator", value_name = "ID")]
    indicators: Vec<String>,
    /// The statement in Spark SQL instead of its answer
    #[arg(long)]
    sql: bool,
    /// Print one JSON document (the only form there is)
    #[arg(long)]
    json: bool,
}

pub fn run(verb: &Verb) -> Done {
    match verb {
        Verb::Export(args) => export(args),
        Verb::Indicators(args) => compute(args),
    }
}

fn export(args: &ExportArgs) -> Done {
    let folder = &args.out;
    std::fs::create_dir_all(folder).map_err(Fault::io(folder))?;
    let folder = folder.canonicalize().map_err(Fault::io(folder))?;
    let engine = Options { allowed_directories: vec![folder.clone()], ..Options::default() };
    let store = args.at.open_with(&engine)?;
    let as_of = args.as_of.as_deref().map(moment).transpose()?;
    let bar = progress::bar(0, "exporting");
    let mut n_records = 0;
    let done = cluster::export(&store, &folder, as_of, now(), &mut |_, n| {
        n_records += n;
        bar.set_position(n_records);
    });
    bar.finish_and_clear();
    let done = done?;
    let manifest = &done.manifest;
    if args.json {
        output::json(&json!({
            "county": manifest.county,
            "as_of": manifest.as_of.to_string(),
            "seq": manifest.seq,
            "head_hash": manifest.head_hash,
            "records": n_records,
            "bytes": done.n_bytes,
            "registers": manifest.registers,
        }));
    } else {
        output::line(&format!(
            "county {}: {n_records} records in {} registers, {} bytes, as of {}, entry {}",
            manifest.county,
            manifest.registers.len(),
            done.n_bytes,
            manifest.as_of,
            manifest.seq
        ));
    }
    Ok(answer(true))
}

fn compute(args: &IndicatorsArgs) -> Done {
    let data_folder = args.data.canonicalize().map_err(Fault::io(&args.data))?;
    let seen_at = args.data_at.clone().unwrap_or_else(|| data_folder.to_string_lossy().into_owned());
    let data = Data::open(&data_folder, args.county.as_deref(), &seen_at)?;
    let period = match &args.period {
        Some(text) => Period::parse(text)?,
        None => data.period().ok_or_else(|| Fault::Use("say --period, for example --period 2025".into()))?,
    };
    let request = Request::new(asked(&data, &args.indicators), period);
    let as_of = data.manifest.as_of;
    if args.sql {
        for statement in data.statements(&request)? {
            output::line(&format!("{statement};"));
        }
        return Ok(answer(true));
    }
    let started = Instant::now();
    let connect = Connect::open(&args.engine, session())?;
    let cluster = Cluster { data, connect };
    let board = indicator::board(&cluster, &request)?;
    output::json(&indicators::whole(cluster.catalog(), period, as_of, board.iter()));
    output::message(&format!("computed by {} in {:.1} s", args.engine, started.elapsed().as_secs_f64()));
    for finding in &board.findings {
        output::message(&format!("warning: {} of {}: {}", finding.indicator, finding.org, finding.message));
    }
    Ok(answer(true))
}

/// A UUID for a session: the moment and the process are nobody else's.
/// The indicators named, else all a cluster can count; the others are named on stderr.
fn asked(data: &Data, named: &[String]) -> Vec<String> {
    if !named.is_empty() {
        return named.to_vec();
    }
    let (counted, left_out) = cluster::countable(data.catalog());
    for note in left_out {
        output::message(&format!("left out: {}", note.message));
    }
    counted
}

fn session() -> String {
    let hash = Hash::of(format!("{} {}", now(), std::process::id()).as_bytes()).to_string();
    format!("{}-{}-4{}-8{}-{}", &hash[..8], &hash[8..12], &hash[13..16], &hash[17..20], &hash[20..32])
}
