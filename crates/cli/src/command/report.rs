//! `taizhang report`: the county's report as Markdown, HTML or DOCX.

use super::{period, snapshot};
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use pack::model::ReportText;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The outline (default: the county's own)
    outline: Option<PathBuf>,
    #[command(flatten)]
    at: At,
    /// The period (default: the county's)
    #[arg(long)]
    period: Option<String>,
    /// As known at this moment
    #[arg(long)]
    as_of: Option<String>,
    /// The file to write: .md, .html or .docx; Markdown on stdout when absent
    #[arg(long)]
    out: Option<PathBuf>,
    /// Print × for every digit
    #[arg(long)]
    masked: bool,
}

pub fn run(args: &Args) -> Done {
    let store = args.at.read()?;
    let period = period(&store, args.period.as_deref())?;
    let snapshot = snapshot(&store, args.as_of.as_deref())?;
    let outline = match &args.outline {
        Some(path) => ReportText {
            source: base::SourceId(u32::MAX),
            text: std::fs::read_to_string(path).map_err(Fault::io(path))?,
        },
        None => snapshot
            .catalog()
            .county
            .as_ref()
            .and_then(|county| county.outline.clone())
            .ok_or_else(|| Fault::Use("the county has no outline; name one".into()))?,
    };
    let mut document = report::write(&snapshot, period, &outline)?;
    if args.masked {
        document = document.masked();
    }
    for left_out in &document.left_out {
        output::message(&format!("left out: {left_out}"));
    }
    for finding in &document.findings {
        output::message(&format!("warning: {finding}"));
    }
    let Some(out) = &args.out else {
        output::line(&report::markdown(&document));
        return Ok(answer(true));
    };
    let bytes = match out.extension().and_then(|extension| extension.to_str()) {
        Some("md") => report::markdown(&document).into_bytes(),
        Some("html") => report::html(&document, "").into_bytes(),
        Some("docx") => report::docx(&document)?,
        _ => return Err(Fault::Use(format!("{} is not a .md, .html or .docx file", out.display()))),
    };
    std::fs::write(out, bytes).map_err(Fault::io(out))?;
    output::message(&format!("{}", out.display()));
    Ok(answer(document.findings.is_empty()))
}
