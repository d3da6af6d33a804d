//! Registers and lists: what they refer to, and the expressions over one record.

use super::{NamesOnly, sample_moment};
use crate::catalog::Catalog;
use crate::model::{FieldType, List, ListKey, Register, RuleTrigger, Scalar, Spanned};
use crate::read::places;
use crate::sql::{RowScope, expression, refuse_expression};
use base::{Date, Diagnostic, nearest};

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for register in catalog.registers() {
        references(catalog, register, found);
        parent_cycle(catalog, register, found);
        for text in register.derive.values() {
            row_expression(catalog, register, &register.common.pack, text, None, found);
        }
        let day = sample_moment(catalog).as_of;
        for (pack, text) in catalog.conditions(register) {
            row_expression(catalog, register, pack, text, Some(day), found);
        }
        sentences(catalog, register, found);
    }
    for list in catalog.lists() {
        list_keys(catalog, list, found);
    }
    units(catalog, found);
}

/// The places `{column}` of a rule's sentence must be columns of the record.
fn sentences(catalog: &Catalog, register: &Register, found: &mut Vec<Diagnostic>) {
    let names: Vec<String> = register.columns().into_iter().map(|column| column.name).collect();
    for rule in catalog.rules_of(register).filter(|rule| matches!(rule.trigger, RuleTrigger::When(_))) {
        for place in places(&rule.say.value) {
            if !names.contains(&place) && !register.derive.contains_key(&place) {
                let message = format!("{{{place}}} is not a column of {}", register.common.id);
                let near = nearest(&place, names.iter().map(String::as_str));
                found.push(Diagnostic::error("say-unknown-field", rule.say.span, message).suggest(near));
            }
        }
    }
}

/// One row expression: what the surface refuses, then names.
pub(super) fn row_expression(
    catalog: &Catalog,
    register: &Register,
    pack: &str,
    text: &Spanned<String>,
    asked_on: Option<Date>,
    found: &mut Vec<Diagnostic>,
) {
    match expression(&catalog.sources, text) {
        Ok(tree) => found.extend(refuse_expression(catalog, pack, text, &tree, Some(register))),
        Err(diagnostic) => {
            found.push(diagnostic);
            return;
        }
    }
    let mut scope = RowScope::new(catalog, &NamesOnly, register);
    if let Some(day) = asked_on {
        scope = scope.asked_on(day);
    }
    if let Err(diagnostic) = scope.lower_in(pack, text) {
        found.push(diagnostic);
    }
}

fn references(catalog: &Catalog, register: &Register, found: &mut Vec<Diagnostic>) {
    let mut other = |name: &Spanned<String>| {
        if catalog.register(&name.value).is_none() {
            let message = format!("\"{}\" is not a register of these packs", name.value);
            found.push(
                Diagnostic::error("unknown-register", name.span, message).suggest(catalog.near_register(&name.value)),
            );
        }
    };
    for field in register.fields.values() {
        if let FieldType::Ref(to) = &field.ty {
            other(to);
        }
    }
    if let Some(parent) = &register.part_of {
        other(parent);
    }
    for field in register.fields.values() {
        let FieldType::Code { list, .. } = &field.ty else { continue };
        if catalog.list(&list.value).is_none() {
            let message = format!("\"{}\" is not a list of these packs", list.value);
            found.push(Diagnostic::error("unknown-list", list.span, message).suggest(catalog.near_list(&list.value)));
        }
    }
    let own = register.columns().into_iter().map(|column| column.name);
    let names: Vec<String> = own.chain(std::iter::once("org".to_string())).collect();
    for column in &register.identity {
        if !names.contains(&column.value) {
            let message = format!("\"{}\" is not a column of {}", column.value, register.common.id);
            let near = nearest(&column.value, names.iter().map(String::as_str));
            found.push(Diagnostic::error("unknown-column", column.span, message).suggest(near));
        }
    }
}

fn parent_cycle(catalog: &Catalog, register: &Register, found: &mut Vec<Diagnostic>) {
    let Some(first) = &register.part_of else { return };
    let mut seen = vec![register.common.id.as_str()];
    let mut next = Some(first.value.as_str());
    while let Some(id) = next {
        if seen.contains(&id) {
            let message = format!("part_of goes in a circle: {} → {id}", seen.join(" → "));
            found.push(Diagnostic::error("part-of-cycle", first.span, message));
            return;
        }
        seen.push(id);
        next = catalog.register(id).and_then(|r| r.part_of.as_ref()).map(|parent| parent.value.as_str());
    }
}

/// A table's key values must be codes of the list they come from.
fn list_keys(catalog: &Catalog, list: &List, found: &mut Vec<Diagnostic>) {
    for (column, key) in &list.key {
        let ListKey::Codes(of) = key else { continue };
        let Some(codes) = catalog.list(&of.value) else {
            let message = format!("\"{}\" is not a list of these packs", of.value);
            found.push(Diagnostic::error("unknown-list", of.span, message).suggest(catalog.near_list(&of.value)));
            continue;
        };
        let known: Vec<&str> = codes.all_rows().filter_map(|row| row.code.as_deref()).collect();
        for cell in list.all_rows().filter_map(|row| row.cells.get(column)) {
            let Scalar::Text(code) = &cell.value else { continue };
            if !known.contains(&code.as_str()) {
                let message = format!("\"{code}\" is not a code of {}", of.value);
                let near = nearest(code, known.iter().copied());
                found.push(Diagnostic::error("unknown-code", cell.span, message).suggest(near));
            }
        }
        missing_rows(list, column, &known, found);
    }
}

/// Every code of a key column has a row, so that no look-up finds nothing by accident.
fn missing_rows(list: &List, column: &str, codes: &[&str], found: &mut Vec<Diagnostic>) {
    for table in &list.tables {
        let cells = table.rows.iter().filter_map(|row| row.cells.get(column));
        let there: Vec<String> = cells.map(|cell| cell.value.to_string()).collect();
        for code in codes.iter().filter(|code| !there.iter().any(|known| known == *code)) {
            let since = table.since.map_or_else(String::new, |since| format!(" from {since}"));
            let message = format!("{} has no row for {column} \"{code}\"{since}", list.common.id);
            let span = table.rows.first().map_or(list.common.span, |row| row.span);
            found.push(
                Diagnostic::error("missing-row", span, message)
                    .help("add the row; leave a cell out where nothing holds"),
            );
        }
    }
}

fn units(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let Some(units) = catalog.list("unit") else { return };
    let known: Vec<&str> = units.all_rows().filter_map(|row| row.code.as_deref()).collect();
    let fields = catalog.registers().flat_map(|r| r.fields.values()).filter_map(|field| field.unit.as_ref());
    let parameters = catalog.packs.values().flat_map(|p| p.parameters.values()).filter_map(|p| p.unit.as_ref());
    let indicators = catalog.indicators().flat_map(|versions| &versions.0).map(|indicator| &indicator.unit);
    for unit in fields.chain(parameters).chain(indicators) {
        if !known.contains(&unit.value.as_str()) {
            let message = format!("\"{}\" is not a unit of the list unit", unit.value);
            let near = nearest(&unit.value, known.iter().copied());
            found.push(Diagnostic::error("unknown-unit", unit.span, message).suggest(near));
        }
    }
}
