//! What of a request has to be asked of the engine, and what is known already?
//!
//! A pass whose registers were not written to since it was last run need not run again.

use crate::cache::{Cache, PassKey};
use crate::dimension::Dimension;
use crate::engine::Engine;
use crate::error::IndicatorError;
use crate::pass::{Pass, Statement, statement};
use crate::request::Request;
use crate::roads::Roads;
use crate::slot::{Plan, Slot};
use crate::tally::{Tally, tallies};
use base::Period;
use pack::county::OrgTree;
use pack::sql::ParameterUse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The slots of a request and their numbers.
pub(crate) struct Prepared {
    /// Slots and recipes.
    pub plan: Arc<Plan>,
    /// The numbers of each slot.
    pub tallies: Vec<Arc<Tally>>,
    /// The statements, one for each period counted.
    pub sql: Vec<String>,
    /// The parameters they used.
    pub parameters: BTreeMap<String, ParameterUse>,
    /// Slots that cannot be broken down as asked.
    pub unbroken: BTreeSet<usize>,
}

/// A pass and what it counted, one tally for each of its items.
type Counted = (Pass, Vec<Arc<Tally>>);

/// The plan of a request and its statements, as long as nothing of what they read from changes its shape.
#[derive(Debug)]
pub(crate) struct Layout {
    pub plan: Arc<Plan>,
    pub statements: Vec<Statement>,
}

impl Layout {
    fn new(
        snapshot: &dyn Engine,
        request: &Request,
        wanted: &[String],
        by: &[Dimension],
        orgs: &OrgTree,
    ) -> Result<Self, IndicatorError> {
        let mut plan = Plan::new(snapshot.catalog(), wanted, request.period)?;
        if !by.is_empty() {
            plan.slots.iter_mut().for_each(|slot| slot.by.clear());
        }
        let mut by_period: BTreeMap<Period, Vec<(usize, &Slot)>> = BTreeMap::new();
        for (index, slot) in plan.slots.iter().enumerate() {
            by_period.entry(slot.period).or_default().push((index, slot));
        }
        let statements = by_period
            .into_iter()
            .map(|(period, slots)| statement(snapshot, &slots, period, &roads(snapshot, request, orgs, period), by));
        let statements = statements.collect::<Result<_, _>>()?;
        Ok(Self { plan: Arc::new(plan), statements })
    }
}

fn roads<'o>(snapshot: &dyn Engine, request: &Request, orgs: &'o OrgTree, period: Period) -> Roads<'o> {
    Roads::new(orgs, &request.tree, period, snapshot.as_of())
}

impl Prepared {
    /// Has everything counted that a request needs.
    pub fn of(
        snapshot: &dyn Engine,
        request: &Request,
        wanted: &[String],
        by: &[Dimension],
        orgs: &OrgTree,
        cache: Option<&Cache>,
    ) -> Result<Self, IndicatorError> {
        let layout = || Layout::new(snapshot, request, wanted, by, orgs);
        let (layout, is_new) = match cache {
            Some(cache) => cache.layout(snapshot, request, !by.is_empty(), layout)?,
            None => (Arc::new(layout()?), true),
        };
        let mut prepared = Self {
            plan: Arc::clone(&layout.plan),
            tallies: vec![Arc::default(); layout.plan.slots.len()],
            sql: layout.statements.iter().map(|statement| statement.compiled.sql.clone()).collect(),
            parameters: layout.statements.iter().flat_map(|s| s.compiled.parameters.clone()).collect(),
            unbroken: layout.statements.iter().flat_map(|s| s.unbroken.iter().copied()).collect(),
        };
        for statement in &layout.statements {
            let roads = roads(snapshot, request, orgs, statement.period);
            let missing = prepared.take_known(snapshot, request, statement, cache);
            if missing.is_empty() {
                continue;
            }
            let found = if is_new && missing.len() == statement.n_slots() {
                prepared.count(snapshot, statement, &roads)?
            } else {
                // The registers may lie differently in the tables than when the passes were laid out: printed again, and
                // only with what is asked.
                let slots: Vec<(usize, &Slot)> =
                    missing.iter().map(|slot| (*slot, &layout.plan.slots[*slot])).collect();
                prepared.count(snapshot, &self::statement(snapshot, &slots, statement.period, &roads, by)?, &roads)?
            };
            for (pass, tallies) in found {
                if let Some(cache) = cache {
                    let key = PassKey::new(snapshot, request, statement.period, &pass);
                    cache.keep(key, snapshot.stamp(&pass.reads), tallies);
                }
            }
        }
        Ok(prepared)
    }

    /// Takes what the cache knows; the slots it does not know.
    fn take_known(
        &mut self,
        snapshot: &dyn Engine,
        request: &Request,
        statement: &Statement,
        cache: Option<&Cache>,
    ) -> BTreeSet<usize> {
        let mut missing = BTreeSet::new();
        for pass in &statement.passes {
            let key = PassKey::new(snapshot, request, statement.period, pass);
            match cache.and_then(|cache| cache.tallies(&key, snapshot.stamp(&pass.reads))) {
                Some(known) => self.take(pass, &known),
                None => missing.extend(pass.items.iter().map(|item| item.slot)),
            }
        }
        missing
    }

    /// Runs a statement, takes its numbers, and gives them by pass.
    fn count(
        &mut self,
        snapshot: &dyn Engine,
        statement: &Statement,
        roads: &Roads<'_>,
    ) -> Result<Vec<Counted>, IndicatorError> {
        let found = tallies(snapshot, statement, &self.plan.slots, roads)?;
        let found: Vec<Vec<Arc<Tally>>> =
            found.into_iter().map(|pass| pass.into_iter().map(Arc::new).collect()).collect();
        for (pass, tallies) in statement.passes.iter().zip(&found) {
            self.take(pass, tallies);
        }
        Ok(statement.passes.iter().cloned().zip(found).collect())
    }

    /// A slot's numbers come from one pass, or from two: one for the wholes and one for the cells.
    fn take(&mut self, pass: &Pass, tallies: &[Arc<Tally>]) {
        for (item, tally) in pass.items.iter().zip(tallies) {
            let known = &mut self.tallies[item.slot];
            match known.len() {
                0 => *known = Arc::clone(tally),
                _ => Arc::make_mut(known).merge(tally),
            }
        }
    }
}
