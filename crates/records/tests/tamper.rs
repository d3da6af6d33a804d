//! Somebody edits the file, or the disk does: `verify` says where.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::path::{Path, PathBuf};

use common::{New, REGISTER, five_batches};
use records::{Fault, FaultKind, Log, LogError, NewBatch, SqliteLog, VerifyReport};
use rusqlite::Connection;

on_both! {
    an_untouched_log_is_sound
    triggers_refuse_what_nobody_should_try
    edited_entries_are_found
    missing_and_added_entries_are_found
    edited_missing_and_exchanged_batches_are_found
    the_first_bad_batch_is_the_one_named
    a_wrong_head_index_is_found_and_rebuilt
}

/// A record nobody wrote, in the index: entry 7 once more under another name.
const GHOST: &str = "CREATE TEMP TABLE ghost AS SELECT * FROM head WHERE seq = 7;
    UPDATE ghost SET record = 'ghost'; INSERT INTO head SELECT * FROM ghost";

/// Edits a log of five batches as somebody with the tables would.
fn edited(new: New, sql: &str) -> VerifyReport {
    let place = five_batches(new);
    place.edit(sql);
    place.verify()
}

fn verify(path: &Path) -> VerifyReport {
    SqliteLog::verify_file(path, &mut |_| ()).unwrap()
}

fn check(new: New, sql: &str, batch: u64, kind: FaultKind) {
    let fault = edited(new, sql).fault.unwrap_or_else(|| panic!("not found: {sql}"));
    assert_eq!((fault.batch, &fault.kind), (batch, &kind), "{sql}: {fault}");
}

fn an_untouched_log_is_sound(new: New) {
    let report = edited(new, "");
    assert_eq!((report.fault, report.n_batches, report.n_entries, report.n_records), (None, 5, 15, 15));
}

fn triggers_refuse_what_nobody_should_try(new: New) {
    let place = five_batches(new);
    for sql in [
        "UPDATE entry SET body = '{}' WHERE seq = 1",
        "DELETE FROM entry WHERE seq = 1",
        "UPDATE batch SET actor = 'x' WHERE no = 1",
        "DELETE FROM batch",
    ] {
        let fault = place.try_edit(sql).unwrap_err();
        assert!(fault.contains("never"), "{sql}: {fault}");
    }
}

fn edited_entries_are_found(new: New) {
    for change in [
        r#"body = '{"sbp":999}'"#,
        "actor = 'nobody'",
        "at = at + 1",
        "resident = NULL",
        "on_date = '2025-03-02'",
        "record = 'else'",
        "version = 2",
        "reason = 'none'",
        "batch = 4",
        "op = 'install'",
        "org = 't02'",
        "prior = 1",
        "base = 1",
    ] {
        check(new, &format!("UPDATE entry SET {change} WHERE seq = 8"), 3, FaultKind::EntriesEdited);
    }
}

fn missing_and_added_entries_are_found(new: New) {
    check(new, "DELETE FROM entry WHERE seq = 5", 2, FaultKind::EntryMissing { seq: 5 });
    check(new, "DELETE FROM entry WHERE seq = 15", 5, FaultKind::EntryMissing { seq: 15 });
    check(new, "DELETE FROM entry", 1, FaultKind::EntryMissing { seq: 1 });
    check(new, "UPDATE entry SET seq = 99 WHERE seq = 11", 4, FaultKind::EntryMissing { seq: 11 });
}

fn edited_missing_and_exchanged_batches_are_found(new: New) {
    check(new, "UPDATE batch SET actor = 'nobody' WHERE no = 2", 2, FaultKind::HeaderEdited);
    check(new, "UPDATE batch SET at = at + 1 WHERE no = 4", 4, FaultKind::HeaderEdited);
    check(new, "UPDATE batch SET key = 'k' WHERE no = 4", 4, FaultKind::HeaderEdited);
    check(new, "DELETE FROM batch WHERE no = 3", 3, FaultKind::BatchMissing);
    check(new, "DELETE FROM batch WHERE no = 5", 5, FaultKind::BatchMissing);
    check(
        new,
        "UPDATE batch SET no = 99 WHERE no = 2; UPDATE batch SET no = 2 WHERE no = 3;
         UPDATE batch SET no = 3 WHERE no = 99;",
        2,
        FaultKind::ChainBroken,
    );
}

fn the_first_bad_batch_is_the_one_named(new: New) {
    check(
        new,
        "DELETE FROM batch WHERE no = 4; UPDATE entry SET body = '{}' WHERE seq IN (4, 14)",
        2,
        FaultKind::EntriesEdited,
    );
}

fn a_wrong_head_index_is_found_and_rebuilt(new: New) {
    for (sql, batch, seq) in [
        ("DELETE FROM head WHERE record = 'b2-1'", 2, 4),
        ("UPDATE head SET version = 2 WHERE record = 'b2-1'", 2, 4),
        ("UPDATE head SET seq = 5 WHERE record = 'b2-1'", 2, 4),
        (GHOST, 3, 7),
    ] {
        let place = five_batches(new);
        place.edit(sql);
        let Some(Fault { batch: found, kind, .. }) = place.verify().fault else { panic!("not found: {sql}") };
        assert_eq!((found, kind), (batch, FaultKind::HeadDisagrees { seq }), "{sql}");
        place.rebuild_head();
        let log = place.open_read().unwrap();
        assert!(log.verify(&mut |_| ()).unwrap().is_ok(), "{sql}");
        assert!(log.head(REGISTER, "b2-1").unwrap().is_some());
    }
}

#[test]
fn a_bit_flipped_on_disk_is_found() {
    let (_dir, path) = filled(5, 3);
    let mut bytes = std::fs::read(&path).unwrap();
    let body = br#"{"sbp":102}"#;
    let places: Vec<_> = (0..bytes.len() - body.len()).filter(|n| &bytes[*n..*n + body.len()] == body).collect();
    // Rows fill a page from its end, so the last batch's body comes first.
    assert_eq!(places.len(), 5);
    bytes[places[1] + 8] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let fault = verify(&path).fault.unwrap();
    assert_eq!((fault.batch, &fault.kind), (4, &FaultKind::EntriesEdited));
    assert_eq!(
        fault.to_string(),
        "batch 4 (entries 10 to 12): its entries are not the ones that were hashed; keep this file as evidence, \
         restore a backup and append what came after it"
    );
}

/// A log of several hundred pages, closed.
fn large() -> (tempfile::TempDir, PathBuf) {
    filled(20, 200)
}

/// A file with a log of some batches, closed.
fn filled(n_batches: i8, n_entries: i64) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    let mut log = SqliteLog::create(&path, "s0").unwrap();
    for batch in 1..=n_batches {
        let drafts = (1..=n_entries).map(|n| common::create(&format!("b{batch}-{n}"), 100 + n)).collect();
        log.append(NewBatch::new("li", common::at(batch), drafts)).unwrap();
    }
    (dir, path)
}

#[test]
fn a_file_cut_short_names_the_first_batch_that_cannot_be_read() {
    let (_dir, path) = large();
    let n_bytes = std::fs::metadata(&path).unwrap().len();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(n_bytes / 2).unwrap();
    let fault = SqliteLog::open_read(&path).unwrap_err();
    assert!(matches!(fault, LogError::Damaged { .. }), "{fault}");
    assert!(fault.to_string().contains("run verify"), "{fault}");
    let fault = verify(&path).fault.unwrap();
    assert!(matches!(fault.kind, FaultKind::Unreadable { .. }), "{fault}");
    assert!((1..20).contains(&fault.batch), "{fault}");
}

#[test]
fn a_page_overwritten_with_noise_is_found() {
    let (_dir, path) = large();
    let bytes = std::fs::read(&path).unwrap();
    let n_pages = bytes.len() / 8192;
    for page in [n_pages / 4, n_pages / 2, n_pages - 1] {
        let mut torn = bytes.clone();
        torn[page * 8192..(page + 1) * 8192].fill(0xA5);
        std::fs::write(&path, torn).unwrap();
        assert!(!verify(&path).is_ok(), "page {page}");
    }
}

#[test]
fn what_is_no_log_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    for opened in [SqliteLog::open(&path), SqliteLog::open_read(&path)] {
        assert!(matches!(opened, Err(LogError::Missing { .. })));
    }
    assert!(matches!(SqliteLog::verify_file(&path, &mut |_| ()), Err(LogError::Missing { .. })));

    std::fs::write(&path, "not a database, but long enough to look like one".repeat(400)).unwrap();
    let fault = SqliteLog::open(&path).unwrap_err();
    assert!(matches!(fault, LogError::NotALog { .. }), "{fault}");

    std::fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(matches!(SqliteLog::open_read(&path), Err(LogError::NotALog { .. })));

    let (_dir, path) = filled(5, 3);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 7).unwrap();
    assert!(matches!(SqliteLog::open(&path), Err(LogError::Format { found: 7, .. })));
}
