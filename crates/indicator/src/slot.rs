//! Which aggregates do the wanted indicators need?
//!
//! A slot is one aggregate with its breakdown; indicators that need the same one share it.

use crate::error::IndicatorError;
use base::period::Length;
use base::{Date, Period};
use pack::Catalog;
use pack::model::{Aggregate, AggregateKind, Indicator, Measure, MissingDecision, Spanned, StatisticalYear, Term};
use std::collections::BTreeMap;

/// One aggregate that has to be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The days counted.
    pub period: Period,
    /// The pack whose names it uses.
    pub pack: String,
    /// What is aggregated.
    pub aggregate: Aggregate,
    /// For a numerator from another cohort: the cohort whose rows give it its group.
    pub grouped_by: Option<Spanned<String>>,
    /// Breakdown columns.
    pub by: Vec<String>,
    /// Columns that may be empty, with what that means.
    pub undecided: Vec<(String, MissingDecision)>,
}

impl Slot {
    /// True when the numbers of two organisations give the number of both together.
    pub fn adds_up(&self) -> bool {
        !matches!(self.aggregate.kind, AggregateKind::Median | AggregateKind::Percentile)
    }
}

/// How an indicator follows from slots and other indicators.
#[derive(Debug, Clone)]
pub enum Recipe {
    /// One slot.
    Slot(usize),
    /// Two slots, divided.
    Ratio(Source, Source),
    /// Arithmetic.
    Value(Spanned<String>),
    /// Weighted points.
    Score,
}

/// One side of a ratio.
#[derive(Debug, Clone)]
pub enum Source {
    /// A slot.
    Slot(usize),
    /// Another indicator's exact value.
    Indicator(String),
}

impl Source {
    /// The slot, unless it is another indicator.
    pub fn slot(&self) -> Option<usize> {
        match self {
            Self::Slot(slot) => Some(*slot),
            Self::Indicator(_) => None,
        }
    }
}

/// The slots of a request, and the recipe of every indicator in the order in which they can be made.
#[derive(Debug, Default)]
pub struct Plan {
    /// What has to be asked of the engine.
    pub slots: Vec<Slot>,
    /// Indicator → recipe; whatever a recipe needs stands before it.
    pub recipes: Vec<(Indicator, Recipe)>,
}

impl Plan {
    /// Plans indicators in force at the end of a period; those another one needs are added.
    pub fn new(catalog: &Catalog, wanted: &[String], period: Period) -> Result<Self, IndicatorError> {
        let mut plan = Self::default();
        let mut done = BTreeMap::new();
        for id in wanted {
            plan.add(catalog, id, period, &mut done)?;
        }
        Ok(plan)
    }

    fn add(
        &mut self,
        catalog: &Catalog,
        id: &str,
        asked: Period,
        done: &mut BTreeMap<String, ()>,
    ) -> Result<(), IndicatorError> {
        if done.insert(id.to_string(), ()).is_some() {
            return Ok(());
        }
        let versions = catalog.indicator(id).ok_or_else(|| IndicatorError::Unknown {
            id: id.to_string(),
            near: catalog.near_indicator(id).map(str::to_string),
        })?;
        let day = asked.last_day();
        let indicator = versions.on(day).ok_or_else(|| IndicatorError::NotInForce { id: id.to_string(), day })?.clone();
        let recipe = match &indicator.measure {
            Measure::Aggregate(aggregate) => Recipe::Slot(self.slot(&indicator, asked, aggregate.clone(), None)),
            Measure::Ratio(numerator, denominator) => {
                let below = self.source(catalog, &indicator, denominator, None, asked, done)?;
                let whole = indicator.nested.then(|| cohort_of(denominator)).flatten();
                let above = self.source(catalog, &indicator, numerator, whole, asked, done)?;
                Recipe::Ratio(above, below)
            }
            Measure::Value(text) => {
                for name in crate::arithmetic::names(catalog, text) {
                    self.add(catalog, &name, asked, done)?;
                }
                Recipe::Value(text.clone())
            }
            Measure::Score(parts) => {
                for part in parts {
                    self.add(catalog, &part.of.value, asked, done)?;
                }
                Recipe::Score
            }
        };
        self.recipes.push((indicator, recipe));
        Ok(())
    }

    fn source(
        &mut self,
        catalog: &Catalog,
        indicator: &Indicator,
        term: &Term,
        whole: Option<&Spanned<String>>,
        asked: Period,
        done: &mut BTreeMap<String, ()>,
    ) -> Result<Source, IndicatorError> {
        let aggregate = match term {
            Term::Aggregate(aggregate) => aggregate.clone(),
            Term::Name(name) if catalog.cohort(&indicator.common.pack, &name.value).is_ok() => count_of(name),
            Term::Name(name) => {
                self.add(catalog, &name.value, asked, done)?;
                return Ok(Source::Indicator(name.value.clone()));
            }
        };
        let grouped_by = whole.filter(|whole| whole.value != aggregate.cohort.value).cloned();
        Ok(Source::Slot(self.slot(indicator, asked, aggregate, grouped_by)))
    }

    fn slot(
        &mut self,
        indicator: &Indicator,
        asked: Period,
        aggregate: Aggregate,
        grouped_by: Option<Spanned<String>>,
    ) -> usize {
        let slot = Slot {
            period: counted(indicator, asked),
            pack: indicator.common.pack.clone(),
            aggregate,
            grouped_by,
            by: indicator.by.iter().map(|column| column.value.clone()).collect(),
            undecided: indicator.missing.iter().map(|(column, d)| (column.clone(), d.value)).collect(),
        };
        match self.slots.iter().position(|known| same(known, &slot)) {
            Some(index) => index,
            None => {
                self.slots.push(slot);
                self.slots.len() - 1
            }
        }
    }
}

/// The days an indicator counts when a period is asked for: the months from October to September for a year of the
/// maternal and child health reports (妇幼卫生统计年报), else the days themselves.
pub fn counted(indicator: &Indicator, asked: Period) -> Period {
    match (indicator.year, asked.length()) {
        (StatisticalYear::Maternal, Some(Length::Year)) => {
            let year = asked.from.year();
            let first = |year| Date::new(year, 10, 1).unwrap_or(asked.from);
            Period { from: first(year - 1), until: first(year) }
        }
        _ => asked,
    }
}

/// The cohort a side of a ratio counts.
pub fn cohort_of(term: &Term) -> Option<&Spanned<String>> {
    match term {
        Term::Name(name) => Some(name),
        Term::Aggregate(aggregate) => Some(&aggregate.cohort),
    }
}

/// The rows of a cohort, counted.
pub fn count_of(name: &Spanned<String>) -> Aggregate {
    Aggregate {
        kind: AggregateKind::Count,
        cohort: name.clone(),
        column: None,
        distinct: None,
        filter: None,
        rank: None,
    }
}

/// Equal but for the places in the files.
fn same(a: &Slot, b: &Slot) -> bool {
    let text = |t: &Option<Spanned<String>>| t.as_ref().map(|t| t.value.clone());
    let (x, y) = (&a.aggregate, &b.aggregate);
    a.period == b.period
        && a.pack == b.pack
        && x.kind == y.kind
        && x.cohort.value == y.cohort.value
        && x.rank == y.rank
        && [&x.column, &x.distinct, &x.filter].map(text) == [&y.column, &y.distinct, &y.filter].map(text)
        && text(&a.grouped_by) == text(&b.grouped_by)
        && a.by == b.by
        && a.undecided == b.undecided
}
