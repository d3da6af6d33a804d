//! Which records of a register fit these words and filters, page by page?
//!
//! One statement over the columns: the page is found from the last row of the page before, so the thousandth page takes
//! as long as the first. People are masked; a search names nobody in an address when it is sent as a body.

use crate::app::App;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::masked::{cell_shown, column_title, mask, ref_name};
use crate::page::register::{day_column, find, is_stamp};
use crate::page::rows::people;
use crate::problem::{Problem, near_or};
use crate::wire;
use base::{Decimal, Language, Text};
use columns::engine::Value as Cell;
use pack::model::{Column, ColumnType, Field, FieldType, Register};
use pack::sql::{Relations, quote_text};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const USUAL_LIMIT: usize = 50;
const MOST_LIMIT: usize = 1_000;
/// Residents a search may mean.
const MOST_PEOPLE: usize = 500;
/// Fields shown when nobody chose.
const USUAL_FIELDS: usize = 7;
const RESIDENT: &str = "resident";

/// A page of a register.
#[derive(Debug, Serialize)]
pub struct Listing {
    register: String,
    title: wire::Text,
    total: u64,
    total_shown: String,
    columns: Vec<ListColumn>,
    /// Every column that may be chosen.
    all_columns: Vec<ListColumn>,
    rows: Vec<ListRow>,
    next: Option<String>,
    sort: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct ListColumn {
    pub key: String,
    pub title: wire::Text,
    pub align: &'static str,
    pub sorts: bool,
}

#[derive(Debug, Serialize)]
pub struct ListRow {
    pub id: String,
    version: u64,
    org: String,
    resident: Option<String>,
    pub cells: BTreeMap<String, String>,
}

/// The body of `POST /api/registers/{register}/find`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    q: Option<String>,
    #[serde(default)]
    filters: BTreeMap<String, String>,
    org: Option<String>,
    sort: Option<String>,
    columns: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
    as_of: Option<String>,
}

impl Request {
    /// The same question as an address would ask it.
    pub fn onto(self, ask: Ask) -> Ask {
        let ask = ask
            .with("q", self.q)
            .with("org", self.org)
            .with("sort", self.sort)
            .with("columns", self.columns)
            .with("after", self.after)
            .with("as_of", self.as_of)
            .with("limit", self.limit.map(|limit| limit.to_string()));
        self.filters.into_iter().fold(ask, |ask, (name, value)| ask.with(&format!("f.{name}"), Some(value)))
    }
}

/// What is asked for, as conditions over the rows `v`.
pub struct Wanted<'a> {
    /// The register.
    pub register: &'a Register,
    conditions: Vec<String>,
    sort: Column,
    falls: bool,
}

impl Wanted<'_> {
    /// The rows of the register that are wanted.
    pub fn from(&self, desk: &Desk) -> String {
        let rows = desk.snapshot.view().register(&self.register.common.id);
        format!("FROM {rows} AS v WHERE {}", self.conditions.join(" AND "))
    }

    /// Their order.
    pub fn order(&self) -> String {
        let direction = if self.falls { "DESC" } else { "ASC" };
        format!("ORDER BY v.\"{}\" {direction} NULLS LAST, v.id", self.sort.name)
    }
}

/// `/api/registers/{register}`
pub fn listing(app: &Arc<App>, desk: &Desk, ask: &Ask) -> Result<Listing, Problem> {
    let wanted = wanted(app, desk, ask)?;
    let register = wanted.register;
    let limit = ask.limit(USUAL_LIMIT, MOST_LIMIT)?;
    let all = all_columns(register);
    let chosen = chosen(register, &all, ask.get("columns"));
    let mut select: Vec<String> = ["id", "version", "org"].iter().map(|name| format!("v.{name}")).collect();
    select.push(format!("CAST(v.\"{}\" AS VARCHAR)", wanted.sort.name));
    select.extend(chosen.iter().map(|column| format!("v.\"{}\"", column.name)));
    let from = wanted.from(desk);
    let after = ask.get("after").map(|after| beyond(&wanted, after)).transpose()?;
    let after = after.map_or_else(String::new, |beyond| format!(" AND {beyond}"));
    let total = desk.snapshot.query_text(&format!("SELECT count(*) {from}"))?.single()?;
    let total = total.as_int().and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    let sql = format!("SELECT {} {from}{after} {} LIMIT {}", select.join(", "), wanted.order(), limit + 1);
    let mut found = desk.snapshot.query_text(&sql)?.rows()?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|row| {
        let text = |at: usize| row.get(at).and_then(Cell::as_text);
        cursor(text(3), text(0).unwrap_or(""))
    });
    let whom = chosen.iter().position(|column| column.name == RESIDENT).map(|at| at + 4);
    let rows = shown_rows(app, desk, register, &chosen, whom, &found)?;
    if ask.get("q").is_some() {
        app.log_search(desk, ask, rows.iter().filter_map(|row| row.resident.as_deref()))?;
    }
    let direction = if wanted.falls { "-" } else { "" };
    Ok(Listing {
        register: register.common.id.clone(),
        title: wire::Text::from(&register.common.title),
        total,
        total_shown: match desk.language {
            Language::Zh => format!("{}条", desk.number(Decimal::from(total))),
            Language::En => format!("{} records", desk.number(Decimal::from(total))),
        },
        columns: chosen.iter().map(|column| list_column(register, column)).collect(),
        all_columns: all.iter().map(|column| list_column(register, column)).collect(),
        rows,
        next,
        sort: format!("{direction}{}", wanted.sort.name),
    })
}

/// Every row of a list.
pub struct All {
    /// What the register is called.
    pub title: wire::Text,
    /// The columns.
    pub columns: Vec<ListColumn>,
    /// The rows.
    pub rows: Vec<ListRow>,
}

/// All rows that are wanted, at most so many, once `may` has heard how many they are.
pub fn all(
    app: &Arc<App>,
    desk: &Desk,
    ask: &Ask,
    most: u64,
    may: impl FnOnce(u64) -> Result<(), Problem>,
) -> Result<All, Problem> {
    let wanted = wanted(app, desk, ask)?;
    let register = wanted.register;
    let chosen = chosen(register, &all_columns(register), ask.get("columns"));
    let from = wanted.from(desk);
    let total = desk.snapshot.query_text(&format!("SELECT count(*) {from}"))?.single()?;
    may(total.as_int().and_then(|n| u64::try_from(n).ok()).unwrap_or(0))?;
    let mut select: Vec<String> = ["id", "version", "org", "id"].iter().map(|name| format!("v.{name}")).collect();
    select.extend(chosen.iter().map(|column| format!("v.\"{}\"", column.name)));
    let sql = format!("SELECT {} {from} {} LIMIT {most}", select.join(", "), wanted.order());
    let found = desk.snapshot.query_text(&sql)?.rows()?;
    let whom = chosen.iter().position(|column| column.name == RESIDENT).map(|at| at + 4);
    let mut rows = Vec::with_capacity(found.len());
    for part in found.chunks(MOST_LIMIT) {
        rows.extend(shown_rows(app, desk, register, &chosen, whom, part)?);
    }
    let columns = chosen.iter().map(|column| list_column(register, column)).collect();
    Ok(All { title: wire::Text::from(&register.common.title), columns, rows })
}

/// Which records are wanted, from the parameters of a question.
pub fn wanted<'a>(app: &Arc<App>, desk: &'a Desk, ask: &Ask) -> Result<Wanted<'a>, Problem> {
    let register = find(desk, ask.require("register")?)?;
    let mut conditions = vec!["TRUE".to_string()];
    let orgs = &desk.county()?.orgs;
    if let Some(reached) = ask.visitor.reached(orgs) {
        // Somebody without any organisation sees no row.
        let within: Vec<String> = reached.iter().map(|id| quote_text(id)).collect();
        conditions.push(if within.is_empty() { "FALSE".into() } else { format!("v.org IN ({})", within.join(", ")) });
    }
    if let Some(org) = ask.get("org") {
        ask.visitor.must_reach(desk.county()?, org)?;
        orgs.get(org).ok_or_else(|| Problem::org(org))?;
        if orgs.root().is_none_or(|root| root.id != org) {
            let below: Vec<String> = orgs.subtree(org).iter().map(|id| quote_text(id)).collect();
            conditions.push(format!("v.org IN ({})", below.join(", ")));
        }
    }
    for (name, value) in ask.starting_with("f.") {
        conditions.push(filter(desk, register, name, value)?);
    }
    if let Some(words) = ask.get("q") {
        conditions.push(search(app, register, words)?);
    }
    let (falls, name) = match ask.get("sort") {
        Some(name) => (name.starts_with('-'), name.trim_start_matches('-')),
        None => (true, day_column(register)),
    };
    let sort = all_columns(register).into_iter().find(|column| column.name == name).filter(|c| sorts(register, c));
    let sort = sort.ok_or_else(|| unknown_column(register, name))?;
    Ok(Wanted { register, conditions, sort, falls })
}

/// The columns of a list: when it was written at the end.
fn all_columns(register: &Register) -> Vec<Column> {
    let own = register.columns().into_iter().filter(|column| !is_stamp(register, &column.name));
    let more = [("org", ColumnType::Text), ("recorded_at", ColumnType::Instant), ("recorded_by", ColumnType::Text)];
    own.chain(more.map(|(name, ty)| Column { name: name.into(), ty, nullable: false })).collect()
}

fn chosen(register: &Register, all: &[Column], names: Option<&str>) -> Vec<Column> {
    if let Some(names) = names {
        let names: Vec<&str> = names.split(',').collect();
        return all.iter().filter(|column| names.contains(&column.name.as_str())).cloned().collect();
    }
    let is_day = |name: &str| name == day_column(register);
    let is_usual = |column: &&Column| {
        let name = column.name.as_str();
        register.subject.is_some_and(|subject| subject.word() == name) || is_day(name) || name == "state"
    };
    let mut chosen: Vec<Column> = all.iter().filter(is_usual).cloned().collect();
    let fields = all.iter().filter(|column| register.fields.contains_key(&column.name));
    chosen.extend(fields.take(USUAL_FIELDS).cloned());
    chosen.extend(all.iter().filter(|column| column.name == "org").cloned());
    chosen
}

fn sorts(register: &Register, column: &Column) -> bool {
    column.ty != ColumnType::TextList && !register.fields.get(&column.name).is_some_and(|field| field.secret)
}

fn list_column(register: &Register, column: &Column) -> ListColumn {
    let is_number = matches!(column.ty, ColumnType::Integer | ColumnType::Decimal(_));
    ListColumn {
        key: column.name.clone(),
        title: wire::Text::from(&column_title(register, &column.name)),
        align: if is_number { "right" } else { "left" },
        sorts: sorts(register, column),
    }
}

/// `a,b` of codes, `from..until` of days and numbers (either end may be left out), `yes` or `no`, `none` when empty,
/// anything else: a text that contains it.
fn filter(desk: &Desk, register: &Register, name: &str, value: &str) -> Result<String, Problem> {
    let column = all_columns(register).into_iter().find(|column| column.name == name);
    let column = column.filter(|column| sorts(register, column) || column.ty == ColumnType::TextList);
    let column = column.ok_or_else(|| unknown_column(register, name))?;
    let cell = format!("v.\"{name}\"");
    if value == "none" {
        return Ok(format!("{cell} IS NULL"));
    }
    let wrong = || {
        Problem::wrong(
            "wrong-filter",
            Text::both(format!("筛选“{name}={value}”无法读取"), format!("the filter {name}={value} cannot be read")),
            Text::both(
                "区间写作2025-01-01..2025-12-31或140..，代码以逗号分隔",
                "write 2025-01-01..2025-12-31, 140.. or codes with commas",
            ),
        )
    };
    match column.ty {
        ColumnType::Flag => match value {
            "yes" => Ok(cell),
            "no" => Ok(format!("NOT {cell}")),
            _ => Err(wrong()),
        },
        ColumnType::Integer | ColumnType::Decimal(_) => {
            let read = |text: &str| text.parse::<Decimal>().map(|n| n.to_string()).map_err(|_| wrong());
            between(&cell, value, read)
        }
        ColumnType::Date | ColumnType::Instant => between(&cell, value, |text| {
            let day = pack::yaml::parse_date(text).ok_or_else(wrong)?;
            Ok(format!("DATE '{day}'"))
        }),
        ColumnType::TextList => {
            let codes: Vec<String> = value.split(',').map(quote_text).collect();
            Ok(format!("list_has_any({cell}, [{}])", codes.join(", ")))
        }
        ColumnType::Text => {
            let is_code = matches!(register.fields.get(name).map(|field| &field.ty), Some(FieldType::Code { .. }));
            let is_id = is_code || name == "state" || register.references().iter().any(|(column, _)| column == name);
            if is_id || desk.county()?.orgs.get(value).is_some() {
                let codes: Vec<String> = value.split(',').map(quote_text).collect();
                return Ok(format!("{cell} IN ({})", codes.join(", ")));
            }
            Ok(format!("contains({cell}, {})", quote_text(value)))
        }
    }
}

/// Both ends belong to it.
fn between(cell: &str, value: &str, read: impl Fn(&str) -> Result<String, Problem>) -> Result<String, Problem> {
    let Some((low, high)) = value.split_once("..") else { return Ok(format!("{cell} = {}", read(value)?)) };
    let mut parts = Vec::new();
    if !low.is_empty() {
        parts.push(format!("{cell} >= {}", read(low)?));
    }
    if !high.is_empty() {
        parts.push(format!("{cell} <= {}", read(high)?));
    }
    Ok(if parts.is_empty() { "TRUE".into() } else { parts.join(" AND ") })
}

/// Words mean people where a register is about people, and also whatever its open texts contain.
fn search(app: &Arc<App>, register: &Register, words: &str) -> Result<String, Problem> {
    let mut ways = vec![format!("starts_with(v.id, {})", quote_text(words))];
    let by_person = if register.common.id == RESIDENT {
        Some("id")
    } else {
        register.subject.is_some_and(|subject| subject.word() == RESIDENT).then_some(RESIDENT)
    };
    if let Some(column) = by_person {
        let found = app.finder().index(app)?.find(words, None, MOST_PEOPLE);
        let ids: BTreeSet<String> = found.into_iter().map(|found| quote_text(&found.id)).collect();
        if !ids.is_empty() {
            let ids: Vec<String> = ids.into_iter().collect();
            ways.push(format!("v.{column} IN ({})", ids.join(", ")));
        }
    }
    let is_open = |field: &&Field| !field.secret && matches!(field.ty, FieldType::Text);
    for field in register.fields.values().filter(is_open) {
        ways.push(format!("contains(v.\"{}\", {})", field.id, quote_text(words)));
    }
    Ok(format!("({})", ways.join(" OR ")))
}

/// `=2025-10-28~v-p1-4`, and `~v-p1-4` of a row without a value.
fn cursor(value: Option<&str>, id: &str) -> String {
    value.map_or_else(|| format!("~{id}"), |value| format!("={value}~{id}"))
}

/// The rows behind the last one of the page before.
fn beyond(wanted: &Wanted<'_>, after: &str) -> Result<String, Problem> {
    let wrong = || {
        Problem::wrong(
            "wrong-cursor",
            Text::both("翻页位置无法读取", "the place of the page cannot be read"),
            Text::both("从第一页重新开始", "begin again with the first page"),
        )
    };
    let cell = format!("v.\"{}\"", wanted.sort.name);
    if let Some(id) = after.strip_prefix('~') {
        return Ok(format!("{cell} IS NULL AND v.id > {}", quote_text(id)));
    }
    // A value may hold the sign, an id that pages are cut at comes last.
    let (value, id) = after.strip_prefix('=').and_then(|rest| rest.rsplit_once('~')).ok_or_else(wrong)?;
    let value = format!("TRY_CAST({} AS {})", quote_text(value), wanted.sort.ty.sql());
    let than = if wanted.falls { "<" } else { ">" };
    let id = quote_text(id);
    Ok(format!("({cell} {than} {value} OR ({cell} = {value} AND v.id > {id}) OR {cell} IS NULL)"))
}

fn shown_rows(
    app: &Arc<App>,
    desk: &Desk,
    register: &Register,
    columns: &[Column],
    whom: Option<usize>,
    found: &[Vec<Cell>],
) -> Result<Vec<ListRow>, Problem> {
    let text = |row: &[Cell], at: usize| row.get(at).and_then(Cell::as_text).map(str::to_string);
    let is_resident = register.common.id == RESIDENT;
    let person = |row: &[Cell]| if is_resident { text(row, 0) } else { whom.and_then(|at| text(row, at)) };
    let people =
        if is_resident { BTreeMap::new() } else { people(desk, found.iter().filter_map(|row| person(row)).collect())? };
    let references: BTreeMap<String, String> = register.references().into_iter().collect();
    let store = app.store();
    let mut names: BTreeMap<(String, String), String> = BTreeMap::new();
    let rows = found.iter().map(|row| {
        let mut cells = BTreeMap::new();
        for (at, column) in columns.iter().enumerate() {
            let cell = row.get(at + 4).unwrap_or(&Cell::Null);
            let field = register.fields.get(&column.name);
            let shown = match (cell, references.get(&column.name)) {
                (Cell::Null, _) => String::new(),
                (Cell::Text(id), _) if column.name == RESIDENT => {
                    people.get(id).map_or_else(|| id.clone(), |(name, _)| name.clone())
                }
                (Cell::Text(id), Some(to)) => {
                    names.entry((to.clone(), id.clone())).or_insert_with(|| ref_name(desk, store.log(), to, id)).clone()
                }
                (Cell::Text(id), None) if column.name == "org" => desk.org_name(id),
                (Cell::Text(state), None) if column.name == "state" => state_title(desk, register, state),
                (cell, _) if field.is_some_and(|field| field.secret) => mask(&cell_shown(desk, None, cell)),
                (cell, _) => cell_shown(desk, field, cell),
            };
            cells.insert(column.name.clone(), shown);
        }
        ListRow {
            id: text(row, 0).unwrap_or_default(),
            version: row.get(1).and_then(Cell::as_int).and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
            org: text(row, 2).unwrap_or_default(),
            resident: person(row),
            cells,
        }
    });
    Ok(rows.collect())
}

fn state_title(desk: &Desk, register: &Register, state: &str) -> String {
    let known = register.flow.as_ref().and_then(|flow| flow.states.get(state));
    known.map_or_else(|| state.to_string(), |known| known.title.get(desk.language).to_string())
}

fn unknown_column(register: &Register, name: &str) -> Problem {
    let columns: Vec<String> = all_columns(register).into_iter().map(|column| column.name).collect();
    let near = base::nearest(name, columns.iter().map(String::as_str));
    let next =
        near_or(near, Text::both("可用的列见该台账的schema", "the columns there are stand in the register's schema"));
    let what = Text::both(
        format!("{}不能按“{name}”筛选或排序", register.common.title.zh),
        format!("{} cannot be filtered or sorted by \"{name}\"", register.common.id),
    );
    Problem::unknown("unknown-column", what, next)
}
