//! `taizhang accounts`: who may sign in, and as what. Works beside a running server, which notices within two seconds.
//!
//! Whoever has the console has the county's files, so this stands outside the separation of duties; what it does is taken
//! into the log by the server all the same.

use super::now;
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use accounts::{Account, Grant, NewAccount, Role};
use serde_json::json;

/// Who the log says it was.
const ACTOR: &str = "console";

#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Everybody who may sign in
    List(List),
    /// An account that can be used at once, with a temporary password
    Add(Add),
    /// Other roles for an account, in place of all it had
    Roles(Roles),
    /// A temporary password in place of a forgotten one; unlocks the account
    Reset(Reset),
    /// End every session of an account
    SignOut(Named),
    /// Stop an account
    Stop(Named),
}

#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    at: At,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub struct Add {
    #[command(flatten)]
    at: At,
    /// What will be typed to sign in
    name: String,
    /// The person's own name
    #[arg(long)]
    person: String,
    /// A role and the organisation it is held for; may be said several times
    #[arg(long = "role", value_name = "ROLE@ORG", required = true)]
    roles: Vec<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub struct Roles {
    #[command(flatten)]
    at: At,
    /// The account
    name: String,
    /// A role and the organisation it is held for; may be said several times
    #[arg(long = "role", value_name = "ROLE@ORG", required = true)]
    roles: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct Reset {
    #[command(flatten)]
    at: At,
    /// The account
    name: String,
    /// Take the one-time code away as well
    #[arg(long)]
    factor: bool,
}

#[derive(Debug, clap::Args)]
pub struct Named {
    #[command(flatten)]
    at: At,
    /// The account
    name: String,
}

pub fn run(verb: &Verb) -> Done {
    match verb {
        Verb::List(args) => list(args)?,
        Verb::Add(args) => add(args)?,
        Verb::Roles(args) => {
            let grants = grants(&args.at, &args.roles)?;
            args.at.accounts()?.grant(ACTOR, &args.name, grants, now())?;
            output::message(&format!("{} has other roles now, and signs in again", args.name));
        }
        Verb::Reset(args) => {
            let book = args.at.accounts()?;
            let password = book.reset_password(ACTOR, &args.name, now())?;
            if args.factor {
                book.reset_factor(ACTOR, &args.name, now())?;
            }
            hand_over(&args.name, &password);
        }
        Verb::SignOut(args) => {
            args.at.accounts()?.sign_out_all(ACTOR, &args.name, now())?;
            output::message(&format!("every session of {} is over", args.name));
        }
        Verb::Stop(args) => {
            args.at.accounts()?.stop(ACTOR, &args.name, now())?;
            output::message(&format!("{} cannot sign in any more", args.name));
        }
    }
    Ok(answer(true))
}

fn add(args: &Add) -> Result<(), Fault> {
    let new = NewAccount { name: &args.name, person: &args.person, grants: grants(&args.at, &args.roles)? };
    let password = args.at.accounts()?.create_active(ACTOR, &new, now())?;
    if args.json {
        output::json(&json!({ "account": args.name, "password": password }));
    } else {
        hand_over(&args.name, &password);
    }
    Ok(())
}

fn hand_over(name: &str, password: &str) {
    output::line(password);
    output::message(&format!("{name} signs in with this password once and then changes it; it is kept nowhere"));
}

/// `village_doctor@east_1`, of organisations the county has.
fn grants(at: &At, words: &[String]) -> Result<Vec<Grant>, Fault> {
    let known = orgs(at)?;
    let grant = |word: &String| {
        let (role, org) = word
            .split_once('@')
            .ok_or_else(|| Fault::Use(format!("\"{word}\" is not ROLE@ORG, such as village_doctor@{}", known[0])))?;
        let role = Role::from_word(role).ok_or_else(|| {
            let roles: Vec<&str> = Role::ALL.into_iter().map(Role::word).collect();
            Fault::Use(format!("there is no role \"{role}\"; there are {}", roles.join(", ")))
        })?;
        if !known.iter().any(|known| known == org) {
            let near = base::nearest(org, known.iter().map(String::as_str));
            let hint = base::did_you_mean(near);
            return Err(Fault::Use(format!("the county has no organisation \"{org}\"{hint}")));
        }
        Ok(Grant { role, org: org.to_string() })
    };
    words.iter().map(grant).collect()
}

fn list(args: &List) -> Result<(), Fault> {
    let accounts = args.at.accounts()?.accounts();
    if args.json {
        output::json(&json!({ "accounts": accounts.iter().map(document).collect::<Vec<_>>() }));
        return Ok(());
    }
    for account in &accounts {
        let roles: Vec<String> =
            account.grants.iter().map(|grant| format!("{}@{}", grant.role.word(), grant.org)).collect();
        let factor = if account.has_factor() { "  one-time code" } else { "" };
        output::line(&format!(
            "{}  {}  {}  {}{factor}",
            account.name,
            account.person,
            account.state.word(),
            roles.join(" ")
        ));
    }
    output::message(&format!("{} accounts", accounts.len()));
    Ok(())
}

fn document(account: &Account) -> serde_json::Value {
    json!({
        "account": account.name,
        "person": account.person,
        "state": account.state.word(),
        "roles": account.grants.iter().map(|grant| json!({ "role": grant.role.word(), "org": grant.org })).collect::<Vec<_>>(),
        "has_factor": account.has_factor(),
        "created_at": account.created_at.to_string(),
    })
}

/// Ids of the county's organisations, from the log alone: a server may have the rest open.
fn orgs(at: &At) -> Result<Vec<String>, Fault> {
    let log = at.read_log()?;
    let installed = columns::Installed::read(log.as_ref(), log.last_seq()?)?;
    let catalog = installed.map(|installed| installed.catalog()).transpose()?;
    let county = catalog.and_then(|catalog| catalog.county);
    let ids: Vec<String> = county.iter().flat_map(|county| county.orgs.iter()).map(|org| org.id.clone()).collect();
    if ids.is_empty() {
        return Err(Fault::Use("no county is installed there; run `taizhang init` first".into()));
    }
    Ok(ids)
}
