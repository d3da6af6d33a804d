//! Which lines of a file are paragraphs of the report?
//!
//! Lines that only wrap are joined, what a web page puts around a report is marked, marks of Markdown are dropped.

use super::clean::{self, Mended, Placed};
use super::layout::heading;
use crate::read::{Format, Original};

/// A paragraph of the report, or a line around it.
pub struct Line {
    /// Its characters, uniformly spelt.
    pub chars: Vec<Placed>,
    /// Part of the page around the report.
    pub furniture: bool,
}

/// How lines begin that a web page or a print adds: where it came from, who to thank, what else to read.
const FURNITURE_STARTS: &[&str] = &[
    "您当前的位置",
    "当前位置",
    "您的位置",
    "来源",
    "作者",
    "编辑",
    "责任编辑",
    "责编",
    "发布时间",
    "发布日期",
    "浏览次数",
    "点击数",
    "字体",
    "本文原地址",
    "本文地址",
    "更多",
    "上一篇",
    "下一篇",
    "版权",
    "相关推荐",
    "相关阅读",
    "相关文章",
    "文章生成",
    "打印本页",
    "关闭窗口",
    "分享到",
    "扫一扫",
    "主办单位",
    "备案",
];
/// After a line with one of these the report is over.
const FURNITURE_REST: &[&str] = &["相关推荐", "相关文章", "相关阅读", "猜你喜欢", "延伸阅读"];
/// What only a web page has in a line.
const FURNITURE_WORDS: &[&str] = &["http:", "https:", "www.", "：//", "ICP备", "公网安备", "】相关文章"];
/// How a line begins that goes on with the sentence of the line before, whatever lies between.
const GOES_ON: &[&str] =
    &["以上", "以下", "以内", "左右", "，", "。", "；", "、", "）", "%", "‰", "人次", "万元", "亿元"];
/// Lines of at least this many characters may be lines of a paragraph that was wrapped by hand.
const WRAPPED: usize = 18;

/// The paragraphs, and what was mended.
pub fn of(original: &Original) -> (Vec<Line>, Vec<&'static str>) {
    let mut mended = Mended::default();
    let mut lines: Vec<Line> = Vec::new();
    let mut blank = true;
    let mut rest_is_furniture = false;
    let longest = longest_line(original);
    for raw in split(original) {
        let chars = clean::line(strip_marks(&raw), &mut mended);
        if chars.is_empty() {
            blank = true;
            continue;
        }
        let text: String = chars.iter().map(|(c, _)| *c).collect();
        let furniture = rest_is_furniture || is_furniture(&text);
        rest_is_furniture |= furniture && FURNITURE_REST.iter().any(|word| text.contains(word)) && lines.len() > 5;
        let may_wrap = !blank && original.format != Format::Workbook;
        let goes_on = !furniture
            && lines.last().is_some_and(|last| !last.furniture && goes_on(&last.chars, &text, may_wrap, longest));
        match lines.last_mut() {
            Some(last) if goes_on => last.chars.extend(chars),
            _ => lines.push(Line { chars, furniture }),
        }
        blank = false;
    }
    (lines, remarks(mended))
}

fn remarks(mended: Mended) -> Vec<&'static str> {
    let mut remarks = Vec::new();
    if mended.n_traditional > 20 {
        remarks.push("traditional characters");
    }
    if mended.n_glosses > 3 {
        remarks.push("pronunciations in brackets");
    }
    if mended.n_broken > 0 {
        remarks.push("characters that were lost");
    }
    remarks
}

/// Lines of the visible text; two wide spaces begin a paragraph, as in texts that lost their line breaks.
fn split(original: &Original) -> Vec<Vec<Placed>> {
    let mut lines = vec![Vec::new()];
    let mut hidden = original.hidden.iter().peekable();
    let mut n = 0;
    while n < original.chars.len() {
        let c = original.chars[n];
        let mut next = n + 1;
        let mut is_hidden = false;
        while let Some(range) = hidden.next_if(|range| range.start <= n) {
            is_hidden |= range.end > n;
            next = next.max(range.end);
        }
        let wide_indent = c == '\u{3000}' && original.chars.get(n + 1) == Some(&'\u{3000}');
        match c {
            '\n' | '\r' => lines.push(Vec::new()),
            _ if is_hidden => {}
            '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{ad}' | '\u{2060}' => {}
            _ if wide_indent && lines.last().is_some_and(|line| !line.is_empty()) => lines.push(Vec::new()),
            _ => {
                if let (Some(line), Ok(at)) = (lines.last_mut(), u32::try_from(n)) {
                    line.push((c, at));
                }
            }
        }
        n = next;
    }
    lines
}

fn longest_line(original: &Original) -> usize {
    original.chars.split(|c| *c == '\n').map(<[char]>::len).max().unwrap_or(0)
}

/// Quotation marks, bullets and heading marks of Markdown at the start of a line.
fn strip_marks(line: &[Placed]) -> &[Placed] {
    let mut rest = line;
    while let [(c, _), more @ ..] = rest {
        let bullet =
            matches!(c, '-' | '*' | '+' | '•' | '·' | '●') && more.first().is_none_or(|(c, _)| c.is_whitespace());
        if c.is_whitespace()
            || matches!(c, '>' | '#' | '►' | '▶' | '\u{3000}')
            || bullet
            || (*c == '*' && more.first().is_some_and(|(c, _)| *c == '*'))
        {
            rest = more;
        } else {
            break;
        }
    }
    rest
}

fn is_furniture(text: &str) -> bool {
    let short = text.chars().count() < 90;
    let starts = FURNITURE_STARTS.iter().any(|start| text.starts_with(start)) && !text.contains('。');
    let words = FURNITURE_WORDS.iter().any(|word| text.contains(word));
    let path = text.contains('>') && !text.contains('。');
    short && (starts || words || path)
}

/// True when a line only continues the sentence of the line before.
fn goes_on(last: &[Placed], next: &str, may_wrap: bool, longest: usize) -> bool {
    let ended = last.last().is_none_or(|(c, _)| matches!(c, '。' | '！' | '？' | '；' | '：' | '”' | '…' | '\t' | '|'));
    if ended || next.starts_with('|') {
        return false;
    }
    if GOES_ON.iter().any(|word| next.starts_with(word)) {
        return true;
    }
    let last_text: Vec<char> = last.iter().rev().take(400).map(|(c, _)| *c).collect();
    let is_heading = heading(&last.iter().take(12).map(|(c, _)| *c).collect::<Vec<_>>()).is_some() && last.len() < 40;
    let next_chars: Vec<char> = next.chars().take(12).collect();
    // A wrapped line is about as long as the longest one; a title or a signature is short.
    may_wrap && last_text.len() >= WRAPPED && longest < 120 && !is_heading && heading(&next_chars).is_none()
}
