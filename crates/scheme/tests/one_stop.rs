//! Does one-stop settlement give the worked example to the fen, keep its promise, and carry the year?
#![allow(clippy::unwrap_used)]

#[path = "common/packs.rs"]
mod packs;

use base::{Date, Language};
use pack::Catalog;
use proptest::prelude::*;
use scheme::{Bill, Compiled, LANES, Machine, Plan, Settled, differences, plan, plan_json, plan_text, settle};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

static PACKS: LazyLock<(Catalog, Compiled)> = LazyLock::new(|| {
    let catalog = packs::catalog(&["payments/one_stop"]);
    let compiled = Compiled::of(&catalog, "one_stop").unwrap();
    (catalog, compiled)
});

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn body(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn worked() -> Map<String, Value> {
    body(json!({
        "id": "b1", "resident": "zhang", "institution": "yiyuan", "on_date": "2026-05-14", "at": "2026-05-14T09:30",
        "level": "县级", "category": "低保", "total": "38642.35", "out_cat": "3210.40", "pre_pay": "1105.20",
        "burden_to_date": "2300.00",
    }))
}

fn planned(record: &Map<String, Value>) -> Result<Plan, scheme::Refused> {
    let (catalog, compiled) = &*PACKS;
    let bill = Bill::read(record, day("2026-06-01"))?;
    let opening = bill.opening(compiled.on(bill.on_date)?)?;
    plan(catalog, compiled, &bill, &opening, day("2026-05-20"))
}

#[test]
fn the_worked_example_comes_out_to_the_fen() {
    let plan = planned(&worked()).unwrap();
    let steps = ["basic", "serious", "special", "assist", "hospital", "backstop", "rest"];
    let amounts: Vec<String> = steps.iter().map(|step| plan.amount(step).unwrap().to_string()).collect();
    assert_eq!(amounts, ["28837.74", "1162.86", "2163.08", "1514.15", "119.01", "981.28", "3864.23"]);
}

#[test]
fn every_layer_says_its_formula_row_and_source() {
    let text = plan_text(&planned(&worked()).unwrap(), Language::Zh);
    for said in [
        "1 基本医保  28837.74 = 四舍五入((34326.75 − 400.00) × 85%)",
        "比例含加点 5%",
        "适用：困难人员加点",
        "年限额 150000.00，余 150000.00，未触及",
        "basic_benefit表“county”行",
        "原文：乡镇100元90%、县级400元80%、市级800元60%；困难人员县域内加5个百分点",
        "依据：示例县医保发〔2025〕12号 §5",
        "2 大病保险  1162.86 = F(2300.00 + 5489.01) − F(2300.00) = 1162.86 − 0.00；起付 6000.00",
        "3 特惠保  2163.08 = 四舍五入(4326.15 × 50%)",
        "4 医疗救助  1514.15 = 四舍五入(2163.07 × 70%)",
        "5 医院减免  119.01 = 3210.40 − 3091.39",
        "6 政府兜底  981.28 = 余 4845.51 − 个人至多 3864.23（向下取整）",
        "核对 28837.74 + 1162.86 + 2163.08 + 1514.15 + 119.01 + 981.28 + 3864.23 = 38642.35 ✓",
        "总费用中 4315.60 不在“基本医保”的基数内",
        "“医疗救助”按 70% 支付",
    ] {
        assert!(text.contains(said), "nobody says {said:?} in\n{text}");
    }
    let english = plan_text(&planned(&worked()).unwrap(), Language::En);
    assert!(english.contains("1 Basic insurance  28837.74 = half up((34326.75 − 400.00) × 85%)"), "{english}");
}

#[test]
fn the_trace_holds_what_the_row_can_be_computed_from() {
    let document = plan_json(&planned(&worked()).unwrap());
    let basic = &document["steps"][0];
    assert_eq!(basic["base"], "34326.75");
    assert_eq!(basic["deduct"], "400.00");
    assert_eq!(basic["rate"], "85%");
    assert_eq!(basic["paid"], "28837.74");
    assert_eq!(basic["left"], "9804.61");
    assert_eq!(document["steps"][1]["bands"]["after"], "1162.86");
    assert_eq!(document["promises"][0]["how"], "proved");
}

#[test]
fn bad_bills_are_refused_and_say_why() {
    let with = |changes: &[(&str, Value)]| {
        let mut record = worked();
        for (key, value) in changes {
            record.insert((*key).to_string(), value.clone());
        }
        planned(&record).unwrap_err()
    };
    assert_eq!(with(&[("out_cat", json!("37537.16"))]).code, "parts_exceed");
    assert_eq!(with(&[("pre_pay", json!("-0.01"))]).code, "bad-column");
    assert_eq!(with(&[("category", json!("低宝"))]).say.zh, "category“低宝”不在代码表poverty_category中");
    assert_eq!(with(&[("on_date", json!("2027-01-01"))]).code, "scheme-expired");
    assert_eq!(with(&[("on_date", json!("2025-12-31"))]).code, "scheme-not-begun");
    assert_eq!(with(&[("total", json!("38642.355"))]).code, "bad-column");
    assert_eq!(with(&[("total", Value::Null), ("level", Value::Null)]).say.zh, "total没有填写；level没有填写");
}

#[test]
fn the_promise_is_proved() {
    let (_, compiled) = &*PACKS;
    for program in compiled.editions() {
        let promises = scheme::check::promises(program.unwrap());
        assert_eq!(promises, [("promise_kept".to_string(), true)]);
    }
}

/// Settles records in the order given.
fn settled(records: &[Map<String, Value>]) -> Vec<Settled> {
    let (catalog, compiled) = &*PACKS;
    let bills = records.iter().map(|record| Bill::read(record, day("2026-12-31")).unwrap()).collect();
    settle(catalog, compiled, bills, day("2026-12-31"))
}

#[test]
fn a_late_bill_replays_that_persons_year_only() {
    let record = |id: &str, resident: &str, at: &str, total: &str| {
        body(json!({
            "id": id, "resident": resident, "institution": "yiyuan", "on_date": &at[..10], "at": at, "level": "city",
            "category": "lifted", "total": total, "out_cat": "0.00", "pre_pay": "0.00",
        }))
    };
    let before =
        vec![record("a2", "zhang", "2026-05-01T10:00", "30000.00"), record("b1", "li", "2026-05-01T10:00", "30000.00")];
    let mut after = before.clone();
    after.push(record("a1", "zhang", "2026-02-01T10:00", "20000.00"));
    let changed = differences(&settled(&before), &settled(&after));
    assert!(changed.iter().all(|change| change.bill.starts_with('a')), "{changed:?}");
    let serious = changed.iter().find(|change| change.bill == "a2" && change.step == "serious").unwrap();
    // 0.4 × 30000 + 480 = 12480 of burden, after 8480 of the earlier bill: the start is used up sooner.
    assert_eq!((serious.before, serious.after), (421_200, 811_200));
}

#[derive(Debug, Clone)]
struct Random {
    resident: u8,
    level: usize,
    category: usize,
    total: i64,
    out_share: i64,
    pre_share: i64,
    month: u8,
}

fn bill() -> impl Strategy<Value = Random> {
    let total = prop_oneof![1..1_000_000_i64, 1..60_000_000_i64];
    (0..4_u8, 0..3_usize, 0..4_usize, total, 0..=5_000_i64, 0..=5_000_i64, 1..=12_u8).prop_map(
        |(resident, level, category, total, out_share, pre_share, month)| Random {
            resident,
            level,
            category,
            total,
            out_share,
            pre_share,
            month,
        },
    )
}

fn record(n: usize, random: &Random) -> Map<String, Value> {
    let money = |fen: i64| scheme::yuan(fen).to_string();
    let day = format!("2026-{:02}-15", random.month);
    let level = ["township", "county", "city"][random.level];
    let category = ["general", "lifted", "dibao", "tekun"][random.category];
    body(json!({
        "id": format!("b{n:03}"), "resident": format!("r{}", random.resident), "institution": "yiyuan",
        "on_date": day, "at": format!("{day}T{:02}:00", n % 24),
        "level": level, "category": category,
        "total": money(random.total), "out_cat": money(random.total * random.out_share / 10_000),
        "pre_pay": money(random.total * random.pre_share / 10_000),
    }))
}

/// Twelve bills a person for 85,000 persons, of every level, category and size: payers and person make every bill, nobody
/// pays below nothing, the promise holds, and no sum of the year passes its limit.
#[test]
fn a_million_random_bills_keep_the_laws() {
    let (_, compiled) = &*PACKS;
    let program = compiled.on(day("2026-05-14")).unwrap();
    let mut state = 7_u64;
    let mut below = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % n) as i64
    };
    let mut machine = Machine::new(program);
    let place = |name: &str| program.inputs.iter().position(|input| input.name == name).unwrap();
    let (level, category, total) = (place("level"), place("category"), place("total"));
    for _ in 0..85_000_usize.div_ceil(LANES) {
        for sum in 0..program.sums.len() {
            machine.load_column(machine.sum(sum), &[0; LANES]);
        }
        for _ in 0..12 {
            for lane in 0..LANES {
                let size = [100_000, 5_000_000, 60_000_000][below(3) as usize];
                let bill = 1 + below(size);
                let row = program.inputs.iter().map(|input| match input.name.as_str() {
                    "level" => below(3),
                    "category" => below(4),
                    "total" => bill,
                    "out_cat" | "pre_pay" => bill * below(5_001) / 10_000,
                    other => panic!("unknown column {other}"),
                });
                let row: Vec<i64> = row.collect();
                let sums: Vec<i64> = (0..program.sums.len()).map(|n| machine.get(machine.sum(n), lane)).collect();
                machine.load(lane, &row, &sums);
            }
            machine.run(LANES);
            assert_eq!(machine.total(program.sound, LANES), LANES as i128);
            for lane in 0..LANES {
                let rest = machine.get(program.rest.unwrap(), lane);
                let paid: Vec<i64> = program.steps.iter().map(|step| machine.get(step.paid, lane)).collect();
                let bill = machine.get(total, lane);
                assert_eq!(paid.iter().sum::<i64>() + rest, bill);
                assert!(rest >= 0 && paid.iter().all(|paid| *paid >= 0), "{paid:?} {rest}");
                if machine.get(category, lane) > 0 && machine.get(level, lane) < 2 {
                    assert!(rest * 10 <= bill, "{rest} of {bill}");
                }
            }
            machine.carry(LANES);
            for lane in 0..LANES {
                assert!(
                    machine.get(machine.sum(0), lane) <= 15_000_000 && machine.get(machine.sum(2), lane) <= 5_000_000
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Payers and person make the bill; nobody pays below nothing; the promise is kept; sums never pass their limits.
    #[test]
    fn laws_of_every_bill(randoms in proptest::collection::vec(bill(), 1..30)) {
        let records: Vec<_> = randoms.iter().enumerate().map(|(n, random)| record(n, random)).collect();
        for (bill, plan) in settled(&records) {
            let plan = plan.unwrap();
            let (total, rest) = (plan.total.unwrap(), plan.rest.unwrap());
            prop_assert_eq!(plan.paid() + rest, total, "{}", bill.id);
            prop_assert!(rest >= 0 && plan.lines.iter().all(|line| line.paid >= 0));
            let poor_in_county = bill.body["category"] != "general" && bill.body["level"] != "city";
            if poor_in_county {
                prop_assert!(rest * 10 <= total, "{} keeps {} of {}", bill.id, rest, total);
            }
            let sums: Vec<i64> = plan.sums.iter().map(|(_, _, after)| *after).collect();
            prop_assert!(sums[0] <= 15_000_000 && sums[2] <= 5_000_000);
        }
    }

    /// In whatever order bills arrive, the year comes out the same.
    #[test]
    fn the_order_of_arrival_does_not_matter(
        randoms in proptest::collection::vec(bill(), 1..24),
        seed in any::<u64>(),
    ) {
        let records: Vec<_> = randoms.iter().enumerate().map(|(n, random)| record(n, random)).collect();
        let mut shuffled = records.clone();
        let mut state = seed;
        for n in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(n, (state >> 33) as usize % (n + 1));
        }
        prop_assert_eq!(settled(&records), settled(&shuffled));
        prop_assert!(differences(&settled(&records), &settled(&shuffled)).is_empty());
    }
}
