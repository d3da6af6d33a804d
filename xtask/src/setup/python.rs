//! Are the engines here that the cluster tests ask: Sail, and Apache Spark?
//!
//! Both come from PyPI into environments in the cache, pinned by version. Nothing else of the project needs Python.

use std::path::PathBuf;

use crate::call::{Call, on_path};
use crate::places::Places;
use crate::trouble::{Result, Trouble};

/// Sail's server: one binary in a wheel.
const SAIL: &str = "pysail==0.7.2";
/// Spark with its Connect server.
const SPARK: &str = "pyspark==4.0.1";

/// Sail's program, installed when it is missing.
pub fn sail(places: &Places) -> Result<PathBuf> {
    let program = places.cache.join("sail-0.7.2").join("bin").join("sail");
    if !program.is_file() {
        install(places, "sail-0.7.2", SAIL)?;
    }
    Ok(program)
}

/// The home of Spark, installed when it is missing. It needs Java 17.
pub fn spark(places: &Places) -> Result<PathBuf> {
    if !on_path("java") {
        return Err(Trouble::new(
            "Apache Spark needs Java 17",
            "this machine",
            "as root: `apt-get update && apt-get install --yes --no-install-recommends openjdk-17-jre-headless`",
        ));
    }
    let dir = places.cache.join("spark-4.0.1");
    if home(&dir).is_none() {
        install(places, "spark-4.0.1", SPARK)?;
    }
    home(&dir)
        .ok_or_else(|| Trouble::new("the package brought no Spark", dir.display(), "remove the folder, try again"))
}

/// `lib/python3.N/site-packages/pyspark` of an environment.
fn home(dir: &std::path::Path) -> Option<PathBuf> {
    let versions = dir.join("lib").read_dir().ok()?.flatten();
    let mut homes = versions.map(|version| version.path().join("site-packages").join("pyspark"));
    homes.find(|home| home.join("bin").join("spark-class").is_file())
}

/// An environment is made under another name and put in place when it is complete.
fn install(places: &Places, name: &str, package: &str) -> Result<()> {
    eprintln!("setup: installing {package}");
    let dir = places.cache.join(name);
    if dir.exists() {
        std::fs::remove_dir_all(&dir).map_err(|error| Trouble::file("emptying a folder", &dir, &error))?;
    }
    let how =
        format!("install Python 3 with venv and pip, and reach PyPI; or leave {package} out: its tests are skipped");
    Call::new("python3", &places.root).args("-m venv").arg(&dir).next(how.as_str()).run()?;
    let done = Call::new(dir.join("bin").join("pip"), &places.root)
        .args("install --quiet --disable-pip-version-check")
        .arg(package)
        .next(how.as_str())
        .run();
    if done.is_err() {
        // Half an environment would be taken for a whole one.
        let _ = std::fs::remove_dir_all(&dir);
    }
    done
}
