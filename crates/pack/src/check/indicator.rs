//! Measures: the names they use, what they count, and whether a share is a share of something.

use super::{NamesOnly, sample_moment};
use crate::catalog::Catalog;
use crate::model::{Aggregate, Indicator, Kind, Measure, Spanned, Term};
use crate::sql::{Compiler, expression, query, refuse_expression};
use base::{Diagnostic, nearest};
use sqlparser::ast::{Expr, SetExpr, TableFactor, Value, Visit, Visitor};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for indicator in catalog.indicators().flat_map(|versions| &versions.0) {
        measure(catalog, indicator, found);
        predicates(catalog, indicator, found);
        cycle(catalog, indicator, found);
    }
}

fn measure(catalog: &Catalog, indicator: &Indicator, found: &mut Vec<Diagnostic>) {
    match &indicator.measure {
        Measure::Aggregate(aggregate) => {
            cohort(catalog, indicator, &aggregate.cohort, found);
            persons(catalog, indicator, aggregate, found);
        }
        Measure::Ratio(numerator, denominator) => {
            for term in [numerator, denominator] {
                match term {
                    Term::Name(name) => cohort_or_indicator(catalog, indicator, name, found),
                    Term::Aggregate(aggregate) => cohort(catalog, indicator, &aggregate.cohort, found),
                }
            }
            if indicator.nested && !is_narrower(catalog, indicator, numerator, denominator) {
                let message =
                    format!("the numerator of \"{}\" is not seen to be rows of its denominator", indicator.common.id);
                found.push(
                    Diagnostic::error("numerator-not-narrower", indicator.common.span, message).help(
                        "narrow the denominator with where, let the numerator select from it, or say nested: false",
                    ),
                );
            }
        }
        Measure::Value(text) => {
            for name in indicator_names(catalog, text, found) {
                if catalog.indicator(&name.value).is_none() && !is_parameter(catalog, indicator, &name.value) {
                    found.push(unknown_indicator(catalog, &name));
                }
            }
        }
        Measure::Score(parts) => {
            for part in parts {
                if catalog.indicator(&part.of.value).is_none() {
                    found.push(unknown_indicator(catalog, &part.of));
                }
            }
        }
    }
    if let Some(text) = &indicator.equals {
        for name in indicator_names(catalog, text, found) {
            if catalog.indicator(&name.value).is_none() {
                found.push(unknown_indicator(catalog, &name));
            }
        }
    }
}

fn is_parameter(catalog: &Catalog, indicator: &Indicator, name: &str) -> bool {
    name.strip_prefix(':').is_some_and(|name| catalog.parameter(&indicator.common.pack, name).is_ok())
}

fn unknown_indicator(catalog: &Catalog, name: &Spanned<String>) -> Diagnostic {
    let message = format!("\"{}\" is not an indicator of these packs", name.value);
    Diagnostic::error("unknown-indicator", name.span, message).suggest(catalog.near_indicator(&name.value))
}

fn cohort(catalog: &Catalog, indicator: &Indicator, name: &Spanned<String>, found: &mut Vec<Diagnostic>) {
    if name.value.contains(char::is_whitespace) {
        let message = "an indicator names its cohort, so that a click on the number has a title";
        found.push(Diagnostic::error("inline-cohort", name.span, message).help("move the query into cohorts:"));
        return;
    }
    let mut compiler = Compiler::new(catalog, &NamesOnly, sample_moment(catalog));
    if let Err(diagnostic) = compiler.cohort(&indicator.common.pack, name)
        && matches!(diagnostic.code, "unknown-cohort" | "ambiguous-name" | "not-in-force")
    {
        found.push(diagnostic);
    }
}

fn cohort_or_indicator(catalog: &Catalog, indicator: &Indicator, name: &Spanned<String>, found: &mut Vec<Diagnostic>) {
    if catalog.cohort(&indicator.common.pack, &name.value).is_ok() || catalog.indicator(&name.value).is_some() {
        return;
    }
    let cohorts = catalog.packs.get(&indicator.common.pack).map(|pack| pack.cohorts.keys());
    let near = cohorts.and_then(|names| nearest(&name.value, names.map(String::as_str)));
    let message = format!("\"{}\" is neither a cohort nor an indicator", name.value);
    found.push(
        Diagnostic::error("unknown-cohort", name.span, message)
            .suggest(near.or_else(|| catalog.near_indicator(&name.value))),
    );
}

/// Rows of an event are visits, not persons.
fn persons(catalog: &Catalog, indicator: &Indicator, aggregate: &Aggregate, found: &mut Vec<Diagnostic>) {
    if indicator.unit.value != "person"
        || aggregate.distinct.is_some()
        || aggregate.kind != crate::model::AggregateKind::Count
    {
        return;
    }
    let Ok(versions) = catalog.cohort(&indicator.common.pack, &aggregate.cohort.value) else { return };
    let Some(register) = only_relation(catalog, &versions.latest().query) else { return };
    let event = catalog.register(&register).is_some_and(|r| {
        r.kind == Kind::Event && r.subject == Some(crate::model::Subject::Resident) && r.identity.is_empty()
    });
    if event {
        let message = format!("the unit is person, but rows of {register} are events: one person can have several");
        found.push(
            Diagnostic::warning("persons-counted-as-rows", indicator.common.span, message)
                .help("add distinct: resident, or use the unit person_time"),
        );
    }
}

/// True when the numerator is seen to be rows of the denominator: the same cohort narrowed, or a cohort that selects
/// from it, through any number of steps.
fn is_narrower(catalog: &Catalog, indicator: &Indicator, numerator: &Term, denominator: &Term) -> bool {
    let (Some(part), Some(whole)) = (cohort_of(numerator), cohort_of(denominator)) else { return false };
    let pack = &indicator.common.pack;
    let mut open = vec![part.value.clone()];
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if name == whole.value {
            return true;
        }
        if seen.insert(name.clone())
            && let Ok(versions) = catalog.cohort(pack, &name)
        {
            open.extend(relations(catalog, &versions.latest().query));
        }
    }
    false
}

fn cohort_of(term: &Term) -> Option<&Spanned<String>> {
    match term {
        Term::Name(name) => Some(name),
        Term::Aggregate(aggregate) => Some(&aggregate.cohort),
    }
}

/// The relations a query reads, as written.
pub(super) fn relations(catalog: &Catalog, text: &Spanned<String>) -> Vec<String> {
    struct Names(Vec<String>);
    impl Visitor for Names {
        type Break = ();
        fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
            if let TableFactor::Table { name, args: None, .. } = factor {
                self.0.push(name.to_string());
            }
            ControlFlow::Continue(())
        }
    }
    let mut names = Names(Vec::new());
    if let Ok(tree) = query(&catalog.sources, text) {
        let _ = tree.visit(&mut names);
    }
    names.0
}

/// The relation of a query that reads exactly one.
fn only_relation(catalog: &Catalog, text: &Spanned<String>) -> Option<String> {
    let tree = query(&catalog.sources, text).ok()?;
    let SetExpr::Select(select) = tree.body.as_ref() else { return None };
    if select.distinct.is_some() || select.qualify.is_some() || !select.from.first()?.joins.is_empty() {
        return None;
    }
    match relations(catalog, text).as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// Conditions on cohorts' columns.
fn predicates(catalog: &Catalog, indicator: &Indicator, found: &mut Vec<Diagnostic>) {
    let mut texts: Vec<&Spanned<String>> = indicator.filter.iter().collect();
    let of = |aggregate: &Aggregate| aggregate.filter.clone();
    let inline: Vec<Spanned<String>> = match &indicator.measure {
        Measure::Aggregate(aggregate) => of(aggregate).into_iter().collect(),
        Measure::Ratio(a, b) => [a, b]
            .into_iter()
            .filter_map(|term| match term {
                Term::Aggregate(aggregate) => of(aggregate),
                Term::Name(_) => None,
            })
            .collect(),
        Measure::Value(_) | Measure::Score(_) => Vec::new(),
    };
    texts.extend(inline.iter());
    for text in texts {
        match expression(&catalog.sources, text) {
            Ok(tree) => found.extend(refuse_expression(catalog, &indicator.common.pack, text, &tree, None)),
            Err(diagnostic) => {
                found.push(diagnostic);
                continue;
            }
        }
        let mut compiler = Compiler::new(catalog, &NamesOnly, sample_moment(catalog));
        if let Err(diagnostic) = compiler.predicate(&indicator.common.pack, text) {
            found.push(diagnostic);
        }
    }
}

/// The names in an arithmetic over indicators; parameters keep their colon.
fn indicator_names(catalog: &Catalog, text: &Spanned<String>, found: &mut Vec<Diagnostic>) -> Vec<Spanned<String>> {
    let tree = match expression(&catalog.sources, text) {
        Ok(tree) => tree,
        Err(diagnostic) => {
            found.push(diagnostic);
            return Vec::new();
        }
    };
    names_in(&tree)
        .into_iter()
        .map(|name| {
            let span = crate::sql::place_of_word(&catalog.sources, text, &name);
            Spanned::new(name, span)
        })
        .collect()
}

/// The names in an arithmetic over indicators, in order, each once.
pub(crate) fn names_in(tree: &Expr) -> Vec<String> {
    struct Names(Vec<String>);
    impl Visitor for Names {
        type Break = ();
        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            let name = match expr {
                Expr::Identifier(name) => name.value.clone(),
                Expr::Value(value) => match &value.value {
                    Value::Placeholder(name) => name.clone(),
                    _ => return ControlFlow::Continue(()),
                },
                _ => return ControlFlow::Continue(()),
            };
            if !self.0.contains(&name) {
                self.0.push(name);
            }
            ControlFlow::Continue(())
        }
    }
    let mut names = Names(Vec::new());
    let _ = tree.visit(&mut names);
    names.0
}

/// Indicators that need each other's value.
fn cycle(catalog: &Catalog, indicator: &Indicator, found: &mut Vec<Diagnostic>) {
    let start = &indicator.common.id;
    let mut open = needs(catalog, indicator);
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if id == *start {
            let message = format!("the value of \"{start}\" needs itself");
            found.push(Diagnostic::error("indicator-cycle", indicator.common.span, message));
            return;
        }
        if seen.insert(id.clone())
            && let Some(versions) = catalog.indicator(&id)
        {
            open.extend(needs(catalog, versions.latest()));
        }
    }
}

fn needs(catalog: &Catalog, indicator: &Indicator) -> Vec<String> {
    let is_cohort = |name: &str| catalog.cohort(&indicator.common.pack, name).is_ok();
    match &indicator.measure {
        Measure::Aggregate(_) => Vec::new(),
        Measure::Ratio(a, b) => [a, b]
            .into_iter()
            .filter_map(|term| match term {
                Term::Name(name) if !is_cohort(&name.value) => Some(name.value.clone()),
                _ => None,
            })
            .collect(),
        Measure::Value(text) => {
            expression(&catalog.sources, text).map(|tree| names_in(&tree)).unwrap_or_else(|_| Vec::new())
        }
        Measure::Score(parts) => parts.iter().map(|part| part.of.value.clone()).collect(),
    }
}
