//! Schemes: names, units, funds, bands, promises, and where amounts and rates come from.
//!
//! What needs numbers (a rate above one, a promise that breaks, a cell nobody exercises) is tried by the crate that
//! pays.

use crate::catalog::Catalog;
use crate::model::{Form, List, ListKey, Scalar, ScalarType, Scheme, Spanned, Step};
use crate::scheme::{Formula, Node, Resolved, ResolvedForm, resolve};
use base::{Date, Diagnostic, Rounding, nearest};

/// The list whose codes are the funds of a county.
const FUNDS: &str = "fund";

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for scheme in catalog.packs.values().flat_map(|pack| pack.schemes.values()) {
        if catalog.register(&scheme.over.value).is_none()
            && let Err(error) = catalog.cohort(&scheme.common.pack, &scheme.over.value)
        {
            let over = &scheme.over;
            found.push(error.diagnostic("unknown-cohort", "register or cohort", &over.value, over.span));
        }
        let (resolved, mut diagnostics) = resolve(catalog, scheme);
        found.append(&mut diagnostics);
        for step in &scheme.steps {
            fund(catalog, step, found);
        }
        shares_and_pool(scheme, found);
        once(catalog, scheme, found);
        replaced(catalog, scheme, found);
        bands(catalog, scheme, found);
        if let Some(resolved) = resolved {
            promises_round_down(scheme, &resolved, found);
            in_force(catalog, scheme, &resolved, found);
        }
    }
}

fn fund(catalog: &Catalog, step: &Step, found: &mut Vec<Diagnostic>) {
    let Some(fund) = &step.fund else {
        let message = format!("step {} does not say which fund pays", step.id.value);
        found.push(Diagnostic::error("missing-key", step.id.span, message).help("add fund:"));
        return;
    };
    let known: Vec<&str> =
        catalog.list(FUNDS).into_iter().flat_map(List::all_rows).filter_map(|row| row.code.as_deref()).collect();
    if !known.contains(&fund.value.as_str()) {
        let message = format!("\"{}\" is not a code of the list {FUNDS}", fund.value);
        let near = nearest(&fund.value, known);
        found.push(Diagnostic::error("fund-unknown", fund.span, message).suggest(near));
    }
}

fn shares_and_pool(scheme: &Scheme, found: &mut Vec<Diagnostic>) {
    let share = scheme.steps.iter().find(|step| matches!(step.form, Form::Share { .. }));
    match (share, &scheme.pool) {
        (Some(step), None) => {
            let message = format!("step {} shares a pool, and the scheme has none", step.id.value);
            found.push(Diagnostic::error("missing-key", step.id.span, message).help("add pool:"));
        }
        (None, Some(pool)) => {
            let message = "a pool is given, and no step shares it";
            found.push(Diagnostic::error("missing-key", pool.span, message).help("add a step with share:"));
        }
        _ => {}
    }
}

/// The same columns twice under `once` would pay the same thing twice or never.
fn once(catalog: &Catalog, scheme: &Scheme, found: &mut Vec<Diagnostic>) {
    for (n, column) in scheme.once.iter().enumerate() {
        if scheme.once[..n].iter().any(|known| known.value == column.value) {
            let message = format!("\"{}\" stands twice under once", column.value);
            found.push(Diagnostic::error("doubled-key", column.span, message));
        }
    }
    let Some(register) = catalog.register(&scheme.over.value) else { return };
    let names: Vec<String> = register.columns().into_iter().map(|column| column.name).collect();
    for column in &scheme.once {
        if column.value != "id" && column.value != "org" && !names.contains(&column.value) {
            let message = format!("\"{}\" is not a column of {}", column.value, scheme.over.value);
            let near = nearest(&column.value, names.iter().map(String::as_str));
            found.push(Diagnostic::error("unknown-column", column.span, message).suggest(near));
        }
    }
}

fn replaced(catalog: &Catalog, scheme: &Scheme, found: &mut Vec<Diagnostic>) {
    let Some(replaces) = &scheme.replaces else { return };
    let others = || catalog.packs.values().flat_map(|pack| pack.schemes.values());
    let Some(other) = others().find(|other| other.common.id == replaces.value) else {
        let near = nearest(&replaces.value, others().map(|other| other.common.id.as_str()));
        let message = format!("\"{}\" is not a scheme of these packs", replaces.value);
        found.push(Diagnostic::error("unknown-scheme", replaces.span, message).suggest(near));
        return;
    };
    if other.over.value != scheme.over.value {
        let message = format!(
            "{} pays over {}, {} over {}",
            scheme.common.id, scheme.over.value, replaces.value, other.over.value
        );
        found.push(
            Diagnostic::error("replacement-differs", scheme.over.span, message)
                .label(other.over.span, "the scheme it stands in for"),
        );
    }
}

/// Bands begin at nothing and rise; each has its rate.
fn bands(catalog: &Catalog, scheme: &Scheme, found: &mut Vec<Diagnostic>) {
    for step in &scheme.steps {
        let Form::Bands { list: name, .. } = &step.form else { continue };
        let Some(list) = catalog.list(&name.value) else {
            let near = catalog.near_list(&name.value);
            let message = format!("\"{}\" is not a list of these packs", name.value);
            found.push(Diagnostic::error("unknown-list", name.span, message).suggest(near));
            continue;
        };
        let key = list.key.iter().next().filter(|_| list.key.len() == 1);
        let Some((key, ListKey::Plain(ScalarType::Money))) = key else {
            let message = format!("{} is not found by one amount", name.value);
            found.push(Diagnostic::error("unknown-lookup", name.span, message).help("write key: {over: money}"));
            continue;
        };
        if list.columns.get("rate") != Some(&ScalarType::Rate) {
            let message = format!("{} has no column rate of type rate", name.value);
            found.push(Diagnostic::error("unknown-column", name.span, message));
        }
        for table in &list.tables {
            let floors = table.rows.iter().filter_map(|row| row.cells.get(key));
            rising(&name.value, &floors.collect::<Vec<_>>(), found);
        }
    }
}

fn rising(list: &str, floors: &[&Spanned<Scalar>], found: &mut Vec<Diagnostic>) {
    let amount = |cell: &Spanned<Scalar>| match cell.value {
        Scalar::Decimal(amount) => Some(amount),
        _ => None,
    };
    if let Some(first) = floors.first()
        && amount(first).is_some_and(|amount| !amount.is_zero())
    {
        let message =
            format!("the first band of {list} begins at {}, so nothing is said of what lies below", first.value);
        found.push(
            Diagnostic::error("bands-not-from-zero", first.span, message).help("let the first band begin at \"0.00\""),
        );
    }
    for pair in floors.windows(2) {
        if let (Some(low), Some(high)) = (amount(pair[0]), amount(pair[1]))
            && high <= low
        {
            let message = format!("the bands of {list} do not rise: {low} is followed by {high}");
            found.push(Diagnostic::error("bands-not-rising", pair[1].span, message));
        }
    }
}

/// What a person keeps at most is never rounded up, or the promise is broken by its own rounding.
fn promises_round_down(scheme: &Scheme, resolved: &Resolved, found: &mut Vec<Diagnostic>) {
    for (step, written) in resolved.steps.iter().zip(&scheme.steps) {
        let ResolvedForm::Leave { leave } = &step.form else { continue };
        let replaced = step.except.iter().filter_map(|exception| exception.sets.get("leave"));
        let unrounded = std::iter::once(leave).chain(replaced).any(|formula| formula.factors > 0);
        if unrounded && step.round != Rounding::Down {
            let message =
                format!("step {} promises what the person keeps at most, and rounds {}", step.id, step.round.word());
            let span = written.round.as_ref().map_or(step.span, |round| round.span);
            found.push(
                Diagnostic::error("promise-rounds-up", span, message)
                    .help("write round: down, or round_half_up(…, 2) where the document says so"),
            );
        }
    }
}

/// Every parameter and table holds on the first day the scheme pays.
fn in_force(catalog: &Catalog, scheme: &Scheme, resolved: &Resolved, found: &mut Vec<Diagnostic>) {
    // Without a first day it pays from when its numbers begin.
    let Some(day) = scheme.common.since else { return };
    resolved.walk(&mut |formula| not_in_force(catalog, formula, day, found));
}

fn not_in_force(catalog: &Catalog, formula: &Formula, day: Date, found: &mut Vec<Diagnostic>) {
    match &formula.node {
        Node::Parameter { pack, name } => {
            let held = catalog.parameter(pack, name).ok().filter(|parameter| parameter.on(day).is_none());
            if let Some(parameter) = held {
                let message = format!("no value of \"{name}\" on {day}, when the scheme begins to pay");
                let diagnostic = Diagnostic::error("parameter-not-in-force", formula.span, message);
                found.push(diagnostic.label(parameter.common.span, "its values are given here"));
            }
        }
        Node::Cell { list, .. } => {
            let empty = catalog.list(list).filter(|list| list.rows_on(day).next().is_none());
            if let Some(list) = empty {
                let message = format!("no rows of {} hold on {day}, when the scheme begins to pay", list.common.id);
                found.push(Diagnostic::error("date-gap", formula.span, message).label(list.common.span, "the list"));
            }
        }
        _ => {}
    }
}
