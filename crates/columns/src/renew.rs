//! How do other packs come into force, and how is a question asked under packs that are not?
//!
//! The tables are those of the packs in force. Other packs, of an earlier day or only proposed, can be asked over the same
//! tables as long as they know the registers and lists in the same way.

use crate::StoreError;
use crate::apply::{Pending, first_recorded_at};
use crate::engine::{Engine, Options};
use crate::install::{InForce, Installed};
use crate::snapshot::Snapshot;
use crate::store::{CATCH_UP, Store};
use crate::tables::{create_tables, fill_lists, list_columns, row_columns};
use base::Timestamp;
use pack::model::List;
use pack::{Catalog, Folder};
use records::{Draft, NewBatch, Receipt};
use std::sync::Arc;

impl Store {
    /// Puts other texts into force: those that differ from the ones installed. Every record there is must fit them; they
    /// are tried first, and nothing is written when one does not. `None` when nothing differs.
    ///
    /// # Errors
    /// [`StoreError::Packs`] for mistakes in the texts, [`StoreError::Body`] naming the first record that does not fit.
    pub fn install(
        &mut self,
        installed: &Installed,
        actor: &str,
        at: Timestamp,
    ) -> Result<Option<Receipt>, StoreError> {
        let now = InForce::read(self.log.as_ref(), u64::MAX)?.map(|found| found.installed);
        let is_new = |folder: &Folder| {
            now.as_ref().is_none_or(|now| !now.packs.iter().chain([&now.county]).any(|known| known == folder))
        };
        let folders = installed.packs.iter().chain([&installed.county]);
        let drafts = installed.drafts(&installed.county.id).into_iter().zip(folders);
        let mut changed: Vec<Draft> = Vec::new();
        for (mut draft, folder) in drafts.filter(|(_, folder)| is_new(folder)) {
            draft.base_version = self.log.head(&draft.register, &folder.id)?.map(|head| head.version);
            changed.push(draft);
        }
        if changed.is_empty() {
            return Ok(None);
        }
        let catalog = installed.catalog()?;
        self.try_out(&catalog)?;
        let receipt = self.log.append(NewBatch::new(actor, at, changed))?;
        self.take_over(catalog)?;
        Ok(Some(receipt))
    }

    /// Takes every record into empty tables of other packs, in memory.
    fn try_out(&self, catalog: &Catalog) -> Result<(), StoreError> {
        let engine = Engine::open(None, &Options::default())?;
        let writer = engine.connect()?;
        create_tables(&writer, catalog)?;
        fill_lists(&writer, catalog)?;
        let mut after = 0;
        loop {
            let entries = self.log.entries_after(after, CATCH_UP)?;
            let Some(last) = entries.last() else { return Ok(()) };
            after = last.seq;
            let mut pending = Pending::default();
            for entry in &entries {
                pending.take(catalog, entry, first_recorded_at(self.log.as_ref(), entry)?)?;
            }
            pending.flush(&writer)?;
        }
    }

    /// The packs in force at an entry, as they are asked over today's tables.
    pub(crate) fn catalog_at(&self, seq: u64) -> Result<Arc<Catalog>, StoreError> {
        let Some(found) = InForce::read(self.log.as_ref(), seq)? else { return Ok(Arc::clone(self.catalog())) };
        if let Some(known) = self.past_catalog(found.since) {
            return Ok(known);
        }
        let catalog = Arc::new(found.installed.catalog()?);
        if let Some(what) = first_difference(&catalog, self.catalog()) {
            return Err(StoreError::OtherTables { what, seq });
        }
        self.keep_catalog(found.since, &catalog);
        Ok(catalog)
    }
}

impl Snapshot {
    /// The same records under other packs: a definition that is only proposed.
    ///
    /// # Errors
    /// [`StoreError::OtherTables`] when those packs know a register or a list in another way.
    pub fn under(self, catalog: Arc<Catalog>) -> Result<Self, StoreError> {
        match first_difference(&catalog, self.catalog()) {
            Some(what) => Err(StoreError::OtherTables { what, seq: self.seq() }),
            None => Ok(self.with_catalog(catalog)),
        }
    }
}

/// The first register or list of `asked` that the tables of `there` do not hold in the same way.
fn first_difference(asked: &Catalog, there: &Catalog) -> Option<String> {
    let register = asked.registers().find(|register| {
        let known = there.register(&register.common.id);
        known.is_none_or(|known| {
            let known = row_columns(known);
            !row_columns(register).iter().all(|column| known.iter().any(|k| k.name == column.name && k.ty == column.ty))
        })
    });
    let list = asked.lists().find(|list| there.list(&list.common.id).is_none_or(|known| !same_rows(list, known)));
    register
        .map(|register| format!("the register {}", register.common.id))
        .or_else(|| list.map(|list| format!("the list {}", list.common.id)))
}

fn same_rows(a: &List, b: &List) -> bool {
    let rows = |list: &List| -> Vec<_> {
        let rows =
            list.tables.iter().flat_map(|table| table.rows.iter().map(move |row| (table.since, table.until, row)));
        let cells = |row: &pack::model::ListRow| -> Vec<_> {
            row.cells.iter().map(|(name, cell)| (name.clone(), cell.value.clone())).collect()
        };
        rows.map(|(since, until, row)| (since, until, row.code.clone(), row.label.clone(), cells(row))).collect()
    };
    let columns = |list: &List| -> Vec<_> { list_columns(list).into_iter().map(|c| (c.name, c.ty)).collect() };
    columns(a) == columns(b) && rows(a) == rows(b)
}
