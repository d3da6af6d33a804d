//! The report as one HTML file that needs nothing else: no script, no font, no address outside.

use crate::document::{BlockKind, Document, FigureRef, Span};

const STYLE: &str = include_str!("paper.css");

/// A stand-alone page. Figures explain themselves when the pointer rests on them, and link to
/// `{link_base}/figure?indicator=…&org=…&period=…` of a server; with an empty base, which a file has, to their line in
/// the list of sources.
pub fn html(document: &Document, link_base: &str) -> String {
    let title = escape(&document.title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n<main class=\"paper\">\n"
    );
    for block in &document.blocks {
        let tag = match block.kind {
            BlockKind::Title => "h1".to_string(),
            BlockKind::Heading => format!("h{}", block.level + 1),
            BlockKind::Paragraph => "p".to_string(),
        };
        out.push_str(&format!("<{tag}>{}", escape(&block.number)));
        block.spans.iter().for_each(|span| out.push_str(&span_html(document, span, link_base)));
        out.push_str(&format!("</{tag}>\n"));
    }
    out.push_str(&sources(document));
    out.push_str("</main>\n");
    out.push_str(&remarks(document));
    out.push_str("</body>\n</html>\n");
    out
}

fn span_html(document: &Document, span: &Span, link_base: &str) -> String {
    let text = escape(&span.text);
    let Some(figure) = &span.figure else { return text };
    let Some((n, line)) = document.source_of(figure) else { return text };
    let explained = escape(&super::explained(line)).replace('\n', "&#10;");
    let href = if link_base.is_empty() { format!("#{}", super::anchor(n)) } else { address(figure, link_base) };
    format!("<a class=\"figure\" href=\"{}\" title=\"{explained}\">{text}</a>", escape(&href))
}

/// Where a server explains the figure.
fn address(figure: &FigureRef, link_base: &str) -> String {
    let mut address = format!(
        "{}/figure?indicator={}&org={}&period={}",
        link_base.trim_end_matches('/'),
        percent(&figure.indicator),
        percent(&figure.org),
        figure.period
    );
    for (column, code) in &figure.cell {
        address.push_str(&format!("&by.{}={}", percent(column), percent(code)));
    }
    address
}

/// A text as part of a query.
fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn sources(document: &Document) -> String {
    if document.sources.is_empty() {
        return String::new();
    }
    let head: String = super::SOURCE_COLUMNS.iter().map(|column| format!("<th scope=\"col\">{column}</th>")).collect();
    let rows: String = document
        .sources
        .iter()
        .enumerate()
        .map(|(n, line)| {
            let cells: String = super::source_row(n + 1, line)
                .iter()
                .map(|cell| format!("<td>{}</td>", escape(cell).replace('\n', "<br>")))
                .collect();
            format!("<tr id=\"{}\">{cells}</tr>\n", super::anchor(n + 1))
        })
        .collect();
    format!(
        "<section class=\"sources\">\n<h2>{}</h2>\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n\
         </table>\n</section>\n",
        super::SOURCES
    )
}

/// What the editor must know; never printed.
fn remarks(document: &Document) -> String {
    let findings = document.findings.iter().map(|finding| format!("<li>{}</li>\n", escape(finding)));
    let left_out = document.left_out.iter().map(|l| format!("<li>未写入：{}</li>\n", escape(&l.to_string())));
    let items: String = findings.chain(left_out).collect();
    if items.is_empty() {
        return String::new();
    }
    format!("<aside class=\"remarks\">\n<h2>校核（不打印）</h2>\n<ul>\n{items}</ul>\n</aside>\n")
}

fn escape(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
