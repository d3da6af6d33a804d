//! Text to tree, and a place in the tree back to a place in the file.

use crate::model::Spanned;
use base::{Diagnostic, Sources, Span};
use sqlparser::ast::{Expr, Query};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token};

/// Parses one query; anything after it is a mistake.
pub fn query(sources: &Sources, text: &Spanned<String>) -> Result<Query, Diagnostic> {
    parse(sources, text, |parser| parser.parse_query().map(|query| *query))
}

/// Parses one scalar expression; anything after it is a mistake.
pub fn expression(sources: &Sources, text: &Spanned<String>) -> Result<Expr, Diagnostic> {
    parse(sources, text, |parser| parser.parse_expr())
}

/// Parses an expression that this program wrote itself.
pub(crate) fn own_expression(sql: &str) -> Result<Expr, Diagnostic> {
    let text = Spanned::new(sql.to_string(), Span::default());
    expression(&Sources::default(), &text)
}

fn parse<T>(
    sources: &Sources,
    text: &Spanned<String>,
    read: impl FnOnce(&mut Parser<'_>) -> Result<T, ParserError>,
) -> Result<T, Diagnostic> {
    let dialect = DuckDbDialect {};
    let parsed = Parser::new(&dialect).try_with_sql(&text.value).and_then(|mut parser| {
        let tree = read(&mut parser)?;
        let rest = parser.next_token();
        match rest.token {
            Token::EOF => Ok(tree),
            other => Err(ParserError::ParserError(format!("Expected: the end, found: {other}{}", rest.span.start))),
        }
    });
    parsed.map_err(|error| syntax_error(sources, text, &error))
}

fn syntax_error(sources: &Sources, text: &Spanned<String>, error: &ParserError) -> Diagnostic {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.clone(),
        ParserError::RecursionLimitExceeded => {
            return Diagnostic::error("too-large", text.span, "the expression is nested more than 50 levels deep");
        }
    };
    let (sentence, location) = split_location(&message);
    let span = location.map_or(text.span, |(line, column)| place(sources, text, line, column, 1));
    Diagnostic::error("sql-syntax", span, format!("this is not SQL: {}", sentence.to_lowercase()))
        .help("the surface is the SQL described in the guide, page \"Write a pack\"")
}

/// The parser's `… at Line: 1, Column: 8`, apart.
fn split_location(message: &str) -> (&str, Option<(u64, u64)>) {
    let Some((sentence, rest)) = message.split_once(" at Line: ") else { return (message, None) };
    let location = rest.split_once(", Column: ").and_then(|(line, column)| {
        let digits: String = column.chars().take_while(char::is_ascii_digit).collect();
        Some((line.parse().ok()?, digits.parse().ok()?))
    });
    (sentence, location)
}

/// The place in the file of line and column (both from 1) of a text that YAML may have unfolded or unquoted: white
/// space apart, both hold the same characters in the same order.
pub fn place(sources: &Sources, text: &Spanned<String>, line: u64, column: u64, n_chars: usize) -> Span {
    let raw = sources.snippet(text.span);
    let n_solid_before = text
        .value
        .lines()
        .enumerate()
        .take_while(|(n, _)| (*n as u64) < line)
        .map(|(n, content)| {
            let until = if n as u64 + 1 == line { column.saturating_sub(1) as usize } else { usize::MAX };
            content.chars().take(until).filter(|c| !c.is_whitespace()).count()
        })
        .sum();
    let skipped = content_start(raw);
    let mut solid = raw[skipped..].char_indices().filter(|(_, c)| !c.is_whitespace()).skip(n_solid_before);
    let Some((start, _)) = solid.next() else { return text.span };
    let end =
        raw[skipped + start..].char_indices().nth(n_chars).map_or(raw.len(), |(offset, _)| skipped + start + offset);
    Span {
        source: text.span.source,
        start: text.span.start + (skipped + start) as u32,
        end: text.span.start + end as u32,
    }
}

/// Where the content of a scalar begins: after a quote, or on the line after `|` or `>`.
fn content_start(raw: &str) -> usize {
    match raw.chars().next() {
        Some('"' | '\'') => 1,
        Some('|' | '>') => raw.find('\n').map_or(raw.len(), |at| at + 1),
        _ => 0,
    }
}

/// The place of a token of the tree.
pub(crate) fn place_of(sources: &Sources, text: &Spanned<String>, span: sqlparser::tokenizer::Span) -> Span {
    let Location { line, column } = span.start;
    if line == 0 {
        return text.span;
    }
    let n_chars = if span.end.line == line { span.end.column.saturating_sub(column).max(1) as usize } else { 1 };
    place(sources, text, line, column, n_chars)
}

/// The first place where `word` stands as a whole word; the whole text when it does not.
pub fn place_of_word(sources: &Sources, text: &Spanned<String>, word: &str) -> Span {
    let raw = sources.snippet(text.span);
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let found = raw.match_indices(word).find(|(at, _)| {
        !raw[..*at].chars().next_back().is_some_and(is_name)
            && !raw[at + word.len()..].chars().next().is_some_and(is_name)
    });
    found.map_or(text.span, |(at, _)| Span {
        source: text.span.source,
        start: text.span.start + at as u32,
        end: text.span.start + (at + word.len()) as u32,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::yaml;

    fn spanned(sources: &mut Sources, yaml_text: &str) -> Spanned<String> {
        let source = sources.add("a.yaml", yaml_text);
        let (node, _) = yaml::parse(source, yaml_text);
        let node = node.unwrap();
        let value = node.get("q").unwrap();
        Spanned::new(value.as_text().unwrap().to_string(), value.span)
    }

    #[test]
    fn mistakes_are_found_in_every_style_of_yaml() {
        for yaml_text in [
            "q: SELECT id FROM 甲 WHERE ) 1\n",
            "q: \"SELECT id FROM 甲 WHERE ) 1\"\n",
            "q: |\n  SELECT id\n  FROM 甲\n  WHERE ) 1\n",
            "q: SELECT id\n   FROM 甲 WHERE\n   ) 1\n",
        ] {
            let mut sources = Sources::default();
            let text = spanned(&mut sources, yaml_text);
            let diagnostic = query(&sources, &text).unwrap_err();
            assert_eq!(diagnostic.code, "sql-syntax");
            assert_eq!(sources.snippet(diagnostic.span.unwrap()), ")", "{yaml_text}");
        }
    }

    #[test]
    fn whole_words_only() {
        let mut sources = Sources::default();
        let text = spanned(&mut sources, "q: SELECT sbp_last, sbp FROM x\n");
        let span = place_of_word(&sources, &text, "sbp");
        assert_eq!(span.start as usize, "q: SELECT sbp_last, ".len());
    }
}
