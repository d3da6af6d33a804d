//! Something is wrong, or worth saying.

use super::{Common, Spanned};
use base::Text;

/// When a rule runs and how loud it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The record is not saved.
    Refuse,
    /// Saved after the person confirms with a reason.
    Confirm,
    /// Shown while typing.
    Advise,
    /// A finding at rest, with what to do.
    Find,
    /// A message to a role.
    Alert,
}

impl Level {
    /// Every level with its word in packs.
    pub const ALL: [(&'static str, Self); 5] = [
        ("refuse", Self::Refuse),
        ("confirm", Self::Confirm),
        ("advise", Self::Advise),
        ("find", Self::Find),
        ("alert", Self::Alert),
    ];

    /// The level a pack's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, level)| *level)
    }

    /// The word used in packs.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, level)| *level == self).map_or("", |(name, _)| name)
    }
}

/// What sets a rule off.
#[derive(Debug, Clone)]
pub enum RuleTrigger {
    /// A row expression that is true.
    When(Spanned<String>),
    /// A query, or the name of a cohort.
    Rows(Spanned<String>),
    /// A detector on an indicator's series, with its numbers.
    Method {
        /// `ears_c1` …
        name: Spanned<String>,
        /// Its numbers.
        over: Vec<(String, String)>,
    },
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Id, title, source.
    pub common: Common,
    /// When it runs.
    pub level: Spanned<Level>,
    /// The register or indicator it is about.
    pub on: Option<Spanned<String>>,
    /// What sets it off.
    pub trigger: RuleTrigger,
    /// The sentence said, with `{column}` places.
    pub say: Spanned<Text>,
    /// Why it matters (findings).
    pub why: Option<Text>,
    /// What to do (findings).
    pub action: Option<Text>,
    /// Role told (alerts).
    pub to: Option<Spanned<String>>,
    /// By when an alert is answered; a row expression, or a column of its rows.
    pub due: Option<Spanned<String>>,
    /// Fields offered to be filled from the row found.
    pub fill: Vec<(Spanned<String>, Spanned<String>)>,
    /// Breakdown, on indicators.
    pub by: Vec<Spanned<String>>,
    /// Period, on indicators.
    pub every: Option<Spanned<String>>,
}

impl Rule {
    /// What the rule is called everywhere: what it is about, then its id.
    pub fn key(&self) -> String {
        format!("{}.{}", self.on.as_ref().map_or("", |on| &on.value), self.common.id)
    }

    /// True when it is about a record being saved.
    pub fn of_record(&self) -> bool {
        matches!(self.level.value, Level::Refuse | Level::Confirm | Level::Advise)
    }
}
