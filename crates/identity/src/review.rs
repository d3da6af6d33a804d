//! Which pairs of a county's residents should somebody look at?
//!
//! The likely pairs of one snapshot that nobody has decided, the surest first, each with its reasons. It never decides.

use crate::county::{decided, people};
use crate::learn::Model;
use crate::matching::{Matcher, Pair, Reason};
use crate::people::People;
use crate::spec::{SpecError, residents};
use columns::{Snapshot, StoreError};
use std::collections::BTreeSet;

/// Which pairs are wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// The least probability of a pair, above 0 and below 1.
    pub least: f64,
    /// The most.
    pub most: f64,
    /// At most so many pairs are told; all are counted.
    pub limit: usize,
    /// The seed of the random pairs the model learns from.
    pub seed: u64,
    /// Threads to compute with; 0 for as many as the machine has cores.
    pub n_threads: usize,
}

/// The likely pairs of a county.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// The pairs, the surest first.
    pub pairs: Vec<Likely>,
    /// How many there are, those beyond the limit included.
    pub n_pairs: usize,
    /// Among how many residents.
    pub n_people: usize,
    /// The bits before anything is compared.
    pub prior_weight: f64,
    /// The last entry of the log that was known.
    pub seq: u64,
}

/// Two residents who may be one.
#[derive(Debug, Clone, PartialEq)]
pub struct Likely {
    /// The smaller of both ids, as a decision names it first.
    pub resident: String,
    /// The other.
    pub other: String,
    /// How sure it is that they are one person, 0 to 1.
    pub probability: f64,
    /// The same in bits.
    pub weight: f64,
    /// Why, comparison by comparison.
    pub reasons: Vec<Reason>,
}

/// Why there is no review.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The residents could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They cannot be compared.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// No threads to compute with.
    #[error("no threads could be started: {0}; try again when the machine has memory to spare")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl Review {
    /// Learns from the residents of a snapshot and compares them. Takes seconds on a large county.
    ///
    /// # Errors
    /// [`ReviewError`]
    pub fn of(snapshot: &Snapshot, wanted: &Wanted) -> Result<Self, ReviewError> {
        let (people, decided, seq) = (people(snapshot)?, decided(snapshot)?, snapshot.seq());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(wanted.n_threads).build()?;
        Ok(pool.install(|| review(&people, &decided, seq, wanted))?)
    }
}

/// What was decided about which pairs, the smaller id first.
type Decided = BTreeSet<(String, String)>;

fn review(people: &People, decided: &Decided, seq: u64, wanted: &Wanted) -> Result<Review, SpecError> {
    let spec = residents();
    let model = Model::learn(people, &spec, wanted.seed)?;
    let matcher = Matcher::new(people, &spec, &model)?;
    // People come by id, so the earlier of a pair has the smaller one, as decisions are written.
    let ids = |pair: &Pair| (people.ids[pair.a as usize].clone(), people.ids[pair.b as usize].clone());
    let mut pairs = matcher.pairs(wanted.least);
    pairs.retain(|pair| pair.probability() <= wanted.most && !decided.contains(&ids(pair)));
    let n_pairs = pairs.len();
    pairs.truncate(wanted.limit);
    let likely = |pair: &Pair| {
        let (resident, other) = ids(pair);
        let (probability, reasons) = (pair.probability(), matcher.reasons(pair));
        Likely { resident, other, probability, weight: pair.weight, reasons }
    };
    Ok(Review {
        pairs: pairs.iter().map(likely).collect(),
        n_pairs,
        n_people: people.len(),
        prior_weight: model.prior_weight(),
        seq,
    })
}
