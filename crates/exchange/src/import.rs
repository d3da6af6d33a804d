//! How do the rows of a file become records?
//!
//! Chunk by chunk: read, completed with what the records know, judged by the packs' rules, written. What is refused comes
//! back beside the file. An import that was stopped goes on where it stopped when the same file is given again: a row
//! without an id of its own gets one from the file's hash and its line, and every chunk has an idempotency key.

use crate::ExchangeError;
use crate::feed::{Chunk, each_chunk};
use crate::places::{Institutions, Orgs};
use crate::reading::{Fault, ReadRow, Reader};
use crate::refused::{Refused, tally};
use crate::settle::Settler;
use crate::source::Source;
use base::Timestamp;
use columns::{Mode, Outcome, Store, Submission, Verdict};
use pack::Catalog;
use pack::model::Register;
use pack::sql::Relations as _;
use records::{DRAFTS_MAX, Draft};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Rows that are judged and written together.
pub const CHUNK: usize = 50_000;
/// Refused rows that are told one by one; the workbook has all of them.
pub const REFUSED_TOLD: usize = 1_000;

/// How a file is to be imported.
#[derive(Debug, Clone)]
pub struct Import {
    /// The register.
    pub register: String,
    /// What a refused row does to the others. A whole file has at most [`DRAFTS_MAX`] rows.
    pub mode: Mode,
    /// Why records that exist are changed; without it they are not.
    pub reason: Option<String>,
    /// Why records that ask for confirmation are right; without it they are not saved.
    pub confirm: Option<String>,
    /// Who writes.
    pub actor: String,
    /// The organisation of rows that name none, by id or name.
    pub org: Option<String>,
    /// The organisations the writer may write for; all when absent. A row about another one is refused.
    pub within: Option<BTreeSet<String>>,
    /// The writer's clock.
    pub at: Timestamp,
    /// Nothing is written: the summary says what would be.
    pub preview: bool,
}

/// Records that are asked and written a chunk at a time, by somebody who may have to share them in between.
pub trait Records {
    /// Works on the records, undisturbed.
    fn with<T>(&mut self, work: impl FnOnce(&mut Store) -> T) -> T;
}

impl Records for Store {
    fn with<T>(&mut self, work: impl FnOnce(&mut Store) -> T) -> T {
        work(self)
    }
}

impl Import {
    /// Rows into `register`, each for itself; the other fields are set by name.
    pub fn new(register: impl Into<String>, actor: impl Into<String>, at: Timestamp) -> Self {
        Self {
            register: register.into(),
            mode: Mode::Each,
            reason: None,
            confirm: None,
            actor: actor.into(),
            org: None,
            within: None,
            at,
            preview: false,
        }
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows settled.
    pub n_rows: u64,
    /// Rows refused among them.
    pub n_refused: u64,
    /// Bytes of the file that are read.
    pub n_read: u64,
    /// Bytes of the file; 0 when nobody knows how far it is read.
    pub n_bytes: u64,
}

/// A row that was not saved.
#[derive(Debug, Clone, PartialEq)]
pub struct RefusedRow {
    /// Its number in the file.
    pub line: u64,
    /// The record it named.
    pub record: Option<String>,
    /// Everything that stands in its way.
    pub faults: Vec<Fault>,
}

/// What became of a file. `n_created + n_changed + n_unchanged + n_done_before + n_refused` is `n_rows`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Rows of the file that are not empty.
    pub n_rows: u64,
    /// New records.
    pub n_created: u64,
    /// New versions of records.
    pub n_changed: u64,
    /// Rows that say what the records say already.
    pub n_unchanged: u64,
    /// Rows that an earlier run of the same file wrote.
    pub n_done_before: u64,
    /// Rows that were not saved.
    pub n_refused: u64,
    /// Those among them that only wait for a confirmation.
    pub n_to_confirm: u64,
    /// The error workbook, when a row was refused, and its number of sheets.
    pub workbook: Option<(PathBuf, usize)>,
    /// How often each rule refused a row, most frequent first.
    pub rules: Vec<(String, u64)>,
    /// The first refused rows.
    pub refused: Vec<RefusedRow>,
}

impl Summary {
    /// Rows whose content is in the records now.
    pub fn n_accepted(&self) -> u64 {
        self.n_created + self.n_changed + self.n_unchanged + self.n_done_before
    }
}

/// Writes the rows of a file into a register.
///
/// # Errors
/// [`ExchangeError`] when the file as a whole cannot be taken: its header, its form, an organisation nobody knows. What was
/// written before the fault stays, and the same file goes on behind it.
pub fn import<R: Records>(
    store: &mut R,
    source: &Source,
    options: &Import,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, ExchangeError> {
    import_in_chunks(store, source, options, CHUNK, progress)
}

/// The same with chunks of another size: whoever shares the records with others takes smaller ones. The same file goes on
/// where it stopped only with chunks of the same size.
///
/// # Errors
/// As [`import`].
pub fn import_in_chunks<R: Records>(
    store: &mut R,
    source: &Source,
    options: &Import,
    size: usize,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, ExchangeError> {
    let catalog = store.with(|store| Arc::clone(store.catalog()));
    let register = catalog.register(&options.register).ok_or_else(|| ExchangeError::Register {
        id: options.register.clone(),
        near: catalog.near_register(&options.register).map(str::to_string),
    })?;
    let orgs = Orgs::of(catalog.county.as_ref());
    let org = options.org.as_deref().map(|word| orgs.find(word).map_err(ExchangeError::Org)).transpose()?;
    let institutions = store.with(|store| institutions(store, &catalog, options.at))?;
    let reader = Reader::new(&catalog, register, &orgs, &institutions);
    let settler = store.with(|store| Settler::new(store, register, source, options, org))?;
    let mut run = Run {
        store,
        catalog: &catalog,
        register,
        source,
        options,
        settler,
        refused: None,
        summary: Summary::default(),
        counts: BTreeMap::new(),
    };
    match options.mode {
        Mode::Each => each_chunk(source, reader, size, |chunk| {
            run.each(chunk)?;
            let Summary { n_rows, n_refused, .. } = run.summary;
            progress(Progress {
                n_rows,
                n_refused,
                n_read: source.n_read().load(Ordering::Relaxed),
                n_bytes: source.n_bytes(),
            });
            Ok(())
        })?,
        Mode::Whole => {
            let mut whole = None;
            each_chunk(source, reader, DRAFTS_MAX, |chunk| match whole.replace(chunk) {
                None => Ok(()),
                Some(_) => Err(ExchangeError::TooLong { path: source.path().to_path_buf(), n_max: DRAFTS_MAX }),
            })?;
            whole.map_or(Ok(()), |chunk| run.whole(chunk))?;
        }
    }
    run.finish()
}

fn institutions(store: &Store, catalog: &Catalog, at: Timestamp) -> Result<Institutions, ExchangeError> {
    let known = catalog.register("institution").is_some_and(|known| known.fields.contains_key("name"));
    if !known {
        return Ok(Institutions::default());
    }
    let snapshot = store.snapshot(columns::county_time(at).date())?;
    let sql = format!("SELECT id, name FROM {} AS i", snapshot.view().register("institution"));
    let rows = snapshot.query_text(&sql)?.rows().map_err(columns::StoreError::from)?;
    let named = rows.iter().filter_map(|row| Some((row.first()?.as_text()?, row.get(1)?.as_text()?)));
    Ok(Institutions::of(named))
}

/// One import under way.
struct Run<'a, R> {
    store: &'a mut R,
    catalog: &'a Catalog,
    register: &'a Register,
    source: &'a Source,
    options: &'a Import,
    settler: Settler<'a>,
    refused: Option<Refused>,
    summary: Summary,
    counts: BTreeMap<String, u64>,
}

/// Drafts and the rows they were made of.
#[derive(Default)]
pub(crate) struct Drafted {
    /// The drafts.
    pub drafts: Vec<Draft>,
    /// The row of every draft.
    pub rows: Vec<usize>,
}

impl<R: Records> Run<'_, R> {
    /// Writes what may be written of a chunk.
    fn each(&mut self, mut chunk: Chunk) -> Result<(), ExchangeError> {
        let (settler, rows) = (&mut self.settler, &mut chunk.rows);
        let settled = self.store.with(|store| settler.settle(store, chunk.no, rows))?;
        self.judge_unsound(&mut chunk.rows, settled.unsound)?;
        let n_drafts = settled.sound.drafts.len();
        if n_drafts > 0 {
            let is_change: Vec<bool> = settled.sound.drafts.iter().map(|draft| draft.base_version.is_some()).collect();
            let submission = Submission { key: settled.key, ..self.submission(Mode::Each, settled.sound.drafts) };
            let preview = self.options.preview;
            let outcome =
                self.store.with(|store| if preview { store.judge(submission) } else { store.submit(submission) })?;
            let mut is_refused = vec![false; n_drafts];
            for refusal in &outcome.refusals {
                is_refused[refusal.index] = true;
            }
            let written = is_change.iter().zip(&is_refused).filter(|(_, refused)| !**refused);
            let n_changed = written.clone().filter(|(change, _)| **change).count();
            self.summary.n_changed += n_changed as u64;
            self.summary.n_created += (written.count() - n_changed) as u64;
            blame(self.register, &mut chunk.rows, &settled.sound.rows, outcome);
        }
        self.summary.n_unchanged += settled.n_unchanged;
        self.summary.n_done_before += settled.n_done_before;
        self.refuse(&chunk)
    }

    /// Writes the whole file or nothing of it.
    fn whole(&mut self, mut chunk: Chunk) -> Result<(), ExchangeError> {
        let (settler, rows) = (&mut self.settler, &mut chunk.rows);
        let settled = self.store.with(|store| settler.settle(store, chunk.no, rows))?;
        let is_sound = chunk.rows.iter().all(|row| row.faults.is_empty());
        self.judge_unsound(&mut chunk.rows, settled.unsound)?;
        let n_drafts = settled.sound.drafts.len();
        let n_changed = settled.sound.drafts.iter().filter(|draft| draft.base_version.is_some()).count();
        let mut is_written = is_sound;
        if n_drafts > 0 {
            let submission = Submission { key: settled.key, ..self.submission(Mode::Whole, settled.sound.drafts) };
            let writes = is_sound && !self.options.preview;
            let outcome =
                self.store.with(|store| if writes { store.submit(submission) } else { store.judge(submission) })?;
            is_written = is_sound && outcome.n_refused == 0;
            blame(self.register, &mut chunk.rows, &settled.sound.rows, outcome);
        }
        if is_written {
            self.summary.n_changed += n_changed as u64;
            self.summary.n_created += (n_drafts - n_changed) as u64;
            self.summary.n_unchanged += settled.n_unchanged;
            self.summary.n_done_before += settled.n_done_before;
        } else {
            for row in chunk.rows.iter_mut().filter(|row| row.faults.is_empty()) {
                row.break_rule("not-whole", None, "本行无误，因其他行有误，整个文件都未导入");
            }
        }
        self.refuse(&chunk)
    }

    fn submission(&self, mode: Mode, drafts: Vec<Draft>) -> Submission {
        let Import { confirm, actor, at, .. } = self.options;
        Submission { mode, confirm: confirm.clone(), ..Submission::new(actor.as_str(), *at, drafts) }
    }

    /// Asks the rules about rows that are refused anyway, so that whoever mends them hears everything at once.
    fn judge_unsound(&mut self, rows: &mut [ReadRow], unsound: Drafted) -> Result<(), ExchangeError> {
        if unsound.drafts.is_empty() {
            return Ok(());
        }
        let submission = self.submission(Mode::Whole, unsound.drafts);
        let outcome = self.store.with(|store| store.judge(submission))?;
        blame(self.register, rows, &unsound.rows, outcome);
        Ok(())
    }

    /// Writes the rows with faults into the error workbook.
    fn refuse(&mut self, chunk: &Chunk) -> Result<(), ExchangeError> {
        self.summary.n_rows += chunk.rows.len() as u64;
        for row in chunk.rows.iter().filter(|row| !row.faults.is_empty()) {
            if self.refused.is_none() {
                let of = (self.catalog, self.register);
                let path = self.source.path();
                self.refused = Some(Refused::new(path, &chunk.words, &chunk.uses, of, self.options.at)?);
            }
            if let Some(refused) = &mut self.refused {
                refused.add(row)?;
            }
            self.summary.n_refused += 1;
            self.summary.n_to_confirm += u64::from(row.faults.iter().all(|fault| fault.verdict == Verdict::Confirm));
            for fault in &row.faults {
                *self.counts.entry(fault.rule.clone()).or_default() += 1;
            }
            if self.summary.refused.len() < REFUSED_TOLD {
                let (line, record, faults) = (row.line, row.id.clone(), row.faults.clone());
                self.summary.refused.push(RefusedRow { line, record, faults });
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Summary, ExchangeError> {
        self.summary.workbook = self.refused.map(Refused::finish).transpose()?;
        self.summary.rules = tally(&self.counts);
        Ok(self.summary)
    }
}

/// What people call a column.
pub(crate) fn title(register: &Register, name: &str) -> String {
    let field = register.fields.get(name);
    field.map_or_else(|| columns::fixed_title(name).zh, |field| field.title.zh.clone())
}

/// Puts refusals beside the rows they are about. That a cell is empty is not told of one that could not be read.
fn blame(register: &Register, rows: &mut [ReadRow], places: &[usize], outcome: Outcome) {
    for refusal in outcome.refusals {
        let Some(row) = places.get(refusal.index).and_then(|place| rows.get_mut(*place)) else { continue };
        let told_already = match refusal.rule.as_str() {
            "required" => row.unread.iter().any(|name| refusal.say.zh == format!("请填写{}", title(register, name))),
            "unknown-org" => row.unread.contains("org"),
            _ => false,
        };
        if !told_already {
            let (rule, verdict, say) = (refusal.rule, refusal.verdict, refusal.say.zh);
            row.faults.push(Fault { column: None, rule, verdict, say });
        }
    }
}
