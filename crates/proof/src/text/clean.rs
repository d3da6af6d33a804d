//! What does one line say once its spelling is made uniform?
//!
//! Widths, brackets, commas and spaces; glosses of pronunciation after characters; thousands separators.

use super::is_han;
use super::script::simplified;

/// A character and the scalar of the original it came from.
pub type Placed = (char, u32);

/// Initials of pinyin syllables, longest first.
const INITIALS: &[&str] = &[
    "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s", "y",
    "w", "",
];
/// Finals of pinyin syllables, without tones.
const FINALS: &[&str] = &[
    "a", "o", "e", "i", "u", "v", "ai", "ei", "ui", "ao", "ou", "iu", "ie", "ue", "ve", "er", "an", "en", "in", "un",
    "vn", "ang", "eng", "ing", "ong", "ia", "iao", "ian", "iang", "iong", "ua", "uo", "uai", "uan", "uang", "van",
];

/// What a line looked like, for the remark that it was mended.
#[derive(Debug, Default, Clone, Copy)]
pub struct Mended {
    /// Traditional characters.
    pub n_traditional: usize,
    /// Pronunciations in brackets.
    pub n_glosses: usize,
    /// Characters that were lost.
    pub n_broken: usize,
}

/// The line in its uniform spelling.
pub fn line(raw: &[Placed], mended: &mut Mended) -> Vec<Placed> {
    let narrow: Vec<Placed> = raw.iter().map(|(c, at)| (width(*c, mended), *at)).collect();
    let without_glosses = drop_glosses(&narrow, mended);
    let without_spaces = drop_spaces(&without_glosses);
    punctuate(&without_spaces)
}

/// One form per character: ASCII for full-width letters and digits, simplified characters.
fn width(c: char, mended: &mut Mended) -> char {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\t' if c != '\t' => ' ',
        '٪' | '﹪' => '%',
        '﹝' => '〔',
        '﹞' => '〕',
        '﹙' => '(',
        '﹚' => ')',
        '﹐' | '､' => ',',
        '﹒' => '.',
        '–' | '—' | '−' | '‐' | '‑' => '-',
        '∼' | '〜' => '~',
        '「' | '『' | '〝' => '“',
        '」' | '』' | '〞' => '”',
        other => other,
    };
    if narrow == char::REPLACEMENT_CHARACTER {
        mended.n_broken += 1;
    }
    let simple = simplified(narrow);
    // A radical is how a PDF spells a simplified character too.
    mended.n_traditional += usize::from(simple != narrow && !('\u{2e80}'..='\u{2fdf}').contains(&narrow));
    simple
}

/// A pronunciation in brackets right after a Chinese character: 衛(wèi)生.
fn drop_glosses(line: &[Placed], mended: &mut Mended) -> Vec<Placed> {
    let mut out: Vec<Placed> = Vec::with_capacity(line.len());
    let mut n = 0;
    while n < line.len() {
        let after_han = out.last().is_some_and(|(c, _)| is_han(*c));
        if line[n].0 == '(' && after_han {
            let length = line[n..].iter().take(9).position(|(c, _)| *c == ')');
            if let Some(length) = length
                && is_syllable(&line[n + 1..n + length])
            {
                mended.n_glosses += 1;
                n += length + 1;
                continue;
            }
        }
        out.push(line[n]);
        n += 1;
    }
    out
}

fn is_syllable(chars: &[Placed]) -> bool {
    let mut plain = String::new();
    for (c, _) in chars {
        plain.push(match c {
            'a'..='z' => *c,
            'ā' | 'á' | 'ǎ' | 'à' => 'a',
            'ē' | 'é' | 'ě' | 'è' | 'ê' => 'e',
            'ī' | 'í' | 'ǐ' | 'ì' => 'i',
            'ō' | 'ó' | 'ǒ' | 'ò' => 'o',
            'ū' | 'ú' | 'ǔ' | 'ù' => 'u',
            'ü' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => 'v',
            'ɡ' => 'g',
            _ => return false,
        });
    }
    let fits = |initial: &&&str| plain.strip_prefix(**initial).is_some_and(|rest| FINALS.contains(&rest));
    INITIALS.iter().find(fits).is_some()
}

/// Spaces stay only between letters or digits, where they set two things apart.
fn drop_spaces(line: &[Placed]) -> Vec<Placed> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let mut out: Vec<Placed> = Vec::with_capacity(line.len());
    for (n, (c, at)) in line.iter().enumerate() {
        if *c != ' ' {
            out.push((*c, *at));
            continue;
        }
        let before = out.last().map(|(c, _)| *c);
        let after = line[n..].iter().map(|(c, _)| *c).find(|c| *c != ' ');
        if before.is_some_and(is_word) && after.is_some_and(is_word) {
            out.push((' ', *at));
        }
    }
    out
}

/// Chinese punctuation for the ASCII one where it sets clauses apart; separators of thousands are dropped.
fn punctuate(line: &[Placed]) -> Vec<Placed> {
    let at = |n: usize| line.get(n).map_or('\n', |(c, _)| *c);
    let mut out: Vec<Placed> = Vec::with_capacity(line.len());
    for (n, (c, place)) in line.iter().enumerate() {
        let before = n.checked_sub(1).map_or('\n', at);
        let digits_around = before.is_ascii_digit() && at(n + 1).is_ascii_digit();
        let mapped = match c {
            ',' if digits_around && separates_thousands(line, n) => continue,
            ',' => '，',
            ';' => '；',
            ':' if digits_around => ':',
            ':' => '：',
            '(' => '（',
            ')' => '）',
            '!' => '！',
            '?' => '？',
            '.' if is_han(before) && !at(n + 1).is_ascii_alphanumeric() => '。',
            '.' if is_han(before) && n > 2 => '。',
            '.' if matches!(before, '%' | '‰') => '。',
            '[' if at(n + 1).is_ascii_digit() => '〔',
            ']' if before.is_ascii_digit() => '〕',
            other => *other,
        };
        out.push((mapped, *place));
    }
    out
}

/// One to three digits before, groups of exactly three after.
fn separates_thousands(line: &[Placed], comma: usize) -> bool {
    let is_digit = |n: usize| line.get(n).is_some_and(|(c, _)| c.is_ascii_digit());
    let before = (1..=4).take_while(|k| comma.checked_sub(*k).is_some_and(is_digit)).count();
    let after = (1..=4).take_while(|k| is_digit(comma + k)).count();
    (1..=3).contains(&before) && after == 3
}
