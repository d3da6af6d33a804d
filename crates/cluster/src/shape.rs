//! Which relations does a cluster find, with which columns?

use pack::Catalog;
use pack::model::{Column, Field, FieldType, Register};
use pack::sql::Relations;
use pack::sql::spark::{Stored, type_name};
use std::collections::BTreeMap;

/// The names under which statements find what was exported.
pub(crate) struct Names;

impl Relations for Names {
    fn register(&self, id: &str) -> String {
        format!("{id}_rows_")
    }

    fn list(&self, id: &str) -> String {
        format!("{id}_list_")
    }
}

/// True for what never leaves: secret text, such as names and numbers. A secret code (a diagnosis) does leave, because
/// indicators count by it.
pub(crate) fn stays(field: &Field) -> bool {
    field.secret && !matches!(field.ty, FieldType::Code { .. })
}

/// The columns of a register that leave.
pub(crate) fn open_columns(register: &Register) -> Vec<Column> {
    let is_open = |column: &Column| !register.fields.get(&column.name).is_some_and(stays);
    columns::row_columns(register).into_iter().skip(1).filter(is_open).collect()
}

/// Every relation of a catalog. `source` says where one lies, `None` when it has no rows.
pub(crate) fn stored(catalog: &Catalog, source: &dyn Fn(&str, &str) -> Option<String>) -> BTreeMap<String, Stored> {
    let registers = catalog.registers().map(|register| {
        let id = &register.common.id;
        (Names.register(id), open_columns(register), source("register", id))
    });
    let lists = catalog.lists().map(|list| {
        let id = &list.common.id;
        (Names.list(id), columns::list_columns(list), source("list", id))
    });
    registers.chain(lists).map(|(name, columns, source)| (name, relation(columns, source))).collect()
}

fn relation(columns: Vec<Column>, source: Option<String>) -> Stored {
    let sql = match source {
        Some(path) => {
            let names: Vec<String> = columns.iter().map(|column| format!("`{}`", column.name)).collect();
            format!("SELECT {} FROM parquet.`{}`", names.join(", "), path.replace('`', "``"))
        }
        None => {
            let empty = columns.iter().map(|c| format!("CAST(NULL AS {}) AS `{}`", type_name(c.ty), c.name));
            format!("SELECT {} WHERE FALSE", empty.collect::<Vec<_>>().join(", "))
        }
    };
    Stored { columns, sql }
}
