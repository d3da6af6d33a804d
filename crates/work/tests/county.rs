//! Do tasks, findings and alerts follow the records, up to the answer that closes them?
#![allow(clippy::unwrap_used, clippy::expect_used)]

use base::{DateTime, Timestamp};
use columns::{Installed, Snapshot, Store, Submission};
use pack::Folder;
use records::{Draft, Op};
use serde_json::{Value as Json, json};
use std::path::Path;
use tempfile::TempDir;
use work::{AlertQuery, AlertState, FindingQuery, TaskQuery, Window};

const COUNTY: &str = "county: little
title: 小县
period: 2025
packs: [core, card]
orgs: orgs.csv
report: outline.md
";

const ORGS: &str = "id,name,kind,level,parent,code,from,until
little,小县,county,county,,519900,2000-01-01,
east,东河镇,township,township,little,,2000-01-01,
centre,东河镇卫生院,township_centre,institution,east,,2000-01-01,
east_1,东河村,village,village,east,,2000-01-01,
";

/// A card to be reviewed within a day, not counting the time it waits for a result; a monthly statement; a count that is
/// watched.
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
    timed: true
    fields:
      sbp: {type: integer, unit: mmHg, range: [40, 300], title: 收缩压}
    rules:
      high: {level: alert, when: sbp >= 180, say: \"收缩压{sbp}\", to: doctor, due: \"add_hours(at, 2)\"}
      ahead: {level: refuse, when: \"on_date > :as_of\", say: 日期在以后}
    flow:
      start: reported
      states:
        reported: 已报
        waiting: {zh: 等待结果, stops: clock}
        reviewed: {zh: 已审, end: true}
      moves:
        wait: {from: reported, to: waiting, by: reviewer}
        resume: {from: waiting, to: reported, by: reviewer}
        review: {from: [reported], to: reviewed, by: reviewer, title: 审核, due: \"add_hours(reported_at, 24)\"}
  monthly:
    kind: statement
    subject: institution
    title: 月报
    every: month
    who: \"kind = 'township_centre'\"
    due: \":until + 4\"
cohorts:
  cards: \"SELECT c.id, c.org, c.resident, c.on_date FROM card c WHERE in_period(c.on_date)\"
  filed: \"SELECT d.id, d.org, d.filed_on FROM monthly_due d WHERE d.filed_on <= d.due_on\"
  owed: \"SELECT d.id, d.org FROM monthly_due d\"
indicators:
  cards_a_day: {count: cards, unit: case, title: 每日报告卡}
rules:
  many: {level: alert, on: cards_a_day, every: day, by: [org], when: \"value >= 3 AND value > previous\", say: \"{org}一日{value}张\", to: duty}
  unusual: {level: alert, on: cards_a_day, every: day, method: ears_c1, over: {baseline: 7, sigma: 3}, say: \"{value}张，高于{threshold}\", to: duty}
  old_card:
    level: find
    on: card
    rows: \"SELECT c.id, c.org, c.on_date FROM card c WHERE c.on_date < :as_of - 300\"
    say: \"{on_date}的卡\"
    why: 太久
    do: 核对
";

struct County {
    store: Store,
    _dir: TempDir,
}

fn folder(id: &str, text: &str) -> Folder {
    Folder { id: id.into(), files: vec![("pack.yaml".into(), text.into())] }
}

fn at(text: &str) -> Timestamp {
    format!("{text}+08:00").parse().unwrap()
}

fn clock(text: &str) -> DateTime {
    text.parse().unwrap()
}

impl County {
    fn new() -> Self {
        let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/core");
        let core = ["pack.yaml", "registers.yaml", "lists.yaml"];
        let core = core.map(|file| (file.to_string(), std::fs::read_to_string(packs.join(file)).unwrap()));
        let installed = Installed {
            packs: vec![Folder { id: "core".into(), files: core.to_vec() }, folder("card", CARD)],
            county: Folder {
                id: "little".into(),
                files: [("county.yaml", COUNTY), ("orgs.csv", ORGS), ("outline.md", "# 总结\n")]
                    .map(|(name, text)| (name.to_string(), text.to_string()))
                    .to_vec(),
            },
        };
        let dir = tempfile::tempdir().unwrap();
        let store = Store::create(dir.path(), &installed, "test", at("2025-01-01T08:00:00")).unwrap();
        let mut county = Self { store, _dir: dir };
        let resident = json!({"name": "张三", "sex": "1", "birth_on": "1980-01-01", "rural": true});
        county.write("2025-01-01T09:00:00", "resident", "r1", "east_1", resident);
        let centre = json!({"name": "卫生院", "kind": "township_centre", "started_on": "2025-03-15"});
        county.write("2025-01-01T09:00:00", "institution", "centre", "centre", centre);
        county
    }

    fn write(&mut self, when: &str, register: &str, id: &str, org: &str, body: Json) {
        let mut draft = Draft::new(Op::Create, register, org);
        draft.record = Some(id.into());
        draft.body = body.as_object().unwrap().clone();
        let outcome = self.store.submit(Submission::new("doctor", at(when), vec![draft])).unwrap();
        assert!(outcome.refusals.is_empty(), "{:?}", outcome.refusals);
    }

    fn card(&mut self, when: &str, id: &str, sbp: i64) {
        let body = json!({"resident": "r1", "on_date": &when[..10], "at": when, "sbp": sbp});
        self.write(when, "card", id, "east_1", body);
    }

    fn moved(&mut self, when: &str, id: &str, state: &str) {
        let head = self.store.log().head("card", id).unwrap().unwrap();
        let mut draft = Draft::correcting(&head, "办理").unwrap();
        draft.body.insert("state".into(), json!(state));
        let outcome = self.store.submit(Submission::new("reviewer", at(when), vec![draft])).unwrap();
        assert!(outcome.refusals.is_empty(), "{:?}", outcome.refusals);
    }

    fn seen(&self, now: &str) -> Snapshot {
        self.store.snapshot(clock(now).date()).unwrap()
    }

    /// Id, due moment and window of the tasks of a kind.
    fn tasks(&self, now: &str, task: &str) -> Vec<(String, String, Window)> {
        let query = TaskQuery { task: Some(task.into()), ..TaskQuery::new(clock(now), 100) };
        let due = |row: &work::TaskRow| {
            row.due_on.map(|day| day.to_string()).or(row.due_at.map(|moment| moment.to_string())).unwrap()
        };
        let page = work::tasks(&self.seen(now), &query).unwrap();
        page.rows.iter().map(|row| (row.id.clone(), due(row), row.window)).collect()
    }

    fn alerts(&self, now: &str) -> Vec<work::AlertRow> {
        let query = AlertQuery { with_answered: true, ..AlertQuery::new(clock(now), 100) };
        work::alerts(&self.seen(now), &query).unwrap().rows
    }

    fn alert(&self, now: &str, name: &str) -> work::AlertRow {
        let alerts = self.alerts(now);
        let names: Vec<&str> = alerts.iter().map(|row| row.alert.as_str()).collect();
        alerts.iter().find(|row| row.alert == name).unwrap_or_else(|| panic!("{name} is not in {names:?}")).clone()
    }
}

#[test]
fn a_due_move_is_a_task_until_it_is_made() {
    let mut county = County::new();
    county.card("2025-06-02T08:00:00", "c1", 130);
    let due = "2025-06-03T08:00:00".to_string();
    assert_eq!(county.tasks("2025-06-03T08:00:00", "card.review"), [("c1".into(), due.clone(), Window::Open)]);
    assert_eq!(county.tasks("2025-06-03T08:00:01", "card.review"), [("c1".into(), due, Window::Overdue)]);
    county.moved("2025-06-03T09:00:00", "c1", "reviewed");
    assert!(county.tasks("2025-06-03T09:00:01", "card.review").is_empty());
}

#[test]
fn a_state_that_stops_the_clock_moves_what_is_due() {
    let mut county = County::new();
    county.card("2025-06-02T08:00:00", "c1", 130);
    county.moved("2025-06-02T10:00:00", "c1", "waiting");
    assert!(county.tasks("2025-06-05T08:00:00", "card.review").is_empty(), "whoever waits owes nothing");
    county.moved("2025-06-04T13:00:00", "c1", "reported");
    // 24 hours after the first report, and the 51 hours of waiting.
    let tasks = county.tasks("2025-06-04T14:00:00", "card.review");
    assert_eq!(tasks, [("c1".into(), "2025-06-05T11:00:00".into(), Window::Open)]);
}

#[test]
fn a_statement_is_owed_from_the_first_month_and_zero_is_an_answer() {
    let mut county = County::new();
    let months = |tasks: Vec<(String, String, Window)>| -> Vec<(String, Window)> {
        tasks.into_iter().map(|(id, _, window)| (id, window)).collect()
    };
    let (march, april, may) = ("centre/2025-03-01", "centre/2025-04-01", "centre/2025-05-01");
    assert_eq!(
        months(county.tasks("2025-05-05T12:00:00", "monthly_due")),
        [(march.into(), Window::Overdue), (april.into(), Window::Open), (may.into(), Window::Waiting)]
    );
    // Opened on 15 March: the institution owes March, and not February. A statement of nothing is filed.
    let empty = json!({"institution": "centre", "period_from": "2025-03-01", "period_until": "2025-04-01", "filed_on": "2025-05-05"});
    county.write("2025-05-05T13:00:00", "monthly", "s1", "centre", empty);
    assert_eq!(
        months(county.tasks("2025-05-05T14:00:00", "monthly_due")),
        [(april.into(), Window::Open), (may.into(), Window::Waiting)]
    );
    let late = county.alert("2025-05-05T14:00:00", "monthly_due.late/centre/2025-03-01");
    assert_eq!(late.say.zh, "月报（2025-03-01起）应于2025-04-05前报送，2025-05-05才报送");
    let missing = county.alert("2025-05-09T00:00:00", "monthly_due.missing/centre/2025-04-01");
    assert_eq!((missing.state, missing.stands_with.as_str()), (AlertState::Open, "centre"));
    // Five days were given for April; after as many again the township hears of it.
    let missing = county.alert("2025-05-11T00:00:00", "monthly_due.missing/centre/2025-04-01");
    assert_eq!((missing.state, missing.stands_with.as_str()), (AlertState::Escalated, "east"));
}

#[test]
fn the_relation_of_what_is_owed_has_every_statement_of_the_period() {
    let mut county = County::new();
    let filed = json!({"institution": "centre", "period_from": "2025-04-01", "period_until": "2025-05-01", "filed_on": "2025-05-05"});
    county.write("2025-05-05T13:00:00", "monthly", "s1", "centre", filed);
    let snapshot = county.seen("2026-01-10T12:00:00");
    let year = Some(base::Period::year(2025));
    let span = base::Span::default();
    let ids = |cohort: &str| {
        let name = pack::model::Spanned::new(cohort.to_string(), span);
        indicator::cohort_ids(&snapshot, "card", &name, year).unwrap()
    };
    assert_eq!(ids("owed").len(), 10, "March to December");
    assert_eq!(ids("filed"), ["centre/2025-04-01"]);
}

#[test]
fn an_alert_is_open_with_its_record_goes_up_and_is_answered() {
    let mut county = County::new();
    county.card("2025-06-02T08:00:00", "c1", 179);
    county.card("2025-06-02T09:00:00", "c2", 180);
    let open = county.alert("2025-06-02T09:30:00", "card.high/c2");
    assert_eq!((open.say.zh.as_str(), open.state, open.to.as_deref()), ("收缩压180", AlertState::Open, Some("doctor")));
    assert_eq!(open.due_at.unwrap().to_string(), "2025-06-02T11:00:00");
    assert!(!county.alerts("2025-06-02T09:30:00").iter().any(|row| row.id == "c1"), "179 is below the threshold");
    let escalated = county.alert("2025-06-02T11:00:00", "card.high/c2");
    assert_eq!((escalated.state, escalated.stands_with.as_str()), (AlertState::Escalated, "east"));
    let higher = county.alert("2025-06-02T20:00:00", "card.high/c2");
    assert_eq!(higher.stands_with, "little", "never above the county");
    let body = json!({"on_date": "2025-06-02", "alert": "card.high/c2", "outcome": "handled", "remark": "已转诊"});
    county.write("2025-06-02T20:30:00", work::ACKNOWLEDGEMENT, "a1", "east", body);
    let answered = county.alert("2025-06-02T21:00:00", "card.high/c2");
    assert_eq!(answered.state, AlertState::Acknowledged);
    assert_eq!(answered.answer.unwrap().remark, "已转诊");
    let unanswered =
        work::alerts(&county.seen("2025-06-02T21:00:00"), &AlertQuery::new(clock("2025-06-02T21:00:00"), 100));
    assert!(!unanswered.unwrap().rows.iter().any(|row| row.alert == "card.high/c2"));
}

#[test]
fn rules_on_indicators_judge_days_that_are_over() {
    let mut county = County::new();
    for n in 0..3 {
        county.card("2025-06-02T08:00:00", &format!("c{n}"), 130);
    }
    let rules = |now: &str| -> Vec<String> {
        let mut names: Vec<String> = county.alerts(now).into_iter().map(|row| row.alert).collect();
        names.retain(|name| name.starts_with("cards_a_day"));
        names.sort();
        names
    };
    assert_eq!(rules("2025-06-02T23:00:00"), Vec::<String>::new(), "the day is not over");
    assert_eq!(
        rules("2025-06-03T00:30:00"),
        [
            "cards_a_day.many/east/2025-06-02",
            "cards_a_day.many/east_1/2025-06-02",
            "cards_a_day.many/little/2025-06-02",
            "cards_a_day.unusual/little/2025-06-02",
        ]
    );
    let unusual = county.alert("2025-06-03T00:30:00", "cards_a_day.unusual/little/2025-06-02");
    assert_eq!(unusual.say.zh, "3张，高于0.00");
}

#[test]
fn findings_are_rows_with_their_sentence_and_make_the_score() {
    let mut county = County::new();
    county.card("2025-01-02T08:00:00", "c2", 130);
    county.card("2025-06-02T08:00:00", "c1", 130);
    let now = "2025-11-25T12:00:00";
    let page = work::findings(&county.seen(now), &FindingQuery::new(clock(now), 1)).unwrap();
    assert_eq!(page.total, 1);
    let row = &page.rows[0];
    assert_eq!((row.rule.as_str(), row.id.as_str(), row.say.zh.as_str()), ("card.old_card", "c2", "2025-01-02的卡"));
    // A rule that refuses runs over what is there: seen from a day before, the other card lies ahead.
    let early = "2025-06-01T12:00:00";
    let ahead = FindingQuery { rule: Some("card.ahead".into()), ..FindingQuery::new(clock(early), 10) };
    assert_eq!(work::findings(&county.seen(early), &ahead).unwrap().rows[0].id, "c1");
    let quality = work::quality(&county.seen(now), clock(now)).unwrap();
    let east = quality.iter().find(|quality| quality.org == "east_1").unwrap();
    // Two cards and a resident; one of the three has a finding.
    assert_eq!((east.n_records, east.n_faulty, east.score.unwrap().to_string()), (3, 1, "66.67".to_string()));
    assert_eq!(east.rules, [("card.old_card".to_string(), 1)]);
}

#[test]
fn pages_go_on_where_they_ended_and_counts_add_up_the_tree() {
    let mut county = County::new();
    for n in 0..5 {
        county.card("2025-06-02T08:00:00", &format!("c{n}"), 130);
    }
    let now = "2025-06-02T09:00:00";
    let snapshot = county.seen(now);
    let mut query = TaskQuery { task: Some("card.review".into()), ..TaskQuery::new(clock(now), 2) };
    let mut seen = Vec::new();
    loop {
        let page = work::tasks(&snapshot, &query).unwrap();
        assert_eq!(page.total, 5);
        seen.extend(page.rows.into_iter().map(|row| row.id));
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["c0", "c1", "c2", "c3", "c4"]);
    let counts = work::task_counts(&snapshot, &TaskQuery { after: None, ..query }).unwrap();
    let orgs: Vec<(&str, u64)> = counts.iter().map(|count| (count.org.as_str(), count.n)).collect();
    assert_eq!(orgs, [("east", 5), ("east_1", 5), ("little", 5)]);
}
