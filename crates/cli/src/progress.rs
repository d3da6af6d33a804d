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

/// A bar over the bytes of a file whose rows are counted beside it; over rows alone when `n_bytes` is 0.
pub fn rows(n_bytes: u64) -> ProgressBar {
    let (bar, template) = match n_bytes {
        0 => (ProgressBar::no_length(), "{spinner} {msg} {elapsed}"),
        n => (ProgressBar::new(n), "{msg} {wide_bar} {percent}% {elapsed} (still {eta})"),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
