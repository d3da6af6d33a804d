//! How large is each part of a set of records, and which record is in which?
//!
//! Solves a tree of parts to whole numbers before any record exists. Knows sizes and published numbers; never a record.

use crate::divide::{in_proportion, whole_weights};
use crate::figures::{Numbers, RateShape};
use crate::random::{Key, Shuffle};
use base::{Decimal, Diagnostic, Rounding, Span};
use pack::Catalog;
use pack::model::{Amount, PartAmount, PartTree};

/// A part without parts of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Names from the outermost part inwards.
    pub path: Vec<String>,
    /// Number of records in it.
    pub n: u64,
}

/// Solves sizes with the county's numbers and collects what cannot be.
pub struct Sizes<'a> {
    /// Definitions, for the shape of rates.
    pub catalog: &'a Catalog,
    /// Published numbers.
    pub numbers: &'a Numbers,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

impl Sizes<'_> {
    /// The leaves of a tree over `whole` records; their sizes add up to `whole`.
    pub fn leaves(&mut self, tree: &PartTree, whole: u64) -> Vec<Leaf> {
        let sizes = self.level(tree, whole);
        let mut leaves = Vec::new();
        for ((name, (_, below)), n) in tree.parts.iter().zip(sizes) {
            match below {
                None => leaves.push(Leaf { path: vec![name.clone()], n }),
                Some(below) => leaves.extend(self.leaves(below, n).into_iter().map(|mut leaf| {
                    leaf.path.insert(0, name.clone());
                    leaf
                })),
            }
        }
        leaves
    }

    /// The sizes of the parts side by side.
    fn level(&mut self, tree: &PartTree, whole: u64) -> Vec<u64> {
        let mut sizes: Vec<Option<u64>> = Vec::new();
        let mut shares = Vec::new();
        let mut names = Vec::new();
        let place = tree.parts.values().next().map_or_else(Span::default, |(size, _)| size.span);
        for (size, _) in tree.parts.values() {
            let found = match &size.value {
                PartAmount::Share(share) => {
                    shares.push(*share);
                    sizes.push(None);
                    continue;
                }
                PartAmount::Rest | PartAmount::N(Amount::Rest) => {
                    sizes.push(None);
                    continue;
                }
                PartAmount::Rate(rate) => {
                    names.push(self.numbers.named(&rate.value));
                    self.rate(&rate.value, rate.span, whole)
                }
                PartAmount::N(amount) => {
                    if let Amount::Figure(name) = amount {
                        names.push(self.numbers.named(&name.value));
                    }
                    self.amount(amount, size.span)
                }
            };
            sizes.push(Some(found.unwrap_or(0)));
        }
        let has_rest = tree.parts.values().any(|(size, _)| is_rest(&size.value));
        let fixed: u64 = sizes.iter().flatten().sum();
        let shared: Decimal = shares.iter().sum();
        let wanted = if has_rest || shared < Decimal::ONE {
            u64::try_from(Rounding::HalfUp.apply(shared * Decimal::from(whole), 0)).unwrap_or(0)
        } else {
            whole.saturating_sub(fixed)
        };
        let closes = if has_rest { fixed + wanted <= whole } else { fixed + wanted == whole };
        if !closes && self.numbers.is_scaled() {
            let weights: Vec<u64> = sizes.iter().map(|size| size.unwrap_or(0)).collect();
            return in_proportion(whole, &weights);
        }
        if !closes {
            let from = if names.is_empty() { String::new() } else { format!(" by {}", names.join(", ")) };
            let message = format!("the parts come to {} of {whole}{from}", fixed + wanted);
            self.diagnostics.push(
                Diagnostic::error("published-contradiction", place, message)
                    .help("mark which figure to believe in the county's file of figures, or give one part as rest"),
            );
        }
        let mut by_share = in_proportion(wanted, &whole_weights(&shares)).into_iter();
        let rest = whole.saturating_sub(fixed + wanted);
        let solved = tree.parts.values().zip(sizes).map(|((size, _), solved)| match (&size.value, solved) {
            (_, Some(n)) => n,
            (PartAmount::Share(_), None) => by_share.next().unwrap_or(0),
            _ => rest,
        });
        solved.collect()
    }

    fn rate(&mut self, name: &str, span: Span, whole: u64) -> Option<u64> {
        let Some(indicator) = self.catalog.indicator(name.split('[').next().unwrap_or(name)) else {
            let message = format!("\"{name}\" is not a known indicator");
            let near = self.catalog.near_indicator(name);
            self.diagnostics.push(Diagnostic::error("unknown-indicator", span, message).suggest(near));
            return None;
        };
        let indicator = indicator.latest();
        let shape = RateShape {
            times: indicator.times,
            digits: indicator.digits,
            rounding: indicator.round,
            of_rest: indicator.unit.value == "sex_ratio",
        };
        let found = self.numbers.numerator(name, shape, whole);
        self.published(found, name, span)
    }

    /// A number of records; `None` when it rests on a figure that was not published, which is warned of.
    pub fn amount(&mut self, amount: &Amount, span: Span) -> Option<u64> {
        match amount {
            Amount::Fixed(n) => Some(*n),
            Amount::Between(low, high) => Some(low + (high - low) / 2),
            Amount::Figure(name) => {
                self.known(&name.value, name.span)?;
                let found = self.numbers.count(&name.value);
                self.published(found, &name.value, name.span)
            }
            Amount::Share { of, rate } => {
                self.known(&of.value, of.span)?;
                let found = self.numbers.count(&of.value);
                let whole = self.published(found, &of.value, of.span)?;
                u64::try_from(Rounding::HalfUp.apply(*rate * Decimal::from(whole), 0)).ok()
            }
            Amount::PerPart(_) | Amount::Rest => {
                let message = "a number is wanted here: a figure, a whole number, {between: […]} or {of: …, rate: …}";
                self.diagnostics.push(Diagnostic::error("wrong-kind", span, message));
                None
            }
        }
    }

    fn known(&mut self, name: &str, span: Span) -> Option<()> {
        let indicator = name.split('[').next().unwrap_or(name);
        if self.catalog.indicator(indicator).is_some() {
            return Some(());
        }
        let message = format!("\"{indicator}\" is not a known indicator");
        let near = self.catalog.near_indicator(indicator);
        self.diagnostics.push(Diagnostic::error("unknown-indicator", span, message).suggest(near));
        None
    }

    fn published<T>(&mut self, found: Result<Option<T>, Diagnostic>, name: &str, span: Span) -> Option<T> {
        match found {
            Ok(Some(number)) => Some(number),
            Ok(None) => {
                let message = format!("the county published no \"{name}\"; nothing is invented for it");
                self.diagnostics.push(Diagnostic::warning("nothing-published", span, message));
                None
            }
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic.label(span, "needed here"));
                None
            }
        }
    }
}

fn is_rest(size: &PartAmount) -> bool {
    matches!(size, PartAmount::Rest | PartAmount::N(Amount::Rest))
}

/// Which leaf each of `n` records is in, shuffled; exact for every leaf.
pub fn assign(key: Key, leaves: &[Leaf], n: usize) -> Vec<u16> {
    let mut bounds = Vec::with_capacity(leaves.len());
    let mut end = 0;
    for leaf in leaves {
        end += leaf.n;
        bounds.push(end);
    }
    let shuffle = Shuffle::new(key, n as u64);
    (0..n as u64)
        .map(|row| {
            let place = shuffle.at(row);
            bounds.partition_point(|bound| *bound <= place).min(leaves.len().saturating_sub(1)) as u16
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use indexmap::IndexMap;
    use pack::model::Spanned;
    use proptest::prelude::*;

    fn tree(parts: Vec<(&str, PartAmount, Option<PartTree>)>) -> PartTree {
        let parts: IndexMap<_, _> = parts
            .into_iter()
            .map(|(name, size, below)| (name.to_string(), (Spanned::new(size, Span::default()), below.map(Box::new))))
            .collect();
        PartTree { parts }
    }

    fn solve(tree: &PartTree, whole: u64) -> (Vec<(String, u64)>, Vec<Diagnostic>) {
        let catalog = Catalog::default();
        let numbers = Numbers::new([], Decimal::ONE, Key::new("x", 1));
        let mut sizes = Sizes { catalog: &catalog, numbers: &numbers, diagnostics: Vec::new() };
        let leaves = sizes.leaves(tree, whole).into_iter().map(|leaf| (leaf.path.join("/"), leaf.n)).collect();
        (leaves, sizes.diagnostics)
    }

    #[test]
    fn parts_nest_and_the_rest_remains() {
        let inner = tree(vec![("biopsy", PartAmount::N(Amount::Fixed(3)), None), ("seen", PartAmount::Rest, None)]);
        let outer =
            tree(vec![("scope", PartAmount::N(Amount::Fixed(10)), Some(inner)), ("negative", PartAmount::Rest, None)]);
        let (leaves, diagnostics) = solve(&outer, 100);
        assert!(diagnostics.is_empty());
        assert_eq!(leaves, [("scope/biopsy".into(), 3), ("scope/seen".into(), 7), ("negative".into(), 90)]);
    }

    #[test]
    fn a_part_larger_than_its_whole_is_a_contradiction() {
        let parts = tree(vec![("a", PartAmount::N(Amount::Fixed(11)), None), ("b", PartAmount::Rest, None)]);
        assert_eq!(solve(&parts, 10).1[0].code, "published-contradiction");
        let open = tree(vec![("a", PartAmount::N(Amount::Fixed(9)), None)]);
        assert_eq!(solve(&open, 10).1[0].code, "published-contradiction");
    }

    proptest! {
        #[test]
        fn every_record_is_in_one_part(whole in 1_u64..5_000, a in 0_i64..50, b in 0_i64..50, seed: u64) {
            let share = |n| PartAmount::Share(Decimal::new(n, 2));
            let parts = tree(vec![("a", share(a), None), ("b", share(b), None), ("c", PartAmount::Rest, None)]);
            let catalog = Catalog::default();
            let numbers = Numbers::new([], Decimal::ONE, Key::new("x", 1));
            let mut sizes = Sizes { catalog: &catalog, numbers: &numbers, diagnostics: Vec::new() };
            let leaves = sizes.leaves(&parts, whole);
            prop_assert_eq!(leaves.iter().map(|leaf| leaf.n).sum::<u64>(), whole);
            let rows = assign(Key::new("x", seed), &leaves, whole as usize);
            for (place, leaf) in leaves.iter().enumerate() {
                prop_assert_eq!(rows.iter().filter(|row| **row as usize == place).count() as u64, leaf.n);
            }
        }
    }
}
