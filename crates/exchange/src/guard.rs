//! How does text that looks like a formula stay text?
//!
//! A spreadsheet runs a cell of a CSV that begins with `=`, `+`, `-` or `@`. We write such text with an apostrophe before it,
//! and take exactly that apostrophe away when it comes back.

use std::borrow::Cow;

/// The text as it may stand in a CSV.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it was before it was guarded. The apostrophe people put before digits (`'001`) goes, too.
pub(crate) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) || rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => text,
    }
}

/// With or without apostrophes before it, so that what is guarded twice is unguarded twice.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}
