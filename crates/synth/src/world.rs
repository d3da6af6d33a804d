//! What has been made so far, and what does a name lead to from there?
//!
//! Registers of invented records as columns. A look-up follows ids by their number, since the n-th record of a register
//! bears the number n. Knows columns; never how a value was chosen.

use crate::cell::Cell;
use crate::expression::{Target, target};
use base::Date;
use pack::Catalog;
use pack::model::{Register, Scalar};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// An organisation of the county's tree.
#[derive(Debug, Clone)]
pub struct Org {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Code of the list `org_kind`.
    pub kind: String,
    /// `county`, `township`, `village`, `institution`.
    pub level: String,
    /// The organisation above it.
    pub parent: Option<String>,
    /// Division code.
    pub code: Option<String>,
    /// Residents, where the county's file says how many; weights for spreading.
    pub people: Option<u64>,
}

impl Org {
    /// A fact by the name expressions use for it: `org_kind`, `kind`.
    pub fn fact(&self, name: &str) -> Cell {
        let text = match name.trim_start_matches("org_") {
            "id" | "org" => Some(self.id.as_str()),
            "name" => Some(self.name.as_str()),
            "kind" => Some(self.kind.as_str()),
            "level" => Some(self.level.as_str()),
            "parent" => self.parent.as_deref(),
            "code" => self.code.as_deref(),
            _ => None,
        };
        text.map_or(Cell::Null, Cell::text)
    }
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

    /// True when nothing was made.
    pub fn is_empty(&self) -> bool {
        self.orgs.is_empty()
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
    pub orgs: &'a [Org],
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
                        let at = |row: usize| keys[row].as_text().and_then(row_of);
                        self.through(register, rest, at, view.table.len())
                    }
                    Some(Target::Code(list)) => self.attribute(list, &rest[0], &keys),
                    None => vec![Cell::Null; view.table.len()],
                }
            }
        }
    }

    fn own(&self, view: &View<'_>, column: &str) -> Vec<Cell> {
        if let Some(values) = view.table.columns.get(column) {
            return values.clone();
        }
        if column == "id" {
            let ids = (0..view.table.len()).into_par_iter();
            return ids.map(|row| Cell::text(&record_id(&view.register.common.id, view.first + row))).collect();
        }
        if column == "org" || column.starts_with("org_") {
            let facts: Vec<Cell> = self.orgs.iter().map(|org| org.fact(column)).collect();
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
        if let [column] = rest && let Some(values) = table.columns.get(column) {
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

/// The day a made record is about, if it has one.
pub fn day_of_record(table: &Table, row: usize) -> Option<Date> {
    ["on_date", "started_on", "period_from"]
        .iter()
        .find_map(|name| table.columns.get(*name).and_then(|values| values.get(row)))
        .and_then(Cell::as_date)
}
