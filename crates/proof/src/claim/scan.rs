//! Where are the numbers, and is each of them a claim?
//!
//! Reads the text once from left to right; at each number it asks, in this order, whether it is a day, a name, an order,
//! and only then what it counts.

use super::no_claim::{NoClaim, NoClaimKind, date, is_grade};
use super::number::{self, Number, Script};
use super::unit::{self, Unit};
use super::{Bound, Claim, Kind, Role, context, subject, zero};
use crate::text::{Text, is_han};
use base::Decimal;
use std::ops::Range;

/// Words before a number that make it a bound, longest first.
const BOUND_BEFORE: &[(&str, Bound)] = &[
    ("不得超过", Bound::AtMost),
    ("均未超过", Bound::AtMost),
    ("未超过", Bound::AtMost),
    ("不超过", Bound::AtMost),
    ("不高于", Bound::AtMost),
    ("不大于", Bound::AtMost),
    ("不低于", Bound::AtLeast),
    ("不少于", Bound::AtLeast),
    ("不小于", Bound::AtLeast),
    ("超过了", Bound::AtLeast),
    ("最多", Bound::AtMost),
    ("不足", Bound::AtMost),
    ("不到", Bound::AtMost),
    ("低于", Bound::AtMost),
    ("至少", Bound::AtLeast),
    ("超过", Bound::AtLeast),
    ("突破", Bound::AtLeast),
    ("高于", Bound::AtLeast),
    ("大约", Bound::About),
    ("将近", Bound::About),
    ("接近", Bound::About),
    ("≤", Bound::AtMost),
    ("<", Bound::AtMost),
    ("≥", Bound::AtLeast),
    (">", Bound::AtLeast),
    ("逾", Bound::AtLeast),
    ("超", Bound::AtLeast),
    ("约", Bound::About),
    ("近", Bound::About),
];
/// Words that end like such a word and are none: 签约197865人, B超120人次.
pub const NO_BOUND: &[&str] =
    &["签约", "预约", "履约", "续约", "节约", "公约", "违约", "最近", "附近", "临近", "彩超", "B超", "查超"];
/// Words after a unit that make the number a bound, longest first.
const BOUND_AFTER: &[(&str, Bound)] = &[
    ("及以上", Bound::AtLeast),
    ("（含）以上", Bound::AtLeast),
    ("以上", Bound::AtLeast),
    ("及以下", Bound::AtMost),
    ("以下", Bound::AtMost),
    ("以内", Bound::AtMost),
    ("之内", Bound::AtMost),
    ("左右", Bound::About),
    ("上下", Bound::About),
    ("余", Bound::AtLeast),
    ("多", Bound::AtLeast),
];
/// Characters before a Chinese numeral that make it a word: 统一, 进一步, 同一个.
const NO_NUMERAL_AFTER: &str = "统进逐唯任某这那之如惟划合归同单专另末首万百千十";
/// Numbered phrases of politics that state nothing, written without quotation marks too.
const PHRASES: &[&str] = &[
    "两个维护",
    "两个确立",
    "四个意识",
    "四个自信",
    "四个全面",
    "三个代表",
    "两个一百年",
    "两个责任",
    "四个最严",
    "五个统一",
    "两个坚持",
];
/// What makes a price of an amount of money when it stands before it in the clause.
const PER: &[&str] = &[
    "每人",
    "人均",
    "每村",
    "每户",
    "每名",
    "每例",
    "每月",
    "每证",
    "一证",
    "每床",
    "每床日",
    "每个",
    "每对",
    "户均",
    "次均",
    "每次",
];
/// What a bare number after one of these is: a share.
const RATE_WORDS: &[&str] = &["率", "比例", "占比", "比重"];
/// What a bare number after one of these is: yuan.
const MONEY_WORDS: &[&str] = &["费用", "金额", "资金", "经费", "投资", "收入", "支出"];
/// What a bare number after one of these is: a number of what they name.
const COUNT_WORDS: &[&str] = &["数", "人口", "人数", "例数", "户数", "总数"];
/// Things that are counted with a classifier, so that a number right before them has lost it.
const COUNTED: &[&str] = &[
    "中医馆",
    "卫生院",
    "卫生室",
    "医院",
    "村医",
    "行政村",
    "社区",
    "乡镇",
    "团队",
    "项目",
    "名医",
    "家庭",
    "村",
    "机构",
];
/// Rates that are given per thousand.
pub const PER_THOUSAND: &[&str] = &["自然增长率", "自增率", "出生率", "千人口", "每千", "死亡率"];

/// Everything between two characters that belong together.
struct Enclosed {
    titles: Vec<Range<usize>>,
    quotes: Vec<Range<usize>>,
}

struct Scan<'a> {
    text: &'a Text,
    enclosed: Enclosed,
    claims: Vec<Claim>,
    others: Vec<NoClaim>,
}

/// All claims of a text, and the numbers that are none.
pub fn scan(text: &Text) -> (Vec<Claim>, Vec<NoClaim>) {
    let enclosed = Enclosed { titles: pairs(text, '《', '》', 120), quotes: pairs(text, '“', '”', 24) };
    let mut scan = Scan { text, enclosed, claims: Vec::new(), others: Vec::new() };
    for paragraph in text.paragraphs.iter().filter(|paragraph| !paragraph.furniture) {
        scan.paragraph(paragraph.range.clone());
    }
    let Scan { mut claims, others, .. } = scan;
    zero::find(text, &mut claims);
    claims.sort_by_key(|claim| claim.range.start);
    for (id, claim) in claims.iter_mut().enumerate() {
        claim.id = id;
    }
    context::fill(text, &mut claims);
    subject::fill(text, &mut claims);
    (claims, others)
}

fn pairs(text: &Text, open: char, close: char, longest: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for (n, c) in text.chars.iter().enumerate() {
        match c {
            c if *c == open => start = Some(n),
            c if *c == close => {
                if let Some(start) = start.take()
                    && n - start <= longest
                {
                    found.push(start..n + 1);
                }
            }
            '\n' => start = None,
            _ => {}
        }
    }
    found
}

impl Scan<'_> {
    fn paragraph(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            at = self.step(at, range.clone()).max(at + 1);
        }
    }

    /// Looks at one position and says where to go on.
    fn step(&mut self, at: usize, paragraph: Range<usize>) -> usize {
        let c = self.text.chars[at];
        if let Some(marker) = self.marker_at(at) {
            return self.other(marker, NoClaimKind::ListNumber);
        }
        match c {
            '《' => {
                let Some(title) = starting_at(&self.enclosed.titles, at) else { return at + 1 };
                let has_number = self.text.chars[title.clone()].iter().any(char::is_ascii_digit);
                return if has_number { self.other(title, NoClaimKind::Title) } else { title.end };
            }
            '“' => return self.quoted(at),
            '〔' => return self.document_number(at),
            'a'..='w' | 'y' | 'z' | 'A'..='W' | 'Y' | 'Z' => return self.word(at),
            'x' | 'X'
                if self.text.chars.get(at + 1).is_some_and(|c| c.is_ascii_alphabetic() && !matches!(c, 'x' | 'X')) =>
            {
                return self.word(at);
            }
            '百' | '千' | '万' => {
                if let Some(end) = self.fraction(at) {
                    return end;
                }
            }
            _ => {}
        }
        match number::read(self.text, at) {
            Some(number) => self.number(number, paragraph),
            None => at + 1,
        }
    }

    fn marker_at(&self, at: usize) -> Option<Range<usize>> {
        let n = self.text.markers.binary_search_by_key(&at, |marker| marker.range.start).ok()?;
        Some(self.text.markers[n].range.clone())
    }

    fn other(&mut self, range: Range<usize>, kind: NoClaimKind) -> usize {
        let end = range.end;
        let (original, quote) = (self.text.original(range.clone()), self.text.slice(range.clone()));
        self.others.push(NoClaim { range, original, quote, kind });
        end
    }

    /// A slogan in quotation marks is one when it has Chinese numerals and no Arabic ones.
    fn quoted(&mut self, at: usize) -> usize {
        let Some(quote) = starting_at(&self.enclosed.quotes, at) else { return at + 1 };
        let inside = &self.text.chars[quote.clone()];
        let has = |set: &str| inside.iter().any(|c| set.contains(*c));
        match (has("0123456789"), has("一二三四五六七八九十两")) {
            (true, _) => at + 1,
            (false, true) => self.other(quote, NoClaimKind::Slogan),
            (false, false) => quote.end,
        }
    }

    /// 〔2025〕2号
    fn document_number(&mut self, at: usize) -> usize {
        let is_year = |c: &char| c.is_ascii_digit() || matches!(c, '_' | 'x' | 'X');
        let n = self.text.chars[at + 1..].iter().take(6).take_while(|c| is_year(c)).count();
        if n != 4 || self.text.chars.get(at + 5) != Some(&'〕') {
            return at + 1;
        }
        let mut end = at + 6;
        end += self.text.chars[end..].iter().take(6).take_while(|c| c.is_ascii_digit()).count();
        end += usize::from(self.text.has(end, "号"));
        self.other(at..end, NoClaimKind::Code)
    }

    /// A Latin word with the digits in it: PM2.5, hiv, CT.
    fn word(&mut self, at: usize) -> usize {
        let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '/');
        let length = self.text.chars[at..].iter().take_while(|c| is_part(c)).count();
        let word = at..at + length;
        match self.text.chars[word.clone()].iter().any(char::is_ascii_digit) {
            true => self.other(word, NoClaimKind::Code),
            false => word.end,
        }
    }

    /// 百分之九十五, 千分之三.
    fn fraction(&mut self, at: usize) -> Option<usize> {
        let (unit, times) = [("百分之", "%"), ("千分之", "‰")].into_iter().find(|(word, _)| self.text.has(at, word))?;
        let number = number::read(self.text, at + unit.chars().count())?;
        let unit = Unit { printed: times, unit: times, kind: Kind::Rate, after_chinese: true };
        let end = number.range.end;
        let range = at..end;
        Some(self.claim(Number { range, ..number }, None, unit, end, false))
    }

    fn number(&mut self, number: Number, paragraph: Range<usize>) -> usize {
        let text = self.text;
        let (at, end) = (number.range.start, number.range.end);
        let before = at.checked_sub(1).map_or('\n', |n| text.chars[n]);
        if number.script != Script::Chinese
            && !number.scaled
            && let Some(range) = date(text, at)
        {
            return self.other(range, NoClaimKind::Date);
        }
        if before == '第' {
            let (_, end) = unit::read(text, end).unwrap_or((BARE, end));
            return self.other(at - 1..end, NoClaimKind::Ordinal);
        }
        if number.value.is_none() && number.script == Script::Arabic || before.is_ascii_alphanumeric() {
            return self.other(number.range, NoClaimKind::Code);
        }
        if number.script == Script::Chinese {
            return self.chinese(number, before);
        }
        let second = self.second(&number);
        let last = second.as_ref().map_or(end, |second| second.range.end);
        match unit::read(text, last) {
            Some((unit, end)) => self.claim(number, second, unit, end, false),
            None if self.tenths(&number).is_some() => self.tenths_claim(number),
            None if is_grade(text, last) => self.other(at..last, NoClaimKind::Grade),
            None => self.bare(number, last, paragraph),
        }
    }

    /// The other end of a range: 60至64岁, 11-14周岁.
    fn second(&self, number: &Number) -> Option<Number> {
        let mut at = number.range.end;
        let joins = |c: Option<&char>| matches!(c, Some('-' | '~' | '至' | '到'));
        if !joins(self.text.chars.get(at)) {
            return None;
        }
        while joins(self.text.chars.get(at)) && at < number.range.end + 2 {
            at += 1;
        }
        let second = number::read(self.text, at)?;
        let fits = second.script == number.script && unit::read(self.text, second.range.end).is_some();
        (fits && second.value >= number.value).then_some(second)
    }

    /// 八成, 九成以上.
    fn tenths(&self, number: &Number) -> Option<usize> {
        let end = number.range.end;
        let fits = self.text.has(end, "成") && number.value.is_some_and(|value| value < Decimal::TEN);
        let after = self.text.chars.get(end + 1);
        let stands_alone =
            after.is_none_or(|c| matches!(c, '，' | '。' | '；' | '的' | '以' | '左' | '多' | '、' | '）' | '\n'));
        (fits && stands_alone).then_some(end + 1)
    }

    fn tenths_claim(&mut self, mut number: Number) -> usize {
        let end = number.range.end + 1;
        number.value = number.value.map(|value| value * Decimal::TEN);
        number.step *= Decimal::TEN;
        let unit = Unit { printed: "成", unit: "%", kind: Kind::Rate, after_chinese: true };
        self.claim(number, None, unit, end, false)
    }

    /// A Chinese numeral is a claim only before a unit that can follow it, and when it is no word.
    fn chinese(&mut self, number: Number, before: char) -> usize {
        let text = self.text;
        let (at, end) = (number.range.start, number.range.end);
        if self.tenths(&number).is_some() {
            return self.tenths_claim(number);
        }
        if NO_NUMERAL_AFTER.contains(before) || PHRASES.iter().any(|phrase| text.has(at, phrase)) {
            return end;
        }
        let Some((unit, unit_end)) = unit::read(text, end) else {
            let kind = if is_grade(text, end) { NoClaimKind::Grade } else { NoClaimKind::Slogan };
            let is_name = matches!(kind, NoClaimKind::Grade) || text.chars.get(end).is_some_and(|c| is_han(*c));
            let counts = number.value.is_some_and(|value| value > Decimal::ONE);
            return if is_name && counts && number.n_digits == 1 { self.other(at..end + 1, kind) } else { end };
        };
        // 两次 counts, 二次 is the second one.
        if number.n_digits == 1 && text.chars[at] == '二' && number.value == Some(Decimal::TWO) {
            return self.other(at..unit_end, NoClaimKind::Ordinal);
        }
        let is_one = number.value == Some(Decimal::ONE);
        let says_one = is_one && matches!(unit.printed, "名" | "位" | "例");
        let plan =
            matches!(unit.unit, "年") && ["行动", "规划", "计划", "攻坚"].iter().any(|word| text.has(unit_end, word));
        if !unit.after_chinese || plan {
            return self.other(at..unit_end, NoClaimKind::Slogan);
        }
        match is_one && !says_one || number.value == Some(Decimal::ZERO) {
            true => end,
            false => self.claim(number, None, unit, unit_end, false),
        }
    }

    /// An Arabic number without a unit: the words around it may say what it is.
    fn bare(&mut self, number: Number, end: usize, paragraph: Range<usize>) -> usize {
        let text = self.text;
        let at = number.range.start;
        // 202517 alone in its line, 中卫2024124 under a title: a date or number that lost its signs.
        let alone = paragraph.len() < 24 && number.n_digits >= 5;
        let clause = &text.clauses[text.clause_at(at)];
        let start = clause.range.start.max(at.saturating_sub(40)).min(at);
        let before = text.slice(start..at);
        let tail =
            before.trim_end_matches(['为', '达', '到', '至', '是', '约', '近', '≥', '≤', '共', '计', '了', '：']);
        let ends = |words: &[&str]| words.iter().any(|word| tail.ends_with(word));
        let lost = |unit: &'static str, kind| Unit { printed: "", unit, kind, after_chinese: false };
        let counted = COUNTED.iter().any(|word| text.has(end, word)) && before.chars().count() >= 2;
        if alone || number.script == Script::Masked {
            return if alone { self.other(at..end, NoClaimKind::Code) } else { end };
        }
        if tail.ends_with("性别比") {
            return self.claim(number, None, lost("", Kind::Ratio), end, false);
        }
        if ends(RATE_WORDS) {
            let per_thousand = PER_THOUSAND.iter().any(|word| before.contains(word));
            let unit = if per_thousand { "‰" } else { "%" };
            return self.claim(number, None, lost(unit, Kind::Rate), end, true);
        }
        if ends(MONEY_WORDS) {
            return self.claim(number, None, lost("元", Kind::Money), end, true);
        }
        if ends(COUNT_WORDS) && !text.chars.get(end).is_some_and(|c| is_han(*c)) {
            return self.claim(number, None, lost("", Kind::Count), end, true);
        }
        if counted {
            return self.claim(number, None, lost("个", Kind::Count), end, true);
        }
        self.other(at..end, NoClaimKind::Unknown)
    }

    /// Writes a claim down; `end` is where the unit ends.
    fn claim(&mut self, number: Number, second: Option<Number>, unit: Unit, end: usize, lost: bool) -> usize {
        let text = self.text;
        let mut end = end;
        let mut start = number.range.start;
        let mut bound = second.as_ref().map_or(number.bound, |second| number.bound.max(second.bound));
        let mut kind = unit.kind;
        if kind == Kind::Money && text.has(end, "/") {
            let per =
                text.chars[end + 1..].iter().take(4).take_while(|c| is_han(**c) && !"，。；".contains(**c)).count();
            kind = Kind::Price;
            end += 1 + per.min(2);
        }
        let clause = text.clause_at(start);
        let clause_start = text.clauses[clause].range.start.min(start);
        let since = self.claims.last().map_or(0, |last| last.range.end).clamp(clause_start, start);
        let lead = text.slice(since..start);
        if kind == Kind::Money && PER.iter().any(|word| lead.contains(word)) {
            kind = Kind::Price;
        }
        let is_many = ["多功能", "多元", "多种", "多层", "多媒体", "多渠道", "多部门", "多学科"]
            .iter()
            .any(|word| text.has(end, word));
        let n_after = BOUND_AFTER.iter().find(|(word, _)| !is_many && text.has(end, word));
        if let Some((word, after)) = n_after
            && !(matches!(*word, "多" | "余") && bound != Bound::Exact)
        {
            bound = *after;
            end += word.chars().count();
        }
        let is_word = NO_BOUND.iter().any(|word| text.ends(start, word));
        if let Some((word, before)) = BOUND_BEFORE.iter().find(|(word, _)| !is_word && text.ends(start, word)) {
            // 控制在10%以内 keeps the bound that follows.
            if n_after.is_none() {
                bound = *before;
            }
            start -= word.chars().count();
        }
        let range = start..end;
        let original = text.original(range.clone());
        self.claims.push(Claim {
            id: 0,
            quote: text.slice(range.clone()),
            range,
            original,
            value: number.value,
            until: second.and_then(|second| second.value),
            step: number.step,
            bound,
            unit: unit.unit,
            kind,
            unit_lost: lost,
            subject: String::new(),
            scope: None,
            cut_off: None,
            role: Role::Result,
            clause,
            sentence: text.clauses[clause].sentence,
            depth: text.clauses[clause].depth,
        });
        end
    }
}

const BARE: Unit = Unit { printed: "", unit: "", kind: Kind::Count, after_chinese: false };

fn starting_at(ranges: &[Range<usize>], at: usize) -> Option<Range<usize>> {
    ranges.binary_search_by_key(&at, |range| range.start).ok().map(|n| ranges[n].clone())
}
