//! Is every mistake that needs numbers found, at its place, and nothing else?
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../pack/tests/common/cases.rs"]
mod cases;
#[path = "../../pack/tests/common/mod.rs"]
mod common;

use std::path::Path;

#[test]
fn every_mistake_is_found_at_its_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let core = root.join("../pack/tests/bad/core").canonicalize().unwrap();
    let mut wrong = Vec::new();
    for case in cases::cases(&root.join("tests/bad"), &core) {
        let (catalog, mut found) = pack::load(&case.packs, case.county.as_ref());
        found.extend(scheme::check::check(&catalog));
        wrong.extend(cases::judge(&case, &catalog, &found));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
