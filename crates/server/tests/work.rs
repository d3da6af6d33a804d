//! Do tasks, findings and alerts answer, masked, and is an alert closed by its answer?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use axum::http::StatusCode;
use common::Served;
use serde_json::{Value as Json, json};

#[tokio::test]
async fn the_tasks_of_a_place_are_masked_and_counted() {
    let served = Served::new();
    let tasks = served.json("/api/tasks?task=hypertension_due").await;
    // Four patients, every one long overdue by the clock of whoever runs this.
    assert_eq!(tasks["total"], 4);
    let first = &tasks["tasks"][0];
    assert_eq!(first["window"], "overdue");
    assert_eq!(first["enter"], "hypertension_followup");
    assert_eq!(first["title"]["zh"], "高血压随访到期");
    let names: Vec<&str> =
        tasks["tasks"].as_array().unwrap().iter().map(|task| task["name"].as_str().unwrap()).collect();
    assert!(names.iter().all(|name| name.contains('*')), "{names:?}");
    let east = tasks["places"].as_array().unwrap().iter().find(|place| place["org"] == "east").unwrap();
    assert_eq!(east["overdue"].as_u64().unwrap(), 3);
    assert_eq!(served.json("/api/tasks?task=hypertension_due&org=west").await["total"], 1);
    let page = served.json("/api/tasks?task=hypertension_due&limit=3").await;
    let next = page["next"].as_str().unwrap().replace('~', "%7E").replace(':', "%3A");
    let rest = served.json(&format!("/api/tasks?task=hypertension_due&limit=3&after={next}")).await;
    assert_eq!(rest["tasks"].as_array().unwrap().len(), 1);
    assert_eq!(rest["total"], 4);
}

#[tokio::test]
async fn what_is_not_known_is_said() {
    let served = Served::new();
    for address in
        ["/api/tasks?window=late", "/api/tasks?task=nothing", "/api/findings?rule=nothing", "/api/alerts?after=x"]
    {
        assert_eq!(served.get(address).await.status, StatusCode::BAD_REQUEST, "{address}");
    }
    assert_eq!(served.get("/api/quality?org=nowhere").await.status, StatusCode::NOT_FOUND);
    let answer = json!({"alert": "nothing/x", "outcome": "handled", "remark": "无"});
    assert_eq!(served.post("/api/alerts", &answer).await.status, StatusCode::BAD_REQUEST);
}

fn urgent() -> Json {
    json!({"register": "hypertension_followup", "confirm": "已复测", "records": [{"id": "u1", "org": "east_1", "fields": {
        "resident": "p3", "on_date": "2025-07-02", "way": "1", "sbp": 186, "dbp": 112, "adherence": "1", "reaction": false,
        "class": "2", "referred": false,
    }}]})
}

#[tokio::test]
async fn an_alert_comes_with_its_record_and_goes_with_its_answer() {
    let served = Served::new();
    assert_eq!(served.json("/api/alerts").await["total"], 0);
    let written = served.post("/api/records", &urgent()).await;
    assert_eq!(written.status, StatusCode::CREATED, "{}", written.text());
    let alerts = served.json("/api/alerts").await;
    let alert = &alerts["alerts"][0];
    assert_eq!(alert["alert"], "hypertension_followup.not_referred/u1");
    assert_eq!(alert["say"], "血压186/112达到紧急转诊标准，没有转诊");
    assert!(alert["name"].as_str().unwrap().contains('*'));
    let mut answer = json!({"alert": alert["alert"], "outcome": "nothing", "remark": "已送县医院"});
    assert_eq!(served.post("/api/alerts", &answer).await.status, StatusCode::UNPROCESSABLE_ENTITY, "no such outcome");
    answer["outcome"] = json!("handled");
    let written = served.post("/api/alerts", &answer).await;
    assert_eq!(written.status, StatusCode::CREATED, "{}", written.text());
    assert_eq!(served.json("/api/alerts").await["total"], 0);
    let all = served.json("/api/alerts?all=1").await;
    assert_eq!(all["alerts"][0]["state"], "acknowledged");
    assert_eq!(all["alerts"][0]["answer"]["remark"], "已送县医院");
    assert_eq!(all["alerts"][0]["answer"]["outcome_title"]["zh"], "已处置");
    let outcomes: Vec<&str> =
        all["outcomes"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["verified", "excluded", "investigating", "handled"]);
    // The answer is a record like any other.
    let record = all["alerts"][0]["answer"]["record"].as_str().unwrap();
    let head = served.app.store().log().head("alert_acknowledgement", record).unwrap().unwrap();
    assert_eq!((head.version, &*head.org), (1, "east_1"));
}

#[tokio::test]
async fn the_to_do_list_has_as_many_rows_as_it_says() {
    let served = Served::new();
    let quality = served.json("/api/quality").await;
    for todo in quality["todo"].as_array().unwrap() {
        let rule = todo["rule"].as_str().unwrap();
        let rows = served.json(&format!("/api/findings?rule={rule}")).await;
        assert_eq!(rows["total"], todo["n"], "{rule}");
        assert!(!todo["say"].as_str().unwrap().contains('{'));
        assert!(!todo["do"].as_str().unwrap().is_empty());
    }
    let rules: Vec<&str> =
        quality["todo"].as_array().unwrap().iter().map(|todo| todo["rule"].as_str().unwrap()).collect();
    assert!(rules.contains(&"hypertension_case.hypertension_not_visited"), "{rules:?}");
}
