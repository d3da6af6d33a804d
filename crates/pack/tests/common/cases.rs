//! Files that must be refused, with the refusal written at their head.
//!
//! A case is `tests/bad/<code>.yaml` (one pack, called `bad`), or a folder `tests/bad/<code>/` with folders of packs and
//! a folder `county`; `<code>--<variant>` is a further case of the same code. Lines `# expect: code at line[:column]` say what must be found in that file; `# expect: code at
//! file:line` speaks of another file of the case. Errors must be exactly those expected; warnings and notes only
//! have to be there. A text `<code>.txt` beside it keeps the whole message.

use super::common;
use base::Diagnostic;
use pack::{Catalog, Folder};
use std::path::{Path, PathBuf};

/// A case and the packs and county it consists of.
pub struct Case {
    pub name: String,
    pub code: String,
    pub packs: Vec<Folder>,
    pub county: Option<Folder>,
    pub expected: Vec<Expected>,
    pub snapshot: PathBuf,
}

/// One line `# expect:`.
#[derive(Debug)]
pub struct Expected {
    pub code: String,
    pub file: String,
    pub line: u32,
    pub column: Option<u32>,
}

/// Every case of a folder, each together with `core`.
pub fn cases(bad: &Path, core: &Path) -> Vec<Case> {
    let core = common::folder(core.parent().unwrap(), core);
    let mut cases = Vec::new();
    for path in common::entries(bad) {
        let name = path.file_stem().unwrap().to_str().unwrap().to_string();
        if path.extension().is_some_and(|ext| ext == "txt") || name == "core" {
            continue;
        }
        let mut packs = vec![core.clone()];
        let mut county = None;
        if path.is_dir() {
            packs.extend(common::packs(&path, &path));
            let folder = path.join("county");
            county = folder.exists().then(|| common::folder(&path, &folder));
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            packs.push(Folder { id: "bad".into(), files: vec![(format!("{name}.yaml"), text)] });
        }
        let files = packs[1..].iter().chain(&county).flat_map(|folder| &folder.files);
        let expected = files.flat_map(|(file, text)| expected(file, text)).collect();
        let code = name.split("--").next().unwrap().to_string();
        cases.push(Case { code, snapshot: bad.join(format!("{name}.txt")), name, packs, county, expected });
    }
    cases
}

fn expected(file: &str, text: &str) -> Vec<Expected> {
    text.lines()
        .filter_map(|line| line.strip_prefix("# expect: "))
        .map(|line| {
            let (code, place) = line.split_once(" at ").expect("# expect: code at line");
            let parts: Vec<&str> = place.split(':').collect();
            let number = |n: usize| parts.get(n).and_then(|part| part.parse::<u32>().ok());
            let (file, first) = if number(0).is_some() { (file, 0) } else { (parts[0], 1) };
            let line = number(first).expect("a line");
            Expected { code: code.into(), file: file.into(), line, column: number(first + 1) }
        })
        .collect()
}

/// What is wrong with a case, in words; nothing when it is refused as expected.
pub fn judge(case: &Case, catalog: &Catalog, found: &[Diagnostic]) -> Vec<String> {
    let is = |expected: &Expected, diagnostic: &Diagnostic| {
        let (file, line, column) = common::place(catalog, diagnostic);
        diagnostic.code == expected.code
            && file == expected.file
            && line == expected.line
            && expected.column.is_none_or(|wanted| wanted == column)
    };
    let mut wrong = Vec::new();
    if !case.expected.iter().any(|expected| expected.code == case.code) {
        wrong.push(format!("{} does not expect its own code", case.name));
    }
    for expected in &case.expected {
        if !found.iter().any(|diagnostic| is(expected, diagnostic)) {
            wrong.push(format!("{}: nobody finds {expected:?}", case.name));
        }
    }
    for diagnostic in found.iter().filter(|diagnostic| diagnostic.is_error()) {
        if !case.expected.iter().any(|expected| is(expected, diagnostic)) {
            wrong.push(format!("{}: not expected: {}", case.name, common::draw(catalog, diagnostic)));
        }
    }
    if case.snapshot.exists() {
        let own = found.iter().filter(|diagnostic| diagnostic.code == case.code);
        let drawn: Vec<String> = own.map(|diagnostic| common::draw(catalog, diagnostic)).collect();
        common::committed(&case.snapshot, &drawn.join("\n"));
    }
    wrong
}
