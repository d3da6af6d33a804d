//! Is every mistake found, at its place, and nothing else?
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/cases.rs"]
mod cases;
mod common;

use std::collections::BTreeSet;
use std::path::Path;

/// The crates above that find mistakes of their own, with files for them in the same place.
const ABOVE: [&str; 5] = ["columns", "scheme", "synth", "report", "cluster"];

#[test]
fn every_mistake_is_found_at_its_place() {
    let bad = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let mut wrong = Vec::new();
    for case in cases::cases(&bad, &bad.join("core")) {
        let (catalog, found) = pack::load(&case.packs, case.county.as_ref());
        wrong.extend(cases::judge(&case, &catalog, &found));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_file() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let core = crates.join("pack/tests/bad/core");
    let files = ["pack"].into_iter().chain(ABOVE).map(|name| crates.join(name).join("tests/bad"));
    let there: BTreeSet<String> = files.flat_map(|bad| cases::cases(&bad, &core)).map(|case| case.code).collect();
    let codes: BTreeSet<&str> = pack::CODES.iter().map(|code| code.name).collect();
    let missing: Vec<_> = codes.iter().filter(|code| !there.contains(**code)).collect();
    assert!(missing.is_empty(), "without a file in tests/bad: {missing:?}");
    let unknown: Vec<_> = there.iter().filter(|name| !codes.contains(name.as_str())).collect();
    assert!(unknown.is_empty(), "not a code: {unknown:?}");
}
