//! How does a document look in Markdown, on a web page and on paper?
//!
//! Each output takes a finished [`Document`](crate::Document) and gives bytes, the same ones each time. None of them
//! changes a word.

mod docx;
mod html;
mod markdown;
mod pdf;
mod title;

pub use docx::docx;
pub use html::html;
pub use markdown::markdown;
pub use pdf::pdf;

use crate::document::SourceRow;
use title::title_lines;

/// The heading of the list of sources.
const SOURCES: &str = "数据来源";

/// The columns of the list of sources.
const SOURCE_COLUMNS: [&str; 6] = ["序号", "指标", "数值", "算法", "时期及截止日", "依据"];

/// The place of a row of the list of sources, for links within the document.
fn anchor(n: usize) -> String {
    format!("source_{n}")
}

/// One row of the list of sources.
fn source_row(n: usize, line: &SourceRow) -> [String; 6] {
    [
        n.to_string(),
        line.title.clone(),
        line.shown.clone(),
        line.formula.clone(),
        format!("{}\n截至{}", line.period, line.cut_off),
        line.source.clone(),
    ]
}

/// How a figure came about, one line each, for a hover text.
fn explained(line: &SourceRow) -> String {
    let mut out = format!("{}：{}", line.title, line.shown);
    if !line.formula.is_empty() {
        out.push_str(&format!("\n算法：{}", line.formula));
    }
    out.push_str(&format!("\n时期：{}，数据截至{}\n依据：{}", line.period, line.cut_off, line.source));
    out
}
