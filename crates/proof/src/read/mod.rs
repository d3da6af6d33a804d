//! What does this file say, whatever it was written with?
//!
//! A reader turns bytes into the text as a person sees it, one paragraph per line. Positions of everything found later
//! count scalars of that text; for plain files, Markdown and HTML it is the file itself, markup included. Files come
//! from anywhere: sizes are bounded before anything is unpacked, and a library's panic is an error in one line.

mod docx;
mod encoding;
mod html;
mod office;
mod pdf;
mod workbook;

use std::ops::Range;

pub use docx::Run;

/// A file larger than this is refused before it is read.
pub const MAX_FILE_BYTES: usize = 32 << 20;
/// A packed part may unpack to at most this.
const MAX_UNPACKED_BYTES: u64 = 64 << 20;
/// A text longer than this is refused: two hundred times the longest report we know.
const MAX_SCALARS: usize = 8_000_000;

/// Why a file has no text to check.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReadError {
    /// Nothing in it.
    #[error("the file is empty: give a report with text in it")]
    Empty,
    /// Too large to be a report.
    #[error("{0} bytes is more than the {MAX_FILE_BYTES} a report may have: split the file")]
    TooLarge(u64),
    /// It unpacks to more than it should.
    #[error("the file unpacks to more than {MAX_UNPACKED_BYTES} bytes: it is damaged, or made to do harm")]
    Bomb,
    /// Longer than any report.
    #[error("the text has more than {MAX_SCALARS} characters: split the file")]
    TooLong,
    /// Neither text nor a format we know.
    #[error("this is no text, HTML, Markdown, DOCX, XLSX or PDF: save it as one of these")]
    Binary,
    /// A document of the old binary kind.
    #[error("this is an old DOC or XLS, or an encrypted file: save it as DOCX or XLSX without a password")]
    OldOrEncrypted,
    /// A password is needed.
    #[error("the file is protected with a password: save it without one")]
    Encrypted,
    /// A PDF made of pictures.
    #[error("the PDF has no text, only pictures: give the file it was made from")]
    NoText,
    /// Cut off or broken.
    #[error("the {0} is damaged or cut off: {1}")]
    Damaged(Format, String),
}

/// How a file was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text or Markdown.
    Plain,
    /// A web page.
    Html,
    /// A Word document.
    Docx,
    /// A workbook.
    Workbook,
    /// A PDF with a text layer.
    Pdf,
}

impl Format {
    /// The word in JSON and in messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "text",
            Self::Html => "html",
            Self::Docx => "docx",
            Self::Workbook => "xlsx",
            Self::Pdf => "pdf",
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.word().to_uppercase())
    }
}

/// The text of a file, with what is needed to find a place in it again.
#[derive(Debug, Clone)]
pub struct Original {
    /// How it was written.
    pub format: Format,
    /// The encoding of a text file: `UTF-8`, `GB18030`.
    pub encoding: &'static str,
    /// The text, scalar by scalar; positions count these.
    pub chars: Vec<char>,
    /// Scalars that belong to the markup of a web page, in order; nothing is looked for in them.
    pub hidden: Vec<Range<usize>>,
    /// The pieces of a Word document, in order, with their places in its XML.
    pub runs: Vec<Run>,
    /// Where sheets or pages begin, with what they are called.
    pub parts: Vec<(usize, String)>,
}

impl Original {
    /// Text as it stands.
    pub fn plain(text: &str) -> Self {
        Self::new(Format::Plain, text.chars().collect())
    }

    fn new(format: Format, chars: Vec<char>) -> Self {
        Self { format, encoding: "UTF-8", chars, hidden: Vec::new(), runs: Vec::new(), parts: Vec::new() }
    }

    /// The characters of a range.
    pub fn slice(&self, range: Range<usize>) -> String {
        let end = range.end.min(self.chars.len());
        self.chars[range.start.min(end)..end].iter().collect()
    }

    /// The line of a position, counted from 1, and the column, counted from 1.
    pub fn line_and_column(&self, at: usize) -> (usize, usize) {
        let before = &self.chars[..at.min(self.chars.len())];
        let line = before.iter().filter(|c| **c == '\n').count() + 1;
        let column = before.iter().rev().take_while(|c| **c != '\n').count() + 1;
        (line, column)
    }

    /// The sheet or page of a position, when the file has them.
    pub fn part(&self, at: usize) -> Option<&str> {
        let n = self.parts.partition_point(|(start, _)| *start <= at);
        n.checked_sub(1).map(|n| self.parts[n].1.as_str())
    }
}

/// Reads a file of any format we know; `name` decides only between formats that bytes do not tell apart.
pub fn read(name: &str, bytes: &[u8]) -> Result<Original, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge(bytes.len() as u64));
    }
    let original = match bytes {
        [0xD0, 0xCF, 0x11, 0xE0, ..] => return Err(ReadError::OldOrEncrypted),
        [b'P', b'K', ..] => office::read(bytes)?,
        _ if bytes[..bytes.len().min(1024)].windows(5).any(|window| window == b"%PDF-") => pdf::read(bytes)?,
        _ => {
            let (text, encoding) = encoding::decode(bytes)?;
            let is_html = html::looks_like(name, &text);
            let mut original = if is_html { html::read(&text) } else { Original::plain(&text) };
            original.encoding = encoding;
            original
        }
    };
    if original.chars.len() > MAX_SCALARS {
        return Err(ReadError::TooLong);
    }
    if original.chars.iter().all(|c| c.is_whitespace()) {
        return Err(if original.format == Format::Pdf { ReadError::NoText } else { ReadError::Empty });
    }
    Ok(original)
}

#[cfg(test)]
mod tests;
