//! Where is a title divided?

/// Half characters of a title on one line of the text block.
const LINE: usize = 39;

/// A title on one line, or on two of which neither cuts a word.
pub(super) fn title_lines(text: &str) -> Vec<String> {
    match title_break(text) {
        Some(at) => vec![text[..at].to_string(), text[at..].to_string()],
        None => vec![text.to_string()],
    }
}

/// Where a title too long for one line is best divided: behind the name of an office or a joining word, as near the
/// middle as can be.
fn title_break(text: &str) -> Option<usize> {
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    if width(text) <= LINE {
        return None;
    }
    let ends = |c: char| "局会委府院及与和、）》".contains(c);
    let places = text.char_indices().filter(|(_, c)| ends(*c)).map(|(at, c)| at + c.len_utf8());
    places
        .filter(|at| width(&text[..*at]) <= LINE && width(&text[*at..]) <= LINE)
        .min_by_key(|at| width(&text[..*at]).abs_diff(width(&text[*at..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_title_is_divided_between_words() {
        assert_eq!(title_lines("示例县2025年工作总结"), ["示例县2025年工作总结"]);
        let long = "示例县卫生和计划生育局2025年工作总结和2026年工作打算";
        assert_eq!(title_lines(long), ["示例县卫生和计划生育局", "2025年工作总结和2026年工作打算"]);
        let whole = "一二三四五六七八九十一二三四五六七八九十一二";
        assert_eq!(title_lines(whole), [whole]);
    }
}
