//! Does a log keep every row when its storage format changes, both ways, whenever the power goes?
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[allow(dead_code)]
#[path = "../faults/world.rs"]
mod world;

use std::path::{Path, PathBuf};
use std::time::Duration;

use records::migrate::{CURRENT, Migrator};
use records::{Log, LogError, SqliteLog};
use rusqlite::{Connection, types::Value};

use world::{Dice, batch, check_content, child, kill, log_of, rounds, row};

/// The schema as it was published with format 1; not the program's own copy.
const FORMAT_1: &str = include_str!("format1.sql");
const FIXED: &str = include_str!("fixed.sql");
const FIXED_HASH: &str = "856a51d1a85387e61a129213ed05cf276593239846bed394b14ae2e656ad5905";
const TABLES: [(&str, &str); 4] = [("log", "county"), ("entry", "seq"), ("head", "register, record"), ("batch", "no")];

/// Every row of every table, and the text of the schema.
fn content(path: &Path) -> Vec<Vec<Value>> {
    let conn = Connection::open(path).unwrap();
    let mut all = Vec::new();
    let mut take = |sql: String| {
        let mut statement = conn.prepare(&sql).unwrap();
        let n_columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..n_columns).map(|n| row.get(n)).collect()).unwrap();
        let rows: Vec<Vec<Value>> = rows.map(Result::unwrap).collect();
        all.extend(rows);
    };
    for (table, order) in TABLES {
        take(format!("SELECT * FROM {table} ORDER BY {order}"));
    }
    take("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name".to_string());
    all
}

/// What a reader of the log can ask for.
fn answers(log: &dyn Log) -> String {
    let entries = log.entries_after(0, usize::MAX).unwrap();
    let batches: Vec<_> = (1..=log.last_batch().unwrap().unwrap().no).map(|no| log.batch(no).unwrap()).collect();
    let histories: Vec<_> = entries.iter().map(|entry| log.history(&entry.register, &entry.record).unwrap()).collect();
    format!("{entries:?} {batches:?} {histories:?} {}", log.head_hash().unwrap())
}

fn migrate(path: &Path, to: i64) {
    let moved = Migrator::open(path).unwrap().migrate_verified(to, &mut |_| ()).unwrap();
    assert!(moved.is_kept && moved.report.is_ok() && moved.report.head_hash == moved.hash_before, "{moved:?}");
}

#[test]
fn down_and_up_keeps_every_row_and_every_answer() {
    let dir = log_of(40);
    let path = dir.path().join("records.db");
    let (rows, asked) = (content(&path), answers(&SqliteLog::open_read(&path).unwrap()));
    migrate(&path, 1);
    let old = content(&path);
    assert_ne!(old, rows);

    let fault = SqliteLog::open(&path).unwrap_err();
    assert!(matches!(fault, LogError::Format { found: 1, known: CURRENT, .. }), "{fault}");
    assert!(fault.to_string().contains(&format!("run `taizhang upgrade --dir {}`", dir.path().display())), "{fault}");
    assert!(SqliteLog::verify_file(&path, &mut |_| ()).unwrap().is_ok());

    migrate(&path, CURRENT);
    assert_eq!(content(&path), rows);
    let mut log = SqliteLog::open(&path).unwrap();
    assert_eq!(answers(&log), asked);
    log.append(batch(41)).unwrap();
    assert_eq!(check_content(&log), 41);
    drop(log);
    migrate(&path, 1);
    let longer = content(&path);
    assert!(longer.len() > old.len() && old.iter().all(|row| longer.contains(row)));
}

/// Nothing here was made by the way back: rows and hashes are of the program that wrote format 1.
#[test]
fn a_log_of_the_old_program_goes_up_and_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;").unwrap();
    conn.execute_batch(FORMAT_1).unwrap();
    conn.execute_batch(FIXED).unwrap();
    drop(conn);
    let old = content(&path);
    migrate(&path, CURRENT);
    let log = SqliteLog::open_read(&path).unwrap();
    assert_eq!(log.head_hash().unwrap().to_string(), FIXED_HASH);
    let versions = |record| log.history(world::REGISTER, record).unwrap().iter().map(|e| e.seq).collect::<Vec<_>>();
    assert_eq!((versions("f1"), versions("f2")), (vec![1, 3], vec![2, 5]));
    assert_eq!(log.of_resident("r-f1", 0, 10).unwrap().len(), 3);
    assert_eq!(log.batch_with_key("k2").unwrap().map(|batch| batch.no), Some(2));
    drop(log);
    migrate(&path, 1);
    assert_eq!(content(&path), old);
}

#[test]
fn the_schema_after_the_way_back_is_the_published_one() {
    let dir = log_of(3);
    let path = dir.path().join("records.db");
    migrate(&path, 1);
    let published = dir.path().join("published.db");
    Connection::open(&published).unwrap().execute_batch(FORMAT_1).unwrap();
    let schema = |path: &Path| -> Vec<(String, Option<String>)> {
        let conn = Connection::open(path).unwrap();
        let mut statement = conn.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(schema(&path), schema(&published));
}

#[test]
fn a_log_that_was_edited_stays_in_its_format() {
    let dir = log_of(10);
    let path = dir.path().join("records.db");
    migrate(&path, 1);
    let edit = "DROP TRIGGER entry_is_final; UPDATE entry SET body = '{}' WHERE seq = 3";
    Connection::open(&path).unwrap().execute_batch(edit).unwrap();
    let moved = Migrator::open(&path).unwrap().migrate_verified(CURRENT, &mut |_| ()).unwrap();
    assert!(!moved.is_kept && !moved.report.is_ok(), "{moved:?}");
    assert_eq!(Migrator::open(&path).unwrap().format().unwrap(), 1);
}

#[test]
fn a_copy_is_the_log_and_a_newer_format_is_refused() {
    let dir = log_of(10);
    let path = dir.path().join("records.db");
    let copy = dir.path().join("copy.db");
    let mut log = Migrator::open(&path).unwrap();
    log.copy(&copy).unwrap();
    assert!(matches!(log.copy(&copy), Err(LogError::AlreadyThere { .. })));
    assert!(matches!(SqliteLog::open(&path), Err(LogError::Busy { .. })));
    assert!(matches!(log.migrate(CURRENT + 1), Err(LogError::Format { .. })));
    drop(log);
    assert_eq!(content(&copy), content(&path));
    assert_eq!(check_content(&SqliteLog::open(&copy).unwrap()), 10);

    Connection::open(&path).unwrap().pragma_update(None, "user_version", CURRENT + 1).unwrap();
    for fault in [SqliteLog::open(&path).unwrap_err(), Migrator::open(&path).unwrap_err()] {
        assert!(fault.to_string().contains("use a newer program"), "{fault}");
    }
}

const PLACE: &str = "TAIZHANG_MIGRATE_LOG";

/// The migrating process: there and back until it is killed.
#[test]
#[ignore = "a process of its own, started by the test below"]
fn migrating() {
    let Some(path) = std::env::var_os(PLACE).map(PathBuf::from) else { return };
    let mut log = Migrator::open(&path).unwrap();
    loop {
        log.migrate(1).unwrap();
        log.migrate(CURRENT).unwrap();
    }
}

#[test]
fn killed_while_the_format_changes() {
    let mut dice = Dice::new("killed_while_the_format_changes");
    let n_rounds = rounds(20);
    let dir = log_of(70);
    let path = dir.path().join("records.db");
    let hash = SqliteLog::open_read(&path).unwrap().head_hash().unwrap();
    let mut n_old = 0;
    for round in 0..n_rounds {
        let process = child("migrating").env(PLACE, &path).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(20_000 + dice.below(200_000)));
        kill(process);
        let report = SqliteLog::verify_file(&path, &mut |_| ()).unwrap();
        assert!(report.is_ok() && report.head_hash == hash, "round {round}: {report}");
        if Migrator::open(&path).unwrap().format().unwrap() == 1 {
            n_old += 1;
            migrate(&path, CURRENT);
        }
        assert_eq!(check_content(&SqliteLog::open(&path).unwrap()), 70, "round {round}");
    }
    row(
        "kill −9 while the storage format changes",
        "another process takes a log of 70 batches from format 2 to 1 and back, again and again, killed after 20–220 ms",
        "the file is whole in one format or the other, verifies with the same head hash, and can be upgraded",
        n_rounds,
        &format!("{n_old} found in format 1, {} in format 2", n_rounds - n_old),
    );
}
