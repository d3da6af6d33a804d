//! How does one column of the records being made get its values?
//!
//! Every value is a function of the entry's key, the column and the row. Knows the record so far and what was made
//! before; never another county, and no query of an indicator.

use crate::cell::{Cell, day_number, day_of};
use crate::divide::{amounts, in_proportion};
use crate::evaluate::{Evaluator, Fault};
use crate::expression::Lowered;
pub use crate::invent::Invention;
use crate::invent::{CitizenIds, Names, Serials, address, phone};
use crate::plan::{Plan, Pool};
use crate::random::{Key, Shuffle};
use crate::refer::{Asker, Same, targets};
use crate::world::{Table, View, World, org_fact};
use base::period::Length;
use base::{Date, Diagnostic, Period};
use jiff::ToSpan;
use pack::model::{ColumnType, Register, Spanned};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// One end of `between`.
#[derive(Debug, Clone)]
pub(crate) enum Bound {
    /// The same for all, in steps of the column.
    Fixed(i64),
    /// Different for each record.
    Sql(Lowered),
}

/// How a column gets its values, with everything resolved.
#[derive(Debug, Clone)]
pub(crate) enum Filler<'a> {
    Constant(Cell),
    Sql(Lowered),
    Between(Bound, Bound),
    /// All in steps of the column.
    Normal {
        mean: i64,
        deviation: i64,
        low: i64,
        high: i64,
    },
    Shares(Vec<(Cell, u64)>),
    /// The k-th child gets a day of the k-th stretch.
    OneEach(Vec<Period>),
    EachOf(Vec<Cell>),
    Age {
        youngest: i64,
        oldest: i64,
        on: Date,
    },
    /// In steps of the column.
    Sum {
        figure: Spanned<String>,
        total: i64,
        bounds: Option<(i64, i64)>,
    },
    In(Vec<(String, Filler<'a>)>),
    Invent(Invention),
    Serial(String),
    Ref(Pool<'a>, Same),
}

impl Filler<'_> {
    /// The record's own columns that must be there first.
    pub fn reads(&self, into: &mut BTreeSet<String>) {
        let mut sql = |lowered: &Lowered| into.extend(lowered.reads.keys().map(|path| path[0].clone()));
        match self {
            Self::Sql(lowered) => sql(lowered),
            Self::Between(low, high) => {
                for bound in [low, high] {
                    if let Bound::Sql(lowered) = bound {
                        sql(lowered);
                    }
                }
            }
            Self::In(parts) => parts.iter().for_each(|(_, filler)| filler.reads(into)),
            Self::Invent(invention) => into.extend(invention.reads().iter().map(|name| (*name).to_string())),
            // Adults are served before children, where there are any.
            Self::Ref(..) => {
                into.insert("birth_on".to_string());
            }
            _ => {}
        }
    }
}

/// What is given once and never again in a whole county.
#[derive(Default)]
pub(crate) struct Registry {
    pub citizen_ids: CitizenIds,
    pub serials: Serials,
    pub names: Names,
}

/// The records of one entry while they are made.
pub(crate) struct Bench<'w, 'a> {
    pub plan: &'w Plan<'a>,
    pub world: &'w World<'a>,
    pub evaluator: &'w Evaluator,
    pub registry: &'w mut Registry,
    pub register: &'a Register,
    pub key: Key,
    pub table: Table,
    /// Number of records the register had before.
    pub first: usize,
    /// What each record was drawn from.
    pub source: Option<(&'a Register, Vec<u32>)>,
    /// Which child of its parent each record is, from 0.
    pub nth: Vec<u32>,
}

/// What a column is filled with.
struct Task<'t> {
    column: &'t str,
    ty: ColumnType,
    rows: &'t [u32],
    key: Key,
}

impl<'a> Bench<'_, 'a> {
    /// Fills a column of all records.
    pub fn fill(&mut self, column: &str, ty: ColumnType, filler: &Filler<'a>) -> Result<(), Fault> {
        let rows: Vec<u32> = (0..self.table.len() as u32).collect();
        let key = self.key.named(column);
        let values = self.values(&Task { column, ty, rows: &rows, key }, filler)?;
        self.table.columns.insert(column.to_string(), values);
        Ok(())
    }

    fn view(&self) -> View<'_> {
        let source = self.source.as_ref().map(|(register, rows)| (*register, rows.as_slice()));
        View { register: self.register, table: &self.table, first: self.first, source }
    }

    fn values(&mut self, task: &Task<'_>, filler: &Filler<'a>) -> Result<Vec<Cell>, Fault> {
        let (rows, key, ty) = (task.rows, task.key, task.ty);
        let each = |value: &(dyn Fn(u64) -> Cell + Sync)| -> Vec<Cell> {
            rows.par_iter().with_min_len(1_024).map(|row| value(u64::from(*row))).collect()
        };
        Ok(match filler {
            Filler::Constant(cell) => vec![cell.clone(); rows.len()],
            Filler::Sql(lowered) => self.sql(task, lowered)?,
            Filler::Between(low, high) => {
                let (low, high) = (self.bound(task, low)?, self.bound(task, high)?);
                let drawn = rows.par_iter().zip(low).zip(high).map(|((row, low), high)| match (low, high) {
                    (Some(low), Some(high)) => Cell::from_steps(key.between(u64::from(*row), low.min(high), high), ty),
                    _ => Cell::Null,
                });
                drawn.collect()
            }
            Filler::Normal { mean, deviation, low, high } => each(&|row| {
                let away = i128::from(*deviation) * i128::from(key.bell(row)) / 1_000_000;
                let value = mean.saturating_add(i64::try_from(away).unwrap_or(0));
                Cell::from_steps(value.clamp(*low, *high), ty)
            }),
            Filler::Shares(cells) => shares(key, rows.len(), cells),
            Filler::OneEach(stretches) => self.one_each(task, stretches),
            Filler::EachOf(cells) => rows
                .iter()
                .map(|row| {
                    cells.get(self.nth[*row as usize] as usize % cells.len().max(1)).cloned().unwrap_or_default()
                })
                .collect(),
            Filler::Age { youngest, oldest, on } => {
                let (first, last) = births(*on, *youngest, *oldest);
                each(&|row| Cell::Date(day_of(key.between(row, first, last))))
            }
            Filler::Sum { figure, total, bounds } => self.sum(task, figure, *total, *bounds)?,
            Filler::In(parts) => self.by_part(task, parts)?,
            Filler::Invent(invention) => self.invent(task, *invention),
            Filler::Serial(pattern) => self.serial(task, pattern),
            Filler::Ref(pool, same) => self.refer(task, pool, *same)?,
        })
    }

    fn sql(&self, task: &Task<'_>, lowered: &Lowered) -> Result<Vec<Cell>, Fault> {
        let values = self.evaluator.values(self.world, &self.view(), lowered, task.ty)?;
        if task.rows.len() == values.len() {
            return Ok(values);
        }
        Ok(task.rows.iter().map(|row| values[*row as usize].clone()).collect())
    }

    fn bound(&self, task: &Task<'_>, bound: &Bound) -> Result<Vec<Option<i64>>, Fault> {
        match bound {
            Bound::Fixed(steps) => Ok(vec![Some(*steps); task.rows.len()]),
            Bound::Sql(lowered) => Ok(self.sql(task, lowered)?.iter().map(|cell| cell.steps(task.ty)).collect()),
        }
    }

    fn one_each(&self, task: &Task<'_>, stretches: &[Period]) -> Vec<Cell> {
        let (all_nth, period) = (&self.nth, self.plan.period);
        let day = |row: &u32| {
            let nth = all_nth[*row as usize] as usize;
            let stretch = stretches.get(nth % stretches.len().max(1)).copied().unwrap_or(period);
            let (first, last) = (day_number(stretch.from), day_number(stretch.last_day()));
            match task.ty {
                ColumnType::Instant => {
                    let minute = task.key.named("minute").between(u64::from(*row), 8 * 60, 17 * 60);
                    Cell::from_steps(task.key.between(u64::from(*row), first, last) * 1_440 + minute, task.ty)
                }
                _ => Cell::from_steps(task.key.between(u64::from(*row), first, last), ColumnType::Date),
            }
        };
        task.rows.par_iter().map(day).collect()
    }

    fn sum(
        &self,
        task: &Task<'_>,
        figure: &Spanned<String>,
        total: i64,
        bounds: Option<(i64, i64)>,
    ) -> Result<Vec<Cell>, Fault> {
        let n = task.rows.len();
        let mean = total / (n.max(1) as i64);
        // At another scale the number of records and the sum need not fit the bounds of the county itself.
        let (low, high) =
            bounds.filter(|_| !self.plan.numbers.is_scaled()).unwrap_or((mean / 5, (mean + 1).saturating_mul(2)));
        let Some(parts) = amounts(task.key, n, total, low, high) else {
            let at = |steps: i64| Cell::from_steps(steps, task.ty).to_json();
            let message = format!(
                "{} cannot be the sum of {n} amounts between {} and {}",
                self.plan.numbers.named(&figure.value),
                at(low),
                at(high)
            );
            return Err(Diagnostic::error("published-contradiction", figure.span, message).into());
        };
        Ok(parts.into_iter().map(|steps| Cell::from_steps(steps, task.ty)).collect())
    }

    fn by_part(&mut self, task: &Task<'_>, parts: &[(String, Filler<'a>)]) -> Result<Vec<Cell>, Fault> {
        // Which setter each part path takes: the one that names its innermost part.
        let chosen: Vec<Option<usize>> = self
            .table
            .paths
            .iter()
            .map(|path| path.iter().rev().find_map(|name| parts.iter().position(|(part, _)| part == name)))
            .collect();
        let mut values = vec![Cell::Null; task.rows.len()];
        for (place, (part, filler)) in parts.iter().enumerate() {
            let mine = |row: &u32| chosen.get(self.table.parts[*row as usize] as usize) == Some(&Some(place));
            let (slots, rows): (Vec<usize>, Vec<u32>) =
                task.rows.iter().enumerate().filter(|(_, row)| mine(row)).map(|(slot, row)| (slot, *row)).unzip();
            if rows.is_empty() {
                continue;
            }
            let inner = Task { rows: &rows, key: task.key.named(part), ..*task };
            for (slot, value) in slots.into_iter().zip(self.values(&inner, filler)?) {
                values[slot] = value;
            }
        }
        Ok(values)
    }

    fn invent(&mut self, task: &Task<'_>, invention: Invention) -> Vec<Cell> {
        let table = &self.table;
        let text = |column: &str, row: u32| {
            table.columns.get(column).and_then(|values| values.get(row as usize)).and_then(Cell::as_text)
        };
        match invention {
            Invention::PersonName => {
                let names = &self.registry.names;
                let name = |row: &u32| names.person(task.key, u64::from(*row), text("sex", *row));
                task.rows.par_iter().map(name).collect()
            }
            Invention::Phone => task.rows.iter().map(|row| phone(task.key, u64::from(*row))).collect(),
            Invention::Address => {
                let org = |row: u32| &self.plan.orgs[self.table.orgs[row as usize] as usize].name;
                task.rows.iter().map(|row| address(task.key, u64::from(*row), org(*row))).collect()
            }
            Invention::CitizenId => {
                let births = self.table.columns.get("birth_on");
                let birth = |row: u32| births.and_then(|values| values.get(row as usize)).and_then(Cell::as_date);
                // One order of days for the whole county, whichever entry a number is given to.
                let key = Key::new("citizen", 0);
                let ids = &mut self.registry.citizen_ids;
                task.rows.iter().map(|row| ids.next(key, birth(*row), text("sex", *row))).collect()
            }
        }
    }

    fn serial(&mut self, task: &Task<'_>, pattern: &str) -> Vec<Cell> {
        let purpose = format!("{}.{}", self.register.common.id, task.column);
        let year = self.plan.period.from.year().to_string();
        let (orgs, table) = (&self.plan.orgs, &self.table);
        let serials = &mut self.registry.serials;
        let next = |row: &u32| {
            let org = orgs[table.orgs[*row as usize] as usize];
            serials.next(&purpose, pattern, |name| match name {
                "year" => year.clone(),
                name => org_fact(org, name).as_text().unwrap_or_default().to_string(),
            })
        };
        task.rows.iter().map(next).collect()
    }

    fn refer(&self, task: &Task<'_>, pool: &Pool<'a>, same: Same) -> Result<Vec<Cell>, Fault> {
        let register = &pool.register.common.id;
        let Some(table) = self.world.tables.get(register) else { return Ok(vec![Cell::Null; task.rows.len()]) };
        let rows = crate::draw::rows_of_pool(self.world, self.evaluator, pool)?;
        let group = self.groups(same);
        let candidates: Vec<(u32, u32)> =
            rows.into_iter().map(|row| (group[table.orgs[row as usize] as usize], row)).collect();
        let births = self.table.columns.get("birth_on");
        let grown = self.plan.period.from.checked_sub(20.years()).unwrap_or(self.plan.period.from);
        let askers: Vec<Asker> = task
            .rows
            .iter()
            .map(|row| {
                let birth = births.and_then(|values| values.get(*row as usize)).and_then(Cell::as_date);
                let group = group[self.table.orgs[*row as usize] as usize];
                Asker { group, first: birth.is_none_or(|birth| birth <= grown) }
            })
            .collect();
        let found = targets(task.key, &askers, &candidates);
        let world = self.world;
        let id = |row: Option<u32>| row.map_or(Cell::Null, |row| world.id_of(register, row as usize));
        Ok(found.into_par_iter().map(id).collect())
    }

    /// The group of each organisation.
    fn groups(&self, same: Same) -> Vec<u32> {
        let orgs = &self.plan.orgs;
        let place = |id: &str| orgs.iter().position(|org| org.id == id);
        let township = |mut at: usize| -> u32 {
            for _ in 0..8 {
                if orgs[at].level == pack::county::Level::Township {
                    return at as u32;
                }
                match orgs[at].parent.as_deref().and_then(place) {
                    Some(parent) => at = parent,
                    None => break,
                }
            }
            at as u32
        };
        (0..orgs.len())
            .map(|at| match same {
                Same::County => 0,
                Same::Org => at as u32,
                Same::Township => township(at),
            })
            .collect()
    }
}

/// Codes in exact proportion, shuffled over the rows.
fn shares(key: Key, n: usize, cells: &[(Cell, u64)]) -> Vec<Cell> {
    let weights: Vec<u64> = cells.iter().map(|(_, weight)| *weight).collect();
    let mut end = 0;
    let bounds: Vec<u64> = in_proportion(n as u64, &weights)
        .into_iter()
        .map(|part| {
            end += part;
            end
        })
        .collect();
    let shuffle = Shuffle::new(key, n as u64);
    let cell = |row: u64| {
        let place = shuffle.at(row);
        cells.get(bounds.partition_point(|bound| *bound <= place)).map_or(Cell::Null, |(cell, _)| cell.clone())
    };
    (0..n as u64).into_par_iter().map(cell).collect()
}

/// The first and the last birth date, as day numbers, of those aged between two on a day.
fn births(on: Date, youngest: i64, oldest: i64) -> (i64, i64) {
    let before = |years: i64| on.checked_sub(years.years()).unwrap_or(on);
    (day_number(before(oldest + 1)) + 1, day_number(before(youngest)))
}

/// The parts of a period of one length, at least one.
pub(crate) fn stretches(period: Period, length: Length) -> Vec<Period> {
    let found = match length {
        Length::Day => Vec::new(),
        length => period.split(length),
    };
    if found.is_empty() { vec![period] } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_hold_on_both_sides() {
        let on = jiff::civil::date(2025, 12, 31);
        let (first, last) = births(on, 65, 74);
        assert_eq!(day_of(first).to_string(), "1951-01-01");
        assert_eq!(day_of(last).to_string(), "1960-12-31");
    }

    #[test]
    fn a_year_has_four_quarters() {
        let quarters = stretches(Period::year(2025), Length::Quarter);
        assert_eq!(
            quarters.iter().map(Period::to_string).collect::<Vec<_>>(),
            ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]
        );
    }
}
