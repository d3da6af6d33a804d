//! Two servers on one database: when the first is killed in the middle of writing, does the second lose anything?
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod common;
#[path = "../../records/tests/common/server.rs"]
mod server;

use std::time::{Duration, Instant};

use common::{Serving, taizhang, write_resident};
use records::{Log, PostgresLog};

const COUNTY: &str = "s0";

#[test]
fn a_killed_server_is_replaced_and_nothing_acknowledged_is_lost() {
    let database = server::fresh_url();
    let dirs: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    assert!(taizhang(Some(&database), dirs[0].path(), "init").arg(COUNTY).status().unwrap().success());

    let mut first = Serving::start(Some(&database), dirs[0].path());
    let address = first.address();
    let mut second = Serving::start(Some(&database), dirs[1].path());
    let standing_by = second.hears("county s0 is written by session ");
    assert!(standing_by.contains("standing by"), "{standing_by}");

    let clients: Vec<_> = (0..4)
        .map(|client| {
            let address = address.clone();
            std::thread::spawn(move || {
                let ids = (0..).map(|n| format!("c{client}-{n}"));
                ids.take_while(|id| write_resident(&address, id).is_some()).collect::<Vec<String>>()
            })
        })
        .collect();
    std::thread::sleep(Duration::from_secs(2));
    first.process.kill().unwrap();
    let killed_at = Instant::now();
    let acknowledged: Vec<String> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
    assert!(acknowledged.len() > 20, "only {} were acknowledged before the end", acknowledged.len());

    let address = second.address();
    assert!(killed_at.elapsed() < Duration::from_secs(30), "it took over after {:?}", killed_at.elapsed());
    assert_eq!(write_resident(&address, "after").unwrap()["accepted"], 1);
    // Sent again under its key, as a client does that heard no answer.
    assert!(write_resident(&address, &acknowledged[0]).is_some());

    let log = PostgresLog::open_read(&database, COUNTY).unwrap();
    for id in acknowledged.iter().map(String::as_str).chain(["after"]) {
        assert!(log.head("resident", id).unwrap().is_some(), "{id} was acknowledged and is not there");
        assert_eq!(log.history("resident", id).unwrap().len(), 1, "{id}");
    }
    let places: Vec<u64> = log.entries_after(0, usize::MAX).unwrap().iter().map(|entry| entry.seq).collect();
    assert_eq!(places, (1..=log.last_seq().unwrap()).collect::<Vec<_>>(), "the places have a gap");

    let verified = taizhang(Some(&database), dirs[2].path(), "verify").output().unwrap();
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success(), "{said}{}", String::from_utf8_lossy(&verified.stderr));
    assert!(said.contains("the tables hold exactly the records of the log"), "{said}");
}
