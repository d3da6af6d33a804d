//! Does the log on a server keep what it acknowledged when the client, the server or its disk gives out?

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use records::{Hash, Log, LogError, PostgresLog};

use crate::server::{Cluster, fresh_url, sql};
use crate::world::{Dice, acknowledged, batch, check_content, child, kill, rounds, row, run_after};

const PLACE: &str = "TAIZHANG_FAULT_URL";
const SMALL: &str = "TAIZHANG_FAULT_SMALL";

/// Opens a log whose writer has just gone; the server lets go of the lock when it notices.
fn open(url: &str) -> PostgresLog {
    PostgresLog::open_waiting(url, "s0", &mut |_| ()).unwrap()
}

fn next_no(log: &dyn Log) -> u64 {
    log.last_batch().unwrap().map_or(1, |batch| batch.no + 1)
}

/// Every acknowledged batch is there, and at most one more; how many that are.
fn check(log: &dyn Log, known: &[(u64, Hash)], round: u64) -> u64 {
    let n_batches = check_content(log);
    for (no, hash) in known {
        let kept = log.batch(*no).unwrap().map(|batch| batch.hash);
        assert_eq!(kept, Some(*hash), "round {round}: batch {no} was acknowledged");
    }
    let last = known.last().map_or(n_batches, |(no, _)| *no);
    assert!(n_batches - last <= 1, "round {round}: {n_batches} batches, {last} acknowledged");
    n_batches - last
}

/// The writing process: goes on where the log ends, and acknowledges on its standard output.
#[test]
#[ignore = "a process of its own, started by the other tests"]
fn writer() {
    let Ok(url) = std::env::var(PLACE) else { return };
    let mut log = open(&url);
    for no in next_no(&log).. {
        let receipt = log.append(batch(no)).unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nACK {} {}", receipt.batch, receipt.hash).unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn the_client_is_killed_at_any_moment() {
    let mut dice = Dice::new("the_client_is_killed_at_any_moment");
    let n_rounds = rounds(8);
    let (mut n_acknowledged, mut n_beyond) = (0, 0);
    let mut url = String::new();
    for round in 0..n_rounds {
        if round % 10 == 0 {
            url = fresh_url();
            drop(PostgresLog::create(&url, "s0").unwrap());
        }
        let mut writer = child("postgres::writer").env(PLACE, &url).spawn().unwrap();
        let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines().map_while(Result::ok);
        let first = lines.by_ref().find_map(|line| acknowledged(&line)).expect("it never wrote");
        let reading = std::thread::spawn(move || lines.filter_map(|line| acknowledged(&line)).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_micros(dice.below(60_000)));
        kill(writer);
        let known: Vec<(u64, Hash)> = std::iter::once(first).chain(reading.join().unwrap()).collect();
        n_beyond += check(&open(&url), &known, round);
        n_acknowledged += known.len();
    }
    row(
        "PostgreSQL: kill −9 of the writer",
        "another process writes single records, bulks of 400, corrections and keyed batches, and is killed after 0–60 ms",
        "acknowledged is there with its hash; the one under way is whole or absent; the chain verifies; the server frees \
         the lock",
        n_rounds,
        &format!("{n_acknowledged} acknowledged, 0 lost; {n_beyond} more were whole and not yet acknowledged"),
    );
}

#[test]
fn the_server_is_killed_at_any_moment() {
    let mut dice = Dice::new("the_server_is_killed_at_any_moment");
    let n_rounds = rounds(20).div_ceil(10);
    let cluster = Cluster::make();
    let url = cluster.url();
    drop(PostgresLog::create(&url, "s0").unwrap());
    let (mut n_acknowledged, mut n_beyond) = (0, 0);
    for round in 0..n_rounds {
        let mut log = open(&url);
        let writing = std::thread::spawn(move || {
            let mut known = Vec::new();
            for no in next_no(&log).. {
                match log.append(batch(no)) {
                    Ok(receipt) => known.push((receipt.batch, receipt.hash)),
                    Err(fault) => return (known, fault, log),
                }
            }
            unreachable!("it writes until the server is gone")
        });
        std::thread::sleep(Duration::from_micros(20_000 + dice.below(300_000)));
        cluster.kill();
        let (known, fault, mut lost) = writing.join().unwrap();
        assert!(matches!(fault, LogError::Lost { .. }), "{fault}");
        cluster.start();
        let fault = lost.append(batch(1)).unwrap_err();
        assert!(matches!(fault, LogError::Lost { .. }), "a lost session wrote again: {fault}");
        n_beyond += check(&open(&url), &known, round);
        n_acknowledged += known.len();
    }
    assert!(n_acknowledged > 0, "nothing was written");
    row(
        "PostgreSQL: kill −9 of the server",
        "all processes of the server are killed after 20–320 ms of writing, and it is started again",
        "acknowledged is there with its hash; the one under way is whole or absent; the chain verifies; the session that \
         was lost never writes again",
        n_rounds,
        &format!("{n_acknowledged} acknowledged, 0 lost; {n_beyond} more were whole and not yet acknowledged"),
    );
}

/// Runs where a few MiB are all there is for the tables, with a file to be removed as ballast.
#[test]
#[ignore = "a process of its own, started by the other tests"]
fn on_a_small_tablespace() {
    let Some(small) = std::env::var_os(SMALL).map(PathBuf::from) else { return };
    let ballast = small.join("ballast");
    std::fs::write(&ballast, vec![1; 3 << 20]).unwrap();
    let tables = small.join("tables");
    std::fs::create_dir(&tables).unwrap();
    let cluster = Cluster::make();
    cluster.own(&tables);
    sql(&cluster.url(), &format!("CREATE TABLESPACE small LOCATION '{}'", tables.display()));
    let url = format!("{}?options=-cdefault_tablespace%3Dsmall", cluster.url());
    let mut log = PostgresLog::create(&url, "s0").unwrap();
    let (before, fault) = fill(&mut log);
    assert!(matches!(fault, LogError::DiskFull { .. }), "{fault}");
    assert_eq!(log.last_batch().unwrap().unwrap().no, before, "something of the refused batch was kept");
    std::fs::remove_file(ballast).unwrap();
    for no in before + 1..before + 20 {
        log.append(batch(no)).unwrap();
    }
    assert_eq!(check_content(&log), before + 19);
    drop((log, cluster));
    println!("\nFULL {before}");
}

fn fill(log: &mut PostgresLog) -> (u64, LogError) {
    for no in next_no(log)..100_000 {
        if let Err(fault) = log.append(batch(no)) {
            return (no - 1, fault);
        }
    }
    panic!("the disk never became full")
}

#[test]
fn the_tables_have_no_room() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let before = small_disk(dir.path());
    row(
        "PostgreSQL: disk full",
        "the tables lie in a tablespace of 16 MiB in a private mount namespace (needs the right to mount)",
        "nothing of the refused batch is kept, earlier ones are; writing goes on when there is room",
        u64::from(before.is_some()),
        &before.map_or("did not run: no right to mount here".into(), |no| {
            format!("refused after {no} batches, then 19 more")
        }),
    );
}

fn small_disk(dir: &Path) -> Option<u64> {
    let mount = format!("mount -t tmpfs -o size=16m,mode=755 none '{}'", dir.display());
    run_after(&["unshare", "--mount", "sh", "-c"], &mount, "postgres::on_a_small_tablespace", (SMALL, dir))
}
