//! Laws that hold for any sequence of batches.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::collections::BTreeMap;

use common::{New, REGISTER, append, correct, create};
use proptest::prelude::*;
use records::{Draft, FaultKind, Op};

/// What somebody tries: an operation on one of a few records, against a version that may be stale.
#[derive(Debug, Clone)]
struct Attempt {
    record: u8,
    op: Op,
    base: Option<u32>,
    value: i64,
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let op = prop_oneof![
        4 => Just(Op::Create), 4 => Just(Op::Correct), 1 => Just(Op::Withdraw),
        1 => Just(Op::Install), 1 => Just(Op::Access),
    ];
    (0..6_u8, op, prop::option::weighted(0.3, 1..4_u32), 0..1000_i64).prop_map(|(record, op, base, value)| Attempt {
        record,
        op,
        base,
        value,
    })
}

fn draft(attempt: &Attempt) -> Draft {
    let record = format!("f{}", attempt.record);
    let mut draft = match attempt.op {
        Op::Create => create(&record, attempt.value),
        _ => correct(&record, attempt.base, &[("sbp", attempt.value)]),
    };
    draft.op = attempt.op;
    draft
}

fn places_and_versions(new: New, batches: &[Vec<Attempt>]) -> Result<(), TestCaseError> {
    let place = new();
    let mut log = place.create().unwrap();
    let mut n_entries = 0;
    for batch in batches {
        let before = log.last_batch().unwrap();
        match append(&mut log, 1, batch.iter().map(draft).collect()) {
            Ok(receipt) => {
                prop_assert_eq!(receipt.first_seq, n_entries + 1);
                n_entries += batch.len() as u64;
                prop_assert_eq!(receipt.last_seq, n_entries);
            }
            // All or none.
            Err(_) => prop_assert_eq!(log.last_batch().unwrap(), before),
        }
    }
    let entries = log.entries_after(0, usize::MAX).unwrap();
    let mut latest = BTreeMap::new();
    for (entry, seq) in entries.iter().zip(1..) {
        prop_assert_eq!(entry.seq, seq);
        let version = latest.get(&entry.record).map_or(0, |seen: &(u32, u64)| seen.0);
        if entry.op.makes_version() {
            prop_assert_eq!(entry.version, version + 1);
            prop_assert_eq!(entry.prior, latest.get(&entry.record).map(|seen| seen.1));
            latest.insert(entry.record.clone(), (entry.version, entry.seq));
        } else {
            prop_assert_eq!(entry.version, version);
        }
    }
    prop_assert_eq!(entries.len() as u64, n_entries);
    for (record, (version, seq)) in &latest {
        let head = log.head(REGISTER, record).unwrap().unwrap();
        prop_assert_eq!((head.version, head.seq), (*version, *seq));
        prop_assert_eq!(log.history(REGISTER, record).unwrap().len(), *version as usize);
    }
    let report = log.verify(&mut |_| ()).unwrap();
    prop_assert!(report.is_ok(), "{}", report);
    prop_assert_eq!(report.n_records, latest.len() as u64);
    Ok(())
}

fn a_bit_is_missed(new: New, seq: u64, byte: prop::sample::Index, bit: u32) -> Result<(), TestCaseError> {
    let place = common::five_batches(new);
    let entry = place.open_read().unwrap().entries_after(seq - 1, 1).unwrap().remove(0);
    let mut bytes = entry.body.into_bytes();
    let n = byte.index(bytes.len());
    bytes[n] ^= 1 << bit;
    let body = String::from_utf8(bytes).unwrap().replace('\'', "''");
    place.edit(&format!("UPDATE entry SET body = '{body}' WHERE seq = {seq}"));
    let fault = place.verify().fault.unwrap();
    prop_assert_eq!((fault.batch, fault.kind), ((seq - 1) / 3 + 1, FaultKind::EntriesEdited));
    Ok(())
}

fn batches() -> impl Strategy<Value = Vec<Vec<Attempt>>> {
    prop::collection::vec(prop::collection::vec(attempt(), 1..5), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn places_and_versions_have_no_gap(batches in batches()) {
        places_and_versions(common::sqlite, &batches)?;
    }

    #[test]
    fn any_byte_of_any_body_is_guarded(seq in 1..16_u64, byte in any::<prop::sample::Index>(), bit in 0..7_u32) {
        a_bit_is_missed(common::sqlite, seq, byte, bit)?;
    }
}

// A schema of its own for every case takes a while.
proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn places_and_versions_have_no_gap_on_postgres(batches in batches()) {
        places_and_versions(common::postgres, &batches)?;
    }

    #[test]
    fn any_byte_of_any_body_is_guarded_on_postgres(
        seq in 1..16_u64, byte in any::<prop::sample::Index>(), bit in 0..7_u32,
    ) {
        a_bit_is_missed(common::postgres, seq, byte, bit)?;
    }
}
