//! A real server process, and a client that writes to it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

/// A server process; killed when dropped.
pub struct Serving {
    pub process: Child,
    said: Lines<BufReader<ChildStderr>>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Serving {
    pub fn start(database: Option<&str>, dir: &Path) -> Self {
        let mut command = taizhang(database, dir, "serve");
        let mut process = command.args(["--open", "--port", "0"]).stderr(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(process.stderr.take().unwrap()).lines();
        Self { process, said }
    }

    /// The first line it says that begins like this.
    pub fn hears(&mut self, beginning: &str) -> String {
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

    /// The exit code, when it ends by itself in time.
    pub fn ends_within(&mut self, wait: Duration) -> Option<i32> {
        let until = Instant::now() + wait;
        while Instant::now() < until {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }

    pub fn address(&mut self) -> String {
        self.hears("http://").trim_start_matches("http://").to_string()
    }
}

/// The program on a county, in a directory or in a database with a directory for what is derived.
pub fn taizhang(database: Option<&str>, dir: &Path, verb: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taizhang"));
    command.env("TAIZHANG_HOME", Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    command.arg(verb).arg("--dir").arg(dir);
    if let Some(database) = database {
        command.args(["--database", database]);
    }
    command
}

/// Sends a new resident; the acknowledgment, or `None` when the connection broke before it came, or the server said
/// that it may not write any more.
pub fn write_resident(address: &str, id: &str) -> Option<Json> {
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
    if head.starts_with("HTTP/1.1 503") {
        assert!(body.contains("session-lost"), "{answer}");
        return None;
    }
    assert!(head.starts_with("HTTP/1.1 201"), "{answer}");
    serde_json::from_str(body).ok()
}
