//! Which rules on indicators fire?
//!
//! A condition sees `value`, `previous`, `last_year`, `target`, `org`, `period` and the breakdown; a detector sees the
//! periods before. Judged are the last three periods that were over at the moment: a running period is not comparable.

use crate::WorkError;
use crate::detect::{Point, Signal, ears_c1, ears_c2, ears_c3, farrington, percentile};
use base::period::Length;
use base::{Date, DateTime, Decimal, Period, Text};
use columns::Snapshot;
use indicator::{Board, Request};
use jiff::ToSpan;
use pack::Catalog;
use pack::model::{Level, Rule, RuleTrigger, Spanned};
use pack::sql::quote_text;
use rust_decimal::prelude::ToPrimitive;
use std::collections::{BTreeMap, BTreeSet};

/// Periods judged, newest first.
const RECENT: i32 = 3;
/// Deviations above which EARS speaks.
const SIGMA: f64 = 3.0;
/// Periods EARS C2 and C3 leave between baseline and newest number.
const LAG: usize = 2;
/// Periods on each side of the same period of earlier years.
const WINDOW: i32 = 2;
/// The percentile of the Chinese early-warning system.
const PERCENT: f64 = 80.0;
/// The one-sided 99.5 % point of the normal distribution, as Farrington uses it.
const QUANTILE: f64 = 2.58;

/// A rule on an indicator that fired.
#[derive(Debug, Clone)]
pub(crate) struct Fired {
    /// The rule's key.
    pub rule: String,
    /// Organisation, cell and period: what it fired for.
    pub id: String,
    pub org: String,
    pub say: Text,
    /// The moment the period was over.
    pub at: DateTime,
}

/// One value a rule looks at.
struct Case {
    org: String,
    cell: Vec<(String, String)>,
    value: Option<Decimal>,
    previous: Option<Decimal>,
    last_year: Option<Decimal>,
    target: Option<Decimal>,
}

/// Boards of the indicators that rules look at, each period once.
struct Boards<'s> {
    snapshot: &'s Snapshot,
    indicators: Vec<String>,
    known: BTreeMap<(Date, Date), Board>,
}

impl Boards<'_> {
    fn get(&mut self, period: Period) -> Result<&Board, WorkError> {
        let key = (period.from, period.until);
        if !self.known.contains_key(&key) {
            let day = period.last_day();
            let catalog = self.snapshot.catalog();
            let in_force = |id: &&String| catalog.indicator(id).is_some_and(|versions| versions.on(day).is_some());
            let indicators: Vec<String> = self.indicators.iter().filter(in_force).cloned().collect();
            let board = indicator::board(self.snapshot, &Request::new(indicators, period))?;
            self.known.insert(key, board);
        }
        Ok(&self.known[&key])
    }
}

/// Every rule of a level on indicators that fires at a moment, by rule, newest period first.
pub(crate) fn fired(snapshot: &Snapshot, now: DateTime, level: Level) -> Result<Vec<Fired>, WorkError> {
    let catalog = snapshot.catalog();
    let rules: Vec<&Rule> = on_indicators(catalog).filter(|rule| rule.level.value == level).collect();
    let indicators: BTreeSet<String> =
        rules.iter().filter_map(|rule| rule.on.as_ref()).map(|on| on.value.clone()).collect();
    let mut boards = Boards { snapshot, indicators: indicators.into_iter().collect(), known: BTreeMap::new() };
    let mut found = Vec::new();
    for rule in rules {
        let every = rule.every.as_ref().and_then(|every| Length::from_word(&every.value)).unwrap_or(Length::Month);
        for back in 1..=RECENT {
            let Some(period) = shifted(running(every, now.date()), every, -back) else { continue };
            found.extend(of_period(&mut boards, rule, every, period)?);
        }
    }
    Ok(found)
}

/// Every rule about an indicator.
pub(crate) fn on_indicators(catalog: &Catalog) -> impl Iterator<Item = &Rule> {
    let rules = catalog.packs.values().flat_map(|pack| pack.rules.values());
    rules.filter(move |rule| rule.on.as_ref().is_some_and(|on| catalog.register(&on.value).is_none()))
}

fn of_period(boards: &mut Boards<'_>, rule: &Rule, every: Length, period: Period) -> Result<Vec<Fired>, WorkError> {
    let cases = cases(boards, rule, every, period)?;
    let fires: Vec<(usize, Option<f64>)> = match &rule.trigger {
        RuleTrigger::When(when) => {
            met(boards.snapshot, rule, when, period, &cases)?.into_iter().map(|n| (n, None)).collect()
        }
        RuleTrigger::Method { name, over } => {
            let mut fires = Vec::new();
            for (n, case) in cases.iter().enumerate() {
                let signal = signal(boards, rule, case, &name.value, over, every, period)?;
                fires.extend(signal.filter(|signal| signal.is_alarm).map(|signal| (n, Some(signal.threshold))));
            }
            fires
        }
        RuleTrigger::Rows(_) => Vec::new(),
    };
    let snapshot = boards.snapshot;
    let catalog = snapshot.catalog();
    Ok(fires
        .into_iter()
        .filter_map(|(n, threshold)| Some(fire(catalog, rule, cases.get(n)?, period, threshold)))
        .collect())
}

/// The values of a period: every organisation when the rule says `by: [org]`, else the county.
fn cases(boards: &mut Boards<'_>, rule: &Rule, every: Length, period: Period) -> Result<Vec<Case>, WorkError> {
    let Some(on) = &rule.on else { return Ok(Vec::new()) };
    let snapshot = boards.snapshot;
    let Some(county) = &snapshot.catalog().county else { return Ok(Vec::new()) };
    let by_org = rule.by.iter().any(|column| column.value == "org");
    let columns: Vec<&str> = rule.by.iter().map(|column| column.value.as_str()).filter(|name| *name != "org").collect();
    let orgs: Vec<String> = if by_org {
        county.orgs.iter().map(|org| org.id.clone()).collect()
    } else {
        county.orgs.root().map(|org| org.id.clone()).into_iter().collect()
    };
    let target = county.target(&on.value, period).map(|target| target.value);
    let mut keys = Vec::new();
    let board = boards.get(period)?;
    for org in orgs {
        if columns.is_empty() {
            keys.push((org, Vec::new()));
            continue;
        }
        let of_cell = |value: &indicator::Value| -> Vec<(String, String)> {
            value.cell.iter().filter(|(column, _)| columns.contains(&column.as_str())).cloned().collect()
        };
        let cells: BTreeSet<Vec<(String, String)>> = board.cells(&on.value, &org).map(of_cell).collect();
        keys.extend(cells.into_iter().map(|cell| (org.clone(), cell)));
    }
    let mut found = Vec::new();
    for (org, cell) in keys {
        let mut value_of = |period: Option<Period>| -> Result<Option<Decimal>, WorkError> {
            let Some(period) = period else { return Ok(None) };
            Ok(boards.get(period)?.cell(&on.value, &org, &cell).and_then(|value| value.value))
        };
        let value = value_of(Some(period))?;
        let previous = value_of(shifted(period, every, -1))?;
        let last_year = value_of(Some(period.last_year()))?;
        found.push(Case { org, cell, value, previous, last_year, target });
    }
    Ok(found)
}

/// The cases for which a condition holds, asked of the engine all at once.
fn met(
    snapshot: &Snapshot,
    rule: &Rule,
    when: &Spanned<String>,
    period: Period,
    cases: &[Case],
) -> Result<Vec<usize>, WorkError> {
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let mut compiler = snapshot.compiler(Some(period));
    let condition = compiler.predicate(&rule.common.pack, when)?;
    let number = |n: Option<Decimal>| match n {
        Some(n) => format!("CAST('{n}' AS DECIMAL(38, 10))"),
        None => "CAST(NULL AS DECIMAL(38, 10))".to_string(),
    };
    let columns: Vec<&str> = cases[0].cell.iter().map(|(column, _)| column.as_str()).collect();
    let rows: Vec<String> = cases
        .iter()
        .enumerate()
        .map(|(n, case)| {
            let numbers = [case.value, case.previous, case.last_year, case.target].map(number).join(", ");
            let cells: String = case.cell.iter().map(|(_, value)| format!(", {}", quote_text(value))).collect();
            format!("({n}, {numbers}, {}, {}{cells})", quote_text(&case.org), quote_text(&period.to_string()))
        })
        .collect();
    let names: String = columns.iter().map(|column| format!(", {column}")).collect();
    let body = format!(
        "SELECT v.n_ FROM (VALUES {}) AS v(n_, value, previous, last_year, target, org, period{names}) \
         WHERE coalesce({condition}, FALSE) ORDER BY v.n_",
        rows.join(", ")
    );
    let rows = snapshot.query(&compiler.finish(&body)?)?.rows()?;
    Ok(rows.iter().filter_map(|row| row[0].as_int().and_then(|n| usize::try_from(n).ok())).collect())
}

/// What a detector says of the value of a case.
fn signal(
    boards: &mut Boards<'_>,
    rule: &Rule,
    case: &Case,
    method: &str,
    over: &[(String, String)],
    every: Length,
    period: Period,
) -> Result<Option<Signal>, WorkError> {
    let Some(on) = &rule.on else { return Ok(None) };
    let given = |name: &str| over.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse::<f64>().ok());
    let whole = |name: &str, usual: usize| given(name).map_or(usual, |n| n.max(0.0) as usize);
    let Some(newest) = case.value.and_then(|value| value.to_f64()) else { return Ok(None) };
    let baseline = whole("baseline", 0);
    let sigma = given("sigma").unwrap_or(SIGMA);
    let mut at = |shift: Option<Period>| -> Result<Option<f64>, WorkError> {
        let Some(period) = shift else { return Ok(None) };
        let value = boards.get(period)?.cell(&on.value, &case.org, &case.cell);
        // A cell that no row fell into counts nothing.
        let nothing = (!case.cell.is_empty()).then_some(0.0);
        Ok(value.and_then(|value| value.value).and_then(|value| value.to_f64()).or(nothing))
    };
    if method.starts_with("ears") {
        let lag = if method == "ears_c1" { 0 } else { whole("lag", LAG) };
        let n = baseline + lag + if method == "ears_c3" { 2 } else { 0 };
        let mut history = Vec::new();
        for back in (1..=i32::try_from(n).unwrap_or(0)).rev() {
            let Some(value) = at(shifted(period, every, -back))? else { return Ok(None) };
            history.push(value);
        }
        return Ok(match method {
            "ears_c1" => ears_c1(&history, newest, sigma),
            "ears_c2" => ears_c2(&history, lag, newest, sigma),
            _ => {
                history.push(newest);
                ears_c3(&history, baseline, lag)
            }
        });
    }
    let window = i32::try_from(whole("window", WINDOW as usize)).unwrap_or(WINDOW);
    let mut points = Vec::new();
    let mut same = period;
    for year in 1..=baseline {
        same = same.last_year();
        for shift in -window..=window {
            let Some(count) = at(shifted(same, every, shift))? else { continue };
            points.push(Point { at: f64::from(shift) - year as f64 * per_year(every), count });
        }
    }
    let counts: Vec<f64> = points.iter().map(|point| point.count).collect();
    Ok(if method == "percentile" {
        percentile(&counts, newest, given("percent").unwrap_or(PERCENT))
    } else {
        farrington(&points, newest, baseline, given("quantile").unwrap_or(QUANTILE))
    })
}

/// Periods of a length in a year.
fn per_year(every: Length) -> f64 {
    match every {
        Length::Day => 365.25,
        Length::Week => 365.25 / 7.0,
        Length::Month => 12.0,
        Length::Quarter => 4.0,
        Length::Half => 2.0,
        Length::Year => 1.0,
    }
}

fn fire(catalog: &Catalog, rule: &Rule, case: &Case, period: Period, threshold: Option<f64>) -> Fired {
    let org = catalog.county.as_ref().and_then(|county| county.orgs.get(&case.org));
    let fill = |words: &str| {
        let mut words = words.to_string();
        let mut put = |place: &str, text: &str| words = words.replace(&format!("{{{place}}}"), text);
        let shown = |n: Option<Decimal>| n.map_or_else(|| "—".to_string(), |n| n.normalize().to_string());
        put("value", &shown(case.value));
        put("previous", &shown(case.previous));
        put("last_year", &shown(case.last_year));
        put("target", &shown(case.target));
        put("org", org.map_or(&case.org, |org| &org.name));
        put("period", &period.to_string());
        put("threshold", &threshold.map_or_else(|| "—".to_string(), |n| format!("{n:.2}")));
        for (column, value) in &case.cell {
            put(column, value);
        }
        for place in pack::places(&Text::zh(words.clone())) {
            let value = catalog.parameter(&rule.common.pack, &place).ok().and_then(|p| p.on(period.last_day()));
            if let Some((_, value)) = value {
                words = words.replace(&format!("{{{place}}}"), &value.to_string());
            }
        }
        words
    };
    let say = Text { zh: fill(&rule.say.value.zh), en: rule.say.value.en.as_deref().map(fill) };
    let cell: String = case.cell.iter().map(|(_, value)| format!("/{value}")).collect();
    Fired {
        rule: rule.key(),
        id: format!("{}{cell}/{period}", case.org),
        org: case.org.clone(),
        say,
        at: period.until.at(0, 0, 0, 0),
    }
}

/// The period of a length that a day lies in.
fn running(every: Length, day: Date) -> Period {
    Period::around(day, every).unwrap_or(Period { from: day, until: day.saturating_add(1.day()) })
}

/// The period so many lengths later; earlier when negative.
fn shifted(period: Period, every: Length, n: i32) -> Option<Period> {
    let span = match every {
        Length::Day => n.days(),
        Length::Week => n.weeks(),
        Length::Month => n.months(),
        Length::Quarter => (3 * n).months(),
        Length::Half => (6 * n).months(),
        Length::Year => n.years(),
    };
    Some(Period { from: period.from.checked_add(span).ok()?, until: period.until.checked_add(span).ok()? })
}
