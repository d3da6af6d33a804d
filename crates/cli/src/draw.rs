//! A diagnostic as people see it in a terminal.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use base::{Diagnostic, Severity, Sources, Span};

/// The diagnostic with the lines it points at.
pub fn diagnostic(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let mut group = Group::with_title(title);
    if let Some(span) = diagnostic.span
        && let Some(source) = sources.get(span.source)
    {
        let primary = AnnotationKind::Primary.span(clip(source.text.len(), span));
        let mut snippet = Snippet::source(source.text.as_ref()).path(source.name.as_ref()).annotation(primary);
        for label in diagnostic.labels.iter().filter(|label| label.span.source == span.source) {
            let range = clip(source.text.len(), label.span);
            snippet = snippet.annotation(AnnotationKind::Context.span(range).label(label.message.as_str()));
        }
        group = group.element(snippet);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    Renderer::styled().render(&[group]).to_string()
}

/// One line: what a tool reads.
pub fn json(sources: &Sources, diagnostic: &Diagnostic) -> serde_json::Value {
    let place = diagnostic.span.map(|span| (span, sources.position(span)));
    serde_json::json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity.word(),
        "file": place.and_then(|(span, _)| sources.get(span.source)).map(|source| source.name.to_string()),
        "line": place.map(|(_, position)| position.line),
        "column": place.map(|(_, position)| position.column),
        "message": diagnostic.message,
        "help": diagnostic.help,
    })
}

fn clip(length: usize, span: Span) -> std::ops::Range<usize> {
    let range = span.range();
    range.start.min(length)..range.end.min(length).max(range.start.min(length))
}
