//! Is the official DuckDB library in the cache, and is it the one we pinned?
//!
//! Compiling DuckDB takes a quarter of an hour of processor time, so machines that can use the official shared library
//! do. It comes from the npm package in `tools/duckdb`, pinned by version and integrity hash in its lock file; the
//! library itself is checked again by its own SHA-256.

use std::fs;
use std::path::{Path, PathBuf};

use crate::call::Call;
use crate::places::Places;
use crate::stamp::sha256;
use crate::trouble::{Result, Trouble};

const LIBRARY: &str = "libduckdb.so";
const PACKAGE: &str = "node_modules/@duckdb/node-bindings-linux-x64";
/// SHA-256 of `libduckdb.so` in the pinned package. Changes together with `tools/duckdb/package-lock.json`.
const SHA256: &str = "3f4962cdd266eab2b479a5b5a4a6d063d279b2954ae814ed00385d553b747633";

/// Whether the pinned package carries a library for this machine.
const PREBUILT: bool = cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"));

/// The folder the linker finds the library in: ours where the pinned package fits, else the person's own.
pub fn library_dir(places: &Places) -> PathBuf {
    let own = std::env::var_os("DUCKDB_LIB_DIR").map(PathBuf::from);
    own.filter(|_| !PREBUILT).unwrap_or_else(|| places.duckdb())
}

/// Puts the library into the cache, and links to it where the linker and the loader look.
pub fn ensure(places: &Places) -> Result<()> {
    if !PREBUILT {
        return require_own(&library_dir(places));
    }
    let library = places.duckdb().join(LIBRARY);
    if !library.is_file() || sha256(&library)? != SHA256 {
        fetch(places, &library)?;
    }
    link(&places.duckdb(), &places.root.join(".tools").join("duckdb"))?;
    // Binaries are linked with the run path $ORIGIN:$ORIGIN/.., which is this folder for programs and for tests.
    link(&library, &places.target.join("debug").join(LIBRARY))
}

fn require_own(dir: &Path) -> Result<()> {
    let here = ["libduckdb.so", "libduckdb.dylib", "duckdb.dll"].iter().any(|name| dir.join(name).is_file());
    if here {
        return Ok(());
    }
    Err(Trouble::new(
        "the pinned DuckDB library is for x86-64 Linux with glibc only",
        "this machine",
        "put DuckDB's shared library of the same version in a folder and set DUCKDB_LIB_DIR to it, or compile DuckDB \
         from source: `cargo build --package taizhang --features bundled`",
    ))
}

fn fetch(places: &Places, library: &Path) -> Result<()> {
    eprintln!("setup: fetching {LIBRARY} (24 MB)");
    let staging = places.duckdb().join(format!("staging-{}", std::process::id()));
    fs::create_dir_all(&staging).map_err(|error| Trouble::file("making a folder", &staging, &error))?;
    let result = fetch_into(places, &staging, library);
    // Only a left-over if this fails; the next run uses a folder of its own.
    let _ = fs::remove_dir_all(&staging);
    result
}

fn fetch_into(places: &Places, staging: &Path, library: &Path) -> Result<()> {
    for name in ["package.json", "package-lock.json"] {
        let from = places.root.join("tools").join("duckdb").join(name);
        fs::copy(&from, staging.join(name)).map_err(|error| Trouble::file("copying", &from, &error))?;
    }
    Call::new("npm", staging)
        .args("ci --ignore-scripts --no-audit --no-fund --loglevel=error")
        .next("it needs the npm registry; behind a proxy, set `npm config set registry`")
        .run()?;
    let fetched = staging.join(PACKAGE).join(LIBRARY);
    let found = sha256(&fetched)?;
    if found != SHA256 {
        return Err(Trouble::new(
            format!("{LIBRARY} has SHA-256 {found}, expected {SHA256}"),
            "tools/duckdb/package-lock.json",
            "after a deliberate upgrade, change SHA256 in xtask/src/setup/duckdb.rs together with the lock file",
        ));
    }
    fs::rename(&fetched, library).map_err(|error| Trouble::file("moving the library", library, &error))
}

/// Makes `link` point to `to`, replacing an older link.
fn link(to: &Path, link: &Path) -> Result<()> {
    if fs::read_link(link).is_ok_and(|found| found == to) {
        return Ok(());
    }
    if let Some(folder) = link.parent() {
        fs::create_dir_all(folder).map_err(|error| Trouble::file("making a folder", folder, &error))?;
    }
    if link.symlink_metadata().is_ok() {
        fs::remove_file(link).map_err(|error| Trouble::file("replacing a link", link, &error))?;
    }
    symlink(to, link).map_err(|error| Trouble::file("linking", link, &error))
}

#[cfg(unix)]
fn symlink(to: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, link)
}

#[cfg(not(unix))]
fn symlink(to: &Path, link: &Path) -> std::io::Result<()> {
    if to.is_file() { fs::copy(to, link).map(drop) } else { Ok(()) }
}
