//! Is every indicator that no cluster can count named, and no other?
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../pack/tests/common/cases.rs"]
mod cases;
#[path = "../../pack/tests/common/mod.rs"]
mod common;

use base::Diagnostic;
use std::collections::BTreeSet;
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

/// The indicators no cluster counts, and why, stand in `not-on-cluster.txt`; all others are counted there. `UPDATE=1`
/// writes the file.
#[test]
fn every_other_indicator_of_the_packs_is_counted_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let packs = common::packs(&root, &root.join("packs"));
    let (mut told, mut n_asked) = (BTreeSet::new(), 0);
    for path in common::entries(&root.join("counties")) {
        let county = common::county(&root, &path);
        let (catalog, found) = pack::load(&pack::of_county(packs.clone(), &county), Some(&county));
        assert!(!found.iter().any(Diagnostic::is_error), "{}", path.display());
        let catalog = Arc::new(catalog);
        n_asked += catalog.indicators().count();
        told.extend(cluster::check(&catalog).into_iter().map(|note| note.message));
    }
    assert!(n_asked > 500, "only {n_asked} indicators were looked at");
    let told: String = told.iter().map(|message| format!("{message}\n")).collect();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/not-on-cluster.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&page, &told).unwrap();
    }
    let there = std::fs::read_to_string(&page).unwrap();
    assert!(there == told, "{} is not what cluster::check says; run this test with UPDATE=1", page.display());
}
