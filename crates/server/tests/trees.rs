//! A township merged in July, and a second tree: does every figure come out as it was and as it is, with its list?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use accounts::{Grant, NewAccount, Role};
use axum::http::StatusCode;
use common::Served;
use serde_json::{Value as Json, json};

/// 东河镇 becomes part of the new 河山镇 on the first of July; its village belongs to the hospital's medical community.
const ORGS: &str = "id,name,kind,level,parent,parent.medical,code,from,until
little,小县,county,county,,,519900,2000-01-01,
hospital,小县人民医院,general_hospital,institution,little,,,2000-01-01,
east,东河镇,township,township,little,,,2000-01-01,2025-07-01
west,西山乡,township,township,little,,,2000-01-01,
joined,河山镇,township,township,little,,,2025-07-01,
east_1,东河村,village,village,east,hospital,,2000-01-01,2025-07-01
west_1,西山村,village,village,west,,,2000-01-01,
east,东河镇,township,township,joined,,,2025-07-01,
east_1,东河村,village,village,joined,hospital,,2025-07-01,
";

const PASSWORD: &str = "Liu he-cun 37";

async fn visits(served: &Served, org: &str, how: &str) -> Json {
    let page = served.json(&format!("/api/indicators?org={org}{how}")).await;
    let groups = page["groups"].as_array().unwrap();
    let mut figures = groups.iter().flat_map(|group| group["figures"].as_array().unwrap());
    figures.find(|figure| figure["indicator"] == "hypertension_visits").unwrap()["value"].clone()
}

/// Nine visits in the village, five of them before July; four elsewhere.
#[tokio::test]
async fn a_township_merged_in_july_is_exact_in_both_views() {
    let served = Served::with_orgs(ORGS);
    assert_eq!(served.json("/api/county").await["trees"], json!(["medical"]));
    let expected = [
        ("", "little", 13),
        ("", "east", 5),
        ("", "joined", 4),
        ("", "west", 4),
        ("&standing=as-was", "east", 5),
        ("&standing=as-is", "little", 13),
        ("&standing=as-is", "east", 0),
        ("&standing=as-is", "joined", 9),
        ("&standing=as-is", "west", 4),
        ("&tree=medical", "hospital", 9),
        ("&tree=medical", "joined", 0),
        ("&tree=medical", "little", 13),
        ("&tree=medical&standing=as-is", "hospital", 9),
    ];
    for (how, org, n) in expected {
        assert_eq!(visits(&served, org, how).await, n.to_string(), "{org}{how}");
        let address = format!("indicator=hypertension_visits&org={org}{how}");
        let detail = served.json(&format!("/api/figure?{address}")).await;
        assert_eq!(detail["figure"]["value"], n.to_string(), "{org}{how}");
        let rows = served.json(&format!("/api/figure/rows?{address}")).await;
        assert_eq!(rows["total"], n, "the list is as long as the figure: {org}{how}");
        let below = detail["children"].as_array().unwrap();
        let sum: u64 = below.iter().map(|child| child["value"].as_str().unwrap().parse::<u64>().unwrap()).sum();
        // As it was, a village that moved during the year has rows below both of its townships.
        let moved = org == "east" || org == "joined";
        if how.ends_with("as-is") || !moved {
            assert!(below.is_empty() || sum == n, "the parts add up: {org}{how}: {below:?}");
        }
        let card = served.json(&format!("/api/figure/card?{address}")).await;
        assert_eq!(card["figure"]["value"], n.to_string(), "{org}{how}");
    }
    // Before the merger nothing stood below the new township, and as it is everything does.
    assert_eq!(visits(&served, "joined", "&period=2025H1").await, "0");
    assert_eq!(visits(&served, "joined", "&period=2025H1&standing=as-is").await, "5");
    let path = served.json("/api/figure?indicator=hypertension_visits&org=east_1&tree=medical").await["path"].clone();
    let path: Vec<&str> = path.as_array().unwrap().iter().map(|step| step["id"].as_str().unwrap()).collect();
    assert_eq!(path, ["little", "hospital", "east_1"]);
}

#[tokio::test]
async fn what_is_no_tree_and_no_standing_is_said() {
    let served = Served::with_orgs(ORGS);
    for page in ["indicators?", "figure?indicator=hypertension_visits&", "figure/rows?indicator=hypertension_visits&"] {
        let answer = served.get(&format!("/api/{page}standing=later")).await;
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (StatusCode::BAD_REQUEST, &json!("wrong-standing")),
            "{page}"
        );
        let answer = served.get(&format!("/api/{page}tree=parish")).await;
        assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::NOT_FOUND, &json!("unknown-tree")), "{page}");
    }
}

/// Along the other tree the hospital stands above a village that its staff do not reach.
#[tokio::test(flavor = "multi_thread")]
async fn another_tree_is_no_way_around_ones_reach() {
    let (served, book) = Served::with_orgs_behind_a_door(ORGS);
    #[allow(clippy::disallowed_methods, reason = "a test at the edge")]
    let now = base::Timestamp::now();
    let grants = vec![Grant { role: Role::Hospital, org: "hospital".into() }];
    let temporary =
        book.create_active("console", &NewAccount { name: "hospital", person: "周宁", grants }, now).unwrap();
    book.change_password("hospital", &temporary, PASSWORD, now).unwrap();
    tokio::task::block_in_place(|| served.app.refresh_accounts()).unwrap();
    let cookie = served.enter("hospital", PASSWORD).await;
    let get = async |address: &str| served.ask("GET", address, &cookie, &[], &Json::Null).await;
    assert_eq!(get("/api/indicators").await.status, StatusCode::OK);
    for address in [
        "indicators?tree=medical",
        "figure?indicator=hypertension_visits&tree=medical",
        "figure/rows?indicator=hypertension_visits&tree=medical",
    ] {
        let answer = get(&format!("/api/{address}")).await;
        assert_eq!(answer.json()["code"], "out-of-reach", "{address}: {}", answer.text());
    }
}
