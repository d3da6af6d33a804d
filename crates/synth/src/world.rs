//! What has been made so far, and what does a name lead to from there?
//!
//! Registers of invented records as columns. A look-up follows ids by their number, since the n-th record of a register
//! bears the number n. Knows columns; never how a value was chosen.

use crate::cell::Cell;
use crate::expression::{Target, target};
use pack::Catalog;
use pack::county::Org;
use pack::model::{Register, Scalar};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A fact of an organisation by the name expressions use for it: `org_kind`, `kind`.
pub fn org_fact(org: &Org, name: &str) -> Cell {
    let text = match name.strip_prefix("org_").unwrap_or(name) {
        "id" | "org" => Some(org.id.as_str()),
        "name" => Some(org.name.as_str()),
        "kind" => Some(org.kind.as_str()),
        "level" => Some(org.level.word()),
        "parent" => org.parent.as_deref(),
        "code" => org.code.as_deref(),
        _ => None,
    };
    text.map_or(Cell::Null, Cell::text)
}

/// The parts a record was put in, from the outermost inwards, one axis after the other.
pub type PartPath = Arc<[String]>;

/// Made records of one register, column by column; all of one length.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Organisation of each record: its place in the county's list.
    pub orgs: Vec<u32>,
    /// Which of `paths` each record is in.
    pub parts: Vec<u16>,
    /// The different part paths.
    pub paths: Vec<PartPath>,
    /// Column → values.
    pub columns: BTreeMap<String, Vec<Cell>>,
}

impl Table {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.orgs.len()
    }

    /// Puts later records of the same register behind.
    pub fn append(&mut self, other: Self) {
        let (before, n_new) = (self.len(), other.len());
        let offset = self.paths.len() as u16;
        self.orgs.extend(other.orgs);
        self.parts.extend(other.parts.iter().map(|part| part + offset));
        self.paths.extend(other.paths);
        for (name, values) in other.columns {
            self.columns.entry(name).or_insert_with(|| vec![Cell::Null; before]).extend(values);
        }
        for values in self.columns.values_mut() {
            values.resize(before + n_new, Cell::Null);
        }
    }

    /// The part path of a record.
    pub fn path(&self, row: usize) -> &[String] {
        self.parts.get(row).and_then(|part| self.paths.get(*part as usize)).map_or(&[], |path| path)
    }
}

/// The id of the n-th record of a register, counted from 0: `hypertension_case-000001`.
pub fn record_id(register: &str, row: usize) -> String {
    format!("{register}-{:06}", row + 1)
}

/// The row a record id stands for.
pub fn row_of(id: &str) -> Option<usize> {
    id.rsplit_once('-')?.1.parse::<usize>().ok()?.checked_sub(1)
}

/// Everything made so far.
pub struct World<'a> {
    /// Definitions.
    pub catalog: &'a Catalog,
    /// The organisations.
    pub orgs: Vec<&'a Org>,
    /// Register → its records.
    pub tables: BTreeMap<String, Table>,
}

/// Records being looked at: those of a register, or those being made.
pub struct View<'v> {
    /// Their register.
    pub register: &'v Register,
    /// Their columns.
    pub table: &'v Table,
    /// The number of the first of them in their register.
    pub first: usize,
    /// The register they were drawn from or belong to, and the row there of each.
    pub source: Option<(&'v Register, &'v [u32])>,
}

impl World<'_> {
    /// The values of a path for every record of a view.
    pub fn values(&self, view: &View<'_>, path: &[String]) -> Vec<Cell> {
        match path {
            [] => vec![Cell::Null; view.table.len()],
            [column] => self.own(view, column),
            [step, rest @ ..] => {
                if let Some((source, rows)) = view.source.filter(|(source, _)| source.common.id == *step) {
                    return self.through(source, rest, |row| Some(rows[row] as usize), view.table.len());
                }
                let keys = self.own(view, step);
                match target(self.catalog, view.register, step) {
                    Some(Target::Register(register)) => {
                        let rows = self.rows_of(register, &keys);
                        self.through(register, rest, |row| rows[row], view.table.len())
                    }
                    Some(Target::Code(list)) => self.attribute(list, &rest[0], &keys),
                    None => vec![Cell::Null; view.table.len()],
                }
            }
        }
    }

    /// The row in a register that each id stands for. Records of organisations bear the organisation's id, so those
    /// are looked up; all others say their number.
    pub fn rows_of(&self, register: &Register, ids: &[Cell]) -> Vec<Option<usize>> {
        let named = self.tables.get(&register.common.id).and_then(|table| table.columns.get("id"));
        let by_id: HashMap<&str, usize> =
            named.into_iter().flatten().enumerate().filter_map(|(row, id)| Some((id.as_text()?, row))).collect();
        ids.iter().map(|id| id.as_text().and_then(|id| by_id.get(id).copied().or_else(|| row_of(id)))).collect()
    }

    /// The id of a record of a register.
    pub fn id_of(&self, register: &str, row: usize) -> Cell {
        let named = self.tables.get(register).and_then(|table| table.columns.get("id")).and_then(|ids| ids.get(row));
        named.filter(|id| !id.is_null()).cloned().unwrap_or_else(|| Cell::text(&record_id(register, row)))
    }

    fn own(&self, view: &View<'_>, column: &str) -> Vec<Cell> {
        let stored = view.table.columns.get(column);
        if column == "id" {
            let made = |row: usize| stored.map(|ids| ids[row].clone()).filter(|id| !id.is_null());
            let numbered = |row: usize| Cell::text(&record_id(&view.register.common.id, view.first + row));
            return (0..view.table.len())
                .into_par_iter()
                .map(|row| made(row).unwrap_or_else(|| numbered(row)))
                .collect();
        }
        if let Some(values) = stored {
            return values.clone();
        }
        if column == "org" || column.starts_with("org_") {
            let facts: Vec<Cell> = self.orgs.iter().map(|org| org_fact(org, column)).collect();
            return view.table.orgs.iter().map(|org| facts[*org as usize].clone()).collect();
        }
        vec![Cell::Null; view.table.len()]
    }

    fn through(
        &self,
        register: &Register,
        rest: &[String],
        row_there: impl Fn(usize) -> Option<usize> + Sync,
        len: usize,
    ) -> Vec<Cell> {
        let Some(table) = self.tables.get(&register.common.id) else { return vec![Cell::Null; len] };
        if let [column] = rest
            && let Some(values) = table.columns.get(column)
        {
            let found = |row| row_there(row).and_then(|there| values.get(there)).cloned().unwrap_or_default();
            return (0..len).into_par_iter().map(found).collect();
        }
        let there = self.values(&View { register, table, first: 0, source: None }, rest);
        (0..len).map(|row| row_there(row).and_then(|n| there.get(n)).cloned().unwrap_or_default()).collect()
    }

    fn attribute(&self, list: &str, column: &str, keys: &[Cell]) -> Vec<Cell> {
        let mut by_code: HashMap<&str, Cell> = HashMap::new();
        for row in self.catalog.list(list).into_iter().flat_map(|list| list.all_rows()) {
            let Some(code) = row.code.as_deref() else { continue };
            let cell = match column {
                "zh" => Cell::text(&row.label.zh),
                "en" => row.label.en.as_deref().map_or(Cell::Null, Cell::text),
                _ => row.cells.get(column).map_or(Cell::Null, |scalar| of_scalar(&scalar.value)),
            };
            by_code.insert(code, cell);
        }
        keys.iter().map(|key| key.as_text().and_then(|code| by_code.get(code)).cloned().unwrap_or_default()).collect()
    }
}

fn of_scalar(scalar: &Scalar) -> Cell {
    match scalar {
        Scalar::Integer(number) => Cell::Int(*number),
        Scalar::Decimal(number) => Cell::Decimal(*number),
        Scalar::Date(day) => Cell::Date(*day),
        Scalar::Text(text) => Cell::text(text),
        Scalar::Flag(flag) => Cell::Flag(*flag),
    }
}
