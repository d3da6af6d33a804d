//! To which earlier record does a new one belong?
//!
//! Members over households, contracts over teams: every target gets one before any gets two. Knows rows and groups;
//! never what a register means.

use crate::random::{Key, Shuffle};
use std::collections::BTreeMap;

/// How near a referred record must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// Anywhere in the county.
    County,
    /// In the same organisation.
    Org,
    /// In the same township.
    Township,
}

/// Members that one target can take beyond its first, while there is room elsewhere.
const ROOM: u64 = 6;

/// One row asking for a target.
#[derive(Debug, Clone, Copy)]
pub struct Asker {
    /// Its group: an organisation or a township.
    pub group: u32,
    /// Served before others, so that every target gets one of these if there are enough: adults before children.
    pub first: bool,
}

/// The target of each asker, out of those of its group; out of all where its group has none. `None` when there is no
/// target at all.
///
/// With `m` askers and `h` targets, the first `h` go one to each; the others take places at random, at most seven in
/// all to a target, as long as that is possible.
pub fn targets(key: Key, askers: &[Asker], candidates: &[(u32, u32)]) -> Vec<Option<u32>> {
    let mut by_group: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (group, row) in candidates {
        by_group.entry(*group).or_default().push(*row);
    }
    let everywhere: Vec<u32> = candidates.iter().map(|(_, row)| *row).collect();
    let mut rows_by_group: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (row, asker) in askers.iter().enumerate() {
        rows_by_group.entry(asker.group).or_default().push(row);
    }
    let mut found = vec![None; askers.len()];
    for (group, rows) in rows_by_group {
        let pool = by_group.get(&group).unwrap_or(&everywhere);
        let key = key.numbered(u64::from(group));
        let h = pool.len() as u64;
        if h == 0 {
            continue;
        }
        let order = Shuffle::new(key.named("askers"), rows.len() as u64);
        let shuffled: Vec<usize> = (0..rows.len() as u64).map(|place| rows[order.at(place) as usize]).collect();
        let (first, rest): (Vec<usize>, Vec<usize>) = shuffled.into_iter().partition(|row| askers[*row].first);
        let spread = Shuffle::new(key.named("targets"), h);
        let places = Shuffle::new(key.named("places"), h * ROOM);
        for (rank, row) in first.into_iter().chain(rest).enumerate() {
            let rank = rank as u64;
            let place = match rank.checked_sub(h) {
                None => spread.at(rank),
                Some(beyond) if (rows.len() as u64) - h <= h * ROOM => places.at(beyond) / ROOM,
                Some(_) => spread.at(rank % h),
            };
            found[row] = pool.get(place as usize).copied();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn households_have_one_to_seven_members(seed: u64, h in 1_u32..60, more in 0_u32..300) {
            let n = h + more.min(h * 6);
            let askers: Vec<Asker> = (0..n).map(|row| Asker { group: 1, first: row % 2 == 0 }).collect();
            let candidates: Vec<(u32, u32)> = (0..h).map(|row| (1, row)).collect();
            let mut sizes = vec![0; h as usize];
            for target in targets(Key::new("x", seed), &askers, &candidates).into_iter().flatten() {
                sizes[target as usize] += 1;
            }
            prop_assert!(sizes.iter().all(|size| (1..=7).contains(size)), "{:?}", sizes);
        }
    }

    #[test]
    fn a_group_without_targets_looks_further() {
        let askers = [Asker { group: 1, first: true }, Asker { group: 2, first: true }];
        assert_eq!(targets(Key::new("x", 1), &askers, &[(2, 9)]), [Some(9), Some(9)]);
        assert_eq!(targets(Key::new("x", 1), &askers, &[]), [None, None]);
    }
}
