//! Which address leads to which page?
//!
//! Reads the question, has the page made on a thread that may block, and sends it or the reason why not.

use crate::app::App;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::openapi::openapi;
use crate::page;
use crate::page::report::Form;
use crate::problem::Problem;
use crate::web;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

type Shared = State<Arc<App>>;

/// All addresses of one county, the web application included.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/api/health", get(health))
        .route("/api/openapi.json", get(|| async { Json(openapi()) }))
        .route("/api/county", get(|app: Shared, ask: Ask| page(app, ask, |_, desk, _| page::county::county(desk))))
        .route(
            "/api/dashboard",
            get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::dashboard::dashboard(d, a))),
        )
        .route(
            "/api/indicators",
            get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::indicators::indicators(d, a))),
        )
        .route("/api/figure", get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::figure::figure(d, a))))
        .route("/api/figure/card", get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::figure::card(d, a))))
        .route("/api/figure/rows", get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::rows::rows(d, a))))
        .route("/api/record", get(|app: Shared, ask: Ask| page(app, ask, page::record::record)))
        .route("/api/resident", get(|app: Shared, ask: Ask| page(app, ask, page::resident::resident)))
        .route("/api/records", post(write))
        .route("/api/tasks", get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::work::tasks(d, a))))
        .route("/api/findings", get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::work::findings(d, a))))
        .route("/api/quality", get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::work::quality(d, a))))
        .route(
            "/api/alerts",
            get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::work::alerts(d, a))).post(acknowledge),
        )
        .route("/api/report", get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::report::report(d, a))))
        .route("/api/report.md", get(|app: Shared, ask: Ask| report_file(app, ask, Form::Markdown)))
        .route("/api/report.html", get(|app: Shared, ask: Ask| report_file(app, ask, Form::Html)))
        .route("/api/report.docx", get(|app: Shared, ask: Ask| report_file(app, ask, Form::Docx)))
        .fallback(web::fallback)
        .layer(middleware::from_fn(web::harden))
        .with_state(app)
}

async fn health(State(app): Shared) -> Json<serde_json::Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION"), "seq": app.store().seq() }))
}

/// Records somebody wants to write.
async fn write(State(app): Shared, ask: Ask, body: Result<Json<page::write::Request>, JsonRejection>) -> Response {
    let written = match body {
        Ok(Json(request)) => page::write::write(&app, &ask, request).await,
        Err(rejection) => Err(Problem::body(rejection.body_text())),
    };
    match written {
        Ok((status, written)) => (status, Json(written)).into_response(),
        Err(problem) => problem.answer(ask.language, &ask.address),
    }
}

/// An answer to an alert.
async fn acknowledge(
    State(app): Shared,
    ask: Ask,
    body: Result<Json<page::work::Acknowledgement>, JsonRejection>,
) -> Response {
    let written = match body {
        Ok(Json(request)) => page::work::acknowledge(&app, &ask, request).await,
        Err(rejection) => Err(Problem::body(rejection.body_text())),
    };
    match written {
        Ok((status, written)) => (status, Json(written)).into_response(),
        Err(problem) => problem.answer(ask.language, &ask.address),
    }
}

/// A page as JSON.
async fn page<T, F>(app: Shared, ask: Ask, make: F) -> Response
where
    T: Serialize,
    F: FnOnce(&App, &Desk, &Ask) -> Result<T, Problem> + Send + 'static,
{
    answer(app, ask, |app, desk, ask| Ok(Json(make(app, desk, ask)?).into_response())).await
}

async fn report_file(app: Shared, ask: Ask, form: Form) -> Response {
    answer(app, ask, move |_, desk, ask| page::report::file(desk, ask, form)).await
}

/// An answer of any kind.
async fn answer<F>(State(app): Shared, ask: Ask, make: F) -> Response
where
    F: FnOnce(&App, &Desk, &Ask) -> Result<Response, Problem> + Send + 'static,
{
    let (language, address) = (ask.language, ask.address.clone());
    let work = move || app.desk(&ask).and_then(|desk| make(&app, &desk, &ask));
    let answer = tokio::task::spawn_blocking(work).await;
    answer
        .unwrap_or_else(|fault| Err(Problem::inside(fault)))
        .unwrap_or_else(|problem| problem.answer(language, &address))
}
