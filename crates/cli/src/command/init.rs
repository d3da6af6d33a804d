//! `taizhang init`: a county's packs into an empty directory.

use super::now;
use crate::{Done, answer, library, output};
use columns::Store;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The county: an id of counties/ or a path
    county: String,
    /// The directory to fill
    #[arg(long)]
    dir: PathBuf,
}

pub fn run(args: &Args) -> Done {
    let installed = library::installed(&args.county)?;
    library::load(&installed.packs, Some(&installed.county))?;
    let store = Store::create(&args.dir, &installed, "init", now())?;
    output::message(&format!(
        "{} holds {} with {} packs",
        args.dir.display(),
        args.county,
        store.catalog().packs.len()
    ));
    Ok(answer(true))
}
