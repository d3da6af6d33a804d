//! Do verdicts stay careful where a text says too little?
#![allow(clippy::unwrap_used)]

use crate::read::Original;
use crate::{RelationKind, Verdict, check};

fn verdicts(text: &str) -> Vec<(RelationKind, Verdict)> {
    check(Original::plain(text)).relations.iter().map(|relation| (relation.kind, relation.verdict)).collect()
}

#[test]
fn a_list_after_among_need_not_be_complete() {
    let fails = |text: &str| verdicts(text).iter().any(|(_, verdict)| *verdict == Verdict::Fails);
    assert!(!fails("患者1206人，其中规范管理1109人，病情稳定1023人。"));
    assert!(!fails("立案100起，其中医疗机构30起，公共场所20起。"));
    assert!(fails("立案100起，其中医疗机构130起，公共场所20起。"));
    assert!(fails("立案100起，其中医疗机构38起，其他60起。"));
}

#[test]
fn a_cut_digit_is_no_failure() {
    assert_eq!(
        verdicts("治疗总费用614.36万元，报销538.83万元，报销比例87.70%。"),
        [(RelationKind::Rate, Verdict::Truncated)]
    );
    assert_eq!(
        verdicts("为113名村医按每月每人100元的标准发放补助13.5万元。"),
        [(RelationKind::Product, Verdict::Truncated)]
    );
}

#[test]
fn a_rate_without_its_denominator_is_unclear() {
    assert_eq!(verdicts("新生儿访视2401人，访视率80.27%。"), [(RelationKind::Rate, Verdict::Unclear)]);
}

#[test]
fn figures_of_different_subjects_are_not_set_against_each_other() {
    assert_eq!(verdicts("儿童健康管理25005人，新生儿访视2401人，出动监督员12人次。"), []);
}
