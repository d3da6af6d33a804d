//! How much of a file may be held in memory before somebody has looked at it?
//!
//! A file comes from anywhere. A workbook is a packed archive that may say one size and unpack to another, and a line may
//! never end; both are measured here before anything is kept.

use super::io;
use crate::ExchangeError;
use std::cell::Cell;
use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read};
use std::path::Path;
use std::rc::Rc;
use zip::ZipArchive;

/// The longest row of a text file.
pub(super) const LINE_BYTES_MAX: u64 = 1 << 20;
/// Parts of a workbook; one of a thousand sheets has fewer.
const PARTS_MAX: usize = 10_000;
/// A part that is read row by row, unpacked: a full sheet of a million rows needs a quarter of it.
const SHEET_BYTES_MAX: u64 = 4 << 30;
/// All parts together that are read whole, unpacked.
const WHOLE_BYTES_MAX: u64 = 512 << 20;

/// Unpacks a workbook into nothing, to know that it is as small as it says and as it must be.
pub(super) fn check_workbook(path: &Path, read_by_row: bool) -> Result<(), ExchangeError> {
    let bad = |detail: String| ExchangeError::Workbook { path: path.to_path_buf(), detail };
    let too_large = |n_max: u64| ExchangeError::Unpacked { path: path.to_path_buf(), n_mib: n_max >> 20 };
    let file = BufReader::new(File::open(path).map_err(io(path))?);
    let mut archive = ZipArchive::new(file).map_err(|fault| bad(fault.to_string()))?;
    if archive.len() > PARTS_MAX {
        return Err(bad(format!("it has {} parts, and no workbook has more than {PARTS_MAX}", archive.len())));
    }
    let mut whole_left = WHOLE_BYTES_MAX;
    for n in 0..archive.len() {
        let part = archive.by_index(n).map_err(|fault| bad(fault.to_string()))?;
        let name = part.name().map_err(|fault| bad(fault.to_string()))?.into_owned();
        let is_sheet = read_by_row && name.starts_with("xl/worksheets/");
        let n_max = if is_sheet { SHEET_BYTES_MAX } else { whole_left };
        if part.size() > n_max {
            return Err(too_large(if is_sheet { SHEET_BYTES_MAX } else { WHOLE_BYTES_MAX }));
        }
        let says = part.size();
        let unpacked = std::io::copy(&mut part.take(says + 1), &mut std::io::sink());
        let n_bytes = unpacked.map_err(|fault| bad(format!("its part {name}: {fault}")))?;
        if n_bytes != says {
            return Err(bad(format!("its part {name} says it has {says} bytes and has others")));
        }
        if !is_sheet {
            whole_left -= n_bytes;
        }
    }
    Ok(())
}

/// Bytes read since the last row was whole.
#[derive(Debug, Clone, Default)]
pub(super) struct RowBytes(Rc<Cell<u64>>);

impl RowBytes {
    /// A row is whole; the next one begins.
    pub fn row_ends(&self) {
        self.0.set(0);
    }

    /// True when a row went on for longer than any row does.
    pub fn is_endless(&self) -> bool {
        self.0.get() > LINE_BYTES_MAX
    }
}

/// Text that ends with an error when one row of it never ends.
pub(super) struct Rows<R> {
    pub text: R,
    pub bytes: RowBytes,
}

impl<R: Read> Read for Rows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.bytes.is_endless() {
            return Err(Error::new(ErrorKind::InvalidData, "a row does not end"));
        }
        let n = self.text.read(buffer)?;
        self.bytes.0.set(self.bytes.0.get() + n as u64);
        Ok(n)
    }
}
