//! Who asks, and how far may they see?
//!
//! Made by the guard for the one permission the address takes, read by every page. An organisation is within reach with
//! everything below it.

use crate::problem::Problem;
use pack::county::{County, OrgTree};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Whoever asked, as far as the permission of the address reaches.
#[derive(Debug, Clone)]
pub struct Visitor {
    name: Arc<str>,
    reach: Reach,
}

#[derive(Debug, Clone)]
enum Reach {
    Everything,
    Below(Arc<[String]>),
}

impl Visitor {
    /// Somebody for whom nobody vouches: sees nothing.
    pub fn nobody() -> Self {
        Self::of("", Vec::new())
    }

    /// The server itself, when it works ahead.
    pub fn server() -> Self {
        Self { name: "server".into(), reach: Reach::Everything }
    }

    /// Whoever uses a server without sign-in on this machine.
    pub fn demo() -> Self {
        Self { name: "demo".into(), reach: Reach::Everything }
    }

    /// An account, with the organisations for which it has the permission.
    pub fn of(name: &str, orgs: Vec<String>) -> Self {
        Self { name: name.into(), reach: Reach::Below(orgs.into()) }
    }

    /// The account's name, which is written into the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where a question begins that names no organisation; `None` leaves it to the county.
    pub fn home(&self) -> Option<&str> {
        match &self.reach {
            Reach::Everything => None,
            Reach::Below(orgs) => orgs.first().map(String::as_str),
        }
    }

    /// Whether an organisation is within reach.
    pub fn reaches(&self, county: &County, org: &str) -> bool {
        match &self.reach {
            Reach::Everything => true,
            Reach::Below(orgs) => orgs.iter().any(|above| county.orgs.is_below(org, above)),
        }
    }

    /// Refuses an organisation that is out of reach.
    pub fn must_reach(&self, county: &County, org: &str) -> Result<(), Problem> {
        if self.reaches(county, org) { Ok(()) } else { Err(Problem::out_of_reach()) }
    }

    /// Refuses whoever does not see the whole county.
    pub fn must_reach_all(&self, county: &County) -> Result<(), Problem> {
        county.orgs.root().map_or(Ok(()), |root| self.must_reach(county, &root.id))
    }

    /// Every organisation within reach; `None` when that is all of them.
    pub fn reached(&self, orgs: &OrgTree) -> Option<BTreeSet<String>> {
        match &self.reach {
            Reach::Everything => None,
            Reach::Below(above) => Some(above.iter().flat_map(|org| orgs.subtree(org)).map(str::to_string).collect()),
        }
    }
}
