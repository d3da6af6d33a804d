//! What is compared, how closely, and which pairs are worth comparing?
//!
//! All of it is data, so that the same engine links invented Chinese residents and the FEBRL files of the literature.

use serde::Deserialize;
use std::collections::BTreeMap;

/// How one matches: blocking rules, comparisons, and how their weights are learnt.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What is compared, in the order in which it is explained.
    pub comparisons: Vec<Comparison>,
    /// A pair is looked at when one of these rules finds it.
    pub blocks: Vec<Block>,
    /// Rules whose pairs teach what matches look like; what a rule reads is not learnt from its own pairs.
    pub training: Vec<Block>,
    /// Rules that hardly ever find two different people: from them follows how many matches there are at all.
    pub certain: Vec<Block>,
    /// The part of all matches those rules find, from 0 to 1.
    pub recall: f64,
    /// Random pairs from which is learnt what different people look like.
    pub n_random_pairs: u32,
}

/// One column compared, level by level: the first level that holds is the pair's.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// The column.
    pub column: String,
    /// From closest to farthest. That nothing holds is a level of its own, and so is a value missing.
    pub levels: Vec<Level>,
    /// Rare values that agree weigh more than common ones.
    #[serde(default)]
    pub rarity: bool,
    /// Columns whose agreement follows from this one's, because this one contains them: a citizen number the birth date, a
    /// name its pinyin; and at how many of the first levels. Their agreement then says nothing more, and is not counted
    /// again.
    #[serde(default)]
    pub implies: BTreeMap<String, u32>,
}

/// How close two values are.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The same characters.
    Exact,
    /// The same pinyin.
    SameSound,
    /// The same characters in another order.
    SameCharacters,
    /// This column and another have changed places.
    Swapped(String),
    /// Jaro–Winkler similarity of at least this.
    JaroWinkler(f64),
    /// The same of the pinyin.
    SoundSimilar(f64),
    /// At most this many characters inserted, left out, changed, or two neighbours swapped.
    Edits(u32),
    /// Dates as `YYYYMMDD` whose month and day have changed places.
    DayMonthSwapped,
    /// Dates of one month and day, at most this many years apart.
    YearsApart(u32),
    /// A citizen number of 15 digits and the 18 characters it has become.
    OldNumber,
}

/// A blocking rule: pairs that agree in all of its keys.
pub type Block = Vec<Key>;

/// What of a column must agree.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The column.
    pub column: String,
    /// Which part.
    #[serde(default)]
    pub take: Take,
}

/// The part of a value that must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// All of it.
    #[default]
    Whole,
    /// Its first characters.
    First(usize),
    /// Its last characters.
    Last(usize),
    /// Its pinyin.
    Sound,
    /// The first letters of its pinyin.
    Initials,
}

/// Why a spec cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// It names a column the people do not have.
    #[error("there is no column \"{0}\"; name one of the file's own")]
    Column(String),
    /// Too many combinations of levels to count.
    #[error("the comparisons have {0} combinations of levels, at most 4194304 can be counted; leave out levels")]
    Patterns(usize),
}

impl Spec {
    /// The place of the comparison of a column.
    pub(crate) fn place(&self, column: &str) -> Result<usize, SpecError> {
        let place = self.comparisons.iter().position(|comparison| comparison.column == column);
        place.ok_or_else(|| SpecError::Column(column.to_string()))
    }
}

/// Residents of a county.
pub fn residents() -> Spec {
    let comparison =
        |column: &str, rarity, levels| Comparison { column: column.into(), levels, rarity, implies: BTreeMap::new() };
    let key = |column: &str, take| Key { column: column.into(), take };
    let whole = |column: &str| key(column, Take::Whole);
    use Level::{
        DayMonthSwapped, Edits, Exact, JaroWinkler, OldNumber, SameCharacters, SameSound, SoundSimilar, YearsApart,
    };
    Spec {
        comparisons: vec![
            comparison("name", true, vec![Exact, SameSound, SameCharacters, Edits(1), SoundSimilar(0.9)]),
            comparison("birth_on", false, vec![Exact, DayMonthSwapped, Edits(1), YearsApart(3)]),
            comparison("sex", false, vec![Exact]),
            comparison("phone", false, vec![Exact, Edits(1)]),
            comparison("address", false, vec![Exact, JaroWinkler(0.92)]),
            Comparison {
                // Two people of one birthday have numbers that differ in four characters, often in two.
                implies: BTreeMap::from([("birth_on".into(), 3), ("sex".into(), 2)]),
                ..comparison("citizen_id", false, vec![Exact, OldNumber, Edits(2)])
            },
        ],
        blocks: vec![
            vec![key("name", Take::Sound), whole("birth_on")],
            vec![whole("citizen_id")],
            vec![whole("phone")],
            vec![whole("birth_on"), key("address", Take::Whole)],
            vec![key("name", Take::Sound), key("address", Take::Whole)],
            vec![whole("name"), key("birth_on", Take::First(4))],
            vec![key("name", Take::Sound), key("birth_on", Take::Last(4))],
        ],
        training: vec![
            vec![key("name", Take::Sound), whole("birth_on")],
            vec![whole("citizen_id")],
            vec![whole("phone")],
        ],
        certain: vec![vec![whole("citizen_id")], vec![whole("name"), whole("birth_on"), whole("phone")]],
        recall: 0.6,
        n_random_pairs: 2_000_000,
    }
}
