//! In what is this counted?
//!
//! The table of units, longest first where one begins with another, and which of them may be parts of each other.

use super::Kind;
use crate::text::Text;
use base::Decimal;

/// A unit as printed after a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// How it is printed.
    pub printed: &'static str,
    /// What it counts in.
    pub unit: &'static str,
    /// The sort of quantity.
    pub kind: Kind,
    /// It may follow a Chinese numeral: 三家, but not 三类.
    pub after_chinese: bool,
}

const fn unit(printed: &'static str, unit: &'static str, kind: Kind, after_chinese: bool) -> Unit {
    Unit { printed, unit, kind, after_chinese }
}

/// Every unit a county's report prints.
#[rustfmt::skip]
const UNITS: &[Unit] = &[
    unit("%", "%", Kind::Rate, false),
    unit("‰", "‰", Kind::Rate, false),
    unit("个百分点", "个百分点", Kind::Points, true),
    unit("百分点", "个百分点", Kind::Points, true),
    unit("个千分点", "个千分点", Kind::Points, true),
    unit("倍", "倍", Kind::Ratio, true),
    unit("元人民币", "元", Kind::Money, true),
    unit("元", "元", Kind::Money, true),
    unit("人次数", "人次", Kind::PersonTimes, true),
    unit("人次", "人次", Kind::PersonTimes, true),
    unit("人份", "人份", Kind::Count, true),
    unit("户次", "户次", Kind::PersonTimes, true),
    unit("家次", "家次", Kind::PersonTimes, true),
    unit("例次", "例次", Kind::PersonTimes, true),
    unit("件次", "件次", Kind::PersonTimes, true),
    unit("项次", "项次", Kind::PersonTimes, true),
    unit("台次", "台次", Kind::PersonTimes, true),
    unit("车次", "车次", Kind::PersonTimes, true),
    unit("辆次", "辆次", Kind::PersonTimes, true),
    unit("剂次", "剂次", Kind::PersonTimes, true),
    unit("针次", "剂次", Kind::PersonTimes, true),
    unit("批次", "批次", Kind::Count, true),
    unit("场次", "场", Kind::Count, true),
    unit("期次", "期", Kind::Count, true),
    unit("张床位", "张", Kind::Count, true),
    unit("平方公里", "平方公里", Kind::Area, true),
    unit("平方米", "平方米", Kind::Area, true),
    unit("平米", "平方米", Kind::Area, true),
    unit("㎡", "平方米", Kind::Area, false),
    unit("m²", "平方米", Kind::Area, false),
    unit("m2", "平方米", Kind::Area, false),
    unit("公顷", "公顷", Kind::Area, true),
    unit("亩", "亩", Kind::Area, true),
    unit("公里", "公里", Kind::Measure, true),
    unit("千米", "公里", Kind::Measure, true),
    unit("千克", "公斤", Kind::Measure, true),
    unit("公斤", "公斤", Kind::Measure, true),
    unit("吨", "吨", Kind::Measure, true),
    unit("毫升", "毫升", Kind::Measure, true),
    unit("升", "升", Kind::Measure, false),
    unit("米", "米", Kind::Measure, false),
    unit("周岁", "岁", Kind::Age, true),
    unit("岁", "岁", Kind::Age, true),
    unit("月龄", "月龄", Kind::Age, true),
    unit("个小时", "小时", Kind::Duration, true),
    unit("小时", "小时", Kind::Duration, true),
    unit("分钟", "分钟", Kind::Duration, true),
    unit("个工作日", "天", Kind::Duration, true),
    unit("个月", "个月", Kind::Duration, true),
    unit("个学时", "学时", Kind::Duration, true),
    unit("学时", "学时", Kind::Duration, true),
    unit("天", "天", Kind::Duration, true),
    unit("周年", "年", Kind::Duration, false),
    unit("年", "年", Kind::Duration, true),
    unit("人", "人", Kind::Count, true),
    unit("名", "人", Kind::Count, true),
    unit("位", "人", Kind::Count, true),
    unit("例", "例", Kind::Count, true),
    unit("户", "户", Kind::Count, true),
    unit("对", "对", Kind::Count, false),
    unit("家", "家", Kind::Count, true),
    unit("所", "所", Kind::Count, true),
    unit("份", "份", Kind::Count, true),
    unit("件", "件", Kind::Count, true),
    unit("次", "次", Kind::Count, true),
    unit("期", "期", Kind::Count, false),
    unit("场", "场", Kind::Count, true),
    unit("项", "项", Kind::Count, true),
    unit("条", "条", Kind::Count, true),
    unit("起", "起", Kind::Count, true),
    unit("宗", "起", Kind::Count, true),
    unit("笔", "笔", Kind::Count, true),
    unit("块", "块", Kind::Count, true),
    unit("种", "种", Kind::Count, true),
    unit("大类", "类", Kind::Count, false),
    unit("类", "类", Kind::Count, false),
    unit("张", "张", Kind::Count, true),
    unit("台", "台", Kind::Count, true),
    unit("辆", "辆", Kind::Count, true),
    unit("座", "座", Kind::Count, true),
    unit("间", "间", Kind::Count, true),
    unit("栋", "栋", Kind::Count, true),
    unit("幢", "栋", Kind::Count, true),
    unit("处", "处", Kind::Count, true),
    unit("套", "套", Kind::Count, true),
    unit("本", "本", Kind::Count, true),
    unit("册", "册", Kind::Count, true),
    unit("篇", "篇", Kind::Count, true),
    unit("幅", "幅", Kind::Count, true),
    unit("支", "支", Kind::Count, true),
    unit("剂", "剂", Kind::Count, true),
    unit("盒", "盒", Kind::Count, true),
    unit("瓶", "瓶", Kind::Count, true),
    unit("袋", "袋", Kind::Count, true),
    unit("只", "只", Kind::Count, false),
    unit("头", "头", Kind::Count, false),
    unit("轮", "轮", Kind::Count, true),
    unit("枚", "枚", Kind::Count, true),
    unit("床", "张", Kind::Count, false),
    unit("个", "个", Kind::Count, true),
];

/// Words that begin with a unit and are none.
#[rustfmt::skip]
const NO_UNIT: &[&str] = &[
    "人均", "家庭", "家属", "名列", "名单", "位于", "位居", "位列", "所有", "所在", "件套", "项目总", "条件", "条例", "对口", "对照",
    "对标", "对接", "种植", "类似", "张贴", "台账", "台阶", "处理", "处置", "处罚", "处方", "套餐", "本级", "本年", "本科", "支付",
    "支持", "支队", "支部", "场所", "场地", "起付", "起草", "期间", "期末", "期满", "次于", "次年", "个人", "个体", "个性", "只有", "头部", "轮流",
    "轮训", "倍增", "年度", "年底", "年初", "年末", "年内", "年来", "年均", "年级", "间接", "间隔", "座谈", "份额", "户籍", "户外",
    "例行", "例会", "升级", "升至", "升为", "米面", "天然", "块钱", "床位数",
];
/// Classifiers whose noun follows them: 511家医疗机构.
const CLASSIFIERS: &[&str] = &[
    "人", "例", "户", "家", "所", "个", "份", "件", "次", "期", "场", "项", "条", "起", "种", "类", "张", "台", "辆",
    "座", "间", "栋", "处", "套", "支", "对", "笔", "批次",
];

/// The unit that begins at `at`, with where it ends.
pub fn read(text: &Text, at: usize) -> Option<(Unit, usize)> {
    let at = at + usize::from(text.chars.get(at) == Some(&' '));
    let found = UNITS.iter().find(|unit| text.has(at, unit.printed))?;
    let end = at + found.printed.chars().count();
    let is_word = NO_UNIT.iter().any(|word| text.has(at, word));
    (!is_word).then_some((*found, end))
}

/// True when the unit is a classifier, so that what it counts may follow it.
pub fn is_classifier(unit: &str) -> bool {
    CLASSIFIERS.contains(&unit)
}

/// Units that can be parts of each other: persons and cases, institutions however they are counted.
pub fn family(unit: &'static str, kind: Kind) -> &'static str {
    match (kind, unit) {
        (Kind::Money, _) => "元",
        (Kind::Count, "人" | "例") | (Kind::PersonTimes, "人次" | "例次") => "人",
        (Kind::Count, "家" | "所" | "个" | "处" | "") => "家",
        (Kind::Count, "次" | "场" | "期" | "批次") => "次",
        _ => unit,
    }
}

/// How many square metres a unit of area has, and over what it is divided: 亩 is 10000 ÷ 15.
pub fn square_metres(unit: &str) -> Option<(Decimal, Decimal)> {
    match unit {
        "平方米" => Some((Decimal::ONE, Decimal::ONE)),
        "亩" => Some((Decimal::from(10_000), Decimal::from(15))),
        "公顷" => Some((Decimal::from(10_000), Decimal::ONE)),
        "平方公里" => Some((Decimal::from(1_000_000), Decimal::ONE)),
        _ => None,
    }
}
