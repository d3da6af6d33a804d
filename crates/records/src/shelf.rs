//! What is kept beside the log, because it may change and must be forgettable?
//!
//! Small documents by kind and name: accounts, sessions. A log never forgets, and whoever has a copy of it has all of
//! it; a password's hash belongs in neither. So they lie beside it: in a file of their own in a county's directory, or
//! in a table of their own on a server. No archive, export or seal reads them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, params};

use crate::LogError;
use crate::postgres::{Address, Session};

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS shelf (
    kind TEXT NOT NULL, name TEXT NOT NULL, rev INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;";
const SERVER_SCHEMA: &str = "CREATE TABLE IF NOT EXISTS shelf (
    county text COLLATE \"C\" NOT NULL, kind text COLLATE \"C\" NOT NULL, name text COLLATE \"C\" NOT NULL,
    rev bigint NOT NULL, body text NOT NULL, PRIMARY KEY (county, kind, name)
)";
/// How long a writer of the file waits for another.
const PATIENCE: Duration = Duration::from_secs(5);

/// A document as it lies there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What sort of thing it is.
    pub kind: String,
    /// Its name among its kind.
    pub name: String,
    /// How often it was written: 1, 2, 3 …
    pub rev: i64,
    /// The document.
    pub body: String,
}

/// Something to be done to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Writes it, provided that it is still as it was seen: `rev` is that of the version in view, 0 of a new one.
    Put(Item),
    /// Takes it away, whatever it is.
    Remove {
        /// What sort of thing it is.
        kind: String,
        /// Its name among its kind.
        name: String,
    },
}

/// Where a shelf is.
#[derive(Debug, Clone)]
pub enum ShelfPlace {
    /// A file of its own.
    File(PathBuf),
    /// A table of a server.
    Server {
        /// The server's address, as [`PostgresLog`](crate::PostgresLog) takes it.
        url: String,
        /// The county.
        county: String,
    },
}

/// The documents beside a county's log. Several programs may have it open at once.
pub struct Shelf(Kept);

enum Kept {
    File { conn: Connection, path: PathBuf },
    Server { session: Session, county: String },
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shelf")
    }
}

impl Shelf {
    /// Opens a shelf, and makes it when there is none. The file is readable by its owner alone.
    ///
    /// # Errors
    /// Whatever the file system or the server says.
    pub fn open(place: &ShelfPlace) -> Result<Self, LogError> {
        match place {
            ShelfPlace::File(path) => open_file(path).map(Self),
            ShelfPlace::Server { url, county } => {
                let session = Session::for_shelf(&Address::parse(url, county)?)?;
                session.ask("making the shelf", async |client| client.batch_execute(SERVER_SCHEMA).await)?;
                Ok(Self(Kept::Server { session, county: county.clone() }))
            }
        }
    }

    /// Every document, by kind and name.
    ///
    /// # Errors
    /// Whatever reading brings.
    pub fn all(&self) -> Result<Vec<Item>, LogError> {
        match &self.0 {
            Kept::File { conn, path } => {
                let read = || {
                    let mut ask = conn.prepare_cached("SELECT kind, name, rev, body FROM shelf ORDER BY kind, name")?;
                    let rows = ask.query_map([], |row| {
                        Ok(Item { kind: row.get(0)?, name: row.get(1)?, rev: row.get(2)?, body: row.get(3)? })
                    })?;
                    rows.collect::<rusqlite::Result<Vec<_>>>()
                };
                read().map_err(|fault| crate::sqlite::explain(path, "reading accounts", fault))
            }
            Kept::Server { session, county } => {
                let sql = "SELECT kind, name, rev, body FROM shelf WHERE county = $1 ORDER BY kind, name";
                let rows = session.ask("reading accounts", async |client| client.query(sql, &[county]).await)?;
                let item = |row: &tokio_postgres::Row| Item {
                    kind: row.get(0),
                    name: row.get(1),
                    rev: row.get(2),
                    body: row.get(3),
                };
                Ok(rows.iter().map(item).collect())
            }
        }
    }

    /// Makes all changes or none; `false` when a document was written by somebody else since it was seen.
    ///
    /// # Errors
    /// Whatever writing brings; nothing was changed then.
    pub fn change(&mut self, changes: &[Change]) -> Result<bool, LogError> {
        match &mut self.0 {
            Kept::File { conn, path } => {
                change_file(conn, changes).map_err(|fault| crate::sqlite::explain(path, "writing accounts", fault))
            }
            Kept::Server { session, county } => change_server(session, county, changes),
        }
    }
}

fn open_file(path: &Path) -> Result<Kept, LogError> {
    let opening = |fault| crate::sqlite::explain(path, "opening accounts", fault);
    #[cfg(unix)]
    if !path.exists() {
        use std::os::unix::fs::OpenOptionsExt;
        // Made by us first, so that nobody else may ever read it; SQLite gives its companions the same mode.
        let made = std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
        made.map_err(|fault| LogError::Store {
            place: path.display().to_string(),
            doing: "making the file of accounts",
            source: Box::new(fault),
        })?;
    }
    let conn = Connection::open(path).map_err(opening)?;
    conn.busy_timeout(PATIENCE).map_err(opening)?;
    conn.pragma_update(None, "journal_mode", "WAL").map_err(opening)?;
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;").map_err(opening)?;
    conn.execute_batch(SCHEMA).map_err(opening)?;
    Ok(Kept::File { conn, path: path.to_path_buf() })
}

fn change_file(conn: &mut Connection, changes: &[Change]) -> rusqlite::Result<bool> {
    let transaction = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for change in changes {
        let n_changed = match change {
            Change::Put(Item { kind, name, rev: 0, body }) => transaction.execute(
                "INSERT INTO shelf (kind, name, rev, body) VALUES (?1, ?2, 1, ?3) ON CONFLICT DO NOTHING",
                params![kind, name, body],
            )?,
            Change::Put(Item { kind, name, rev, body }) => transaction.execute(
                "UPDATE shelf SET rev = rev + 1, body = ?4 WHERE kind = ?1 AND name = ?2 AND rev = ?3",
                params![kind, name, rev, body],
            )?,
            Change::Remove { kind, name } => {
                transaction.execute("DELETE FROM shelf WHERE kind = ?1 AND name = ?2", params![kind, name])?;
                1
            }
        };
        if n_changed == 0 {
            return Ok(false);
        }
    }
    transaction.commit()?;
    Ok(true)
}

fn change_server(session: &mut Session, county: &str, changes: &[Change]) -> Result<bool, LogError> {
    session.ask("writing accounts", async |client| {
        client.batch_execute("BEGIN").await?;
        let mut done = Ok(true);
        for change in changes {
            let n_changed = change_one(client, county, change).await;
            done = n_changed.map(|n_changed| n_changed > 0);
            if !matches!(done, Ok(true)) {
                break;
            }
        }
        client.batch_execute(if matches!(done, Ok(true)) { "COMMIT" } else { "ROLLBACK" }).await?;
        done
    })
}

async fn change_one(
    client: &tokio_postgres::Client,
    county: &str,
    change: &Change,
) -> Result<u64, tokio_postgres::Error> {
    match change {
        Change::Put(Item { kind, name, rev: 0, body }) => {
            let sql =
                "INSERT INTO shelf (county, kind, name, rev, body) VALUES ($1, $2, $3, 1, $4) ON CONFLICT DO NOTHING";
            client.execute(sql, &[&county, kind, name, body]).await
        }
        Change::Put(Item { kind, name, rev, body }) => {
            let sql =
                "UPDATE shelf SET rev = rev + 1, body = $5 WHERE county = $1 AND kind = $2 AND name = $3 AND rev = $4";
            client.execute(sql, &[&county, kind, name, rev, body]).await
        }
        Change::Remove { kind, name } => {
            let sql = "DELETE FROM shelf WHERE county = $1 AND kind = $2 AND name = $3";
            client.execute(sql, &[&county, kind, name]).await.map(|_| 1)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn put(name: &str, rev: i64, body: &str) -> Change {
        Change::Put(Item { kind: "account".into(), name: name.into(), rev, body: body.into() })
    }

    #[test]
    fn a_change_is_refused_when_somebody_was_faster_and_then_nothing_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let place = ShelfPlace::File(dir.path().join("accounts.db"));
        let (mut one, mut other) = (Shelf::open(&place).unwrap(), Shelf::open(&place).unwrap());
        assert!(one.change(&[put("wang", 0, "a")]).unwrap());
        assert!(!other.change(&[put("li", 0, "b"), put("wang", 0, "c")]).unwrap(), "wang is there already");
        assert_eq!(other.all().unwrap().len(), 1, "li was not kept");
        assert!(other.change(&[put("wang", 1, "d")]).unwrap());
        assert!(!one.change(&[put("wang", 1, "e")]).unwrap(), "one saw an older version");
        assert_eq!(one.all().unwrap()[0].body, "d");
        assert!(one.change(&[Change::Remove { kind: "account".into(), name: "wang".into() }]).unwrap());
        assert_eq!(one.all().unwrap(), []);
    }

    #[test]
    #[cfg(unix)]
    fn the_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("accounts.db");
        let mut shelf = Shelf::open(&ShelfPlace::File(path.clone())).unwrap();
        shelf.change(&[put("wang", 0, "a")]).unwrap();
        for file in std::fs::read_dir(dir.path()).unwrap() {
            let file = file.unwrap();
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", file.path());
        }
    }
}
