//! Who may ask what over the network, and what is sent back?
//!
//! The HTTP API of one county's directory, with the web application inside. Every answer comes from the crates below;
//! here it is converted, masked and sent. It never knows how a figure is computed.
//!
//! **Invariant:** no name or citizen number leaves unmasked, and nobody's record is shown before the log says who
//! looked.

mod app;
mod ask;
mod described;
mod desk;
mod events;
mod figure;
mod finder;
mod gate;
mod guard;
mod imports;
mod masked;
mod memo;
mod openapi;
mod page;
mod problem;
mod reviewer;
mod router;
mod scribe;
mod visitor;
mod web;
#[allow(missing_docs, reason = "the fields are the API; /api/openapi.json and web/src/api/types.ts say what they mean")]
mod wire;

pub use app::App;
pub use guard::Endpoint;
pub use router::{endpoints, router};

use columns::Store;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// What is served, and where.
pub struct ServeOptions {
    /// The county.
    pub store: Store,
    /// The address listened on; port 0 takes a free one.
    pub addr: SocketAddr,
    /// Who is let in.
    pub entry: Entry,
}

/// Who is let in.
pub enum Entry {
    /// Whoever reaches the server, which then listens on this machine only: for a demonstration and for tests.
    Open,
    /// Those who have an account.
    Accounts {
        /// The accounts.
        book: Box<accounts::Book>,
        /// Whether browsers come over HTTPS, through a proxy in front. Without it, only a server that listens on this
        /// machine lets anybody sign in.
        is_secure: bool,
    },
}

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be used.
    #[error("{addr} cannot be listened on: {source}; choose another with --addr")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// A server without sign-in would be reached from other machines.
    #[error("--open is for this machine only, and {0} is not; leave --open out, or listen on 127.0.0.1")]
    Exposed(SocketAddr),
    /// Passwords would cross the network unprotected.
    #[error(
        "{0} is reached over plain HTTP, where passwords can be read on the way; put a proxy with HTTPS in front and say --behind-https, or listen on 127.0.0.1"
    )]
    Plain(SocketAddr),
    /// The set-up code could not be made.
    #[error(transparent)]
    Accounts(#[from] accounts::AccountsError),
    /// The system gave no threads, or the listener broke.
    #[error("the server stopped: {0}; start it again")]
    Stopped(std::io::Error),
    /// The session that held the right to write has ended: another server may write the county now.
    #[error(
        "the server stopped, because it may not write any more: {0}; start it again, it stands by if another has taken over"
    )]
    Lost(String),
}

/// Where a server listens when nothing is said: on this machine only.
pub const USUAL_ADDR: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8848);

/// How often a server to which nobody writes asks whether it still may.
const ASK_EVERY: Duration = Duration::from_secs(2);
/// How long questions under way may go on once the right to write is lost.
const GRACE: Duration = Duration::from_secs(5);

/// Serves a county until Ctrl-C, then lets the questions under way finish. `ready` is told the address once it is
/// listened on, and the set-up code while there are no accounts.
///
/// # Errors
/// [`ServeError::Listen`] when the address is taken; [`ServeError::Stopped`] when the system fails;
/// [`ServeError::Lost`] when the database ended the session that may write.
pub fn serve(options: ServeOptions, ready: impl FnOnce(SocketAddr, Option<&str>)) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::Stopped)?;
    let served = runtime.block_on(async {
        let stop = async {
            // Without a handler for Ctrl-C the system ends the process, which is a stop as well.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        serve_until(options, ready, stop).await
    });
    runtime.shutdown_timeout(GRACE);
    served
}

/// Serves a county until `stop` is done.
///
/// # Errors
/// As [`serve`].
pub async fn serve_until(
    options: ServeOptions,
    ready: impl FnOnce(SocketAddr, Option<&str>),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let ServeOptions { store, addr, entry } = options;
    let (app, setup_code) = app(store, addr, entry)?;
    let listen = |source| ServeError::Listen { addr, source };
    let listener = tokio::net::TcpListener::bind(addr).await.map_err(listen)?;
    ready(listener.local_addr().map_err(listen)?, setup_code.as_deref());
    warm(Arc::clone(&app));
    let asking = tokio::spawn(keep_asking(Arc::clone(&app)));
    let losing = Arc::clone(&app);
    let ending = async move {
        tokio::select! {
            () = stop => (),
            _ = losing.until_lost() => (),
        }
        losing.events().close();
    };
    let service = router(Arc::clone(&app)).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(ending);
    let losing = async {
        let how = app.until_lost().await;
        tokio::time::sleep(GRACE).await;
        how
    };
    let served = tokio::select! {
        served = serving => served.map_err(ServeError::Stopped),
        how = losing => Err(ServeError::Lost(how)),
    };
    asking.abort();
    served.and_then(|()| app.how_lost().map_or(Ok(()), |how| Err(ServeError::Lost(how))))
}

/// The county behind the door that was asked for, or why it would be no door.
fn app(store: Store, addr: SocketAddr, entry: Entry) -> Result<(Arc<App>, Option<String>), ServeError> {
    let is_local = addr.ip().is_loopback();
    match entry {
        Entry::Open if is_local => Ok((App::open(store, true), None)),
        Entry::Open => Err(ServeError::Exposed(addr)),
        Entry::Accounts { is_secure, .. } if !is_local && !is_secure => Err(ServeError::Plain(addr)),
        Entry::Accounts { book, is_secure } => {
            let code = if book.is_empty() { Some(accounts::setup_code()?) } else { None };
            Ok((App::with_accounts(store, *book, is_secure, code.clone()), code))
        }
    }
}

/// Asks again and again whether the session that may write is still there.
async fn keep_asking(app: Arc<App>) {
    loop {
        tokio::time::sleep(ASK_EVERY).await;
        let asked = Arc::clone(&app);
        let asking = move || {
            asked.check_session();
            // What fails is tried again in two seconds; sessions known so far go on.
            let _ = asked.refresh_accounts();
        };
        if tokio::task::spawn_blocking(asking).await.is_err() {
            return;
        }
    }
}

/// Computes the first page's figures before anybody asks, so that nobody waits for a year of months; and reads
/// everybody who can be found.
fn warm(app: Arc<App>) {
    tokio::task::spawn_blocking(move || {
        let ask = ask::Ask::by(visitor::Visitor::server());
        // Whatever is wrong will be said to the first person who asks.
        let _ = app.desk(&ask).and_then(|desk| page::dashboard::dashboard(&desk, &ask));
        let _ = app.finder().index(&app);
    });
}
