//! Schemes: what they pay over.

use crate::catalog::Catalog;
use base::Diagnostic;

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (pack_id, pack) in &catalog.packs {
        for over in pack.schemes.values().map(|scheme| &scheme.over) {
            if catalog.register(&over.value).is_none()
                && let Err(error) = catalog.cohort(pack_id, &over.value)
            {
                found.push(error.diagnostic("unknown-cohort", "register or cohort", &over.value, over.span));
            }
        }
    }
}
