//! What can an author write between `{{` and `}}`?
//!
//! Indicator names, the helpers and the filters, on MiniJinja. Nothing here parses Markdown or knows the outline's
//! order.

mod figure;
mod filters;
mod helpers;
mod lists;

use crate::markup;
use crate::notebook::Book;
use figure::Name;
use minijinja::value::{Object, Value};
use minijinja::{Environment, Error, UndefinedBehavior};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Functions an author can call.
pub(crate) const HELPERS: [&str; 19] = [
    "among",
    "below_target",
    "best",
    "cell",
    "day",
    "movement",
    "next_year",
    "pack",
    "parts",
    "plan",
    "range",
    "rise",
    "rows",
    "target",
    "up_to",
    "vs_last_year",
    "worst",
    "year",
    "zero",
];

/// Filters an author can put behind a figure.
pub(crate) const FILTERS: [&str; 8] = ["about", "at_least", "bare", "over", "wan", "within", "yi", "yuan"];

/// The name under which a pack's paragraphs are stored.
pub(crate) fn fragment_name(pack: &str) -> String {
    format!("{pack}/report.md")
}

/// Templates ready to render: the outline and the packs' paragraphs.
pub(crate) fn environment(
    outline: (&str, &str),
    fragments: &BTreeMap<String, String>,
    book: &Book,
) -> Result<Environment<'static>, Error> {
    let mut env = Environment::new();
    env.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    filters::register(&mut env, book);
    helpers::register(&mut env, book);
    lists::register(&mut env, book);
    for (pack, text) in fragments {
        env.add_template_owned(fragment_name(pack), blank_comments(text))?;
    }
    env.add_template_owned(outline.0.to_string(), blank_comments(outline.1))?;
    Ok(env)
}

/// The names a text can use: every known indicator.
#[derive(Debug)]
pub(crate) struct Names(pub Book);

impl Object for Names {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        self.0.open().known.contains(name).then(|| Value::from_object(Name::of(&self.0, name)))
    }
}

/// HTML comments become spaces, so that every byte stays where it was; `<!-- title -->` leaves its mark.
pub(crate) fn blank_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("<!--") {
        let end = rest[start..].find("-->").map_or(rest.len(), |n| start + n + 3);
        out.push_str(&rest[..start]);
        let mut n_blank = 0;
        if rest[start..end].trim_start_matches("<!--").trim_end_matches("-->").trim() == "title" {
            out.push(markup::TITLE);
            n_blank = markup::TITLE.len_utf8();
        }
        out.extend(rest[start..end].bytes().skip(n_blank).map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}
