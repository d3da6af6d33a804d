//! Which rows do a few records need in order to be judged?
//!
//! Only those they name, directly or through one another, which the log finds by key. They are put into small tables
//! that stand where the rules would otherwise search whole registers: the same statement, so the same answer.

use crate::StoreError;
use crate::apply::{Row, first_recorded_at, row};
use crate::engine::{Connection, Value};
use crate::merge;
use crate::snapshot::{View, void_states};
use crate::tables::{row_columns, table};
use pack::model::Register;
use pack::sql::{Relations, quote_text};
use records::{Entry, Log, Op};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Records that are judged over the rows they name; for more, it is cheaper to go through whole registers.
pub(super) const NEAR_MOST: usize = 1_024;

/// A view in which the rows referred to are only those that were loaded.
pub(super) struct Near<'v> {
    view: &'v View,
    /// `None`: whole registers are searched.
    log: Option<&'v dyn Log>,
    /// The registers that statements look into by id.
    asked: RefCell<BTreeSet<String>>,
}

/// The ids that are named, by register.
type Named = BTreeMap<String, BTreeSet<String>>;

impl<'v> Near<'v> {
    pub(super) fn new(view: &'v View, log: Option<&'v dyn Log>) -> Self {
        Self { view, log, asked: RefCell::default() }
    }

    pub(super) fn view(&self) -> &'v View {
        self.view
    }

    /// Whether only the rows that are named stand where statements look, and not whole registers.
    pub(super) fn is_loaded(&self) -> bool {
        self.log.is_some()
    }

    /// Loads what the statements written so far may look up for drafts of `register` with these cells.
    pub(super) fn load<'c>(
        &self,
        connection: &Connection,
        register: &Register,
        drafts: impl Iterator<Item = &'c Vec<Value>>,
    ) -> Result<(), StoreError> {
        let Some(log) = self.log else { return Ok(()) };
        let asked = self.asked.borrow();
        let mut rows: BTreeMap<&str, Vec<Row>> = asked.iter().map(|id| (id.as_str(), Vec::new())).collect();
        let mut loaded = Named::new();
        let mut named = Named::new();
        drafts.for_each(|cells| self.name(&mut named, &asked, register, cells));
        while !named.is_empty() {
            self.follow_merges(connection, &mut named)?;
            let mut next = Named::new();
            for (id, ids) in named {
                let known = loaded.entry(id.clone()).or_default();
                let fresh: Vec<&str> = ids.iter().filter(|id| !known.contains(*id)).map(String::as_str).collect();
                let (Some(register), Some(rows)) = (self.view.catalog.register(&id), rows.get_mut(id.as_str())) else {
                    continue;
                };
                for entry in &log.heads(&id, &fresh)? {
                    if !self.is_in_force(entry)? {
                        continue;
                    }
                    let row = row(register, entry, first_recorded_at(log, entry)?)?;
                    self.name(&mut next, &asked, register, &row.1);
                    rows.push(row);
                }
                known.extend(ids);
            }
            next.retain(|id, ids| loaded.get(id).is_none_or(|known| !ids.is_subset(known)));
            named = next;
        }
        rows.into_iter().try_for_each(|(id, rows)| self.fill(connection, id, &rows))
    }

    /// Adds what a row refers to.
    fn name(&self, named: &mut Named, asked: &BTreeSet<String>, register: &Register, cells: &[Value]) {
        let columns = register.columns();
        for (name, to) in register.references().into_iter().filter(|(_, to)| asked.contains(to)) {
            let place = columns.iter().position(|column| column.name == name);
            if let Some(id) = place.and_then(|place| cells.get(place)?.as_text()) {
                named.entry(to).or_default().insert(id.to_string());
            }
        }
    }

    /// Whoever was folded into another is looked up as the other.
    fn follow_merges(&self, connection: &Connection, named: &mut Named) -> Result<(), StoreError> {
        let Some(ids) = named.get_mut(merge::RESIDENT).filter(|_| self.view.merges) else { return Ok(()) };
        let quoted: Vec<String> = ids.iter().map(|id| quote_text(id)).collect();
        let sql = format!("SELECT m.into_ FROM {} AS m WHERE m.id IN ({})", self.view.merged(), quoted.join(", "));
        let survivors = connection.query(&sql)?.rows()?;
        ids.extend(survivors.iter().filter_map(|row| row[0].as_text()).map(str::to_string));
        Ok(())
    }

    /// Withdrawn records and those in a void state count nowhere.
    fn is_in_force(&self, entry: &Entry) -> Result<bool, StoreError> {
        let mut void = void_states(&self.view.catalog, &entry.register).peekable();
        if entry.op == Op::Withdraw || void.peek().is_none() {
            return Ok(entry.op != Op::Withdraw);
        }
        let fields = entry.fields()?;
        let state = fields.get("state").and_then(|state| state.as_str());
        Ok(state.is_none_or(|state| void.all(|void| void != state)))
    }

    fn fill(&self, connection: &Connection, id: &str, rows: &[Row]) -> Result<(), StoreError> {
        let Some(register) = self.view.catalog.register(id) else { return Ok(()) };
        let create = table(&format!("near_{id}"), &row_columns(register));
        connection.execute(&create.replacen("TABLE", "TEMPORARY TABLE", 1))?;
        let mut appender = connection.appender("temp", &format!("near_{id}"))?;
        for (bookkeeping, cells) in rows {
            appender.append_parts(&[bookkeeping, cells])?;
        }
        Ok(appender.close()?)
    }
}

impl Relations for Near<'_> {
    fn register(&self, id: &str) -> String {
        self.view.register(id)
    }

    fn referred(&self, id: &str) -> String {
        if !self.is_loaded() {
            return self.view.register(id);
        }
        self.asked.borrow_mut().insert(id.to_string());
        self.view.with_merges(id, format!("temp.near_{id}"))
    }

    fn list(&self, id: &str) -> String {
        self.view.list(id)
    }
}
