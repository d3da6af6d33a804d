//! How fast is the log on PostgreSQL, beside `pgbench` doing the equivalent insert on the same server in the same run?
//!
//! `cargo run --release -p records --example postgres -- [entries] [seconds]`: bulk batches of 50,000, then 64 people
//! who write one record at a time and wait for it, through group commit; then `pgbench` with 64 clients, each
//! inserting one row of the same columns per transaction into a table with the same indexes. Prints one JSON document.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

#[path = "../tests/common/server.rs"]
mod server;

use std::error::Error;
use std::process::Command;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use base::{Date, Timestamp};
use records::{Draft, Log, NewBatch, Op, PostgresLog, Receipt};
use serde_json::{Map, Value, json};

const N_CLIENTS: u64 = 64;
const N_BATCH: u64 = 50_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let n_entries: u64 = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(20), |text| text.parse())?;
    let url = server::fresh_url();
    let version: String = server::rows(&url, "SELECT current_setting('server_version')")[0].get(0);

    let mut log = PostgresLog::create(&url, "s0")?;
    let bulk = bulk(&mut log, n_entries)?;
    let report = timed(|| log.verify(&mut |_| ()))?;
    assert!(report.0.is_ok(), "{}", report.0);
    let n_before = log.last_seq()?;
    server::sql(&url, "ANALYZE; CHECKPOINT;");
    let (mut log, grouped) = grouped(log, n_entries, Duration::from_secs(seconds))?;
    let n_grouped = log.last_seq()? - n_before;
    let one_by_one = one_by_one(&mut log)?;
    drop(log);
    let peer = pgbench(&url, seconds)?;
    let ours = n_grouped as f64 / grouped.as_secs_f64();
    let document = json!({
        "what": "append to the log on PostgreSQL, beside pgbench",
        "machine": machine(),
        "server": {"postgresql": version, "fsync": "on", "synchronous_commit": "on", "reached_by": "unix socket"},
        "bulk": {"entries": n_entries, "batch": N_BATCH, "per_second": (n_entries as f64 / bulk.as_secs_f64()).round()},
        "verify": {"per_second": (report.0.n_entries as f64 / report.1.as_secs_f64()).round()},
        "group_commit": {"clients": N_CLIENTS, "seconds": seconds, "records": n_grouped, "per_second": ours.round()},
        "one_by_one": {"per_second": one_by_one.round()},
        "pgbench": {"clients": N_CLIENTS, "seconds": seconds, "per_second": peer.round()},
        "ratio": (ours / peer * 100.0).round() / 100.0,
    });
    println!("{}", serde_json::to_string_pretty(&document)?);
    Ok(())
}

fn timed<T, E>(work: impl FnOnce() -> Result<T, E>) -> Result<(T, Duration), E> {
    let started = Instant::now();
    Ok((work()?, started.elapsed()))
}

fn bulk(log: &mut PostgresLog, n_entries: u64) -> Result<Duration, Box<dyn Error>> {
    let mut took = Duration::ZERO;
    for first in (0..n_entries).step_by(N_BATCH as usize) {
        let drafts: Vec<_> = (first..n_entries.min(first + N_BATCH)).map(draft).collect();
        took += timed(|| log.append(NewBatch::new("synth", at(), drafts)))?.1;
    }
    Ok(took)
}

type Job = (NewBatch, Sender<Receipt>);

/// Many people, each waiting for one record after another; one thread writes whatever waits.
fn grouped(mut log: PostgresLog, n_there: u64, length: Duration) -> Result<(PostgresLog, Duration), Box<dyn Error>> {
    let (send, jobs) = channel::<Job>();
    let started = Instant::now();
    let clients: Vec<_> = (0..N_CLIENTS)
        .map(|client| {
            let send = send.clone();
            std::thread::spawn(move || {
                for n in 0.. {
                    if started.elapsed() >= length {
                        break;
                    }
                    let (reply, answer) = channel();
                    let draft = draft(n_there + 1_000_000 * (client + 1) + n);
                    send.send((NewBatch::new("li", at(), vec![draft]), reply)).expect("the writer lives");
                    answer.recv().expect("every record is acknowledged");
                }
            })
        })
        .collect();
    drop(send);
    while let Ok(first) = jobs.recv() {
        let group = std::iter::once(first).chain(jobs.try_iter());
        let (batches, replies): (Vec<_>, Vec<_>) = group.unzip();
        for (reply, receipt) in replies.into_iter().zip(log.append_group(&batches)) {
            reply.send(receipt?)?;
        }
    }
    let took = started.elapsed();
    clients.into_iter().for_each(|client| client.join().expect("a client panicked"));
    Ok((log, took))
}

fn one_by_one(log: &mut PostgresLog) -> Result<f64, Box<dyn Error>> {
    let n = 1_000;
    let ((), took) = timed(|| {
        (0..n).try_for_each(|n| log.append(NewBatch::new("li", at(), vec![draft(900_000_000 + n)])).map(|_| ()))
    })?;
    Ok(n as f64 / took.as_secs_f64())
}

/// The peer: `entry` once more under another name. The same columns and collations, the same two indexes, a body of the
/// same fields and length, as many rows there before, ids and residents as scattered as ours, the server's own
/// `synchronous_commit = on` and `fsync = on`, statements prepared, a checkpoint before; one transaction a row, its place
/// from a sequence. It does less than the log does: no gapless place, no head, no batch, no hash.
fn pgbench(url: &str, seconds: u64) -> Result<f64, Box<dyn Error>> {
    server::sql(
        url,
        "CREATE TABLE peer (LIKE entry INCLUDING DEFAULTS, PRIMARY KEY (county, seq));
         CREATE INDEX ON peer (county, resident, seq) WHERE resident IS NOT NULL;
         CREATE SEQUENCE peer_seq CACHE 1;
         INSERT INTO peer SELECT * FROM entry;
         SELECT setval('peer_seq', (SELECT max(seq) FROM entry)); ANALYZE; CHECKPOINT;",
    );
    let dir = tempfile::tempdir()?;
    let script = dir.path().join("insert.sql");
    let body = Value::Object(draft(7).body).to_string();
    std::fs::write(
        &script,
        format!(
            "\\set n random(1, 2000000000)\n\
             INSERT INTO peer VALUES ('s0', nextval('peer_seq'), 'htn.follow_up', 'fu-' || :n, 1, NULL, NULL, 'create', \
             't01', 'r' || (:n % 332518), '2025-01-31', 'li', 1735689600000000, '{body}', NULL, 1);\n"
        ),
    )?;
    let program = server::binaries().ok_or("there is no pgbench")?.join("pgbench");
    let (clients, length) = (N_CLIENTS.to_string(), seconds.to_string());
    let ran = Command::new(program)
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--client", &clients, "--time", &length, "--file"])
        .arg(&script)
        .arg(url)
        .output()?;
    let said = String::from_utf8_lossy(&ran.stdout);
    let line = said.lines().find(|line| line.starts_with("tps = "));
    let rate = line.and_then(|line| line.split_whitespace().nth(2));
    let rate = rate.ok_or_else(|| {
        format!("pgbench: {said}{}", String::from_utf8_lossy(&ran.stderr).lines().take(3).collect::<String>())
    })?;
    Ok(rate.parse()?)
}

fn machine() -> Value {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("").trim_start_matches([' ', '\t', ':']);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 = memory.split_whitespace().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
    json!({
        "cpu": model,
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "memory_gib": kib / 1024 / 1024,
    })
}

fn at() -> Timestamp {
    Timestamp::constant(1_735_689_600, 0)
}

fn draft(n: u64) -> Draft {
    let place = mix(n);
    let mut draft = Draft::new(Op::Create, "htn.follow_up", format!("t{:02}", n % 22));
    draft.record = Some(format!("fu-{place:016x}"));
    draft.resident = Some(format!("r{:07}", place % 332_518));
    draft.on_date = Some(Date::constant(2025, 1 + (n % 12) as i8, 1 + (n % 28) as i8));
    draft.body = Map::from_iter([
        ("resident".to_string(), Value::from(format!("r{:07}", place % 332_518))),
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
