//! How is an identifier or a name shown so that nobody is given away?

/// `519900199001011234` as `519900********1234`; shorter texts keep their last two characters.
pub fn mask_number(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (head, tail) = if chars.len() >= 15 { (6, 4) } else { (chars.len() / 4, 2.min(chars.len())) };
    chars.iter().enumerate().map(|(n, c)| if n < head || n >= chars.len() - tail { *c } else { '*' }).collect()
}

/// `张小明` as `张*明`, `张明` as `张*`.
pub fn mask_name(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    match chars.as_slice() {
        [] => String::new(),
        [one] => one.to_string(),
        [first, _] => format!("{first}*"),
        [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_hide_the_middle() {
        assert_eq!(mask_number("519900199001011234"), "519900********1234");
        assert_eq!(mask_name("张小明"), "张*明");
        assert_eq!(mask_name("张明"), "张*");
        assert_eq!(mask_name("欧阳小明"), "欧**明");
    }
}
