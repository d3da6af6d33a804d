//! The helpers about several figures: `parts`, `among`, `cell`, `best`, `worst`, `below_target`, `rows`.

use super::figure::{Known, Name, figure_of};
use super::helpers::{refused, short};
use crate::figure::{Cell, Direction, FigureError, FigureValue};
use crate::markup;
use crate::notebook::{Answer, Ask, Book};
use crate::parts::parts_differ;
use base::Text;
use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, ErrorKind};
use std::collections::BTreeMap;

/// The level `best` and `worst` compare.
const LEVEL: &str = "township";

pub(super) fn register(env: &mut Environment<'static>, book: &Book) {
    env.add_function("parts", |value: &Value| parts(value, "parts", "", ""));
    env.add_function("among", |value: &Value| parts(value, "among", "（其中：", "）"));
    env.add_function("cell", cell);
    env.add_function("best", |value: &Value, n: usize| ranked(value, n, "best", true));
    env.add_function("worst", |value: &Value, n: usize| ranked(value, n, "worst", false));
    let book_ = book.clone();
    env.add_function("below_target", move || below_target(&book_));
    let book_ = book.clone();
    env.add_function("rows", move |cohort: String| rows(&book_, cohort));
}

fn cells(name: &Name, by: Vec<String>) -> Option<Result<Vec<Cell>, FigureError>> {
    match name.book.open().ask(Ask::Cells { indicator: name.indicator.clone(), by }) {
        Some(Answer::Cells(cells)) => Some(cells),
        _ => None,
    }
}

fn parts(value: &Value, helper: &str, before: &str, after: &str) -> Result<String, Error> {
    let name = figure_of(value, helper)?;
    Ok(name.with(|whole| {
        let cells = match cells(&name, Vec::new()) {
            None => return String::new(),
            Some(Err(error)) => return refused(&name.book, &error),
            Some(Ok(cells)) => cells,
        };
        let mut book = name.book.open();
        if let Some(finding) = parts_differ(whole, &cells) {
            book.findings.push(finding);
        }
        let said: Vec<String> = cells
            .iter()
            .filter(|cell| cell.value.value.is_some_and(|v| !v.is_zero()))
            .map(|cell| {
                let shown = short(&cell.value);
                format!("{}{}", markup::clean(&cell.label.zh), book.print(&cell.value, &cell.key, &shown))
            })
            .collect();
        if said.is_empty() { String::new() } else { format!("{before}{}{after}", said.join("、")) }
    }))
}

fn by_org(name: &Name, level: &str) -> Option<Result<Vec<FigureValue>, FigureError>> {
    match name.book.open().ask(Ask::ByOrg { indicator: name.indicator.clone(), level: level.to_string() }) {
        Some(Answer::ByOrg(values)) => Some(values),
        _ => None,
    }
}

/// `cell(cases, disease="1600")` or `cell(rate, org="甲镇")`.
fn cell(value: &Value, keys: Kwargs) -> Result<Value, Error> {
    let name = figure_of(value, "cell")?;
    let mut wanted = BTreeMap::new();
    for key in keys.args() {
        wanted.insert(key.to_string(), keys.get::<Value>(key)?.to_string());
    }
    keys.assert_all_used()?;
    if wanted.is_empty() {
        return Err(Error::new(ErrorKind::MissingArgument, "cell needs a column and its value: disease=\"1600\""));
    }
    let found = match wanted.get("org") {
        Some(org) if wanted.len() == 1 => cell_of_org(&name, org),
        _ => cell_of_breakdown(&name, &wanted),
    };
    Ok(match found {
        None => Value::from(""),
        Some(Ok(figure)) => Value::from_object(figure),
        Some(Err(said)) => Value::from(said),
    })
}

/// By the name people use where a township has it, by id otherwise.
fn cell_of_org(name: &Name, org: &str) -> Option<Result<Name, String>> {
    let listed = by_org(name, LEVEL)?;
    let by_name = listed.ok().and_then(|all| all.into_iter().find(|f| f.org_name.zh == org || f.org == org));
    if let Some(figure) = by_name {
        return Some(Ok(Name::found(&name.book, figure, BTreeMap::new())));
    }
    match name.ask(Some(org), None) {
        Known::NotYet => None,
        Known::Refused(error) => Some(Err(refused(&name.book, &error))),
        Known::Here(figure) => Some(Ok(Name::found(&name.book, (*figure).clone(), BTreeMap::new()))),
    }
}

fn cell_of_breakdown(name: &Name, wanted: &BTreeMap<String, String>) -> Option<Result<Name, String>> {
    let cells = match cells(name, wanted.keys().cloned().collect())? {
        Ok(cells) => cells,
        Err(error) => return Some(Err(refused(&name.book, &error))),
    };
    if let Some(cell) = cells.into_iter().find(|cell| cell.key == *wanted) {
        return Some(Ok(Name::found(&name.book, cell.value, cell.key)));
    }
    // A cell nobody has records for has no value; its sentence is left out like any other.
    match name.value() {
        Known::NotYet => None,
        Known::Refused(error) => Some(Err(refused(&name.book, &error))),
        Known::Here(whole) => {
            let mut empty = (*whole).clone();
            (empty.value, empty.numerator, empty.denominator) = (None, None, None);
            empty.missing = Some(Text::both("没有这一项的记录", "there are no records of this part"));
            Some(Ok(Name::found(&name.book, empty, wanted.clone())))
        }
    }
}

/// The first or last `n` places; equal values share a place.
fn ranked(value: &Value, n: usize, helper: &str, best: bool) -> Result<String, Error> {
    let name = figure_of(value, helper)?;
    let mut figures = match by_org(&name, LEVEL) {
        None => return Ok(String::new()),
        Some(Err(error)) => return Ok(refused(&name.book, &error)),
        Some(Ok(figures)) => figures,
    };
    figures.retain(|figure| figure.value.is_some());
    let year = name.book.open().period.from.year();
    let small_is_good = name.target(year).is_some_and(|target| target.direction == Direction::AtMost);
    let smallest_first = best == small_is_good;
    figures.sort_by(|a, b| {
        let order = a.value.cmp(&b.value);
        if smallest_first { order } else { order.reverse() }.then_with(|| a.org.cmp(&b.org))
    });
    let last = figures.get(n.saturating_sub(1)).or(figures.last()).and_then(|figure| figure.value);
    let shown = figures
        .iter()
        .position(|f| f.value == last)
        .map_or(0, |first| first + figures[first..].iter().take_while(|f| f.value == last).count());
    let mut book = name.book.open();
    let said: Vec<String> = figures[..shown]
        .iter()
        .map(|figure| {
            let text = short(figure);
            format!("{}（{}）", markup::clean(&figure.org_name.zh), book.print(figure, &BTreeMap::new(), &text))
        })
        .collect();
    drop(book);
    if said.is_empty() {
        let why = Text::both("没有分机构数值", "no values of organisations");
        return Ok(name.with(|figure| name.book.open().miss(figure, Some(why))));
    }
    Ok(said.join("、"))
}

/// Every indicator whose exact value misses this year's target.
fn below_target(book: &Book) -> Vec<Value> {
    let (known, year) = {
        let book = book.open();
        (book.known.clone(), book.period.from.year())
    };
    known
        .iter()
        .map(|indicator| Name::of(book, indicator))
        .filter(|name| {
            let Some(target) = name.target(year) else { return false };
            matches!(name.value(), Known::Here(figure) if target.met_by(&figure) == Some(false))
        })
        .map(Value::from_object)
        .collect()
}

fn rows(book: &Book, cohort: String) -> Vec<Value> {
    let answer = book.open().ask(Ask::Rows { cohort });
    match answer {
        Some(Answer::Rows(Ok(rows))) => rows
            .into_iter()
            .map(|row| Value::from_pairs(row.into_iter().map(|(key, text)| (key, markup::clean(&text)))))
            .collect(),
        Some(Answer::Rows(Err(error))) => {
            // A loop over nothing prints nothing, so the refusal is a finding of its own.
            let text = Text::both(format!("报告里用到的名单不存在：{error}"), error.to_string());
            book.open().findings.push(crate::parts::Finding { code: "unknown-cohort", text });
            Vec::new()
        }
        _ => Vec::new(),
    }
}
