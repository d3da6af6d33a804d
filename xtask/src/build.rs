//! What must be compiled before anything can run?

use std::fs;

use crate::call::Call;
use crate::places::Places;
use crate::stamp::Stamp;
use crate::trouble::{Result, Trouble};

/// Builds the page into `web/dist`, unless its sources are those of the last build.
pub fn page(places: &Places) -> Result<()> {
    let web = places.web();
    let dist = web.join("dist");
    fs::create_dir_all(&dist).map_err(|error| Trouble::file("making a folder", &dist, &error))?;
    let stamp = Stamp::new(places.root.join(".tools").join("web-build.stamp"), &[web], "npm run build")?;
    if stamp.is_fresh() && dist.join("index.html").is_file() {
        return Ok(());
    }
    Call::npm(places).args("run build").next("fix the page's sources in web/src").run()?;
    stamp.set()
}

/// Builds the `taizhang` binary. The page comes first: it is compiled in.
pub fn binary(places: &Places) -> Result<()> {
    Call::cargo(places).args("build --package taizhang").next("fix what the compiler says").run()
}
