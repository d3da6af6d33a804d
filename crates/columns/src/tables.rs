//! Which table does a register become?
//!
//! `reg.<register>` holds one row per version of a record, in the order in which they were written, and is only ever
//! appended to. `ended.<register>` says from which `seq` on a row no longer held. `list.<list>` holds the rows of a
//! list. `merged.resident` says who stands for whom (see [`crate::merge`]).

use crate::StoreError;
use crate::cell::scalar_cell;
use crate::engine::{Connection, Value};
use pack::Catalog;
use pack::model::{Column, ColumnType, List, ListKey, Register, ScalarType};

/// The `seq` of the entry that wrote a row.
pub const SEQ: &str = "seq_";

/// A row's columns in order: `seq_`, bookkeeping, then what the record brings along.
pub fn row_columns(register: &Register) -> Vec<Column> {
    let column = |name: &str, ty, nullable| Column { name: name.into(), ty, nullable };
    let mut columns = vec![
        column(SEQ, ColumnType::Integer, false),
        column("id", ColumnType::Text, false),
        column("org", ColumnType::Text, false),
        column("version", ColumnType::Integer, false),
        column("recorded_at", ColumnType::Instant, false),
        column("recorded_by", ColumnType::Text, false),
        column("first_recorded_at", ColumnType::Instant, false),
    ];
    columns.extend(register.columns());
    columns
}

/// Creates every table of a catalog, empty.
///
/// # Errors
/// Whatever the engine says.
pub fn create_tables(connection: &Connection, catalog: &Catalog) -> Result<(), StoreError> {
    connection.execute(
        "CREATE SCHEMA IF NOT EXISTS reg; CREATE SCHEMA IF NOT EXISTS ended; CREATE SCHEMA IF NOT EXISTS list",
    )?;
    for register in catalog.registers() {
        create_register(connection, register)?;
    }
    crate::merge::create(connection)?;
    for list in catalog.lists() {
        connection.execute(&table(&format!("list.{}", list.common.id), &list_columns(list)))?;
    }
    Ok(())
}

/// Creates a register's tables, or empties them.
///
/// # Errors
/// Whatever the engine says.
pub fn create_register(connection: &Connection, register: &Register) -> Result<(), StoreError> {
    let id = &register.common.id;
    connection.execute(&table(&format!("reg.{id}"), &row_columns(register)))?;
    connection
        .execute(&format!("CREATE OR REPLACE TABLE ended.{id} ({SEQ} BIGINT NOT NULL, until_ BIGINT NOT NULL)"))?;
    Ok(())
}

/// Fills the tables of lists, and the days the working-day functions read.
///
/// # Errors
/// Whatever the engine says.
pub fn fill_lists(connection: &Connection, catalog: &Catalog) -> Result<(), StoreError> {
    for list in catalog.lists() {
        let columns = list_columns(list);
        let mut appender = connection.appender("list", &list.common.id)?;
        for table in &list.tables {
            for row in &table.rows {
                let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::Text);
                let cells: Vec<Value> = columns
                    .iter()
                    .map(|column| match column.name.as_str() {
                        "code" if list.is_code_list() => text(&row.code),
                        "zh" if list.is_code_list() => Value::Text(row.label.zh.clone()),
                        "en" if list.is_code_list() => text(&row.label.en),
                        "since_" => table.since.map_or(Value::Null, Value::Date),
                        "until_" => table.until.map_or(Value::Null, Value::Date),
                        name => row.cells.get(name).map_or(Value::Null, |cell| scalar_cell(column.ty, &cell.value)),
                    })
                    .collect();
                appender.append_row(&cells)?;
            }
        }
        appender.close()?;
    }
    let holidays =
        catalog.list("holiday").is_some_and(|l| l.key.contains_key("day") && l.columns.contains_key("working"));
    if holidays {
        connection
            .execute("DELETE FROM main.holiday; INSERT INTO main.holiday SELECT day, working FROM list.holiday")?;
    }
    Ok(())
}

/// A statement that creates a table or replaces it by an empty one.
pub fn table(name: &str, columns: &[Column]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|c| format!("\"{}\" {}{}", c.name, c.ty.sql(), if c.nullable { "" } else { " NOT NULL" }))
        .collect();
    format!("CREATE OR REPLACE TABLE {name} ({})", columns.join(", "))
}

/// A statement that creates the relation `temp.this_` of one connection, or replaces it by an empty one.
pub fn this_table(columns: &[Column]) -> String {
    table("this_", columns).replacen("TABLE", "TEMPORARY TABLE", 1)
}

/// A list's columns: its keys, its cells, and the days over which a row holds.
pub fn list_columns(list: &List) -> Vec<Column> {
    let column = |name: &str, ty| Column { name: name.into(), ty, nullable: true };
    let mut columns = if list.is_code_list() {
        ["code", "zh", "en"].map(|name| column(name, ColumnType::Text)).to_vec()
    } else {
        let keys = list.key.iter().map(|(name, key)| {
            let ty = match key {
                ListKey::Codes(_) => ColumnType::Text,
                ListKey::Plain(ty) => scalar_column(*ty),
            };
            column(name, ty)
        });
        keys.collect()
    };
    columns.extend(list.columns.iter().map(|(name, ty)| column(name, scalar_column(*ty))));
    columns.push(column("since_", ColumnType::Date));
    columns.push(column("until_", ColumnType::Date));
    columns
}

fn scalar_column(ty: ScalarType) -> ColumnType {
    match ty {
        ScalarType::Integer => ColumnType::Integer,
        ScalarType::Decimal | ScalarType::Rate => ColumnType::Decimal(6),
        ScalarType::Money => ColumnType::Decimal(2),
        ScalarType::Date => ColumnType::Date,
        ScalarType::Text => ColumnType::Text,
        ScalarType::Flag => ColumnType::Flag,
    }
}
