//! Do merges change the figures, and unmerges bring them back?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use base::Timestamp;
use columns::Submission;
use common::{Served, at};
use records::{Draft, Op};
use serde_json::json;
use std::collections::BTreeMap;

/// A count of residents, a count of their cases, and a rate whose numerator and denominator both follow.
const FIGURES: [&str; 3] = ["resident_population", "hypertension_standard_rate", "hypertension_visits"];
const IDS: [&str; 4] = ["p1", "p2", "p3", "p4"];

async fn figures(served: &Served, as_of: Option<Timestamp>) -> Vec<String> {
    let mut figures = Vec::new();
    for indicator in FIGURES {
        let moment = as_of.map(|at| format!("&as_of={at}")).unwrap_or_default();
        let figure = served.json(&format!("/api/figure?indicator={indicator}{moment}")).await;
        let shown = figure["figure"]["shown"].as_str().or(figure["shown"].as_str());
        figures.push(shown.map_or_else(|| panic!("{figure}"), str::to_string));
    }
    figures
}

fn write(served: &Served, at: Timestamp, draft: Draft) -> bool {
    let mut store = served.app.store();
    let outcome = store.submit(Submission::new("test", at, vec![draft])).unwrap();
    served.app.data_changed(store.seq(), None);
    outcome.refusals.is_empty()
}

fn merge(served: &Served, at: Timestamp, record: &str, merged: &str, survivor: &str) -> bool {
    let mut draft = Draft::new(Op::Create, "resident_merge", "little");
    draft.record = Some(record.into());
    draft.body = json!({"resident": survivor, "merged": merged, "on_date": "2026-01-05", "remark": "同一人"})
        .as_object()
        .unwrap()
        .clone();
    write(served, at, draft)
}

fn unmerge(served: &Served, at: Timestamp, record: &str) -> bool {
    let head = served.app.store().log().head("resident_merge", record).unwrap().unwrap();
    write(served, at, Draft::withdrawing(&head, "误合并"))
}

fn later(n: i64) -> Timestamp {
    Timestamp::from_second(at().as_second() + n * 60).unwrap()
}

#[tokio::test]
async fn a_merge_changes_figures_and_the_timeline_and_an_unmerge_restores_them() {
    let served = Served::new();
    let before = figures(&served, None).await;
    assert_eq!(before[0], "4人");
    assert!(merge(&served, later(1), "m1", "p3", "p1"));
    let merged = figures(&served, None).await;
    assert_eq!(merged[0], "3人");
    assert_ne!(merged[1], before[1], "the rate has one patient less below the line");
    for id in ["p1", "p3"] {
        let resident = served.json(&format!("/api/resident?id={id}&purpose=visit")).await;
        assert_eq!((resident["id"].as_str(), resident["merged"].clone()), (Some("p1"), json!(["p3"])));
        assert_eq!(resident["timeline"].as_array().unwrap().len(), 5 + 2 + 1, "both people's records and the merge");
    }
    assert!(!merge(&served, later(2), "m2", "p1", "p3"), "into one that was merged");
    assert!(!merge(&served, later(2), "m2", "p3", "p2"), "one that was merged");
    assert!(unmerge(&served, later(3), "m1"));
    assert_eq!(figures(&served, None).await, before);
    assert_eq!(figures(&served, Some(later(2))).await, merged, "what was known then");
    assert_eq!(figures(&served, Some(at())).await, before);
}

#[tokio::test]
async fn whatever_is_merged_and_unmerged_the_past_stands_and_the_end_is_the_beginning() {
    for seed in 1..=3_u64 {
        let served = Served::new();
        let before = figures(&served, None).await;
        let mut random = seed;
        let mut draw = |below: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as usize % below
        };
        let mut known: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        let mut open: Vec<String> = Vec::new();
        for n in 1..=8 {
            if open.is_empty() || draw(3) > 0 {
                let record = format!("m{n}");
                if merge(&served, later(n), &record, IDS[draw(4)], IDS[draw(4)]) {
                    open.push(record);
                }
            } else {
                let record = open.remove(draw(open.len()));
                assert!(unmerge(&served, later(n), &record), "seed {seed}, step {n}");
            }
            let now = figures(&served, None).await;
            assert_eq!(
                now[0],
                format!("{}人", 4 - open.len()),
                "seed {seed}, step {n}: one resident less for each merge"
            );
            known.insert(n, now);
        }
        for (n, record) in open.into_iter().enumerate() {
            assert!(unmerge(&served, later(20 + n as i64), &record));
        }
        assert_eq!(figures(&served, None).await, before, "seed {seed}");
        for (n, figures_then) in known {
            assert_eq!(figures(&served, Some(later(n))).await, figures_then, "seed {seed}, as of step {n}");
        }
    }
}

#[tokio::test]
async fn what_is_written_of_a_merged_resident_is_the_survivors() {
    let served = Served::new();
    assert!(merge(&served, later(1), "m1", "p2", "p1"));
    let mut draft = Draft::new(Op::Create, "resident_status", "little");
    draft.record = Some("s1".into());
    draft.body = json!({"resident": "p2", "status": "dibao", "started_on": "2025-01-01"}).as_object().unwrap().clone();
    assert!(write(&served, later(2), draft), "an old id is still understood");
    let resident = served.json("/api/resident?id=p1&purpose=visit").await;
    assert!(resident["tags"].as_array().unwrap().iter().any(|tag| tag["zh"] == "低保对象"), "{resident}");
}
