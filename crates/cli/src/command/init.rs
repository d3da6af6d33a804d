//! `taizhang init`: a county's packs into an empty directory.

use super::now;
use crate::at::At;
use crate::{Done, answer, library, output};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The county: an id of counties/ or a path
    county: String,
    #[command(flatten)]
    at: At,
}

pub fn run(args: &Args) -> Done {
    let installed = library::installed(&args.county)?;
    library::load(&installed.packs, Some(&installed.county))?;
    let store = args.at.create(&installed, "init", now())?;
    output::message(&format!("{} holds {} with {} packs", args.at.shown(), args.county, store.catalog().packs.len()));
    Ok(answer(true))
}
