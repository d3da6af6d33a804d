//! `taizhang install`: other packs or another county file come into force, in the log.

use super::now;
use crate::at::At;
use crate::{Done, answer, library, output};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The county: a folder of the library, or a path to one
    county: String,
    #[command(flatten)]
    at: At,
    /// Who does it, for the log
    #[arg(long, default_value = "office")]
    actor: String,
}

pub fn run(args: &Args) -> Done {
    let installed = library::installed(&args.county)?;
    library::load(&installed.packs, Some(&installed.county))?;
    let mut store = args.at.open()?;
    match store.install(&installed, &args.actor, now())? {
        None => output::line("nothing differs from what is in force; nothing was written"),
        Some(receipt) => {
            let n = receipt.last_seq - receipt.first_seq + 1;
            output::line(&format!("{n} changed texts are in force from entry {} on", receipt.first_seq));
            output::line("what was known before is still answered with the packs of its day (--as-of)");
        }
    }
    Ok(answer(true))
}
