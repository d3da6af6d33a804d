//! Does the page keep to GB/T 9704: 22 lines of 28 characters, numbers outside, nothing shown as a box?

#![allow(clippy::unwrap_used)]
use super::*;
use crate::compose::{Outline, compose};
use crate::document::Span;
use base::Period;
use std::collections::BTreeMap;
use typst::layout::Point;

/// A text of so many characters, one paragraph.
fn document(text: &str) -> Document {
    let period = Period::year(2025);
    let block = |kind, text: &str| Block {
        kind,
        level: 0,
        number: String::new(),
        spans: vec![Span { text: text.into(), figure: None }],
    };
    Document {
        title: "示例县2025年工作总结".into(),
        period,
        as_of: period.last_day(),
        blocks: vec![block(BlockKind::Paragraph, text)],
        left_out: Vec::new(),
        findings: Vec::new(),
        sources: Vec::new(),
    }
}

/// The characters of a line, each with its left and right edge in mm.
type Line = Vec<(char, f64, f64)>;

/// The lines of a page, by their distance from the top in tenths of a millimetre.
type Lines = BTreeMap<i64, Line>;

/// Where each character of a page stands.
fn lines(frame: &Frame, at: Point, found: &mut Lines) {
    for (point, item) in frame.items() {
        let place = at + *point;
        match item {
            FrameItem::Group(group) => lines(&group.frame, place, found),
            FrameItem::Text(text) => {
                let mut x = place.x;
                for glyph in &text.glyphs {
                    let c = text.text[glyph.range()].chars().next().unwrap();
                    let width = glyph.x_advance.at(text.size);
                    let line = found.entry((place.y.to_mm() * 10.0).round() as i64).or_default();
                    line.push((c, (x + glyph.x_offset.at(text.size)).to_mm(), (x + width).to_mm()));
                    x += width;
                }
            }
            _ => {}
        }
    }
}

fn pages(document: &Document) -> Vec<Lines> {
    let laid_out = lay_out(document).unwrap();
    let page = |frame: &Frame| {
        let mut found = BTreeMap::new();
        lines(frame, Point::zero(), &mut found);
        found
    };
    laid_out.pages().iter().map(|each| page(&each.frame)).collect()
}

#[test]
fn a_full_page_has_22_lines_of_28_characters() {
    let pages = pages(&document(&"国".repeat(28 * 22 * 3)));
    let body = |page: &Lines| -> Vec<Line> { page.values().filter(|line| line[0].0 == '国').cloned().collect() };
    for page in &pages[..3] {
        let rows = body(page);
        assert_eq!(rows.len(), 22);
        for row in rows.iter().skip(1) {
            assert_eq!(row.len(), 28);
            let (left, right) = (row[0].1, row[27].2);
            assert!((left - 28.0).abs() < 0.2 && (right - 184.0).abs() < 0.4, "{left} {right}");
        }
    }
    assert_eq!(body(&pages[0])[0].len(), 26, "the first line is indented by two characters");
    let (first, last) = (*pages[1].keys().next().unwrap(), *pages[1].keys().nth(21).unwrap());
    let pitch = (last - first) as f64 / 210.0;
    assert!((pitch - 225.0 / 22.0).abs() < 0.05, "{pitch} mm from line to line");
}

#[test]
fn page_numbers_stand_on_the_outer_side() {
    let pages = pages(&document(&"国".repeat(28 * 22 * 2)));
    let number = |page: &Lines| page.values().last().unwrap().clone();
    let text = |line: &Line| line.iter().map(|(c, ..)| *c).collect::<String>();
    let (odd, even) = (number(&pages[0]), number(&pages[1]));
    assert_eq!([text(&odd), text(&even)], ["— 1 —", "— 2 —"]);
    assert!(odd.last().unwrap().2 > 175.0 && even[0].1 < 35.0, "{odd:?} {even:?}");
}

/// How many links a page carries.
fn links(frame: &Frame) -> usize {
    let of = |item: &FrameItem| match item {
        FrameItem::Group(group) => links(&group.frame),
        FrameItem::Link(..) => 1,
        _ => 0,
    };
    frame.items().map(|(_, item)| of(item)).sum()
}

#[test]
fn every_figure_links_to_its_row_of_the_sources() {
    let text = include_str!("../../../tests/outline.md");
    let outline = Outline { name: "outline.md".into(), text: text.into() };
    let period = Period::year(2025);
    let figures = crate::fixture::Shili;
    let paper = compose(&outline, &BTreeMap::new(), &figures, period, period.last_day()).unwrap();
    let printed = paper.blocks.iter().flat_map(|block| &block.spans).filter(|span| span.figure.is_some()).count();
    let laid_out = lay_out(&paper).unwrap();
    let linked: usize = laid_out.pages().iter().map(|page| links(&page.frame)).sum();
    assert!(printed >= 12 && linked >= printed, "{linked} links for {printed} figures");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let paper = document("全县建立居民健康档案。");
    assert!(pdf(&paper).unwrap().starts_with(b"%PDF-"));
    assert_eq!(pdf(&paper).unwrap(), pdf(&paper).unwrap());
}

/// Whatever a record says is text, never markup.
#[test]
fn marks_of_the_layout_language_are_text() {
    let hostile = "#panic() $x$ *粗* @来源 <标签> // 注 \\ “引” `码`";
    let laid_out = pages(&document(hostile));
    let said: String = laid_out[0].values().flatten().map(|(c, ..)| *c).collect();
    assert!(said.starts_with("#panic()$x$*粗*") || said.starts_with("#panic() $x$ *粗*"), "{said}");
}

#[test]
fn a_character_no_font_shows_is_named() {
    let refused = pdf(&document("姓名\u{E123}")).unwrap_err().to_string();
    assert!(refused.contains("U+E123"), "{refused}");
}

/// Names people really have, outside the first standard of 1980 and outside the first plane.
#[test]
fn rare_characters_of_names_are_shown() {
    pdf(&document("喆堃珺旻翀玥昇赟祎犇垚淼昊玮婳嫄晗曦翾骉燚龘㛃𠅤")).unwrap();
}
