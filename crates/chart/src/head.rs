//! What stands above every drawing, and what stands there when there is nothing to draw?
//!
//! The title, the unit and the keys, in lines that wrap. It never knows what the keys mean.

use crate::Size;
use crate::ink;
use crate::svg::{Anchor, Area, Drawing, Words, px};
use crate::text::room;

/// White space around everything, in pixels.
pub const MARGIN: f64 = 16.0;
/// The size of words, in pixels.
pub const WORD: f64 = 12.0;
/// A line of words with the space to the next, in pixels.
pub const LINE: f64 = 20.0;

/// What a key looks like.
#[derive(Debug, Clone, Copy)]
pub enum Mark {
    /// A line of a trend, by its place.
    Line(usize),
    /// A bar.
    Block,
    /// A bar of the second tone.
    Hatched,
}

/// What the reader is told before the drawing.
pub struct Head<'a> {
    pub title: &'a str,
    pub unit: &'a str,
    pub keys: Vec<(Mark, &'a str)>,
}

impl Head<'_> {
    /// Draws it and says where the rest begins, in pixels from above.
    pub fn draw(&self, drawing: &mut Drawing, size: Size) -> f64 {
        let width = size.width_px();
        let mut y = MARGIN;
        if size.heading {
            let mut words = Words::new(self.title, width / 2.0, y + 8.0);
            (words.size, words.anchor, words.bold, words.max) = (16.0, Anchor::Middle, true, width - 2.0 * MARGIN);
            drawing.words(words);
            y += 28.0;
        }
        let mut x = MARGIN;
        if !self.unit.is_empty() {
            let unit = format!("单位：{}", self.unit);
            drawing.words(Words { fill: ink::SOFT, max: width - 2.0 * MARGIN, ..Words::new(&unit, x, y + WORD / 2.0) });
            x += room(&unit, WORD).min(width - 2.0 * MARGIN) + 20.0;
        }
        for (mark, name) in &self.keys {
            let most = (width - 2.0 * MARGIN - 32.0).min(16.0 * WORD);
            let needed = 32.0 + room(name, WORD).min(most);
            if x > MARGIN && x + needed > width - MARGIN {
                (x, y) = (MARGIN, y + LINE);
            }
            key(drawing, *mark, x, y + WORD / 2.0);
            drawing.words(Words { max: most, ..Words::new(name, x + 32.0, y + WORD / 2.0) });
            x += needed + 20.0;
        }
        if x > MARGIN { y + LINE } else { y }
    }

    /// The drawing of nothing: it says so, and is no error.
    pub fn nothing(&self, size: Size) -> String {
        let mut drawing = Drawing::default();
        let bare = Head { title: self.title, unit: self.unit, keys: Vec::new() };
        let top = bare.draw(&mut drawing, size);
        let (width, height) = (size.width_px(), size.height_px());
        let mut words = Words::new("暂无数据", width / 2.0, (top + height) / 2.0);
        (words.anchor, words.size, words.fill) = (Anchor::Middle, 14.0, ink::SOFT);
        drawing.words(words);
        drawing.finish(width, height, self.title, &format!("{}：暂无数据。", self.title))
    }
}

fn key(drawing: &mut Drawing, mark: Mark, x: f64, y: f64) {
    let block = Area { x: x + 6.0, y: y - 5.0, width: 20.0, height: 10.0 };
    match mark {
        Mark::Line(at) => {
            let stroke = &ink::STROKES[at % ink::STROKES.len()];
            drawing.line("key", (x, y), (x + 26.0, y), (stroke.colour, 2.0, stroke.dash));
            dot(drawing, at, x + 13.0, y);
        }
        Mark::Block => drawing.rect("key", block, ink::PRIMARY, None),
        Mark::Hatched => drawing.hatched("key", block),
    }
}

/// The mark of a trend's line, by the line's place: the shape changes with each, the second round is hollow.
pub fn dot(drawing: &mut Drawing, at: usize, x: f64, y: f64) {
    let n_strokes = ink::STROKES.len();
    let colour = ink::STROKES[at % n_strokes].colour;
    let fill = if (at / n_strokes).is_multiple_of(2) { colour } else { ink::PAPER };
    let p = |dx: f64, dy: f64| format!("{} {}", px(x + dx), px(y + dy));
    let path = match at % n_strokes {
        0 => format!("M{}A3.5 3.5 0 1 1 {}A3.5 3.5 0 1 1 {}Z", p(-3.5, 0.0), p(3.5, 0.0), p(-3.5, 0.0)),
        1 => format!("M{}H{}V{}H{}Z", p(-3.2, -3.2), px(x + 3.2), px(y + 3.2), px(x - 3.2)),
        2 => format!("M{}L{}L{}Z", p(0.0, -4.2), p(4.0, 3.2), p(-4.0, 3.2)),
        3 => format!("M{}L{}L{}L{}Z", p(0.0, -4.6), p(4.6, 0.0), p(0.0, 4.6), p(-4.6, 0.0)),
        4 => format!("M{}L{}L{}Z", p(0.0, 4.2), p(4.0, -3.2), p(-4.0, -3.2)),
        _ => format!("M{}H{}V{}H{}Z", p(-1.8, -4.2), px(x + 1.8), px(y + 4.2), px(x - 1.8)),
    };
    drawing.path("dot", &path, fill, Some((colour, 1.2, "")));
}
