//! How is a text file read: its encoding, its separator, its lines?

use super::limits::{LINE_BYTES_MAX, RowBytes, Rows};
use super::{Content, Raw, Row, Source, io};
use crate::ExchangeError;
use encoding_rs::{Encoding, GB18030, UTF_8};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};
use sm3::{Digest as _, Sm3};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes looked at to guess the separator.
const HEAD: u64 = 8_192;
/// Bytes read at a time.
const BUFFER: usize = 256 * 1024;
/// Cells of a row that are looked at; no register has half as many.
const CELLS_MAX: usize = 512;

/// What one pass over the bytes of a file tells.
#[derive(Debug)]
pub(super) struct Survey {
    hasher: Sm3,
    /// Bytes of the file.
    pub n_bytes: u64,
    encoding: &'static Encoding,
}

impl Survey {
    /// The hash of the file and of the sheet asked for.
    pub(super) fn hash(&self, sheet: Option<&str>) -> String {
        let mut hasher = self.hasher.clone();
        hasher.update(sheet.unwrap_or_default());
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Reads a file once: its hash and its encoding.
///
/// A text that is not UTF-8 is GB 18030. One with broken places is still UTF-8 when most of its characters are: what is
/// broken is then said row by row, and nobody's name is read in the wrong code.
pub(super) fn survey(path: &Path) -> Result<Survey, ExchangeError> {
    let mut file = File::open(path).map_err(io(path))?;
    let mut hasher = Sm3::new();
    let mut buffer = vec![0; BUFFER];
    let (mut kept, mut n_bytes, mut n_wide, mut n_broken) = (0, 0, 0_u64, 0_u64);
    loop {
        let n = file.read(&mut buffer[kept..]).map_err(io(path))?;
        hasher.update(&buffer[kept..kept + n]);
        n_bytes += n as u64;
        let filled = kept + n;
        if filled == 0 {
            break;
        }
        let mut rest = 0;
        let mut chunks = buffer[..filled].utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            n_wide += chunk.valid().chars().filter(|c| c.len_utf8() >= 3).count() as u64;
            let is_cut = chunks.peek().is_none() && n > 0 && !chunk.invalid().is_empty();
            if is_cut {
                // The last character may go on in the next bytes.
                rest = chunk.invalid().len();
            } else if !chunk.invalid().is_empty() {
                n_broken += 1;
            }
        }
        if n == 0 {
            break;
        }
        buffer.copy_within(filled - rest..filled, 0);
        kept = rest;
    }
    let encoding = if n_broken == 0 || n_wide > 10 * n_broken { UTF_8 } else { GB18030 };
    Ok(Survey { hasher, n_bytes, encoding })
}

/// A file that says how far it was read.
pub(super) struct Counted {
    pub file: File,
    pub n_read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.n_read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

type Decoded<R> = DecodeReaderBytes<R, Vec<u8>>;

/// The text as UTF-8; a byte-order mark decides before anything else.
fn decoded<R: Read>(source: &Source, bytes: R) -> Decoded<R> {
    DecodeReaderBytesBuilder::new()
        .encoding(Some(source.survey.encoding))
        .bom_override(true)
        .strip_bom(true)
        .build_with_buffer(bytes, vec![0; BUFFER])
        .unwrap_or_else(|_| unreachable!("the buffer has room for a character"))
}

pub(super) fn each_csv(source: &Source, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), ExchangeError> {
    let mut builder = csv::ReaderBuilder::new();
    let builder = builder.has_headers(false).flexible(true).delimiter(delimiter(source)?).buffer_capacity(BUFFER);
    let bytes = RowBytes::default();
    let mut reader = builder.from_reader(Rows { text: decoded(source, source.file()?), bytes: bytes.clone() });
    let mut record = csv::ByteRecord::new();
    loop {
        let line = reader.position().line();
        let bad = |fault: csv::Error| match bytes.is_endless() {
            true => ExchangeError::Endless { path: source.path.clone(), line, n_max: LINE_BYTES_MAX },
            false => ExchangeError::Line { path: source.path.clone(), line, detail: fault.to_string() },
        };
        if !reader.read_byte_record(&mut record).map_err(bad)? {
            return Ok(());
        }
        bytes.row_ends();
        let line = record.position().map_or(line, csv::Position::line);
        let cells = record.iter().take(CELLS_MAX).map(|cell| {
            if cell.is_empty() { Raw::Empty } else { Raw::Text(String::from_utf8_lossy(cell).into_owned()) }
        });
        if each(Row { line, is_1904: false, content: Content::Cells(cells.collect()) }).is_break() {
            return Ok(());
        }
    }
}

/// The sign that stands most often between the cells of the first lines.
fn delimiter(source: &Source) -> Result<u8, ExchangeError> {
    let mut head = Vec::new();
    let bytes = source.first_bytes(HEAD)?;
    decoded(source, bytes.as_slice()).read_to_end(&mut head).map_err(io(&source.path))?;
    let count = |sign: &u8| head.iter().filter(|byte| *byte == sign).count();
    Ok([b',', b'\t', b';'].into_iter().max_by_key(|sign| (count(sign), *sign == b',')).unwrap_or(b','))
}

pub(super) fn each_ndjson(source: &Source, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), ExchangeError> {
    let mut reader = BufReader::with_capacity(BUFFER, decoded(source, source.file()?));
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let n = reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes).map_err(io(&source.path))?;
        if n == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim();
        let content = if bytes.len() as u64 == LINE_BYTES_MAX && bytes.last() != Some(&b'\n') {
            skip_line(&mut reader).map_err(io(&source.path))?;
            Content::Broken(format!("本行超过{LINE_BYTES_MAX}字节"), text.to_string())
        } else if text.is_empty() {
            continue;
        } else {
            match serde_json::from_str(text) {
                Ok(object) => Content::Object(object, text.to_string()),
                Err(fault) => Content::Broken(format!("本行不是JSON对象：{fault}"), text.to_string()),
            }
        };
        if each(Row { line, is_1904: false, content }).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

fn skip_line(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (n, ends) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(place) => (place + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(n);
        if ends {
            return Ok(());
        }
    }
}
