//! Who may ask at this address?
//!
//! The one place where requests are let in. An address is added only together with a [`Permission`], and its handler
//! sees a [`Visitor`] who reaches no further than that permission does.

use crate::app::App;
use crate::ask::Ask;
use accounts::Permission;
use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use std::net::SocketAddr;
use std::sync::Arc;

/// An address that is let in, and what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `GET` or `POST`.
    pub method: Method,
    /// The path.
    pub path: &'static str,
    /// What whoever asks must have.
    pub permission: Permission,
}

/// Addresses under guard. There is no way to add one without saying what it takes.
pub struct Routes {
    app: Arc<App>,
    router: Router<Arc<App>>,
    endpoints: Vec<Endpoint>,
}

impl Routes {
    /// No address yet.
    pub fn new(app: &Arc<App>) -> Self {
        Self { app: Arc::clone(app), router: Router::new(), endpoints: Vec::new() }
    }

    /// An address that is read.
    pub fn get<H, T>(self, path: &'static str, permission: Permission, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.add(Method::GET, path, permission, get(handler))
    }

    /// An address to which something is sent.
    pub fn post<H, T>(self, path: &'static str, permission: Permission, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.add(Method::POST, path, permission, post(handler))
    }

    /// An address to which a file of at most so many bytes is sent.
    pub fn post_file<H, T>(self, path: &'static str, permission: Permission, most: usize, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.add(Method::POST, path, permission, post(handler).layer(DefaultBodyLimit::max(most)))
    }

    fn add(
        mut self,
        method: Method,
        path: &'static str,
        permission: Permission,
        route: MethodRouter<Arc<App>>,
    ) -> Self {
        let guarded = middleware::from_fn_with_state((Arc::clone(&self.app), permission), guard);
        self.router = self.router.route(path, route.route_layer(guarded));
        self.endpoints.push(Endpoint { method, path, permission });
        self
    }

    /// What was added.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// The router of all of them.
    pub fn into_router(self) -> Router<Arc<App>> {
        self.router
    }
}

async fn guard(State((app, permission)): State<(Arc<App>, Permission)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    match app.gate().admit(&parts, permission, peer) {
        Ok(pass) => {
            parts.extensions.insert(pass.visitor.clone());
            parts.extensions.insert(pass);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => match Ask::from_request_parts(&mut parts, &()).await {
            Ok(ask) => problem.answer(ask.language, &ask.address),
            Err(unreadable) => unreadable.into_response(),
        },
    }
}
