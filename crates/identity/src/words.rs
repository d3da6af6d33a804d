//! How well does one word of a question fit a name or a number?
//!
//! Knows one person at a time; which people are looked at is found elsewhere.

use base::Text;
use columns::engine::pinyin;

/// The fewest last digits by which a number is found.
pub(crate) const FEWEST_LAST: usize = 3;
/// The fewest first digits of a birth date: its year.
pub(crate) const FEWEST_BORN: usize = 4;

/// What of a person a word fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The id of the record.
    Id,
    /// The citizen number.
    CitizenId,
    /// The health card's number.
    CardNo,
    /// The telephone.
    Phone,
    /// The birth date.
    BirthOn,
    /// The name.
    Name,
    /// The name's pinyin.
    Sound,
    /// The initials of the name's pinyin.
    Initials,
}

/// Why a word means a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// What it fits.
    pub by: By,
    /// Whether it fits all of that, or its beginning (of a number: its end) only.
    pub whole: bool,
    /// How much that says; higher is better.
    pub score: u32,
}

impl Fit {
    pub(crate) fn whole(by: By, score: u32) -> Self {
        Self { by, whole: true, score }
    }

    fn part(by: By, score: u32) -> Self {
        Self { by, whole: false, score }
    }

    /// The reason in words.
    pub fn words(&self) -> Text {
        let (zh, en) = match (self.by, self.whole) {
            (By::Id, _) => ("编号", "id"),
            (By::CitizenId, true) => ("公民身份号码", "citizen number"),
            (By::CitizenId, false) => ("公民身份号码末几位", "last characters of the citizen number"),
            (By::CardNo, true) => ("居民健康卡号", "health card number"),
            (By::CardNo, false) => ("居民健康卡号末几位", "last digits of the health card number"),
            (By::Phone, true) => ("联系电话", "telephone"),
            (By::Phone, false) => ("联系电话末几位", "last digits of the telephone"),
            (By::BirthOn, true) => ("出生日期", "birth date"),
            (By::BirthOn, false) => ("出生年月", "beginning of the birth date"),
            (By::Name, true) => ("姓名", "name"),
            (By::Name, false) => ("姓名开头", "beginning of the name"),
            (By::Sound, true) => ("姓名拼音", "pinyin of the name"),
            (By::Sound, false) => ("姓名拼音开头", "beginning of the name's pinyin"),
            (By::Initials, true) => ("拼音首字母", "pinyin initials"),
            (By::Initials, false) => ("拼音首字母开头", "first of the pinyin initials"),
        };
        Text::both(zh, en)
    }
}

/// A word of the question.
pub(crate) struct Word {
    /// As it was written; ids are compared with it.
    pub raw: String,
    /// In small letters, a day without its hyphens.
    pub text: String,
    pub is_digits: bool,
}

impl Word {
    pub fn of(raw: &str) -> Self {
        let text = raw.to_lowercase();
        // A day may be written 1950-03-12.
        let digits = text.replace('-', "");
        let is_digits = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
        Self { raw: raw.to_string(), text: if is_digits { digits } else { text }, is_digits }
    }

    /// Whether it may be the end of a citizen number: digits, perhaps with the check character X.
    pub fn may_end_number(&self) -> bool {
        self.text.len() >= FEWEST_LAST && (self.is_digits || self.text.ends_with('x'))
    }

    pub fn may_be_born(&self) -> bool {
        self.is_digits && self.text.len() >= FEWEST_BORN
    }
}

/// A name and all its spellings.
pub(crate) struct Name {
    pub text: Box<str>,
    folded: Box<str>,
    sound: Box<str>,
    initials: Box<str>,
    /// `zhangjg` and `zhangjiang` for 张建国: the first syllables in full, the others by their initial; and how long the
    /// full part is.
    mixed: Box<[(usize, Box<str>)]>,
}

impl Name {
    pub fn of(text: &str) -> Self {
        let mixed = text.char_indices().skip(1).map(|(at, _)| {
            // The surname's own reading needs the beginning of the name, so both parts are spelt from it.
            let full = pinyin::full(&text[..at]);
            (full.len(), (full + &pinyin::initials(&text[at..])).into())
        });
        Self {
            folded: text.to_lowercase().into(),
            sound: pinyin::full(text).into(),
            initials: pinyin::initials(text).into(),
            mixed: mixed.collect(),
            text: text.into(),
        }
    }

    /// Every spelling by whose beginning it is found.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        let mixed = self.mixed.iter().map(|(_, text)| text.as_ref());
        [self.folded.as_ref(), &self.sound, &self.initials].into_iter().chain(mixed)
    }

    pub fn fits(&self, text: &str) -> Option<Fit> {
        if *self.folded == *text {
            Some(Fit::whole(By::Name, 60))
        } else if *self.sound == *text {
            Some(Fit::whole(By::Sound, 60))
        } else if *self.initials == *text {
            Some(Fit::whole(By::Initials, 45))
        } else if self.folded.starts_with(text) {
            Some(Fit::part(By::Name, 40))
        } else if self.sound.starts_with(text) || self.is_mixed(text) {
            Some(Fit::part(By::Sound, 30))
        } else {
            self.initials.starts_with(text).then_some(Fit::part(By::Initials, 25))
        }
    }

    fn is_mixed(&self, text: &str) -> bool {
        self.mixed.iter().any(|(full, spelling)| text.len() > *full && spelling.starts_with(text))
    }
}

/// The numbers of one person, in small letters; empty when there is none.
pub(crate) struct Numbers {
    pub birth_on: Box<str>,
    pub citizen_id: Box<str>,
    pub phone: Box<str>,
    pub card_no: Box<str>,
}

impl Numbers {
    pub fn fits(&self, word: &Word) -> Option<Fit> {
        let text = word.text.as_str();
        if *self.citizen_id == *text {
            return Some(Fit::whole(By::CitizenId, 100));
        }
        if *self.card_no == *text {
            return Some(Fit::whole(By::CardNo, 100));
        }
        let len = text.len() as u32;
        let ends = word.is_digits && word.may_end_number();
        if *self.phone == *text {
            Some(Fit::whole(By::Phone, 90))
        } else if word.may_be_born() && self.birth_on.starts_with(text) {
            Some(Fit { by: By::BirthOn, whole: *self.birth_on == *text, score: 20 + len })
        } else if word.may_end_number() && self.citizen_id.ends_with(text) {
            Some(Fit::part(By::CitizenId, if word.is_digits { 10 + len } else { 20 }))
        } else if ends && self.phone.ends_with(text) {
            Some(Fit::part(By::Phone, 10 + len))
        } else {
            (ends && self.card_no.ends_with(text)).then_some(Fit::part(By::CardNo, 10 + len))
        }
    }
}
