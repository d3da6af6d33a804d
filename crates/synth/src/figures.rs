//! Which exact numbers can stand behind a published one, and which of them is taken?
//!
//! A printed figure is an interval: its digits, its rounding, and 余, 以上, 以内 or 约. Counts are fixed first, a rate then
//! fixes its numerator. Knows published numbers only; never a record, never a query.

use crate::random::Key;
use base::{Decimal, Diagnostic, Ratio, Rounding, Severity, Span};
use std::collections::BTreeMap;

/// The word printed beside a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Word {
    /// None: the number is what it says.
    #[default]
    Exact,
    /// 余, 以上: at least this, and less than one more of the last step printed.
    Over,
    /// 以内: at most this, and more than one less of the last step.
    Within,
    /// 约: nearest to this.
    About,
}

impl Word {
    /// The word as printed; `None` for one that is not known.
    pub fn from_printed(word: &str) -> Option<Self> {
        Some(match word.trim() {
            "" => Self::Exact,
            "余" | "以上" => Self::Over,
            "以内" => Self::Within,
            "约" => Self::About,
            _ => return None,
        })
    }
}

/// A number the county published about itself as a whole.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its id in the county's file of figures: `S01-005`.
    pub id: String,
    /// The indicator it is the value of.
    pub indicator: String,
    /// The value in the indicator's unit: 29738, 98.96 (percent), 87000000 (yuan).
    pub value: Decimal,
    /// Digits after the point as printed.
    pub digits: u32,
    /// The word printed beside it.
    pub word: Word,
    /// False for a figure that contradicts others and was marked as the wrong one; it is not solved for.
    pub believe: bool,
    /// Where it stands in the county's file.
    pub span: Option<Span>,
}

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

impl Published {
    /// The values, in steps of `unit`, that can stand behind the figure.
    fn interval(&self, unit: Decimal) -> Interval {
        let step = self.last_step();
        let (low, high, printed) = match self.word {
            Word::Exact => (self.value, self.value, Some(self.value)),
            Word::About => (self.value - step / Decimal::TWO, self.value + step / Decimal::TWO, Some(self.value)),
            Word::Over => (self.value + unit, self.value + step - unit, None),
            Word::Within => (self.value - step + unit, self.value, None),
        };
        Interval { low, high: high.max(low), printed }
    }

    /// The worth of the last digit printed: 87,000,000 was printed to the million, 92 % to the point.
    fn last_step(&self) -> Decimal {
        let ten = Decimal::TEN;
        let mut step = Decimal::new(1, self.digits.min(20));
        if self.digits == 0 && !self.value.is_zero() && self.value >= Decimal::ONE_THOUSAND {
            while (self.value % (step * ten)).is_zero() {
                step *= ten;
            }
        }
        step
    }

    fn named(&self) -> String {
        format!("{} ({} = {})", self.id, self.indicator, self.value)
    }
}

/// Every published number of a county, at some scale.
#[derive(Debug, Clone)]
pub struct Numbers {
    published: BTreeMap<String, Vec<Published>>,
    scale: Decimal,
    key: Key,
}

impl Numbers {
    /// Collects the figures that are believed. `scale` multiplies counts and amounts (1 for the county as it is); rates
    /// stay.
    pub fn new(figures: impl IntoIterator<Item = Published>, scale: Decimal, key: Key) -> Self {
        let mut published: BTreeMap<String, Vec<Published>> = BTreeMap::new();
        for figure in figures.into_iter().filter(|figure| figure.believe) {
            published.entry(figure.indicator.clone()).or_default().push(figure);
        }
        Self { published, scale, key: key.named("figures") }
    }

    /// True when the indicator's number was published.
    pub fn knows(&self, indicator: &str) -> bool {
        self.published.contains_key(indicator)
    }

    /// How a message names an indicator's figures: `S01-005 (hypertension_patients = 29738)`.
    pub fn named(&self, indicator: &str) -> String {
        let figures = self.published.get(indicator).map(Vec::as_slice).unwrap_or_default();
        match figures {
            [] => indicator.to_string(),
            several => several.iter().map(Published::named).collect::<Vec<_>>().join(", "),
        }
    }

    /// Where an indicator's figure stands.
    pub fn span(&self, indicator: &str) -> Option<Span> {
        self.published.get(indicator)?.first()?.span
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
        let Some(figures) = self.published.get(indicator) else { return Ok(None) };
        let mut joint: Option<(Interval, &Published)> = None;
        for figure in figures {
            let next = figure.interval(unit);
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
        let Some(figure) = self.published.get(rate).and_then(|figures| figures.first()) else { return Ok(None) };
        let unit = Decimal::new(1, shape.digits + 4);
        let target = self.choose(rate, figure.interval(unit), unit) / shape.times;
        // part ÷ whole = target, or part ÷ (whole − part) = target.
        let share = if shape.of_rest { target / (Decimal::ONE + target) } else { target };
        let near = Rounding::HalfUp.apply(share * Decimal::from(whole), 0);
        let near = u64::try_from(near).unwrap_or(0);
        let fits = |part: u64| shape.shown(part, whole).is_some_and(|shown| figure.shows(shown, shape));
        let candidates = [near, near + 1, near.saturating_sub(1)];
        match candidates.into_iter().find(|part| fits(*part)) {
            Some(part) => Ok(Some(part)),
            None if self.is_scaled() => Ok(Some(near.min(whole))),
            None => {
                let message = format!(
                    "{}: no part of {whole} is {} when it is printed; {near} would print {}",
                    figure.named(),
                    figure.value,
                    shape.shown(near, whole).map_or_else(|| "nothing".into(), |shown| shown.to_string()),
                );
                Err(Diagnostic::new("published-contradiction", Severity::Error, figure.span, message)
                    .help("mark which figure to believe in the county's file of figures"))
            }
        }
    }
}

impl Published {
    /// True when a computed value, printed, agrees with the figure.
    fn shows(&self, shown: Decimal, shape: RateShape) -> bool {
        let step = self.last_step();
        match self.word {
            Word::Exact => {
                shape.rounding.apply(shown, self.digits.min(shape.digits)) == self.value
            }
            Word::Over => shown >= self.value && shown < self.value + step,
            Word::Within => shown <= self.value && shown > self.value - step,
            Word::About => (shown - self.value).abs() <= step / Decimal::TWO,
        }
    }
}

fn contradiction(first: &Published, second: &Published) -> Diagnostic {
    let message = format!("{} and {} cannot both be true", first.named(), second.named());
    let diagnostic = Diagnostic::new("published-contradiction", Severity::Error, second.span, message)
        .help("mark which one to believe in the county's file of figures");
    match first.span {
        Some(span) => diagnostic.label(span, "the other figure"),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn figure(id: &str, indicator: &str, value: &str, word: Word) -> Published {
        let value: Decimal = value.parse().unwrap();
        Published {
            id: id.into(),
            indicator: indicator.into(),
            value,
            digits: value.scale(),
            word,
            believe: true,
            span: None,
        }
    }

    fn numbers(figures: &[Published]) -> Numbers {
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
        let numbers = numbers(&[figure("F-1", "sales", "87000000", Word::Over), figure("F-2", "rate", "92", Word::Over)]);
        let sales = numbers.amount("sales", Decimal::new(1, 2)).unwrap().unwrap();
        assert!(sales > Decimal::from(87_000_000) && sales < Decimal::from(88_000_000), "{sales}");
        let part = numbers.numerator("rate", PERCENT, 10_000).unwrap().unwrap();
        assert!((9_200..9_300).contains(&part), "{part}");
    }

    #[test]
    fn two_figures_of_one_number_must_agree() {
        let agree = numbers(&[figure("F-1", "sales", "8700", Word::Over), figure("F-9", "sales", "8731", Word::Exact)]);
        assert_eq!(agree.count("sales").unwrap(), Some(8_731));
        let differ = [figure("F-1", "sales", "8700", Word::Exact), figure("F-9", "sales", "8731", Word::Exact)];
        let message = numbers(&differ).count("sales").unwrap_err().message;
        assert!(message.contains("F-1") && message.contains("F-9"), "{message}");
        let believed = [differ[0].clone(), Published { believe: false, ..differ[1].clone() }];
        assert_eq!(numbers(&believed).count("sales").unwrap(), Some(8_700));
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
