//! How do many rows get into a table fast?
//!
//! Rows are written straight into a columnar chunk, which goes to the table whenever it is full. Knows types and rows,
//! never what they mean.

use super::error::{EngineError, ErrorKind};
use super::raw::{RawAppender, RawChunk};
use super::value::{Type, Value};

/// A bulk writer into one table, made by [`Connection::appender`](super::Connection::appender).
///
/// Rows are certain to be in the table only after [`Appender::close`]. Dropped without it, an appender forgets what it
/// still holds; what it handed over before stays, so append inside a transaction when all or nothing is meant.
pub struct Appender {
    // Dropped before the appender whose types it has.
    chunk: RawChunk,
    raw: RawAppender,
    types: Vec<Type>,
    rows: usize,
}

impl Appender {
    pub(super) fn new(raw: RawAppender) -> Result<Self, EngineError> {
        let types = raw.types();
        Ok(Self { chunk: RawChunk::new(&types)?, raw, types, rows: 0 })
    }

    /// The types of the table's columns, in order.
    pub fn types(&self) -> &[Type] {
        &self.types
    }

    /// Appends one row, with a value for every column of the table. An integer may stand for a decimal, and a decimal
    /// of another scale is taken when it loses no digit.
    ///
    /// # Errors
    /// `Conversion` when a value does not fit its column, and the row is not appended; whatever the table refuses, when
    /// a full chunk is handed over.
    pub fn append_row(&mut self, row: &[Value]) -> Result<(), EngineError> {
        self.append_parts(&[row])
    }

    /// The same for a row that lies in several places.
    ///
    /// # Errors
    /// As for [`Appender::append_row`].
    pub fn append_parts(&mut self, parts: &[&[Value]]) -> Result<(), EngineError> {
        let n_values: usize = parts.iter().map(|part| part.len()).sum();
        if n_values != self.types.len() {
            let message = format!("a row of {n_values} values for a table of {} columns", self.types.len());
            return Err(EngineError::new(ErrorKind::Conversion, message));
        }
        for (index, (kind, value)) in self.types.iter().zip(parts.iter().copied().flatten()).enumerate() {
            self.chunk.column(index).write(kind, self.rows, value).map_err(|error| EngineError {
                message: format!("column {}: {}", index + 1, error.message),
                ..error
            })?;
        }
        self.rows += 1;
        if self.rows == RawChunk::CAPACITY { self.flush() } else { Ok(()) }
    }

    /// Hands over what is left and ends the writing.
    ///
    /// # Errors
    /// Whatever the table refuses, such as a second row with the same key; then none of the rows held back is in it.
    pub fn close(mut self) -> Result<(), EngineError> {
        self.flush()?;
        self.raw.close()
    }

    fn flush(&mut self) -> Result<(), EngineError> {
        if self.rows == 0 {
            return Ok(());
        }
        let appended = self.raw.append(&mut self.chunk, self.rows);
        self.chunk.clear();
        self.rows = 0;
        appended
    }
}
