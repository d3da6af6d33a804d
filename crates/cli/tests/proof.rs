//! Does `taizhang proof` say what a person needs: what does not agree, where, and what it may have been?
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

const TEXT: &str = "一、工作情况\n全年出生1846人，其中男孩975人、女孩889人。\n";

fn proof(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_taizhang")).arg("proof").args(args).current_dir(dir).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_report_that_does_not_add_up_is_answered_with_one() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.txt"), TEXT).unwrap();
    std::fs::write(dir.path().join("b.txt"), TEXT.replace("975", "957")).unwrap();
    let found = proof(dir.path(), &["a.txt", "--out", "a.html"]);
    assert_eq!(found.status.code(), Some(1), "{}", text(&found.stderr));
    assert!(text(&found.stdout).contains("975 + 889 = 1864，文中为1846"), "{}", text(&found.stdout));
    assert!(text(&std::fs::read(dir.path().join("a.html")).unwrap()).contains("975 + 889 = 1864"));

    let right = proof(dir.path(), &["b.txt", "--json"]);
    assert_eq!(right.status.code(), Some(0));
    let document: serde_json::Value = serde_json::from_slice(&right.stdout).unwrap();
    assert_eq!(document["relations"][0]["verdict"], "holds");

    let changed = proof(dir.path(), &["a.txt", "--against", "b.txt"]);
    assert_eq!(changed.status.code(), Some(1));
    assert!(text(&changed.stdout).contains("975人"), "{}", text(&changed.stdout));

    let folder = proof(dir.path(), &["."]);
    assert!(text(&folder.stdout).contains("3 reports: 2 with figures that do not agree"), "{}", text(&folder.stdout));
}

#[test]
fn a_file_that_cannot_be_read_is_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let files: [(&str, &[u8]); 4] = [
        ("a.txt", b""),
        ("a.docx", b"PK\x03\x04"),
        ("a.pdf", b"%PDF-1.4 nothing"),
        ("a.doc", &[0xD0, 0xCF, 0x11, 0xE0]),
    ];
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).unwrap();
        let refused = proof(dir.path(), &[name]);
        assert_eq!(
            (refused.status.code(), text(&refused.stderr).lines().count()),
            (Some(2), 1),
            "{}",
            text(&refused.stderr)
        );
    }
}
