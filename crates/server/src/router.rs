//! Which address leads to which page?
//!
//! Reads the question, has the page made on a thread that may block, and sends it or the reason why not.

use crate::app::App;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::openapi::openapi;
use crate::page;
use crate::page::decide::{self, Decision};
use crate::page::report::Form;
use crate::problem::Problem;
use crate::web;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use base::Text;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

type Shared = State<Arc<App>>;
/// What was sent, or why it cannot be read.
type Body<T> = Result<Json<T>, JsonRejection>;

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
        .route("/api/record", get(|app: Shared, ask: Ask| page(app, ask, |app, d, a| page::record::record(app, d, a))))
        .route(
            "/api/resident",
            get(|app: Shared, ask: Ask| page(app, ask, |app, d, a| page::resident::resident(app, d, a))),
        )
        .route("/api/residents", get(|app: Shared, ask: Ask| page(app, ask, page::residents::residents)))
        .route("/api/residents/find", post(find))
        .route(
            "/api/matches",
            get(|app: Shared, ask: Ask| page(app, ask, page::matches::matches))
                .post(|app: Shared, ask: Ask, body: Body<decide::Match>| decide(app, ask, body, Decision::Match)),
        )
        .route("/api/matches/state", get(|app: Shared, ask: Ask| page(app, ask, |app, _, _| page::matches::state(app))))
        .route("/api/matches/renew", post(renew))
        .route(
            "/api/matches/undo",
            post(|app: Shared, ask: Ask, body: Body<decide::UndoMatch>| decide(app, ask, body, Decision::UndoMatch)),
        )
        .route(
            "/api/merges",
            post(|app: Shared, ask: Ask, body: Body<decide::Merge>| decide(app, ask, body, Decision::Merge)),
        )
        .route(
            "/api/merges/undo",
            post(|app: Shared, ask: Ask, body: Body<decide::UndoMerge>| decide(app, ask, body, Decision::UndoMerge)),
        )
        .route("/api/records", post(write))
        .route("/api/tasks", get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::work::tasks(d, a))))
        .route("/api/findings", get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::work::findings(d, a))))
        .route("/api/quality", get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::work::quality(d, a))))
        .route(
            "/api/alerts",
            get(|app: Shared, ask: Ask| page(app, ask, |_, d, a| page::work::alerts(d, a))).post(acknowledge),
        )
        .route("/api/proof", post(proof).layer(DefaultBodyLimit::max(page::proof::MOST_BYTES)))
        .route("/api/proof/marked", post(marked).layer(DefaultBodyLimit::max(page::proof::MOST_BYTES)))
        .route("/api/proof/compare", post(compare).layer(DefaultBodyLimit::max(2 * page::proof::MOST_BYTES)))
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
async fn write(State(app): Shared, ask: Ask, body: Body<page::write::Request>) -> Response {
    let written = match body {
        Ok(Json(request)) => page::write::write(&app, &ask, request).await,
        Err(rejection) => Err(Problem::body(rejection.body_text())),
    };
    match written {
        Ok((status, written)) => (status, Json(written)).into_response(),
        Err(problem) => problem.answer(ask.language, &ask.address),
    }
}

/// A search whose words are not in the address.
async fn find(app: Shared, ask: Ask, body: Body<page::residents::Request>) -> Response {
    match body {
        Ok(Json(request)) => page(app, request.onto(ask), page::residents::residents).await,
        Err(rejection) => Problem::body(rejection.body_text()).answer(ask.language, &ask.address),
    }
}

/// Has all residents compared anew; `GET /api/matches/state` says when that is done.
async fn renew(State(app): Shared) -> Response {
    app.reviewer().renew(&app);
    (StatusCode::ACCEPTED, Json(json!({ "is_working": true }))).into_response()
}

/// A decision about two residents.
async fn decide<T>(State(app): Shared, ask: Ask, body: Body<T>, of: fn(T) -> Decision) -> Response {
    let decided = match body {
        Ok(Json(request)) => decide::decide(&app, &ask, of(request)).await,
        Err(rejection) => Err(Problem::body(rejection.body_text())),
    };
    match decided {
        Ok((status, decided)) => (status, Json(decided)).into_response(),
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

/// A text that is to be checked.
async fn proof(app: Shared, ask: Ask, bytes: Result<Bytes, BytesRejection>) -> Response {
    match bytes {
        Ok(bytes) => page(app, ask, move |_, desk, ask| page::proof::proof(desk, ask, &bytes)).await,
        Err(rejection) => too_large(&rejection.body_text()).answer(ask.language, &ask.address),
    }
}

/// A text that is to come back with marks.
async fn marked(app: Shared, ask: Ask, bytes: Result<Bytes, BytesRejection>) -> Response {
    match bytes {
        Ok(bytes) => answer(app, ask, move |_, _, ask| page::proof::marked(ask, &bytes)).await,
        Err(rejection) => too_large(&rejection.body_text()).answer(ask.language, &ask.address),
    }
}

/// Two texts, as the parts `left` and `right` of a form.
async fn compare(app: Shared, ask: Ask, form: Multipart) -> Response {
    match two_files(form).await {
        Ok([(left, left_name), (right, right_name)]) => {
            let ask = ask.with("left", Some(left_name)).with("right", Some(right_name));
            page(app, ask, move |_, _, ask| page::proof::compared(ask, &left, &right)).await
        }
        Err(problem) => problem.answer(ask.language, &ask.address),
    }
}

/// The parts `left` and `right` with the names of their files.
async fn two_files(mut form: Multipart) -> Result<[(Bytes, String); 2], Problem> {
    let (mut left, mut right) = (None, None);
    while let Some(field) = form.next_field().await.map_err(|error| Problem::body(error.body_text()))? {
        let name = field.file_name().unwrap_or("text.txt").to_string();
        let side = match field.name() {
            Some("left") => &mut left,
            Some("right") => &mut right,
            _ => continue,
        };
        *side = Some((field.bytes().await.map_err(|error| too_large(&error.body_text()))?, name));
    }
    match (left, right) {
        (Some(left), Some(right)) => Ok([left, right]),
        (None, _) => Err(Problem::absent("left")),
        (_, None) => Err(Problem::absent("right")),
    }
}

/// More than a text may have.
fn too_large(detail: &str) -> Problem {
    let most = page::proof::MOST_BYTES >> 20;
    Problem::wrong(
        "too-large",
        Text::both(
            format!("文件无法接收，最大{most} MB：{detail}"),
            format!("at most {most} MB can be sent: {detail}"),
        ),
        Text::both("拆分文件，或在命令行运行taizhang proof", "split the file, or run `taizhang proof`"),
    )
}

/// A page as JSON.
async fn page<T, F>(app: Shared, ask: Ask, make: F) -> Response
where
    T: Serialize,
    F: FnOnce(&Arc<App>, &Desk, &Ask) -> Result<T, Problem> + Send + 'static,
{
    answer(app, ask, |app, desk, ask| Ok(Json(make(app, desk, ask)?).into_response())).await
}

async fn report_file(app: Shared, ask: Ask, form: Form) -> Response {
    answer(app, ask, move |_, desk, ask| page::report::file(desk, ask, form)).await
}

/// An answer of any kind.
async fn answer<F>(State(app): Shared, ask: Ask, make: F) -> Response
where
    F: FnOnce(&Arc<App>, &Desk, &Ask) -> Result<Response, Problem> + Send + 'static,
{
    let (language, address) = (ask.language, ask.address.clone());
    let work = move || app.desk(&ask).and_then(|desk| make(&app, &desk, &ask));
    let answer = tokio::task::spawn_blocking(work).await;
    answer
        .unwrap_or_else(|fault| Err(Problem::inside(fault)))
        .unwrap_or_else(|problem| problem.answer(language, &address))
}
