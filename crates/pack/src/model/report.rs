//! A pack's paragraphs of the report, as written.

use base::SourceId;

/// The text of `report.md`.
#[derive(Debug, Clone)]
pub struct ReportText {
    /// The file, for messages.
    pub source: SourceId,
    /// Markdown with figures.
    pub text: String,
}
