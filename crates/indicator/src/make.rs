//! How does a value follow from what was counted, and from other values?

use crate::arithmetic::{Arithmetic, When};
use crate::block::Block;
use crate::board::{Board, Finding, board_with};
use crate::cache::Cache;
use crate::engine::Engine;
use crate::error::IndicatorError;
use crate::request::Request;
use crate::slot::{Plan, Recipe, Source, counted};
use crate::tally::Tally;
use crate::value::{Missing, Value};
use base::{Decimal, Period, Ratio};
use pack::county::{County, OrgTree};
use pack::model::{AggregateKind, Indicator, Scalar, ScorePart, ScoreShape, Spanned};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Makes values out of tallies.
#[derive(Clone, Copy)]
pub(crate) struct Maker<'a> {
    pub snapshot: &'a dyn Engine,
    pub request: &'a Request,
    pub orgs: &'a OrgTree,
    pub plan: &'a Arc<Plan>,
    pub tallies: &'a [Arc<Tally>],
    /// The breakdown that was asked for, in place of the packs' own.
    pub by: Option<&'a [String]>,
    pub cache: Option<&'a Cache>,
}

impl Maker<'_> {
    /// Every value of every indicator, in the order in which they need each other.
    pub fn make(&self, board: &mut Board) -> Result<(), IndicatorError> {
        for (at, (indicator, recipe)) in self.plan.recipes.iter().enumerate() {
            let block = self.block(board, at, indicator, recipe)?;
            board.put(&indicator.common.id, block);
            self.promise(board, indicator)?;
        }
        Ok(())
    }

    /// The values of one indicator. Those that follow from numbers alone are taken from the cache while the numbers are
    /// the same.
    fn block(
        &self,
        board: &Board,
        at: usize,
        indicator: &Indicator,
        recipe: &Recipe,
    ) -> Result<Arc<Block>, IndicatorError> {
        let slots = match recipe {
            Recipe::Slot(slot) => vec![*slot],
            Recipe::Ratio(Source::Slot(above), Source::Slot(below)) => vec![*above, *below],
            _ => Vec::new(),
        };
        let tallies: Vec<Arc<Tally>> = slots.iter().map(|slot| Arc::clone(&self.tallies[*slot])).collect();
        let cache = self.cache.filter(|_| !tallies.is_empty());
        if let Some(known) = cache.and_then(|cache| cache.block(self.plan, at, &tallies)) {
            return Ok(known);
        }
        let block = Arc::new(Block::new(match recipe {
            Recipe::Slot(slot) => self.aggregate(indicator, *slot),
            Recipe::Ratio(above, below) => self.ratio(board, indicator, above, below),
            Recipe::Value(text) => self.value(board, indicator, text)?,
            Recipe::Score => self.score(board, indicator),
        }));
        if let Some(cache) = cache {
            cache.keep_block(self.plan, at, tallies, &block);
        }
        Ok(block)
    }

    /// The cells of every indicator that can be broken down.
    pub fn make_cells(&self, board: &mut Board, unbroken: &BTreeSet<usize>) {
        for (indicator, recipe) in &self.plan.recipes {
            let values = match recipe {
                Recipe::Slot(slot) if !unbroken.contains(slot) => self.aggregate(indicator, *slot),
                Recipe::Ratio(above @ Source::Slot(a), below @ Source::Slot(b))
                    if !unbroken.contains(a) && !unbroken.contains(b) =>
                {
                    self.ratio(board, indicator, above, below)
                }
                _ => {
                    board.unbroken.insert(indicator.common.id.clone());
                    continue;
                }
            };
            board.add(&indicator.common.id, values);
        }
    }

    /// The organisations and cells for which there is something to say: every organisation's whole, and each cell met.
    fn keys(&self, slots: &[usize]) -> Vec<(usize, Vec<String>)> {
        let n_wholes = if self.by.is_some() { 0 } else { self.orgs.iter().len() };
        let mut keys: Vec<(usize, Vec<String>)> = (0..n_wholes).map(|org| (org, Vec::new())).collect();
        for slot in slots {
            keys.extend(self.tallies[*slot].cells().cloned());
        }
        keys.sort();
        keys.dedup();
        keys
    }

    fn org_id(&self, place: usize) -> String {
        self.orgs.at(place).map_or_else(String::new, |org| org.id.clone())
    }

    /// The columns of a slot's cells.
    fn columns(&self, slot: usize) -> &[String] {
        self.by.unwrap_or(&self.plan.slots[slot].by)
    }

    fn blank(&self, indicator: &Indicator, org: usize, cell: &[String], by: &[String]) -> Value {
        Value {
            indicator: indicator.common.id.clone(),
            org: self.org_id(org),
            period: counted(indicator, self.request.period),
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

    fn aggregate(&self, indicator: &Indicator, index: usize) -> Vec<Value> {
        let kind = self.plan.slots[index].aggregate.kind;
        let mut values = Vec::new();
        for (org, cell) in self.keys(&[index]) {
            let numbers = self.tallies[index].get(org, &cell);
            let first = numbers.first().copied().flatten();
            let mut value = self.blank(indicator, org, &cell, self.columns(index));
            match kind {
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
            values.push(value);
        }
        values
    }

    fn ratio(&self, board: &Board, indicator: &Indicator, above: &Source, below: &Source) -> Vec<Value> {
        let mut values = Vec::new();
        let slots: Vec<usize> = [above, below].into_iter().filter_map(Source::slot).collect();
        let by = slots.first().map_or(&[][..], |slot| self.columns(*slot));
        for (org, cell) in self.keys(&slots) {
            let mut value = self.blank(indicator, org, &cell, by);
            let part = |source: &Source| match source {
                Source::Slot(slot) => {
                    let numbers = self.tallies[*slot].get(org, &cell);
                    let excluded = numbers.get(1).copied().flatten().unwrap_or_default();
                    (Some(numbers.first().copied().flatten().unwrap_or_default()), excluded)
                }
                Source::Indicator(id) => (board.get(id, &value.org).and_then(exact_of), Decimal::ZERO),
            };
            let ((numerator, _), (denominator, excluded)) = (part(above), part(below));
            value.numerator = numerator;
            value.denominator = denominator;
            value.n_excluded = excluded;
            finish(&mut value, indicator);
            values.push(value);
        }
        values
    }

    fn value(
        &self,
        board: &Board,
        indicator: &Indicator,
        text: &Spanned<String>,
    ) -> Result<Vec<Value>, IndicatorError> {
        let arithmetic = Arithmetic::read(self.snapshot.catalog(), text);
        let others = self.other_periods(board, indicator, &arithmetic)?;
        let mut values = Vec::new();
        for (org, cell) in self.keys(&[]) {
            let mut value = self.blank(indicator, org, &cell, &[]);
            value.exact = self.evaluate(board, &others, indicator, &arithmetic, &value.org);
            if value.exact.is_none() {
                value.missing = Some(Missing::NeedsMissing);
            }
            finish(&mut value, indicator);
            values.push(value);
        }
        Ok(values)
    }

    /// Boards of the other periods a text speaks of.
    fn other_periods(
        &self,
        board: &Board,
        indicator: &Indicator,
        arithmetic: &Arithmetic,
    ) -> Result<BTreeMap<Period, Board>, IndicatorError> {
        let mut wanted: BTreeMap<Period, Vec<String>> = BTreeMap::new();
        arithmetic.evaluate(&mut |name, when| {
            if when != When::Now && !name.starts_with(':') && name != indicator.common.id {
                wanted.entry(at(board.period, when)).or_default().push(name.to_string());
            }
            Some(Decimal::ONE)
        });
        wanted
            .into_iter()
            .map(|(period, indicators)| {
                let request = Request::new(indicators, period).along(self.request.tree.clone());
                Ok((period, board_with(self.snapshot, &request, self.cache)?))
            })
            .collect()
    }

    fn evaluate(
        &self,
        here: &Board,
        others: &BTreeMap<Period, Board>,
        indicator: &Indicator,
        arithmetic: &Arithmetic,
        org: &str,
    ) -> Option<Decimal> {
        let catalog = self.snapshot.catalog();
        arithmetic.evaluate(&mut |name, when| {
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

    fn score(&self, board: &Board, indicator: &Indicator) -> Vec<Value> {
        let pack::model::Measure::Score(parts) = &indicator.measure else { return Vec::new() };
        let mut values = Vec::new();
        let county = self.snapshot.catalog().county.as_ref();
        for (org, cell) in self.keys(&[]) {
            let mut value = self.blank(indicator, org, &cell, &[]);
            let (mut points, mut full) = (Decimal::ZERO, Decimal::ZERO);
            for part in parts {
                match points_of(board, county, part, &value.org) {
                    Some(earned) => {
                        points += earned;
                        full += part.full;
                    }
                    None if part.drop_missing => {}
                    None => full += part.full,
                }
            }
            // What was dropped is spread over the rest.
            value.exact = (points * Decimal::ONE_HUNDRED).checked_div(full);
            finish(&mut value, indicator);
            values.push(value);
        }
        values
    }

    /// A promise holds for every organisation, or is a finding.
    fn promise(&self, board: &mut Board, indicator: &Indicator) -> Result<(), IndicatorError> {
        let Some(text) = &indicator.equals else { return Ok(()) };
        let arithmetic = Arithmetic::read(self.snapshot.catalog(), text);
        let others = self.other_periods(board, indicator, &arithmetic)?;
        let mut findings = Vec::new();
        for org in self.orgs.iter() {
            let is = board.get(&indicator.common.id, &org.id).and_then(exact_of);
            let should = self.evaluate(board, &others, indicator, &arithmetic, &org.id);
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
