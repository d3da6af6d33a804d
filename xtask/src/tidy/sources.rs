//! Does each source file say what it is for, and stay small enough to read?

use std::path::Path;

use super::{Finding, read};
use crate::places::Places;
use crate::stamp::files_under;
use crate::trouble::Result;

/// Above this a file is worth a look for a seam.
const LINES_WANTED: usize = 500;
/// Above this it is refused.
const LINES_ALLOWED: usize = 800;

/// Checks every Rust and TypeScript file of ours.
pub fn check(places: &Places) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for folder in ["crates", "xtask", "web"] {
        for path in files_under(&places.root.join(folder))? {
            if ["rs", "ts", "tsx"].iter().any(|known| has_extension(&path, known)) {
                findings.extend(judge(&places.shown(&path), &read(&path)?));
            }
        }
    }
    Ok(findings)
}

fn judge(place: &str, text: &str) -> Vec<Finding> {
    judge_first_line(place, text).into_iter().chain(judge_length(place, text.lines().count())).collect()
}

fn judge_first_line(place: &str, text: &str) -> Option<Finding> {
    let is_rust = has_extension(Path::new(place), "rs");
    (is_rust && !text.starts_with("//!")).then(|| {
        Finding::error(
            place,
            "the file does not begin with a module comment",
            "begin with `//!`: the question it answers, and what it never knows",
        )
    })
}

fn judge_length(place: &str, n_lines: usize) -> Option<Finding> {
    let what = format!("{n_lines} lines");
    let next = "look for a seam and split it there";
    if n_lines > LINES_ALLOWED {
        Some(Finding::error(place, what, next))
    } else if n_lines > LINES_WANTED {
        Some(Finding::warning(place, what, next))
    } else {
        None
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rust_file_begins_with_its_question() {
        assert_eq!(judge("a.rs", "//! What is a month?\n"), []);
        assert_eq!(judge("a.rs", "use std::fmt;\n").len(), 1);
        assert_eq!(judge("a.ts", "import x from 'y';\n"), []);
    }

    #[test]
    fn length_warns_at_500_and_fails_at_800() {
        let lines = |n: usize| judge_length("a.rs", n).map(|finding| finding.is_error);
        assert_eq!([500, 501, 800, 801].map(lines), [None, Some(false), Some(false), Some(true)]);
    }
}
