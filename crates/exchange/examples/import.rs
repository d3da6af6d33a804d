//! How many rows of a CSV file a second become judged, chained, durable records in every figure, beside bare inserts?
//!
//! `cargo run --release -p exchange --example import -- DIR [rows]`: copies the county in DIR, writes a CSV file of
//! follow-ups of its residents, imports it into the copy, verifies the chain, and prints one JSON document. Beside it in
//! the same run, prepared statements in transactions of the same size into SQLite files of the same settings, and nothing
//! else: the bodies alone into a table of two columns, and whole rows into a table with the columns and indexes of the log.
#![allow(clippy::print_stdout, reason = "a measuring program prints")]

use base::{Date, Timestamp};
use columns::Store;
use exchange::{CHUNK, Import, Source, import};
use records::Entry;
use rusqlite::Statement;
use serde_json::json;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HEADER: &str = "机构,居民,日期,随访方式,收缩压,舒张压,心率,体重,日吸烟量,服药依从性,此次随访分类";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let from = arguments.next().ok_or("say the county's directory")?;
    let n_rows: u64 = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;

    let dir = tempfile::tempdir()?;
    for name in ["records.db", "records.db-wal", "columns.duckdb", "columns.duckdb.wal"] {
        let file = Path::new(&from).join(name);
        if file.exists() {
            std::fs::copy(file, dir.path().join(name))?;
        }
    }
    let mut store = Store::open(dir.path())?;
    let n_before = store.seq();
    let residents = residents(&store)?;
    let path = dir.path().join("follow-ups.csv");
    let n_bytes = write_csv(&path, n_rows, &residents)?;

    let at: Timestamp = "2026-01-10T02:00:00Z".parse()?;
    let options = Import::new("hypertension_followup", "bench", at);
    let started = Instant::now();
    let summary = import(&mut store, &Source::open(&path, None)?, &options, &mut |_| ())?;
    let importing = started.elapsed();
    if summary.n_created != n_rows {
        return Err(format!("{} of {n_rows} rows became records: {:?}", summary.n_created, summary.rules).into());
    }
    let started = Instant::now();
    let report = store.verify(&mut |_| ())?;
    let verifying = started.elapsed();
    if !report.is_ok() {
        return Err(report.to_string().into());
    }

    let body = |insert: &mut Statement<'_>, entry: &Entry| insert.execute([&entry.body]);
    let bodies = Bare::create(&dir.path().join("bodies.db"), BODIES)?.fill(&store, n_before, BODY, body)?;
    let rows = Bare::create(&dir.path().join("rows.db"), ROWS)?.fill(&store, n_before, ROW, whole_row)?;
    let rate = |took: Duration| (n_rows as f64 / took.as_secs_f64()).round();
    let ratio = |bare: Duration| (bare.as_secs_f64() / importing.as_secs_f64() * 1_000.0).round() / 1_000.0;
    let document = json!({
        "command": "cargo run --release -p exchange --example import",
        "rows": n_rows,
        "file_bytes": n_bytes,
        "entries_before": n_before,
        "rows_in_a_transaction": CHUNK,
        "import_rows_per_second": rate(importing),
        "verify_entries_per_second": (report.n_entries as f64 / verifying.as_secs_f64()).round(),
        "bare_rows_with_indexes_per_second": rate(rows),
        "import_to_bare_rows": ratio(rows),
        "bare_bodies_per_second": rate(bodies),
        "import_to_bare_bodies": ratio(bodies),
        "cores": std::thread::available_parallelism()?.get(),
    });
    println!("{document:#}");
    Ok(())
}

const BODIES: &str = "CREATE TABLE body (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;";
const BODY: &str = "INSERT INTO body (body) VALUES (?1)";
const ROWS: &str = "
    CREATE TABLE entry (
        seq INTEGER PRIMARY KEY, register TEXT NOT NULL, record TEXT NOT NULL, version INTEGER NOT NULL,
        org TEXT NOT NULL, resident TEXT, on_date TEXT, actor TEXT NOT NULL, body TEXT NOT NULL, batch INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX entry_of_resident ON entry (resident);
    CREATE UNIQUE INDEX entry_of_record ON entry (register, record, version);";

const ROW: &str = "INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

/// A plain SQLite file with the settings of the log.
struct Bare(rusqlite::Connection);

impl Bare {
    fn create(path: &Path, schema: &str) -> rusqlite::Result<Self> {
        let conn = rusqlite::Connection::open(path)?;
        conn.execute_batch(
            "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 16384;",
        )?;
        conn.execute_batch(schema)?;
        Ok(Self(conn))
    }

    /// Inserts the entries after `seq`; the time of the inserts alone.
    fn fill(
        &mut self,
        store: &Store,
        mut seq: u64,
        sql: &str,
        insert_one: impl Fn(&mut Statement<'_>, &Entry) -> rusqlite::Result<usize>,
    ) -> Result<Duration, Box<dyn Error>> {
        let mut took = Duration::ZERO;
        loop {
            let entries = store.log().entries_after(seq, CHUNK)?;
            let Some(last) = entries.last() else { return Ok(took) };
            seq = last.seq;
            let started = Instant::now();
            let tx = self.0.transaction()?;
            let mut insert = tx.prepare_cached(sql)?;
            for entry in &entries {
                insert_one(&mut insert, entry)?;
            }
            drop(insert);
            tx.commit()?;
            took += started.elapsed();
        }
    }
}

fn whole_row(insert: &mut Statement<'_>, entry: &Entry) -> rusqlite::Result<usize> {
    insert.execute(rusqlite::params![
        entry.seq as i64,
        entry.register,
        entry.record,
        entry.version,
        entry.org,
        entry.resident,
        entry.on_date.map(|day| day.to_string()),
        entry.actor,
        entry.body,
        entry.batch as i64,
    ])
}

fn residents(store: &Store) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let day: Date = "2026-01-10".parse()?;
    let snapshot = store.snapshot(day)?;
    let rows = snapshot.query_text("SELECT id, org FROM reg.resident ORDER BY id LIMIT 100000")?.rows()?;
    let text = |value: &columns::engine::Value| value.as_text().map(str::to_string);
    Ok(rows.iter().filter_map(|row| Some((text(&row[0])?, text(&row[1])?))).collect())
}

/// Follow-ups in no order of residents; every resident at most once a day, since the register refuses a second one.
fn write_csv(path: &Path, n_rows: u64, residents: &[(String, String)]) -> std::io::Result<u64> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{HEADER}")?;
    for n in 0..n_rows {
        let (resident, org) = &residents[(n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20) as usize % residents.len()];
        let (year, month, day) = (1970 + n / 336 % 40, 1 + n % 12, 1 + n / 12 % 28);
        writeln!(
            file,
            "{org},{resident},{year}-{month:02}-{day:02},门诊,{},{},{},{}.{},{},规律,控制不满意",
            110 + n % 60,
            60 + n % 35,
            60 + n % 40,
            45 + n % 50,
            n % 10,
            n % 20
        )?;
    }
    file.flush()?;
    std::fs::metadata(path).map(|known| known.len())
}
