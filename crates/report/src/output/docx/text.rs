//! The text itself, and the list of sources its figures link to.

use super::xml::{R, W, Xml};
use crate::document::{Block, BlockKind, Document};
use std::io::Result;

/// Widths of the six columns of the list of sources; together the width of the text block.
const WIDTHS: [&str; 6] = ["640", "2145", "1400", "1660", "1600", "1400"];

pub(super) fn document(document: &Document) -> Result<Vec<u8>> {
    let mut xml = Xml::root("w:document", &[("xmlns:w", W), ("xmlns:r", R)])?;
    xml.open("w:body", &[])?;
    for block in &document.blocks {
        paragraph(&mut xml, document, block)?;
    }
    if !document.sources.is_empty() {
        sources(&mut xml, document)?;
    }
    section(&mut xml)?;
    xml.close("w:body")?;
    xml.finish("w:document")
}

fn paragraph(xml: &mut Xml, document: &Document, block: &Block) -> Result<()> {
    let style = match block.kind {
        BlockKind::Title => "Title".to_string(),
        BlockKind::Heading => format!("Heading{}", block.level.clamp(1, 4)),
        BlockKind::Paragraph => "BodyText".to_string(),
    };
    start(xml, &style, false)?;
    if !block.number.is_empty() {
        xml.run(&block.number)?;
    }
    if block.kind == BlockKind::Title {
        xml.run(&super::super::title_lines(&block.text()).join("\n"))?;
        return xml.close("w:p");
    }
    for span in &block.spans {
        let source = span.figure.as_ref().and_then(|figure| document.source_of(figure));
        match source {
            Some((n, _)) => {
                xml.open("w:hyperlink", &[("w:anchor", &super::super::anchor(n)), ("w:history", "1")])?;
                xml.run(&span.text)?;
                xml.close("w:hyperlink")?;
            }
            None => xml.run(&span.text)?,
        }
    }
    xml.close("w:p")
}

fn start(xml: &mut Xml, style: &str, new_page: bool) -> Result<()> {
    xml.open("w:p", &[])?;
    xml.open("w:pPr", &[])?;
    xml.val("w:pStyle", style)?;
    if new_page {
        xml.empty("w:pageBreakBefore", &[])?;
    }
    xml.close("w:pPr")
}

fn sources(xml: &mut Xml, document: &Document) -> Result<()> {
    start(xml, "Attachment", true)?;
    xml.run("附件")?;
    xml.close("w:p")?;
    start(xml, "Title", false)?;
    xml.run(super::super::SOURCES)?;
    xml.close("w:p")?;
    xml.open("w:tbl", &[])?;
    xml.open("w:tblPr", &[])?;
    xml.empty("w:tblW", &[("w:w", "8845"), ("w:type", "dxa")])?;
    xml.open("w:tblBorders", &[])?;
    for (side, size) in [("w:top", "8"), ("w:bottom", "8"), ("w:insideH", "4")] {
        xml.empty(side, &[("w:val", "single"), ("w:sz", size), ("w:space", "0"), ("w:color", "auto")])?;
    }
    xml.close("w:tblBorders")?;
    xml.empty("w:tblLayout", &[("w:type", "fixed")])?;
    xml.open("w:tblCellMar", &[])?;
    for side in ["w:left", "w:right"] {
        xml.empty(side, &[("w:w", "60"), ("w:type", "dxa")])?;
    }
    xml.close("w:tblCellMar")?;
    xml.close("w:tblPr")?;
    xml.open("w:tblGrid", &[])?;
    for width in WIDTHS {
        xml.empty("w:gridCol", &[("w:w", width)])?;
    }
    xml.close("w:tblGrid")?;
    row(xml, &super::super::SOURCE_COLUMNS.map(str::to_string), None)?;
    for (n, line) in document.sources.iter().enumerate() {
        row(xml, &super::super::source_row(n + 1, line), Some(n + 1))?;
    }
    xml.close("w:tbl")?;
    // Word wants a paragraph after the last table.
    start(xml, "TableText", false)?;
    xml.close("w:p")
}

/// A row; `source` is its number, `None` for the head.
fn row(xml: &mut Xml, cells: &[String; 6], source: Option<usize>) -> Result<()> {
    xml.open("w:tr", &[])?;
    xml.open("w:trPr", &[])?;
    xml.empty("w:cantSplit", &[])?;
    if source.is_none() {
        xml.empty("w:tblHeader", &[])?;
    }
    xml.close("w:trPr")?;
    for (column, (cell, width)) in cells.iter().zip(WIDTHS).enumerate() {
        xml.open("w:tc", &[])?;
        xml.open("w:tcPr", &[])?;
        xml.empty("w:tcW", &[("w:w", width), ("w:type", "dxa")])?;
        xml.close("w:tcPr")?;
        start(xml, if source.is_none() { "TableHead" } else { "TableText" }, false)?;
        match source.filter(|_| column == 0) {
            Some(n) => {
                let id = n.to_string();
                xml.empty("w:bookmarkStart", &[("w:id", &id), ("w:name", &super::super::anchor(n))])?;
                xml.run(cell)?;
                xml.empty("w:bookmarkEnd", &[("w:id", &id)])?;
            }
            None => xml.run(cell)?,
        }
        xml.close("w:p")?;
        xml.close("w:tc")?;
    }
    xml.close("w:tr")
}

/// A4, the margins of an official paper, 22 lines a page, page numbers outside the text block.
fn section(xml: &mut Xml) -> Result<()> {
    xml.open("w:sectPr", &[])?;
    xml.empty("w:footerReference", &[("w:type", "default"), ("r:id", "rId4")])?;
    xml.empty("w:footerReference", &[("w:type", "even"), ("r:id", "rId5")])?;
    xml.empty("w:pgSz", &[("w:w", "11906"), ("w:h", "16838")])?;
    xml.empty(
        "w:pgMar",
        &[
            ("w:top", "2098"),
            ("w:right", "1474"),
            ("w:bottom", "1984"),
            ("w:left", "1587"),
            ("w:header", "851"),
            ("w:footer", "1304"),
            ("w:gutter", "0"),
        ],
    )?;
    xml.empty("w:cols", &[("w:space", "425")])?;
    xml.empty("w:docGrid", &[("w:type", "lines"), ("w:linePitch", super::styles::LINE)])?;
    xml.close("w:sectPr")
}
