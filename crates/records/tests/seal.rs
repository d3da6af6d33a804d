//! Does a signed head kept elsewhere show what the chain cannot: a log cut short, or written anew?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{append, at, create, five_batches};
use records::seal::{Against, Key, SealError, SignedHead, against, seal};
use records::{Log, SqliteLog};
use tempfile::TempDir;

/// A log of five batches, and its head signed by a new key.
fn sealed() -> (TempDir, Key, SignedHead) {
    let dir = five_batches();
    let key = Key::new().unwrap();
    let head = seal(&log(&dir), &key, at(9)).unwrap();
    (dir, key, head)
}

fn log(dir: &TempDir) -> SqliteLog {
    SqliteLog::open_read(&dir.path().join("records.db")).unwrap()
}

fn check(log: &SqliteLog, head: &SignedHead, key: &Key) -> Against {
    let found = against(log, head, Some(&key.public_pem().unwrap())).unwrap();
    assert_eq!(found, against(log, head, None).unwrap(), "with the key it carries");
    found
}

#[test]
fn a_log_that_only_grew_holds_its_signed_head() {
    let (dir, key, head) = sealed();
    assert_eq!((head.batch, head.seq), (5, 15));
    assert_eq!(check(&log(&dir), &head, &key), Against::Holds);
    let mut writer = SqliteLog::open(&dir.path().join("records.db")).unwrap();
    append(&mut writer, 9, vec![create("later", 1)]).unwrap();
    assert_eq!(check(&writer, &head, &key), Against::Holds);
}

#[test]
fn a_log_cut_short_is_sound_in_itself_and_found() {
    let (dir, key, head) = sealed();
    let conn = rusqlite::Connection::open(dir.path().join("records.db")).unwrap();
    conn.execute_batch(
        "DROP TRIGGER entry_is_kept; DROP TRIGGER batch_is_kept;
         DELETE FROM head WHERE seq > 12; DELETE FROM entry WHERE seq > 12; DELETE FROM batch WHERE no = 5",
    )
    .unwrap();
    let cut = log(&dir);
    assert!(cut.verify(&mut |_| ()).unwrap().is_ok());
    assert_eq!(check(&cut, &head, &key), Against::CutShort);
}

#[test]
fn a_log_written_anew_is_sound_in_itself_and_found() {
    let (_dir, key, head) = sealed();
    let (_dir, mut anew) = common::fresh();
    for batch in 1..=6_i8 {
        append(&mut anew, batch, (1..=3).map(|n| create(&format!("b{batch}-{n}"), 90 + n)).collect()).unwrap();
    }
    assert!(anew.verify(&mut |_| ()).unwrap().is_ok());
    assert_eq!(check(&anew, &head, &key), Against::Rewritten);
}

#[test]
fn a_forged_statement_is_found_whatever_was_changed() {
    let (dir, key, head) = sealed();
    let log = log(&dir);
    let edits: [fn(&mut SignedHead); 6] = [
        |head| head.batch = 4,
        |head| head.seq = 12,
        |head| head.hash = head.hash.replace('0', "1"),
        |head| head.at = "2025-03-08T01:00:00Z".into(),
        |head| head.county = "s1".into(),
        |head| head.signature = format!("{}{}", &head.signature[64..], &head.signature[..64]),
    ];
    for (n, edit) in edits.into_iter().enumerate() {
        let mut forged = head.clone();
        edit(&mut forged);
        assert_eq!(check(&log, &forged, &key), Against::Forged, "edit {n}");
    }
    // Somebody else's key signs anything, and is not the one that is known.
    let other = seal(&log, &Key::new().unwrap(), at(9)).unwrap();
    assert_eq!(against(&log, &other, Some(&key.public_pem().unwrap())).unwrap(), Against::Forged);
}

#[test]
fn another_countys_head_is_told_so() {
    let (_dir, key, head) = sealed();
    let dir = tempfile::tempdir().unwrap();
    let mut other = SqliteLog::create(&dir.path().join("records.db"), "s1").unwrap();
    append(&mut other, 1, vec![create("f1", 1)]).unwrap();
    assert_eq!(check(&other, &head, &key), Against::OtherCounty);
}

#[test]
fn keys_are_read_again_and_nonsense_is_not() {
    let (dir, key, head) = sealed();
    let again = Key::from_pem(&key.to_pem().unwrap()).unwrap();
    assert_eq!(seal(&log(&dir), &again, at(9)).unwrap(), head, "the same key signs the same");
    assert!(matches!(Key::from_pem("-----BEGIN PRIVATE KEY-----"), Err(SealError::Key { .. })));
    let mut broken = head;
    broken.signature.truncate(10);
    assert!(matches!(against(&log(&dir), &broken, None), Err(SealError::Statement(_))));
}
