//! All values of some indicators for a period: every organisation of the tree, every cell of their breakdowns.

use crate::arithmetic::{When, evaluate};
use crate::engine::Engine;
use crate::error::IndicatorError;
use crate::pass::statement;
use crate::slot::{Plan, Recipe, Slot, Source};
use crate::tally::{Tally, tallies};
use crate::value::{Cell, Missing, Value};
use base::{Decimal, Period, Ratio};
use pack::county::{County, OrgTree};
use pack::model::{AggregateKind, Indicator, Scalar, ScorePart, ScoreShape, Spanned};
use pack::sql::ParameterUse;
use std::collections::BTreeMap;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// The indicators; all of the packs when empty.
    pub indicators: Vec<String>,
    /// The days counted.
    pub period: Period,
}

/// A promise of a pack that a value does not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The indicator that made it.
    pub indicator: String,
    /// Where it is broken.
    pub org: String,
    /// The value and what it should equal.
    pub message: String,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub struct Board {
    /// The days counted.
    pub period: Period,
    /// The last entry of the log that was seen.
    pub seq: u64,
    /// The statement that was run.
    pub sql: String,
    /// The parameters it used.
    pub parameters: BTreeMap<String, ParameterUse>,
    /// Promises that do not hold.
    pub findings: Vec<Finding>,
    values: BTreeMap<String, BTreeMap<String, BTreeMap<Vec<String>, Value>>>,
}

impl Board {
    /// The whole value of an indicator for an organisation.
    pub fn get(&self, indicator: &str, org: &str) -> Option<&Value> {
        self.values.get(indicator)?.get(org)?.get(&Vec::new())
    }

    /// The value of a cell, or the sum over the breakdown columns that are not named.
    pub fn cell(&self, indicator: &str, org: &str, wanted: &[(String, String)]) -> Option<Value> {
        let cells = self.values.get(indicator)?.get(org)?;
        if wanted.is_empty() {
            return cells.get(&Vec::new()).cloned();
        }
        let fits = |cell: &Cell| wanted.iter().all(|pair| cell.contains(pair));
        let mut found = cells.values().filter(|value| fits(&value.cell));
        let mut total = found.next()?.clone();
        for value in found {
            // Rates do not add: several cells of one have no value together.
            if total.numerator.is_some() {
                return None;
            }
            total.exact = total.exact.zip(value.exact).map(|(a, b)| a + b);
            total.value = total.value.zip(value.value).map(|(a, b)| a + b);
        }
        total.cell = wanted.to_vec();
        Some(total)
    }

    /// Every cell of an indicator's breakdown for an organisation.
    pub fn cells(&self, indicator: &str, org: &str) -> impl Iterator<Item = &Value> {
        let cells = self.values.get(indicator).and_then(|orgs| orgs.get(org));
        cells.into_iter().flat_map(BTreeMap::values).filter(|value| !value.cell.is_empty())
    }

    /// Every value, by indicator, organisation and cell.
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        self.values.values().flat_map(BTreeMap::values).flat_map(BTreeMap::values)
    }

    fn put(&mut self, value: Value) {
        let key = value.cell.iter().map(|(_, value)| value.clone()).collect();
        let orgs = self.values.entry(value.indicator.clone()).or_default();
        orgs.entry(value.org.clone()).or_default().insert(key, value);
    }
}

/// Computes a request over a snapshot, or over what another [`Engine`] answers from, for the whole tree of its county.
///
/// # Errors
/// [`IndicatorError::Unknown`] or [`IndicatorError::NotInForce`] for a wrong request; otherwise what the engine says.
pub fn board(snapshot: &dyn Engine, request: &Request) -> Result<Board, IndicatorError> {
    let catalog = snapshot.catalog();
    let empty = OrgTree::default();
    let orgs = catalog.county.as_ref().map_or(&empty, |county| &county.orgs);
    let wanted = wanted(snapshot, request);
    let plan = Plan::new(catalog, &wanted, request.period.last_day())?;
    let statement = statement(snapshot, &plan.slots, request.period, orgs)?;
    let tallies = tallies(snapshot, &statement, &plan.slots, orgs)?;
    let mut board = Board {
        period: request.period,
        seq: snapshot.seq(),
        sql: statement.compiled.sql.clone(),
        parameters: statement.compiled.parameters,
        findings: Vec::new(),
        values: BTreeMap::new(),
    };
    let maker = Maker { snapshot, orgs, slots: &plan.slots, tallies: &tallies };
    for (indicator, recipe) in &plan.recipes {
        maker.make(&mut board, indicator, recipe)?;
    }
    Ok(board)
}

/// The indicators of a request; those not in force are left out when all are wanted.
fn wanted(snapshot: &dyn Engine, request: &Request) -> Vec<String> {
    if !request.indicators.is_empty() {
        return request.indicators.clone();
    }
    let day = request.period.last_day();
    let in_force = snapshot.catalog().indicators().filter(|versions| versions.on(day).is_some());
    in_force.map(|versions| versions.latest().common.id.clone()).collect()
}

struct Maker<'a> {
    snapshot: &'a dyn Engine,
    orgs: &'a OrgTree,
    slots: &'a [Slot],
    tallies: &'a [Tally],
}

impl Maker<'_> {
    fn make(&self, board: &mut Board, indicator: &Indicator, recipe: &Recipe) -> Result<(), IndicatorError> {
        match recipe {
            Recipe::Slot(slot) => self.aggregate(board, indicator, *slot),
            Recipe::Ratio(above, below) => self.ratio(board, indicator, above, below),
            Recipe::Value(text) => self.value(board, indicator, text)?,
            Recipe::Score => self.score(board, indicator),
        }
        self.promise(board, indicator)
    }

    /// The organisations and cells for which there is something to say: every organisation's whole, and each cell met.
    fn keys(&self, slots: &[usize]) -> Vec<(String, Vec<String>)> {
        let mut keys: Vec<(String, Vec<String>)> = self.orgs.iter().map(|org| (org.id.clone(), Vec::new())).collect();
        for slot in slots {
            keys.extend(self.tallies[*slot].keys().filter(|(_, cell)| !cell.is_empty()).cloned());
        }
        keys.sort();
        keys.dedup();
        keys
    }

    fn blank(&self, indicator: &Indicator, org: String, cell: &[String], by: &[String], period: Period) -> Value {
        Value {
            indicator: indicator.common.id.clone(),
            org,
            period,
            cell: by.iter().cloned().zip(cell.iter().cloned()).collect(),
            value: None,
            exact: None,
            numerator: None,
            denominator: None,
            n_excluded: Decimal::ZERO,
            missing: None,
            unit: indicator.unit.value.clone(),
            digits: indicator.digits,
        }
    }

    fn aggregate(&self, board: &mut Board, indicator: &Indicator, index: usize) {
        let (slot, tally) = (&self.slots[index], &self.tallies[index]);
        for key in self.keys(&[index]) {
            let numbers = tally.get(&key).map_or(&[][..], Vec::as_slice);
            let first = numbers.first().copied().flatten();
            let mut value = self.blank(indicator, key.0, &key.1, &slot.by, board.period);
            match slot.aggregate.kind {
                AggregateKind::Count | AggregateKind::Sum => {
                    value.exact = Some(first.unwrap_or_default());
                    value.n_excluded = numbers.get(1).copied().flatten().unwrap_or_default();
                }
                AggregateKind::Mean => {
                    value.numerator = Some(first.unwrap_or_default());
                    value.denominator = Some(numbers.get(1).copied().flatten().unwrap_or_default());
                }
                _ => value.exact = first,
            }
            finish(&mut value, indicator);
            board.put(value);
        }
    }

    fn ratio(&self, board: &mut Board, indicator: &Indicator, above: &Source, below: &Source) {
        let slots: Vec<usize> = [above, below]
            .into_iter()
            .filter_map(|source| match source {
                Source::Slot(index) => Some(*index),
                Source::Indicator(_) => None,
            })
            .collect();
        let by = slots.first().map_or(&[][..], |index| &self.slots[*index].by);
        for key in self.keys(&slots) {
            let part = |source: &Source| match source {
                Source::Slot(index) => {
                    let numbers = self.tallies[*index].get(&key).map_or(&[][..], Vec::as_slice);
                    let excluded = numbers.get(1).copied().flatten().unwrap_or_default();
                    (Some(numbers.first().copied().flatten().unwrap_or_default()), excluded)
                }
                Source::Indicator(id) => (board.get(id, &key.0).and_then(exact_of), Decimal::ZERO),
            };
            let ((numerator, _), (denominator, excluded)) = (part(above), part(below));
            let mut value = self.blank(indicator, key.0, &key.1, by, board.period);
            value.numerator = numerator;
            value.denominator = denominator;
            value.n_excluded = excluded;
            finish(&mut value, indicator);
            board.put(value);
        }
    }

    fn value(&self, board: &mut Board, indicator: &Indicator, text: &Spanned<String>) -> Result<(), IndicatorError> {
        let others = self.other_periods(board, indicator, text)?;
        for (org, cell) in self.keys(&[]) {
            let mut value = self.blank(indicator, org.clone(), &cell, &[], board.period);
            value.exact = self.evaluate(board, &others, indicator, text, &org);
            if value.exact.is_none() {
                value.missing = Some(Missing::NeedsMissing);
            }
            finish(&mut value, indicator);
            board.put(value);
        }
        Ok(())
    }

    /// Boards of the other periods a text speaks of.
    fn other_periods(
        &self,
        board: &Board,
        indicator: &Indicator,
        text: &Spanned<String>,
    ) -> Result<BTreeMap<Period, Board>, IndicatorError> {
        let mut wanted: BTreeMap<Period, Vec<String>> = BTreeMap::new();
        evaluate(self.snapshot.catalog(), text, &mut |name, when| {
            if when != When::Now && !name.starts_with(':') && name != indicator.common.id {
                wanted.entry(at(board.period, when)).or_default().push(name.to_string());
            }
            Some(Decimal::ONE)
        });
        wanted
            .into_iter()
            .map(|(period, indicators)| Ok((period, crate::board(self.snapshot, &Request { indicators, period })?)))
            .collect()
    }

    fn evaluate(
        &self,
        here: &Board,
        others: &BTreeMap<Period, Board>,
        indicator: &Indicator,
        text: &Spanned<String>,
        org: &str,
    ) -> Option<Decimal> {
        let catalog = self.snapshot.catalog();
        evaluate(catalog, text, &mut |name, when| {
            if let Some(name) = name.strip_prefix(':') {
                let parameter = catalog.parameter(&indicator.common.pack, name).ok()?;
                return match parameter.on(here.period.last_day())?.1 {
                    Scalar::Integer(n) => Some(Decimal::from(*n)),
                    Scalar::Decimal(n) => Some(*n),
                    Scalar::Date(_) | Scalar::Text(_) | Scalar::Flag(_) => None,
                };
            }
            let board = match when {
                When::Now => Some(here),
                when => others.get(&at(here.period, when)),
            };
            exact_of(board?.get(name, org)?)
        })
    }

    fn score(&self, board: &mut Board, indicator: &Indicator) {
        let pack::model::Measure::Score(parts) = &indicator.measure else { return };
        let county = self.snapshot.catalog().county.as_ref();
        for (org, cell) in self.keys(&[]) {
            let (mut points, mut full) = (Decimal::ZERO, Decimal::ZERO);
            for part in parts {
                match points_of(board, county, part, &org) {
                    Some(earned) => {
                        points += earned;
                        full += part.full;
                    }
                    None if part.drop_missing => {}
                    None => full += part.full,
                }
            }
            let mut value = self.blank(indicator, org, &cell, &[], board.period);
            // What was dropped is spread over the rest.
            value.exact = (points * Decimal::ONE_HUNDRED).checked_div(full);
            finish(&mut value, indicator);
            board.put(value);
        }
    }

    /// A promise holds for every organisation, or is a finding.
    fn promise(&self, board: &mut Board, indicator: &Indicator) -> Result<(), IndicatorError> {
        let Some(text) = &indicator.equals else { return Ok(()) };
        let others = self.other_periods(board, indicator, text)?;
        let mut findings = Vec::new();
        for org in self.orgs.iter() {
            let is = board.get(&indicator.common.id, &org.id).and_then(exact_of);
            let should = self.evaluate(board, &others, indicator, text, &org.id);
            if let (Some(is), Some(should)) = (is, should)
                && is != should
            {
                findings.push(Finding {
                    indicator: indicator.common.id.clone(),
                    org: org.id.clone(),
                    message: format!("{is} ≠ {} = {should}", text.value),
                });
            }
        }
        board.findings.extend(findings);
        Ok(())
    }
}

fn at(period: Period, when: When) -> Period {
    match when {
        When::Now => period,
        When::LastYear => period.last_year(),
        When::Previous => period.previous(),
    }
}

/// The exact value of an indicator: of a ratio, its multiple of the exact quotient.
fn exact_of(value: &Value) -> Option<Decimal> {
    value.exact.or(value.value)
}

fn points_of(board: &Board, county: Option<&County>, part: &ScorePart, org: &str) -> Option<Decimal> {
    let value = board.get(&part.of.value, org)?.value?;
    if let Some(minus) = part.minus {
        return Some((part.full - minus * value).max(Decimal::ZERO));
    }
    if part.at_target {
        let target = county?.target(&part.of.value, board.period)?.value;
        return Some(part.full * value.checked_div(target)?.min(Decimal::ONE));
    }
    // Marks of rates are fractions; values of percent indicators are multiples of them.
    let scale = if part.at.iter().all(|(mark, _)| *mark <= Decimal::ONE) { Decimal::ONE_HUNDRED } else { Decimal::ONE };
    let marks: Vec<(Decimal, Decimal)> = part.at.iter().map(|(mark, share)| (*mark * scale, *share)).collect();
    let reached = marks.iter().rev().find(|(mark, _)| value >= *mark);
    let share = match (reached, part.shape) {
        (None, _) => Decimal::ZERO,
        (Some((_, share)), ScoreShape::Step) => *share,
        (Some((mark, share)), ScoreShape::Linear) => match marks.iter().find(|(next, _)| next > mark) {
            Some((next, more)) => *share + (*more - *share) * (value - *mark) / (*next - *mark),
            None => *share,
        },
    };
    Some(part.full * share)
}

/// Rounds, once, and says why there is nothing to round.
fn finish(value: &mut Value, indicator: &Indicator) {
    let (digits, rounding) = (indicator.digits, indicator.round);
    match (value.numerator, value.denominator) {
        (Some(numerator), Some(denominator)) => {
            value.value = Ratio { numerator, denominator }.value(indicator.times, digits, rounding);
            value.exact = (numerator * indicator.times).checked_div(denominator);
            if value.value.is_none() {
                value.missing = Some(Missing::ZeroDenominator);
            }
        }
        (None, None) => {
            value.value = value.exact.map(|exact| rounding.apply(exact, digits));
            if value.value.is_none() && value.missing.is_none() {
                value.missing = Some(Missing::NoRows);
            }
        }
        _ => value.missing = Some(Missing::NeedsMissing),
    }
}
