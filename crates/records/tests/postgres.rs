//! What only a server can do to a log: lose its session, take its rights, hold many counties.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::time::Duration;

use common::server::{end_writer, fresh_url, rows, sql};
use common::{REGISTER, at, create};
use records::{Change, Draft, Item, Log, LogError, NewBatch, PostgresLog, Shelf, ShelfPlace};

fn write(log: &mut PostgresLog, draft: Draft) -> Result<u64, LogError> {
    log.append(NewBatch::new("li", at(1), vec![draft])).map(|receipt| receipt.first_seq)
}

#[test]
fn a_lost_session_writes_nothing_until_the_log_is_opened_again() {
    let url = fresh_url();
    let mut log = PostgresLog::create(&url, "s0").unwrap();
    assert_eq!(write(&mut log, create("f1", 1)).unwrap(), 1);
    end_writer(&url);
    for _ in 0..3 {
        let fault = write(&mut log, create("f2", 1)).unwrap_err();
        assert!(matches!(fault, LogError::Lost { .. }), "{fault}");
    }
    let mut other = PostgresLog::open(&url, "s0").unwrap();
    assert_eq!(write(&mut other, create("f2", 2)).unwrap(), 2);
    assert!(matches!(write(&mut log, create("f3", 1)), Err(LogError::Lost { .. })));
    assert_eq!(other.last_seq().unwrap(), 2);
    assert!(other.verify(&mut |_| ()).unwrap().is_ok());
}

#[test]
fn a_writer_without_its_lock_cannot_write_beside_another() {
    let url = fresh_url();
    let mut log = PostgresLog::create(&url, "s0").unwrap();
    write(&mut log, create("f1", 1)).unwrap();
    // What a pooler might do: the place the writer is about to take is taken.
    sql(
        &url,
        "INSERT INTO batch SELECT county, 2, 2, 2, at, actor, 'x', request_hash, entries_hash, hash, hash FROM batch",
    );
    let fault = write(&mut log, create("f2", 1)).unwrap_err();
    assert!(fault.to_string().contains("another session wrote"), "{fault}");
    assert!(matches!(write(&mut log, create("f2", 1)), Err(LogError::Lost { .. })));
    assert!(log.head(REGISTER, "f2").unwrap().is_none(), "nothing of it is kept");
}

#[test]
fn who_waits_takes_over_and_is_told_for_whom() {
    let url = fresh_url();
    let mut first = PostgresLog::create(&url, "s0").unwrap();
    write(&mut first, create("f1", 1)).unwrap();
    let waiting = std::thread::spawn({
        let url = url.clone();
        move || {
            let mut told = Vec::new();
            let log = PostgresLog::open_waiting(&url, "s0", &mut |holder| told.push(holder.to_string())).unwrap();
            (log, told)
        }
    });
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(write(&mut first, create("f2", 1)).unwrap(), 2);
    drop(first);
    let (mut second, told) = waiting.join().unwrap();
    assert!(told[0].starts_with("session "), "{told:?}");
    assert_eq!(write(&mut second, create("f3", 1)).unwrap(), 3);
}

#[test]
fn counties_share_tables_and_nothing_else() {
    let url = fresh_url();
    assert!(PostgresLog::counties(&url).unwrap().is_empty());
    let mut logs: Vec<_> = ["s0", "s1"].map(|county| PostgresLog::create(&url, county).unwrap()).into();
    for log in &mut logs {
        assert_eq!(write(log, create("f1", 1)).unwrap(), 1);
    }
    assert_eq!(PostgresLog::counties(&url).unwrap(), ["s0", "s1"]);
    logs[0].rebuild_head().unwrap();
    for log in &logs {
        assert_eq!((log.head(REGISTER, "f1").unwrap().unwrap().seq, log.last_seq().unwrap()), (1, 1));
        assert!(log.verify(&mut |_| ()).unwrap().is_ok());
    }
    assert!(matches!(PostgresLog::open(&url, "s2"), Err(LogError::Missing { .. })));
}

#[test]
fn inserting_and_reading_are_all_the_rights_a_writer_needs() {
    let url = fresh_url();
    drop(PostgresLog::create(&url, "s0").unwrap());
    let schema: String = rows(&url, "SELECT current_schema()::text")[0].get(0);
    let user = format!("{schema}_writer");
    // The lines of docs/scale.md.
    let grants = format!(
        "CREATE ROLE {user} LOGIN;
         GRANT USAGE ON SCHEMA {schema} TO {user};
         GRANT SELECT, INSERT ON log, entry, batch TO {user};
         GRANT SELECT, INSERT, UPDATE, DELETE ON head TO {user};"
    );
    sql(&url, &grants);
    let as_user = url.replacen("taizhang@", &format!("{user}@"), 1);
    assert!(as_user != url, "the server of the tests is reached as taizhang");
    let mut log = PostgresLog::create(&as_user, "s1").unwrap();
    assert_eq!(write(&mut log, create("f1", 1)).unwrap(), 1);
    let many = (0..2_000).map(|n| create(&format!("m{n}"), n)).collect();
    log.append(NewBatch::new("li", at(1), many)).unwrap();
    log.rebuild_head().unwrap();
    assert!(log.verify(&mut |_| ()).unwrap().is_ok());
    sql(&url, "DROP TRIGGER entry_is_final ON entry; DROP TRIGGER batch_is_final ON batch;");
    for change in
        ["UPDATE entry SET body = '{}'", "DELETE FROM entry", "TRUNCATE batch", "UPDATE batch SET actor = 'x'"]
    {
        let fault = common::server::try_sql(&as_user, change).unwrap_err();
        assert!(fault.as_db_error().unwrap().message().contains("permission denied"), "{change}: {fault:?}");
    }
}

#[test]
fn a_timer_of_the_role_does_not_end_the_writer() {
    let url = fresh_url();
    let hasty = url.replace("options=", "options=-cidle_session_timeout%3D50%20");
    let mut log = PostgresLog::create(&hasty, "s0").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(write(&mut log, create("f1", 1)).unwrap(), 1);
}

#[test]
fn a_server_that_does_not_answer_is_named_without_the_password() {
    let fault = PostgresLog::open("postgres://li:geheim@localhost:1/nowhere", "s0").unwrap_err();
    assert!(matches!(fault, LogError::Unreachable { .. }), "{fault}");
    assert!(fault.to_string().starts_with("postgres://localhost:1/nowhere"), "{fault}");
}

#[test]
fn a_shelf_is_changed_beside_the_writer_and_each_county_has_its_own() {
    let url = fresh_url();
    let _writer = PostgresLog::create(&url, "s0").unwrap();
    let place = |county: &str| ShelfPlace::Server { url: url.clone(), county: county.into() };
    let put = |name: &str, rev: i64, body: &str| {
        Change::Put(Item { kind: "account".into(), name: name.into(), rev, body: body.into() })
    };
    let (mut one, mut other) = (Shelf::open(&place("s0")).unwrap(), Shelf::open(&place("s0")).unwrap());
    let mut elsewhere = Shelf::open(&place("s1")).unwrap();
    assert!(one.change(&[put("wang", 0, "a")]).unwrap());
    assert!(!other.change(&[put("li", 0, "b"), put("wang", 0, "c")]).unwrap(), "wang is there already");
    assert_eq!(other.all().unwrap().len(), 1, "li was not kept");
    assert!(other.change(&[put("wang", 1, "d")]).unwrap());
    assert!(!one.change(&[put("wang", 1, "e")]).unwrap(), "one saw an older version");
    assert!(elsewhere.change(&[put("wang", 0, "of another county")]).unwrap());
    assert_eq!(one.all().unwrap()[0].body, "d");
    assert!(one.change(&[Change::Remove { kind: "account".into(), name: "wang".into() }]).unwrap());
    assert_eq!((one.all().unwrap().len(), elsewhere.all().unwrap().len()), (0, 1));
}
