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
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
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
        .route(
            "/api/registers",
            get(|app: Shared, ask: Ask| {
                page(app, ask, |app, d, _| Ok(page::register::registers(d, app.is_writable())))
            }),
        )
        .route("/api/registers/{register}", get(list).post(create))
        .route("/api/registers/{register}/schema", get(schema))
        .route("/api/registers/{register}/find", post(find_records))
        .route("/api/registers/{register}/check", post(check))
        .route("/api/registers/{register}/{id}", get(entry).post(change))
        .route("/api/registers/{register}/export.csv", get(export))
        .route("/api/imports", post(import).layer(DefaultBodyLimit::max(crate::imports::MOST_BYTES)))
        .route("/api/imports/{id}", get(import_state))
        .route("/api/imports/{id}/commit", post(import_commit))
        .route("/api/imports/{id}/refused.xlsx", get(import_refused))
        .route("/api/settle", get(|app: Shared, ask: Ask| page(app, ask, |_, d, _| Ok(page::settle::schemes(d)))))
        .route("/api/settle/plan", post(plan))
        .route("/api/settle/commit", post(settle))
        .route("/api/resident/around", get(|app: Shared, ask: Ask| page(app, ask, page::around::around)))
        .route("/api/events", get(crate::events::events))
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

/// The records of a register.
async fn list(app: Shared, ask: Ask, Path(register): Path<String>) -> Response {
    page(app, ask.with("register", Some(register)), page::listing::listing).await
}

/// The same with words that do not stand in the address.
async fn find_records(
    app: Shared,
    ask: Ask,
    Path(register): Path<String>,
    body: Body<page::listing::Request>,
) -> Response {
    match body {
        Ok(Json(request)) => list(app, request.onto(ask), Path(register)).await,
        Err(rejection) => Problem::body(rejection.body_text()).answer(ask.language, &ask.address),
    }
}

/// What a register's form looks like.
async fn schema(app: Shared, ask: Ask, Path(register): Path<String>) -> Response {
    page(app, ask, move |app, desk, _| page::register::schema(desk, &register, app.is_writable())).await
}

/// One record with its history.
async fn entry(app: Shared, ask: Ask, Path((register, id)): Path<(String, String)>) -> Response {
    let ask = ask.with("register", Some(register)).with("id", Some(id));
    page(app, ask, |app, desk, ask| page::entry::entry(app, desk, ask)).await
}

/// A record that is still being typed.
async fn check(app: Shared, ask: Ask, Path(register): Path<String>, body: Body<page::entry::Check>) -> Response {
    let ask = ask.with("register", Some(register));
    match body {
        Ok(Json(request)) => page(app, ask, |app, desk, ask| page::entry::check(app, desk, ask, request)).await,
        Err(rejection) => Problem::body(rejection.body_text()).answer(ask.language, &ask.address),
    }
}

/// A new record.
async fn create(
    State(app): Shared,
    ask: Ask,
    Path(register): Path<String>,
    body: Body<page::entry::Request>,
) -> Response {
    let ask = ask.with("register", Some(register));
    let written = match body {
        Ok(Json(request)) => page::entry::create(&app, &ask, request).await,
        Err(rejection) => Err(Problem::body(rejection.body_text())),
    };
    sent(&ask, written)
}

/// A correction, a withdrawal, or a move of a record's flow.
async fn change(
    State(app): Shared,
    ask: Ask,
    Path((register, id)): Path<(String, String)>,
    body: Body<page::entry::Request>,
) -> Response {
    let ask = ask.with("register", Some(register)).with("id", Some(id));
    let written = match body {
        Ok(Json(request)) => page::entry::change(&app, &ask, request).await,
        Err(rejection) => Err(Problem::body(rejection.body_text())),
    };
    sent(&ask, written)
}

fn sent<T: Serialize>(ask: &Ask, done: Result<(StatusCode, T), Problem>) -> Response {
    match done {
        Ok((status, done)) => (status, Json(done)).into_response(),
        Err(problem) => problem.answer(ask.language, &ask.address),
    }
}

/// A filtered list as a file.
async fn export(app: Shared, ask: Ask, Path(register): Path<String>) -> Response {
    answer(app, ask.with("register", Some(register)), page::export::export).await
}

/// A file that is to become records.
async fn import(app: Shared, ask: Ask, bytes: Result<Bytes, BytesRejection>) -> Response {
    match bytes {
        Ok(bytes) => page(app, ask, move |app, _, ask| crate::imports::begin(app, ask, &bytes)).await,
        Err(rejection) => too_large(&rejection.body_text()).answer(ask.language, &ask.address),
    }
}

/// How far an import is.
async fn import_state(app: Shared, ask: Ask, Path(id): Path<String>) -> Response {
    page(app, ask, move |app, _, _| app.imports().state(&id)).await
}

/// Writes what was checked.
async fn import_commit(app: Shared, ask: Ask, Path(id): Path<String>, body: Body<crate::imports::Commit>) -> Response {
    match body {
        Ok(Json(commit)) => page(app, ask, move |app, _, _| crate::imports::commit(app, &id, commit)).await,
        Err(rejection) => Problem::body(rejection.body_text()).answer(ask.language, &ask.address),
    }
}

/// The rows that were refused, to be mended and sent again.
async fn import_refused(app: Shared, ask: Ask, Path(id): Path<String>) -> Response {
    answer(app, ask, move |app, _, _| app.imports().refused(&id)).await
}

/// What would be paid for a bill.
async fn plan(app: Shared, ask: Ask, body: Body<page::settle::Request>) -> Response {
    match body {
        Ok(Json(request)) => page(app, ask, |app, desk, ask| page::settle::plan(app, desk, ask, request)).await,
        Err(rejection) => Problem::body(rejection.body_text()).answer(ask.language, &ask.address),
    }
}

/// A bill is written, settled and booked.
async fn settle(State(app): Shared, ask: Ask, body: Body<page::settle::Request>) -> Response {
    let settled = match body {
        Ok(Json(request)) => page::settle::settle(&app, &ask, request).await,
        Err(rejection) => Err(Problem::body(rejection.body_text())),
    };
    sent(&ask, settled)
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
