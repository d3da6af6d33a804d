//! How is a statement run, or only checked?
//!
//! Changing and reading are two methods, so that a pack's text, which goes through [`Connection::query`], can never
//! change anything. Knows statements, never cells.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::Arc;

use super::appender::Appender;
use super::error::{EngineError, ErrorKind};
use super::raw::{Handle, Statement};
use super::rows::Rows;
use super::value::Column;

/// One conversation with the database. It may move between threads but not be shared by them, since two threads would
/// share one transaction.
pub struct Connection {
    handle: Arc<Handle>,
    not_sync: PhantomData<Cell<()>>,
}

/// What a statement would answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Names and types of the result.
    pub columns: Vec<Column>,
    /// Whether the statement only reads; [`Connection::query`] takes no other.
    pub reads_only: bool,
}

/// Stops what a connection is doing, from any thread.
#[derive(Clone)]
pub struct InterruptHandle(Arc<Handle>);

impl InterruptHandle {
    /// Makes the running statement end with [`ErrorKind::Interrupted`]; does nothing when none runs.
    pub fn interrupt(&self) {
        self.0.interrupt();
    }
}

impl Connection {
    pub(super) fn new(handle: Arc<Handle>) -> Self {
        Self { handle, not_sync: PhantomData }
    }

    /// Runs one or several statements, separated by semicolons, and gives the number of rows the last one changed.
    /// A transaction is `BEGIN`, `COMMIT`, `ROLLBACK`.
    ///
    /// # Errors
    /// The first statement that fails; those before it have been run.
    pub fn execute(&self, sql: &str) -> Result<u64, EngineError> {
        self.handle.run(sql)
    }

    /// Runs one statement that only reads, and holds its whole result in the engine's compact form.
    ///
    /// # Errors
    /// Whatever is wrong with the statement; `Refused` for one that could change something.
    pub fn query(&self, sql: &str) -> Result<Rows, EngineError> {
        Rows::new(self.prepare_read(sql)?, false)
    }

    /// Like [`Connection::query`], but chunks are computed while they are fetched: for results larger than memory.
    /// The next statement on this connection ends the stream with an error.
    ///
    /// # Errors
    /// As for [`Connection::query`]; and mistakes in the data may show as late as in [`Rows::next_chunk`].
    pub fn stream(&self, sql: &str) -> Result<Rows, EngineError> {
        Rows::new(self.prepare_read(sql)?, true)
    }

    /// Checks one statement without running it.
    ///
    /// # Errors
    /// What the engine finds wrong with its names, types or structure.
    pub fn plan(&self, sql: &str) -> Result<Plan, EngineError> {
        let statement = self.handle.prepare(sql)?;
        Ok(Plan { columns: statement.columns(), reads_only: statement.is_select() })
    }

    /// A bulk writer into a table. It takes part in this connection's transaction.
    ///
    /// # Errors
    /// `Unknown` when there is no such table, `Unsupported` when one of its columns has a type packs cannot use.
    pub fn appender(&self, schema: &str, table: &str) -> Result<Appender, EngineError> {
        Appender::new(self.handle.append_to(schema, table)?)
    }

    /// A way to stop this connection's statement from another thread.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        InterruptHandle(Arc::clone(&self.handle))
    }

    fn prepare_read(&self, sql: &str) -> Result<Statement, EngineError> {
        let statement = self.handle.prepare(sql)?;
        if statement.is_select() {
            Ok(statement)
        } else {
            Err(EngineError::new(
                ErrorKind::Refused,
                "only SELECT is allowed here: this statement could change the database",
            ))
        }
    }
}
