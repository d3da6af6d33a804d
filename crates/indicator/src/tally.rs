//! What do the passes give for every organisation of the tree?

use crate::engine::Engine;
use crate::error::IndicatorError;
use crate::pass::{Pass, Statement};
use crate::roads::Roads;
use crate::slot::Slot;
use base::Decimal;
use columns::engine::Value as Cell;
use pack::model::AggregateKind;
use std::collections::BTreeMap;

/// The numbers of one slot at one place.
pub(crate) type Numbers = Vec<Option<Decimal>>;

/// The numbers of a slot by the place of an organisation in the tree, and the values of its breakdown; none of those
/// for the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally(BTreeMap<(usize, Vec<String>), Numbers>);

impl Tally {
    /// The numbers of a cell; none when no row is in it.
    pub fn get(&self, org: usize, cell: &[String]) -> &[Option<Decimal>] {
        self.0.get(&(org, cell.to_vec())).map_or(&[], Vec::as_slice)
    }

    /// Every cell but the wholes.
    pub fn cells(&self) -> impl Iterator<Item = &(usize, Vec<String>)> {
        self.0.keys().filter(|(_, cell)| !cell.is_empty())
    }

    /// How many numbers it keeps.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes in what another pass found for the same slot.
    pub fn merge(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(key, numbers)| (key.clone(), numbers.clone())));
    }

    fn add(&mut self, kind: AggregateKind, key: (usize, Vec<String>), numbers: &[Option<Decimal>]) {
        let Some(known) = self.0.get_mut(&key) else {
            self.0.insert(key, numbers.to_vec());
            return;
        };
        for (total, number) in known.iter_mut().zip(numbers) {
            *total = match (*total, *number) {
                (Some(a), Some(b)) => Some(match kind {
                    AggregateKind::Max => a.max(b),
                    AggregateKind::Min => a.min(b),
                    _ => a + b,
                }),
                (a, b) => a.or(b),
            };
        }
    }
}

/// Runs a statement and adds its rows up the tree: for each pass, the tally of each of its items.
pub(crate) fn tallies(
    snapshot: &dyn Engine,
    statement: &Statement,
    slots: &[Slot],
    roads: &Roads<'_>,
) -> Result<Vec<Vec<Tally>>, IndicatorError> {
    let mut tallies: Vec<Vec<Tally>> =
        statement.passes.iter().map(|pass| vec![Tally::default(); pass.items.len()]).collect();
    if statement.passes.is_empty() {
        return Ok(tallies);
    }
    snapshot.answer(&statement.compiled, &mut |row| {
        let [number, org, epoch, cell, numbers] = row else { return };
        let place = |value: &Cell| value.as_int().and_then(|n| usize::try_from(n).ok());
        let (Some(number), Some(epoch)) = (place(number), place(epoch)) else { return };
        let Some(pass) = statement.passes.get(number) else { return };
        take(&mut tallies[number], pass, slots, roads, &Row { org: org.as_text(), epoch, cell, numbers });
    })?;
    Ok(tallies)
}

struct Row<'r> {
    org: Option<&'r str>,
    epoch: usize,
    cell: &'r Cell,
    numbers: &'r Cell,
}

/// One row's numbers go to its own cell, its whole, and the same of everything above it.
fn take(tallies: &mut [Tally], pass: &Pass, slots: &[Slot], roads: &Roads<'_>, row: &Row<'_>) {
    let (cell, numbers) = (texts(row.cell), decimals(row.numbers));
    let n_up = if pass.climbs { usize::MAX } else { 1 };
    let path: Vec<usize> = roads.path(row.org, row.epoch).take(n_up).collect();
    let mut start = 0;
    for (item, tally) in pass.items.iter().zip(tallies) {
        let own = &numbers[start..start + item.n_numbers()];
        start += item.n_numbers();
        let kind = slots[item.slot].aggregate.kind;
        for org in &path {
            if pass.climbs || cell.is_empty() {
                tally.add(kind, (*org, Vec::new()), own);
            }
            if !cell.is_empty() {
                tally.add(kind, (*org, cell.clone()), own);
            }
        }
    }
}

fn texts(cell: &Cell) -> Vec<String> {
    let Cell::Many(items) = cell else { return Vec::new() };
    items.iter().map(|item| item.as_text().unwrap_or_default().to_string()).collect()
}

fn decimals(numbers: &Cell) -> Numbers {
    let Cell::Many(items) = numbers else { return Vec::new() };
    items.iter().map(|item| item.as_decimal().map(|n| n.normalize())).collect()
}
