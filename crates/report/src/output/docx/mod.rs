//! The report as DOCX, laid out as GB/T 9704 asks.
//!
//! A small writer whose elements stand in the order of the schema, so that validators and archives take the file. Each
//! figure links to its line in the list of sources at the end. The same document gives the same bytes.

mod parts;
mod styles;
mod text;
mod xml;

use crate::compose::ReportError;
use crate::document::Document;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The document as the bytes of a `.docx` file.
pub fn docx(document: &Document) -> Result<Vec<u8>, ReportError> {
    write(document).map_err(|error| ReportError::Write(error.to_string()))
}

fn write(document: &Document) -> std::io::Result<Vec<u8>> {
    // 1980-01-01, the first day a zip file can name: the bytes must not tell when they were written.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let parts: [(&str, Vec<u8>); 10] = [
        ("[Content_Types].xml", parts::content_types()?),
        ("_rels/.rels", parts::package_relations()?),
        ("docProps/core.xml", parts::core(&document.title)?),
        ("word/document.xml", text::document(document)?),
        ("word/_rels/document.xml.rels", parts::document_relations()?),
        ("word/styles.xml", styles::styles()?),
        ("word/settings.xml", parts::settings()?),
        ("word/fontTable.xml", styles::font_table()?),
        ("word/footer1.xml", parts::footer(parts::Side::Odd)?),
        ("word/footer2.xml", parts::footer(parts::Side::Even)?),
    ];
    for (name, bytes) in parts {
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests;
