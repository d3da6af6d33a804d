//! How does a log get from one storage format to the next, and back?
//!
//! A numbered list of migrations, each one transaction of SQLite: whoever pulls the plug finds the old format whole or
//! the new one. Rows move inside SQLite and never through this program. What is hashed is the same in every format, so
//! the head hash before is the head hash after, and [`Migrator::migrate_verified`] goes back when it is not.

mod copy;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};

use super::lock::WriterLock;
use super::{FORMAT, SCHEMA, TUNING, connect, explain, must_exist, verify};
use crate::{Hash, LogError, Progress, VerifyReport};

/// The storage format this program writes; [`Migrator::migrate`] goes there from every earlier one.
pub const CURRENT: i64 = FORMAT;

/// The oldest format that can be migrated.
pub const OLDEST: i64 = 1;

/// One step between neighbouring formats: SQL texts, run in order in one transaction.
struct Migration {
    from: i64,
    to: i64,
    up: &'static [&'static str],
    down: &'static [&'static str],
    /// Views that show the tables of `from` as those of `to`, for verification.
    shown: &'static str,
}

const MIGRATIONS: &[Migration] = &[Migration {
    from: 1,
    to: 2,
    up: &[SET_ASIDE, SCHEMA, COUNTY_OUT, DROP_OLD],
    down: &[SET_ASIDE, include_str!("format1.sql"), COUNTY_IN, DROP_OLD],
    shown: WITHOUT_COUNTY,
}];

/// The names go to the tables that come. A log whose triggers somebody dropped is migrated too, and gets them back.
const SET_ASIDE: &str = "
    DROP TRIGGER IF EXISTS entry_is_kept; DROP TRIGGER IF EXISTS entry_is_final;
    DROP TRIGGER IF EXISTS batch_is_kept; DROP TRIGGER IF EXISTS batch_is_final;
    DROP INDEX IF EXISTS entry_of_resident; DROP INDEX IF EXISTS batch_of_key; DROP INDEX IF EXISTS batch_at;
    ALTER TABLE log RENAME TO old_log; ALTER TABLE entry RENAME TO old_entry;
    ALTER TABLE head RENAME TO old_head; ALTER TABLE batch RENAME TO old_batch;";

/// Every row goes over, of whatever county it says it is: what should not be there is found by the verification.
const COUNTY_OUT: &str = "
    INSERT INTO log (county) SELECT county FROM old_log;
    INSERT INTO entry (seq, register, record, version, base, prior, op, org, resident, on_date, actor, at, body, reason,
                       batch)
        SELECT seq, register, record, version, base, prior, op, org, resident, on_date, actor, at, body, reason, batch
        FROM old_entry ORDER BY seq;
    INSERT INTO head (register, record, version, seq)
        SELECT register, record, version, seq FROM old_head ORDER BY register, record;
    INSERT INTO batch (no, first_seq, last_seq, at, actor, key, request_hash, entries_hash, prev_hash, hash)
        SELECT no, first_seq, last_seq, at, actor, key, request_hash, entries_hash, prev_hash, hash
        FROM old_batch ORDER BY no;";

const COUNTY_IN: &str = "
    INSERT INTO log (county) SELECT county FROM old_log;
    INSERT INTO entry (county, seq, register, record, version, base, prior, op, org, resident, on_date, actor, at, body,
                       reason, batch)
        SELECT county, seq, register, record, version, base, prior, op, org, resident, on_date, actor, at, body, reason,
               batch
        FROM old_entry CROSS JOIN old_log ORDER BY seq;
    INSERT INTO head (county, register, record, version, seq)
        SELECT county, register, record, version, seq FROM old_head CROSS JOIN old_log ORDER BY register, record;
    INSERT INTO batch (county, no, first_seq, last_seq, at, actor, key, request_hash, entries_hash, prev_hash, hash)
        SELECT county, no, first_seq, last_seq, at, actor, key, request_hash, entries_hash, prev_hash, hash
        FROM old_batch CROSS JOIN old_log ORDER BY no;";

const DROP_OLD: &str = "DROP TABLE old_entry; DROP TABLE old_head; DROP TABLE old_batch; DROP TABLE old_log;";

const WITHOUT_COUNTY: &str = "
    CREATE TEMP VIEW entry AS
        SELECT seq, register, record, version, base, prior, op, org, resident, on_date, actor, at, body, reason, batch
        FROM main.entry WHERE county = (SELECT county FROM main.log);
    CREATE TEMP VIEW head AS
        SELECT register, record, version, seq FROM main.head WHERE county = (SELECT county FROM main.log);
    CREATE TEMP VIEW batch AS
        SELECT no, first_seq, last_seq, at, actor, key, request_hash, entries_hash, prev_hash, hash
        FROM main.batch WHERE county = (SELECT county FROM main.log);";

/// A log of any known format, held under the writer's lock while it changes its format.
#[derive(Debug)]
pub struct Migrator {
    conn: Connection,
    path: PathBuf,
    _lock: WriterLock,
}

/// What became of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The format before.
    pub from: i64,
    /// The format asked for.
    pub to: i64,
    /// The hash of the last batch before.
    pub hash_before: Hash,
    /// What the verification in the format asked for found.
    pub report: VerifyReport,
    /// False when the chain did not verify or its head was another one: the log is in format `from` again.
    pub is_kept: bool,
}

impl Migrator {
    /// Opens a log of any format there has been.
    ///
    /// # Errors
    /// [`LogError::Missing`], [`LogError::Busy`] when another process writes to it, [`LogError::NotALog`],
    /// [`LogError::Format`] when only a newer program knows its format, or what the store brings.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        must_exist(path)?;
        let lock = WriterLock::acquire(path)?;
        let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, false)?;
        conn.execute_batch(TUNING).map_err(|fault| explain(path, "opening", fault))?;
        let migrator = Self { conn, path: path.to_path_buf(), _lock: lock };
        known(path, migrator.format()?)?;
        Ok(migrator)
    }

    /// The format it has now.
    ///
    /// # Errors
    /// Whatever reading the store brings.
    pub fn format(&self) -> Result<i64, LogError> {
        format_of(&self.conn, &self.path)
    }

    /// The hash of its last batch; zeros when there is none. It stands in the same column in every format.
    ///
    /// # Errors
    /// Whatever reading the store brings.
    pub fn head_hash(&self) -> Result<Hash, LogError> {
        let sql = "SELECT hash FROM batch ORDER BY no DESC LIMIT 1";
        let found = self.conn.query_row(sql, [], |row| row.get(0)).optional();
        Ok(found.map_err(|fault| explain(&self.path, "reading", fault))?.map_or(Hash::ZERO, Hash))
    }

    /// Copies the log, as it stands, to a new file and flushes it to disk.
    ///
    /// # Errors
    /// [`LogError::AlreadyThere`], [`LogError::DiskFull`], or what the store brings; then there is no copy.
    pub fn copy(&self, to: &Path) -> Result<(), LogError> {
        copy::copy(&self.conn, to)
    }

    /// Whether this program can bring it to a format.
    ///
    /// # Errors
    /// [`LogError::Format`] when it cannot.
    pub fn check(&self, to: i64) -> Result<(), LogError> {
        known(&self.path, to)
    }

    /// Changes the format, one neighbour after another, each in a transaction of its own.
    ///
    /// # Errors
    /// [`LogError::Format`] when `to` is no format of this program, [`LogError::DiskFull`], or what the store brings.
    /// The step that failed left nothing behind: the log has the format before it.
    pub fn migrate(&mut self, to: i64) -> Result<(), LogError> {
        known(&self.path, to)?;
        loop {
            let now = self.format()?;
            let (steps, next) = match now.cmp(&to) {
                std::cmp::Ordering::Equal => return Ok(()),
                std::cmp::Ordering::Less => {
                    MIGRATIONS.iter().find(|step| step.from == now).map(|step| (step.up, step.to))
                }
                std::cmp::Ordering::Greater => {
                    MIGRATIONS.iter().find(|step| step.to == now).map(|step| (step.down, step.from))
                }
            }
            .ok_or_else(|| other_format(&self.path, now))?;
            run(&mut self.conn, steps, next).map_err(|fault| explain(&self.path, "changing its format", fault))?;
        }
    }

    /// Changes the format, computes the whole chain again in the new one, and goes back unless it is sound and ends
    /// with the same hash as before.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate); when the verification itself fails, the log is back in its format of before.
    pub fn migrate_verified(&mut self, to: i64, progress: &mut dyn FnMut(Progress)) -> Result<Moved, LogError> {
        let (from, hash_before) = (self.format()?, self.head_hash()?);
        self.migrate(to)?;
        let verified = verify::verify(&self.path, progress);
        let is_kept = verified.as_ref().is_ok_and(|report| report.is_ok() && report.head_hash == hash_before);
        if !is_kept {
            self.migrate(from)?;
        }
        Ok(Moved { from, to, hash_before, report: verified?, is_kept })
    }
}

fn run(conn: &mut Connection, steps: &[&str], format: i64) -> rusqlite::Result<()> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    steps.iter().try_for_each(|sql| tx.execute_batch(sql))?;
    tx.pragma_update(None, "user_version", format)?;
    tx.commit()
}

pub(super) fn format_of(conn: &Connection, path: &Path) -> Result<i64, LogError> {
    let found = conn.pragma_query_value(None, "user_version", |row| row.get(0));
    found.map_err(|fault| explain(path, "opening", fault))
}

/// Lets the current statements read the tables of an older format.
pub(super) fn show_as_current(conn: &Connection, path: &Path) -> Result<(), LogError> {
    let found = format_of(conn, path)?;
    known(path, found)?;
    match MIGRATIONS.iter().find(|step| step.from == found) {
        Some(step) => conn.execute_batch(step.shown).map_err(|fault| explain(path, "opening", fault)),
        None => Ok(()),
    }
}

fn known(path: &Path, format: i64) -> Result<(), LogError> {
    if (OLDEST..=CURRENT).contains(&format) { Ok(()) } else { Err(other_format(path, format)) }
}

/// Why a file is not opened, and what to do about it.
pub(super) fn other_format(path: &Path, found: i64) -> LogError {
    let next = match found {
        OLDEST..CURRENT => {
            let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
            format!("run `taizhang upgrade --dir {}`", dir.display())
        }
        _ if found > CURRENT => format!(
            "use a newer program, one that knows format {found} (its `taizhang upgrade --to {CURRENT}` leads back here)"
        ),
        _ => format!("formats are numbered from {OLDEST} to {CURRENT}: check the number, or restore a backup"),
    };
    LogError::Format { place: path.display().to_string(), found, known: CURRENT, next }
}
