//! Working days without a table of days: weeks are counted, the list `holiday` stands in the statement.

use super::NotOnCluster;
use super::build::template;
use crate::catalog::Catalog;
use crate::model::Scalar;
use base::Date;
use jiff::Span;
use sqlparser::ast::Expr;
use std::collections::BTreeMap;

/// A Monday before the first day of the calendar.
const MONDAY: Date = Date::constant(1949, 9, 26);

/// Days that differ from "Monday to Friday are worked".
pub(super) struct Calendar {
    worked: Vec<Date>,
    free: Vec<Date>,
    last_year: Option<i16>,
}

impl Calendar {
    pub(super) fn of(catalog: &Catalog) -> Self {
        // Of two rows about one day, a free one wins, as in the table.
        let mut days: BTreeMap<Date, bool> = BTreeMap::new();
        for row in catalog.list("holiday").into_iter().flat_map(|list| list.all_rows()) {
            let cell = |name: &str| row.cells.get(name).map(|cell| &cell.value);
            if let (Some(Scalar::Date(day)), Some(Scalar::Flag(working))) = (cell("day"), cell("working")) {
                days.entry(*day).and_modify(|known| *known &= working).or_insert(*working);
            }
        }
        let is_weekend = |day: &Date| day.weekday().to_monday_one_offset() > 5;
        Self {
            last_year: days.keys().next_back().map(|day| day.year()),
            worked: days.iter().filter(|(day, working)| **working && is_weekend(day)).map(|(day, _)| *day).collect(),
            free: days.iter().filter(|(day, working)| !**working && !is_weekend(day)).map(|(day, _)| *day).collect(),
        }
    }

    /// Working days in (a, b].
    pub(super) fn working_days(&self, a: &Expr, b: &Expr) -> Result<Expr, NotOnCluster> {
        template("(b_ - a_)", &[("a_", self.worked_upto(a)?), ("b_", self.worked_upto(b)?)])
    }

    /// The `n`th working day after a day; the day itself for 0.
    ///
    /// Where the list says nothing, weeks are counted. From shortly before its first day to the end of the calendar, how far
    /// away the `n`th working day is stands in the statement, three digits for each day.
    pub(super) fn add_working_days(&self, day: &Expr, n: u16) -> Result<Expr, NotOnCluster> {
        if n == 0 {
            return Ok(day.clone());
        }
        let number = format!(
            "(CAST(floor(datediff(d_, DATE '{MONDAY}') / 7.0) AS BIGINT) * 5 \
             + least(datediff(d_, DATE '{MONDAY}') % 7, 4) + {n})"
        );
        let plain = format!("date_add(DATE '{MONDAY}', CAST(floor({number} / 5.0) * 7 + {number} % 5 AS INT))");
        let Some(first) = self.worked.iter().chain(&self.free).min() else {
            return template(&plain, &[("d_", day.clone())]);
        };
        let first = first.saturating_sub(Span::new().days(2 * i32::from(n) + 10));
        let distances = self.distances(first, n);
        let text = format!(
            "CASE WHEN d_ IS NULL THEN NULL WHEN d_ < DATE '{first}' THEN {plain} \
             WHEN datediff(d_, DATE '{first}') >= {count} \
             THEN CAST(raise_error(concat('calendar-ends: the list holiday does not reach {n} working days after ', \
             CAST(d_ AS STRING))) AS DATE) \
             ELSE date_add(d_, CAST(substring('{digits}', datediff(d_, DATE '{first}') * 3 + 1, 3) AS INT)) END",
            count = distances.len(),
            digits = distances.iter().map(|distance| format!("{distance:03}")).collect::<String>(),
        );
        template(&text, &[("d_", day.clone())])
    }

    /// For each day from the first one, how many days later its `n`th working day is, as far as the calendar goes.
    fn distances(&self, first: Date, n: u16) -> Vec<usize> {
        let end = Date::constant(self.last_year.unwrap_or(2099), 12, 31);
        let days: Vec<Date> = first.series(Span::new().days(1)).take_while(|day| *day <= end).collect();
        let worked: Vec<usize> = (0..days.len()).filter(|at| self.is_worked(days[*at])).collect();
        let mut distances = Vec::new();
        for at in 0..days.len() {
            let next = worked.partition_point(|worked| *worked <= at);
            match worked.get(next + usize::from(n) - 1) {
                Some(there) => distances.push(there - at),
                None => break,
            }
        }
        distances
    }

    fn is_worked(&self, day: Date) -> bool {
        let is_weekend = day.weekday().to_monday_one_offset() > 5;
        if is_weekend { self.worked.contains(&day) } else { !self.free.contains(&day) }
    }

    /// Working days up to and including a day, from the first Monday; an error beyond the calendar.
    fn worked_upto(&self, day: &Expr) -> Result<Expr, NotOnCluster> {
        let last = self.last_year.unwrap_or(2099);
        let text = format!(
            "CASE WHEN d_ IS NULL THEN NULL \
             WHEN d_ < DATE '1949-10-01' OR d_ > DATE '{last}-12-31' \
             THEN CAST(raise_error(concat('calendar-ends: the list holiday does not reach ', CAST(d_ AS STRING))) AS BIGINT) \
             ELSE CAST(floor(datediff(d_, DATE '{MONDAY}') / 7.0) AS BIGINT) * 5 \
             + least(datediff(d_, DATE '{MONDAY}') % 7 + 1, 5){}{} END",
            counted(&self.worked, '+'),
            counted(&self.free, '-'),
        );
        template(&text, &[("d_", day.clone())])
    }
}

/// How many of these days have come, added or taken away.
fn counted(days: &[Date], sign: char) -> String {
    if days.is_empty() {
        return String::new();
    }
    format!(" {sign} size(filter(array({}), h_ -> h_ <= d_))", dates(days))
}

fn dates(days: &[Date]) -> String {
    let days: Vec<String> = days.iter().map(|day| format!("DATE '{day}'")).collect();
    days.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_distance_leads_to_the_working_day() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        // A week off with a Sunday and a Saturday worked for it.
        let calendar = Calendar {
            worked: ["2025-01-26", "2025-02-08"].map(date).to_vec(),
            free: ["2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31", "2025-02-03", "2025-02-04"]
                .map(date)
                .to_vec(),
            last_year: Some(2025),
        };
        let first = date("2025-01-24");
        let after = |day: &str, n: u16| {
            let at = usize::try_from(date(day).duration_since(first).as_hours() / 24).unwrap();
            let distances = calendar.distances(first, n);
            distances.get(at).map(|far| first.saturating_add(Span::new().days((at + far) as i64)).to_string())
        };
        for (day, n, there) in [
            ("2025-01-24", 1, Some("2025-01-26")),
            ("2025-01-25", 1, Some("2025-01-26")),
            ("2025-01-26", 1, Some("2025-01-27")),
            ("2025-01-27", 1, Some("2025-02-05")),
            ("2025-02-02", 1, Some("2025-02-05")),
            ("2025-02-07", 1, Some("2025-02-08")),
            ("2025-02-08", 1, Some("2025-02-10")),
            ("2025-01-24", 6, Some("2025-02-08")),
            ("2025-12-30", 1, Some("2025-12-31")),
            ("2025-12-31", 1, None),
        ] {
            assert_eq!(after(day, n).as_deref(), there, "{n} after {day}");
        }
    }
}
