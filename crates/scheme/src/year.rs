//! How does a year of many people go through the same program?
//!
//! Each person's first bills go together, then the second ones, so that sums carry. The order inside a year is the
//! order of settlement, never the order of arrival: a late bill, or one that is taken back, replays that person's year
//! and only the differences are booked.

use crate::bill::Bill;
use crate::edition::Compiled;
use crate::machine::{LANES, Machine};
use crate::plan::{Plan, Refused, read_plan};
use base::Date;
use pack::Catalog;
use std::collections::BTreeMap;

/// A person's year: the sums before its first bill, and its bills.
#[derive(Debug, Clone, Default)]
pub struct PersonYear {
    /// Sums carried over from elsewhere; nothing when empty.
    pub opening: Vec<i64>,
    /// Bills, in any order.
    pub bills: Vec<Bill>,
}

/// What one bill comes to in its year.
pub type Settled = (Bill, Result<Plan, Refused>);

/// Plans every bill of many people's years. The answer is ordered by person, year, time of settlement and id, whatever
/// the order of arrival.
pub fn settle(catalog: &Catalog, compiled: &Compiled, bills: Vec<Bill>, known_on: Date) -> Vec<Settled> {
    let mut years: BTreeMap<(Option<String>, i16), PersonYear> = BTreeMap::new();
    let mut settled = Vec::new();
    let mut refusals = crate::once::refusals(compiled, &bills);
    for (n, bill) in bills.into_iter().enumerate() {
        if let Some(refused) = refusals.remove(&n) {
            settled.push((bill, Err(refused)));
            continue;
        }
        // Without a resident there is no year to carry sums in, so each bill stands for itself.
        let key = bill.resident.clone().or_else(|| Some(format!("\u{0}{}", bill.id)));
        years.entry((key, bill.on_date.year())).or_default().bills.push(bill);
    }
    let mut persons: Vec<PersonYear> = years.into_values().collect();
    for group in persons.chunks_mut(LANES) {
        settled.extend(settle_group(catalog, compiled, group, known_on));
    }
    settled.sort_by(|(a, _), (b, _)| order(a).cmp(&order(b)));
    settled
}

fn order(bill: &Bill) -> (&Option<String>, i16, &str, &str) {
    (&bill.resident, bill.on_date.year(), &bill.at, &bill.id)
}

fn settle_group(catalog: &Catalog, compiled: &Compiled, group: &mut [PersonYear], known_on: Date) -> Vec<Settled> {
    for person in group.iter_mut() {
        person.bills.sort_by(|a, b| (&a.at, &a.id).cmp(&(&b.at, &b.id)));
    }
    let n_sums = compiled.resolved.sums.len();
    let mut sums: Vec<Vec<i64>> = group.iter().map(|person| opening(person, n_sums)).collect();
    let mut answers: Vec<Vec<Settled>> = group.iter().map(|_| Vec::new()).collect();
    let longest = group.iter().map(|person| person.bills.len()).max().unwrap_or(0);
    for k in 0..longest {
        let mut waiting: Vec<usize> = (0..group.len()).filter(|p| k < group[*p].bills.len()).collect();
        // Bills of one wave may fall into different editions; each edition is one run.
        while let Some(first) = waiting.first().copied() {
            let day = group[first].bills[k].on_date;
            let (now, later): (Vec<usize>, Vec<usize>) = waiting.into_iter().partition(|p| match compiled.on(day) {
                Ok(program) => program.holds_on(group[*p].bills[k].on_date),
                Err(_) => *p == first,
            });
            waiting = later;
            wave(catalog, compiled, group, &now, k, &mut sums, &mut answers, known_on);
        }
    }
    answers.into_iter().flatten().collect()
}

fn opening(person: &PersonYear, n_sums: usize) -> Vec<i64> {
    let mut sums = person.opening.clone();
    sums.resize(n_sums, 0);
    sums
}

#[allow(clippy::too_many_arguments, reason = "the state of one wave, used here only")]
fn wave(
    catalog: &Catalog,
    compiled: &Compiled,
    group: &[PersonYear],
    now: &[usize],
    k: usize,
    sums: &mut [Vec<i64>],
    answers: &mut [Vec<Settled>],
    known_on: Date,
) {
    let program = match compiled.on(group[now[0]].bills[k].on_date) {
        Ok(program) => program,
        Err(refused) => {
            for p in now {
                answers[*p].push((group[*p].bills[k].clone(), Err(refused.clone())));
            }
            return;
        }
    };
    let mut machine = Machine::with_lanes(program, now.len());
    let mut lanes = Vec::new();
    for p in now {
        let bill = &group[*p].bills[k];
        let carried = bill.opening(program).map(|carried| {
            // What the bill itself brings from elsewhere holds for the first bill of the year.
            if k == 0 { sums[*p].iter().zip(&carried).map(|(a, b)| a + b).collect() } else { sums[*p].clone() }
        });
        match carried.and_then(|before: Vec<i64>| Ok((bill.row(catalog, program)?, before))) {
            Ok((row, before)) => {
                machine.load(lanes.len(), &row, &before);
                sums[*p] = before;
                lanes.push(*p);
            }
            Err(refused) => answers[*p].push((bill.clone(), Err(refused))),
        }
    }
    machine.run(lanes.len());
    for (lane, p) in lanes.iter().enumerate() {
        let bill = &group[*p].bills[k];
        let plan = read_plan(catalog, compiled, &machine, lane, bill, &sums[*p], known_on);
        if let Ok(plan) = &plan {
            sums[*p] = plan.sums.iter().map(|(_, _, after)| *after).collect();
        }
        answers[*p].push((bill.clone(), plan));
    }
}

/// What replaying a year changed for one step of one bill. Amounts in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The bill.
    pub bill: String,
    /// The step, or `rest`.
    pub step: String,
    /// The fund; empty for `rest`.
    pub fund: String,
    /// Paid before.
    pub before: i64,
    /// Paid now.
    pub after: i64,
}

/// What changed between two settlements of the same people's years.
pub fn differences(before: &[Settled], after: &[Settled]) -> Vec<Difference> {
    let mut amounts: BTreeMap<(String, String), (String, i64, i64)> = BTreeMap::new();
    for (settled, is_after) in before.iter().map(|s| (s, false)).chain(after.iter().map(|s| (s, true))) {
        let (bill, Ok(plan)) = settled else { continue };
        let lines = plan.lines.iter().map(|line| (line.step.clone(), line.fund.clone(), line.paid));
        let rest = plan.rest.map(|rest| ("rest".to_string(), String::new(), rest));
        for (step, fund, amount) in lines.chain(rest) {
            let entry = amounts.entry((bill.id.clone(), step)).or_insert((fund, 0, 0));
            if is_after {
                entry.2 = amount;
            } else {
                entry.1 = amount;
            }
        }
    }
    let changed = amounts.into_iter().filter(|(_, (_, before, after))| before != after);
    changed.map(|((bill, step), (fund, before, after))| Difference { bill, step, fund, before, after }).collect()
}
