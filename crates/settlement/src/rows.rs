//! Which rows does a scheme pay, with every column it reads?
//!
//! Columns that a register or cohort derives come from the engine, so status and age are those of the record's own day.

use crate::SettlementError;
use base::{Date, Period};
use columns::Snapshot;
use columns::engine::Value as Cell;
use pack::Catalog;
use pack::model::Register;
use pack::sql::quote_text;
use scheme::{Bill, Compiled, Settled, settle, settle_pool};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The scheme, lowered.
///
/// # Errors
/// [`SettlementError::Mistakes`]: there is no such scheme, or what is wrong with it.
pub fn compile(catalog: &Catalog, id: &str) -> Result<Compiled, SettlementError> {
    Compiled::of(catalog, id).map_err(SettlementError::Mistakes)
}

/// The rows that a scheme pays in a period: those with a day in it, and those without a day. `whose` asks for those of one
/// resident only.
///
/// # Errors
/// As [`rows_of`].
pub fn of_period(
    snapshot: &Snapshot,
    compiled: &Compiled,
    period: Period,
    whose: Option<&str>,
) -> Result<Vec<Map<String, Value>>, SettlementError> {
    let inside =
        |row: &Map<String, Value>| match row.get("on_date").and_then(Value::as_str).and_then(pack::yaml::parse_date) {
            Some(day) => period.from <= day && day < period.until,
            None => true,
        };
    let mut rows = rows_of(snapshot, compiled, Some(period), whose)?;
    rows.retain(inside);
    Ok(rows)
}

/// Every row of the register or cohort that the scheme is over, with the columns the scheme reads. A cohort is that of
/// the period. `whose` asks for the rows of one resident only.
///
/// # Errors
/// [`SettlementError::Rows`] when a column cannot be asked for, or what the store says.
pub fn rows_of(
    snapshot: &Snapshot,
    compiled: &Compiled,
    period: Option<Period>,
    whose: Option<&str>,
) -> Result<Vec<Map<String, Value>>, SettlementError> {
    let catalog = snapshot.catalog();
    let mut compiler = snapshot.compiler(period);
    let register = catalog.register(&compiled.over.value);
    let relation = match register {
        Some(register) => compiler.register(&register.common.id),
        None => compiler.cohort(&compiled.pack, &compiled.over).map_err(SettlementError::Rows)?,
    };
    let names = match register {
        Some(register) => fixed(register),
        None => compiler.columns_of(&compiled.pack, &compiled.over).map_err(SettlementError::Rows)?,
    };
    let (mut select, mut joins) = (Vec::new(), BTreeMap::new());
    for name in names {
        select.push(format!("t.\"{name}\" AS \"{name}\""));
    }
    for input in &compiled.resolved.inputs {
        match input.name.split_once('.') {
            Some((to, column)) => {
                let other = compiler.register(to);
                compiler.mention(column);
                let alias = format!("r_{to}");
                joins.insert(to.to_string(), format!("LEFT JOIN {other} AS {alias} ON {alias}.id = t.\"{to}\""));
                select.push(format!("{alias}.\"{column}\" AS \"{}\"", input.name));
            }
            None => {
                compiler.mention(&input.name);
                select.push(format!("t.\"{0}\" AS \"{0}\"", input.name));
            }
        }
    }
    let mut seen = BTreeSet::new();
    select.retain(|column: &String| seen.insert(column.clone()));
    let joins: Vec<String> = joins.into_values().collect();
    let only = whose.map(|whose| format!("WHERE t.\"resident\" = {}", quote_text(whose))).unwrap_or_default();
    let sql = format!("SELECT {} FROM {relation} AS t {} {only} ORDER BY t.id", select.join(", "), joins.join(" "));
    let statement = compiler.finish(&sql).map_err(SettlementError::Rows)?;
    let found = snapshot.query(&statement)?;
    let titles: Vec<String> = found.columns().iter().map(|column| column.name.clone()).collect();
    let rows = found.rows().map_err(columns::StoreError::from)?;
    Ok(rows.into_iter().map(|row| titles.iter().cloned().zip(row.iter().map(Cell::body_json)).collect()).collect())
}

/// The columns by which a row of a register is known.
fn fixed(register: &Register) -> Vec<String> {
    let own = register.fixed_columns().into_iter().map(|column| column.name);
    let institution = register.fields.contains_key("institution").then(|| "institution".to_string());
    ["id".to_string(), "org".to_string()].into_iter().chain(own).chain(institution).collect()
}

/// A row as the schemes read it, from its columns by name.
pub fn row_of(columns: Vec<(String, Cell)>) -> Map<String, Value> {
    columns.into_iter().map(|(name, cell)| (name, cell.body_json())).collect()
}

/// Settles rows: a pool all at once, everything else year by year.
pub fn settle_rows(
    catalog: &Catalog,
    compiled: &Compiled,
    rows: &[Map<String, Value>],
    today: Date,
) -> Vec<Result<Settled, (String, scheme::Refused)>> {
    let mut bills = Vec::new();
    let mut settled: Vec<Result<Settled, (String, scheme::Refused)>> = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        match Bill::read(row, today) {
            Ok(bill) => bills.push(bill),
            Err(refused) => settled.push(Err((format!("第{}行", n + 1), refused))),
        }
    }
    let shares = compiled.resolved.pool.is_some();
    if !shares {
        settled.extend(settle(catalog, compiled, bills, today).into_iter().map(Ok));
        return settled;
    }
    match settle_pool(catalog, compiled, &bills, today, today) {
        Ok(plans) => settled.extend(bills.into_iter().zip(plans).map(|(bill, plan)| Ok((bill, Ok(plan))))),
        Err(refused) => settled.extend(bills.into_iter().map(|bill| Ok((bill, Err(refused.clone()))))),
    }
    settled
}
