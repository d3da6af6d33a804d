//! How does one stage run, how long did it take, and what did it count?

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::tally::Tally;
use crate::call::Call;
use crate::county::COUNTY;
use crate::places::Places;
use crate::serve::{Server, free_port};
use crate::setup;
use crate::trouble::Result;

struct Stage {
    name: &'static str,
    tally: Tally,
    took: Duration,
}

/// The stages that ran, in order.
#[derive(Default)]
pub struct Stages(Vec<Stage>);

impl Stages {
    /// Runs one stage and notes its outcome. A trouble counts as one failure. Returns whether the stage passed.
    pub fn run(&mut self, name: &'static str, work: impl FnOnce() -> Result<Tally>) -> bool {
        eprintln!("\n── {name}");
        let started = Instant::now();
        let tally = work().unwrap_or_else(|trouble| {
            eprintln!("{trouble}");
            Tally { passed: 0, failed: 1 }
        });
        self.0.push(Stage { name, tally, took: started.elapsed() });
        tally.failed == 0
    }

    /// Whether no stage has failed so far.
    pub fn all_passed(&self) -> bool {
        self.0.iter().all(|stage| stage.tally.failed == 0)
    }

    /// The names of the stages that failed.
    pub fn failed(&self) -> Vec<&'static str> {
        self.0.iter().filter(|stage| stage.tally.failed > 0).map(|stage| stage.name).collect()
    }

    /// Prints the table and the closing line.
    pub fn report(&self) -> Tally {
        println!("\n{}", self.table());
        let mut total = Tally::default();
        for stage in &self.0 {
            total += stage.tally;
        }
        println!("{} passed, {} failed", total.passed, total.failed);
        total
    }

    fn table(&self) -> String {
        let mut table = format!("{:<18}{:>8}{:>8}{:>9}\n", "stage", "passed", "failed", "seconds");
        for Stage { name, tally, took } in &self.0 {
            let line = format!("{name:<18}{:>8}{:>8}{:>9.1}\n", tally.passed, tally.failed, took.as_secs_f64());
            table.push_str(&line);
        }
        let total: Duration = self.0.iter().map(|stage| stage.took).sum();
        table + &format!("{:<18}{:>25.1}\n", "all", total.as_secs_f64())
    }
}

/// Work that counts nothing itself is one check.
pub fn done(result: Result<()>) -> Result<Tally> {
    result.map(|()| Tally::ONE)
}

/// The sources are formatted.
pub fn format(places: &Places) -> Result<Tally> {
    done(Call::cargo(places).args("fmt --all --check").next("`cargo fmt --all` formats them").run())
}

/// Clippy has nothing to say.
pub fn clippy(places: &Places) -> Result<Tally> {
    let call = Call::cargo(places).args("clippy --workspace --all-targets --quiet -- --deny warnings");
    done(call.next("each warning names its lint and the way round").run())
}

/// All Rust tests of the workspace.
pub fn cargo_test(places: &Places) -> Result<Tally> {
    Call::cargo(places)
        .args("test --workspace --no-fail-fast")
        .next("`cargo test --package CRATE NAME` runs one of them")
        .count()
}

/// A script of the page's package.
pub fn npm(places: &Places, script: &str) -> Result<Tally> {
    Call::npm(places).args(script).env("NO_COLOR", "1").count().map(Tally::or_one_success)
}

/// A command of the binary that takes only plain words.
pub fn taizhang(places: &Places, words: &str) -> Result<Tally> {
    Call::taizhang(places).args(words).count().map(Tally::or_one_success)
}

/// A command of the binary on a folder of packs.
pub fn taizhang_in(places: &Places, word: &str, packs: &Path) -> Result<Tally> {
    Call::taizhang(places).arg(word).arg(packs).count().map(Tally::or_one_success)
}

/// Where the test's county is invented, each time from nothing.
pub fn county_dir(places: &Places) -> PathBuf {
    places.cache.join("test").join(COUNTY)
}

/// The hash chain of the invented county holds.
pub fn verify(places: &Places, dir: &Path) -> Result<Tally> {
    done(Call::taizhang(places).args("verify").arg("--dir").arg(dir).next("it names the first bad batch").run())
}

/// A person's way through the pages, in a real browser on the full county.
pub fn browser(places: &Places, dir: &Path) -> Result<Tally> {
    setup::for_browser()?;
    let server = Server::start(places, dir, free_port()?)?;
    let journeys = |words: &str, address: &str| {
        Call::npm(places)
            .args(words)
            .env("BASE_URL", address)
            .env("NO_COLOR", "1")
            .next("traces and pictures of the failure are in web/test-results")
    };
    let open = journeys("run e2e", &server.address).count()?.or_one_success();
    // Those who sign in have a server of their own, which takes the county over.
    let address = server.address.clone();
    drop(server);
    let signing_in = journeys("run e2e -- accounts.spec.ts journeys.spec.ts settle.spec.ts", &address)
        .env("TAIZHANG", places.binary())
        .env("TAIZHANG_DIR", dir)
        .count()?
        .or_one_success();
    Ok(Tally { passed: open.passed + signing_in.passed, failed: open.failed + signing_in.failed })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::trouble::Trouble;

    #[test]
    fn a_failing_stage_does_not_stop_the_others() {
        let mut stages = Stages::default();
        assert!(!stages.run("first", || Err(Trouble::new("no", "here", "again"))));
        assert!(stages.run("second", || Ok(Tally { passed: 3, failed: 0 })));
        assert_eq!(stages.failed(), ["first"]);
        assert!(!stages.all_passed());
        let table = stages.table();
        assert!(table.contains("first") && table.contains("second"), "{table}");
    }
}
