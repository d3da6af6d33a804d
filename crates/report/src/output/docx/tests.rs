//! Is the DOCX well formed, in schema order, and the same every time?

#![allow(clippy::unwrap_used)]
use super::*;
use crate::compose::{Outline, compose};
use crate::output::{html, markdown};
use base::Period;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::io::Read;

fn paper() -> Document {
    let text = include_str!("../../../tests/outline.md");
    let outline = Outline { name: "outline.md".into(), text: text.into() };
    let period = Period::year(2025);
    compose(&outline, &BTreeMap::new(), &crate::fixture::Shili, period, period.last_day()).unwrap()
}

/// Every part, parsed again: its elements in order.
fn elements(bytes: &[u8]) -> BTreeMap<String, Vec<String>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut parts = BTreeMap::new();
    for name in names {
        let mut text = String::new();
        zip.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
        let mut reader = Reader::from_str(&text);
        let mut found = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Start(e) | Event::Empty(e) => {
                    let mut tag = e.name().as_ref().to_string();
                    for attribute in e.attributes() {
                        let attribute = attribute.unwrap();
                        let key = attribute.key.as_ref().to_string();
                        tag.push_str(&format!(" {key}={}", attribute.value));
                    }
                    found.push(tag);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        parts.insert(name, found);
    }
    parts
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(docx(&paper()).unwrap(), docx(&paper()).unwrap());
}

#[test]
fn parts_are_well_formed_and_geometry_is_official() {
    let parts = elements(&docx(&paper()).unwrap());
    assert_eq!(parts.len(), 10);
    let text = &parts["word/document.xml"];
    for expected in [
        "w:pgSz w:w=11906 w:h=16838",
        "w:docGrid w:type=lines w:linePitch=579",
        "w:pgMar w:top=2098 w:right=1474 w:bottom=1984 w:left=1587 w:header=851 w:footer=1304 w:gutter=0",
    ] {
        assert!(text.contains(&expected.to_string()), "{expected}");
    }
    assert!(parts["word/settings.xml"].contains(&"w:evenAndOddHeaders".to_string()));
    let levels = parts["word/styles.xml"].iter().filter(|tag| tag.starts_with("w:outlineLvl")).count();
    assert_eq!(levels, 4);
}

#[test]
fn every_figure_links_to_a_line_of_the_sources() {
    let parts = elements(&docx(&paper()).unwrap());
    let text = &parts["word/document.xml"];
    let anchors: Vec<&str> =
        text.iter().filter_map(|tag| tag.strip_prefix("w:hyperlink w:anchor=")?.split(' ').next()).collect();
    assert!(anchors.len() >= 12, "{anchors:?}");
    for anchor in anchors {
        assert!(text.iter().any(|tag| tag.ends_with(&format!("w:name={anchor}"))), "{anchor}");
    }
}

#[test]
fn html_and_markdown_link_the_same_figures() {
    let document = paper();
    let page = html(&document, "");
    let hover = "高血压患者规范管理率：98.96%&#10;算法：29,429 ÷ 29,738&#10;时期：2025年，数据截至2025-12-31&#10;依据：示例规范";
    assert!(page.contains(&format!("<a class=\"figure\" href=\"#source_7\" title=\"{hover}\">98.96%</a>")), "{page}");
    assert!(!page.contains("http"), "the page must not need the network");
    let served = html(&document, "/");
    let address = "/figure?indicator=hypertension_standard_rate&amp;org=county&amp;period=2025";
    assert!(served.contains(&format!("<a class=\"figure\" href=\"{address}\"")), "{served}");
    assert!(served.contains("&amp;by.source=central"));
    let text = markdown(&document);
    assert!(text.contains("规范管理率[98.96%](#source_7)，[比上年提高0.46个百分点](#source_7)"), "{text}");
    assert!(text.contains("| <a id=\"source_7\"></a>7 | 高血压患者规范管理率 | 98.96% | 29,429 ÷ 29,738 |"), "{text}");
}

/// Writes the outputs where `REPORT_SAMPLE` says, to be looked at.
#[test]
fn sample() {
    let Some(folder) = std::env::var_os("REPORT_SAMPLE") else { return };
    let folder = std::path::Path::new(&folder);
    std::fs::write(folder.join("sample.docx"), docx(&paper()).unwrap()).unwrap();
    std::fs::write(folder.join("sample.html"), html(&paper(), "")).unwrap();
    std::fs::write(folder.join("sample.md"), markdown(&paper())).unwrap();
}
