//! Which records have these values?
//!
//! Many records are looked for with one statement; an import asks once a chunk, never once a row.

use crate::StoreError;
use crate::engine::Value;
use crate::store::Store;
use crate::tables::table;
use pack::model::{Column, ColumnType};
use pack::sql::Relations;

/// A record that has the values of a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The key's place among those asked for.
    pub key: usize,
    /// The record.
    pub id: String,
    /// Its cells in the columns that were to be given.
    pub cells: Vec<Value>,
}

impl Store {
    /// The current records of `register` whose columns `by` have the values of one of `keys`, with their columns `give`.
    /// A key with an empty value finds nothing; one key may find several records.
    ///
    /// # Errors
    /// Whatever the engine says; [`StoreError::Engine`] when there is no such register or column.
    pub fn find(
        &self,
        register: &str,
        by: &[&str],
        keys: &[Vec<Value>],
        give: &[&str],
    ) -> Result<Vec<Found>, StoreError> {
        let known = self.catalog.register(register).map(|known| known.columns()).unwrap_or_default();
        let type_of = |name: &str| known.iter().find(|column| column.name == name).map_or(ColumnType::Text, |c| c.ty);
        let mut columns = vec![Column { name: "n_".into(), ty: ColumnType::Integer, nullable: false }];
        columns.extend(by.iter().map(|name| Column { name: format!("{name}_"), ty: type_of(name), nullable: true }));
        self.writer.execute(&table("find_", &columns).replacen("TABLE", "TEMPORARY TABLE", 1))?;
        let mut appender = self.writer.appender("temp", "find_")?;
        for (n, key) in keys.iter().enumerate() {
            let mut row = vec![Value::Int(n as i64)];
            row.extend(key.iter().cloned());
            appender.append_row(&row)?;
        }
        appender.close()?;
        let give: String = give.iter().map(|name| format!(", o.{name}")).collect();
        let same: Vec<String> = by.iter().map(|name| format!("o.{name} = f.{name}_")).collect();
        let sql = format!(
            "SELECT f.n_, o.id{give} FROM temp.find_ AS f JOIN {} AS o ON {} ORDER BY f.n_, o.id",
            self.current().register(register),
            same.join(" AND ")
        );
        let rows = self.writer.query(&sql)?.rows()?;
        let found = rows.into_iter().filter_map(|row| {
            let mut cells = row.into_iter();
            let key = cells.next()?.as_int().and_then(|n| usize::try_from(n).ok())?;
            let id = cells.next()?.as_text()?.to_string();
            Some(Found { key, id, cells: cells.collect() })
        });
        Ok(found.collect())
    }
}
