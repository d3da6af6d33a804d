//! Does the benchmark's scheme, written as an ordinary pack, give the exact sums?
#![allow(clippy::unwrap_used)]

#[path = "common/six1.rs"]
mod six1;

use base::Date;
use scheme::{LANES, Machine, Program};

/// The sums of `payments.md`, in fen: six layers and the person.
const SUMS: [i128; 7] =
    [1_493_130_143_912, 397_645_077_685, 56_065_581_043, 33_969_647_629, 8_384_151_027, 8_088_505_773, 731_427_114_364];

fn amounts(machine: &Machine<'_>, lane: usize) -> [i64; 7] {
    let program = machine.program();
    let mut amounts = [0; 7];
    for (amount, step) in amounts.iter_mut().zip(&program.steps) {
        *amount = machine.get(step.paid, lane);
    }
    amounts[6] = machine.get(program.rest.unwrap(), lane);
    amounts
}

fn load(machine: &mut Machine<'_>, program: &Program, lane: usize, claim: &six1::Claim, sums: [i64; 3]) {
    let row: Vec<i64> = program.inputs.iter().map(|input| claim.get(&input.name)).collect();
    machine.load(lane, &row, &sums);
}

fn day() -> Date {
    "2024-05-01".parse().unwrap()
}

#[test]
fn a_million_bills_come_to_the_exact_sums() {
    let catalog = six1::catalog();
    let compiled = six1::compiled(&catalog);
    let program = compiled.on(day()).unwrap();
    assert!(!program.wide, "everything fits 64 bits");
    let mut machine = Machine::new(program);
    let mut sums = [0_i128; 7];
    for first in (0..1_000_000_u64).step_by(LANES) {
        let n = LANES.min((1_000_000 - first) as usize);
        for lane in 0..n {
            let claim = six1::claim(first + lane as u64);
            load(&mut machine, program, lane, &claim, [claim.basic_paid, claim.burden, claim.assist_paid]);
        }
        machine.run(n);
        assert_eq!(machine.total(program.sound, n), n as i128);
        for (sum, step) in sums.iter_mut().zip(&program.steps) {
            *sum += machine.total(step.paid, n);
        }
        sums[6] += machine.total(program.rest.unwrap(), n);
    }
    assert_eq!(sums, SUMS);
}

#[test]
fn every_bill_of_a_year_is_the_reference_to_the_fen() {
    let catalog = six1::catalog();
    let compiled = six1::compiled(&catalog);
    let program = compiled.on(day()).unwrap();
    let mut machine = Machine::new(program);
    let claims: Vec<_> = (0..LANES as u64).map(six1::claim).collect();
    let mut expected = claims.clone();
    for (lane, claim) in claims.iter().enumerate() {
        load(&mut machine, program, lane, claim, [0; 3]);
        (expected[lane].basic_paid, expected[lane].burden, expected[lane].assist_paid) = (0, 0, 0);
    }
    for month in 1..=12 {
        machine.run(LANES);
        for (lane, claim) in expected.iter_mut().enumerate() {
            let exact = six1::exact(claim);
            assert_eq!(amounts(&machine, lane), exact, "person {lane}, bill {month}");
            claim.basic_paid += exact[0];
            claim.burden += claim.total - claim.out_cat - claim.pre_pay - exact[0];
            claim.assist_paid += exact[3];
        }
        machine.carry(LANES);
    }
}

#[test]
fn one_bill_alone_is_the_bill_of_the_batch() {
    let catalog = six1::catalog();
    let compiled = six1::compiled(&catalog);
    let program = compiled.on(day()).unwrap();
    let mut alone = Machine::new(program);
    for n in 0..2_000 {
        let claim = six1::claim(n);
        load(&mut alone, program, 0, &claim, [claim.basic_paid, claim.burden, claim.assist_paid]);
        alone.run(1);
        assert_eq!(amounts(&alone, 0), six1::exact(&claim), "bill {n}");
    }
}
