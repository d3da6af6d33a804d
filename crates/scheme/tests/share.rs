//! Do the parts of a pool make the pool, whoever shares it?
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use scheme::{Sharer, divide};

fn sharer(id: &str, weights: &[i64]) -> Sharer {
    Sharer { id: id.into(), weights: weights.to_vec(), floor: 0, ceiling: None }
}

#[test]
fn the_fen_that_remain_go_to_the_largest_remainders_then_by_id() {
    let three = [sharer("a", &[1]), sharer("b", &[1]), sharer("c", &[1])];
    assert_eq!(divide(100, &[1], &three).unwrap(), [34, 33, 33]);
    assert_eq!(divide(101, &[1], &three).unwrap(), [34, 34, 33]);
    let uneven = [sharer("a", &[2]), sharer("b", &[3]), sharer("c", &[2])];
    assert_eq!(divide(10, &[1], &uneven).unwrap(), [3, 4, 3]);
}

#[test]
fn each_kind_of_weight_is_normalised_before_it_is_mixed() {
    // 60 % by people (1 : 3), 40 % by work (30 : 10): 0.6 × ¼ + 0.4 × ¾ = 0.45.
    let two = [sharer("a", &[1_000, 30]), sharer("b", &[3_000, 10])];
    assert_eq!(divide(10_000, &[60, 40], &two).unwrap(), [4_500, 5_500]);
}

#[test]
fn floors_come_first_and_ceilings_send_the_rest_on() {
    let mut two = [sharer("a", &[1]), sharer("b", &[9])];
    two[0].floor = 30;
    assert_eq!(divide(100, &[1], &two).unwrap(), [30, 70]);
    two[0].floor = 0;
    two[1].ceiling = Some(60);
    assert_eq!(divide(100, &[1], &two).unwrap(), [40, 60]);
    two[0].floor = 101;
    assert_eq!(divide(100, &[1], &two).unwrap_err().code, "pool-too-small-for-floors");
    assert_eq!(divide(100, &[1], &[sharer("a", &[0])]).unwrap_err().code, "no-weight");
}

proptest! {
    #[test]
    fn parts_make_the_pool(
        pool in 0..1_000_000_000_i64,
        weights in proptest::collection::vec((0..100_000_i64, 0..5_000_i64), 1..40),
    ) {
        let sharers: Vec<Sharer> =
            weights.iter().enumerate().map(|(n, (a, b))| sharer(&format!("{n:02}"), &[*a, *b])).collect();
        prop_assume!(weights.iter().any(|(a, b)| a + b > 0));
        let parts = divide(pool, &[3, 2], &sharers).unwrap();
        prop_assert_eq!(parts.iter().sum::<i64>(), pool);
        prop_assert!(parts.iter().all(|part| *part >= 0));
    }
}
