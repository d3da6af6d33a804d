//! Which item of one text is which of the other?
//!
//! Items that are alike in both texts and stand once in each are fixed first, in their longest common order; between
//! them the best alignment is computed, when the gap is small enough to afford it.

use super::Item;
use std::collections::{BTreeMap, BTreeSet};

/// A gap with more cells than this is left unaligned; its items are still looked for elsewhere.
const MAX_CELLS: usize = 4_000_000;
/// Two items are one statement from this likeness on.
const ALIKE: u32 = 40;

/// Pairs of positions, in order.
pub fn pairs(a: &[Item], b: &[Item]) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    let (mut x, mut y) = (0, 0);
    for (i, j) in anchors(a, b).into_iter().chain([(a.len(), b.len())]) {
        gap(&a[x..i], &b[y..j], (x, y), &mut all);
        if i < a.len() {
            all.push((i, j));
        }
        (x, y) = (i + 1, j + 1);
    }
    all
}

fn name(item: &Item) -> (&str, &str, &str, &str) {
    (&item.class, &item.subject, &item.value, &item.before)
}

/// Items that are the same and stand once in each text, as the longest sequence that rises in both.
fn anchors(a: &[Item], b: &[Item]) -> Vec<(usize, usize)> {
    let mut seen: BTreeMap<_, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (n, item) in a.iter().enumerate() {
        seen.entry(name(item)).or_default().0.push(n);
    }
    for (n, item) in b.iter().enumerate() {
        seen.entry(name(item)).or_default().1.push(n);
    }
    let mut once: Vec<(usize, usize)> = seen
        .into_values()
        .filter_map(|(x, y)| match (&x[..], &y[..]) {
            ([x], [y]) => Some((*x, *y)),
            _ => None,
        })
        .collect();
    once.sort_unstable();
    rising(&once)
}

/// The longest subsequence whose second members rise.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; pairs.len()];
    for (n, (_, y)) in pairs.iter().enumerate() {
        let at = ends.partition_point(|end| pairs[*end].1 < *y);
        before[n] = at.checked_sub(1).map(|at| ends[at]);
        match ends.get_mut(at) {
            Some(end) => *end = n,
            None => ends.push(n),
        }
    }
    let mut chain = Vec::new();
    let mut at = ends.last().copied();
    while let Some(n) = at {
        chain.push(pairs[n]);
        at = before[n];
    }
    chain.reverse();
    chain
}

/// The alignment of a gap with the most likeness in all.
fn gap(a: &[Item], b: &[Item], (x, y): (usize, usize), all: &mut Vec<(usize, usize)>) {
    if a.is_empty() || b.is_empty() || a.len() * b.len() > MAX_CELLS {
        return;
    }
    let width = b.len() + 1;
    let mut best = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let skip = best[(i + 1) * width + j].max(best[i * width + j + 1]);
            let likeness = alike(&a[i], &b[j]);
            let take = if likeness >= ALIKE { best[(i + 1) * width + j + 1] + likeness } else { 0 };
            best[i * width + j] = skip.max(take);
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let here = best[i * width + j];
        let likeness = alike(&a[i], &b[j]);
        if likeness >= ALIKE && here == best[(i + 1) * width + j + 1] + likeness {
            all.push((x + i, y + j));
            (i, j) = (i + 1, j + 1);
        } else if here == best[(i + 1) * width + j] {
            i += 1;
        } else {
            j += 1;
        }
    }
}

/// How much two items look like one statement, from 0 to 100.
fn alike(a: &Item, b: &Item) -> u32 {
    if a.class != b.class {
        return 0;
    }
    let mut likeness = 30 * u32::from(a.value == b.value);
    likeness += names(&a.subject, &b.subject) * 40 / 100;
    likeness += 20 * u32::from(tail(&a.before, 3) == tail(&b.before, 3));
    likeness += 10 * u32::from(head(&a.after, 3) == head(&b.after, 3));
    // A day or a document number has no subject; the words around it are its name.
    if a.subject.is_empty() && b.subject.is_empty() {
        likeness -= 40;
        likeness += 30 * u32::from(tail(&a.before, 2) == tail(&b.before, 2))
            + 10 * u32::from(head(&a.after, 2) == head(&b.after, 2));
    }
    likeness
}

fn tail(text: &str, n: usize) -> String {
    text.chars().rev().take(n).collect()
}

fn head(text: &str, n: usize) -> String {
    text.chars().take(n).collect()
}

/// How alike two names are by their pairs of characters, from 0 to 100.
pub fn names(a: &str, b: &str) -> u32 {
    if a == b {
        return 100;
    }
    let pairs = |text: &str| -> BTreeSet<(char, char)> { text.chars().zip(text.chars().skip(1)).collect() };
    let (x, y) = (pairs(a), pairs(b));
    if x.is_empty() || y.is_empty() {
        return 0;
    }
    u32::try_from(x.intersection(&y).count() * 200 / (x.len() + y.len())).unwrap_or(0)
}
