//! How long does a county take, and how many records has it?
//!
//! `cargo run -p synth --example county -- packs counties/s0 [scale]`: invents the county, keeps nothing, prints counts.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use pack::{Folder, load};
use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let packs = PathBuf::from(args.next().ok_or("say the folder of the packs")?);
    let county = PathBuf::from(args.next().ok_or("say the folder of the county")?);
    let scale = args.next().map_or(Ok(base::Decimal::ONE), |scale| scale.parse())?;
    let mut folders = Vec::new();
    find(&packs, &mut folders)?;
    let county = folder(&county)?;
    let text = |name: &str| county.files.iter().find(|(path, _)| path.ends_with(name)).map(|(_, text)| text.as_str());
    let wanted: Vec<&str> =
        text("county.yaml").unwrap_or_default().lines().filter_map(|line| line.trim().strip_prefix("- ")).collect();
    folders.retain(|folder| wanted.contains(&folder.id.as_str()));
    folders.sort_by_key(|folder| wanted.iter().position(|id| *id == folder.id));
    let (catalog, found) = load(&folders, Some(&county));
    show(&catalog, &found);
    let county = catalog.county.as_ref().ok_or("there is no county")?;
    let (plan, found) = synth::Plan::new(&catalog, county, synth::Options { scale, ..synth::Options::default() });
    show(&catalog, &found);
    let plan = plan.ok_or("the packs cannot be invented")?;
    let mut n_bytes = 0;
    let counts = plan.make::<std::convert::Infallible>(
        |_, batch| {
            n_bytes += batch.iter().map(|made| made.body.len()).sum::<usize>();
            if let Some(made) = batch.first() {
                println!("{}", serde_json::to_string(&made.body).unwrap_or_default());
            }
            Ok(())
        },
        |_, _| {},
    );
    let counts = match counts {
        Ok(counts) => counts,
        Err(synth::SynthError::Refused(diagnostic)) => {
            show(&catalog, &[*diagnostic]);
            return Err("refused".into());
        }
        Err(error) => return Err(error.into()),
    };
    for (register, n) in &counts {
        println!("{register:24} {n:>9}");
    }
    println!("{} records, {n_bytes} values", counts.values().sum::<u64>());
    Ok(())
}

fn show(catalog: &pack::Catalog, diagnostics: &[base::Diagnostic]) {
    for diagnostic in diagnostics {
        let place = diagnostic.span.map_or(String::new(), |span| {
            let name = catalog.sources.get(span.source).map_or("", |source| &source.name);
            format!("{name}:{}", catalog.sources.position(span).line)
        });
        eprintln!("{} {} {place}: {}", diagnostic.severity.word(), diagnostic.code, diagnostic.message);
    }
}

fn find(dir: &Path, folders: &mut Vec<Folder>) -> Result<(), Box<dyn Error>> {
    if dir.join("pack.yaml").exists() {
        folders.push(folder(dir)?);
        return Ok(());
    }
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, folders)?;
        }
    }
    Ok(())
}

fn folder(dir: &Path) -> Result<Folder, Box<dyn Error>> {
    let mut files = Vec::new();
    collect(dir, &mut files)?;
    files.sort();
    let id = dir.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_string();
    Ok(Folder { id, files })
}

fn collect(dir: &Path, files: &mut Vec<(String, String)>) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push((path.to_string_lossy().into_owned(), std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}
