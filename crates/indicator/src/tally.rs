//! What do the passes give for every organisation of the tree?

use crate::engine::Engine;
use crate::error::IndicatorError;
use crate::pass::Statement;
use crate::slot::Slot;
use base::Decimal;
use columns::engine::Value as Cell;
use pack::county::OrgTree;
use pack::model::AggregateKind;
use std::collections::BTreeMap;

/// The numbers of a slot by organisation and breakdown values.
pub type Tally = BTreeMap<(String, Vec<String>), Vec<Option<Decimal>>>;

/// Runs a statement and adds its rows up the tree. Organisations the tree does not know count for the county.
pub fn tallies(
    snapshot: &dyn Engine,
    statement: &Statement,
    slots: &[Slot],
    orgs: &OrgTree,
) -> Result<Vec<Tally>, IndicatorError> {
    let mut tallies: Vec<Tally> = vec![Tally::new(); slots.len()];
    let root = orgs.root().map_or_else(String::new, |org| org.id.clone());
    snapshot.answer(&statement.compiled, &mut |row| {
        let [pass, org, cell, numbers] = row else { return };
        let Some(layout) = pass.as_int().and_then(|n| statement.passes.get(usize::try_from(n).ok()?)) else { return };
        let cell = texts(cell);
        let numbers = decimals(numbers);
        let org = org.as_text().filter(|id| orgs.get(id).is_some()).unwrap_or(&root);
        let mut start = 0;
        for (slot, n_numbers) in layout {
            let own = &numbers[start..start + n_numbers];
            start += n_numbers;
            let (tally, kind) = (&mut tallies[*slot], slots[*slot].aggregate.kind);
            if slots[*slot].adds_up() {
                add_up(tally, kind, orgs, org, &cell, own);
            } else {
                tally.insert((org.to_string(), cell.clone()), own.to_vec());
            }
        }
    })?;
    Ok(tallies)
}

/// Adds a leaf's numbers to its own cell, its whole, and the same of everything above it.
fn add_up(
    tally: &mut Tally,
    kind: AggregateKind,
    orgs: &OrgTree,
    org: &str,
    cell: &[String],
    numbers: &[Option<Decimal>],
) {
    let mut path: Vec<&str> = orgs.path(org).map(|org| org.id.as_str()).collect();
    if path.is_empty() {
        path.push(org);
    }
    for ancestor in path {
        combine(tally, kind, (ancestor.to_string(), Vec::new()), numbers);
        if !cell.is_empty() {
            combine(tally, kind, (ancestor.to_string(), cell.to_vec()), numbers);
        }
    }
}

fn combine(tally: &mut Tally, kind: AggregateKind, key: (String, Vec<String>), numbers: &[Option<Decimal>]) {
    let Some(known) = tally.get_mut(&key) else {
        tally.insert(key, numbers.to_vec());
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

fn texts(cell: &Cell) -> Vec<String> {
    let Cell::Many(items) = cell else { return Vec::new() };
    items.iter().map(|item| item.as_text().unwrap_or_default().to_string()).collect()
}

fn decimals(numbers: &Cell) -> Vec<Option<Decimal>> {
    let Cell::Many(items) = numbers else { return Vec::new() };
    items.iter().map(|item| item.as_decimal().map(|n| n.normalize())).collect()
}
