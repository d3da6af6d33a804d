//! Is nobody given away, and is every look written down?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use axum::http::StatusCode;
use base::id::CitizenId;
use common::{PATIENTS, Served};
use records::Op;

#[tokio::test]
async fn nothing_leaves_unmasked() {
    let served = Served::new();
    let addresses = [
        "/api/figure/rows?indicator=hypertension_standard_rate&part=denominator",
        "/api/figure/rows?indicator=resident_population",
        "/api/figure/rows?indicator=hypertension_visits",
        "/api/record?register=resident&id=p1",
        "/api/record?register=hypertension_case&id=c-p4",
        "/api/resident?id=p1&purpose=随访",
        "/api/report",
    ];
    for address in addresses {
        let answer = served.get(&address.replace("随访", "%E9%9A%8F%E8%AE%BF")).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store");
        let text = answer.text();
        for (serial, (_, name, sex, birth_on, ..)) in PATIENTS.into_iter().enumerate() {
            let number = CitizenId::compose(519_900, birth_on.parse().unwrap(), serial as u16 + 1, sex);
            assert!(!text.contains(name) && !text.contains(number.as_str()), "{address}: {text}");
        }
        assert!(!text.contains("13800001234"), "{address}: {text}");
    }
    let rows = served.json("/api/figure/rows?indicator=hypertension_standard_rate&part=denominator").await;
    let cells = &rows["rows"][0]["cells"];
    assert_eq!(cells["name"], "张*明");
    assert!(cells["citizen_id"].as_str().unwrap().starts_with("519900********"));
    assert_eq!(cells["org"], "东河村");
    assert_eq!(rows["rows"][3]["cells"]["name"], "欧**国");
    assert_eq!(rows["rows"][0]["register"], "hypertension_case");
}

#[tokio::test]
async fn a_record_shows_every_version_and_logs_who_looked() {
    let served = Served::new();
    let before = served.app.store().log().last_seq().unwrap();
    let record = served.json("/api/record?register=hypertension_followup&id=v-p1-1&purpose=check").await;
    assert_eq!(record["versions"].as_array().unwrap().len(), 2);
    let newest = &record["versions"][0];
    assert_eq!((newest["op"].as_str(), newest["reason"].as_str()), (Some("correct"), Some("录入错误")));
    let changed: Vec<&str> = newest["fields"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|field| field["changed"] == true)
        .map(|field| field["shown"].as_str().unwrap())
        .collect();
    assert_eq!(changed, ["132 mmHg"]);
    assert_eq!(record["chain_ok"], true);
    assert_eq!(record["resident"]["name_masked"], "张*明");
    assert_eq!(record["org_name"], "东河村");
    let way = newest["fields"].as_array().unwrap().iter().find(|field| field["key"] == "way").unwrap().clone();
    assert_eq!(way["shown"], "门诊");

    let store = served.app.store();
    let entries = store.log().entries_after(before, 10).unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].op, &*entries[0].actor), (Op::Access, "demo"));
    assert_eq!(entries[0].reason.as_deref(), Some("check"));
    assert_eq!(entries[0].resident.as_deref(), Some("p1"));
}

#[tokio::test]
async fn a_resident_is_shown_for_a_purpose_only() {
    let served = Served::new();
    let refused = served.get("/api/resident?id=p1").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.json()["code"], "missing-parameter");
    let before = served.app.store().log().last_seq().unwrap();
    let resident = served.json("/api/resident?id=p1&purpose=visit").await;
    assert_eq!(resident["name_masked"], "张*明");
    assert_eq!(resident["village"], "东河镇东河村");
    assert_eq!(resident["sex"]["zh"], "男");
    assert_eq!(resident["tags"][0]["zh"], "高血压患者");
    let timeline = resident["timeline"].as_array().unwrap();
    assert_eq!(timeline.len(), 5);
    assert_eq!(timeline[0]["on_date"], "2025-11-15");
    assert!(timeline[0]["summary"].as_str().unwrap().starts_with("随访方式门诊，收缩压130 mmHg"), "{}", timeline[0]);
    assert_eq!(served.app.store().log().last_seq().unwrap(), before + 1);
}

#[tokio::test]
async fn an_access_changes_no_figure() {
    let served = Served::new();
    let address = "/api/figure?indicator=hypertension_standard_rate";
    let before = served.get(address).await.bytes;
    served.json("/api/resident?id=p2&purpose=visit").await;
    assert_eq!(served.get(address).await.bytes, before);
}
