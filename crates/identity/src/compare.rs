//! At which level does a pair agree, column by column?
//!
//! The levels of all columns together are a pair's pattern: one number. There are few patterns and many pairs, so
//! learning looks at patterns only.

use crate::distance::{edits, jaro_winkler};
use crate::people::{Column, MISSING, People};
use crate::spec::{Level, Spec, SpecError};

/// Patterns that can be counted.
const MOST_PATTERNS: usize = 1 << 22;

/// Compares pairs of people by a spec.
pub(crate) struct Comparer<'a> {
    people: &'a People,
    compared: Vec<Compared<'a>>,
    pub n_patterns: usize,
}

/// A comparison with its columns found.
struct Compared<'a> {
    column: &'a Column,
    levels: Vec<(&'a Level, Option<&'a Column>)>,
    /// Levels, "missing" and "nothing holds" included.
    n_levels: usize,
    /// The comparisons, by place, whose first level follows from this one's, and from how many of its first levels.
    implies: Vec<(usize, u32)>,
}

impl<'a> Comparer<'a> {
    pub fn new(people: &'a People, spec: &'a Spec) -> Result<Self, SpecError> {
        let mut compared = Vec::new();
        let mut n_patterns = 1_usize;
        for comparison in &spec.comparisons {
            let mut levels = Vec::new();
            for level in &comparison.levels {
                let other = match level {
                    Level::Swapped(other) => Some(&people.columns[people.column(other)?]),
                    _ => None,
                };
                levels.push((level, other));
            }
            let n_levels = levels.len() + 2;
            n_patterns = n_patterns.saturating_mul(n_levels);
            let implied = |(column, n): (&String, &u32)| Ok((spec.place(column)?, *n));
            let implies = comparison.implies.iter().map(implied).collect::<Result<_, SpecError>>()?;
            let column = &people.columns[people.column(&comparison.column)?];
            compared.push(Compared { column, levels, n_levels, implies });
        }
        if n_patterns > MOST_PATTERNS {
            return Err(SpecError::Patterns(n_patterns));
        }
        Ok(Self { people, compared, n_patterns })
    }

    /// The pair's level in every comparison, as one number.
    pub fn pattern(&self, a: u32, b: u32) -> u32 {
        self.compared.iter().fold(0, |pattern, compared| pattern * compared.n_levels as u32 + compared.level(a, b))
    }

    /// A pattern taken apart again.
    pub fn levels(&self, pattern: u32) -> Vec<u32> {
        let mut rest = pattern;
        let mut levels: Vec<u32> = self
            .compared
            .iter()
            .rev()
            .map(|compared| {
                let level = rest % compared.n_levels as u32;
                rest /= compared.n_levels as u32;
                level
            })
            .collect();
        levels.reverse();
        levels
    }

    /// Whether a comparison says something that no other has said: its agreement may follow from another's.
    pub fn counts(&self, levels: &[u32], comparison: usize) -> bool {
        let implied = |(other, level): (&Compared<'_>, &u32)| {
            other.implies.iter().any(|(place, n)| *place == comparison && (1..=*n).contains(level))
        };
        levels[comparison] != 1 || !self.compared.iter().zip(levels).any(implied)
    }

    pub fn n_levels(&self) -> impl Iterator<Item = usize> + '_ {
        self.compared.iter().map(|compared| compared.n_levels)
    }

    pub fn column(&self, comparison: usize) -> &'a Column {
        self.compared[comparison].column
    }

    pub fn people(&self) -> &'a People {
        self.people
    }
}

impl Compared<'_> {
    /// 0 when a value is missing, 1 for the first level, and so on; the last is "nothing holds".
    fn level(&self, a: u32, b: u32) -> u32 {
        let (left, right) = (self.column.cells[a as usize], self.column.cells[b as usize]);
        if left == MISSING || right == MISSING {
            return 0;
        }
        let holds = |(level, other): &(&Level, Option<&Column>)| match other {
            Some(other) => {
                let same = |x: u32, y: u32| self.column.of(x).text == other.of(y).text && !other.of(y).text.is_empty();
                same(a, b) && same(b, a)
            }
            None => self.holds(level, left, right),
        };
        self.levels.iter().position(holds).map_or(self.n_levels - 1, |n| n + 1) as u32
    }

    fn holds(&self, level: &Level, left: u32, right: u32) -> bool {
        let (a, b) = (&self.column.values[left as usize], &self.column.values[right as usize]);
        match level {
            Level::Exact => left == right,
            Level::SameSound => a.sound == b.sound,
            Level::SameCharacters => a.sorted == b.sorted,
            Level::Swapped(_) => false,
            Level::JaroWinkler(least) => {
                a.outline.may_be_similar(b.outline, *least) && jaro_winkler(&a.chars, &b.chars) >= *least
            }
            Level::SoundSimilar(least) => {
                a.sound_outline.may_be_similar(b.sound_outline, *least) && jaro_winkler(&a.sound, &b.sound) >= *least
            }
            Level::Edits(most) => {
                a.outline.may_be_edits(b.outline, *most) && edits(&a.chars, &b.chars, *most).is_some()
            }
            Level::DayMonthSwapped => day_month_swapped(&a.chars, &b.chars),
            Level::YearsApart(most) => years_apart(&a.chars, &b.chars).is_some_and(|n| n <= *most),
            Level::OldNumber => old_number(&a.chars, &b.chars) || old_number(&b.chars, &a.chars),
        }
    }
}

fn day_month_swapped(a: &[char], b: &[char]) -> bool {
    a.len() == 8 && b.len() == 8 && a[..4] == b[..4] && a[4..6] == b[6..] && a[6..] == b[4..6]
}

fn years_apart(a: &[char], b: &[char]) -> Option<u32> {
    if a.len() != 8 || b.len() != 8 || a[4..] != b[4..] {
        return None;
    }
    let year = |date: &[char]| date[..4].iter().try_fold(0, |year, c| Some(year * 10 + c.to_digit(10)?));
    Some(year(a)?.abs_diff(year(b)?))
}

/// `a` has 15 digits, `b` the same with a century and a check character.
fn old_number(a: &[char], b: &[char]) -> bool {
    a.len() == 15 && b.len() == 18 && a[..6] == b[..6] && a[6..] == b[8..17]
}
