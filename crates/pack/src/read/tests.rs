//! Are mistakes that would change a number without a word refused, and do both sides of each boundary differ?
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::read_pack;
use crate::model::{Measure, Pack, Scalar};
use base::{Severity, Sources};

const HEAD: &str = "pack: p\nlanguage: 1\ntitle: {zh: 甲, en: a}\nsource: 某规范\n";

fn read(text: &str) -> (Pack, Vec<(&'static str, u32)>) {
    let mut sources = Sources::default();
    let file = ("p/pack.yaml".to_string(), format!("{HEAD}{text}"));
    let (pack, found) = read_pack(&mut sources, "p", &[file]);
    let n_head = HEAD.lines().count() as u32;
    let errors = found.iter().filter(|d| d.severity == Severity::Error);
    let places = errors.map(|d| (d.code, sources.position(d.span.unwrap()).line - n_head));
    (pack.unwrap(), places.collect())
}

fn errors(text: &str) -> Vec<(&'static str, u32)> {
    read(text).1
}

fn indicator(body: &str) -> Vec<(&'static str, u32)> {
    errors(&format!("indicators:\n  i: {{{body}, unit: person}}\n"))
}

fn field(body: &str) -> Vec<(&'static str, u32)> {
    errors(&format!("registers:\n  r:\n    kind: event\n    fields:\n      f: {{{body}}}\n"))
}

#[test]
fn an_indicator_has_one_measure_and_nothing_idle_beside_it() {
    assert_eq!(indicator("count: c, distinct: resident, where: rural"), []);
    assert_eq!(indicator("sum: beds, of: c"), []);
    assert_eq!(indicator("percentile: \"0.9\", at: days, of: c"), []);
    assert_eq!(indicator("count: c, of: d"), [("unknown-key", 2)]);
    assert_eq!(indicator("sum: beds, of: c, distinct: resident"), [("unknown-key", 2)]);
    assert_eq!(indicator("sum: beds, of: c, percentile: \"0.9\""), [("two-measures", 2)]);
    assert_eq!(indicator("count: c, percentile: \"0.9\""), [("two-measures", 2)]);
    assert_eq!(indicator("sum: beds"), [("missing-key", 2)]);
    assert_eq!(indicator("percentile: \"0.9\", of: c"), [("missing-key", 2)]);
    assert_eq!(indicator("note: 空"), [("missing-key", 2)]);
}

#[test]
fn a_condition_on_a_ratio_stands_on_one_of_its_sides() {
    assert_eq!(indicator("ratio: [{count: c, where: rural}, c]"), []);
    assert_eq!(indicator("ratio: [c, d], where: rural"), [("unknown-key", 2)]);
    assert_eq!(indicator("value: a - b, where: rural"), [("unknown-key", 2)]);
}

#[test]
fn a_broken_measure_is_reported_once() {
    assert_eq!(indicator("ratio: [c]"), [("wrong-kind", 2)]);
    assert_eq!(indicator("ratio: [{sum: beds}, c]"), [("missing-key", 2)]);
}

#[test]
fn a_part_of_a_score_says_how_points_follow() {
    let score = |part: &str| {
        errors(&format!("indicators:\n  i:\n    unit: score\n    score: [{{of: a, full: 100, {part}}}]\n"))
    };
    assert_eq!(score("at: [[\"60%\", \"0.6\"], [\"90%\", 1]]"), []);
    assert_eq!(score("at: target"), []);
    assert_eq!(score("minus: 2"), []);
    assert_eq!(score("shape: step"), [("missing-key", 4)]);
    assert_eq!(score("at: target, minus: 2"), [("missing-key", 4)]);
    assert_eq!(score("at: [[\"60%\"]]"), [("wrong-kind", 4)]);
}

#[test]
fn keys_of_a_field_belong_to_its_type() {
    assert_eq!(field("type: decimal, digits: 1, unit: gram, range: [0, 9]"), []);
    assert_eq!(field("type: code, list: sex, many: true"), []);
    assert_eq!(field("type: text, list: sex"), [("unknown-key", 5)]);
    assert_eq!(field("type: integer, digits: 1"), [("unknown-key", 5)]);
    assert_eq!(field("type: date, unit: day, usual: [0, 9]"), [("unknown-key", 5)]);
}

#[test]
fn sql_words_are_no_fields() {
    for word in ["case", "to", "using", "window"] {
        let text = format!("registers:\n  r: {{kind: event, fields: {{{word}: {{type: flag}}}}}}\n");
        assert_eq!(errors(&text), [("reserved-field", 2)], "{word}");
    }
    assert_eq!(errors("registers:\n  r: {kind: event, fields: {card: {type: flag}, year: {type: integer}}}\n"), []);
}

#[test]
fn only_events_are_timed_and_only_statements_are_due() {
    assert_eq!(errors("registers:\n  r: {kind: event, timed: true}\n"), []);
    assert_eq!(errors("registers:\n  r: {kind: entity, timed: true}\n"), [("unknown-key", 2)]);
    assert_eq!(errors("registers:\n  r: {kind: event, every: month}\n"), [("unknown-key", 2)]);
}

const TABLE: &str = "lists:
  t:
    key: {level: text}
    columns: {rate: rate}
    values:
      2026-01-01: {rows: [{level: a, rate: \"80%\"}]}
      2025-01-01: {until: 2025-12-31, rows: [{level: a, rate: \"70%\"}]}
";

#[test]
fn tables_hold_from_their_first_day_in_whatever_order_they_are_written() {
    let (pack, errors) = read(TABLE);
    assert_eq!(errors, []);
    let rate = |day: &str| {
        let row = pack.lists["t"].rows_on(day.parse().unwrap()).next().unwrap();
        row.cells["rate"].value.to_string()
    };
    assert_eq!((rate("2025-12-31"), rate("2026-01-01")), ("0.70".into(), "0.80".into()));
    assert_eq!(read(&TABLE.replace("2025-12-31", "2025-12-30")).1, [("date-gap", 6)]);
    assert_eq!(read(&TABLE.replace("2025-12-31", "2026-01-01")).1, [("date-overlap", 6)]);
}

#[test]
fn a_row_without_its_key_is_never_found() {
    assert_eq!(read(&TABLE.replace("{level: a, rate: \"80%\"}", "{rate: \"80%\"}")).1, [("missing-key", 6)]);
}

#[test]
fn money_has_two_decimals() {
    let text = |value: &str| {
        format!("parameters:\n  p:\n    type: money\n    values: {{2025-01-01: {{value: {value}, source: 文}}}}\n")
    };
    let (pack, errors) = read(&text("\"100\""));
    assert_eq!(errors, []);
    let Some((_, Scalar::Decimal(amount))) = pack.parameters["p"].on("2025-01-01".parse().unwrap()) else { panic!() };
    assert_eq!(amount.to_string(), "100.00");
    assert_eq!(read(&text("\"100.005\"")).1, [("wrong-kind", 4)]);
    assert_eq!(read(&text("100.50")).1, [("inexact-number", 4)]);
}

#[test]
fn an_example_that_compares_nothing_is_refused() {
    let test = |given: &str, expect: &str| {
        errors(&format!("tests:\n  - name: 甲\n    as_of: 2025-01-01\n{given}    expect: {expect}\n"))
    };
    let each = |each: &str| test(&format!("    given: {{r: [{{each: {each}}}]}}\n"), "{rows: {c: []}}");
    assert_eq!(each("{on_date: [2025-01-01, 2025-01-02]}"), []);
    assert_eq!(each("{on_date: []}"), [("wrong-kind", 4)]);
    assert_eq!(each("[2025-01-01]"), [("wrong-kind", 4)]);
    assert_eq!(test("", "{indicators: {i: {of: [1, 2]}}}"), []);
    assert_eq!(test("", "{indicators: {i: {value: null}}}"), []);
    assert_eq!(test("", "{indicators: {i: {of: [1]}}}").first(), Some(&("wrong-kind", 4)));
    assert_eq!(test("", "{indicators: {i: {}}}").first(), Some(&("missing-key", 4)));
    assert_eq!(test("    try: {r: [{a: 1}, {a: 2}]}\n", "{saved: [ok, ok]}"), []);
    assert_eq!(test("    try: {r: [{a: 1}, {a: 2}]}\n", "{saved: [ok]}"), [("missing-key", 5)]);
}

#[test]
fn the_hash_is_of_what_is_said_not_of_how_it_is_laid_out() {
    let hash = |text: &str| read(text).0.hash;
    let plain = "indicators:\n  i: {count: c, unit: person}\n";
    assert_eq!(hash(plain), hash("# 说明\nindicators:\n  i:\n    count: c   # 人数\n    unit: person\n"));
    assert_ne!(hash(plain), hash(&plain.replace("count: c", "count: d")));
    assert_ne!(hash(&format!("{plain}tests: [1]\n")), hash(&format!("{plain}tests: [\"1\"]\n")));
}

#[test]
fn a_where_reaches_the_rows_counted() {
    let (pack, _) = read("indicators:\n  i: {count: c, where: rural, unit: person}\n");
    let Measure::Aggregate(aggregate) = &pack.indicators["i"].latest().measure else { panic!() };
    assert_eq!(aggregate.filter.as_ref().unwrap().value, "rural");
}
