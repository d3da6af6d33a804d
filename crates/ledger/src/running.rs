//! What did an account hold at the end of any day?
//!
//! The balance stands beside every day on which the account moved, so a question about any past day is one look-up
//! among those days and adds nothing up.

use base::Date;

/// The running balance of one account: days in order, each with the balance at its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Running {
    days: Vec<(Date, i64)>,
}

impl Running {
    /// The balance at the end of a day; nothing before the first one.
    pub fn at(&self, day: Date) -> i64 {
        let after = self.days.partition_point(|(known, _)| *known <= day);
        after.checked_sub(1).map_or(0, |n| self.days[n].1)
    }

    /// The balance after everything.
    pub fn last(&self) -> i64 {
        self.days.last().map_or(0, |(_, balance)| *balance)
    }

    /// The lowest balance from a day on, with its day.
    pub fn lowest_from(&self, day: Date) -> (Date, i64) {
        let first = (day, self.at(day));
        let after = self.days.partition_point(|(known, _)| *known <= day);
        self.days[after..].iter().copied().fold(first, |low, next| if next.1 < low.1 { next } else { low })
    }

    /// Adds an amount on a day; days after it move along. `None` when a balance would not fit.
    pub fn add(&mut self, day: Date, amount: i64) -> Option<()> {
        let n = self.days.partition_point(|(known, _)| *known < day);
        if self.days[n..].iter().any(|(_, balance)| balance.checked_add(amount).is_none()) {
            return None;
        }
        if self.days.get(n).is_none_or(|(known, _)| *known != day) {
            let before = n.checked_sub(1).map_or(0, |n| self.days[n].1);
            before.checked_add(amount)?;
            self.days.insert(n, (day, before));
        }
        for (_, balance) in &mut self.days[n..] {
            *balance += amount;
        }
        Some(())
    }

    /// The days on which it moved.
    pub fn days(&self) -> &[(Date, i64)] {
        &self.days
    }
}
