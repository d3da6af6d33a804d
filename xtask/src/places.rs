//! Where do the checkout, the cache and the compiled output lie?
//!
//! Compiled output and the engine's library live in one cache directory outside the checkout, so that a second clean
//! checkout does not compile the world again.

use std::env;
use std::path::{Path, PathBuf};

use crate::trouble::{Result, Trouble};

/// The version of DuckDB that `libduckdb-sys` in the workspace manifest is generated for.
pub const DUCKDB_VERSION: &str = "1.5.6";

/// The directories every task works in. All paths are absolute.
pub struct Places {
    /// The checkout.
    pub root: PathBuf,
    /// `$TAIZHANG_CACHE`, or `taizhang` under the user's cache directory.
    pub cache: PathBuf,
    /// Cargo's target directory: `$CARGO_TARGET_DIR`, or `target` under the cache.
    pub target: PathBuf,
}

impl Places {
    /// Reads the environment once.
    pub fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().unwrap_or(Path::new(".")).to_path_buf();
        let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = cache_dir(variable).ok_or_else(|| {
            Trouble::new(
                "no place for the cache: HOME is not set",
                "the environment",
                "set TAIZHANG_CACHE to a directory",
            )
        })?;
        let target = variable("CARGO_TARGET_DIR").unwrap_or_else(|| cache.join("target"));
        Ok(Self { cache: root.join(cache), target: root.join(target), root })
    }

    /// The folder of the web page's sources.
    pub fn web(&self) -> PathBuf {
        self.root.join("web")
    }

    /// The folder that holds `libduckdb.so`.
    pub fn duckdb(&self) -> PathBuf {
        self.cache.join(format!("duckdb-{DUCKDB_VERSION}"))
    }

    /// The `taizhang` binary after [`crate::build::binary`].
    pub fn binary(&self) -> PathBuf {
        self.target.join("debug").join(format!("taizhang{}", env::consts::EXE_SUFFIX))
    }

    /// A path as people read it: relative to the checkout when it lies inside.
    pub fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

fn cache_dir(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    variable("TAIZHANG_CACHE")
        .or_else(|| variable("XDG_CACHE_HOME").map(|dir| dir.join("taizhang")))
        .or_else(|| variable("HOME").map(|dir| dir.join(".cache").join("taizhang")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &'static [(&'static str, &'static str)]) -> Option<PathBuf> {
        cache_dir(|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| PathBuf::from(value)))
    }

    #[test]
    fn the_cache_follows_the_nearest_wish() {
        assert_eq!(with(&[("HOME", "/h"), ("XDG_CACHE_HOME", "/x"), ("TAIZHANG_CACHE", "/t")]), Some("/t".into()));
        assert_eq!(with(&[("HOME", "/h"), ("XDG_CACHE_HOME", "/x")]), Some("/x/taizhang".into()));
        assert_eq!(with(&[("HOME", "/h")]), Some("/h/.cache/taizhang".into()));
        assert_eq!(with(&[]), None);
    }
}
