//! Do the packs and counties of the repository load without a mistake?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use base::Diagnostic;
use pack::Catalog;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn assert_good(catalog: &Catalog, found: &[Diagnostic]) {
    let errors: Vec<String> =
        found.iter().filter(|diagnostic| diagnostic.is_error()).map(|d| common::draw(catalog, d)).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn every_pack_loads() {
    let packs = common::packs(&root(), &root().join("packs"));
    assert!(packs.iter().any(|pack| pack.id == "core"));
    let (catalog, found) = pack::load(&packs, None);
    assert_good(&catalog, &found);
    assert_eq!(catalog.packs.len(), packs.len());
}

#[test]
fn every_county_loads_with_its_packs() {
    let packs = common::packs(&root(), &root().join("packs"));
    for path in common::entries(&root().join("counties")) {
        let county = common::county(&root(), &path);
        let (catalog, found) = pack::load(&pack::of_county(packs.clone(), &county), Some(&county));
        assert_good(&catalog, &found);
        let county = catalog.county.as_ref().expect("a county");
        assert_eq!(county.id, common::name(&path));
    }
}

/// The pack of the guide's first page: one file, every section that runs, no warning either.
#[test]
fn a_pack_of_one_page_is_clean() {
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good");
    let mut packs = common::packs(&root(), &root().join("packs/core"));
    packs.extend(common::packs(&good, &good));
    let (catalog, found) = pack::load(&packs, None);
    assert_good(&catalog, &found);
    let here = |d: &&Diagnostic| common::place(&catalog, d).0.starts_with("hypertension_mini");
    let warned: Vec<String> = found
        .iter()
        .filter(here)
        .filter(|d| d.severity == base::Severity::Warning)
        .map(|d| common::draw(&catalog, d))
        .collect();
    assert!(warned.is_empty(), "{}", warned.join("\n"));
    let pack = &catalog.packs["hypertension_mini"];
    assert_eq!(pack.indicators.len(), 2);
    assert_eq!(pack.tests.len(), 2);
}
