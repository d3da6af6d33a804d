//! How does a file that somebody drops become records, without anybody waiting and nothing written unseen?
//!
//! It is kept in a folder of its own, checked by a thread, and written only when it is asked for. The records are shared
//! with everybody else between two chunks. Files and their error workbooks are gone when the server stops, and the oldest
//! when there are many.

use crate::app::App;
use crate::ask::{Ask, now};
use crate::problem::Problem;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base::Text;
use columns::{Store, Verdict};
use exchange::{Import, Records, Source, Summary, import_in_chunks};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;

/// The largest file.
pub const MOST_BYTES: usize = 64 << 20;
/// Files kept.
const MOST_JOBS: usize = 20;
/// Rows for which others wait.
const CHUNK: usize = 2_000;
/// Refused rows that are shown; the workbook has all.
const MOST_SHOWN: usize = 100;
/// The forms a file may have.
const ENDINGS: [&str; 9] = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods", "ndjson", "jsonl"];
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Files on their way.
#[derive(Default)]
pub struct Imports {
    jobs: Mutex<BTreeMap<u64, Arc<Job>>>,
    last: AtomicU64,
}

struct Job {
    id: String,
    /// Whose file it is; nobody else sees it.
    owner: String,
    register: String,
    org: Option<String>,
    /// The organisations its owner may write for; all when absent.
    within: Option<BTreeSet<String>>,
    path: PathBuf,
    _dir: TempDir,
    state: Mutex<State>,
}

/// How far a file is.
#[derive(Debug, Clone, Serialize)]
pub struct State {
    id: String,
    register: String,
    name: String,
    /// checking, checked, writing, written or failed.
    phase: &'static str,
    n_rows: u64,
    n_refused: u64,
    n_read: u64,
    n_bytes: u64,
    created: u64,
    changed: u64,
    unchanged: u64,
    done_before: u64,
    to_confirm: u64,
    rules: Vec<(String, u64)>,
    refusals: Vec<Refusal>,
    has_workbook: bool,
    /// Why the file as a whole cannot be taken.
    fault: Option<String>,
    #[serde(skip)]
    workbook: Option<PathBuf>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Refusal {
    line: u64,
    rule: String,
    verdict: &'static str,
    say: String,
}

/// What is to be written of a checked file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// Why records that exist are changed; without it they are not.
    reason: Option<String>,
    /// Why rows that ask for confirmation are right.
    confirm: Option<String>,
}

/// `POST /api/imports`: takes a file in and begins to check it.
pub fn begin(app: &Arc<App>, ask: &Ask, bytes: &[u8]) -> Result<State, Problem> {
    if !app.is_writable() {
        return Err(Problem::read_only());
    }
    let county = app.county()?;
    let org = ask.get("org").or_else(|| ask.visitor.home());
    if let Some(org) = org {
        ask.visitor.must_reach(county, org)?;
    }
    let register = ask.require("register")?;
    if app.catalog().register(register).is_none() {
        return Err(Problem::register(register, app.catalog().near_register(register)));
    }
    let name = ask.require("name")?;
    let ending = name.rsplit('.').next().map(str::to_lowercase).filter(|ending| ENDINGS.contains(&ending.as_str()));
    let ending = ending.ok_or_else(|| unreadable(&format!("“{name}”"), name))?;
    let dir = TempDir::new().map_err(Problem::inside)?;
    let path = dir.path().join(format!("import.{ending}"));
    std::fs::write(&path, bytes).map_err(Problem::inside)?;
    let source = Source::open(&path, None).map_err(|error| unreadable(&error.to_string(), &error.to_string()))?;
    let no = app.imports().last.fetch_add(1, Ordering::AcqRel);
    let id = format!("{no}-{}", source.hash());
    let state = State::of(&id, register, name);
    let job = Arc::new(Job {
        id: id.clone(),
        owner: ask.visitor.name().to_string(),
        register: register.to_string(),
        org: org.map(str::to_string),
        within: ask.visitor.reached(&county.orgs),
        path,
        _dir: dir,
        state: Mutex::new(state.clone()),
    });
    app.imports().keep(no, &job);
    run(app, job, Commit::default(), true);
    Ok(state)
}

/// `POST /api/imports/{id}/commit`: begins to write.
pub fn commit(app: &Arc<App>, ask: &Ask, id: &str, commit: Commit) -> Result<State, Problem> {
    if !app.is_writable() {
        return Err(Problem::read_only());
    }
    let job = app.imports().find(ask, id)?;
    {
        let mut state = job.state();
        if !matches!(state.phase, "checked" | "written") {
            return Err(Problem::conflict(Text::both("文件还没有核对完", "the file is not checked yet")));
        }
        state.phase = "writing";
    }
    let state = job.state().clone();
    run(app, job, commit, false);
    Ok(state)
}

fn unreadable(zh: &str, en: &str) -> Problem {
    Problem::wrong(
        "unreadable-file",
        Text::both(format!("文件无法读取：{zh}"), format!("the file cannot be read: {en}")),
        Text::both("请用CSV、XLSX、XLS、ODS或NDJSON文件", "give a CSV, XLSX, XLS, ODS or NDJSON file"),
    )
}

impl State {
    fn of(id: &str, register: &str, name: &str) -> Self {
        Self {
            id: id.to_string(),
            register: register.to_string(),
            name: name.to_string(),
            phase: "checking",
            n_rows: 0,
            n_refused: 0,
            n_read: 0,
            n_bytes: 0,
            created: 0,
            changed: 0,
            unchanged: 0,
            done_before: 0,
            to_confirm: 0,
            rules: Vec::new(),
            refusals: Vec::new(),
            has_workbook: false,
            fault: None,
            workbook: None,
        }
    }

    fn take(&mut self, summary: Summary) {
        self.n_rows = summary.n_rows;
        self.n_refused = summary.n_refused;
        self.created = summary.n_created;
        self.changed = summary.n_changed;
        self.unchanged = summary.n_unchanged;
        self.done_before = summary.n_done_before;
        self.to_confirm = summary.n_to_confirm;
        self.rules = summary.rules;
        self.workbook = summary.workbook.map(|(path, _)| path);
        self.has_workbook = self.workbook.is_some();
        let rows = summary.refused.into_iter().flat_map(|row| {
            row.faults.into_iter().map(move |fault| Refusal {
                line: row.line,
                rule: fault.rule,
                verdict: if fault.verdict == Verdict::Refuse { "refuse" } else { "confirm" },
                say: fault.say,
            })
        });
        self.refusals = rows.take(MOST_SHOWN).collect();
    }
}

impl Job {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Imports {
    fn jobs(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, no: u64, job: &Arc<Job>) {
        let mut jobs = self.jobs();
        jobs.insert(no, Arc::clone(job));
        while jobs.len() > MOST_JOBS {
            jobs.pop_first();
        }
    }

    fn find(&self, ask: &Ask, id: &str) -> Result<Arc<Job>, Problem> {
        let jobs = self.jobs();
        let no = id.split('-').next().and_then(|no| no.parse().ok());
        let job = no.and_then(|no: u64| jobs.get(&no)).filter(|job| job.id == id && job.owner == ask.visitor.name());
        job.cloned().ok_or_else(|| {
            Problem::unknown(
                "unknown-import",
                Text::both("这次导入已经结束，文件没有保留", "this import is over, its file was not kept"),
                Text::both("重新选择文件", "choose the file again"),
            )
        })
    }

    /// How far a file is.
    pub fn state(&self, ask: &Ask, id: &str) -> Result<State, Problem> {
        Ok(self.find(ask, id)?.state().clone())
    }

    /// The workbook of what was refused.
    pub fn refused(&self, ask: &Ask, id: &str) -> Result<Response, Problem> {
        let job = self.find(ask, id)?;
        let path = job.state().workbook.clone();
        let path = path.ok_or_else(|| {
            Problem::unknown(
                "nothing-refused",
                Text::both("没有被拒绝的行", "no row was refused"),
                Text::both("无需改正", "nothing is to be mended"),
            )
        })?;
        let bytes = std::fs::read(path).map_err(Problem::inside)?;
        let file = "attachment; filename*=UTF-8''%E9%94%99%E8%AF%AF%E8%A1%8C.xlsx";
        Ok(([(CONTENT_TYPE, XLSX), (CONTENT_DISPOSITION, file)], bytes).into_response())
    }
}

/// The county's records, shared with whoever asks between two chunks.
struct Shared<'a>(&'a App);

impl Records for Shared<'_> {
    fn with<T>(&mut self, work: impl FnOnce(&mut Store) -> T) -> T {
        work(&mut self.0.store())
    }
}

fn run(app: &Arc<App>, job: Arc<Job>, commit: Commit, preview: bool) {
    let app = Arc::clone(app);
    std::thread::spawn(move || {
        let done = work(&app, &job, commit, preview);
        let mut state = job.state();
        match done {
            Ok(summary) => {
                state.take(summary);
                state.phase = if preview { "checked" } else { "written" };
            }
            Err(error) => {
                state.fault = Some(error.to_string());
                state.phase = "failed";
            }
        }
    });
}

fn work(app: &Arc<App>, job: &Job, commit: Commit, preview: bool) -> Result<Summary, exchange::ExchangeError> {
    let source = Source::open(&job.path, None)?;
    // What a preview would change is shown; whether it may be is decided when it is written.
    let reason = if preview { Some("preview".to_string()) } else { commit.reason };
    let options = Import {
        reason,
        confirm: commit.confirm,
        org: job.org.clone(),
        within: job.within.clone(),
        preview,
        ..Import::new(job.register.as_str(), job.owner.as_str(), now())
    };
    let mut records = Shared(app);
    let done = import_in_chunks(&mut records, &source, &options, CHUNK, &mut |at| {
        let mut state = job.state();
        (state.n_rows, state.n_refused, state.n_read, state.n_bytes) = (at.n_rows, at.n_refused, at.n_read, at.n_bytes);
        drop(state);
        if !preview {
            app.data_changed(app.store().seq(), Some([job.register.clone()].into()));
        }
    });
    if !preview {
        app.data_changed(app.store().seq(), Some([job.register.clone()].into()));
    }
    done
}
