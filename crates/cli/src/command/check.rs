//! `taizhang check`: every mistake in the packs, all at once.

use crate::fault::Fault;
use crate::{Done, answer, draw, library, output};
use base::{Diagnostic, Severity};
use pack::Catalog;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use synth::{Options, Plan};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder of packs, one pack, or a county (default: packs/ and every county)
    path: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Show remarks about what nothing runs yet, too
    #[arg(long)]
    notes: bool,
}

pub fn run(args: &Args) -> Done {
    let mut seen: Vec<Diagnostic> = Vec::new();
    let mut drawn = Vec::new();
    let mut last = None;
    for (packs, county) in what(args)? {
        let (catalog, mut found) = pack::load(&packs, county.as_ref());
        let catalog = Arc::new(catalog);
        if !found.iter().any(Diagnostic::is_error) {
            found.extend(columns::type_check(&catalog)?);
            found.extend(report_texts(&catalog));
            found.extend(invention(&catalog));
            #[cfg(feature = "cluster")]
            found.extend(cluster::check(&catalog));
            found.extend(scheme::check::check(&catalog));
        }
        for diagnostic in found {
            let line = draw::json(&catalog.sources, &diagnostic);
            if !drawn.iter().any(|(known, _)| *known == line) {
                drawn.push((line, draw::diagnostic(&catalog.sources, &diagnostic)));
                seen.push(diagnostic);
            }
        }
        last = Some(catalog);
    }
    let n_errors = seen.iter().filter(|d| d.is_error()).count();
    let counts = last.as_deref().map(counts).unwrap_or_else(|| json!({}));
    if args.json {
        let mut document = counts;
        document["diagnostics"] = drawn.iter().map(|(line, _)| line.clone()).collect();
        output::json(&document);
        return Ok(answer(n_errors == 0));
    }
    for (diagnostic, (_, text)) in seen.iter().zip(&drawn) {
        if args.notes || diagnostic.severity != Severity::Note {
            output::line(text);
        }
    }
    let n_warnings = seen.iter().filter(|d| d.severity == Severity::Warning).count();
    output::line(&format!(
        "{} packs, {} registers, {} indicators, {} schemes: {n_errors} mistakes, {n_warnings} warnings",
        counts["packs"], counts["registers"], counts["indicators"], counts["schemes"]
    ));
    Ok(answer(n_errors == 0))
}

type Texts = (Vec<pack::Folder>, Option<pack::Folder>);

fn of_county(name: &str) -> Result<Texts, Fault> {
    let installed = library::installed(name)?;
    Ok((installed.packs, Some(installed.county)))
}

/// The packs and counties to check together.
fn what(args: &Args) -> Result<Vec<Texts>, Fault> {
    let home = library::home()?;
    let all = || library::packs(&home.join("packs"));
    match &args.path {
        Some(path) if path.join("county.yaml").is_file() => Ok(vec![of_county(&path.to_string_lossy())?]),
        Some(path) if path.is_dir() => {
            let mut packs = library::packs(path)?;
            if packs.is_empty() {
                return Err(Fault::Use(format!("{} holds no pack and no county", path.display())));
            }
            // A pack alone is checked beside the packs it may need.
            for other in all()? {
                if !packs.iter().any(|pack| pack.id == other.id) {
                    packs.push(other);
                }
            }
            Ok(vec![(packs, None)])
        }
        Some(path) => Err(Fault::Use(format!("{} is not a folder", path.display()))),
        None => {
            let mut texts = vec![(all()?, None)];
            let counties = home.join("counties");
            let read = std::fs::read_dir(&counties).map_err(Fault::io(&counties))?;
            let mut ids: Vec<String> =
                read.filter_map(|entry| entry.ok()?.file_name().to_str().map(str::to_string)).collect();
            ids.sort();
            for id in ids {
                texts.push(of_county(&id)?);
            }
            Ok(texts)
        }
    }
}

fn report_texts(catalog: &Catalog) -> Vec<Diagnostic> {
    let packs = catalog.packs.values().filter_map(|pack| pack.report.as_ref());
    let outline = catalog.county.iter().filter_map(|county| county.outline.as_ref());
    packs.chain(outline).flat_map(|text| report::check_text(catalog, text)).collect()
}

/// What keeps a county with published figures from being invented.
fn invention(catalog: &Catalog) -> Vec<Diagnostic> {
    let county = catalog.county.as_ref().filter(|county| !county.figures.is_empty());
    county.map_or_else(Vec::new, |county| Plan::new(catalog, county, Options::default()).1)
}

fn counts(catalog: &Catalog) -> serde_json::Value {
    json!({
        "packs": catalog.packs.len(),
        "registers": catalog.registers().count(),
        "indicators": catalog.indicators().count(),
        "schemes": catalog.packs.values().map(|pack| pack.schemes.len()).sum::<usize>(),
    })
}
