//! Is a torn, short or flipped file named, or else its content exactly what was written?

use std::path::{Path, PathBuf};

use records::archive::{self, ArchiveError};
use records::seal::{Against, Key, against, seal};
use records::{Log, LogError, SqliteLog};

use crate::world::{Dice, at, batch, check_content, log_of, open_free, rounds, row};

const N_BATCHES: u64 = 60;
const PAGE: u64 = 8192;

/// A log as a crash would leave it: everything still in the write-ahead log but its first `n_folded` batches.
fn crashed(n_folded: u64) -> (tempfile::TempDir, Vec<u8>, Vec<u8>) {
    let dir = log_of(n_folded);
    let path = dir.path().join("records.db");
    let mut log = open_free(&path);
    for no in n_folded + 1..=N_BATCHES {
        log.append(batch(no)).unwrap();
    }
    let main = std::fs::read(&path).unwrap();
    let wal = std::fs::read(wal_of(&path)).unwrap_or_default();
    drop(log);
    (dir, main, wal)
}

fn wal_of(path: &Path) -> PathBuf {
    path.with_extension("db-wal")
}

/// What became of a damaged log.
#[derive(PartialEq, Eq)]
enum Found {
    Named,
    Untouched,
    /// Whole batches from the front.
    Shorter(u64),
}

/// Lays out the files and looks: the damage is named, or what is read is what was written.
fn look(dir: &Path, main: &[u8], wal: &[u8]) -> Found {
    let path = dir.join("records.db");
    let _ = std::fs::remove_file(path.with_extension("db-shm"));
    std::fs::write(&path, main).unwrap();
    if wal.is_empty() {
        let _ = std::fs::remove_file(wal_of(&path));
    } else {
        std::fs::write(wal_of(&path), wal).unwrap();
    }
    match SqliteLog::verify_file(&path, &mut |_| ()) {
        Ok(report) if report.is_ok() => {}
        Ok(_) | Err(LogError::Damaged { .. } | LogError::NotALog { .. } | LogError::Format { .. }) => {
            return Found::Named;
        }
        Err(LogError::Store { .. }) => return Found::Named,
        Err(other) => panic!("{other}"),
    }
    match SqliteLog::open_read(&path) {
        Ok(log) => match check_content(&log) {
            N_BATCHES => Found::Untouched,
            n_batches => Found::Shorter(n_batches),
        },
        Err(_) => Found::Named,
    }
}

#[test]
fn bits_of_the_file_flip() {
    let mut dice = Dice::new("bits_of_the_file_flip");
    let n_rounds = rounds(150);
    let (dir, main, _) = crashed(N_BATCHES);
    let mut n_named = 0;
    for round in 0..n_rounds {
        let mut bytes = main.clone();
        let place = dice.below(bytes.len() as u64) as usize;
        bytes[place] ^= 1 << dice.below(8);
        let found = look(dir.path(), &bytes, &[]);
        assert!(!matches!(found, Found::Shorter(_)), "round {round}: byte {place} cost entries unnoticed");
        n_named += u64::from(found == Found::Named);
    }
    row(
        "a bit of the database flips",
        "one random bit of records.db",
        "verify names the fault, or every entry read is what was written",
        n_rounds,
        &format!("{n_named} named, {} without effect, 0 silent", n_rounds - n_named),
    );
}

#[test]
fn the_file_is_torn_or_short() {
    let mut dice = Dice::new("the_file_is_torn_or_short");
    let n_rounds = rounds(60);
    let (dir, main, _) = crashed(N_BATCHES);
    let n_pages = main.len() as u64 / PAGE;
    let mut n_named = 0;
    for round in 0..n_rounds {
        let mut bytes = main.clone();
        if round % 2 == 0 {
            bytes.truncate(dice.below(main.len() as u64) as usize);
        } else {
            // The second half of a page never reached the disk.
            let page = if round % 4 == 1 { n_pages - 1 } else { dice.below(n_pages) };
            let start = (page * PAGE + PAGE / 2) as usize;
            bytes[start..start + PAGE as usize / 2].fill(0);
        }
        let found = look(dir.path(), &bytes, &[]);
        assert!(!matches!(found, Found::Shorter(_)), "round {round}: entries were lost unnoticed");
        n_named += u64::from(found == Found::Named);
    }
    row(
        "the database is torn or cut short",
        "records.db cut at a random byte, or the second half of a page (the last one every other time) zeroed",
        "verify names the fault, or every entry read is what was written",
        n_rounds,
        &format!("{n_named} named, {} without effect, 0 silent", n_rounds - n_named),
    );
}

#[test]
fn the_write_ahead_log_is_torn_or_flipped() {
    let mut dice = Dice::new("the_write_ahead_log_is_torn_or_flipped");
    let n_rounds = rounds(80);
    let (dir, main, wal) = crashed(20);
    assert!(wal.len() > 100_000, "the batches are in the write-ahead log");
    assert!(look(dir.path(), &main, &wal) == Found::Untouched);
    let log = SqliteLog::open_read(&dir.path().join("records.db")).unwrap();
    let head = seal(&log, &Key::new().unwrap(), at(99)).unwrap();
    drop(log);
    let (mut n_named, mut n_shorter) = (0, 0);
    for round in 0..n_rounds {
        let mut bytes = wal.clone();
        let place = dice.below(bytes.len() as u64) as usize;
        if round % 2 == 0 {
            bytes.truncate(place);
        } else {
            bytes[place] ^= 1 << dice.below(8);
        }
        match look(dir.path(), &main, &bytes) {
            Found::Named => n_named += 1,
            Found::Untouched => {}
            Found::Shorter(n_batches) => {
                assert!((20..N_BATCHES).contains(&n_batches));
                let log = SqliteLog::open_read(&dir.path().join("records.db")).unwrap();
                assert_eq!(against(&log, &head, None).unwrap(), Against::CutShort, "round {round}");
                n_shorter += 1;
            }
        }
    }
    row(
        "the write-ahead log is torn or flipped",
        "records.db-wal cut at a random byte, or one random bit of it flipped, 40 of 60 batches in it",
        "what is read is whole batches from the front; a signed head names what is missing",
        n_rounds,
        &format!("{n_shorter} shorter, each found by the signed head; {n_named} named; 0 silent"),
    );
}

#[test]
fn bits_of_an_archive_flip() {
    let mut dice = Dice::new("bits_of_an_archive_flip");
    let n_rounds = rounds(100);
    let dir = log_of(N_BATCHES);
    let log = open_free(&dir.path().join("records.db"));
    let file = dir.path().join("backup.tza");
    archive::create(&file, &log, 0, u64::MAX, &mut |_| ()).unwrap();
    let whole = std::fs::read(&file).unwrap();
    for round in 0..n_rounds {
        let mut bytes = whole.clone();
        let place = dice.below(bytes.len() as u64) as usize;
        if round % 4 == 0 {
            bytes.truncate(place);
        } else {
            bytes[place] ^= 1 << dice.below(8);
        }
        std::fs::write(&file, bytes).unwrap();
        let taken = tempfile::tempdir().unwrap();
        let mut taker = SqliteLog::create(&taken.path().join("records.db"), "s0").unwrap();
        match archive::restore(std::slice::from_ref(&file), &mut taker, u64::MAX, &mut |_| ()) {
            Err(ArchiveError::Unreadable { .. } | ArchiveError::NotAnArchive { .. }) => {}
            Err(ArchiveError::Log(LogError::Unfit { .. }) | ArchiveError::Foreign { .. }) => {}
            other => panic!("round {round}, byte {place}: {other:?}"),
        }
        check_content(&taker);
    }
    row(
        "an archive is flipped or cut short",
        "one random bit of a backup, or the backup cut at a random byte",
        "restore refuses it, naming the batch; what it took over before is what was written",
        n_rounds,
        &format!("{n_rounds} refused"),
    );
}
