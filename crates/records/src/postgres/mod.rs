//! The log on a PostgreSQL server, for several counties or several machines.
//!
//! The tables hold many counties side by side; a value of [`PostgresLog`] is one county's log. The user needs SELECT
//! and INSERT on `log`, `entry` and `batch`, and UPDATE and DELETE beside them on `head`, which is derived.
//!
//! One session writes a county: it holds an advisory lock, every append runs on it, and when it ends the log refuses
//! to write until it is opened again. `docs/scale.md` says how a province spreads the tables.

mod address;
mod adopt;
mod append;
mod desk;
mod insert;
mod lock;
mod read;
mod session;
mod statements;
mod verify;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use base::Timestamp;

pub(crate) use self::address::Address;
use self::address::writer_lock;
use self::read::{each_row, entries, entry, entry_of, stored};
use self::session::Access;
pub(crate) use self::session::Session;
use self::statements::Statements;
use self::verify::TableReader;
use crate::place::Tip;
use crate::{Batch, BatchWithEntries, Entry, Log, LogError, NewBatch, Progress, Receipt, VerifyReport};

/// The storage format this program writes.
const FORMAT: i32 = 1;
const TABLES: &str = include_str!("schema.sql");
const APPEND_ONLY: &str = include_str!("append_only.sql");

/// How often one who waits asks whether the writer is gone. A session that waited inside the server instead would
/// keep it from clearing away old rows.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// A county's log on a PostgreSQL server.
///
/// The address is `postgres://USER@HOST/DATABASE`. The tables lie in the schema `taizhang`, or where the address says
/// (`?options=-csearch_path%3DSCHEMA`).
///
/// ```no_run
/// use records::{Draft, Log, NewBatch, Op, PostgresLog};
///
/// let mut log = PostgresLog::create("postgres://taizhang@localhost/province", "s0")?;
/// let mut first = Draft::new(Op::Create, "htn.follow_up", "t01");
/// first.body.insert("sbp".to_string(), 150.into());
/// let receipt = log.append(NewBatch::new("li", "2025-03-01T01:00:00Z".parse()?, vec![first]))?;
/// assert_eq!((receipt.batch, receipt.first_seq), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PostgresLog {
    session: Session,
    statements: Statements,
    address: Address,
    county: Arc<str>,
    /// Where the next batch goes; `None` when opened for reading, or when the session that might write is lost.
    tip: Option<Tip>,
    access: Access,
}

impl std::fmt::Debug for PostgresLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresLog").field("place", &self.address.place).field("access", &self.access).finish()
    }
}

impl PostgresLog {
    /// Makes a new, empty log for a county and opens it for writing; the tables too, when they are not there yet.
    ///
    /// # Errors
    /// [`LogError::AlreadyThere`] when the county has records, [`LogError::Busy`] when somebody writes it right now,
    /// and whatever [`open`](Self::open) brings.
    pub fn create(url: &str, county: &str) -> Result<Self, LogError> {
        let address = Address::parse(url, county)?;
        let session = Session::connect(&address, Access::Write)?;
        make_tables(&session, address.names_schema)?;
        lock::acquire(&session, county)?;
        session.ask("making the log", async |client| {
            let sql = "INSERT INTO log (county, format) VALUES ($1, $2) ON CONFLICT (county) DO NOTHING";
            client.execute(sql, &[&county, &FORMAT]).await
        })?;
        let log = Self::ready(session, address, county, Access::Write)?;
        match log.tip {
            Some(Tip { no: 0, .. }) => Ok(log),
            _ => Err(LogError::AlreadyThere { place: log.address.place }),
        }
    }

    /// Opens a county's log for writing.
    ///
    /// # Errors
    /// [`LogError::Busy`] when another session writes it, with what the server tells of that session;
    /// [`LogError::Address`], [`LogError::Unreachable`], [`LogError::NotDurable`], [`LogError::Missing`] or
    /// [`LogError::Format`].
    pub fn open(url: &str, county: &str) -> Result<Self, LogError> {
        let address = Address::parse(url, county)?;
        let session = Session::connect(&address, Access::Write)?;
        lock::acquire(&session, county)?;
        Self::ready(session, address, county, Access::Write)
    }

    /// Opens a county's log for writing as soon as nobody else writes it. `wait` is told who does, when that is first
    /// seen and whenever it changes.
    ///
    /// # Errors
    /// As [`open`](Self::open), but never [`LogError::Busy`].
    pub fn open_waiting(url: &str, county: &str, wait: &mut dyn FnMut(&str)) -> Result<Self, LogError> {
        let address = Address::parse(url, county)?;
        let session = Session::connect(&address, Access::Write)?;
        let mut told = None;
        loop {
            match lock::acquire(&session, county) {
                Ok(()) => return Self::ready(session, address, county, Access::Write),
                Err(LogError::Busy { holder, .. }) => {
                    if told.as_ref() != Some(&holder) {
                        wait(&holder);
                        told = Some(holder);
                    }
                    std::thread::sleep(ASK_AGAIN);
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Opens a county's log for reading, beside a writer or without one.
    ///
    /// # Errors
    /// As [`open`](Self::open), but never [`LogError::Busy`].
    pub fn open_read(url: &str, county: &str) -> Result<Self, LogError> {
        let address = Address::parse(url, county)?;
        let session = Session::connect(&address, Access::Read)?;
        Self::ready(session, address, county, Access::Read)
    }

    /// The counties that have a log in a database; none when there are no tables yet.
    ///
    /// # Errors
    /// [`LogError::Address`], [`LogError::Unreachable`] or [`LogError::NotDurable`].
    pub fn counties(url: &str) -> Result<Vec<String>, LogError> {
        let session = Session::connect(&Address::parse(url, "")?, Access::Read)?;
        let listed = session.ask("looking for counties", async |client| {
            client.query("SELECT county FROM log ORDER BY county", &[]).await
        });
        match listed {
            Ok(rows) => Ok(rows.iter().map(|row| row.get(0)).collect()),
            Err(LogError::Missing { .. }) => Ok(Vec::new()),
            Err(fault) => Err(fault),
        }
    }

    /// Builds the head index again from the entries.
    ///
    /// # Errors
    /// [`LogError::ReadOnly`], or what the store brings.
    pub fn rebuild_head(&mut self) -> Result<(), LogError> {
        self.tip()?;
        let (county, statements) = (&*self.county, &self.statements);
        let rebuilt = self.session.ask("rebuilding the head index", async |client| {
            client.batch_execute("BEGIN").await?;
            client.execute(&statements.clear_heads, &[&county]).await?;
            client.execute(&statements.rebuild_heads, &[&county]).await?;
            client.batch_execute("COMMIT").await
        });
        if let Err(fault) = &rebuilt {
            // A lost session has no transaction to undo.
            let _ = self.session.run(async |client| client.batch_execute("ROLLBACK").await);
            self.note(fault);
        }
        rebuilt
    }

    /// The server, the database and the county, without the password.
    pub fn place(&self) -> &str {
        &self.address.place
    }

    /// The advisory lock that stands for the right to write a county whose tables lie in `schema`, as
    /// `pg_try_advisory_lock` takes it.
    pub fn writer_lock(schema: &str, county: &str) -> i64 {
        writer_lock(schema, county)
    }

    fn ready(session: Session, address: Address, county: &str, access: Access) -> Result<Self, LogError> {
        let found = session.ask("opening", async |client| {
            client.query_opt("SELECT format FROM log WHERE county = $1", &[&county]).await
        })?;
        let place = address.place.clone();
        let found: i32 = found.ok_or_else(|| LogError::Missing { place: place.clone() })?.get(0);
        if found != FORMAT {
            // There has been one format here. The first that differs brings the command that upgrades it.
            let next = if found > FORMAT {
                format!("use a newer program, one that knows format {found}")
            } else {
                "there has been no such format: restore the county from an archive".to_string()
            };
            return Err(LogError::Format { place, found: i64::from(found), known: i64::from(FORMAT), next });
        }
        let statements = session.prepare()?;
        let mut log = Self { session, statements, address, county: county.into(), tip: None, access };
        if access == Access::Write {
            log.tip = Some(Tip::after(log.last_batch()?.as_ref()));
        }
        Ok(log)
    }

    /// Where the next batch goes, if this log may write.
    fn tip(&self) -> Result<Tip, LogError> {
        let place = || self.address.place.clone();
        match (self.tip, self.access) {
            (Some(tip), _) => Ok(tip),
            (None, Access::Read) => Err(LogError::ReadOnly { place: place() }),
            (None, Access::Write) => {
                let detail = "it ended earlier, and with it the right to write".to_string();
                Err(LogError::Lost { place: place(), doing: "appending", detail })
            }
        }
    }

    /// Remembers that the right to write is gone with the session.
    fn note(&mut self, fault: &LogError) {
        if matches!(fault, LogError::Lost { .. }) {
            self.tip = None;
        }
    }

    fn session(&self) -> &Session {
        &self.session
    }

    fn statements(&self) -> &Statements {
        &self.statements
    }

    fn entry_at(&self, seq: u64) -> Result<Option<Entry>, LogError> {
        let found = self.session.ask("reading", async |client| {
            client.query_opt(&self.statements.entry_at, &[&&*self.county, &stored(seq)]).await
        })?;
        entry_of(&self.session, found.as_ref(), &self.county)
    }

    fn one_batch(
        &self,
        ask: impl AsyncFnOnce(&tokio_postgres::Client) -> Result<Option<tokio_postgres::Row>, tokio_postgres::Error>,
    ) -> Result<Option<Batch>, LogError> {
        let found = self.session.ask("reading", ask)?;
        found.as_ref().map(read::batch).transpose().map_err(|detail| self.session.wrong("reading", detail))
    }
}

impl Log for PostgresLog {
    fn county(&self) -> &str {
        &self.county
    }

    fn append_group(&mut self, batches: &[NewBatch]) -> Vec<Result<Receipt, LogError>> {
        append::append_group(self, batches)
    }

    fn adopt(&mut self, run: &[BatchWithEntries]) -> Result<(), LogError> {
        adopt::adopt(self, run)
    }

    fn head(&self, register: &str, record: &str) -> Result<Option<Entry>, LogError> {
        let found = self.session.ask("reading", async |client| {
            client.query_opt(&self.statements.head, &[&&*self.county, &register, &record]).await
        })?;
        entry_of(&self.session, found.as_ref(), &self.county)
    }

    fn heads(&self, register: &str, records: &[&str]) -> Result<Vec<Entry>, LogError> {
        let rows = self.session.ask("reading", async |client| {
            client.query(&self.statements.current, &[&&*self.county, &register, &records]).await
        })?;
        entries(&self.session, &rows, &self.county)
    }

    fn each_record(&self, register: &str, prefix: &str, each: &mut dyn FnMut(&str)) -> Result<(), LogError> {
        // No id begins with the last character there is.
        let until = format!("{prefix}{}", char::MAX);
        let read =
            each_row(&self.session, &self.statements.records, &[&&*self.county, &register, &prefix, &until], |row| {
                read::get(row, 0).map(&mut *each).map(|()| true)
            });
        read.map_err(|detail| self.session.wrong("reading", detail))
    }

    /// Walks from the head back along `prior`, which always points to an earlier entry.
    fn history(&self, register: &str, record: &str) -> Result<Vec<Entry>, LogError> {
        let mut versions = Vec::new();
        let mut next = self.head(register, record)?;
        while let Some(version) = next {
            next = match version.prior {
                Some(prior) if prior < version.seq => self.entry_at(prior)?,
                _ => None,
            };
            versions.push(version);
        }
        versions.reverse();
        Ok(versions)
    }

    fn of_resident(&self, resident: &str, after: u64, limit: usize) -> Result<Vec<Entry>, LogError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.session.ask("reading", async |client| {
            client.query(&self.statements.of_resident, &[&&*self.county, &resident, &stored(after), &limit]).await
        })?;
        entries(&self.session, &rows, &self.county)
    }

    fn entries_after(&self, after: u64, limit: usize) -> Result<Vec<Entry>, LogError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.session.ask("reading", async |client| {
            client.query(&self.statements.after, &[&&*self.county, &stored(after), &limit]).await
        })?;
        entries(&self.session, &rows, &self.county)
    }

    /// On a session of its own, so that `each` may ask this log, and breaking off leaves no answer in the way. Rows
    /// are taken as they arrive; the server waits while they are looked at.
    fn scan(&self, from_seq: u64, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), LogError> {
        let session = Session::connect(&self.address, Access::Read)?;
        let statements = session.prepare()?;
        let range = (stored(from_seq), i64::MAX);
        let read = each_row(&session, &statements.between, &[&&*self.county, &range.0, &range.1], |row| {
            Ok(each(entry(row, &self.county)?).is_continue())
        });
        read.map_err(|detail| self.session.wrong("reading", detail))
    }

    fn last_batch(&self) -> Result<Option<Batch>, LogError> {
        self.one_batch(async |client| client.query_opt(&self.statements.last_batch, &[&&*self.county]).await)
    }

    fn batch(&self, no: u64) -> Result<Option<Batch>, LogError> {
        self.one_batch(async |client| client.query_opt(&self.statements.batch, &[&&*self.county, &stored(no)]).await)
    }

    fn batch_with_key(&self, key: &str) -> Result<Option<Batch>, LogError> {
        self.one_batch(async |client| {
            client.query_opt(&self.statements.with_keys, &[&&*self.county, &&[key][..]]).await
        })
    }

    fn seq_as_of(&self, at: Timestamp) -> Result<u64, LogError> {
        let row = self.session.ask("reading", async |client| {
            client.query_one(&self.statements.seq_as_of, &[&&*self.county, &at.as_microsecond()]).await
        })?;
        read::number(&row, 0).map_err(|detail| self.session.wrong("reading", detail))
    }

    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<VerifyReport, LogError> {
        crate::verify::verify(&self.county, &|| TableReader::open(&self.address, &self.county), progress)
    }
}

/// Makes the schema and the tables where they are missing; one session at a time, whatever the county.
fn make_tables(session: &Session, names_schema: bool) -> Result<(), LogError> {
    let doing = "making the tables";
    let there = session.ask(doing, async |client| {
        let row = client.query_one("SELECT to_regclass('log') IS NOT NULL AND to_regclass('batch') IS NOT NULL", &[]);
        row.await.map(|row| row.get::<_, bool>(0))
    })?;
    if there {
        return Ok(());
    }
    let mut sql = format!("BEGIN; SELECT pg_advisory_xact_lock({});", writer_lock(&session.schema, ""));
    if !names_schema {
        sql.push_str(&format!("CREATE SCHEMA IF NOT EXISTS {};", address::SCHEMA));
    }
    let made = session.ask(doing, async |client| {
        let citus = client.query_one("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')", &[]).await?;
        sql.push_str(TABLES);
        if !citus.get::<_, bool>(0) {
            sql.push_str(APPEND_ONLY);
        }
        sql.push_str("COMMIT;");
        client.batch_execute(&sql).await
    });
    if made.is_err() {
        let _ = session.run(async |client| client.batch_execute("ROLLBACK").await);
    }
    made
}
