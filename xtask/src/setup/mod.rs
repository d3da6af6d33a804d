//! Is everything here that building and testing need?
//!
//! What may be installed without asking is installed: files in the cache and in `web/node_modules`, and Debian packages
//! when we are root. Anything else is named in one line together with how to get it.

mod debian;
pub mod duckdb;
pub mod python;
mod web;

use crate::places::Places;
use crate::trouble::Result;

/// What building and running need: the engine's library and the page's packages.
pub fn for_building(places: &Places) -> Result<()> {
    duckdb::ensure(places)?;
    web::ensure(places)
}

/// What the browser tests need on top.
pub fn for_browser() -> Result<()> {
    debian::ensure()
}

/// Both, and Sail, for `cargo xtask setup`.
pub fn everything(places: &Places) -> Result<()> {
    for_building(places)?;
    for_browser()?;
    if let Err(trouble) = python::sail(places) {
        eprintln!("setup: the cluster tests will be skipped.\n{trouble}");
    }
    eprintln!("setup: everything is here");
    Ok(())
}
