//! A small world for the tests: one register, a few records, a clock that is an argument, and both stores.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

pub mod server;

use std::path::PathBuf;

use base::Timestamp;
use records::{Draft, Log, LogError, NewBatch, Op, PostgresLog, Receipt, SqliteLog, VerifyReport};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

pub const REGISTER: &str = "htn.follow_up";

/// Somewhere a log can be, and what somebody with access to it could do.
pub trait Place {
    fn create(&self) -> Result<Box<dyn Log>, LogError>;
    fn open(&self) -> Result<Box<dyn Log>, LogError>;
    fn open_read(&self) -> Result<Box<dyn Log>, LogError>;
    /// Verifies as somebody who only reads.
    fn verify(&self) -> VerifyReport;
    /// Runs SQL against the tables; the triggers go first.
    fn edit(&self, sql: &str);
    /// Runs SQL against the tables as they are.
    fn try_edit(&self, sql: &str) -> Result<(), String>;
    fn rebuild_head(&self);
    /// What a second writer is told of the first, at least.
    fn holder(&self) -> String;
}

/// Makes an empty place for the log of county `s0`.
pub type New = fn() -> Box<dyn Place>;

/// The tests named, once on each store.
#[macro_export]
macro_rules! on_both {
    ($($name:ident)*) => {
        mod on_sqlite { $(#[test] fn $name() { super::$name($crate::common::sqlite) })* }
        mod on_postgres { $(#[test] fn $name() { super::$name($crate::common::postgres) })* }
    };
}

pub fn sqlite() -> Box<dyn Place> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    Box::new(File { _dir: dir, path })
}

pub fn postgres() -> Box<dyn Place> {
    Box::new(Schema { url: server::fresh_url() })
}

struct File {
    _dir: TempDir,
    path: PathBuf,
}

impl Place for File {
    fn create(&self) -> Result<Box<dyn Log>, LogError> {
        Ok(Box::new(SqliteLog::create(&self.path, "s0")?))
    }

    fn open(&self) -> Result<Box<dyn Log>, LogError> {
        Ok(Box::new(SqliteLog::open(&self.path)?))
    }

    fn open_read(&self) -> Result<Box<dyn Log>, LogError> {
        Ok(Box::new(SqliteLog::open_read(&self.path)?))
    }

    fn verify(&self) -> VerifyReport {
        SqliteLog::verify_file(&self.path, &mut |_| ()).unwrap()
    }

    fn edit(&self, sql: &str) {
        let conn = Connection::open(&self.path).unwrap();
        conn.execute_batch(
            "DROP TRIGGER entry_is_kept; DROP TRIGGER entry_is_final;
             DROP TRIGGER batch_is_kept; DROP TRIGGER batch_is_final;",
        )
        .unwrap();
        conn.execute_batch(sql).unwrap();
    }

    fn try_edit(&self, sql: &str) -> Result<(), String> {
        Connection::open(&self.path).unwrap().execute_batch(sql).map_err(|fault| fault.to_string())
    }

    fn rebuild_head(&self) {
        SqliteLog::open(&self.path).unwrap().rebuild_head().unwrap();
    }

    fn holder(&self) -> String {
        format!("process {}", std::process::id())
    }
}

struct Schema {
    url: String,
}

impl Place for Schema {
    fn create(&self) -> Result<Box<dyn Log>, LogError> {
        Ok(Box::new(PostgresLog::create(&self.url, "s0")?))
    }

    /// A session that ends is gone a moment after its client, so the lock may still be there.
    fn open(&self) -> Result<Box<dyn Log>, LogError> {
        for _ in 0..20 {
            match PostgresLog::open(&self.url, "s0") {
                Err(LogError::Busy { .. }) => std::thread::sleep(std::time::Duration::from_millis(50)),
                opened => return Ok(Box::new(opened?)),
            }
        }
        Ok(Box::new(PostgresLog::open(&self.url, "s0")?))
    }

    fn open_read(&self) -> Result<Box<dyn Log>, LogError> {
        Ok(Box::new(PostgresLog::open_read(&self.url, "s0")?))
    }

    fn verify(&self) -> VerifyReport {
        self.open_read().unwrap().verify(&mut |_| ()).unwrap()
    }

    fn edit(&self, sql: &str) {
        server::sql(&self.url, "DROP TRIGGER entry_is_final ON entry; DROP TRIGGER batch_is_final ON batch;");
        server::sql(&self.url, sql);
    }

    fn try_edit(&self, sql: &str) -> Result<(), String> {
        server::try_sql(&self.url, sql).map_err(|fault| fault.as_db_error().unwrap().message().to_string())
    }

    fn rebuild_head(&self) {
        PostgresLog::open_waiting(&self.url, "s0", &mut |_| ()).unwrap().rebuild_head().unwrap();
    }

    fn holder(&self) -> String {
        "(taizhang, user taizhang, on the same machine)".to_string()
    }
}

pub fn at(day: i8) -> Timestamp {
    format!("2025-03-{day:02}T01:00:00Z").parse().unwrap()
}

/// A first version with one field.
pub fn create(record: &str, sbp: i64) -> Draft {
    let mut draft = Draft::new(Op::Create, REGISTER, "t01");
    draft.record = Some(record.to_string());
    draft.resident = Some(format!("r-{record}"));
    draft.on_date = Some("2025-03-01".parse().unwrap());
    draft.body.insert("sbp".to_string(), sbp.into());
    draft
}

/// A later version with these fields, against a version the author had in view.
pub fn correct(record: &str, base: Option<u32>, fields: &[(&str, i64)]) -> Draft {
    let mut draft = create(record, 0);
    draft.op = Op::Correct;
    draft.base_version = base;
    draft.body = fields.iter().map(|(key, value)| (key.to_string(), Value::from(*value))).collect();
    draft.reason = Some("misread".to_string());
    draft
}

pub fn append(log: &mut Box<dyn Log>, day: i8, drafts: Vec<Draft>) -> Result<Receipt, LogError> {
    log.append(NewBatch::new("li", at(day), drafts))
}

/// A log of five batches of three records each, `b1-1` … `b5-3`, closed.
pub fn five_batches(new: New) -> Box<dyn Place> {
    let place = new();
    let mut log = place.create().unwrap();
    for batch in 1..=5_i8 {
        let drafts = (1..=3).map(|n| create(&format!("b{batch}-{n}"), 100 + n)).collect();
        append(&mut log, batch, drafts).unwrap();
    }
    place
}
