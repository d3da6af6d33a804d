//! How is DuckDB used safely, with exact values and nothing but the registers in reach?
//!
//! A thin wrapper over DuckDB's C API: open a database, connect, run or plan statements, read results in chunks, append
//! rows in bulk. It knows SQL values and types; it never knows a pack, a register or a record.
//!
//! ```no_run
//! use columns::engine::{Engine, Options, Value};
//!
//! let engine = Engine::open(None, &Options::default())?;
//! engine.lock_down()?;
//! let rows = engine.connect()?.query("SELECT tz_age(DATE '2004-02-29', DATE '2025-02-28') AS age")?.rows()?;
//! assert_eq!(rows, [[Value::Int(20)]]);
//! # Ok::<(), columns::engine::EngineError>(())
//! ```
//!
//! **Threads.** One [`Engine`] is shared by all; each thread takes its own [`Connection`]. Readers see the state of the
//! last commit and wait for no writer.
//!
//! **Unsafe code** lies in `raw.rs` (handles), `logical.rs` (types), `vector.rs` (memory of vectors) and
//! `function.rs` (functions called from statements), nowhere else.

mod appender;
mod connection;
mod error;
mod function;
mod logical;
pub mod macros;
pub mod pinyin;
mod raw;
mod rows;
#[cfg(test)]
mod tests;
mod value;
mod vector;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use appender::Appender;
pub use connection::{Connection, InterruptHandle, Plan};
pub use error::{EngineError, ErrorKind, Position};
pub use rows::{Chunk, Rows};
pub use value::{Column, Type, Value};

/// Limits of an engine; what is `None` is left to DuckDB (all cores, four fifths of the memory).
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Threads that one statement may use.
    pub threads: Option<usize>,
    /// Memory of the whole engine, in bytes; larger sorts and joins go to disk.
    pub memory_limit: Option<u64>,
    /// Folders that stay in reach after [`Engine::lock_down`], for files that are written out. None, unless somebody asked
    /// for files.
    pub allowed_directories: Vec<PathBuf>,
}

/// An open database. Clones share it.
#[derive(Clone)]
pub struct Engine {
    database: Arc<raw::Database>,
}

impl Engine {
    /// Opens the database file at `path`, creating it if need be, or a database in memory; then defines the functions
    /// of [`macros`].
    ///
    /// # Errors
    /// `Storage` when the file cannot be opened, is not a database or is held by another process; `Refused` for a
    /// setting out of range.
    pub fn open(path: Option<&Path>, options: &Options) -> Result<Self, EngineError> {
        let path = path.map(utf8).transpose()?;
        let engine = Self { database: raw::Database::open(path, &settings(options))? };
        let handle = raw::Handle::connect(&engine.database)?;
        for (name, n_args, scalar) in macros::SCALARS {
            function::register(&handle, name, n_args, scalar)?;
        }
        let connection = engine.connect()?;
        connection.execute(macros::DEFINITIONS)?;
        if !options.allowed_directories.is_empty() {
            let folders = options.allowed_directories.iter().map(|folder| Ok(text_literal(utf8(folder)?)));
            let folders = folders.collect::<Result<Vec<_>, EngineError>>()?.join(", ");
            connection.execute(&format!("SET allowed_directories = [{folders}]"))?;
        }
        Ok(engine)
    }

    /// A new connection, with its own transaction.
    ///
    /// # Errors
    /// `Internal` when the engine gives none.
    pub fn connect(&self) -> Result<Connection, EngineError> {
        Ok(Connection::new(raw::Handle::connect(&self.database)?))
    }

    /// Closes every way out of the database: files, network, attached databases, extensions. No statement can undo
    /// it. The database's own file stays readable and writable.
    ///
    /// # Errors
    /// `Refused` when it was locked down before.
    pub fn lock_down(&self) -> Result<(), EngineError> {
        let locks = "SET allow_community_extensions = false;
            SET enable_external_access = false;
            SET lock_configuration = true;";
        self.connect()?.execute(locks).map(drop)
    }
}

fn settings(options: &Options) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("errors_as_json", "true".to_owned()),
        // Older formats cannot hold macros with typed parameters. The file is derived: nobody else reads it.
        ("storage_compatibility_version", "latest".to_owned()),
        ("autoload_known_extensions", "false".to_owned()),
        ("autoinstall_known_extensions", "false".to_owned()),
        // 1.5.6 fails inside ("Failed to cast expression to type") on `row_number() … = 1` over some views of a register;
        // without this step such a statement is as fast.
        ("disabled_optimizers", "top_n_window_elimination".to_owned()),
    ];
    settings.extend(options.threads.map(|threads| ("threads", threads.to_string())));
    settings.extend(options.memory_limit.map(|bytes| ("memory_limit", format!("{bytes}B"))));
    settings
}

/// Text as SQL, between quotes.
pub(crate) fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn utf8(path: &Path) -> Result<&str, EngineError> {
    path.to_str().ok_or_else(|| {
        EngineError::new(ErrorKind::Storage, format!("the path {} is not UTF-8; rename the folder", path.display()))
    })
}
