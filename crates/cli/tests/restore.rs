//! A county moved from a directory to a database by its backup: is it the same county, and is a bad backup refused?
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod common;
#[path = "../../records/tests/common/server.rs"]
mod server;

use std::path::Path;
use std::process::{Command, Output};

use common::{Serving, taizhang, write_resident};
use records::{Log, PostgresLog, SqliteLog};

fn restore(database: &str, files: &[&Path]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taizhang"));
    command.arg("restore").args(files).args(["--database", database]).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Writes residents through a server, then backs up what came after a batch; where the log ends.
fn write_and_back_up(dir: &Path, names: &str, since: u64, out: &Path) -> u64 {
    let mut serving = Serving::start(None, dir);
    let address = serving.address();
    for n in 0..5 {
        assert_eq!(write_resident(&address, &format!("{names}{n}")).unwrap()["accepted"], 1);
    }
    drop(serving);
    let mut backup = taizhang(None, dir, "backup");
    let done = backup.arg("--out").arg(out).args(["--since", &since.to_string()]).output().unwrap();
    assert!(done.status.success(), "{}", said(&done));
    let log = SqliteLog::open_read(&dir.join("records.db")).unwrap();
    log.last_batch().unwrap().unwrap().no
}

#[test]
fn a_county_moves_into_a_database() {
    let home = tempfile::tempdir().unwrap();
    let (dir, first, second) = (home.path().join("county"), home.path().join("1.tzl"), home.path().join("2.tzl"));
    assert!(taizhang(None, &dir, "init").arg("s0").status().unwrap().success());
    let database = server::fresh_url();
    let end = write_and_back_up(&dir, "a", 0, &first);

    let torn = home.path().join("torn.tzl");
    let bytes = std::fs::read(&first).unwrap();
    std::fs::write(&torn, &bytes[..bytes.len() - 40]).unwrap();
    let done = restore(&database, &[&torn]);
    assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    assert_eq!(PostgresLog::counties(&database).unwrap(), [""; 0], "a torn archive left something behind");

    let done = restore(&database, &[&first]);
    assert!(done.status.success(), "{}", said(&done));
    let again = restore(&database, &[&first]);
    assert_eq!(again.status.code(), Some(2));
    assert!(said(&again).contains("nothing after them"), "{}", said(&again));

    write_and_back_up(&dir, "b", end, &second);
    let done = restore(&database, &[&second]);
    assert!(done.status.success(), "what continues it is taken: {}", said(&done));
    let (here, there) =
        (SqliteLog::open_read(&dir.join("records.db")).unwrap(), PostgresLog::open_read(&database, "s0").unwrap());
    assert_eq!(here.head_hash().unwrap(), there.head_hash().unwrap());
    assert!(said(&done).contains(&here.head_hash().unwrap().to_string()), "{}", said(&done));
    assert_eq!(here.entries_after(0, usize::MAX).unwrap(), there.entries_after(0, usize::MAX).unwrap());
    let verified = taizhang(Some(&database), &home.path().join("derived"), "verify").output().unwrap();
    assert!(said(&verified).contains("the tables hold exactly the records of the log"), "{}", said(&verified));

    // A county that went another way is not continued by this one's archive.
    let other = server::fresh_url();
    assert!(taizhang(Some(&other), &home.path().join("other"), "init").arg("s0").status().unwrap().success());
    let before = PostgresLog::open_read(&other, "s0").unwrap().head_hash().unwrap();
    let done = restore(&other, &[&first]);
    assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    assert_eq!(PostgresLog::open_read(&other, "s0").unwrap().head_hash().unwrap(), before);
}
