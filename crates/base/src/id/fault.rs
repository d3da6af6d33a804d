//! What exactly is wrong with an identifier, said in two languages?

use crate::{Date, Text};

/// Which characters may stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Characters {
    /// `0` to `9`.
    Digits,
    /// `0` to `9`, or the check character `X`.
    DigitsOrX,
    /// Capital letters.
    Letters,
    /// Digits and capital letters.
    DigitsAndLetters,
    /// Digits and capital letters without I, O, S, V and Z, as GB 32100 has them.
    CreditAlphabet,
}

impl Characters {
    fn text(self) -> Text {
        let (zh, en) = match self {
            Self::Digits => ("数字", "a digit"),
            Self::DigitsOrX => ("数字或大写X", "a digit or a capital X"),
            Self::Letters => ("大写字母", "a capital letter"),
            Self::DigitsAndLetters => ("数字或大写字母", "a digit or a capital letter"),
            Self::CreditAlphabet => {
                ("数字或大写字母（不含I、O、S、V、Z）", "a digit or a capital letter other than I, O, S, V and Z")
            }
        };
        Text::both(zh, en)
    }
}

/// A part of an identifier that holds a value outside its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Administrative division, which begins with 1 to 9.
    Division,
    /// Sub-district, town or township.
    Township,
    /// Residents' or villagers' committee in the statistical code: 001 to 599.
    Committee,
    /// Committee in a health-record number: residents' 001–099, villagers' 101–199, others 901–999.
    RecordCommittee,
    /// A serial number, which begins with 1.
    Serial,
    /// 810000, 820000 or 830000.
    PermitRegion,
    /// The 9 a foreigner's permanent resident card begins with.
    ForeignCard,
    /// A year from 1800 to 2099.
    Year,
    /// 1 not for profit, 2 for profit, 9 other.
    ManagementClass,
}

impl Part {
    fn text(self) -> Text {
        let (zh, en) = match self {
            Self::Division => ("行政区划代码应以1至9开头", "a division code begins with 1 to 9"),
            Self::Township => ("乡镇代码应为001至599", "a township is 001 to 599"),
            Self::Committee => ("村（居）代码应为001至599", "a committee is 001 to 599 in the statistical code"),
            Self::RecordCommittee => (
                "健康档案编号的居委会为001至099、村委会为101至199、其他为901至999，与统计用区划代码不同",
                "in a health-record number residents' committees are 001 to 099, villagers' 101 to 199, others 901 to \
                 999; these are not the ranges of the statistical code",
            ),
            Self::Serial => ("序号应从1开始", "serial numbers begin with 1"),
            Self::PermitRegion => (
                "港澳台居民居住证应以810000、820000或830000开头",
                "a residence permit begins with 810000, 820000 or 830000",
            ),
            Self::ForeignCard => {
                ("外国人永久居留身份证应以9开头", "a foreigner's permanent resident card begins with 9")
            }
            Self::Year => ("出生年份应在1800至2099之间", "a year of birth is 1800 to 2099"),
            Self::ManagementClass => {
                ("经营性质应为1（非营利）、2（营利）或9（其他）", "the management class is 1, 2 or 9")
            }
        };
        Text::both(zh, en)
    }
}

/// Why a text is not the identifier it should be. Places count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdFault {
    /// Too short or too long.
    Length {
        /// How many characters it has when it is right.
        wanted: usize,
        /// How many it has.
        found: usize,
    },
    /// A character that cannot stand where it stands.
    Character {
        /// Where.
        place: usize,
        /// Which.
        found: char,
        /// What may stand there.
        wanted: Characters,
    },
    /// The month of the birth date is not 01 to 12.
    Month {
        /// The two digits.
        found: String,
    },
    /// The month has no such day.
    Day {
        /// The year.
        year: i16,
        /// The month.
        month: i8,
        /// The two digits of the day.
        found: String,
    },
    /// Born after the day on which it is asked.
    NotYetBorn {
        /// The birth date.
        born_on: Date,
        /// The day of the question.
        on: Date,
    },
    /// Born longer ago than anybody has lived.
    TooOld {
        /// The birth date.
        born_on: Date,
        /// The most completed years.
        oldest: i16,
    },
    /// The check character does not agree with the others.
    Check {
        /// Where it stands.
        place: usize,
        /// What the others call for.
        expected: char,
        /// What was written.
        found: char,
    },
    /// A part is outside its range.
    Part {
        /// The first place of the part.
        first: usize,
        /// Its last place.
        last: usize,
        /// What stands there.
        found: String,
        /// What belongs there.
        part: Part,
    },
    /// A citizen number of 15 digits, no identity document since 2013.
    OldNumber,
    /// The serial of a 15-digit number says "born before 1900", which a person has to confirm.
    Century {
        /// The serial, 996 to 999.
        serial: u16,
    },
}

impl IdFault {
    /// The sentence for the person who typed it.
    pub fn text(&self) -> Text {
        match self {
            Self::Length { wanted, found } => Text::both(
                format!("应为{wanted}位，现为{found}位"),
                format!("it should have {wanted} characters and has {found}"),
            ),
            Self::Character { place, found, wanted } => Text::both(
                format!("第{place}位“{found}”应为{}", wanted.text().zh),
                format!("character {place}, \"{found}\", should be {}", wanted.text().get(crate::Language::En)),
            ),
            Self::Month { found } => Text::both(
                format!("第11至12位出生月份“{found}”不存在"),
                format!("characters 11 to 12, the month of birth, say \"{found}\": there is no such month"),
            ),
            Self::Day { year, month, found } => Text::both(
                format!("第13至14位出生日“{found}”不存在：{year}年{month}月没有这一天"),
                format!("characters 13 to 14, the day of birth, say \"{found}\": {year}-{month:02} has no such day"),
            ),
            Self::NotYetBorn { born_on, on } => {
                Text::both(format!("出生日期{born_on}晚于{on}"), format!("the date of birth, {born_on}, is after {on}"))
            }
            Self::TooOld { born_on, oldest } => Text::both(
                format!("出生日期{born_on}早于{oldest}年前"),
                format!("the date of birth, {born_on}, is more than {oldest} years ago"),
            ),
            Self::Check { place, expected, found } => Text::both(
                format!("第{place}位校验码应为“{expected}”，现为“{found}”"),
                format!("the check character, character {place}, should be \"{expected}\" and is \"{found}\""),
            ),
            Self::Part { first, last, found, part } => {
                let (places, place) = if first == last {
                    (format!("第{first}位"), format!("character {first}"))
                } else {
                    (format!("第{first}至{last}位"), format!("characters {first} to {last}"))
                };
                let part = part.text();
                Text::both(
                    format!("{places}“{found}”不符：{}", part.zh),
                    format!("{place} are \"{found}\": {}", part.get(crate::Language::En)),
                )
            }
            Self::OldNumber => Text::both(
                "15位旧号码自2013年起不再有效，请按身份证填写18位号码",
                "a 15-digit number has been no identity document since 2013; write the 18 characters of the card",
            ),
            Self::Century { serial } => Text::both(
                format!("顺序码{serial}表示百岁老人，出生世纪须人工确认"),
                format!("serial {serial} marks a person born before 1900; somebody has to confirm the century"),
            ),
        }
    }
}

impl std::fmt::Display for IdFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text().zh)
    }
}

impl std::error::Error for IdFault {}

/// What is worth saying of a valid identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdWarning {
    /// Its division is not in the list of today: withdrawn long ago, or a slip.
    Division {
        /// The six digits.
        code: String,
    },
}

impl IdWarning {
    /// The sentence for the person who typed it.
    pub fn text(&self) -> Text {
        match self {
            Self::Division { code } => Text::both(
                format!("行政区划代码{code}不在现行名录中，可能已撤销，请核对"),
                format!("division {code} is not in force; it may have been withdrawn, please compare it with the card"),
            ),
        }
    }
}
