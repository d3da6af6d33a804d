//! Reading a map key by key, so that every unknown, missing or ill-typed key is reported at its place.

use super::tree::{Content, Key, Node, Style};
use crate::model::Spanned;
use base::{Date, Decimal, Diagnostic, Span, Text, nearest};

/// Collects diagnostics while a tree is read.
#[derive(Debug, Default)]
pub struct Scope {
    /// What was found so far.
    pub diagnostics: Vec<Diagnostic>,
}

impl Scope {
    /// Reports a mistake.
    pub fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Diagnostic::error(code, span, message))
    }

    /// Reports a warning.
    pub fn warning(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Diagnostic::warning(code, span, message))
    }

    /// Adds a finished diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) -> &mut Diagnostic {
        self.diagnostics.push(diagnostic);
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// The entries of a map; anything else is reported.
    pub fn map<'n>(&mut self, node: &'n Node, what: &str) -> &'n [(Key, Node)] {
        match &node.content {
            Content::Map(entries) => entries,
            Content::Null => &[],
            _ => {
                self.wrong_kind(node, what, "a map (key: value)");
                &[]
            }
        }
    }

    /// The items of a list; anything else is reported.
    pub fn seq<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.content {
            Content::Seq(items) => items,
            Content::Null => &[],
            _ => {
                self.wrong_kind(node, what, "a list [a, b]");
                &[]
            }
        }
    }

    /// A text, quoted or not.
    pub fn text(&mut self, node: &Node, what: &str) -> Option<Spanned<String>> {
        match node.as_text() {
            Some(text) => Some(Spanned::new(text.to_string(), node.span)),
            None => {
                self.wrong_kind(node, what, "a text");
                None
            }
        }
    }

    /// Texts of a list, or one text alone.
    pub fn texts(&mut self, node: &Node, what: &str) -> Vec<Spanned<String>> {
        match &node.content {
            Content::Seq(items) => items.iter().filter_map(|item| self.text(item, what)).collect(),
            Content::Null => Vec::new(),
            _ => self.text(node, what).into_iter().collect(),
        }
    }

    /// A text people read: plain Chinese, or `{zh: …, en: …}`.
    pub fn words(&mut self, node: &Node, what: &str) -> Option<Text> {
        if node.as_map().is_none() {
            return self.text(node, what).map(|text| Text::zh(text.value));
        }
        let mut map = MapReader::new(self, node, what);
        let zh = map.require(self, "zh").and_then(|n| self.text(n, what));
        let en = map.take("en").and_then(|n| self.text(n, what));
        map.finish(self);
        zh.map(|zh| Text { zh: zh.value, en: en.map(|en| en.value) })
    }

    /// `true` or `false`.
    pub fn flag(&mut self, node: &Node, what: &str) -> Option<bool> {
        match &node.content {
            Content::Scalar(text, Style::Plain) if text == "true" => Some(true),
            Content::Scalar(text, Style::Plain) if text == "false" => Some(false),
            _ => {
                self.wrong_kind(node, what, "true or false");
                None
            }
        }
    }

    /// A whole number.
    pub fn integer(&mut self, node: &Node, what: &str) -> Option<i64> {
        let number = node.as_text().and_then(|text| text.parse().ok());
        if number.is_none() {
            self.wrong_kind(node, what, "a whole number");
        }
        number
    }

    /// A number of any kind; use only where exactness of writing does not matter.
    pub fn number(&mut self, node: &Node, what: &str) -> Option<Decimal> {
        let number = node.as_text().and_then(|text| text.parse().ok());
        if number.is_none() {
            self.wrong_kind(node, what, "a number");
        }
        number
    }

    /// A share: `"80%"` (0.80) or `"0.8"`; unquoted fractions are refused as inexact.
    pub fn rate(&mut self, node: &Node, what: &str) -> Option<Decimal> {
        let text = self.text(node, what)?;
        if matches!(node.content, Content::Scalar(_, Style::Plain))
            && text.value.contains('.')
            && !text.value.ends_with('%')
        {
            let message = format!("{what}: {} is not quoted, so it may be read as a rounded number", text.value);
            self.error("inexact-number", node.span, message).help = Some(format!("write \"{}\"", text.value));
            return None;
        }
        let parsed = match (text.value.strip_suffix('%'), text.value.strip_suffix('‰')) {
            (Some(percent), _) => percent.trim().parse::<Decimal>().ok().map(|n| n / Decimal::ONE_HUNDRED),
            (_, Some(permille)) => permille.trim().parse::<Decimal>().ok().map(|n| n / Decimal::ONE_THOUSAND),
            _ => text.value.parse().ok(),
        };
        if parsed.is_none() {
            self.wrong_kind(node, what, "a rate such as \"80%\"");
        }
        parsed
    }

    /// A day written 2025-01-31.
    pub fn date(&mut self, node: &Node, what: &str) -> Option<Date> {
        let date = node.as_text().and_then(parse_date);
        if date.is_none() {
            self.wrong_kind(node, what, "a date such as 2025-01-31");
        }
        date
    }

    /// A word of a fixed set.
    pub fn word<T>(&mut self, node: &Node, what: &str, find: impl Fn(&str) -> Option<T>, known: &[&str]) -> Option<T> {
        let text = self.text(node, what)?;
        let found = find(&text.value);
        if found.is_none() {
            let message = format!("{what}: \"{}\" is not one of {}", text.value, known.join(", "));
            let near = nearest(&text.value, known.iter().copied()).map(str::to_string);
            let diagnostic = Diagnostic::error("unknown-word", node.span, message).suggest(near.as_deref());
            self.push(diagnostic);
        }
        found
    }

    fn wrong_kind(&mut self, node: &Node, what: &str, wanted: &str) {
        self.error("wrong-kind", node.span, format!("{what} should be {wanted}, but this is {}", node.kind()));
    }
}

/// A day written with four, two and two digits.
pub fn parse_date(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// Reads one map: each key is asked for by name, and `finish` reports those nobody asked for.
pub struct MapReader<'n> {
    entries: &'n [(Key, Node)],
    what: String,
    span: Span,
    known: Vec<&'static str>,
}

impl<'n> MapReader<'n> {
    /// Starts reading; `what` names the map in messages.
    pub fn new(scope: &mut Scope, node: &'n Node, what: impl Into<String>) -> Self {
        let what = what.into();
        Self { entries: scope.map(node, &what), what, span: node.span, known: Vec::new() }
    }

    /// The node under `key`, if given.
    pub fn take(&mut self, key: &'static str) -> Option<&'n Node> {
        self.known.push(key);
        self.entries.iter().find(|(k, _)| k.text == key).map(|(_, node)| node)
    }

    /// The node under `key`; its absence is reported.
    pub fn require(&mut self, scope: &mut Scope, key: &'static str) -> Option<&'n Node> {
        let found = self.take(key);
        if found.is_none() {
            scope.error("missing-key", self.span, format!("{} needs \"{key}\"", self.what));
        }
        found
    }

    /// True when one of `keys` is given; does not count as reading it.
    pub fn takes_any(&self, keys: &[&str]) -> bool {
        self.entries.iter().any(|(key, _)| keys.contains(&key.text.as_str()))
    }

    /// Where the map stands.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Reports every key nobody asked for, with the nearest known one.
    pub fn finish(self, scope: &mut Scope) {
        for (key, _) in self.entries {
            if !self.known.contains(&key.text.as_str()) {
                let message = format!("\"{}\" is not a key of {}", key.text, self.what);
                let diagnostic = Diagnostic::error("unknown-key", key.span, message);
                let near = nearest(&key.text, self.known.iter().copied());
                let diagnostic = match near {
                    Some(near) => diagnostic.suggest(Some(near)),
                    None => diagnostic.help(format!("known keys: {}", self.known.join(", "))),
                };
                scope.push(diagnostic);
            }
        }
    }
}
