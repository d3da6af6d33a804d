//! The tree of organisations: county, townships, villages, and the institutions beside them.

use base::{Date, Decimal};
use std::collections::{BTreeMap, BTreeSet};

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

/// What stands above an organisation over some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The organisation above it in the administrative tree.
    pub parent: Option<String>,
    /// Name of another tree → the organisation above it there, where that differs.
    pub others: BTreeMap<String, String>,
    /// First day of this link; since ever when absent.
    pub from: Option<Date>,
    /// First day after it; for good when absent.
    pub until: Option<Date>,
}

impl Link {
    fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// The organisation above in the named tree; a tree that says nothing of it follows the administrative one.
    fn above(&self, tree: Option<&str>) -> Option<&str> {
        tree.and_then(|tree| self.others.get(tree)).or(self.parent.as_ref()).map(String::as_str)
    }
}

/// One organisation, as its last row of `orgs.csv` has it.
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
    /// The organisation above it, by its last link.
    pub parent: Option<String>,
    /// Division code, if it has one.
    pub code: Option<String>,
    /// First day of its last link.
    pub from: Option<Date>,
    /// First day after its last link.
    pub until: Option<Date>,
    /// Where it stood over the years, oldest first; at least one.
    pub links: Vec<Link>,
    /// Any further column of `orgs.csv`, such as `people`.
    pub more: BTreeMap<String, Decimal>,
}

impl Org {
    /// The link of a day: the one that holds then, else the last before it, else the first.
    pub fn link_on(&self, day: Date) -> Option<&Link> {
        let holds = self.links.iter().find(|link| link.holds_on(day));
        let before = || self.links.iter().rev().find(|link| link.from.is_none_or(|from| from <= day));
        holds.or_else(before).or_else(|| self.links.first())
    }
}

/// The organisations of a county, in the order of their first rows.
#[derive(Debug, Clone, Default)]
pub struct OrgTree {
    orgs: Vec<Org>,
    index: BTreeMap<String, usize>,
}

/// Who stands above whom in one tree on one day, by place in the list of organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    above: Vec<Option<usize>>,
}

impl Hierarchy {
    /// An organisation and everything above it, up to the county, each by its place in the list.
    pub fn path(&self, org: usize) -> impl Iterator<Item = usize> + '_ {
        let mut next = Some(org);
        let mut n_left = DEEPEST;
        std::iter::from_fn(move || {
            let org = next?;
            n_left -= 1;
            next = self.above.get(org).copied().flatten().filter(|_| n_left > 0);
            Some(org)
        })
    }
}

/// A tree is no deeper than this; a circle in `orgs.csv` ends here.
const DEEPEST: usize = 16;

impl OrgTree {
    /// A tree of these organisations; a parent that is missing makes its children stand at the top.
    pub fn new(orgs: Vec<Org>) -> Self {
        let index = orgs.iter().enumerate().map(|(n, org)| (org.id.clone(), n)).collect();
        Self { orgs, index }
    }

    /// Every organisation in the order of `orgs.csv`.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Org> {
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

    /// The organisation at a place of the list.
    pub fn at(&self, place: usize) -> Option<&Org> {
        self.orgs.get(place)
    }

    /// The place of an organisation in the list.
    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// Who stands above whom on a day; in the administrative tree, or in the one with this name.
    pub fn hierarchy(&self, tree: Option<&str>, day: Date) -> Hierarchy {
        let above = |org: &Org| self.place_of(org.link_on(day)?.above(tree)?);
        Hierarchy { above: self.orgs.iter().map(above).collect() }
    }

    /// The days on which some organisation came to stand below another one, oldest first. Between two of them the
    /// hierarchy is one and the same.
    pub fn changes(&self) -> BTreeSet<Date> {
        self.orgs.iter().flat_map(|org| org.links.iter().skip(1)).filter_map(|link| link.from).collect()
    }

    /// The names of the trees beside the administrative one.
    pub fn trees(&self) -> BTreeSet<&str> {
        let others = self.orgs.iter().flat_map(|org| &org.links).flat_map(|link| link.others.keys());
        others.map(String::as_str).collect()
    }

    /// An organisation that would stand above itself, in some tree on some day.
    pub fn circle(&self) -> Option<&Org> {
        let days: Vec<Date> = self.changes().into_iter().chain([Date::MIN, Date::MAX]).collect();
        let trees: Vec<Option<&str>> = self.trees().into_iter().map(Some).chain([None]).collect();
        let hierarchies = days.iter().flat_map(|day| trees.iter().map(|tree| self.hierarchy(*tree, *day)));
        let mut circles =
            hierarchies.filter_map(|h| (0..self.orgs.len()).find(|n| h.path(*n).skip(1).any(|m| m == *n)));
        circles.next().map(|n| &self.orgs[n])
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
        let mut n_left = DEEPEST;
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
