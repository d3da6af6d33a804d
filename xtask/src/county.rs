//! How is the demonstration county invented, and do its figures come back?

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::call::Call;
use crate::places::Places;
use crate::stamp::Stamp;
use crate::test::tally::Tally;
use crate::trouble::{Result, Trouble};

/// The county every task here works with: a folder under `counties/`.
pub const COUNTY: &str = "s0";
/// The year its published report is about.
pub const PERIOD: &str = "2025";
/// The fewest published figures that must come back.
const FIGURES_AT_LEAST: usize = 45;

/// Invents the county's people and records in `dir`, from nothing.
pub fn invent(places: &Places, dir: &Path, scale: &str) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).map_err(|error| Trouble::file("emptying a folder", dir, &error))?;
    }
    if let Some(above) = dir.parent() {
        fs::create_dir_all(above).map_err(|error| Trouble::file("making a folder", above, &error))?;
    }
    let call = Call::taizhang(places).args("synth").arg(COUNTY).arg("--dir").arg(dir);
    let call = if scale == "1" { call } else { call.arg("--scale").arg(scale) };
    call.next("`taizhang check` tells whether the packs and the county file are sound").run()
}

/// The stamp that says which packs, county files and code a directory was invented with.
pub fn stamp(places: &Places, dir: &Path, scale: &str) -> Result<Stamp> {
    let sources: Vec<PathBuf> =
        ["packs", "counties", "crates/base", "crates/pack", "crates/records", "crates/columns", "crates/synth"]
            .iter()
            .map(|folder| places.root.join(folder))
            .collect();
    Stamp::new(dir.with_extension("stamp"), &sources, scale)
}

/// What `taizhang figures` answers.
pub fn figures(places: &Places, dir: &Path) -> Result<Value> {
    let call = Call::taizhang(places).args("figures").arg(COUNTY).arg("--dir").arg(dir).arg("--json");
    // Exit code 1 says that some figure differs; the document says which.
    let (code, text) = call.read()?;
    serde_json::from_str(&text).map_err(|error| {
        Trouble::new(
            format!("`taizhang figures --json` printed no JSON document (exit code {code}): {error}"),
            dir.display(),
            "run it by hand and read its messages",
        )
    })
}

/// Asks for every published figure beside the computed one, and counts those that are equal.
pub fn compare_figures(places: &Places, dir: &Path) -> Result<Tally> {
    let (equal, different) = judge(&figures(places, dir)?);
    for line in &different {
        eprintln!("  {line}");
    }
    eprintln!("{} of {} published figures come back", equal, equal + different.len());
    if equal + different.len() < FIGURES_AT_LEAST {
        return Err(Trouble::new(
            format!(
                "only {} figures were compared, at least {FIGURES_AT_LEAST} are published",
                equal + different.len()
            ),
            format!("counties/{COUNTY}/figures.csv"),
            "add the missing figures with their indicators",
        ));
    }
    Ok(Tally { passed: equal, failed: different.len() })
}

/// The number of equal figures, and one line for each that differs.
fn judge(document: &Value) -> (usize, Vec<String>) {
    let none = Vec::new();
    let figures = document["figures"].as_array().unwrap_or(&none);
    let text = |figure: &Value, key: &str| match &figure[key] {
        Value::String(text) => text.clone(),
        Value::Null => "—".to_owned(),
        other => other.to_string(),
    };
    let (equal, different): (Vec<&Value>, Vec<&Value>) = figures.iter().partition(|figure| figure["equal"] == true);
    let lines = different.iter().map(|figure| {
        format!(
            "{} {}: published {}, computed {}",
            text(figure, "id"),
            text(figure, "indicator"),
            text(figure, "published"),
            text(figure, "computed"),
        )
    });
    (equal.len(), lines.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_figure_that_differs_is_told_with_both_values() {
        let document = json!({"figures": [
            {"id": "F-1", "indicator": "patients", "published": "29738", "computed": "29738", "equal": true},
            {"id": "F-2", "indicator": "rate", "published": "98.96", "computed": null, "equal": false},
        ]});
        assert_eq!(judge(&document), (1, vec!["F-2 rate: published 98.96, computed —".to_owned()]));
    }

    #[test]
    fn a_document_without_figures_has_none() {
        assert_eq!(judge(&json!({})), (0, vec![]));
    }
}
