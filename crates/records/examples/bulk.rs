//! How many entries a second does the log take in bulk, and how many does it verify and read back?
//!
//! `cargo run --release -p records --example bulk -- [entries] [batch] [seq|random]`: invents follow-ups of about
//! 300 bytes for residents in no order, appends them in batches, and prints each rate.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::ops::ControlFlow;
use std::time::Instant;

use base::{Date, Timestamp};
use records::{Draft, Log, NewBatch, Op, SqliteLog};
use serde_json::{Map, Value};

const N_RESIDENTS: u64 = 332_518;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let n_entries: u64 = arguments.next().map_or(Ok(1_300_000), |text| text.parse())?;
    let n_batch: u64 = arguments.next().map_or(Ok(50_000), |text| text.parse())?;
    let scattered = arguments.next().is_none_or(|text| text == "random");

    let dir = tempfile::tempdir()?;
    let path = dir.path().join("records.db");
    let mut log = SqliteLog::create(&path, "s0")?;
    let mut appending = std::time::Duration::ZERO;
    let mut n_bytes = 0;
    for first in (0..n_entries).step_by(usize::try_from(n_batch)?) {
        let drafts: Vec<_> = (first..n_entries.min(first + n_batch)).map(|n| draft(n, scattered)).collect();
        n_bytes += drafts.first().map_or(0, |draft| Value::Object(draft.body.clone()).to_string().len());
        let started = Instant::now();
        log.append(NewBatch::new("synth", Timestamp::from_second(1_735_689_600)?, drafts))?;
        appending += started.elapsed();
    }
    let n_batches = n_entries.div_ceil(n_batch);
    println!("body                 {:>10} bytes", n_bytes as u64 / n_batches);
    rate("append", n_entries, appending);

    let started = Instant::now();
    let mut n_read = 0_u64;
    log.scan(1, &mut |_| {
        n_read += 1;
        ControlFlow::Continue(())
    })?;
    rate("scan", n_read, started.elapsed());

    let started = Instant::now();
    let report = log.verify(&mut |_| ())?;
    rate("verify", report.n_entries, started.elapsed());
    println!("{report}");

    let started = Instant::now();
    let n_heads = 100_000;
    for n in 0..n_heads {
        let draft = draft(mix(n) % n_entries, scattered);
        log.head(&draft.register, &draft.record.unwrap_or_default())?;
    }
    rate("head", n_heads, started.elapsed());
    let started = Instant::now();
    for n in 0..2_000 {
        let mut single = draft(n_entries + n, scattered);
        single.reason = Some("single".to_string());
        log.append(NewBatch::new("li", Timestamp::from_second(1_735_689_600)?, vec![single]))?;
    }
    rate("append one by one", 2_000, started.elapsed());
    drop(log);
    println!("file                 {:>10} MiB", std::fs::metadata(&path)?.len() / 1024 / 1024);
    Ok(())
}

fn draft(n: u64, scattered: bool) -> Draft {
    let place = if scattered { mix(n) } else { n };
    let mut draft = Draft::new(Op::Create, "htn.follow_up", format!("t{:02}", n % 22));
    draft.record = Some(format!("fu-{place:016x}"));
    draft.resident = Some(format!("r{:07}", place % N_RESIDENTS));
    draft.on_date = Some(Date::constant(2025, 1 + (n % 12) as i8, 1 + (n % 28) as i8));
    draft.body = Map::from_iter([
        ("resident".to_string(), Value::from(format!("r{:07}", place % N_RESIDENTS))),
        ("on_date".to_string(), Value::from("2025-01-31")),
        ("way".to_string(), Value::from("clinic")),
        ("sbp".to_string(), Value::from(110 + n % 60)),
        ("dbp".to_string(), Value::from(60 + n % 40)),
        ("height".to_string(), Value::from("165.0")),
        ("weight".to_string(), Value::from("62.5")),
        ("symptoms".to_string(), Value::from(vec!["none"])),
        ("medication".to_string(), Value::from(vec!["amlodipine 5 mg daily", "valsartan 80 mg daily"])),
        ("adherence".to_string(), Value::from("regular")),
        ("smoking".to_string(), Value::from(n % 20)),
        ("next_due".to_string(), Value::from("2025-04-30")),
        ("doctor".to_string(), Value::from("d000123")),
    ]);
    draft
}

fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

fn rate(what: &str, n: u64, took: std::time::Duration) {
    println!("{what:<20} {:>10.0} /s   ({:.2} s for {n})", n as f64 / took.as_secs_f64(), took.as_secs_f64());
}
