//! A PostgreSQL server of the tests' own, or the one that `DATABASE_URL` names.
//!
//! Started on first use in a temporary folder, reached by a socket in it, and stopped when the test program ends,
//! however it ends: a watchman stops it when the pipe to the program closes.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio_postgres::{Client, NoTls, Row};

const HOW: &str = "these tests need PostgreSQL 15 or newer: run `cargo xtask setup`, or as root `apt-get install \
                   postgresql`, or set DATABASE_URL to a database they may make schemas in";

/// The address of a database in which the tests may do what they like.
pub fn url() -> String {
    static SERVER: OnceLock<(String, Option<Child>)> = OnceLock::new();
    let start = || match std::env::var("DATABASE_URL") {
        Ok(url) => (url, None),
        Err(_) => start(),
    };
    SERVER.get_or_init(start).0.clone()
}

/// The same database with an empty schema of its own.
pub fn fresh_url() -> String {
    static N: AtomicU32 = AtomicU32::new(0);
    let base = url();
    let schema = format!("t{}_{}", std::process::id(), N.fetch_add(1, Ordering::Relaxed));
    sql(&base, &format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"));
    let mark = if base.contains('?') { '&' } else { '?' };
    format!("{base}{mark}options=-csearch_path%3D{schema}")
}

/// Runs statements as somebody with a connection would.
pub fn sql(url: &str, text: &str) {
    try_sql(url, text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
}

pub fn try_sql(url: &str, text: &str) -> Result<(), tokio_postgres::Error> {
    connected(url, async |client| client.batch_execute(text).await)
}

pub fn rows(url: &str, text: &str) -> Vec<Row> {
    connected(url, async |client| client.query(text, &[]).await).unwrap_or_else(|fault| panic!("{text}: {fault:?}"))
}

/// Ends the session that may write a county, as a server that is restarted would.
pub fn end_writer(url: &str) {
    let schema: String = rows(url, "SELECT current_schema()::text")[0].get(0);
    let key = records::PostgresLog::writer_lock(&schema, "s0");
    let ended = rows(
        url,
        &format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks
             WHERE locktype = 'advisory' AND (classid::bigint << 32) | objid::bigint = {key}"
        ),
    );
    assert_eq!(ended.len(), 1);
}

fn connected<T>(url: &str, work: impl AsyncFnOnce(&Client) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect(HOW);
        let connection = tokio::spawn(connection);
        let done = work(&client).await;
        drop(client);
        connection.await.unwrap().ok();
        done
    })
}

fn start() -> (String, Option<Child>) {
    let cluster = Cluster::make();
    let mut watch = Command::new("sh");
    watch.args([
        "-c",
        r#"cat > /dev/null; "$1/pg_ctl" --pgdata="$2/data" --mode=immediate stop; rm -rf "$2""#,
        "watch",
    ]);
    watch.arg(&cluster.bin).arg(&cluster.dir);
    watch.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    watch.process_group(0);
    if let Some((uid, gid)) = server_user() {
        watch.uid(uid).gid(gid);
    }
    let url = cluster.url();
    // From here on the watchman ends it.
    std::mem::forget(cluster);
    (url, Some(watch.spawn().unwrap()))
}

/// A server in a folder; ended and removed when dropped.
pub struct Cluster {
    bin: PathBuf,
    dir: PathBuf,
}

impl Cluster {
    /// Makes and starts one, in a folder of its own.
    pub fn make() -> Self {
        let dir = tempfile::Builder::new().prefix("tz-pg").tempdir().unwrap().keep();
        let cluster = Self { bin: binaries().expect(HOW), dir };
        cluster.own(&cluster.dir);
        let made = cluster
            .program("initdb")
            .args([
                "--pgdata=data",
                "--username=taizhang",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ])
            .status();
        assert!(made.unwrap().success(), "initdb failed in {}", cluster.dir.display());
        cluster.start();
        cluster
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        command.current_dir(&self.dir).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((uid, gid)) = server_user() {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Gives a folder to the user the server runs as.
    pub fn own(&self, folder: &Path) {
        if let Some((uid, gid)) = server_user() {
            chown(folder, Some(uid), Some(gid)).unwrap();
        }
    }

    /// Starts it, also after it was killed.
    pub fn start(&self) {
        let settings =
            format!("-k {} -c listen_addresses= -c shared_buffers=256MB -c max_wal_size=2GB", self.dir.display());
        let mut run = self.program("pg_ctl");
        run.args(["--pgdata=data", "--wait", "--log=log", &format!("--options={settings}"), "start"]);
        let started = run.status().unwrap().success();
        let log = || std::fs::read_to_string(self.dir.join("log")).unwrap_or_default();
        assert!(started, "the server did not start; its log:\n{}", log());
    }

    /// Kills the server with all its sessions at once.
    pub fn kill(&self) {
        let file = std::fs::read_to_string(self.dir.join("data/postmaster.pid")).unwrap();
        // The main process first, so that it starts nothing again.
        let main = file.lines().next().unwrap().to_string();
        let all: Vec<String> = std::iter::once(main.clone()).chain(children(&main)).collect();
        let mut kill = Command::new("sh");
        assert!(kill.args(["-c", r#"kill -9 "$@" || true"#, "kill"]).args(&all).status().unwrap().success());
        let is_gone = |pid: &String| !Path::new("/proc").join(pid).join("exe").exists();
        let until = Instant::now() + Duration::from_secs(10);
        while !all.iter().all(is_gone) {
            assert!(Instant::now() < until, "the server does not die");
            std::thread::sleep(Duration::from_millis(5));
        }
        // A dead process that nobody has waited for yet would count as alive to the server that starts next: it stands in
        // the lock of the data and in that of the socket.
        for lock in ["data/postmaster.pid", ".s.PGSQL.5432.lock", ".s.PGSQL.5432"] {
            std::fs::remove_file(self.dir.join(lock)).unwrap();
        }
    }

    pub fn url(&self) -> String {
        let host = self.dir.display().to_string().replace('/', "%2F");
        format!("postgres://taizhang@{host}/postgres")
    }
}

/// Stops the server without waiting for anybody, and removes it.
impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.program("pg_ctl").args(["--pgdata=data", "--mode=immediate", "stop"]).status();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// The processes a process started itself.
fn children(parent: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let is_child = |pid: &String| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name in brackets may hold spaces; state and parent follow it.
        stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)) == Some(parent)
    };
    processes.filter(|pid| pid.bytes().all(|byte| byte.is_ascii_digit())).filter(is_child).collect()
}

/// Where `initdb` is: where Debian puts it, where `pg_config` says, or on the path.
pub fn binaries() -> Option<PathBuf> {
    let mut places = Vec::new();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        places.extend(versions.filter_map(|version| Some(version.ok()?.path().join("bin"))));
    }
    places.sort();
    places.reverse();
    if let Ok(said) = Command::new("pg_config").arg("--bindir").output() {
        places.push(PathBuf::from(String::from_utf8_lossy(&said.stdout).trim()));
    }
    places.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    places.into_iter().find(|place| place.join("initdb").is_file())
}

/// The server refuses to run as root, so then somebody else must.
fn server_user() -> Option<(u32, u32)> {
    if Path::new("/proc/self").metadata().map(|me| me.uid()).unwrap_or(1) != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map_while(|field| field.parse().ok());
        fields.next().zip(fields.next())
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("there is neither a user postgres nor nobody"))
}
