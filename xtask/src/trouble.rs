//! What went wrong, where, and what should the person do next?
//!
//! Every failure of a task is a [`Trouble`]; there is no other error type here, so no message can leave one of the
//! three answers out.

use std::fmt;
use std::path::Path;

/// The result of a task.
pub type Result<T> = std::result::Result<T, Trouble>;

/// A failure as a person reads it.
#[derive(Debug)]
pub struct Trouble {
    what: String,
    place: String,
    next: String,
    exit_code: u8,
}

impl Trouble {
    /// A check or a tool failed: exit code 1.
    pub fn new(what: impl Into<String>, place: impl fmt::Display, next: impl Into<String>) -> Self {
        Self { what: what.into(), place: place.to_string(), next: next.into(), exit_code: 1 }
    }

    /// The command line itself was wrong: exit code 2.
    pub fn wrong_use(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), place: "the command line".into(), next: next.into(), exit_code: 2 }
    }

    /// A file could not be read or written.
    pub fn file(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(
            format!("{doing} failed: {error}"),
            path.display(),
            "check that the path exists and that you may write there",
        )
    }

    /// The process exit code: 1 for a failure, 2 for wrong use.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n   at: {}\n next: {}", self.what, self.place, self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_says_what_where_and_next() {
        let shown = Trouble::new("the page did not build", "web/", "run `npm run build` there").to_string();
        assert_eq!(shown, "error: the page did not build\n   at: web/\n next: run `npm run build` there");
    }

    #[test]
    fn wrong_use_and_failure_have_different_exit_codes() {
        assert_eq!(Trouble::wrong_use("", "").exit_code(), 2);
        assert_eq!(Trouble::new("", "", "").exit_code(), 1);
    }
}
