//! What does the report say, on the page and as a file?

use crate::ask::Ask;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::wire;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base::Text;
use report::{Block, BlockKind, Document};
use std::sync::Arc;

/// `/api/report`
pub fn report(desk: &Desk, ask: &Ask) -> Result<wire::Report, Problem> {
    let document = document(desk, ask)?;
    let left_out = document.left_out.iter().map(|left| wire::LeftOut {
        place: left.place.clone(),
        sentence: left.sentence.clone(),
        why: left.why.clone(),
    });
    let findings = document.findings.iter().map(|text| wire::Finding { severity: "warn", text: text.clone() });
    Ok(wire::Report {
        title: document.title.clone(),
        period: document.period.to_string(),
        as_of: document.as_of.to_string(),
        blocks: document.blocks.iter().map(block).collect(),
        left_out: left_out.collect(),
        findings: findings.collect(),
    })
}

/// A form in which the report can be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Markdown.
    Markdown,
    /// A web page that stands alone.
    Html,
    /// A Word document.
    Docx,
    /// For printing.
    Pdf,
}

/// What a Word document is called in a header.
pub const DOCX_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// `/api/report.md`, `/api/report.html`, `/api/report.docx`, `/api/report.pdf`
pub fn file(desk: &Desk, ask: &Ask, form: Form) -> Result<Response, Problem> {
    let document = document(desk, ask)?;
    let (kind, ending, bytes) = match form {
        Form::Markdown => ("text/markdown; charset=utf-8", "md", report::markdown(&document).into_bytes()),
        Form::Html => ("text/html; charset=utf-8", "html", report::html(&document, "/").into_bytes()),
        Form::Docx => (DOCX_TYPE, "docx", report::docx(&document)?),
        Form::Pdf => ("application/pdf", "pdf", report::pdf(&document)?),
    };
    let disposition = match form {
        Form::Docx | Form::Pdf => format!("attachment; filename=\"report-{}.{ending}\"", document.period),
        Form::Markdown | Form::Html => "inline".to_string(),
    };
    Ok(([(CONTENT_TYPE, kind.to_string()), (CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

fn document(desk: &Desk, ask: &Ask) -> Result<Arc<Document>, Problem> {
    let scope = desk.scope(ask)?;
    // It is about the whole county, whatever organisation is looked at.
    ask.visitor.must_reach_all(desk.county()?)?;
    let outline = desk.county()?.outline.as_ref().ok_or_else(|| {
        Problem::unknown(
            "no-outline",
            Text::both("本县没有报告提纲", "this county has no outline for a report"),
            Text::both("在county.yaml中写明report:", "name one under report: in county.yaml"),
        )
    })?;
    desk.document(scope.period, outline)
}

fn block(block: &Block) -> wire::Block {
    let kind = match block.kind {
        BlockKind::Title => "title",
        BlockKind::Heading => "heading",
        BlockKind::Paragraph => "paragraph",
    };
    let spans = block.spans.iter().map(|span| wire::Span {
        text: span.text.clone(),
        figure: span.figure.as_ref().map(|figure| wire::FigureRef {
            indicator: figure.indicator.clone(),
            org: figure.org.clone(),
            period: figure.period.to_string(),
        }),
    });
    wire::Block { kind, level: block.level, number: block.number.clone(), spans: spans.collect() }
}
