//! Who may sign in, who lets them, and what did they do?

use super::account::{GrantShown, door, grants};
use crate::app::App;
use crate::ask::{Ask, now};
use crate::masked::moment_shown;
use crate::problem::Problem;
use crate::wire::Text;
use accounts::{Account, Grant, NewAccount, Role};
use columns::county_time;
use records::Op;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::VecDeque;
use std::ops::ControlFlow;

/// Lines of the audit shown when nobody says how many, and at most.
const USUAL: usize = 100;
const MOST: usize = 1_000;

/// Entries of the log looked through: reading them takes a fraction of a second, in which nobody writes.
const LOOKED_BACK: u64 = 100_000;

/// The body of `POST /api/accounts`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct New {
    account: String,
    person: String,
    grants: Vec<Grant>,
}

/// The body of what is done to one account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    account: String,
}

/// The body of `POST /api/accounts/grants`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Granting {
    account: String,
    grants: Vec<Grant>,
}

#[derive(Serialize)]
struct AccountShown {
    account: String,
    person: String,
    state: &'static str,
    roles: Vec<GrantShown>,
    has_factor: bool,
    must_change: bool,
    sessions: usize,
    created_at: String,
}

/// `GET /api/accounts`
pub fn list(app: &App) -> Result<Json, Problem> {
    let book = &door(app)?.book;
    let shown = |account: Account| AccountShown {
        roles: grants(app, &account),
        state: account.state.word(),
        has_factor: account.has_factor(),
        must_change: account.must_change,
        sessions: book.sessions(&account.name, now()).len(),
        created_at: moment_shown(&county_time(account.created_at).to_string()),
        account: account.name,
        person: account.person,
    };
    let roles = Role::ALL.into_iter().map(|role| json!({ "role": role.word(), "title": Text::from(&role.title()) }));
    let orgs = app.county()?.orgs.iter().map(|org| json!({ "id": org.id, "name": org.name, "parent": org.parent }));
    Ok(json!({
        "accounts": book.accounts().into_iter().map(shown).collect::<Vec<_>>(),
        "roles": roles.collect::<Vec<_>>(),
        "orgs": orgs.collect::<Vec<_>>(),
    }))
}

/// `POST /api/accounts`: the answer holds the temporary password, once.
pub fn create(app: &App, ask: &Ask, new: &New) -> Result<Json, Problem> {
    known_orgs(app, &new.grants)?;
    let made = NewAccount { name: new.account.trim(), person: new.person.trim(), grants: new.grants.clone() };
    let password = door(app)?.book.create(ask.visitor.name(), &made, now())?;
    Ok(json!({ "password": password }))
}

/// `POST /api/accounts/activate`
pub fn activate(app: &App, ask: &Ask, named: &Named) -> Result<Json, Problem> {
    door(app)?.book.activate(ask.visitor.name(), &named.account, now())?;
    Ok(json!({}))
}

/// `POST /api/accounts/stop`
pub fn stop(app: &App, ask: &Ask, named: &Named) -> Result<Json, Problem> {
    door(app)?.book.stop(ask.visitor.name(), &named.account, now())?;
    Ok(json!({}))
}

/// `POST /api/accounts/sign-out`
pub fn sign_out(app: &App, ask: &Ask, named: &Named) -> Result<Json, Problem> {
    door(app)?.book.sign_out_all(ask.visitor.name(), &named.account, now())?;
    Ok(json!({}))
}

/// `POST /api/accounts/grants`
pub fn grant(app: &App, ask: &Ask, granting: &Granting) -> Result<Json, Problem> {
    known_orgs(app, &granting.grants)?;
    door(app)?.book.grant(ask.visitor.name(), &granting.account, granting.grants.clone(), now())?;
    Ok(json!({}))
}

/// `POST /api/accounts/password`: the answer holds the temporary password, once.
pub fn reset_password(app: &App, ask: &Ask, named: &Named) -> Result<Json, Problem> {
    let password = door(app)?.book.reset_password(ask.visitor.name(), &named.account, now())?;
    Ok(json!({ "password": password }))
}

/// `POST /api/accounts/factor`
pub fn reset_factor(app: &App, ask: &Ask, named: &Named) -> Result<Json, Problem> {
    door(app)?.book.reset_factor(ask.visitor.name(), &named.account, now())?;
    Ok(json!({}))
}

/// `GET /api/audit`: who signed in, looked, unmasked and granted, the latest first, among the last entries of
/// the log; never what was read.
pub fn audit(app: &App, ask: &Ask) -> Result<Json, Problem> {
    let limit = ask.limit(USUAL, MOST)?;
    let (account, mut lines) = (ask.get("account"), VecDeque::new());
    let store = app.store();
    let first = store.seq().saturating_sub(LOOKED_BACK) + 1;
    store.log().scan(first, &mut |entry| {
        if entry.op == Op::Access && account.is_none_or(|account| *entry.actor == *account || entry.record == account) {
            if lines.len() == limit {
                lines.pop_front();
            }
            lines.push_back(entry);
        }
        ControlFlow::Continue(())
    })?;
    drop(store);
    let shown = lines.iter().rev().map(|entry| {
        json!({
            "at": moment_shown(&county_time(entry.at).to_string()),
            "actor": &*entry.actor,
            "register": entry.register,
            "record": entry.record,
            "reason": entry.reason,
            "seq": entry.seq,
        })
    });
    Ok(json!({ "lines": shown.collect::<Vec<_>>() }))
}

fn known_orgs(app: &App, grants: &[Grant]) -> Result<(), Problem> {
    let orgs = &app.county()?.orgs;
    match grants.iter().find(|grant| orgs.get(&grant.org).is_none()) {
        Some(grant) => Err(Problem::org(&grant.org)),
        None => Ok(()),
    }
}
