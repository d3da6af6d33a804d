//! For whom, until when and what for is a figure given?
//!
//! Looks at the words of the sentence before a claim; a cut-off holds until the paragraph ends or another is named.

use super::{Bound, Claim, Kind, Role};
use crate::text::{Section, Text};

/// Words that begin a cut-off.
const CUT_OFF: &[&str] = &["截至", "截止到", "截止至", "截止"];
/// Spans of time that are named without a day.
const SPANS: &[&str] = &[
    "今年以来",
    "今年",
    "全年",
    "本年度",
    "去年同期",
    "上年同期",
    "去年",
    "上年",
    "上半年",
    "一季度",
    "三季度",
    "前三季度",
    "年初",
    "目前",
];
/// Areas and organisations, longest first.
const SCOPES: &[&str] = &[
    "县域内",
    "县域外",
    "市域内",
    "市域外",
    "各乡镇卫生院",
    "各乡镇",
    "乡镇卫生院",
    "村卫生室",
    "县人民医院",
    "市人民医院",
    "县中医医院",
    "市中医医院",
    "市中医院",
    "县中医院",
    "县妇幼保健院",
    "市妇幼院",
    "县疾控中心",
    "市疾控中心",
    "全县",
    "全市",
    "全区",
    "全省",
    "全镇",
    "我县",
    "我市",
    "我区",
    "我局",
];
/// Words that make a figure a plan.
const TARGET: &[&str] = &["力争", "争取", "计划", "拟", "确保", "目标任务", "预计", "规划", "要达到"];
/// What keeps such a word from making a plan of the figure: money that was won, a field of work.
const NO_TARGET: &[&str] = &[
    "争取资金",
    "争取财政",
    "争取中央",
    "争取上级",
    "争取到",
    "争取了",
    "计划生育",
    "计划免疫",
    "计划内",
    "按计划",
    "预计算",
    "确保了",
    "向上争取",
];
/// Words of a rule or a price list.
const POLICY: &[&str] = &["标准", "起付线", "封顶线", "支付比例", "个百分点"];

/// Fills in scope, cut-off and role.
pub fn fill(text: &Text, claims: &mut [Claim]) {
    let mut cut_off: Option<(usize, String)> = None;
    let mut last_sentence = usize::MAX;
    for claim in claims {
        let paragraph = text.paragraphs.partition_point(|paragraph| paragraph.range.end < claim.range.start);
        let sentence = text.sentences.get(claim.sentence).cloned().unwrap_or(claim.range.clone());
        // Words further back than this belong to another figure.
        let from = sentence.start.max(claim.range.start.saturating_sub(200));
        if claim.sentence != last_sentence && cut_off.as_ref().is_some_and(|(of, _)| *of != paragraph) {
            cut_off = None;
        }
        last_sentence = claim.sentence;
        let before = text.slice(from..claim.range.start);
        if let Some(found) = named_cut_off(&before) {
            cut_off = Some((paragraph, found));
        }
        claim.cut_off = cut_off.as_ref().map(|(_, text)| text.clone()).or_else(|| span(&before));
        claim.scope = SCOPES
            .iter()
            .filter_map(|scope| before.rfind(scope).map(|at| (at, *scope)))
            .max_by_key(|(at, scope)| (*at, scope.len()))
            .map(|(_, scope)| scope.to_string());
        let section = text.paragraphs.get(paragraph).map_or(Section::Work, |paragraph| paragraph.section);
        claim.role = role(text, claim, section);
    }
}

fn named_cut_off(before: &str) -> Option<String> {
    let (at, word) = CUT_OFF.iter().filter_map(|word| before.rfind(word).map(|at| (at, word))).max()?;
    let rest = &before[at + word.len()..];
    let end = rest.find(['，', '：', '；', '（']).unwrap_or(rest.len());
    let day: String = rest[..end].chars().take(12).collect();
    (!day.is_empty()).then_some(day)
}

fn span(before: &str) -> Option<String> {
    let found = SPANS.iter().filter_map(|span| before.rfind(span).map(|at| (at, span.len(), *span))).max();
    found.map(|(_, _, span)| span.to_string())
}

fn role(text: &Text, claim: &Claim, section: Section) -> Role {
    let clause = text.clauses.get(claim.clause).map_or(claim.range.clone(), |clause| clause.range.clone());
    let far = claim.range.start.saturating_sub(80);
    let lead = text.slice(clause.start.max(far).min(claim.range.start)..claim.range.start);
    let is_target = TARGET.iter().any(|word| lead.contains(word)) && !NO_TARGET.iter().any(|word| lead.contains(word));
    if claim.kind == Kind::Price || claim.kind == Kind::Age {
        return Role::Policy;
    }
    if is_target || section == Section::Plan || text.has(claim.range.end, "任务") {
        return Role::Target;
    }
    let limit = matches!(claim.bound, Bound::AtLeast | Bound::AtMost);
    if limit && claim.kind == Kind::Rate || claim.bound == Bound::AtMost {
        return Role::Threshold;
    }
    if POLICY.iter().any(|word| lead.contains(word)) || claim.kind == Kind::Points {
        return Role::Policy;
    }
    Role::Result
}
