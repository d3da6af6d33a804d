//! May this record be written, by this person, beside those of others?
#![allow(clippy::unwrap_used, clippy::expect_used)]

use base::Timestamp;
use columns::{Installed, Mode, Outcome, Store, StoreError, Submission};
use pack::Folder;
use records::{Draft, LogError, Op};
use serde_json::{Value as Json, json};
use std::path::Path;
use tempfile::TempDir;

const COUNTY: &str = "county: little
title: 小县
period: 2025
packs: [core, card, watch]
orgs: orgs.csv
report: outline.md
";

const ORGS: &str = "id,name,kind,level,parent,code,from,until
little,小县,county,county,,519900,2000-01-01,
east,东河镇,township,township,little,,2000-01-01,
";

const CARD: &str = "pack: card
language: 1
title: 报告卡
needs: [core]
source: 测试
registers:
  card:
    kind: event
    subject: resident
    title: 报告卡
    fields:
      weight: {type: decimal, title: 体重}
      note: {type: text, title: 备注}
      after: {type: ref, to: card, title: 前卡}
    flow:
      start: filled
      states: {filled: 填报, reported: 已报, reviewed: {zh: 已审, end: true}, deleted: {zh: 删除, void: true}}
      moves:
        report: {from: filled, to: reported, by: reporter, require: weight > 0, say: 请先填写体重, other_person: true}
        review: {from: reported, to: reviewed, by: reviewer, title: 审核, other_person: true}
        delete: {from: [filled, reported], to: deleted, by: reporter}
";

/// A pack about another pack's register, with a number of its own.
const WATCH: &str = "pack: watch
language: 1
title: 关注
needs: [core, card]
source: 测试
parameters:
  heaviest: {type: decimal, title: 上限, values: {2020-01-01: {value: '300', source: 测试〔2020〕1号}}, source: 测试}
rules:
  too_heavy: {level: refuse, on: card, when: weight > :heaviest, say: \"体重{weight}超过上限\"}
";

struct County {
    store: Store,
    _dir: TempDir,
}

fn folder(id: &str, text: &str) -> Folder {
    Folder { id: id.into(), files: vec![("pack.yaml".into(), text.into())] }
}

impl County {
    fn new() -> Self {
        let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pack/tests/bad/core/pack.yaml");
        let installed = Installed {
            packs: vec![
                folder("core", &std::fs::read_to_string(core).unwrap()),
                folder("card", CARD),
                folder("watch", WATCH),
            ],
            county: Folder {
                id: "little".into(),
                files: [("county.yaml", COUNTY), ("orgs.csv", ORGS), ("outline.md", "# 总结\n")]
                    .map(|(name, text)| (name.to_string(), text.to_string()))
                    .to_vec(),
            },
        };
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(dir.path(), &installed, "test", at()).unwrap();
        let resident = json!({"name": "张三", "sex": "1", "birth_on": "1980-01-01", "children": 0});
        write(&mut store, "keeper", &[], vec![draft("resident", "r1", resident)]);
        Self { store, _dir: dir }
    }

    fn write(&mut self, actor: &str, roles: &[&str], drafts: Vec<Draft>) -> Outcome {
        write(&mut self.store, actor, roles, drafts)
    }

    /// The card with its state changed, as somebody sees it now.
    fn moved(&self, id: &str, state: &str) -> Draft {
        let head = self.store.log().head("card", id).unwrap().unwrap();
        let mut draft = Draft::correcting(&head, "办理").unwrap();
        draft.body.insert("state".into(), json!(state));
        draft
    }
}

fn at() -> Timestamp {
    "2025-06-05T01:00:00Z".parse().unwrap()
}

fn draft(register: &str, id: &str, body: Json) -> Draft {
    let mut draft = Draft::new(Op::Create, register, "east");
    draft.record = Some(id.into());
    draft.body = body.as_object().unwrap().clone();
    draft
}

fn card(id: &str, body: Json) -> Draft {
    let mut draft = draft("card", id, body);
    draft.body.insert("resident".into(), json!("r1"));
    draft.body.insert("on_date".into(), json!("2025-06-01"));
    draft
}

fn submission(actor: &str, roles: &[&str], mode: Mode, drafts: Vec<Draft>) -> Submission {
    let roles = (!roles.is_empty()).then(|| roles.iter().map(ToString::to_string).collect());
    Submission { roles, mode, ..Submission::new(actor, at(), drafts) }
}

fn write(store: &mut Store, actor: &str, roles: &[&str], drafts: Vec<Draft>) -> Outcome {
    store.submit(submission(actor, roles, Mode::Each, drafts)).unwrap()
}

fn rules(outcome: &Outcome) -> Vec<(usize, &str)> {
    outcome.refusals.iter().map(|refusal| (refusal.index, refusal.rule.as_str())).collect()
}

#[test]
fn a_rule_of_another_pack_is_asked_with_its_own_numbers() {
    let mut county = County::new();
    let outcome =
        county.write("anna", &[], vec![card("a", json!({"weight": "300"})), card("b", json!({"weight": "300.1"}))]);
    assert_eq!(rules(&outcome), [(1, "too_heavy")]);
    assert_eq!(outcome.refusals[0].say.zh, "体重300.1超过上限");
}

#[test]
fn a_record_moves_only_along_its_flow() {
    let mut county = County::new();
    county.write("anna", &["reporter"], vec![card("a", json!({}))]);
    let begun = county.store.log().head("card", "a").unwrap().unwrap().fields().unwrap();
    assert_eq!((&begun["state"], &begun["filled_at"]), (&json!("filled"), &json!("2025-06-05T09:00:00")));

    let skipped = county.moved("a", "reviewed");
    let outcome = county.write("anna", &["reporter", "reviewer"], vec![skipped]);
    assert_eq!(rules(&outcome), [(0, "no-such-move")], "no way leads from filled to reviewed");

    let unweighed = county.moved("a", "reported");
    let outcome = county.write("anna", &["reporter"], vec![unweighed]);
    assert_eq!(rules(&outcome), [(0, "report")], "the guard is asked");
    assert_eq!(outcome.refusals[0].say.zh, "请先填写体重");

    let mut weighed = county.moved("a", "reported");
    weighed.body.insert("weight".into(), json!("70.5"));
    assert_eq!(rules(&county.write("bert", &["reviewer"], vec![weighed.clone()])), [(0, "not-your-move")]);
    assert_eq!(rules(&county.write("anna", &["reporter"], vec![weighed])), []);

    let review = county.moved("a", "reviewed");
    assert_eq!(rules(&county.write("anna", &["reviewer"], vec![review.clone()])), [(0, "other-person")]);
    let outcome = county.write("bert", &["reviewer"], vec![review]);
    assert_eq!(outcome.n_accepted, 1);
    let ended = county.store.log().head("card", "a").unwrap().unwrap();
    assert_eq!(ended.version, 3);
}

#[test]
fn a_new_record_begins_at_the_start_unless_the_machines_owner_brings_it() {
    let mut county = County::new();
    let late = || vec![card("a", json!({"state": "reviewed"}))];
    assert_eq!(rules(&county.write("anna", &["reporter"], late())), [(0, "flow-start")]);
    assert_eq!(rules(&county.write("keeper", &[], late())), []);
    let unheard = vec![card("b", json!({"state": "lost"}))];
    assert_eq!(rules(&county.write("keeper", &[], unheard)), [(0, "unknown-state")]);
}

#[test]
fn what_relies_on_a_refused_record_is_refused_with_it() {
    let mut county = County::new();
    let outcome = county.write(
        "anna",
        &[],
        vec![
            card("a", json!({"weight": "900"})),
            card("b", json!({"after": "a"})),
            card("c", json!({"after": "b"})),
            card("d", json!({})),
            card("e", json!({"after": "d"})),
        ],
    );
    assert_eq!(rules(&outcome), [(0, "too_heavy"), (1, "unknown-reference"), (2, "unknown-reference")]);
    assert_eq!((outcome.n_accepted, outcome.n_refused), (2, 3));
}

#[test]
fn one_stale_or_known_record_does_not_stop_the_others() {
    let mut county = County::new();
    county.write("anna", &[], vec![card("a", json!({"note": "first"}))]);
    let mut ours = county.moved("a", "filled");
    ours.body.insert("note".into(), json!("ours"));
    let mut theirs = county.moved("a", "filled");
    theirs.body.insert("note".into(), json!("theirs"));
    county.write("bert", &[], vec![theirs]);

    let drafts = vec![card("a", json!({})), card("b", json!({})), ours.clone(), card("c", json!({}))];
    let outcome = county.write("anna", &[], drafts);
    assert_eq!(rules(&outcome), [(0, "record-exists"), (2, "stale")]);
    assert_eq!((outcome.n_accepted, outcome.n_refused), (2, 2));

    let whole = submission("anna", &[], Mode::Whole, vec![card("d", json!({})), ours]);
    let refused = county.store.submit(whole).unwrap_err();
    assert!(matches!(refused, StoreError::Log(LogError::Stale(_))), "{refused}");
    assert!(county.store.log().head("card", "d").unwrap().is_none(), "all or none");
}

#[test]
fn people_who_write_together_stand_and_fall_alone() {
    let mut county = County::new();
    let each = |actor: &str, drafts| submission(actor, &["reporter"], Mode::Whole, drafts);
    let outcomes = county.store.submit_group(vec![
        each("anna", vec![card("a", json!({}))]),
        each("bert", vec![card("b", json!({"weight": "999"})), card("b2", json!({}))]),
        each("carl", vec![card("c", json!({"after": "a"}))]),
        each("dora", vec![card("a", json!({"note": "late"}))]),
        each("emil", vec![card("e", json!({}))]),
    ]);
    let told: Vec<Result<usize, String>> = outcomes
        .into_iter()
        .map(|outcome| match outcome {
            Ok(Outcome { n_accepted, refusals, .. }) if refusals.is_empty() => Ok(n_accepted),
            Ok(outcome) => Err(outcome.refusals[0].rule.clone()),
            Err(error) => Err(error.to_string().chars().take(23).collect()),
        })
        .collect();
    // Carl's card is asked again after the others are written, and by then Anna's is there.
    let wanted = [Ok(1), Err("too_heavy".into()), Ok(1), Err("draft 1: card a exists ".into()), Ok(1)];
    assert_eq!(told, wanted);
    let report = county.store.verify(&mut |_| ()).unwrap();
    assert_eq!(report.fault, None);
    for (register, (in_log, in_tables)) in county.store.row_counts().unwrap() {
        assert_eq!(in_log, in_tables, "{register}");
    }
}

/// Cards, one of them corrected and one withdrawn, closed.
fn closed_county() -> TempDir {
    let mut county = County::new();
    let cards = ["k1", "k2", "k3"].map(|id| card(id, json!({"weight": "61.5", "note": "初诊"})));
    assert_eq!(county.write("keeper", &[], cards.to_vec()).n_refused, 0);
    let head = |id: &str| county.store.log().head("card", id).unwrap().unwrap();
    let mut correction = Draft::correcting(&head("k1"), "误读").unwrap();
    correction.body.insert("weight".into(), json!("62.5"));
    let drafts = vec![correction, Draft::withdrawing(&head("k2"), "重复")];
    assert_eq!(county.write("keeper", &[], drafts).n_refused, 0);
    county._dir
}

#[test]
fn a_row_edited_behind_our_back_is_found() {
    for (sql, differs) in [
        ("SELECT 1", false),
        ("UPDATE reg.card SET weight = 99 WHERE id = 'k3'", true),
        ("UPDATE reg.card SET recorded_by = 'nobody' WHERE id = 'k1' AND version = 1", true),
        ("DELETE FROM reg.card WHERE id = 'k3'", true),
        ("INSERT INTO reg.card SELECT * FROM reg.card WHERE id = 'k3'", true),
        ("UPDATE ended.card SET until_ = until_ + 1", true),
    ] {
        let dir = closed_county();
        let engine =
            columns::engine::Engine::open(Some(&dir.path().join("columns.duckdb")), &Default::default()).unwrap();
        engine.connect().unwrap().execute(sql).unwrap();
        drop(engine);
        let store = Store::open(dir.path()).unwrap();
        let found = store.differing_registers(&mut |_| ()).unwrap();
        assert_eq!(found, if differs { vec!["card".to_string()] } else { vec![] }, "{sql}");
    }
}

#[test]
fn who_looked_is_in_the_log_and_costs_the_tables_nothing() {
    let mut county = County::new();
    let mut access = Draft::new(Op::Access, "resident", "east");
    (access.record, access.reason) = (Some("r1".into()), Some("随访".into()));
    assert_eq!(county.write("doctor", &[], vec![access]).n_refused, 0);
    let last = county.store.log().of_resident("r1", 0, 10).unwrap().pop().unwrap();
    assert_eq!((last.op, &*last.actor, last.reason.as_deref()), (Op::Access, "doctor", Some("随访")));
    assert_eq!(county.store.seq(), last.seq);
    let County { store, _dir: dir } = county;
    drop(store);
    let mut store = Store::open(dir.path()).unwrap();
    assert_eq!(store.seq(), last.seq);
    let next = write(&mut store, "keeper", &[], vec![card("k1", json!({}))]);
    assert_eq!(next.receipt.unwrap().first_seq, last.seq + 1);
    assert_eq!(store.differing_registers(&mut |_| ()).unwrap(), Vec::<String>::new());
}
