//! Below which organisations does a row count?
//!
//! The tree changes on some days. Between two of them it stands still, and such a stretch is called an epoch here.

use crate::request::{Standing, Tree};
use base::{Date, Period};
use pack::county::{Hierarchy, OrgTree};
use pack::sql::quote_text;

/// The tree of every epoch that counts for a request.
pub(crate) struct Roads<'o> {
    pub orgs: &'o OrgTree,
    /// First days of all epochs but the first.
    starts: Vec<Date>,
    hierarchies: Vec<Hierarchy>,
    last_day: Date,
}

impl<'o> Roads<'o> {
    /// The roads up one tree, asked on `as_of` for a period.
    pub fn new(orgs: &'o OrgTree, tree: &Tree, period: Period, as_of: Date) -> Self {
        let name = tree.name.as_deref();
        let starts: Vec<Date> = match tree.standing {
            Standing::AsWas => orgs.changes().into_iter().collect(),
            Standing::AsIs => Vec::new(),
        };
        let first = match (tree.standing, starts.first()) {
            (Standing::AsIs, _) | (_, None) => as_of,
            (Standing::AsWas, Some(start)) => start.yesterday().unwrap_or(*start),
        };
        let days = std::iter::once(first).chain(starts.iter().copied());
        let hierarchies = days.map(|day| orgs.hierarchy(name, day)).collect();
        Self { orgs, starts, hierarchies, last_day: period.last_day() }
    }

    /// The epoch of a day.
    fn epoch(&self, day: Date) -> usize {
        self.starts.partition_point(|start| *start <= day)
    }

    /// The epoch of a row as SQL; `on_date` is its day, if it has one.
    pub fn epoch_sql(&self, on_date: Option<&str>) -> String {
        let Some(day) = on_date.filter(|_| !self.starts.is_empty()) else {
            return self.epoch(self.last_day).to_string();
        };
        let branches = self.starts.iter().enumerate().map(|(n, start)| format!("WHEN {day} < DATE '{start}' THEN {n}"));
        format!("CASE {} ELSE {} END", branches.collect::<Vec<_>>().join(" "), self.starts.len())
    }

    /// The places of an organisation and of everything above it. An organisation the tree does not know stands for the
    /// county.
    pub fn path(&self, org: Option<&str>, epoch: usize) -> impl Iterator<Item = usize> + '_ {
        let root = || self.orgs.root().and_then(|root| self.orgs.place_of(&root.id));
        let place = org.and_then(|id| self.orgs.place_of(id)).or_else(root);
        let hierarchy = self.hierarchies.get(epoch);
        place.into_iter().flat_map(move |place| hierarchy.into_iter().flat_map(move |h| h.path(place)))
    }

    /// All roads as a relation: in each epoch, each organisation with itself and everything above it.
    pub fn as_relation(&self) -> String {
        let mut links = Vec::new();
        for (epoch, hierarchy) in self.hierarchies.iter().enumerate() {
            for (place, org) in self.orgs.iter().enumerate() {
                let above = hierarchy.path(place).filter_map(|above| self.orgs.at(above));
                links.extend(
                    above.map(|above| format!("({epoch}, {}, {})", quote_text(&org.id), quote_text(&above.id))),
                );
            }
        }
        format!("(VALUES {}) AS t_(t_epoch_, t_leaf_, above_)", links.join(", "))
    }

    /// Every organisation that stood below one in some epoch, itself included, with those epochs.
    pub fn below(&self, org: usize) -> Vec<(usize, &'o str)> {
        let mut found = Vec::new();
        for (epoch, hierarchy) in self.hierarchies.iter().enumerate() {
            let inside = (0..self.orgs.iter().len()).filter(|place| hierarchy.path(*place).any(|above| above == org));
            found.extend(inside.filter_map(|place| Some((epoch, self.orgs.at(place)?.id.as_str()))));
        }
        found
    }
}
