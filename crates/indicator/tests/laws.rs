//! Do numbers, lists, parts and past answers agree, whatever is written in whatever order?
#![allow(clippy::unwrap_used, clippy::expect_used)]

use base::{Date, Decimal, Period, Timestamp};
use columns::{Installed, Mode, Snapshot, Store, Submission};
use indicator::{
    Board, Cache, Dimension, Figure, Request, RowQuery, Side, Standing, Tree, Value, adds, board, difference, funnel,
    lost, rows,
};
use pack::Folder;
use proptest::prelude::*;
use records::{Draft, Op};
use serde_json::{Value as Json, json};
use std::path::Path;
use tempfile::TempDir;

const COUNTY: &str = "county: little
title: 小县
period: 2025
packs: [core, care]
orgs: orgs.csv
report: outline.md
";

/// On 1 July the township `bei` becomes part of `xin`; its village goes along. The hospital leads a community of `dong`.
const ORGS: &str = "id,name,kind,level,parent,code,from,until,parent.community
little,小县,county,county,,519900,2000-01-01,,
hospital,县医院,general_hospital,institution,little,,2000-01-01,,
dong,东镇,township,township,little,,2000-01-01,,hospital
dong1,东一村,village,village,dong,,2000-01-01,,
bei,北镇,township,township,little,,2000-01-01,2025-07-01,
bei1,北一村,village,village,bei,,2000-01-01,2025-07-01,
xin,新镇,township,township,little,,2025-07-01,,
bei,北镇,township,township,xin,,2025-07-01,,
bei1,北一村,village,village,xin,,2025-07-01,,
";

const CARE: &str = "pack: care
language: 1
title: 随访
needs: [core]
source: 测试
registers:
  care_case:
    kind: enrolment
    subject: resident
    title: 患者
  care_visit:
    kind: event
    subject: resident
    title: 随访
    fields:
      sbp: {type: integer, title: 收缩压}
cohorts:
  managed:
    title: 在管患者
    query: SELECT c.id, c.org, c.resident FROM care_case c WHERE open_on(c.started_on, c.ended_on, :until - 1)
  visits:
    title: 随访
    query: SELECT v.id, v.org, v.resident, v.on_date, v.sbp FROM care_visit v WHERE in_period(v.on_date)
  seen:
    title: 随访过的患者
    query: SELECT m.id, m.org, m.resident FROM managed m WHERE EXISTS (SELECT 1 FROM visits v WHERE v.resident = m.resident)
indicators:
  patients: {count: managed, distinct: resident, unit: person, title: 患者}
  visit_count: {count: visits, unit: visit, title: 随访次数}
  visitors: {count: visits, distinct: resident, unit: person, title: 随访人数}
  seen_people: {count: seen, distinct: resident, unit: person, title: 随访过的患者}
  seen_rate: {ratio: [seen, managed], unit: percent, digits: 2, title: 随访率}
  low_rate:
    ratio: [{count: visits, where: sbp < 140}, visits]
    nested: true
    missing: {sbp: exclude}
    unit: percent
    digits: 2
    title: 达标率
  mean_sbp: {mean: sbp, of: visits, unit: mmHg, digits: 1, title: 平均收缩压}
  median_sbp: {median: sbp, of: visits, unit: mmHg, title: 收缩压中位数}
  highest_sbp: {max: sbp, of: visits, unit: mmHg, title: 最高收缩压}
  visit_count_reported: {count: visits, unit: visit, year: maternal, title: 年报口径随访次数}
  visits_each: {value: visit_count - last_year(visit_count), unit: visit, title: 比上年增加}
funnels:
  care_funnel: {title: 随访, steps: [patients, seen_people]}
";

const PLACES: [&str; 6] = ["dong1", "dong", "bei1", "bei", "xin", "hospital"];

fn installed(care: &str) -> Installed {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pack/tests/bad/core/pack.yaml");
    let folder = |id: &str, text: &str| Folder { id: id.into(), files: vec![("pack.yaml".into(), text.into())] };
    let county = [("county.yaml", COUNTY), ("orgs.csv", ORGS), ("outline.md", "# 总结\n")];
    Installed {
        packs: vec![folder("core", &std::fs::read_to_string(core).unwrap()), folder("care", care)],
        county: Folder { id: "little".into(), files: county.map(|(n, t)| (n.to_string(), t.to_string())).to_vec() },
    }
}

struct County {
    store: Store,
    clock: Timestamp,
    people: usize,
    visits: usize,
    _dir: TempDir,
}

/// One thing that happens; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Event {
    Arrive { place: usize, sex: bool, born: i16 },
    Enrol { person: usize, place: usize, day: i64 },
    Visit { person: usize, place: usize, day: i64, sbp: Option<i64> },
    Correct { visit: usize, sbp: Option<i64> },
    Withdraw { visit: usize },
}

fn event() -> impl Strategy<Value = Event> {
    let place = 0..PLACES.len();
    let sbp = prop::option::of(100_i64..180);
    prop_oneof![
        2 => (place.clone(), any::<bool>(), 1930..2024_i16)
            .prop_map(|(place, sex, born)| Event::Arrive { place, sex, born }),
        2 => (any::<usize>(), place.clone(), 0_i64..420)
            .prop_map(|(person, place, day)| Event::Enrol { person, place, day }),
        5 => (any::<usize>(), place, 0_i64..420, sbp.clone())
            .prop_map(|(person, place, day, sbp)| Event::Visit { person, place, day, sbp }),
        1 => (any::<usize>(), sbp).prop_map(|(visit, sbp)| Event::Correct { visit, sbp }),
        1 => any::<usize>().prop_map(|visit| Event::Withdraw { visit }),
    ]
}

/// A day from October 2024 on.
fn day(n: i64) -> String {
    use jiff::ToSpan;
    Date::constant(2024, 10, 1).checked_add(n.days()).unwrap().to_string()
}

impl County {
    fn new() -> Self {
        let installed = installed(CARE);
        let dir = tempfile::tempdir().unwrap();
        let clock: Timestamp = "2026-01-05T01:00:00Z".parse().unwrap();
        let store = Store::create(dir.path(), &installed, "test", clock).unwrap();
        let mut county = Self { store, clock, people: 0, visits: 0, _dir: dir };
        county.happen(&[Event::Arrive { place: 0, sex: true, born: 1960 }]);
        county
    }

    /// Writes some events in one batch, an hour after the one before.
    fn happen(&mut self, events: &[Event]) {
        let drafts: Vec<Draft> = events.iter().filter_map(|event| self.draft(event)).collect();
        self.clock = self.clock.checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
        let submission = Submission { mode: Mode::Each, ..Submission::new("test", self.clock, drafts) };
        let outcome = self.store.submit(submission).unwrap();
        // Two corrections of one visit in a batch, or one of a withdrawn visit, are refused; nothing else may be.
        assert!(outcome.refusals.iter().all(|r| r.rule == "stale" || r.rule == "gone"), "{:?}", outcome.refusals);
    }

    fn draft(&mut self, event: &Event) -> Option<Draft> {
        let create = |register: &str, id: String, org: usize, body: Json| {
            let mut draft = Draft::new(Op::Create, register, PLACES[org]);
            draft.record = Some(id);
            draft.body = body.as_object().unwrap().clone();
            Some(draft)
        };
        let person = |n: usize, people: usize| format!("p{}", n % people.max(1));
        match event {
            Event::Arrive { place, sex, born } => {
                let id = format!("p{}", self.people);
                self.people += 1;
                let body = json!({"name": "张三", "sex": if *sex { "1" } else { "2" }, "birth_on": format!("{born}-03-01"), "children": 0});
                create("resident", id, *place, body)
            }
            Event::Enrol { person: n, place, day: d } => {
                let id = format!("c{}-{}", self.visits, d);
                self.visits += 1;
                let body = json!({"resident": person(*n, self.people), "started_on": day(*d)});
                create("care_case", id, *place, body)
            }
            Event::Visit { person: n, place, day: d, sbp } => {
                let id = format!("v{}", self.visits);
                self.visits += 1;
                let mut body = json!({"resident": person(*n, self.people), "on_date": day(*d)});
                if let Some(sbp) = sbp {
                    body["sbp"] = json!(sbp);
                }
                create("care_visit", id, *place, body)
            }
            Event::Correct { visit, sbp } => {
                let mut draft = Draft::correcting(&self.visit(*visit)?, "更正").unwrap();
                match sbp {
                    Some(sbp) => drop(draft.body.insert("sbp".into(), json!(sbp))),
                    None => drop(draft.body.shift_remove("sbp")),
                }
                Some(draft)
            }
            Event::Withdraw { visit } => Some(Draft::withdrawing(&self.visit(*visit)?, "误录")),
        }
    }

    fn visit(&self, n: usize) -> Option<records::Entry> {
        let id = format!("v{}", n % self.visits.max(1));
        self.store.log().head("care_visit", &id).unwrap().filter(|entry| entry.op != Op::Withdraw)
    }

    fn snapshot(&self) -> Snapshot {
        self.store.snapshot(today(self.clock)).unwrap()
    }
}

fn today(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date()
}

fn request(standing: Standing) -> Request {
    Request::new(Vec::new(), Period::year(2025)).along(Tree { name: None, standing })
}

fn values(board: &Board) -> Vec<Value> {
    board.iter().cloned().collect()
}

/// The number of every side is the number of rows in its list, for every organisation.
fn lists_equal_numbers(snapshot: &Snapshot, standing: Standing) {
    let request = request(standing);
    let board = board(snapshot, &request).unwrap();
    let total = |indicator: &str, org: &str, side| {
        let query = RowQuery {
            indicator: indicator.into(),
            org: org.into(),
            period: request.period,
            tree: request.tree.clone(),
            side,
            after: None,
            limit: 1,
        };
        Decimal::from(rows(snapshot, &query).unwrap().total)
    };
    let orgs: Vec<String> = snapshot.catalog().county.as_ref().unwrap().orgs.iter().map(|o| o.id.clone()).collect();
    for org in &orgs {
        for counted in ["patients", "visit_count", "visitors"] {
            let value = board.get(counted, org).unwrap().value.unwrap();
            assert_eq!(total(counted, org, Side::Numerator), value, "{counted} of {org}, {standing:?}");
        }
        for rate in ["seen_rate", "low_rate"] {
            let value = board.get(rate, org).unwrap();
            let (above, below) = (value.numerator.unwrap(), value.denominator.unwrap());
            assert_eq!(total(rate, org, Side::Numerator), above, "{rate} of {org}, {standing:?}");
            assert_eq!(total(rate, org, Side::Denominator), below, "{rate} of {org}, {standing:?}");
            assert_eq!(total(rate, org, Side::Missed), below - above, "{rate} of {org}, {standing:?}");
        }
        let value = board.get("low_rate", org).unwrap();
        assert_eq!(total("low_rate", org, Side::Excluded), value.n_excluded, "{org}, {standing:?}");
    }
}

/// Of two steps of which the second is part of the first, the difference is who was lost, by name.
fn who_is_lost_is_the_difference(snapshot: &Snapshot) {
    let catalog = snapshot.catalog();
    let way = &catalog.packs["care"].funnels["care_funnel"];
    let board = board(snapshot, &request(Standing::AsWas)).unwrap();
    for org in catalog.county.as_ref().unwrap().orgs.iter() {
        let passed = funnel(snapshot, way, &board, &org.id).unwrap();
        let value = |at: usize| passed[at].value.value.unwrap();
        assert_eq!(Decimal::from(passed[0].lost.unwrap()), value(0) - value(1), "{}", org.id);
        assert!(passed[1].lost.is_none());
        let query = RowQuery { org: org.id.clone(), ..low(Standing::AsWas) };
        let names = lost(snapshot, way, 0, &query).unwrap();
        assert_eq!(names.total, passed[0].lost.unwrap());
        assert_eq!(names.rows.len() as u64, names.total.min(10));
        assert!(lost(snapshot, way, 1, &query).is_err(), "nobody is lost after the last step");
    }
}

/// The parts of a partition make the whole, for every organisation.
fn cells_sum_to_wholes(snapshot: &Snapshot) {
    let month = Dimension::Time(base::period::Length::Month);
    for (by, counted) in [
        (vec![Dimension::Sex], &["patients", "visit_count", "visitors"][..]),
        (vec![Dimension::from_word("age").unwrap(), Dimension::Sex], &["patients", "visit_count"]),
        (vec![month], &["visit_count", "visitors"]),
    ] {
        let board = board(snapshot, &request(Standing::AsWas).by(by)).unwrap();
        for counted in counted {
            for org in ["little", "dong", "bei", "xin", "dong1"] {
                let parts: Decimal = board.cells(counted, org).filter_map(|value| value.value).sum();
                assert_eq!(Some(parts), board.get(counted, org).unwrap().value, "{counted} of {org}");
            }
        }
        assert!(board.unbroken.contains("visits_each"), "{:?}", board.unbroken);
    }
}

/// The tree changes who is added up, never how much there is.
fn trees_agree_on_the_county(snapshot: &Snapshot) {
    let was = board(snapshot, &request(Standing::AsWas)).unwrap();
    let is = board(snapshot, &request(Standing::AsIs)).unwrap();
    let community = Tree { name: Some("community".into()), standing: Standing::AsWas };
    let led = board(snapshot, &request(Standing::AsWas).along(community)).unwrap();
    for value in was.iter().filter(|value| value.org == "little") {
        for other in [&is, &led] {
            assert_eq!(other.get(&value.indicator, "little"), Some(value));
        }
    }
    let n = |board: &Board, org: &str| board.get("visit_count", org).unwrap().value.unwrap();
    // In January 2026 everything of the north belongs to the new township.
    assert_eq!(n(&is, "little"), n(&is, "dong") + n(&is, "xin") + n(&is, "hospital"));
    // As it was, the north answered for itself until July, and the two made the whole.
    assert!(n(&was, "xin") <= n(&is, "xin"));
    assert_eq!(n(&led, "hospital"), n(&was, "hospital") + n(&was, "dong"));
}

/// Where the definition says so, months make the year.
fn months_sum_to_the_year(snapshot: &Snapshot) {
    let year = Period::year(2025);
    let catalog = snapshot.catalog();
    let whole = board(snapshot, &request(Standing::AsWas)).unwrap();
    let months = year.split(base::period::Length::Month);
    let months = months.iter().map(|month| board(snapshot, &Request::new(Vec::new(), *month)).unwrap());
    let months: Vec<Board> = months.collect();
    let mut n_adding = 0;
    for versions in catalog.indicators() {
        let indicator = versions.latest();
        let id = &indicator.common.id;
        if adds(catalog, indicator, year.last_day()).over_time && id != "visit_count_reported" {
            n_adding += 1;
            for org in ["little", "bei", "dong1"] {
                let parts: Decimal = months.iter().filter_map(|month| month.get(id, org)?.value).sum();
                assert_eq!(Some(parts), whole.get(id, org).unwrap().value, "{id} of {org}");
            }
        }
    }
    // The number of visits, not of patients or of people.
    assert_eq!(n_adding, 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written(batches in prop::collection::vec(prop::collection::vec(event(), 1..12), 2..7)) {
        let mut county = County::new();
        let cache = Cache::default();
        let mut then: Vec<(Timestamp, Vec<Value>)> = Vec::new();
        for batch in &batches {
            county.happen(batch);
            let snapshot = county.snapshot();
            let plain = values(&board(&snapshot, &request(Standing::AsWas)).unwrap());
            let cached = values(&cache.board(&snapshot, &request(Standing::AsWas)).unwrap());
            prop_assert_eq!(&cached, &plain);
            then.push((county.clock, plain));
        }
        let snapshot = county.snapshot();
        for standing in [Standing::AsWas, Standing::AsIs] {
            lists_equal_numbers(&snapshot, standing);
        }
        who_is_lost_is_the_difference(&snapshot);
        cells_sum_to_wholes(&snapshot);
        months_sum_to_the_year(&snapshot);
        trees_agree_on_the_county(&snapshot);
        for (moment, printed) in then {
            let past = county.store.snapshot_as_of(moment).unwrap();
            prop_assert_eq!(&values(&board(&past, &request(Standing::AsWas)).unwrap()), &printed);
            prop_assert_eq!(&values(&cache.board(&past, &request(Standing::AsWas)).unwrap()), &printed);
        }
    }
}

#[test]
fn a_statistical_year_begins_in_october() {
    let mut county = County::new();
    // Two visits in October to December 2024, one in September 2025, one in October 2025.
    let visit = |day| Event::Visit { person: 0, place: 0, day, sbp: None };
    county.happen(&[visit(0), visit(91), visit(364), visit(365)]);
    let board = board(&county.snapshot(), &request(Standing::AsWas)).unwrap();
    let reported = board.get("visit_count_reported", "little").unwrap();
    assert_eq!((reported.value, reported.period.to_string().as_str()), (Some(3.into()), "2024-10-01..2025-10-01"));
    assert_eq!(board.get("visit_count", "little").unwrap().value, Some(2.into()));
}

#[test]
fn a_row_counts_where_it_belonged_on_its_day() {
    let mut county = County::new();
    let visit = |day| Event::Visit { person: 0, place: 2, day, sbp: Some(120) };
    // 30 June 2025 is day 272; 1 July, the day of the merger, is day 273.
    county.happen(&[visit(272), visit(273), visit(274)]);
    let snapshot = county.snapshot();
    let n = |standing, org: &str| board(&snapshot, &request(standing)).unwrap().get("visit_count", org).unwrap().value;
    assert_eq!(n(Standing::AsWas, "bei"), Some(1.into()));
    assert_eq!(n(Standing::AsWas, "xin"), Some(2.into()));
    assert_eq!(n(Standing::AsIs, "xin"), Some(3.into()));
    assert_eq!(n(Standing::AsIs, "bei"), Some(0.into()));
}

/// A visit on which nothing was measured.
fn without_pressure() -> Draft {
    let mut draft = Draft::new(Op::Create, "care_visit", "dong1");
    draft.record = Some("unmeasured".into());
    draft.body = json!({"resident": "p0", "on_date": day(110)}).as_object().unwrap().clone();
    draft
}

/// Which visits count for the rate, with their pressure.
fn low(standing: Standing) -> RowQuery {
    RowQuery {
        indicator: "low_rate".into(),
        org: "little".into(),
        period: Period::year(2025),
        tree: Tree { name: None, standing },
        side: Side::Numerator,
        after: None,
        limit: 10,
    }
}

#[test]
fn what_changed_since_is_named_row_by_row() {
    let mut county = County::new();
    let visit = |day, sbp| Event::Visit { person: 0, place: 0, day, sbp: Some(sbp) };
    county.happen(&[visit(100, 120), visit(101, 130), visit(102, 139), visit(103, 150)]);
    let printed = county.clock;
    // v0 rises beyond the mark, v1 is written anew below it, v2 goes, v3 comes down, v4 is new.
    county.happen(&[Event::Correct { visit: 0, sbp: Some(140) }, Event::Correct { visit: 1, sbp: Some(131) }]);
    county.happen(&[Event::Withdraw { visit: 2 }, Event::Correct { visit: 3, sbp: Some(100) }, visit(104, 110)]);
    let (then, now) = (county.store.snapshot_as_of(printed).unwrap(), county.snapshot());
    let query = low(Standing::AsWas);
    let found =
        difference(Figure { snapshot: &then, query: &query }, Figure { snapshot: &now, query: &query }).unwrap();
    let ids = |page: &indicator::RowPage| -> Vec<String> {
        let at = page.columns.iter().position(|column| column.name == "id").unwrap();
        page.rows.iter().map(|row| row[at].as_text().unwrap().to_string()).collect()
    };
    assert_eq!(ids(&found.added), ["v3", "v4"]);
    assert_eq!(ids(&found.removed), ["v0", "v2"]);
    assert_eq!(ids(&found.changed), ["v1"]);
    assert_eq!((found.added.total, found.removed.total, found.n_same), (2, 2, 0));
}

#[test]
fn an_answer_of_the_past_is_given_with_the_packs_of_its_day() {
    let mut county = County::new();
    let visit = |day, sbp| Event::Visit { person: 0, place: 0, day, sbp: Some(sbp) };
    county.happen(&[visit(100, 120), visit(101, 135)]);
    let n_low = |snapshot: &Snapshot| {
        board(snapshot, &request(Standing::AsWas)).unwrap().get("low_rate", "little").unwrap().numerator
    };
    let proposed = CARE.replace("sbp < 140", "sbp < 130");
    let (catalog, diagnostics) = pack::load(&installed(&proposed).packs, Some(&installed(&proposed).county));
    assert!(!diagnostics.iter().any(base::Diagnostic::is_error));
    // Side by side, before it is in force.
    assert_eq!(n_low(&county.snapshot()), Some(2.into()));
    assert_eq!(n_low(&county.snapshot().under(std::sync::Arc::new(catalog)).unwrap()), Some(1.into()));
    let before = county.clock;
    let in_force = county.clock.checked_add(jiff::SignedDuration::from_mins(30)).unwrap();
    let receipt = county.store.install(&installed(&proposed), "office", in_force).unwrap().unwrap();
    assert_eq!(receipt.last_seq - receipt.first_seq, 0);
    assert!(county.store.install(&installed(&proposed), "office", in_force).unwrap().is_none());
    county.happen(&[visit(102, 110)]);
    assert_eq!(n_low(&county.snapshot()), Some(2.into()));
    assert_eq!(n_low(&county.store.snapshot_as_of(before).unwrap()), Some(2.into()));
    assert_eq!(n_low(&county.store.snapshot_as_of(in_force).unwrap()), Some(1.into()));
    // Opened again, the directory stands on its own.
    let County { store, clock, _dir, .. } = county;
    drop(store);
    let store = Store::open(_dir.path()).unwrap();
    assert_eq!(n_low(&store.snapshot(today(clock)).unwrap()), Some(2.into()));
    assert_eq!(n_low(&store.snapshot_as_of(before).unwrap()), Some(2.into()));
    // A field that becomes required while records lack it cannot come into force, and nothing is written.
    let strict = CARE.replace("type: integer, title: 收缩压", "type: integer, required: true, title: 收缩压");
    let mut store = store;
    let seq = store.seq();
    store.submit(Submission::new("test", clock, vec![without_pressure()])).unwrap();
    assert!(store.install(&installed(&strict), "office", in_force).is_err());
    assert_eq!(store.log().last_seq().unwrap(), seq + 1);
    drop(store);
    let store = Store::open(_dir.path()).unwrap();
    // A register of another shape cannot be asked over these tables, nor come into force over records that do not fit.
    let other = CARE.replace("type: integer, title: 收缩压", "type: flag, title: 收缩压");
    let mut store = store;
    let error = store.install(&installed(&other), "office", in_force).unwrap_err();
    assert!(error.to_string().contains("care_visit"), "{error}");
}
