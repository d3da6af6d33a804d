//! Which pairs may be one person, how sure is that, and why?

use crate::block::Blocks;
use crate::compare::Comparer;
use crate::learn::Model;
use crate::people::People;
use crate::spec::{Level, Spec, SpecError};
use base::Text;

/// Two people who may be one.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The one that came earlier, by place.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Bits in favour of a match.
    pub weight: f64,
    pattern: u32,
}

impl Pair {
    /// The probability that both are one person.
    pub fn probability(&self) -> f64 {
        1.0 / (1.0 + (-self.weight).exp2())
    }
}

/// Why one thinks so: one comparison of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The column.
    pub column: String,
    /// How close the values are.
    pub level: Text,
    /// Bits in favour of a match, the rarity of the value included; none when it follows from another comparison.
    pub weight: f64,
    /// How often matches are that close.
    pub m: f64,
    /// How often different people are.
    pub u: f64,
}

/// A model at work on people.
pub struct Matcher<'a> {
    spec: &'a Spec,
    model: &'a Model,
    comparer: Comparer<'a>,
    blocks: Blocks<'a>,
    /// The bits of every pattern, without rarity.
    weights: Vec<f64>,
    /// For every pattern, which comparisons agree exactly and count their value's rarity: one bit each.
    rare: Vec<u32>,
}

impl<'a> Matcher<'a> {
    /// Prepares the pairs of a spec.
    ///
    /// # Errors
    /// [`SpecError`] when the spec names what is not there.
    pub fn new(people: &'a People, spec: &'a Spec, model: &'a Model) -> Result<Self, SpecError> {
        let comparer = Comparer::new(people, spec)?;
        let blocks = Blocks::new(people, &spec.blocks)?;
        let weight = |pattern: usize| {
            let levels = comparer.levels(pattern as u32);
            let counted = levels.iter().enumerate().filter(|(c, _)| comparer.counts(&levels, *c));
            model.prior_weight() + counted.map(|(c, level)| model.weight(c, *level as usize)).sum::<f64>()
        };
        let rarity = |pattern: usize| {
            let levels = comparer.levels(pattern as u32);
            let is_rare = |c: &usize| spec.comparisons[*c].rarity && levels[*c] == 1 && comparer.counts(&levels, *c);
            (0..levels.len()).filter(is_rare).fold(0, |bits, c| bits | 1 << c)
        };
        let weights = (0..comparer.n_patterns).map(weight).collect();
        let rare = (0..comparer.n_patterns).map(rarity).collect();
        Ok(Self { spec, model, comparer, blocks, weights, rare })
    }

    /// Every pair that is a match with at least this probability, the surest first; equals by id.
    pub fn pairs(&self, least: f64) -> Vec<Pair> {
        let least = (least / (1.0 - least)).log2();
        let mut pairs = self.blocks.pairs(|a, b| {
            let pattern = self.comparer.pattern(a, b);
            let weight = self.weights[pattern as usize] + self.rarity(pattern, a);
            (weight >= least).then_some(Pair { a, b, weight, pattern })
        });
        pairs.sort_by(|x, y| y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b))));
        pairs
    }

    /// How many pairs are compared.
    pub fn n_compared(&self) -> u64 {
        self.blocks.n_pairs()
    }

    /// Why a pair is thought to be a match, comparison by comparison.
    pub fn reasons(&self, pair: &Pair) -> Vec<Reason> {
        let levels = self.comparer.levels(pair.pattern);
        let told = self.spec.comparisons.iter().zip(levels.iter().copied()).enumerate();
        told.map(|(c, (comparison, level))| {
            let level = level as usize;
            let rarity = if self.rare[pair.pattern as usize] >> c & 1 == 1 { self.rarity_of(c, pair.a) } else { 0.0 };
            let weight = if self.comparer.counts(&levels, c) { self.model.weight(c, level) + rarity } else { 0.0 };
            Reason {
                column: comparison.column.clone(),
                level: words(level.checked_sub(1).map(|n| comparison.levels.get(n))),
                weight,
                m: self.model.m[c][level],
                u: self.model.u[c][level],
            }
        })
        .collect()
    }

    fn rarity(&self, pattern: u32, a: u32) -> f64 {
        let mut rest = self.rare[pattern as usize];
        let mut bits = 0.0;
        while rest != 0 {
            bits += self.rarity_of(rest.trailing_zeros() as usize, a);
            rest &= rest - 1;
        }
        bits
    }

    /// What an exact agreement says more because the value is rare, or less because it is common.
    fn rarity_of(&self, comparison: usize, person: u32) -> f64 {
        let column = self.comparer.column(comparison);
        let frequency = f64::from(column.of(person).n) / f64::from(column.n_present.max(1));
        (self.model.u[comparison][1] / frequency).log2()
    }
}

fn words(level: Option<Option<&Level>>) -> Text {
    match level {
        None => Text::both("缺项", "missing"),
        Some(None) => Text::both("不同", "different"),
        Some(Some(level)) => match level {
            Level::Exact => Text::both("相同", "the same"),
            Level::SameSound => Text::both("同音", "the same pinyin"),
            Level::SameCharacters => Text::both("同字不同序", "the same characters in another order"),
            Level::Swapped(other) => Text::both(format!("与{other}互换"), format!("changed places with {other}")),
            Level::JaroWinkler(least) => Text::both(format!("相似（≥{least}）"), format!("similar (at least {least})")),
            Level::SoundSimilar(least) => {
                Text::both(format!("读音相近（≥{least}）"), format!("sounds similar (at least {least})"))
            }
            Level::Edits(most) => Text::both(format!("差{most}处以内"), format!("at most {most} slips apart")),
            Level::DayMonthSwapped => Text::both("月日颠倒", "day and month swapped"),
            Level::YearsApart(most) => Text::both(format!("年份差{most}年以内"), format!("at most {most} years apart")),
            Level::OldNumber => Text::both("15位与18位号码一致", "the 15-digit form of the same number"),
        },
    }
}
