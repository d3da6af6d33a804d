//! The section `parameters`, and cells of any scalar type.

use super::definition::{common, insert};
use crate::model::{Parameter, ParameterValue, Scalar, ScalarType, Spanned};
use crate::yaml::{Content, MapReader, Node, Scope, Style, parse_date};
use base::{Decimal, Diagnostic};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// Names that a parameter cannot have: they are asked for by the question itself.
const RESERVED: [&str; 4] = ["from", "until", "as_of", "now"];

pub(super) fn read(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, Parameter>) {
    for (key, body) in scope.map(node, "parameters") {
        let mut map = MapReader::new(scope, body, format!("parameter {}", key.text));
        let common = common(scope, &mut map, pack, key);
        if RESERVED.contains(&key.text.as_str()) {
            let message = format!("\"{}\" is a period placeholder", key.text);
            scope.push(Diagnostic::error("reserved-name", key.span, message).help("choose another name"));
        }
        let ty = map.require(scope, "type").and_then(|node| scalar_type(scope, node));
        let unit = map.take("unit").and_then(|node| scope.text(node, "unit"));
        let values = map.require(scope, "values");
        map.finish(scope);
        let (Some(ty), Some(values)) = (ty, values) else { continue };
        let values = read_values(scope, values, ty, &key.text, common.source.is_some());
        insert(scope, into, key, Parameter { common, ty, unit, values });
    }
}

pub(super) fn scalar_type(scope: &mut Scope, node: &Node) -> Option<ScalarType> {
    let known: Vec<&str> = ScalarType::ALL.iter().map(|(word, _)| *word).collect();
    scope.word(node, "type", ScalarType::from_word, &known)
}

fn read_values(
    scope: &mut Scope,
    node: &Node,
    ty: ScalarType,
    name: &str,
    has_source: bool,
) -> BTreeMap<base::Date, ParameterValue> {
    let mut values = BTreeMap::new();
    for (key, body) in scope.map(node, "values") {
        let Some(day) = parse_date(&key.text) else {
            scope.error("wrong-kind", key.span, format!("\"{}\" is not a first day such as 2025-01-01", key.text));
            continue;
        };
        if body.is_null() {
            values.insert(day, ParameterValue { value: None, source: None, quote: None });
            continue;
        }
        let mut map = MapReader::new(scope, body, format!("{name} from {day}"));
        let value = map.require(scope, "value").and_then(|node| scalar(scope, node, ty, "value"));
        let source = map.take("source").and_then(|node| scope.text(node, "source"));
        let quote = map.take("quote").and_then(|node| scope.text(node, "quote"));
        map.finish(scope);
        if source.is_none() && !has_source {
            let message = format!("the value of \"{name}\" from {day} does not say where it comes from");
            scope.push(Diagnostic::error("parameter-without-source", key.span, message).help("add source:"));
        }
        if let (Some(quote), Some(value)) = (&quote, &value) {
            check_quote(scope, quote, &[&value.value]);
        }
        values.insert(day, ParameterValue { value, source: source.map(|s| s.value), quote });
    }
    values
}

/// One exact value; money and rates must be quoted, so that YAML never makes a float of them.
pub(crate) fn scalar(scope: &mut Scope, node: &Node, ty: ScalarType, what: &str) -> Option<Spanned<Scalar>> {
    let value = match ty {
        ScalarType::Integer => Scalar::Integer(scope.integer(node, what)?),
        ScalarType::Rate => Scalar::Decimal(scope.rate(node, what)?),
        ScalarType::Decimal => Scalar::Decimal(exact(scope, node, what)?),
        ScalarType::Money => Scalar::Decimal(money(scope, node, what)?),
        ScalarType::Date => Scalar::Date(scope.date(node, what)?),
        ScalarType::Text => Scalar::Text(scope.text(node, what)?.value),
        ScalarType::Flag => Scalar::Flag(scope.flag(node, what)?),
    };
    Some(Spanned::new(value, node.span))
}

/// Yuan; a third decimal is refused, never rounded away.
fn money(scope: &mut Scope, node: &Node, what: &str) -> Option<Decimal> {
    let mut amount = exact(scope, node, what)?;
    if amount.normalize().scale() > 2 {
        scope.error("wrong-kind", node.span, format!("{what}: {amount} has more decimals than money"));
        return None;
    }
    amount.rescale(2);
    Some(amount)
}

/// A decimal written as quoted text (a whole number may stand without quotes).
pub(super) fn exact(scope: &mut Scope, node: &Node, what: &str) -> Option<Decimal> {
    if let Content::Scalar(text, Style::Plain) = &node.content
        && text.contains(['.', 'e', 'E'])
    {
        let message = format!("{what}: {text} is not quoted, so it may be read as a rounded number");
        scope.push(Diagnostic::error("inexact-number", node.span, message).help(format!("write \"{text}\"")));
        return None;
    }
    scope.number(node, what)
}

/// Every number of the values must stand in the sentence it is quoted from.
pub(super) fn check_quote(scope: &mut Scope, quote: &Spanned<String>, values: &[&Scalar]) {
    let numbers = numbers_in(&quote.value);
    let missing: Vec<String> = values
        .iter()
        .filter_map(|value| number_of(value))
        .filter(|n| !stands_in(*n, &numbers))
        .map(|n| n.normalize().to_string())
        .collect();
    if !missing.is_empty() {
        let said: Vec<String> = numbers.iter().map(|n| n.normalize().to_string()).collect();
        let message = format!("the quoted sentence says {}; the values hold {}", said.join(", "), missing.join(", "));
        scope.push(
            Diagnostic::error("quote-without-number", quote.span, message).help("correct the value or the quote"),
        );
    }
}

/// Every number of the sentence must stand in the table that cites it, or the table was copied out wrongly. A number may
/// be said as a percentage, in 万 or in 成.
pub(super) fn check_said(scope: &mut Scope, quote: &Spanned<String>, cells: &[&Scalar]) {
    let held: Vec<Decimal> = cells.iter().filter_map(|cell| number_of(cell)).collect();
    let ways = [Decimal::ONE, Decimal::ONE_HUNDRED, Decimal::TEN, Decimal::new(1, 4)];
    let holds = |said: Decimal| ways.iter().any(|way| held.iter().any(|cell| *cell * *way == said));
    let missing: Vec<String> = numbers_in(&quote.value)
        .into_iter()
        .filter(|said| !holds(*said))
        .map(|said| said.normalize().to_string())
        .collect();
    if !missing.is_empty() {
        let message = format!("the quoted sentence says {}, and no cell holds it", missing.join(", "));
        scope.push(
            Diagnostic::error("number-without-cell", quote.span, message)
                .help("add the cell, or quote only what the table is made of"),
        );
    }
}

fn number_of(value: &Scalar) -> Option<Decimal> {
    match value {
        Scalar::Integer(n) => Some(Decimal::from(*n)),
        Scalar::Decimal(n) => Some(*n),
        _ => None,
    }
}

/// A rate 0.8 may be said as 80 (%), 8 (成 aside); zero need not be said.
fn stands_in(number: Decimal, numbers: &[Decimal]) -> bool {
    number.is_zero() || numbers.contains(&number) || numbers.contains(&(number * Decimal::ONE_HUNDRED))
}

/// Every number of a sentence; 5万 is 50000, and in 5至10万 so is the 5.
fn numbers_in(text: &str) -> Vec<Decimal> {
    let mut numbers: Vec<Decimal> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = &rest[start..];
        let end = digits.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(digits.len());
        rest = &digits[end..];
        let Ok(number) = digits[..end].trim_matches('.').parse::<Decimal>() else { continue };
        numbers.push(number);
        let upper = rest.trim_start_matches(|c: char| c.is_ascii_digit() || ".至到~～-—".contains(c));
        if upper.starts_with('万') {
            numbers.extend(number.checked_mul(Decimal::from(10_000)));
        }
    }
    numbers
}
