//! What was counted before and still holds?
//!
//! The numbers of a pass are kept with a stamp: an entry of the log since which nothing was written in the registers it
//! reads. They hold for every later question of the same packs, period, tree and day until one of those is written to.

use crate::block::Block;
use crate::board::{Board, board_with};
use crate::engine::Engine;
use crate::error::IndicatorError;
use crate::pass::Pass;
use crate::prepare::Layout;
use crate::request::{Request, Tree};
use crate::slot::Plan;
use crate::tally::Tally;
use base::{Date, Period};
use lru::LruCache;
use pack::Catalog;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Plans kept at most.
const MOST_PLANS: NonZeroUsize = NonZeroUsize::new(256).unwrap();
/// Passes kept at most: the packs of a county have about a hundred, so some sixty periods.
const MOST_PASSES: NonZeroUsize = NonZeroUsize::new(8_192).unwrap();
/// Numbers kept at most, over all passes; some 200 bytes each.
const MOST_NUMBERS: usize = 2_000_000;

/// Values kept at most, over all plans; some 400 bytes each.
const MOST_VALUES: usize = 1_500_000;

/// The packs of a question. Holding them, so that no others can come to lie in their place.
#[derive(Clone)]
struct Packs(Arc<Catalog>);

impl PartialEq for Packs {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Packs {}

impl std::hash::Hash for Packs {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

/// What a pass's numbers depend on, beside the records.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PassKey {
    packs: Packs,
    as_of: Date,
    period: Period,
    tree: Tree,
    text: String,
}

impl PassKey {
    /// The key of a pass of a request.
    pub fn new(snapshot: &dyn Engine, request: &Request, period: Period, pass: &Pass) -> Self {
        Self {
            packs: Packs(Arc::clone(snapshot.catalog())),
            as_of: snapshot.as_of(),
            period,
            tree: request.tree.clone(),
            text: pass.text(),
        }
    }
}

type LayoutKey = (Packs, Date, Request, bool);

struct Kept {
    stamp: u64,
    n_numbers: usize,
    tallies: Arc<Vec<Arc<Tally>>>,
}

struct Passes {
    kept: LruCache<PassKey, Kept>,
    n_numbers: usize,
}

/// The values of one indicator, and the numbers they were made of.
struct KeptBlock {
    /// Holding it, so that no other plan can come to lie in its place.
    _plan: Arc<Plan>,
    tallies: Vec<Arc<Tally>>,
    block: Arc<Block>,
}

struct Blocks {
    kept: LruCache<(usize, usize), KeptBlock>,
    n_values: usize,
}

/// Numbers that were counted before, for any number of askers at once.
pub struct Cache {
    layouts: Mutex<LruCache<LayoutKey, Arc<Layout>>>,
    passes: Mutex<Passes>,
    blocks: Mutex<Blocks>,
}

impl Default for Cache {
    fn default() -> Self {
        let passes = Passes { kept: LruCache::new(MOST_PASSES), n_numbers: 0 };
        let blocks = Blocks { kept: LruCache::unbounded(), n_values: 0 };
        Self { layouts: Mutex::new(LruCache::new(MOST_PLANS)), passes: Mutex::new(passes), blocks: Mutex::new(blocks) }
    }
}

impl Cache {
    /// Computes a request, counting only what is not known any more.
    ///
    /// # Errors
    /// As for [`board`](crate::board()).
    pub fn board(&self, snapshot: &dyn Engine, request: &Request) -> Result<Board, IndicatorError> {
        board_with(snapshot, request, Some(self))
    }

    /// The plan and statements of a request, and whether they were made just now.
    pub(crate) fn layout(
        &self,
        snapshot: &dyn Engine,
        request: &Request,
        broken_down: bool,
        make: impl FnOnce() -> Result<Layout, IndicatorError>,
    ) -> Result<(Arc<Layout>, bool), IndicatorError> {
        let key = (Packs(Arc::clone(snapshot.catalog())), snapshot.as_of(), request.clone(), broken_down);
        if let Some(layout) = lock(&self.layouts).get(&key) {
            return Ok((Arc::clone(layout), false));
        }
        let layout = Arc::new(make()?);
        lock(&self.layouts).put(key, Arc::clone(&layout));
        Ok((layout, true))
    }

    /// The block of a plan's recipe, while it was made of these very numbers.
    pub(crate) fn block(&self, plan: &Arc<Plan>, recipe: usize, tallies: &[Arc<Tally>]) -> Option<Arc<Block>> {
        let mut blocks = lock(&self.blocks);
        let kept = blocks.kept.get(&(Arc::as_ptr(plan).addr(), recipe))?;
        let is_same = kept.tallies.iter().zip(tallies).all(|(known, new)| Arc::ptr_eq(known, new));
        is_same.then(|| Arc::clone(&kept.block))
    }

    pub(crate) fn keep_block(&self, plan: &Arc<Plan>, recipe: usize, tallies: Vec<Arc<Tally>>, block: &Arc<Block>) {
        let key = (Arc::as_ptr(plan).addr(), recipe);
        let kept = KeptBlock { _plan: Arc::clone(plan), tallies, block: Arc::clone(block) };
        let mut blocks = lock(&self.blocks);
        blocks.n_values += block.len();
        if let Some((_, gone)) = blocks.kept.push(key, kept) {
            blocks.n_values -= gone.block.len();
        }
        while blocks.n_values > MOST_VALUES {
            let Some((_, gone)) = blocks.kept.pop_lru() else { break };
            blocks.n_values -= gone.block.len();
        }
    }

    pub(crate) fn tallies(&self, key: &PassKey, stamp: u64) -> Option<Arc<Vec<Arc<Tally>>>> {
        let mut passes = lock(&self.passes);
        let kept = passes.kept.get(key).filter(|kept| kept.stamp == stamp)?;
        Some(Arc::clone(&kept.tallies))
    }

    pub(crate) fn keep(&self, key: PassKey, stamp: u64, tallies: Vec<Arc<Tally>>) {
        let n_numbers = tallies.iter().map(|tally| tally.len()).sum();
        let mut passes = lock(&self.passes);
        passes.n_numbers += n_numbers;
        let kept = Kept { stamp, n_numbers, tallies: Arc::new(tallies) };
        if let Some((_, gone)) = passes.kept.push(key, kept) {
            passes.n_numbers -= gone.n_numbers;
        }
        while passes.n_numbers > MOST_NUMBERS {
            let Some((_, gone)) = passes.kept.pop_lru() else { break };
            passes.n_numbers -= gone.n_numbers;
        }
    }
}

fn lock<T>(place: &Mutex<T>) -> MutexGuard<'_, T> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}
