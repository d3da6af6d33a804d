//! Rules outside registers, tasks and campaigns: the registers, indicators and cohorts they name.

use crate::catalog::Catalog;
use crate::model::{Level, Pack, Rule, RuleTrigger, Spanned};
use base::Diagnostic;

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (pack_id, pack) in &catalog.packs {
        for rule in pack.rules.values() {
            subject(catalog, rule, found);
        }
        let inside = pack.registers.values().flat_map(|register| register.rules.values());
        for rule in pack.rules.values().chain(inside) {
            record_rule(rule, found);
        }
        named(catalog, pack_id, pack, found);
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
    } else if of_record(rule) {
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
    if of_record(rule) && !words.any(|word| word == "this") {
        let message = format!("{} is about the record being saved, and these rows do not read it", level(rule));
        found.push(Diagnostic::error("record-rule-without-this", rows.span, message).help("join FROM this"));
    }
}

fn of_record(rule: &Rule) -> bool {
    matches!(rule.level.value, Level::Refuse | Level::Confirm | Level::Advise)
}

fn level(rule: &Rule) -> &'static str {
    Level::ALL.iter().find(|(_, level)| *level == rule.level.value).map_or("", |(word, _)| word)
}

fn named(catalog: &Catalog, pack_id: &str, pack: &Pack, found: &mut Vec<Diagnostic>) {
    let mut register = |name: &Spanned<String>| {
        if catalog.register(&name.value).is_none() {
            let message = format!("\"{}\" is not a register of these packs", name.value);
            let near = catalog.near_register(&name.value);
            found.push(Diagnostic::error("unknown-register", name.span, message).suggest(near));
        }
    };
    pack.tasks.values().filter_map(|task| task.enter.as_ref()).for_each(&mut register);
    pack.campaigns.values().map(|campaign| &campaign.into).for_each(&mut register);
    for campaign in pack.campaigns.values() {
        if let Err(error) = catalog.cohort(pack_id, &campaign.from.value) {
            found.push(error.diagnostic("unknown-cohort", "cohort", &campaign.from.value, campaign.from.span));
        }
    }
}
