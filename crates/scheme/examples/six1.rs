//! How fast is SIX-1 here, and beside OpenFisca in the same run?
//!
//! `cargo run --release -p scheme --example six1 -- [PYTHON]`, where PYTHON is the interpreter of a virtual environment with
//! OpenFisca. Writes `bench/results/0.3.0-six1.json`. All on one thread; CPU time is that of the thread.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a measuring program")]

#[path = "../tests/common/six1.rs"]
mod six1;

use base::Date;
use scheme::{Bill, LANES, Machine, Program, plan, plan_json};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::Command;

const N: u64 = 1_000_000;
const N_SINGLE: u64 = 10_000;

fn main() {
    let python = std::env::args().nth(1);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let catalog = six1::catalog();
    let compiled = six1::compiled(&catalog);
    let day: Date = "2024-05-01".parse().unwrap();
    let program = compiled.on(day).unwrap();
    let vector: Vec<f64> = (0..5).map(|_| vector(program)).collect();
    let (year_cpu, year_sums) = year(program);
    let memory = peak_mib();
    let single = single(&catalog, &compiled, day);
    let mut document = json!({
        "what": "SIX-1: six-layer settlement, exact to the fen, as an ordinary pack; beside OpenFisca in the same run",
        "command": "cargo run --release -p scheme --example six1 -- PYTHON",
        "machine": {"cpu": "AMD EPYC", "cores": 2, "memory_gib": 23},
        "operations": program.ops.len(),
        "bills": N,
        "sums_exact": true,
        "million_bills_cpu_s": best(&vector),
        "year_bills": N * 12,
        "year_cpu_s": round(year_cpu),
        "year_sums_fen": year_sums.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "year_peak_memory_mib": memory,
        "single_with_explanation": single,
    });
    if let Some(python) = python {
        let run = |ext: &str, args: &[&str]| of(&python, &root, ext, args);
        let tuned = run("six_ext_tuned", &["vec", "1000000", "5"]);
        let tuned_year = run("six_ext_tuned", &["year", "1000000"]);
        let tuned_single = run("six_ext_tuned", &["single", "1000"]);
        let of_vector = tuned["min_compute_cpu_s"].as_f64().unwrap();
        let of_year = tuned_year["total_cpu_s"].as_f64().unwrap();
        let of_single = tuned_single["trace_off"]["cpu_s"].as_f64().unwrap() * (N_SINGLE as f64 / 1000.0);
        document["openfisca_tuned"] = json!({
            "million_bills_compute_cpu_s": round(of_vector),
            "million_bills_wrong_by_a_fen_or_more": tuned["claims_with_any_wrong_fen"],
            "year_cpu_s": round(of_year),
            "year_peak_memory_mib": tuned_year["peak_rss_mib"].as_f64().map(f64::round),
            "single_without_trace_cpu_s": round(of_single),
            "single_measured_on": 1000,
        });
        document["ratios"] = json!({
            "million_bills_cpu": round(best(&vector) / of_vector),
            "year_cpu": round(year_cpu / of_year),
            "single_times_faster": round(of_single / single["cpu_s"].as_f64().unwrap()),
        });
    }
    let path = root.join("bench/results/0.3.0-six1.json");
    std::fs::write(&path, format!("{document:#}\n")).unwrap();
    println!("{document:#}");
}

fn best(runs: &[f64]) -> f64 {
    round(runs.iter().copied().fold(f64::MAX, f64::min))
}

fn round(seconds: f64) -> f64 {
    (seconds * 10_000.0).round() / 10_000.0
}

/// CPU seconds of this thread.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e9
}

fn peak_mib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// The columns of many bills, column by column.
fn columns(program: &Program, first: u64, n: usize) -> Vec<Vec<i64>> {
    let claims: Vec<six1::Claim> = (0..n as u64).map(|lane| six1::claim(first + lane)).collect();
    let inputs = program.inputs.iter().map(|input| claims.iter().map(|claim| claim.get(&input.name)).collect());
    let sums = [|c: &six1::Claim| c.basic_paid, |c: &six1::Claim| c.burden, |c: &six1::Claim| c.assist_paid];
    inputs.chain(sums.iter().map(|sum| claims.iter().map(sum).collect())).collect()
}

/// A million bills, from columns in memory to a stored amount for each of the seven.
fn vector(program: &Program) -> f64 {
    let columns = columns(program, 0, N as usize);
    let rest = program.rest.unwrap();
    let read: Vec<usize> = program.steps.iter().map(|step| step.paid).chain([rest]).collect();
    let mut stored: Vec<Vec<i64>> = read.iter().map(|_| Vec::with_capacity(N as usize)).collect();
    let mut machine = Machine::new(program);
    let started = cpu();
    for first in (0..N as usize).step_by(LANES) {
        let n = LANES.min(N as usize - first);
        for (reg, column) in columns.iter().enumerate() {
            machine.load_column(reg, &column[first..first + n]);
        }
        machine.run(n);
        assert_eq!(machine.total(program.sound, n), n as i128);
        for (reg, column) in read.iter().zip(&mut stored) {
            machine.append_to(*reg, n, column);
        }
    }
    let spent = cpu() - started;
    let sums: Vec<i128> = stored.iter().map(|column| column.iter().map(|fen| i128::from(*fen)).sum()).collect();
    let expected = [
        1_493_130_143_912,
        397_645_077_685,
        56_065_581_043,
        33_969_647_629,
        8_384_151_027,
        8_088_505_773,
        731_427_114_364,
    ];
    assert_eq!(sums, expected);
    spent
}

/// Twelve bills a person for a million persons, streamed; bills are made on the way and their making is not counted.
fn year(program: &Program) -> (f64, [i128; 7]) {
    let mut machine = Machine::new(program);
    let mut sums = [0_i128; 7];
    let mut spent = 0.0;
    for block in (0..N).step_by(LANES * 64) {
        let n_block = (LANES * 64).min((N - block) as usize);
        let columns = columns(program, block, n_block);
        let started = cpu();
        for first in (0..n_block).step_by(LANES) {
            let n = LANES.min(n_block - first);
            for (reg, column) in columns[..program.inputs.len()].iter().enumerate() {
                machine.load_column(reg, &column[first..first + n]);
            }
            for sum in 0..program.sums.len() {
                machine.load_column(machine.sum(sum), &vec![0; n]);
            }
            for _ in 0..12 {
                machine.run(n);
                for (sum, step) in sums.iter_mut().zip(&program.steps) {
                    *sum += machine.total(step.paid, n);
                }
                sums[6] += machine.total(program.rest.unwrap(), n);
                machine.carry(n);
            }
        }
        spent += cpu() - started;
    }
    let expected = [
        7_931_931_527_688,
        9_116_446_496_275,
        590_197_705_332,
        273_302_636_981,
        100_609_812_324,
        86_250_656_766,
        14_645_783_821_830,
    ];
    assert_eq!(sums, expected);
    (spent, sums)
}

/// Bills one by one, each read from its JSON record, planned, explained in two languages and printed as JSON.
fn single(catalog: &pack::Catalog, compiled: &scheme::Compiled, day: Date) -> Value {
    let level = ["township", "county", "city"];
    let category = ["general", "lifted", "dibao", "tekun"];
    let records: Vec<Map<String, Value>> = (0..N_SINGLE)
        .map(|n| {
            let c = six1::claim(n);
            let money = |fen: i64| scheme::yuan(fen).to_string();
            let body = json!({
                "id": format!("c{n}"), "on_date": "2024-05-01", "level": level[c.level as usize],
                "category": category[c.category as usize], "total": money(c.total), "out_cat": money(c.out_cat),
                "pre_pay": money(c.pre_pay), "basic_paid": money(c.basic_paid), "burden_to_date": money(c.burden),
                "assist_paid": money(c.assist_paid),
            });
            body.as_object().unwrap().clone()
        })
        .collect();
    let mut each = Vec::with_capacity(records.len());
    let mut bytes = 0;
    let started = cpu();
    for (n, record) in records.iter().enumerate() {
        let from = std::time::Instant::now();
        let bill = Bill::read(record, day).unwrap();
        let opening = bill.opening(compiled.on(day).unwrap()).unwrap();
        let planned = plan(catalog, compiled, &bill, &opening, day).unwrap();
        bytes += plan_json(&planned).to_string().len();
        if n.is_multiple_of(97) {
            let exact = six1::exact(&six1::claim(n as u64));
            assert_eq!(planned.rest.unwrap(), exact[6]);
        }
        each.push(from.elapsed().as_secs_f64());
    }
    let spent = cpu() - started;
    each.sort_by(f64::total_cmp);
    let micros = |share: f64| (each[(each.len() as f64 * share) as usize] * 1e7).round() / 10.0;
    json!({
        "bills": N_SINGLE, "cpu_s": round(spent), "p50_us": micros(0.5), "p99_us": micros(0.99),
        "json_bytes_per_bill": bytes / records.len(),
    })
}

/// One run of OpenFisca, pinned to one thread.
fn of(python: &str, root: &Path, ext: &str, args: &[&str]) -> Value {
    let output = Command::new(python)
        .arg("bench_of.py")
        .args(args)
        .env("SIX_EXT", ext)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(root.join("bench/six1"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}
