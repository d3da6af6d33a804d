//! What moved on an account, month by month?

use crate::{AccountId, Book};
use base::{Date, Period};
use std::collections::BTreeMap;

/// One month of an account, in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementMonth {
    /// The month.
    pub period: Period,
    /// At its beginning.
    pub opening: i64,
    /// What came in.
    pub received: i64,
    /// What went out.
    pub paid: i64,
    /// At its end: opening + received − paid.
    pub closing: i64,
}

/// The months of a period in which an account moved, with their balances.
pub fn statement(book: &Book, account: &AccountId, period: Period) -> Vec<StatementMonth> {
    let mut months: BTreeMap<(i16, i8), (i64, i64)> = BTreeMap::new();
    let inside = |day: Date| period.from <= day && day < period.until;
    for set in book.sets().filter(|set| inside(set.on_date)) {
        for line in set.lines.iter().filter(|line| line.account == *account) {
            let month = months.entry((set.on_date.year(), set.on_date.month())).or_insert((0, 0));
            if line.amount > 0 {
                month.0 += line.amount;
            } else {
                month.1 -= line.amount;
            }
        }
    }
    let mut lines = Vec::new();
    for ((year, month), (received, paid)) in months {
        let Some(period) = Period::month(year, month) else { continue };
        let opening = period.from.yesterday().map_or(0, |before| book.balance_on(account, before));
        let closing = book.balance_on(account, period.last_day());
        lines.push(StatementMonth { period, opening, received, paid, closing });
    }
    lines
}
