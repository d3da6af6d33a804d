//! Are the tables what the log gives when the process that writes both is killed, or the tables' file finds no room?
//!
//! `TAIZHANG_FAULT_ROUNDS` and `TAIZHANG_FAULT_SEED` change how often and which; `cargo xtask faults` runs it long.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[allow(dead_code)]
#[path = "../../records/tests/faults/world.rs"]
mod world;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use columns::{Installed, Outcome, Store, StoreError, Submission};
use pack::Folder;
use records::{Draft, Hash, Op};
use serde_json::json;
use world::{Dice, acknowledged, at, child, kill, rounds, row, run_after};

const PLACE: &str = "TAIZHANG_FAULT_COUNTY";
const COUNTY: &str = "county: little\ntitle: 小县\nperiod: 2025\npacks: [core]\norgs: orgs.csv\nreport: outline.md\n";
const ORGS: &str = "id,name,kind,level,parent,code,from,until\nlittle,小县,county,county,,519900,2000-01-01,\n";

fn create(dir: &Path) {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pack/tests/bad/core/pack.yaml");
    let file = |name: &str, text: &str| (name.to_string(), text.to_string());
    let installed = Installed {
        packs: vec![Folder {
            id: "core".into(),
            files: vec![file("pack.yaml", &std::fs::read_to_string(core).unwrap())],
        }],
        county: Folder {
            id: "little".into(),
            files: vec![file("county.yaml", COUNTY), file("orgs.csv", ORGS), file("outline.md", "# 总结\n")],
        },
    };
    drop(Store::create(dir, &installed, "test", at(0)).unwrap());
}

/// Opens a county whose writer has just gone.
fn open(dir: &Path) -> Store {
    for _ in 0..100 {
        match Store::open(dir) {
            Err(StoreError::Log(records::LogError::Busy { .. })) => std::thread::sleep(Duration::from_millis(20)),
            opened => return opened.unwrap(),
        }
    }
    Store::open(dir).unwrap()
}

fn resident(no: u64, n: u64) -> Draft {
    let mut draft = Draft::new(Op::Create, "resident", "little");
    draft.record = Some(format!("b{no}-{n}"));
    let body = json!({"name": format!("第{no}批第{n}人"), "sex": "1", "birth_on": "1980-01-01", "children": n % 4});
    draft.body = body.as_object().unwrap().clone();
    draft
}

/// The batch with this number: one resident, many, or a correction of the first of the batch before.
fn submission(store: &Store, no: u64) -> Submission {
    let drafts = match no % 5 {
        0 => (0..200).map(|n| resident(no, n)).collect(),
        1 if no > 5 => {
            let head = store.log().head("resident", &format!("b{}-0", no - 1)).unwrap().unwrap();
            let mut draft = Draft::correcting(&head, "误读").unwrap();
            draft.body.insert("children".into(), json!(9));
            vec![draft]
        }
        _ => (0..1 + no % 3).map(|n| resident(no, n)).collect(),
    };
    Submission { key: no.is_multiple_of(3).then(|| format!("k{no}")), ..Submission::new("李秀英", at(no), drafts) }
}

fn write(store: &mut Store, no: u64) -> Result<Outcome, StoreError> {
    let submission = submission(store, no);
    let outcome = store.submit(submission)?;
    assert_eq!(outcome.refusals, [], "batch {no}");
    Ok(outcome)
}

fn next_no(store: &Store) -> u64 {
    store.log().last_batch().unwrap().unwrap().no + 1
}

/// The log verifies, holds what was acknowledged, and the tables are what it gives when they are built anew.
fn check(store: &Store, known: &[(u64, Hash)], round: u64) -> u64 {
    let report = store.verify(&mut |_| ()).unwrap();
    assert!(report.is_ok(), "round {round}: {report}");
    for (no, hash) in known {
        let kept = store.log().batch(*no).unwrap().map(|batch| batch.hash);
        assert_eq!(kept, Some(*hash), "round {round}: batch {no} was acknowledged");
    }
    assert_eq!(store.seq(), store.log().last_seq().unwrap(), "round {round}: the tables lag behind");
    assert_eq!(store.differing_registers(&mut |_| ()).unwrap(), [""; 0], "round {round}");
    let (in_log, in_tables) = store.row_counts().unwrap()["resident"];
    assert_eq!(in_log, in_tables, "round {round}");
    report.n_batches
}

/// The writing process: goes on where the log ends, and acknowledges on its standard output.
#[test]
#[ignore = "a process of its own, started by the other tests"]
fn writer() {
    let Some(dir) = std::env::var_os(PLACE).map(PathBuf::from) else { return };
    let mut store = open(&dir);
    for no in next_no(&store).. {
        write(&mut store, no).unwrap();
        let batch = store.log().last_batch().unwrap().unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nACK {} {}", batch.no, batch.hash).unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn killed_while_log_and_tables_are_written() {
    let mut dice = Dice::new("killed_while_log_and_tables_are_written");
    let n_rounds = rounds(6);
    let (mut n_acknowledged, mut n_beyond) = (0, 0);
    let mut dir = tempfile::tempdir().unwrap();
    for round in 0..n_rounds {
        if round % 10 == 0 {
            dir = tempfile::tempdir().unwrap();
            create(dir.path());
        }
        let mut writer = child("writer").env(PLACE, dir.path()).spawn().unwrap();
        let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines().map_while(Result::ok);
        let first = lines.by_ref().find_map(|line| acknowledged(&line)).expect("it never wrote");
        let reading = std::thread::spawn(move || lines.filter_map(|line| acknowledged(&line)).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_micros(dice.below(200_000)));
        kill(writer);
        let known: Vec<(u64, Hash)> = std::iter::once(first).chain(reading.join().unwrap()).collect();
        let n_batches = check(&open(dir.path()), &known, round);
        let last = known.last().unwrap().0;
        assert!(n_batches == last || n_batches == last + 1, "round {round}: {n_batches} batches, {last} acknowledged");
        n_acknowledged += known.len();
        n_beyond += n_batches - last;
    }
    row(
        "kill −9 of a process that writes log and tables",
        "another process judges and writes residents, many of them, and corrections, and is killed after 0–200 ms",
        "acknowledged is there; the one under way is whole or absent; the chain verifies; the tables, opened again, are \
         row by row those built anew from the log",
        n_rounds,
        &format!("{n_acknowledged} acknowledged, 0 lost, no row differs; {n_beyond} more were whole"),
    );
}

/// Runs where a few MiB are all there is for the tables; the log lies elsewhere.
#[test]
#[ignore = "a process of its own, started by the other tests"]
fn on_a_small_disk() {
    let Some(small) = std::env::var_os(PLACE).map(PathBuf::from) else { return };
    let large = tempfile::tempdir().unwrap();
    create(large.path());
    std::os::unix::fs::symlink(large.path().join("records.db"), small.join("records.db")).unwrap();
    let ballast = small.join("ballast");
    std::fs::write(&ballast, vec![1; 2 << 20]).unwrap();
    let mut store = open(&small);
    let (mut known, mut fault) = (Vec::new(), None);
    for no in next_no(&store)..50_000 {
        match write(&mut store, no) {
            Ok(_) => known.push((no, store.log().batch(no).unwrap().unwrap().hash)),
            Err(found) => {
                fault = Some(found);
                break;
            }
        }
    }
    let fault = fault.expect("the disk never became full");
    assert!(matches!(fault, StoreError::Behind { .. } | StoreError::Engine(_)), "{fault}");
    drop(store);
    std::fs::remove_file(ballast).unwrap();
    let mut store = open(&small);
    let n_batches = check(&store, &known, 0);
    for no in n_batches + 1..n_batches + 20 {
        write(&mut store, no).unwrap();
    }
    assert_eq!(check(&store, &known, 1), n_batches + 19);
    println!("\nFULL {}", known.len());
}

#[test]
fn the_tables_have_no_room() {
    let dir = tempfile::tempdir().unwrap();
    let mount = format!("mount -t tmpfs -o size=8m none '{}'", dir.path().display());
    let full = run_after(&["unshare", "--mount", "sh", "-c"], &mount, "on_a_small_disk", (PLACE, dir.path()));
    row(
        "disk full under the tables",
        "columns.duckdb lies on a file system of 8 MiB, the log elsewhere (needs the right to mount)",
        "acknowledged is in the log; the batch that found no room is said to be behind or refused; with room, opened \
         again, the tables are row by row those built anew",
        u64::from(full.is_some()),
        &full.map_or("did not run: no right to mount here".into(), |no| {
            format!("refused after {no} batches; opened again, then 19 more")
        }),
    );
}
