//! A county's own files: the packs and indicators they name.

use crate::catalog::Catalog;
use base::{Diagnostic, nearest};

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let Some(county) = &catalog.county else { return };
    for pack in &county.packs {
        if !catalog.packs.contains_key(&pack.value) {
            let near = nearest(&pack.value, catalog.packs.keys().map(String::as_str));
            let message = format!("\"{}\" is not a pack that was read", pack.value);
            found.push(Diagnostic::error("unknown-pack", pack.span, message).suggest(near));
        }
    }
    for name in county.named_indicators() {
        if catalog.indicator(&name.value).is_none() {
            let message = format!("\"{}\" is not an indicator of these packs", name.value);
            let near = catalog.near_indicator(&name.value);
            found.push(Diagnostic::error("unknown-indicator", name.span, message).suggest(near));
        }
    }
    for indicator in county.targets.keys() {
        if catalog.indicator(indicator).is_none() {
            let message = format!("a target is set for \"{indicator}\", which is not an indicator of these packs");
            let near = catalog.near_indicator(indicator);
            found.push(Diagnostic::error("unknown-indicator", county.span, message).suggest(near));
        }
    }
}
