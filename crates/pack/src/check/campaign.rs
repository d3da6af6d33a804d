//! Campaigns: the cohort they take and the register they fill.

use crate::catalog::Catalog;
use base::Diagnostic;

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (pack_id, pack) in &catalog.packs {
        for campaign in pack.campaigns.values() {
            super::task::register(catalog, &campaign.into, found);
            if let Err(error) = catalog.cohort(pack_id, &campaign.from.value) {
                found.push(error.diagnostic("unknown-cohort", "cohort", &campaign.from.value, campaign.from.span));
            }
        }
    }
}
