//! How are many aggregates asked in one statement?
//!
//! Slots over the same relation with the same breakdown become filtered aggregates of one pass; cohorts that only
//! narrow a register are counted in one pass over the register. All passes of a period stand in one statement, so that
//! a cohort several of them need is computed once.

use crate::dimension::{Dimension, broken_down};
use crate::engine::Engine;
use crate::error::IndicatorError;
use crate::ground::{Ground, ground};
use crate::roads::Roads;
use crate::slot::Slot;
use base::Period;
use pack::sql::{Compiled, Compiler};
use std::collections::BTreeSet;

/// One pass: a relation, a breakdown, and the slots it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pass {
    from: String,
    org: String,
    epoch: String,
    by: Vec<String>,
    /// True when its rows are added up the tree.
    pub climbs: bool,
    /// Slots, each with its aggregates as SQL.
    pub items: Vec<Item>,
    /// The registers whose records decide its numbers.
    pub reads: BTreeSet<String>,
}

/// A slot's share of a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// The slot.
    pub slot: usize,
    numbers: Vec<String>,
}

impl Item {
    /// How many numbers it has.
    pub fn n_numbers(&self) -> usize {
        self.numbers.len()
    }
}

/// The passes of one period, and the statement that runs them all.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// The days counted.
    pub period: Period,
    /// Its rows are: number of the pass, organisation, epoch, breakdown values, numbers.
    pub compiled: Compiled,
    /// The passes by number.
    pub passes: Vec<Pass>,
    /// Slots that cannot be broken down as asked, since their rows name no resident or no day.
    pub unbroken: Vec<usize>,
}

impl Statement {
    /// How many slots it answers.
    pub fn n_slots(&self) -> usize {
        self.passes.iter().flat_map(|pass| &pass.items).map(|item| item.slot).collect::<BTreeSet<_>>().len()
    }
}

/// Builds the statement that answers slots for one period.
pub(crate) fn statement(
    snapshot: &dyn Engine,
    slots: &[(usize, &Slot)],
    period: Period,
    roads: &Roads<'_>,
    by: &[Dimension],
) -> Result<Statement, IndicatorError> {
    let mut compiler = snapshot.compiler(Some(period));
    let (mut passes, mut unbroken): (Vec<Pass>, Vec<usize>) = (Vec::new(), Vec::new());
    for (index, slot) in slots {
        let (found, reads) = compiler.reading(|compiler| grounds(compiler, snapshot, slot, period, roads, by));
        let found = found?;
        if found.is_empty() {
            unbroken.push(*index);
        }
        for ground in found {
            put(&mut passes, Pass::new(ground, *index, roads, reads.clone()));
        }
    }
    for pass in &mut passes {
        pass.reads = pass.reads.iter().flat_map(|register| snapshot.catalog().read_with(register)).collect();
    }
    let compiled = finish(compiler, &passes)?;
    Ok(Statement { period, compiled, passes, unbroken })
}

fn finish(compiler: Compiler<'_>, passes: &[Pass]) -> Result<Compiled, IndicatorError> {
    let selects: Vec<String> = passes.iter().enumerate().map(|(n, pass)| pass.select(n)).collect();
    let body = if selects.is_empty() {
        "SELECT 0, NULL::VARCHAR, 0, []::VARCHAR[], []::DECIMAL(38, 6)[] WHERE FALSE".to_string()
    } else {
        selects.join("\nUNION ALL\n")
    };
    Ok(compiler.finish(&body)?)
}

/// The grounds of a slot: one, or none when it cannot be broken down. What does not add up is asked for the whole as well.
fn grounds(
    compiler: &mut Compiler<'_>,
    snapshot: &dyn Engine,
    slot: &Slot,
    period: Period,
    roads: &Roads<'_>,
    by: &[Dimension],
) -> Result<Vec<Ground>, IndicatorError> {
    let ground = ground(compiler, slot, roads)?;
    if !by.is_empty() {
        return Ok(broken_down(compiler, snapshot, ground, by, period).into_iter().collect());
    }
    let whole = (!ground.climbs && !ground.by.is_empty()).then(|| Ground { by: Vec::new(), ..ground.clone() });
    Ok(std::iter::once(ground).chain(whole).collect())
}

/// Adds a pass to those over the same relation with the same groups.
fn put(passes: &mut Vec<Pass>, pass: Pass) {
    let same = |known: &&mut Pass| {
        (&known.from, &known.org, &known.epoch, &known.by, known.climbs)
            == (&pass.from, &pass.org, &pass.epoch, &pass.by, pass.climbs)
    };
    match passes.iter_mut().find(same) {
        Some(known) => {
            known.items.extend(pass.items);
            known.reads.extend(pass.reads);
        }
        None => passes.push(pass),
    }
}

impl Pass {
    fn new(ground: Ground, slot: usize, roads: &Roads<'_>, reads: BTreeSet<String>) -> Self {
        let epoch = if ground.climbs { roads.epoch_sql(ground.on_date.as_deref()) } else { "0".into() };
        let items = vec![Item { slot, numbers: ground.numbers }];
        Self { from: ground.from, org: ground.org, epoch, by: ground.by, climbs: ground.climbs, items, reads }
    }

    /// Everything that tells this pass from another one of the same packs, period and tree.
    pub fn text(&self) -> String {
        let numbers: Vec<&str> = self.items.iter().flat_map(|i| &i.numbers).map(String::as_str).collect();
        let parts = [&self.from, &self.org, &self.epoch, &self.by.join("\u{1f}"), &numbers.join("\u{1f}")];
        parts.map(String::as_str).join("\u{1e}")
    }

    fn select(&self, number: usize) -> String {
        let numbers: Vec<String> = self
            .items
            .iter()
            .flat_map(|item| &item.numbers)
            .map(|number| format!("CAST({number} AS DECIMAL(38, 6))"))
            .collect();
        let mut columns =
            vec![number.to_string(), format!("{} AS org_", self.org), format!("{} AS epoch_", self.epoch)];
        columns.extend(self.by.iter().enumerate().map(|(n, column)| format!("CAST({column} AS VARCHAR) AS b{n}_")));
        let cell: Vec<String> = (0..self.by.len()).map(|n| format!("b{n}_")).collect();
        let groups: Vec<String> = (2..=columns.len()).map(|n| n.to_string()).collect();
        format!(
            "SELECT {number} AS pass, org_, epoch_, CAST([{}] AS VARCHAR[]) AS cell, numbers \
             FROM (SELECT {}, [{}] AS numbers FROM {} GROUP BY {})",
            cell.join(", "),
            columns.join(", "),
            numbers.join(", "),
            self.from,
            groups.join(", ")
        )
    }
}
