//! Times the search for residents: `find COUNTY_DIR OUT.json`, for one question after another, taken from the people
//! themselves. `bench/results/0.2.0-find.json` is its answer.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a program of the benchmark, stopped by the first mistake"
)]

use columns::Store;
use columns::engine::{Value, pinyin};
use identity::Index;
use pack::sql::Relations;
use serde_json::json;
use std::time::Instant;

/// Questions of each kind.
const N_ASKED: usize = 1_000;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [dir, out] = args.as_slice() else { panic!("find COUNTY_DIR OUT.json") };
    let store = Store::open(std::path::Path::new(dir)).expect("a county");
    let snapshot = store.snapshot("2026-01-10".parse().expect("a day")).expect("a view");
    let before = resident_mib();
    let start = Instant::now();
    let index = Index::build(&snapshot).expect("an index");
    let built = start.elapsed().as_secs_f64();
    let memory = resident_mib() - before;
    let sql = format!(
        "SELECT r.name, strftime(r.birth_on, '%Y%m%d'), coalesce(r.citizen_id, ''), coalesce(r.phone, '') FROM {} AS r \
         WHERE r.citizen_id IS NOT NULL ORDER BY md5(r.id) LIMIT {N_ASKED}",
        snapshot.view().register("resident")
    );
    let rows = snapshot.query_text(&sql).expect("people").rows().expect("people");
    let text = |value: &Value| value.as_text().unwrap_or("").to_string();
    let people: Vec<[String; 4]> = rows.iter().map(|row| std::array::from_fn(|at| text(&row[at]))).collect();
    let surname = |name: &str| name.chars().take(1).collect::<String>();
    type Ask<'a> = (&'static str, Box<dyn Fn(&[String; 4]) -> String + 'a>);
    let asks: Vec<Ask<'_>> = vec![
        ("citizen number in full", Box::new(|p| p[2].clone())),
        ("its last 6 characters", Box::new(|p| p[2][p[2].len() - 6..].to_string())),
        ("name", Box::new(|p| p[0].clone())),
        ("surname", Box::new(|p| surname(&p[0]))),
        ("surname's first letter", Box::new(|p| pinyin::initials(&p[0])[..1].to_string())),
        ("full pinyin", Box::new(|p| pinyin::full(&p[0]))),
        ("initials", Box::new(|p| pinyin::initials(&p[0]))),
        ("birth date", Box::new(|p| p[1].clone())),
        ("birth year", Box::new(|p| p[1][..4].to_string())),
        ("initials and year", Box::new(|p| format!("{} {}", pinyin::initials(&p[0]), &p[1][..4]))),
        ("telephone", Box::new(|p| p[3].clone())),
        (
            "surname, year and last 4",
            Box::new(|p| format!("{} {} {}", surname(&p[0]), &p[1][..4], &p[2][p[2].len() - 4..])),
        ),
        ("nobody", Box::new(|p| format!("{} 2999", p[0]))),
    ];
    let mut results = serde_json::Map::new();
    for (kind, question) in &asks {
        let questions: Vec<String> = people.iter().map(question).filter(|question| !question.is_empty()).collect();
        if questions.is_empty() {
            continue;
        }
        let (mut micros, mut n_found) = (Vec::new(), 0);
        for question in &questions {
            let start = Instant::now();
            n_found += index.find(question, None, 20).len();
            micros.push(start.elapsed().as_secs_f64() * 1e6);
        }
        micros.sort_by(f64::total_cmp);
        let at = |share: f64| (micros[((micros.len() - 1) as f64 * share) as usize] * 10.0).round() / 10.0;
        results.insert((*kind).to_string(), json!({
            "n_asked": questions.len(), "n_found": n_found, "p50_microseconds": at(0.5), "p99_microseconds": at(0.99),
        }));
    }
    let cores = std::thread::available_parallelism().expect("a machine").get();
    let document = json!({
        "what": "residents found by a few words in an index in memory, questions taken from the people themselves",
        "machine": { "cores": cores },
        "command": "cargo run --release -p identity --example find COUNTY_DIR OUT.json",
        "profile": "release", "version": "0.2.0", "n_people": index.len(), "built_seconds": (built * 100.0).round() / 100.0,
        "memory_mib": memory, "results": results,
    });
    let text = serde_json::to_string_pretty(&document).expect("JSON");
    std::fs::write(out, format!("{text}\n")).expect("the file of results");
    println!("{text}");
}

/// Memory of this process, by the system's account.
fn resident_mib() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("the line");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<i64>().ok()).expect("a number") / 1024
}
