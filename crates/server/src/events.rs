//! How does a page hear that something was written, without asking again and again?
//!
//! One stream of server-sent events: which registers changed and up to which entry, never a value and never whose. Whoever
//! hears it asks anew for what is on the screen.

use crate::app::App;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Changes a slow listener may be behind before it is told to ask for everything.
const BACKLOG: usize = 256;

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// The last entry.
    pub seq: u64,
    /// The registers; `None` when they are not known one by one.
    pub registers: Option<BTreeSet<String>>,
}

#[derive(Debug, Clone)]
enum Told {
    Change(Change),
    Closing,
}

/// Everybody who listens.
pub struct Events(broadcast::Sender<Told>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Events {
    /// Tells everybody who listens.
    pub fn tell(&self, change: Change) {
        // Nobody listening is no fault.
        let _ = self.0.send(Told::Change(change));
    }

    /// Ends every stream, so that a server that stops need not wait for its listeners.
    pub fn close(&self) {
        let _ = self.0.send(Told::Closing);
    }
}

/// `/api/events`
pub async fn events(State(app): State<Arc<App>>) -> impl IntoResponse {
    let receiver = app.events().0.subscribe();
    let first = Change { seq: app.last_data(), registers: Some(BTreeSet::new()) };
    let stream = futures_util::stream::unfold((receiver, Some(first)), |(mut receiver, first)| async {
        if let Some(first) = first {
            return Some((sent(&first), (receiver, None)));
        }
        let change = match receiver.recv().await {
            Ok(Told::Change(change)) => change,
            Ok(Told::Closing) | Err(RecvError::Closed) => return None,
            Err(RecvError::Lagged(_)) => Change { seq: 0, registers: None },
        };
        Some((sent(&change), (receiver, None)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

fn sent(change: &Change) -> Result<Event, axum::Error> {
    Event::default().event("change").json_data(change)
}
