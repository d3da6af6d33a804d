//! Examples: the names they use, and what no example reaches.

use crate::catalog::Catalog;
use crate::model::{Example, ExpectedSave, Level, RuleTrigger, Spanned};
use base::Diagnostic;
use std::collections::BTreeSet;

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let mut counted = BTreeSet::new();
    let mut refused = BTreeSet::new();
    for pack in catalog.packs.values() {
        for example in &pack.tests {
            names(catalog, example, found);
            counted.extend(example.indicators.iter().map(|(key, _)| key.value.indicator.as_str()));
            refused.extend(example.saved.iter().filter_map(|saved| match &saved.value {
                ExpectedSave::Refuse(rule) => Some(rule.as_str()),
                _ => None,
            }));
        }
    }
    for versions in catalog.indicators() {
        let common = &versions.latest().common;
        if !counted.contains(common.id.as_str()) {
            let message = format!("no example asks for \"{}\"", common.id);
            found.push(
                Diagnostic::warning("indicator-untested", common.span, message)
                    .help("add it to expect.indicators of a test, on both sides of its boundaries"),
            );
        }
    }
    for register in catalog.registers() {
        for (id, rule) in &register.rules {
            let refuses = rule.level.value == Level::Refuse && matches!(rule.trigger, RuleTrigger::When(_));
            if refuses && !refused.contains(id.as_str()) {
                let message = format!("no example is refused by \"{id}\" of {}", register.common.id);
                found.push(
                    Diagnostic::warning("rule-untested", rule.common.span, message)
                        .help("add a test with try: and expect: {saved: [{refuse: …}]}"),
                );
            }
        }
    }
}

fn names(catalog: &Catalog, example: &Example, found: &mut Vec<Diagnostic>) {
    for (register, records) in example.given.iter().chain(&example.tried) {
        if catalog.register(register).is_none() {
            let span = records.first().map_or(example.name.span, |record| record.span);
            let message = format!("\"{register}\" is not a register of these packs");
            found.push(Diagnostic::error("unknown-register", span, message).suggest(catalog.near_register(register)));
        }
    }
    for (key, _) in &example.indicators {
        if catalog.indicator(&key.value.indicator).is_none() {
            let message = format!("\"{}\" is not an indicator of these packs", key.value.indicator);
            let near = catalog.near_indicator(&key.value.indicator);
            found.push(Diagnostic::error("unknown-indicator", key.span, message).suggest(near));
        }
    }
    for (name, _) in &example.rows {
        cohort(catalog, example, name, found);
    }
}

fn cohort(catalog: &Catalog, example: &Example, name: &Spanned<String>, found: &mut Vec<Diagnostic>) {
    if let Err(error) = catalog.cohort(&example.pack, &name.value) {
        found.push(error.diagnostic("unknown-cohort", "cohort", &name.value, name.span));
    }
}
