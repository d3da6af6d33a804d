//! Does every address answer, and does each list have as many rows as the number that opens it?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use axum::http::StatusCode;
use common::Served;
use serde_json::Value as Json;

const RATE: &str = "indicator=hypertension_standard_rate";

#[tokio::test]
async fn the_county_says_what_can_be_asked() {
    let served = Served::new();
    let county = served.json("/api/county").await;
    assert_eq!(county["id"], "little");
    assert_eq!(county["title"]["en"], "Little County");
    assert_eq!(county["period"], "2025");
    assert_eq!(county["periods"], serde_json::json!(["2025"]));
    assert_eq!(county["orgs"].as_array().unwrap().len(), 6);
    assert_eq!(county["packs"][1]["id"], "hypertension");
    assert_eq!(served.json("/api/health").await["status"], "ok");
    let described = served.json("/api/openapi.json").await;
    assert!(described["paths"]["/api/figure/rows"]["get"].is_object());
}

#[tokio::test]
async fn the_dashboard_ranks_and_warns() {
    let served = Served::new();
    let dashboard = served.json("/api/dashboard").await;
    let card = &dashboard["cards"][0];
    assert_eq!(card["figure"]["shown"], "75.00%");
    assert_eq!(card["figure"]["status"], "late");
    assert_eq!(card["figure"]["target"]["shown"], "90%");
    assert_eq!(card["figure"]["gap_shown"], "低于目标15.00个百分点");
    assert_eq!(card["trend"].as_array().unwrap().len(), 12);
    assert_eq!(card["trend"][11]["shown"], "75.00%");
    let visits = &dashboard["cards"][1];
    assert_eq!(visits["figure"]["value"], "13");
    let monthly: i64 =
        visits["trend"].as_array().unwrap().iter().map(|p| p["value"].as_str().unwrap().parse::<i64>().unwrap()).sum();
    assert_eq!(monthly, 13, "the months of a flow sum to the year");
    let rows = dashboard["comparison"]["rows"].as_array().unwrap();
    let orgs: Vec<&str> = rows.iter().map(|row| row["org"].as_str().unwrap()).collect();
    assert_eq!(orgs, ["west", "east"], "townships only, best first");
    assert_eq!(dashboard["comparison"]["target"], "90");
    assert_eq!(
        dashboard["comparison"]["sentence"]["zh"],
        "2个乡镇中1个达到目标，排在最后的东河镇低于目标23.33个百分点"
    );
    let attention = dashboard["attention"].as_array().unwrap();
    assert_eq!(attention[0]["text"]["zh"], "东河镇高血压患者规范管理率66.67%，低于目标23.33个百分点");
    assert_eq!(attention[0]["severity"], "late");
    assert_eq!(attention.len(), 2);
    let village = served.json("/api/dashboard?org=east_1").await;
    assert!(village["comparison"].is_null(), "nothing is below a village");
}

#[tokio::test]
async fn a_figure_explains_itself() {
    let served = Served::new();
    let detail = served.json(&format!("/api/figure?{RATE}&org=east")).await;
    assert_eq!(detail["figure"]["numerator"], "2");
    assert_eq!(detail["figure"]["denominator"], "3");
    assert!(detail["figure"]["change"].is_null(), "nobody was visited last year");
    let patients = served.json("/api/figure?indicator=hypertension_patients").await;
    assert_eq!(patients["figure"]["change"], serde_json::json!({ "shown": "持平", "direction": "same" }));
    let path: Vec<&str> = detail["path"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap()).collect();
    assert_eq!(path, ["little", "east"]);
    assert_eq!(detail["children"][0]["org"], "east_1");
    assert_eq!(detail["months"].as_array().unwrap().len(), 12);
    assert_eq!(detail["months"][2]["period_shown"], "2025年1—3月");
    let definition = &detail["definition"];
    assert_eq!(definition["measure"], "比率");
    assert_eq!(definition["numerator"]["n_shown"], "2");
    assert!(definition["sql"].as_str().unwrap().contains("SELECT"));
    let parameters = definition["parameters"].as_array().unwrap();
    let visits = parameters.iter().find(|p| p["name"] == "visits_per_year").unwrap();
    assert_eq!(visits["value"], "4");
    assert_eq!(visits["from"], "2017-03-01");

    let card = served.json(&format!("/api/figure/card?{RATE}&org=little&period=2025")).await;
    assert_eq!(card["formula"], "3 ÷ 4");
    assert!(!card["source"].as_str().unwrap().is_empty());

    let people = served.json("/api/figure?indicator=resident_population").await;
    assert_eq!(people["breakdown"][0]["by"], "rural");
    assert_eq!(people["breakdown"][0]["rows"][0]["label"]["zh"], "是");

    let by =
        |name: &str| people["breakdown"].as_array().unwrap().iter().find(|table| table["by"] == name).unwrap().clone();
    assert_eq!(by("sex")["title"]["zh"], "性别");
    let ages = by("age");
    let n = |row: &Json| row["figure"]["value"].as_str().unwrap().parse::<i64>().unwrap();
    let total: i64 = ages["rows"].as_array().unwrap().iter().map(n).sum();
    assert_eq!(total.to_string(), people["figure"]["value"].as_str().unwrap());

    let groups = served.json("/api/indicators?org=west").await;
    let all = groups["groups"].as_array().unwrap().iter().flat_map(|group| group["figures"].as_array().unwrap());
    assert!(all.clone().any(|figure| figure["indicator"] == "hypertension_patients" && figure["value"] == "1"));
}

#[tokio::test]
async fn every_list_is_as_long_as_its_number() {
    let served = Served::new();
    for org in ["little", "east", "west", "east_1", "hospital"] {
        let figure = &served.json(&format!("/api/figure?{RATE}&org={org}")).await["figure"];
        let number = |key: &str| figure[key].as_str().unwrap().parse::<u64>().unwrap();
        let missed = number("denominator") - number("numerator");
        for (part, n) in
            [("numerator", number("numerator")), ("denominator", number("denominator")), ("missed", missed)]
        {
            let rows = served.json(&format!("/api/figure/rows?{RATE}&org={org}&part={part}")).await;
            assert_eq!(rows["total"].as_u64().unwrap(), n, "{org} {part}");
            assert_eq!(rows["rows"].as_array().unwrap().len() as u64, n, "{org} {part}");
        }
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = served.json(&format!("/api/figure/rows?{RATE}&part=denominator&limit=3&after={after}")).await;
        seen.extend(page["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_string()));
        let Some(next) = page["next"].as_str() else { break };
        after = next.to_string();
    }
    assert_eq!(seen, ["c-p1", "c-p2", "c-p3", "c-p4"]);
}

#[tokio::test]
async fn the_report_is_blocks_and_files() {
    let served = Served::new();
    let report = served.json("/api/report").await;
    assert_eq!(report["title"], "小县2025年工作总结");
    let spans = report["blocks"].as_array().unwrap().iter().flat_map(|block| block["spans"].as_array().unwrap());
    let linked: Vec<&Json> = spans.filter(|span| span["figure"].is_object()).collect();
    assert!(linked.iter().any(|span| span["figure"]["indicator"] == "hypertension_standard_rate"));
    let figure = &linked[0]["figure"];
    let address = |key: &str| figure[key].as_str().unwrap().to_string();
    let card = format!(
        "/api/figure/card?indicator={}&org={}&period={}",
        address("indicator"),
        address("org"),
        address("period")
    );
    served.json(&card).await;
    for (ending, begins, kind) in
        [("md", "# ", "text/markdown"), ("html", "<!DOCTYPE", "text/html"), ("docx", "PK", "application/vnd")]
    {
        let file = served.get(&format!("/api/report.{ending}")).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.bytes.starts_with(begins.as_bytes()), "{ending}");
        assert!(file.header("content-type").starts_with(kind));
    }
}

#[tokio::test]
async fn a_past_moment_knows_nothing_of_later_records() {
    let served = Served::new();
    let before = served.json(&format!("/api/figure?{RATE}&as_of=2026-01-01")).await;
    assert_eq!(before["figure"]["value"], Json::Null);
    assert!(before["figure"]["missing"].is_string());
    let after = served.json(&format!("/api/figure?{RATE}&as_of=2026-01-05")).await;
    assert_eq!(after["figure"]["value"], "75.00");
}
