//! Two servers on one database: when the first is killed, or loses its session, does the second lose anything?
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod common;
#[path = "../../records/tests/common/server.rs"]
mod server;

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use common::{Serving, taizhang, write_resident};
use records::{Log, PostgresLog};
use tempfile::TempDir;

const COUNTY: &str = "s0";

/// A server that writes, and one that stands by.
struct Pair {
    database: String,
    first: Serving,
    second: Serving,
    address: String,
    dirs: Vec<TempDir>,
}

impl Pair {
    fn start() -> Self {
        let database = server::fresh_url();
        let dirs: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
        assert!(taizhang(Some(&database), dirs[0].path(), "init").arg(COUNTY).status().unwrap().success());
        let mut first = Serving::start(Some(&database), dirs[0].path());
        let address = first.address();
        let mut second = Serving::start(Some(&database), dirs[1].path());
        let standing_by = second.hears("county s0 is written by session ");
        assert!(standing_by.contains("standing by"), "{standing_by}");
        Self { database, first, second, address, dirs }
    }

    /// Clients that write until they hear no more acknowledgments, and return what was acknowledged.
    fn load(&self) -> Vec<JoinHandle<Vec<String>>> {
        let client = |n: usize| {
            let address = self.address.clone();
            std::thread::spawn(move || {
                let ids = (0..).map(|i| format!("c{n}-{i}"));
                ids.take_while(|id| write_resident(&address, id).is_some()).collect()
            })
        };
        (0..4).map(client).collect()
    }

    /// The second has taken over, and everything acknowledged is there, once, without a gap.
    fn check(mut self, acknowledged: &[String]) {
        let ended_at = Instant::now();
        let address = self.second.address();
        assert!(ended_at.elapsed() < Duration::from_secs(30), "it took over after {:?}", ended_at.elapsed());
        assert_eq!(write_resident(&address, "after").unwrap()["accepted"], 1);
        // Sent again under its key, as a client does that heard no answer.
        assert!(write_resident(&address, &acknowledged[0]).is_some());
        let log = PostgresLog::open_read(&self.database, COUNTY).unwrap();
        for id in acknowledged.iter().map(String::as_str).chain(["after"]) {
            assert!(log.head("resident", id).unwrap().is_some(), "{id} was acknowledged and is not there");
            assert_eq!(log.history("resident", id).unwrap().len(), 1, "{id}");
        }
        let places: Vec<u64> = log.entries_after(0, usize::MAX).unwrap().iter().map(|entry| entry.seq).collect();
        assert_eq!(places, (1..=log.last_seq().unwrap()).collect::<Vec<_>>(), "the places have a gap");
        let verified = taizhang(Some(&self.database), self.dirs[2].path(), "verify").output().unwrap();
        let said = String::from_utf8_lossy(&verified.stdout);
        assert!(verified.status.success(), "{said}{}", String::from_utf8_lossy(&verified.stderr));
        assert!(said.contains("the tables hold exactly the records of the log"), "{said}");
    }
}

#[test]
fn a_killed_server_is_replaced_and_nothing_acknowledged_is_lost() {
    let mut pair = Pair::start();
    let clients = pair.load();
    std::thread::sleep(Duration::from_secs(2));
    pair.first.process.kill().unwrap();
    let acknowledged: Vec<String> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
    assert!(acknowledged.len() > 20, "only {} were acknowledged before the end", acknowledged.len());
    pair.check(&acknowledged);
}

#[test]
fn a_server_that_lost_its_session_ends_and_is_replaced() {
    let mut pair = Pair::start();
    let clients = pair.load();
    std::thread::sleep(Duration::from_secs(2));
    server::end_writer(&pair.database);
    assert_eq!(pair.first.ends_within(Duration::from_secs(15)), Some(2), "a supervisor would not start it again");
    let why = pair.first.hears("error: the server stopped, because it may not write any more");
    assert!(why.contains("session with postgres://") && why.contains("start it again"), "{why}");
    let acknowledged: Vec<String> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
    assert!(acknowledged.len() > 20, "only {} were acknowledged before the end", acknowledged.len());
    pair.check(&acknowledged);
}

#[test]
fn a_server_that_lost_its_session_ends_although_nobody_writes() {
    let mut pair = Pair::start();
    assert!(write_resident(&pair.address, "before").is_some());
    server::end_writer(&pair.database);
    assert_eq!(pair.first.ends_within(Duration::from_secs(15)), Some(2), "it never noticed");
    pair.check(&["before".to_string()]);
}
