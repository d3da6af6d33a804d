//! Do dependencies point down only?
//!
//! This table is the one place that says which crate stands on which layer. `ARCHITECTURE.md` draws it.

use std::path::Path;

use serde_json::Value;

use super::Finding;
use crate::call::Call;
use crate::places::Places;
use crate::trouble::{Result, Trouble};

/// Folder under `crates/`, and its layer. A crate may use crates of lower layers, never a neighbour.
const LAYERS: &[(&str, u8)] = &[
    ("base", 0),
    ("chart", 1),
    ("pack", 1),
    ("records", 2),
    ("accounts", 3),
    ("columns", 3),
    ("ledger", 3),
    ("identity", 4),
    ("indicator", 4),
    ("scheme", 4),
    ("synth", 5),
    ("campaign", 5),
    ("settlement", 5),
    ("work", 5),
    ("report", 6),
    ("exchange", 6),
    ("proof", 6),
    ("cluster", 6),
    ("server", 7),
    ("cli", 8),
];

/// Arrows that point down and are refused all the same: user, used, why.
const FORBIDDEN: &[(&str, &str, &str)] = &[
    ("records", "pack", "the log keeps bodies it does not understand"),
    ("synth", "indicator", "the generator must not call the code it is later tested with"),
];

/// A crate of the workspace and the workspace crates it uses, by folder name.
struct Crate {
    folder: String,
    uses: Vec<String>,
}

/// Reads the manifests through `cargo metadata` and checks every arrow.
pub fn check(places: &Places) -> Result<Vec<Finding>> {
    Ok(judge(&crates(&metadata(places)?)))
}

/// What cargo knows about the workspace's own manifests.
pub fn metadata(places: &Places) -> Result<Value> {
    let call = Call::cargo(places).args("metadata --no-deps --offline --format-version 1");
    let (_, text) = call.read()?;
    serde_json::from_str(&text).map_err(|error| {
        Trouble::new(format!("`cargo metadata` printed no document: {error}"), "Cargo.toml", "fix what it says above")
    })
}

fn crates(metadata: &Value) -> Vec<Crate> {
    let packages = list(&metadata["packages"]);
    let folder_of =
        |name: &str| packages.iter().find(|package| package["name"] == name).map_or_else(|| name.to_owned(), folder);
    packages
        .iter()
        .map(|package| Crate {
            folder: folder(package),
            uses: list(&package["dependencies"])
                .iter()
                .filter(|dependency| !dependency["path"].is_null())
                .filter_map(|dependency| dependency["name"].as_str())
                .map(folder_of)
                .collect(),
        })
        .collect()
}

fn judge(crates: &[Crate]) -> Vec<Finding> {
    crates.iter().filter(|user| user.folder != "xtask").flat_map(judge_crate).chain(judge_xtask(crates)).collect()
}

fn judge_crate(user: &Crate) -> Vec<Finding> {
    let place = format!("crates/{}/Cargo.toml", user.folder);
    let Some(layer) = layer(&user.folder) else {
        return vec![Finding::error(
            place,
            format!("crate `{}` stands on no layer", user.folder),
            "give it one in xtask/src/tidy/layers.rs and draw it in ARCHITECTURE.md",
        )];
    };
    user.uses.iter().filter_map(|used| judge_arrow(&place, &user.folder, layer, used)).collect()
}

fn judge_arrow(place: &str, user: &str, layer_of_user: u8, used: &str) -> Option<Finding> {
    if let Some((_, _, why)) = FORBIDDEN.iter().find(|(a, b, _)| (*a, *b) == (user, used)) {
        return Some(Finding::error(
            place,
            format!("{user} uses {used}: {why}"),
            "move what both need to a lower crate",
        ));
    }
    let points_down = layer(used).is_some_and(|layer_of_used| layer_of_used < layer_of_user);
    (!points_down).then(|| {
        Finding::error(
            place,
            format!("{user} uses {used}, which is not below it"),
            "move what both need to a lower crate, or change the layers with a page in docs/decisions/",
        )
    })
}

/// xtask stands beside the stack: it uses no crate and no crate uses it.
fn judge_xtask(crates: &[Crate]) -> Option<Finding> {
    let xtask = crates.iter().find(|user| user.folder == "xtask")?;
    let used = xtask.uses.first()?;
    Some(Finding::error(
        "xtask/Cargo.toml",
        format!("xtask uses {used}"),
        "call the `taizhang` binary instead: xtask is compiled before anything else",
    ))
}

fn layer(folder: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == folder).map(|(_, layer)| *layer)
}

fn folder(package: &Value) -> String {
    let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
    let name = manifest.parent().and_then(Path::file_name);
    name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Findings for one crate, as `user: used used`.
    fn arrows(line: &str) -> Vec<String> {
        let (user, used) = line.split_once(':').unwrap_or((line, ""));
        let uses = used.split_whitespace().map(str::to_owned).collect();
        judge(&[Crate { folder: user.to_owned(), uses }]).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn downward_is_fine() {
        assert_eq!(arrows("report: base pack records columns indicator"), Vec::<String>::new());
        assert_eq!(arrows("cli: server"), Vec::<String>::new());
    }

    #[test]
    fn upward_and_sideways_are_refused() {
        assert_eq!(arrows("base: pack"), ["base uses pack, which is not below it"]);
        assert_eq!(arrows("columns: columns indicator").len(), 2);
    }

    #[test]
    fn some_downward_arrows_are_refused_with_their_reason() {
        assert_eq!(arrows("synth: pack indicator").len(), 1);
        assert!(arrows("records: pack")[0].contains("does not understand"));
    }

    #[test]
    fn a_new_crate_needs_a_layer() {
        assert_eq!(arrows("newcomer:"), ["crate `newcomer` stands on no layer"]);
    }

    #[test]
    fn xtask_uses_no_crate_and_none_uses_it() {
        assert_eq!(arrows("xtask: base"), ["xtask uses base"]);
        assert_eq!(arrows("cli: xtask"), ["cli uses xtask, which is not below it"]);
    }

    #[test]
    fn packages_are_known_by_their_folder() {
        let metadata = json!({"packages": [
            {"name": "taizhang", "manifest_path": "/x/crates/cli/Cargo.toml", "dependencies": [
                {"name": "base", "path": "/x/crates/base"}, {"name": "serde", "path": null}]},
            {"name": "base", "manifest_path": "/x/crates/base/Cargo.toml", "dependencies": []},
        ]});
        let found = crates(&metadata);
        assert_eq!((found[0].folder.as_str(), found[0].uses.as_slice()), ("cli", ["base".to_owned()].as_slice()));
    }
}
