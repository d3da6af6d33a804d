//! What does a Word document say, and where in its XML does each piece of text stand?
//!
//! Deleted text of tracked changes is not read, inserted text is: the document as it would be accepted. Runs keep the
//! byte range of their element, so that comments can be put around them.

use super::{Format, Original, ReadError};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::ops::Range;

/// A run of a Word document: its text's place in [`Original::chars`], its element's place in `word/document.xml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Scalars of the text.
    pub chars: Range<usize>,
    /// Bytes of the `w:r` element.
    pub xml: Range<usize>,
}

/// Elements may not lie deeper than this; Word's own documents stay below forty.
const MAX_DEPTH: usize = 256;

/// Reads `word/document.xml`.
pub fn read(xml: &[u8]) -> Result<Original, ReadError> {
    let damaged = |what: String| ReadError::Damaged(Format::Docx, what);
    let text = std::str::from_utf8(xml).map_err(|error| damaged(error.to_string()))?;
    let mut reader = Reader::from_str(text);
    let mut body = Body::default();
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|error| damaged(error.to_string()))?;
        let end = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match event {
            Event::Start(tag) => body.open(tag.local_name().as_ref(), start, &damaged)?,
            Event::Empty(tag) => body.single(tag.local_name().as_ref()),
            Event::End(tag) => body.close(tag.local_name().as_ref(), end),
            Event::Text(piece) => body.push(piece.as_ref()),
            Event::CData(piece) => body.push(piece.as_ref()),
            Event::GeneralRef(name) => {
                let name = name.as_ref();
                let c = match name.strip_prefix('#') {
                    Some(code) => number(code),
                    None => quick_xml::escape::resolve_predefined_entity(name).and_then(|text| text.chars().next()),
                };
                body.push(&c.unwrap_or(char::REPLACEMENT_CHARACTER).to_string());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if body.depth > 0 {
        return Err(damaged("its XML ends in the middle".into()));
    }
    let mut original = Original::new(Format::Docx, body.chars);
    original.runs = body.runs;
    Ok(original)
}

fn number(code: &str) -> Option<char> {
    let value = match code.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => code.parse().ok()?,
    };
    char::from_u32(value)
}

#[derive(Default)]
struct Body {
    chars: Vec<char>,
    runs: Vec<Run>,
    depth: usize,
    /// Inside `w:t`.
    in_text: bool,
    /// Inside something that is not part of the text: deleted, or an alternative for old programs.
    n_left_out: usize,
    /// Where the open run began: in the XML and in the text.
    run: Option<(usize, usize)>,
}

impl Body {
    fn open(&mut self, name: &str, start: usize, damaged: &dyn Fn(String) -> ReadError) -> Result<(), ReadError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(damaged(format!("its elements are nested deeper than {MAX_DEPTH}")));
        }
        match name {
            "t" => self.in_text = true,
            "r" => self.run = Some((start, self.chars.len())),
            "del" | "Fallback" | "moveFrom" => self.n_left_out += 1,
            _ => {}
        }
        Ok(())
    }

    fn single(&mut self, name: &str) {
        match name {
            "br" | "cr" => self.put('\n'),
            "tab" if self.run.is_some() => self.put('\t'),
            "noBreakHyphen" => self.put('-'),
            "p" => self.put('\n'),
            _ => {}
        }
    }

    fn close(&mut self, name: &str, end: usize) {
        self.depth = self.depth.saturating_sub(1);
        match name {
            "t" => self.in_text = false,
            "r" => {
                if let Some((xml, text)) = self.run.take()
                    && self.chars.len() > text
                {
                    self.runs.push(Run { chars: text..self.chars.len(), xml: xml..end });
                }
            }
            "del" | "Fallback" | "moveFrom" => self.n_left_out = self.n_left_out.saturating_sub(1),
            "p" => self.put('\n'),
            // A cell ends its paragraph too; the tab says that the row goes on.
            "tc" => {
                if self.chars.last() == Some(&'\n') {
                    self.chars.pop();
                }
                self.put('\t');
            }
            "tr" => self.put('\n'),
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        if self.in_text && self.n_left_out == 0 {
            self.chars.extend(text.chars());
        }
    }

    fn put(&mut self, c: char) {
        if self.n_left_out == 0 {
            self.chars.push(c);
        }
    }
}
