//! Answers to stdout, messages to stderr.
//!
//! With `--json` a command prints one JSON document and nothing else on stdout.

use std::io::{Write, stderr, stdout};

/// One line of the answer. A reader that went away (`| head`) ends the program quietly.
pub fn line(text: &str) {
    if writeln!(stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// An answer that is a text of its own, as it stands.
pub fn text(text: &str) {
    if write!(stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// The whole answer as JSON.
pub fn json(value: &serde_json::Value) {
    line(&format!("{value:#}"));
}

/// A message to the person.
pub fn message(text: &str) {
    let _ = writeln!(stderr(), "{text}");
}

/// A failure.
pub fn error(text: &str) {
    message(&format!("error: {text}"));
}
