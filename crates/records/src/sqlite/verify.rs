//! What stands in the file, row by row, for the verification.

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};

use super::read::{batch_columns, batch_of, entry_columns, stored};
use super::{connect, county_of, migrate};
use crate::hash::Parts;
use crate::verify::{Look, Reader, StoredEntry, StoredVersion, Words};
use crate::{Batch, LogError, Progress, VerifyReport};

pub(super) fn verify(path: &Path, progress: &mut dyn FnMut(Progress)) -> Result<VerifyReport, LogError> {
    let open = || {
        let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, true)?;
        migrate::show_as_current(&conn, path)?;
        Ok(FileReader { conn })
    };
    let county = county_of(&open()?.conn, path)?;
    crate::verify::verify(&county, &open, progress)
}

struct FileReader {
    conn: Connection,
}

impl Reader for FileReader {
    fn batches(&mut self, look: Look<'_, Batch>) -> Words<()> {
        const SQL: &str = concat!("SELECT ", batch_columns!(), " FROM batch ORDER BY no");
        read_each(&self.conn, SQL, [], |row| Ok(look(batch_of(row)?)))
    }

    fn entries(
        &mut self,
        first: u64,
        last: u64,
        look: &mut dyn FnMut(StoredEntry<'_>) -> ControlFlow<()>,
    ) -> Words<()> {
        const SQL: &str = concat!("SELECT ", entry_columns!(), " FROM entry WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq");
        read_each(&self.conn, SQL, [stored(first), stored(last)], |row| {
            Ok(look(StoredEntry { parts: parts(row), batch: row.get(14)? }))
        })
    }

    fn last_beyond(&mut self, seq: u64) -> Words<Option<i64>> {
        let found = self.conn.query_row("SELECT max(seq) FROM entry WHERE seq > ?1", [stored(seq)], |row| row.get(0));
        found.map_err(words)
    }

    fn versions(&mut self, look: Look<'_, StoredVersion>) -> Words<()> {
        const SQL: &str = "SELECT entry.seq, entry.version, head.seq, head.version
             FROM entry LEFT JOIN head USING (register, record)
             WHERE op <> 'access' ORDER BY entry.seq";
        read_each(&self.conn, SQL, [], |row| {
            let (head_seq, head_version): (Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?);
            Ok(look(StoredVersion { seq: row.get(0)?, version: row.get(1)?, head: head_seq.zip(head_version) }))
        })
    }

    fn heads(&mut self) -> Words<(i64, Option<i64>)> {
        let found = self.conn.query_row(
            "SELECT count(*), max(seq) FILTER (WHERE NOT EXISTS (
                 SELECT 1 FROM entry WHERE entry.seq = head.seq AND entry.register = head.register AND entry.record = head.record))
             FROM head",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        );
        found.map_err(words)
    }

    fn structure(&mut self) -> Words<Option<String>> {
        let found = self.conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
        found.map(|found| (found != "ok").then_some(found)).map_err(words)
    }
}

fn read_each(
    conn: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
    mut look: impl FnMut(&Row<'_>) -> rusqlite::Result<ControlFlow<()>>,
) -> Words<()> {
    let read = || {
        let mut statement = conn.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            if look(row)?.is_break() {
                break;
            }
        }
        Ok(())
    };
    read().map_err(words)
}

fn words(fault: rusqlite::Error) -> String {
    fault.to_string()
}

/// The stored bytes of a row as they were hashed; `None` when one is not of its kind.
fn parts<'r>(row: &'r Row<'_>) -> Option<Parts<'r>> {
    let integer = |column| match row.get_ref(column) {
        Ok(ValueRef::Integer(value)) => Some(value),
        _ => None,
    };
    let or_zero = |column| match row.get_ref(column) {
        Ok(ValueRef::Integer(value)) => Some(value),
        Ok(ValueRef::Null) => Some(0),
        _ => None,
    };
    let text = |column| match row.get_ref(column) {
        Ok(ValueRef::Text(bytes)) => Some(bytes),
        _ => None,
    };
    let or_none = |column| match row.get_ref(column) {
        Ok(ValueRef::Text(bytes)) => Some(Some(bytes)),
        Ok(ValueRef::Null) => Some(None),
        _ => None,
    };
    Some(Parts {
        seq: integer(0)?.try_into().ok()?,
        register: text(1)?,
        record: text(2)?,
        version: integer(3)?.try_into().ok()?,
        base: or_zero(4)?.try_into().ok()?,
        prior: or_zero(5)?.try_into().ok()?,
        op: text(6)?,
        org: text(7)?,
        resident: or_none(8)?,
        on_date: or_none(9)?,
        actor: text(10)?,
        at: integer(11)?,
        body: text(12)?,
        reason: or_none(13)?,
    })
}
