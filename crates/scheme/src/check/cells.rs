//! Which number of a scheme could be wrong without any example noticing?
//!
//! Every money, rate and count that the scheme reads is changed by its smallest step; if no example of the packs pays
//! otherwise then, the number is exercised by nobody.

use crate::bill::Bill;
use crate::edition::Compiled;
use crate::plan::{Plan, Refused};
use crate::pool::settle_pool;
use crate::year::settle;
use base::{Decimal, Diagnostic, Span};
use pack::Catalog;
use pack::model::{Example, Scalar, Scheme};
use pack::scheme::{Node, ResolvedForm};
use std::collections::BTreeSet;

/// A number: a parameter on its day, or a cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Parameter { pack: String, name: String, since: base::Date },
    Cell { pack: String, list: String, table: usize, row: usize, column: String },
}

pub(super) fn check(catalog: &Catalog, scheme: &Scheme, compiled: &Compiled, found: &mut Vec<Diagnostic>) {
    let examples = examples(catalog, scheme);
    if examples.is_empty() {
        let message = format!("no example pays by {}", scheme.common.id);
        found.push(
            Diagnostic::warning("scheme-untested", scheme.common.span, message)
                .help("add expect: {pays: {…}} to a test, on both sides of its thresholds"),
        );
        return;
    }
    // Columns that the engine derives are not there without it, so nothing can be told of such a scheme here.
    if compiled.resolved.inputs.iter().any(|input| input.derived) {
        return;
    }
    let before = paid(catalog, compiled, &examples);
    for (place, span, shown) in places(catalog, compiled) {
        let Some(changed) = nudged(catalog, &place) else { continue };
        let after = Compiled::of(&changed, &scheme.common.id).ok().map(|compiled| paid(&changed, &compiled, &examples));
        if after.is_some_and(|after| after == before) {
            let message = format!("no example pays otherwise when {shown} changes by one");
            found.push(
                Diagnostic::warning("cell-without-example", span, message).help("add a bill that reads it to a test"),
            );
        }
    }
}

/// The examples that expect something of the scheme, with the rows they give it.
fn examples<'c>(catalog: &'c Catalog, scheme: &Scheme) -> Vec<(&'c Example, Vec<Bill>)> {
    let tests = catalog.packs.values().flat_map(|pack| &pack.tests);
    let mine =
        tests.filter(|test| test.county.is_none() && test.pays.iter().any(|pay| pay.value.scheme == scheme.common.id));
    mine.map(|test| {
        let given = test.given.get(&scheme.over.value).into_iter().flatten();
        let bills = given.filter_map(|given| Bill::read(&given.body, test.as_of).ok());
        (test, bills.collect())
    })
    .collect()
}

fn paid(catalog: &Catalog, compiled: &Compiled, examples: &[(&Example, Vec<Bill>)]) -> Vec<Vec<Option<i64>>> {
    let mut all = Vec::new();
    for (test, bills) in examples {
        let plans: Vec<Result<Plan, Refused>> = if compiled.resolved.pool.is_some() {
            match settle_pool(catalog, compiled, bills, test.as_of, test.as_of) {
                Ok(plans) => plans.into_iter().map(Ok).collect(),
                Err(refused) => vec![Err(refused)],
            }
        } else {
            settle(catalog, compiled, bills.clone(), test.as_of).into_iter().map(|(_, plan)| plan).collect()
        };
        all.extend(plans.into_iter().map(|plan| match plan {
            Ok(plan) => plan.lines.iter().map(|line| Some(line.paid)).collect(),
            Err(_) => vec![None],
        }));
    }
    all
}

/// Every number the scheme reads, where it stands and how it is called.
fn places(catalog: &Catalog, compiled: &Compiled) -> Vec<(Place, Span, String)> {
    let mut parameters = BTreeSet::new();
    let mut cells = BTreeSet::new();
    compiled.resolved.walk(&mut |formula| match &formula.node {
        Node::Parameter { pack, name } => {
            parameters.insert((pack.clone(), name.clone()));
        }
        Node::Cell { list, column, .. } => {
            cells.insert((list.clone(), column.clone()));
        }
        _ => {}
    });
    for step in &compiled.resolved.steps {
        if let ResolvedForm::Bands { list, .. } = &step.form {
            cells.insert((list.clone(), "rate".to_string()));
        }
    }
    let mut found = Vec::new();
    for (pack, name) in parameters {
        let Ok(parameter) = catalog.parameter(&pack, &name) else { continue };
        for (since, value) in &parameter.values {
            let Some(value) = &value.value else { continue };
            let place = Place::Parameter { pack: pack.clone(), name: name.clone(), since: *since };
            found.push((place, value.span, format!("{name} from {since}")));
        }
    }
    for (list, column) in cells {
        let Some(known) = catalog.list(&list) else { continue };
        for (t, table) in known.tables.iter().enumerate() {
            for (r, row) in table.rows.iter().enumerate() {
                let Some(cell) = row.cells.get(&column) else { continue };
                let keys = known.key.keys().filter_map(|key| row.cells.get(key)).map(|cell| cell.value.to_string());
                let keys: Vec<String> = row.code.clone().into_iter().chain(keys).collect();
                let (pack, column) = (known.common.pack.clone(), column.clone());
                let shown = format!("{list}[{}].{column}", keys.join(", "));
                found.push((Place::Cell { pack, list: list.clone(), table: t, row: r, column }, cell.span, shown));
            }
        }
    }
    found
}

/// The catalog with one number changed by its smallest step.
fn nudged(catalog: &Catalog, place: &Place) -> Option<Catalog> {
    let mut packs: Vec<_> = catalog.packs.values().cloned().collect();
    let value = match place {
        Place::Parameter { pack, name, since } => {
            let pack = packs.iter_mut().find(|known| known.header.id.value == *pack)?;
            &mut pack.parameters.get_mut(name)?.values.get_mut(since)?.value.as_mut()?.value
        }
        Place::Cell { pack, list, table, row, column } => {
            let pack = packs.iter_mut().find(|known| known.header.id.value == *pack)?;
            let table = pack.lists.get_mut(list)?.tables.get_mut(*table)?;
            &mut table.rows.get_mut(*row)?.cells.get_mut(column)?.value
        }
    };
    match value {
        Scalar::Integer(n) => *n = n.checked_sub(1)?,
        // A share of 100% could only fall, an amount of nothing only rise: both go where they may.
        Scalar::Decimal(n) => {
            let unit = Decimal::new(1, n.scale().max(2));
            *n = if *n >= unit { n.checked_sub(unit)? } else { n.checked_add(unit)? };
        }
        _ => return None,
    }
    Some(Catalog::new(packs, catalog.county.clone(), catalog.sources.clone()).0)
}
