//! Does a campaign take exactly those it should, can its draw be repeated by anybody, and does a second run add only the new?
#![allow(clippy::unwrap_used, clippy::expect_used)]

use base::{Period, Timestamp};
use campaign::{Asked, CampaignError, Lot, Plan, drafts, plan, ticket};
use columns::{Installed, Store, Submission};
use pack::Folder;
use records::{Draft, Op};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tempfile::TempDir;

const COUNTY: &str = "county: little
title: 小县
period: 2026
packs: [core, inspect]
orgs: orgs.csv
report: outline.md
";

const ORGS: &str = "id,name,kind,level,parent,code,from,until
little,小县,county,county,,519900,2000-01-01,
east,东河镇,township,township,little,,2000-01-01,
west,西山镇,township,township,little,,2000-01-01,
";

/// Shops inspected by lot, a tenth of each kind, by two officers of the same side of the county; and a list of all.
const PACK: &str = "pack: inspect
language: 1
title: 双随机
needs: [core]
source: 测试
parameters:
  share: {type: rate, title: 抽查比例, values: {2026-01-01: {value: \"10%\", source: 测试}}}
registers:
  shop:
    kind: entity
    title: 单位
    fields:
      kind: {type: text, title: 类别, required: true}
      side: {type: text, title: 片区, required: true}
  officer:
    kind: entity
    title: 监督员
    fields:
      side: {type: text, title: 片区, required: true}
  inspection:
    kind: event
    title: 抽查
    fields:
      shop: {type: ref, to: shop, title: 单位, required: true}
      first: {type: ref, to: officer, title: 监督员一, required: true}
      second: {type: ref, to: officer, title: 监督员二, required: true}
      seed: {type: text, title: 种子, required: true}
      rank: {type: integer, unit: item, title: 次序, required: true}
  invitation:
    kind: event
    title: 通知
    fields:
      shop: {type: ref, to: shop, title: 单位, required: true}
      year: {type: integer, unit: year, title: 年度, required: true}
cohorts:
  shops: \"SELECT s.id, s.org, s.kind, s.side FROM shop s\"
  officers: \"SELECT o.id, o.org, o.side FROM officer o\"
campaigns:
  draw_2026:
    title: 年度抽查
    from: shops
    into: inspection
    every: year
    once: [shop]
    draw: {share: \":share\", by: [kind]}
    pick:
      first: {from: officers, same: side}
      second: {from: officers, differs: first, same: side}
    set: {shop: id, on_date: \":from\", seed: \":seed\", rank: \":rank\"}
  invite:
    title: 年度通知
    from: shops
    into: invitation
    every: year
    set: {shop: id, on_date: \":from\", year: \"year_of(:from)\"}
";

struct County {
    store: Store,
    _dir: TempDir,
}

fn at() -> Timestamp {
    "2026-03-01T09:00:00+08:00".parse().unwrap()
}

fn year(n: i16) -> Period {
    Period::year(n)
}

fn lot(round: u32) -> Lot {
    Lot { seed: "3 9 14 22 27 31".into(), round }
}

fn record(register: &str, id: &str, org: &str, body: &Json) -> Draft {
    let mut draft = Draft::new(Op::Create, register, org);
    (draft.record, draft.body) = (Some(id.into()), body.as_object().unwrap().clone());
    draft
}

impl County {
    /// 40 eating places and 15 hotels; the last hotel lies on a side with one officer.
    fn new() -> Self {
        let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/core");
        let core = ["pack.yaml", "registers.yaml", "lists.yaml"];
        let core = core.map(|file| (file.to_string(), std::fs::read_to_string(packs.join(file)).unwrap()));
        let county = [("county.yaml", COUNTY), ("orgs.csv", ORGS), ("outline.md", "# 总结\n")];
        let installed = Installed {
            packs: vec![
                Folder { id: "core".into(), files: core.to_vec() },
                Folder { id: "inspect".into(), files: vec![("pack.yaml".into(), PACK.into())] },
            ],
            county: Folder {
                id: "little".into(),
                files: county.map(|(name, text)| (name.to_string(), text.to_string())).to_vec(),
            },
        };
        let dir = tempfile::tempdir().unwrap();
        let store = Store::create(dir.path(), &installed, "test", at()).unwrap();
        let mut county = Self { store, _dir: dir };
        let side = |n: usize| if n.is_multiple_of(2) { "east" } else { "west" };
        let shop = |n: usize| {
            let kind = if n < 40 { "餐饮" } else { "旅店" };
            record("shop", &format!("shop-{n:02}"), side(n), &json!({"kind": kind, "side": side(n)}))
        };
        let officer = |n: usize| record("officer", &format!("officer-{n}"), "little", &json!({"side": side(n)}));
        county.write((0..55).map(shop).chain((0..6).map(officer)).collect());
        county
    }

    fn write(&mut self, drafts: Vec<Draft>) {
        let outcome = self.store.submit(Submission::new("test", at(), drafts)).unwrap();
        assert_eq!(outcome.n_refused, 0, "{:?}", outcome.refusals);
    }

    fn plan(&self, campaign: &str, period: Period, lot: Option<Lot>) -> Result<Plan, CampaignError> {
        let snapshot = self.store.snapshot("2026-03-01".parse().unwrap()).unwrap();
        plan(&snapshot, &Asked { campaign, period, lot })
    }

    fn draw(&self, round: u32) -> Plan {
        self.plan("draw_2026", year(2026), Some(lot(round))).unwrap()
    }
}

#[test]
fn a_draw_takes_each_class_in_proportion_and_can_be_repeated_with_a_pencil() {
    let county = County::new();
    let found = county.draw(1);
    let classes: Vec<(&str, usize, usize)> =
        found.classes.iter().map(|class| (class.name.as_str(), class.n_units, class.n_chosen)).collect();
    // A tenth of 55, never less than it: 6; 40 : 15 gives 4.36 and 1.64, the larger remainder is rounded up.
    assert_eq!(classes, [("旅店", 15, 2), ("餐饮", 40, 4)]);
    let mut tickets: Vec<(String, String)> =
        (0..40).map(|n| format!("shop-{n:02}")).map(|id| (ticket(&lot(1), &id), id)).collect();
    tickets.sort();
    let by_hand: Vec<&str> = tickets.iter().take(4).map(|(_, id)| id.as_str()).collect();
    let drawn: Vec<&str> = found.chosen.iter().filter(|one| one.class == "餐饮").map(|one| one.unit.as_str()).collect();
    assert_eq!(drawn, by_hand);
    assert_eq!(county.draw(1).chosen.len(), 6);
    let other: BTreeSet<String> = county.draw(2).chosen.into_iter().map(|one| one.unit).collect();
    assert_ne!(other, found.chosen.into_iter().map(|one| one.unit).collect(), "another round, another draw");
}

#[test]
fn two_different_officers_of_the_same_side_are_drawn_for_each() {
    let county = County::new();
    let side = |id: &str| id.rsplit('-').next().unwrap().parse::<usize>().unwrap() % 2;
    for one in county.draw(1).chosen {
        let (first, second) = (one.fields["first"].as_str().unwrap(), one.fields["second"].as_str().unwrap());
        assert_ne!(first, second);
        assert_eq!((side(first), side(second)), (side(&one.unit), side(&one.unit)), "{one:?}");
        assert_eq!(
            (one.fields["seed"].as_str(), one.fields["rank"].as_u64()),
            (Some("3 9 14 22 27 31"), Some(one.rank as u64))
        );
    }
}

#[test]
fn nobody_fit_to_be_picked_stops_the_draw() {
    let mut county = County::new();
    let ended = ["officer-1", "officer-3"].map(|id| {
        let entry = county.store.log().history("officer", id).unwrap().remove(0);
        Draft::withdrawing(&entry, "调离")
    });
    county.write(ended.to_vec());
    let refused = county.plan("draw_2026", year(2026), Some(lot(1))).unwrap_err();
    assert!(matches!(refused, CampaignError::NobodyToPick { .. }), "{refused}");
}

#[test]
fn a_second_run_writes_nothing_and_a_second_round_takes_nobody_twice() {
    let mut county = County::new();
    let first = county.draw(1);
    county.write(drafts(&first, None));
    let again = county.draw(1);
    assert!(again.chosen.iter().all(|one| one.is_known));
    assert!(drafts(&again, None).is_empty());
    let second = county.draw(2);
    assert_eq!(second.n_taken, 6, "once: [shop]");
    let drawn: BTreeSet<&str> = first.chosen.iter().map(|one| one.unit.as_str()).collect();
    assert!(second.chosen.iter().all(|one| !drawn.contains(one.unit.as_str())));
}

#[test]
fn without_a_draw_everybody_gets_one_record_a_year_and_later_comers_are_added() {
    let mut county = County::new();
    let invited = county.plan("invite", year(2026), None).unwrap();
    assert_eq!((invited.chosen.len(), invited.classes[0].n_chosen), (55, 55));
    assert_eq!(invited.chosen[0].fields["year"], 2026);
    county.write(drafts(&invited, Some("2026年度")));
    let late = record("shop", "shop-99", "east", &json!({"kind": "餐饮", "side": "east"}));
    county.write(vec![late]);
    let new = drafts(&county.plan("invite", year(2026), None).unwrap(), None);
    let records: Vec<&str> = new.iter().filter_map(|draft| draft.record.as_deref()).collect();
    assert_eq!(records, ["invite-2026-shop-99"]);
    assert_eq!(drafts(&county.plan("invite", year(2027), None).unwrap(), None).len(), 56, "the next year asks anew");
}

#[test]
fn what_cannot_be_run_says_why() {
    let county = County::new();
    let say =
        |campaign: &str, period: Period, lot: Option<Lot>| county.plan(campaign, period, lot).unwrap_err().to_string();
    assert!(say("draw_2025", year(2026), Some(lot(1))).contains("did you mean \"draw_2026\""));
    assert!(say("draw_2026", year(2026), None).contains("say the seed"));
    assert!(say("draw_2026", Period::month(2026, 3).unwrap(), Some(lot(1))).contains("once a year"));
}

#[test]
fn every_class_keeps_its_share_whatever_the_seed() {
    let county = County::new();
    let snapshot = county.store.snapshot("2026-03-01".parse().unwrap()).unwrap();
    let mut drawn: BTreeMap<String, usize> = BTreeMap::new();
    for n in 0..200 {
        let lot = Lot { seed: n.to_string(), round: 1 };
        let asked = Asked { campaign: "draw_2026", period: year(2026), lot: Some(lot) };
        let found = plan(&snapshot, &asked).unwrap();
        assert_eq!(found.classes.iter().map(|class| class.n_chosen).collect::<Vec<_>>(), [2, 4]);
        for one in found.chosen {
            *drawn.entry(one.unit).or_default() += 1;
        }
    }
    // 200 draws of 6 from 55: everybody is drawn at some time, nobody always.
    assert_eq!(drawn.len(), 55);
    assert!(drawn.values().all(|n| *n < 60), "{drawn:?}");
}
