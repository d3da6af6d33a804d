//! Links the people of a CSV file by a spec: `link SPEC.json PEOPLE.csv OUT.csv LEAST SEED`.
//!
//! The first column is the id; a column `source` says which file somebody comes from, and then only pairs of two files
//! count. Prints the seconds of each step as JSON; writes the pairs. `bench/matching/` calls it.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a program of the benchmark, stopped by the first mistake"
)]

use identity::{Matcher, Model, People, Spec};
use std::io::Write;
use std::time::Instant;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [spec, csv, out, least, seed] = args.as_slice() else { panic!("link SPEC.json PEOPLE.csv OUT.csv LEAST SEED") };
    let spec: Spec = serde_json::from_str(&std::fs::read_to_string(spec).expect("the spec")).expect("a spec");
    let start = Instant::now();
    let people = read(csv);
    let read = start.elapsed().as_secs_f64();
    let model = Model::learn(&people, &spec, seed.parse().expect("a seed")).expect("the spec fits the file");
    let learnt = start.elapsed().as_secs_f64();
    let matcher = Matcher::new(&people, &spec, &model).expect("the spec fits the file");
    let pairs = matcher.pairs(least.parse().expect("a probability"));
    let matched = start.elapsed().as_secs_f64();
    let mut file = std::io::BufWriter::new(std::fs::File::create(out).expect("the file of pairs"));
    for pair in &pairs {
        let (a, b) = (&people.ids[pair.a as usize], &people.ids[pair.b as usize]);
        writeln!(file, "{a},{b},{:.9},{:.9}", pair.probability(), pair.weight).expect("a line");
    }
    println!(
        "{{\"read\": {read:.4}, \"learn\": {:.4}, \"match\": {:.4}, \"total\": {matched:.4}, \"compared\": {}, \"pairs\": {}}}",
        learnt - read,
        matched - learnt,
        matcher.n_compared(),
        pairs.len()
    );
}

fn read(path: &str) -> People {
    let mut reader = csv::Reader::from_path(path).expect("the people");
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_string).collect();
    let source = header.iter().position(|name| name == "source");
    let columns: Vec<&str> = header.iter().skip(1).map(String::as_str).collect();
    let mut people = People::new(&columns);
    for row in reader.records() {
        let row = row.expect("a row");
        people.push(&row[0], row.iter().skip(1));
        people.sources.extend(source.map(|at| row[at].parse::<u8>().expect("a number of the source")));
    }
    people
}
