//! Identifiers: the citizen number (公民身份号码, GB 11643-1999) and the way it is masked.

use crate::Date;

/// Why a text is not a citizen number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CitizenIdError {
    /// Not 18 characters.
    #[error("证件号应为18位，现为{0}位")]
    Length(usize),
    /// Something other than digits (and a final X).
    #[error("证件号第{0}位不是数字")]
    NotDigit(usize),
    /// The eight digits of the birth date are not a day of the calendar.
    #[error("证件号中的出生日期{0}不存在")]
    NoSuchDay(String),
    /// The last character does not agree with the others.
    #[error("证件号末位校验不符：应为{expected}，现为{found}")]
    Check {
        /// What the first 17 digits call for.
        expected: char,
        /// What was written.
        found: char,
    },
}

/// A valid 18-character citizen number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CitizenId(String);

/// Sex as coded in GB/T 2261.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

impl Sex {
    /// The code used in records: 1 male, 2 female.
    pub fn code(self) -> &'static str {
        match self {
            Self::Male => "1",
            Self::Female => "2",
        }
    }
}

impl CitizenId {
    /// Reads a number as people type it: spaces around it, full-width digits and a small x are mended.
    ///
    /// ```
    /// use base::id::CitizenId;
    /// assert!(CitizenId::parse(" 11010519491231002x").is_ok());
    /// assert!(CitizenId::parse("110105194912310021").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, CitizenIdError> {
        let text: String = text.trim().chars().map(half_width).collect::<String>().to_uppercase();
        let n_chars = text.chars().count();
        if n_chars != 18 {
            return Err(CitizenIdError::Length(n_chars));
        }
        for (n, c) in text.chars().enumerate() {
            if !(c.is_ascii_digit() || (n == 17 && c == 'X')) {
                return Err(CitizenIdError::NotDigit(n + 1));
            }
        }
        parse_day(&text[6..14]).ok_or_else(|| CitizenIdError::NoSuchDay(text[6..14].to_string()))?;
        let expected = check_character(&text[..17]);
        let found = text.chars().next_back().unwrap_or(' ');
        if expected != found {
            return Err(CitizenIdError::Check { expected, found });
        }
        Ok(Self(text))
    }

    /// Reads a number of either generation: 18 characters, or the 15 digits given out until 1999, which lack the century
    /// (19) and the check character.
    ///
    /// ```
    /// use base::id::CitizenId;
    /// assert_eq!(CitizenId::parse_any("110105491231002").unwrap().as_str(), "11010519491231002X");
    /// ```
    ///
    /// # Errors
    /// As for [`CitizenId::parse`].
    pub fn parse_any(text: &str) -> Result<Self, CitizenIdError> {
        let old: String = text.trim().chars().map(half_width).collect();
        if old.len() != 15 || !old.bytes().all(|b| b.is_ascii_digit()) {
            return Self::parse(text);
        }
        let first_17 = format!("{}19{}", &old[..6], &old[6..]);
        Self::parse(&format!("{first_17}{}", check_character(&first_17)))
    }

    /// Builds the number of an invented person; the parity of `serial` follows the sex.
    pub fn compose(division: u32, birth_on: Date, serial: u16, sex: Sex) -> Self {
        let serial = (serial % 500) * 2 + u16::from(sex == Sex::Male);
        let body =
            format!("{division:06}{:04}{:02}{:02}{serial:03}", birth_on.year(), birth_on.month(), birth_on.day());
        let check = check_character(&body);
        Self(format!("{body}{check}"))
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Date of birth, positions 7 to 14.
    pub fn birth_on(&self) -> Option<Date> {
        parse_day(&self.0[6..14])
    }

    /// Sex, from the parity of position 17.
    pub fn sex(&self) -> Sex {
        if (self.0.as_bytes()[16] - b'0').is_multiple_of(2) { Sex::Female } else { Sex::Male }
    }
}

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

fn parse_day(digits: &str) -> Option<Date> {
    Date::new(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..8].parse().ok()?).ok()
}

/// ISO 7064 MOD 11-2 over the first 17 digits.
fn check_character(first_17: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let sum: u32 = first_17.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS[(sum % 11) as usize]
}

/// A full-width letter, digit or sign (`Ａ`, `１`, `／`) as the one of half width; anything else as it is.
pub fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn published_vectors_are_valid() {
        let female = CitizenId::parse("11010519491231002X").unwrap();
        assert_eq!(female.sex(), Sex::Female);
        assert_eq!(female.birth_on().unwrap().to_string(), "1949-12-31");
        assert_eq!(CitizenId::parse("440524188001010014").unwrap().sex(), Sex::Male);
    }

    #[test]
    fn every_fault_has_its_own_message() {
        assert_eq!(CitizenId::parse("1101051949123100"), Err(CitizenIdError::Length(16)));
        assert_eq!(CitizenId::parse("11010519491231O02X"), Err(CitizenIdError::NotDigit(15)));
        assert_eq!(CitizenId::parse("110105194902300021"), Err(CitizenIdError::NoSuchDay("19490230".into())));
        assert_eq!(CitizenId::parse("110105194912310021").unwrap_err().to_string(), "证件号末位校验不符：应为X，现为1");
        assert!(CitizenId::parse("１１０１０５１９４９１２３１００２ｘ").is_ok());
    }

    #[test]
    fn composed_numbers_parse_back() {
        for sex in [Sex::Male, Sex::Female] {
            for serial in [0, 1, 499, 500, 1234] {
                let id = CitizenId::compose(519_900, jiff::civil::date(2024, 2, 29), serial, sex);
                assert_eq!(CitizenId::parse(id.as_str()).unwrap().sex(), sex);
            }
        }
    }

    #[test]
    fn masks_hide_the_middle() {
        assert_eq!(mask_number("519900199001011234"), "519900********1234");
        assert_eq!(mask_name("张小明"), "张*明");
        assert_eq!(mask_name("张明"), "张*");
        assert_eq!(mask_name("欧阳小明"), "欧**明");
    }
}
