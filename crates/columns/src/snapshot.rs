//! What did the registers say at a moment?
//!
//! A snapshot is a connection and the last `seq` it may see. Every question asked of it gets the same answer for
//! ever, whatever is written meanwhile.

use crate::StoreError;
use crate::changes::Changes;
use crate::engine::{Connection, Rows, text_literal};
use crate::merge;
use crate::tables::SEQ;
use base::{Date, Period};
use pack::Catalog;
use pack::sql::{Compiled, Compiler, Moment, Relations, quote_text};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Which rows count at a moment: the part of a snapshot that needs no connection.
#[derive(Debug, Clone)]
pub struct View {
    pub(crate) catalog: Arc<Catalog>,
    /// The last entry seen.
    pub(crate) seq: u64,
    /// True when entries beyond `seq` may be in the tables.
    pub(crate) past: bool,
    /// Registers of which some row has ended.
    pub(crate) ended: BTreeSet<String>,
    /// True when some resident was folded into another, at whatever moment.
    pub(crate) merges: bool,
    pub(crate) changes: Arc<Changes>,
}

/// A read-only view of all registers as of one moment.
pub struct Snapshot {
    connection: Connection,
    view: View,
    as_of: Date,
}

impl Snapshot {
    pub(crate) fn new(connection: Connection, view: View, as_of: Date) -> Self {
        Self { connection, view, as_of }
    }

    /// The packs the registers are defined by.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.view.catalog
    }

    /// The last entry this view sees.
    pub fn seq(&self) -> u64 {
        self.view.seq
    }

    /// The day on which the question is asked.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// An entry since which, as far as this view sees, nothing was written in these registers: what was worked out from
    /// them under the same stamp, with the same packs, still holds.
    pub fn stamp(&self, registers: &BTreeSet<String>) -> u64 {
        let mut registers = registers.clone();
        if self.view.merges {
            registers.insert(merge::REGISTER.to_string());
        }
        self.view.changes.stamp(&registers, self.view.seq)
    }

    /// Starts a statement over this view for a period.
    pub fn compiler(&self, period: Option<Period>) -> Compiler<'_> {
        Compiler::new(&self.view.catalog, &self.view, Moment { period, as_of: self.as_of })
    }

    /// Runs a finished statement.
    ///
    /// # Errors
    /// [`StoreError::Engine`] with the engine's message.
    pub fn query(&self, compiled: &Compiled) -> Result<Rows, StoreError> {
        Ok(self.connection.query(&compiled.sql)?)
    }

    /// Runs SQL that this program wrote itself; rows of registers are found through [`View`].
    ///
    /// # Errors
    /// [`StoreError::Engine`] with the engine's message.
    pub fn query_text(&self, sql: &str) -> Result<Rows, StoreError> {
        Ok(self.connection.query(sql)?)
    }

    /// Who stands for a resident folded into another; `None` for everybody else.
    ///
    /// # Errors
    /// [`StoreError::Engine`] with the engine's message.
    pub fn survivor(&self, resident: &str) -> Result<Option<String>, StoreError> {
        if !self.view.merges {
            return Ok(None);
        }
        let (id, merged) = (quote_text(resident), self.view.merged());
        let rows = self.connection.query(&format!("SELECT m.into_ FROM {merged} AS m WHERE m.id = {id}"))?.rows()?;
        Ok(rows.first().and_then(|row| row[0].as_text()).map(str::to_string))
    }

    /// The record of `resident_merge` that folds this resident into another; `None` when none does.
    ///
    /// # Errors
    /// [`StoreError::Engine`] with the engine's message.
    pub fn merge_of(&self, resident: &str) -> Result<Option<String>, StoreError> {
        if !self.view.merges {
            return Ok(None);
        }
        let (id, rows) = (quote_text(resident), self.view.register(merge::REGISTER));
        let rows = self.connection.query(&format!("SELECT r.id FROM {rows} AS r WHERE r.merged = {id}"))?.rows()?;
        Ok(rows.first().and_then(|row| row[0].as_text()).map(str::to_string))
    }

    /// The residents folded into this one, directly or through others, by id.
    ///
    /// # Errors
    /// [`StoreError::Engine`] with the engine's message.
    pub fn folded_into(&self, resident: &str) -> Result<Vec<String>, StoreError> {
        if !self.view.merges {
            return Ok(Vec::new());
        }
        let (id, merged) = (quote_text(resident), self.view.merged());
        let sql = format!("SELECT m.id FROM {merged} AS m WHERE m.into_ = {id} ORDER BY m.id");
        let rows = self.connection.query(&sql)?.rows()?;
        Ok(rows.iter().filter_map(|row| row[0].as_text()).map(str::to_string).collect())
    }

    /// As [`Snapshot::query_text`], for answers larger than memory: rows are computed while they are fetched. The next
    /// question to this snapshot ends the answer.
    ///
    /// # Errors
    /// [`StoreError::Engine`] with the engine's message.
    pub fn stream_text(&self, sql: &str) -> Result<Rows, StoreError> {
        Ok(self.connection.stream(sql)?)
    }

    /// Writes the rows of a statement of this program into a folder as Parquet, partitioned by the columns `by`, and gives
    /// their number. The store must have been opened with that folder allowed.
    ///
    /// # Errors
    /// [`StoreError::Engine`] with the engine's message.
    pub fn copy_parquet(&self, sql: &str, folder: &str, by: &[&str]) -> Result<u64, StoreError> {
        let target = text_literal(folder);
        let by = if by.is_empty() { String::new() } else { format!(", PARTITION_BY ({})", by.join(", ")) };
        Ok(self.connection.execute(&format!("COPY ({sql}) TO {target} (FORMAT parquet, COMPRESSION zstd{by})"))?)
    }

    /// The same rows, read by other packs.
    pub(crate) fn with_catalog(self, catalog: Arc<Catalog>) -> Self {
        Self { view: View { catalog, ..self.view }, ..self }
    }

    /// Which rows count here.
    pub fn view(&self) -> &View {
        &self.view
    }
}

impl View {
    /// Every version of every record of a register, ended and void ones too, up to this moment.
    pub fn versions(&self, id: &str) -> String {
        if self.past {
            format!("(SELECT * FROM reg.{id} AS v WHERE v.{SEQ} <= {})", self.seq)
        } else {
            format!("reg.{id}")
        }
    }

    /// Who stands for whom at this moment, as a relation with `id` and `into_`.
    pub(crate) fn merged(&self) -> String {
        let until = if self.past {
            format!("s.since_ <= {seq} AND (s.until_ IS NULL OR s.until_ > {seq})", seq = self.seq)
        } else {
            "s.until_ IS NULL".to_string()
        };
        format!("(SELECT s.id, s.into_ FROM merged.resident AS s WHERE {until})")
    }

    /// Residents folded into others at this moment, as the register of residents has them; `None` when there are none.
    pub fn folded(&self) -> Option<String> {
        self.merges.then(|| {
            let rows = self.rows_in_force(merge::RESIDENT);
            format!("(SELECT v.*, m.into_ FROM {rows} AS v JOIN {} AS m ON m.id = v.id)", self.merged())
        })
    }

    /// The rows of a register in force at this moment, with residents as they were written.
    fn rows_in_force(&self, id: &str) -> String {
        let void: Vec<String> = void_states(&self.catalog, id).map(|state| format!("'{state}'")).collect();
        let mut conditions = Vec::new();
        if self.past {
            conditions.push(format!("v.{SEQ} <= {}", self.seq));
        }
        if self.ended.contains(id) {
            let until = if self.past { format!(" AND e.until_ <= {}", self.seq) } else { String::new() };
            conditions.push(format!("NOT EXISTS (SELECT 1 FROM ended.{id} AS e WHERE e.{SEQ} = v.{SEQ}{until})"));
        }
        if !void.is_empty() {
            conditions.push(format!("(v.state IS NULL OR v.state NOT IN ({}))", void.join(", ")));
        }
        if conditions.is_empty() {
            return format!("reg.{id}");
        }
        format!("(SELECT * FROM reg.{id} AS v WHERE {})", conditions.join(" AND "))
    }
}

/// The states in which a record of a register counts nowhere.
pub(crate) fn void_states<'c>(catalog: &'c Catalog, register: &str) -> impl Iterator<Item = &'c str> {
    let flow = catalog.register(register).and_then(|register| register.flow.as_ref());
    flow.into_iter().flat_map(|flow| &flow.states).filter(|(_, state)| state.void).map(|(id, _)| id.as_str())
}

impl Relations for View {
    fn register(&self, id: &str) -> String {
        self.with_merges(id, self.rows_in_force(id))
    }

    fn list(&self, id: &str) -> String {
        format!("list.{id}")
    }
}

impl View {
    /// Rows in force of a register with merges followed: whoever was folded into another is not among the residents,
    /// and everything written of them is the other's.
    pub(crate) fn with_merges(&self, id: &str, rows: String) -> String {
        if !self.merges {
            return rows;
        }
        if id == merge::RESIDENT {
            let merged = self.merged();
            return format!(
                "(SELECT v.* FROM {rows} AS v WHERE NOT EXISTS (SELECT 1 FROM {merged} AS m WHERE m.id = v.id))"
            );
        }
        let columns = self.catalog.register(id).map(merge::columns).unwrap_or_default();
        if columns.is_empty() {
            return rows;
        }
        let (mut replaced, mut joins) = (Vec::new(), String::new());
        for (n, column) in columns.into_iter().enumerate() {
            replaced.push(format!("coalesce(m{n}.into_, v.{column}) AS {column}"));
            joins.push_str(&format!(" LEFT JOIN {} AS m{n} ON m{n}.id = v.{column}", self.merged()));
        }
        format!("(SELECT v.* REPLACE ({}) FROM {rows} AS v{joins})", replaced.join(", "))
    }
}
