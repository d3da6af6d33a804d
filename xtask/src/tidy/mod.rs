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

/// Runs every rule and fails when one is broken.
pub fn run(places: &Places) -> Result<()> {
    let mut findings = layers::check(places)?;
    findings.extend(sources::check(places)?);
    findings.extend(words::check(places)?);
    findings.extend(documents::check(places)?);
    findings.extend(packs::check(places)?);
    findings.extend(diagnostics::check(places)?);
    for finding in &findings {
        eprintln!("{finding}");
    }
    let n_errors = findings.iter().filter(|finding| finding.is_error).count();
    if n_errors == 0 {
        eprintln!("tidy: all rules hold");
        return Ok(());
    }
    Err(Trouble::new(
        format!("{n_errors} rules of the tree are broken"),
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
