//! Does an import that was stopped in the middle go on where it stopped?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use columns::Store;
use common::{County, at};
use exchange::{CHUNK, Import, Source};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn no_row_is_written_twice_and_none_is_lost() {
    let county = County::new();
    let n_rows = CHUNK * 2 + 500;
    let rows: String = (0..n_rows).map(|n| format!("family,{n}号\n")).collect();
    let path = county.file("户.csv", format!("户别,住址\n{rows}"));
    let options = Import { org: Some("jia".into()), ..Import::new("household", "clerk", at()) };
    let County { mut store, dir } = county;

    let source = Source::open(&path, None).unwrap();
    let killed = catch_unwind(AssertUnwindSafe(|| {
        exchange::import(&mut store, &source, &options, &mut |_| panic!("killed after the first chunk"))
    }));
    assert!(killed.is_err());
    drop(store);

    let mut store = Store::open(&dir.path().join("county")).unwrap();
    assert_eq!(store.row_counts().unwrap()["household"].1, CHUNK as i64);
    let source = Source::open(&path, None).unwrap();
    let mut seen = Vec::new();
    let summary =
        exchange::import(&mut store, &source, &options, &mut |at| seen.push((at.n_rows, at.n_bytes))).unwrap();
    assert_eq!(
        (summary.n_done_before, summary.n_created, summary.n_refused),
        (CHUNK as u64, (n_rows - CHUNK) as u64, 0)
    );
    assert_eq!(store.row_counts().unwrap()["household"].1, n_rows as i64);
    let bytes = std::fs::metadata(&path).unwrap().len();
    let chunk = CHUNK as u64;
    assert_eq!(seen, [(chunk, bytes), (chunk * 2, bytes), (chunk * 2 + 500, bytes)]);
}

#[test]
fn a_correction_that_was_written_is_not_written_over_a_later_one() {
    let mut county = County::new();
    let path = county.file("户.ndjson", "{\"id\":\"h1\",\"kind\":\"family\",\"address\":\"1号\"}\n");
    let options = Import { org: Some("jia".into()), ..Import::new("household", "clerk", at()) };
    county.import_with(&path, &options).unwrap();
    let mend = |address: &str, name: &str, county: &mut County| {
        let path = county.file(name, format!("{{\"id\":\"h1\",\"address\":\"{address}\"}}\n"));
        let options = Import { reason: Some("核对".into()), ..options.clone() };
        county.import_with(&path, &options).unwrap()
    };
    assert_eq!(mend("2号", "b.ndjson", &mut county).n_changed, 1);
    assert_eq!(mend("3号", "c.ndjson", &mut county).n_changed, 1);
    assert_eq!(mend("2号", "b.ndjson", &mut county).n_done_before, 1);
    let head = county.store.log().head("household", "h1").unwrap().unwrap();
    assert_eq!((head.version, head.fields().unwrap()["address"].as_str()), (3, Some("3号")));
}
