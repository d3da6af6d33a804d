//! Is everybody found by whatever is known of them, at once, and is nobody given away?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use axum::http::StatusCode;
use common::{PATIENTS, Served, at};
use records::{Draft, Op};
use serde_json::{Value as Json, json};

async fn found(served: &Served, query: &str) -> Vec<String> {
    let answer = served.json(&format!("/api/residents?q={query}")).await;
    answer["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_string()).collect()
}

fn newcomer(id: &str, name: &str) -> Json {
    json!({"id": id, "org": "west_1", "fields": {
        "name": name, "sex": "1", "birth_on": "1990-04-05", "rural": true, "card_no": "KA0042817",
    }})
}

#[tokio::test]
async fn words_find_people_and_nobody_is_given_away() {
    let served = Served::new();
    assert_eq!(found(&served, "zxm").await, ["p1"]);
    assert_eq!(found(&served, "1950").await, ["p2"]);
    assert_eq!(found(&served, "ouyangjg+1966").await, ["p4"]);
    assert_eq!(found(&served, "1234&org=west").await, ["p4"]);
    let all = served.get("/api/residents?q=1234").await;
    assert_eq!(all.json()["rows"].as_array().unwrap().len(), 4);
    for (_, name, ..) in PATIENTS {
        assert!(!all.text().contains(name), "{}", all.text());
    }
    assert!(!all.text().contains("13800001234"), "{}", all.text());
    let first = &all.json()["rows"][0];
    assert_eq!((&first["name_masked"], &first["village"]), (&json!("张*明"), &json!("东河镇东河村")));
    assert_eq!((&first["birth_on"], &first["reasons"][0]["zh"]), (&json!("1958-10-30"), &json!("联系电话末几位")));
    let one = served.json("/api/residents?q=1234&limit=1").await;
    assert_eq!((one["rows"].as_array().unwrap().len(), &one["more"]), (1, &json!(true)));
    let reasons = served.json("/api/residents?q=ouyangjg+1966").await["rows"][0]["reasons"].clone();
    assert_eq!((&reasons[0]["zh"], &reasons[1]["zh"]), (&json!("姓名拼音开头"), &json!("出生年月")));
}

#[tokio::test]
async fn the_words_need_not_stand_in_the_address() {
    let served = Served::new();
    let sent = served.post("/api/residents/find", &json!({"q": "张小明", "limit": 5})).await;
    assert_eq!((sent.status, &sent.json()["rows"][0]["id"]), (StatusCode::OK, &json!("p1")));
    let wrong = served.post("/api/residents/find", &json!({"words": "张小明"})).await;
    assert_eq!(wrong.json()["code"], "wrong-body");
}

#[tokio::test]
async fn every_search_is_written_down_without_its_words() {
    let served = Served::new();
    let before = served.app.store().log().last_seq().unwrap();
    assert_eq!(found(&served, "1234").await.len(), 4);
    assert_eq!(found(&served, "nobody").await.len(), 0);
    let entries = served.app.store().log().entries_after(before, 10).unwrap();
    let told: Vec<_> = entries.iter().map(|entry| (entry.op, entry.reason.as_deref(), &*entry.body)).collect();
    assert_eq!(
        told,
        [
            (Op::Access, Some("find"), r#"{"found":["p1","p2","p3","p4"]}"#),
            (Op::Access, Some("find"), r#"{"found":[]}"#)
        ]
    );
}

#[tokio::test]
async fn a_wrong_question_is_told_what_is_wrong() {
    let served = Served::new();
    for (address, status, code) in [
        ("/api/residents", StatusCode::BAD_REQUEST, "missing-parameter"),
        ("/api/residents?q=zxm&org=nowhere", StatusCode::NOT_FOUND, "unknown-org"),
        ("/api/residents?q=zxm&limit=0", StatusCode::BAD_REQUEST, "wrong-limit"),
    ] {
        let answer = served.get(address).await;
        assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{address}");
    }
    let long = served.get(&format!("/api/residents?q={}", "z".repeat(101))).await;
    assert_eq!(long.json()["code"], "wrong-question");
}

/// The law: what is acknowledged is found by the next question, and what it replaced is not.
#[tokio::test]
async fn a_resident_just_written_is_found_at_once() {
    let served = Served::new();
    assert_eq!(found(&served, "zhl").await, Vec::<String>::new());
    let body = json!({"register": "resident", "records": [newcomer("n1", "赵海林")]});
    assert_eq!(served.post("/api/records", &body).await.status, StatusCode::CREATED);
    assert_eq!(found(&served, "zhl").await, ["n1"]);
    assert_eq!(found(&served, "ka0042817").await, ["n1"]);
    let renamed = json!({"register": "resident", "records": [
        {"id": "n1", "version": 1, "reason": "改名", "fields": {"name": "钱海林"}},
        {"id": "p1", "version": 1, "reason": "改名", "fields": {"name": "张大明"}},
    ]});
    let answer = served.post("/api/records", &renamed).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(found(&served, "zhl").await, Vec::<String>::new());
    assert_eq!(found(&served, "qhl").await, ["n1"]);
    assert_eq!(found(&served, "zxm").await, Vec::<String>::new());
    assert_eq!(found(&served, "zdm").await, ["p1"]);
    let withdrawn = json!({"register": "resident", "records": [
        {"id": "n1", "version": 2, "reason": "误录", "withdraw": true},
    ]});
    assert_eq!(served.post("/api/records", &withdrawn).await.status, StatusCode::CREATED);
    assert_eq!(found(&served, "qhl").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_merge_and_its_undoing_are_seen_at_once() {
    let served = Served::new();
    assert_eq!(found(&served, "p3").await, ["p3"]);
    let survivor = async |id: &str| served.json(&format!("/api/residents?q={id}")).await["rows"][0]["survivor"].clone();
    assert_eq!(survivor("p3").await, Json::Null);
    let merge = json!({"merged": "p3", "survivor": "p1", "reason": "同一人"});
    assert_eq!(served.post("/api/merges", &merge).await.status, StatusCode::CREATED);
    assert_eq!(survivor("p3").await, "p1");
    let undo = json!({"merged": "p3", "reason": "误合并"});
    assert_eq!(served.post("/api/merges/undo", &undo).await.status, StatusCode::CREATED);
    assert_eq!(survivor("p3").await, Json::Null);
    assert_eq!(found(&served, "p3").await, ["p3"]);
}

/// Somebody may write past the pages, as an import does.
#[tokio::test]
async fn what_others_write_is_found_too() {
    let served = Served::new();
    assert_eq!(found(&served, "n2").await, Vec::<String>::new());
    let mut draft = Draft::new(Op::Create, "resident", "east_1");
    draft.record = Some("n2".into());
    draft.body = newcomer("n2", "孙浩")["fields"].as_object().unwrap().clone();
    {
        let mut store = served.app.store();
        store.submit(columns::Submission::new("test", at(), vec![draft])).unwrap();
        served.app.data_changed(store.seq(), None);
    }
    assert_eq!(found(&served, "sunhao").await, ["n2"]);
}
