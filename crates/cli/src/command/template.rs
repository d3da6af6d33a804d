//! `taizhang template`: an empty workbook in which records of a register are written down.

use super::now;
use crate::at::At;
use crate::{Done, answer, output};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The register
    register: String,
    #[command(flatten)]
    at: At,
    /// The workbook to write
    #[arg(long)]
    out: PathBuf,
}

pub fn run(args: &Args) -> Done {
    let store = args.at.read()?;
    exchange::template(store.catalog(), &args.register, &args.out, now())?;
    output::message(&format!("wrote {}", args.out.display()));
    Ok(answer(true))
}
