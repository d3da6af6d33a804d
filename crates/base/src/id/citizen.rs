//! Is this a citizen number (公民身份号码, GB 11643), or a card that follows its rule?

use super::fault::{Characters, IdFault, IdWarning, Part};
use super::read::{birth, characters, check, division, in_range, length, mended, part};
use crate::Date;

/// Completed years nobody has outlived.
pub const OLDEST: i16 = 130;

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

/// Who holds a number of 18 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A citizen.
    Citizen,
    /// A resident from Hong Kong, Macao or Taiwan, by a residence permit (810000, 820000, 830000).
    Permit,
    /// A foreigner with a permanent resident card of the form in use since December 2023 (begins with 9).
    Foreigner,
}

/// A valid 18-character citizen number, or that of a permit or card which follows the same rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CitizenId(String);

impl CitizenId {
    /// Reads a number as people type it: spaces around it, full-width digits and a small x are mended.
    ///
    /// ```
    /// use base::id::CitizenId;
    /// assert!(CitizenId::parse(" 11010519491231002x").is_ok());
    /// let fault = CitizenId::parse("110105194912310021").unwrap_err();
    /// assert_eq!(fault.to_string(), "第18位校验码应为“X”，现为“1”");
    /// ```
    ///
    /// # Errors
    /// What exactly is wrong. 15 digits are [`IdFault::OldNumber`]: see [`CitizenId::from_old_number`].
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        let text = mended(text);
        if text.len() == 15 && text.bytes().all(|c| c.is_ascii_digit()) {
            return Err(IdFault::OldNumber);
        }
        length(&text, 18)?;
        characters(&text, 1, 17, Characters::Digits)?;
        characters(&text, 18, 18, Characters::DigitsOrX)?;
        division(&text, 1)?;
        birth(&text)?;
        check(&text, 18, check_character(&text[..17]))?;
        Ok(Self(text))
    }

    /// The same, for somebody who may be alive on `on`.
    ///
    /// # Errors
    /// As [`CitizenId::parse`] and [`CitizenId::alive_on`].
    pub fn parse_on(text: &str, on: Date) -> Result<Self, IdFault> {
        let id = Self::parse(text)?;
        id.alive_on(on)?;
        Ok(id)
    }

    /// Whether its holder is born by `on`, and not longer than [`OLDEST`] years ago.
    ///
    /// # Errors
    /// [`IdFault::NotYetBorn`], [`IdFault::TooOld`].
    pub fn alive_on(&self, on: Date) -> Result<(), IdFault> {
        let born_on = birth(&self.0)?;
        if born_on > on {
            return Err(IdFault::NotYetBorn { born_on, on });
        }
        let before_birthday = (on.month(), on.day()) < (born_on.month(), born_on.day());
        if on.year() - born_on.year() - i16::from(before_birthday) > OLDEST {
            return Err(IdFault::TooOld { born_on, oldest: OLDEST });
        }
        Ok(())
    }

    /// A residence permit of Hong Kong, Macao or Taiwan residents.
    ///
    /// # Errors
    /// As [`CitizenId::parse`]; [`Part::PermitRegion`] for any other division.
    pub fn parse_permit(text: &str) -> Result<Self, IdFault> {
        let id = Self::parse(text)?;
        in_range(&id.0, (1, 6), Part::PermitRegion, |code| matches!(code, 810_000 | 820_000 | 830_000))?;
        Ok(id)
    }

    /// A foreigner's permanent resident card of the form in use since December 2023.
    ///
    /// # Errors
    /// As [`CitizenId::parse`]; [`Part::ForeignCard`] when it does not begin with 9.
    pub fn parse_foreign(text: &str) -> Result<Self, IdFault> {
        let id = Self::parse(text)?;
        in_range(&id.0, (1, 1), Part::ForeignCard, |first| first == 9)?;
        Ok(id)
    }

    /// The number a 15-digit one of before 1999 has become. For loading history only: such a number has been no identity
    /// document since 2013.
    ///
    /// ```
    /// use base::id::CitizenId;
    /// assert_eq!(CitizenId::from_old_number("110105491231002").unwrap().as_str(), "11010519491231002X");
    /// ```
    ///
    /// # Errors
    /// What exactly is wrong; [`IdFault::Century`] for the serials 996 to 999, which were given to people born before
    /// 1900: a person has to look, then [`CitizenId::from_old_number_before_1900`].
    pub fn from_old_number(text: &str) -> Result<Self, IdFault> {
        let text = old_digits(text)?;
        let serial = part(&text, 13, 15).parse().unwrap_or(0);
        if serial >= 996 {
            return Err(IdFault::Century { serial });
        }
        Self::with_century(&text, "19")
    }

    /// The same for somebody of whom a person has confirmed that they were born before 1900.
    ///
    /// # Errors
    /// What exactly is wrong.
    pub fn from_old_number_before_1900(text: &str) -> Result<Self, IdFault> {
        Self::with_century(&old_digits(text)?, "18")
    }

    fn with_century(old: &str, century: &str) -> Result<Self, IdFault> {
        let body = format!("{}{century}{}", part(old, 1, 6), part(old, 7, 15));
        division(&body, 1)?;
        birth(&body)?;
        let check = check_character(&body);
        Ok(Self(format!("{body}{check}")))
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
        birth(&self.0).ok()
    }

    /// Sex, from the parity of position 17.
    pub fn sex(&self) -> Sex {
        if (self.0.as_bytes()[16] - b'0').is_multiple_of(2) { Sex::Female } else { Sex::Male }
    }

    /// The division in which it was given, positions 1 to 6.
    pub fn division(&self) -> &str {
        part(&self.0, 1, 6)
    }

    /// Who holds it.
    pub fn holder(&self) -> Holder {
        match self.division() {
            "810000" | "820000" | "830000" => Holder::Permit,
            code if code.starts_with('9') => Holder::Foreigner,
            _ => Holder::Citizen,
        }
    }

    /// A citizen's division that is not in force any more is worth a look, and no reason to refuse.
    pub fn warning(&self, in_force: impl FnOnce(&str) -> bool) -> Option<IdWarning> {
        let unknown = self.holder() == Holder::Citizen && !in_force(self.division());
        unknown.then(|| IdWarning::Division { code: self.division().to_string() })
    }
}

fn old_digits(text: &str) -> Result<String, IdFault> {
    let text = mended(text);
    length(&text, 15)?;
    characters(&text, 1, 15, Characters::Digits)?;
    Ok(text)
}

/// ISO 7064 MOD 11-2 over the first 17 digits.
fn check_character(first_17: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let sum: u32 = first_17.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS[(sum % 11) as usize]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::civil::date;

    #[test]
    fn published_vectors_are_valid() {
        let female = CitizenId::parse("11010519491231002X").unwrap();
        assert_eq!(female.sex(), Sex::Female);
        assert_eq!(female.birth_on().unwrap().to_string(), "1949-12-31");
        assert_eq!(CitizenId::parse("440524188001010014").unwrap().sex(), Sex::Male);
        assert!(CitizenId::parse("１１０１０５１９４９１２３１００２ｘ").is_ok());
    }

    /// A number, and what is wrong with it in both languages.
    const FAULTS: [(&str, &str, &str); 10] = [
        ("1101051949123100", "应为18位，现为16位", "it should have 18 characters and has 16"),
        (
            "110105491231002",
            "15位旧号码自2013年起不再有效，请按身份证填写18位号码",
            "a 15-digit number has been no identity document since 2013; write the 18 characters of the card",
        ),
        ("11010519491231O02X", "第15位“O”应为数字", "character 15, \"O\", should be a digit"),
        ("11010519491231002Y", "第18位“Y”应为数字或大写X", "character 18, \"Y\", should be a digit or a capital X"),
        (
            "010105194912310021",
            "第1至6位“010105”不符：行政区划代码应以1至9开头",
            "characters 1 to 6 are \"010105\": a division code begins with 1 to 9",
        ),
        (
            "110105174912310021",
            "第7至10位“1749”不符：出生年份应在1800至2099之间",
            "characters 7 to 10 are \"1749\": a year of birth is 1800 to 2099",
        ),
        (
            "110105194913310021",
            "第11至12位出生月份“13”不存在",
            "characters 11 to 12, the month of birth, say \"13\": there is no such month",
        ),
        (
            "110105194902300021",
            "第13至14位出生日“30”不存在：1949年2月没有这一天",
            "characters 13 to 14, the day of birth, say \"30\": 1949-02 has no such day",
        ),
        (
            "110105194912310021",
            "第18位校验码应为“X”，现为“1”",
            "the check character, character 18, should be \"X\" and is \"1\"",
        ),
        ("", "应为18位，现为0位", "it should have 18 characters and has 0"),
    ];

    #[test]
    fn every_fault_has_its_own_message() {
        for (number, zh, en) in FAULTS {
            let text = CitizenId::parse(number).unwrap_err().text();
            assert_eq!((text.zh.as_str(), text.en.as_deref()), (zh, Some(en)), "{number}");
        }
    }

    #[test]
    fn nobody_is_born_tomorrow_or_older_than_130() {
        let of = |born: Date| CitizenId::compose(519_900, born, 7, Sex::Female).as_str().to_string();
        let on = date(2025, 3, 1);
        assert!(CitizenId::parse_on(&of(on), on).is_ok());
        let tomorrow = date(2025, 3, 2);
        assert_eq!(CitizenId::parse_on(&of(tomorrow), on), Err(IdFault::NotYetBorn { born_on: tomorrow, on }));
        assert!(CitizenId::parse_on(&of(date(1894, 3, 2)), on).is_ok());
        let long_ago = date(1894, 3, 1);
        assert_eq!(CitizenId::parse_on(&of(long_ago), on), Err(IdFault::TooOld { born_on: long_ago, oldest: 130 }));
    }

    #[test]
    fn old_numbers_are_converted_only_when_asked() {
        assert_eq!(CitizenId::from_old_number("110105491231002").unwrap().as_str(), "11010519491231002X");
        assert_eq!(CitizenId::from_old_number("110105491231996"), Err(IdFault::Century { serial: 996 }));
        let confirmed = CitizenId::from_old_number_before_1900("110105991231996").unwrap();
        assert_eq!(confirmed.birth_on(), Some(date(1899, 12, 31)));
        assert_eq!(CitizenId::parse(confirmed.as_str()), Ok(confirmed));
        assert_eq!(CitizenId::from_old_number("1101054912310"), Err(IdFault::Length { wanted: 15, found: 13 }));
        assert_eq!(CitizenId::from_old_number("110105491331002"), Err(IdFault::Month { found: "13".into() }));
    }

    #[test]
    fn permits_and_cards_follow_the_same_rule() {
        let of = |division| CitizenId::compose(division, date(1980, 5, 6), 3, Sex::Male).as_str().to_string();
        for division in [810_000, 820_000, 830_000] {
            assert_eq!(CitizenId::parse_permit(&of(division)).unwrap().holder(), Holder::Permit);
        }
        let other = CitizenId::parse_permit(&of(840_000)).unwrap_err();
        assert_eq!(other.to_string(), "第1至6位“840000”不符：港澳台居民居住证应以810000、820000或830000开头");
        assert_eq!(CitizenId::parse_foreign(&of(931_156)).unwrap().holder(), Holder::Foreigner);
        let citizen = CitizenId::parse_foreign(&of(519_900)).unwrap_err();
        assert_eq!(citizen.to_string(), "第1位“5”不符：外国人永久居留身份证应以9开头");
    }

    #[test]
    fn a_withdrawn_division_is_only_a_warning() {
        let id = CitizenId::parse("11010519491231002X").unwrap();
        assert_eq!(id.warning(|code| code == "110105"), None);
        assert_eq!(id.warning(|_| false), Some(IdWarning::Division { code: "110105".into() }));
        let permit = CitizenId::compose(810_000, date(1980, 5, 6), 3, Sex::Male);
        assert_eq!(permit.warning(|_| false), None);
    }

    #[test]
    fn composed_numbers_parse_back() {
        for sex in [Sex::Male, Sex::Female] {
            for serial in [0, 1, 499, 500, 1234] {
                let id = CitizenId::compose(519_900, date(2024, 2, 29), serial, sex);
                assert_eq!(CitizenId::parse(id.as_str()).unwrap().sex(), sex);
            }
        }
    }
}
