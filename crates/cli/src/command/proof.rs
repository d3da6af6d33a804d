//! `taizhang proof`: the figures of finished reports, checked against each other, another text or the records.

mod draw;

use crate::fault::Fault;
use crate::{Done, answer, output, progress};
use columns::Store;
use indicator::Request;
use proof::records::{Match, known, matches};
use proof::{Original, Proof, check, compare, render};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a folder is searched for.
const ENDINGS: &[&str] = &["txt", "md", "html", "htm", "docx", "xlsx", "pdf"];

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Reports: TXT, Markdown, HTML, DOCX, XLSX or PDF with text; a folder stands for the reports in it
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Another version or year of the report: what changed, claim by claim
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dir", "out"])]
    against: Option<PathBuf>,
    /// Write the text with its marks: .html, or .docx with comments when the report is one
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Compare with what the records of this directory give
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The period of the report (default: the county's)
    #[arg(long, requires = "dir")]
    period: Option<String>,
    /// The organisation it is about (default: the county)
    #[arg(long, requires = "dir")]
    org: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    quiet_readers();
    let files = files(&args.files)?;
    if files.len() > 1 && (args.out.is_some() || args.against.is_some()) {
        return Err(Fault::Use("--out and --against take one report".into()));
    }
    if let [file] = &files[..] {
        return one(args, file);
    }
    many(args, &files)
}

/// The reader of damaged PDFs ends its thread with a message of its own; ours says more in one line.
fn quiet_readers() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() != Some("pdf") {
            usual(info);
        }
    }));
}

fn files(given: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    let mut files = Vec::new();
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(path).map_err(Fault::io(path))? {
            let path = entry.map_err(Fault::io(path))?.path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
            if ENDINGS.contains(&ending.as_str()) {
                inside.push(path);
            }
        }
        if inside.is_empty() {
            return Err(Fault::Use(format!("{} holds no report ({})", path.display(), ENDINGS.join(", "))));
        }
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

/// The bytes of a report; a file that is too large is refused before it is read.
fn bytes(path: &Path) -> Result<Vec<u8>, Fault> {
    let size = std::fs::metadata(path).map_err(Fault::io(path))?.len();
    if size > proof::read::MAX_FILE_BYTES as u64 {
        return Err(unreadable(path, &proof::ReadError::TooLarge(size)));
    }
    std::fs::read(path).map_err(Fault::io(path))
}

fn unreadable(path: &Path, error: &proof::ReadError) -> Fault {
    Fault::Use(format!("{}: {error}", path.display()))
}

fn original(path: &Path, bytes: &[u8]) -> Result<Original, Fault> {
    proof::read(&path.to_string_lossy(), bytes).map_err(|error| unreadable(path, &error))
}

fn one(args: &Args, file: &Path) -> Done {
    let bytes = bytes(file)?;
    let name = file.display().to_string();
    let found = check(original(file, &bytes)?);
    if let Some(other) = &args.against {
        return against(args, &name, &found, other);
    }
    let matched = args.dir.as_ref().map(|dir| records(args, dir, &found)).transpose()?;
    if args.json {
        output::json(&render::json(&name, &found, matched.as_deref()));
    } else {
        draw::proof(&name, &found);
        if let Some(matched) = &matched {
            draw::matches(&found, matched);
        }
    }
    if let Some(out) = &args.out {
        write(out, file, &bytes, &found)?;
    }
    let agrees = matched.iter().flatten().all(|matched| matched.agrees != Some(false));
    Ok(answer(found.failures().next().is_none() && agrees))
}

fn write(out: &Path, file: &Path, bytes: &[u8], found: &Proof) -> Result<(), Fault> {
    let ending = out.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let title = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let written = match ending {
        "html" | "htm" => render::html(&title, found).into_bytes(),
        "docx" => render::docx_with_comments(bytes, found)
            .map_err(|error| Fault::Use(format!("{}: {error}", out.display())))?,
        _ => return Err(Fault::Use(format!("{} is not a .html or .docx file", out.display()))),
    };
    std::fs::write(out, written).map_err(Fault::io(out))?;
    output::message(&out.display().to_string());
    Ok(())
}

fn against(args: &Args, name: &str, left: &Proof, other: &Path) -> Done {
    let right = check(original(other, &bytes(other)?)?);
    let comparison = compare(left, &right);
    let other = other.display().to_string();
    if args.json {
        output::json(&render::comparison_json(name, &other, &comparison));
    } else {
        draw::comparison((name, left), (&other, &right), &comparison);
    }
    Ok(answer(comparison.changes.is_empty()))
}

/// What the records give for the indicators that the claims speak of.
fn records(args: &Args, dir: &Path, found: &Proof) -> Result<Vec<Match>, Fault> {
    let store = Store::open(dir)?;
    let period = super::period(&store, args.period.as_deref())?;
    let snapshot = super::snapshot(&store, None)?;
    let county = snapshot.catalog().county.as_ref();
    let root = county.and_then(|county| county.orgs.root()).map(|org| org.id.clone());
    let org = match args.org.clone().or(root) {
        Some(org) => org,
        None => return Err(Fault::Use("this directory has no organisation tree; say --org".into())),
    };
    let board = indicator::board(&snapshot, &Request::new(Vec::new(), period))?;
    let known = known(snapshot.catalog());
    let values: BTreeMap<String, base::Decimal> =
        known.iter().filter_map(|known| Some((known.id.clone(), board.get(&known.id, &org)?.value?))).collect();
    Ok(matches(&found.claims, &known, &values))
}

/// Many reports: one line each, the failures of all after it.
fn many(args: &Args, files: &[PathBuf]) -> Done {
    let bar = progress::bar(files.len() as u64, "reports");
    let mut documents = Vec::new();
    let mut rows = Vec::new();
    let (mut n_failed, mut n_unread) = (0, 0);
    for file in files {
        let name = file.display().to_string();
        match bytes(file).and_then(|bytes| original(file, &bytes)) {
            Ok(original) => {
                let found = check(original);
                n_failed += usize::from(found.failures().next().is_some());
                if args.json {
                    documents.push(render::json(&name, &found, None));
                } else {
                    rows.push(draw::row(&name, &found));
                }
            }
            Err(error) => {
                n_unread += 1;
                bar.suspend(|| output::error(&error.to_string()));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if args.json {
        output::json(&serde_json::Value::Array(documents));
    } else {
        draw::rows(rows);
        output::line(&format!(
            "{} reports: {n_failed} with figures that do not agree, {n_unread} not readable",
            files.len()
        ));
    }
    Ok(answer(n_failed == 0 && n_unread == 0))
}
