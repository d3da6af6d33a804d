//! Is every mistake of a `synth` section found, at its place, and nothing else?
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../pack/tests/common/cases.rs"]
mod cases;
#[path = "../../pack/tests/common/mod.rs"]
mod common;

use base::Diagnostic;
use pack::Catalog;
use std::convert::Infallible;
use std::path::Path;
use synth::{Options, Plan, SynthError};

#[test]
fn every_mistake_is_found_at_its_place() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let county = common::folder(&tests, &tests.join("county"));
    let bad = tests.join("bad");
    let mut wrong = Vec::new();
    for case in cases::cases(&bad, &bad.join("core")) {
        assert!(case.county.is_none(), "{}: all cases share one county", case.name);
        let (catalog, mut found) = pack::load(&case.packs, Some(&county));
        if !found.iter().any(Diagnostic::is_error) {
            found.extend(invent(&catalog));
        }
        wrong.extend(cases::judge(&case, &catalog, &found));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What stops the county from being planned or, when nothing does, from being made.
fn invent(catalog: &Catalog) -> Vec<Diagnostic> {
    let county = catalog.county.as_ref().unwrap();
    let (plan, mut found) = Plan::new(catalog, county, Options::default());
    let Some(plan) = plan else { return found };
    match plan.make(|_, _| Ok::<_, Infallible>(()), |_, _| ()) {
        Ok(_) => {}
        Err(SynthError::Refused(diagnostic)) => found.push(*diagnostic),
        Err(error) => panic!("{error:?}"),
    }
    found
}
