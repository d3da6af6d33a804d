//! The packs of the project, read from their folders.
#![allow(dead_code, clippy::unwrap_used)]

use pack::{Catalog, Folder};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn texts(root: &Path, dir: &Path, into: &mut Vec<(String, String)>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            texts(root, &path, into);
        } else {
            let shown = path.strip_prefix(root).unwrap().display().to_string();
            into.push((shown, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn folder(path: &str) -> Folder {
    let root = root();
    let dir = root.join(path);
    let mut files = Vec::new();
    texts(&root, &dir, &mut files);
    Folder { id: dir.file_name().unwrap().to_str().unwrap().to_string(), files }
}

/// `core` and packs by their folders under `packs/`, checked.
pub fn catalog(packs: &[&str]) -> Catalog {
    let folders: Vec<Folder> =
        std::iter::once("core").chain(packs.iter().copied()).map(|pack| folder(&format!("packs/{pack}"))).collect();
    let (catalog, found) = pack::load(&folders, None);
    let errors: Vec<_> = found.iter().filter(|d| d.is_error()).map(|d| format!("{}: {}", d.code, d.message)).collect();
    assert!(errors.is_empty(), "{errors:?}");
    catalog
}
