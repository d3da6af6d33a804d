//! Is this the code of a village, a household or a health record?

use super::fault::{Characters, IdFault, Part};
use super::read::{characters, division, in_range, length, mended};

/// A statistical division code of a village or neighbourhood (统计用区划代码): 6 county, 3 township, 3 committee.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VillageCode(String);

impl VillageCode {
    /// Reads a code as people type it.
    ///
    /// # Errors
    /// What exactly is wrong.
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        let text = mended(text);
        length(&text, 12)?;
        village_part(&text, 12)?;
        Ok(Self(text))
    }

    /// The 12 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A household code: the village's 12 digits and a serial of 4. No national standard numbers households; this is the
/// form the packs use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HouseholdCode(String);

impl HouseholdCode {
    /// Reads a code as people type it.
    ///
    /// # Errors
    /// What exactly is wrong.
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        let text = mended(text);
        length(&text, 16)?;
        village_part(&text, 16)?;
        in_range(&text, (13, 16), Part::Serial, |serial| serial > 0)?;
        Ok(Self(text))
    }

    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A health-record number (居民健康档案编号): 6 county, 3 township, 3 committee, 5 serial; no check character.
///
/// The committee's digits are **not** those of the statistical code: villages are 101 to 199 here and begin with 200
/// there. A number is never put together from a [`VillageCode`] and a serial.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HealthRecordNo(String);

impl HealthRecordNo {
    /// Reads a number as people type it.
    ///
    /// # Errors
    /// What exactly is wrong.
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        let text = mended(text);
        length(&text, 17)?;
        characters(&text, 1, 17, Characters::Digits)?;
        division(&text, 1)?;
        in_range(&text, (10, 12), Part::RecordCommittee, |code| matches!(code, 1..=99 | 101..=199 | 901..=999))?;
        in_range(&text, (13, 17), Part::Serial, |serial| serial > 0)?;
        Ok(Self(text))
    }

    /// The 17 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first 12 of `n_digits` digits as a village.
fn village_part(text: &str, n_digits: usize) -> Result<(), IdFault> {
    characters(text, 1, n_digits, Characters::Digits)?;
    division(text, 1)?;
    in_range(text, (7, 9), Part::Township, |code| (1..=599).contains(&code))?;
    in_range(text, (10, 12), Part::Committee, |code| (1..=599).contains(&code))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn villages_and_households_are_checked_part_by_part() {
        assert!(VillageCode::parse("519900101201").is_ok());
        assert!(HouseholdCode::parse("5199001012010001").is_ok());
        for (code, message) in [
            ("51990010120", "应为12位，现为11位"),
            ("51990010120A", "第12位“A”应为数字"),
            ("519900000201", "第7至9位“000”不符：乡镇代码应为001至599"),
            ("519900101000", "第10至12位“000”不符：村（居）代码应为001至599"),
            ("519900101600", "第10至12位“600”不符：村（居）代码应为001至599"),
        ] {
            assert_eq!(VillageCode::parse(code).unwrap_err().to_string(), message, "{code}");
        }
        let no_household = HouseholdCode::parse("5199001012010000").unwrap_err();
        assert_eq!(no_household.to_string(), "第13至16位“0000”不符：序号应从1开始");
    }

    #[test]
    fn record_numbers_have_their_own_committees() {
        for (committee, is_one) in [
            ("000", false),
            ("001", true),
            ("099", true),
            ("100", false),
            ("101", true),
            ("199", true),
            ("200", false),
            ("201", false),
            ("900", false),
            ("901", true),
            ("999", true),
        ] {
            assert_eq!(HealthRecordNo::parse(&format!("519900101{committee}00001")).is_ok(), is_one, "{committee}");
        }
        // A statistical code with a serial behind it, which is the usual mistake.
        assert_eq!(
            HealthRecordNo::parse("51990010120100001").unwrap_err().to_string(),
            "第10至12位“201”不符：健康档案编号的居委会为001至099、村委会为101至199、其他为901至999，与统计用区划代码不同"
        );
        assert_eq!(HealthRecordNo::parse("5199001011010001").unwrap_err(), IdFault::Length { wanted: 17, found: 16 });
        assert!(HealthRecordNo::parse("51990010110100000").is_err());
    }
}
