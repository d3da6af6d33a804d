//! Where is prose and where is code in a report text?
//!
//! Byte ranges only; what the words mean is not known here.

/// A stretch of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Region {
    /// Text people will read.
    Prose(usize, usize),
    /// Inside `{{ … }}`.
    Output(usize, usize),
    /// Inside `{% … %}` or `{# … #}`.
    Other(usize, usize),
}

/// The text cut at its braces.
pub(super) fn regions(text: &str) -> Vec<Region> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find(['{']).map(|n| at + n) {
        let close = match text.as_bytes().get(open + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                out.push(Region::Prose(at, open + 1));
                at = open + 1;
                continue;
            }
        };
        out.push(Region::Prose(at, open));
        let end = text[open + 2..].find(close).map_or(text.len(), |n| open + 2 + n);
        out.push(if close == "}}" { Region::Output(open + 2, end) } else { Region::Other(open + 2, end) });
        at = (end + 2).min(text.len());
    }
    out.push(Region::Prose(at, text.len()));
    out
}

/// Code that names things: outputs and statements, not comments.
pub(super) fn code_spans(text: &str) -> impl Iterator<Item = (usize, usize)> {
    regions(text).into_iter().filter_map(move |region| match region {
        Region::Output(start, end) => Some((start, end)),
        Region::Other(start, end) if text[..start].ends_with("{%") => Some((start, end)),
        _ => None,
    })
}

/// An identifier in code.
pub(super) struct Word {
    pub start: usize,
    pub end: usize,
    /// Behind `|`.
    pub after_pipe: bool,
    /// Before `(`.
    pub called: bool,
}

/// The identifiers of a stretch of code, without strings, attributes and named arguments.
pub(super) fn words(text: &str, start: usize, end: usize) -> Vec<Word> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = start;
    let mut before = b' ';
    while at < end {
        let byte = bytes[at];
        if byte == b'"' || byte == b'\'' {
            at = text[at + 1..end].find(byte as char).map_or(end, |n| at + 2 + n);
            before = byte;
        } else if byte.is_ascii_alphabetic() || byte == b'_' {
            let from = at;
            while at < end && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
                at += 1;
            }
            let rest = text[at..end].trim_start();
            let named_argument = rest.starts_with('=') && !rest.starts_with("==");
            if before != b'.' && !named_argument {
                out.push(Word { start: from, end: at, after_pipe: before == b'|', called: rest.starts_with('(') });
            }
            before = b'a';
        } else {
            if !byte.is_ascii_whitespace() {
                before = byte;
            }
            at += 1;
        }
    }
    out
}

/// The cohort names in `rows("…")`.
pub(super) fn rows_arguments(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (start, end) in code_spans(text) {
        for word in words(text, start, end).iter().filter(|word| &text[word.start..word.end] == "rows") {
            let rest = &text[word.end..end];
            let Some(quote) = rest.find(['"', '\'']) else { continue };
            let from = word.end + quote + 1;
            if let Some(length) = text[from..end].find(['"', '\'']) {
                out.push((from, from + length));
            }
        }
    }
    out
}

/// Numbers in prose that are not the year of a document, part of a quoted name, or glued to a Latin word (PM2.5).
pub(super) fn typed_numbers(text: &str, start: usize, end: usize) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut quotes: Vec<char> = open_quotes(&text[..start]);
    let mut chars = text[start..end].char_indices().map(|(n, c)| (start + n, c)).peekable();
    let mut before = text[..start].chars().next_back().unwrap_or('\n');
    while let Some((at, c)) = chars.next() {
        let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
        if is_digit(c) {
            let mut stop = at + c.len_utf8();
            while let Some((n, c)) = chars.peek().copied() {
                let point = c == '.' && text[n + 1..end].starts_with(is_digit);
                if !(is_digit(c) || point) {
                    break;
                }
                stop = n + c.len_utf8();
                chars.next();
            }
            let after = &text[stop..end];
            let marker = (before == '\n' || text[..at].ends_with("\n ")) && after.starts_with(". ");
            let glued = before.is_ascii_alphabetic() || before == '-' && latin_before_hyphen(&text[..at]);
            if quotes.is_empty() && !marker && !glued && !is_document(&text[..at], &text[at..stop], after) {
                out.push((at, stop));
            }
            before = '0';
        } else {
            turn_quotes(&mut quotes, c);
            before = c;
        }
    }
    out
}

fn latin_before_hyphen(before: &str) -> bool {
    before.trim_end_matches('-').ends_with(|c: char| c.is_ascii_alphabetic())
}

/// The year of a document, or its number: 〔2025〕3号. `2025年` is a year too.
fn is_document(before: &str, number: &str, after: &str) -> bool {
    let year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    year && (after.starts_with('年') || before.ends_with('〔') && after.starts_with('〕'))
        || before.ends_with('〕') && after.starts_with('号')
}

fn turn_quotes(open: &mut Vec<char>, c: char) {
    const PAIRS: [(char, char); 5] = [('“', '”'), ('‘', '’'), ('《', '》'), ('「', '」'), ('『', '』')];
    if c == '\n' {
        open.clear();
    } else if let Some((_, close)) = PAIRS.iter().find(|(start, _)| *start == c) {
        open.push(*close);
    } else if open.last() == Some(&c) {
        open.pop();
    } else if c == '"' {
        open.push('"');
    }
}

fn open_quotes(before: &str) -> Vec<char> {
    let mut open = Vec::new();
    for c in before.rsplit('\n').next().unwrap_or("").chars() {
        turn_quotes(&mut open, c);
    }
    open
}

/// A name without the spaces around it.
pub(super) fn word_at(name: &str) -> &str {
    name.trim()
}
