//! Is every indicator that no cluster can count named, and no other?
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../pack/tests/common/cases.rs"]
mod cases;
#[path = "../../pack/tests/common/mod.rs"]
mod common;

use base::Diagnostic;
use std::path::Path;
use std::sync::Arc;

#[test]
fn every_mistake_is_found_at_its_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let core = root.join("../pack/tests/bad/core").canonicalize().unwrap();
    let mut wrong = Vec::new();
    for case in cases::cases(&root.join("tests/bad"), &core) {
        let (catalog, mut found) = pack::load(&case.packs, case.county.as_ref());
        let catalog = Arc::new(catalog);
        let on_cluster = cluster::check(&catalog);
        assert_eq!(on_cluster.len(), case.expected.len(), "{on_cluster:?}");
        found.extend(on_cluster);
        wrong.extend(cases::judge(&case, &catalog, &found));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_indicator_of_the_packs_is_counted_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let packs = common::packs(&root, &root.join("packs"));
    for county in common::entries(&root.join("counties")) {
        let (catalog, found) = pack::load(&packs, Some(&common::county(&root, &county)));
        assert!(!found.iter().any(Diagnostic::is_error), "{}", county.display());
        let catalog = Arc::new(catalog);
        assert!(catalog.indicators().count() > 100, "{}", county.display());
        let notes: Vec<String> = cluster::check(&catalog).iter().map(|note| note.message.clone()).collect();
        assert!(notes.is_empty(), "{}", notes.join("\n"));
    }
}
