//! How does a Word document carry its findings?
//!
//! The document as it was, byte for byte, with a comment around the runs in which a finding lies. Only four parts of the
//! package change: the text, its relations, the list of content types, and the comments themselves.

use crate::{Proof, Relation, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Read, Write as _};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const DOCUMENT: &str = "word/document.xml";
const RELATIONS: &str = "word/_rels/document.xml.rels";
const TYPES: &str = "[Content_Types].xml";
const COMMENTS: &str = "word/comments-taizhang.xml";
const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// Why a document could not be written.
#[derive(Debug, thiserror::Error)]
pub enum CommentError {
    /// It was not read from a DOCX.
    #[error("comments can be put into a DOCX only: give --out a name that ends with .html")]
    NoDocx,
    /// The document has comments already.
    #[error(
        "the document has comments already: accept or delete them first, or give --out a name that ends with .html"
    )]
    HasComments,
    /// The package could not be read or written.
    #[error("the DOCX could not be rewritten: {0}")]
    Package(String),
}

fn package(error: impl std::fmt::Display) -> CommentError {
    CommentError::Package(error.to_string())
}

/// The document with its findings as comments. `bytes` must be the file the proof was read from.
pub fn docx_with_comments(bytes: &[u8], proof: &Proof) -> Result<Vec<u8>, CommentError> {
    if proof.original.runs.is_empty() {
        return Err(CommentError::NoDocx);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(package)?;
    if archive.index_for_name("word/comments.xml").is_some() {
        return Err(CommentError::HasComments);
    }
    let placed: Vec<(usize, usize, &Relation)> = proof
        .relations
        .iter()
        .filter(|relation| matches!(relation.verdict, Verdict::Fails | Verdict::Truncated))
        .filter_map(|relation| place(proof, relation).map(|(from, to)| (from, to, relation)))
        .collect();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for n in 0..archive.len() {
        let file = archive.by_index_raw(n).map_err(package)?;
        let name = file.name().map_err(package)?.into_owned();
        if [DOCUMENT, RELATIONS, TYPES].contains(&name.as_str()) {
            drop(file);
            let mut text = String::new();
            archive.by_index(n).map_err(package)?.read_to_string(&mut text).map_err(package)?;
            let changed = match name.as_str() {
                DOCUMENT => with_marks(&text, &placed),
                RELATIONS => before_end(
                    &text,
                    "</Relationships>",
                    "<Relationship Id=\"taizhangComments\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments\" Target=\"comments-taizhang.xml\"/>",
                ),
                _ => before_end(
                    &text,
                    "</Types>",
                    "<Override PartName=\"/word/comments-taizhang.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml\"/>",
                ),
            };
            out.start_file(name, options).map_err(package)?;
            out.write_all(changed.as_bytes()).map_err(package)?;
        } else {
            out.raw_copy_file(file).map_err(package)?;
        }
    }
    out.start_file(COMMENTS, options).map_err(package)?;
    out.write_all(comments(&placed).as_bytes()).map_err(package)?;
    Ok(out.finish().map_err(package)?.into_inner())
}

/// The bytes of the XML from the first to the last run in which a finding lies.
fn place(proof: &Proof, relation: &Relation) -> Option<(usize, usize)> {
    let runs = &proof.original.runs;
    // The result is what is wrong; a comment over a whole paragraph tells less.
    let range = relation
        .result
        .and_then(|id| proof.claim(id))
        .map_or(relation.original.clone(), |claim| claim.original.clone());
    let first = runs.partition_point(|run| run.chars.end <= range.start);
    let last = runs.partition_point(|run| run.chars.start < range.end).checked_sub(1)?;
    Some((runs.get(first)?.xml.start, runs.get(last.max(first))?.xml.end))
}

fn before_end(text: &str, end: &str, what: &str) -> String {
    text.rfind(end).map_or_else(|| text.to_string(), |at| format!("{}{what}{}", &text[..at], &text[at..]))
}

fn with_marks(xml: &str, placed: &[(usize, usize, &Relation)]) -> String {
    let mut inserts: BTreeMap<usize, (String, String)> = BTreeMap::new();
    for (n, (from, to, _)) in placed.iter().enumerate() {
        let _ = write!(inserts.entry(*from).or_default().1, "<w:commentRangeStart w:id=\"{n}\"/>");
        let _ = write!(
            inserts.entry(*to).or_default().0,
            "<w:commentRangeEnd w:id=\"{n}\"/><w:r><w:commentReference w:id=\"{n}\"/></w:r>"
        );
    }
    let mut out = String::with_capacity(xml.len() + placed.len() * 120);
    let mut last = 0;
    for (at, (ends, starts)) in inserts {
        let Some(piece) = xml.get(last..at) else { continue };
        out.push_str(piece);
        out.push_str(&ends);
        out.push_str(&starts);
        last = at;
    }
    out.push_str(xml.get(last..).unwrap_or_default());
    out
}

fn comments(placed: &[(usize, usize, &Relation)]) -> String {
    let mut xml =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:comments xmlns:w=\"{NAMESPACE}\">");
    for (n, (_, _, relation)) in placed.iter().enumerate() {
        let _ = write!(xml, "<w:comment w:id=\"{n}\" w:author=\"台账核验\" w:initials=\"台账\">");
        let mut line = |text: &str| {
            let _ = write!(
                xml,
                "<w:p><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
                quick_xml::escape::escape(text)
            );
        };
        line(&format!("{}：{}", relation.kind.title().0, relation.computation));
        for (k, slip) in relation.slips.iter().take(3).enumerate() {
            line(&format!("{}：{} → {}", super::likely(slip.kind, k), slip.because.zh, slip.value));
        }
        xml.push_str("</w:comment>");
    }
    xml.push_str("</w:comments>");
    xml
}
