//! Which organisations does a question cover, and who stands above them?

use crate::WorkError;
use columns::Snapshot;
use pack::county::OrgTree;
use pack::sql::quote_text;
use std::collections::BTreeMap;

/// The tree of a county, for conditions and for adding up.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a>(Option<&'a OrgTree>);

impl<'a> Places<'a> {
    /// The tree of the snapshot's county; without a county nothing stands above anything.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        Self(snapshot.catalog().county.as_ref().map(|county| &county.orgs))
    }

    /// A condition on `column`: in the organisation or below it; nothing for the whole county.
    ///
    /// # Errors
    /// [`WorkError::UnknownOrg`].
    pub fn condition(&self, org: Option<&str>, column: &str) -> Result<Option<String>, WorkError> {
        let (Some(org), Some(tree)) = (org, self.0) else { return Ok(None) };
        if tree.get(org).is_none() {
            return Err(WorkError::UnknownOrg(org.to_string()));
        }
        if tree.root().is_some_and(|root| root.id == org) {
            return Ok(None);
        }
        let ids: Vec<String> = tree.subtree(org).into_iter().map(quote_text).collect();
        Ok(Some(format!("{column} IN ({})", ids.join(", "))))
    }

    /// True when `org` is `above` or stands below it.
    pub fn covers(&self, above: &str, org: &str) -> bool {
        org == above || self.0.is_some_and(|tree| tree.is_below(org, above))
    }

    /// The organisation `steps` above one, at most the top.
    pub fn raised(&self, org: &str, steps: usize) -> String {
        let above: Vec<&str> = self.0.into_iter().flat_map(|tree| tree.path(org)).map(|org| org.id.as_str()).collect();
        let last = above.len().saturating_sub(1);
        above.get(steps.min(last)).map_or_else(|| org.to_string(), ToString::to_string)
    }

    /// Adds what each organisation has to everything above it.
    pub fn add_up<K: Ord + Clone>(&self, own: &BTreeMap<(String, K), u64>) -> BTreeMap<(String, K), u64> {
        let mut sums = BTreeMap::new();
        for ((org, key), n) in own {
            let above: Vec<&str> =
                self.0.into_iter().flat_map(|tree| tree.path(org)).map(|org| org.id.as_str()).collect();
            let above = if above.is_empty() { vec![org.as_str()] } else { above };
            for place in above {
                *sums.entry((place.to_string(), key.clone())).or_insert(0) += n;
            }
        }
        sums
    }
}
