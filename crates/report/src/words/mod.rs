//! How is a number written?
//!
//! 29738 becomes `29738人` in a report and `29,738人` on a screen; 87312400 yuan become `8731.24万元`. Every function
//! is pure and takes the figure with it, so that the server, the command line and the report say the same.

mod bound;
mod change;
mod gap;

pub use bound::{Refusal, about, at_least, over, within};
pub use change::{Change, Trend, change, rise, vs_last_year};
pub use gap::{gap, plan, target, target_shown};

use crate::figure::{FigureValue, Unit, UnitKind};
use base::{Date, Decimal, Language, Rounding};

/// Where the number will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// In a sentence: no commas.
    #[default]
    Report,
    /// On a screen, on its own: commas between thousands.
    Screen,
}

/// What stands where a figure has no value.
pub const NOTHING: &str = "—";

/// 1 万.
pub(crate) const WAN: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);
/// 1 亿.
pub(crate) const YI: Decimal = Decimal::from_parts(100_000_000, 0, 0, false, 0);

/// A figure with its unit, `—` without a value.
///
/// Money is written by its exact size: from 1 亿 in 亿元, from 1 万 in 万元, both with at most two decimals; less is exact
/// yuan.
pub fn shown(figure: &FigureValue, language: Language, style: Style) -> String {
    match figure.value {
        None => NOTHING.to_string(),
        Some(_) if figure.unit.kind == UnitKind::Money => money_of(figure, language, style),
        Some(value) => with_unit(value, &figure.unit, language, style),
    }
}

/// The number alone, as rounded: `29738`, `98.96`.
pub fn bare(figure: &FigureValue, style: Style) -> String {
    figure.value.map_or_else(|| NOTHING.to_string(), |value| digits(value, style))
}

/// A number in a unit. The number is printed with the decimals it carries.
pub fn with_unit(value: Decimal, unit: &Unit, language: Language, style: Style) -> String {
    match unit.kind {
        UnitKind::Date => date_part(value, unit, language),
        UnitKind::Money => money(value, Rounding::HalfUp, language, style),
        _ => {
            let number = digits(value, if language == Language::En { Style::Screen } else { style });
            let word = unit.word.get(language);
            let space = if language == Language::En && word.starts_with(char::is_alphabetic) { " " } else { "" };
            format!("{number}{space}{word}")
        }
    }
}

/// Digits only, with commas on screens.
pub(crate) fn digits(value: Decimal, style: Style) -> String {
    match style {
        Style::Report => value.to_string(),
        Style::Screen => base::exact::with_commas(value),
    }
}

fn money_of(figure: &FigureValue, language: Language, style: Style) -> String {
    let (Some(value), Some(exact)) = (figure.value, figure.exact()) else { return NOTHING.to_string() };
    // Below the first step the figure's own digits are what people are paid by.
    let small = exact.abs() < if language == Language::En { Decimal::from(1_000_000) } else { WAN };
    money(if small { value } else { exact }, figure.round, language, style)
}

/// An amount of yuan in the unit its size asks for.
pub fn money(yuan: Decimal, round: Rounding, language: Language, style: Style) -> String {
    let steps: [(Decimal, &str); 2] = match language {
        Language::Zh => [(YI, "亿元"), (WAN, "万元")],
        Language::En => [(Decimal::from(1_000_000_000), " billion yuan"), (Decimal::from(1_000_000), " million yuan")],
    };
    for (step, word) in steps {
        if yuan.abs() >= step {
            return format!("{}{word}", digits(round.apply(yuan / step, 2).normalize(), style));
        }
    }
    let style = if language == Language::En { Style::Screen } else { style };
    format!("{}{}", digits(whole_or_fen(yuan), style), if language == Language::En { " yuan" } else { "元" })
}

/// An amount in a unit the author chose: `1` for 元, [`WAN`] for 万元, [`YI`] for 亿元.
pub(crate) fn money_in(figure: &FigureValue, step: Decimal, word: &str) -> Option<String> {
    let exact = figure.exact()?;
    let value = if step == Decimal::ONE {
        whole_or_fen(figure.value?)
    } else {
        figure.round.apply(exact / step, 2).normalize()
    };
    Some(format!("{value}{word}"))
}

/// Whole yuan without `.00`; anything else to the fen.
fn whole_or_fen(yuan: Decimal) -> Decimal {
    if yuan.fract().is_zero() { yuan.trunc() } else { yuan }
}

fn date_part(value: Decimal, unit: &Unit, language: Language) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let number = u32::try_from(value.trunc()).unwrap_or_default();
    let month_name = |m: u32| MONTHS.get((m as usize).wrapping_sub(1)).copied().unwrap_or(NOTHING);
    match (unit.id.as_str(), language) {
        ("month_day", Language::Zh) => format!("{}月{}日", number / 100, number % 100),
        ("month_day", Language::En) => format!("{} {}", number % 100, month_name(number / 100)),
        ("month", Language::En) => month_name(number).to_string(),
        ("month", Language::Zh) => format!("{number}月"),
        ("year", Language::Zh) => format!("{number}年"),
        _ => number.to_string(),
    }
}

/// `截至11月底`, `截至11月15日`; with the year when it is not the report's.
pub fn up_to(cut_off: Date, year: i16) -> String {
    let year = if cut_off.year() == year { String::new() } else { format!("{}年", cut_off.year()) };
    if cut_off.day() == cut_off.days_in_month() {
        format!("截至{year}{}月底", cut_off.month())
    } else {
        format!("截至{year}{}月{}日", cut_off.month(), cut_off.day())
    }
}

/// `10月30日`
pub fn day(day: Date) -> String {
    format!("{}月{}日", day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{dec, figure, unit};

    #[test]
    fn units_follow_the_number() {
        let cases = [
            ("29738", "person", "29738人", "29,738人", "29,738 persons"),
            ("98.96", "percent", "98.96%", "98.96%", "98.96%"),
            ("3.08", "permille", "3.08‰", "3.08‰", "3.08‰"),
            ("101.68", "sex_ratio", "101.68", "101.68", "101.68"),
            ("94974", "square_metre", "94974平方米", "94,974平方米", "94,974 m²"),
            ("0", "case", "0例", "0例", "0 cases"),
            ("-12", "person", "-12人", "-12人", "-12 persons"),
            ("11", "month", "11月", "11月", "November"),
            ("1030", "month_day", "10月30日", "10月30日", "30 October"),
            ("2025", "year", "2025年", "2025年", "2025"),
        ];
        for (value, id, report, screen, english) in cases {
            let f = figure("x", Some(value), id);
            assert_eq!(shown(&f, Language::Zh, Style::Report), report);
            assert_eq!(shown(&f, Language::Zh, Style::Screen), screen);
            assert_eq!(shown(&f, Language::En, Style::Screen), english);
        }
        assert_eq!(shown(&figure("x", None, "person"), Language::Zh, Style::Report), "—");
    }

    #[test]
    fn money_changes_its_unit_exactly_at_the_step() {
        let cases = [
            ("9999.99", "9999.99元"),
            ("10000", "1万元"),
            ("10000.00", "1万元"),
            ("35838.29", "3.58万元"),
            ("54000000.00", "5400万元"),
            ("68453", "6.85万元"),
            ("6000.00", "6000元"),
            ("87312400", "8731.24万元"),
            ("87312450", "8731.25万元"),
            ("87312449.99", "8731.24万元"),
            ("99999999.99", "10000万元"),
            ("100000000", "1亿元"),
            ("375000000", "3.75亿元"),
            ("-43200000", "-4320万元"),
            ("0", "0元"),
        ];
        for (value, expected) in cases {
            assert_eq!(shown(&figure("x", Some(value), "yuan"), Language::Zh, Style::Report), expected);
        }
        let big = figure("x", Some("87312400"), "yuan");
        assert_eq!(shown(&big, Language::Zh, Style::Screen), "8,731.24万元");
        assert_eq!(shown(&big, Language::En, Style::Screen), "87.31 million yuan");
        assert_eq!(money_in(&big, YI, "亿元").as_deref(), Some("0.87亿元"));
        assert_eq!(money_in(&big, Decimal::ONE, "元").as_deref(), Some("87312400元"));
    }

    #[test]
    fn money_is_shortened_from_the_exact_value() {
        let mut f = figure("x", Some("87312450"), "yuan");
        f.numerator = Some(dec("87312449.60"));
        assert_eq!(shown(&f, Language::Zh, Style::Report), "8731.24万元");
        f.round = Rounding::Up;
        assert_eq!(shown(&f, Language::Zh, Style::Report), "8731.25万元");
    }

    #[test]
    fn cut_offs() {
        let date = |text: &str| text.parse().expect("a date");
        assert_eq!(up_to(date("2025-11-30"), 2025), "截至11月底");
        assert_eq!(up_to(date("2025-11-29"), 2025), "截至11月29日");
        assert_eq!(up_to(date("2024-02-29"), 2025), "截至2024年2月底");
        assert_eq!(day(date("2025-10-30")), "10月30日");
        assert_eq!(with_unit(dec("2"), &unit("case"), Language::Zh, Style::Report), "2例");
    }
}
