//! The tree of organisations: county, townships, villages, and the institutions beside them.

use base::{Date, Decimal};
use std::collections::BTreeMap;

/// The level at which an organisation stands in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The whole county.
    County,
    /// A township, town or street.
    Township,
    /// A village or community.
    Village,
    /// A hospital, a centre, an office.
    Institution,
}

impl Level {
    /// Every level with its word in `orgs.csv`.
    pub const ALL: [(&'static str, Self); 4] = [
        ("county", Self::County),
        ("township", Self::Township),
        ("village", Self::Village),
        ("institution", Self::Institution),
    ];

    /// The level a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, level)| *level)
    }

    /// The word in `orgs.csv`.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, level)| *level == self).map_or("", |(name, _)| name)
    }
}

/// One organisation.
#[derive(Debug, Clone)]
pub struct Org {
    /// Its id, never reused.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is: `village`, `township_centre` …
    pub kind: String,
    /// Where it stands.
    pub level: Level,
    /// The organisation above it.
    pub parent: Option<String>,
    /// Division code, if it has one.
    pub code: Option<String>,
    /// First day of this link.
    pub from: Option<Date>,
    /// First day after it.
    pub until: Option<Date>,
    /// Any further column of `orgs.csv`, such as `people`.
    pub more: BTreeMap<String, Decimal>,
}

/// The organisations of a county, parents before children.
#[derive(Debug, Clone, Default)]
pub struct OrgTree {
    orgs: Vec<Org>,
    index: BTreeMap<String, usize>,
}

impl OrgTree {
    /// A tree of these organisations; a parent that is missing makes its children stand at the top.
    pub fn new(orgs: Vec<Org>) -> Self {
        let index = orgs.iter().enumerate().map(|(n, org)| (org.id.clone(), n)).collect();
        Self { orgs, index }
    }

    /// Every organisation in the order of `orgs.csv`.
    pub fn iter(&self) -> impl Iterator<Item = &Org> {
        self.orgs.iter()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.orgs.is_empty()
    }

    /// The organisation with this id.
    pub fn get(&self, id: &str) -> Option<&Org> {
        self.orgs.get(*self.index.get(id)?)
    }

    /// The county itself.
    pub fn root(&self) -> Option<&Org> {
        self.orgs.iter().find(|org| org.parent.is_none())
    }

    /// The organisations right below one.
    pub fn children<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Org> {
        self.orgs.iter().filter(move |org| org.parent.as_deref() == Some(id))
    }

    /// The organisation itself and everything above it, up to the county.
    pub fn path<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Org> {
        let mut next = self.get(id);
        let mut n_left = 16;
        std::iter::from_fn(move || {
            let org = next?;
            n_left -= 1;
            next = org.parent.as_deref().and_then(|parent| self.get(parent)).filter(|_| n_left > 0);
            Some(org)
        })
    }

    /// True when `id` is `ancestor` or stands below it.
    pub fn is_below(&self, id: &str, ancestor: &str) -> bool {
        self.path(id).any(|org| org.id == ancestor)
    }

    /// Every id in the subtree of one organisation, itself included.
    pub fn subtree(&self, id: &str) -> Vec<&str> {
        self.orgs.iter().filter(|org| self.is_below(&org.id, id)).map(|org| org.id.as_str()).collect()
    }
}
