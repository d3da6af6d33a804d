//! A server killed while clients write to it: is everything it acknowledged there, once, in the log and in the tables?
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::disallowed_methods)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use common::{Serving, taizhang, write_resident};
use records::{Log, Op, SqliteLog};

const N_CLIENTS: usize = 8;

/// What one client saw until the connection broke.
struct Seen {
    acknowledged: Vec<String>,
    /// Sent, and no answer came.
    open: String,
}

fn client(address: &str, name: &str) -> Seen {
    let mut acknowledged = Vec::new();
    for n in 0.. {
        let id = format!("{name}-{n}");
        if write_resident(address, &id).is_none() {
            return Seen { acknowledged, open: id };
        }
        acknowledged.push(id);
    }
    unreachable!("clients write until the server is gone")
}

#[test]
fn a_server_killed_under_load_keeps_every_acknowledged_record_once() {
    let rounds: u64 = std::env::var("TAIZHANG_FAULT_ROUNDS").map_or(3, |text| text.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    assert!(taizhang(None, dir.path(), "init").arg("s0").status().unwrap().success());
    let (mut acknowledged, mut open): (BTreeSet<String>, Vec<String>) = (BTreeSet::new(), Vec::new());
    let mut n_kept = 0;
    for round in 0..rounds {
        let mut serving = Serving::start(None, dir.path());
        let address = serving.address();
        // Sent again, as clients do that heard no answer, and as clients do that heard one.
        let again = open.drain(..).chain(acknowledged.iter().next_back().cloned());
        let again: Vec<String> = again.filter(|id| write_resident(&address, id).is_some()).collect();
        acknowledged.extend(again);
        let clients: Vec<_> = (0..N_CLIENTS)
            .map(|n| {
                let (address, name) = (address.clone(), format!("r{round}-c{n}"));
                std::thread::spawn(move || client(&address, &name))
            })
            .collect();
        std::thread::sleep(Duration::from_millis(200 + round * 137 % 800));
        serving.process.kill().unwrap();
        serving.process.wait().unwrap();
        for seen in clients.into_iter().map(|client| client.join().unwrap()) {
            acknowledged.extend(seen.acknowledged);
            open.push(seen.open);
        }
        n_kept += check(dir.path(), &acknowledged, &open);
    }
    assert!(acknowledged.len() > 20, "only {} were acknowledged", acknowledged.len());
    println!(
        "\nFAULT | kill −9 of the server under load | {N_CLIENTS} clients post keyed records over HTTP, the server is \
         killed after 0.2–1 s and started again | acknowledged is there once, what was under way is whole or absent, \
         the chain verifies, the tables are those of the log, a key sent again writes nothing twice | {rounds} | {} \
         acknowledged, 0 lost, 0 twice; {n_kept} more were whole and not yet acknowledged |",
        acknowledged.len()
    );
}

/// Holds the directory to the law; how many of the open ones are there.
fn check(dir: &Path, acknowledged: &BTreeSet<String>, open: &[String]) -> usize {
    let log = SqliteLog::open_read(&dir.join("records.db")).unwrap();
    let entries = log.entries_after(0, usize::MAX).unwrap();
    let written: Vec<&str> = entries.iter().filter(|e| e.op == Op::Create).map(|entry| entry.record.as_str()).collect();
    let once: BTreeSet<&str> = written.iter().copied().collect();
    assert_eq!(written.len(), once.len(), "a record was written twice");
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !once.contains(id.as_str())).collect();
    assert!(lost.is_empty(), "acknowledged and not there: {lost:?}");
    let kept = open.iter().filter(|id| once.contains(id.as_str())).count();
    assert_eq!(written.len(), acknowledged.len() + kept, "records nobody sent");
    drop(log);
    let verified = taizhang(None, dir, "verify").output().unwrap();
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success(), "{said}{}", String::from_utf8_lossy(&verified.stderr));
    assert!(said.contains("the tables hold exactly the records of the log"), "{said}");
    kept
}
