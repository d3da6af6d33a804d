//! Does a small batch, judged over the rows it names, hear the same as a large one, judged over whole registers?
#![allow(clippy::unwrap_used, clippy::expect_used)]

use base::Timestamp;
use columns::{Installed, Store, Submission, Verdict};
use pack::Folder;
use records::{Draft, Op};
use serde_json::{Value as Json, json};
use std::path::Path;
use tempfile::TempDir;

const COUNTY: &str = "county: little
title: 小县
period: 2025
packs: [core, card]
orgs: orgs.csv
report: outline.md
";

const ORGS: &str = "id,name,kind,level,parent,code,from,until
little,小县,county,county,,519900,2000-01-01,
";

/// Look-ups of one step and of two, into another register and into its own; states that count and one that does not.
const CARD: &str = "pack: card
language: 1
title: 报告卡
needs: [core]
source: 测试
registers:
  resident_merge:
    kind: event
    subject: resident
    title: 合并
    fields:
      merged: {type: ref, to: resident, required: true, title: 被并入者}
  card:
    kind: event
    subject: resident
    title: 报告卡
    identity: [resident, on_date]
    fields:
      weight: {type: decimal, title: 体重}
      after: {type: ref, to: card, title: 前卡}
    flow:
      start: filled
      states: {filled: 填报, deleted: {zh: 删除, void: true}}
      moves:
        delete: {from: filled, to: deleted}
    rules:
      too_young: {level: refuse, when: \"age(resident.birth_on, on_date) < 10\", say: 太小}
      lighter: {level: confirm, when: after.weight > weight, say: 比前卡轻}
      heavy_before: {level: confirm, when: after.after.weight > 55, say: 前前卡重}
      late_card: {level: refuse, when: after.on_date > on_date, say: 前卡在后}
";

/// More than are judged over the rows they name.
const MANY: usize = 1_025;

struct County {
    store: Store,
    _dir: TempDir,
}

impl County {
    fn new() -> Self {
        let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pack/tests/bad/core/pack.yaml");
        let folder = |id: &str, text: String| Folder { id: id.into(), files: vec![("pack.yaml".into(), text)] };
        let files = [("county.yaml", COUNTY), ("orgs.csv", ORGS), ("outline.md", "# 总结\n")];
        let installed = Installed {
            packs: vec![folder("core", std::fs::read_to_string(core).unwrap()), folder("card", CARD.into())],
            county: Folder {
                id: "little".into(),
                files: files.map(|(name, text)| (name.into(), text.into())).to_vec(),
            },
        };
        let dir = tempfile::tempdir().unwrap();
        let store = Store::create(dir.path(), &installed, "test", at()).unwrap();
        Self { store, _dir: dir }
    }

    /// Residents r1 to r6: r2 is a child, r5 was withdrawn, r6 was folded into r1. Cards c1 to c5, one after another:
    /// c3 is deleted, c4 withdrawn.
    fn peopled() -> Self {
        let mut county = Self::new();
        for n in 1..=6 {
            let birth_on = if n == 2 { "2020-05-05" } else { "1980-02-29" };
            let body = json!({"name": "张小明", "sex": "1", "birth_on": birth_on, "children": 0});
            county.write(draft("resident", &format!("r{n}"), body));
        }
        for n in 1..=5 {
            let body = json!({"resident": "r1", "on_date": format!("2025-01-0{n}"), "weight": 50 + n * 10});
            let mut card = draft("card", &format!("c{n}"), body);
            if n > 1 {
                card.body.insert("after".into(), json!(format!("c{}", n - 1)));
            }
            county.write(card);
        }
        let head = |county: &Self, register: &str, id: &str| county.store.log().head(register, id).unwrap().unwrap();
        county.write(Draft::withdrawing(&head(&county, "resident", "r5"), "重复"));
        county.write(Draft::withdrawing(&head(&county, "card", "c4"), "重复"));
        let mut deleted = Draft::correcting(&head(&county, "card", "c3"), "误报").unwrap();
        deleted.body.insert("state".into(), json!("deleted"));
        county.write(deleted);
        let merge = json!({"resident": "r1", "on_date": "2025-02-01", "merged": "r6"});
        county.write(draft("resident_merge", "m1", merge));
        county
    }

    fn write(&mut self, draft: Draft) {
        let mut submission = Submission::new("keeper", at(), vec![draft]);
        submission.confirm = Some("无误".into());
        let refusals = self.store.submit(submission).unwrap().refusals;
        assert!(refusals.iter().all(|refusal| refusal.verdict == Verdict::Confirm), "{refusals:?}");
    }

    /// What is said of the first drafts, with `n_more` sound ones behind them.
    fn said(&self, drafts: &[Draft], n_more: usize) -> Vec<(usize, String, String)> {
        let more = (0..n_more).map(|n| {
            let day = format!("{}-{:02}-{:02}", 1995 + n / 336, 1 + n / 28 % 12, 1 + n % 28);
            draft("card", &format!("more-{n}"), json!({"resident": "r3", "on_date": day}))
        });
        let drafts = drafts.iter().cloned().chain(more).collect();
        let outcome = self.store.judge(Submission::new("doctor", at(), drafts)).unwrap();
        let mut said: Vec<_> =
            outcome.refusals.into_iter().map(|refusal| (refusal.index, refusal.rule, refusal.say.zh)).collect();
        said.sort();
        said
    }
}

fn at() -> Timestamp {
    "2026-01-05T01:00:00Z".parse().unwrap()
}

fn draft(register: &str, id: &str, body: Json) -> Draft {
    let mut draft = Draft::new(Op::Create, register, "little");
    draft.record = Some(id.into());
    draft.body = body.as_object().unwrap().clone();
    draft
}

/// Numbers in no order, the same for the same seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// A card that refers to anybody and anything, also to what is not there, folded, withdrawn, deleted or in the batch.
fn any_card(numbers: &mut Numbers, n: usize) -> Draft {
    let day = format!("2025-01-{:02}", 1 + numbers.below(8));
    let mut body = json!({"resident": format!("r{}", 1 + numbers.below(7)), "on_date": day});
    match numbers.below(8) {
        0 => {}
        6 => body["after"] = json!(format!("n{}", numbers.below(4))),
        card => body["after"] = json!(format!("c{card}")),
    }
    if numbers.below(4) > 0 {
        body["weight"] = json!(40 + numbers.below(80));
    }
    draft("card", &format!("n{n}"), body)
}

#[test]
fn a_few_records_hear_what_they_would_hear_among_many() {
    let county = County::peopled();
    let mut rules = std::collections::BTreeSet::new();
    for seed in 0..40 {
        let mut numbers = Numbers(seed);
        let drafts: Vec<Draft> = (0..1 + numbers.below(12) as usize).map(|n| any_card(&mut numbers, n)).collect();
        let (few, many) = (county.said(&drafts, 0), county.said(&drafts, MANY));
        assert_eq!(few, many, "seed {seed}: {drafts:#?}");
        rules.extend(few.into_iter().map(|(_, rule, _)| rule));
    }
    let all = ["duplicate-record", "heavy_before", "late_card", "lighter", "too_young", "unknown-reference"];
    assert_eq!(rules.into_iter().collect::<Vec<_>>(), all);
}
