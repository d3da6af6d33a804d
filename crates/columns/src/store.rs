//! How do the log and its tables stay in step?
//!
//! A directory holds `records.db`, the log, and `columns.duckdb`, derived from it. When the log is on a server, the
//! directory holds only what is derived. Opening catches the tables up
//! with the log, or builds them anew when they are missing or belong to other packs.

use crate::StoreError;
use crate::apply::{Pending, county_time, first_recorded_at};
use crate::changes::Changes;
use crate::engine::{Connection, Engine, Options, Value};
use crate::install::Installed;
use crate::merge;
use crate::snapshot::{Snapshot, View};
use crate::tables::{create_tables, fill_lists};
use base::{Date, Timestamp};
use pack::Catalog;
use records::{Entry, Log, LogError, NewBatch, Op, PostgresLog, Progress, SqliteLog, VerifyReport};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Rises whenever this program lays its tables out in another way, so that older ones are built anew.
const LAYOUT: u32 = 2;

/// Entries applied in one transaction while catching up.
pub(crate) const CATCH_UP: usize = 50_000;

/// A county's log on a PostgreSQL server, and the directory for what is derived from it.
#[derive(Debug, Clone)]
pub struct Server {
    /// The server's address, as [`PostgresLog`] takes it.
    pub url: String,
    /// The county.
    pub county: String,
    /// Where the tables go. May be empty or deleted; one program at a time can use it.
    pub dir: PathBuf,
}

/// A county's log and its tables.
pub struct Store {
    pub(crate) log: Box<dyn Log>,
    engine: Engine,
    pub(crate) writer: Connection,
    pub(crate) catalog: Arc<Catalog>,
    dir: Option<PathBuf>,
    applied: u64,
    ended: BTreeSet<String>,
    merges: bool,
    changes: Arc<Changes>,
    past: Mutex<BTreeMap<u64, Arc<Catalog>>>,
}

impl Store {
    /// Puts a county into an empty directory.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the directory already holds a county; [`StoreError::Packs`] when the texts have
    /// mistakes, in which case nothing is written.
    pub fn create(dir: &Path, installed: &Installed, actor: &str, at: Timestamp) -> Result<Self, StoreError> {
        let catalog = installed.catalog()?;
        std::fs::create_dir_all(dir).map_err(|source| StoreError::Io { path: dir.to_path_buf(), source })?;
        let path = log_path(dir);
        if path.exists() {
            let county = SqliteLog::open_read(&path)?.county().to_string();
            return Err(StoreError::Taken { dir: dir.to_path_buf(), county });
        }
        let mut log = SqliteLog::create(&path, &installed.county.id)?;
        log.append(NewBatch::new(actor, at, installed.drafts(&installed.county.id)))?;
        Self::build(Box::new(log), Some(dir), catalog, &Options::default())
    }

    /// Opens a directory for reading and writing. One program at a time can do so.
    ///
    /// # Errors
    /// [`StoreError::Empty`] when there is no county in it.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::open_with(dir, &Options::default())
    }

    /// The same, with limits of the engine, or with folders into which [`Snapshot::copy_parquet`] may write.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn open_with(dir: &Path, options: &Options) -> Result<Self, StoreError> {
        let path = log_path(dir);
        if !path.exists() {
            return Err(StoreError::Empty(dir.to_path_buf()));
        }
        let log = SqliteLog::open(&path)?;
        let installed = Installed::read(&log, u64::MAX)?.ok_or_else(|| StoreError::Empty(dir.to_path_buf()))?;
        let catalog = installed.catalog()?;
        Self::build(Box::new(log), Some(dir), catalog, options)
    }

    /// Puts a county into a database that has no records of it yet.
    ///
    /// # Errors
    /// [`StoreError::Log`] with [`LogError::AlreadyThere`] when it has; [`StoreError::Packs`] when the texts have
    /// mistakes, in which case nothing is written.
    pub fn create_on(server: &Server, installed: &Installed, actor: &str, at: Timestamp) -> Result<Self, StoreError> {
        let catalog = installed.catalog()?;
        let mut log = PostgresLog::create(&server.url, &server.county)?;
        log.append(NewBatch::new(actor, at, installed.drafts(&installed.county.id)))?;
        Self::derive(Box::new(log), server, catalog, &Options::default())
    }

    /// Opens a county on a server for reading and writing. One session at a time can do so.
    ///
    /// # Errors
    /// [`StoreError::Log`] with [`LogError::Busy`] when another session writes; [`StoreError::NoCounty`].
    pub fn open_on(server: &Server) -> Result<Self, StoreError> {
        Self::open_on_with(server, &Options::default())
    }

    /// The same, with limits of the engine, or with folders into which [`Snapshot::copy_parquet`] may write.
    ///
    /// # Errors
    /// As for [`Store::open_on`].
    pub fn open_on_with(server: &Server, options: &Options) -> Result<Self, StoreError> {
        Self::open_log(Box::new(PostgresLog::open(&server.url, &server.county)?), server, options)
    }

    /// The same as soon as nobody else writes; `wait` is told who does. The tables are caught up with the log then.
    ///
    /// # Errors
    /// As [`open_on`](Self::open_on), but never [`LogError::Busy`].
    pub fn open_on_when_free(server: &Server, wait: &mut dyn FnMut(&str)) -> Result<Self, StoreError> {
        Self::open_log(
            Box::new(PostgresLog::open_waiting(&server.url, &server.county, wait)?),
            server,
            &Options::default(),
        )
    }

    /// Opens a county on a server for questions only, beside whoever writes it.
    ///
    /// # Errors
    /// As [`open_on`](Self::open_on), but never [`LogError::Busy`].
    pub fn read_on(server: &Server) -> Result<Self, StoreError> {
        Self::open_log(Box::new(PostgresLog::open_read(&server.url, &server.county)?), server, &Options::default())
    }

    fn open_log(log: Box<dyn Log>, server: &Server, options: &Options) -> Result<Self, StoreError> {
        let installed = Installed::read(log.as_ref(), u64::MAX)?;
        let catalog = installed.ok_or_else(|| StoreError::NoCounty(server.county.clone()))?.catalog()?;
        Self::derive(log, server, catalog, options)
    }

    fn derive(log: Box<dyn Log>, server: &Server, catalog: Catalog, options: &Options) -> Result<Self, StoreError> {
        let io = |source| StoreError::Io { path: server.dir.clone(), source };
        std::fs::create_dir_all(&server.dir).map_err(io)?;
        Self::build(log, Some(&server.dir), catalog, options)
    }

    fn build(log: Box<dyn Log>, dir: Option<&Path>, catalog: Catalog, options: &Options) -> Result<Self, StoreError> {
        let path = dir.map(|dir| dir.join("columns.duckdb"));
        let engine = Engine::open(path.as_deref(), options)?;
        engine.lock_down()?;
        let writer = engine.connect()?;
        let catalog = Arc::new(catalog);
        let dir = dir.map(Path::to_path_buf);
        let mut store = Self {
            log,
            engine,
            writer,
            catalog,
            dir,
            applied: 0,
            ended: BTreeSet::new(),
            merges: false,
            changes: Arc::default(),
            past: Mutex::default(),
        };
        store.prepare_tables()?;
        store.catch_up()?;
        store.changes = Arc::new(Changes::since(store.applied));
        Ok(store)
    }

    /// The packs in force.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The log itself, for histories and point reads.
    pub fn log(&self) -> &dyn Log {
        self.log.as_ref()
    }

    /// The directory, unless the store is in memory.
    pub fn dir(&self) -> Option<&Path> {
        self.dir.as_deref()
    }

    /// The last entry the tables hold.
    pub fn seq(&self) -> u64 {
        self.applied
    }

    /// The texts of the packs and of the county that were in force at `seq`.
    ///
    /// # Errors
    /// Whatever the log says; [`StoreError::Empty`] when no county was installed by then.
    pub fn installed(&self, seq: u64) -> Result<Installed, StoreError> {
        let nothing = || match self.dir() {
            Some(dir) => StoreError::Empty(dir.to_path_buf()),
            None => StoreError::NoCounty(self.log.county().to_string()),
        };
        Installed::read(self.log(), seq)?.ok_or_else(nothing)
    }

    /// A view of now, asked on `today`.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn snapshot(&self, today: Date) -> Result<Snapshot, StoreError> {
        self.view(self.applied, false, today)
    }

    /// A view of what was known at `moment`.
    ///
    /// # Errors
    /// Whatever the log or the engine says.
    pub fn snapshot_as_of(&self, moment: Timestamp) -> Result<Snapshot, StoreError> {
        let seq = self.log.seq_as_of(moment)?;
        let rows = View { catalog: self.catalog_at(seq)?, ..self.rows(seq, true) };
        Ok(Snapshot::new(self.engine.connect()?, rows, county_time(moment).date()))
    }

    pub(crate) fn past_catalog(&self, since: u64) -> Option<Arc<Catalog>> {
        let known = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&since).cloned()
    }

    pub(crate) fn keep_catalog(&self, since: u64, catalog: &Arc<Catalog>) {
        let mut known = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(since, Arc::clone(catalog));
    }

    /// Lays the tables out anew for other packs, and fills them from the log.
    pub(crate) fn take_over(&mut self, catalog: Catalog) -> Result<(), StoreError> {
        self.catalog = Arc::new(catalog);
        self.applied = 0;
        self.ended.clear();
        self.prepare_tables()?;
        self.catch_up()?;
        self.changes = Arc::new(Changes::since(self.applied));
        Ok(())
    }

    fn view(&self, seq: u64, past: bool, as_of: Date) -> Result<Snapshot, StoreError> {
        Ok(Snapshot::new(self.engine.connect()?, self.rows(seq, past), as_of))
    }

    fn rows(&self, seq: u64, past: bool) -> View {
        View {
            catalog: Arc::clone(&self.catalog),
            seq,
            past,
            ended: self.ended.clone(),
            merges: self.merges,
            changes: Arc::clone(&self.changes),
        }
    }

    /// Which rows count now.
    pub(crate) fn current(&self) -> View {
        self.rows(self.applied, false)
    }

    /// Computes the hash chain again and compares the tables with the log.
    ///
    /// # Errors
    /// Whatever reading brings; a fault found is an answer.
    pub fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<VerifyReport, StoreError> {
        Ok(self.log.verify(progress)?)
    }

    /// How many rows the tables hold that are in force, by register; compared with the log by `verify`.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn row_counts(&self) -> Result<BTreeMap<String, (i64, i64)>, StoreError> {
        let mut in_log: BTreeMap<String, i64> = BTreeMap::new();
        self.log.scan(1, &mut |entry| {
            match entry.op {
                Op::Create => *in_log.entry(entry.register).or_default() += 1,
                Op::Withdraw => *in_log.entry(entry.register).or_default() -= 1,
                Op::Correct | Op::Install | Op::Access => {}
            }
            ControlFlow::Continue(())
        })?;
        let mut counts = BTreeMap::new();
        for register in self.catalog.registers() {
            let id = &register.common.id;
            let sql = format!(
                "SELECT (SELECT count(*) FROM reg.{id}) - (SELECT count(*) FROM ended.{id} AS e WHERE EXISTS (SELECT 1 FROM reg.{id} AS v WHERE v.seq_ = e.seq_))"
            );
            let rows = self.writer.query(&sql)?.single()?.as_int().unwrap_or(-1);
            counts.insert(id.clone(), (in_log.get(id).copied().unwrap_or(0), rows));
        }
        Ok(counts)
    }

    /// Makes sure that the tables are those of the packs in force.
    fn prepare_tables(&mut self) -> Result<(), StoreError> {
        self.writer.execute("CREATE TABLE IF NOT EXISTS applied_ (packs VARCHAR, seq BIGINT)")?;
        let wanted = self.origin()?;
        let known = self.writer.query("SELECT packs, seq FROM applied_")?.rows()?;
        let reach = |row: &[Value]| row[1].as_int().and_then(|n| u64::try_from(n).ok());
        let kept = known.first().filter(|row| row[0].as_text() == Some(&wanted)).and_then(|row| reach(row));
        // Tables that reach beyond the log are of another one: it was replaced by an older copy.
        if let Some(applied) = kept.filter(|applied| self.log.last_seq().is_ok_and(|last| *applied <= last)) {
            self.applied = applied;
        } else {
            self.writer.execute("BEGIN")?;
            self.writer.execute("DROP SCHEMA IF EXISTS reg CASCADE; DROP SCHEMA IF EXISTS ended CASCADE; DROP SCHEMA IF EXISTS list CASCADE; DROP SCHEMA IF EXISTS merged CASCADE")?;
            create_tables(&self.writer, &self.catalog)?;
            fill_lists(&self.writer, &self.catalog)?;
            self.writer.execute("DELETE FROM applied_")?;
            self.writer.execute(&format!("INSERT INTO applied_ VALUES ('{wanted}', 0)"))?;
            self.writer.execute("COMMIT")?;
        }
        self.merges = merge::any(&self.writer)?;
        for register in self.catalog.registers() {
            let id = &register.common.id;
            let any = self.writer.query(&format!("SELECT count(*) FROM ended.{id}"))?.single()?;
            if any.as_int() != Some(0) {
                self.ended.insert(id.clone());
            }
        }
        Ok(())
    }

    /// What the tables are made from: their layout, the packs in force, and this log, known by its first batch.
    fn origin(&self) -> Result<String, LogError> {
        let packs: Vec<&str> = self.catalog.packs.values().map(|pack| pack.hash.as_str()).collect();
        let first = self.log.batch(1)?.map_or_else(String::new, |batch| batch.hash.to_string());
        Ok(format!("layout {LAYOUT}: {} of {first}", packs.join("+")))
    }

    /// Applies what the log holds beyond the tables.
    pub(crate) fn catch_up(&mut self) -> Result<(), StoreError> {
        let last = self.log.last_seq()?;
        while self.applied < last {
            let entries = self.log.entries_after(self.applied, CATCH_UP)?;
            let Some(until) = entries.last().map(|entry| entry.seq) else { break };
            self.apply(&entries, until)?;
        }
        Ok(())
    }

    fn apply(&mut self, entries: &[Entry], until: u64) -> Result<(), StoreError> {
        let mut pending = Pending::default();
        for entry in entries {
            let first = first_recorded_at(self.log.as_ref(), entry)?;
            pending.take(&self.catalog, entry, first)?;
        }
        self.note_changes(entries.iter().map(|entry| entry.register.as_str()), until);
        self.commit_rows(pending, until)
    }

    /// Appends rows and remembers how far the tables are, in one transaction.
    pub(crate) fn commit_rows(&mut self, pending: Pending, until: u64) -> Result<(), StoreError> {
        // Accesses and installs change no row: the file need not be touched, and passes over them when it is opened.
        if pending.is_empty() {
            self.applied = until;
            return Ok(());
        }
        let ended: Vec<String> = pending.registers_ended();
        match self.tables().begin_rows(pending, until) {
            Ok(merges) => self.keep_rows(merges, until)?,
            Err(fault) => {
                self.forget_rows()?;
                return Err(fault);
            }
        }
        self.ended.extend(ended);
        Ok(())
    }

    pub(crate) fn tables(&self) -> Tables<'_> {
        Tables { writer: &self.writer, catalog: &self.catalog, merges: self.merges }
    }

    /// The log and what writing rows beside it needs.
    pub(crate) fn log_and_tables(&mut self) -> (&mut dyn Log, Tables<'_>) {
        let tables = Tables { writer: &self.writer, catalog: &self.catalog, merges: self.merges };
        (self.log.as_mut(), tables)
    }

    /// Commits what [`Tables::begin_rows`] wrote.
    pub(crate) fn keep_rows(&mut self, merges: bool, until: u64) -> Result<(), StoreError> {
        self.writer.execute("COMMIT")?;
        self.merges = merges;
        self.applied = until;
        Ok(())
    }

    /// Notes that records of these registers were written up to an entry.
    pub(crate) fn note_changes<'r>(&mut self, registers: impl Iterator<Item = &'r str>, until: u64) {
        let changes = Arc::make_mut(&mut self.changes);
        for register in registers {
            changes.note(register, until);
        }
    }

    /// Undoes what [`Tables::begin_rows`] wrote.
    pub(crate) fn forget_rows(&self) -> Result<(), StoreError> {
        self.writer.execute("ROLLBACK")?;
        Ok(())
    }
}

/// What writing rows needs, apart from the log.
pub(crate) struct Tables<'s> {
    pub writer: &'s Connection,
    pub catalog: &'s Catalog,
    pub merges: bool,
}

impl Tables<'_> {
    /// Writes rows in a transaction that is left open; whether anybody is merged then.
    pub fn begin_rows(&self, mut pending: Pending, until: u64) -> Result<bool, StoreError> {
        self.writer.execute("BEGIN")?;
        let is_merge = pending.touches(merge::REGISTER);
        pending.flush(self.writer)?;
        let merges = if is_merge { merge::refresh(self.writer, self.catalog)? } else { self.merges };
        self.writer.execute(&format!("UPDATE applied_ SET seq = {until}"))?;
        Ok(merges)
    }
}

fn log_path(dir: &Path) -> PathBuf {
    dir.join("records.db")
}
