//! Where is a statement run: over the tables here, or by somebody else?

use crate::error::IndicatorError;
use base::{Date, Period};
use columns::Snapshot;
use columns::engine::Value;
use pack::Catalog;
use pack::sql::{Compiled, Compiler};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Something that runs the statements of indicators. What their rows mean is decided here, whoever gave them.
pub trait Engine {
    /// The packs the registers are defined by.
    fn catalog(&self) -> &Arc<Catalog>;

    /// The last entry that is seen.
    fn seq(&self) -> u64;

    /// The day on which is asked.
    fn as_of(&self) -> Date;

    /// An entry since which, as far as is seen, nothing was written in these registers; its last one
    /// where that is not known.
    fn stamp(&self, registers: &BTreeSet<String>) -> u64 {
        let _ = registers;
        self.seq()
    }

    /// Starts a statement for a period.
    fn compiler(&self, period: Option<Period>) -> Compiler<'_>;

    /// Runs a statement and hands over its rows, in any order.
    ///
    /// # Errors
    /// Whatever the engine says.
    fn answer(&self, compiled: &Compiled, row: &mut dyn FnMut(&[Value])) -> Result<(), IndicatorError>;
}

impl Engine for Snapshot {
    fn catalog(&self) -> &Arc<Catalog> {
        Snapshot::catalog(self)
    }

    fn seq(&self) -> u64 {
        Snapshot::seq(self)
    }

    fn as_of(&self) -> Date {
        Snapshot::as_of(self)
    }

    fn stamp(&self, registers: &BTreeSet<String>) -> u64 {
        Snapshot::stamp(self, registers)
    }

    fn compiler(&self, period: Option<Period>) -> Compiler<'_> {
        Snapshot::compiler(self, period)
    }

    fn answer(&self, compiled: &Compiled, row: &mut dyn FnMut(&[Value])) -> Result<(), IndicatorError> {
        let mut rows = self.query(compiled)?;
        while let Some(chunk) = rows.next_chunk()? {
            for cells in chunk.into_rows() {
                row(&cells);
            }
        }
        Ok(())
    }
}
