//! Is a record that was acknowledged there, in the log and in every figure, and is a wrong one refused with its reason?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use axum::http::StatusCode;
use common::Served;
use serde_json::{Value as Json, json};

fn visit(resident: &str, day: &str) -> Json {
    json!({"org": "east_1", "fields": {
        "resident": resident, "on_date": day, "way": "1", "sbp": 128, "dbp": 82, "adherence": "1", "reaction": false,
        "class": "1", "referred": false,
    }})
}

fn visits(records: Vec<Json>) -> Json {
    json!({"register": "hypertension_followup", "records": records})
}

async fn visits_counted(served: &Served) -> String {
    let figure = served.json("/api/figure?indicator=hypertension_visits").await;
    figure["figure"]["value"].as_str().unwrap().to_string()
}

#[tokio::test]
async fn a_written_record_is_in_every_figure() {
    let served = Served::new();
    assert_eq!(visits_counted(&served).await, "13");
    let answer = served.post("/api/records", &visits(vec![visit("p3", "2025-07-02")])).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(answer.json()["accepted"], 1);
    assert_eq!(visits_counted(&served).await, "14");
}

#[tokio::test]
async fn a_refused_record_comes_back_with_the_rules_own_sentence() {
    let served = Served::new();
    let mut wrong = visit("p3", "2025-07-02");
    wrong["fields"]["sbp"] = json!(1200);
    let whole = served.post("/api/records", &visits(vec![visit("p3", "2025-07-01"), wrong.clone()])).await;
    assert_eq!(whole.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((&whole.json()["accepted"], &whole.json()["refused"]), (&json!(0), &json!(2)));
    assert_eq!(whole.json()["refusals"][0]["rule"], "range");

    let mut each = visits(vec![visit("p3", "2025-07-01"), wrong]);
    each["mode"] = json!("each");
    let each = served.post("/api/records", &each).await;
    assert_eq!(each.status, StatusCode::CREATED);
    assert_eq!((&each.json()["accepted"], &each.json()["refused"]), (&json!(1), &json!(1)));
    assert_eq!(visits_counted(&served).await, "14");
}

#[tokio::test]
async fn a_late_correction_is_merged_or_told_of_both_versions() {
    let served = Served::new();
    let correct = |version: u32, fields: Json| {
        visits(vec![json!({"id": "v-p2-1", "version": version, "reason": "录入错误", "fields": fields})])
    };
    assert_eq!(served.post("/api/records", &correct(1, json!({"sbp": 134}))).await.status, StatusCode::CREATED);
    let merged = served.post("/api/records", &correct(1, json!({"dbp": 84}))).await;
    assert_eq!(merged.status, StatusCode::CREATED, "{}", merged.text());
    let clash = served.post("/api/records", &correct(1, json!({"sbp": 136}))).await;
    assert_eq!(clash.status, StatusCode::CONFLICT);
    assert!(clash.json()["what"].as_str().unwrap().contains("sbp"), "{}", clash.text());
    let history = served.json("/api/record?register=hypertension_followup&id=v-p2-1").await;
    assert_eq!(history["versions"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_is_no_request_is_told_so() {
    let served = Served::new();
    for (document, code) in [
        (json!({"register": "nothing", "records": [visit("p1", "2025-07-02")]}), "unknown-register"),
        (json!({"register": "hypertension_followup", "records": []}), "wrong-size"),
        (json!({"register": "hypertension_followup", "recods": []}), "wrong-body"),
        (visits(vec![json!({"fields": {}})]), "no-org"),
        (visits(vec![json!({"id": "v-p2-1", "version": 1, "fields": {}})]), "no-reason"),
        (visits(vec![json!({"id": "nobody", "version": 1, "reason": "x", "fields": {}})]), "unknown-record"),
    ] {
        let answer = served.post("/api/records", &document).await;
        assert_eq!(answer.json()["code"], code, "{document}");
        assert!(answer.status.is_client_error());
    }
}

#[tokio::test]
async fn a_hundred_people_who_write_at_once_are_all_there() {
    let served = Served::new();
    let days: Vec<String> = (0..100).map(|n| format!("2025-{:02}-{:02}", 6 + n / 20, 1 + n % 20)).collect();
    let requests: Vec<Json> = days.iter().map(|day| visits(vec![visit("p3", day)])).collect();
    let answers = futures_of(&served, &requests).await;
    assert!(answers.iter().all(|status| *status == StatusCode::CREATED));
    assert_eq!(visits_counted(&served).await, "113");
    assert_eq!(served.app.store().verify(&mut |_| ()).unwrap().fault, None);
}

async fn futures_of(served: &Served, requests: &[Json]) -> Vec<StatusCode> {
    let mut tasks = tokio::task::JoinSet::new();
    for request in requests {
        tasks.spawn(served.posting("/api/records", request));
    }
    tasks.join_all().await
}
