//! How likely is each level among matches, and among different people?
//!
//! After Fellegi and Sunter: *u* from random pairs, *m* by expectation and maximisation over the pairs of training rules,
//! with *u* held. Same people, same spec, same seed: the same numbers, whatever the number of threads.

use crate::block::Blocks;
use crate::compare::Comparer;
use crate::people::People;
use crate::spec::{Block, Spec, SpecError};
use rayon::prelude::*;

/// Rounds of learning at most; it stops when nothing moves by more than [`STILL`].
const MOST_ROUNDS: usize = 100;
const STILL: f64 = 1e-6;
/// What was never seen is rare, not impossible.
const RAREST: f64 = 1e-7;

/// What was learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The probability that two people drawn at random are one.
    pub prior: f64,
    /// Per comparison and level ("missing" first, "nothing holds" last) the probability among matches.
    pub m: Vec<Vec<f64>>,
    /// The same among different people.
    pub u: Vec<Vec<f64>>,
}

impl Model {
    /// Learns from the people themselves.
    ///
    /// # Errors
    /// [`SpecError`] when the spec names what is not there.
    pub fn learn(people: &People, spec: &Spec, seed: u64) -> Result<Self, SpecError> {
        let comparer = Comparer::new(people, spec)?;
        let u = random_levels(&comparer, spec, seed);
        let prior = prior(people, spec)?;
        let mut learnt: Vec<Vec<Vec<f64>>> = vec![Vec::new(); spec.comparisons.len()];
        for block in &spec.training {
            for (comparison, m) in train(&comparer, spec, block, &u)? {
                learnt[comparison].push(m);
            }
        }
        let m = learnt.iter().zip(&u).map(|(sessions, u)| average(sessions, u)).collect();
        Ok(Self { prior, m, u })
    }

    /// How many bits a level speaks for a match (or against it, when negative). A missing value says nothing.
    pub fn weight(&self, comparison: usize, level: usize) -> f64 {
        if level == 0 { 0.0 } else { (self.m[comparison][level] / self.u[comparison][level]).log2() }
    }

    /// The bits before anything is compared.
    pub fn prior_weight(&self) -> f64 {
        (self.prior / (1.0 - self.prior)).log2()
    }
}

fn prior(people: &People, spec: &Spec) -> Result<f64, SpecError> {
    let n_found = Blocks::new(people, &spec.certain)?.n_pairs() as f64;
    Ok((n_found.max(1.0) / spec.recall / people.n_pairs().max(1.0)).clamp(1e-12, 0.5))
}

/// The levels of random pairs.
fn random_levels(comparer: &Comparer<'_>, spec: &Spec, seed: u64) -> Vec<Vec<f64>> {
    let n_people = (comparer.people().len() as u64).max(1);
    let empty = || vec![0_u64; comparer.n_patterns];
    let patterns = (0..spec.n_random_pairs)
        .into_par_iter()
        .with_min_len(65_536)
        .fold(empty, |mut counts, n| {
            let (a, b) = ((random(seed, n, 0) % n_people) as u32, (random(seed, n, 1) % n_people) as u32);
            if a != b && comparer.people().may_pair(a, b) {
                counts[comparer.pattern(a, b) as usize] += 1;
            }
            counts
        })
        .reduce(empty, |a, b| a.into_iter().zip(b).map(|(x, y)| x + y).collect());
    let mut counts: Vec<Vec<f64>> = comparer.n_levels().map(|n| vec![0.0; n]).collect();
    for (pattern, n) in patterns.iter().enumerate().filter(|(_, n)| **n > 0) {
        let levels = comparer.levels(pattern as u32);
        counts.iter_mut().zip(levels).for_each(|(counts, level)| counts[level as usize] += *n as f64);
    }
    counts.iter().map(|counts| unseen(shares(counts), counts)).collect()
}

/// What no random pair has shown is taken to be half as frequent as one pair would make it.
fn unseen(shares: Vec<f64>, counts: &[f64]) -> Vec<f64> {
    let least = 0.5 / counts[1..].iter().sum::<f64>().max(1.0);
    shares.into_iter().map(|share| share.max(least)).collect()
}

/// A number of its own for every place: counter based, so that threads do not matter (SplitMix64).
fn random(seed: u64, n: u32, which: u64) -> u64 {
    let mut x = seed.wrapping_add((u64::from(n) * 2 + which + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Shares of what is not missing.
fn shares(counts: &[f64]) -> Vec<f64> {
    let sum: f64 = counts[1..].iter().sum();
    counts.iter().enumerate().map(|(n, count)| if n == 0 { 1.0 } else { (count / sum.max(1.0)).max(RAREST) }).collect()
}

/// Expectation and maximisation over the pairs of one rule, for the comparisons the rule neither reads nor implies: among
/// people with one citizen number, all share the birth date, matches or not.
fn train(
    comparer: &Comparer<'_>,
    spec: &Spec,
    block: &Block,
    u: &[Vec<f64>],
) -> Result<Vec<(usize, Vec<f64>)>, SpecError> {
    let blocks = Blocks::new(comparer.people(), std::slice::from_ref(block))?;
    let counts = blocks.count(comparer.n_patterns, |a, b| comparer.pattern(a, b));
    let read = |column: &str| block.iter().any(|key| key.column == column);
    let implied = |column: &String| {
        spec.comparisons.iter().any(|comparison| read(&comparison.column) && comparison.implies.contains_key(column))
    };
    let is_open = |n: &usize| !read(&spec.comparisons[*n].column) && !implied(&spec.comparisons[*n].column);
    let learning: Vec<usize> = (0..spec.comparisons.len()).filter(is_open).collect();
    let seen: Vec<(Vec<u32>, f64)> = counts
        .iter()
        .enumerate()
        .filter(|(_, n)| **n > 0)
        .map(|(pattern, n)| (comparer.levels(pattern as u32), *n as f64))
        .collect();
    let n_pairs: f64 = seen.iter().map(|(_, n)| n).sum();
    if n_pairs < 1.0 {
        return Ok(Vec::new());
    }
    let mut m: Vec<Vec<f64>> = u.iter().map(|u| first_guess(u.len())).collect();
    let mut lambda = 0.5;
    for _ in 0..MOST_ROUNDS {
        let mut sums: Vec<Vec<f64>> = u.iter().map(|u| vec![0.0; u.len()]).collect();
        let mut n_matches = 0.0;
        for (levels, n) in &seen {
            let odds = learning.iter().fold(lambda / (1.0 - lambda), |odds, c| {
                let level = levels[*c] as usize;
                if level == 0 || !comparer.counts(levels, *c) { odds } else { odds * m[*c][level] / u[*c][level] }
            });
            let expected = n * odds / (1.0 + odds);
            n_matches += expected;
            learning.iter().for_each(|c| sums[*c][levels[*c] as usize] += expected);
        }
        let next: Vec<Vec<f64>> = sums.iter().map(|sums| shares(sums)).collect();
        let moved = learning.iter().flat_map(|c| m[*c].iter().zip(&next[*c])).map(|(a, b)| (a - b).abs());
        let moved = moved.fold(0.0, f64::max);
        learning.iter().for_each(|c| m[*c].clone_from(&next[*c]));
        lambda = (n_matches / n_pairs).clamp(1e-9, 1.0 - 1e-9);
        if moved < STILL {
            break;
        }
    }
    Ok(learning.into_iter().map(|c| (c, m[c].clone())).collect())
}

/// Before anything is known, matches mostly agree.
fn first_guess(n_levels: usize) -> Vec<f64> {
    let n_rest = n_levels.saturating_sub(2).max(1) as f64;
    (0..n_levels).map(|n| if n <= 1 { if n == 0 { 1.0 } else { 0.9 } } else { 0.1 / n_rest }).collect()
}

/// What several rules taught, level by level, brought to a sum of one. Without any, matches are taken to agree mostly.
fn average(sessions: &[Vec<f64>], u: &[f64]) -> Vec<f64> {
    if sessions.is_empty() {
        return first_guess(u.len());
    }
    let mean = |level: usize| sessions.iter().map(|m| m[level]).sum::<f64>() / sessions.len() as f64;
    shares(&(0..u.len()).map(mean).collect::<Vec<_>>())
}
