//! All values of some indicators for a period: every organisation of the tree, every cell of their breakdowns.

use crate::block::Block;
use crate::cache::Cache;
use crate::engine::Engine;
use crate::error::IndicatorError;
use crate::make::Maker;
use crate::prepare::Prepared;
use crate::request::Request;
use crate::value::{Cell, Value};
use base::Period;
use pack::county::OrgTree;
use pack::sql::ParameterUse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A promise of a pack that a value does not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The indicator that made it.
    pub indicator: String,
    /// Where it is broken.
    pub org: String,
    /// The value and what it should equal.
    pub message: String,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub struct Board {
    /// The days counted.
    pub period: Period,
    /// The last entry of the log that was seen.
    pub seq: u64,
    /// The statement that was run.
    pub sql: String,
    /// The parameters it used.
    pub parameters: BTreeMap<String, ParameterUse>,
    /// Promises that do not hold.
    pub findings: Vec<Finding>,
    /// Indicators without the breakdowns asked for: their rows name no resident or no day, or they are made of others.
    pub unbroken: BTreeSet<String>,
    values: BTreeMap<String, Arc<Block>>,
}

impl Board {
    /// The whole value of an indicator for an organisation.
    pub fn get(&self, indicator: &str, org: &str) -> Option<&Value> {
        self.values.get(indicator)?.whole(org)
    }

    /// The value of a cell, or the sum over the breakdown columns that are not named.
    pub fn cell(&self, indicator: &str, org: &str, wanted: &[(String, String)]) -> Option<Value> {
        if wanted.is_empty() {
            return self.get(indicator, org).cloned();
        }
        let cells = self.values.get(indicator)?.of(org);
        let fits = |cell: &Cell| wanted.iter().all(|pair| cell.contains(pair));
        let mut found = cells.iter().filter(|value| fits(&value.cell));
        let mut total = found.next()?.clone();
        for value in found {
            // Rates do not add: several cells of one have no value together.
            if total.numerator.is_some() {
                return None;
            }
            total.exact = total.exact.zip(value.exact).map(|(a, b)| a + b);
            total.value = total.value.zip(value.value).map(|(a, b)| a + b);
        }
        total.cell = wanted.to_vec();
        Some(total)
    }

    /// Every cell of an indicator's breakdown for an organisation.
    pub fn cells(&self, indicator: &str, org: &str) -> impl Iterator<Item = &Value> {
        let own = self.values.get(indicator).map_or(&[][..], |block| block.of(org));
        own.iter().filter(|value| !value.cell.is_empty())
    }

    /// Every value, by indicator, organisation and cell.
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        self.values.values().flat_map(|block| block.iter())
    }

    pub(crate) fn put(&mut self, indicator: &str, block: Arc<Block>) {
        self.values.insert(indicator.to_string(), block);
    }

    pub(crate) fn add(&mut self, indicator: &str, values: Vec<Value>) {
        let block = self.values.entry(indicator.to_string()).or_default();
        *block = Arc::new(block.and(values));
    }
}

/// Computes a request over a snapshot, or over what another [`Engine`] answers from, for the whole tree of its county.
///
/// # Errors
/// [`IndicatorError::Unknown`] or [`IndicatorError::NotInForce`] for a wrong request; otherwise what the engine says.
pub fn board(snapshot: &dyn Engine, request: &Request) -> Result<Board, IndicatorError> {
    board_with(snapshot, request, None)
}

/// The same, taking from a cache what still holds.
pub(crate) fn board_with(
    snapshot: &dyn Engine,
    request: &Request,
    cache: Option<&Cache>,
) -> Result<Board, IndicatorError> {
    let catalog = snapshot.catalog();
    let empty = OrgTree::default();
    let orgs = catalog.county.as_ref().map_or(&empty, |county| &county.orgs);
    if let Some(name) = request.tree.name.as_deref().filter(|name| !orgs.trees().contains(name)) {
        return Err(IndicatorError::UnknownTree(name.to_string()));
    }
    let wanted = wanted(snapshot, request);
    let whole = Prepared::of(snapshot, request, &wanted, &[], orgs, cache)?;
    let mut board = Board {
        period: request.period,
        seq: snapshot.seq(),
        sql: whole.sql.join(";\n"),
        parameters: whole.parameters,
        findings: Vec::new(),
        unbroken: BTreeSet::new(),
        values: BTreeMap::new(),
    };
    let maker = Maker { snapshot, request, orgs, plan: &whole.plan, tallies: &whole.tallies, by: None, cache };
    maker.make(&mut board)?;
    if !request.by.is_empty() {
        let cells = Prepared::of(snapshot, request, &wanted, &request.by, orgs, cache)?;
        let by: Vec<String> = request.by.iter().map(|dimension| dimension.name().to_string()).collect();
        let maker = Maker { plan: &cells.plan, tallies: &cells.tallies, by: Some(&by), ..maker };
        maker.make_cells(&mut board, &cells.unbroken);
    }
    Ok(board)
}

/// The indicators of a request; those not in force are left out when all are wanted.
fn wanted(snapshot: &dyn Engine, request: &Request) -> Vec<String> {
    if !request.indicators.is_empty() {
        return request.indicators.clone();
    }
    let day = request.period.last_day();
    let in_force = snapshot.catalog().indicators().filter(|versions| versions.on(day).is_some());
    in_force.map(|versions| versions.latest().common.id.clone()).collect()
}
