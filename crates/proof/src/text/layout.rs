//! Where do paragraphs, sentences and clauses begin, and which part of the report are they?
//!
//! A sentence ends at 。！？ or at a new item (一是); a clause at ，；： or a bracket. What a bracket holds lies one level
//! deeper. Headings say whether work done, problems or plans follow.

use super::Text;
use super::lines::Line;
use std::ops::Range;

/// A paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Its characters, without the line break.
    pub range: Range<usize>,
    /// What the part of the report it stands in tells of.
    pub section: Section,
    /// Part of the web page around the report.
    pub furniture: bool,
}

/// What a part of a report tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What was done.
    Work,
    /// What is not good yet.
    Problems,
    /// What is to be done.
    Plan,
}

/// A piece of a sentence between commas or brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its characters, without the comma.
    pub range: Range<usize>,
    /// The sentence it stands in.
    pub sentence: usize,
    /// How many brackets are open around it.
    pub depth: usize,
}

/// A number that orders the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Where it stands.
    pub range: Range<usize>,
    /// Which kind of number.
    pub level: MarkerLevel,
    /// The number.
    pub number: u32,
}

/// The levels of official numbering, from the outside in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkerLevel {
    /// 一、
    Section,
    /// （一）
    Subsection,
    /// 1.
    Item,
    /// 一是
    Point,
}

/// Words of a heading that announce plans.
const PLAN: &[&str] = &["打算", "计划", "思路", "下一步", "工作安排", "工作重点", "明年工作", "努力方向"];
/// Words of a heading that announce what is not good.
const PROBLEMS: &[&str] = &["问题", "不足", "困难", "短板"];
/// Words that keep a heading with 计划 among the work done: 计划生育 is a field of work, not a plan.
const NO_PLAN: &[&str] = &["计划生育", "计划免疫"];

/// The marker with which characters begin, and its length.
pub fn heading(chars: &[char]) -> Option<(MarkerLevel, u32, usize)> {
    let at = |n: usize| chars.get(n).copied().unwrap_or('\n');
    if at(0) == '（' {
        let close = chars.iter().take(6).position(|c| *c == '）')?;
        let number = small(&chars[1..close])?;
        return Some((MarkerLevel::Subsection, number, close + 1));
    }
    let han = chars.iter().take(4).take_while(|c| "一二三四五六七八九十".contains(**c)).count();
    if han > 0 {
        let number = small(&chars[..han])?;
        return match at(han) {
            '、' | '.' | '。' => Some((MarkerLevel::Section, number, han + 1)),
            '是' => Some((MarkerLevel::Point, number, han + 1)),
            _ => None,
        };
    }
    let digits = chars.iter().take(3).take_while(|c| c.is_ascii_digit()).count();
    let number = small(&chars[..digits])?;
    let is_item =
        digits > 0 && digits < 3 && matches!(at(digits), '.' | '、' | '．' | '）') && !at(digits + 1).is_ascii_digit();
    is_item.then_some((MarkerLevel::Item, number, digits + 1))
}

/// A number below a hundred, in either script.
fn small(chars: &[char]) -> Option<u32> {
    let digit = |c: char| "零一二三四五六七八九".chars().position(|d| d == c).map(|n| n as u32);
    let text: String = chars.iter().collect();
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    match chars {
        ['十'] => Some(10),
        ['十', unit] => Some(10 + digit(*unit)?),
        [tens, '十'] => Some(digit(*tens)? * 10),
        [tens, '十', unit] => Some(digit(*tens)? * 10 + digit(*unit)?),
        [unit] => digit(*unit).filter(|n| *n > 0),
        _ => None,
    }
}

/// Puts lines together and finds their parts.
pub fn build(lines: Vec<Line>, mended: Vec<&'static str>) -> Text {
    let mut text = Text {
        chars: Vec::new(),
        from: Vec::new(),
        paragraphs: Vec::new(),
        sentences: Vec::new(),
        clauses: Vec::new(),
        markers: Vec::new(),
        mended,
    };
    let mut section = Section::Work;
    for line in lines {
        let start = text.chars.len();
        let end_at = line.chars.last().map_or(0, |(_, at)| at + 1);
        for (c, at) in line.chars {
            text.chars.push(c);
            text.from.push(at);
        }
        let range = start..text.chars.len();
        text.chars.push('\n');
        text.from.push(end_at);
        if !line.furniture {
            section = section_of(&text, range.clone(), section);
            sentences(&mut text, range.clone());
        }
        text.paragraphs.push(Paragraph { range, section, furniture: line.furniture });
    }
    text
}

/// A heading of the first level changes the part; so does a paragraph that begins with 下一步.
fn section_of(text: &Text, range: Range<usize>, before: Section) -> Section {
    let chars = &text.chars[range.clone()];
    let marker = heading(chars);
    let is_top = matches!(marker, Some((MarkerLevel::Section, _, _)));
    let start: String = chars.iter().take(40).collect();
    if !is_top {
        let turns = start.starts_with("下一步") || start.starts_with("第二篇") || start.starts_with("第三篇");
        return if turns && start.starts_with("下一步") { Section::Plan } else { before };
    }
    let title = start.split('。').next().unwrap_or(&start);
    let is_plan = PLAN.iter().any(|word| title.contains(word)) && !NO_PLAN.iter().any(|word| title.contains(word));
    if is_plan {
        Section::Plan
    } else if PROBLEMS.iter().any(|word| title.contains(word)) && !title.contains("解决") {
        Section::Problems
    } else {
        Section::Work
    }
}

fn sentences(text: &mut Text, range: Range<usize>) {
    let mut start = range.start;
    let mut n = range.start;
    while n < range.end {
        let c = text.chars[n];
        let at_start = n == range.start || matches!(text.chars[n - 1], '。' | '；' | '：' | '！' | '？' | '，');
        if at_start && let Some((level, number, length)) = heading(&text.chars[n..range.end.min(n + 12)]) {
            let inside = n > range.start;
            // In the running text only 一是 and （一） order it; "1.5" and "一、" are something else there.
            if !inside || level == MarkerLevel::Point || (level == MarkerLevel::Subsection && text.chars[n - 1] == '。')
            {
                if inside && n > start {
                    push_sentence(text, start..n);
                    start = n;
                }
                text.markers.push(Marker { range: n..n + length, level, number });
                n += length;
                continue;
            }
        }
        if matches!(c, '。' | '！' | '？') {
            push_sentence(text, start..n + 1);
            start = n + 1;
        }
        n += 1;
    }
    if start < range.end {
        push_sentence(text, start..range.end);
    }
}

fn push_sentence(text: &mut Text, range: Range<usize>) {
    let sentence = text.sentences.len();
    let mut depth = 0_usize;
    let mut start = range.start;
    for n in range.clone() {
        let (ends, step) = match text.chars[n] {
            '，' | '；' | '：' | '。' | '！' | '？' | '\t' | '|' => (true, 0),
            '（' => (true, 1),
            '）' => (true, -1),
            _ => (false, 0),
        };
        if ends {
            if n > start {
                text.clauses.push(Clause { range: start..n, sentence, depth });
            }
            start = n + 1;
        }
        depth = depth.saturating_add_signed(step);
    }
    if start < range.end {
        text.clauses.push(Clause { range: start..range.end, sentence, depth });
    }
    text.sentences.push(range);
}
