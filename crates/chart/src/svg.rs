//! How is a shape written down?
//!
//! A thin writer. No `id` is ever written, so that many drawings may stand in one page: hatching is drawn line by line,
//! not as a pattern somewhere else. It never knows figures.

use quick_xml::escape::escape;

use crate::{ink, text};

const FONTS: &str = "Noto Sans CJK SC, Microsoft YaHei, SimHei, sans-serif";

/// Pixels between two lines of hatching, across.
const HATCH: f64 = 6.0;

/// Which end of a text stands at its place?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// A rectangle in pixels, from its upper left corner.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// Words around a place: `y` is their middle.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    pub text: &'a str,
    pub x: f64,
    pub y: f64,
    pub size: f64,
    pub anchor: Anchor,
    pub fill: &'a str,
    pub bold: bool,
    /// The pixels it may take; what takes more is cut in the middle, and the whole is told on hovering.
    pub max: f64,
    /// A rim of paper around the words, where lines pass behind them.
    pub rim: bool,
}

impl<'a> Words<'a> {
    /// Words of the usual size that start at `x`.
    pub fn new(text: &'a str, x: f64, y: f64) -> Self {
        let (anchor, fill, max) = (Anchor::Start, ink::INK, f64::INFINITY);
        Self { text, x, y, size: 12.0, anchor, fill, bold: false, max, rim: false }
    }
}

/// What is drawn so far.
#[derive(Debug, Default)]
pub struct Drawing {
    body: String,
}

impl Drawing {
    /// A filled rectangle; `edge` is the colour of its outline, which lies on its edge, so that the width stays exact.
    pub fn rect(&mut self, class: &str, area: Area, fill: &str, edge: Option<&str>) {
        let stroke = edge.map(|edge| format!(" stroke=\"{edge}\" stroke-width=\"1\"")).unwrap_or_default();
        self.body.push_str(&format!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"{stroke}/>\n",
            px(area.x),
            px(area.y),
            px(area.width),
            px(area.height),
        ));
    }

    /// A rectangle of the second tone, hatched, which a grey printer shows as well.
    pub fn hatched(&mut self, class: &str, area: Area) {
        let Area { x, y, width, height } = area;
        let mut lines = String::new();
        let mut at = HATCH / 2.0;
        while at < width + height {
            let (from_x, from_y) = (x + at.min(width), y + (at - width).max(0.0));
            let (to_x, to_y) = (x + (at - height).max(0.0), y + at.min(height));
            lines.push_str(&format!("M{} {}L{} {}", px(from_x), px(from_y), px(to_x), px(to_y)));
            at += HATCH;
        }
        self.rect(class, area, ink::SECOND, Some(ink::SECOND_EDGE));
        self.path("hatch", &lines, "none", Some((ink::SECOND_EDGE, 1.0, "")));
    }

    /// A straight line of a width in pixels, whole when `dash` is empty.
    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64), stroke: (&str, f64, &str)) {
        let path = format!("M{} {}L{} {}", px(from.0), px(from.1), px(to.0), px(to.1));
        self.path(class, &path, "none", Some(stroke));
    }

    /// A path; `stroke` is its colour, width in pixels and dashes.
    pub fn path(&mut self, class: &str, path: &str, fill: &str, stroke: Option<(&str, f64, &str)>) {
        if path.is_empty() {
            return;
        }
        self.body.push_str(&format!("<path class=\"{class}\" d=\"{path}\" fill=\"{fill}\""));
        if let Some((colour, width, dash)) = stroke {
            self.body.push_str(&format!(" stroke=\"{colour}\" stroke-width=\"{}\"", px(width)));
            if !dash.is_empty() {
                self.body.push_str(&format!(" stroke-dasharray=\"{dash}\""));
            }
        }
        self.body.push_str("/>\n");
    }

    /// Words, cut to the room they have.
    pub fn words(&mut self, words: Words<'_>) {
        let shown = text::cut(words.text, words.size, words.max);
        let anchor = match words.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if words.bold { " font-weight=\"bold\"" } else { "" };
        let rim = if words.rim {
            format!(" stroke=\"{}\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\"", ink::PAPER)
        } else {
            String::new()
        };
        let element = format!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"{anchor}{weight}{rim}>{}</text>",
            px(words.x),
            // Capitals and Chinese characters alike stand around a line a third of an em above the baseline.
            px(words.y + words.size * 0.36),
            px(words.size),
            words.fill,
            plain(&shown),
        );
        if shown == words.text {
            self.body.push_str(&format!("{element}\n"));
        } else {
            self.body.push_str(&format!("<g><title>{}</title>{element}</g>\n", plain(words.text)));
        }
    }

    /// The whole drawing, with what it says for those who do not see it.
    pub fn finish(self, width: f64, height: f64, title: &str, sentence: &str) -> String {
        let (width, height) = (px(width), px(height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"{FONTS}\">\n<title>{}</title>\n<desc>{}</desc>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n{}</svg>\n",
            plain(title),
            plain(sentence),
            ink::PAPER,
            self.body,
        )
    }
}

/// A place in pixels, two digits at most.
pub fn px(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_string() } else { text.to_string() }
}

/// Text as XML; characters that XML cannot hold become spaces.
fn plain(text: &str) -> String {
    let held = |c: char| if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') { ' ' } else { c };
    escape(text.chars().map(held).collect::<String>()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_have_two_digits_at_most_and_no_negative_zero() {
        assert_eq!([0.0, -0.001, 1.5, 100.0, 2.345_6].map(px), ["0", "0", "1.5", "100", "2.35"]);
    }

    #[test]
    fn what_xml_cannot_hold_is_written_another_way() {
        assert_eq!(plain("<甲 & \"乙\">\u{0}"), "&lt;甲 &amp; &quot;乙&quot;&gt; ");
    }

    #[test]
    fn hatching_stays_inside_its_rectangle() {
        let mut drawing = Drawing::default();
        drawing.hatched("bar", Area { x: 10.0, y: 20.0, width: 30.0, height: 12.0 });
        let path = drawing.body.split(" d=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let points = path.split(['M', 'L']).skip(1).map(|pair| pair.split_once(' ').unwrap());
        for (x, y) in points {
            let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
            assert!((10.0..=40.0).contains(&x) && (20.0..=32.0).contains(&y), "{x} {y} in {path}");
        }
    }
}
