//! Do the faces show what was found?
#![allow(clippy::unwrap_used)]

use crate::check;
use crate::read::{Original, read};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const TEXT: &str = "全年出生1846人，其中男孩975人、女孩889人。<b>";

#[test]
fn json_counts_scalars_of_the_original() {
    let found = super::json("a.txt", &check(Original::plain(TEXT)), None);
    let claim = &found["claims"][0];
    assert_eq!(
        (claim["quote"].as_str(), claim["start"].as_u64(), claim["end"].as_u64()),
        (Some("1846人"), Some(4), Some(9))
    );
    assert_eq!(claim["value"].as_str(), Some("1846"));
    let relation = &found["relations"][0];
    assert_eq!((relation["kind"].as_str(), relation["verdict"].as_str()), (Some("sum"), Some("fails")));
    let values: Vec<Option<&str>> =
        relation["slips"].as_array().unwrap().iter().map(|slip| slip["value"].as_str()).collect();
    assert!(values[..2].contains(&Some("957人")), "{values:?}");
}

#[test]
fn the_page_escapes_what_it_shows() {
    let page = super::html("<x>", &check(Original::plain(TEXT)));
    assert!(page.contains("核验 &lt;x&gt;") && page.contains("&lt;b&gt;") && !page.contains("<b>。"));
    assert!(page.contains("975 + 889 = 1864，文中为1846"));
}

#[test]
fn a_word_document_keeps_its_text_and_gets_comments() {
    let body = "<w:p><w:r><w:t>全年出生1846人，其中男孩975人、</w:t></w:r><w:r><w:t>女孩889人。</w:t></w:r></w:p>";
    let parts = [
        ("[Content_Types].xml", "<Types></Types>".to_string()),
        ("word/_rels/document.xml.rels", "<Relationships></Relationships>".to_string()),
        ("word/document.xml", format!("<w:document xmlns:w=\"x\"><w:body>{body}</w:body></w:document>")),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in &parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let proof = check(read("a.docx", &bytes).unwrap());
    let written = super::docx_with_comments(&bytes, &proof).unwrap();
    let again = check(read("b.docx", &written).unwrap());
    assert_eq!(again.original.chars, proof.original.chars);
    let mut archive = ZipArchive::new(Cursor::new(written)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    assert!(part("word/comments-taizhang.xml").contains("975 + 889 = 1864"));
    let document = part("word/document.xml");
    assert!(document.contains("<w:commentRangeStart w:id=\"0\"/><w:r><w:t>全年"), "{document}");
    assert!(document.contains("</w:r><w:commentRangeEnd w:id=\"0\"/>"), "{document}");
}
