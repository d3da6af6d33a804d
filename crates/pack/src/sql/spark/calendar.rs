//! Working days without a table of days: weeks are counted, the list `holiday` stands in the statement.

use super::NotOnCluster;
use super::build::template;
use crate::catalog::Catalog;
use crate::model::Scalar;
use base::Date;
use sqlparser::ast::Expr;
use std::collections::BTreeMap;

/// A Monday before the first day of the calendar.
const MONDAY: &str = "1949-09-26";

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
    let days: Vec<String> = days.iter().map(|day| format!("DATE '{day}'")).collect();
    format!(" {sign} size(filter(array({}), h_ -> h_ <= d_))", days.join(", "))
}
