//! Does what leaves come back the same, and what must not leave stay?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use calamine::{Reader, open_workbook_auto};
use columns::Store;
use columns::engine::{Engine, Options};
use common::{CAST, County, FOLLOWUP, at, draft, followups};
use exchange::{Export, Import};
use records::Op;
use serde_json::json;

fn all(register: &str) -> Export {
    Export {
        register: register.into(),
        period: None,
        org: None,
        unmasked: None,
        actor: "auditor".into(),
        at: at(),
        as_of: None,
    }
}

fn filled() -> County {
    let mut county = County::new();
    let visits = CAST.iter().map(|(id, ..)| {
        let body = json!({"resident": id, "on_date": "2025-03-07", "way": "1", "sbp": 128, "dbp": 78, "weight": "65.5",
            "adherence": "1", "class": "1", "reaction": false, "referred": true});
        draft(FOLLOWUP, &format!("v-{id}"), body)
    });
    let outcome = county.store.submit(columns::Submission::new("doctor", at(), visits.collect())).unwrap();
    assert_eq!(outcome.refusals, []);
    county
}

#[test]
fn an_export_imports_again_to_the_same_records() {
    for name in ["out.csv", "out.xlsx", "out.ndjson"] {
        let (mut from, mut to) = (filled(), County::new());
        let path = from.path(name);
        assert_eq!(exchange::export(&mut from.store, &path, &all(FOLLOWUP), &mut |_, _| ()).unwrap(), 5);
        let same = from.import_with(&path, &followups()).unwrap();
        assert_eq!((same.n_unchanged, same.n_refused), (5, 0), "{name}: {:?}", same.refused);
        let new = to.import_with(&path, &Import { org: None, ..followups() }).unwrap();
        assert_eq!((new.n_created, new.n_refused), (5, 0), "{name}: {:?}", new.refused);
        let back = to.path(&format!("back-{name}"));
        exchange::export(&mut to.store, &back, &all(FOLLOWUP), &mut |_, _| ()).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&back).unwrap(), "{name}");
    }
}

#[test]
fn secrets_leave_masked_or_with_a_reason_in_the_log() {
    let mut county = filled();
    let path = county.path("residents.csv");
    let seq = county.store.seq();
    exchange::export(&mut county.store, &path, &all("resident"), &mut |_, _| ()).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("张*国") && text.contains("519900********005X") && !text.contains("张建国"), "{text}");
    assert_eq!(county.store.seq(), seq, "a masked export is no access");
    // Coming back it changes nobody's name, and is no record of a new resident.
    let residents = Import { register: "resident".into(), ..followups() };
    assert_eq!(county.import_with(&path, &residents).unwrap().n_unchanged, 5);

    let open = Export { unmasked: Some("复核".into()), ..all("resident") };
    exchange::export(&mut county.store, &path, &open, &mut |_, _| ()).unwrap();
    assert!(std::fs::read_to_string(&path).unwrap().contains("张建国"));
    let entry = county.store.log().entries_after(seq, 10).unwrap().pop().unwrap();
    assert_eq!((entry.op, entry.register.as_str(), entry.reason.as_deref()), (Op::Access, "resident", Some("复核")));
    assert_eq!(entry.fields().unwrap()["n_records"], json!(5));
}

#[test]
fn only_the_period_and_the_organisation_asked_for() {
    let mut county = filled();
    let path = county.path("out.csv");
    let count = |county: &mut County, options: &Export| {
        exchange::export(&mut county.store, &path, options, &mut |_, _| ()).unwrap()
    };
    let period = |text: &str| Some(base::Period::parse(text).unwrap());
    assert_eq!(count(&mut county, &Export { period: period("2025-03"), ..all(FOLLOWUP) }), 5);
    assert_eq!(count(&mut county, &Export { period: period("2025-04"), ..all(FOLLOWUP) }), 0);
    assert_eq!(count(&mut county, &Export { org: Some("青禾镇".into()), ..all(FOLLOWUP) }), 5);
    assert_eq!(count(&mut county, &Export { org: Some("云溪镇".into()), ..all(FOLLOWUP) }), 0);
}

#[test]
fn parquet_by_register_and_year_and_nowhere_else() {
    let county = filled();
    let dir = county.path("county");
    let (inside, outside) = (county.path("parquet"), county.path("elsewhere"));
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::create_dir_all(&outside).unwrap();
    let County { store, dir: keep } = county;
    drop(store);
    let options = Options { allowed_directories: vec![inside.clone()], ..Options::default() };
    let mut store = Store::open_with(&dir, &options).unwrap();
    let done = exchange::export_parquet(&mut store, &inside, &all("")).unwrap();
    assert!(done.contains(&(FOLLOWUP.to_string(), 5)) && done.contains(&("resident".to_string(), 5)), "{done:?}");
    assert!(exchange::export_parquet(&mut store, &outside, &all("")).is_err(), "another folder stays out of reach");

    let engine = Engine::open(None, &Options::default()).unwrap();
    let connection = engine.connect().unwrap();
    let glob = inside.join(format!("register={FOLLOWUP}/year=2025/*.parquet"));
    let count = format!("SELECT count(*) FROM read_parquet('{}') WHERE sbp = 128 AND weight = 65.5", glob.display());
    assert_eq!(connection.query(&count).unwrap().single().unwrap().as_int(), Some(5));
    let residents = inside.join("register=resident/records.parquet");
    let columns = connection.plan(&format!("SELECT * FROM read_parquet('{}')", residents.display())).unwrap().columns;
    assert!(!columns.iter().any(|column| column.name == "citizen_id" || column.name == "name"), "secrets stay");
    drop(keep);
}

#[test]
fn every_register_has_a_template_whose_titles_are_understood() {
    let mut county = County::new();
    let registers: Vec<String> =
        county.store.catalog().registers().map(|register| register.common.id.clone()).collect();
    for register in registers {
        let path = county.path(&format!("{register}.xlsx"));
        exchange::template(county.store.catalog(), &register, &path, at()).unwrap();
        let options = Import { register: register.clone(), ..followups() };
        let summary = county.import_with(&path, &options).unwrap();
        assert_eq!(summary.n_rows, 0, "{register}: an empty template has no rows");
        let book = open_workbook_auto(&path).unwrap();
        assert_eq!(book.sheet_names()[1..], ["填写说明", "代码"], "{register}");
    }
}
