//! Does a claim find its indicator, and only that?
#![allow(clippy::unwrap_used)]

use super::*;
use crate::read::Original;

fn known() -> Vec<Known> {
    let one = |id: &str, name: &str, unit: &str| Known { id: id.into(), names: vec![name.into()], unit: unit.into() };
    vec![
        one("hypertension_patients", "高血压患者", "person"),
        one("hypertension_standard_rate", "高血压患者规范管理率", "percent"),
        one("diabetes_patients", "糖尿病患者", "person"),
        one("diabetes_standard_rate", "糖尿病患者规范管理率", "percent"),
        one("births", "出生人口", "person"),
    ]
}

#[test]
fn a_rate_is_known_by_the_figure_before_it() {
    let proof = crate::check(Original::plain(
        "高血压患者29738人，规范管理率98.96%；糖尿病患者12620人，规范管理率99.16%。罚款3万元。",
    ));
    let values = BTreeMap::from([
        ("hypertension_patients".to_string(), Decimal::from(29_738)),
        ("diabetes_standard_rate".to_string(), Decimal::new(9_277, 2)),
    ]);
    let found = matches(&proof.claims, &known(), &values);
    let shown: Vec<(&str, Option<bool>)> = found.iter().map(|found| (found.indicator.as_str(), found.agrees)).collect();
    assert_eq!(
        shown,
        [
            ("hypertension_patients", Some(true)),
            ("hypertension_standard_rate", None),
            ("diabetes_patients", None),
            ("diabetes_standard_rate", Some(false))
        ]
    );
}

fn indicators(text: &str) -> Vec<String> {
    let proof = crate::check(Original::plain(text));
    matches(&proof.claims, &known(), &BTreeMap::new()).into_iter().map(|found| found.indicator).collect()
}

#[test]
fn a_rate_goes_back_to_the_figure_with_a_full_name() {
    let found = indicators("高血压患者管理12000人，规范管理11100人，规范管理率92.50%。");
    assert!(found.contains(&"hypertension_standard_rate".to_string()), "{found:?}");
    assert!(!found.contains(&"diabetes_standard_rate".to_string()), "{found:?}");
}

#[test]
fn what_two_indicators_fit_equally_is_nobodys() {
    assert_eq!(indicators("规范管理率92.50%。"), Vec::<String>::new());
}
