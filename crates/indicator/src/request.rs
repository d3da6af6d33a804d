//! What can be asked of indicators?

use crate::dimension::Dimension;
use base::Period;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    /// The indicators; all of the packs when empty.
    pub indicators: Vec<String>,
    /// The days counted. An indicator with a statistical year of its own is counted over that one when a whole calendar
    /// year is asked for.
    pub period: Period,
    /// Breakdowns beside the packs' own; each value then also comes in cells.
    pub by: Vec<Dimension>,
    /// Along which tree the organisations are added up.
    pub tree: Tree,
}

impl Request {
    /// Some indicators, all when none are named, added up the administrative tree as it was.
    pub fn new(indicators: Vec<String>, period: Period) -> Self {
        Self { indicators, period, by: Vec::new(), tree: Tree::default() }
    }

    /// The same, broken down.
    #[must_use]
    pub fn by(mut self, by: Vec<Dimension>) -> Self {
        self.by = by;
        self
    }

    /// The same along another tree.
    #[must_use]
    pub fn along(mut self, tree: Tree) -> Self {
        self.tree = tree;
        self
    }
}

/// A way of adding organisations up.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tree {
    /// The column `parent.NAME` of `orgs.csv`; the administrative tree when absent.
    pub name: Option<String>,
    /// Whose links count.
    pub standing: Standing,
}

/// Which links of organisations count for a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Those of the row's own day (`on_date`), or of the period's last day when it has none: 当时区划.
    #[default]
    AsWas,
    /// Those of the day on which is asked: 现行区划.
    AsIs,
}

impl Standing {
    /// Both with their words.
    pub const ALL: [(&'static str, Self); 2] = [("as-was", Self::AsWas), ("as-is", Self::AsIs)];

    /// The standing a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, standing)| *standing)
    }
}
