//! Folders on disk as the loader wants them, and diagnostics as plain text.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use base::Diagnostic;
use pack::{Catalog, Folder};
use std::path::{Path, PathBuf};

/// The entries of a folder, in order.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// The folder's name.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_string()
}

/// Every text below a folder, named by its path inside `root`.
fn texts(root: &Path, folder: &Path, into: &mut Vec<(String, String)>) {
    for path in entries(folder) {
        if path.is_dir() {
            texts(root, &path, into);
        } else {
            let shown = path.strip_prefix(root).unwrap().to_str().unwrap().to_string();
            into.push((shown, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// One folder with its texts; paths are shown from `root`.
pub fn folder(root: &Path, path: &Path) -> Folder {
    let mut files = Vec::new();
    texts(root, path, &mut files);
    Folder { id: name(path), files }
}

/// A county's folder, with the files `../…` of other counties that it names.
pub fn county(root: &Path, path: &Path) -> Folder {
    let mut county = folder(root, path);
    let main = std::fs::read_to_string(path.join("county.yaml")).unwrap();
    for named in main.lines().filter_map(|line| line.split_once(": ../")).map(|(_, named)| named.trim()) {
        let text = std::fs::read_to_string(path.join("..").join(named)).unwrap();
        county.files.push((named.to_string(), text));
    }
    county
}

/// Every pack below a folder: a pack is a folder with `pack.yaml`.
pub fn packs(root: &Path, below: &Path) -> Vec<Folder> {
    if below.join("pack.yaml").exists() {
        return vec![folder(root, below)];
    }
    entries(below).iter().filter(|path| path.is_dir()).flat_map(|path| packs(root, path)).collect()
}

/// Where a diagnostic points: file, line and column; nothing when it points nowhere.
pub fn place(catalog: &Catalog, diagnostic: &Diagnostic) -> (String, u32, u32) {
    let Some(span) = diagnostic.span else { return (String::new(), 0, 0) };
    let at = catalog.sources.position(span);
    let file = catalog.sources.get(span.source).map_or_else(String::new, |source| source.name.to_string());
    (file, at.line, at.column)
}

/// A diagnostic in plain text: severity, code and message, the place with its line, other places, what next.
pub fn draw(catalog: &Catalog, diagnostic: &Diagnostic) -> String {
    let (file, line, column) = place(catalog, diagnostic);
    let mut text = format!("{}[{}]: {}\n", diagnostic.severity.word(), diagnostic.code, diagnostic.message);
    text.push_str(&format!("  {file}:{line}:{column}\n"));
    if let Some(span) = diagnostic.span {
        let source = catalog.sources.get(span.source).unwrap();
        text.push_str(&format!("  | {}\n", source.text.lines().nth(line as usize - 1).unwrap_or("")));
        let covered = catalog.sources.snippet(span).lines().next().unwrap_or("");
        if !covered.is_empty() {
            text.push_str(&format!("  at: {covered}\n"));
        }
    }
    for label in &diagnostic.labels {
        let at = catalog.sources.position(label.span);
        text.push_str(&format!("  {}:{}: {}\n", at.line, at.column, label.message));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("  help: {help}\n"));
    }
    text
}

/// Compares a committed text with what the program makes; `UPDATE=1` writes it instead.
pub fn committed(path: &Path, made: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, made).unwrap();
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(there, made, "{} is not what the program makes; run the test with UPDATE=1", path.display());
}
