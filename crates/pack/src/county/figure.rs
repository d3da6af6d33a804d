//! What the county published: numbers with their words, as printed.

use base::{Decimal, Span};

/// The word printed beside a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// None: the number is what it says.
    Exact,
    /// 余: more than this, cut to the step.
    Over,
    /// 以上: at least this.
    AtLeast,
    /// 以内: at most this.
    Within,
    /// 约: rounded to the step.
    About,
}

impl Word {
    /// The word as printed; `None` for one that is not known.
    pub fn from_printed(word: &str) -> Option<Self> {
        Some(match word.trim() {
            "" => Self::Exact,
            "余" | "多" => Self::Over,
            "以上" => Self::AtLeast,
            "以内" => Self::Within,
            "约" => Self::About,
            _ => return None,
        })
    }

    /// The word as printed.
    pub fn printed(self) -> &'static str {
        match self {
            Self::Exact => "",
            Self::Over => "余",
            Self::AtLeast => "以上",
            Self::Within => "以内",
            Self::About => "约",
        }
    }
}

/// A number of a published report.
#[derive(Debug, Clone)]
pub struct PublishedFigure {
    /// Id in the inventory: `S01-005`.
    pub id: String,
    /// The indicator it is the value of.
    pub indicator: String,
    /// The organisation it is about; the county when absent.
    pub org: Option<String>,
    /// The cell of the breakdown it is.
    pub by: Vec<(String, String)>,
    /// The value in the indicator's unit: 29738, 98.96 (percent), 87000000 (yuan).
    pub value: Decimal,
    /// The unit, from the list `unit`.
    pub unit: String,
    /// Digits after the point as printed.
    pub digits: u32,
    /// The word printed beside it.
    pub word: Word,
    /// For 余 and 约: the size of the last step printed, in the unit.
    pub step: Option<Decimal>,
    /// Exactly as printed.
    pub shown: String,
    /// Where in the report.
    pub page: String,
    /// False for a number that only follows from printed ones.
    pub printed: bool,
    /// False for one that contradicts others and is held to be the wrong one.
    pub believe: bool,
    /// Remark.
    pub note: String,
    /// Where it stands in `figures.csv`.
    pub span: Span,
}

impl PublishedFigure {
    /// True when an exact value is what was printed, digit for digit.
    pub fn agrees(&self, exact: Decimal) -> bool {
        match (self.word, self.step) {
            (Word::Exact, _) => base::Rounding::HalfUp.apply(exact, self.digits) == self.value,
            (Word::Over, Some(step)) => exact >= self.value && exact < self.value + step,
            (Word::Over | Word::AtLeast, _) => exact >= self.value,
            (Word::Within, _) => exact <= self.value,
            (Word::About, Some(step)) => (exact - self.value).abs() * Decimal::TWO <= step,
            (Word::About, None) => base::Rounding::HalfUp.apply(exact, self.digits) == self.value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: i64, word: Word, step: Option<i64>) -> PublishedFigure {
        PublishedFigure {
            id: "x".into(),
            indicator: "x".into(),
            org: None,
            by: Vec::new(),
            value: value.into(),
            unit: "yuan".into(),
            digits: 0,
            word,
            step: step.map(Decimal::from),
            shown: String::new(),
            page: String::new(),
            printed: true,
            believe: true,
            note: String::new(),
            span: Span::default(),
        }
    }

    #[test]
    fn words_mean_what_they_say_on_both_sides() {
        let over = figure(87_000_000, Word::Over, Some(1_000_000));
        assert!(over.agrees(87_000_000.into()) && over.agrees(87_999_999.into()));
        assert!(!over.agrees(86_999_999.into()) && !over.agrees(88_000_000.into()));
        let at_least = figure(92, Word::AtLeast, None);
        assert!(at_least.agrees(92.into()) && !at_least.agrees(Decimal::new(9199, 2)));
        let within = figure(10, Word::Within, None);
        assert!(within.agrees(10.into()) && !within.agrees(Decimal::new(1001, 2)));
        assert!(figure(3, Word::Exact, None).agrees(Decimal::new(25, 1)));
        assert!(!figure(3, Word::Exact, None).agrees(Decimal::new(24, 1)));
    }
}
