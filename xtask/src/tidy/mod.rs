//! Does the tree keep the rules that no compiler knows?
//!
//! One file per concern, each a function from what it read to its findings. All findings are shown at once.

mod diagnostics;
mod documents;
mod layers;
mod packs;
mod sources;
mod words;

use std::fmt;
use std::fs;
use std::path::Path;

use crate::places::Places;
use crate::trouble::{Result, Trouble};

/// Something a rule of this project forbids, or wishes otherwise.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    is_error: bool,
    place: String,
    what: String,
    next: String,
}

impl Finding {
    /// Breaks a rule: the check fails.
    pub fn error(place: impl Into<String>, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { is_error: true, place: place.into(), what: what.into(), next: next.into() }
    }

    /// Is allowed, and worth a look.
    pub fn warning(place: impl Into<String>, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { is_error: false, ..Self::error(place, what, next) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = if self.is_error { "error" } else { "warning" };
        write!(f, "{severity}: {}: {}; {}", self.place, self.what, self.next)
    }
}

/// Reads a part of the checkout and judges it.
type Rule = fn(&Places) -> Result<Vec<Finding>>;

/// The rules, in the order in which a person would mend what they find.
const RULES: &[Rule] =
    &[layers::check, sources::check, words::check, documents::check, packs::check, diagnostics::check];

/// Runs every rule and fails when one is broken. A rule that cannot read its files is broken too.
pub fn run(places: &Places) -> Result<()> {
    let mut n_errors = 0;
    for rule in RULES {
        match rule(places) {
            Ok(findings) => {
                findings.iter().for_each(|finding| eprintln!("{finding}"));
                n_errors += findings.iter().filter(|finding| finding.is_error).count();
            }
            Err(trouble) => {
                eprintln!("{trouble}");
                n_errors += 1;
            }
        }
    }
    if n_errors == 0 {
        eprintln!("tidy: all rules hold");
        return Ok(());
    }
    Err(Trouble::new(
        format!("the tree breaks its rules in {n_errors} places"),
        "the files named above",
        "each line ends with what to do; xtask/src/tidy/ says why",
    ))
}

/// The text of a file that must be there.
fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| Trouble::file("reading", path, &error))
}

/// The names of the folders directly inside one, sorted. A missing folder has none.
fn folders_in(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(path)
        .into_iter()
        .flatten()
        .filter_map(std::io::Result::ok)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
