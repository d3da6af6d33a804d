//! How many judged, chained and applied records a second does a county take, beside a bare insert of the same bodies?
//!
//! `cargo run --release -p columns --example write -- DIR [records] [batch]`: copies the county in DIR, writes
//! follow-ups of its residents into the copy, in batches, and prints each rate. The bare insert puts the same bodies
//! into a table of a SQLite file of the same settings, prepared, in transactions of the same size, and nothing else.
#![allow(clippy::print_stdout, reason = "a measuring program prints")]

use base::{Date, Timestamp};
use columns::{Mode, Store, Submission};
use records::{Draft, Op};
use serde_json::{Map, Value};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let from = arguments.next().ok_or("say the county's directory")?;
    let n_records: u64 = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let n_batch: u64 = arguments.next().map_or(Ok(20_000), |text| text.parse())?;

    let dir = tempfile::tempdir()?;
    for name in ["records.db", "records.db-wal", "columns.duckdb", "columns.duckdb.wal"] {
        let file = Path::new(&from).join(name);
        if file.exists() {
            std::fs::copy(file, dir.path().join(name))?;
        }
    }
    let mut store = Store::open(dir.path())?;
    let residents = residents(&store)?;
    println!("county               {:>10} entries, {} residents", store.seq(), residents.len());

    let at: Timestamp = "2026-01-10T02:00:00Z".parse()?;
    let mut bare = Bare::create(&dir.path().join("bare.db"))?;
    let (mut submitting, mut inserting, mut n_refused) = (Duration::ZERO, Duration::ZERO, 0);
    for first in (0..n_records).step_by(usize::try_from(n_batch)?) {
        let drafts: Vec<Draft> = (first..n_records.min(first + n_batch)).map(|n| draft(n, &residents)).collect();
        let bodies: Vec<String> = drafts.iter().map(|draft| Value::Object(draft.body.clone()).to_string()).collect();
        let started = Instant::now();
        let outcome = store.submit(Submission { mode: Mode::Each, ..Submission::new("import", at, drafts) })?;
        submitting += started.elapsed();
        n_refused += outcome.n_refused;
        let started = Instant::now();
        bare.insert(&bodies)?;
        inserting += started.elapsed();
    }
    println!("refused              {n_refused:>10}");
    let (written, bare) = (rate("submit", n_records, submitting), rate("bare insert", n_records, inserting));
    println!("submit / bare        {:>10.3}", written / bare);
    Ok(())
}

/// A plain table in the same kind of file.
struct Bare(rusqlite::Connection);

impl Bare {
    fn create(path: &Path) -> rusqlite::Result<Self> {
        let conn = rusqlite::Connection::open(path)?;
        conn.execute_batch(
            "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 16384;
             CREATE TABLE body (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;",
        )?;
        Ok(Self(conn))
    }

    fn insert(&mut self, bodies: &[String]) -> rusqlite::Result<()> {
        let tx = self.0.transaction()?;
        {
            let mut insert = tx.prepare_cached("INSERT INTO body (body) VALUES (?1)")?;
            for body in bodies {
                insert.execute([body])?;
            }
        }
        tx.commit()
    }
}

fn residents(store: &Store) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let day: Date = "2026-01-10".parse()?;
    let snapshot = store.snapshot(day)?;
    let rows = snapshot.query_text("SELECT id, org FROM reg.resident ORDER BY id LIMIT 100000")?.rows()?;
    let text = |value: &columns::engine::Value| value.as_text().map(str::to_string);
    Ok(rows.iter().filter_map(|row| Some((text(&row[0])?, text(&row[1])?))).collect())
}

fn draft(n: u64, residents: &[(String, String)]) -> Draft {
    let (resident, org) = &residents[(n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20) as usize % residents.len()];
    let mut body = Map::new();
    let mut put = |key: &str, value: Value| body.insert(key.to_string(), value);
    put("resident", resident.as_str().into());
    // Every resident at most once a day: the register refuses a second one.
    put("on_date", format!("{}-{:02}-{:02}", 1970 + n / 336 % 40, 1 + n % 12, 1 + n / 12 % 28).into());
    put("way", "1".into());
    put("sbp", Value::from(110 + n % 60));
    put("dbp", Value::from(60 + n % 35));
    put("heart_rate", Value::from(60 + n % 40));
    put("weight", format!("{}.{}", 45 + n % 50, n % 10).into());
    put("cigarettes", Value::from(n % 20));
    put("adherence", "1".into());
    put("class", "2".into());
    let mut draft = Draft::new(Op::Create, "hypertension_followup", org.as_str());
    draft.record = Some(format!("bulk-{n}"));
    draft.body = body;
    draft
}

fn rate(what: &str, n: u64, took: Duration) -> f64 {
    let rate = n as f64 / took.as_secs_f64();
    println!("{what:<20} {rate:>10.0} records a second");
    rate
}
