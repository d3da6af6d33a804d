//! What will be made, in what order, with every name and figure resolved?
//!
//! The solved form of the `synth` sections. Building it finds every mistake before the first record exists. Knows
//! definitions and published numbers; no record yet.

use crate::compile::Compiler;
use crate::expression::Lowered;
use crate::figures::Numbers;
use crate::fill::Filler;
use crate::parts::Leaf;
use crate::random::Key;
use base::{Decimal, Diagnostic, Period};
use pack::Catalog;
use pack::county::{County, Org};
use pack::model::{ColumnType, Make, Register};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Chooses one of the counties that fit the figures.
    pub seed: u64,
    /// Multiplies counts and amounts: 1 for the county as it is, 0.01 for a small one.
    pub scale: Decimal,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, scale: Decimal::ONE }
    }
}

/// Records that subjects are drawn from.
#[derive(Debug, Clone)]
pub(crate) struct Pool<'a> {
    pub register: &'a Register,
    pub filter: Option<Lowered>,
    /// Leaves out subjects that have such a record.
    pub except: Option<Box<Self>>,
    /// Each subject at most once.
    pub once: bool,
}

/// Where the records of an entry come from.
#[derive(Debug, Clone)]
pub(crate) enum Source<'a> {
    /// Nowhere: they are new.
    New,
    /// Drawn from records.
    Records(Pool<'a>),
    /// Drawn from organisations: places in the county's list.
    Orgs { filter: Lowered, once: bool },
    /// Another source for each part, in this order.
    ByPart(Vec<(String, Source<'a>)>),
    /// Children of records made before.
    Children(Pool<'a>),
}

/// How many records an entry makes.
#[derive(Debug, Clone)]
pub(crate) enum Count {
    /// So many.
    Total(u64),
    /// One for each that can be drawn.
    Each,
    /// For each parent, between two numbers.
    PerParent(u64, u64),
    /// For each parent, by its part; other parts get none.
    PerPart(Vec<(String, (u64, u64))>),
}

/// One entry, solved.
pub(crate) struct Entry<'a> {
    pub make: &'a Make,
    pub register: &'a Register,
    pub key: Key,
    pub source: Source<'a>,
    pub count: Count,
    /// Weight of each organisation, when records are spread.
    pub spread: Option<Vec<u64>>,
    /// Columns in an order in which each finds what it needs.
    pub columns: Vec<(String, ColumnType, Filler<'a>)>,
}

/// The register whose columns expressions may look up by its name, when it is one for all records.
pub(crate) fn source_register<'a>(source: &Source<'a>) -> Option<&'a Register> {
    match source {
        Source::Records(pool) | Source::Children(pool) => Some(pool.register),
        Source::New | Source::Orgs { .. } | Source::ByPart(_) => None,
    }
}

/// A county ready to be invented.
pub struct Plan<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) numbers: Numbers,
    pub(crate) orgs: Vec<&'a Org>,
    pub(crate) period: Period,
    pub(crate) entries: Vec<Entry<'a>>,
}

impl<'a> Plan<'a> {
    /// Solves the published figures and resolves the `synth` sections of every pack in force.
    ///
    /// The diagnostics hold warnings too; there is no plan when one of them is an error.
    ///
    /// # Errors
    /// `published-contradiction`, `unknown-register`, `unknown-column`, `unknown-indicator`, `unknown-part`, `part-unused`,
    /// `required-not-set`, `set-cycle`, `synth-reads-cohort` and what is wrong with an expression; `nothing-published` is a
    /// warning.
    pub fn new(catalog: &'a Catalog, county: &'a County, options: Options) -> (Option<Self>, Vec<Diagnostic>) {
        let key = Key::new(&county.id, options.seed);
        let orgs: Vec<&Org> = county.orgs.iter().filter(|org| in_force(org, county.period)).collect();
        let root = county.orgs.root().map(|org| org.id.as_str());
        let of_county = county.figures.iter().filter(|figure| figure.org.is_none() || figure.org.as_deref() == root);
        let numbers = Numbers::new(of_county.cloned(), options.scale, key);
        let mut compiler = Compiler::new(catalog, &numbers, &orgs, county.period, key);
        let entries = compiler.entries();
        let diagnostics = compiler.diagnostics;
        let plan = Self { catalog, numbers, orgs, period: county.period, entries };
        let sound = !diagnostics.iter().any(Diagnostic::is_error);
        (sound.then_some(plan), diagnostics)
    }

    /// How many records are certain before drawing starts; children with a chance in their number are taken at their
    /// mean.
    pub fn expected(&self) -> u64 {
        let mut by_register = std::collections::BTreeMap::new();
        let mut total = 0;
        for entry in &self.entries {
            let parents = source_register(&entry.source).and_then(|r| by_register.get(&r.common.id)).copied();
            let n = match &entry.count {
                Count::Total(n) => *n,
                Count::Each => self.orgs.len().min(30) as u64,
                Count::PerParent(low, high) => parents.unwrap_or(0) * (low + high) / 2,
                Count::PerPart(parts) => {
                    let most = parts.iter().map(|(_, (low, high))| (low + high) / 2).max().unwrap_or(0);
                    parents.unwrap_or(0) * most
                }
            };
            *by_register.entry(entry.register.common.id.clone()).or_insert(0) += n;
            total += n;
        }
        total
    }
}

fn in_force(org: &Org, period: Period) -> bool {
    org.from.is_none_or(|from| from < period.until) && org.until.is_none_or(|until| until >= period.until)
}

/// Leaves of several axes as one list of paths, with the place of each pair.
pub(crate) fn joined_path(axes: &[(Vec<Leaf>, Vec<u16>)], row: usize) -> Vec<String> {
    axes.iter().flat_map(|(leaves, rows)| leaves[rows[row] as usize].path.iter().cloned()).collect()
}
