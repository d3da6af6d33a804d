//! Is nothing lost when it really goes wrong, many times over?
//!
//! Runs the fault tests of the log, of the tables and of the server for longer than the ordinary suite does, and prints
//! what they report as the table of `docs/reliability.md`.

use crate::args::Args;
use crate::call::Call;
use crate::places::Places;
use crate::trouble::{Result, Trouble};

/// The flags of `cargo xtask faults`.
pub struct Options {
    rounds: u64,
    seed: u64,
}

impl Options {
    /// Reads the flags; what is not known is refused.
    pub fn parse(mut args: Args) -> Result<Self> {
        let (rounds, seed) = (args.number("--rounds", 200)?, args.number("--seed", 20_250_301)?);
        args.finish()?;
        Ok(Self { rounds, seed })
    }
}

/// A test program that makes faults, where its laws stand, and how much dearer its round is than one of the log's.
struct Suite {
    package: &'static str,
    test: &'static str,
    place: &'static str,
    dearer: u64,
}

/// From the log up to the server, whose round starts a whole process.
const SUITES: [Suite; 3] = [
    Suite { package: "records", test: "faults", place: "crates/records/tests/faults", dearer: 1 },
    Suite { package: "columns", test: "faults", place: "crates/columns/tests/faults.rs", dearer: 3 },
    Suite { package: "taizhang", test: "killed", place: "crates/cli/tests/killed.rs", dearer: 3 },
];

/// Runs the tests one after another and prints the table.
pub fn run(places: &Places, options: Options) -> Result<()> {
    let mut said = String::new();
    for Suite { package, test, place, dearer } in SUITES {
        let rounds = options.rounds.div_ceil(dearer);
        let call = Call::cargo(places)
            .args(&format!("test --package {package} --test {test} -- --nocapture --test-threads 1"))
            .env("TAIZHANG_FAULT_ROUNDS", rounds.to_string())
            .env("TAIZHANG_FAULT_SEED", options.seed.to_string());
        let (code, text) = call.read()?;
        if code != 0 {
            eprintln!("{text}");
            return Err(Trouble::new(
                format!("a law was broken (seed {}, {rounds} rounds)", options.seed),
                place,
                "commit the seed with the fix; the failing round is named above",
            ));
        }
        said.push_str(&text);
    }
    println!("{}", table(&said));
    Ok(())
}

/// The rows the tests print, under their heading.
fn table(output: &str) -> String {
    let rows = output.lines().filter_map(|line| line.strip_prefix("FAULT "));
    let heading = ["| fault | how it is made | law | rounds | result |", "| --- | --- | --- | ---: | --- |"];
    heading.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_taken_from_between_other_lines() {
        let output = "running 2 tests\nFAULT | a | b | c | 1 | d |\ntest x ... ok\n";
        assert!(table(output).ends_with("| ---: | --- |\n| a | b | c | 1 | d |"), "{}", table(output));
    }
}
