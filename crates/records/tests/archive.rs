//! Does an archive bring back exactly what was chained, and is a damaged one refused where it is damaged?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::path::{Path, PathBuf};

use common::{REGISTER, append, at, correct, create, fresh};
use proptest::prelude::*;
use records::archive::{self, ArchiveError, Mark};
use records::{BatchWithEntries, Draft, Log, LogError, NewBatch, Op, SqliteLog};
use tempfile::TempDir;

/// Every kind of entry and batch: merged, keyed, withdrawn, installed, looked at.
fn varied() -> (TempDir, SqliteLog) {
    let (dir, mut log) = fresh();
    append(&mut log, 1, vec![create("f1", 150), create("f2", 128), create("f3", 131)]).unwrap();
    append(&mut log, 2, vec![correct("f1", Some(1), &[("sbp", 138)])]).unwrap();
    append(&mut log, 2, vec![correct("f1", Some(1), &[("sbp", 150), ("dbp", 90)])]).unwrap();
    log.append(NewBatch::new("王强", at(3), vec![create("f4", 120), create("f5", 121)]).keyed("k1")).unwrap();
    let head = log.head(REGISTER, "f2").unwrap().unwrap();
    let mut access = Draft::new(Op::Access, REGISTER, "t01");
    (access.record, access.reason) = (Some("f1".into()), Some("随访".into()));
    let mut install = Draft::new(Op::Install, "_pack", "s0");
    install.record = Some("core".into());
    append(&mut log, 4, vec![Draft::withdrawing(&head, "wrong person"), access, install]).unwrap();
    // The clock went back.
    append(&mut log, 2, vec![create("f6", 140)]).unwrap();
    (dir, log)
}

fn backup(dir: &TempDir, log: &SqliteLog) -> PathBuf {
    let path = dir.path().join("backup.tza");
    archive::create(&path, log, 0, u64::MAX, &mut |_| ()).unwrap();
    path
}

fn restore(dir: &TempDir, files: &[PathBuf], until: u64) -> Result<(Mark, SqliteLog), ArchiveError> {
    let path = dir.path().join("restored.db");
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
    let mut log = SqliteLog::create(&path, "s0").unwrap();
    let mark = archive::restore(files, &mut log, until, &mut |_| ())?;
    Ok((mark, log))
}

fn all(log: &SqliteLog) -> Vec<records::Entry> {
    log.entries_after(0, usize::MAX).unwrap()
}

#[test]
fn what_is_restored_is_what_was_chained() {
    let (dir, log) = varied();
    let (mark, restored) = restore(&dir, &[backup(&dir, &log)], u64::MAX).unwrap();
    assert_eq!((mark.batch, mark.hash), (6, log.head_hash().unwrap()));
    assert_eq!(all(&restored), all(&log));
    let batches = |log: &SqliteLog| (1..=6).map(|no| log.batch(no).unwrap().unwrap()).collect::<Vec<_>>();
    assert_eq!(batches(&restored), batches(&log));
    assert_eq!(restored.history(REGISTER, "f1").unwrap(), log.history(REGISTER, "f1").unwrap());
    let report = restored.verify(&mut |_| ()).unwrap();
    assert!(report.is_ok(), "{report}");
}

#[test]
fn a_restored_log_goes_on_and_knows_its_keys() {
    let (dir, log) = varied();
    let (_, mut restored) = restore(&dir, &[backup(&dir, &log)], u64::MAX).unwrap();
    let again = NewBatch::new("王强", at(9), vec![create("f4", 120), create("f5", 121)]).keyed("k1");
    assert_eq!(restored.append(again).unwrap().batch, 4);
    assert!(matches!(append(&mut restored, 9, vec![create("f1", 1)]), Err(LogError::Exists { .. })));
    assert_eq!(append(&mut restored, 9, vec![create("f7", 1)]).unwrap().batch, 7);
}

#[test]
fn a_cut_falls_between_batches() {
    let (dir, log) = varied();
    let file = backup(&dir, &log);
    for (until, seq, batch) in [(0, 0, 0), (2, 0, 0), (3, 3, 1), (4, 4, 2), (6, 5, 3), (7, 7, 4), (99, 11, 6)] {
        let (mark, restored) = restore(&dir, std::slice::from_ref(&file), until).unwrap();
        assert_eq!((mark.seq, mark.batch), (seq, batch), "until {until}");
        assert_eq!(all(&restored), all(&log)[..seq as usize]);
        assert!(restored.verify(&mut |_| ()).unwrap().is_ok());
    }
    let cut = dir.path().join("cut.tza");
    assert_eq!(archive::create(&cut, &log, 0, 6, &mut |_| ()).unwrap().seq, 5);
}

#[test]
fn an_archive_grows_by_what_is_new() {
    let (dir, mut log) = varied();
    let file = backup(&dir, &log);
    let n_bytes = std::fs::metadata(&file).unwrap().len();
    append(&mut log, 9, vec![create("f7", 1)]).unwrap();
    let (before, end) = archive::extend(&file, &log, u64::MAX, &mut |_| ()).unwrap();
    assert_eq!((before.batch, end.batch), (6, 7));
    assert!(std::fs::metadata(&file).unwrap().len() < n_bytes + 600);
    let (mark, _) = restore(&dir, std::slice::from_ref(&file), u64::MAX).unwrap();
    assert_eq!(mark.hash, log.head_hash().unwrap());

    // An attempt that was torn leaves the archive whole up to its last end, and the next one goes on from there.
    let whole = std::fs::read(&file).unwrap();
    append(&mut log, 9, vec![create("f8", 1)]).unwrap();
    archive::extend(&file, &log, u64::MAX, &mut |_| ()).unwrap();
    let longer = std::fs::read(&file).unwrap();
    for n_kept in whole.len() + 1..longer.len() {
        std::fs::write(&file, &longer[..n_kept]).unwrap();
        let fault = restore(&dir, std::slice::from_ref(&file), u64::MAX).unwrap_err();
        assert!(matches!(fault, ArchiveError::Unreadable { .. }), "{n_kept}: {fault}");
        let (before, _) = archive::extend(&file, &log, u64::MAX, &mut |_| ()).unwrap();
        assert_eq!(before.batch, 7);
        assert_eq!(std::fs::read(&file).unwrap(), longer);
    }
}

#[test]
fn archives_that_continue_one_another_are_restored_together() {
    let (dir, log) = varied();
    let (first, second) = (dir.path().join("1.tza"), dir.path().join("2.tza"));
    archive::create(&first, &log, 0, 5, &mut |_| ()).unwrap();
    archive::create(&second, &log, 3, u64::MAX, &mut |_| ()).unwrap();
    let (mark, _) = restore(&dir, &[first.clone(), second.clone()], u64::MAX).unwrap();
    assert_eq!(mark.hash, log.head_hash().unwrap());
    for files in [vec![second.clone()], vec![second, first]] {
        let fault = restore(&dir, &files, u64::MAX).unwrap_err();
        assert!(matches!(fault, ArchiveError::Log(LogError::Unfit { batch: 4, .. })), "{fault}");
    }
}

#[test]
fn a_log_that_was_edited_is_not_archived() {
    let (dir, log) = varied();
    let conn = rusqlite::Connection::open(log.path()).unwrap();
    conn.execute_batch("DROP TRIGGER entry_is_final; UPDATE entry SET org = 't09' WHERE seq = 4").unwrap();
    let path = dir.path().join("backup.tza");
    let fault = archive::create(&path, &log, 0, u64::MAX, &mut |_| ()).unwrap_err();
    assert!(matches!(fault, ArchiveError::Source { batch: 2, .. }), "{fault}");
    assert!(!path.exists() && !dir.path().join("backup.tza.partial").exists());
}

#[test]
fn another_countys_archive_is_not_appended_to() {
    let (dir, log) = varied();
    let file = backup(&dir, &log);
    let (_other_dir, mut other) = fresh();
    for record in ["a", "b", "c", "d", "e", "f"] {
        append(&mut other, 1, vec![create(record, 1)]).unwrap();
    }
    let fault = archive::extend(&file, &other, u64::MAX, &mut |_| ()).unwrap_err();
    assert!(matches!(fault, ArchiveError::Foreign { .. }), "{fault}");
}

/// The batches of a log, as somebody who edits them would hold them.
fn batches(log: &SqliteLog) -> Vec<BatchWithEntries> {
    let entries = all(log);
    let of = |no| entries.iter().filter(|entry| entry.batch == no).cloned().collect();
    (1..=6).map(|no| BatchWithEntries { batch: log.batch(no).unwrap().unwrap(), entries: of(no) }).collect()
}

#[test]
fn a_batch_that_does_not_follow_is_not_taken_over() {
    let (_dir, log) = varied();
    type Edit = fn(&mut Vec<BatchWithEntries>);
    let edits: [(u64, Edit); 7] = [
        (3, |run| drop(run.remove(1))),
        (2, |run| run[1].entries[0].org = "t09".into()),
        (4, |run| drop(run[3].entries.pop())),
        (4, |run| run[3].batch.actor = "nobody".into()),
        (5, |run| run[4].batch.prev_hash = run[4].batch.hash),
        (1, |run| run[0].batch.first_seq = 2),
        (6, |run| run[5].entries[0].seq = 12),
    ];
    for (n, (batch, edit)) in edits.into_iter().enumerate() {
        let mut run = batches(&log);
        edit(&mut run);
        let (_dir, mut taker) = fresh();
        let fault = taker.adopt(&run).unwrap_err();
        assert!(matches!(fault, LogError::Unfit { batch: found, .. } if found == batch), "edit {n}: {fault}");
        assert_eq!(taker.last_seq().unwrap(), 0, "edit {n}");
    }
}

fn restored_or_refused(dir: &TempDir, file: &Path, log: &SqliteLog) -> Result<(), TestCaseError> {
    match restore(dir, &[file.to_path_buf()], u64::MAX) {
        Ok((mark, restored)) => {
            prop_assert_eq!(mark.hash, log.head_hash().unwrap());
            prop_assert_eq!(all(&restored), all(log));
        }
        Err(ArchiveError::Unreadable { batch, .. } | ArchiveError::Log(LogError::Unfit { batch, .. })) => {
            prop_assert!((1..=7).contains(&batch));
        }
        Err(ArchiveError::NotAnArchive { .. }) => {}
        Err(other) => prop_assert!(false, "{other}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_flipped_bit_of_an_archive_is_refused(flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 10)) {
        let (dir, log) = varied();
        let file = backup(&dir, &log);
        let whole = std::fs::read(&file).unwrap();
        for (place, bit) in flips {
            let mut bytes = whole.clone();
            bytes[place.index(whole.len())] ^= 1 << bit;
            std::fs::write(&file, bytes).unwrap();
            let county = archive::read(&file).map(|archive| archive.county().to_string());
            prop_assert!(county.is_err() || county.unwrap() == "s0");
            restored_or_refused(&dir, &file, &log)?;
            prop_assert!(restore(&dir, std::slice::from_ref(&file), u64::MAX).is_err(), "a bit flipped and nobody noticed");
        }
    }
}
