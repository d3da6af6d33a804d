//! Reads a county's packs from disk and prints what is wrong with them.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use std::path::Path;
fn texts(dir: &Path, out: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { texts(&path, out) } else if let Ok(text) = std::fs::read_to_string(&path) { out.push((path.display().to_string(), text)); }
    }
}
fn packs(dir: &Path, out: &mut Vec<pack::Folder>) {
    if dir.join("pack.yaml").exists() {
        let mut files = Vec::new(); texts(dir, &mut files);
        out.push(pack::Folder { id: dir.file_name().unwrap().to_str().unwrap().into(), files }); return;
    }
    let mut entries: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    entries.sort();
    for e in entries { packs(&e, out) }
}
fn main() {
    let mut folders = Vec::new(); packs(Path::new("packs"), &mut folders);
    let mut files = Vec::new(); texts(Path::new("counties/s0"), &mut files);
    let county = pack::Folder { id: "s0".into(), files };
    let (catalog, diagnostics) = pack::load(&folders, Some(&county));
    for d in &diagnostics {
        let place = d.span.map(|s| { let p = catalog.sources.position(s); format!("{}:{}:{}", catalog.sources.get(s.source).map_or("", |x| &x.name), p.line, p.column) }).unwrap_or_default();
        println!("{}[{}] {place}: {} {}", d.severity.word(), d.code, d.message, d.help.as_deref().unwrap_or(""));
    }
}
