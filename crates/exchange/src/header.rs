//! Which column of a file is which field of a register?

use crate::source::{Content, Raw, Row};
use base::{Language, nearest};
use pack::Catalog;
use pack::model::{Column, ColumnType, Field, Register, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// The first rows among which the header is looked for: a title and a note may stand above it.
pub(crate) const HEADER_WITHIN: usize = 10;
/// The column of our own error workbooks that says why.
pub(crate) const REASON: &str = "原因";
/// The row number in the file that was refused.
pub(crate) const LINE: &str = "原行号";
/// The text of a line that is no table row.
pub(crate) const TEXT: &str = "原文";
/// Numbers people put before their rows.
const SERIAL: &[&str] = &["序号", "行号", "No", "No."];

/// What a column of a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// The record's own id.
    Id,
    /// The organisation, by id or by name.
    Org,
    /// The citizen number of the resident it is about.
    Citizen,
    /// The name of that resident, to be compared.
    Name,
    /// A column of the register, by its place.
    Column(usize),
    /// A column of our own, passed over when it comes back.
    Own,
    /// A column that says nothing about the record.
    Passed,
    /// A column without a name.
    Unnamed,
}

/// A column that a file about a register may have.
pub(crate) struct Heading<'a> {
    /// What it is for.
    pub used: Use,
    /// Its name for machines.
    pub name: String,
    /// Its name for people; no two headings share one.
    pub title: String,
    /// The column of the register.
    pub column: Option<Column>,
    /// The field behind it, unless every register of the kind has it.
    pub field: Option<&'a Field>,
}

/// Every column a file about `register` may have, in the order in which we write them.
pub(crate) fn headings<'a>(catalog: &Catalog, register: &'a Register) -> Vec<Heading<'a>> {
    let plain = |used, name: &str, title: &str| Heading {
        used,
        name: name.into(),
        title: title.into(),
        column: None,
        field: None,
    };
    let mut all = vec![plain(Use::Id, "id", "记录编号"), plain(Use::Org, "org", "管理机构")];
    if let (Some(Subject::Resident), Some(resident)) = (register.subject, catalog.register("resident")) {
        let named = [(Use::Citizen, "citizen_id", "公民身份号码"), (Use::Name, "name", "姓名")];
        let known = named.into_iter().filter(|(_, field, _)| resident.fields.contains_key(*field));
        all.extend(known.map(|(used, field, title)| plain(used, &format!("resident.{field}"), title)));
    }
    let taken = |title: &str| register.fields.values().any(|field| field.title.zh == title);
    all.retain(|heading| !taken(&heading.title) && !register.fields.contains_key(&heading.name));
    let mut titles: BTreeMap<String, usize> = BTreeMap::new();
    let columns: Vec<_> =
        register.columns().into_iter().map(|column| (title(catalog, register, &column), column)).collect();
    for (title, _) in &columns {
        *titles.entry(title.clone()).or_default() += 1;
    }
    for (n, (title, column)) in columns.into_iter().enumerate() {
        let field = register.fields.get(&column.name);
        let is_unique = titles.get(&title) == Some(&1);
        let title = if is_unique { title } else { column.name.clone() };
        all.push(Heading { used: Use::Column(n), name: column.name.clone(), title, column: Some(column), field });
    }
    all
}

fn title(catalog: &Catalog, register: &Register, column: &Column) -> String {
    if let Some(field) = register.fields.get(&column.name) {
        return field.title.zh.clone();
    }
    if register.part_of.as_ref().is_some_and(|parent| parent.value == column.name) {
        return catalog
            .register(&column.name)
            .map_or_else(|| column.name.clone(), |parent| parent.common.title.zh.clone());
    }
    let state = column.name.strip_suffix("_at").and_then(|state| register.flow.as_ref()?.states.get(state));
    match state.filter(|_| column.ty == ColumnType::Instant) {
        Some(state) => format!("{}时间", state.title.zh),
        None => columns::fixed_title(&column.name).zh,
    }
}

/// The names by which columns of a file are known.
pub(crate) struct Names {
    register: String,
    known: BTreeMap<String, Use>,
    titles: Vec<String>,
}

impl Names {
    /// The names of a register's columns. A name that two columns could claim belongs to neither.
    pub(crate) fn of(catalog: &Catalog, register: &Register) -> Self {
        let headings = headings(catalog, register);
        let mut known: BTreeMap<String, Use> = BTreeMap::new();
        let mut claimed: BTreeMap<String, Vec<Use>> = BTreeMap::new();
        let mut claim = |name: &str, used| {
            let uses = claimed.entry(plain(name)).or_default();
            if !uses.contains(&used) {
                uses.push(used);
            }
        };
        for heading in headings.iter().filter(|heading| matches!(heading.used, Use::Column(_))) {
            let fixed = heading.column.as_ref().filter(|_| heading.field.is_none());
            let english = match (heading.field, fixed) {
                (Some(field), _) => field.title.get(Language::En).to_string(),
                (None, Some(column)) => columns::fixed_title(&column.name).get(Language::En).to_string(),
                (None, None) => String::new(),
            };
            for name in [&heading.title, &english] {
                claim(name, heading.used);
            }
        }
        known.extend(claimed.into_iter().filter(|(_, uses)| uses.len() == 1).map(|(name, uses)| (name, uses[0])));
        // Names for machines are unique and go before any title.
        for heading in &headings {
            known.insert(plain(&heading.name), heading.used);
            known.entry(plain(&heading.title)).or_insert(heading.used);
        }
        let more: [(Use, &[&str]); 6] = [
            (Use::Own, &[REASON, LINE, TEXT]),
            (Use::Id, &["编号", "Record id"]),
            (Use::Org, &["机构", "所属机构", "管理单位", "机构名称", "Organisation"]),
            (Use::Citizen, &["身份证号", "身份证号码", "身份证", "证件号", "证件号码", "Citizen id"]),
            (Use::Name, &["居民姓名", "患者姓名", "Name"]),
            (Use::Passed, SERIAL),
        ];
        let has = |used| headings.iter().any(|heading| heading.used == used);
        for (used, words) in more {
            if matches!(used, Use::Own | Use::Passed) || has(used) {
                for word in words {
                    known.entry(plain(word)).or_insert(used);
                }
            }
        }
        // A register that keeps the citizen number itself is asked for it by the same words.
        if let Some(place) = register.columns().iter().position(|column| column.name == "citizen_id") {
            for word in more[3].1 {
                known.entry(plain(word)).or_insert(Use::Column(place));
            }
        }
        let titles = headings.into_iter().map(|heading| heading.title).collect();
        Self { register: register.common.id.clone(), known, titles }
    }

    /// What a column of this name is for.
    pub(crate) fn find(&self, word: &str) -> Option<Use> {
        self.known.get(&plain(word)).copied()
    }

    /// The nearest title, as a question after a sentence.
    pub(crate) fn near(&self, word: &str) -> String {
        let near = nearest(&plain(word), self.titles.iter().map(String::as_str));
        near.map(|near| format!("，是不是“{near}”？")).unwrap_or_default()
    }
}

/// A name without what people add to it: spaces, stars, full width, a unit in brackets.
fn plain(name: &str) -> String {
    let half: String = name.chars().map(base::id::half_width).collect();
    let bare = half.split(['(', '[', '\n']).next().filter(|bare| !bare.trim().is_empty()).unwrap_or(&half);
    bare.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | ':' | '★')).collect::<String>().to_lowercase()
}

/// The header of a file.
#[derive(Debug, PartialEq)]
pub(crate) struct Header {
    /// How each column is used.
    pub uses: Vec<Use>,
    /// The words of the header, as they stand in the file.
    pub words: Vec<String>,
    /// How many of the rows stand above the first row of data.
    pub n_rows: usize,
}

/// Why a row is no header, or not a sound one.
#[derive(Debug, PartialEq)]
pub(crate) enum HeaderError {
    /// Too few of its words are names of fields.
    None {
        /// The row that came nearest.
        nearest: String,
    },
    /// Words nobody knows, fields named twice.
    Problems(Vec<String>),
}

/// Finds the header among the first rows; what stands above it is passed over. A header of two rows, the upper one with
/// merged cells over groups of columns, is read as one.
pub(crate) fn find(names: &Names, rows: &[Row]) -> Result<Header, HeaderError> {
    let mut best: Option<(usize, usize, Vec<String>)> = None;
    let words: Vec<Vec<String>> = rows.iter().take(HEADER_WITHIN).map(words).collect();
    let score =
        |words: &[String]| words.iter().filter(|word| names.find(word).is_some_and(|used| used != Use::Passed)).count();
    let mut consider = |n_rows, words: &[String]| {
        let score = score(words);
        if best.as_ref().is_none_or(|(_, known, _)| score > *known) {
            best = Some((n_rows, score, words.to_vec()));
        }
    };
    for (n, row) in words.iter().enumerate() {
        consider(n + 1, row);
    }
    for (n, pair) in words.windows(2).enumerate() {
        if let [upper, lower] = pair {
            consider(n + 2, &together(names, upper, lower));
        }
    }
    let Some((n_rows, score, words)) = best else {
        return Err(HeaderError::None { nearest: String::new() });
    };
    let n_named = words.iter().filter(|word| !word.trim().is_empty()).count();
    if score == 0 || score * 2 < n_named {
        return Err(HeaderError::None { nearest: words.join(" | ") });
    }
    let mut uses = Vec::with_capacity(words.len());
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for (n, word) in words.iter().enumerate() {
        let letter = letter(n);
        if word.trim().is_empty() {
            uses.push(Use::Unnamed);
            continue;
        }
        match names.find(word) {
            Some(used) => {
                if let Use::Own | Use::Passed = used {
                } else if !seen.insert(format!("{used:?}")) {
                    problems.push(format!("{letter}列“{word}”与前面的一列重复"));
                }
                uses.push(used);
            }
            None => problems.push(format!("{letter}列“{word}”不是{}的栏目{}", names.register, names.near(word))),
        }
    }
    if problems.is_empty() { Ok(Header { uses, words, n_rows }) } else { Err(HeaderError::Problems(problems)) }
}

/// Two rows as one header: the lower word where there is one, the upper word above an empty cell.
fn together(names: &Names, upper: &[String], lower: &[String]) -> Vec<String> {
    let word = |words: &[String], n: usize| words.get(n).cloned().unwrap_or_default();
    let both = (0..upper.len().max(lower.len())).map(|n| {
        let (upper, lower) = (word(upper, n), word(lower, n));
        let is_known = |word: &str| names.find(word).is_some();
        if lower.trim().is_empty() || (!is_known(&lower) && is_known(&upper)) { upper } else { lower }
    });
    both.collect()
}

/// The letters by which spreadsheet programs name a column.
pub(crate) fn letter(mut column: usize) -> String {
    let mut letters = String::new();
    loop {
        letters.insert(0, char::from(b'A' + (column % 26) as u8));
        match (column / 26).checked_sub(1) {
            Some(next) => column = next,
            None => return letters,
        }
    }
}

fn words(row: &Row) -> Vec<String> {
    match &row.content {
        Content::Cells(cells) => cells.iter().map(Raw::shown).collect(),
        _ => Vec::new(),
    }
}
