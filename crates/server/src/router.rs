//! Which address leads to which page?
//!
//! Reads the question, has the page made on a thread that may block, and sends it or the reason why not.

use crate::app::App;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::gate::Pass;
use crate::guard::{Endpoint, Routes};
use crate::openapi::openapi;
use crate::page;
use crate::page::decide::{self, Decision};
use crate::page::proof::MOST_BYTES;
use crate::page::report::Form;
use crate::problem::Problem;
use crate::web;
use accounts::Permission;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router, middleware};
use base::Text;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

type Shared = State<Arc<App>>;
/// What was sent, or why it cannot be read.
type Body<T> = Result<Json<T>, JsonRejection>;

/// All addresses of one county, the web application included.
pub fn router(app: Arc<App>) -> Router {
    routes(&app)
        .into_router()
        .fallback(web::fallback)
        .layer(middleware::from_fn(web::harden))
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// Every address of the API, with what it takes.
pub fn endpoints(app: &Arc<App>) -> Vec<Endpoint> {
    routes(app).endpoints().to_vec()
}

fn routes(app: &Arc<App>) -> Routes {
    let routes = Routes::new(app).get("/api/health", Permission::Anyone, health).get(
        "/api/openapi.json",
        Permission::Anyone,
        || async { Json(openapi()) },
    );
    administration(account(work(registers(people(figures(routes))))))
}

fn figures(routes: Routes) -> Routes {
    use Permission::{SeeCounty, SeeFigures, SeeReport};
    routes
        .get("/api/county", SeeCounty, |app: Shared, ask: Ask| page(app, ask, |_, d, a| page::county::county(d, a)))
        .get("/api/dashboard", SeeFigures, |app: Shared, ask: Ask| {
            page(app, ask, |_, d, a| page::dashboard::dashboard(d, a))
        })
        .get("/api/indicators", SeeFigures, |app: Shared, ask: Ask| {
            page(app, ask, |_, d, a| page::indicators::indicators(d, a))
        })
        .get("/api/funnels", SeeFigures, |app: Shared, ask: Ask| page(app, ask, |_, d, a| page::funnels::funnels(d, a)))
        .get("/api/figure", SeeFigures, |app: Shared, ask: Ask| page(app, ask, |_, d, a| page::figure::figure(d, a)))
        .get("/api/figure/card", SeeFigures, |app: Shared, ask: Ask| page(app, ask, |_, d, a| page::figure::card(d, a)))
        .get("/api/report", SeeReport, |app: Shared, ask: Ask| page(app, ask, |_, d, a| page::report::report(d, a)))
        .get("/api/report.md", SeeReport, |app: Shared, ask: Ask| report_file(app, ask, Form::Markdown))
        .get("/api/report.html", SeeReport, |app: Shared, ask: Ask| report_file(app, ask, Form::Html))
        .get("/api/report.docx", SeeReport, |app: Shared, ask: Ask| report_file(app, ask, Form::Docx))
        .get("/api/report.pdf", SeeReport, |app: Shared, ask: Ask| report_file(app, ask, Form::Pdf))
        .post_file("/api/proof", SeeReport, MOST_BYTES, proof)
        .post_file("/api/proof/marked", SeeReport, MOST_BYTES, marked)
        .post_file("/api/proof/compare", SeeReport, 2 * MOST_BYTES, compare)
}

fn people(routes: Routes) -> Routes {
    use Permission::{MergeResidents, SeePeople};
    routes
        .get("/api/funnels/lost", SeePeople, |app: Shared, ask: Ask| {
            page(app, ask, |_, d, a| page::funnels::lost(d, a))
        })
        .get("/api/figure/rows", SeePeople, |app: Shared, ask: Ask| page(app, ask, |_, d, a| page::rows::rows(d, a)))
        .get("/api/record", SeePeople, |app: Shared, ask: Ask| {
            page(app, ask, |app, d, a| page::record::record(app, d, a))
        })
        .get("/api/resident", SeePeople, |app: Shared, ask: Ask| {
            page(app, ask, |app, d, a| page::resident::resident(app, d, a))
        })
        .get("/api/residents", SeePeople, |app: Shared, ask: Ask| page(app, ask, page::residents::residents))
        .post("/api/residents/find", SeePeople, find)
        .get("/api/matches", MergeResidents, |app: Shared, ask: Ask| page(app, ask, page::matches::matches))
        .post("/api/matches", MergeResidents, |app: Shared, ask: Ask, body: Body<decide::Match>| {
            decide(app, ask, body, Decision::Match)
        })
        .get("/api/matches/state", MergeResidents, |app: Shared, ask: Ask| {
            page(app, ask, |app, _, _| page::matches::state(app))
        })
        .post("/api/matches/renew", MergeResidents, renew)
        .post("/api/matches/undo", MergeResidents, |app: Shared, ask: Ask, body: Body<decide::UndoMatch>| {
            decide(app, ask, body, Decision::UndoMatch)
        })
        .post("/api/merges", MergeResidents, |app: Shared, ask: Ask, body: Body<decide::Merge>| {
            decide(app, ask, body, Decision::Merge)
        })
        .post("/api/merges/undo", MergeResidents, |app: Shared, ask: Ask, body: Body<decide::UndoMerge>| {
            decide(app, ask, body, Decision::UndoMerge)
        })
}

fn registers(routes: Routes) -> Routes {
    use Permission::{SeeCounty, SeePeople, WriteRecords};
    routes
        .get("/api/registers", SeePeople, |app: Shared, ask: Ask| {
            page(app, ask, |app, d, _| Ok(page::register::registers(d, app.is_writable())))
        })
        .get("/api/registers/{register}", SeePeople, list)
        .post("/api/registers/{register}", WriteRecords, create)
        .get("/api/registers/{register}/schema", SeePeople, schema)
        .post("/api/registers/{register}/find", SeePeople, find_records)
        .post("/api/registers/{register}/check", WriteRecords, check)
        .get("/api/registers/{register}/export.csv", SeePeople, export)
        .get("/api/registers/{register}/template.xlsx", WriteRecords, template)
        .get("/api/registers/{register}/{id}", SeePeople, entry)
        .post("/api/registers/{register}/{id}", WriteRecords, change)
        .post_file("/api/imports", WriteRecords, crate::imports::MOST_BYTES, import)
        .get("/api/imports/{id}", WriteRecords, import_state)
        .post("/api/imports/{id}/commit", WriteRecords, import_commit)
        .get("/api/imports/{id}/refused.xlsx", WriteRecords, import_refused)
        .get("/api/settle", WriteRecords, |app: Shared, ask: Ask| {
            page(app, ask, |_, d, _| Ok(page::settle::schemes(d)))
        })
        .post("/api/settle/plan", WriteRecords, plan)
        .post("/api/settle/commit", WriteRecords, settle)
        .get("/api/resident/around", SeePeople, |app: Shared, ask: Ask| page(app, ask, page::around::around))
        .get("/api/events", SeeCounty, crate::events::events)
}

fn work(routes: Routes) -> Routes {
    use Permission::{SeeWork, WriteRecords};
    routes
        .post("/api/records", WriteRecords, write)
        .get("/api/tasks", SeeWork, |app: Shared, ask: Ask| page(app, ask, |_, d, a| page::work::tasks(d, a)))
        .get("/api/findings", SeeWork, |app: Shared, ask: Ask| page(app, ask, |_, d, a| page::work::findings(d, a)))
        .get("/api/quality", SeeWork, |app: Shared, ask: Ask| page(app, ask, |_, d, a| page::work::quality(d, a)))
        .get("/api/alerts", SeeWork, |app: Shared, ask: Ask| page(app, ask, |_, d, a| page::work::alerts(d, a)))
        .post("/api/alerts", WriteRecords, acknowledge)
}

fn account(routes: Routes) -> Routes {
    use Permission::{Anyone, OwnAccount};
    use page::account::{self as own, Code, Ending, NewPassword, SetUp, SignIn};
    routes
        .get("/api/session", Anyone, |State(app): Shared, pass: Let| async move { Json(own::session(&app, &pass.0)) })
        .post("/api/session", Anyone, |app: Shared, ask: Ask, pass: Let, body: Body<SignIn>| {
            act(app, ask, body, move |app, _, body| own::sign_in(app, &pass.0, body))
        })
        .post("/api/session/end", Anyone, |app: Shared, ask: Ask, pass: Let, body: Body<Nothing>| {
            act(app, ask, body, move |app, _, _| own::sign_out(app, &pass.0))
        })
        .post("/api/setup", Anyone, |app: Shared, ask: Ask, pass: Let, body: Body<SetUp>| {
            act(app, ask, body, move |app, _, body| own::set_up(app, &pass.0, body))
        })
        .post("/api/account/password", OwnAccount, |app: Shared, ask: Ask, pass: Let, body: Body<NewPassword>| {
            act(app, ask, body, move |app, _, body| own::change_password(app, &pass.0, body))
        })
        .post("/api/account/factor", OwnAccount, |app: Shared, ask: Ask, pass: Let, body: Body<Nothing>| {
            act(app, ask, body, move |app, _, _| own::want_factor(app, &pass.0).map(Json))
        })
        .post("/api/account/factor/confirm", OwnAccount, |app: Shared, ask: Ask, pass: Let, body: Body<Code>| {
            act(app, ask, body, move |app, _, body| own::confirm_factor(app, &pass.0, &body).map(Json))
        })
        .get("/api/account/sessions", OwnAccount, |app: Shared, ask: Ask, pass: Let| {
            act(app, ask, Ok(Json(())), move |app, _, ()| own::sessions(app, &pass.0).map(Json))
        })
        .post("/api/account/sessions/end", OwnAccount, |app: Shared, ask: Ask, pass: Let, body: Body<Ending>| {
            act(app, ask, body, move |app, _, body| own::end_sessions(app, &pass.0, &body).map(Json))
        })
}

fn administration(routes: Routes) -> Routes {
    use Permission::{GrantRoles, ManageAccounts, SeeAccounts, SeeAudit, Unmask};
    use page::accounts::{self as all, Granting, Named, New};
    routes
        .post("/api/unmask", Unmask, |app: Shared, ask: Ask, body: Body<page::unmask::Request>| {
            act(app, ask, body, |app, ask, body| page::unmask::unmask(app, ask, &body).map(Json))
        })
        .get("/api/accounts", SeeAccounts, |app: Shared, ask: Ask| {
            act(app, ask, Ok(Json(())), |app, _, ()| all::list(app).map(Json))
        })
        .get("/api/audit", SeeAudit, |app: Shared, ask: Ask| {
            act(app, ask, Ok(Json(())), |app, ask, ()| all::audit(app, ask).map(Json))
        })
        .post("/api/accounts", ManageAccounts, |app: Shared, ask: Ask, body: Body<New>| {
            act(app, ask, body, |app, ask, body| all::create(app, ask, &body).map(Json))
        })
        .post("/api/accounts/stop", ManageAccounts, |app: Shared, ask: Ask, body: Body<Named>| {
            act(app, ask, body, |app, ask, body| all::stop(app, ask, &body).map(Json))
        })
        .post("/api/accounts/sign-out", ManageAccounts, |app: Shared, ask: Ask, body: Body<Named>| {
            act(app, ask, body, |app, ask, body| all::sign_out(app, ask, &body).map(Json))
        })
        .post("/api/accounts/activate", GrantRoles, |app: Shared, ask: Ask, body: Body<Named>| {
            act(app, ask, body, |app, ask, body| all::activate(app, ask, &body).map(Json))
        })
        .post("/api/accounts/grants", GrantRoles, |app: Shared, ask: Ask, body: Body<Granting>| {
            act(app, ask, body, |app, ask, body| all::grant(app, ask, &body).map(Json))
        })
        .post("/api/accounts/password", GrantRoles, |app: Shared, ask: Ask, body: Body<Named>| {
            act(app, ask, body, |app, ask, body| all::reset_password(app, ask, &body).map(Json))
        })
        .post("/api/accounts/factor", GrantRoles, |app: Shared, ask: Ask, body: Body<Named>| {
            act(app, ask, body, |app, ask, body| all::reset_factor(app, ask, &body).map(Json))
        })
}

/// The pass the guard gave.
type Let = Extension<Pass>;

/// A body without fields.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Something done to an account, on a thread that may block; a few at a time, because passwords are slow on purpose.
async fn act<T, A, F>(State(app): Shared, ask: Ask, body: Body<T>, make: F) -> Response
where
    T: Send + 'static,
    A: IntoResponse,
    F: FnOnce(&Arc<App>, &Ask, T) -> Result<A, Problem> + Send + 'static,
{
    let (language, address) = (ask.language, ask.address.clone());
    let request = match body {
        Ok(Json(request)) => request,
        Err(rejection) => return Problem::body(rejection.body_text()).answer(language, &address),
    };
    let doing = Arc::clone(&app);
    let _turn = match app.gate().door() {
        Some(door) => door.hashing.acquire().await.ok(),
        None => None,
    };
    let work = move || make(&doing, &ask, request).map(IntoResponse::into_response);
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|fault| Err(Problem::inside(fault)))
        .unwrap_or_else(|problem| problem.answer(language, &address))
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
    let most = MOST_BYTES >> 20;
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

async fn template(app: Shared, ask: Ask, Path(register): Path<String>) -> Response {
    answer(app, ask.with("register", Some(register)), |_, desk, ask| page::export::template(desk, ask)).await
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
    page(app, ask, move |app, _, ask| app.imports().state(ask, &id)).await
}

/// Writes what was checked.
async fn import_commit(app: Shared, ask: Ask, Path(id): Path<String>, body: Body<crate::imports::Commit>) -> Response {
    match body {
        Ok(Json(commit)) => page(app, ask, move |app, _, ask| crate::imports::commit(app, ask, &id, commit)).await,
        Err(rejection) => Problem::body(rejection.body_text()).answer(ask.language, &ask.address),
    }
}

/// The rows that were refused, to be mended and sent again.
async fn import_refused(app: Shared, ask: Ask, Path(id): Path<String>) -> Response {
    answer(app, ask, move |app, _, ask| app.imports().refused(ask, &id)).await
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
