//! A county with the real common and hypertension packs, and its cast of invented residents.
#![allow(clippy::unwrap_used, clippy::expect_used, dead_code)]

use base::Timestamp;
use columns::{Installed, Store, Submission};
use exchange::{ExchangeError, Import, Source, Summary};
use pack::Folder;
use records::{Draft, Op};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const COUNTY: &str = "county: little
title: 小县
period: 2025
packs: [core, hypertension]
orgs: orgs.csv
report: outline.md
";

const ORGS: &str = "id,name,kind,level,parent,code,from,until
little,小县,county,county,,519900,2000-01-01,
zhen,青禾镇,township,township,little,519900101,2000-01-01,
zhen2,云溪镇,township,township,little,519900102,2000-01-01,
jia,甲村,village,village,zhen,519900101101,2000-01-01,
yi,乙村,village,village,zhen,519900101102,2000-01-01,
yi2,乙村,village,village,zhen2,519900102102,2000-01-01,
";

/// The cast: id, name, sex, birth, citizen number.
pub const CAST: &[(&str, &str, &str, &str, &str)] = &[
    ("zhang", "张建国", "1", "1950-03-12", "51990019500312005X"),
    ("wang", "王秀英", "2", "1953-08-20", "519900195308200069"),
    ("li", "李德明", "1", "1962-05-06", "519900196205060053"),
    ("zhao", "赵桂兰", "2", "1970-11-30", "519900197011300068"),
    ("chen", "陈丽华", "2", "1980-02-29", "519900198002290069"),
];

pub const FOLLOWUP: &str = "hypertension_followup";

pub struct County {
    pub store: Store,
    pub dir: TempDir,
}

pub fn at() -> Timestamp {
    "2026-01-15T01:00:00Z".parse().unwrap()
}

fn folder(path: &str) -> Folder {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs").join(path);
    let mut files: Vec<(String, String)> = Vec::new();
    for entry in std::fs::read_dir(&root).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if name.ends_with(".yaml") || name == "report.md" {
            files.push((name, std::fs::read_to_string(entry.path()).unwrap()));
        }
    }
    files.sort();
    Folder { id: path.rsplit('/').next().unwrap().into(), files }
}

impl County {
    pub fn new() -> Self {
        let county = [("county.yaml", COUNTY), ("orgs.csv", ORGS), ("outline.md", "# 总结\n")];
        let installed = Installed {
            packs: vec![folder("core"), folder("chronic/hypertension")],
            county: Folder {
                id: "little".into(),
                files: county.map(|(name, text)| (name.to_string(), text.to_string())).to_vec(),
            },
        };
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&dir.path().join("county"), &installed, "test", at()).unwrap();
        let residents = CAST.iter().map(|(id, name, sex, birth_on, citizen_id)| {
            let body = json!({"name": name, "sex": sex, "birth_on": birth_on, "citizen_id": citizen_id, "rural": true});
            draft("resident", id, body)
        });
        let outcome = store.submit(Submission::new("keeper", at(), residents.collect())).unwrap();
        assert_eq!(outcome.refusals, []);
        Self { store, dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn import(&mut self, path: &Path) -> Result<Summary, ExchangeError> {
        self.import_with(path, &followups())
    }

    pub fn import_with(&mut self, path: &Path, options: &Import) -> Result<Summary, ExchangeError> {
        let source = Source::open(path, None)?;
        let summary = exchange::import(&mut self.store, &source, options, &mut |_| ())?;
        assert_eq!(summary.n_accepted() + summary.n_refused, summary.n_rows, "{summary:?}");
        Ok(summary)
    }

    pub fn count(&self, register: &str) -> i64 {
        self.store.row_counts().unwrap()[register].1
    }
}

pub fn followups() -> Import {
    Import { org: Some("甲村".into()), ..Import::new(FOLLOWUP, "clerk", at()) }
}

pub fn draft(register: &str, id: &str, body: Json) -> Draft {
    let mut draft = Draft::new(Op::Create, register, "jia");
    draft.record = Some(id.into());
    draft.body = body.as_object().unwrap().clone();
    draft
}

/// All reasons of a refused row.
pub fn reasons(summary: &Summary, line: u64) -> String {
    let row = summary.refused.iter().find(|row| row.line == line);
    row.map_or_else(String::new, |row| row.faults.iter().map(|fault| fault.say.as_str()).collect::<Vec<_>>().join("；"))
}
