//! The report as PDF, laid out as GB/T 9704 asks: typst sets what `paper.typ` describes.
//!
//! The document goes in as data beside the layout, never as markup. The same document and the same fonts give the same
//! bytes.

mod fonts;
mod world;

use crate::compose::ReportError;
use crate::document::{Block, BlockKind, Document};
use serde::Serialize;
use std::collections::BTreeSet;
use typst::foundations::Smart;
use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, pdf as export};
use world::Desk;

/// The document as the bytes of a `.pdf` file.
///
/// # Errors
/// [`ReportError::Write`] when this machine has no font that shows Chinese, or none for a character of the text, which
/// is named; and when the layout fails.
pub fn pdf(document: &Document) -> Result<Vec<u8>, ReportError> {
    let laid_out = lay_out(document)?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("{} {} {}", document.title, document.period, document.as_of)),
        creator: Smart::Custom(Some("Taizhang".into())),
        ..PdfOptions::default()
    };
    export(&laid_out, &options).map_err(|errors| fault(&errors))
}

fn lay_out(document: &Document) -> Result<PagedDocument, ReportError> {
    let fonts = fonts::fonts()?;
    let data = serde_json::to_string(&Paper::of(document, &fonts.chains)).map_err(write_error)?;
    let desk = Desk::new(fonts, data)?;
    let laid_out: PagedDocument = typst::compile(&desk).output.map_err(|errors| fault(&errors))?;
    // What typst remembers between layouts would otherwise grow with every report of a server.
    typst::comemo::evict(2);
    let missing: BTreeSet<char> = laid_out.pages().iter().flat_map(|page| missing(&page.frame)).collect();
    if missing.is_empty() {
        return Ok(laid_out);
    }
    let shown: Vec<String> = missing.iter().map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect();
    Err(ReportError::Write(format!(
        "no font on this machine shows {}; install one that does, such as fonts-noto-cjk",
        shown.join(", ")
    )))
}

/// Characters that came out as an empty box.
fn missing(frame: &Frame) -> Vec<char> {
    let mut found = Vec::new();
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => found.extend(missing(&group.frame)),
            FrameItem::Text(text) => {
                let boxes = text.glyphs.iter().filter(|glyph| glyph.id == 0);
                found.extend(boxes.filter_map(|glyph| text.text.get(glyph.range())?.chars().next()));
            }
            _ => {}
        }
    }
    found
}

fn fault(errors: &[typst::diag::SourceDiagnostic]) -> ReportError {
    let said: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    ReportError::Write(said.join("; "))
}

fn write_error(error: impl std::fmt::Display) -> ReportError {
    ReportError::Write(error.to_string())
}

/// What the layout reads.
#[derive(Serialize)]
struct Paper<'a> {
    title: &'a str,
    fonts: &'a fonts::Chains,
    blocks: Vec<PaperBlock<'a>>,
    sources_title: &'static str,
    columns: [&'static str; 6],
    sources: Vec<[String; 6]>,
}

#[derive(Serialize)]
struct PaperBlock<'a> {
    kind: BlockKind,
    level: u8,
    number: &'a str,
    spans: Vec<PaperSpan<'a>>,
    /// A title's lines.
    lines: Vec<String>,
}

#[derive(Serialize)]
struct PaperSpan<'a> {
    text: &'a str,
    /// Row of the list of sources, from 1.
    source: Option<usize>,
}

impl<'a> Paper<'a> {
    fn of(document: &'a Document, fonts: &'a fonts::Chains) -> Self {
        let sources = document.sources.iter().enumerate();
        Self {
            title: &document.title,
            fonts,
            blocks: document.blocks.iter().map(|block| PaperBlock::of(document, block)).collect(),
            sources_title: super::SOURCES,
            columns: super::SOURCE_COLUMNS,
            sources: sources.map(|(n, line)| super::source_row(n + 1, line)).collect(),
        }
    }
}

impl<'a> PaperBlock<'a> {
    fn of(document: &Document, block: &'a Block) -> Self {
        let source = |figure| document.source_of(figure).map(|(n, _)| n);
        let spans = block.spans.iter();
        Self {
            kind: block.kind,
            level: block.level.clamp(1, 4),
            number: &block.number,
            spans: spans.map(|s| PaperSpan { text: &s.text, source: s.figure.as_ref().and_then(source) }).collect(),
            lines: if block.kind == BlockKind::Title { super::title_lines(&block.text()) } else { Vec::new() },
        }
    }
}

#[cfg(test)]
mod tests;
