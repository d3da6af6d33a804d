//! Does every pack have the files that people will look for?
//!
//! What stands in them is the business of `taizhang check`.

use std::path::{Path, PathBuf};

use super::{Finding, folders_in};
use crate::places::Places;
use crate::trouble::Result;

/// Files every pack has, relative to its folder.
const WANTED: &[(&str, &str)] = &[
    ("pack.yaml", "begin it with `pack:`, `language:`, `title:` and `source:`"),
    ("report.md", "write the paragraphs this work adds to the county's report"),
];

/// Walks `packs/`: a folder with files of its own is a pack, a folder of folders is a domain.
pub fn check(places: &Places) -> Result<Vec<Finding>> {
    let findings = pack_folders(&places.root.join("packs")).into_iter().flat_map(|folder| {
        let shown = places.shown(&folder);
        judge(&shown, |name| folder.join(name).is_file())
    });
    Ok(findings.collect())
}

fn pack_folders(folder: &Path) -> Vec<PathBuf> {
    let inside = folders_in(folder).into_iter().map(|name| folder.join(name));
    inside.flat_map(|path| if holds_files(&path) { vec![path] } else { pack_folders(&path) }).collect()
}

fn holds_files(folder: &Path) -> bool {
    let mut entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(std::io::Result::ok);
    entries.any(|entry| entry.path().is_file())
}

fn judge(pack: &str, has: impl Fn(&str) -> bool) -> Vec<Finding> {
    let missing = WANTED.iter().filter(|(name, _)| !has(name));
    missing.map(|(name, next)| Finding::error(pack, format!("{name} is missing"), *next)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_has_its_header_its_report_and_its_english() {
        assert_eq!(judge("packs/chronic/diabetes", |_| true), []);
        let missing: Vec<_> = judge("packs/chronic/diabetes", |_| false).into_iter().map(|f| f.what).collect();
        assert_eq!(missing, ["pack.yaml is missing", "report.md is missing"]);
    }
}
