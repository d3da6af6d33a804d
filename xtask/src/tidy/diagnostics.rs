//! Is every diagnostic code provoked by a file?
//!
//! The codes stand in one table of the `pack` crate; a refusal nobody has ever seen is a refusal nobody can trust.

use std::collections::BTreeSet;
use std::fs;

use super::{Finding, read};
use crate::places::Places;
use crate::trouble::Result;

const TABLE: &str = "crates/pack/src/codes.rs";
/// The crates that find mistakes, each with files for its own.
const FILES: [&str; 6] = [
    "crates/pack/tests/bad",
    "crates/columns/tests/bad",
    "crates/scheme/tests/bad",
    "crates/synth/tests/bad",
    "crates/report/tests/bad",
    "crates/cluster/tests/bad",
];

/// Compares the table with the names of the files and folders that provoke its codes.
pub fn check(places: &Places) -> Result<Vec<Finding>> {
    let codes = codes(&read(&places.root.join(TABLE))?);
    let folders = FILES.into_iter().filter_map(|files| fs::read_dir(places.root.join(files)).ok());
    let entries = folders.flatten().filter_map(std::io::Result::ok);
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    Ok(judge(&codes, &names.collect::<Vec<_>>()))
}

/// Every string literal of the table that is written like a code: lower-case words joined by hyphens.
fn codes(source: &str) -> BTreeSet<String> {
    let without_comments = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    let lines: Vec<&str> = without_comments.take_while(|line| !line.contains("#[cfg(test)]")).collect();
    let text = lines.join("\n");
    let literals = text.split('"').skip(1).step_by(2);
    literals.filter(|literal| is_code(literal)).map(str::to_owned).collect()
}

fn is_code(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    text.contains('-') && text.split('-').all(is_word)
}

/// A file or folder belongs to a code when its name up to the first dot or double hyphen is the code:
/// `unknown-key.yaml`, `unknown-key--in-register.yaml`. Names that are no codes, such as `core`, are what the others share.
fn judge(codes: &BTreeSet<String>, names: &[String]) -> Vec<Finding> {
    let owner = |name: &str| name.split('.').next().and_then(|stem| stem.split("--").next()).map(str::to_owned);
    let provoked: BTreeSet<String> = names.iter().filter_map(|name| owner(name)).filter(|name| is_code(name)).collect();
    let untested = codes.difference(&provoked).map(|code| {
        Finding::error(
            TABLE,
            format!("no file provokes `{code}`"),
            format!("add {}/{code}.yaml, the smallest one", FILES[0]),
        )
    });
    let unknown = provoked.difference(codes).map(|code| {
        Finding::error(
            format!("{}/{code}", FILES[0]),
            "no such diagnostic code",
            format!("rename it, or add it to {TABLE}"),
        )
    });
    untested.chain(unknown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
        //! "not-a-code" in a comment
        pub const UNKNOWN_KEY: Code = Code("unknown-key"); // "nor-this"
        ("pack-cycle", "a pack needs itself"),
        #[cfg(test)]
        mod tests { "nor-that" }
    "#;

    #[test]
    fn codes_are_the_hyphenated_literals() {
        assert_eq!(codes(SOURCE).into_iter().collect::<Vec<_>>(), ["pack-cycle", "unknown-key"]);
    }

    #[test]
    fn a_code_without_a_file_and_a_file_without_a_code_are_found() {
        let names = ["unknown-key.yaml", "unknown-key--in-register.yaml", "old-code.yaml", "core"].map(str::to_owned);
        let what: Vec<_> = judge(&codes(SOURCE), &names).into_iter().map(|finding| finding.what).collect();
        assert_eq!(what, ["no file provokes `pack-cycle`", "no such diagnostic code"]);
    }
}
