//! What does a newcomer see first?
//!
//! One command from a fresh clone: the county is invented, its published figures are compared with the computed ones,
//! its annual report is written, and the pages are served.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;

use crate::args::Args;
use crate::call::{Call, on_path};
use crate::county::{self, COUNTY, PERIOD};
use crate::places::Places;
use crate::serve::Server;
use crate::trouble::{Result, Trouble};
use crate::{build, setup};

/// The flags of `cargo xtask demo`.
pub struct Options {
    serve: bool,
    dir: Option<PathBuf>,
    port: u16,
    scale: String,
}

impl Options {
    /// Reads the flags; what is not known is refused.
    pub fn parse(mut args: Args) -> Result<Self> {
        let options = Self {
            serve: !args.flag("--no-serve"),
            dir: args.value("--dir")?.map(PathBuf::from),
            port: args.number("--port", 8848)?,
            scale: args.value("--scale")?.unwrap_or_else(|| "1".to_owned()),
        };
        args.finish()?;
        Ok(options)
    }
}

/// Builds what changed, invents the county when it is out of date, shows it.
pub fn run(places: &Places, options: Options) -> Result<()> {
    let started = Instant::now();
    setup::for_building(places)?;
    build::page(places)?;
    build::binary(places)?;
    let dir = prepare(places, &options)?;
    let report = write_report(places, &dir)?;
    show_figures(places, &dir, &options.scale)?;
    println!("\nreport   {}", report.display());
    println!("county   {}", dir.display());
    eprintln!("ready after {} s", started.elapsed().as_secs());
    if options.serve { serve(places, &dir, options.port) } else { Ok(()) }
}

/// The county's directory. The default one is made again when the packs changed; a person's own is made only when
/// it is missing and never emptied.
fn prepare(places: &Places, options: &Options) -> Result<PathBuf> {
    let own = options.dir.as_ref().map(|dir| absolute(dir));
    if let Some(dir) = own {
        if !dir.exists() {
            county::invent(places, &dir, &options.scale)?;
        }
        return Ok(dir);
    }
    let dir = places.cache.join("demo").join(COUNTY);
    let stamp = county::stamp(places, &dir, &options.scale)?;
    if !dir.exists() || !stamp.is_fresh() {
        county::invent(places, &dir, &options.scale)?;
        stamp.set()?;
    }
    Ok(dir)
}

/// Paths on the command line are meant from where the person stands, not from the checkout.
pub fn absolute(dir: &Path) -> PathBuf {
    std::path::absolute(dir).unwrap_or_else(|_| dir.to_path_buf())
}

fn write_report(places: &Places, dir: &Path) -> Result<PathBuf> {
    let outline = format!("counties/{COUNTY}/outline.md");
    let mut call =
        Call::taizhang(places).args("report").arg(&outline).arg("--dir").arg(dir).args("--period").arg(PERIOD);
    for name in ["report.html", "report.docx", "report.pdf"] {
        call = call.arg("--out").arg(dir.join(name));
    }
    call.next(format!("its message names the paragraph; the outline is {outline}")).run()?;
    Ok(dir.join("report.docx"))
}

/// The table of published and computed figures. A county made at another scale cannot give the published ones back.
fn show_figures(places: &Places, dir: &Path, scale: &str) -> Result<()> {
    let call = Call::taizhang(places).args("figures").arg(COUNTY).arg("--dir").arg(dir);
    let shown = call.next("a published figure did not come back: `taizhang indicators --explain ID` shows why").run();
    if scale == "1" { shown } else { Ok(()) }
}

fn serve(places: &Places, dir: &Path, port: u16) -> Result<()> {
    let accounts = accounts(places, dir)?;
    let server = Server::start_with_accounts(places, dir, port)?;
    println!("page     {}   (Ctrl-C ends it)", server.address);
    for (account, password) in &accounts {
        println!("account  {account:<8} {password}   (changed at the first sign-in)");
    }
    for page in ["/", "/report"] {
        open(&format!("{}{page}", server.address));
    }
    server.wait()
}

/// Accounts of the demonstration: name, whose it is, role and organisation.
const ACCOUNTS: [(&str, &str, &str); 5] = [
    ("office", "局办公室", "office@shili"),
    ("leader", "局领导", "leader@shili"),
    ("system", "系统管理员", "system_administrator@shili"),
    ("security", "安全管理员", "security_administrator@shili"),
    ("audit", "审计管理员", "audit_administrator@shili"),
];

/// Makes the accounts the county does not have yet, and gives their temporary passwords: they are kept nowhere.
fn accounts(places: &Places, dir: &Path) -> Result<Vec<(String, String)>> {
    let call = |words: &str| Call::taizhang(places).args(words).arg("--dir").arg(dir);
    let unread = |what: String| Trouble::new(what, dir.display(), "run `taizhang accounts list` there by hand");
    let (_, text) = call("accounts list --json").read()?;
    let known: Value = serde_json::from_str(&text).map_err(|error| unread(format!("no list of accounts: {error}")))?;
    let known: Vec<&str> =
        known["accounts"].as_array().into_iter().flatten().filter_map(|one| one["account"].as_str()).collect();
    let mut made = Vec::new();
    for (name, person, role) in ACCOUNTS.into_iter().filter(|(name, ..)| !known.contains(name)) {
        let (code, password) =
            call("accounts add").arg(name).arg("--person").arg(person).arg("--role").arg(role).read()?;
        if code != 0 {
            return Err(unread(format!("the account {name} could not be made")));
        }
        made.push((name.to_owned(), password.trim().to_owned()));
    }
    if made.is_empty() {
        println!("account  made before; `taizhang accounts reset NAME --dir {}` gives a new password", dir.display());
    }
    Ok(made)
}

/// Opens a page in the person's browser, where there is a screen. It is a convenience: failing is no trouble.
fn open(address: &str) {
    let has_screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if has_screen && on_path("xdg-open") {
        let _ = Call::new("xdg-open", Path::new("/")).arg(address).spawn_into(std::process::Stdio::null());
    }
}
