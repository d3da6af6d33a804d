//! What did the registers say at a moment?
//!
//! A snapshot is a connection and the last `seq` it may see. Every question asked of it gets the same answer for
//! ever, whatever is written meanwhile.

use crate::StoreError;
use crate::engine::{Connection, Rows, text_literal};
use crate::tables::SEQ;
use base::{Date, Period};
use pack::Catalog;
use pack::sql::{Compiled, Compiler, Moment, Relations};
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

    /// Which rows count here.
    pub fn view(&self) -> &View {
        &self.view
    }
}

impl View {
    /// Every version of every record of a register, ended and void ones too, up to this moment.
    pub(crate) fn versions(&self, id: &str) -> String {
        if self.past {
            format!("(SELECT * FROM reg.{id} AS v WHERE v.{SEQ} <= {})", self.seq)
        } else {
            format!("reg.{id}")
        }
    }
}

impl Relations for View {
    fn register(&self, id: &str) -> String {
        let flow = self.catalog.register(id).and_then(|register| register.flow.as_ref());
        let void: Vec<String> = flow
            .iter()
            .flat_map(|flow| &flow.states)
            .filter(|(_, state)| state.void)
            .map(|(id, _)| format!("'{id}'"))
            .collect();
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

    fn list(&self, id: &str) -> String {
        format!("list.{id}")
    }
}
