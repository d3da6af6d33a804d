//! Is a register listed, described, written and tried as its pack says?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use axum::http::StatusCode;
use common::Served;
use serde_json::{Value as Json, json};

const VISITS: &str = "/api/registers/hypertension_followup";

fn visit(sbp: u32, dbp: u32) -> Json {
    json!({
        "resident": "p3", "on_date": "2025-07-02", "way": "1", "sbp": sbp, "dbp": dbp, "adherence": "1",
        "reaction": false, "class": "2", "referred": false,
    })
}

async fn ids(served: &Served, address: &str) -> (Vec<String>, Option<String>, u64) {
    let page = served.json(address).await;
    let ids = page["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_string()).collect();
    (ids, page["next"].as_str().map(str::to_string), page["total"].as_u64().unwrap())
}

#[tokio::test]
async fn pages_hold_every_record_once_in_order() {
    let served = Served::new();
    let (all, next, total) = ids(&served, VISITS).await;
    assert_eq!((all.len(), next, total), (13, None, 13));
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let (page, next, total) = ids(&served, &format!("{VISITS}?limit=4{after}")).await;
        assert_eq!(total, 13, "the total does not depend on the page");
        paged.extend(page);
        let Some(next) = next else { break };
        after = format!("&after={next}");
    }
    assert_eq!(paged, all);
}

#[tokio::test]
async fn filters_name_columns_and_never_a_secret() {
    let served = Served::new();
    let n = async |filter: &str| ids(&served, &format!("{VISITS}?{filter}")).await.2;
    assert_eq!(n("f.on_date=2025-01-01..2025-03-01").await, 4);
    assert_eq!(n("f.way=1&f.sbp=131..").await, 1, "one visit was corrected to 132");
    assert_eq!(n("f.referred=no").await, 13);
    assert_eq!(n("org=west").await, 4);
    for (address, code) in [
        ("/api/registers/resident?f.citizen_id=519900", "unknown-column"),
        ("/api/registers/hypertension_followup?f.sbp=many", "wrong-filter"),
        ("/api/registers/hypertension_followup?sort=weigth", "unknown-column"),
        ("/api/registers/hypertension_followup?after=x", "wrong-cursor"),
        ("/api/registers/nothing", "unknown-register"),
    ] {
        let answer = served.get(address).await;
        assert!(answer.status.is_client_error(), "{address}");
        assert_eq!(answer.json()["code"], code, "{address}");
    }
}

#[tokio::test]
async fn people_are_found_by_words_in_a_body_and_shown_masked() {
    let served = Served::new();
    let found = served.post("/api/registers/resident/find", &json!({"q": "zxm"})).await.json();
    assert_eq!(found["rows"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found["rows"][0]["cells"]["name"], "张*明");
    assert!(!found.to_string().contains("张小明"));
    let file = served.get("/api/registers/resident/export.csv").await;
    assert!(file.text().contains("张*明") && !file.text().contains("张小明"), "{}", file.text());
}

#[tokio::test]
async fn a_schema_says_what_the_form_needs() {
    let served = Served::new();
    let schema = served.json(&format!("{VISITS}/schema?lang=en")).await;
    let sbp = &schema["properties"]["sbp"];
    assert_eq!(
        (&sbp["type"], &sbp["minimum"], &sbp["x-field"]["unit"]),
        (&json!("integer"), &json!("40"), &json!("mmHg"))
    );
    assert_eq!(schema["properties"]["way"]["oneOf"][0]["const"], "1");
    let required: Vec<&str> = schema["required"].as_array().unwrap().iter().filter_map(Json::as_str).collect();
    assert!(required.contains(&"resident") && required.contains(&"class") && !required.contains(&"weight"));
}

#[tokio::test]
async fn what_is_typed_is_judged_and_advised_on_and_nothing_is_written() {
    let served = Served::new();
    let seq = served.app.store().seq();
    let checked =
        served.post(&format!("{VISITS}/check"), &json!({"org": "east_1", "fields": visit(186, 112)})).await.json();
    assert_eq!(checked["errors"], json!([]), "{checked}");
    assert_eq!(checked["advice"][0]["rule"], "refer_now", "{checked}");
    assert!(checked["advice"][0]["say"].as_str().unwrap().contains("186/112"));
    let calm =
        served.post(&format!("{VISITS}/check"), &json!({"org": "east_1", "fields": visit(150, 92)})).await.json();
    assert_eq!(calm["advice"], json!([]));
    let wrong =
        served.post(&format!("{VISITS}/check"), &json!({"org": "east_1", "fields": visit(80, 112)})).await.json();
    assert_eq!((&wrong["errors"][0]["field"], &wrong["errors"][0]["code"]), (&json!("dbp"), &json!("swapped")));
    let person = json!({"fields": {"citizen_id": "11010519491231002X"}});
    let person = served.post("/api/registers/resident/check", &person).await.json();
    assert_eq!(person["fills"], json!({"sex": "2", "birth_on": "1949-12-31"}));
    assert_eq!(served.app.store().seq(), seq);
}

#[tokio::test]
async fn a_record_is_written_once_corrected_and_withdrawn() {
    let served = Served::new();
    let sent = json!({"org": "east_1", "key": "k1", "fields": visit(150, 92)});
    let first = served.post(VISITS, &sent).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    let id = first.json()["id"].as_str().unwrap().to_string();
    let again = served.post(VISITS, &sent).await;
    assert_eq!((again.status, &again.json()["id"]), (StatusCode::OK, &json!(id)), "the same attempt writes once");
    let address = format!("{VISITS}/{id}");
    let change = json!({"version": 1, "reason": "录入错误", "fields": {"sbp": 152}});
    assert_eq!(served.post(&address, &change).await.json()["version"], 2);
    let entry = served.json(&address).await;
    assert_eq!((&entry["values"]["sbp"], &entry["version"]), (&json!(152), &json!(2)));
    let withdraw = json!({"version": 2, "action": "withdraw", "reason": "重复"});
    assert_eq!(served.post(&address, &withdraw).await.status, StatusCode::CREATED);
    assert_eq!(ids(&served, VISITS).await.2, 13);
    let unknown = json!({"version": 2, "action": "approve", "reason": "x"});
    assert_eq!(served.post(&address, &unknown).await.json()["code"], "unknown-action");
}

#[tokio::test]
async fn a_refusal_is_a_problem_document_that_names_the_field() {
    let served = Served::new();
    let refused = served.post(VISITS, &json!({"org": "east_1", "fields": visit(1200, 92)})).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let problem = refused.json();
    assert_eq!((&problem["status"], &problem["code"]), (&json!(422), &json!("refused")));
    let error = &problem["errors"][0];
    assert_eq!((&error["pointer"], &error["code"]), (&json!("#/fields/sbp"), &json!("range")));
}
