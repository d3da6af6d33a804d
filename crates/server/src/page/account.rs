//! How does somebody sign in, and look after the own account?

use crate::app::App;
use crate::ask::now;
use crate::gate::{Door, Pass, SignedIn};
use crate::masked::moment_shown;
use crate::problem::Problem;
use accounts::{Attempt, Permission, Token};
use axum::Json;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use base::Text;
use columns::county_time;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json_, json};
use std::sync::Arc;

/// The body of `POST /api/session`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    account: String,
    password: String,
    code: Option<String>,
}

/// The body of `POST /api/setup`: the system, security and audit administrators.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// As printed on the console.
    code: String,
    system: Person,
    security: Person,
    audit: Person,
    /// The system administrator's own.
    password: String,
}

/// Who is to have an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    account: String,
    person: String,
}

/// The body of `POST /api/account/password`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    old: String,
    new: String,
}

/// The body of `POST /api/account/factor/confirm`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    code: String,
}

/// The body of `POST /api/account/sessions/end`; without a name, all of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    session: Option<String>,
}

/// Who is signed in, and what they may do.
#[derive(Debug, Serialize)]
pub struct Session {
    /// `open`, `setup`, `signed_out`, `restricted` or `signed_in`.
    state: &'static str,
    /// Whether a browser reaches the server so that nobody listens.
    is_secure: bool,
    account: Option<String>,
    person: Option<String>,
    roles: Vec<GrantShown>,
    /// Words of permissions.
    may: Vec<&'static str>,
    has_factor: bool,
    /// The session before this one.
    last_signed_in: Option<String>,
}

/// A post and where it is held.
#[derive(Debug, Serialize)]
pub struct GrantShown {
    pub role: &'static str,
    pub title: crate::wire::Text,
    pub org: String,
    pub org_name: String,
}

/// One of the own sessions.
#[derive(Debug, Serialize)]
struct SessionShown {
    id: String,
    begun_at: String,
    seen_at: String,
    address: String,
    browser: String,
    is_this: bool,
}

/// `GET /api/session`
pub fn session(app: &App, pass: &Pass) -> Session {
    let Some(door) = app.gate().door() else {
        let may = Permission::ALL.into_iter().filter(|permission| !is_administration(*permission));
        return Session { may: may.map(Permission::word).collect(), ..nobody("open", true) };
    };
    let Some(known) = &pass.signed_in else {
        return nobody(if door.book.is_empty() { "setup" } else { "signed_out" }, door.is_secure);
    };
    let account = &known.account;
    let may = Permission::ALL.into_iter().filter(|permission| account.orgs_for(*permission).is_some());
    let before = door.book.sessions(&account.name, now()).into_iter().find(|(kept, _)| *kept != known.token.kept_as());
    Session {
        state: if account.is_restricted() { "restricted" } else { "signed_in" },
        account: Some(account.name.clone()),
        person: Some(account.person.clone()),
        roles: grants(app, account),
        may: may.map(Permission::word).collect(),
        has_factor: account.has_factor(),
        last_signed_in: before.map(|(_, session)| moment_shown(&county_time(session.begun_at).to_string())),
        ..nobody("signed_in", door.is_secure)
    }
}

fn nobody(state: &'static str, is_secure: bool) -> Session {
    Session {
        state,
        is_secure,
        account: None,
        person: None,
        roles: Vec::new(),
        may: Vec::new(),
        has_factor: false,
        last_signed_in: None,
    }
}

fn is_administration(permission: Permission) -> bool {
    use Permission::{GrantRoles, ManageAccounts, OwnAccount, SeeAccounts, SeeAudit};
    matches!(permission, GrantRoles | ManageAccounts | OwnAccount | SeeAccounts | SeeAudit)
}

/// The posts of an account, with the names of organisations.
pub fn grants(app: &App, account: &accounts::Account) -> Vec<GrantShown> {
    let orgs = app.county().ok().map(|county| &county.orgs);
    let name = |org: &str| orgs.and_then(|orgs| orgs.get(org)).map_or_else(|| org.to_string(), |org| org.name.clone());
    let shown = |grant: &accounts::Grant| GrantShown {
        role: grant.role.word(),
        title: crate::wire::Text::from(&grant.role.title()),
        org_name: name(&grant.org),
        org: grant.org.clone(),
    };
    account.grants.iter().map(shown).collect()
}

/// `POST /api/session`
pub fn sign_in(app: &App, pass: &Pass, body: SignIn) -> Result<Response, Problem> {
    let door = door(app)?;
    let account = body.account.trim().to_lowercase();
    let token = begin(door, pass, &account, &body.password, body.code.as_deref())?;
    Ok(remembering(door, Some(&token), json!({ "account": account })))
}

fn begin(door: &Door, pass: &Pass, account: &str, password: &str, code: Option<&str>) -> Result<Token, Problem> {
    let (address, browser) = (pass.origin.0.as_str(), pass.origin.1.as_str());
    Ok(door.book.sign_in(Attempt { account, password, code, address, browser }, now())?)
}

/// `POST /api/session/end`
pub fn sign_out(app: &App, pass: &Pass) -> Result<Response, Problem> {
    let door = door(app)?;
    if let Some(known) = &pass.signed_in {
        door.book.sign_out(&known.account.name, &known.token.kept_as(), now())?;
    }
    Ok(remembering(door, None, json!({})))
}

/// `POST /api/setup`: makes the three administrators; the answer holds two temporary passwords, once.
pub fn set_up(app: &App, pass: &Pass, body: SetUp) -> Result<Response, Problem> {
    let door = door(app)?;
    if !door.book.may_try(&pass.origin.0, now()) {
        return Err(accounts::AccountsError::TooMany.into());
    }
    if !door.is_setup_code(&body.code) {
        return Err(Problem::wrong(
            "wrong-setup-code",
            Text::both("初始化码不对", "the set-up code is wrong"),
            Text::both("照服务器控制台上打印的输入", "type it as the server's console printed it"),
        ));
    }
    let root = app.county()?.orgs.root().map(|org| org.id.clone()).unwrap_or_default();
    let people = [&body.system, &body.security, &body.audit];
    let names = people.map(|person| (person.account.trim(), person.person.trim()));
    let [security, audit] = door.book.set_up(names, &root, &body.password, now())?;
    door.forget_setup_code();
    let token = begin(door, pass, names[0].0, &body.password, None)?;
    Ok(remembering(door, Some(&token), json!({ "security_password": security, "audit_password": audit })))
}

/// `POST /api/account/password`: a new session takes the place of all others.
pub fn change_password(app: &App, pass: &Pass, body: NewPassword) -> Result<Response, Problem> {
    let (door, known) = (door(app)?, signed_in(pass)?);
    let name = &known.account.name;
    door.book.change_password(name, &body.old, &body.new, now())?;
    let (address, browser) = (pass.origin.0.as_str(), pass.origin.1.as_str());
    let token = door.book.begin_again(name, address, browser, now())?;
    Ok(remembering(door, Some(&token), json!({})))
}

/// `POST /api/account/factor`
pub fn want_factor(app: &App, pass: &Pass) -> Result<Json_, Problem> {
    let (door, known) = (door(app)?, signed_in(pass)?);
    let name = &known.account.name;
    let factor = door.book.want_factor(name, now())?;
    Ok(json!({ "secret": factor.secret(), "address": factor.address(name) }))
}

/// `POST /api/account/factor/confirm`
pub fn confirm_factor(app: &App, pass: &Pass, body: &Code) -> Result<Json_, Problem> {
    door(app)?.book.confirm_factor(&signed_in(pass)?.account.name, &body.code, now())?;
    Ok(json!({}))
}

/// `GET /api/account/sessions`
pub fn sessions(app: &App, pass: &Pass) -> Result<Json_, Problem> {
    let (door, known) = (door(app)?, signed_in(pass)?);
    let this = known.token.kept_as();
    let sessions = door.book.sessions(&known.account.name, now()).into_iter().map(|(id, session)| SessionShown {
        begun_at: moment_shown(&county_time(session.begun_at).to_string()),
        seen_at: moment_shown(&county_time(session.seen_at).to_string()),
        address: session.address,
        browser: session.browser,
        is_this: id == this,
        id,
    });
    Ok(json!({ "sessions": sessions.collect::<Vec<_>>() }))
}

/// `POST /api/account/sessions/end`
pub fn end_sessions(app: &App, pass: &Pass, body: &Ending) -> Result<Json_, Problem> {
    let (door, name) = (door(app)?, &signed_in(pass)?.account.name);
    match &body.session {
        Some(session) => door.book.sign_out(name, session, now())?,
        None => door.book.sign_out_all(name, name, now())?,
    }
    Ok(json!({}))
}

/// The door, without which there are no accounts.
pub fn door(app: &App) -> Result<&Door, Problem> {
    app.gate().door().ok_or_else(Problem::no_accounts)
}

fn signed_in(pass: &Pass) -> Result<&Arc<SignedIn>, Problem> {
    pass.signed_in.as_ref().ok_or_else(Problem::sign_in)
}

fn remembering(door: &Door, token: Option<&Token>, document: Json_) -> Response {
    let mut response = Json(document).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&door.cookie(token)) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
