//! Half-open stretches of days: a year, a half, a quarter, a month, or any two dates.

use crate::{Date, Language};
use jiff::ToSpan;
use jiff::civil::{ISOWeekDate, Weekday, date};

/// Why a text is not a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// Not one of the written forms.
    #[error(
        "\"{0}\" is not a period; write 2025, 2025H1, 2025Q3, 2025-11, 2025-W07, 2025-11-03, 2025-10-01..2026-01-01 or ..2026-01-01"
    )]
    Form(String),
    /// The second day is not after the first.
    #[error("the period \"{0}\" is empty: its last day is written exclusive and must come after the first")]
    Empty(String),
}

/// The days from `from` up to, not including, `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// First day inside.
    pub from: Date,
    /// First day outside.
    pub until: Date,
}

/// The regular lengths a period can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Length {
    /// One day.
    Day,
    /// Monday to Sunday, numbered by ISO 8601.
    Week,
    /// A calendar month.
    Month,
    /// Three months from January, April, July or October.
    Quarter,
    /// Six months from January or July.
    Half,
    /// A calendar year.
    Year,
}

impl Length {
    /// The length a pack's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "quarter" => Self::Quarter,
            "half" => Self::Half,
            "year" => Self::Year,
            _ => return None,
        })
    }
}

impl Period {
    /// The calendar year.
    pub fn year(year: i16) -> Self {
        Self { from: date(year, 1, 1), until: date(year + 1, 1, 1) }
    }

    /// The calendar month; `None` when there is no such month.
    pub fn month(year: i16, month: i8) -> Option<Self> {
        Self::months(Date::new(year, month, 1).ok()?, 1)
    }

    fn months(from: Date, n_months: i32) -> Option<Self> {
        Some(Self { from, until: from.checked_add(n_months.months()).ok()? })
    }

    /// Reads `2025`, `2025H1`, `2025Q3`, `2025-11`, `2025-11-07` or `2025-10-01..2026-01-01`.
    ///
    /// ```
    /// let quarter = base::Period::parse("2025Q3").unwrap();
    /// assert_eq!(quarter.until.to_string(), "2025-10-01");
    /// assert_eq!(quarter.to_string(), "2025Q3");
    /// ```
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let period = Self::parse_form(text).ok_or_else(|| PeriodError::Form(text.to_string()))?;
        if period.until <= period.from {
            return Err(PeriodError::Empty(text.to_string()));
        }
        Ok(period)
    }

    fn parse_form(text: &str) -> Option<Self> {
        if let Some(until) = text.strip_prefix("..") {
            return Some(Self { from: Self::BEGINNING, until: until.parse().ok()? });
        }
        if let Some((from, until)) = text.split_once("..") {
            return Some(Self { from: from.parse().ok()?, until: until.parse().ok()? });
        }
        if !text.is_ascii() || text.len() < 4 {
            return None;
        }
        let (year, rest) = text.split_at(4);
        let year: i16 = year.parse().ok().filter(|y| (1900..=2200).contains(y))?;
        let part = |n_months: i8, most: i8| -> Option<Self> {
            let n: i8 = rest[1..].parse().ok().filter(|n| (1..=most).contains(n))?;
            Self::months(Date::new(year, (n - 1) * n_months + 1, 1).ok()?, i32::from(n_months))
        };
        match rest.chars().next() {
            None => Some(Self::year(year)),
            Some('Q') if rest.len() == 2 => part(3, 4),
            Some('H') if rest.len() == 2 => part(6, 2),
            Some('-') if rest.len() == 3 => part(1, 12),
            Some('-') if rest.starts_with("-W") && rest.len() == 4 => Self::week(year, rest[2..].parse().ok()?),
            Some('-') if rest.len() == 6 => {
                let day: Date = text.parse().ok()?;
                Some(Self { from: day, until: day.tomorrow().ok()? })
            }
            _ => None,
        }
    }

    /// The regular length, if it is one.
    pub fn length(self) -> Option<Length> {
        let from = self.from;
        let is = |n_months: i32| from.checked_add(n_months.months()).ok() == Some(self.until);
        if from.tomorrow().ok() == Some(self.until) {
            return Some(Length::Day);
        }
        if from.weekday() == Weekday::Monday && from.checked_add(7.days()).ok() == Some(self.until) {
            return Some(Length::Week);
        }
        if from.day() != 1 {
            return None;
        }
        match from.month() {
            1 if is(12) => Some(Length::Year),
            1 | 7 if is(6) => Some(Length::Half),
            1 | 4 | 7 | 10 if is(3) => Some(Length::Quarter),
            _ if is(1) => Some(Length::Month),
            _ => None,
        }
    }

    /// The last day inside.
    pub fn last_day(self) -> Date {
        self.until.yesterday().unwrap_or(self.from)
    }

    /// The same days one year earlier.
    pub fn last_year(self) -> Self {
        if self.length() == Some(Length::Week) {
            let week = self.from.iso_week_date();
            if let Some(week) = Self::week(week.year() - 1, week.week()) {
                return week;
            }
        }
        let back = |day: Date| day.checked_sub(1.year()).unwrap_or(day);
        Self { from: back(self.from), until: back(self.until) }
    }

    /// The period of the same length just before.
    pub fn previous(self) -> Self {
        let n_months = match self.length() {
            Some(Length::Year) => 12,
            Some(Length::Half) => 6,
            Some(Length::Quarter) => 3,
            Some(Length::Month) => 1,
            Some(Length::Day | Length::Week) | None => {
                let n_days = (self.until - self.from).get_days();
                let from = self.from.checked_sub(n_days.days()).unwrap_or(self.from);
                return Self { from, until: self.from };
            }
        };
        let from = self.from.checked_sub(n_months.months()).unwrap_or(self.from);
        Self { from, until: self.from }
    }

    /// The periods of a length that lie wholly inside, oldest first.
    pub fn split(self, length: Length) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut part = Self::around(self.from, length).filter(|part| part.from == self.from);
        if part.is_none() {
            part = Self::around(self.from, length).and_then(|part| Self::around(part.until, length));
        }
        while let Some(inside) = part.filter(|part| part.until <= self.until) {
            parts.push(inside);
            part = Self::around(inside.until, length);
        }
        parts
    }

    /// The period of a length in which a day lies; `None` at the ends of the calendar.
    pub fn around(day: Date, length: Length) -> Option<Self> {
        let months = |n: i8| Self::months(Date::new(day.year(), (day.month() - 1) / n * n + 1, 1).ok()?, i32::from(n));
        match length {
            Length::Day => Some(Self { from: day, until: day.tomorrow().ok()? }),
            Length::Week => {
                let n_back = i64::from(day.weekday().to_monday_zero_offset());
                let from = day.checked_sub(n_back.days()).ok()?;
                Some(Self { from, until: from.checked_add(7.days()).ok()? })
            }
            Length::Month => months(1),
            Length::Quarter => months(3),
            Length::Half => months(6),
            Length::Year => Some(Self::year(day.year())),
        }
    }

    /// The week with this number of ISO 8601; `None` when the year has no such week.
    pub fn week(year: i16, week: i8) -> Option<Self> {
        let from = ISOWeekDate::new(year, week, Weekday::Monday).ok()?.date();
        Some(Self { from, until: from.checked_add(7.days()).ok()? })
    }

    /// From the beginning of the year in which a period ends to its end: what 1—11月 stands for.
    pub fn year_to_date(self) -> Self {
        Self { from: date(self.last_day().year(), 1, 1), until: self.until }
    }

    /// Everything up to the end of a period: cumulative figures.
    pub fn since_ever(self) -> Self {
        Self { from: Self::BEGINNING, until: self.until }
    }

    /// Before every day on which something is recorded.
    const BEGINNING: Date = date(1900, 1, 1);

    /// True for a day inside.
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && day < self.until
    }

    /// How people say it: `2025年`, `2025年三季度`, `2025年11月`.
    pub fn shown(self, language: Language) -> String {
        let (y, m) = (self.from.year(), self.from.month());
        match (language, self.length()) {
            (Language::Zh, Some(Length::Year)) => format!("{y}年"),
            (Language::Zh, Some(Length::Half)) => {
                format!("{y}年{}半年", if m == 1 { "上" } else { "下" })
            }
            (Language::Zh, Some(Length::Quarter)) => {
                format!("{y}年{}季度", ["一", "二", "三", "四"][(m as usize - 1) / 3])
            }
            (Language::Zh, Some(Length::Month)) => format!("{y}年{m}月"),
            (Language::Zh, Some(Length::Week)) => {
                let week = self.from.iso_week_date();
                format!("{}年第{}周", week.year(), week.week())
            }
            (Language::Zh, None) if self.from == Self::BEGINNING => format!("截至{}", self.last_day()),
            _ => self.to_string(),
        }
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (y, m) = (self.from.year(), self.from.month());
        match self.length() {
            Some(Length::Year) => write!(f, "{y}"),
            Some(Length::Half) => write!(f, "{y}H{}", (m - 1) / 6 + 1),
            Some(Length::Quarter) => write!(f, "{y}Q{}", (m - 1) / 3 + 1),
            Some(Length::Month) => write!(f, "{y}-{m:02}"),
            Some(Length::Day) => write!(f, "{}", self.from),
            Some(Length::Week) => {
                let week = self.from.iso_week_date();
                write!(f, "{}-W{:02}", week.year(), week.week())
            }
            None if self.from == Self::BEGINNING => write!(f, "..{}", self.until),
            None => write!(f, "{}..{}", self.from, self.until),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_form_prints_back() {
        for text in [
            "2025",
            "2025H2",
            "2025Q4",
            "2025-02",
            "2024-02-29",
            "2025-W01",
            "2026-W53",
            "2025-10-01..2026-01-02",
            "..2026-01-01",
        ] {
            assert_eq!(Period::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Period::parse("2025-10-01..2026-01-01").unwrap().to_string(), "2025Q4");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "25", "2025Q5", "2025H0", "2025-13", "2025-02-30", "２０２５", "2025q1", "2025-1"] {
            assert!(matches!(Period::parse(text), Err(PeriodError::Form(_))), "{text}");
        }
        assert!(matches!(Period::parse("2025-02-01..2025-02-01"), Err(PeriodError::Empty(_))));
    }

    #[test]
    fn parts_lie_wholly_inside() {
        let shown = |text: &str, length| -> Vec<String> {
            Period::parse(text).unwrap().split(length).iter().map(Period::to_string).collect()
        };
        assert_eq!(shown("2025-01-15..2025-04-15", Length::Month), ["2025-02", "2025-03"]);
        assert_eq!(shown("2025-02", Length::Week), ["2025-W06", "2025-W07", "2025-W08"]);
        assert_eq!(shown("2025", Length::Half), ["2025H1", "2025H2"]);
        assert_eq!(shown("2025-03-01..2025-03-03", Length::Day), ["2025-03-01", "2025-03-02"]);
        assert_eq!(Period::parse("2025-08").unwrap().year_to_date().to_string(), "2025-01-01..2025-09-01");
        assert_eq!(Period::parse("2025-08").unwrap().since_ever().to_string(), "..2025-09-01");
    }

    #[test]
    fn neighbours() {
        let q1 = Period::parse("2025Q1").unwrap();
        assert_eq!(q1.previous().to_string(), "2024Q4");
        assert_eq!(q1.last_year().to_string(), "2024Q1");
        assert_eq!(q1.split(Length::Month).len(), 3);
        assert_eq!(Period::year(2025).last_day().to_string(), "2025-12-31");
    }
}
