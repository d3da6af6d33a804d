//! Does an archive bring back exactly what was chained, and is a damaged one refused where it is damaged?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::path::{Path, PathBuf};

use common::{New, Place, REGISTER, append, at, correct, create, sqlite};
use proptest::prelude::*;
use records::archive::{self, ArchiveError, Mark};
use records::{BatchWithEntries, Draft, Log, LogError, NewBatch, Op};
use tempfile::TempDir;

on_both! {
    what_is_restored_is_what_was_chained
    a_restored_log_goes_on_and_knows_its_keys
    a_cut_falls_between_batches
    an_archive_grows_by_what_is_new
    archives_that_continue_one_another_are_restored_together
    a_log_that_was_edited_is_not_archived
    another_countys_archive_is_not_appended_to
    a_batch_that_does_not_follow_is_not_taken_over
    an_archive_moves_a_county_from_one_store_to_the_other
}

/// A log somewhere, and a folder for its archives.
struct World {
    dir: TempDir,
    place: Box<dyn Place>,
    log: Box<dyn Log>,
}

fn empty(new: New) -> World {
    let place = new();
    let log = place.create().unwrap();
    World { dir: tempfile::tempdir().unwrap(), place, log }
}

/// Every kind of entry and batch: merged, keyed, withdrawn, installed, looked at.
fn varied(new: New) -> World {
    let mut world = empty(new);
    let log = &mut world.log;
    append(log, 1, vec![create("f1", 150), create("f2", 128), create("f3", 131)]).unwrap();
    append(log, 2, vec![correct("f1", Some(1), &[("sbp", 138)])]).unwrap();
    append(log, 2, vec![correct("f1", Some(1), &[("sbp", 150), ("dbp", 90)])]).unwrap();
    log.append(NewBatch::new("王强", at(3), vec![create("f4", 120), create("f5", 121)]).keyed("k1")).unwrap();
    let head = log.head(REGISTER, "f2").unwrap().unwrap();
    let mut access = Draft::new(Op::Access, REGISTER, "t01");
    (access.record, access.reason) = (Some("f1".into()), Some("随访".into()));
    let mut install = Draft::new(Op::Install, "_pack", "s0");
    install.record = Some("core".into());
    append(log, 4, vec![Draft::withdrawing(&head, "wrong person"), access, install]).unwrap();
    // The clock went back.
    append(log, 2, vec![create("f6", 140)]).unwrap();
    world
}

fn backup(world: &World) -> PathBuf {
    let path = world.dir.path().join("backup.tza");
    archive::create(&path, world.log.as_ref(), 0, u64::MAX, &mut |_| ()).unwrap();
    path
}

fn restore(new: New, files: &[PathBuf], until: u64) -> Result<(Mark, World), ArchiveError> {
    let mut world = empty(new);
    let mark = archive::restore(files, world.log.as_mut(), until, &mut |_| ())?;
    Ok((mark, world))
}

fn all(log: &dyn Log) -> Vec<records::Entry> {
    log.entries_after(0, usize::MAX).unwrap()
}

fn what_is_restored_is_what_was_chained(new: New) {
    let world = varied(new);
    let log = world.log.as_ref();
    let (mark, World { dir: _dir, place: _place, log: restored }) = restore(new, &[backup(&world)], u64::MAX).unwrap();
    assert_eq!((mark.batch, mark.hash), (6, log.head_hash().unwrap()));
    assert_eq!(all(restored.as_ref()), all(log));
    let batches = |log: &dyn Log| (1..=6).map(|no| log.batch(no).unwrap().unwrap()).collect::<Vec<_>>();
    assert_eq!(batches(restored.as_ref()), batches(log));
    assert_eq!(restored.history(REGISTER, "f1").unwrap(), log.history(REGISTER, "f1").unwrap());
    let report = restored.verify(&mut |_| ()).unwrap();
    assert!(report.is_ok(), "{report}");
}

fn a_restored_log_goes_on_and_knows_its_keys(new: New) {
    let world = varied(new);
    let (_, World { dir: _dir, place: _place, log: mut restored }) = restore(new, &[backup(&world)], u64::MAX).unwrap();
    let again = NewBatch::new("王强", at(9), vec![create("f4", 120), create("f5", 121)]).keyed("k1");
    assert_eq!(restored.append(again).unwrap().batch, 4);
    assert!(matches!(append(&mut restored, 9, vec![create("f1", 1)]), Err(LogError::Exists { .. })));
    assert_eq!(append(&mut restored, 9, vec![create("f7", 1)]).unwrap().batch, 7);
}

fn a_cut_falls_between_batches(new: New) {
    let world = varied(new);
    let log = world.log.as_ref();
    let file = backup(&world);
    for (until, seq, batch) in [(0, 0, 0), (2, 0, 0), (3, 3, 1), (4, 4, 2), (6, 5, 3), (7, 7, 4), (99, 11, 6)] {
        let (mark, World { dir: _dir, place: _place, log: restored }) =
            restore(new, std::slice::from_ref(&file), until).unwrap();
        assert_eq!((mark.seq, mark.batch), (seq, batch), "until {until}");
        assert_eq!(all(restored.as_ref()), all(log)[..seq as usize]);
        assert!(restored.verify(&mut |_| ()).unwrap().is_ok());
    }
    let cut = world.dir.path().join("cut.tza");
    assert_eq!(archive::create(&cut, log, 0, 6, &mut |_| ()).unwrap().seq, 5);
}

fn an_archive_grows_by_what_is_new(new: New) {
    let mut world = varied(new);
    let file = backup(&world);
    let n_bytes = std::fs::metadata(&file).unwrap().len();
    append(&mut world.log, 9, vec![create("f7", 1)]).unwrap();
    let (before, end) = archive::extend(&file, world.log.as_ref(), u64::MAX, &mut |_| ()).unwrap();
    assert_eq!((before.batch, end.batch), (6, 7));
    assert!(std::fs::metadata(&file).unwrap().len() < n_bytes + 600);
    let (mark, _) = restore(new, std::slice::from_ref(&file), u64::MAX).unwrap();
    assert_eq!(mark.hash, world.log.head_hash().unwrap());

    // An attempt that was torn leaves the archive whole up to its last end, and the next one goes on from there.
    let whole = std::fs::read(&file).unwrap();
    append(&mut world.log, 9, vec![create("f8", 1)]).unwrap();
    archive::extend(&file, world.log.as_ref(), u64::MAX, &mut |_| ()).unwrap();
    let longer = std::fs::read(&file).unwrap();
    for n_kept in whole.len() + 1..longer.len() {
        std::fs::write(&file, &longer[..n_kept]).unwrap();
        let fault = restore(new, std::slice::from_ref(&file), u64::MAX).err().unwrap();
        assert!(matches!(fault, ArchiveError::Unreadable { .. }), "{n_kept}: {fault}");
        let (before, _) = archive::extend(&file, world.log.as_ref(), u64::MAX, &mut |_| ()).unwrap();
        assert_eq!(before.batch, 7);
        assert_eq!(std::fs::read(&file).unwrap(), longer);
    }
}

fn archives_that_continue_one_another_are_restored_together(new: New) {
    let world = varied(new);
    let log = world.log.as_ref();
    let (first, second) = (world.dir.path().join("1.tza"), world.dir.path().join("2.tza"));
    archive::create(&first, log, 0, 5, &mut |_| ()).unwrap();
    archive::create(&second, log, 3, u64::MAX, &mut |_| ()).unwrap();
    let (mark, _) = restore(new, &[first.clone(), second.clone()], u64::MAX).unwrap();
    assert_eq!(mark.hash, log.head_hash().unwrap());
    for files in [vec![second.clone()], vec![second, first]] {
        let fault = restore(new, &files, u64::MAX).err().unwrap();
        assert!(matches!(fault, ArchiveError::Log(LogError::Unfit { batch: 4, .. })), "{fault}");
    }
}

fn a_log_that_was_edited_is_not_archived(new: New) {
    let world = varied(new);
    let log = world.log.as_ref();
    world.place.edit("UPDATE entry SET org = 't09' WHERE seq = 4");
    let path = world.dir.path().join("backup.tza");
    let fault = archive::create(&path, log, 0, u64::MAX, &mut |_| ()).unwrap_err();
    assert!(matches!(fault, ArchiveError::Source { batch: 2, .. }), "{fault}");
    assert!(!path.exists() && !world.dir.path().join("backup.tza.partial").exists());
}

fn another_countys_archive_is_not_appended_to(new: New) {
    let world = varied(new);
    let file = backup(&world);
    let mut other = empty(new).log;
    for record in ["a", "b", "c", "d", "e", "f"] {
        append(&mut other, 1, vec![create(record, 1)]).unwrap();
    }
    let fault = archive::extend(&file, other.as_ref(), u64::MAX, &mut |_| ()).unwrap_err();
    assert!(matches!(fault, ArchiveError::Foreign { .. }), "{fault}");
}

/// The batches of a log, as somebody who edits them would hold them.
fn batches(log: &dyn Log) -> Vec<BatchWithEntries> {
    let entries = all(log);
    let of = |no| entries.iter().filter(|entry| entry.batch == no).cloned().collect();
    (1..=6).map(|no| BatchWithEntries { batch: log.batch(no).unwrap().unwrap(), entries: of(no) }).collect()
}

fn a_batch_that_does_not_follow_is_not_taken_over(new: New) {
    let world = varied(new);
    let log = world.log.as_ref();
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
        let mut run = batches(log);
        edit(&mut run);
        let mut taker = empty(new).log;
        let fault = taker.adopt(&run).unwrap_err();
        assert!(matches!(fault, LogError::Unfit { batch: found, .. } if found == batch), "edit {n}: {fault}");
        assert_eq!(taker.last_seq().unwrap(), 0, "edit {n}");
    }
}

fn an_archive_moves_a_county_from_one_store_to_the_other(new: New) {
    let world = varied(new);
    let file = backup(&world);
    for other in [sqlite as New, common::postgres] {
        let (mark, moved) = restore(other, std::slice::from_ref(&file), u64::MAX).unwrap();
        assert_eq!(mark.hash, moved.log.head_hash().unwrap());
        assert_eq!(all(moved.log.as_ref()), all(world.log.as_ref()));
        let report = moved.place.verify();
        assert!(report.is_ok(), "{report}");
    }
}

fn restored_or_refused(file: &Path, log: &dyn Log) -> Result<(), TestCaseError> {
    match restore(sqlite, &[file.to_path_buf()], u64::MAX) {
        Ok((mark, restored)) => {
            prop_assert_eq!(mark.hash, log.head_hash().unwrap());
            prop_assert_eq!(all(restored.log.as_ref()), all(log));
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
        let world = varied(sqlite);
        let file = backup(&world);
        let whole = std::fs::read(&file).unwrap();
        for (place, bit) in flips {
            let mut bytes = whole.clone();
            bytes[place.index(whole.len())] ^= 1 << bit;
            std::fs::write(&file, bytes).unwrap();
            let county = archive::read(&file).map(|archive| archive.county().to_string());
            prop_assert!(county.is_err() || county.unwrap() == "s0");
            restored_or_refused(&file, world.log.as_ref())?;
            prop_assert!(restore(sqlite, std::slice::from_ref(&file), u64::MAX).is_err(), "a bit flipped and nobody noticed");
        }
    }
}
