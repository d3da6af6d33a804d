//! What is counted?
//!
//! The words before the number without time, place and verbs of counting, or the noun after the classifier; when
//! neither says anything, what the figure before it was about.

use super::scan::NO_BOUND;
use super::{Claim, Kind, unit};
use crate::text::{Text, is_han};
use std::ops::Range;

/// Words at the start of a clause that say when, where or that, not what.
const LEADING: &[&str] = &[
    "今年以来",
    "截至目前",
    "截止目前",
    "本年度",
    "全年累计",
    "今年",
    "全年",
    "目前",
    "年内",
    "累计",
    "共计",
    "其中",
    "同时",
    "并且",
    "先后",
    "现已",
    "已经",
    "另外",
    "对全县",
    "对全市",
    "全县",
    "全市",
    "全区",
    "全省",
    "我县",
    "我市",
    "我区",
    "我局",
    "共",
    "已",
    "现有",
    "现",
    "并",
    "另",
    "还",
    "且",
    "其",
    "对",
    "为",
    "在",
    "将",
    "使",
    "给",
    "至",
    "经",
    "由原",
    "由",
    "按",
    "以",
    "、",
    "向",
    "的",
    "和",
    "与",
    "及",
];
/// Words right before the number that only say how much.
const TRAILING: &[&str] = &[
    "共计",
    "合计",
    "总计",
    "累计",
    "达到了",
    "达到",
    "提高到了",
    "提高到",
    "提高至",
    "下降到",
    "下降至",
    "降低到",
    "降至",
    "增加到",
    "增加至",
    "增至",
    "增长到",
    "控制在",
    "稳定在",
    "保持在",
    "保持",
    "均达到",
    "均为",
    "均达",
    "均",
    "分别为",
    "分别达到",
    "仅为",
    "约为",
    "为",
    "达",
    "是",
    "约",
    "近",
    "超过",
    "已",
    "共",
    "有",
    "了",
    "到",
    "至",
    "仅",
    "只",
    "各",
    "计",
    "余",
    "：",
    "由原",
    "由",
    "≥",
    "≤",
    "超",
];
/// Words at which the noun after a classifier ends.
const STOPS: &[&str] = &[
    "已",
    "将",
    "于",
    "进行",
    "参加",
    "完成",
    "开展",
    "实现",
    "达到",
    "被",
    "在",
    "到",
    "由",
    "获得",
    "获",
    "能够",
    "能提供",
    "能开展",
    "均",
    "全部",
    "都",
    "并",
    "为",
    "是",
    "的",
    "通过",
    "接受",
    "享受",
    "提供",
    "实施",
    "组建",
    "纳入",
    "结为",
    "驻点",
    "对口",
    "建成",
    "竣工",
    "发放",
    "申请",
    "加强",
    "采取",
    "投入",
    "组成",
    "参与",
    "迎接",
    "免费",
    "每",
    "也",
    "前期",
    "预计",
    "从",
    "和",
    "与",
    "以",
    "用",
    "作为",
    "设置",
    "配备",
    "签订",
    "确定",
    "建设",
    "办理",
    "实行",
    "执行",
    "开始",
    "入托",
    "救治",
    "享",
    "列入",
    "评",
    "下",
    "赴",
    "任务",
    "深入",
    "向",
    "设",
];
/// Verbs before what they act on; a key leaves them out.
const VERBS: &[&str] = &[
    "建立",
    "新建",
    "组建",
    "完成",
    "开展",
    "举办",
    "发放",
    "印发",
    "培训",
    "免收",
    "免费提供",
    "免费实施",
    "免费",
    "实施",
    "修建",
    "创建",
    "出动",
    "监督",
    "查处",
    "取缔",
    "立案",
    "新增",
    "更新",
    "审核",
    "接待",
    "确诊",
    "接受",
    "办结",
    "争取",
    "引进",
    "招聘",
    "筛查",
    "登记",
    "救治",
    "享受",
    "签约",
    "管理",
    "提供",
    "报告",
    "印制",
    "关停",
    "关闭",
    "检查",
    "派出",
    "组织",
    "在册",
    "录入",
    "设有",
    "拥有",
    "落实",
    "投入",
    "配送",
    "销售",
];

/// A subject stands within this many characters.
const FURTHEST: usize = 80;

/// Fills in what each claim is about.
pub fn fill(text: &Text, claims: &mut [Claim]) {
    let mut last: Option<(usize, usize, String)> = None;
    for n in 0..claims.len() {
        if claims[n].subject.is_empty() {
            let before_end = n.checked_sub(1).map_or(0, |n| claims[n].range.end);
            let inherited =
                last.as_ref().filter(|(sentence, _, _)| *sentence == claims[n].sentence).map(|(_, _, s)| s.as_str());
            let until = claims.get(n + 1).map_or(usize::MAX, |next| next.range.start);
            claims[n].subject = subject(text, &claims[n], before_end..until, inherited);
        }
        last = Some((claims[n].sentence, n, claims[n].subject.clone()));
    }
}

/// Words of people: what stands before a number of persons when it ends so is who was counted.
const PEOPLE: &[&str] = &[
    "人口", "患者", "病人", "对象", "人员", "者", "儿童", "产妇", "居民", "医生", "老人", "人数", "户数", "村医",
    "学生",
];

fn subject(text: &Text, claim: &Claim, room: Range<usize>, inherited: Option<&str>) -> String {
    let clause = text.clauses.get(claim.clause).map_or(claim.range.clone(), |clause| clause.range.clone());
    let n_before = text.markers.partition_point(|marker| marker.range.start < claim.range.start);
    let marker = n_before.checked_sub(1).map_or(0, |n| text.markers[n].range.end);
    // Words further back than this name nothing any more; a clause without an end must not be read again for each figure.
    let far = claim.range.start.saturating_sub(FURTHEST);
    let start = clause.start.max(room.start).max(marker).max(far).min(claim.range.start);
    let mut before = core(&text.slice(start..claim.range.start));
    if before.is_empty() && start == clause.start {
        before = core(&before_bracket(text, claim.clause, room.start));
    }
    let after = noun_after(text, claim, clause.end.min(room.end));
    let n = |s: &str| s.chars().filter(|c| is_han(*c)).count();
    let takes_after = match claim.kind {
        Kind::Rate => text.has(claim.range.end, "的"),
        Kind::Count if PEOPLE.iter().any(|word| before.ends_with(word)) => false,
        Kind::Count => unit::is_classifier(claim.unit) && n(&after) >= 2 && !text.has(claim.range.end, "任务"),
        Kind::Age => n(&after) >= 2,
        _ => false,
    };
    if takes_after && n(&after) >= 2 {
        return after;
    }
    if n(&before) >= 2 || before.chars().any(|c| c.is_ascii_alphabetic()) {
        return before;
    }
    if n(&after) >= 2 && claim.kind != Kind::Money {
        return after;
    }
    // 12人到支援医院进修学习: only what they did is said.
    let doing: String = text.slice(claim.range.end..clause.end.clamp(claim.range.end, claim.range.end + 12));
    if before.is_empty()
        && n(&doing) >= 4
        && claim.kind == Kind::Count
        && inherited.is_none_or(|_| clause.start == claim.range.start)
    {
        return doing;
    }
    match inherited {
        Some(inherited) if !before.is_empty() && n(&before) < 2 => format!("{inherited}{before}"),
        Some(inherited) => inherited.to_string(),
        None if !after.is_empty() => after,
        None => before,
    }
}

/// 监督员（协管员）134人次: the words before a bracket that ended right before the number.
fn before_bracket(text: &Text, clause: usize, before_end: usize) -> String {
    let own = &text.clauses[clause];
    if own.range.start == 0 || text.chars[own.range.start - 1] != '）' {
        return String::new();
    }
    let earlier = text.clauses[..clause]
        .iter()
        .rev()
        .take(4)
        .find(|other| other.depth <= own.depth && other.sentence == own.sentence);
    earlier.filter(|other| other.range.start >= before_end).map_or_else(String::new, |other| {
        text.slice(other.range.start..other.range.end.min(other.range.start + FURTHEST))
    })
}

/// The phrase without what stands around it.
fn core(phrase: &str) -> String {
    let undated = phrase.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | 'x'));
    let undated =
        undated.strip_prefix("年度").or_else(|| undated.strip_prefix('年')).filter(|_| undated.len() < phrase.len());
    let timeless = ["以来", "期间"].iter().find_map(|word| phrase.find(word).map(|at| &phrase[at + word.len()..]));
    let phrase = timeless.filter(|rest| rest.chars().count() >= 2).unwrap_or(undated.unwrap_or(phrase));
    let mut rest =
        phrase.trim_matches(|c: char| c.is_whitespace() || matches!(c, '“' | '”' | '《' | '》' | '、' | '*'));
    loop {
        let lead = LEADING.iter().find_map(|word| rest.strip_prefix(word)).filter(|rest| !rest.is_empty());
        let is_word = NO_BOUND.iter().any(|word| rest.ends_with(word));
        let tail = TRAILING.iter().find_map(|word| rest.strip_suffix(word)).filter(|_| !is_word);
        match (lead, tail) {
            (Some(shorter), _) if !starts_a_word(rest) => rest = shorter,
            (_, Some(shorter)) => rest = shorter,
            _ => break,
        }
    }
    rest.to_string()
}

/// Words that only look as if they began with a word to be left out.
fn starts_a_word(rest: &str) -> bool {
    const WORDS: &[&str] = &[
        "对象",
        "对口",
        "共同",
        "共享",
        "并发",
        "其他",
        "其它",
        "现场",
        "现代",
        "还款",
        "已婚",
        "为民",
        "在册",
        "在校",
        "在岗",
        "在管",
        "以奖",
        "以上",
        "经费",
        "经常",
        "与常住",
        "向上",
        "按时",
        "使用",
        "给予",
        "及时",
        "和谐",
        "由于",
        "将来",
        "另外",
        "至少",
    ];
    WORDS.iter().any(|word| rest.starts_with(word))
}

/// The noun after a unit, up to the word at which it ends.
fn noun_after(text: &Text, claim: &Claim, clause_end: usize) -> String {
    let mut at = claim.range.end;
    if text.has(at, "的") {
        at += 1;
    }
    let mut end = at;
    while end < clause_end {
        let c = text.chars[end];
        let part = is_han(c) || c.is_ascii_alphanumeric() || matches!(c, '、' | '“' | '”');
        if !part || (c == '、' && end == at) || STOPS.iter().any(|stop| text.has(end, stop)) || end - at > 18 {
            break;
        }
        end += 1;
    }
    text.slice(at..end).trim_matches(['、', '“', '”']).to_string()
}

/// The subject without verbs and areas, so that the same thing said twice has one key.
pub fn key(subject: &str) -> String {
    let mut rest = core(subject);
    loop {
        let shorter =
            VERBS.iter().find_map(|verb| rest.strip_prefix(verb)).filter(|rest| rest.chars().count() >= 2).map(core);
        match shorter {
            Some(shorter) => rest = shorter,
            None => return rest.replace(['的', '、', '“', '”'], ""),
        }
    }
}
