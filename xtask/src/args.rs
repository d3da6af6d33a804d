//! What did the person type after `cargo xtask`?
//!
//! A command, then long flags. Anything left over at the end is refused, so a misspelt flag is never ignored.

use crate::trouble::{Result, Trouble};

/// The words of the command line not read yet.
pub struct Args {
    words: Vec<String>,
}

impl Args {
    /// The arguments of this process, without the program's name.
    pub fn from_env() -> Self {
        Self { words: std::env::args().skip(1).collect() }
    }

    /// The first word, the command.
    pub fn command(&mut self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.remove(0))
    }

    /// Whether a flag without a value, such as `--no-serve`, was given.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() < before
    }

    /// The value of `--name value` or `--name=value`.
    pub fn value(&mut self, name: &str) -> Result<Option<String>> {
        let prefix = format!("{name}=");
        if let Some(at) = self.words.iter().position(|word| word.starts_with(&prefix)) {
            return Ok(Some(self.words.remove(at)[prefix.len()..].to_owned()));
        }
        let Some(at) = self.words.iter().position(|word| word == name) else { return Ok(None) };
        if at + 1 >= self.words.len() {
            return Err(Trouble::wrong_use(format!("{name} needs a value"), format!("write `{name} VALUE`")));
        }
        self.words.remove(at);
        Ok(Some(self.words.remove(at)))
    }

    /// The value of a flag, read as a number.
    pub fn number<T: std::str::FromStr>(&mut self, name: &str, default: T) -> Result<T> {
        let Some(text) = self.value(name)? else { return Ok(default) };
        text.parse().map_err(|_| {
            Trouble::wrong_use(format!("{name} is a number, not `{text}`"), format!("write, for example, `{name} 1`"))
        })
    }

    /// Everything left, for a program that reads its own words.
    pub fn rest(self) -> Vec<String> {
        self.words
    }

    /// Refuses what no one asked for.
    pub fn finish(self) -> Result<()> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => Err(Trouble::wrong_use(
                format!("`{word}` is not known here"),
                "`cargo xtask help` lists the flags of each command",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn args(line: &str) -> Args {
        Args { words: line.split_whitespace().map(str::to_owned).collect() }
    }

    #[test]
    fn flags_come_in_any_order_and_both_spellings() {
        let mut args = args("demo --port=9000 --no-serve --dir d");
        assert_eq!(args.command().as_deref(), Some("demo"));
        assert_eq!(args.value("--dir").unwrap().as_deref(), Some("d"));
        assert!(args.flag("--no-serve"));
        assert_eq!(args.number("--port", 0_u16).unwrap(), 9000);
        args.finish().unwrap();
    }

    #[test]
    fn a_flag_without_its_value_is_refused() {
        assert_eq!(args("--dir").value("--dir").unwrap_err().exit_code(), 2);
    }

    #[test]
    fn a_word_nobody_reads_is_refused() {
        let shown = args("--prot 9000").finish().unwrap_err().to_string();
        assert!(shown.contains("`--prot` is not known here"), "{shown}");
    }

    #[test]
    fn a_number_must_be_one() {
        assert!(args("--port many").number("--port", 1_u16).is_err());
    }
}
