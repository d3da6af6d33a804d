//! Where do packs and counties lie on disk?
//!
//! The library is the folder that holds `packs/` and `counties/`: the one named by `TAIZHANG_HOME`, or the nearest
//! one from the working directory upwards.

use crate::draw;
use crate::fault::Fault;
use crate::output;
use columns::Installed;
use pack::{Catalog, Folder};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The library's folder.
pub fn home() -> Result<PathBuf, Fault> {
    if let Some(home) = std::env::var_os("TAIZHANG_HOME") {
        return Ok(PathBuf::from(home));
    }
    let here = std::env::current_dir().map_err(Fault::io("."))?;
    here.ancestors()
        .find(|dir| dir.join("packs").is_dir())
        .map(Path::to_path_buf)
        .ok_or_else(|| Fault::Use("no folder packs/ here or above; go into the project or set TAIZHANG_HOME".into()))
}

/// Every pack below a folder: folders that hold a `pack.yaml`.
pub fn packs(dir: &Path) -> Result<Vec<Folder>, Fault> {
    if dir.join("pack.yaml").is_file() {
        return Ok(vec![folder(dir)?]);
    }
    let mut found = Vec::new();
    for path in entries(dir)?.into_iter().filter(|path| path.is_dir()) {
        found.extend(packs(&path)?);
    }
    Ok(found)
}

/// A county by id (`s0`) or by path (`counties/s0`), with the files of other counties that it names.
pub fn county(name: &str) -> Result<Folder, Fault> {
    let by_path = Path::new(name);
    let dir =
        if by_path.join("county.yaml").is_file() { by_path.to_path_buf() } else { home()?.join("counties").join(name) };
    if !dir.join("county.yaml").is_file() {
        let known = entries(&home()?.join("counties"))?;
        let names: Vec<String> = known.iter().filter_map(|p| Some(p.file_name()?.to_str()?.to_string())).collect();
        let near = base::nearest(name, names.iter().map(String::as_str));
        let hint = base::did_you_mean(near);
        return Err(Fault::Use(format!("there is no county \"{name}\"{hint}")));
    }
    let mut county = folder(&dir)?;
    for named in neighbours(&county) {
        let path = dir.join(&named);
        let text = std::fs::read_to_string(&path).map_err(Fault::io(&path))?;
        county.files.push((named.trim_start_matches("../").to_string(), text));
    }
    Ok(county)
}

/// The files `../…` that a county's own texts name.
fn neighbours(county: &Folder) -> Vec<String> {
    let main = county.files.iter().find(|(path, _)| path.ends_with("county.yaml"));
    let lines = main.map_or("", |(_, text)| text.as_str()).lines();
    lines
        .filter_map(|line| line.split_once(": "))
        .map(|(_, value)| value.trim().to_string())
        .filter(|value| value.starts_with("../"))
        .collect()
}

/// A county with the packs of the library that it names, and those they need.
pub fn installed(name: &str) -> Result<Installed, Fault> {
    let county = county(name)?;
    Ok(Installed { packs: pack::of_county(packs(&home()?.join("packs"))?, &county), county })
}

/// Loads texts and draws what is wrong with them; mistakes are a fault.
pub fn load(packs: &[Folder], county: Option<&Folder>) -> Result<Arc<Catalog>, Fault> {
    load_proposed(packs, county, None)
}

/// As [`load`], with lines of `set` that are only proposed.
pub fn load_proposed(packs: &[Folder], county: Option<&Folder>, proposal: Option<&str>) -> Result<Arc<Catalog>, Fault> {
    let of_county = county.map(|county| pack::of_county(packs.to_vec(), county));
    let packs = of_county.as_deref().unwrap_or(packs);
    let (catalog, diagnostics) = pack::load_proposed(packs, county, proposal);
    let errors: Vec<_> = diagnostics.into_iter().filter(base::Diagnostic::is_error).collect();
    if errors.is_empty() {
        return Ok(Arc::new(catalog));
    }
    for diagnostic in &errors {
        output::message(&draw::diagnostic(&catalog.sources, diagnostic));
    }
    Err(Fault::Mistakes(errors.len()))
}

fn folder(dir: &Path) -> Result<Folder, Fault> {
    let id = dir.canonicalize().map_err(Fault::io(dir))?;
    let id = id.file_name().and_then(|name| name.to_str()).unwrap_or("").to_string();
    let mut files = Vec::new();
    texts(dir, &mut files)?;
    Ok(Folder { id, files })
}

/// Every YAML, Markdown and CSV text below a folder, by path.
fn texts(dir: &Path, into: &mut Vec<(String, String)>) -> Result<(), Fault> {
    for path in entries(dir)? {
        if path.is_dir() {
            texts(&path, into)?;
        } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| matches!(e, "yaml" | "yml" | "md" | "csv"))
        {
            let text = std::fs::read_to_string(&path).map_err(Fault::io(&path))?;
            into.push((shown(&path), text));
        }
    }
    Ok(())
}

/// A path as people see it: relative to where they stand, with forward slashes.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let relative = here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    relative.to_string_lossy().replace('\\', "/")
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, Fault> {
    let read = std::fs::read_dir(dir).map_err(Fault::io(dir))?;
    let mut paths: Vec<PathBuf> = read.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}
