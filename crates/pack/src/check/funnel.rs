//! Funnels: whether each step is a count whose rows can be opened and compared with those of the next.

use super::{NamesOnly, sample_moment};
use crate::catalog::Catalog;
use crate::model::{Aggregate, AggregateKind, Funnel, Measure, Spanned};
use crate::sql::Compiler;
use base::{Diagnostic, nearest};

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for funnel in catalog.packs.values().flat_map(|pack| pack.funnels.values()) {
        if funnel.steps.len() < 2 {
            let message = format!("funnel {} has fewer than two steps", funnel.common.id);
            found.push(
                Diagnostic::error("funnel-too-short", funnel.common.span, message)
                    .help("name the indicators from the first step to the last"),
            );
        }
        for name in &funnel.found {
            if !funnel.steps.iter().skip(1).any(|step| step.value == name.value) {
                let message =
                    format!("\"{}\" is not a step after the first of funnel {}", name.value, funnel.common.id);
                let near = nearest(&name.value, funnel.steps.iter().skip(1).map(|step| step.value.as_str()));
                found.push(Diagnostic::error("funnel-step-unknown", name.span, message).suggest(near));
            }
        }
        funnel.steps.iter().for_each(|step| self::step(catalog, funnel, step, found));
    }
}

fn step(catalog: &Catalog, funnel: &Funnel, step: &Spanned<String>, found: &mut Vec<Diagnostic>) {
    let Some(versions) = catalog.indicator(&step.value) else {
        let message = format!("\"{}\" is not an indicator of these packs", step.value);
        let near = catalog.near_indicator(&step.value);
        found.push(Diagnostic::error("unknown-indicator", step.span, message).suggest(near));
        return;
    };
    for indicator in &versions.0 {
        match &indicator.measure {
            Measure::Aggregate(aggregate) if aggregate.kind == AggregateKind::Count => {
                column(catalog, funnel, step, (&indicator.common.pack, aggregate), found);
            }
            _ => {
                let message = format!("\"{}\" counts no rows, so nobody can be missed after it", step.value);
                found.push(
                    Diagnostic::error("funnel-step-without-rows", step.span, message)
                        .help("name an indicator with `count:`"),
                );
            }
        }
    }
}

fn column(
    catalog: &Catalog,
    funnel: &Funnel,
    step: &Spanned<String>,
    (pack, aggregate): (&str, &Aggregate),
    found: &mut Vec<Diagnostic>,
) {
    let compiler = Compiler::new(catalog, &NamesOnly, sample_moment(catalog));
    // A cohort whose text is no SQL has been named by its own check.
    let Ok(columns) = compiler.columns_of(pack, &aggregate.cohort) else { return };
    if !columns.contains(&funnel.by.value) {
        let message = format!("the rows of \"{}\" have no column \"{}\"", step.value, funnel.by.value);
        let near = nearest(&funnel.by.value, columns.iter().map(String::as_str));
        found.push(Diagnostic::error("unknown-column", step.span, message).suggest(near));
    }
}
