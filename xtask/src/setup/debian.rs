//! Are the Debian packages here that the tests use?

use std::path::Path;

use crate::call::{Call, on_path};
use crate::trouble::{Result, Trouble};

/// A package and how to see that what it brings is here, from whatever source.
struct Need {
    package: &'static str,
    is_here: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need { package: "chromium", is_here: has_chromium },
    Need { package: "fonts-noto-cjk", is_here: has_chinese_font },
    Need { package: "postgresql", is_here: has_postgresql },
];

/// Installs what is missing when this is Debian and we are root; else says how.
pub fn ensure() -> Result<()> {
    let missing: Vec<&str> = NEEDS.iter().filter(|need| !(need.is_here)()).map(|need| need.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    if !may_install() {
        return Err(Trouble::new(
            format!("the tests need {packages}"),
            "this machine",
            format!("as root: `apt-get update && apt-get install --yes --no-install-recommends {packages}`"),
        ));
    }
    eprintln!("setup: installing {packages}");
    apt("update --quiet=2")?;
    apt(&format!("install --quiet=2 --yes --no-install-recommends {packages}"))
}

fn apt(words: &str) -> Result<()> {
    Call::new("apt-get", Path::new("/"))
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(words)
        .next("it needs Debian's package servers")
        .run()
}

fn may_install() -> bool {
    let is_root = Call::new("id", Path::new("/")).arg("-u").read().is_ok_and(|(_, id)| id.trim() == "0");
    is_root && on_path("apt-get")
}

fn has_chromium() -> bool {
    ["chromium", "chromium-browser", "google-chrome"].iter().any(|name| on_path(name))
}

/// Any font that shows Chinese will do; without `fc-list` we look where Debian puts ours.
fn has_chinese_font() -> bool {
    let listed = Call::new("fc-list", Path::new("/")).arg(":lang=zh").read();
    listed.is_ok_and(|(_, fonts)| !fonts.trim().is_empty()) || Path::new("/usr/share/fonts/opentype/noto").is_dir()
}

/// A server that the tests can start, or one they are pointed at.
fn has_postgresql() -> bool {
    let debian = Path::new("/usr/lib/postgresql").read_dir();
    std::env::var_os("DATABASE_URL").is_some()
        || on_path("initdb")
        || debian.is_ok_and(|versions| versions.flatten().any(|version| version.path().join("bin/initdb").is_file()))
}
