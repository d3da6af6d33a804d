//! Is this request let in, and as whom?

use crate::ask::now;
use crate::problem::Problem;
use crate::visitor::Visitor;
use accounts::{Account, Book, Permission, Token};
use axum::http::header::{COOKIE, HOST, HeaderName, ORIGIN, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Set by a browser that knows where a request comes from.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Passwords checked at once.
const HASHES_AT_ONCE: usize = 4;

/// Who keeps the door.
pub enum Gate {
    /// Nobody: whoever reaches the server from this machine is let in.
    Open,
    /// Accounts.
    Accounts(Box<Door>),
}

/// A door with a book of those who may pass.
pub struct Door {
    /// The accounts.
    pub book: Book,
    /// Whether browsers reach the server over HTTPS, through a proxy in front.
    pub is_secure: bool,
    /// What must be typed to make the first administrators; gone once they are made.
    setup_code: Mutex<Option<String>>,
    /// Passwords checked at once: each takes 19 MiB and a tenth of a second.
    pub hashing: Semaphore,
}

/// Somebody who was let in.
#[derive(Debug, Clone)]
pub struct Pass {
    /// Who, and how far the permission of the address reaches.
    pub visitor: Visitor,
    /// The account and its session, when somebody signed in.
    pub signed_in: Option<Arc<SignedIn>>,
    /// The address the request came from, and what the browser calls itself.
    pub origin: (String, String),
}

/// A session that was recognised.
#[derive(Debug)]
pub struct SignedIn {
    /// The account as it is now.
    pub account: Account,
    /// The session.
    pub token: Token,
}

impl Gate {
    /// Lets a request in, or says why not. `peer` is where the connection comes from, when that is known.
    pub fn admit(&self, parts: &Parts, permission: Permission, peer: Option<IpAddr>) -> Result<Pass, Problem> {
        match self {
            Self::Open => {
                is_local_name(&parts.headers)?;
                same_origin(parts)?;
                Ok(Pass { visitor: Visitor::demo(), signed_in: None, origin: origin(parts, peer, false) })
            }
            Self::Accounts(door) => door.admit(parts, permission, peer),
        }
    }

    /// The door, where there is one.
    pub fn door(&self) -> Option<&Door> {
        match self {
            Self::Open => None,
            Self::Accounts(door) => Some(door),
        }
    }
}

impl Door {
    /// A door with a book.
    pub fn new(book: Book, is_secure: bool, setup_code: Option<String>) -> Self {
        Self { book, is_secure, setup_code: Mutex::new(setup_code), hashing: Semaphore::new(HASHES_AT_ONCE) }
    }

    fn admit(&self, parts: &Parts, permission: Permission, peer: Option<IpAddr>) -> Result<Pass, Problem> {
        same_origin(parts)?;
        let origin = origin(parts, peer, self.is_secure);
        let signed_in = self.token(&parts.headers).and_then(|token| {
            let account = self.book.recognise(&token, now())?;
            Some(Arc::new(SignedIn { account, token }))
        });
        let Some(known) = &signed_in else {
            let visitor = Visitor::nobody();
            return match permission {
                Permission::Anyone => Ok(Pass { visitor, signed_in, origin }),
                _ => Err(Problem::sign_in()),
            };
        };
        let account = &known.account;
        let is_own = matches!(permission, Permission::Anyone | Permission::OwnAccount);
        if account.is_restricted() && !is_own {
            return Err(Problem::change_password());
        }
        let orgs = account.orgs_for(permission);
        let visitor = match orgs {
            Some(orgs) => Visitor::of(&account.name, orgs),
            None if is_own => Visitor::of(&account.name, Vec::new()),
            None => return Err(Problem::not_permitted(permission)),
        };
        Ok(Pass { visitor, signed_in, origin })
    }

    fn token(&self, headers: &HeaderMap) -> Option<Token> {
        let name = self.cookie_name();
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(key, _)| *key == name).and_then(|(_, value)| Token::shown(value))
    }

    fn cookie_name(&self) -> &'static str {
        // A browser takes a __Host- cookie from nobody but this very host, over HTTPS.
        if self.is_secure { "__Host-taizhang" } else { "taizhang" }
    }

    /// The header that makes a browser remember a session, or forget it.
    pub fn cookie(&self, token: Option<&Token>) -> String {
        let (value, age) = token.map_or(("", 0), |token| (token.as_str(), accounts::LONGEST.as_secs()));
        let secure = if self.is_secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}", self.cookie_name())
    }

    /// Whether this is the code printed on the console.
    pub fn is_setup_code(&self, typed: &str) -> bool {
        let code = self.setup_code.lock().unwrap_or_else(PoisonError::into_inner);
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        code.as_ref().is_some_and(|code| bool::from(subtle::ConstantTimeEq::ct_eq(code.as_bytes(), typed.as_bytes())))
    }

    /// The code is of no use any more.
    pub fn forget_setup_code(&self) {
        *self.setup_code.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Refuses what another page makes a browser send. A browser says where a request comes from; a program that says
/// nothing carries no cookie it was not given.
fn same_origin(parts: &Parts) -> Result<(), Problem> {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let text = |name: &HeaderName| parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let is_from_here = match text(&SEC_FETCH_SITE) {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => true,
    };
    let host = text(&HOST);
    let is_ours = match text(&ORIGIN) {
        Some(origin) => origin.split_once("://").map(|(_, host)| host) == host,
        None => true,
    };
    if is_from_here && is_ours { Ok(()) } else { Err(Problem::other_origin()) }
}

/// A server without sign-in answers under this machine's own names only: another page must not reach it by a name it
/// made up for this address.
fn is_local_name(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(host) = headers.get(HOST) else { return Ok(()) };
    let name = host.to_str().unwrap_or("?");
    let name = name.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(name, |p| p.0);
    if matches!(name, "localhost" | "127.0.0.1" | "[::1]") { Ok(()) } else { Err(Problem::other_origin()) }
}

fn origin(parts: &Parts, peer: Option<IpAddr>, is_proxied: bool) -> (String, String) {
    let text = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    // The proxy adds the address it saw at the end; what stands before was sent by anybody.
    let forwarded = text(&FORWARDED_FOR).filter(|_| is_proxied).and_then(|list| list.rsplit(',').next());
    let forwarded = forwarded.and_then(|last| last.trim().parse::<IpAddr>().ok());
    let address = forwarded.or(peer).map(|address| address.to_string()).unwrap_or_default();
    (address, text(&USER_AGENT).unwrap_or("").to_string())
}
