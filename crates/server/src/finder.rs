//! Who keeps the index of residents, and how is it never behind?
//!
//! One index for all questions. What was written since the last question is laid over it before it answers, so that a
//! resident just written is found at once; when that becomes much, a thread reads everybody anew and the index goes on
//! answering meanwhile. Knows no words and no masks.

use crate::app::App;
use crate::ask::now;
use crate::problem::Problem;
use columns::county_time;
use identity::Index;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Residents laid over the index at most before everybody is read anew.
const MOST_NEWER: usize = 2_000;
/// Entries read from the log at a time, under the store's lock.
const ENTRIES_AT_ONCE: usize = 1_000;
/// Entries behind at most before everybody is read anew, which takes less time than reading so many.
const MOST_BEHIND: u64 = 100_000;

/// The index, once it was needed.
#[derive(Default)]
pub struct Finder {
    index: Mutex<Option<Arc<Index>>>,
    is_rebuilding: AtomicBool,
}

impl Finder {
    /// An index that knows everything acknowledged before this call.
    pub fn index(&self, app: &Arc<App>) -> Result<Arc<Index>, Problem> {
        let mut kept = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        let index = match kept.as_ref() {
            Some(index) if index.seq() >= app.last_data() => return Ok(Arc::clone(index)),
            Some(index) if app.last_data() - index.seq() <= MOST_BEHIND => Arc::new(renewed(app, index)?),
            _ => Arc::new(build(app)?),
        };
        *kept = Some(Arc::clone(&index));
        drop(kept);
        if index.n_newer() > MOST_NEWER && !self.is_rebuilding.swap(true, Ordering::AcqRel) {
            let app = Arc::clone(app);
            std::thread::spawn(move || app.finder().rebuild(&app));
        }
        Ok(index)
    }

    /// What was written while everybody was read is laid over the new index by the next question.
    fn rebuild(&self, app: &App) {
        // When reading fails, the old index goes on answering, and the next question tries again.
        if let Ok(index) = build(app) {
            *self.index.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(index));
        }
        self.is_rebuilding.store(false, Ordering::Release);
    }
}

fn build(app: &App) -> Result<Index, Problem> {
    let snapshot = app.store().snapshot(county_time(now()).date())?;
    Ok(Index::build(&snapshot)?)
}

fn renewed(app: &App, index: &Index) -> Result<Index, Problem> {
    let snapshot = app.store().snapshot(county_time(now()).date())?;
    let (mut touched, mut after) = (BTreeSet::new(), index.seq());
    while after < snapshot.seq() {
        let entries = app.store().log().entries_after(after, ENTRIES_AT_ONCE)?;
        let Some(last) = entries.last() else { break };
        after = last.seq;
        let residents = entries.into_iter().filter(|entry| entry.register == "resident" && entry.op.makes_version());
        touched.extend(residents.map(|entry| entry.record));
    }
    Ok(index.renewed(&snapshot, &touched)?)
}
