//! Tests of the engine through its public face. `answer` is the one thing most of them call.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod appending;
mod functions;
mod locked;
mod statements;
mod values;

use super::*;

fn memory() -> Engine {
    Engine::open(None, &Options { threads: Some(2), ..Options::default() }).unwrap()
}

/// The only row of a query on a fresh database in memory.
fn answer(sql: &str) -> Vec<Value> {
    let rows = memory().connect().unwrap().query(sql).unwrap().rows().unwrap();
    assert_eq!(rows.len(), 1, "{sql}");
    rows.into_iter().next().unwrap()
}
