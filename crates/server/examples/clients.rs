//! How many single records a second are acknowledged over HTTP, and how long does each of many clients wait?
//!
//! `taizhang export resident --dir D --out residents.ndjson`, then `taizhang serve --dir D --port 4810`, then
//! `cargo run --release -p server --example clients -- 127.0.0.1:4810 residents.ndjson [clients] [seconds] [open]`: every client
//! keeps one connection and posts one follow-up after another, each under a key of its own, waiting for the answer; with
//! `open`, it opens one resident after another instead, each of which is an entry of the log. Answers that are no
//! acknowledgement end the run. Prints one JSON document.
#![allow(clippy::print_stdout, reason = "a measuring program prints")]

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

type Fault = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Fault> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("say the server's address")?;
    let residents = residents(&arguments.next().ok_or("say the exported residents")?)?;
    let n_clients: usize = arguments.next().map_or(Ok(64), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(20), |text| text.parse())?;
    let request = if arguments.next().as_deref() == Some("open") { opening } else { writing };

    let run = std::process::id();
    let warm_until = Instant::now() + Duration::from_secs(3);
    let until = warm_until + Duration::from_secs(seconds);
    let mut waits = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..n_clients)
            .map(|client| {
                let (address, residents) = (&address, &residents);
                let asks = move |n: usize| request(address, residents, run, client + n * n_clients);
                scope.spawn(move || one_client(address, asks, warm_until, until))
            })
            .collect();
        let mut waits = Vec::new();
        for client in clients {
            waits.extend(client.join().map_err(|_| "a client panicked")??);
        }
        Ok::<_, Fault>(waits)
    })?;
    waits.sort_unstable();
    let milliseconds = |share: usize| {
        let wait = waits.get((waits.len() * share / 1_000).min(waits.len().saturating_sub(1)));
        wait.map(|wait| (wait.as_secs_f64() * 10_000.0).round() / 10.0)
    };
    println!(
        "{:#}",
        serde_json::json!({
            "clients": n_clients,
            "seconds": seconds,
            "acknowledged": waits.len(),
            "acknowledged_per_second": waits.len() as u64 / seconds,
            "p50_milliseconds": milliseconds(500),
            "p95_milliseconds": milliseconds(950),
            "p99_milliseconds": milliseconds(990),
        })
    );
    Ok(())
}

/// Asks until it is time; how long each answer took after the warm-up.
fn one_client(
    address: &str,
    asks: impl Fn(usize) -> String,
    warm_until: Instant,
    until: Instant,
) -> Result<Vec<Duration>, Fault> {
    let mut connection = BufReader::new(TcpStream::connect(address)?);
    connection.get_ref().set_nodelay(true)?;
    let mut waits = Vec::new();
    for n in 0.. {
        let started = Instant::now();
        if started > until {
            break;
        }
        ask(&mut connection, &asks(n))?;
        if started > warm_until {
            waits.push(started.elapsed());
        }
    }
    Ok(waits)
}

/// Opens a resident.
fn opening(address: &str, residents: &[(String, String)], run: u32, n: usize) -> String {
    let (resident, _) = &residents[(n + run as usize) % residents.len()];
    format!("GET /api/resident?id={resident}&purpose=follow-up HTTP/1.1\r\nHost: {address}\r\n\r\n")
}

/// Writes a follow-up.
fn writing(address: &str, residents: &[(String, String)], run: u32, n: usize) -> String {
    let body = body(residents, run, n);
    format!(
        "POST /api/records HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn body(residents: &[(String, String)], run: u32, n: usize) -> String {
    let (resident, org) = &residents[n % residents.len()];
    // A resident comes round again on another day.
    let (day, month) = (1 + n / residents.len() % 28, 1 + run % 12);
    let year = 1960 + run / 12 % 50;
    let sbp = 110 + n % 60;
    format!(
        r#"{{"register":"hypertension_followup","key":"{run}-{n}","records":[{{"org":"{org}","fields":{{"resident":"{resident}","on_date":"{year}-{month:02}-{day:02}","way":"1","sbp":{sbp},"dbp":75,"adherence":"1","class":"2"}}}}]}}"#
    )
}

fn ask(connection: &mut BufReader<TcpStream>, request: &str) -> Result<(), Fault> {
    connection.get_mut().write_all(request.as_bytes())?;
    let mut status = String::new();
    connection.read_line(&mut status)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        connection.read_line(&mut line)?;
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(text) = line.strip_prefix("content-length:") {
            length = text.trim().parse()?;
        }
    }
    let mut answer = vec![0; length];
    connection.read_exact(&mut answer)?;
    if matches!(status.split(' ').nth(1), Some("200" | "201")) {
        return Ok(());
    }
    Err(format!("not acknowledged: {} {}", status.trim(), String::from_utf8_lossy(&answer)).into())
}

fn residents(path: &str) -> Result<Vec<(String, String)>, Fault> {
    let mut residents = Vec::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let record: serde_json::Value = serde_json::from_str(line)?;
        let text = |key: &str| record[key].as_str().map(str::to_string).ok_or_else(|| format!("no {key} in {line}"));
        residents.push((text("id")?, text("org")?));
    }
    Ok(residents)
}
