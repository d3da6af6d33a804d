//! What if deliveries come twice or out of order, or the clock goes back?

use std::collections::BTreeMap;

use records::{Draft, Log, NewBatch, Op, Receipt};

use crate::world::{Dice, REGISTER, at, log_of, open_free, rounds, row};

fn delivery(n: u64, sent: u64) -> NewBatch {
    let mut draft = Draft::new(Op::Create, REGISTER, "t01");
    draft.record = Some(format!("f{n}"));
    draft.body.insert("sbp".into(), (100 + n).into());
    NewBatch::new("王强", at(sent), vec![draft]).keyed(format!("phone-7:{n}"))
}

#[test]
fn delivered_twice_and_out_of_order() {
    let mut dice = Dice::new("delivered_twice_and_out_of_order");
    let n_rounds = rounds(10);
    for _ in 0..n_rounds {
        let dir = log_of(0);
        let mut log = open_free(&dir.path().join("records.db"));
        let mut receipts: BTreeMap<u64, Receipt> = BTreeMap::new();
        for sent in 0..60 {
            let n = dice.below(20);
            let receipt = log.append(delivery(n, sent)).unwrap();
            assert_eq!(*receipts.entry(n).or_insert(receipt), receipt, "delivery {n}");
        }
        assert_eq!(log.last_seq().unwrap(), receipts.len() as u64);
        assert!(log.verify(&mut |_| ()).unwrap().is_ok());
    }
    row(
        "delivered twice, delivered late",
        "60 deliveries of 20 keyed batches in random order",
        "each is written once; every repetition gets the first receipt",
        n_rounds,
        "no record twice, no receipt differs",
    );
}

/// `at` is the writer's clock and only that; order is told by `seq`. What was known at a moment is everything up to
/// the last batch whose clock said that moment or earlier.
#[test]
fn the_clock_goes_back() {
    let mut dice = Dice::new("the_clock_goes_back");
    let n_rounds = rounds(10);
    for _ in 0..n_rounds {
        let dir = log_of(0);
        let mut log = open_free(&dir.path().join("records.db"));
        let clocks: Vec<u64> = (0..30).map(|_| dice.below(40)).collect();
        for (n, clock) in clocks.iter().enumerate() {
            let receipt = log.append(delivery(n as u64, *clock)).unwrap();
            assert_eq!(log.batch(receipt.batch).unwrap().unwrap().at, at(*clock), "the clock is kept as it was");
        }
        let mut before = 0;
        for moment in 0..41 {
            let known = log.seq_as_of(at(moment)).unwrap();
            assert!(known >= before, "less was known later");
            let last = clocks.iter().rposition(|clock| *clock <= moment).map_or(0, |n| n as u64 + 1);
            assert_eq!(known, last);
            before = known;
        }
        assert_eq!(before, 30, "everything was known in the end");
        assert!(log.verify(&mut |_| ()).unwrap().is_ok());
    }
    row(
        "the clock goes back",
        "30 batches whose clocks jump at random",
        "order is that of writing; a later question never knows less",
        n_rounds,
        "monotone at every moment",
    );
}
