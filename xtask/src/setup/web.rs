//! Are the page's npm packages those of the lock file?

use crate::call::Call;
use crate::places::Places;
use crate::stamp::Stamp;
use crate::trouble::Result;

/// Runs `npm ci` in `web/` unless the lock file is the one last installed.
pub fn ensure(places: &Places) -> Result<()> {
    let web = places.web();
    let stamp = Stamp::new(
        web.join("node_modules").join(".xtask-stamp"),
        &[web.join("package.json"), web.join("package-lock.json")],
        "npm ci",
    )?;
    if stamp.is_fresh() {
        return Ok(());
    }
    eprintln!("setup: installing the page's packages");
    Call::npm(places)
        .args("ci --no-audit --no-fund --loglevel=error")
        .next("it needs Node 20 or newer and the npm registry")
        .run()?;
    stamp.set()
}
