//! Are files of every format read, and hostile ones refused in one line?
#![allow(clippy::unwrap_used)]

use super::*;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn text(original: &Original) -> String {
    original.chars.iter().collect()
}

/// A package with these parts.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn document(body: &str) -> Vec<u8> {
    let xml = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    );
    package(&[("word/document.xml", xml.as_bytes())])
}

#[test]
fn gb18030_is_read_without_a_mark() {
    let (bytes, _, _) = encoding_rs::GB18030.encode("全县出生1846人，符合政策生育率94.59%。");
    let original = read("a.txt", &bytes).unwrap();
    assert_eq!((original.encoding, text(&original).as_str()), ("GB18030", "全县出生1846人，符合政策生育率94.59%。"));
}

#[test]
fn utf8_cut_in_a_character_is_read_up_to_there() {
    let bytes = "签约96500人".as_bytes();
    let original = read("a.txt", &bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(text(&original), "签约96500");
}

#[test]
fn a_web_page_keeps_its_positions() {
    let page = "<html><head><title>9人</title></head><body><script>var a = 5;</script><p>出生<b>1846</b>人&permil;</p><p>户&#8240;</p></body></html>";
    let original = read("a.html", page.as_bytes()).unwrap();
    let proof = crate::check(original);
    assert_eq!(proof.claims.len(), 1, "{:?}", proof.claims);
    let at = page[..page.find("1846").unwrap()].chars().count();
    assert_eq!(proof.claims[0].original.start, at);
    assert_eq!(proof.claims[0].quote, "1846人");
}

#[test]
fn a_word_document_knows_its_runs_and_leaves_deleted_text_out() {
    let body = "<w:p><w:r><w:t>男孩957人</w:t></w:r><w:del><w:r><w:t>8人</w:t></w:r></w:del><w:r><w:t xml:space=\"preserve\">、女孩&#56;89人</w:t></w:r></w:p>";
    let original = read("a.docx", &document(body)).unwrap();
    assert_eq!(text(&original), "男孩957人、女孩889人\n");
    assert_eq!(original.runs.len(), 2);
    assert_eq!(original.runs[1].chars, 6..13);
}

#[test]
fn nothing_binary_or_protected_is_a_report() {
    let refused = |name: &str, bytes: &[u8]| read(name, bytes).unwrap_err();
    assert_eq!(refused("a.txt", b""), ReadError::Empty);
    assert_eq!(refused("a.txt", b"  \n \n"), ReadError::Empty);
    assert_eq!(refused("a.bin", &[0, 1, 2, 3, 0, 255]), ReadError::Binary);
    assert_eq!(refused("a.doc", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1]), ReadError::OldOrEncrypted);
    assert_eq!(refused("a.pdf", b"%PDF-1.7\n1 0 obj <</Encrypt 2 0 R>>"), ReadError::Encrypted);
    assert_eq!(refused("a.zip", &package(&[("readme.txt", b"x")])), ReadError::Binary);
    assert!(matches!(refused("a.pdf", b"%PDF-1.7\nnothing follows"), ReadError::Damaged(Format::Pdf, _)));
    assert!(matches!(refused("a.docx", b"PK\x03\x04 cut off"), ReadError::Damaged(..)));
    assert!(matches!(refused("a.txt", &vec![b'a'; MAX_FILE_BYTES + 1]), ReadError::TooLarge(_)));
}

#[test]
fn a_package_that_unpacks_to_gigabytes_is_refused() {
    let zeros = vec![b' '; usize::try_from(MAX_UNPACKED_BYTES).unwrap() + 10];
    let bomb = package(&[("word/document.xml", &zeros)]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(read("a.docx", &bomb).unwrap_err(), ReadError::Bomb);
    let bomb = package(&[("xl/workbook.xml", b"<x/>"), ("xl/worksheets/sheet1.xml", &zeros)]);
    assert_eq!(read("a.xlsx", &bomb).unwrap_err(), ReadError::Bomb);
}

#[test]
fn hostile_nesting_ends_at_a_depth() {
    let deep = "<w:p>".repeat(10_000);
    let error = read("a.docx", &document(&deep)).unwrap_err();
    assert!(error.to_string().contains("nested deeper"), "{error}");
    let page = "<div>".repeat(200_000) + "出生1846人";
    assert_eq!(crate::check(read("a.html", page.as_bytes()).unwrap()).claims.len(), 1);
}
