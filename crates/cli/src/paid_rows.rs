//! Which rows does a scheme pay, with every column it reads?
//!
//! Columns that a register or cohort derives come from the engine, so status and age are those of the record's own day.

use crate::draw;
use crate::fault::Fault;
use crate::output;
use base::{Date, Period};
use columns::Snapshot;
use columns::engine::Value as Cell;
use pack::Catalog;
use pack::model::{Example, ExpectedPay, Register, Scheme};
use scheme::{Bill, Compiled, Settled, settle, settle_pool};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The scheme, lowered; its mistakes are drawn.
pub fn compile(catalog: &Catalog, id: &str) -> Result<Compiled, Fault> {
    Compiled::of(catalog, id).map_err(|found| match found.as_slice() {
        [only] if only.span.is_none() => {
            let help = only.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
            Fault::Use(format!("{}{help}", only.message))
        }
        several => {
            several.iter().for_each(|diagnostic| output::message(&draw::diagnostic(&catalog.sources, diagnostic)));
            Fault::Mistakes(several.len())
        }
    })
}

/// The scheme as its pack wrote it.
pub fn written<'c>(catalog: &'c Catalog, id: &str) -> Option<&'c Scheme> {
    catalog.packs.values().flat_map(|pack| pack.schemes.values()).find(|scheme| scheme.common.id == id)
}

/// Every row that the scheme pays in a period, with the columns it reads.
pub fn rows_of(
    snapshot: &Snapshot,
    scheme: &Scheme,
    compiled: &Compiled,
    period: Option<Period>,
) -> Result<Vec<Map<String, Value>>, Fault> {
    let catalog = snapshot.catalog();
    let mut compiler = snapshot.compiler(period);
    let failed = |diagnostic: base::Diagnostic| Fault::Use(diagnostic.message);
    let register = catalog.register(&scheme.over.value);
    let relation = match register {
        Some(register) => compiler.register(&register.common.id),
        None => compiler.cohort(&scheme.common.pack, &scheme.over).map_err(failed)?,
    };
    let names = match register {
        Some(register) => fixed(register),
        None => compiler.columns_of(&scheme.common.pack, &scheme.over).map_err(failed)?,
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
    let mut seen = std::collections::BTreeSet::new();
    select.retain(|column: &String| seen.insert(column.clone()));
    let joins: Vec<String> = joins.into_values().collect();
    let sql = format!("SELECT {} FROM {relation} AS t {} ORDER BY t.id", select.join(", "), joins.join(" "));
    let statement = compiler.finish(&sql).map_err(failed)?;
    let found = snapshot.query(&statement)?;
    let titles: Vec<String> = found.columns().iter().map(|column| column.name.clone()).collect();
    let rows = found.rows().map_err(columns::StoreError::from)?;
    Ok(rows.into_iter().map(|row| titles.iter().cloned().zip(row.into_iter().map(json)).collect()).collect())
}

/// The columns by which a row of a register is known.
fn fixed(register: &Register) -> Vec<String> {
    let own = register.fixed_columns().into_iter().map(|column| column.name);
    let institution = register.fields.contains_key("institution").then(|| "institution".to_string());
    ["id".to_string(), "org".to_string()].into_iter().chain(own).chain(institution).collect()
}

fn json(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Flag(flag) => Value::Bool(flag),
        Cell::Int(n) => Value::from(n),
        Cell::Big(n) => Value::String(n.to_string()),
        Cell::Decimal { unscaled, scale } => Value::String(decimal(unscaled, scale)),
        Cell::Text(text) => Value::String(text),
        Cell::Date(day) => Value::String(day.to_string()),
        Cell::Instant(at) => Value::String(at.to_string()),
        // A scheme reads no lists and no binary fractions; its check says so of the column.
        Cell::Many(_) | Cell::Float(_) => Value::Null,
    }
}

fn decimal(unscaled: i128, scale: u8) -> String {
    base::Decimal::try_from_i128_with_scale(unscaled, scale.into())
        .map_or_else(|_| unscaled.to_string(), |n| n.to_string())
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

/// Settles what an example gave.
pub fn settle_given(
    catalog: &Catalog,
    snapshot: &Snapshot,
    example: &Example,
    scheme: &str,
) -> Result<Vec<Settled>, Fault> {
    let compiled = compile(catalog, scheme)?;
    let given = written(catalog, scheme).and_then(|scheme| Some((scheme, example.given.get(&scheme.over.value)?)));
    let derived = compiled.resolved.inputs.iter().any(|input| input.derived);
    let rows = match (given, written(catalog, scheme)) {
        // The given records hold every column the scheme reads.
        (Some((_, given)), _) if !derived => given.iter().map(|record| record.body.clone()).collect(),
        (_, Some(scheme)) => rows_of(snapshot, scheme, &compiled, example.period)?,
        _ => Vec::new(),
    };
    Ok(settle_rows(catalog, &compiled, &rows, example.as_of).into_iter().filter_map(Result::ok).collect())
}

/// How a payment differs from what was expected; `None` when it does not.
pub fn difference(expected: &ExpectedPay, settled: &[Settled]) -> Option<String> {
    let place = format!("{} pays {}", expected.scheme, expected.record);
    let Some((_, plan)) = settled.iter().find(|(bill, _)| bill.id == expected.record) else {
        return Some(format!("{place}: there is no such row"));
    };
    let plan = match (plan, &expected.refused) {
        (Err(refused), Some(code)) if refused.code == *code => return None,
        (Err(refused), _) => return Some(format!("{place}: refused by {}: {}", refused.code, refused.say.zh)),
        (Ok(_), Some(code)) => return Some(format!("{place}: expected to be refused by {code}, and it was paid")),
        (Ok(plan), None) => plan,
    };
    let paid = plan.lines.iter().map(|line| (line.step.clone(), scheme::yuan(line.paid).to_string()));
    let rest = plan.rest.map(|rest| ("rest".to_string(), scheme::yuan(rest).to_string()));
    let found: BTreeMap<String, String> = paid.chain(rest).collect();
    let wanted: BTreeMap<String, String> = expected.steps.iter().cloned().collect();
    (found != wanted).then(|| format!("{place}: expected {wanted:?}, found {found:?}"))
}
