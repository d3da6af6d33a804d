//! What is an invented person called, and which number do they bear?
//!
//! Names from common surnames and characters; citizen numbers of a division that no county has; telephone numbers that
//! cannot be dialled. Knows words and numbers; never a real person.

use crate::cell::{Cell, day_number};
use crate::random::{Key, Shuffle};
use base::Date;
use base::id::{CitizenId, Sex};
use std::collections::HashMap;

/// Division code of invented citizens: it belongs to no county.
const DIVISION: u32 = 519_900;

/// Numbers of one day, sex and division.
const SERIALS: u64 = 500;

/// Surnames, the commoner ones first and more often.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈\
姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";

const MALE: &str =
    "伟强磊军勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林海峰建国志文德成永福贵荣祥安邦庆山树根水生";
const FEMALE: &str =
    "芳娜敏静丽艳娟霞秀英玲桂兰燕红梅莉丹萍洁琴云慧雪琳晶欣颖倩婷蓉凤珍珠香月淑华春菊素清碧琼莲佳怡思雨";

/// Something that can be invented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invention {
    /// A name that fits the column `sex`.
    PersonName,
    /// A citizen number that fits `sex` and `birth_on`.
    CitizenId,
    /// A telephone number.
    Phone,
    /// An address below the organisation's name.
    Address,
}

impl Invention {
    /// Every invention with its word in packs.
    pub const ALL: [(&'static str, Self); 4] = [
        ("person_name", Self::PersonName),
        ("citizen_id", Self::CitizenId),
        ("phone", Self::Phone),
        ("address", Self::Address),
    ];

    /// The invention a pack's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, invention)| *invention)
    }

    /// Columns of the record it reads.
    pub fn reads(self) -> &'static [&'static str] {
        match self {
            Self::PersonName => &["sex"],
            Self::CitizenId => &["sex", "birth_on"],
            Self::Phone | Self::Address => &[],
        }
    }
}

/// Characters to choose from, split once.
pub struct Names {
    surnames: Vec<char>,
    male: Vec<char>,
    female: Vec<char>,
}

impl Default for Names {
    fn default() -> Self {
        let characters = |text: &str| text.chars().collect();
        Self { surnames: characters(SURNAMES), male: characters(MALE), female: characters(FEMALE) }
    }
}

impl Names {
    /// The n-th name of a key.
    pub fn person(&self, key: Key, n: u64, sex: Option<&str>) -> Cell {
        let key = key.numbered(n);
        // The smaller of two draws: the first surnames are the commonest.
        let len = self.surnames.len() as u64;
        let surname = self.surnames[key.below(0, len).min(key.below(1, len)) as usize];
        let given = if sex == Some("2") { &self.female } else { &self.male };
        let pick = |n: u64| given[key.below(n, given.len() as u64) as usize];
        let mut name = String::with_capacity(9);
        name.push(surname);
        name.push(pick(2));
        if key.below(3, 100) < 72 {
            name.push(pick(4));
        }
        Cell::text(&name)
    }
}

/// A telephone number of eleven digits that starts like none in use.
pub fn phone(key: Key, n: u64) -> Cell {
    Cell::text(&format!("10{:09}", key.below(n, 1_000_000_000)))
}

/// `甲村3组17号`.
pub fn address(key: Key, n: u64, org_name: &str) -> Cell {
    let key = key.numbered(n);
    Cell::text(&format!("{org_name}{}组{}号", key.below(0, 9) + 1, key.below(1, 120) + 1))
}

/// Gives citizen numbers, each once.
#[derive(Debug, Default)]
pub struct CitizenIds {
    given: HashMap<(Date, bool), u64>,
}

impl CitizenIds {
    /// The next number of that day and sex; nothing when either is missing.
    pub fn next(&mut self, key: Key, birth_on: Option<Date>, sex: Option<&str>) -> Cell {
        let sex = match sex {
            Some("1") => Sex::Male,
            Some("2") => Sex::Female,
            _ => return Cell::Null,
        };
        let Some(birth_on) = birth_on else { return Cell::Null };
        let given = self.given.entry((birth_on, sex == Sex::Male)).or_default();
        let day = key.named(sex.code()).numbered(day_number(birth_on) as u64);
        let serial = Shuffle::new(day, SERIALS).at(*given % SERIALS);
        // A day with more than 500 births of one sex goes on in the next unused division.
        let division = DIVISION + u32::try_from(*given / SERIALS).unwrap_or(0);
        *given += 1;
        Cell::text(CitizenId::compose(division, birth_on, serial as u16, sex).as_str())
    }
}

/// Numbers that rise within whatever the pattern makes of an organisation.
#[derive(Debug, Default)]
pub struct Serials {
    last: HashMap<String, u64>,
}

impl Serials {
    /// The next number: `{n}` or `{n:5}` counts, the other names are facts of the organisation, and the year.
    /// `purpose` keeps registers apart.
    pub fn next(&mut self, purpose: &str, pattern: &str, fact: impl Fn(&str) -> String) -> Cell {
        let mut around = Vec::new();
        let mut rest = pattern;
        let mut width = 0;
        let mut has_number = false;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else { break };
            around.push(before.to_string());
            if let Some(digits) = name.strip_prefix("n:").or((name == "n").then_some("0")) {
                width = digits.parse().unwrap_or(0);
                has_number = true;
                around.push("\u{0}".to_string());
            } else {
                around.push(fact(name));
            }
            rest = behind;
        }
        around.push(rest.to_string());
        let text = around.concat();
        if !has_number {
            return Cell::text(&text);
        }
        let last = self.last.entry(format!("{purpose}\u{0}{text}")).or_default();
        *last += 1;
        Cell::text(&text.replace('\u{0}', &format!("{last:0width$}")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn citizen_numbers_are_valid_and_never_given_twice() {
        let mut ids = CitizenIds::default();
        let day = jiff::civil::date(1990, 2, 28);
        let given: BTreeSet<String> = (0..1_200)
            .map(|_| ids.next(Key::new("x", 1), Some(day), Some("2")).as_text().unwrap().to_string())
            .collect();
        assert_eq!(given.len(), 1_200);
        for id in &given {
            let id = CitizenId::parse(id).unwrap();
            assert_eq!((id.birth_on(), id.sex()), (Some(day), Sex::Female));
        }
        assert_eq!(ids.next(Key::new("x", 1), None, Some("1")), Cell::Null);
    }

    #[test]
    fn serials_rise_within_what_the_pattern_says() {
        let mut serials = Serials::default();
        let mut next = |org: &'static str| {
            let cell = serials.next("archive", "{org_code}{n:5}", |_| org.to_string());
            cell.as_text().unwrap().to_string()
        };
        assert_eq!([next("51"), next("52"), next("51")], ["5100001", "5200001", "5100002"]);
    }

    #[test]
    fn names_have_two_or_three_characters() {
        let names = Names::default();
        for n in 0..500 {
            let name = names.person(Key::new("x", 1), n, Some("1"));
            assert!((2..=3).contains(&name.as_text().unwrap().chars().count()));
        }
    }
}
