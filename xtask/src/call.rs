//! How is another program called, and what is said when it fails?
//!
//! A [`Call`] prints its command line before it runs, so a person can repeat any step by hand.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::places::Places;
use crate::test::tally::Tally;
use crate::trouble::{Result, Trouble};

/// One program with its arguments, not started yet.
pub struct Call {
    command: Command,
    line: String,
    dir: PathBuf,
    next: String,
}

impl Call {
    /// A program found on the PATH or by its full name, run in `dir`.
    pub fn new(program: impl AsRef<OsStr>, dir: &Path) -> Self {
        let program = program.as_ref();
        let name = Path::new(program).file_name().unwrap_or(program);
        let mut command = Command::new(program);
        command.current_dir(dir).stdin(Stdio::null());
        let line = name.to_string_lossy().into_owned();
        Self { command, line, dir: dir.to_path_buf(), next: "read its output above".into() }
    }

    /// Cargo, with the stable target directory and the engine's library.
    pub fn cargo(places: &Places) -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let duckdb = crate::setup::duckdb::library_dir(places);
        Self::new(cargo, &places.root).env("CARGO_TARGET_DIR", &places.target).env("DUCKDB_LIB_DIR", duckdb)
    }

    /// npm in the folder of the web page.
    pub fn npm(places: &Places) -> Self {
        Self::new("npm", &places.web())
    }

    /// The built `taizhang` binary, in the checkout, where it finds `packs/` and `counties/`.
    pub fn taizhang(places: &Places) -> Self {
        Self::new(places.binary(), &places.root)
    }

    /// Adds arguments written in one string; none of them may hold a space.
    pub fn args(self, words: &str) -> Self {
        words.split_whitespace().fold(self, |call, word| call.arg(word))
    }

    /// Adds one argument as it is.
    pub fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.line.push(' ');
        self.line.push_str(&word.as_ref().to_string_lossy());
        self.command.arg(word);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// What a person should do when this call fails.
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = next.into();
        self
    }

    /// Runs to the end, output to the terminal.
    pub fn run(mut self) -> Result<()> {
        self.announce();
        let status = self.command.status().map_err(|error| self.not_started(&error))?;
        if status.success() { Ok(()) } else { Err(self.failed(&status.to_string())) }
    }

    /// Runs to the end; its standard output is returned, not shown. Any exit code is accepted and returned.
    pub fn read(mut self) -> Result<(i32, String)> {
        self.command.stderr(Stdio::inherit());
        let output = self.command.output().map_err(|error| self.not_started(&error))?;
        let code = output.status.code().ok_or_else(|| self.failed("ended by a signal"))?;
        Ok((code, String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    /// Runs to the end, output to the terminal, and counts the tests it reports.
    ///
    /// A program that fails without reporting a failed test counts as one failure.
    pub fn count(mut self) -> Result<Tally> {
        self.announce();
        self.command.stdout(Stdio::piped());
        let mut child = self.command.spawn().map_err(|error| self.not_started(&error))?;
        let mut tally = Tally::default();
        if let Some(stdout) = child.stdout.take() {
            for line in BufReader::new(stdout).lines().map_while(std::io::Result::ok) {
                println!("{line}");
                tally.read_line(&line);
            }
        }
        let status = child.wait().map_err(|error| self.not_started(&error))?;
        if status.success() {
            return Ok(tally);
        }
        eprintln!("{}", self.failed(&status.to_string()));
        Ok(tally.or_one_failure())
    }

    /// Starts the program and returns at once.
    pub fn spawn(mut self) -> Result<Child> {
        self.announce();
        self.command.spawn().map_err(|error| self.not_started(&error))
    }

    /// Starts the program with its standard output thrown away or kept in a file, without announcing it.
    pub fn spawn_into(mut self, stdout: Stdio) -> Result<Child> {
        self.command.stdout(stdout).spawn().map_err(|error| self.not_started(&error))
    }

    fn announce(&self) {
        eprintln!("$ {}", self.line);
    }

    fn not_started(&self, error: &std::io::Error) -> Trouble {
        let next = match error.kind() {
            std::io::ErrorKind::NotFound => "install it, then run `cargo xtask setup`".to_owned(),
            _ => self.next.clone(),
        };
        Trouble::new(format!("`{}` could not be started: {error}", self.line), self.dir.display(), next)
    }

    fn failed(&self, how: &str) -> Trouble {
        Trouble::new(format!("`{}` failed ({how})", self.line), self.dir.display(), self.next.clone())
    }
}

/// Whether a program of this name is on the PATH.
pub fn on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn here() -> PathBuf {
        std::env::temp_dir()
    }

    #[test]
    fn a_failing_program_says_what_to_do_next() {
        let trouble = Call::new("false", &here()).next("try again").run().unwrap_err().to_string();
        assert!(trouble.contains("`false` failed") && trouble.contains("next: try again"), "{trouble}");
    }

    #[test]
    fn a_missing_program_points_to_setup() {
        let trouble = Call::new("no-such-program", &here()).run().unwrap_err().to_string();
        assert!(trouble.contains("cargo xtask setup"), "{trouble}");
    }

    #[test]
    fn the_output_and_the_exit_code_are_returned() {
        let (code, text) = Call::new("sh", &here()).arg("-c").arg("echo 七; exit 1").read().unwrap();
        assert_eq!((code, text.as_str()), (1, "七\n"));
    }

    #[test]
    fn a_silent_failure_still_counts_as_one() {
        let tally = Call::new("false", &here()).count().unwrap();
        assert_eq!((tally.passed, tally.failed), (0, 1));
    }
}
