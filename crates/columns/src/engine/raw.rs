//! Who owns which handle of DuckDB's C API, and when is it given back?
//!
//! One type per handle; each is made only by a successful call, keeps alive what it depends on, and is released by `Drop`.
//! With `logical.rs`, `vector.rs` and `function.rs` this is all the unsafe code of the crate. Knows handles and error reports, never values.

use std::ffi::{CStr, CString, c_char};
use std::marker::PhantomData;
use std::ptr;
use std::sync::Arc;

use libduckdb_sys as sys;

use super::error::{EngineError, ErrorKind};
use super::logical::LogicalType;
use super::value::{Column, Type};

type Result<T> = std::result::Result<T, EngineError>;

/// An open database, closed with the last clone of its `Arc`.
pub(super) struct Database(sys::duckdb_database);

// SAFETY: DuckDB documents a database as shareable: `duckdb_connect` may be called from any thread. The pointer is
// written once in `open` and cleared only in `drop`, which has exclusive access.
unsafe impl Send for Database {}
// SAFETY: as above; no method changes the handle through `&self`.
unsafe impl Sync for Database {}

impl Database {
    /// Opens the file at `path`, or a database in memory, with the given settings.
    pub(super) fn open(path: Option<&str>, settings: &[(&str, String)]) -> Result<Arc<Self>> {
        let path = path.map(c_text).transpose()?;
        let config = Config::new(settings)?;
        let mut database = ptr::null_mut();
        let mut report = ptr::null_mut();
        let path = path.as_ref().map_or(ptr::null(), |path| path.as_ptr());
        // SAFETY: path is null or a NUL-terminated string outliving the call; config is live; both out pointers are valid.
        let state = unsafe { sys::duckdb_open_ext(path, &mut database, config.0, &mut report) };
        if state == sys::DuckDBSuccess {
            return Ok(Arc::new(Self(database)));
        }
        // SAFETY: on failure DuckDB hands us an allocated message, or null.
        let report = unsafe { owned_text(report) };
        Err(EngineError::from_report(&report, ""))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: the handle came from `duckdb_open_ext`, and every connection holds an `Arc` of it, so none is left.
        unsafe { sys::duckdb_close(&mut self.0) }
    }
}

struct Config(sys::duckdb_config);

impl Config {
    fn new(settings: &[(&str, String)]) -> Result<Self> {
        let mut config = Self(ptr::null_mut());
        // SAFETY: the out pointer is valid.
        if unsafe { sys::duckdb_create_config(&mut config.0) } != sys::DuckDBSuccess {
            return Err(EngineError::new(ErrorKind::Memory, "no memory for the engine's settings"));
        }
        for (name, value) in settings {
            let (c_name, c_value) = (c_text(name)?, c_text(value)?);
            // SAFETY: config is live and both strings are NUL-terminated and outlive the call.
            let state = unsafe { sys::duckdb_set_config(config.0, c_name.as_ptr(), c_value.as_ptr()) };
            if state != sys::DuckDBSuccess {
                return Err(EngineError::new(
                    ErrorKind::Refused,
                    format!("the engine has no setting {name} = {value}"),
                ));
            }
        }
        Ok(config)
    }
}

impl Drop for Config {
    fn drop(&mut self) {
        // SAFETY: destroying null is allowed; otherwise the handle is ours and live.
        unsafe { sys::duckdb_destroy_config(&mut self.0) }
    }
}

/// A connection, closed with the last statement, result or appender that uses it.
pub(super) struct Handle {
    connection: sys::duckdb_connection,
    _database: Arc<Database>,
}

// SAFETY: a DuckDB connection takes its own lock around every call, and `duckdb_interrupt` is meant to be called from
// another thread. That two threads do not share a transaction by accident is the business of `Connection`.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Handle {
    pub(super) fn connect(database: &Arc<Database>) -> Result<Arc<Self>> {
        let mut connection = ptr::null_mut();
        // SAFETY: the database is open for as long as the `Arc` lives; the out pointer is valid.
        if unsafe { sys::duckdb_connect(database.0, &mut connection) } != sys::DuckDBSuccess {
            return Err(EngineError::new(ErrorKind::Internal, "the engine gave no connection"));
        }
        Ok(Arc::new(Self { connection, _database: Arc::clone(database) }))
    }

    pub(super) fn interrupt(&self) {
        // SAFETY: the connection is live; the call only sets an atomic flag.
        unsafe { sys::duckdb_interrupt(self.connection) }
    }

    /// Makes a scalar function known to the database.
    ///
    /// # Safety
    /// The function is live and complete: name, parameters, result and body.
    pub(super) unsafe fn register(&self, function: sys::duckdb_scalar_function) -> sys::duckdb_state {
        // SAFETY: the connection is live; the function by the contract above.
        unsafe { sys::duckdb_register_scalar_function(self.connection, function) }
    }

    /// Runs one or several statements and gives the number of rows the last one changed.
    pub(super) fn run(&self, sql: &str) -> Result<u64> {
        let c_sql = c_text(sql)?;
        let mut result = Outcome::empty();
        // SAFETY: the connection is live, the statement is NUL-terminated, the result is zeroed storage for an answer.
        let state = unsafe { sys::duckdb_query(self.connection, c_sql.as_ptr(), &mut result.0) };
        result.check(state, sql)?;
        // SAFETY: the query succeeded, so the result is initialised.
        Ok(unsafe { sys::duckdb_rows_changed(&mut result.0) })
    }

    pub(super) fn prepare(self: &Arc<Self>, sql: &str) -> Result<Statement> {
        let c_sql = c_text(sql)?;
        let mut statement = Statement { statement: ptr::null_mut(), sql: sql.into(), _handle: Arc::clone(self) };
        // SAFETY: the connection is live, the text NUL-terminated, the out pointer valid. The handle is destroyed by
        // `Statement::drop` even when preparing fails, as the C API asks.
        let state = unsafe { sys::duckdb_prepare(self.connection, c_sql.as_ptr(), &mut statement.statement) };
        if state == sys::DuckDBSuccess {
            return Ok(statement);
        }
        // SAFETY: the message belongs to the statement, which is alive; it is copied here.
        let report = unsafe { borrowed_text(sys::duckdb_prepare_error(statement.statement)) };
        Err(EngineError::from_report(&report, sql))
    }

    pub(super) fn append_to(self: &Arc<Self>, schema: &str, table: &str) -> Result<RawAppender> {
        // Temporary tables live in a catalog of their own.
        let (catalog, schema) = if schema == "temp" { (Some(c_text("temp")?), "main") } else { (None, schema) };
        let catalog = catalog.as_ref().map_or(ptr::null(), |catalog| catalog.as_ptr());
        let (schema, table) = (c_text(schema)?, c_text(table)?);
        let mut appender = RawAppender { appender: ptr::null_mut(), _handle: Arc::clone(self) };
        let (schema, table, into) = (schema.as_ptr(), table.as_ptr(), &mut appender.appender);
        // SAFETY: the connection is live, the names are NUL-terminated (the catalog may be absent) and outlive the call,
        // the out pointer is valid. `RawAppender::drop` destroys the handle also after a failure.
        let state = unsafe { sys::duckdb_appender_create_ext(self.connection, catalog, schema, table, into) };
        appender.check(state)?;
        Ok(appender)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is ours; statements, results and appenders hold an `Arc` of it, so none is left.
        unsafe { sys::duckdb_disconnect(&mut self.connection) }
    }
}

/// A statement that parsed and type-checked.
pub(super) struct Statement {
    statement: sys::duckdb_prepared_statement,
    sql: Box<str>,
    _handle: Arc<Handle>,
}

impl Statement {
    /// Whether the statement only reads.
    pub(super) fn is_select(&self) -> bool {
        // SAFETY: the statement is live.
        let kind = unsafe { sys::duckdb_prepared_statement_type(self.statement) };
        kind == sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_SELECT
            || kind == sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_EXPLAIN
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        // SAFETY: the statement is live.
        let count = unsafe { sys::duckdb_prepared_statement_column_count(self.statement) };
        (0..count)
            .map(|index| {
                // SAFETY: the index is below the count; the name is allocated for us.
                let name =
                    unsafe { owned_text(sys::duckdb_prepared_statement_column_name(self.statement, index).cast_mut()) };
                // SAFETY: the index is below the count; the logical type is ours to destroy.
                let logical =
                    unsafe { LogicalType(sys::duckdb_prepared_statement_column_logical_type(self.statement, index)) };
                Column { name, r#type: logical.describe() }
            })
            .collect()
    }

    /// Runs the statement; with `streaming`, chunks are computed as they are fetched.
    pub(super) fn execute(&self, streaming: bool) -> Result<Outcome> {
        let mut result = Outcome::empty();
        // SAFETY: the statement is live and the result is zeroed storage for an answer.
        let state = unsafe {
            if streaming {
                sys::duckdb_execute_prepared_streaming(self.statement, &mut result.0)
            } else {
                sys::duckdb_execute_prepared(self.statement, &mut result.0)
            }
        };
        result.check(state, &self.sql)?;
        Ok(result)
    }

    pub(super) fn sql(&self) -> &str {
        &self.sql
    }
}

// SAFETY: a prepared statement is used through one owner at a time, and the connection under it has its own lock.
unsafe impl Send for Statement {}

impl Drop for Statement {
    fn drop(&mut self) {
        // SAFETY: the handle is ours; destroying null is allowed.
        unsafe { sys::duckdb_destroy_prepare(&mut self.statement) }
    }
}

/// The answer to a statement.
pub(super) struct Outcome(sys::duckdb_result);

// SAFETY: a result has one owner, and what it points at is either its own or guarded by the connection's lock.
unsafe impl Send for Outcome {}

impl Outcome {
    fn empty() -> Self {
        Self(sys::duckdb_result {
            deprecated_column_count: 0,
            deprecated_row_count: 0,
            deprecated_rows_changed: 0,
            deprecated_columns: ptr::null_mut(),
            deprecated_error_message: ptr::null_mut(),
            internal_data: ptr::null_mut(),
        })
    }

    fn check(&mut self, state: sys::duckdb_state, sql: &str) -> Result<()> {
        if state == sys::DuckDBSuccess { Ok(()) } else { Err(EngineError::from_report(&self.report(), sql)) }
    }

    fn report(&mut self) -> String {
        // SAFETY: the result is initialised or zeroed, both of which the call accepts; the message is copied.
        unsafe { borrowed_text(sys::duckdb_result_error(&mut self.0)) }
    }

    pub(super) fn columns(&mut self) -> Vec<Column> {
        // SAFETY: the result is initialised.
        let count = unsafe { sys::duckdb_column_count(&mut self.0) };
        (0..count)
            .map(|index| {
                // SAFETY: the index is below the count; the name stays the result's and is copied.
                let name = unsafe { borrowed_text(sys::duckdb_column_name(&mut self.0, index)) };
                // SAFETY: the index is below the count; the logical type is ours to destroy.
                let logical = LogicalType(unsafe { sys::duckdb_column_logical_type(&mut self.0, index) });
                Column { name, r#type: logical.describe() }
            })
            .collect()
    }

    /// The next chunk, or `None` at the end. A streamed query can fail here.
    pub(super) fn fetch(&mut self, sql: &str) -> Result<Option<RawChunk>> {
        // SAFETY: the result is initialised; a chunk that is not null is ours to destroy.
        let chunk = unsafe { sys::duckdb_fetch_chunk(self.0) };
        if !chunk.is_null() {
            return Ok(Some(RawChunk(chunk)));
        }
        let report = self.report();
        if report.is_empty() { Ok(None) } else { Err(EngineError::from_report(&report, sql)) }
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        // SAFETY: the result is ours, initialised or zeroed; both may be destroyed.
        unsafe { sys::duckdb_destroy_result(&mut self.0) }
    }
}

/// Up to [`RawChunk::CAPACITY`] rows, column by column.
pub(super) struct RawChunk(sys::duckdb_data_chunk);

// SAFETY: a chunk owns its memory and has one owner at a time.
unsafe impl Send for RawChunk {}

impl RawChunk {
    /// Rows a chunk holds in every build of DuckDB we link.
    pub(super) const CAPACITY: usize = 2_048;

    /// An empty chunk to be filled, with one column per type.
    pub(super) fn new(types: &[Type]) -> Result<Self> {
        let logical = types.iter().map(LogicalType::of).collect::<Result<Vec<_>>>()?;
        let mut handles: Vec<_> = logical.iter().map(|logical| logical.0).collect();
        // SAFETY: the array holds `len` live logical types, which DuckDB copies.
        let chunk = unsafe { sys::duckdb_create_data_chunk(handles.as_mut_ptr(), handles.len() as u64) };
        // SAFETY: a pure query of a build constant.
        let capacity = unsafe { sys::duckdb_vector_size() } as usize;
        if chunk.is_null() || capacity < Self::CAPACITY {
            return Err(EngineError::new(ErrorKind::Internal, "the engine gave no chunk of 2,048 rows"));
        }
        Ok(Self(chunk))
    }

    pub(super) fn len(&self) -> usize {
        // SAFETY: the chunk is live.
        unsafe { sys::duckdb_data_chunk_get_size(self.0) as usize }
    }

    pub(super) fn width(&self) -> usize {
        // SAFETY: the chunk is live.
        unsafe { sys::duckdb_data_chunk_get_column_count(self.0) as usize }
    }

    /// The vector of a column, usable while the chunk is borrowed.
    pub(super) fn column(&self, index: usize) -> VectorRef<'_> {
        assert!(index < self.width(), "column {index} of a chunk of {}", self.width());
        // SAFETY: the chunk is live and the index was checked.
        VectorRef(unsafe { sys::duckdb_data_chunk_get_vector(self.0, index as u64) }, PhantomData)
    }

    pub(super) fn clear(&mut self) {
        // SAFETY: the chunk is live, and `&mut` says that no vector of it is borrowed.
        unsafe { sys::duckdb_data_chunk_reset(self.0) }
    }
}

impl Drop for RawChunk {
    fn drop(&mut self) {
        // SAFETY: the chunk is ours.
        unsafe { sys::duckdb_destroy_data_chunk(&mut self.0) }
    }
}

/// A vector inside a chunk that outlives it.
#[derive(Clone, Copy)]
pub(super) struct VectorRef<'a>(pub(super) sys::duckdb_vector, pub(super) PhantomData<&'a RawChunk>);

/// A bulk writer into one table. Dropped without `close`, it forgets what it has not flushed.
pub(super) struct RawAppender {
    appender: sys::duckdb_appender,
    _handle: Arc<Handle>,
}

// SAFETY: an appender has one owner; the connection under it has its own lock.
unsafe impl Send for RawAppender {}

impl RawAppender {
    pub(super) fn types(&self) -> Vec<Type> {
        // SAFETY: the appender is live.
        let count = unsafe { sys::duckdb_appender_column_count(self.appender) };
        (0..count)
            // SAFETY: the index is below the count; the logical type is ours to destroy.
            .map(|index| unsafe { LogicalType(sys::duckdb_appender_column_type(self.appender, index)) }.describe())
            .collect()
    }

    /// Appends the first `rows` rows of `chunk`, casting its columns to the table's where they differ.
    pub(super) fn append(&mut self, chunk: &mut RawChunk, rows: usize) -> Result<()> {
        assert!(rows <= RawChunk::CAPACITY, "{rows} rows in one chunk");
        // SAFETY: both handles are live, and the row count does not exceed the chunk's capacity.
        let state = unsafe {
            sys::duckdb_data_chunk_set_size(chunk.0, rows as u64);
            sys::duckdb_append_data_chunk(self.appender, chunk.0)
        };
        self.check(state).map_err(|error| match error.message.split_once("expected ") {
            // The casts that can fail are those of an integer to a narrower column.
            Some(("type mismatch in AppendDataChunk, ", rest)) => {
                EngineError::new(ErrorKind::Conversion, format!("a number does not fit its column: expected {rest}"))
            }
            _ => error,
        })
    }

    pub(super) fn close(&mut self) -> Result<()> {
        // SAFETY: the appender is live; it may be closed once, and `Appender::close` takes it by value.
        let state = unsafe { sys::duckdb_appender_close(self.appender) };
        self.check(state)
    }

    fn check(&self, state: sys::duckdb_state) -> Result<()> {
        if state == sys::DuckDBSuccess {
            return Ok(());
        }
        // SAFETY: the appender is live or null, both accepted; the error data is destroyed below, its text copied.
        let report = unsafe {
            let mut data = sys::duckdb_appender_error_data(self.appender);
            let report = borrowed_text(sys::duckdb_error_data_message(data));
            sys::duckdb_destroy_error_data(&mut data);
            report
        };
        Err(EngineError::from_report(&report, ""))
    }
}

impl Drop for RawAppender {
    fn drop(&mut self) {
        // SAFETY: the handle is ours or null. Destroying flushes, so what an abandoned appender holds is cleared first;
        // after `close` there is nothing left to clear.
        unsafe {
            sys::duckdb_appender_clear(self.appender);
            sys::duckdb_appender_destroy(&mut self.appender);
        }
    }
}

fn c_text(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| EngineError::new(ErrorKind::Syntax, "the text contains a zero byte"))
}

/// Copies a message that stays DuckDB's; empty for null.
///
/// # Safety
/// `text` is null or a NUL-terminated string that lives during the call.
unsafe fn borrowed_text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: by the contract above.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// Copies and frees a string DuckDB allocated for us; empty for null.
///
/// # Safety
/// `text` is null or a NUL-terminated string allocated by DuckDB and not freed yet.
unsafe fn owned_text(text: *mut c_char) -> String {
    // SAFETY: by the contract above; freeing null does nothing.
    unsafe {
        let copy = borrowed_text(text);
        sys::duckdb_free(text.cast());
        copy
    }
}
