//! Does a new pack work as it is written, and is the page of what the packs cover true?
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn taizhang(home: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_taizhang"))
        .env("TAIZHANG_HOME", home)
        .current_dir(home)
        .args(args)
        .output()
        .unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn a_new_pack_checks_and_its_examples_run() {
    let home = tempfile::tempdir().unwrap();
    copy(&project().join("packs/core"), &home.path().join("packs/core"));
    let new = ["new-pack", "care/hospice", "--zh", "安宁疗护", "--en", "Hospice care"];
    let made = taizhang(home.path(), &new);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    for args in [["check", "packs"], ["test", "packs/care/hospice"]] {
        let output = taizhang(home.path(), &args);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{args:?}: {said}");
        assert!(
            said.contains(if args[0] == "check" { "0 mistakes, 0 warnings" } else { "2 passed, 0 failed" }),
            "{said}"
        );
    }
    let again = taizhang(home.path(), &new);
    assert_eq!(again.status.code(), Some(2), "an existing pack is never written over");
    for wrong in ["hospice", "care/Hospice", "../care/x", "care/a/b"] {
        assert_eq!(
            taizhang(home.path(), &["new-pack", wrong, "--zh", "甲", "--en", "a"]).status.code(),
            Some(2),
            "{wrong}"
        );
    }
}

/// `UPDATE=1` writes the page.
#[test]
fn the_page_of_what_is_covered_is_that_of_the_packs() {
    let output = taizhang(&project(), &["coverage", "--markdown"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made = String::from_utf8(output.stdout).unwrap();
    let page = project().join("docs/coverage.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&page, &made).unwrap();
    }
    let there = std::fs::read_to_string(&page).unwrap();
    assert!(there == made, "docs/coverage.md is not what the packs cover; run this test with UPDATE=1");
}
