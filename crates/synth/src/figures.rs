//! Which exact numbers can stand behind a published one, and which of them is taken?
//!
//! A printed figure is an interval: its digits, its rounding, and 余, 以上, 以内 or 约. Counts are fixed first, a rate then
//! fixes its numerator. Knows published numbers only; never a record, never a query.

use crate::random::Key;
use base::{Decimal, Diagnostic, Ratio, Rounding};
use pack::county::{PublishedFigure, Word};
use std::collections::BTreeMap;

/// How a rate follows from its numerator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateShape {
    /// Multiplier: 100 for percent.
    pub times: Decimal,
    /// Digits printed.
    pub digits: u32,
    /// How the rest is dropped.
    pub rounding: Rounding,
    /// The rate compares a part with the rest instead of the whole (boys per 100 girls).
    pub of_rest: bool,
}

impl RateShape {
    fn shown(self, part: u64, whole: u64) -> Option<Decimal> {
        let denominator = if self.of_rest { whole.checked_sub(part)? } else { whole };
        Ratio { numerator: part.into(), denominator: denominator.into() }.value(self.times, self.digits, self.rounding)
    }
}

/// Exact values between two bounds, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Interval {
    low: Decimal,
    high: Decimal,
    /// The value printed, taken when it lies inside and the word allows it.
    printed: Option<Decimal>,
}

/// The values, in steps of `unit`, that can stand behind a figure.
fn interval(figure: &PublishedFigure, unit: Decimal) -> Interval {
    let (value, step) = (figure.value, last_step(figure));
    let (low, high, printed) = match figure.word {
        Word::Exact => (value, value, Some(value)),
        Word::About => (value - step / Decimal::TWO, value + step / Decimal::TWO, Some(value)),
        Word::Over | Word::AtLeast => (value + unit, value + step - unit, None),
        Word::Within => (value - step + unit, value, None),
    };
    // 100 % or more is 100 %.
    let high = if figure.unit == "percent" { high.min(Decimal::ONE_HUNDRED.max(value)) } else { high };
    Interval { low: low.min(high), high: high.max(value), printed }
}

/// The worth of the last digit printed, when the county's file does not say it.
fn last_step(figure: &PublishedFigure) -> Decimal {
    figure.step.unwrap_or_else(|| Decimal::new(1, figure.digits.min(20)))
}

fn named(figure: &PublishedFigure) -> String {
    format!("{} ({} = {})", figure.id, cell_name(&figure.indicator, &figure.by), figure.value)
}

/// `project_lots` or `project_lots[item=hospital_move]`, with the parts of the cell in order of their names.
fn cell_name(indicator: &str, by: &[(String, String)]) -> String {
    if by.is_empty() {
        return indicator.to_string();
    }
    let mut parts: Vec<String> =
        by.iter().map(|(column, value)| format!("{}={}", column.trim(), value.trim())).collect();
    parts.sort();
    format!("{indicator}[{}]", parts.join(","))
}

/// The same name for every way of writing a cell.
fn same_name(text: &str) -> String {
    let Some((indicator, cell)) = text.trim().trim_end_matches(']').split_once('[') else {
        return text.trim().to_string();
    };
    let by: Vec<(String, String)> = cell
        .split(',')
        .filter_map(|part| part.split_once('='))
        .map(|(column, value)| (column.to_string(), value.to_string()))
        .collect();
    cell_name(indicator, &by)
}

/// Every published number of a county, at some scale.
#[derive(Debug, Clone)]
pub struct Numbers {
    published: BTreeMap<String, Vec<PublishedFigure>>,
    scale: Decimal,
    key: Key,
}

impl Numbers {
    /// Collects the figures that are believed. `scale` multiplies counts and amounts (1 for the county as it is); rates
    /// stay.
    pub fn new(figures: impl IntoIterator<Item = PublishedFigure>, scale: Decimal, key: Key) -> Self {
        let mut published: BTreeMap<String, Vec<PublishedFigure>> = BTreeMap::new();
        for figure in figures.into_iter().filter(|figure| figure.believe) {
            published.entry(cell_name(&figure.indicator, &figure.by)).or_default().push(figure);
        }
        Self { published, scale, key: key.named("figures") }
    }

    fn of(&self, name: &str) -> Option<&[PublishedFigure]> {
        self.published.get(&same_name(name)).map(Vec::as_slice)
    }

    /// True when the number of an indicator, or of one cell of it, was published.
    pub fn knows(&self, name: &str) -> bool {
        self.of(name).is_some()
    }

    /// How a message names an indicator's figures: `S01-005 (hypertension_patients = 29738)`.
    pub fn named(&self, name: &str) -> String {
        let figures = self.of(name).unwrap_or_default();
        if figures.is_empty() { name.to_string() } else { figures.iter().map(named).collect::<Vec<_>>().join(", ") }
    }

    /// The number as printed, for what is neither counted nor summed: a year, a day, an area. Never scaled.
    ///
    /// # Errors
    /// As for [`Numbers::count`].
    pub fn printed(&self, name: &str) -> Result<Option<Decimal>, Diagnostic> {
        let digits = self.of(name).and_then(|figures| figures.first()).map_or(0, |figure| figure.digits);
        let value = self.value(name, Decimal::new(1, digits))?;
        Ok(value.map(|value| if value.fract().is_zero() { value.trunc().normalize() } else { value }))
    }

    /// True when numbers are not those of the county itself, so that rates may fall between two integers.
    pub fn is_scaled(&self) -> bool {
        self.scale != Decimal::ONE
    }

    /// The number of things an indicator counted; `None` when nothing was published.
    ///
    /// # Errors
    /// `published-contradiction` when two figures of the indicator cannot both be true.
    pub fn count(&self, indicator: &str) -> Result<Option<u64>, Diagnostic> {
        Ok(self.value(indicator, Decimal::ONE)?.map(|value| self.scaled_count(value)))
    }

    /// The amount an indicator summed up, in steps of `unit` (0.01 for money); `None` when nothing was published.
    ///
    /// # Errors
    /// As for [`Numbers::count`].
    pub fn amount(&self, indicator: &str, unit: Decimal) -> Result<Option<Decimal>, Diagnostic> {
        let value = self.value(indicator, unit)?;
        Ok(value.map(|value| (value * self.scale / unit).round() * unit))
    }

    /// A plain number of the pack at the county's scale.
    pub fn scaled(&self, number: u64) -> u64 {
        self.scaled_count(number.into())
    }

    fn scaled_count(&self, value: Decimal) -> u64 {
        u64::try_from(Rounding::HalfUp.apply(value * self.scale, 0)).unwrap_or(0)
    }

    fn value(&self, indicator: &str, unit: Decimal) -> Result<Option<Decimal>, Diagnostic> {
        let Some(figures) = self.of(indicator) else { return Ok(None) };
        let mut joint: Option<(Interval, &PublishedFigure)> = None;
        for figure in figures {
            let next = interval(figure, unit);
            let narrowed = match joint {
                None => next,
                Some((held, first)) => {
                    let low = held.low.max(next.low);
                    let high = held.high.min(next.high);
                    if low > high {
                        return Err(contradiction(first, figure));
                    }
                    let inside = |p: &Decimal| (low..=high).contains(p);
                    Interval { low, high, printed: held.printed.filter(inside).or(next.printed.filter(inside)) }
                }
            };
            joint = Some((narrowed, joint.map_or(figure, |(_, first)| first)));
        }
        Ok(joint.map(|(interval, _)| self.choose(indicator, interval, unit)))
    }

    /// The printed value, or one in the middle half of the interval.
    fn choose(&self, indicator: &str, interval: Interval, unit: Decimal) -> Decimal {
        if let Some(printed) = interval.printed {
            return printed;
        }
        let quarters = Decimal::from(self.key.named(indicator).between(0, 250, 750)) / Decimal::ONE_THOUSAND;
        let value = interval.low + (interval.high - interval.low) * quarters;
        ((value / unit).floor() * unit).clamp(interval.low, interval.high)
    }

    /// How many of `whole` make the published rate: of the integers that print as it, the one nearest to it. `None`
    /// when the rate was not published.
    ///
    /// # Errors
    /// `published-contradiction` when no integer prints as the rate (at scale 1; otherwise the nearest is taken).
    pub fn numerator(&self, rate: &str, shape: RateShape, whole: u64) -> Result<Option<u64>, Diagnostic> {
        let Some(figure) = self.of(rate).and_then(|figures| figures.first()) else { return Ok(None) };
        // Of nothing every part is nothing: what was counted was not published, which is said elsewhere.
        if whole == 0 {
            return Ok(Some(0));
        }
        let unit = Decimal::new(1, shape.digits + 4);
        let target = self.choose(rate, interval(figure, unit), unit) / shape.times;
        // part ÷ whole = target, or part ÷ (whole − part) = target.
        let share = if shape.of_rest { target / (Decimal::ONE + target) } else { target };
        let near = Rounding::HalfUp.apply(share * Decimal::from(whole), 0);
        let near = u64::try_from(near).unwrap_or(0);
        let fits = |part: u64| shape.shown(part, whole).is_some_and(|shown| figure.agrees(shown));
        let candidates = [near, near + 1, near.saturating_sub(1)];
        match candidates.into_iter().find(|part| fits(*part)) {
            Some(part) => Ok(Some(part)),
            None if self.is_scaled() => Ok(Some(near.min(whole))),
            None => {
                let message = format!(
                    "{}: no part of {whole} is {} when it is printed; {near} would print {}",
                    named(figure),
                    figure.value,
                    shape.shown(near, whole).map_or_else(|| "nothing".into(), |shown| shown.to_string()),
                );
                Err(Diagnostic::error("published-contradiction", figure.span, message)
                    .help("mark which figure to believe in the county's file of figures"))
            }
        }
    }
}

fn contradiction(first: &PublishedFigure, second: &PublishedFigure) -> Diagnostic {
    let message = format!("{} and {} cannot both be true", named(first), named(second));
    Diagnostic::error("published-contradiction", second.span, message)
        .help("mark which one to believe in the county's file of figures")
        .label(first.span, "the other figure")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn figure(id: &str, indicator: &str, value: &str, word: Word) -> PublishedFigure {
        let value: Decimal = value.parse().unwrap();
        PublishedFigure {
            id: id.into(),
            indicator: indicator.into(),
            org: None,
            by: Vec::new(),
            value,
            unit: "yuan".into(),
            digits: value.scale(),
            word,
            step: None,
            shown: String::new(),
            page: String::new(),
            printed: true,
            believe: true,
            note: String::new(),
            span: base::Span::default(),
        }
    }

    fn numbers(figures: &[PublishedFigure]) -> Numbers {
        Numbers::new(figures.to_vec(), Decimal::ONE, Key::new("s0", 1))
    }

    const PERCENT: RateShape =
        RateShape { times: Decimal::ONE_HUNDRED, digits: 2, rounding: Rounding::HalfUp, of_rest: false };

    #[test]
    fn a_rate_fixes_the_nearest_numerator() {
        let numbers = numbers(&[figure("F-6", "rate", "98.96", Word::Exact)]);
        assert_eq!(numbers.numerator("rate", PERCENT, 29_738).unwrap(), Some(29_429));
        assert_eq!(numbers.numerator("other", PERCENT, 29_738).unwrap(), None);
    }

    #[test]
    fn a_sex_ratio_compares_with_the_rest() {
        let numbers = numbers(&[figure("F-60", "ratio", "101.68", Word::Exact)]);
        let shape = RateShape { of_rest: true, ..PERCENT };
        assert_eq!(numbers.numerator("ratio", shape, 3_598).unwrap(), Some(1_814));
    }

    #[test]
    fn a_rate_no_integer_prints_is_a_contradiction() {
        let figures = [figure("F-1", "rate", "98.96", Word::Exact)];
        let refused = numbers(&figures).numerator("rate", PERCENT, 3).unwrap_err();
        assert_eq!(refused.code, "published-contradiction");
        let scaled = Numbers::new(figures, Decimal::new(1, 2), Key::new("s0", 1));
        assert_eq!(scaled.numerator("rate", PERCENT, 3).unwrap(), Some(3));
    }

    #[test]
    fn words_open_an_interval() {
        let sales = PublishedFigure { step: Some(1_000_000.into()), ..figure("F-1", "sales", "87000000", Word::Over) };
        let numbers = numbers(&[sales, figure("F-2", "rate", "92", Word::AtLeast)]);
        let sales = numbers.amount("sales", Decimal::new(1, 2)).unwrap().unwrap();
        assert!(sales > Decimal::from(87_000_000) && sales < Decimal::from(88_000_000), "{sales}");
        let part = numbers.numerator("rate", PERCENT, 10_000).unwrap().unwrap();
        assert!((9_200..9_300).contains(&part), "{part}");
    }

    #[test]
    fn two_figures_of_one_number_must_agree() {
        let agree = numbers(&[
            PublishedFigure { step: Some(100.into()), ..figure("F-1", "sales", "8700", Word::Over) },
            figure("F-9", "sales", "8731", Word::Exact),
        ]);
        assert_eq!(agree.count("sales").unwrap(), Some(8_731));
        let differ = [figure("F-1", "sales", "8700", Word::Exact), figure("F-9", "sales", "8731", Word::Exact)];
        let message = numbers(&differ).count("sales").unwrap_err().message;
        assert!(message.contains("F-1") && message.contains("F-9"), "{message}");
        let believed = [differ[0].clone(), PublishedFigure { believe: false, ..differ[1].clone() }];
        assert_eq!(numbers(&believed).count("sales").unwrap(), Some(8_700));
    }

    #[test]
    fn a_cell_is_found_however_it_is_written() {
        let cell = |column: &str, value: &str| (column.to_string(), value.to_string());
        let by = vec![cell("lot", "1"), cell("item", "road")];
        let numbers = numbers(&[PublishedFigure { by, ..figure("F-1", "rounds", "2", Word::Exact) }]);
        assert_eq!(numbers.count("rounds[item=road, lot=1]").unwrap(), Some(2));
        assert_eq!(numbers.count("rounds").unwrap(), None);
    }

    proptest! {
        #[test]
        fn whatever_was_printed_is_found_again(whole in 1_u64..400_000, part in 0_u64..400_000) {
            let part = part.min(whole);
            let printed = PERCENT.shown(part, whole).unwrap();
            let numbers = numbers(&[figure("F", "rate", &printed.to_string(), Word::Exact)]);
            let found = numbers.numerator("rate", PERCENT, whole).unwrap().unwrap();
            prop_assert_eq!(PERCENT.shown(found, whole).unwrap(), printed);
        }
    }
}
