//! Does the pack that the guide builds up step by step really work?
//!
//! The page is the only copy of that pack. Every code block whose first line names a file under `packs/` is written to
//! that file, beside a copy of the pack `core`; the folder is then checked and tested like any other.

use std::fs;
use std::path::Path;

use super::stages;
use super::tally::Tally;
use crate::places::Places;
use crate::stamp::files_under;
use crate::trouble::{Result, Trouble};

const PAGE: &str = "docs/guide/write-a-pack.md";

/// Takes the pack out of the guide, checks it and runs its tests.
pub fn run(places: &Places) -> Result<Tally> {
    let page = places.root.join(PAGE);
    let text = fs::read_to_string(&page).map_err(|error| Trouble::file("reading", &page, &error))?;
    let files = files_of(&text);
    if files.is_empty() {
        return Err(Trouble::new("the guide shows no file of a pack", PAGE, "begin its blocks with `# packs/…`"));
    }
    let folder = places.cache.join("test").join("guide");
    // A folder that was never made is as good as an emptied one.
    let _ = fs::remove_dir_all(&folder);
    let core = places.root.join("packs").join("core");
    for path in files_under(&core)? {
        let to = folder.join(path.strip_prefix(&places.root).unwrap_or(&path));
        write(&to, &fs::read(&path).map_err(|error| Trouble::file("reading", &path, &error))?)?;
    }
    for (path, body) in files {
        write(&folder.join(path), body.as_bytes())?;
    }
    let packs = folder.join("packs");
    let mut tally = stages::taizhang_in(places, "check", &packs)?;
    tally += stages::taizhang_in(places, "test", &packs)?;
    Ok(tally)
}

fn write(path: &Path, body: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| Trouble::file("making a folder", folder, &error))?;
    fs::write(path, body).map_err(|error| Trouble::file("writing", path, &error))
}

/// The files a page shows: path and text of each code block that begins with a comment naming a file under `packs/`.
fn files_of(page: &str) -> Vec<(String, String)> {
    let blocks = page.split("\n```").skip(1).step_by(2);
    blocks.filter_map(|block| file_of(block.split_once('\n')?.1)).collect()
}

fn file_of(block: &str) -> Option<(String, String)> {
    let first = block.lines().next()?;
    let path = first.trim_start_matches("# ").trim_start_matches("<!-- ").trim_end_matches(" -->");
    path.starts_with("packs/").then(|| (path.to_owned(), format!("{block}\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "Text\n\n```yaml\n# packs/a/pack.yaml\npack: a\n```\n\n```sh\ntaizhang check packs\n```\n\n\
                        ```markdown\n<!-- packs/a/report.md -->\n一句话。\n```\n";

    #[test]
    fn blocks_that_name_a_file_are_files() {
        let files = files_of(PAGE);
        let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["packs/a/pack.yaml", "packs/a/report.md"]);
        assert_eq!(files[0].1, "# packs/a/pack.yaml\npack: a\n");
    }
}
