//! Rules: what they are about, when they can run, and their clocks.

use super::{NamesOnly, register::row_expression, sample_moment};
use crate::catalog::Catalog;
use crate::model::{Rule, RuleTrigger, Spanned};
use crate::sql::{Compiler, Moment, query};
use base::Diagnostic;

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (pack_id, pack) in &catalog.packs {
        for rule in pack.rules.values() {
            subject(catalog, rule, found);
        }
        let inside = pack.registers.values().flat_map(|register| register.rules.values());
        for rule in pack.rules.values().chain(inside) {
            record_rule(rule, found);
            rows(catalog, pack_id, rule, found);
            clock(catalog, pack_id, rule, found);
        }
    }
}

/// The rows of a rule are a query that can be asked on any day, or a cohort's name.
fn rows(catalog: &Catalog, pack: &str, rule: &Rule, found: &mut Vec<Diagnostic>) {
    let RuleTrigger::Rows(rows) = &rule.trigger else { return };
    if names_cohort(rows) {
        if let Err(error) = catalog.cohort(pack, rows.value.trim()) {
            found.push(error.diagnostic("unknown-cohort", "cohort", rows.value.trim(), rows.span));
        }
        return;
    }
    if query(&catalog.sources, rows).is_err() {
        return;
    }
    let moment = Moment { period: None, ..sample_moment(catalog) };
    if let Err(diagnostic) = Compiler::new(catalog, &NamesOnly, moment).sample_clock().query(pack, rows) {
        found.push(diagnostic);
    }
}

/// True when the rows of a rule are those of a cohort.
pub fn names_cohort(rows: &Spanned<String>) -> bool {
    !rows.value.trim().contains(char::is_whitespace)
}

/// By when an alert about a record is answered is an expression over the record.
fn clock(catalog: &Catalog, pack: &str, rule: &Rule, found: &mut Vec<Diagnostic>) {
    let (Some(due), RuleTrigger::When(_)) = (&rule.due, &rule.trigger) else { return };
    if let Some(register) = rule.on.as_ref().and_then(|on| catalog.register(&on.value)) {
        let day = sample_moment(catalog).as_of;
        row_expression(catalog, register, pack, due, Some(day), found);
    }
}

/// A rule is about a register or an indicator; what stops a record needs a register.
fn subject(catalog: &Catalog, rule: &Rule, found: &mut Vec<Diagnostic>) {
    let Some(on) = &rule.on else { return };
    if catalog.register(&on.value).is_some() {
        return;
    }
    if catalog.indicator(&on.value).is_none() {
        let near = catalog.near_register(&on.value).or_else(|| catalog.near_indicator(&on.value));
        let message = format!("\"{}\" is neither a register nor an indicator of these packs", on.value);
        found.push(Diagnostic::error("unknown-register", on.span, message).suggest(near));
    } else if rule.of_record() {
        let message = format!("{} is about a record being saved, \"{}\" is an indicator", level(rule), on.value);
        found.push(
            Diagnostic::error("level-needs-register", rule.level.span, message).help("use find or alert on indicators"),
        );
    }
}

/// A query of a rule about the record being saved reads that record.
fn record_rule(rule: &Rule, found: &mut Vec<Diagnostic>) {
    let RuleTrigger::Rows(rows) = &rule.trigger else { return };
    let mut words = rows.value.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    if rule.of_record() && !words.any(|word| word == "this") {
        let message = format!("{} is about the record being saved, and these rows do not read it", level(rule));
        found.push(Diagnostic::error("record-rule-without-this", rows.span, message).help("join FROM this"));
    }
}

fn level(rule: &Rule) -> &'static str {
    rule.level.value.word()
}
