//! Who is in one figure and not in the other?
//!
//! Two figures are two sets. Between two moments their difference is what changed since a report went out; between two
//! definitions, whom a change of rules would move.

use crate::error::IndicatorError;
use crate::rows::{RowPage, RowQuery, listed_ids, rows_of_ids};
use columns::Snapshot;
use std::cmp::Ordering;

/// One side of a difference: which rows, seen how.
#[derive(Clone, Copy)]
pub struct Figure<'f> {
    /// The records and packs.
    pub snapshot: &'f Snapshot,
    /// The rows.
    pub query: &'f RowQuery,
}

/// What lies between two figures.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Rows only in the second one: at most as many as its query allows; `total` says how many there are.
    pub added: RowPage,
    /// Rows only in the first one, likewise.
    pub removed: RowPage,
    /// Rows in both whose columns differ, as the second one has them, likewise.
    pub changed: RowPage,
    /// How many rows are the same in both.
    pub n_same: u64,
}

/// Compares two figures row by row.
///
/// # Errors
/// As for [`rows`](crate::rows()).
pub fn difference(first: Figure<'_>, second: Figure<'_>) -> Result<Difference, IndicatorError> {
    let (before, after) = (listed_ids(first.snapshot, first.query)?, listed_ids(second.snapshot, second.query)?);
    let (mut added, mut removed, mut changed, mut n_same) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let (mut old, mut new) = (before.into_iter().peekable(), after.into_iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((a, _)), Some((b, _))) => a.cmp(b),
        };
        match order {
            Ordering::Less => removed.extend(old.next().map(|(id, _)| id)),
            Ordering::Greater => added.extend(new.next().map(|(id, _)| id)),
            Ordering::Equal => match (old.next(), new.next()) {
                (Some((_, was)), Some((id, is))) if was != is => changed.push(id),
                _ => n_same += 1,
            },
        }
    }
    Ok(Difference {
        added: rows_of_ids(second.snapshot, second.query, &added)?,
        removed: rows_of_ids(first.snapshot, first.query, &removed)?,
        changed: rows_of_ids(second.snapshot, second.query, &changed)?,
        n_same,
    })
}
