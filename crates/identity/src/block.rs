//! Which pairs are worth comparing?
//!
//! Pairs that agree in the keys of one of the rules, each once: a rule passes over what an earlier rule has found.

use crate::people::{MISSING, People};
use crate::spec::{Block, SpecError};
use rayon::prelude::*;

/// People in the order of each rule's keys.
pub(crate) struct Blocks<'a> {
    people: &'a People,
    rules: Vec<Rule>,
}

struct Rule {
    /// One number per person and key.
    keys: Vec<Vec<u32>>,
    /// Persons that have every key, in the order of their keys.
    order: Vec<u32>,
    /// For each place in `order`, where its block ends.
    ends: Vec<u32>,
}

impl<'a> Blocks<'a> {
    pub fn new(people: &'a People, blocks: &[Block]) -> Result<Self, SpecError> {
        let rules = blocks.iter().map(|block| Rule::new(people, block)).collect::<Result<_, _>>()?;
        Ok(Self { people, rules })
    }

    /// Gives every pair to `visit`, which returns what is worth keeping. The answers come in a fixed order: by rule, then
    /// by the rule's keys, however many threads there are.
    pub fn pairs<T: Send>(&self, visit: impl Fn(u32, u32) -> Option<T> + Sync) -> Vec<T> {
        let mut kept = Vec::new();
        for n in 0..self.rules.len() {
            kept.par_extend(
                self.places(n).flat_map_iter(|place| self.partners(n, place).filter_map(|(a, b)| visit(a, b))),
            );
        }
        kept
    }

    /// How many pairs have which pattern.
    pub fn count(&self, n_patterns: usize, pattern: impl Fn(u32, u32) -> u32 + Sync) -> Vec<u64> {
        let mut counts = vec![0_u64; n_patterns];
        for n in 0..self.rules.len() {
            let of_rule = self
                .places(n)
                .with_min_len(4_096)
                .fold(
                    || vec![0_u64; n_patterns],
                    |mut counts, place| {
                        self.partners(n, place).for_each(|(a, b)| counts[pattern(a, b) as usize] += 1);
                        counts
                    },
                )
                .reduce(|| vec![0_u64; n_patterns], |a, b| a.into_iter().zip(b).map(|(x, y)| x + y).collect());
            counts.iter_mut().zip(of_rule).for_each(|(sum, count)| *sum += count);
        }
        counts
    }

    /// How many pairs there are.
    pub fn n_pairs(&self) -> u64 {
        let of_rule = |n| self.places(n).map(|place| self.partners(n, place).count() as u64).sum::<u64>();
        (0..self.rules.len()).map(of_rule).sum()
    }

    fn places(&self, rule: usize) -> rayon::range::Iter<usize> {
        (0..self.rules[rule].order.len()).into_par_iter()
    }

    /// The pairs of the person at a place with those after it in the block, the earlier person first.
    fn partners(&self, rule: usize, place: usize) -> impl Iterator<Item = (u32, u32)> + '_ {
        let Rule { order, ends, .. } = &self.rules[rule];
        let one = order[place];
        order[place + 1..ends[place] as usize]
            .iter()
            .map(move |other| (one.min(*other), one.max(*other)))
            .filter(move |(a, b)| self.people.may_pair(*a, *b) && !self.found_before(rule, *a, *b))
    }

    fn found_before(&self, rule: usize, a: u32, b: u32) -> bool {
        self.rules[..rule].iter().any(|earlier| earlier.finds(a, b))
    }
}

impl Rule {
    fn new(people: &People, block: &Block) -> Result<Self, SpecError> {
        let mut keys = Vec::new();
        for key in block {
            keys.push(people.columns[people.column(&key.column)?].keys(key.take));
        }
        let has_all = |person: &u32| keys.iter().all(|key| key[*person as usize] != MISSING);
        let mut order: Vec<u32> = (0..people.len() as u32).filter(has_all).collect();
        let of = |person: u32| keys.iter().map(move |key| key[person as usize]);
        order.par_sort_unstable_by(|a, b| of(*a).cmp(of(*b)).then(a.cmp(b)));
        let mut ends = vec![order.len() as u32; order.len()];
        for place in (1..order.len()).rev() {
            let same = of(order[place - 1]).eq(of(order[place]));
            ends[place - 1] = if same { ends[place] } else { place as u32 };
        }
        Ok(Self { keys, order, ends })
    }

    fn finds(&self, a: u32, b: u32) -> bool {
        self.keys.iter().all(|key| key[a as usize] != MISSING && key[a as usize] == key[b as usize])
    }
}
