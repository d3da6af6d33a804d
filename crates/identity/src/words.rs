//! How well does one word of a question fit a name or a number?
//!
//! Knows one person at a time; which people are looked at is found elsewhere.

use columns::engine::pinyin;

/// The fewest last digits by which a number is found.
pub(crate) const FEWEST_LAST: usize = 3;
/// The fewest first digits of a birth date: its year.
pub(crate) const FEWEST_BORN: usize = 4;

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

    pub fn fits(&self, text: &str) -> Option<u32> {
        if *self.folded == *text || *self.sound == *text {
            Some(60)
        } else if *self.initials == *text {
            Some(45)
        } else if self.folded.starts_with(text) {
            Some(40)
        } else if self.sound.starts_with(text) || self.is_mixed(text) {
            Some(30)
        } else {
            self.initials.starts_with(text).then_some(25)
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
    pub fn fits(&self, word: &Word) -> Option<u32> {
        let text = word.text.as_str();
        if *self.citizen_id == *text || *self.card_no == *text {
            return Some(100);
        }
        let len = text.len() as u32;
        if *self.phone == *text {
            Some(90)
        } else if word.may_be_born() && self.birth_on.starts_with(text) {
            Some(20 + len)
        } else if word.may_end_number() && self.citizen_id.ends_with(text) {
            Some(if word.is_digits { 10 + len } else { 20 })
        } else {
            let ends = word.is_digits && word.may_end_number();
            (ends && (self.phone.ends_with(text) || self.card_no.ends_with(text))).then_some(10 + len)
        }
    }
}
