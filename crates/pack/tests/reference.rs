//! Are the pages made from the program those it makes today? `UPDATE=1` writes them anew.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::path::Path;

fn reference(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(file)
}

#[test]
fn the_page_of_diagnostics() {
    common::committed(&reference("diagnostics.md"), &pack::diagnostics_page());
}

#[test]
fn the_schema_for_editors() {
    let schema = serde_json::to_string_pretty(&pack::json_schema()).unwrap() + "\n";
    common::committed(&reference("pack.schema.json"), &schema);
}
