//! Is everything acknowledged there, and everything else whole or absent, when the writer is killed at any moment?

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use records::{Hash, Log, LogError, SqliteLog};

use crate::world::{Dice, acknowledged, batch, check_content, child, kill, log_of, open_free, rounds, row};

const PLACE: &str = "TAIZHANG_FAULT_LOG";

/// The writing process: goes on where the log ends, and acknowledges on its standard output.
#[test]
#[ignore = "a process of its own, started by the other tests"]
fn writer() {
    let Some(path) = std::env::var_os(PLACE).map(PathBuf::from) else { return };
    let mut log = open_free(&path);
    let mut no = log.last_batch().unwrap().map_or(0, |batch| batch.no);
    loop {
        no += 1;
        let receipt = log.append(batch(no)).unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nACK {} {}", receipt.batch, receipt.hash).unwrap();
        out.flush().unwrap();
    }
}

/// Lets a writer run for a while after its first word, kills it, and returns what it acknowledged.
fn run_and_kill(path: &Path, run_for: Duration) -> Vec<(u64, Hash)> {
    let mut writer = child("kill::writer").env(PLACE, path).spawn().unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines().map_while(Result::ok);
    let first = lines.by_ref().find_map(|line| acknowledged(&line)).expect("it never wrote");
    let reading = std::thread::spawn(move || lines.filter_map(|line| acknowledged(&line)).collect::<Vec<_>>());
    std::thread::sleep(run_for);
    kill(writer);
    let mut all = vec![first];
    all.extend(reading.join().unwrap());
    all
}

#[test]
fn killed_at_any_moment() {
    let mut dice = Dice::new("killed_at_any_moment");
    let n_rounds = rounds(25);
    let (mut n_acknowledged, mut n_beyond) = (0, 0);
    let mut dir = log_of(0);
    for round in 0..n_rounds {
        if round % 10 == 0 {
            dir = log_of(0);
        }
        let path = dir.path().join("records.db");
        let known = run_and_kill(&path, Duration::from_micros(dice.below(60_000)));
        // The lock went with the process, so this opens at once.
        let log = open_free(&path);
        let n_batches = check_content(&log);
        for (no, hash) in &known {
            let kept = log.batch(*no).unwrap().map(|batch| batch.hash);
            assert_eq!(kept, Some(*hash), "round {round}: batch {no} was acknowledged");
        }
        let last = known.last().unwrap().0;
        assert!(n_batches == last || n_batches == last + 1, "round {round}: {n_batches} batches, {last} acknowledged");
        n_acknowledged += known.len();
        n_beyond += n_batches - last;
    }
    row(
        "kill −9 of the writer",
        "another process writes single records, bulks of 400, corrections and keyed batches, and is killed after 0–60 ms",
        "acknowledged is there with its hash; the one under way is whole or absent; the chain verifies; the lock is free",
        n_rounds,
        &format!("{n_acknowledged} acknowledged, 0 lost; {n_beyond} more were whole and not yet acknowledged"),
    );
}

#[test]
fn two_writers_at_once() {
    let dir = log_of(0);
    let path = dir.path().join("records.db");
    let mut writer = child("kill::writer").env(PLACE, &path).spawn().unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines().map_while(Result::ok);
    lines.by_ref().find_map(|line| acknowledged(&line)).expect("it never wrote");
    let draining = std::thread::spawn(move || lines.count());
    let id = writer.id();
    for _ in 0..10 {
        let fault = SqliteLog::open(&path).unwrap_err();
        assert!(matches!(&fault, LogError::Busy { holder, .. } if *holder == format!("process {id}")), "{fault}");
    }
    kill(writer);
    draining.join().unwrap();
    check_content(&open_free(&path));
    row(
        "two servers on one directory",
        "a second process opens the log for writing while the first writes, then the first is killed",
        "the second is refused and told who writes; after kill −9 the lock is free",
        10,
        "10 refused, then opened",
    );
}

#[test]
fn a_reader_sees_whole_batches() {
    let dir = log_of(0);
    let path = dir.path().join("records.db");
    let mut writer = child("kill::writer").env(PLACE, &path).spawn().unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines().map_while(Result::ok);
    lines.by_ref().find_map(|line| acknowledged(&line)).expect("it never wrote");
    let draining = std::thread::spawn(move || lines.count());
    let (mut seen, mut n_grown) = (0, 0);
    let reader = SqliteLog::open_read(&path).unwrap();
    for _ in 0..100_000 {
        if n_grown == 100 {
            break;
        }
        let last = reader.entries_after(seen, usize::MAX).unwrap().pop();
        if let Some(last) = last {
            let batch = reader.batch(last.batch).unwrap().unwrap();
            assert_eq!(batch.last_seq, last.seq, "half of batch {} was seen", batch.no);
            seen = last.seq;
            n_grown += 1;
        } else {
            // A reader faster than the writer leaves it the processor.
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    kill(writer);
    draining.join().unwrap();
    assert_eq!(n_grown, 100, "the writer wrote nothing meanwhile");
    row(
        "reading while somebody writes",
        "a second connection reads everything new beside a writer, until it has found something 100 times",
        "a reader sees whole batches",
        100,
        "none found half a batch",
    );
}
