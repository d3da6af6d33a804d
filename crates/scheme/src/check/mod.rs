//! Is a scheme sound in numbers: shares, overflow, exceptions, promises, and cells that no example exercises?
//!
//! Every combination of codes and flags is tried at the corners of its amounts: the ends of every range, every threshold
//! of the scheme, one fen on either side. A fixed generator adds values between them, so the same pack is judged the
//! same everywhere.

mod cells;
mod corners;

use crate::edition::Compiled;
use crate::machine::{LANES, Machine};
use crate::program::{FormTrace, Program};
use base::Diagnostic;
use corners::Corners;
use pack::Catalog;
use std::collections::BTreeSet;

/// What is wrong with the schemes of these packs, and which promises were tested, not proved.
pub fn check(catalog: &Catalog) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for scheme in catalog.packs.values().flat_map(|pack| pack.schemes.values()) {
        // Names and units are the pack crate's to judge; a scheme with such mistakes is not tried.
        let Ok(compiled) = Compiled::new(catalog, scheme) else { continue };
        for program in compiled.editions() {
            match program {
                Ok(program) => tried(program, &mut found),
                Err(diagnostic) => found.push(diagnostic.clone()),
            }
        }
        cells::check(catalog, scheme, &compiled, &mut found);
    }
    let mut said: Vec<Diagnostic> = Vec::new();
    for diagnostic in found {
        if !said.contains(&diagnostic) {
            said.push(diagnostic);
        }
    }
    said
}

/// What one run over the corners showed.
#[derive(Default)]
struct Seen {
    n_rows: usize,
    /// Steps whose share passed one, with the highest share seen.
    rates: Vec<Option<i64>>,
    /// Pairs of exceptions that met: step, first, second.
    collisions: BTreeSet<(usize, usize, usize)>,
    /// Steps that were cut by what was left.
    cut: BTreeSet<usize>,
    /// Promises that broke, with the row.
    broken: Vec<Option<String>>,
}

fn tried(program: &Program, found: &mut Vec<Diagnostic>) {
    let mut seen =
        Seen { rates: vec![None; program.steps.len()], broken: vec![None; program.promises.len()], ..Seen::default() };
    let Some(corners) = Corners::of(program) else {
        let span = program.steps.first().map(|step| step.span).unwrap_or_default();
        let message = "codes and flags make more than 4096 cases, so they cannot all be tried";
        found.push(Diagnostic::error("too-large", span, message).help("write conditions on one code field"));
        return;
    };
    let mut machine = Machine::new(program);
    let mut rows = corners.rows();
    loop {
        let n = (0..LANES).take_while(|lane| rows.next_into(&mut machine, *lane)).count();
        machine.run(n);
        (0..n).for_each(|lane| look(program, &machine, lane, &mut seen));
        if n < LANES {
            break;
        }
    }
    tell(program, &seen, found);
}

fn look(program: &Program, machine: &Machine<'_>, lane: usize, seen: &mut Seen) {
    if program.refusals.iter().any(|refusal| machine.get(refusal.refuses, lane) == 1) {
        return;
    }
    seen.n_rows += 1;
    for (n, step) in program.steps.iter().enumerate() {
        let rate = machine.get(step.rate, lane);
        if step.form == FormTrace::Part && rate > step.denominator && machine.get(step.only, lane) == 1 {
            seen.rates[n] = Some(seen.rates[n].map_or(rate, |known| known.max(rate)));
        }
        for (i, first) in step.except.iter().enumerate() {
            for (j, second) in step.except.iter().enumerate().skip(i + 1) {
                let meet = machine.get(first.applies, lane) == 1 && machine.get(second.applies, lane) == 1;
                if meet && first.keys.iter().any(|key| second.keys.contains(key)) {
                    seen.collisions.insert((n, i, j));
                }
            }
        }
        let room = step.limit.map_or(i64::MAX, |(_, room)| machine.get(room, lane));
        let left = step.left.map_or(i64::MAX, |left| machine.get(left, lane));
        if machine.get(step.only, lane) == 1 && machine.get(step.raw, lane).min(room) > left {
            seen.cut.insert(n);
        }
    }
    for (n, promise) in program.promises.iter().enumerate() {
        if seen.broken[n].is_none() && machine.get(promise.holds, lane) == 0 {
            seen.broken[n] = Some(described(program, machine, lane));
        }
    }
}

/// The columns of a row, for the person who has to see why.
fn described(program: &Program, machine: &Machine<'_>, lane: usize) -> String {
    let columns =
        program.inputs.iter().enumerate().map(|(n, input)| format!("{} {}", input.name, machine.get(n, lane)));
    let sums = program.sums.iter().enumerate().map(|(n, name)| format!("{name} {}", machine.get(machine.sum(n), lane)));
    columns.chain(sums).collect::<Vec<_>>().join(", ")
}

fn tell(program: &Program, seen: &Seen, found: &mut Vec<Diagnostic>) {
    for (step, rate) in program.steps.iter().zip(&seen.rates) {
        if let Some(rate) = rate {
            let percent = rate * 100 / step.denominator;
            let message = format!("the share of step {} can reach {percent}%", step.id);
            found.push(
                Diagnostic::error("rate-above-one", step.span, message)
                    .help("lower the rate or the addition, or exclude the case with only"),
            );
        }
    }
    for (n, i, j) in &seen.collisions {
        let step = &program.steps[*n];
        let (first, second) = (&step.except[*i], &step.except[*j]);
        let keys: Vec<&str> = first.keys.iter().filter(|key| second.keys.contains(key)).map(String::as_str).collect();
        let message =
            format!("{} and {} can both apply, and both set {}", first.name.zh, second.name.zh, keys.join(", "));
        found.push(
            Diagnostic::error("exceptions-collide", second.span, message)
                .label(first.span, "the other exception")
                .help("narrow one of the conditions, so that one of them applies"),
        );
    }
    for n in &seen.cut {
        let step = &program.steps[*n];
        let message = format!("step {} can come to more than is left of the bill, and is cut to what is left", step.id);
        found.push(Diagnostic::warning("step-over-remainder", step.span, message));
    }
    for (promise, broken) in program.promises.iter().zip(&seen.broken) {
        match broken {
            Some(row) => {
                let message =
                    format!("the promise {} breaks in a case that is allowed: {row} (amounts in fen)", promise.id);
                found.push(Diagnostic::error("promise-broken", promise.span, message));
            }
            None if !promise.proved => {
                let message = format!("the promise {} was tested on {} cases, not proved", promise.id, seen.n_rows);
                found.push(Diagnostic::note("tested-not-proved", promise.span, message));
            }
            None => {}
        }
    }
}

/// How every promise of a scheme was judged: id, proved, cases tried.
pub fn promises(program: &Program) -> Vec<(String, bool)> {
    program.promises.iter().map(|promise| (promise.id.clone(), promise.proved)).collect()
}
