//! Is every mistake that only the engine can see found, at its place, and nothing else?
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../pack/tests/common/cases.rs"]
mod cases;
#[path = "../../pack/tests/common/mod.rs"]
mod common;

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
        found.extend(columns::type_check(&catalog).unwrap());
        wrong.extend(cases::judge(&case, &catalog, &found));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every pack of the repository, over empty tables.
#[test]
fn the_engine_understands_every_pack() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let (catalog, _) = pack::load(&common::packs(&root, &root.join("packs")), None);
    let catalog = Arc::new(catalog);
    let found: Vec<String> =
        columns::type_check(&catalog).unwrap().iter().map(|diagnostic| common::draw(&catalog, diagnostic)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
