//! Are the tables, cell for cell, what the log gives?
//!
//! They are built once more, in memory, and every register is compared by a fingerprint of its rows.

use crate::StoreError;
use crate::apply::{Pending, first_recorded_at};
use crate::engine::{Connection, Engine, Options, Value};
use crate::store::{CATCH_UP, Store};
use crate::tables::create_tables;
use records::Progress;

impl Store {
    /// The registers of which a row is not what the log gives, is missing, or is there although nobody wrote it.
    ///
    /// # Errors
    /// Whatever reading the log or the engine brings; a difference is an answer.
    pub fn differing_registers(&self, progress: &mut dyn FnMut(Progress)) -> Result<Vec<String>, StoreError> {
        let engine = Engine::open(None, &Options::default())?;
        let fresh = engine.connect()?;
        create_tables(&fresh, &self.catalog)?;
        let (n_total, mut n_done) = (self.seq(), 0);
        while n_done < n_total {
            let mut entries = self.log.entries_after(n_done, CATCH_UP)?;
            entries.retain(|entry| entry.seq <= n_total);
            let Some(last) = entries.last().map(|entry| entry.seq) else { break };
            let mut pending = Pending::default();
            for entry in &entries {
                pending.take(&self.catalog, entry, first_recorded_at(self.log.as_ref(), entry)?)?;
            }
            pending.flush(&fresh)?;
            n_done = last;
            progress(Progress { n_done, n_total });
        }
        let mut differing = Vec::new();
        for register in self.catalog.registers() {
            let id = &register.common.id;
            if fingerprint(&self.writer, id)? != fingerprint(&fresh, id)? {
                differing.push(id.clone());
            }
        }
        Ok(differing)
    }
}

/// How many rows and ends a register has, and what they are: two sums over the hashes of all of them, in any order.
fn fingerprint(connection: &Connection, register: &str) -> Result<Vec<Vec<Value>>, StoreError> {
    let part = |schema: &str| {
        format!(
            "SELECT count(*), CAST(bit_xor(hash(v)) AS VARCHAR), CAST(sum(CAST(hash(v) AS HUGEINT)) AS VARCHAR) \
             FROM {schema}.{register} AS v"
        )
    };
    let mut rows = connection.query(&part("reg"))?.rows()?;
    rows.extend(connection.query(&part("ended"))?.rows()?);
    Ok(rows)
}
