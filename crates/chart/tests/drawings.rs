//! Are all drawings of the gallery sound: well-formed, the same every time, and no words over words?

#![allow(clippy::unwrap_used)]

// The gallery is a program; here only its drawings are asked for.
#[allow(dead_code)]
#[path = "../examples/gallery.rs"]
mod gallery;

use base::Decimal;
use chart::{Bar, Comparison, Direction, Series, Size, Trend};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Words as they stand on the paper, measured as Noto Sans CJK is: a digit is 0.555 em wide.
struct Words {
    text: String,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).unwrap()?;
    Some(found.value.into_owned())
}

fn pixels(element: &BytesStart<'_>, name: &str) -> f64 {
    attribute(element, name).unwrap().parse().unwrap()
}

/// Reads the whole drawing, so that what is not well-formed panics, and gives its size and words.
fn read(svg: &str) -> ((f64, f64), Vec<Words>) {
    let mut reader = Reader::from_str(svg);
    let (mut size, mut words, mut open) = ((0.0, 0.0), Vec::new(), None);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) if element.name().as_ref() == "svg" => {
                size = (pixels(&element, "width"), pixels(&element, "height"));
            }
            Event::Start(element) if element.name().as_ref() == "text" => open = Some(element.into_owned()),
            Event::Text(text) => {
                if let Some(element) = open.take() {
                    words.push(place(&element, &text.into_inner()));
                }
            }
            Event::Eof => return (size, words),
            _ => {}
        }
    }
}

fn place(element: &BytesStart<'_>, text: &str) -> Words {
    let (x, y, size) = (pixels(element, "x"), pixels(element, "y"), pixels(element, "font-size"));
    let em = |c: char| match c {
        ',' | '.' | ' ' | '/' | '-' => 0.35,
        '%' => 0.92,
        _ if c.is_ascii() => 0.56,
        _ => 1.0,
    };
    let width = text.chars().map(em).sum::<f64>() * size;
    let left = match attribute(element, "text-anchor").as_deref() {
        None => x,
        Some("middle") => x - width / 2.0,
        Some(_) => x - width,
    };
    Words { text: text.to_string(), left, right: left + width, top: y - size * 0.8, bottom: y + size * 0.1 }
}

/// The first words that lie on others or leave the drawing.
fn fault(svg: &str) -> Option<String> {
    let ((width, height), words) = read(svg);
    for (at, one) in words.iter().enumerate() {
        if one.left < 0.0 || one.right > width || one.top < 0.0 || one.bottom > height {
            return Some(format!("{} leaves the drawing", one.text));
        }
        for other in words.iter().skip(at + 1) {
            let beside = one.right < other.left || other.right < one.left;
            if !beside && one.bottom >= other.top && other.bottom >= one.top {
                return Some(format!("{} lies on {}", one.text, other.text));
            }
        }
    }
    None
}

#[test]
fn words_never_lie_on_words_nor_leave_the_drawing() {
    let drawings = gallery::drawings().unwrap();
    let sizes = |size| [size, Size::new(0, 0), Size::new(420, 300), Size::new(1200, 700)];
    for (name, chart, size) in drawings.iter().flat_map(|(name, chart, size)| sizes(*size).map(|s| (name, chart, s))) {
        assert_eq!(fault(&chart.svg(size)), None, "{name} in {} × {}", size.width, size.height);
    }
}

proptest! {
    #[test]
    fn words_keep_apart_whatever_the_values(
        values in vec(vec(option::of(-9_999_999_i64..99_999_999), 1..40), 1..5),
        digits in 0_u32..4, target in -100_i64..100_000, width in 360_u32..900,
    ) {
        let n_points = values.iter().map(Vec::len).min().unwrap_or(0);
        let line = |values: &Vec<Option<i64>>| {
            Series::new("高血压患者", values.iter().take(n_points).map(|v| v.map(|v| Decimal::new(v, digits))).collect())
        };
        let points = (0..n_points).map(|n| format!("{}年{}月", 2020 + n / 12, n % 12 + 1)).collect();
        let trend = Trend::new("规范管理人数", "人", points, values.iter().map(line).collect()).unwrap();
        let trend = trend.with_target("年度目标值", Decimal::from(target)).unwrap();
        prop_assert_eq!(fault(&trend.svg(Size::new(width, 300))), None);
        let bars = |values: &Vec<Option<i64>>| {
            values.iter().map(|v| Bar::new("青石镇中心卫生院", v.map(|v| Decimal::new(v.abs(), digits)))).collect()
        };
        let chart = Comparison::new("规范管理人数", "人", bars(&values[0])).unwrap();
        let chart = chart.with_target("年度目标值", Decimal::from(target.abs()), Direction::AtLeast).unwrap();
        prop_assert_eq!(fault(&chart.svg(Size::new(width, 300))), None);
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let all = || gallery::drawings().unwrap().iter().map(|(_, chart, size)| chart.svg(*size)).collect::<Vec<_>>();
    assert_eq!(all(), all());
}

#[test]
fn every_drawing_says_what_it_is_and_needs_nothing_from_outside() {
    for (name, chart, size) in gallery::drawings().unwrap() {
        let svg = chart.svg(size);
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "), "{name}: {}", &svg[..80]);
        assert!(svg.contains("<title>") && svg.contains("。</desc>"), "{name} says nothing");
        let outside = ["href", "url(", "<script", "<style", "<image", " id="];
        assert!(outside.iter().all(|word| !svg.contains(word)), "{name} needs something else");
        assert_eq!(svg.matches("http").count(), 1, "{name} names an address");
    }
}

#[test]
fn names_that_look_like_xml_stay_names() {
    let bars = vec![Bar::new("<甲> & \"乙\"\u{7}", Some(Decimal::ONE))];
    let svg = Comparison::new("a<b", "%", bars).unwrap().svg(Size::new(640, 200));
    read(&svg);
    assert!(svg.contains("&lt;甲&gt; &amp; &quot;乙&quot; </text>"), "{svg}");
}
