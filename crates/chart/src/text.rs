//! How wide is a text, and what of it is shown when the room is short?
//!
//! No font is read: what a reader's machine puts in its place would differ anyway. It never knows where a text stands.

use base::Decimal;
use base::exact::with_commas;

/// The width in em: one for a wide character, a half for one of ASCII.
pub fn width(text: &str) -> f64 {
    text.chars().map(char_width).sum()
}

/// The width in pixels to keep free for a text of `size` pixels.
///
/// Digits are 0.555 em wide in Noto Sans CJK and a per cent sign 0.92 em, so a little more than [`width`] says.
pub fn room(text: &str, size: f64) -> f64 {
    let n_ascii: f64 = text.chars().map(|c| if c.is_ascii() { 1.0 } else { 0.0 }).sum();
    (width(text) + n_ascii * 0.08) * size
}

/// The text, its middle replaced by `…` when it takes more than `max` pixels at `size` pixels.
///
/// The end of a name tells 第一 from 第二, so both ends stay.
pub fn cut(text: &str, size: f64, max: f64) -> String {
    if room(text, size) <= max {
        return text.to_string();
    }
    let chars: Vec<char> = text.chars().collect();
    let (mut head, mut tail) = (0, 0);
    let shown = |head: usize, tail: usize| {
        let (first, last) = (chars.iter().take(head), chars.iter().skip(chars.len() - tail));
        first.chain(['…'].iter()).chain(last).collect::<String>()
    };
    loop {
        let next = if head <= tail { (head + 1, tail) } else { (head, tail + 1) };
        if next.0 + next.1 >= chars.len() || room(&shown(next.0, next.1), size) > max {
            return shown(head, tail);
        }
        (head, tail) = next;
    }
}

/// A value or the dash that stands for none.
pub fn number_or_dash(value: Option<Decimal>) -> String {
    value.map_or_else(|| "—".to_string(), with_commas)
}

fn char_width(c: char) -> f64 {
    if c.is_ascii() { 0.5 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wide_character_is_an_em_and_an_ascii_one_a_half() {
        assert_eq!(["", "青石镇", "2021年", "a1"].map(|text| (width(text) * 2.0) as u32), [0, 6, 6, 2]);
    }

    #[test]
    fn a_text_is_cut_in_the_middle_only_when_the_room_is_short() {
        let name = "青石镇中心卫生院第一分院";
        assert_eq!(cut(name, 10.0, 120.0), name, "exactly enough");
        assert_eq!(cut(name, 10.0, 119.9), "青石镇中心…院第一分院");
        assert_eq!(cut(name, 10.0, 50.0), "青石…分院");
        assert_eq!(cut(name, 10.0, 20.0), "青…");
        assert_eq!(cut(name, 10.0, 1.0), "…");
    }

    #[test]
    fn what_is_not_known_is_a_dash() {
        assert_eq!(number_or_dash(None), "—");
        assert_eq!(number_or_dash(Some(Decimal::new(123_450, 2))), "1,234.50");
    }

    proptest! {
        #[test]
        fn what_is_cut_fits_and_keeps_both_ends(name in "[青石柳河乡镇a-c0-9]{1,30}", max in 12.0..300.0_f64) {
            let shown = cut(&name, 12.0, max);
            prop_assert!(shown == "…" || room(&shown, 12.0) <= max, "{shown} takes more than {max}");
            let (head, tail) = shown.split_once('…').unwrap_or((&shown, ""));
            prop_assert!(name.starts_with(head) && name.ends_with(tail), "{shown} of {name}");
        }
    }
}
