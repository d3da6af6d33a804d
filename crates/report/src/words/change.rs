//! How does it compare with last year?
//!
//! Rates differ by points, amounts by a percentage, readings by their own unit. What is compared is what is printed,
//! so that a reader with a pencil comes to the same difference.

use super::{Style, money, shown, with_unit};
use crate::figure::{FigureValue, Unit, UnitKind};
use base::{Decimal, Language, Ratio, Rounding};

/// Which way a figure went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// More than last year.
    Up,
    /// Less.
    Down,
    /// Equal as printed.
    Same,
}

/// A change against last year, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which way.
    pub trend: Trend,
    /// `提高0.46个百分点`, `增长3.21%`, `持平`.
    pub shown: String,
}

/// The change from `last` to `figure`; `None` when either has no value, or nothing was recorded last year: a zero says
/// more about the records than about the work.
pub fn change(figure: &FigureValue, last: &FigureValue, language: Language) -> Option<Change> {
    let (now, before) = (figure.value?, last.value?);
    if figure.unit.kind == UnitKind::Date || before.is_zero() {
        return None;
    }
    let trend = match now.cmp(&before) {
        std::cmp::Ordering::Greater => Trend::Up,
        std::cmp::Ordering::Less => Trend::Down,
        std::cmp::Ordering::Equal => {
            let shown = if language == Language::Zh { "持平" } else { "unchanged" };
            return Some(Change { trend: Trend::Same, shown: shown.into() });
        }
    };
    let difference = (now - before).abs();
    let by = if grows(&figure.unit) {
        let growth = Ratio { numerator: difference, denominator: before.abs() };
        format!("{}%", growth.value(Decimal::ONE_HUNDRED, 2, Rounding::HalfUp)?)
    } else {
        points(difference, &figure.unit, language)
    };
    let verb = match (trend, grows(&figure.unit), language) {
        (Trend::Up, true, Language::Zh) => "增长",
        (Trend::Up, false, Language::Zh) => "提高",
        (_, _, Language::Zh) => "下降",
        (Trend::Up, _, Language::En) => "up ",
        (_, _, Language::En) => "down ",
    };
    Some(Change { trend, shown: format!("{verb}{by}") })
}

/// True for what one can have more of: counts, money and surfaces grow by a percentage.
fn grows(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::Count | UnitKind::Money | UnitKind::Area)
}

/// A difference in a unit: `0.46个百分点`, `4个`, `12万元`.
pub(super) fn points(difference: Decimal, unit: &Unit, language: Language) -> String {
    match (unit.id.as_str(), language) {
        ("percent", Language::Zh) => format!("{difference}个百分点"),
        ("permille", Language::Zh) => format!("{difference}个千分点"),
        ("percent" | "permille", Language::En) => format!("{difference} points"),
        _ if unit.kind == UnitKind::Money => money(difference, Rounding::HalfUp, language, Style::Report),
        _ => with_unit(difference, unit, language, Style::Report),
    }
}

/// `，比上年提高0.46个百分点`, `，同比增长3.21%`, `，与上年持平`; `None` without last year.
pub fn vs_last_year(figure: &FigureValue, last: &FigureValue) -> Option<String> {
    let change = change(figure, last, Language::Zh)?;
    Some(match change.trend {
        Trend::Same => "，与上年持平".to_string(),
        _ if grows(&figure.unit) => format!("，同比{}", change.shown),
        _ => format!("，比上年{}", change.shown),
    })
}

/// `由98.50%提高到98.96%`, `保持98.96%`; `None` without last year.
pub fn rise(figure: &FigureValue, last: &FigureValue) -> Option<String> {
    let (now, before) = (figure.value?, last.value.filter(|before| !before.is_zero())?);
    let say = |f| shown(f, Language::Zh, Style::Report);
    let verb = match (now.cmp(&before), grows(&figure.unit)) {
        (std::cmp::Ordering::Equal, _) => return Some(format!("保持{}", say(figure))),
        (std::cmp::Ordering::Greater, true) => "增加到",
        (std::cmp::Ordering::Greater, false) => "提高到",
        (std::cmp::Ordering::Less, true) => "减少到",
        (std::cmp::Ordering::Less, false) => "下降到",
    };
    Some(format!("由{}{verb}{}", say(last), say(figure)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::fixture::figure;

    #[test]
    fn rates_by_points_amounts_by_percent() {
        let cases = [
            ("98.96", "98.50", "percent", Some("，比上年提高0.46个百分点"), Some("由98.50%提高到98.96%")),
            ("98.50", "98.96", "percent", Some("，比上年下降0.46个百分点"), Some("由98.96%下降到98.50%")),
            ("98.96", "98.96", "percent", Some("，与上年持平"), Some("保持98.96%")),
            ("3.08", "3.00", "permille", Some("，比上年提高0.08个千分点"), Some("由3.00‰提高到3.08‰")),
            ("10321", "10000", "person", Some("，同比增长3.21%"), Some("由10000人增加到10321人")),
            ("9679", "10000", "person", Some("，同比下降3.21%"), Some("由10000人减少到9679人")),
            ("5000000", "1000000", "yuan", Some("，同比增长400.00%"), Some("由100万元增加到500万元")),
            ("5", "0", "person", None, None),
            ("98.96", "0.00", "percent", None, None),
            ("7", "9", "day", Some("，比上年下降2天"), Some("由9天下降到7天")),
        ];
        for (now, before, unit, versus, risen) in cases {
            let (now, before) = (figure("x", Some(now), unit), figure("x", Some(before), unit));
            assert_eq!(vs_last_year(&now, &before).as_deref(), versus);
            assert_eq!(rise(&now, &before).as_deref(), risen);
        }
        assert_eq!(vs_last_year(&figure("x", Some("1"), "person"), &figure("x", None, "person")), None);
    }
}
