//! Is there a word in the tree that must not be there?
//!
//! A ban that teaches: each entry says what to use instead. The words are put together from halves so that this file
//! does not find itself.

use std::path::Path;

use super::{Finding, read};
use crate::places::Places;
use crate::stamp::files_under;
use crate::trouble::Result;

/// What text we read for words: everything people write by hand.
const EXTENSIONS: &[&str] =
    &["rs", "ts", "tsx", "css", "html", "js", "mjs", "json", "md", "sh", "sql", "toml", "yaml", "yml"];

struct Ban {
    word: String,
    why: &'static str,
    next: &'static str,
}

fn bans() -> Vec<Ban> {
    let machine = "a path of one machine means nothing on another";
    let later = "work to be done is an issue, not a comment";
    let ban = |halves: [&str; 2], why, next| Ban { word: halves.concat(), why, next };
    vec![
        ban(["/wo", "rk/"], machine, "use a path relative to the checkout"),
        ban(["/ro", "ot/"], machine, "use a path relative to the checkout"),
        ban(["/fa", "rm/"], machine, "use a path relative to the checkout"),
        ban(["TO", "DO"], later, "do it, or describe it in an issue"),
        ban(["FIX", "ME"], later, "do it, or describe it in an issue"),
        ban(["dbg", "!("], "debugging output reaches people", "return a value or an error"),
        ban(["todo", "!("], "it panics in front of a person", "finish it, or leave it out"),
        ban(["unimplemented", "!("], "it panics in front of a person", "finish it, or leave it out"),
    ]
}

/// Reads every hand-written text of the checkout.
pub fn check(places: &Places) -> Result<Vec<Finding>> {
    let bans = bans();
    let mut findings = Vec::new();
    for path in files_under(&places.root)? {
        let is_text = path.extension().is_some_and(|found| EXTENSIONS.iter().any(|known| found == *known));
        if is_text && !is_generated(&path) {
            findings.extend(judge(&places.shown(&path), &read(&path)?, &bans));
        }
    }
    Ok(findings)
}

fn is_generated(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "package-lock.json")
}

fn judge(place: &str, text: &str, bans: &[Ban]) -> Vec<Finding> {
    let lines = text.lines().enumerate();
    lines
        .flat_map(|(at, line)| {
            bans.iter().filter(|ban| holds(line, &ban.word)).map(move |ban| {
                Finding::error(format!("{place}:{}", at + 1), format!("`{}`: {}", ban.word, ban.why), ban.next)
            })
        })
        .collect()
}

/// Whether the line holds the word by itself, not as a part of a longer one.
fn holds(line: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let ends_open = word.ends_with(is_letter) && after.is_some_and(is_letter);
        !ends_open && !before.is_some_and(is_letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_banned_word_is_found_with_its_line() {
        let text = format!("fine\n// {}: later\n", ["TO", "DO"].concat());
        let findings = judge("a.rs", &text, &bans());
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].place, "a.rs:2");
    }

    #[test]
    fn a_part_of_a_longer_word_is_not_it() {
        assert!(!holds(&["TO", "DOS"].concat(), &["TO", "DO"].concat()));
        assert!(!holds("net/wo/", &["/wo", "rk/"].concat()));
        assert!(!holds("homework/", &["/wo", "rk/"].concat()));
    }

    #[test]
    fn every_ban_finds_itself() {
        for ban in bans() {
            assert!(holds(&format!("x {}", ban.word), &ban.word), "{}", ban.word);
        }
    }
}
