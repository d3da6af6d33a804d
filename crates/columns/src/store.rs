//! How do the log and its tables stay in step?
//!
//! A directory holds `records.db`, the log, and `columns.duckdb`, derived from it. Opening catches the tables up
//! with the log, or builds them anew when they are missing or belong to other packs.

use crate::StoreError;
use crate::apply::{Pending, county_time};
use crate::engine::{Connection, Engine, Options};
use crate::install::Installed;
use crate::snapshot::{Snapshot, View};
use crate::tables::{create_tables, fill_lists};
use base::{Date, Timestamp};
use jiff::civil::DateTime;
use pack::Catalog;
use records::{Entry, Log, NewBatch, Op, Progress, SqliteLog, VerifyReport};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Entries applied in one transaction while catching up.
pub(crate) const CATCH_UP: usize = 50_000;

/// A county's log and its tables.
pub struct Store {
    pub(crate) log: Box<dyn Log>,
    engine: Engine,
    pub(crate) writer: Connection,
    pub(crate) catalog: Arc<Catalog>,
    dir: Option<PathBuf>,
    applied: u64,
    ended: BTreeSet<String>,
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
        Self::build(Box::new(log), Some(dir), catalog)
    }

    /// Opens a directory for reading and writing. One program at a time can do so.
    ///
    /// # Errors
    /// [`StoreError::Empty`] when there is no county in it.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let path = log_path(dir);
        if !path.exists() {
            return Err(StoreError::Empty(dir.to_path_buf()));
        }
        let log = SqliteLog::open(&path)?;
        let installed = Installed::read(&log, u64::MAX)?.ok_or_else(|| StoreError::Empty(dir.to_path_buf()))?;
        let catalog = installed.catalog()?;
        Self::build(Box::new(log), Some(dir), catalog)
    }

    fn build(log: Box<dyn Log>, dir: Option<&Path>, catalog: Catalog) -> Result<Self, StoreError> {
        let path = dir.map(|dir| dir.join("columns.duckdb"));
        let engine = Engine::open(path.as_deref(), &Options::default())?;
        engine.lock_down()?;
        let writer = engine.connect()?;
        let catalog = Arc::new(catalog);
        let mut store =
            Self { log, engine, writer, catalog, dir: dir.map(Path::to_path_buf), applied: 0, ended: BTreeSet::new() };
        store.prepare_tables()?;
        store.catch_up()?;
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
        self.view(seq, true, county_time(moment).date())
    }

    fn view(&self, seq: u64, past: bool, as_of: Date) -> Result<Snapshot, StoreError> {
        Ok(Snapshot::new(self.engine.connect()?, self.rows(seq, past), as_of))
    }

    fn rows(&self, seq: u64, past: bool) -> View {
        View { catalog: Arc::clone(&self.catalog), seq, past, ended: self.ended.clone() }
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
        let wanted = self.catalog_hash();
        let known = self.writer.query("SELECT packs, seq FROM applied_")?.rows()?;
        if let [row] = known.as_slice()
            && row[0].as_text() == Some(&wanted)
        {
            self.applied = row[1].as_int().and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
        } else {
            self.writer.execute("BEGIN")?;
            self.writer.execute("DROP SCHEMA IF EXISTS reg CASCADE; DROP SCHEMA IF EXISTS ended CASCADE; DROP SCHEMA IF EXISTS list CASCADE")?;
            create_tables(&self.writer, &self.catalog)?;
            fill_lists(&self.writer, &self.catalog)?;
            self.writer.execute("DELETE FROM applied_")?;
            self.writer.execute(&format!("INSERT INTO applied_ VALUES ('{wanted}', 0)"))?;
            self.writer.execute("COMMIT")?;
        }
        for register in self.catalog.registers() {
            let id = &register.common.id;
            let any = self.writer.query(&format!("SELECT count(*) FROM ended.{id}"))?.single()?;
            if any.as_int() != Some(0) {
                self.ended.insert(id.clone());
            }
        }
        Ok(())
    }

    fn catalog_hash(&self) -> String {
        let hashes: Vec<&str> = self.catalog.packs.values().map(|pack| pack.hash.as_str()).collect();
        hashes.join("+")
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
            let first = self.first_recorded_at(entry)?;
            pending.take(&self.catalog, entry, first)?;
        }
        self.commit_rows(pending, until)
    }

    pub(crate) fn first_recorded_at(&self, entry: &Entry) -> Result<DateTime, StoreError> {
        let at = if entry.version > 1 && entry.op == Op::Correct {
            let history = self.log.history(&entry.register, &entry.record)?;
            history.first().map_or(entry.at, |first| first.at)
        } else {
            entry.at
        };
        Ok(county_time(at))
    }

    /// Appends rows and remembers how far the tables are, in one transaction.
    pub(crate) fn commit_rows(&mut self, mut pending: Pending, until: u64) -> Result<(), StoreError> {
        // Accesses and installs change no row: the file need not be touched, and passes over them when it is opened.
        if pending.is_empty() {
            self.applied = until;
            return Ok(());
        }
        let ended: Vec<String> = pending.registers_ended();
        self.writer.execute("BEGIN")?;
        let done = pending
            .flush(&self.writer)
            .and_then(|()| Ok(self.writer.execute(&format!("UPDATE applied_ SET seq = {until}"))?));
        match done {
            Ok(_) => self.writer.execute("COMMIT")?,
            Err(error) => {
                self.writer.execute("ROLLBACK")?;
                return Err(error);
            }
        };
        self.ended.extend(ended);
        self.applied = until;
        Ok(())
    }
}

fn log_path(dir: &Path) -> PathBuf {
    dir.join("records.db")
}
