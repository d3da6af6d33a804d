//! What stands in the tables, row by row, for the verification.

use std::ops::ControlFlow;

use tokio_postgres::Row;

use super::address::Address;
use super::read::{batch, each_row, get, stored, version};
use super::session::{Access, Session};
use super::statements::Statements;
use crate::hash::Parts;
use crate::verify::{Look, Reader, StoredEntry, StoredVersion, Words};
use crate::{Batch, LogError};

/// One session that reads a county's rows.
pub(super) struct TableReader {
    session: Session,
    statements: Statements,
    county: String,
}

impl TableReader {
    pub fn open(address: &Address, county: &str) -> Result<Self, LogError> {
        let session = Session::connect(address, Access::Read)?;
        let statements = session.prepare()?;
        Ok(Self { session, statements, county: county.to_string() })
    }

    fn one(&self, row: Result<Row, tokio_postgres::Error>) -> Words<Row> {
        row.map_err(|fault| super::session::words(&fault))
    }
}

impl Reader for TableReader {
    fn batches(&mut self, look: Look<'_, Batch>) -> Words<()> {
        each_row(&self.session, &self.statements.batches, &[&self.county], |row| Ok(look(batch(row)?).is_continue()))
    }

    fn entries(
        &mut self,
        first: u64,
        last: u64,
        look: &mut dyn FnMut(StoredEntry<'_>) -> ControlFlow<()>,
    ) -> Words<()> {
        let range = (stored(first), stored(last));
        each_row(&self.session, &self.statements.between, &[&self.county, &range.0, &range.1], |row| {
            Ok(look(StoredEntry { parts: parts(row).ok(), batch: get(row, 14)? }).is_continue())
        })
    }

    fn last_beyond(&mut self, seq: u64) -> Words<Option<i64>> {
        let seq = stored(seq);
        let statement = &self.statements.last_beyond;
        let row = self.session.run(async |client| client.query_one(statement, &[&self.county, &seq]).await);
        get(&self.one(row)?, 0)
    }

    fn versions(&mut self, look: Look<'_, StoredVersion>) -> Words<()> {
        each_row(&self.session, &self.statements.versions, &[&self.county], |row| {
            let (head_seq, head_version): (Option<i64>, Option<i32>) = (get(row, 2)?, get(row, 3)?);
            let head = head_seq.zip(head_version.map(i64::from));
            let version = i64::from(get::<i32>(row, 1)?);
            Ok(look(StoredVersion { seq: get(row, 0)?, version, head }).is_continue())
        })
    }

    fn heads(&mut self) -> Words<(i64, Option<i64>)> {
        let statement = &self.statements.count_heads;
        let row = self.session.run(async |client| client.query_one(statement, &[&self.county]).await);
        let row = self.one(row)?;
        Ok((get(&row, 0)?, get(&row, 1)?))
    }

    /// The server checks its own pages as it reads them; there is nothing more to ask.
    fn structure(&mut self) -> Words<Option<String>> {
        Ok(None)
    }
}

/// The stored bytes of a row as they were hashed; an error when one is not of its kind.
fn parts(row: &Row) -> Result<Parts<'_>, String> {
    let text = |column| get::<&str>(row, column).map(str::as_bytes);
    let or_none = |column| get::<Option<&str>>(row, column).map(|text| text.map(str::as_bytes));
    Ok(Parts {
        seq: super::read::number(row, 0)?,
        register: text(1)?,
        record: text(2)?,
        version: version(get(row, 3)?)?,
        base: version(get::<Option<i32>>(row, 4)?.unwrap_or(0))?,
        prior: u64::try_from(get::<Option<i64>>(row, 5)?.unwrap_or(0)).map_err(|fault| fault.to_string())?,
        op: text(6)?,
        org: text(7)?,
        resident: or_none(8)?,
        on_date: or_none(9)?,
        actor: text(10)?,
        at: get(row, 11)?,
        body: text(12)?,
        reason: or_none(13)?,
    })
}
