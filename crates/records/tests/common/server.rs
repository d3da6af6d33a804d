//! A PostgreSQL server of the tests' own, or the one that `DATABASE_URL` names.
//!
//! Started on first use in a temporary folder, reached by a socket in it, and stopped when the test program ends,
//! however it ends: a watchman stops it when the pipe to the program closes.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

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
    let bin = binaries().expect(HOW);
    let dir = tempfile::Builder::new().prefix("tz-pg").tempdir().unwrap().keep();
    let owner = server_user();
    let program = |name: &str| {
        let mut command = Command::new(bin.join(name));
        command.current_dir(&dir).stdout(Stdio::null());
        if let Some((uid, gid)) = owner {
            command.uid(uid).gid(gid);
        }
        command
    };
    if let Some((uid, gid)) = owner {
        chown(&dir, Some(uid), Some(gid)).unwrap();
    }
    let mut make = program("initdb");
    make.args(["--pgdata=data", "--username=taizhang", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
    assert!(make.status().unwrap().success(), "initdb failed in {}", dir.display());
    let settings = format!("-k {} -c listen_addresses= -c shared_buffers=256MB -c max_wal_size=2GB", dir.display());
    let mut run = program("pg_ctl");
    run.args(["--pgdata=data", "--wait", "--log=log", &format!("--options={settings}"), "start"]);
    assert!(run.status().unwrap().success(), "the server did not start; see {}/log", dir.display());
    let mut watch = Command::new("sh");
    watch.args([
        "-c",
        r#"cat > /dev/null; "$1/pg_ctl" --pgdata="$2/data" --mode=immediate stop; rm -rf "$2""#,
        "watch",
    ]);
    watch.arg(&bin).arg(&dir).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    watch.process_group(0);
    if let Some((uid, gid)) = owner {
        watch.uid(uid).gid(gid);
    }
    let host = dir.display().to_string().replace('/', "%2F");
    (format!("postgres://taizhang@{host}/postgres"), Some(watch.spawn().unwrap()))
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
