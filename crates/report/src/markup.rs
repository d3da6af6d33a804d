//! How does a figure stay a link while its text passes through a template?
//!
//! The template engine knows only characters, so links travel as characters of the last private-use plane, which no
//! text of ours can contain (`clean` takes care of records). Nothing outside this module knows their code points.

use crate::document::{FigureRef, Span};

const OPEN: char = '\u{100000}';
const CLOSE: char = '\u{100001}';
/// A figure without a value; followed by the character of its link.
const MISSING: char = '\u{100002}';
/// A word that would not be true; followed by the number of its refusal.
const REFUSED: char = '\u{100003}';
/// Where `<!-- title -->` stood.
pub(crate) const TITLE: char = '\u{100004}';
const FIRST: u32 = 0x10_1000;
const LAST: u32 = 0x10_FFFD;

fn index(n: usize) -> char {
    u32::try_from(n).ok().and_then(|n| char::from_u32(FIRST + n)).filter(|c| *c as u32 <= LAST).unwrap_or(CLOSE)
}

fn number(c: char) -> Option<usize> {
    let code = c as u32;
    (FIRST..=LAST).contains(&code).then(|| (code - FIRST) as usize)
}

/// Text that prints figure number `n`.
pub(crate) fn linked(n: usize, text: &str) -> String {
    format!("{OPEN}{}{text}{CLOSE}", index(n))
}

/// The place of figure number `n`, which has no value.
pub(crate) fn missing(n: usize) -> String {
    format!("{MISSING}{}", index(n))
}

/// The place of refusal number `n`.
pub(crate) fn refused(n: usize) -> String {
    format!("{REFUSED}{}", index(n))
}

/// Text from outside, without characters that would be read as links.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|c| (*c as u32) < OPEN as u32).collect()
}

/// What stands in the way of printing a sentence.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Holes {
    /// Numbers of figures without a value.
    pub missing: Vec<usize>,
    /// Numbers of refusals.
    pub refused: Vec<usize>,
}

impl Holes {
    pub(crate) fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.refused.is_empty()
    }
}

/// The holes of a marked text.
pub(crate) fn holes(marked: &str) -> Holes {
    let mut holes = Holes::default();
    let mut chars = marked.chars();
    while let Some(c) = chars.next() {
        match c {
            MISSING => holes.missing.extend(chars.next().and_then(number)),
            REFUSED => holes.refused.extend(chars.next().and_then(number)),
            _ => {}
        }
    }
    holes
}

/// A marked text as people see it: holes become —.
pub(crate) fn plain(marked: &str) -> String {
    spans(marked, &[]).into_iter().map(|span| span.text).collect()
}

/// A marked text as spans; `links[n]` is figure number `n`.
pub(crate) fn spans(marked: &str, links: &[FigureRef]) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    let mut figure: Option<FigureRef> = None;
    let mut text = String::new();
    let mut flush = |text: &mut String, figure: &Option<FigureRef>| {
        if !text.is_empty() {
            out.push(Span { text: std::mem::take(text), figure: figure.clone() });
        }
    };
    let mut chars = marked.chars();
    while let Some(c) = chars.next() {
        match c {
            OPEN => {
                flush(&mut text, &figure);
                figure = chars.next().and_then(number).and_then(|n| links.get(n).cloned());
            }
            CLOSE => {
                flush(&mut text, &figure);
                figure = None;
            }
            MISSING | REFUSED => {
                chars.next();
                text.push('—');
            }
            _ => text.push(c),
        }
    }
    flush(&mut text, &figure);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_survive_and_holes_are_found() {
        let marked = format!("患者{}，率{}{}", linked(0, "3人"), missing(7), refused(2));
        assert_eq!(holes(&marked), Holes { missing: vec![7], refused: vec![2] });
        assert_eq!(plain(&marked), "患者3人，率——");
        assert_eq!(clean(&linked(5, "张三")), "张三");
    }
}
