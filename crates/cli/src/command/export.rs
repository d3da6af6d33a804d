//! `taizhang export`: records of a register as a file, or all registers as Parquet.

use super::{moment, now};
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output, progress};
use base::Period;
use columns::engine::Options;
use exchange::Export;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The register; all of them with --parquet
    #[arg(required_unless_present = "parquet", conflicts_with = "parquet")]
    register: Option<String>,
    #[command(flatten)]
    at: At,
    /// The file to write: .csv, .xlsx or .ndjson
    #[arg(long, required_unless_present = "parquet")]
    out: Option<PathBuf>,
    /// A folder for all registers as Parquet, by register and year
    #[arg(long, conflicts_with_all = ["out", "period", "from", "until", "org"])]
    parquet: Option<PathBuf>,
    /// Only records of this period: 2025, 2025-11, 2025Q3
    #[arg(long, conflicts_with_all = ["from", "until"])]
    period: Option<String>,
    /// Only records from this day on
    #[arg(long, requires = "until")]
    from: Option<String>,
    /// Only records before this day
    #[arg(long, requires = "from")]
    until: Option<String>,
    /// Only records of this organisation and those below it, by id or name
    #[arg(long)]
    org: Option<String>,
    /// As it was known then: a day (its end) or an instant
    #[arg(long)]
    as_of: Option<String>,
    /// Secret fields as they are; says why in the log
    #[arg(long, requires = "reason")]
    unmasked: bool,
    /// Why secret fields are needed
    #[arg(long)]
    reason: Option<String>,
    /// Who asks
    #[arg(long, default_value = "export")]
    actor: String,
}

pub fn run(args: &Args) -> Done {
    let options = Export {
        register: args.register.clone().unwrap_or_default(),
        period: period(args)?,
        org: args.org.clone(),
        unmasked: args.reason.clone().filter(|_| args.unmasked),
        actor: args.actor.clone(),
        at: now(),
        as_of: args.as_of.as_deref().map(moment).transpose()?,
    };
    if let Some(folder) = &args.parquet {
        std::fs::create_dir_all(folder).map_err(Fault::io(folder))?;
        let folder = folder.canonicalize().map_err(Fault::io(folder))?;
        let engine = Options { allowed_directories: vec![folder.clone()], ..Options::default() };
        let mut store = args.at.open_with(&engine)?;
        for (register, n) in exchange::export_parquet(&mut store, &folder, &options)? {
            output::line(&format!("{register}: {n}"));
        }
        return Ok(answer(true));
    }
    let Some(out) = &args.out else { return Err(Fault::Use("say --out FILE".into())) };
    let mut store = args.at.open()?;
    let bar = progress::bar(0, "exporting");
    let done = exchange::export(&mut store, out, &options, &mut |n, of| {
        bar.set_length(of);
        bar.set_position(n);
    });
    bar.finish_and_clear();
    output::line(&format!("{} records in {}", done?, out.display()));
    Ok(answer(true))
}

fn period(args: &Args) -> Result<Option<Period>, Fault> {
    let day = |text: &str| {
        pack::yaml::parse_date(text).ok_or_else(|| Fault::Use(format!("\"{text}\" is not a day (2025-11-03)")))
    };
    match (&args.period, &args.from, &args.until) {
        (Some(period), ..) => Ok(Some(Period::parse(period)?)),
        (None, Some(from), Some(until)) => Ok(Some(Period { from: day(from)?, until: day(until)? })),
        _ => Ok(None),
    }
}
