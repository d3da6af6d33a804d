//! `taizhang coverage`: which inventory ids the packs cover, and how deep.

use crate::{Done, answer, library, output};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The inventory: a CSV with a column `id` (default: docs/inventory.csv of the library, if there)
    #[arg(long)]
    inventory: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let home = library::home()?;
    let catalog = library::load(&library::packs(&home.join("packs"))?, None)?;
    let mut covered: BTreeMap<String, Vec<&pack::model::Pack>> = BTreeMap::new();
    for pack in catalog.packs.values() {
        for id in &pack.header.covers {
            covered.entry(id.value.clone()).or_default().push(pack);
        }
    }
    let path = args.inventory.clone().unwrap_or_else(|| home.join("docs/inventory.csv"));
    let missing = inventory(&path)?.into_iter().filter(|id| !covered.contains_key(id)).collect::<Vec<_>>();
    let rows: Vec<serde_json::Value> = covered
        .iter()
        .map(|(id, packs)| {
            let names: Vec<&str> = packs.iter().map(|pack| pack.header.id.value.as_str()).collect();
            json!({ "id": id, "packs": names, "depth": depth(packs) })
        })
        .collect();
    if args.json {
        output::json(&json!({ "covered": rows, "missing": missing }));
        return Ok(answer(true));
    }
    for row in &rows {
        let list = |key: &str| {
            let items = row[key].as_array().map(Vec::as_slice).unwrap_or(&[]);
            items.iter().filter_map(|v| v.as_str()).collect::<Vec<_>>().join(", ")
        };
        output::line(&format!("{:28} {:40} {}", row["id"].as_str().unwrap_or(""), list("packs"), list("depth")));
    }
    output::line(&format!("{} covered, {} missing", rows.len(), missing.len()));
    Ok(answer(true))
}

/// How far the packs of an id go.
fn depth(packs: &[&pack::model::Pack]) -> Vec<&'static str> {
    let any = |has: fn(&pack::model::Pack) -> bool| packs.iter().any(|pack| has(pack));
    [
        ("record", any(|pack| !pack.registers.is_empty())),
        ("count", any(|pack| !pack.indicators.is_empty())),
        ("pay", any(|pack| !pack.schemes.is_empty())),
        ("report", any(|pack| pack.report.is_some())),
    ]
    .into_iter()
    .filter_map(|(word, has)| has.then_some(word))
    .collect()
}

/// The ids of the inventory.
fn inventory(path: &std::path::Path) -> Result<Vec<String>, crate::fault::Fault> {
    let text = std::fs::read_to_string(path).map_err(crate::fault::Fault::io(path))?;
    Ok(text.lines().skip(1).filter_map(|line| line.split(',').next()).map(|id| id.trim().to_string()).collect())
}
