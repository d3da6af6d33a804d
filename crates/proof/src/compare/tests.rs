//! Are differences told apart, and nothing else?
#![allow(clippy::unwrap_used)]

use super::*;
use crate::check;
use crate::read::Original;

fn changes(left: &str, right: &str) -> Vec<String> {
    let comparison = compare(&check(Original::plain(left)), &check(Original::plain(right)));
    let quote = |item: &Option<Item>| item.as_ref().map_or("-".to_string(), |item| item.quote.clone());
    comparison
        .changes
        .iter()
        .map(|change| format!("{} {} {}", change.kind.words().0, quote(&change.left), quote(&change.right)))
        .collect()
}

const TEXT: &str = "建立健康档案328195份，建档率98.7%。糖尿病患者12620人。发放宣传单8万余份。于3月底前完成。";

#[test]
fn a_text_equals_itself() {
    assert_eq!(changes(TEXT, TEXT), Vec::<String>::new());
}

#[test]
fn each_sort_of_difference() {
    assert_eq!(changes(TEXT, &TEXT.replace("12620", "12260")), ["changed 12620人 12260人"]);
    assert_eq!(changes(TEXT, &TEXT.replace("糖尿病", "Ⅱ型糖尿病")), ["renamed 12620人 12620人"]);
    assert_eq!(changes(TEXT, &TEXT.replace("于3月底", "于12月底")), ["changed 3月底 12月底"]);
    assert_eq!(changes(TEXT, &TEXT.replace("发放宣传单8万余份。", "")), ["dropped 8万余份 -"]);
    assert_eq!(changes(TEXT, &TEXT.replace("于3月", "免费体检500人次。于3月")), ["added - 500人次"]);
    let moved = format!("发放宣传单8万余份。{}", TEXT.replace("发放宣传单8万余份。", ""));
    assert_eq!(changes(TEXT, &moved), ["moved 8万余份 8万余份"]);
}

#[test]
fn a_replaced_year_inside_a_figure_is_named() {
    let (a, b) = ("2025年总结。独生子女父母20253户。", "2023年总结。独生子女父母20233户。");
    let comparison = compare(&check(Original::plain(a)), &check(Original::plain(b)));
    let because: Vec<&str> =
        comparison.changes.iter().filter_map(|change| Some(change.because.as_ref()?.zh.as_str())).collect();
    assert!(because.iter().any(|because| because.contains("当作年份")), "{because:?}");
}
