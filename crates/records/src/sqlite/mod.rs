//! The log in one SQLite file: nothing to install, one file to copy.
//!
//! WAL with `synchronous = FULL`: an acknowledged batch survives a power cut, readers never wait for the writer.
//! No memory mapping, so that a file that shrinks under us is an error and not a crash.

mod adopt;
mod append;
mod lock;
pub mod migrate;
mod read;
mod verify;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use self::lock::WriterLock;
use crate::{Batch, BatchWithEntries, Entry, Log, LogError, NewBatch, Progress, Receipt, VerifyReport};

/// Marks the file as ours: `TZL1`.
const APPLICATION_ID: i64 = 0x545A_4C31;
/// The storage format this program writes.
const FORMAT: i64 = 2;
const SCHEMA: &str = include_str!("schema.sql");

/// Larger pages hold several entries of a few hundred bytes each. The write-ahead log goes back into the file every
/// 16,384 pages (128 MiB): often enough for readers, seldom enough for a bulk import.
const TUNING: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA recursive_triggers = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -262144;
    PRAGMA wal_autocheckpoint = 16384;
    PRAGMA journal_size_limit = 268435456;
";

/// A county's log in a SQLite file.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use records::{Draft, Log, NewBatch, Op, SqliteLog};
///
/// # let dir = tempfile::tempdir()?;
/// let path = dir.path().join("records.db");
/// let mut log = SqliteLog::create(&path, "s0")?;
///
/// let mut first = Draft::new(Op::Create, "htn.follow_up", "t01");
/// first.record = Some("f1".to_string());
/// first.resident = Some("r1".to_string());
/// first.body.insert("sbp".to_string(), 150.into());
/// log.append(NewBatch::new("li", "2025-03-01T01:00:00Z".parse()?, vec![first]))?;
///
/// let head = log.head("htn.follow_up", "f1")?.ok_or("just written")?;
/// let mut better = Draft::correcting(&head, "misread")?;
/// better.body.insert("sbp".to_string(), 138.into());
/// let receipt = log.append(NewBatch::new("wang", "2025-03-02T01:00:00Z".parse()?, vec![better]))?;
/// assert_eq!((receipt.batch, receipt.first_seq), (2, 2));
///
/// // What was known, and when did we know it?
/// let bodies: Vec<_> = log.history("htn.follow_up", "f1")?.into_iter().map(|e| e.body).collect();
/// assert_eq!(bodies, [r#"{"sbp":150}"#, r#"{"sbp":138}"#]);
/// assert_eq!(log.seq_as_of("2025-03-01T12:00:00Z".parse()?)?, 1);
/// assert!(log.verify(&mut |_| ())?.is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SqliteLog {
    conn: Connection,
    county: Arc<str>,
    path: PathBuf,
    /// `None` when opened for reading.
    lock: Option<WriterLock>,
}

impl SqliteLog {
    /// Makes a new, empty log for a county and opens it for writing.
    ///
    /// # Errors
    /// [`LogError::AlreadyThere`] when there is a file, [`LogError::Busy`] when somebody is making it right now,
    /// [`LogError::Store`] when the folder cannot be written.
    pub fn create(path: &Path, county: &str) -> Result<Self, LogError> {
        if path.exists() {
            return Err(LogError::AlreadyThere { place: path.display().to_string() });
        }
        let lock = WriterLock::acquire(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let making = |fault| explain(path, "making the log", fault);
        let mut conn = Connection::open_with_flags(path, flags).map_err(making)?;
        keep_plans(&conn).map_err(making)?;
        conn.execute_batch("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;").map_err(making)?;
        conn.execute_batch(TUNING).map_err(making)?;
        let tx = conn.transaction().map_err(making)?;
        tx.execute_batch(SCHEMA).map_err(making)?;
        tx.execute("INSERT INTO log (county) VALUES (?1)", [county]).map_err(making)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(making)?;
        tx.pragma_update(None, "user_version", FORMAT).map_err(making)?;
        tx.commit().map_err(making)?;
        Ok(Self { conn, county: county.into(), path: path.to_path_buf(), lock: Some(lock) })
    }

    /// Opens a log for writing.
    ///
    /// # Errors
    /// [`LogError::Missing`], [`LogError::Busy`] when another process writes to it, [`LogError::NotALog`],
    /// [`LogError::Format`] or [`LogError::Damaged`].
    pub fn open(path: &Path) -> Result<Self, LogError> {
        must_exist(path)?;
        let lock = WriterLock::acquire(path)?;
        let mut log = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        log.conn.execute_batch(TUNING).map_err(|fault| explain(path, "opening", fault))?;
        log.lock = Some(lock);
        Ok(log)
    }

    /// Opens a log for reading, beside a writer or without one.
    ///
    /// # Errors
    /// As [`open`](Self::open), but never [`LogError::Busy`].
    pub fn open_read(path: &Path) -> Result<Self, LogError> {
        must_exist(path)?;
        Self::connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// Verifies a file that [`open_read`](Self::open_read) may refuse, such as one of an older format or cut off in the
    /// middle, as far as anything of it can be read.
    ///
    /// # Errors
    /// [`LogError::Missing`], or [`LogError::NotALog`] and [`LogError::Damaged`] when not even its first page can be read.
    pub fn verify_file(path: &Path, progress: &mut dyn FnMut(Progress)) -> Result<VerifyReport, LogError> {
        must_exist(path)?;
        verify::verify(path, progress)
    }

    /// Builds the head index again from the entries.
    ///
    /// # Errors
    /// [`LogError::ReadOnly`], or what the store brings.
    pub fn rebuild_head(&mut self) -> Result<(), LogError> {
        self.must_write()?;
        append::rebuild_head(&mut self.conn).map_err(|fault| explain(&self.path, "rebuilding the head index", fault))
    }

    /// Where the log is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn connect(path: &Path, access: OpenFlags) -> Result<Self, LogError> {
        let conn = connect(path, access, false)?;
        let found = migrate::format_of(&conn, path)?;
        if found != FORMAT {
            return Err(migrate::other_format(path, found));
        }
        let county = county_of(&conn, path)?.into();
        Ok(Self { conn, county, path: path.to_path_buf(), lock: None })
    }

    fn must_write(&self) -> Result<(), LogError> {
        match self.lock {
            Some(_) => Ok(()),
            None => Err(LogError::ReadOnly { place: self.path.display().to_string() }),
        }
    }

    /// Runs one read and explains its fault.
    fn reading<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, LogError> {
        read(&self.conn).map_err(|fault| explain(&self.path, "reading", fault))
    }
}

impl Log for SqliteLog {
    fn county(&self) -> &str {
        &self.county
    }

    fn append_group(&mut self, batches: &[NewBatch]) -> Vec<Result<Receipt, LogError>> {
        if let Err(fault) = self.must_write() {
            return batches.iter().map(|_| Err(fault.for_each_batch())).collect();
        }
        append::append_group(self, batches)
    }

    fn adopt(&mut self, run: &[BatchWithEntries]) -> Result<(), LogError> {
        self.must_write()?;
        adopt::adopt(self, run)
    }

    fn head(&self, register: &str, record: &str) -> Result<Option<Entry>, LogError> {
        self.reading(|conn| read::head(conn, &self.county, register, record))
    }

    fn heads(&self, register: &str, records: &[&str]) -> Result<Vec<Entry>, LogError> {
        self.reading(|conn| read::heads(conn, &self.county, register, records))
    }

    fn each_record(&self, register: &str, prefix: &str, each: &mut dyn FnMut(&str)) -> Result<(), LogError> {
        self.reading(|conn| read::each_record(conn, register, prefix, each))
    }

    fn history(&self, register: &str, record: &str) -> Result<Vec<Entry>, LogError> {
        self.reading(|conn| read::history(conn, &self.county, register, record))
    }

    fn of_resident(&self, resident: &str, after: u64, limit: usize) -> Result<Vec<Entry>, LogError> {
        self.reading(|conn| read::of_resident(conn, &self.county, resident, after, limit))
    }

    fn entries_after(&self, after: u64, limit: usize) -> Result<Vec<Entry>, LogError> {
        let mut entries = Vec::new();
        if limit > 0 {
            self.scan(after.saturating_add(1), &mut |entry| {
                entries.push(entry);
                if entries.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
        }
        Ok(entries)
    }

    fn scan(&self, from_seq: u64, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), LogError> {
        self.reading(|conn| read::scan(conn, &self.county, from_seq, each))
    }

    fn last_batch(&self) -> Result<Option<Batch>, LogError> {
        self.reading(read::last_batch)
    }

    fn batch(&self, no: u64) -> Result<Option<Batch>, LogError> {
        self.reading(|conn| read::batch(conn, no))
    }

    fn batch_with_key(&self, key: &str) -> Result<Option<Batch>, LogError> {
        self.reading(|conn| read::batch_with_key(conn, key))
    }

    fn seq_as_of(&self, at: Timestamp) -> Result<u64, LogError> {
        self.reading(|conn| read::seq_as_of(conn, at))
    }

    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<VerifyReport, LogError> {
        verify::verify(&self.path, progress)
    }
}

/// Opens a connection and makes sure the file is a log of ours, in any format. `lenient` also reads what is left of a file that is
/// shorter than it says; only for reading.
fn connect(path: &Path, access: OpenFlags, lenient: bool) -> Result<Connection, LogError> {
    let opening = |fault| explain(path, "opening", fault);
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(opening)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, lenient).map_err(opening)?;
    keep_plans(&conn).map_err(opening)?;
    conn.execute_batch("PRAGMA cache_size = -65536").map_err(opening)?;
    let id: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(opening)?;
    if id != APPLICATION_ID {
        let detail = format!("its application id is {id:#x}, not {APPLICATION_ID:#x}");
        return Err(LogError::NotALog { place: path.display().to_string(), detail });
    }
    Ok(conn)
}

fn county_of(conn: &Connection, path: &Path) -> Result<String, LogError> {
    conn.query_row("SELECT county FROM log", [], |row| row.get(0)).map_err(|fault| explain(path, "opening", fault))
}

/// Without this SQLite plans a prepared statement again whenever its parameters change, which costs ten times the
/// look-up itself.
fn keep_plans(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(|_| ())
}

fn must_exist(path: &Path) -> Result<(), LogError> {
    match path.try_exists() {
        Ok(true) => Ok(()),
        _ => Err(LogError::Missing { place: path.display().to_string() }),
    }
}

/// SQLite's fault, said so that somebody knows what to do.
pub(crate) fn explain(path: &Path, doing: &'static str, fault: rusqlite::Error) -> LogError {
    let place = path.display().to_string();
    let detail = fault.to_string();
    match fault.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => LogError::NotALog { place, detail },
        Some(ErrorCode::DatabaseCorrupt) => LogError::Damaged { place, doing, detail },
        Some(ErrorCode::DiskFull) => LogError::DiskFull { place },
        Some(ErrorCode::DatabaseBusy) => LogError::Busy { place, holder: "another SQLite connection".to_string() },
        Some(_) => LogError::Store { place, doing, source: Box::new(fault) },
        // Not the engine's code, but a value that is not of its column's type.
        None => LogError::Damaged { place, doing, detail },
    }
}
