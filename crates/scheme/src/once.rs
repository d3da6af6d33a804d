//! Which rows would pay the same thing twice, or in a period in which the scheme does not pay?

use crate::bill::Bill;
use crate::edition::Compiled;
use crate::plan::Refused;
use base::Date;
use pack::model::Every;
use serde_json::Value;
use std::collections::BTreeMap;

/// The refusals among rows, by their place. The first of several in order of settlement is paid.
pub(crate) fn refusals(compiled: &Compiled, bills: &[Bill]) -> BTreeMap<usize, Refused> {
    let mut order: Vec<usize> = (0..bills.len()).collect();
    order.sort_by(|a, b| (&bills[*a].at, &bills[*a].id).cmp(&(&bills[*b].at, &bills[*b].id)));
    let mut first: BTreeMap<Vec<String>, &str> = BTreeMap::new();
    let mut refused = BTreeMap::new();
    for n in order {
        let bill = &bills[n];
        let (period, number) = period_of(compiled.every, bill.on_date);
        if !compiled.only_in.is_empty() && !compiled.only_in.contains(&number) {
            let zh =
                format!("{}只在第{:?}期支付，{}属于第{number}期", compiled.title.zh, compiled.only_in, bill.on_date);
            let en =
                format!("{} pays in periods {:?}, and {} is in {number}", compiled.id, compiled.only_in, bill.on_date);
            refused.insert(n, Refused::new("not-this-period", zh, en));
            continue;
        }
        let mut key = vec![period];
        key.extend(compiled.once.iter().map(|column| shown(bill, column)));
        if let Some(before) = first.get(&key) {
            let zh = format!("与{before}重复：{}在同一期只支付一次", compiled.title.zh);
            let en = format!("{before} was paid already: {} pays once in a period", compiled.id);
            refused.insert(n, Refused::new("paid-twice", zh, en));
        } else {
            first.insert(key, &bill.id);
        }
    }
    refused
}

fn shown(bill: &Bill, column: &str) -> String {
    match bill.body.get(column) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// The period a day falls into, and its number in the year.
fn period_of(every: Every, day: Date) -> (String, i64) {
    let (year, month) = (day.year(), i64::from(day.month()));
    match every {
        Every::Record => (String::new(), 1),
        Every::Month => (format!("{year}-{month}"), month),
        Every::Quarter => (format!("{year}Q{}", (month + 2) / 3), (month + 2) / 3),
        Every::Year => (year.to_string(), 1),
    }
}
