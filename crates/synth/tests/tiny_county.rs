//! A county of two villages and one pack, small enough to look at every record.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use base::Decimal;
use pack::{Catalog, Folder, load};
use std::collections::{BTreeMap, BTreeSet};
use synth::{Made, Options, Plan, SynthError};

const ORGS: &str = "id,name,kind,level,parent,code,from,until,people
xian,示例县,county,county,,519900,2000-01-01,,
zhen,青禾镇,township,township,xian,519900101,2000-01-01,,
yuan,青禾镇卫生院,township_centre,institution,zhen,,2000-01-01,,
jia,甲村,village,village,zhen,519900101101,2000-01-01,,700
yi,乙村,village,village,zhen,519900101102,2000-01-01,,300
";

const FIGURES: &str = "id,indicator,org,by,value,unit,digits,word,step,shown,page,printed,believe,note
F-1,people,xian,,1000,person,0,,,1000人,一,yes,yes,
F-2,cases,xian,,250,person,0,,,250人,一,yes,yes,
F-3,standard_rate,xian,,98.8,percent,1,,,98.8%,一,yes,yes,
F-4,grants,xian,,100,person,0,,,100人,一,yes,yes,
F-5,grant_sum,xian,,12345.67,yuan,2,,,12345.67元,一,yes,yes,
";

const REGISTERS: &str = "
pack: mini
language: 1
title: {zh: 小县, en: Mini}
version: 1
source: 示例
lists:
  unit:
    columns: {kind: text}
    codes:
      person: {zh: 人, en: persons, kind: count}
      percent: {zh: \"%\", en: \"%\", kind: ratio}
      yuan: {zh: 元, en: yuan, kind: money}
  sex:
    columns: {}
    codes: {\"1\": {zh: 男, en: male}, \"2\": {zh: 女, en: female}}
registers:
  household: {kind: entity, title: {zh: 户, en: Household}}
  resident:
    kind: entity
    title: {zh: 居民, en: Resident}
    fields:
      name: {type: text, required: true, title: {zh: 姓名, en: Name}}
      sex: {type: code, list: sex, required: true, title: {zh: 性别, en: Sex}}
      birth_on: {type: date, required: true, title: {zh: 生日, en: Birth}}
      citizen_id: {type: text, title: {zh: 证件号, en: Citizen number}}
      household: {type: ref, to: household, title: {zh: 户, en: Household}}
  sick:
    kind: enrolment
    subject: resident
    title: {zh: 患者, en: Patient}
  visit:
    kind: event
    subject: resident
    title: {zh: 随访, en: Visit}
    fields:
      age: {type: integer, unit: person, required: true, title: {zh: 年龄, en: Age}}
  grant:
    kind: event
    subject: resident
    title: {zh: 补助, en: Grant}
    fields:
      amount: {type: money, unit: yuan, required: true, title: {zh: 金额, en: Amount}}
cohorts:
  all_people: {title: {zh: 人, en: people}, query: \"SELECT id, org, id AS resident FROM resident\"}
  all_sick: {title: {zh: 患者, en: patients}, query: \"SELECT id, org, resident FROM sick\"}
  all_grants: {title: {zh: 补助, en: grants}, query: \"SELECT id, org, resident, amount FROM grant\"}
indicators:
  people: {count: all_people, unit: person, title: {zh: 人口, en: People}}
  cases: {count: all_sick, unit: person, title: {zh: 患者, en: Patients}}
  standard_rate: {ratio: [all_sick, all_sick], unit: percent, digits: 1, title: {zh: 规范率, en: Standard}}
  grants: {count: all_grants, unit: person, title: {zh: 补助, en: Grants}}
  grant_sum: {sum: amount, of: all_grants, unit: yuan, digits: 2, title: {zh: 补助金额, en: Granted}}
";

const SYNTH: &str = "
synth:
  - make: household
    n: 300
    spread: {like: orgs.people}
  - make: resident
    n: people
    spread: {like: orgs.people}
    split: {young: {rate: \"40%\"}, old: rest}
    set:
      sex: {shares: {\"1\": 51, \"2\": 49}}
      birth_on: {in: {young: {age: [1, 17]}, old: {age: [40, 80]}}}
      name: {invent: person_name}
      citizen_id: {invent: citizen_id}
      household: {ref: household, same: org}
  - make: sick
    n: cases
    from: {register: resident, where: \"age(birth_on, :from) >= 38\", once: true}
    split: {standard: {rate: standard_rate}, other: rest}
    set: {started_on: {between: [2015-01-01, \":from - 1\"]}}
  - make: visit
    for: sick
    n: {standard: 4, other: {between: [0, 3]}}
    set:
      on_date: {one_each: quarter}
      age: \"age(resident.birth_on, on_date)\"
  - make: grant
    n: grants
    from: {register: sick, once: true}
    set:
      on_date: {between: [\":from\", \":until - 1\"]}
      amount: {sum: grant_sum, between: [\"50.00\", \"300.00\"]}
";

fn catalog(synth: &str, figures: &str) -> Catalog {
    let pack = Folder { id: "mini".into(), files: vec![("mini/pack.yaml".into(), format!("{REGISTERS}{synth}"))] };
    let county = "county: tiny\ntitle: {zh: 小县, en: Tiny}\nperiod: 2025\npacks: [mini]\norgs: orgs.csv\nfigures: figures.csv\n";
    let county = Folder {
        id: "tiny".into(),
        files: vec![
            ("tiny/county.yaml".into(), county.into()),
            ("tiny/figures.csv".into(), figures.into()),
            ("tiny/orgs.csv".into(), ORGS.into()),
        ],
    };
    load(&[pack], Some(&county)).0
}

fn make(catalog: &Catalog, seed: u64) -> Result<BTreeMap<String, Vec<Made>>, String> {
    let county = catalog.county.as_ref().expect("a county");
    let (plan, found) = Plan::new(catalog, county, Options { seed, scale: Decimal::ONE });
    let Some(plan) = plan else {
        return Err(found.into_iter().filter(base::Diagnostic::is_error).map(|d| d.code).collect::<Vec<_>>().join(" "));
    };
    let mut made: BTreeMap<String, Vec<Made>> = BTreeMap::new();
    let taken = plan.make::<std::convert::Infallible>(
        |register, batch| {
            made.entry(register.to_string()).or_default().extend(batch);
            Ok(())
        },
        |done, total| assert!(done <= total),
    );
    match taken {
        Ok(counts) => {
            assert!(counts.iter().all(|(register, n)| made.get(register).map_or(0, Vec::len) as u64 == *n));
            Ok(made)
        }
        Err(SynthError::Refused(diagnostic)) => Err(diagnostic.code.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

fn text<'m>(made: &'m Made, column: &str) -> &'m str {
    made.body.get(column).and_then(|value| value.as_str()).unwrap_or_default()
}

#[test]
fn every_published_figure_can_be_counted() {
    let made = make(&catalog(SYNTH, FIGURES), 1).unwrap();
    let residents = &made["resident"];
    assert_eq!(residents.len(), 1_000);
    assert_eq!(residents.iter().filter(|made| made.org == "jia").count(), 700);
    assert_eq!(made["sick"].len(), 250);
    // 98.8 % of 250 is 247.
    let visits = made["visit"].iter().fold(BTreeMap::new(), |mut n: BTreeMap<&str, u32>, visit| {
        *n.entry(visit.resident.as_deref().unwrap()).or_default() += 1;
        n
    });
    assert_eq!(visits.values().filter(|n| **n >= 4).count(), 247);
    let sum: Decimal = made["grant"].iter().map(|grant| text(grant, "amount").parse::<Decimal>().unwrap()).sum();
    assert_eq!(sum.to_string(), "12345.67");
}

#[test]
fn records_nest_and_subjects_are_drawn_once() {
    let made = make(&catalog(SYNTH, FIGURES), 1).unwrap();
    let residents: BTreeMap<&str, &Made> = made["resident"].iter().map(|made| (made.id.as_str(), made)).collect();
    let sick: BTreeSet<&str> = made["sick"].iter().map(|made| made.resident.as_deref().unwrap()).collect();
    assert_eq!(sick.len(), 250);
    for register in ["sick", "visit", "grant"] {
        for record in &made[register] {
            let resident = residents[record.resident.as_deref().unwrap()];
            assert_eq!(record.org, resident.org);
            assert!(text(resident, "birth_on") < "1987-01-02");
            assert!(sick.contains(resident.id.as_str()));
        }
    }
    for visit in &made["visit"] {
        assert!(visit.on_date.is_some_and(|day| day.year() == 2025));
        assert!(visit.body["age"].as_i64().is_some_and(|age| (39..=80).contains(&age)));
    }
    let ids: BTreeSet<&str> = made["resident"].iter().map(|made| text(made, "citizen_id")).collect();
    assert_eq!(ids.len(), 1_000);
    assert!(ids.iter().all(|id| base::id::CitizenId::parse(id).is_ok()));
    let mut members: BTreeMap<&str, u32> = BTreeMap::new();
    made["resident"].iter().for_each(|made| *members.entry(text(made, "household")).or_default() += 1);
    assert_eq!(members.len(), 300);
    assert!(members.values().all(|n| (1..=7).contains(n)));
}

#[test]
fn the_same_seed_gives_the_same_county_and_another_seed_another() {
    let catalog = catalog(SYNTH, FIGURES);
    assert_eq!(make(&catalog, 1).unwrap(), make(&catalog, 1).unwrap());
    assert_ne!(make(&catalog, 1).unwrap(), make(&catalog, 2).unwrap());
}

#[test]
fn an_entry_does_not_change_with_what_comes_before_it_in_other_registers() {
    let without = SYNTH.replace("n: {standard: 4, other: {between: [0, 3]}}", "n: {standard: 1, other: 1}");
    let (all, fewer) = (make(&catalog(SYNTH, FIGURES), 1).unwrap(), make(&catalog(&without, FIGURES), 1).unwrap());
    assert_ne!(all["visit"].len(), fewer["visit"].len());
    assert_eq!(all["grant"], fewer["grant"]);
}

#[test]
fn mistakes_have_names() {
    let cases = [
        ("from: {register: sick, once: true}", "from: {register: patient, once: true}", "unknown-register"),
        (
            "split: {young: {rate: \"40%\"}, old: rest}",
            "split: {young: {rate: \"40%\"}, old: {rate: \"50%\"}}",
            "published-contradiction",
        ),
        ("age(birth_on, :from) >= 38", "age(birth_on, :from) >= 79", "not-enough-subjects"),
        ("age(birth_on, :from) >= 38", "id IN (SELECT id FROM all_sick)", "synth-reads-cohort"),
        ("age(birth_on, :from) >= 38", "birth_no IS NULL", "unknown-column"),
        ("{standard: 4, other: {between: [0, 3]}}", "4", "part-unused"),
        ("age: \"age(resident.birth_on, on_date)\"", "", "required-not-set"),
        ("between: [\"50.00\", \"300.00\"]", "between: [\"50.00\", \"60.00\"]", "published-contradiction"),
        ("young: {age: [1, 17]}", "younger: {age: [1, 17]}", "unknown-part"),
        ("{invent: person_name}", "{invent: person_nam}", "unknown-invention"),
        ("name: {invent: person_name}", "name: citizen_id", "set-cycle"),
    ];
    for (right, wrong, code) in cases {
        let mut synth = SYNTH.replace(right, wrong);
        if code == "set-cycle" {
            synth = synth.replace("citizen_id: {invent: citizen_id}", "citizen_id: name");
        }
        assert_ne!(synth, SYNTH, "{right}");
        let refused = make(&catalog(&synth, FIGURES), 1).expect_err(code);
        assert!(refused.split(' ').any(|found| found == code), "{code}: {refused}");
    }
}

#[test]
fn what_was_not_published_is_not_invented() {
    let figures = FIGURES.replace("F-2,cases,xian,,250", "F-2,people,xian,,1000");
    let catalog = catalog(
        &SYNTH.replace("sum: grant_sum, between: [\"50.00\", \"300.00\"]", "between: [\"1.00\", \"2.00\"]"),
        &figures,
    );
    let county = catalog.county.as_ref().unwrap();
    let (plan, found) = Plan::new(&catalog, county, Options::default());
    assert!(plan.is_some(), "{found:?}");
    assert!(found.iter().any(|diagnostic| diagnostic.code == "nothing-published" && !diagnostic.is_error()));
}

#[test]
fn a_small_county_keeps_its_shape() {
    let catalog = catalog(SYNTH, FIGURES);
    let options = Options { seed: 1, scale: Decimal::new(1, 1) };
    let (plan, found) = Plan::new(&catalog, catalog.county.as_ref().unwrap(), options);
    let mut sum = Decimal::ZERO;
    let counts = plan.unwrap_or_else(|| panic!("{found:?}")).make::<std::convert::Infallible>(
        |register, batch| {
            if register == "grant" {
                sum += batch.iter().map(|grant| text(grant, "amount").parse::<Decimal>().unwrap()).sum::<Decimal>();
            }
            Ok(())
        },
        |_, _| {},
    );
    let counts = counts.unwrap();
    assert_eq!((counts["resident"], counts["sick"], counts["grant"]), (100, 25, 10));
    assert_eq!(sum.to_string(), "1234.57");
}
