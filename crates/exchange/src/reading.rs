//! What does one row of a file say, before anybody is asked about it?
//!
//! Cells become values of the register's columns; what cannot is said in sentences, all of a row at once. Nothing here
//! asks the records: who is meant by a citizen number is looked up later, for many rows together.

use crate::ExchangeError;
use crate::header::{Header, HeaderError, Names, Use, headings, letter};
use crate::places::{Institutions, Orgs};
use crate::source::{Content, Raw, Row, Source};
use crate::value::{Spec, tidy, value, words};
use base::id::CitizenId;
use columns::Verdict;
use pack::Catalog;
use pack::model::Register;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// One sentence about a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The column of the file it is about, from 0, where that is known.
    pub column: Option<usize>,
    /// The rule that was broken: one of the packs', or the import's own.
    pub rule: String,
    /// Whether it can be confirmed.
    pub verdict: Verdict,
    /// What is wrong.
    pub say: String,
}

/// What the file itself held, to be given back when the row is refused.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kept {
    /// Cells.
    Cells(Vec<Raw>),
    /// A line of text.
    Text(String),
}

/// A row as far as the file alone tells.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReadRow {
    /// Its number in the file.
    pub line: u64,
    /// What it held.
    pub kept: Kept,
    /// The record it names.
    pub id: Option<String>,
    /// The organisation it names.
    pub org: Option<String>,
    /// What it says of the register's columns; `null` where a cell is empty.
    pub given: Map<String, Json>,
    /// Columns that name a resident by citizen number.
    pub citizens: Vec<(String, CitizenId)>,
    /// The resident's name, to be compared.
    pub name: Option<String>,
    /// Columns whose cells cannot be read; nobody need be told that they are empty.
    pub unread: BTreeSet<String>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

impl ReadRow {
    pub(crate) fn fault(&mut self, column: Option<usize>, say: impl Into<String>) {
        self.break_rule("unreadable", column, say);
    }

    pub(crate) fn break_rule(&mut self, rule: &str, column: Option<usize>, say: impl Into<String>) {
        self.faults.push(Fault { column, rule: rule.into(), verdict: Verdict::Refuse, say: say.into() });
    }
}

/// Reads rows of one file for one register.
pub(crate) struct Reader<'a> {
    register: &'a Register,
    names: Names,
    specs: Vec<Spec>,
    orgs: &'a Orgs,
    institutions: &'a Institutions,
    header: Header,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        catalog: &Catalog,
        register: &'a Register,
        orgs: &'a Orgs,
        institutions: &'a Institutions,
    ) -> Self {
        let headings = headings(catalog, register);
        let specs = headings.iter().filter_map(|heading| Spec::of(catalog, register, heading)).collect();
        let header = Header { uses: Vec::new(), words: Vec::new(), n_rows: 0 };
        Self { register, names: Names::of(catalog, register), specs, orgs, institutions, header }
    }

    /// The header of the file.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// Finds the header among the first rows of a table.
    pub(crate) fn find_header(&mut self, source: &Source, rows: &[Row]) -> Result<(), ExchangeError> {
        self.header = crate::header::find(&self.names, rows).map_err(|fault| match fault {
            HeaderError::None { nearest } => ExchangeError::NoHeader {
                path: source.path().to_path_buf(),
                register: self.register.common.id.clone(),
                nearest: nearest.chars().take(200).collect(),
            },
            HeaderError::Problems(problems) => ExchangeError::Header { path: source.path().to_path_buf(), problems },
        })?;
        Ok(())
    }

    /// Reads a row below the header, or one that names its fields.
    pub(crate) fn read(&self, row: Row) -> ReadRow {
        let mut read = ReadRow {
            line: row.line,
            kept: Kept::Text(String::new()),
            id: None,
            org: None,
            given: Map::new(),
            citizens: Vec::new(),
            name: None,
            unread: BTreeSet::new(),
            faults: Vec::new(),
        };
        let is_1904 = row.is_1904;
        match row.content {
            Content::Cells(cells) => {
                for (n, raw) in cells.iter().enumerate() {
                    let used = self.header.uses.get(n).copied().unwrap_or(Use::Unnamed);
                    self.take(&mut read, Some(n), used, raw, is_1904);
                }
                // A row may end before its last columns: those cells are empty.
                for used in self.header.uses.iter().skip(cells.len()) {
                    if let Use::Column(_) = used {
                        self.take(&mut read, None, *used, &Raw::Empty, is_1904);
                    }
                }
                read.kept = Kept::Cells(cells);
            }
            Content::Object(object, text) => {
                for (key, json) in object {
                    self.take_json(&mut read, &key, json);
                }
                read.kept = Kept::Text(text);
            }
            Content::Broken(say, text) => {
                read.fault(None, say);
                read.kept = Kept::Text(text);
            }
        }
        read
    }

    fn take(&self, read: &mut ReadRow, column: Option<usize>, used: Use, raw: &Raw, is_1904: bool) {
        let given = |read: &mut ReadRow, title: &str| match words(title, raw) {
            Ok(text) => Some(text).filter(|text| !text.is_empty()),
            Err(say) => {
                read.fault(column, say);
                None
            }
        };
        match used {
            Use::Own | Use::Passed => {}
            Use::Unnamed => {
                if !raw.is_empty() {
                    let place = column.map_or_else(String::new, letter);
                    read.fault(column, format!("{place}列没有栏目名，却填有“{}”", raw.shown()));
                }
            }
            Use::Id => read.id = given(read, "记录编号"),
            Use::Name => read.name = given(read, "姓名"),
            Use::Org => {
                if let Some(word) = given(read, "管理机构") {
                    self.take_org(read, column, &word);
                }
            }
            Use::Citizen => {
                if let Some(word) = given(read, "公民身份号码") {
                    self.take_citizen(read, column, "resident", "公民身份号码", &word);
                }
            }
            Use::Column(n) => {
                let Some(spec) = self.specs.get(n) else { return };
                match value(spec, raw, is_1904) {
                    Ok(json) => self.take_value(read, column, spec, json),
                    Err(say) => {
                        read.fault(column, say);
                        read.unread.insert(spec.name.clone());
                    }
                }
            }
        }
    }

    /// A member of an object: text of a column without codes stands as it is, for it was written by a program.
    fn take_json(&self, read: &mut ReadRow, key: &str, json: Json) {
        let Some(used) = self.names.find(key) else {
            let say = format!("{}没有“{key}”这一栏目{}", self.register.common.title.zh, self.names.near(key));
            return read.fault(None, say);
        };
        let spec = if let Use::Column(n) = used { self.specs.get(n) } else { None };
        let raw = match (json, spec) {
            (Json::Null, _) => Raw::Empty,
            (Json::Bool(flag), _) => Raw::Flag(flag),
            (Json::Number(number), _) => Raw::Text(number.to_string()),
            (Json::String(text), Some(spec)) if spec.is_free_text() => {
                return self.take_value(read, None, spec, Some(Json::String(text)).filter(|text| text != ""));
            }
            (Json::String(text), _) => Raw::Text(text),
            (Json::Array(items), Some(spec)) => {
                let words: Option<Vec<&str>> = items.iter().map(Json::as_str).collect();
                match words {
                    Some(words) => Raw::Text(words.join("、")),
                    None => {
                        read.unread.insert(spec.name.clone());
                        return read.fault(None, format!("{}应为文字的列表，现为{}", spec.title, Json::Array(items)));
                    }
                }
            }
            (other, _) => return read.fault(None, format!("“{key}”的内容{other}无法识别")),
        };
        self.take(read, None, used, &raw, false);
    }

    fn take_value(&self, read: &mut ReadRow, column: Option<usize>, spec: &Spec, json: Option<Json>) {
        let (Some(to), Some(Json::String(word))) = (&spec.refers, &json) else {
            read.given.insert(spec.name.clone(), json.unwrap_or(Json::Null));
            return;
        };
        let (to, word) = (to.as_str(), word.clone());
        match to {
            "resident" if is_citizen_number(&word) => self.take_citizen(read, column, &spec.name, &spec.title, &word),
            "org" | "institution" => {
                let found = if to == "org" { self.orgs.find(&word) } else { self.institutions.find(&word) };
                match found {
                    Ok(id) => drop(read.given.insert(spec.name.clone(), Json::String(id))),
                    Err(say) => {
                        read.unread.insert(spec.name.clone());
                        read.fault(column, format!("{}：{say}", spec.title));
                    }
                }
            }
            _ => drop(read.given.insert(spec.name.clone(), Json::String(word))),
        }
    }

    fn take_org(&self, read: &mut ReadRow, column: Option<usize>, word: &str) {
        match self.orgs.find(word) {
            Ok(id) => read.org = Some(id),
            Err(say) => {
                read.unread.insert("org".into());
                read.fault(column, say);
            }
        }
    }

    fn take_citizen(&self, read: &mut ReadRow, column: Option<usize>, name: &str, title: &str, word: &str) {
        match CitizenId::parse_any(&tidy(word)) {
            Ok(number) => read.citizens.push((name.to_string(), number)),
            Err(fault) => {
                read.unread.insert(name.to_string());
                read.fault(column, format!("{title}“{word}”有误：{fault}"));
            }
        }
    }
}

/// Whether a word is meant as a citizen number and not as one of our ids.
fn is_citizen_number(word: &str) -> bool {
    let n_digits = word.bytes().filter(u8::is_ascii_digit).count();
    matches!((word.len(), n_digits), (18, 17 | 18) | (15, 15))
        && word.bytes().take(14).all(|byte| byte.is_ascii_digit())
}
