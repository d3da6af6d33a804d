//! Which records does a plan give?
//!
//! Runs the entries one after the other and hands their records over in batches. Knows the solved plan; never where the
//! records go, and never an indicator.

use crate::cell::Cell;
use crate::draw::{Drawer, Drawn};
use crate::evaluate::{Evaluator, Fault};
use crate::fill::{Bench, Registry, stretches};
use crate::plan::{Entry, Plan};
use crate::world::{Table, World, record_id};
use base::{Date, Diagnostic};
use columns::engine::EngineError;
use pack::model::{Kind, Register};
use rayon::prelude::*;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The most records handed over at once.
pub const BATCH: usize = 20_000;

/// One invented record.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// Its register.
    pub register: String,
    /// Its id: `hypertension_case-000123`.
    pub id: String,
    /// The organisation that answers for it.
    pub org: String,
    /// The resident it is about.
    pub resident: Option<String>,
    /// The day it is about.
    pub on_date: Option<Date>,
    /// Its columns, as a form would save them.
    pub body: Map<String, Json>,
}

/// Why a county could not be invented.
#[derive(Debug, thiserror::Error)]
pub enum SynthError<E> {
    /// A pack asks for what its county does not have.
    #[error("{}", .0.message)]
    Refused(Box<Diagnostic>),
    /// The engine that evaluates expressions failed.
    #[error("the engine that evaluates the expressions of synth failed: {0}")]
    Engine(EngineError),
    /// Whoever takes the records refused them.
    #[error(transparent)]
    Taker(E),
}

impl<E> From<Fault> for SynthError<E> {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(diagnostic) => Self::Refused(diagnostic),
            Fault::Engine(error) => Self::Engine(error),
        }
    }
}

impl Plan<'_> {
    /// Makes every record and hands them to `take`, register by register, at most [`BATCH`] at once. `progress` hears
    /// how many were handed over and how many are expected. Gives the number of records of each register.
    ///
    /// # Errors
    /// `Refused` with `not-enough-subjects`, `published-contradiction` (a sum that no amounts give) or what is wrong
    /// with an expression; whatever `take` refuses.
    pub fn make<E>(
        &self,
        mut take: impl FnMut(&str, Vec<Made>) -> Result<(), E>,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<BTreeMap<String, u64>, SynthError<E>> {
        let evaluator = Evaluator::new().map_err(SynthError::Engine)?;
        let mut world = World { catalog: self.catalog, orgs: self.orgs.clone(), tables: BTreeMap::new() };
        let mut registry = Registry::default();
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut done = 0;
        for entry in &self.entries {
            let id = &entry.register.common.id;
            let first = world.tables.get(id).map_or(0, Table::len);
            let table = self.entry_table(entry, &world, &evaluator, &mut registry, first)?;
            for start in (0..table.len()).step_by(BATCH) {
                let rows = start..table.len().min(start + BATCH);
                let batch: Vec<Made> =
                    rows.into_par_iter().map(|row| self.record(entry.register, &table, first, row)).collect();
                done += batch.len() as u64;
                take(id, batch).map_err(SynthError::Taker)?;
                progress(done, self.expected().max(done));
            }
            *counts.entry(id.clone()).or_default() += table.len() as u64;
            world.tables.entry(id.clone()).or_default().append(table);
        }
        Ok(counts)
    }

    fn entry_table(
        &self,
        entry: &Entry<'_>,
        world: &World<'_>,
        evaluator: &Evaluator,
        registry: &mut Registry,
        first: usize,
    ) -> Result<Table, Fault> {
        let Drawn { mut table, source, nth } = Drawer { plan: self, world, evaluator, entry }.draw()?;
        self.statement_periods(entry.register, &nth, &mut table);
        let (register, key) = (entry.register, entry.key);
        let mut bench = Bench { plan: self, world, evaluator, registry, register, key, table, first, source, nth };
        for (column, ty, filler) in &entry.columns {
            bench.fill(column, *ty, filler)?;
        }
        Ok(bench.table)
    }

    /// The k-th statement of an institution is about the k-th period of the year.
    fn statement_periods(&self, register: &Register, nth: &[u32], table: &mut Table) {
        let Some(statement) = register.statement.as_ref().filter(|_| register.kind == Kind::Statement) else { return };
        let periods = stretches(self.period, statement.every);
        let of = |nth: &u32| periods[*nth as usize % periods.len()];
        let from = nth.iter().map(|nth| Cell::Date(of(nth).from)).collect();
        let until = nth.iter().map(|nth| Cell::Date(of(nth).until)).collect();
        table.columns.insert("period_from".to_string(), from);
        table.columns.insert("period_until".to_string(), until);
    }

    fn record(&self, register: &Register, table: &Table, first: usize, row: usize) -> Made {
        let cell = |name: &str| table.columns.get(name).and_then(|values| values.get(row));
        let mut body = Map::new();
        for column in register.columns() {
            if let Some(value) = cell(&column.name).filter(|value| !value.is_null()) {
                body.insert(column.name, value.to_json());
            }
        }
        let id = &register.common.id;
        let text = |name: &str| cell(name).and_then(Cell::as_text).map(str::to_string);
        Made {
            register: id.clone(),
            id: text("id").unwrap_or_else(|| record_id(id, first + row)),
            org: self.orgs[table.orgs[row] as usize].id.clone(),
            resident: text("resident"),
            on_date: ["on_date", "started_on", "period_from"].iter().find_map(|name| cell(name)?.as_date()),
            body,
        }
    }
}
