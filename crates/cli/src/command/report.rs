//! `taizhang report`: the county's report as Markdown, HTML, DOCX or PDF.

use super::{Asked, snapshot};
use crate::fault::Fault;
use crate::{Done, answer, output};
use base::Period;
use columns::Snapshot;
use comfy_table::{Table, presets};
use pack::model::ReportText;
use report::{Document, Restated};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The outline (default: the county's own)
    outline: Option<PathBuf>,
    #[command(flatten)]
    asked: Asked,
    /// A file to write, once for each: .md, .html, .docx or .pdf; Markdown on stdout when absent
    #[arg(long)]
    out: Vec<PathBuf>,
    /// List the figures that changed since this moment, such as the day the report went out, instead of the report
    #[arg(long, conflicts_with = "out")]
    since: Option<String>,
    /// With --since: print one JSON document
    #[arg(long, requires = "since")]
    json: bool,
    /// Print × for every digit
    #[arg(long)]
    masked: bool,
}

pub fn run(args: &Args) -> Done {
    let (store, period) = args.asked.open()?;
    let document = compose(args, &args.asked.snapshot(&store)?, period)?;
    if let Some(since) = &args.since {
        let then = compose(args, &snapshot(&store, Some(since))?, period)?;
        return Ok(tell_changes(&report::restated(&then, &document), args.json));
    }
    for left_out in &document.left_out {
        output::message(&format!("left out: {left_out}"));
    }
    for finding in &document.findings {
        output::message(&format!("warning: {finding}"));
    }
    if args.out.is_empty() {
        output::line(&report::markdown(&document));
        return Ok(answer(true));
    }
    // All are made before the first is written: a wrong ending leaves nothing half done.
    let files = args.out.iter().map(|out| Ok((out, file(&document, out)?))).collect::<Result<Vec<_>, Fault>>()?;
    for (out, bytes) in files {
        std::fs::write(out, bytes).map_err(Fault::io(out))?;
        output::message(&format!("{}", out.display()));
    }
    Ok(answer(document.findings.is_empty()))
}

/// The paper as the snapshot's records, definitions and outline make it.
fn compose(args: &Args, snapshot: &Snapshot, period: Period) -> Result<Document, Fault> {
    let outline = match &args.outline {
        Some(path) => ReportText {
            source: base::SourceId(u32::MAX),
            text: std::fs::read_to_string(path).map_err(Fault::io(path))?,
        },
        None => (snapshot.catalog().county.as_ref())
            .and_then(|county| county.outline.clone())
            .ok_or_else(|| Fault::Use("the county has no outline; name one".into()))?,
    };
    let document = report::write(snapshot, period, &outline)?;
    Ok(if args.masked { document.masked() } else { document })
}

/// The document in the form that the file's ending names.
fn file(document: &Document, out: &Path) -> Result<Vec<u8>, Fault> {
    Ok(match out.extension().and_then(|extension| extension.to_str()) {
        Some("md") => report::markdown(document).into_bytes(),
        Some("html") => report::html(document, "").into_bytes(),
        Some("docx") => report::docx(document)?,
        Some("pdf") => report::pdf(document)?,
        _ => return Err(Fault::Use(format!("{} is not a .md, .html, .docx or .pdf file", out.display()))),
    })
}

/// What the report would say differently; the answer is no when anything changed.
fn tell_changes(changes: &[Restated], json: bool) -> ExitCode {
    if json {
        output::json(&json!({ "changes": changes }));
        return answer(changes.is_empty());
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["figure", "then", "now"]);
    let shown = |value: &Option<String>, formula: &str| match value {
        None => "—".to_string(),
        Some(value) if formula.is_empty() => value.clone(),
        Some(value) => format!("{value}\n{formula}"),
    };
    for change in changes {
        let [then, now] = &change.formulas;
        table.add_row([change.title.clone(), shown(&change.then, then), shown(&change.now, now)]);
    }
    if !changes.is_empty() {
        output::line(&table.to_string());
    }
    output::message(&format!("figures changed: {}", changes.len()));
    answer(changes.is_empty())
}
