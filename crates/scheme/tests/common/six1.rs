//! The bills of SIX-1, made as `bench/six1/gen.py` makes them, and the pack read from its folder.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use pack::{Catalog, Folder};
use scheme::Compiled;
use std::path::Path;

/// Columns in the order of the program's inputs are found by name; amounts in fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    pub level: i64,
    pub category: i64,
    pub total: i64,
    pub out_cat: i64,
    pub pre_pay: i64,
    pub basic_paid: i64,
    pub burden: i64,
    pub assist_paid: i64,
}

impl Claim {
    /// A column by the name the pack gives it.
    pub fn get(&self, name: &str) -> i64 {
        match name {
            "level" => self.level,
            "category" => self.category,
            "total" => self.total,
            "out_cat" => self.out_cat,
            "pre_pay" => self.pre_pay,
            other => panic!("SIX-1 has no column {other}"),
        }
    }
}

fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn hash(i: u64, j: u64) -> u64 {
    mix(i.wrapping_mul(16).wrapping_add(j).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(20_240_501))
}

/// The claim with that number.
pub fn claim(i: u64) -> Claim {
    let m = |j: u64, k: u64| (hash(i, j) % k) as i64;
    let level = match m(0, 10) {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    let span = [400_000, 3_000_000, 20_000_000][level as usize];
    let total = 50_000 + m(1, span);
    let category = match m(4, 100) {
        0..70 => 0,
        70..82 => 1,
        82..95 => 2,
        _ => 3,
    };
    Claim {
        level,
        category,
        total,
        out_cat: total * m(2, 2001) / 10_000,
        pre_pay: total * m(3, 801) / 10_000,
        basic_paid: if m(5, 10) < 7 { 0 } else { m(6, 12_000_000) },
        burden: if m(7, 10) < 7 { 0 } else { m(8, 6_000_000) },
        assist_paid: if m(9, 10) < 8 { 0 } else { m(10, 4_000_000) },
    }
}

/// The pack of the benchmark, checked.
pub fn catalog() -> Catalog {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench/six1/pack");
    let text = std::fs::read_to_string(dir.join("pack.yaml")).unwrap();
    let folder = Folder { id: "six1".into(), files: vec![("bench/six1/pack/pack.yaml".into(), text)] };
    let (catalog, found) = pack::load(&[folder], None);
    let errors: Vec<_> = found.iter().filter(|d| d.is_error()).map(|d| format!("{}: {}", d.code, d.message)).collect();
    assert!(errors.is_empty(), "{errors:?}");
    catalog
}

/// The scheme, lowered.
pub fn compiled(catalog: &Catalog) -> Compiled {
    Compiled::of(catalog, "six1").unwrap_or_else(|found| panic!("{found:?}"))
}

/// The reference: `bench/six1/exact.py` in whole fen.
pub fn exact(c: &Claim) -> [i64; 7] {
    let pct = |x: i64, p: i64| (x * p + 50) / 100;
    let poor = c.category > 0;
    let policy = c.total - c.out_cat - c.pre_pay;
    let deduct = if c.category == 3 { 0 } else { [10_000, 40_000, 80_000][c.level as usize] };
    let rate = [90, 80, 60][c.level as usize] + if poor { [5, 5, 0][c.level as usize] } else { 0 };
    let p1 = pct((policy - deduct).max(0), rate).min((15_000_000 - c.basic_paid).max(0));
    let base2 = policy - p1;
    let (start, plus) = if poor { (600_000, 5) } else { (1_200_000, 0) };
    let f = |x: i64| {
        let over = (x - start).max(0);
        let (a, b, d) = (over.min(5_000_000), (over - 5_000_000).clamp(0, 5_000_000), (over - 10_000_000).max(0));
        (a * (60 + plus) + b * (70 + plus) + d * (80 + plus) + 50) / 100
    };
    let before = f(c.burden);
    let mut p2 = f(c.burden + base2) - before;
    if !poor {
        p2 = p2.min((30_000_000 - before).max(0));
    }
    let p3 = if poor { pct(base2 - p2, 50).min(2_000_000) } else { 0 };
    let base4 = base2 - p2 - p3;
    let (r4, d4) = ([0, 60, 70, 100][c.category as usize], [0, 200_000, 0, 0][c.category as usize]);
    let p4 = pct((base4 - d4).max(0), r4).min((5_000_000 - c.assist_paid).max(0));
    let allowed = [5, 8, 100][c.level as usize];
    let p5 = if poor { (c.out_cat - pct(c.total, allowed)).max(0) } else { 0 };
    let left = c.total - p1 - p2 - p3 - p4 - p5;
    let p6 = if poor && c.level < 2 { (left - pct(c.total, 10)).max(0) } else { 0 };
    [p1, p2, p3, p4, p5, p6, left - p6]
}
