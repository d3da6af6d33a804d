//! Is this `report.md` sound before any figure is known?
//!
//! Numbers typed by hand, units said twice, names nobody defines. Every mistake at once, each with its place. Whether
//! a sentence is true is only known when it is printed.

use crate::figure::{Unit, UnitKind};
use crate::template::{FILTERS, HELPERS, blank_comments};
use base::{Diagnostic, SourceId, Span, nearest};
use minijinja::Environment;
use pack::model::ReportText;
use std::collections::{BTreeMap, BTreeSet};

mod region;

use region::{Region, code_spans, regions, word_at};

/// What a text may name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    /// Indicator id → its unit.
    pub figures: BTreeMap<String, Unit>,
    /// Cohort ids, for `rows("…")`.
    pub cohorts: BTreeSet<String>,
    /// Titles and labels in which a digit is part of the name: 2型糖尿病患者.
    pub terms: BTreeSet<String>,
}

/// Every mistake of a text that can be seen without figures.
pub(crate) fn check(text: &ReportText, known: &Vocabulary) -> Vec<Diagnostic> {
    let source = blank_comments(&text.text);
    let check = Check { text: &source, source: text.source, known };
    let mut found = Vec::new();
    if !check.syntax(&mut found) {
        return found;
    }
    check.names(&mut found);
    check.prose(&mut found);
    found.sort_by_key(|diagnostic| diagnostic.span);
    found
}

struct Check<'a> {
    text: &'a str,
    source: SourceId,
    known: &'a Vocabulary,
}

impl Check<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span { source: self.source, start: start as u32, end: end as u32 }
    }

    /// False when the template cannot be read at all.
    fn syntax(&self, found: &mut Vec<Diagnostic>) -> bool {
        let Err(error) = Environment::new().add_template_owned("report.md", self.text.to_string()) else {
            return true;
        };
        let line = error.line().unwrap_or(1).saturating_sub(1);
        let line_start: usize = self.text.split_inclusive('\n').take(line).map(str::len).sum();
        // The engine counts an unexpected end one byte past a character; the whole line is shown then.
        let range = error
            .range()
            .filter(|range| !range.is_empty() && self.text.get(range.clone()).is_some())
            .unwrap_or_else(|| line_start..line_start + self.text[line_start..].lines().next().map_or(0, str::len));
        let what = error.detail().unwrap_or("the template cannot be read");
        found.push(
            Diagnostic::error("report-syntax", self.span(range.start, range.end), what)
                .help("a figure is written {{ indicator }}, a condition {% if indicator %}…{% endif %}"),
        );
        false
    }

    /// Indicators, helpers, filters and cohorts that nobody defines.
    fn names(&self, found: &mut Vec<Diagnostic>) {
        let mut env = Environment::new();
        let undeclared: BTreeSet<String> = match env.add_template_owned("report.md", self.text.to_string()) {
            Ok(()) => env.get_template("report.md").map_or_else(
                |_| BTreeSet::new(),
                |template| template.undeclared_variables(false).into_iter().collect(),
            ),
            Err(_) => return,
        };
        let indicators = || self.known.figures.keys().map(String::as_str);
        for word in code_spans(self.text).flat_map(|(start, end)| region::words(self.text, start, end)) {
            let name = &self.text[word.start..word.end];
            let span = self.span(word.start, word.end);
            if word.after_pipe && !FILTERS.contains(&name) {
                found.push(
                    Diagnostic::error("unknown-filter", span, format!("\"{name}\" is not a filter of reports"))
                        .suggest(nearest(name, FILTERS)),
                );
            } else if word.called && undeclared.contains(name) && !HELPERS.contains(&name) {
                found.push(
                    Diagnostic::error("unknown-helper", span, format!("\"{name}\" is not a helper of reports"))
                        .suggest(nearest(name, HELPERS)),
                );
            } else if !word.called
                && !word.after_pipe
                && undeclared.contains(name)
                && !HELPERS.contains(&name)
                && !self.known.figures.contains_key(name)
            {
                found.push(
                    Diagnostic::error("unknown-indicator", span, format!("no indicator is called \"{name}\""))
                        .suggest(nearest(name, indicators())),
                );
            }
        }
        for (start, end) in region::rows_arguments(self.text) {
            let cohort = &self.text[start..end];
            if !self.known.cohorts.contains(cohort) {
                let near = nearest(cohort, self.known.cohorts.iter().map(String::as_str));
                let message = format!("no cohort is called \"{cohort}\"");
                found.push(Diagnostic::error("unknown-cohort", self.span(start, end), message).suggest(near));
            }
        }
    }

    /// Numbers typed by hand and units said twice.
    fn prose(&self, found: &mut Vec<Diagnostic>) {
        let regions = regions(self.text);
        for (n, region) in regions.iter().enumerate() {
            let Region::Prose(start, end) = *region else { continue };
            if n > 0
                && let Region::Output(from, to) = regions[n - 1]
            {
                self.unit_twice((from, to), start, found);
            }
            for (from, to) in region::typed_numbers(self.text, start, end) {
                if self.is_named(from, to) {
                    continue;
                }
                let number = &self.text[from..to];
                found.push(
                    Diagnostic::error(
                        "typed-number",
                        self.span(from, to),
                        format!("{number} is typed by hand; a report prints figures of indicators"),
                    )
                    .help("use an indicator, or put the name it belongs to in quotation marks"),
                );
            }
        }
    }

    /// True when the number stands inside a title or label that some pack defines.
    fn is_named(&self, from: usize, to: usize) -> bool {
        self.known.terms.iter().filter(|term| term.contains(|c: char| c.is_ascii_digit())).any(|term| {
            let window = from.saturating_sub(term.len());
            let Some(before) = (window..=from).find(|at| self.text.is_char_boundary(*at)) else { return false };
            self.text[before..]
                .match_indices(term.as_str())
                .take_while(|(at, _)| before + at <= from)
                .any(|(at, _)| before + at <= from && to <= before + at + term.len())
        })
    }

    fn unit_twice(&self, (from, to): (usize, usize), after: usize, found: &mut Vec<Diagnostic>) {
        let inside = &self.text[from..to];
        let (name, filters) = inside.split_once('|').unwrap_or((inside, ""));
        if filters.contains("bare") {
            return;
        }
        let Some(unit) = self.known.figures.get(name.trim()) else { return };
        let words: Vec<&str> = match unit.kind {
            UnitKind::Money => vec!["亿元", "万元", "元"],
            UnitKind::Date => vec!["年", "月", "日"],
            UnitKind::Ratio if unit.id == "percent" => vec!["%", "％"],
            _ => vec![unit.word.zh.as_str()],
        };
        if let Some(word) = words.into_iter().find(|word| !word.is_empty() && self.text[after..].starts_with(word)) {
            let message = format!("\"{word}\" stands after {}, which prints its unit itself", name.trim());
            found.push(
                Diagnostic::error("unit-twice", self.span(after, after + word.len()), message)
                    .help(format!("leave {word} away, or write {{{{ {} | bare }}}}", word_at(name))),
            );
        }
    }
}

#[cfg(test)]
mod tests;
