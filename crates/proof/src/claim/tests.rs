//! Is a number what a person takes it for?
#![allow(clippy::unwrap_used)]

use super::*;
use crate::read::Original;

fn claims(text: &str) -> Vec<Claim> {
    scan(&Text::of(&Original::plain(text))).0
}

use crate::text::Text;

fn shown(text: &str) -> Vec<String> {
    claims(text)
        .iter()
        .map(|claim| {
            format!("{} {}", claim.value.map_or("?".into(), |value| value.normalize().to_string()), claim.unit)
        })
        .collect()
}

#[test]
fn dates_codes_grades_and_slogans_are_none() {
    for text in [
        "于11月15日开标。",
        "2025年3月12日印发。",
        "（云卫发〔2025〕2号）",
        "落实“十免四补助”政策。",
        "开展“两学一做”。",
        "二级以上医院。",
        "截至11月底。",
        "第三季度通过评审。",
        "拨打12345热线。",
        "第二次招标。",
        "深化“三医联动”。",
        "三级网络更加完善。",
    ] {
        assert_eq!(shown(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn money_is_in_yuan() {
    assert_eq!(
        shown("销售药品8700余万元，让利1.2亿元，发放慰问金6000元。"),
        ["87000000 元", "120000000 元", "6000 元"]
    );
    let price = claims("按每月每人100元的标准发放。");
    assert_eq!(price[0].kind, Kind::Price);
}

#[test]
fn a_word_that_ends_like_a_bound_is_none() {
    let bounds = |text: &str| claims(text).iter().map(|claim| (claim.bound, claim.subject.clone())).collect::<Vec<_>>();
    let exact = |subject: &str| vec![(Bound::Exact, subject.to_string())];
    assert_eq!(bounds("与常住人口签约197865人。"), exact("与常住人口签约"));
    assert_eq!(bounds("免费B超120人次。"), exact("免费B超"));
    assert_eq!(bounds("新建1个多功能厅。"), exact("多功能厅"));
    assert_eq!(bounds("体检约120人次。"), [(Bound::About, "体检".to_string())]);
}

#[test]
fn a_number_larger_than_any_figure_is_a_code() {
    assert_eq!(shown("登记管理99999999999999999999人，投入99999999999万亿元。"), Vec::<String>::new());
    let text = "出生9999999999999人，其中男9999999999999人、女9999999999999人，性别比9999999999999。";
    assert_eq!(crate::check(Original::plain(text)).claims.len(), 4);
}

#[test]
fn masked_digits_are_claims_without_a_value() {
    assert_eq!(shown("签约居民xxxxxx人，签约率xx.x%，投资x.x亿元。"), ["? 人", "? %", "? 元"]);
}

#[test]
fn lost_signs_are_named_as_lost() {
    let found = claims("监测率为91.5，千人口献血率达到9.09，节省费用54977.36。");
    let seen: Vec<(&str, bool)> = found.iter().map(|claim| (claim.unit, claim.unit_lost)).collect();
    assert_eq!(seen, [("%", true), ("‰", true), ("元", true)]);
}

#[test]
fn none_is_a_number() {
    assert_eq!(shown("全年无行政诉讼案件，未发生突发公共卫生事件。"), ["0 起", "0 起"]);
    assert_eq!(shown("查处无证行医案件3起。"), ["3 起"]);
}

#[test]
fn a_cut_off_holds_until_another_is_named() {
    let found = claims("截至9月底，住院7962人次。总费用12万元。截至11月底，签约20人。");
    let days: Vec<&str> = found.iter().map(|claim| claim.cut_off.as_deref().unwrap()).collect();
    assert_eq!(days, ["9月底", "9月底", "11月底"]);
}

#[test]
fn plans_are_targets_and_limits_thresholds() {
    let roles = |text: &str| claims(text).iter().map(|claim| claim.role).collect::<Vec<_>>();
    assert_eq!(
        roles("计划招聘40名。占比均控制在10%以内。65岁以上老人。"),
        [Role::Target, Role::Threshold, Role::Policy]
    );
    assert_eq!(roles("争取资金182万元。"), [Role::Result]);
}

#[test]
fn subjects_stand_before_or_after() {
    let subjects = |text: &str| claims(text).iter().map(|claim| claim.subject.clone()).collect::<Vec<_>>();
    assert_eq!(subjects("共建立健康档案20份，建档率为98.7%。"), ["建立健康档案", "建档率"]);
    assert_eq!(subjects("共派出15名医务人员对口帮扶。"), ["医务人员"]);
    assert_eq!(key("全县建立健康档案"), "健康档案");
}
