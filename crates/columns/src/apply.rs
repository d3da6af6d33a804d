//! How does an entry of the log reach its table?
//!
//! A new version is a new row; the row it replaces gets an end. Nothing is updated, so a group of any size costs an
//! append.

use crate::StoreError;
use crate::cell::cell;
use crate::engine::{Connection, Value};
use jiff::civil::DateTime;
use jiff::tz::{self, TimeZone};
use pack::Catalog;
use pack::model::Register;
use records::{Entry, Log, Op};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// A row of a table: its bookkeeping, then the register's own columns.
pub(crate) type Row = ([Value; 7], Vec<Value>);

/// Rows and ends on their way into the tables, by register.
#[derive(Debug, Default)]
pub struct Pending {
    rows: BTreeMap<String, Vec<Row>>,
    ends: BTreeMap<String, Vec<(u64, u64)>>,
}

impl Pending {
    /// Takes an entry in. Entries that are no versions of a known register (installs, accesses) are passed over.
    ///
    /// # Errors
    /// [`StoreError::Body`] when a stored body does not fit the register's columns any more.
    pub fn take(&mut self, catalog: &Catalog, entry: &Entry, first_recorded_at: DateTime) -> Result<(), StoreError> {
        if !matches!(entry.op, Op::Create | Op::Correct | Op::Withdraw) {
            return Ok(());
        }
        let Some(register) = catalog.register(&entry.register) else { return Ok(()) };
        if let Some(prior) = entry.prior {
            self.ends.entry(entry.register.clone()).or_default().push((prior, entry.seq));
        }
        if entry.op != Op::Withdraw {
            let row = row(register, entry, first_recorded_at)?;
            self.rows.entry(entry.register.clone()).or_default().push(row);
        }
        Ok(())
    }

    /// Takes in a row that was made beforehand.
    pub(crate) fn push_row(&mut self, register: &str, row: Row) {
        match self.rows.get_mut(register) {
            Some(rows) => rows.push(row),
            None => drop(self.rows.insert(register.to_string(), vec![row])),
        }
    }

    /// Whether something happens to a record of the register.
    pub(crate) fn touches(&self, register: &str) -> bool {
        self.rows.contains_key(register) || self.ends.contains_key(register)
    }

    /// True when no row changes.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.ends.is_empty()
    }

    /// Registers of which some row ends.
    pub(crate) fn registers_ended(&self) -> Vec<String> {
        self.ends.keys().cloned().collect()
    }

    /// Appends everything that waits; the caller commits.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn flush(&mut self, connection: &Connection) -> Result<(), StoreError> {
        for (register, rows) in std::mem::take(&mut self.rows) {
            let mut appender = connection.appender("reg", &register)?;
            for (bookkeeping, cells) in &rows {
                appender.append_parts(&[bookkeeping, cells])?;
            }
            appender.close()?;
        }
        for (register, ends) in std::mem::take(&mut self.ends) {
            let mut appender = connection.appender("ended", &register)?;
            for (seq, until) in ends {
                appender.append_row(&[Value::Int(seq as i64), Value::Int(until as i64)])?;
            }
            appender.close()?;
        }
        Ok(())
    }
}

/// A version of a record as a row of its table.
pub(crate) fn row(register: &Register, entry: &Entry, first_recorded_at: DateTime) -> Result<Row, StoreError> {
    let body: Map<String, Json> = entry.fields()?;
    let mut cells = Vec::new();
    for column in register.columns() {
        let value = cell(&column, body.get(&column.name)).map_err(|fault| StoreError::Body {
            seq: entry.seq,
            register: entry.register.clone(),
            fault,
        })?;
        cells.push(value);
    }
    Ok((bookkeeping(entry, first_recorded_at), cells))
}

/// When the first version of an entry's record was written, in county time.
pub(crate) fn first_recorded_at(log: &dyn Log, entry: &Entry) -> Result<DateTime, StoreError> {
    let at = if entry.version > 1 && entry.op == Op::Correct {
        let history = log.history(&entry.register, &entry.record)?;
        history.first().map_or(entry.at, |first| first.at)
    } else {
        entry.at
    };
    Ok(county_time(at))
}

fn bookkeeping(entry: &Entry, first_recorded_at: DateTime) -> [Value; 7] {
    [
        Value::Int(entry.seq as i64),
        Value::Text(entry.record.clone()),
        Value::Text(entry.org.clone()),
        Value::Int(i64::from(entry.version)),
        Value::Instant(county_time(entry.at)),
        Value::Text(entry.actor.to_string()),
        Value::Instant(first_recorded_at),
    ]
}

/// A moment on the clocks of a Chinese county (UTC+8 all year, since 1991 without summer time).
pub fn county_time(at: base::Timestamp) -> DateTime {
    at.to_zoned(TimeZone::fixed(tz::offset(8))).datetime()
}
