//! By what can any indicator be broken down, without its author having thought of it?
//!
//! Whatever names a resident can be told apart by sex, age and category; whatever has a day, by time.

use crate::engine::Engine;
use crate::ground::Ground;
use base::Period;
use base::period::Length;
use pack::sql::{Compiler, engine_name, quote_text};

/// Ages at which the bands of the basic public health services begin: children under 7, pupils, adults, those from 35
/// on (screened for blood pressure), the elderly from 65 on (国家基本公共卫生服务规范（第三版）).
pub const AGE_BANDS: [u8; 5] = [0, 7, 15, 35, 65];

/// A breakdown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The resident's sex, as a code of the list `sex`.
    Sex,
    /// The resident's age in completed years on the cohort's `age_on`, else on the period's last day, in bands that
    /// begin at these ages.
    Age(Vec<u8>),
    /// The resident's categories (`resident_status`) on the row's day. Somebody may have several of them or none, so
    /// these cells need not sum to the whole.
    Category,
    /// The period of this length in which the row's `on_date` lies.
    Time(Length),
}

impl Dimension {
    /// The dimension a word names: `sex`, `age`, `age:0,18,60`, `category`, `day`, `week`, `month`, `quarter`.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word.split_once(':') {
            None if word == "sex" => Self::Sex,
            None if word == "age" => Self::Age(AGE_BANDS.to_vec()),
            None if word == "category" => Self::Category,
            None => Self::Time(Length::from_word(word)?),
            Some(("age", starts)) => {
                let starts: Vec<u8> = starts.split(',').map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
                if !starts.windows(2).all(|pair| pair[0] < pair[1]) {
                    return None;
                }
                Self::Age(starts)
            }
            Some(_) => return None,
        })
    }

    /// The name of its column in cells.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sex => "sex",
            Self::Age(_) => "age",
            Self::Category => "category",
            Self::Time(Length::Day) => "day",
            Self::Time(Length::Week) => "week",
            Self::Time(Length::Month) => "month",
            Self::Time(Length::Quarter) => "quarter",
            Self::Time(Length::Half) => "half",
            Self::Time(Length::Year) => "year",
        }
    }

    /// False when one row may stand in several cells or in none.
    pub fn is_partition(&self) -> bool {
        !matches!(self, Self::Category)
    }
}

/// Breaks rows down: the ground with one more breakdown column for each dimension. `None` when its rows do not say
/// enough: no resident, no day.
pub(crate) fn broken_down(
    compiler: &mut Compiler<'_>,
    snapshot: &dyn Engine,
    mut ground: Ground,
    by: &[Dimension],
    period: Period,
) -> Option<Ground> {
    let last_day = format!("DATE '{}'", period.last_day());
    let mut joins = String::new();
    if by.iter().any(|dimension| matches!(dimension, Dimension::Sex | Dimension::Age(_))) {
        snapshot.catalog().register("resident")?;
        let people = compiler.register("resident");
        let resident = ground.resident.as_ref()?;
        joins.push_str(&format!(
            " LEFT JOIN (SELECT id AS p_id_, sex AS p_sex_, birth_on AS p_birth_on_ FROM {people}) AS p_ ON p_.p_id_ = {resident}"
        ));
    }
    if by.contains(&Dimension::Category) {
        snapshot.catalog().register("resident_status")?;
        let statuses = compiler.register("resident_status");
        let resident = ground.resident.as_ref()?;
        let day = ground.on_date.clone().unwrap_or_else(|| last_day.clone());
        joins.push_str(&format!(
            " LEFT JOIN (SELECT resident AS s_resident_, status AS s_status_, started_on AS s_from_, ended_on AS s_until_ \
             FROM {statuses}) AS s_ ON s_.s_resident_ = {resident} AND s_.s_from_ <= {day} \
             AND (s_.s_until_ IS NULL OR s_.s_until_ > {day})"
        ));
    }
    for dimension in by {
        ground.by.push(match dimension {
            Dimension::Sex => "coalesce(p_sex_, '0')".into(),
            Dimension::Age(starts) => band(starts, ground.age_on.as_ref().unwrap_or(&last_day)),
            Dimension::Category => "coalesce(s_status_, '')".into(),
            Dimension::Time(length) => name_of_period(*length, ground.on_date.as_ref()?),
        });
    }
    if !joins.is_empty() {
        ground.from = format!("(SELECT * FROM {} AS x_{joins})", ground.from);
    }
    Some(ground)
}

/// `0-6`, `65+`; empty for an unknown birth date.
fn band(starts: &[u8], day: &str) -> String {
    let age = format!("{}(p_birth_on_, {day})", engine_name("age"));
    let mut branches = String::new();
    for (n, start) in starts.iter().enumerate() {
        match starts.get(n + 1) {
            Some(next) if start + 1 == *next => branches.push_str(&format!(" WHEN {age} < {next} THEN '{start}'")),
            Some(next) => branches.push_str(&format!(" WHEN {age} < {next} THEN '{start}-{}'", next - 1)),
            None => branches.push_str(&format!(" WHEN {age} >= {start} THEN '{start}+'")),
        }
    }
    let first = starts.first().copied().unwrap_or(0);
    format!("CASE WHEN p_birth_on_ IS NULL THEN '' WHEN {age} < {first} THEN '<{first}'{branches} ELSE '' END")
}

/// The period in which a day lies, written as [`Period`] prints it.
fn name_of_period(length: Length, day: &str) -> String {
    let half = format!("year({day}) || {} || CASE WHEN month({day}) <= 6 THEN 1 ELSE 2 END", quote_text("H"));
    match length {
        Length::Day => format!("strftime({day}, '%Y-%m-%d')"),
        Length::Week => format!("strftime({day}, '%G-W%V')"),
        Length::Month => format!("strftime({day}, '%Y-%m')"),
        Length::Quarter => format!("year({day}) || 'Q' || quarter({day})"),
        Length::Half => half,
        Length::Year => format!("strftime({day}, '%Y')"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_name_dimensions() {
        assert_eq!(Dimension::from_word("sex"), Some(Dimension::Sex));
        assert_eq!(Dimension::from_word("age:0,18,60"), Some(Dimension::Age(vec![0, 18, 60])));
        assert_eq!(Dimension::from_word("month"), Some(Dimension::Time(Length::Month)));
        for nonsense in ["age:", "age:18,0", "age:300", "sex:1", "decade", ""] {
            assert_eq!(Dimension::from_word(nonsense), None, "{nonsense}");
        }
    }
}
