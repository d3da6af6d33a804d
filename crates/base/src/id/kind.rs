//! Which identifier should this text be?

use super::fault::IdFault;
use super::{CitizenId, CreditCode, HealthRecordNo, HouseholdCode, LicenceCode, VillageCode};
use crate::Date;

/// The identifiers that are checked, by the word packs use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdKind {
    /// 公民身份号码 and what follows its rule.
    CitizenId,
    /// 港澳台居民居住证
    ResidencePermit,
    /// 外国人永久居留身份证
    ForeignCard,
    /// 户编号
    HouseholdCode,
    /// 统计用区划代码
    VillageCode,
    /// 医疗机构登记号
    LicenceCode,
    /// 健康档案编号
    HealthRecordNo,
    /// 统一社会信用代码
    CreditCode,
}

impl IdKind {
    /// Every kind with its word.
    pub const ALL: [(&'static str, Self); 8] = [
        ("citizen_id", Self::CitizenId),
        ("residence_permit", Self::ResidencePermit),
        ("foreign_card", Self::ForeignCard),
        ("household_code", Self::HouseholdCode),
        ("village_code", Self::VillageCode),
        ("licence_code", Self::LicenceCode),
        ("health_record_no", Self::HealthRecordNo),
        ("uscc", Self::CreditCode),
    ];

    /// The kind a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    }

    /// What is wrong with `text` as it stands; `None` when nothing is. A person's number is asked whether its holder may
    /// be alive on `on`, if a day is given. A text that would be right once mended (a small x, spaces) is wrong in a
    /// record, which keeps one form.
    pub fn fault(self, text: &str, on: Option<Date>) -> Option<IdFault> {
        let person = |id: Result<CitizenId, IdFault>| {
            let id = id?;
            on.map_or(Ok(()), |on| id.alive_on(on))?;
            Ok(id.as_str().to_string())
        };
        let mended = match self {
            Self::CitizenId => person(CitizenId::parse(text)),
            Self::ResidencePermit => person(CitizenId::parse_permit(text)),
            Self::ForeignCard => person(CitizenId::parse_foreign(text)),
            Self::HouseholdCode => HouseholdCode::parse(text).map(|id| id.as_str().to_string()),
            Self::VillageCode => VillageCode::parse(text).map(|id| id.as_str().to_string()),
            Self::LicenceCode => LicenceCode::parse(text).map(|id| id.as_str().to_string()),
            Self::HealthRecordNo => HealthRecordNo::parse(text).map(|id| id.as_str().to_string()),
            Self::CreditCode => CreditCode::parse(text).map(|id| id.as_str().to_string()),
        };
        match mended {
            Err(fault) => Some(fault),
            Ok(mended) if mended == text => None,
            Ok(mended) => Some(not_as_kept(text, &mended)),
        }
    }
}

/// The first character in which a text differs from the form that is kept.
fn not_as_kept(text: &str, mended: &str) -> IdFault {
    let wanted = super::Characters::DigitsAndLetters;
    let wrong = text.chars().enumerate().find(|(n, c)| mended.chars().nth(*n) != Some(*c));
    match wrong.filter(|(n, _)| *n < mended.chars().count()) {
        Some((n, found)) => IdFault::Character { place: n + 1, found, wanted },
        None => IdFault::Length { wanted: mended.chars().count(), found: text.chars().count() },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_record_keeps_one_form() {
        let on = jiff::civil::date(2025, 1, 1);
        let fault = |text| IdKind::CitizenId.fault(text, Some(on)).map(|fault| fault.to_string());
        assert_eq!(fault("11010519491231002X"), None);
        assert_eq!(fault("11010519491231002x").unwrap(), "第18位“x”应为数字或大写字母");
        assert_eq!(fault(" 11010519491231002X").unwrap(), "第1位“ ”应为数字或大写字母");
        assert_eq!(fault("11010519491231002X ").unwrap(), "应为18位，现为19位");
    }

    #[test]
    fn every_kind_has_its_word() {
        for (word, kind) in IdKind::ALL {
            assert_eq!(IdKind::from_word(word), Some(kind));
            assert!(kind.fault("", None).is_some(), "{word}");
        }
        assert_eq!(IdKind::from_word("id"), None);
    }
}
