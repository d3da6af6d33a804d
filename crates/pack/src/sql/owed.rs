//! Who owes a statement for which period, and has it been filed?
//!
//! The relation `NAME_due` of a statement `NAME`: a row for every organisation and period that owes one, with
//! `due_on`, and with `filed_on` when it was filed. A statement that says zero is filed like any other.

use super::compile::{Moment, Relations};
use super::row::RowScope;
use crate::catalog::Catalog;
use crate::model::Register;
use base::period::Length;
use base::{Date, Diagnostic, Period};
use jiff::ToSpan;

/// Without a period the question is what is owed now: periods that were running within so many months before.
const MONTHS_BACK: i16 = 12;

/// The statement whose `NAME_due` a relation is.
pub fn owing_register<'a>(catalog: &'a Catalog, relation: &str) -> Option<&'a Register> {
    if catalog.register(relation).is_some() || catalog.list(relation).is_some() {
        return None;
    }
    catalog.register(relation.strip_suffix("_due")?).filter(|register| register.statement.is_some())
}

/// The relation `NAME_due` as a SELECT: `id`, `org`, `institution`, `period_from`, `period_until`, `due_on`,
/// `statement` and `filed_on`, the last two empty when nothing was filed. Asked for a period, it has the statements
/// whose own period lies in it; without one, those of the twelve months before `as_of` and of the period under way.
///
/// # Errors
/// The mistake in `who` or `due`, at its place.
pub fn owed_sql(
    catalog: &Catalog,
    relations: &dyn Relations,
    register: &Register,
    moment: Moment,
) -> Result<String, Diagnostic> {
    let (Some(owed), Some(institution)) = (&register.statement, catalog.register("institution")) else {
        let message =
            format!("{} is owed by institutions, and these packs have no register \"institution\"", register.common.id);
        return Err(Diagnostic::error("unknown-register", register.common.span, message));
    };
    let pack = &register.common.pack;
    let mut scope = RowScope::new(catalog, relations, institution).owing();
    let who = scope.lower_in(pack, &owed.who)?;
    let due = scope.lower_in(pack, &owed.due)?;
    let from = scope.from_clause(&relations.register("institution"));
    let periods = periods(owed.every, moment);
    let periods = if periods.is_empty() {
        "(SELECT CAST(NULL AS DATE), CAST(NULL AS DATE) WHERE FALSE)".to_string()
    } else {
        let rows: Vec<String> = periods.iter().map(|(a, b)| format!("(DATE '{a}', DATE '{b}')")).collect();
        format!("(VALUES {})", rows.join(", "))
    };
    let mut held = vec![
        format!("coalesce({who}, FALSE)"),
        "(t.started_on IS NULL OR t.started_on < p.period_until)".to_string(),
        "(t.ended_on IS NULL OR t.ended_on > p.period_from)".to_string(),
    ];
    held.extend(register.common.since.map(|since| format!("p.period_from >= DATE '{since}'")));
    held.extend(register.common.until.map(|until| format!("p.period_from <= DATE '{until}'")));
    let filed = format!(
        "(SELECT s.institution, s.period_from, s.period_until, min(s.id) AS statement, min(s.filed_on) AS filed_on \
         FROM {} AS s GROUP BY ALL)",
        relations.register(&register.common.id)
    );
    Ok(format!(
        "SELECT concat(o.institution, '/', o.period_from) AS id, o.org, o.institution, o.period_from, o.period_until, \
         o.due_on, f.statement, f.filed_on FROM (SELECT t.org, t.id AS institution, p.period_from, p.period_until, \
         CAST({due} AS DATE) AS due_on FROM {periods} AS p(period_from, period_until) CROSS JOIN {from} WHERE {held}) AS o \
         LEFT JOIN {filed} AS f ON f.institution = o.institution AND f.period_from = o.period_from \
         AND f.period_until = o.period_until",
        held = held.join(" AND ")
    ))
}

/// The periods for which a statement may be owed, each with its first day and the first day after.
fn periods(every: Length, moment: Moment) -> Vec<(Date, Date)> {
    let (after, until) = match moment.period {
        Some(period) => (period.from, period.until),
        None => (moment.as_of.saturating_sub(MONTHS_BACK.months()), moment.as_of.saturating_add(1.day())),
    };
    let mut found = Vec::new();
    let mut from = first_day(every, after);
    while from < until {
        let next = step(every, from);
        // A period asked for has whole statements only; the statement under way is owed though it is not over.
        let lies_in = moment.period.is_none_or(|period| from >= period.from && next <= period.until);
        if lies_in && next > after {
            found.push((from, next));
        }
        if next <= from {
            break;
        }
        from = next;
    }
    found
}

/// The first day of the period a day lies in.
fn first_day(every: Length, day: Date) -> Date {
    Period::around(day, every).map_or(day, |period| period.from)
}

/// The first day after the period a day lies in.
fn step(every: Length, day: Date) -> Date {
    Period::around(day, every).map_or(day, |period| period.until)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use base::Period;

    fn asked(every: Length, period: Option<&str>, as_of: &str) -> (String, String, usize) {
        let period = period.map(|text| Period::parse(text).unwrap());
        let found = periods(every, Moment { period, as_of: as_of.parse().unwrap() });
        (found[0].0.to_string(), found[found.len() - 1].1.to_string(), found.len())
    }

    #[test]
    fn a_year_has_twelve_months_and_a_question_without_period_looks_twelve_months_back() {
        assert_eq!(asked(Length::Month, Some("2025"), "2026-03-01"), ("2025-01-01".into(), "2026-01-01".into(), 12));
        assert_eq!(asked(Length::Month, None, "2026-02-10"), ("2025-02-01".into(), "2026-03-01".into(), 13));
        // Last year's annual statement is due in January and still owed in February.
        assert_eq!(asked(Length::Year, None, "2026-02-10"), ("2025-01-01".into(), "2027-01-01".into(), 2));
        assert_eq!(asked(Length::Quarter, Some("2025H2"), "2026-02-10").2, 2);
        assert_eq!(asked(Length::Day, Some("2024-02"), "2026-02-10").2, 29);
    }

    #[test]
    fn a_month_asked_for_has_no_annual_statement() {
        let period = Some(Period::parse("2025-01").unwrap());
        assert!(periods(Length::Year, Moment { period, as_of: "2026-01-01".parse().unwrap() }).is_empty());
    }
}
