//! Which county is asked, where do its files lie, and who runs the statements?

use crate::connect::Connect;
use crate::error::ClusterError;
use crate::manifest::Manifest;
use crate::shape::{Names, stored};
use base::{Date, Period};
use columns::engine::Value;
use indicator::{Engine, IndicatorError, Request};
use pack::Catalog;
use pack::sql::spark::Stored;
use pack::sql::{Compiled, Compiler, Moment};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// An exported county.
pub struct Data {
    /// What the folder says of it.
    pub manifest: Manifest,
    catalog: Arc<Catalog>,
    stored: BTreeMap<String, Stored>,
}

impl Data {
    /// Reads a county's manifest. `seen_at` is the same folder as the engine names it, such as `s3a://bucket/prefix`.
    ///
    /// # Errors
    /// [`ClusterError::County`], [`ClusterError::Manifest`], or mistakes in the packs that came along.
    pub fn open(folder: &Path, county: Option<&str>, seen_at: &str) -> Result<Self, ClusterError> {
        let manifest = Manifest::read(folder, county)?;
        let catalog = Arc::new(manifest.installed().catalog()?);
        let root = seen_at.trim_end_matches('/');
        let source = |kind: &str, id: &str| {
            let counts = if kind == "list" { &manifest.lists } else { &manifest.registers };
            let has_rows = counts.get(id).is_some_and(|n| *n > 0);
            has_rows.then(|| format!("{root}/{kind}={id}/county={}", manifest.county))
        };
        let stored = stored(&catalog, &source);
        Ok(Self { manifest, catalog, stored })
    }

    /// The packs and settings the county was exported with.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The county's own period.
    pub fn period(&self) -> Option<Period> {
        self.catalog.county.as_ref().map(|county| county.period)
    }

    /// Every statement a request needs, as the engine gets it.
    ///
    /// # Errors
    /// [`ClusterError::Print`] for what has no equal there.
    pub fn statements(&self, request: &Request) -> Result<Vec<String>, ClusterError> {
        let asked = Asked { data: self, statements: RefCell::default() };
        indicator::board(&asked, request)?;
        Ok(asked.statements.into_inner())
    }

    fn compiler(&self, period: Option<Period>) -> Compiler<'_> {
        Compiler::new(&self.catalog, &Names, Moment { period, as_of: self.manifest.as_of })
    }

    /// A statement as the engine gets it.
    ///
    /// # Errors
    /// [`ClusterError::Print`] for what has no equal there.
    pub fn print(&self, compiled: &Compiled) -> Result<String, ClusterError> {
        Ok(pack::sql::spark::print(&self.catalog, &compiled.sql, &self.stored)?)
    }
}

/// An exported county with an engine that reads it.
pub struct Cluster {
    /// The county.
    pub data: Data,
    /// The engine.
    pub connect: Connect,
}

/// Notes what is asked, and answers nothing.
struct Asked<'a> {
    data: &'a Data,
    statements: RefCell<Vec<String>>,
}

impl Engine for Asked<'_> {
    fn catalog(&self) -> &Arc<Catalog> {
        &self.data.catalog
    }

    fn seq(&self) -> u64 {
        self.data.manifest.seq
    }

    fn as_of(&self) -> Date {
        self.data.manifest.as_of
    }

    fn compiler(&self, period: Option<Period>) -> Compiler<'_> {
        self.data.compiler(period)
    }

    fn answer(&self, compiled: &Compiled, _: &mut dyn FnMut(&[Value])) -> Result<(), IndicatorError> {
        self.statements.borrow_mut().push(self.data.print(compiled).map_err(elsewhere)?);
        Ok(())
    }
}

impl Engine for Cluster {
    fn catalog(&self) -> &Arc<Catalog> {
        &self.data.catalog
    }

    fn seq(&self) -> u64 {
        self.data.manifest.seq
    }

    fn as_of(&self) -> Date {
        self.data.manifest.as_of
    }

    fn compiler(&self, period: Option<Period>) -> Compiler<'_> {
        self.data.compiler(period)
    }

    fn answer(&self, compiled: &Compiled, row: &mut dyn FnMut(&[Value])) -> Result<(), IndicatorError> {
        let sql = self.data.print(compiled).map_err(elsewhere)?;
        for cells in self.connect.query(&sql).map_err(elsewhere)? {
            row(&cells);
        }
        Ok(())
    }
}

fn elsewhere(fault: ClusterError) -> IndicatorError {
    IndicatorError::Elsewhere(Box::new(fault))
}
