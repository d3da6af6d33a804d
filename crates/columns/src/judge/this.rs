//! Which relation is `this`, the records being saved?

use super::Judgment;
use crate::StoreError;
use crate::engine::{Connection, Value};
use crate::merge;
use crate::snapshot::View;
use crate::tables::this_table;
use base::Date;
use pack::model::{Column, ColumnType, Register};
use pack::sql::RowScope;
use records::Draft;

/// The relation `this` with the register's derived columns.
pub(crate) fn this_view(view: &View, register: &Register, today: Date) -> Result<String, StoreError> {
    let mut scope = RowScope::new(&view.catalog, view, register).asked_on(today);
    let mut columns = vec!["t.*".to_string()];
    for (name, text) in &register.derive {
        columns.push(format!("({}) AS {name}", scope.lower(text)?));
    }
    Ok(format!(
        "CREATE OR REPLACE TEMPORARY VIEW this AS SELECT {} FROM {}",
        columns.join(", "),
        scope.from_clause("temp.this_")
    ))
}

/// The id by which a draft is known while it is judged.
pub(super) fn id_of(draft: &Draft, index: usize) -> String {
    draft.record.clone().unwrap_or_else(|| format!("_new-{index}"))
}

/// Version and moments, which a draft has not yet.
const NOT_YET: [Value; 4] = [Value::Null, Value::Null, Value::Null, Value::Null];

/// Puts the drafts of a register into the relation `this`.
pub(crate) fn load_this(
    connection: &Connection,
    view: &View,
    register: &Register,
    drafts: &[&Draft],
    indices: &[usize],
    judgment: &Judgment,
) -> Result<(), StoreError> {
    let column = |name: &str, ty| Column { name: name.into(), ty, nullable: true };
    let mut columns = vec![
        column("n_", ColumnType::Integer),
        column("id", ColumnType::Text),
        column("org", ColumnType::Text),
        column("version", ColumnType::Integer),
        column("recorded_at", ColumnType::Instant),
        column("recorded_by", ColumnType::Text),
        column("first_recorded_at", ColumnType::Instant),
    ];
    columns.extend(register.columns().into_iter().map(|c| Column { nullable: true, ..c }));
    connection.execute(&this_table(&columns))?;
    let mut appender = connection.appender("temp", "this_")?;
    for index in indices {
        let (Some(draft), Some(cells)) = (drafts.get(*index), judgment.cells.get(*index).and_then(Option::as_ref))
        else {
            continue;
        };
        let known = [Value::Int(*index as i64), Value::Text(id_of(draft, *index)), Value::Text(draft.org.clone())];
        appender.append_parts(&[&known, &NOT_YET, cells])?;
    }
    appender.close()?;
    follow_merges(connection, view, register)
}

/// What is written of a resident folded into another is judged as the other's.
fn follow_merges(connection: &Connection, view: &View, register: &Register) -> Result<(), StoreError> {
    if !view.merges {
        return Ok(());
    }
    for column in merge::columns(register) {
        connection.execute(&format!(
            "UPDATE temp.this_ SET {column} = m.into_ FROM {} AS m WHERE m.id = this_.{column}",
            view.merged()
        ))?;
    }
    Ok(())
}
