//! Does everything hold, from a comment's first line to a click in the browser?
//!
//! Every stage runs even when an earlier one failed, unless it needs what that one was to make. The run closes with a
//! table of stages and one line, `N passed, N failed`.

mod cluster;
mod correction;
mod guide;
mod stages;
pub mod tally;

use crate::places::Places;
use crate::setup;
use crate::trouble::{Result, Trouble};
use stages::Stages;

/// Runs all stages. Fails when anything failed.
pub fn run(places: &Places) -> Result<()> {
    let mut stages = Stages::default();
    stages.run("setup", || stages::done(setup::for_building(places)));
    if stages.all_passed() {
        source_stages(places, &mut stages);
        page_stages(places, &mut stages);
        build_stages(places, &mut stages);
    }
    close(&stages)
}

fn close(stages: &Stages) -> Result<()> {
    let total = stages.report();
    if total.failed == 0 {
        return Ok(());
    }
    Err(Trouble::new(
        format!("failed: {}", stages.failed().join(", ")),
        "the stages in the table above",
        "each failing command is printed after `$`; run it alone to see only its output",
    ))
}

/// The county computed by Apache Spark, of which a worker dies: `cargo xtask test --cluster`.
pub fn run_cluster(places: &Places) -> Result<()> {
    let mut stages = Stages::default();
    stages.run("setup", || stages::done(setup::for_building(places)));
    let dir = stages::county_dir(places).with_file_name("cluster");
    if stages.all_passed()
        && stages.run("build rust", || stages::done(crate::build::binary(places)))
        && stages.run("invent county", || stages::done(crate::county::invent(places, &dir, "1")))
    {
        stages.run("cluster sail", || cluster::sail(places, &dir));
        stages.run("cluster spark", || cluster::spark(places, &dir));
    }
    close(&stages)
}

/// What can be said without running anything.
fn source_stages(places: &Places, stages: &mut Stages) {
    stages.run("tidy", || stages::done(crate::tidy::run(places)));
    stages.run("format", || stages::format(places));
    stages.run("lint rust", || stages::clippy(places));
}

/// The web page alone.
fn page_stages(places: &Places, stages: &mut Stages) {
    stages.run("lint web", || stages::npm(places, "run lint"));
    stages.run("test web", || stages::npm(places, "test"));
    stages.run("build web", || stages::done(crate::build::page(places)));
}

/// The programs, the packs, and a whole county in a browser.
fn build_stages(places: &Places, stages: &mut Stages) {
    if !stages.run("build rust", || stages::done(crate::build::binary(places))) {
        return;
    }
    stages.run("test rust", || stages::cargo_test(places));
    stages.run("check packs", || stages::taizhang(places, "check"));
    stages.run("test packs", || stages::taizhang(places, "test packs"));
    stages.run("test guide", || guide::run(places));
    let dir = stages::county_dir(places);
    if !stages.run("invent county", || stages::done(crate::county::invent(places, &dir, "1"))) {
        return;
    }
    stages.run("compare figures", || crate::county::compare_figures(places, &dir));
    stages.run("correct a record", || correction::run(places, &dir));
    stages.run("verify records", || stages::verify(places, &dir));
    stages.run("cluster sail", || cluster::sail(places, &dir));
    stages.run("browser", || stages::browser(places, &dir));
}
