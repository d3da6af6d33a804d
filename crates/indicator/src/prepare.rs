//! What of a request has to be asked of the engine, and what is known already?
//!
//! A pass whose registers were not written to since it was last run need not run again.

use crate::cache::{Cache, PassKey};
use crate::dimension::Dimension;
use crate::engine::Engine;
use crate::error::IndicatorError;
use crate::pass::{Statement, statement};
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
    pub tallies: Vec<Tally>,
    /// The statements, one for each period counted.
    pub sql: Vec<String>,
    /// The parameters they used.
    pub parameters: BTreeMap<String, ParameterUse>,
    /// Slots that cannot be broken down as asked.
    pub unbroken: BTreeSet<usize>,
}

/// The plan of a request and its statements, as long as nothing of what they read from changes its shape.
#[derive(Debug)]
pub(crate) struct Draft {
    pub plan: Arc<Plan>,
    pub statements: Vec<Statement>,
}

impl Draft {
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
        let draft = || Draft::new(snapshot, request, wanted, by, orgs);
        let draft = match cache {
            Some(cache) => cache.draft(snapshot, request, !by.is_empty(), draft)?,
            None => Arc::new(draft()?),
        };
        let mut prepared = Self {
            plan: Arc::clone(&draft.plan),
            tallies: vec![Tally::default(); draft.plan.slots.len()],
            sql: draft.statements.iter().map(|statement| statement.compiled.sql.clone()).collect(),
            parameters: draft.statements.iter().flat_map(|s| s.compiled.parameters.clone()).collect(),
            unbroken: draft.statements.iter().flat_map(|s| s.unbroken.iter().copied()).collect(),
        };
        for statement in &draft.statements {
            let roads = roads(snapshot, request, orgs, statement.period);
            prepared.run(snapshot, request, by, statement, &roads, cache)?;
        }
        Ok(prepared)
    }

    fn run(
        &mut self,
        snapshot: &dyn Engine,
        request: &Request,
        by: &[Dimension],
        whole: &Statement,
        roads: &Roads<'_>,
        cache: Option<&Cache>,
    ) -> Result<(), IndicatorError> {
        let Some(cache) = cache else {
            let found = tallies(snapshot, whole, &self.plan.slots, roads)?;
            for (pass, tallies) in whole.passes.iter().zip(&found) {
                self.take(pass.items.iter().map(|item| item.slot), tallies);
            }
            return Ok(());
        };
        let mut asked: Vec<usize> = Vec::new();
        for pass in &whole.passes {
            let key = PassKey::new(snapshot, request, whole.period, pass);
            match cache.tallies(&key, snapshot.stamp(&pass.reads)) {
                Some(known) => self.take(pass.items.iter().map(|item| item.slot), &known),
                None => asked.extend(pass.items.iter().map(|item| item.slot)),
            }
        }
        if asked.is_empty() {
            return Ok(());
        }
        asked.sort_unstable();
        asked.dedup();
        // The registers may lie differently in the tables than when the passes were laid out: printed again, and only
        // with what is asked.
        let slots: Vec<(usize, &Slot)> = asked.iter().map(|slot| (*slot, &self.plan.slots[*slot])).collect();
        let part = statement(snapshot, &slots, whole.period, roads, by)?;
        let found = tallies(snapshot, &part, &self.plan.slots, roads)?;
        for (pass, tallies) in part.passes.iter().zip(found) {
            self.take(pass.items.iter().map(|item| item.slot), &tallies);
            let key = PassKey::new(snapshot, request, whole.period, pass);
            cache.keep(key, snapshot.stamp(&pass.reads), tallies);
        }
        Ok(())
    }

    fn take(&mut self, slots: impl Iterator<Item = usize>, tallies: &[Tally]) {
        for (slot, tally) in slots.zip(tallies) {
            self.tallies[slot].merge(tally);
        }
    }
}
