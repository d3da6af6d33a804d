//! Is this the code of an organisation or of a medical institution?

use super::fault::{Characters, IdFault, Part};
use super::read::{characters, check, division, in_range, length, mended, part};

/// The 31 characters of GB 32100, in the order of their values.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A valid unified social credit code (统一社会信用代码, GB 32100): 18 characters with two check characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

impl CreditCode {
    /// Reads a code as people type it.
    ///
    /// # Errors
    /// What exactly is wrong. The check of the organisation's own code (place 17) is told before that of the whole
    /// (place 18), which depends on it.
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        let text = mended(text);
        length(&text, 18)?;
        characters(&text, 1, 2, Characters::CreditAlphabet)?;
        characters(&text, 3, 8, Characters::Digits)?;
        characters(&text, 9, 18, Characters::CreditAlphabet)?;
        division(&text, 3)?;
        check(&text, 17, body_check(part(&text, 9, 16)))?;
        check(&text, 18, credit_check(&text))?;
        Ok(Self(text))
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A valid registration number of a medical institution's licence (医疗机构执业许可证登记号): 22 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenceCode(String);

impl LicenceCode {
    /// Reads a code as people type it: 9 organisation, 6 division, 2 economic type, 4 category, 1 management class.
    /// The organisation part is checked as GB 11714 has it, but for the provisional codes that begin with `PDY`.
    ///
    /// # Errors
    /// What exactly is wrong.
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        let text = mended(text).replace('-', "");
        length(&text, 22)?;
        characters(&text, 1, 9, Characters::DigitsAndLetters)?;
        characters(&text, 10, 17, Characters::Digits)?;
        characters(&text, 18, 18, Characters::Letters)?;
        characters(&text, 19, 21, Characters::DigitsAndLetters)?;
        characters(&text, 22, 22, Characters::Digits)?;
        division(&text, 10)?;
        in_range(&text, (22, 22), Part::ManagementClass, |class| matches!(class, 1 | 2 | 9))?;
        if !text.starts_with("PDY") {
            check(&text, 9, body_check(part(&text, 1, 8)))?;
        }
        Ok(Self(text))
    }

    /// The 22 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The value of a character of GB 32100.
pub(super) fn credit_value(c: char) -> Option<u32> {
    ALPHABET.chars().position(|known| known == c).and_then(|value| u32::try_from(value).ok())
}

/// Check character of the whole code: weights 3^(i−1) mod 31.
fn credit_check(text: &str) -> char {
    let weights = std::iter::successors(Some(1_u32), |weight| Some(weight * 3 % 31));
    let sum: u32 = text.chars().take(17).zip(weights).map(|(c, weight)| credit_value(c).unwrap_or(0) * weight).sum();
    ALPHABET.chars().nth(((31 - sum % 31) % 31) as usize).unwrap_or('0')
}

/// Check character of an organisation's own code, GB 11714: letters count A = 10 to Z = 35.
fn body_check(first_8: &str) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first_8.chars().zip(WEIGHTS).map(|(c, weight)| c.to_digit(36).unwrap_or(0) * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        value => char::from_digit(value, 10).unwrap_or('0'),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn published_credit_codes_are_valid() {
        for code in [
            "91350100M000100Y43",
            "9144030071526726XG",
            "91330100799655058B",
            "914403001922038216",
            "91110000600037341L",
        ] {
            assert_eq!(CreditCode::parse(code).unwrap().as_str(), code);
        }
        assert!(CreditCode::parse(" 91350100m000100y43 ").is_ok());
    }

    #[test]
    fn every_fault_of_a_credit_code_has_its_own_message() {
        for (code, message) in [
            ("91350100M000100Y4", "应为18位，现为17位"),
            ("9135010OM000100Y43", "第8位“O”应为数字"),
            ("91350100M000I00Y43", "第13位“I”应为数字或大写字母（不含I、O、S、V、Z）"),
            ("91050100M000100Y43", "第3至8位“050100”不符：行政区划代码应以1至9开头"),
            ("91350100M000100Y53", "第17位校验码应为“4”，现为“5”"),
            ("91350100M000100Y44", "第18位校验码应为“3”，现为“4”"),
        ] {
            assert_eq!(CreditCode::parse(code).unwrap_err().to_string(), message, "{code}");
        }
    }

    #[test]
    fn licence_codes_are_checked_part_by_part() {
        assert_eq!(
            LicenceCode::parse("M000100Y4519900 11A1001").unwrap_err(),
            IdFault::Length { wanted: 22, found: 23 }
        );
        assert!(LicenceCode::parse("M000100Y451990011A1001").is_ok());
        assert!(LicenceCode::parse("M000100Y-451990011A1001").is_ok());
        assert!(LicenceCode::parse("PDY12345651990011D1102").is_ok());
        for (code, message) in [
            ("M000100Y551990011A1001", "第9位校验码应为“4”，现为“5”"),
            ("M000100Y45199O011A1001", "第14位“O”应为数字"),
            ("M000100Y4519900111100", "应为22位，现为21位"),
            ("M000100Y45199001111001", "第18位“1”应为大写字母"),
            ("M000100Y451990011A1003", "第22位“3”不符：经营性质应为1（非营利）、2（营利）或9（其他）"),
        ] {
            assert_eq!(LicenceCode::parse(code).unwrap_err().to_string(), message, "{code}");
        }
    }
}
