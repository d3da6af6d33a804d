//! Is nothing half written when there is no room, and does writing go on when there is again?

use std::path::PathBuf;

use records::{Log, LogError, SqliteLog};

use crate::world::{batch, check_content, log_of, open_free, row, run_after};

const PLACE: &str = "TAIZHANG_FAULT_FULL";

/// Writes until there is no room; returns the last batch that was acknowledged.
fn fill(log: &mut SqliteLog) -> (u64, LogError) {
    let mut no = log.last_batch().unwrap().map_or(0, |batch| batch.no);
    loop {
        match log.append(batch(no + 1)) {
            Ok(receipt) => no = receipt.batch,
            Err(fault) => return (no, fault),
        }
        assert!(no < 100_000, "the disk never became full");
    }
}

/// Runs where a few MiB are all there is, with a file to be removed as ballast.
#[test]
#[ignore = "a process of its own, started by the other tests"]
fn on_a_small_disk() {
    let Some(dir) = std::env::var_os(PLACE).map(PathBuf::from) else { return };
    let ballast = dir.join("ballast");
    std::fs::write(&ballast, vec![1; 3 << 20]).unwrap();
    let path = dir.join("records.db");
    let mut log = SqliteLog::create(&path, "s0").unwrap();
    let (before, fault) = fill(&mut log);
    assert!(matches!(fault, LogError::DiskFull { .. }), "{fault}");
    let last = log.last_batch().unwrap().unwrap();
    assert_eq!(last.no, before, "something of the refused batch was kept");
    std::fs::remove_file(ballast).unwrap();
    for no in before + 1..before + 20 {
        log.append(batch(no)).unwrap();
    }
    assert_eq!(check_content(&log), before + 19);
    drop(log);
    assert_eq!(check_content(&open_free(&path)), before + 19);
    println!("\nFULL {before}");
}

/// Writes until the system refuses to let a file grow.
#[test]
#[ignore = "a process of its own, started by the other tests"]
fn under_a_limit() {
    let Some(dir) = std::env::var_os(PLACE).map(PathBuf::from) else { return };
    let mut log = open_free(&dir.join("records.db"));
    let (before, fault) = fill(&mut log);
    assert!(matches!(fault, LogError::DiskFull { .. } | LogError::Store { .. }), "{fault}");
    assert_eq!(log.last_batch().unwrap().unwrap().no, before);
    println!("\nFULL {before}");
}

#[test]
fn the_disk_is_full() {
    let dir = tempfile::tempdir().unwrap();
    let mount = format!("mount -t tmpfs -o size=12m none '{}'", dir.path().display());
    let before = run_after(&["unshare", "--mount", "sh", "-c"], &mount, "full::on_a_small_disk", (PLACE, dir.path()));
    row(
        "disk full",
        "a file system of 12 MiB in a private mount namespace (needs the right to mount)",
        "nothing of the refused batch is kept, earlier ones are; writing goes on when there is room",
        u64::from(before.is_some()),
        &before.map_or("did not run: no right to mount here".into(), |no| {
            format!("refused after {no} batches, then 19 more")
        }),
    );
}

#[test]
fn a_file_may_not_grow() {
    let dir = log_of(3);
    let line = "trap '' XFSZ && ulimit -f 8000";
    let before =
        run_after(&["sh", "-c"], line, "full::under_a_limit", (PLACE, dir.path())).expect("sh limits file sizes");
    let mut log = open_free(&dir.path().join("records.db"));
    assert_eq!(check_content(&log), before);
    log.append(batch(before + 1)).unwrap();
    assert_eq!(check_content(&log), before + 1);
    row(
        "a file may not grow",
        "the writer runs under a limit of its file size (RLIMIT_FSIZE), which the system enforces",
        "nothing of the refused batch is kept, earlier ones are; without the limit writing goes on",
        1,
        &format!("refused after {before} batches, then written"),
    );
}
