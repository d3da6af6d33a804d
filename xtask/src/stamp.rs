//! Did these files change since the work that depends on them was done?
//!
//! A stamp is a small file holding the SHA-256 over names and contents. Times of files are never asked: a fresh
//! checkout has new times and old contents.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::trouble::{Result, Trouble};

/// Folders that hold results or other people's files, never our sources.
const NOT_SOURCES: &[&str] = &[".git", ".tools", "dist", "node_modules", "playwright-report", "target", "test-results"];

/// A stamp file and what it should say.
pub struct Stamp {
    file: PathBuf,
    wanted: String,
}

impl Stamp {
    /// The stamp for work done from the files under `sources`, and from `settings`.
    pub fn new(file: PathBuf, sources: &[PathBuf], settings: &str) -> Result<Self> {
        let mut hash = Sha256::new();
        hash.update(settings);
        for source in sources {
            for path in files_under(source)? {
                hash.update(path.strip_prefix(source).unwrap_or(&path).to_string_lossy().as_bytes());
                hash.update([0]);
                hash.update(Sha256::digest(read(&path)?));
            }
        }
        Ok(Self { file, wanted: hex(&hash.finalize()) })
    }

    /// Whether the work was done from exactly these files.
    pub fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|found| found.trim() == self.wanted)
    }

    /// Notes that the work is done.
    pub fn set(&self) -> Result<()> {
        fs::write(&self.file, format!("{}\n", self.wanted))
            .map_err(|error| Trouble::file("writing a stamp", &self.file, &error))
    }
}

/// All source files under a file or folder, in order of their paths. A path that does not exist has none.
pub fn files_under(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let entry = entry.map_err(|error| Trouble::file("listing a folder", &folder, &error))?;
            let name = entry.file_name();
            if NOT_SOURCES.iter().any(|skip| name == *skip) {
                continue;
            }
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// The SHA-256 of a file in lower-case hexadecimal.
pub fn sha256(path: &Path) -> Result<String> {
    Ok(hex(&Sha256::digest(read(path)?)))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Trouble::file("reading", path, &error))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    /// A folder of its own for one test, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("xtask-stamp-{name}-{}", std::process::id()));
            fs::create_dir_all(path.join("src")).unwrap();
            Self(path)
        }

        fn stamp(&self, settings: &str) -> Stamp {
            Stamp::new(self.0.join("stamp"), &[self.0.join("src")], settings).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_stamp_is_fresh_until_a_file_a_name_or_a_setting_changes() {
        let folder = Folder::new("fresh");
        fs::write(folder.0.join("src/a"), "1").unwrap();
        assert!(!folder.stamp("x").is_fresh());
        folder.stamp("x").set().unwrap();
        assert!(folder.stamp("x").is_fresh());
        assert!(!folder.stamp("y").is_fresh());
        fs::write(folder.0.join("src/a"), "2").unwrap();
        assert!(!folder.stamp("x").is_fresh());
        fs::write(folder.0.join("src/a"), "1").unwrap();
        fs::rename(folder.0.join("src/a"), folder.0.join("src/b")).unwrap();
        assert!(!folder.stamp("x").is_fresh());
    }

    #[test]
    fn results_are_not_sources() {
        let folder = Folder::new("skip");
        fs::create_dir_all(folder.0.join("src/node_modules")).unwrap();
        fs::write(folder.0.join("src/node_modules/x"), "").unwrap();
        fs::write(folder.0.join("src/a"), "").unwrap();
        assert_eq!(files_under(&folder.0.join("src")).unwrap(), [folder.0.join("src/a")]);
    }

    #[test]
    fn the_digest_is_sha_256() {
        let folder = Folder::new("sha");
        fs::write(folder.0.join("src/abc"), "abc").unwrap();
        let digest = sha256(&folder.0.join("src/abc")).unwrap();
        assert_eq!(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
