//! Which sentences, lists and headings does a rendered text have, and which of them can be printed?
//!
//! Markdown in, blocks out: headings, paragraphs, lists turned into 一是…；二是…. A sentence with a hole is taken out,
//! and a heading with nothing under it too. What a hole means is not known here.

use crate::markup::{self, Holes};

/// A block before its figures are links again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// The line under `<!-- title -->`.
    Title(String),
    /// `#` is level 1, `##` level 2, and so on.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(String),
}

/// A sentence taken out: the headings above it, its marked text, its holes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Removed {
    pub place: String,
    pub sentence: String,
    pub holes: Holes,
}

const ENDS: [char; 4] = ['。', '；', '！', '？'];

/// Blocks of a rendered text, with what had to be taken out.
pub(crate) fn blocks(rendered: &str) -> (Vec<Line>, Vec<Removed>) {
    let mut reader = Reader::default();
    for line in rendered.lines() {
        reader.line(line.trim());
    }
    reader.close();
    (without_empty_headings(reader.lines), reader.removed)
}

#[derive(Default)]
struct Reader {
    lines: Vec<Line>,
    removed: Vec<Removed>,
    paragraph: String,
    items: Vec<String>,
    /// A blank line came after the last item: more items go on with the list, anything else ends it.
    loose: bool,
    /// The next paragraph is the title.
    title: bool,
    /// The headings above, by level.
    above: Vec<(u8, String)>,
}

impl Reader {
    fn line(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix(markup::TITLE) {
            self.close();
            self.title = true;
            return self.line(rest.trim());
        }
        let hashes = line.bytes().take_while(|b| *b == b'#').count();
        if line.is_empty() {
            if self.items.is_empty() {
                self.close();
            }
            self.loose = true;
        } else if (1..=4).contains(&hashes) && line[hashes..].starts_with(' ') {
            self.close();
            self.heading(hashes as u8, line[hashes..].trim());
        } else if let Some(item) = list_item(line) {
            self.items.push(item.replace("**", ""));
            self.loose = false;
        } else if let Some(item) = self.items.last_mut().filter(|_| !self.loose) {
            item.push_str(line);
        } else {
            if !self.items.is_empty() {
                self.close();
            }
            self.paragraph.push_str(&line.replace("**", ""));
        }
    }

    fn heading(&mut self, level: u8, text: &str) {
        let holes = markup::holes(text);
        if !holes.is_empty() {
            self.removed.push(Removed { place: self.place(), sentence: text.to_string(), holes });
            return;
        }
        self.above.retain(|(above, _)| *above < level);
        self.above.push((level, markup::plain(text)));
        self.lines.push(Line::Heading(level, text.to_string()));
    }

    fn place(&self) -> String {
        self.above.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" › ")
    }

    /// Ends the paragraph, with the list that follows it directly.
    fn close(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let mut text = self.kept(&paragraph);
        let items: Vec<String> = std::mem::take(&mut self.items).iter().map(|item| self.kept(item)).collect();
        text.push_str(&listed(items.into_iter().filter(|item| !item.is_empty()).collect()));
        if text.is_empty() {
            return;
        }
        self.lines.push(if std::mem::take(&mut self.title) { Line::Title(text) } else { Line::Paragraph(text) });
    }

    /// The text without the sentences that have holes, ending as it ended.
    fn kept(&mut self, text: &str) -> String {
        let mut kept = String::new();
        for sentence in text.split_inclusive(ENDS) {
            let holes = markup::holes(sentence);
            if holes.is_empty() {
                kept.push_str(sentence);
            } else {
                self.removed.push(Removed { place: self.place(), sentence: sentence.trim().to_string(), holes });
            }
        }
        let end = text.chars().last().filter(|c| ENDS.contains(c));
        if let (Some(end), Some(last)) = (end, kept.chars().last())
            && ENDS.contains(&last)
            && last != end
        {
            kept.truncate(kept.len() - last.len_utf8());
            kept.push(end);
        }
        kept
    }
}

fn list_item(line: &str) -> Option<&str> {
    if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some(item.trim());
    }
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < line.len()).then(|| rest.strip_prefix(". ")).flatten().map(str::trim)
}

/// `一是…；二是…。`; a single item is a sentence like any other.
fn listed(items: Vec<String>) -> String {
    let bare: Vec<&str> = items.iter().map(|item| item.trim_end_matches(ENDS)).collect();
    match bare.as_slice() {
        [] => String::new(),
        [only] => format!("{only}。"),
        many => {
            // Items of several sentences end as sentences, so that it is clear where each one stops.
            let mark = if many.iter().any(|item| item.contains('。')) { "。" } else { "；" };
            let said: Vec<String> =
                many.iter().enumerate().map(|(n, item)| format!("{}是{item}", numeral(n + 1))).collect();
            format!("{}。", said.join(mark))
        }
    }
}

fn without_empty_headings(lines: Vec<Line>) -> Vec<Line> {
    let mut kept: Vec<Line> = Vec::new();
    // From the end: a heading stays if a paragraph or a deeper heading that stays follows before its equal.
    let mut below: Option<u8> = None;
    for line in lines.into_iter().rev() {
        let stays = match &line {
            Line::Paragraph(_) => {
                below = Some(u8::MAX);
                true
            }
            Line::Title(_) => true,
            Line::Heading(level, _) => {
                let stays = below.is_some_and(|deepest| deepest > *level);
                if stays {
                    below = Some(*level);
                }
                stays
            }
        };
        if stays {
            kept.push(line);
        }
    }
    kept.reverse();
    kept
}

/// `一`, `十二`, `二十`: numbers of headings and of 一是.
pub(crate) fn numeral(n: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match (n / 10, n % 10) {
        (0, ones) => DIGITS[ones].to_string(),
        (1, ones) => format!("十{}", DIGITS[ones]),
        (tens @ 2..=9, ones) => format!("{}十{}", DIGITS[tens], DIGITS[ones]),
        _ => n.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(text: &str) -> Line {
        Line::Paragraph(text.to_string())
    }

    #[test]
    fn a_sentence_with_a_hole_goes_and_the_rest_still_ends() {
        let text = format!("甲完成。乙{}；丙完成；丁{}。", markup::missing(0), markup::missing(1));
        let (lines, removed) = blocks(&text);
        assert_eq!(lines, [paragraph("甲完成。丙完成。")]);
        assert_eq!(removed.iter().map(|r| markup::plain(&r.sentence)).collect::<Vec<_>>(), ["乙—；", "丁—。"]);
    }

    #[test]
    fn lists_are_counted_after_leaving_out() {
        let text = format!("做法：\n- 抓排查。\n- 抓{}。\n- 抓整改\n\n正文。\n1. 只有一条；", markup::refused(0));
        let (lines, removed) = blocks(&text);
        assert_eq!(lines, [paragraph("做法：一是抓排查；二是抓整改。"), paragraph("正文。只有一条。")]);
        assert_eq!(removed.len(), 1);
        assert_eq!(blocks("- 甲\n\n- 乙\n").0, [paragraph("一是甲；二是乙。")]);
        assert_eq!(blocks("- 甲。又甲。\n- 乙").0, [paragraph("一是甲。又甲。二是乙。")]);
    }

    #[test]
    fn a_heading_with_nothing_under_it_goes() {
        let text = format!(
            "{}\n总结\n\n# 甲\n## 空\n## 有\n文字。\n# 乙\n{}。\n# 丙\n## 也空",
            markup::TITLE,
            markup::missing(0)
        );
        let (lines, removed) = blocks(&text);
        let heading = |level, text: &str| Line::Heading(level, text.to_string());
        assert_eq!(lines, [Line::Title("总结".into()), heading(1, "甲"), heading(2, "有"), paragraph("文字。")]);
        assert_eq!(removed[0].place, "乙");
    }

    #[test]
    fn numerals() {
        let all: Vec<String> = [1, 9, 10, 11, 19, 20, 21, 99].into_iter().map(numeral).collect();
        assert_eq!(all, ["一", "九", "十", "十一", "十九", "二十", "二十一", "九十九"]);
    }
}
