//! Two servers on one database: when the first is killed in the middle of writing, does the second lose anything?
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

#[path = "../../records/tests/common/server.rs"]
mod server;

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use records::{Log, PostgresLog};
use serde_json::{Value as Json, json};

const COUNTY: &str = "s0";

/// A server process; killed when dropped.
struct Serving {
    process: Child,
    said: Lines<BufReader<ChildStderr>>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Serving {
    fn start(database: &str, dir: &Path) -> Self {
        let mut command = taizhang(database, dir, "serve");
        let mut process = command.args(["--port", "0"]).stderr(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(process.stderr.take().unwrap()).lines();
        Self { process, said }
    }

    /// The first line it says that begins like this.
    fn hears(&mut self, beginning: &str) -> String {
        let mut heard = Vec::new();
        for line in self.said.by_ref() {
            let line = line.unwrap();
            if line.starts_with(beginning) {
                return line;
            }
            heard.push(line);
        }
        panic!("it never said {beginning:?}, but {heard:?}");
    }

    fn address(&mut self) -> String {
        self.hears("http://").trim_start_matches("http://").to_string()
    }
}

fn taizhang(database: &str, dir: &Path, verb: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taizhang"));
    command.env("TAIZHANG_HOME", Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    command.arg(verb).args(["--database", database, "--dir"]).arg(dir);
    command
}

/// Sends a new resident; the acknowledgment, or `None` when the connection broke before it came.
fn write_resident(address: &str, id: &str) -> Option<Json> {
    let fields = json!({"name": "张三", "sex": "1", "birth_on": "1980-01-01"});
    let document = json!({"register": "resident", "key": id, "confirm": "核对", "records": [
        {"id": id, "org": "shili", "fields": fields}
    ]});
    let body = document.to_string();
    let head = format!(
        "POST /api/records HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    assert!(head.starts_with("HTTP/1.1 201"), "{answer}");
    serde_json::from_str(body).ok()
}

#[test]
fn a_killed_server_is_replaced_and_nothing_acknowledged_is_lost() {
    let database = server::fresh_url();
    let dirs: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let mut init = Command::new(env!("CARGO_BIN_EXE_taizhang"));
    init.env("TAIZHANG_HOME", Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    init.args(["init", COUNTY, "--database", &database, "--dir"]).arg(dirs[0].path());
    assert!(init.status().unwrap().success());

    let mut first = Serving::start(&database, dirs[0].path());
    let address = first.address();
    let mut second = Serving::start(&database, dirs[1].path());
    let standing_by = second.hears("county s0 is written by session ");
    assert!(standing_by.contains("standing by"), "{standing_by}");

    let clients: Vec<_> = (0..4)
        .map(|client| {
            let address = address.clone();
            std::thread::spawn(move || {
                let ids = (0..).map(|n| format!("c{client}-{n}"));
                ids.take_while(|id| write_resident(&address, id).is_some()).collect::<Vec<String>>()
            })
        })
        .collect();
    std::thread::sleep(Duration::from_secs(2));
    first.process.kill().unwrap();
    let killed_at = Instant::now();
    let acknowledged: Vec<String> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
    assert!(acknowledged.len() > 20, "only {} were acknowledged before the end", acknowledged.len());

    let address = second.address();
    assert!(killed_at.elapsed() < Duration::from_secs(30), "it took over after {:?}", killed_at.elapsed());
    assert_eq!(write_resident(&address, "after").unwrap()["accepted"], 1);
    // Sent again under its key, as a client does that heard no answer.
    assert!(write_resident(&address, &acknowledged[0]).is_some());

    let log = PostgresLog::open_read(&database, COUNTY).unwrap();
    for id in acknowledged.iter().map(String::as_str).chain(["after"]) {
        assert!(log.head("resident", id).unwrap().is_some(), "{id} was acknowledged and is not there");
        assert_eq!(log.history("resident", id).unwrap().len(), 1, "{id}");
    }
    let places: Vec<u64> = log.entries_after(0, usize::MAX).unwrap().iter().map(|entry| entry.seq).collect();
    assert_eq!(places, (1..=log.last_seq().unwrap()).collect::<Vec<_>>(), "the places have a gap");

    let verified = taizhang(&database, dirs[2].path(), "verify").output().unwrap();
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success(), "{said}{}", String::from_utf8_lossy(&verified.stderr));
    assert!(said.contains("the tables hold exactly the records of the log"), "{said}");
}
