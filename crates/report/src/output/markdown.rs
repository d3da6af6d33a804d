//! The report as Markdown.

use crate::document::{BlockKind, Document, Span};

/// The document as Markdown: each figure links to its line in the list of sources that ends it.
pub fn markdown(document: &Document) -> String {
    let mut out = String::new();
    for block in &document.blocks {
        let marks = match block.kind {
            BlockKind::Title => "# ".to_string(),
            BlockKind::Heading => format!("{} ", "#".repeat(usize::from(block.level) + 1)),
            BlockKind::Paragraph => String::new(),
        };
        out.push_str(&format!("{marks}{}", block.number));
        block.spans.iter().for_each(|span| out.push_str(&span_text(document, span)));
        out.push_str("\n\n");
    }
    if document.sources.is_empty() {
        out.truncate(out.trim_end().len());
        out.push('\n');
        return out;
    }
    out.push_str(&format!("## {}\n\n| {} |\n", super::SOURCES, super::SOURCE_COLUMNS.join(" | ")));
    out.push_str(&format!("|{}\n", " --- |".repeat(super::SOURCE_COLUMNS.len())));
    for (n, line) in document.sources.iter().enumerate() {
        let mut cells = super::source_row(n + 1, line).map(|cell| cell.replace('|', "\\|").replace('\n', "，"));
        cells[0] = format!("<a id=\"{0}\"></a>{1}", super::anchor(n + 1), n + 1);
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

fn span_text(document: &Document, span: &Span) -> String {
    match span.figure.as_ref().and_then(|figure| document.source_of(figure)) {
        Some((n, _)) => format!("[{}](#{})", span.text, super::anchor(n)),
        None => span.text.clone(),
    }
}
