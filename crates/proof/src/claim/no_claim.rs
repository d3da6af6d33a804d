//! Which numbers state nothing?
//!
//! Days, document numbers, grades, slogans: they are kept with their reason, because a comparison of two texts shows
//! when they change, and because a wrong year is a mistake too.

use crate::text::Text;
use std::ops::Range;

/// A number that is no claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoClaim {
    /// Its characters in the normal form.
    pub range: Range<usize>,
    /// The same in the original.
    pub original: Range<usize>,
    /// The characters in their normal form.
    pub quote: String,
    /// Why it is none.
    pub kind: NoClaimKind,
}

/// Why a number states nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoClaimKind {
    /// A year, month, day or hour.
    Date,
    /// 夹卫发〔2025〕2号, a telephone, a name with digits.
    Code,
    /// A number that orders the text.
    ListNumber,
    /// 第三, 第二次, 排名第一.
    Ordinal,
    /// 二级医院, 三甲.
    Grade,
    /// “两学一做”, 三级网络.
    Slogan,
    /// Inside 《》.
    Title,
    /// A number of which it cannot be said what it counts.
    Unknown,
}

impl NoClaimKind {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Code => "code",
            Self::ListNumber => "list_number",
            Self::Ordinal => "ordinal",
            Self::Grade => "grade",
            Self::Slogan => "slogan",
            Self::Title => "title",
            Self::Unknown => "unknown",
        }
    }
}

/// A date that begins at `at`: 2025年3月, 11月15日, 2025-03-12, 11月底, 202_年, 4月下旬.
pub fn date(text: &Text, at: usize) -> Option<Range<usize>> {
    let digits = |from: usize| {
        text.chars[from..].iter().take(5).take_while(|c| c.is_ascii_digit() || matches!(c, '_' | 'x')).count()
    };
    let n = digits(at);
    let after = text.chars.get(at + n)?;
    let mut end = match (n, after) {
        (4, '年') | (1 | 2, '月') => at + n + 1,
        // xx年: a year of which all digits are masked.
        (1..=3, '年') if matches!(text.chars[at], 'x') => at + n + 1,
        (1 | 2, '日') if at > 0 && matches!(text.chars[at - 1], '月' | '-' | '至' | '到') => {
            return Some(at..at + n + 1);
        }
        (4, '-' | '/' | '.') => return numeric(text, at),
        // 2024工作总结: a year whose 年 was lost, or is left out.
        (4, _) if is_year(text, at) && loose_year(text, at + n) => return Some(at..at + n),
        (1 | 2, ':') => return Some(at..at + n + 1 + digits(at + n + 1)),
        (1 | 2, '时' | '点') if digits(at + n + 1) > 0 || text.has(at + n + 1, "整") => at + n + 1,
        _ => return None,
    };
    // 2025年3月, 3月12日
    loop {
        let n = digits(end);
        match (n, text.chars.get(end + n)) {
            (1 | 2, Some('月' | '日')) => end += n + 1,
            _ => break,
        }
    }
    for word in ["份", "底", "末", "初", "中旬", "上旬", "下旬", "度"] {
        if text.has(end, word) {
            end += word.chars().count();
            break;
        }
    }
    Some(at..end)
}

/// 2025-03-12, 2025/3/12, 2025.3.12, and the span of years 2025-2027.
fn numeric(text: &Text, at: usize) -> Option<Range<usize>> {
    let mut end = at;
    let mut n_parts = 0;
    loop {
        let n = text.chars[end..].iter().take(5).take_while(|c| c.is_ascii_digit()).count();
        if n == 0 {
            break;
        }
        n_parts += 1;
        end += n;
        if n_parts < 3
            && matches!(text.chars.get(end), Some('-' | '/' | '.'))
            && text.chars.get(end + 1).is_some_and(char::is_ascii_digit)
        {
            end += 1;
        } else {
            break;
        }
    }
    let years = n_parts == 2 && is_year(text, at) && is_year(text, end - 4.min(end));
    (n_parts == 3 || years).then_some(at..end + usize::from(text.has(end, "年")))
}

fn is_year(text: &Text, at: usize) -> bool {
    (text.has(at, "19") || text.has(at, "20"))
        && text.chars[at..].iter().take(4).filter(|c| c.is_ascii_digit()).count() == 4
}

fn loose_year(text: &Text, end: usize) -> bool {
    ["工作", "年度", "版"].iter().any(|word| text.has(end, word))
}

/// What a grade, a place in a ranking or a part of a year is called.
const AFTER_GRADE: &[&str] = &[
    "级",
    "甲",
    "乙",
    "等",
    "季度",
    "期工程",
    "期项目",
    "期建设",
    "号",
    "届",
    "度",
    "型",
    "代",
    "楼",
    "室",
    "时代",
    "标段",
    "热线",
    "专线",
];

/// True when what follows makes the number a grade or a name.
pub fn is_grade(text: &Text, end: usize) -> bool {
    AFTER_GRADE.iter().any(|word| text.has(end, word))
}
