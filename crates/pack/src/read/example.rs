//! The section `tests`.

use super::to_json;
use crate::model::{CellKey, Example, ExpectedIndicator, ExpectedPay, ExpectedSave, Given, Spanned};
use crate::yaml::{Content, MapReader, Node, Scope};
use base::{Diagnostic, Period};
use indexmap::IndexMap;
use serde_json::{Map, Value};

pub(super) fn read(scope: &mut Scope, pack: &str, node: &Node, into: &mut Vec<Example>) {
    for body in scope.seq(node, "tests") {
        let mut map = MapReader::new(scope, body, "a test");
        let name = map.require(scope, "name").and_then(|n| scope.text(n, "name"));
        let as_of = map.require(scope, "as_of").and_then(|n| scope.date(n, "as_of"));
        let period = map.take("period").and_then(|n| read_period(scope, n));
        let county = map.take("county").and_then(|n| scope.text(n, "county"));
        let given = map.take("given").map(|n| records(scope, n)).unwrap_or_default();
        let tried = map.take("try").map(|n| records(scope, n)).unwrap_or_default();
        let expect = map.require(scope, "expect");
        map.finish(scope);
        let (Some(name), Some(as_of), Some(expect)) = (name, as_of, expect) else { continue };
        let mut example = Example {
            name,
            pack: pack.to_string(),
            as_of,
            period,
            county,
            given,
            tried,
            indicators: Vec::new(),
            rows: Vec::new(),
            saved: Vec::new(),
            says: Vec::new(),
            tasks: Vec::new(),
            finds: Vec::new(),
            pays: Vec::new(),
            not_run: Vec::new(),
        };
        expectations(scope, expect, &mut example);
        into.push(example);
    }
}

/// A period in one of its written forms.
pub(crate) fn read_period(scope: &mut Scope, node: &Node) -> Option<Period> {
    let text = scope.text(node, "period")?;
    match Period::parse(&text.value) {
        Ok(period) => Some(period),
        Err(error) => {
            scope.error("bad-period", node.span, error.to_string());
            None
        }
    }
}

fn records(scope: &mut Scope, node: &Node) -> IndexMap<String, Vec<Given>> {
    let mut by_register = IndexMap::new();
    for (key, items) in scope.map(node, "records") {
        let mut given = Vec::new();
        for item in scope.seq(items, "records") {
            given.extend(spread(scope, item));
        }
        by_register.insert(key.text.clone(), given);
    }
    by_register
}

/// One record, or one for each value of `each`.
fn spread(scope: &mut Scope, item: &Node) -> Vec<Given> {
    let Value::Object(mut body) = to_json(item) else {
        scope.error("wrong-kind", item.span, "a record is a map of fields");
        return Vec::new();
    };
    let Some(each) = body.shift_remove("each") else {
        return vec![Given { span: item.span, body }];
    };
    let Value::Object(each) = each else {
        scope.error("wrong-kind", item.span, "each is a map of fields with their values: {on_date: [a, b]}");
        return Vec::new();
    };
    let mut bodies: Vec<Map<String, Value>> = vec![body];
    for (field, values) in &each {
        let values = values.as_array().cloned().unwrap_or_else(|| vec![values.clone()]);
        if values.is_empty() {
            scope.error("wrong-kind", item.span, format!("each: {field} has no value, so there would be no record"));
        }
        bodies = bodies
            .iter()
            .flat_map(|body| {
                values.iter().map(move |value| {
                    let mut body = body.clone();
                    body.insert(field.clone(), value.clone());
                    body
                })
            })
            .collect();
    }
    bodies.into_iter().map(|body| Given { span: item.span, body }).collect()
}

fn expectations(scope: &mut Scope, node: &Node, example: &mut Example) {
    let mut map = MapReader::new(scope, node, "expect");
    if let Some(node) = map.take("indicators") {
        for (key, body) in scope.map(node, "indicators") {
            if let (Some(cell), Some(expected)) = (cell_key(&key.text), expected(scope, body)) {
                example.indicators.push((Spanned::new(cell, key.span), expected));
            } else {
                let message = format!("\"{}\" is not an indicator or a cell such as id[org=jia]", key.text);
                scope.error("wrong-kind", key.span, message);
            }
        }
    }
    if let Some(node) = map.take("rows") {
        for (key, ids) in scope.map(node, "rows") {
            let ids = scope.texts(ids, "ids").into_iter().map(|id| id.value).collect();
            example.rows.push((Spanned::new(key.text.clone(), key.span), ids));
        }
    }
    if let Some(node) = map.take("saved") {
        for item in scope.seq(node, "saved") {
            example.saved.extend(saved(scope, item).map(|saved| Spanned::new(saved, item.span)));
        }
    }
    if let Some(node) = map.take("says") {
        example.says = scope.texts(node, "says");
    }
    for (key, rows) in map.take("tasks").map(|n| scope.map(n, "tasks")).unwrap_or_default() {
        example.tasks.push((Spanned::new(key.text.clone(), key.span), task_rows(scope, rows)));
    }
    for (key, ids) in map.take("finds").map(|n| scope.map(n, "finds")).unwrap_or_default() {
        let ids = scope.texts(ids, "ids").into_iter().map(|id| id.value).collect();
        example.finds.push((Spanned::new(key.text.clone(), key.span), ids));
    }
    if let Some(node) = map.take("pays") {
        pays(scope, node, &mut example.pays);
    }
    for key in ["check"] {
        if let Some(node) = map.take(key) {
            example.not_run.push(Spanned::new(key.to_string(), node.span));
        }
    }
    map.finish(scope);
    if !example.tried.is_empty() && example.saved.len() != example.tried.values().map(Vec::len).sum::<usize>() {
        let n_tried: usize = example.tried.values().map(Vec::len).sum();
        let message = format!("{n_tried} records are tried and {} answers expected", example.saved.len());
        scope.push(Diagnostic::error("missing-key", node.span, message).help("give one entry of saved per record"));
    }
    if let Some(first) = example.not_run.first() {
        let message = format!("expect.{} is read; nothing compares it yet", first.value);
        scope.push(Diagnostic::note("not-run-yet", first.span, message));
    }
}

/// The rows a task must have, each a map of columns.
fn task_rows(scope: &mut Scope, node: &Node) -> Vec<Map<String, Value>> {
    let mut rows = Vec::new();
    for item in scope.seq(node, "rows of a task") {
        let Value::Object(row) = to_json(item) else {
            scope.error("wrong-kind", item.span, "a row is a map: {id: c1, due_on: 2025-08-10}");
            continue;
        };
        rows.push(row);
    }
    rows
}

/// `scheme: {record: {step: "amount", rest: "amount"}}`, or `{refused: code}`.
fn pays(scope: &mut Scope, node: &Node, into: &mut Vec<Spanned<ExpectedPay>>) {
    for (scheme, records) in scope.map(node, "pays") {
        for (record, steps) in scope.map(records, "the records of a scheme") {
            let mut expected = ExpectedPay {
                scheme: scheme.text.clone(),
                record: record.text.clone(),
                steps: Vec::new(),
                refused: None,
            };
            for (step, amount) in scope.map(steps, "the steps of a record") {
                let Some(text) = scope.text(amount, &step.text) else { continue };
                if step.text == "refused" {
                    expected.refused = Some(text.value);
                } else {
                    expected.steps.push((step.text.clone(), text.value));
                }
            }
            into.push(Spanned::new(expected, record.span));
        }
    }
}

/// `id` or `id[column=value, …]`.
pub fn cell_key(text: &str) -> Option<CellKey> {
    let Some((indicator, cells)) = text.split_once('[') else {
        return Some(CellKey { indicator: text.to_string(), cell: Vec::new() });
    };
    let cells = cells.strip_suffix(']')?.split(',');
    let cell = cells
        .map(|pair| pair.split_once('=').map(|(k, v)| (k.trim().to_string(), v.trim().to_string())))
        .collect::<Option<Vec<_>>>()?;
    Some(CellKey { indicator: indicator.to_string(), cell })
}

fn expected(scope: &mut Scope, node: &Node) -> Option<ExpectedIndicator> {
    if node.is_null() {
        return Some(ExpectedIndicator { value: Some(None), of: None });
    }
    let mut map = MapReader::new(scope, node, "an expected value");
    let value = map.take("value").map(|n| match n.content {
        Content::Null => None,
        _ => scope.text(n, "value").map(|t| t.value),
    });
    let of = map.take("of").and_then(|n| match scope.texts(n, "of").as_slice() {
        [a, b] => Some((a.value.clone(), b.value.clone())),
        _ => {
            scope.error("wrong-kind", n.span, "of is [numerator, denominator]");
            None
        }
    });
    map.finish(scope);
    if value.is_none() && of.is_none() {
        scope.error("missing-key", node.span, "an expectation says value or of");
    }
    Some(ExpectedIndicator { value, of })
}

fn saved(scope: &mut Scope, node: &Node) -> Option<ExpectedSave> {
    if node.as_text() == Some("ok") {
        return Some(ExpectedSave::Ok);
    }
    let found = match node.as_map() {
        Some([(key, rule)]) => {
            let rule = rule.as_text()?.to_string();
            match key.text.as_str() {
                "refuse" => Some(ExpectedSave::Refuse(rule)),
                "confirm" => Some(ExpectedSave::Confirm(rule)),
                "advise" => Some(ExpectedSave::Advise(rule)),
                "late" => Some(ExpectedSave::Late(rule)),
                _ => None,
            }
        }
        _ => None,
    };
    if found.is_none() {
        scope.error(
            "wrong-kind",
            node.span,
            "write ok, {refuse: rule}, {confirm: rule}, {advise: rule} or {late: move}",
        );
    }
    found
}
