//! How alike are two words?
//!
//! Over decoded characters and without allocating, since a county has millions of pairs. Words longer than 64 characters
//! are compared by their first 64.

const LONGEST: usize = 64;

/// Jaro–Winkler similarity, 0 to 1: shared characters in nearly the same order, with a bonus for a common beginning.
pub fn jaro_winkler(a: &[char], b: &[char]) -> f64 {
    let (a, b) = (cut(a), cut(b));
    let jaro = jaro(a, b);
    if jaro <= 0.7 {
        return jaro;
    }
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + 0.1 * prefix as f64 * (1.0 - jaro)
}

fn jaro(a: &[char], b: &[char]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut in_a, mut in_b) = (0_u64, 0_u64);
    for (n, x) in a.iter().enumerate() {
        for (at, y) in b.iter().enumerate().take(n + reach + 1).skip(n.saturating_sub(reach)) {
            if x == y && in_b >> at & 1 == 0 {
                in_a |= 1 << n;
                in_b |= 1 << at;
                break;
            }
        }
    }
    let n_shared = f64::from(in_a.count_ones());
    if in_a == 0 {
        return 0.0;
    }
    let shared = |word: &'_ [char], mask: u64, nth: &mut usize| {
        while mask >> *nth & 1 == 0 {
            *nth += 1;
        }
        *nth += 1;
        word[*nth - 1]
    };
    let (mut at_a, mut at_b, mut n_out_of_order) = (0, 0, 0_u32);
    for _ in 0..in_a.count_ones() {
        n_out_of_order += u32::from(shared(a, in_a, &mut at_a) != shared(b, in_b, &mut at_b));
    }
    let in_order = n_shared - f64::from(n_out_of_order / 2);
    (n_shared / a.len() as f64 + n_shared / b.len() as f64 + in_order / n_shared) / 3.0
}

/// Characters to insert, leave out or change, or neighbours to swap, that make `b` of `a`; `None` when more than `most`.
pub fn edits(a: &[char], b: &[char], most: u32) -> Option<u32> {
    let (a, b) = (cut(a), cut(b));
    if a.len().abs_diff(b.len()) > most as usize {
        return None;
    }
    let mut rows = [[0_u32; LONGEST + 1]; 3];
    for (n, cell) in rows[1].iter_mut().enumerate() {
        *cell = n as u32;
    }
    for i in 1..=a.len() {
        rows[2][0] = i as u32;
        let mut least = i as u32;
        for j in 1..=b.len() {
            let changed = rows[1][j - 1] + u32::from(a[i - 1] != b[j - 1]);
            let mut best = changed.min(rows[1][j] + 1).min(rows[2][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[0][j - 2] + 1);
            }
            rows[2][j] = best;
            least = least.min(best);
        }
        if least > most {
            return None;
        }
        rows.rotate_left(1);
    }
    Some(rows[1][b.len()]).filter(|n| *n <= most)
}

/// One bit for every character of a word; different characters may share one.
fn mask(word: &[char]) -> u64 {
    cut(word).iter().fold(0, |mask, c| mask | bit(*c))
}

fn bit(c: char) -> u64 {
    1 << (c as u32 % 64)
}

/// What is known of a word without reading it: its length and [`mask`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outline {
    len: usize,
    mask: u64,
}

impl Outline {
    pub fn of(word: &[char]) -> Self {
        Self { len: cut(word).len(), mask: mask(word) }
    }

    /// At least as many characters as both words share.
    fn most_shared(self, other: Self) -> usize {
        let own = |word: Self, other: Self| (word.mask & !other.mask).count_ones() as usize;
        (self.len - own(self, other)).min(other.len - own(other, self))
    }

    /// Whether two words can be this similar at all: a cheap bound that spares most pairs the full comparison.
    pub fn may_be_similar(self, other: Self, least: f64) -> bool {
        if self.len == 0 || other.len == 0 {
            return true;
        }
        let n_shared = self.most_shared(other) as f64;
        let jaro = (n_shared / self.len as f64 + n_shared / other.len as f64 + 1.0) / 3.0;
        jaro + 0.4 * (1.0 - jaro).max(0.0) >= least
    }

    /// Whether so few edits can do at all.
    pub fn may_be_edits(self, other: Self, most: u32) -> bool {
        self.len.max(other.len) - self.most_shared(other) <= most as usize
    }
}

fn cut(word: &[char]) -> &[char] {
    &word[..word.len().min(LONGEST)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    const WORDS: [&str; 14] = [
        "",
        "a",
        "ab",
        "ba",
        "martha",
        "marhta",
        "dixon",
        "dicksonx",
        "jellyfish",
        "smellyfish",
        "张建国",
        "张国建",
        "章建国",
        "zhangjianguo",
    ];

    #[test]
    fn the_library_says_the_same() {
        for a in WORDS {
            for b in WORDS {
                let (x, y) = (chars(a), chars(b));
                assert!((jaro_winkler(&x, &y) - strsim::jaro_winkler(a, b)).abs() < 1e-12, "{a} {b}");
                let edits_there = strsim::osa_distance(a, b) as u32;
                assert_eq!(edits(&x, &y, 20), Some(edits_there), "{a} {b}");
                let (p, q, similar) = (Outline::of(&x), Outline::of(&y), strsim::jaro_winkler(a, b));
                assert!(p.may_be_similar(q, similar - 1e-9), "{a} {b}");
                assert!(p.may_be_edits(q, edits_there), "{a} {b}");
                assert_eq!(edits(&x, &y, 1), (edits_there <= 1).then_some(edits_there), "{a} {b}");
            }
        }
    }
}
