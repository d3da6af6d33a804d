//! Are typed numbers and doubled units found where they stand?

#![allow(clippy::unwrap_used)]
use super::*;
use crate::fixture::unit;

fn faults(text: &str) -> Vec<(&'static str, String, Option<String>)> {
    let figures = [("patients", "person"), ("rate", "percent"), ("sales", "yuan"), ("ratio", "sex_ratio")];
    let known = Vocabulary {
        figures: figures.into_iter().map(|(id, u)| (id.to_string(), unit(u))).collect(),
        cohorts: BTreeSet::from(["late_milestones".to_string()]),
        terms: BTreeSet::from(["2型糖尿病患者".to_string()]),
    };
    let text = ReportText { source: SourceId(0), text: text.into() };
    check(&text, &known).into_iter().map(|d| (d.code, text.text[d.span.unwrap().range()].to_string(), d.help)).collect()
}

#[test]
fn lawful_texts_pass() {
    let lawful = [
        "患者{{ patients }}，率{{ rate }}{{ vs_last_year(rate) }}。",
        "2025年，印发《2030年规划纲要》（县卫健发〔2025〕3号），落实“十免4补助”，监测PM2.5、COVID-19。",
        "其中2型糖尿病患者{{ patients }}。",
        "{{ patients | bare }}人；性别比{{ ratio }}：",
        "{% for p in rows(\"late_milestones\") %}{{ p.name }}{{ loop.index }}{% endfor %}",
        "{% if rate %}{{ cell(rate, org=\"甲镇\") | at_least(\"90%\") }}{% endif %}",
        "<!-- 98.96 -->{# 12 #}\n1. 条目\n2. 条目",
        "{% set r = rate %}{{ r }}，{{ pack(\"x\") }}",
        "{{ patients }}次日",
    ];
    for text in lawful {
        assert_eq!(faults(text), [], "{text}");
    }
}

#[test]
fn numbers_typed_by_hand_are_refused() {
    let cases = [
        ("率98.96%。", "98.96"),
        ("3次", "3"),
        ("共１２人", "１２"),
        ("“甲”5个", "5"),
        ("2025个", "2025"),
        ("其中2型", "2"),
    ];
    for (text, number) in cases {
        let found = faults(text);
        assert_eq!((found.len(), found[0].0, found[0].1.as_str()), (1, "typed-number", number), "{text}");
    }
}

#[test]
fn a_unit_is_said_once() {
    let cases = [
        ("{{ patients }}人", "人"),
        ("{{ patients }}人次", "人"),
        ("{{ rate }}%", "%"),
        ("{{ sales | wan }}万元", "万元"),
        ("{{ sales }}元", "元"),
    ];
    for (text, word) in cases {
        let found = faults(text);
        assert_eq!((found.len(), found[0].0, found[0].1.as_str()), (1, "unit-twice", word), "{text}");
    }
}

#[test]
fn unknown_names_come_with_the_nearest_one() {
    let cases = [
        ("{{ patient }}", "unknown-indicator", "patient", Some("patients")),
        ("{{ vs_last_year(rat) }}", "unknown-indicator", "rat", Some("rate")),
        ("{{ vs_lastyear(rate) }}", "unknown-helper", "vs_lastyear", Some("vs_last_year")),
        ("{{ sales | wann }}", "unknown-filter", "wann", Some("wan")),
        (
            "{% for p in rows(\"late_milestone\") %}{% endfor %}",
            "unknown-cohort",
            "late_milestone",
            Some("late_milestones"),
        ),
        ("{{ xyzzy_quux }}", "unknown-indicator", "xyzzy_quux", None),
    ];
    for (text, code, word, near) in cases {
        let help = near.map(|near| format!("did you mean \"{near}\"?"));
        assert_eq!(faults(text), [(code, word.to_string(), help)], "{text}");
    }
}

#[test]
fn a_broken_template_is_one_mistake() {
    let found = faults("甲。\n{{ patients \n乙");
    assert_eq!((found.len(), found[0].0), (1, "report-syntax"));
}
