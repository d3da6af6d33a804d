//! One file per command: its arguments, what it calls, how it draws the answer.

pub mod access;
pub mod accounts;
pub mod alerts;
pub mod backup;
pub mod campaign;
pub mod chart;
pub mod check;
#[cfg(feature = "cluster")]
pub mod cluster;
pub mod coverage;
pub mod export;
pub mod figures;
pub mod find;
pub mod findings;
pub mod import;
pub mod indicators;
pub mod init;
pub mod install;
pub mod ledger;
mod listed;
pub mod matching;
pub mod merge;
pub mod new_pack;
pub mod proof;
pub mod report;
pub mod restore;
pub mod seal;
pub mod serve;
pub mod settle;
pub mod simulate;
pub mod synth;
pub mod targets;
pub mod tasks;
pub mod template;
pub mod test;
pub mod upgrade;
pub mod verify;

use crate::at::At;
use crate::fault::Fault;
use base::{Date, DateTime, Period, Timestamp};
use columns::{Snapshot, Store};

/// The machine's clock; read at the edge only.
#[allow(clippy::disallowed_methods, reason = "the command line is where the clock enters")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Today in the county.
pub fn today() -> Date {
    columns::county_time(now()).date()
}

/// Which records are asked, for which period, as known when.
#[derive(Debug, clap::Args)]
pub struct Asked {
    #[command(flatten)]
    at: At,
    /// The period (default: the county's)
    #[arg(long)]
    period: Option<String>,
    /// As known at this moment
    #[arg(long)]
    as_of: Option<String>,
}

impl Asked {
    /// The store, and the period.
    pub fn open(&self) -> Result<(Store, Period), Fault> {
        let store = self.at.read()?;
        let period = period(&store, self.period.as_deref())?;
        Ok((store, period))
    }

    /// The records as they are asked for.
    pub fn snapshot(&self, store: &Store) -> Result<Snapshot, Fault> {
        snapshot(store, self.as_of.as_deref())
    }
}

/// A view of now, or of an earlier moment when one is named.
pub fn snapshot(store: &Store, as_of: Option<&str>) -> Result<Snapshot, Fault> {
    match as_of {
        None => Ok(store.snapshot(today())?),
        Some(text) => Ok(store.snapshot_as_of(moment(text)?)?),
    }
}

/// A moment: `2025-11-03` is the end of that day in the county, `2025-11-03T08:00:00Z` an instant.
pub fn moment(text: &str) -> Result<Timestamp, Fault> {
    if let Some(day) = pack::yaml::parse_date(text) {
        let end = day.tomorrow().ok().and_then(|next| format!("{next}T00:00:00+08:00").parse::<Timestamp>().ok());
        if let Some(end) = end {
            return Ok(end);
        }
    }
    text.parse()
        .map_err(|_| Fault::Use(format!("\"{text}\" is not a day (2025-11-03) or an instant (2025-11-03T08:00:00Z)")))
}

/// The moment at which is asked, on the county's clocks: now, or the last second of a day that is named.
pub fn asked_at(as_of: Option<&str>) -> Result<DateTime, Fault> {
    match as_of.map(|text| (text, pack::yaml::parse_date(text))) {
        None => Ok(columns::county_time(now())),
        Some((_, Some(day))) => Ok(day.at(23, 59, 59, 0)),
        Some((text, None)) => Ok(columns::county_time(moment(text)?)),
    }
}

/// The period asked for, or the county's own.
pub fn period(store: &Store, text: Option<&str>) -> Result<Period, Fault> {
    match (text, &store.catalog().county) {
        (Some(text), _) => Ok(Period::parse(text)?),
        (None, Some(county)) => Ok(county.period),
        (None, None) => Err(Fault::Use("say --period, for example --period 2025".into())),
    }
}
