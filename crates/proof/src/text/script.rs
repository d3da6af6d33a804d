//! Which simplified character is written for this traditional one?

use std::collections::HashMap;
use std::sync::LazyLock;

static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let rows = include_str!("simplified.txt").lines().filter(|line| !line.starts_with('#'));
    rows.flat_map(|line| {
        let chars: Vec<char> = line.chars().collect();
        chars.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>()
    })
    .collect()
});

/// The simplified form of a character; itself when it has none.
pub fn simplified(c: char) -> char {
    match c {
        '\u{2e80}'..='\u{fbff}' => SIMPLIFIED.get(&c).copied().unwrap_or(c),
        _ => c,
    }
}
