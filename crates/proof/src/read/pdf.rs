//! What does the text layer of a PDF say?
//!
//! Pages follow each other, lines as they are set. The library walks whatever graph the file describes and panics on
//! some damaged ones; it runs on a thread of its own whose end, however it comes, is an answer.

use super::{Format, Original, ReadError};
use std::sync::Arc;

/// Enough for deeply nested but honest files.
const STACK_BYTES: usize = 16 << 20;

/// Reads every page.
pub fn read(bytes: &[u8]) -> Result<Original, ReadError> {
    let damaged = |what: &str| ReadError::Damaged(Format::Pdf, what.to_string());
    if bytes.windows(8).any(|window| window == b"/Encrypt") {
        return Err(ReadError::Encrypted);
    }
    let shared: Arc<[u8]> = Arc::from(bytes);
    let thread = std::thread::Builder::new()
        .name("pdf".into())
        .stack_size(STACK_BYTES)
        .spawn(move || pdf_extract::extract_text_from_mem_by_pages(&shared).map_err(|error| error.to_string()))
        .map_err(|error| damaged(&error.to_string()))?;
    let pages = match thread.join() {
        Ok(Ok(pages)) => pages,
        Ok(Err(error)) => return Err(damaged(&error)),
        Err(_) => return Err(damaged("its reader gave up")),
    };
    let mut original = Original::new(Format::Pdf, Vec::new());
    for (n, page) in pages.iter().enumerate() {
        original.parts.push((original.chars.len(), format!("第{}页", n + 1)));
        original.chars.extend(page.chars());
        original.chars.push('\n');
    }
    Ok(original)
}
