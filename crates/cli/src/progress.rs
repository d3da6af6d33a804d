//! Progress bars on stderr; silent when nobody looks.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over `total` steps with a sentence before it.
pub fn bar(total: u64, what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:28} {wide_bar} {human_pos}/{human_len} {elapsed}");
    let bar = ProgressBar::new(total).with_message(what.to_string());
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
