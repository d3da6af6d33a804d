//! Who writes when many want to?
//!
//! One thread. It takes whatever waits, has it judged, committed and applied together, and answers each for itself:
//! the more people write, the more of them share one flush of the disk.

use crate::app::App;
use crate::problem::Problem;
use columns::{Outcome, StoreError, Submission};
use records::LogError;
use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Batches that may wait; whoever comes after has to.
const QUEUE: usize = 1_024;
/// Batches written together at most.
const GROUP: usize = 256;
/// Records written together at most, unless one batch alone has more.
const GROUP_DRAFTS: usize = 10_000;

/// How long a group waits for more, when the one before it was of several.
const GATHERING: Duration = Duration::from_millis(1);

type Answer = Result<Outcome, StoreError>;

struct Job {
    submission: Submission,
    reply: oneshot::Sender<Answer>,
}

/// The way to the writing thread.
#[derive(Debug, Clone)]
pub struct Scribe(mpsc::Sender<Job>);

impl Scribe {
    /// Starts the thread, which ends when the county is closed.
    pub fn start(app: &Weak<App>) -> Self {
        let (send, receive) = mpsc::channel(QUEUE);
        let app = Weak::clone(app);
        std::thread::spawn(move || write_all(&app, receive));
        Self(send)
    }

    /// Writes a batch; when this returns, it is on disk and in every figure.
    pub async fn write(&self, submission: Submission) -> Result<Answer, Problem> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Job { submission, reply }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())
    }

    /// The same for a thread that may block.
    pub fn write_blocking(&self, submission: Submission) -> Result<Answer, Problem> {
        let (reply, answer) = oneshot::channel();
        self.0.blocking_send(Job { submission, reply }).map_err(|_| stopped())?;
        answer.blocking_recv().map_err(|_| stopped())
    }
}

fn stopped() -> Problem {
    Problem::inside("the writing thread has stopped")
}

fn write_all(app: &Weak<App>, mut jobs: mpsc::Receiver<Job>) {
    let mut n_before = 0;
    while let Some(first) = jobs.blocking_recv() {
        let Some(app) = app.upgrade() else { return };
        // Whoever was just answered often writes again at once: a moment's wait puts them all into one group.
        if n_before > 1 && jobs.len() < n_before {
            std::thread::sleep(GATHERING);
        }
        let mut n_drafts = first.submission.drafts.len();
        let (mut submissions, mut replies) = (vec![first.submission], vec![first.reply]);
        while replies.len() < GROUP
            && n_drafts < GROUP_DRAFTS
            && let Ok(job) = jobs.try_recv()
        {
            n_drafts += job.submission.drafts.len();
            submissions.push(job.submission);
            replies.push(job.reply);
        }
        n_before = replies.len();
        let outcomes = write_group(&app, submissions);
        for (reply, outcome) in replies.into_iter().zip(outcomes) {
            // Whoever does not wait any more finds the record all the same.
            let _ = reply.send(outcome);
        }
    }
}

fn write_group(app: &Arc<App>, submissions: Vec<Submission>) -> Vec<Answer> {
    let registers = |submission: &Submission| -> BTreeSet<String> {
        let versions = submission.drafts.iter().filter(|draft| draft.op.makes_version());
        versions.map(|draft| draft.register.clone()).collect()
    };
    let changes: Vec<BTreeSet<String>> = submissions.iter().map(registers).collect();
    let outcomes = app.store().submit_group(submissions);
    let (mut last, mut changed) = (None, BTreeSet::new());
    for (outcome, registers) in outcomes.iter().zip(changes).filter(|(_, registers)| !registers.is_empty()) {
        let receipt = outcome.as_ref().ok().and_then(|outcome| outcome.receipt.as_ref());
        let Some(receipt) = receipt else { continue };
        last = last.max(Some(receipt.last_seq));
        changed.extend(registers);
    }
    if let Some(last) = last {
        app.data_changed(last, Some(changed));
    }
    for outcome in &outcomes {
        if let Err(StoreError::Log(fault @ LogError::Lost { .. })) = outcome {
            app.lost(fault);
        }
    }
    outcomes
}
