//! Does an index that was renewed again and again answer as one that was built anew?
#![allow(clippy::unwrap_used, clippy::expect_used)]

use base::id::{CitizenId, Sex};
use base::{Date, Timestamp};
use columns::{Installed, Snapshot, Store, Submission};
use identity::{Found, Index};
use pack::Folder;
use records::{Draft, Op};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use std::path::Path;

const COUNTY: &str = "county: little
title: 小县
period: 2025
packs: [core]
orgs: orgs.csv
report: outline.md
";
const ORGS: &str = "id,name,kind,level,parent,code,from,until
little,小县,county,county,,519900,2000-01-01,
east,东河镇,township,township,little,,2000-01-01,
jia,甲村,village,village,east,,2000-01-01,
yi,乙村,village,village,east,,2000-01-01,
";
const NAMES: [&str; 6] = ["张建国", "张建", "王秀英", "李德明", "欧阳建国", "单强"];
const QUESTIONS: [&str; 13] =
    ["z", "zjg", "张建", "wang", "oy", "shanq", "1950", "1950-03", "1234", "KA", "7", "建国 19", "05X"];

#[test]
fn a_renewed_index_answers_as_one_built_anew() {
    for seed in 1..=3 {
        let mut county = County::new(seed);
        let mut index = Index::build(&county.snapshot()).unwrap();
        for step in 1..=100 {
            county.change(step);
            if county.draw(3) > 0 {
                continue;
            }
            let snapshot = county.snapshot();
            index = index.renewed(&snapshot, &county.touched_since(index.seq())).unwrap();
            let anew = Index::build(&snapshot).unwrap();
            assert_eq!((index.len(), index.seq()), (anew.len(), anew.seq()), "seed {seed}, step {step}");
            let orgs = BTreeSet::from(["yi".to_string()]);
            for question in QUESTIONS.into_iter().chain(county.ids.iter().map(String::as_str)) {
                for (orgs, limit) in [(None, 100), (None, 3), (Some(&orgs), 100)] {
                    let answers = [&index, &anew].map(|index| told(index.find(question, orgs, limit)));
                    assert_eq!(answers[0], answers[1], "seed {seed}, step {step}, \"{question}\"");
                }
            }
        }
        assert!(
            county.n_kinds.iter().all(|n| *n > 0),
            "seed {seed}: {:?} of each change were accepted",
            county.n_kinds
        );
    }
}

fn told(found: Vec<Found>) -> Vec<String> {
    found.into_iter().map(|found| format!("{found:?}")).collect()
}

struct County {
    store: Store,
    random: u64,
    ids: Vec<String>,
    merges: Vec<String>,
    /// Accepted creations, corrections, withdrawals, returns, merges and unmerges.
    n_kinds: [u32; 6],
    _dir: tempfile::TempDir,
}

impl County {
    fn new(seed: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/core");
        let text = |name: &str, text: &str| (name.to_string(), text.to_string());
        let installed = Installed {
            packs: vec![folder(&core)],
            county: Folder {
                id: "little".into(),
                files: vec![text("county.yaml", COUNTY), text("orgs.csv", ORGS), text("outline.md", "# 小县\n")],
            },
        };
        let store = Store::create(dir.path(), &installed, "test", moment(0)).unwrap();
        let mut county = Self { store, random: seed, ids: Vec::new(), merges: Vec::new(), n_kinds: [0; 6], _dir: dir };
        (0..12).for_each(|_| county.create(0));
        county
    }

    fn draw(&mut self, below: usize) -> usize {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) as usize % below
    }

    fn snapshot(&self) -> Snapshot {
        self.store.snapshot("2026-01-10".parse().unwrap()).unwrap()
    }

    fn touched_since(&self, seq: u64) -> BTreeSet<String> {
        let entries = self.store.log().entries_after(seq, 1_000).unwrap();
        entries.into_iter().filter(|entry| entry.register == "resident").map(|entry| entry.record).collect()
    }

    fn change(&mut self, step: i64) {
        match self.draw(10) {
            0..=1 => self.create(step),
            2..=4 => self.correct(step),
            5 => self.withdraw(step),
            6 => self.bring_back(step),
            7..=8 => self.merge(step),
            _ => self.unmerge(step),
        }
    }

    fn create(&mut self, step: i64) {
        let mut draft = Draft::new(Op::Create, "resident", if self.draw(2) == 0 { "jia" } else { "yi" });
        let id = format!("r{}", self.ids.len());
        draft.record = Some(id.clone());
        draft.body = self.body();
        if self.submit(step, 0, draft) {
            self.ids.push(id);
        }
    }

    fn correct(&mut self, step: i64) {
        let Some(head) = self.any_resident().filter(|head| head.op != Op::Withdraw) else { return };
        let mut draft = Draft::correcting(&head, "核对").unwrap();
        draft.body = self.body();
        self.submit(step, 1, draft);
    }

    fn withdraw(&mut self, step: i64) {
        let Some(head) = self.any_resident().filter(|head| head.op != Op::Withdraw) else { return };
        self.submit(step, 2, Draft::withdrawing(&head, "误录"));
    }

    fn bring_back(&mut self, step: i64) {
        let heads = self.ids.iter().filter_map(|id| self.store.log().head("resident", id).unwrap());
        let Some(head) = heads.into_iter().find(|head| head.op == Op::Withdraw) else { return };
        let mut draft = Draft::correcting(&head, "误撤").unwrap();
        draft.body = self.body();
        self.submit(step, 3, draft);
    }

    fn merge(&mut self, step: i64) {
        let (a, b) = (self.draw(self.ids.len()), self.draw(self.ids.len()));
        let mut draft = Draft::new(Op::Create, "resident_merge", "little");
        let record = format!("m{step}");
        draft.record = Some(record.clone());
        let body = json!({"resident": self.ids[a], "merged": self.ids[b], "on_date": "2026-01-05", "remark": "同一人"});
        draft.body = body.as_object().unwrap().clone();
        if self.submit(step, 4, draft) {
            self.merges.push(record);
        }
    }

    fn unmerge(&mut self, step: i64) {
        if self.merges.is_empty() {
            return;
        }
        let at = self.draw(self.merges.len());
        let head = self.store.log().head("resident_merge", &self.merges[at]).unwrap().unwrap();
        if self.submit(step, 5, Draft::withdrawing(&head, "误合并")) {
            self.merges.remove(at);
        }
    }

    fn any_resident(&mut self) -> Option<records::Entry> {
        let at = self.draw(self.ids.len());
        self.store.log().head("resident", &self.ids[at]).unwrap()
    }

    /// Somebody; few different numbers, so that some are taken.
    fn body(&mut self) -> Map<String, Json> {
        let (name, year, serial) = (NAMES[self.draw(NAMES.len())], 1950 + self.draw(3), 1 + self.draw(30) as u16);
        let born: Date = format!("{year}-03-12").parse().unwrap();
        let mut body = json!({
            "name": name, "sex": "1", "birth_on": born.to_string(), "rural": true,
            "phone": format!("1380000{:04}", 1_230 + self.draw(9)),
        });
        if self.draw(2) == 0 {
            body["citizen_id"] = json!(CitizenId::compose(519_900, born, serial, Sex::Male).as_str());
        }
        if self.draw(3) == 0 {
            body["card_no"] = json!(format!("KA{:07}", self.draw(100)));
        }
        body.as_object().unwrap().clone()
    }

    fn submit(&mut self, step: i64, kind: usize, draft: Draft) -> bool {
        let outcome = self.store.submit(Submission::new("test", moment(step), vec![draft])).unwrap();
        self.n_kinds[kind] += u32::from(outcome.receipt.is_some());
        outcome.receipt.is_some()
    }
}

fn moment(step: i64) -> Timestamp {
    Timestamp::from_second(1_767_575_000 + 60 * step).unwrap()
}

fn folder(path: &Path) -> Folder {
    let mut files = Vec::new();
    texts(path, path, &mut files);
    Folder { id: "core".into(), files }
}

fn texts(root: &Path, folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(root, &path, into);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_string();
            into.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}
