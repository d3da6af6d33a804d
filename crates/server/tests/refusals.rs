//! Is every wrong question answered with what, where and what next, and every page of the application found?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use axum::http::StatusCode;
use common::Served;

#[tokio::test]
async fn wrong_questions_are_told_what_is_wrong() {
    let served = Served::new();
    let cases = [
        ("/api/figure?indicator=hypertension_standard_rat", 404, "unknown-indicator"),
        ("/api/figure?indicator=nonsense", 404, "unknown-indicator"),
        ("/api/figure", 400, "missing-parameter"),
        ("/api/dashboard?org=nowhere", 404, "unknown-org"),
        ("/api/dashboard?period=2025Q5", 400, "wrong-period"),
        ("/api/dashboard?as_of=soon", 400, "wrong-moment"),
        ("/api/dashboard?compare=nonsense", 404, "unknown-indicator"),
        ("/api/figure/rows?indicator=hypertension_visits&part=half", 400, "wrong-part"),
        ("/api/figure/rows?indicator=hypertension_visits&part=missed", 404, "no-rows"),
        ("/api/figure/rows?indicator=hypertension_visits&limit=0", 400, "wrong-limit"),
        ("/api/record?register=nonsense&id=1", 404, "unknown-record"),
        ("/api/record?register=resident&id=nobody", 404, "unknown-record"),
        ("/api/resident?id=nobody&purpose=visit", 404, "unknown-record"),
        ("/api/nothing", 404, "unknown-address"),
    ];
    let seq = served.app.store().seq();
    for (address, status, code) in cases {
        let answer = served.get(address).await;
        assert_eq!(answer.status.as_u16(), status, "{address}: {}", answer.text());
        let problem = answer.json();
        assert_eq!(problem["code"], code, "{address}");
        for key in ["what", "where", "next", "request"] {
            assert!(!problem[key].as_str().unwrap().is_empty(), "{address} {key}");
        }
    }
    assert_eq!(served.app.store().seq(), seq, "a refusal writes nothing");
}

#[tokio::test]
async fn refusals_speak_the_readers_language() {
    let served = Served::new();
    let address = "/api/figure?indicator=hypertension_standard_rat";
    let zh = served.get(address).await.json();
    assert_eq!(zh["what"], "没有指标“hypertension_standard_rat”");
    assert_eq!(zh["next"], "是否指“hypertension_standard_rate”？");
    let en = served.get_with(address, "accept-language", "en-GB,en;q=0.9").await.json();
    assert_eq!(en["what"], "there is no indicator \"hypertension_standard_rat\"");
    let asked = served.get_with(&format!("{address}&lang=zh"), "accept-language", "en").await.json();
    assert_eq!(asked["what"], zh["what"]);
}

#[tokio::test]
async fn every_page_of_the_application_is_the_same_file() {
    let served = Served::new();
    for address in ["/", "/figure?indicator=x", "/report", "/no/such/page"] {
        let answer = served.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        assert!(answer.header("content-type").starts_with("text/html"), "{address}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let tag = answer.header("etag").to_string();
        if !tag.is_empty() {
            let again = served.get_with(address, "if-none-match", &tag).await;
            assert_eq!(again.status, StatusCode::NOT_MODIFIED);
        }
    }
    assert_eq!(served.get("/assets/nothing.js").await.status, StatusCode::NOT_FOUND);
}
