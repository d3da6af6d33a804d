//! How do records become a file again: CSV, a workbook, NDJSON, or Parquet for another engine?
//!
//! Rows stream from the tables into the file. Secret fields are masked; whoever wants them as they are says why, and that
//! is written into the log before the first row leaves.

use crate::ExchangeError;
use crate::guard::guarded;
use crate::header::{Heading, Use, headings};
use crate::pages::{Cell, PageColumn, Pages};
use crate::places::Orgs;
use crate::source::io;
use base::{Period, Timestamp};
use columns::engine::Value;
use columns::{Snapshot, Store, Submission};
use pack::model::{Kind, Register};
use pack::sql::Relations as _;
use records::{Draft, Op};
use serde_json::{Map, Value as Json, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

/// Digits a spreadsheet program keeps of a number.
const DIGITS_KEPT: usize = 15;

/// What is to leave, and for whom.
#[derive(Debug, Clone)]
pub struct Export {
    /// The register.
    pub register: String,
    /// Only records of these days; of stays, those that touch them.
    pub period: Option<Period>,
    /// Only records of this organisation and those below it, by id or name.
    pub org: Option<String>,
    /// Why secret fields leave as they are; `None` masks them.
    pub unmasked: Option<String>,
    /// Who asks.
    pub actor: String,
    /// The asker's clock.
    pub at: Timestamp,
    /// The moment whose knowledge is wanted; now when left out.
    pub as_of: Option<Timestamp>,
}

/// Writes the records of a register into a file, whose ending says its form, and gives their number.
///
/// # Errors
/// [`ExchangeError`] when there is no such register or organisation, or the file cannot be written.
pub fn export(
    store: &mut Store,
    path: &Path,
    options: &Export,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, ExchangeError> {
    let catalog = Arc::clone(store.catalog());
    let register = find(&catalog, &options.register)?;
    let orgs = Orgs::of(catalog.county.as_ref());
    let snapshot = match options.as_of {
        Some(moment) => store.snapshot_as_of(moment)?,
        None => store.snapshot(columns::county_time(options.at).date())?,
    };
    let from = from_clause(&snapshot, register, options, &orgs, &catalog)?;
    let count = snapshot.query_text(&format!("SELECT count(*) {from}"))?.single().map_err(columns::StoreError::from)?;
    let n_rows = count.as_int().and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    if let Some(reason) = &options.unmasked {
        note_access(store, register, n_rows, path, reason, options)?;
    }
    let headings: Vec<Heading<'_>> = headings(&catalog, register)
        .into_iter()
        .filter(|heading| matches!(heading.used, Use::Id | Use::Org | Use::Column(_)))
        .collect();
    let names: Vec<String> = headings.iter().map(|heading| format!("v.\"{}\"", heading.name)).collect();
    let mut rows = snapshot.stream_text(&format!("SELECT {} {from} ORDER BY v.seq_", names.join(", ")))?;
    let mut writer = Writer::create(path, register, &headings, options.at)?;
    let mut n_done = 0;
    while let Some(chunk) = rows.next_chunk().map_err(columns::StoreError::from)? {
        for mut row in chunk.into_rows() {
            if options.unmasked.is_none() {
                mask(&headings, &mut row);
            }
            writer.row(&headings, &orgs, &row)?;
            n_done += 1;
        }
        progress(n_done, n_rows);
    }
    writer.finish()?;
    Ok(n_done)
}

fn find<'a>(catalog: &'a pack::Catalog, id: &str) -> Result<&'a Register, ExchangeError> {
    let near = || catalog.near_register(id).map(str::to_string);
    catalog.register(id).ok_or_else(|| ExchangeError::Register { id: id.to_string(), near: near() })
}

/// The rows that are wanted.
fn from_clause(
    snapshot: &Snapshot,
    register: &Register,
    options: &Export,
    orgs: &Orgs,
    catalog: &pack::Catalog,
) -> Result<String, ExchangeError> {
    let mut conditions = vec!["TRUE".to_string()];
    if let Some(period) = options.period {
        let (from, until) = (period.from, period.until);
        conditions.push(match register.kind {
            Kind::Event => format!("v.on_date >= DATE '{from}' AND v.on_date < DATE '{until}'"),
            Kind::Statement => format!("v.period_from < DATE '{until}' AND v.period_until > DATE '{from}'"),
            Kind::Entity | Kind::Enrolment => format!(
                "(v.started_on IS NULL OR v.started_on < DATE '{until}') AND (v.ended_on IS NULL OR v.ended_on > DATE '{from}')"
            ),
        });
    }
    if let Some(word) = &options.org {
        let id = orgs.find(word).map_err(ExchangeError::Org)?;
        let below = catalog.county.as_ref().map(|county| county.orgs.subtree(&id)).unwrap_or_default();
        let below: Vec<String> = below.iter().map(|id| format!("'{}'", id.replace('\'', "''"))).collect();
        conditions.push(format!("v.org IN ({})", below.join(", ")));
    }
    let rows = snapshot.view().register(&register.common.id);
    Ok(format!("FROM {rows} AS v WHERE {}", conditions.join(" AND ")))
}

/// One entry of the log that says who took which register out, how many records of it, and why.
fn note_access(
    store: &mut Store,
    register: &Register,
    n_rows: u64,
    path: &Path,
    reason: &str,
    options: &Export,
) -> Result<(), ExchangeError> {
    let county = store.catalog().county.as_ref();
    let root = county.and_then(|county| county.orgs.root()).map(|root| root.id.clone());
    let mut draft =
        Draft::new(Op::Access, register.common.id.as_str(), root.unwrap_or_else(|| store.log().county().into()));
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned());
    draft.body = Map::from_iter([
        ("export".to_string(), json!(file)),
        ("n_records".to_string(), json!(n_rows)),
        ("period".to_string(), json!(options.period.map(|period| period.to_string()))),
        ("org".to_string(), json!(options.org)),
    ]);
    draft.reason = Some(reason.to_string());
    store.submit(Submission::new(options.actor.as_str(), options.at, vec![draft]))?;
    Ok(())
}

fn mask(headings: &[Heading<'_>], row: &mut [Value]) {
    for (heading, value) in headings.iter().zip(row) {
        let is_secret = heading.field.is_some_and(|field| field.secret);
        if let (true, Value::Text(text)) = (is_secret, &mut *value) {
            let is_number = text.chars().any(|c| c.is_ascii_digit());
            *text = if is_number { base::id::mask_number(text) } else { base::id::mask_name(text) };
        } else if is_secret {
            *value = Value::Null;
        }
    }
}

/// A file being written.
enum Writer {
    Csv(Box<csv::Writer<File>>),
    Ndjson(BufWriter<File>, std::path::PathBuf),
    Workbook(Box<Pages>, std::path::PathBuf),
}

impl Writer {
    fn create(
        path: &Path,
        register: &Register,
        headings: &[Heading<'_>],
        at: Timestamp,
    ) -> Result<Self, ExchangeError> {
        let bad = |detail: String| ExchangeError::Write { path: path.to_path_buf(), detail };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("").to_lowercase();
        match ending.as_str() {
            "csv" => {
                let mut file = File::create(path).map_err(io(path))?;
                // Without this mark Excel takes a UTF-8 file for GBK.
                file.write_all("\u{feff}".as_bytes()).map_err(io(path))?;
                let mut csv = csv::Writer::from_writer(file);
                csv.write_record(headings.iter().map(|heading| heading.title.as_str()))
                    .map_err(|e| bad(e.to_string()))?;
                Ok(Self::Csv(Box::new(csv)))
            }
            "ndjson" | "jsonl" => {
                Ok(Self::Ndjson(BufWriter::new(File::create(path).map_err(io(path))?), path.to_path_buf()))
            }
            "xlsx" => {
                let column =
                    |heading: &Heading<'_>| PageColumn { title: heading.title.clone(), width: 16.0, own: false };
                let title: String = register.common.title.zh.chars().take(25).collect();
                let pages = Pages::new(&title, headings.iter().map(column).collect(), at);
                Ok(Self::Workbook(Box::new(pages.map_err(|e| bad(e.to_string()))?), path.to_path_buf()))
            }
            _ => Err(ExchangeError::Form(path.to_path_buf())),
        }
    }

    fn row(&mut self, headings: &[Heading<'_>], orgs: &Orgs, row: &[Value]) -> Result<(), ExchangeError> {
        let org = |heading: &Heading<'_>, value: &Value| match (heading.used, value) {
            (Use::Org, Value::Text(id)) => Value::Text(orgs.shown(id).to_string()),
            _ => value.clone(),
        };
        let cells = headings.iter().zip(row);
        match self {
            Self::Csv(csv) => {
                let words = cells.map(|(heading, value)| match org(heading, value) {
                    Value::Text(text) => guarded(&text).into_owned(),
                    other => shown(&other),
                });
                csv.write_record(words).map_err(|fault| write_error(Path::new("CSV"), &fault))
            }
            Self::Ndjson(file, path) => {
                let members = cells.filter(|(_, value)| !value.is_null());
                let object: Map<String, Json> = members.map(|(h, value)| (h.name.clone(), json_of(value))).collect();
                writeln!(file, "{}", Json::Object(object)).map_err(io(path))
            }
            Self::Workbook(pages, path) => {
                let cells: Vec<Cell> = cells.map(|(heading, value)| cell(&org(heading, value))).collect();
                pages.row(&cells, &[]).map_err(|fault| write_error(path, &fault))
            }
        }
    }

    fn finish(self) -> Result<(), ExchangeError> {
        match self {
            Self::Csv(mut csv) => csv.flush().map_err(io(Path::new("CSV"))),
            Self::Ndjson(mut file, path) => file.flush().map_err(io(&path)),
            Self::Workbook(pages, path) => pages.save(&path),
        }
    }
}

fn write_error(path: &Path, fault: &dyn std::fmt::Display) -> ExchangeError {
    ExchangeError::Write { path: path.to_path_buf(), detail: fault.to_string() }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Date(day) => day.to_string(),
        Value::Instant(moment) => moment.to_string().replace('T', " "),
        Value::Flag(flag) => if *flag { "是" } else { "否" }.into(),
        Value::Many(items) => items.iter().map(shown).collect::<Vec<_>>().join("、"),
        other => other.as_decimal().map_or_else(String::new, |number| number.to_string()),
    }
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Flag(flag) => Json::Bool(*flag),
        Value::Int(number) => json!(number),
        Value::Instant(moment) => json!(moment.to_string()),
        Value::Many(items) => items.iter().map(json_of).collect(),
        other => json!(shown(other)),
    }
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::Date(day) => Cell::Day(*day),
        Value::Int(_) | Value::Decimal { .. } => {
            let text = shown(value);
            let n_digits = text.bytes().filter(u8::is_ascii_digit).count();
            match text.parse() {
                Ok(number) if n_digits <= DIGITS_KEPT => Cell::Number(number),
                _ => Cell::Text(text),
            }
        }
        other => Cell::Text(shown(other)),
    }
}

/// Writes every register as Parquet into `DIR/register=NAME/year=YYYY/`, or `DIR/register=NAME/` when its records have no
/// day, and gives the number of records of each. The store must have been opened with `dir` among the allowed folders.
/// Secret fields are left out, unless `unmasked` says why not.
///
/// # Errors
/// [`ExchangeError::Taken`] when a register's folder is there already; whatever the engine says.
pub fn export_parquet(store: &mut Store, dir: &Path, options: &Export) -> Result<Vec<(String, u64)>, ExchangeError> {
    let catalog = Arc::clone(store.catalog());
    let mut done = Vec::new();
    for register in catalog.registers() {
        let id = &register.common.id;
        let folder = dir.join(format!("register={id}"));
        if folder.exists() {
            return Err(ExchangeError::Taken(folder));
        }
        std::fs::create_dir_all(&folder).map_err(io(&folder))?;
        let snapshot = match options.as_of {
            Some(moment) => store.snapshot_as_of(moment)?,
            None => store.snapshot(columns::county_time(options.at).date())?,
        };
        let secret = register.fields.values().filter(|field| field.secret && options.unmasked.is_none());
        let secret: Vec<String> = secret.map(|field| format!(", \"{}\"", field.id)).collect();
        let day = match register.kind {
            Kind::Event => Some("on_date"),
            Kind::Statement => Some("period_from"),
            Kind::Entity | Kind::Enrolment => None,
        };
        let year = day.map(|day| format!(", year(v.{day}) AS year")).unwrap_or_default();
        let rows = snapshot.view().register(id);
        let sql = format!("SELECT v.* EXCLUDE (seq_{}){year} FROM {rows} AS v ORDER BY v.seq_", secret.concat());
        let target = if day.is_some() { folder.clone() } else { folder.join("records.parquet") };
        let target = target.to_str().ok_or_else(|| write_error(&folder, &"the path is not UTF-8"))?;
        let n = snapshot.copy_parquet(&sql, target, if day.is_some() { &["year"] } else { &[] })?;
        if let Some(reason) = options.unmasked.as_ref().filter(|_| register.fields.values().any(|field| field.secret)) {
            note_access(store, register, n, &folder, reason, options)?;
        }
        done.push((id.clone(), n));
    }
    Ok(done)
}
