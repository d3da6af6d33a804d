//! A small world for the tests: one register, a few records, a clock that is an argument.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use base::Timestamp;
use records::{Draft, Log, LogError, NewBatch, Op, Receipt, SqliteLog};
use serde_json::Value;
use tempfile::TempDir;

pub const REGISTER: &str = "htn.follow_up";

/// A fresh log and the folder that holds it.
pub fn fresh() -> (TempDir, SqliteLog) {
    let dir = tempfile::tempdir().unwrap();
    let log = SqliteLog::create(&dir.path().join("records.db"), "s0").unwrap();
    (dir, log)
}

pub fn at(day: i8) -> Timestamp {
    format!("2025-03-{day:02}T01:00:00Z").parse().unwrap()
}

/// A first version with one field.
pub fn create(record: &str, sbp: i64) -> Draft {
    let mut draft = Draft::new(Op::Create, REGISTER, "t01");
    draft.record = Some(record.to_string());
    draft.resident = Some(format!("r-{record}"));
    draft.on_date = Some("2025-03-01".parse().unwrap());
    draft.body.insert("sbp".to_string(), sbp.into());
    draft
}

/// A later version with these fields, against a version the author had in view.
pub fn correct(record: &str, base: Option<u32>, fields: &[(&str, i64)]) -> Draft {
    let mut draft = create(record, 0);
    draft.op = Op::Correct;
    draft.base_version = base;
    draft.body = fields.iter().map(|(key, value)| (key.to_string(), Value::from(*value))).collect();
    draft.reason = Some("misread".to_string());
    draft
}

pub fn append(log: &mut SqliteLog, day: i8, drafts: Vec<Draft>) -> Result<Receipt, LogError> {
    log.append(NewBatch::new("li", at(day), drafts))
}

/// A log of five batches of three records each, `b1-1` … `b5-3`, closed.
pub fn five_batches() -> TempDir {
    let (dir, mut log) = fresh();
    for batch in 1..=5_i8 {
        let drafts = (1..=3).map(|n| create(&format!("b{batch}-{n}"), 100 + n)).collect();
        append(&mut log, batch, drafts).unwrap();
    }
    dir
}
