//! How is a result read, a chunk at a time or whole?
//!
//! Knows columns and cells, never how they lie in memory.

use super::error::EngineError;
use super::raw::{Outcome, Statement};
use super::value::{Column, Value};

/// The result of a statement, read once from front to back.
pub struct Rows {
    // Dropped before the statement it came from.
    outcome: Outcome,
    statement: Statement,
    columns: Vec<Column>,
}

impl Rows {
    pub(super) fn new(statement: Statement, streaming: bool) -> Result<Self, EngineError> {
        let mut outcome = statement.execute(streaming)?;
        let columns = outcome.columns();
        Ok(Self { outcome, statement, columns })
    }

    /// Names and types of the columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The next rows, at most 2,048, column by column; `None` at the end.
    ///
    /// # Errors
    /// `Unsupported` for a column type packs cannot use; for a stream, whatever goes wrong while computing.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>, EngineError> {
        let Some(raw) = self.outcome.fetch(self.statement.sql())? else {
            return Ok(None);
        };
        let len = raw.len();
        let columns = (0..raw.width()).map(|index| raw.column(index).read(len)).collect::<Result<_, _>>()?;
        Ok(Some(Chunk { len, columns }))
    }

    /// All rows that are left.
    ///
    /// # Errors
    /// As for [`Rows::next_chunk`].
    pub fn rows(mut self) -> Result<Vec<Vec<Value>>, EngineError> {
        let mut rows = Vec::new();
        while let Some(chunk) = self.next_chunk()? {
            rows.extend(chunk.into_rows());
        }
        Ok(rows)
    }

    /// The first cell of the first row; `Null` when there is no row.
    ///
    /// # Errors
    /// As for [`Rows::next_chunk`].
    pub fn single(mut self) -> Result<Value, EngineError> {
        let first = self.next_chunk()?.and_then(|chunk| chunk.into_rows().next());
        Ok(first.and_then(|row| row.into_iter().next()).unwrap_or_default())
    }
}

/// Some rows of a result, column by column.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    len: usize,
    columns: Vec<Vec<Value>>,
}

impl Chunk {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The cells of one column, top to bottom; empty for a column the result does not have.
    pub fn column(&self, index: usize) -> &[Value] {
        self.columns.get(index).map_or(&[], Vec::as_slice)
    }

    /// The same cells, row by row.
    pub fn into_rows(self) -> impl Iterator<Item = Vec<Value>> {
        let mut columns: Vec<_> = self.columns.into_iter().map(Vec::into_iter).collect();
        (0..self.len).map(move |_| columns.iter_mut().map(|column| column.next().unwrap_or_default()).collect())
    }
}
