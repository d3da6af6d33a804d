//! Do the documents still describe the tree?
//!
//! A new crate needs its paragraph, a new decision the next number, a new dependency its reason.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::{Finding, folders_in, layers, read};
use crate::places::Places;
use crate::trouble::Result;

const REGISTER: &str = "docs/decisions/dependencies.md";

/// Compares `ARCHITECTURE.md`, `docs/decisions/` and `CHANGELOG.md` with the tree.
pub fn check(places: &Places) -> Result<Vec<Finding>> {
    let architecture = read(&places.root.join("ARCHITECTURE.md"))?;
    let mut findings = judge_architecture(&architecture, &folders_in(&places.root.join("crates")));
    findings.extend(judge_numbers(&decisions(places)));
    findings.extend(judge_dependencies(&read(&places.root.join(REGISTER))?, &dependencies(places)?));
    findings.extend(judge_changelog(&read(&places.root.join("CHANGELOG.md"))?, env!("CARGO_PKG_VERSION")));
    Ok(findings)
}

fn judge_architecture(text: &str, crates: &[String]) -> Vec<Finding> {
    let missing = crates.iter().filter(|name| !text.contains(&format!("`crates/{name}`")));
    missing
        .map(|name| {
            Finding::error(
                "ARCHITECTURE.md",
                format!("crate `{name}` is not described"),
                format!("add a section headed `crates/{name}` with its question and its invariants"),
            )
        })
        .collect()
}

fn decisions(places: &Places) -> Vec<String> {
    let entries = fs::read_dir(places.root.join("docs/decisions")).into_iter().flatten();
    let names = entries.filter_map(std::io::Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_digit())).collect()
}

/// Decisions are numbered 0001, 0002, … without gaps and without doubles.
fn judge_numbers(names: &[String]) -> Vec<Finding> {
    let mut names: Vec<&String> = names.iter().collect();
    names.sort();
    let wrong = names.iter().enumerate().find(|(at, name)| !name.starts_with(&format!("{:04}-", at + 1)));
    let finding = wrong.map(|(at, name)| {
        Finding::error(
            format!("docs/decisions/{name}"),
            format!("the next decision should be number {:04}", at + 1),
            "name decisions NNNN-title.md without gaps or doubles",
        )
    });
    finding.into_iter().collect()
}

/// The direct dependencies of all crates and of the page, by name.
fn dependencies(places: &Places) -> Result<BTreeSet<String>> {
    let metadata = layers::metadata(places)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let of_crates = packages
        .flat_map(|package| package["dependencies"].as_array().into_iter().flatten())
        .filter(|dependency| dependency["path"].is_null())
        .filter_map(|dependency| dependency["name"].as_str())
        .map(str::to_owned);
    let mut names: BTreeSet<String> = of_crates.collect();
    for manifest in ["web/package.json", "tools/duckdb/package.json"] {
        names.extend(npm_dependencies(&read(&places.root.join(manifest))?));
    }
    Ok(names)
}

fn npm_dependencies(manifest: &str) -> Vec<String> {
    let manifest: Value = serde_json::from_str(manifest).unwrap_or_default();
    ["dependencies", "devDependencies"]
        .iter()
        .filter_map(|section| manifest[section].as_object())
        .flat_map(|section| section.keys().cloned())
        .collect()
}

fn judge_dependencies(register: &str, names: &BTreeSet<String>) -> Vec<Finding> {
    let missing = names.iter().filter(|name| !register.contains(&format!("| `{name}` |")));
    missing
        .map(|name| {
            Finding::error(
                REGISTER,
                format!("dependency `{name}` has no line"),
                "add one: licence, last release, size, why it earns its place",
            )
        })
        .collect()
}

fn judge_changelog(text: &str, version: &str) -> Option<Finding> {
    let is_there = text.lines().any(|line| line.starts_with(&format!("## {version}")));
    (!is_there).then(|| {
        Finding::error("CHANGELOG.md", format!("version {version} has no section"), format!("add `## {version}`"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn every_crate_has_its_section() {
        let text = "### `crates/base`: what is a month?";
        assert_eq!(judge_architecture(text, &names(&["base"])), []);
        assert_eq!(judge_architecture(text, &names(&["base", "pack"])).len(), 1);
    }

    #[test]
    fn decisions_have_neither_gaps_nor_doubles() {
        assert_eq!(judge_numbers(&names(&["0002-b.md", "0001-a.md"])), []);
        assert_eq!(judge_numbers(&names(&["0001-a.md", "0003-c.md"])).len(), 1);
        assert_eq!(judge_numbers(&names(&["0001-a.md", "0001-b.md"])).len(), 1);
    }

    #[test]
    fn a_dependency_needs_a_line_of_its_own() {
        let register = "| `serde` | MIT |\n| `serde_json` | MIT |";
        let wanted = names(&["serde", "serde_json", "zip"]).into_iter().collect();
        assert_eq!(judge_dependencies(register, &wanted).len(), 1);
    }

    #[test]
    fn the_page_has_dependencies_too() {
        let manifest = r#"{"dependencies": {"antd": "6"}, "devDependencies": {"vite": "8"}}"#;
        assert_eq!(npm_dependencies(manifest), ["antd", "vite"]);
    }

    #[test]
    fn the_version_has_a_section() {
        assert!(judge_changelog("## 0.1.0 (2026)", "0.1.0").is_none());
        assert!(judge_changelog("## 0.1.0", "0.2.0").is_some());
    }
}
