//! How long do all figures of a county take, cold, one after another, and again after a record was written?
//!
//! `cargo run --release -p indicator --example questions -- DIR [YEAR]` prints one JSON document; DIR must be a copy, since
//! a record is written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "a measuring program")]
#![allow(clippy::print_stdout, reason = "its document")]

use base::period::Length;
use base::{Period, Timestamp};
use columns::{Snapshot, Store, Submission};
use indicator::{Cache, Request, board};
use records::Draft;
use serde_json::json;
use std::path::Path;
use std::time::Instant;

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = args.next().expect("the directory of a county");
    let year: i16 = args.next().map_or(2025, |year| year.parse().expect("a year"));
    let started = Instant::now();
    let mut store = Store::open(Path::new(&dir)).expect("a county");
    let opened = started.elapsed();
    let months = Period::year(year).split(Length::Month);
    let today = columns::county_time(Timestamp::now()).date();
    let rows: i64 = store.row_counts().unwrap().values().map(|(_, rows)| rows).sum();

    let snapshot = store.snapshot(today).unwrap();
    let one_by_one = timed(|| one_by_one(&snapshot, &months));
    let together = timed(|| all(&Cache::default(), &snapshot, &months));
    let cache = Cache::default();
    let cold = timed(|| all(&cache, &snapshot, &months));
    let nothing_new = timed(|| all(&cache, &snapshot, &months));
    drop(snapshot);
    let mut after_a_record = Vec::new();
    for _ in 0..5 {
        write_one(&mut store);
        let snapshot = store.snapshot(today).unwrap();
        after_a_record.push(timed(|| all(&cache, &snapshot, &months)));
    }
    after_a_record.sort_by(f64::total_cmp);
    let document = json!({
        "rows": rows,
        "months": months.len(),
        "open_seconds": opened.as_secs_f64(),
        "one_statement_per_indicator_seconds": one_by_one,
        "together_seconds": together,
        "cold_seconds": cold,
        "again_seconds": nothing_new,
        "after_a_record_seconds": after_a_record[after_a_record.len() / 2],
        "one_by_one_to_cold": one_by_one / cold,
        "cold_to_after_a_record": cold / after_a_record[after_a_record.len() / 2],
    });
    println!("{document:#}");
}

fn timed(run: impl FnOnce()) -> f64 {
    let started = Instant::now();
    run();
    started.elapsed().as_secs_f64()
}

/// Every indicator of every month, for the whole tree.
fn all(cache: &Cache, snapshot: &Snapshot, months: &[Period]) {
    for month in months {
        cache.board(snapshot, &Request::new(Vec::new(), *month)).unwrap();
    }
}

/// The same questions, each a statement of its own.
fn one_by_one(snapshot: &Snapshot, months: &[Period]) {
    let ids: Vec<String> = snapshot.catalog().indicators().map(|v| v.latest().common.id.clone()).collect();
    for month in months {
        for id in &ids {
            board(snapshot, &Request::new(vec![id.clone()], *month)).unwrap();
        }
    }
}

/// A follow-up visit is written once more as a correction of itself: the register with most rows changes.
fn write_one(store: &mut Store) {
    let mut record = None;
    store
        .log()
        .each_record("hypertension_followup", "", &mut |id| {
            record.get_or_insert_with(|| id.to_string());
        })
        .unwrap();
    let head = store.log().head("hypertension_followup", &record.expect("a follow-up")).unwrap().unwrap();
    let draft = Draft::correcting(&head, "核对").unwrap();
    let outcome = store.submit(Submission::new("measure", Timestamp::now(), vec![draft])).unwrap();
    assert!(outcome.refusals.is_empty(), "{:?}", outcome.refusals);
}
