//! What do the tests write, so that anybody can tell afterwards what should be there?
//!
//! A batch's content follows from its number alone, so the reader needs no memory of what the writer did.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use base::Timestamp;
use records::{Draft, Entry, Hash, Log, NewBatch, Op, SqliteLog};

pub const REGISTER: &str = "htn.follow_up";

/// How often a fault is made; the long run asks for more.
pub fn rounds(usual: u64) -> u64 {
    let asked = std::env::var("TAIZHANG_FAULT_ROUNDS").ok().and_then(|text| text.parse::<u64>().ok());
    asked.map_or(usual, |asked| asked.max(usual))
}

/// Random numbers that can be had again (SplitMix64).
pub struct Dice(u64);

impl Dice {
    /// From the environment's seed, or the usual one; printed.
    pub fn new(name: &str) -> Self {
        let asked = std::env::var("TAIZHANG_FAULT_SEED").ok().and_then(|text| text.parse().ok());
        let seed = asked.unwrap_or(20_250_301);
        println!("{name}: seed {seed}");
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// One row of the fault report.
pub fn row(fault: &str, how: &str, law: &str, rounds: u64, result: &str) {
    println!("\nFAULT | {fault} | {how} | {law} | {rounds} | {result} |");
}

pub fn at(no: u64) -> Timestamp {
    Timestamp::from_microsecond(1_740_790_800_000_000 + no as i64 * 1_000_000).unwrap()
}

/// The batch with this number: one record, a bulk, or a correction; every third has a key.
pub fn batch(no: u64) -> NewBatch {
    let drafts = match no % 7 {
        0 => (0..400).map(|n| create(no, n)).collect(),
        3 if no > 7 => vec![correct(no)],
        _ => (0..1 + no % 3).map(|n| create(no, n)).collect(),
    };
    let batch = NewBatch::new("李秀英", at(no), drafts);
    if no.is_multiple_of(3) { batch.keyed(format!("k{no}")) } else { batch }
}

fn create(no: u64, n: u64) -> Draft {
    let mut draft = Draft::new(Op::Create, REGISTER, "t01");
    draft.record = Some(format!("b{no}-{n}"));
    draft.resident = Some(format!("r{}", (no * 31 + n) % 97));
    draft.body.insert("sbp".into(), (90 + (no + n) % 80).into());
    draft.body.insert("note".into(), format!("第{no}批第{n}条").into());
    draft
}

/// Corrects the first record of the bulk before it, whatever version that is at.
fn correct(no: u64) -> Draft {
    let mut draft = create(no, 0);
    draft.op = Op::Correct;
    draft.record = Some(format!("b{}-0", no / 7 * 7));
    draft.reason = Some("误读".into());
    draft
}

/// The whole log is the first batches of [`batch`], each whole, and its chain verifies. Returns how many.
pub fn check_content(log: &dyn Log) -> u64 {
    let report = log.verify(&mut |_| ()).unwrap();
    assert!(report.is_ok(), "{report}");
    let entries = log.entries_after(0, usize::MAX).unwrap();
    let mut entries = entries.iter();
    for no in 1..=report.n_batches {
        for draft in batch(no).drafts {
            let entry = entries.next().unwrap();
            assert!(is_of(entry, &draft) && entry.batch == no, "batch {no}: {entry:?}");
        }
    }
    assert_eq!(entries.next(), None, "an entry that nobody wrote");
    report.n_batches
}

fn is_of(entry: &Entry, draft: &Draft) -> bool {
    let body = serde_json::Value::Object(draft.body.clone()).to_string();
    entry.op == draft.op && Some(&entry.record) == draft.record.as_ref() && entry.body == body
}

/// A closed log of the first batches, and its folder.
pub fn log_of(n_batches: u64) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut log = SqliteLog::create(&dir.path().join("records.db"), "s0").unwrap();
    for no in 1..=n_batches {
        log.append(batch(no)).unwrap();
    }
    dir
}

/// This very program as another process that runs one of the ignored tests below.
pub fn child(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads", "1"]);
    command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped());
    command
}

/// Ends a process at once, as `kill -9` does, and waits until it is gone.
pub fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Opens a log whose writer has just gone. Another test may start a process at that very moment, which holds a copy of
/// the lock until it becomes the other program.
pub fn open_free(path: &Path) -> SqliteLog {
    for _ in 0..100 {
        match SqliteLog::open(path) {
            Err(records::LogError::Busy { .. }) => std::thread::sleep(std::time::Duration::from_millis(20)),
            opened => return opened.unwrap(),
        }
    }
    SqliteLog::open(path).unwrap()
}

/// What a writing process says of a batch that is on disk.
pub fn acknowledged(line: &str) -> Option<(u64, Hash)> {
    let (no, hash) = line.strip_prefix("ACK ")?.split_once(' ')?;
    Some((no.parse().ok()?, Hash::parse(hash)?))
}

/// A shell line, then this program with one of the ignored tests; when its disk was full, unless the line was not
/// permitted.
pub fn run_after(shell: &[&str], line: &str, test: &str, place: (&str, &Path)) -> Option<u64> {
    let program = child(test);
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).arg(format!("{line} && exec \"$0\" \"$@\""));
    command.arg(program.get_program()).args(program.get_args()).env(place.0, place.1);
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let full = text.lines().find_map(|line| line.strip_prefix("FULL ")?.parse().ok());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let may_not = ["not permitted", "denied", "No such file"].iter().any(|word| said.contains(word));
    assert!(full.is_some() || may_not, "{text}{said}");
    full
}
