//! What every list of work takes: where, whose, as of when, which page.

use super::{asked_at, snapshot};
use crate::at::At;
use crate::fault::Fault;
use base::DateTime;
use columns::Snapshot;

#[derive(Debug, clap::Args)]
pub struct Listed {
    #[command(flatten)]
    at: At,
    /// This organisation with everything below it
    #[arg(long)]
    pub org: Option<String>,
    /// As known at this moment
    #[arg(long)]
    as_of: Option<String>,
    /// The `next` of the page before
    #[arg(long)]
    pub after: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

impl Listed {
    /// The records asked, and the moment on the county's clocks.
    pub fn ask(&self) -> Result<(Snapshot, DateTime), Fault> {
        let store = self.at.read()?;
        Ok((snapshot(&store, self.as_of.as_deref())?, asked_at(self.as_of.as_deref())?))
    }
}
