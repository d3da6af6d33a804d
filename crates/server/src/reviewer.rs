//! Who compares all residents with each other, so that nobody who asks has to wait for it?
//!
//! A thread of its own, on half of the machine's cores. Its answer stays until somebody asks for a new one, and says of
//! which moment it is; what was decided since is left out when it is shown. Knows no words and no masks.

use crate::app::App;
use crate::ask::now;
use crate::problem::Problem;
use base::Timestamp;
use columns::county_time;
use identity::{Likely, Review, Wanted};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Pairs less probable than this are not worth a person's time: one in ten is one person, and nothing is merged unseen.
const LEAST: f64 = 0.1;
/// Pairs kept; the surest come first, and the rest come up when these are decided and the queue is renewed.
const MOST_PAIRS: usize = 10_000;
/// The same pairs for the same residents, however often they are compared.
const SEED: u64 = 1;

/// The likely pairs as of one moment.
pub struct Queue {
    /// The pairs.
    pub review: Review,
    /// When the residents were read.
    pub at: Timestamp,
}

impl Queue {
    /// Where a pair stands; the order of its two ids does not matter.
    pub fn place(&self, one: &str, other: &str) -> Option<usize> {
        let (first, second) = if one <= other { (one, other) } else { (other, one) };
        self.review.pairs.iter().position(|pair| pair.resident == first && pair.other == second)
    }

    /// The pair of two residents, when it was likely.
    pub fn pair(&self, one: &str, other: &str) -> Option<&Likely> {
        self.review.pairs.get(self.place(one, other)?)
    }
}

#[derive(Default)]
struct State {
    queue: Option<Arc<Queue>>,
    is_working: bool,
    fault: Option<Problem>,
}

/// The queue, once it was needed.
#[derive(Default)]
pub struct Reviewer(Mutex<State>);

/// What there is to see now.
pub struct Seen {
    /// The newest queue; `None` while the first is being made.
    pub queue: Option<Arc<Queue>>,
    /// Whether a newer one is being made.
    pub is_working: bool,
}

impl Reviewer {
    /// The queue as it is. The first call has one made, and the call after a failure says why it failed.
    pub fn seen(&self, app: &Arc<App>) -> Result<Seen, Problem> {
        let mut state = self.state();
        if let Some(fault) = state.fault.take() {
            return Err(fault);
        }
        if state.queue.is_none() {
            begin(&mut state, app);
        }
        Ok(Seen { queue: state.queue.clone(), is_working: state.is_working })
    }

    /// The newest queue, if one was made.
    pub fn queue(&self) -> Option<Arc<Queue>> {
        self.state().queue.clone()
    }

    /// Has a new queue made, unless one is being made already.
    pub fn renew(&self, app: &Arc<App>) {
        begin(&mut self.state(), app);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn begin(state: &mut State, app: &Arc<App>) {
    if state.is_working {
        return;
    }
    state.is_working = true;
    let app = Arc::clone(app);
    std::thread::spawn(move || {
        let made = make(&app);
        let mut state = app.reviewer().state();
        state.is_working = false;
        match made {
            Ok(queue) => state.queue = Some(Arc::new(queue)),
            Err(fault) => state.fault = Some(fault),
        }
    });
}

fn make(app: &App) -> Result<Queue, Problem> {
    let at = now();
    let snapshot = app.store().snapshot(county_time(at).date())?;
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    let wanted = Wanted { least: LEAST, most: 1.0, limit: MOST_PAIRS, seed: SEED, n_threads: (n_cores / 2).max(1) };
    let review = Review::of(&snapshot, &wanted).map_err(Problem::inside)?;
    Ok(Queue { review, at })
}
