//! Does a text that is sent come back with its figures, what does not agree, and what the records say?
#![allow(clippy::unwrap_used)]

mod common;

use axum::http::StatusCode;
use common::{Answer, Served};

const TEXT: &str = "全年出生2087人，其中男孩1143人、女孩934人。高血压患者规范管理率92.77%。";
const FILE: &str = "application/octet-stream";

async fn sent(address: &str, text: &[u8]) -> Answer {
    Served::new().send(address, FILE, text.to_vec()).await
}

#[tokio::test]
async fn a_sum_that_does_not_come_out_is_named_with_the_likely_slip() {
    let answer = sent("/api/proof?name=report.txt", TEXT.as_bytes()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let found = answer.json();
    assert_eq!(found["text"], TEXT);
    let claims = found["claims"].as_array().unwrap();
    let scalars: Vec<char> = TEXT.chars().collect();
    for claim in claims {
        let at = |key: &str| usize::try_from(claim[key].as_u64().unwrap()).unwrap();
        assert_eq!(scalars[at("start")..at("end")].iter().collect::<String>(), claim["quote"].as_str().unwrap());
    }
    let fails = found["relations"].as_array().unwrap().iter().find(|one| one["verdict"] == "fails").unwrap();
    assert_eq!(claims[usize::try_from(fails["result"].as_u64().unwrap()).unwrap()]["quote"], "2087人");
    assert_eq!(fails["computed"], "2077");
    assert_eq!(fails["slips"][0]["value"], "2077人");
    let english = sent("/api/proof?name=report.txt&lang=en", TEXT.as_bytes()).await.json();
    let fails = english["relations"].as_array().unwrap().iter().find(|one| one["verdict"] == "fails").unwrap();
    assert_eq!(fails["title"], "parts and total");
}

#[tokio::test]
async fn a_claim_is_compared_with_the_records() {
    let found = sent("/api/proof?name=report.txt", TEXT.as_bytes()).await.json();
    let matched = found["matches"].as_array().unwrap();
    let rate = matched.iter().find(|one| one["indicator"] == "hypertension_standard_rate").unwrap();
    assert_eq!((rate["computed"].as_str(), rate["agrees"].as_bool()), (Some("75.00"), Some(false)));
    let of_a_town = sent("/api/proof?name=report.txt&org=west", TEXT.as_bytes()).await.json();
    let rate = &of_a_town["matches"].as_array().unwrap()[0];
    assert_ne!(rate["computed"], "75.00", "a township's own figure");
}

#[tokio::test]
async fn a_marked_page_comes_back_under_the_files_name() {
    let answer = sent("/api/proof/marked?name=%E6%8A%A5%E5%91%8A.txt", TEXT.as_bytes()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("2087"));
    let named = answer.header("content-disposition");
    assert_eq!(named, "attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A%2D%E6%A0%B8%E9%AA%8C%2Ehtml");
}

#[tokio::test]
async fn two_texts_are_compared_and_a_missing_one_is_asked_for() {
    let part = |name: &str, text: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}.txt\"\r\n\r\n{text}\r\n")
    };
    let form = |parts: &[String]| format!("{}--x--\r\n", parts.concat()).into_bytes();
    let served = Served::new();
    let kind = "multipart/form-data; boundary=x";
    let both = form(&[part("left", "出生2087人。"), part("right", "出生2077人。")]);
    let answer = served.send("/api/proof/compare", kind, both).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let found = answer.json();
    assert_eq!((found["left"].as_str(), found["right"].as_str()), (Some("left.txt"), Some("right.txt")));
    assert_eq!(found["changes"][0]["kind"], "changed");
    let one = served.send("/api/proof/compare", kind, form(&[part("left", "出生2087人。")])).await;
    assert_eq!((one.status, one.json()["code"].as_str()), (StatusCode::BAD_REQUEST, Some("missing-parameter")));
    let none = served.send("/api/proof/compare", FILE, Vec::new()).await;
    assert!(none.status.is_client_error());
}

#[tokio::test]
async fn what_is_no_text_is_refused_with_what_to_do() {
    for (name, bytes) in [("a.docx", b"PK\x03\x04broken".to_vec()), ("a.pdf", b"%PDF-1.7".to_vec())] {
        let answer = sent(&format!("/api/proof?name={name}"), &bytes).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
        assert_eq!(answer.json()["code"], "unreadable-text");
    }
    let large = sent("/api/proof?name=a.txt", &vec![b' '; (32 << 20) + 1]).await;
    assert_eq!((large.status, large.json()["code"].as_str()), (StatusCode::BAD_REQUEST, Some("too-large")));
}
