//! How far is it from the target?
//!
//! Whether a target is met is judged by the exact value; the gap is the difference of what is printed.

use super::change::points;
use super::{Style, with_unit};
use crate::figure::{Direction, FigureValue, Target, Unit};
use base::{Decimal, Language};

/// The bound as people write it: `90%`.
pub fn target_shown(target: &Target, unit: &Unit, language: Language) -> String {
    with_unit(target.value.normalize(), unit, language, Style::Report)
}

/// `高于目标8.96个百分点`, `低于目标1.04个百分点`, `与目标持平`; `None` without a value.
pub fn gap(figure: &FigureValue, target: &Target, language: Language) -> Option<String> {
    let difference = figure.value? - target.value;
    let by = points(difference.abs(), &figure.unit, language);
    Some(match (difference.cmp(&Decimal::ZERO), language) {
        (std::cmp::Ordering::Greater, Language::Zh) => format!("高于目标{by}"),
        (std::cmp::Ordering::Less, Language::Zh) => format!("低于目标{by}"),
        (std::cmp::Ordering::Equal, Language::Zh) => "与目标持平".to_string(),
        (std::cmp::Ordering::Greater, Language::En) => format!("{by} above target"),
        (std::cmp::Ordering::Less, Language::En) => format!("{by} below target"),
        (std::cmp::Ordering::Equal, Language::En) => "on target".to_string(),
    })
}

/// `，达到90%的目标`, `，低于90%的目标1.04个百分点`; `None` without a value.
pub fn target(figure: &FigureValue, target: &Target) -> Option<String> {
    let bound = target_shown(target, &figure.unit, Language::Zh);
    let difference = (figure.value? - target.value).abs();
    if target.met_by(figure)? {
        return Some(match target.direction {
            Direction::AtLeast => format!("，达到{bound}的目标"),
            Direction::AtMost => format!("，控制在{bound}的目标以内"),
        });
    }
    let side = if target.direction == Direction::AtLeast { "低于" } else { "高于" };
    Some(if difference.is_zero() {
        format!("，略{side}{bound}的目标")
    } else {
        format!("，{side}{bound}的目标{}", points(difference, &figure.unit, Language::Zh))
    })
}

/// Next year's target as a promise: `力争达到92%以上`, `力争控制在3%以内`.
pub fn plan(target: &Target, unit: &Unit) -> String {
    let bound = target_shown(target, unit, Language::Zh);
    match target.direction {
        Direction::AtLeast => format!("力争达到{bound}以上"),
        Direction::AtMost => format!("力争控制在{bound}以内"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::fixture::{dec, figure, unit};

    fn bound(direction: Direction, value: &str) -> Target {
        Target { direction, value: dec(value), source: "示例".into() }
    }

    #[test]
    fn met_exactly_missed_and_missed_invisibly() {
        use Direction::{AtLeast, AtMost};
        let cases = [
            ("90.00", AtLeast, "90", "，达到90%的目标", "与目标持平"),
            ("98.96", AtLeast, "90.00", "，达到90%的目标", "高于目标8.96个百分点"),
            ("88.96", AtLeast, "90", "，低于90%的目标1.04个百分点", "低于目标1.04个百分点"),
            ("3.00", AtMost, "3", "，控制在3%的目标以内", "与目标持平"),
            ("3.50", AtMost, "3", "，高于3%的目标0.50个百分点", "高于目标0.50个百分点"),
        ];
        for (value, direction, limit, said, distance) in cases {
            let (figure, limit) = (figure("x", Some(value), "percent"), bound(direction, limit));
            assert_eq!(target(&figure, &limit).as_deref(), Some(said));
            assert_eq!(gap(&figure, &limit, Language::Zh).as_deref(), Some(distance));
        }
        let mut near = figure("x", Some("90.00"), "percent");
        (near.numerator, near.denominator) = (Some(dec("89996")), Some(dec("100000")));
        assert_eq!(target(&near, &bound(AtLeast, "90")).as_deref(), Some("，略低于90%的目标"));
        assert_eq!(plan(&bound(AtLeast, "92"), &unit("percent")), "力争达到92%以上");
        assert_eq!(plan(&bound(AtMost, "3"), &unit("percent")), "力争控制在3%以内");
    }
}
