//! How many tests passed and failed, according to the closing lines of the programs that ran them?

/// Counted tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that held.
    pub passed: usize,
    /// Tests that did not.
    pub failed: usize,
}

impl Tally {
    /// One check that held, for programs that count nothing themselves.
    pub const ONE: Self = Self { passed: 1, failed: 0 };

    /// Adds what a line of output reports: the closing lines of `cargo test`, Vitest, Playwright and `taizhang test`.
    ///
    /// A number counts when the word after it is `passed` or `failed`, on a line that begins as a closing line does.
    pub fn read_line(&mut self, line: &str) {
        let line = without_colour(line);
        let words: Vec<&str> = line.split([' ', ',', ';']).filter(|word| !word.is_empty()).collect();
        let first_is_number = words.first().is_some_and(|word| word.parse::<usize>().is_ok());
        let closes = line.starts_with("test result:") || words.first() == Some(&"Tests") || first_is_number;
        if !closes {
            return;
        }
        for pair in words.windows(2) {
            let Ok(n) = pair[0].parse::<usize>() else { continue };
            match pair[1] {
                "passed" => self.passed += n,
                "failed" => self.failed += n,
                _ => {}
            }
        }
    }

    /// The same tally, with at least one failure: the program said that it failed.
    pub fn or_one_failure(self) -> Self {
        Self { failed: self.failed.max(1), ..self }
    }

    /// The same tally, with at least one success: the program said that all is well.
    pub fn or_one_success(self) -> Self {
        if self == Self::default() { Self::ONE } else { self }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("\u{1b}[") {
        plain.push_str(&rest[..at]);
        let tail = &rest[at + 2..];
        rest = tail.find('m').map_or("", |end| &tail[end + 1..]);
    }
    plain.push_str(rest);
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> (usize, usize) {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read_line(line));
        (tally.passed, tally.failed)
    }

    #[test]
    fn cargo_closes_once_per_test_binary() {
        let lines = [
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
        ];
        assert_eq!(read(&lines), (15, 2));
    }

    #[test]
    fn vitest_files_are_not_tests() {
        assert_eq!(read(&[" Test Files  2 passed (2)", "      Tests  1 failed | 8 passed (9)"]), (8, 1));
    }

    #[test]
    fn playwright_closes_with_bare_counts_perhaps_in_colour() {
        assert_eq!(read(&["  1 failed", "\u{1b}[32m  5 passed\u{1b}[39m (8.1s)"]), (5, 1));
    }

    #[test]
    fn pack_tests_close_with_both_counts() {
        assert_eq!(read(&["80 passed, 1 failed"]), (80, 1));
    }

    #[test]
    fn prose_is_not_counted() {
        assert_eq!(read(&["the first 3 passed by", "test reads_3 failed"]), (0, 0));
    }

    #[test]
    fn a_program_that_counts_nothing_is_one_check() {
        assert_eq!(Tally::default().or_one_success(), Tally::ONE);
        assert_eq!(Tally { passed: 4, failed: 0 }.or_one_success().passed, 4);
        assert_eq!(Tally { passed: 4, failed: 0 }.or_one_failure(), Tally { passed: 4, failed: 1 });
    }
}
