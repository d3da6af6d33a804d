//! Is every role let in at every address it should be, and nowhere else?
//!
//! `endpoints.txt` is the table; each cell is a real request of a signed-in account.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use accounts::{Grant, NewAccount, Role};
use axum::http::StatusCode;
use common::Served;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

const TABLE: &str = include_str!("endpoints.txt");
const OWN: &str = "Liu he-cun 37";

fn now() -> base::Timestamp {
    // The server's own clock: sessions are judged by it.
    #[allow(clippy::disallowed_methods, reason = "a test at the edge")]
    base::Timestamp::now()
}

/// Somebody with one role for one organisation, signed in.
async fn somebody(served: &Served, book: &accounts::Book, name: &str, role: Role, org: &str) -> String {
    let new = NewAccount { name, person: "测试", grants: vec![Grant { role, org: org.into() }] };
    let temporary = book.create_active("console", &new, now()).unwrap();
    book.change_password(name, &temporary, OWN, now()).unwrap();
    tokio::task::block_in_place(|| served.app.refresh_accounts()).unwrap();
    served.enter(name, OWN).await
}

/// Refused by the guard, not by what the handler says about a question without parameters.
fn is_let_in(answer: &common::Answer) -> bool {
    if !matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return true;
    }
    !matches!(answer.json()["code"].as_str(), Some("sign-in" | "not-permitted"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_at_every_address() {
    let (served, book) = Served::behind_a_door();
    let lines: Vec<Vec<&str>> =
        TABLE.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_whitespace().collect()).collect();
    let told: BTreeSet<(String, String)> = lines.iter().map(|line| (line[0].into(), line[1].into())).collect();
    let there: BTreeSet<(String, String)> =
        server::endpoints(&served.app).iter().map(|at| (at.method.to_string(), at.path.to_string())).collect();
    assert_eq!(told, there, "the table and the server name the same addresses");

    let mut wrong = Vec::new();
    for column in 0..=Role::ALL.len() {
        let role = Role::ALL.get(column);
        let name = role.map_or("nobody", |role| role.word());
        let mut cookie = String::new();
        for line in &lines {
            // Some addresses end the session; each cell begins with one.
            let is_over = cookie.is_empty() || line[1].contains("/end") || line[1].contains("/password");
            if let (Some(role), true) = (role, is_over) {
                cookie = match book.account(name).is_some() {
                    false => somebody(&served, &book, name, *role, "little").await,
                    true => served.enter(name, OWN).await,
                };
            }
            let expected = line[2 + column] == "x";
            // A body no handler takes: what is tested is who gets as far as the handler.
            let answer = served.ask(line[0], line[1], &cookie, &[], &json!({ "nothing": true })).await;
            if is_let_in(&answer) != expected {
                wrong.push(format!("{} {} as {name}: {} {}", line[0], line[1], answer.status, answer.text()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_village_doctor_sees_the_own_village_in_every_answer() {
    let (served, book) = Served::behind_a_door();
    let east = somebody(&served, &book, "east", Role::VillageDoctor, "east_1").await;
    let get = async |address: &str| served.ask("GET", address, &east, &[], &Json::Null).await;

    // What names no organisation begins at the own one.
    let county = get("/api/county").await.json();
    let orgs: Vec<&str> = county["orgs"].as_array().unwrap().iter().map(|org| org["id"].as_str().unwrap()).collect();
    assert_eq!(orgs, ["east_1"]);
    assert_eq!(county["orgs"][0]["parent"], Json::Null);
    for address in ["/api/dashboard", "/api/indicators", "/api/tasks", "/api/findings", "/api/quality", "/api/alerts"] {
        let answer = get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text());
        for elsewhere in ["west_1", "西山", "欧阳", "\"p4\""] {
            assert!(!answer.text().contains(elsewhere), "{address} tells of {elsewhere}: {}", answer.text());
        }
    }
    let rows = get("/api/figure/rows?indicator=hypertension_managed&part=numerator").await;
    let rows =
        if rows.status == StatusCode::OK { rows } else { get("/api/figure/rows?indicator=hypertension_visits").await };
    assert_eq!(rows.status, StatusCode::OK, "{}", rows.text());
    assert!(rows.text().contains("\"p1\"") && !rows.text().contains("\"p4\""), "{}", rows.text());

    // What names another is refused.
    let refused = [
        "/api/dashboard?org=west_1",
        "/api/dashboard?org=little",
        "/api/dashboard?org=east",
        "/api/figure?indicator=hypertension_visits&org=west",
        "/api/figure/rows?indicator=hypertension_visits&org=west_1",
        "/api/tasks?org=west_1",
        "/api/findings?org=little",
        "/api/residents?q=欧阳&org=west_1",
        "/api/record?register=resident&id=p4",
        "/api/record?register=hypertension_followup&id=v-p4-1",
        "/api/resident?id=p4&purpose=follow_up",
    ];
    for address in refused {
        let answer = get(&address.replace("欧阳", "%E6%AC%A7%E9%98%B3")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}: {}", answer.text());
        assert_eq!(answer.json()["code"], "out-of-reach", "{address}");
    }
    // A search finds nobody elsewhere, and the own people.
    let find = async |q: &str| {
        let body = json!({ "q": q });
        served.ask("POST", "/api/residents/find", &east, &[], &body).await.json()["rows"].as_array().unwrap().len()
    };
    assert_eq!((find("欧阳建国").await, find("张小明").await), (0, 1));

    // Writing stays at home as well.
    let visit = |resident: &str, org: &str| {
        json!({ "register": "hypertension_followup", "records": [{ "org": org, "fields": {
            "resident": resident, "on_date": "2025-12-01", "way": "1", "sbp": 130, "dbp": 80, "adherence": "1",
            "reaction": false, "class": "1", "referred": false } }] })
    };
    let write = async |body: Json| served.ask("POST", "/api/records", &east, &[], &body).await.status;
    assert_eq!(write(visit("p1", "west_1")).await, StatusCode::FORBIDDEN);
    assert_eq!(write(visit("p1", "east_1")).await, StatusCode::CREATED);
    let head = served.app.store().log().head("resident", "p4").unwrap().unwrap();
    let correction = json!({ "register": "resident", "records": [{
        "id": "p4", "version": head.version, "reason": "x", "fields": { "phone": "13800009999" } }] });
    assert_eq!(write(correction).await, StatusCode::FORBIDDEN);
    let last = served.app.store().log().entries_after(head.seq, 1_000).unwrap();
    assert!(last.iter().any(|entry| &*entry.actor == "east"), "the log names who wrote");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_seen_and_answered_by_those_it_stands_with() {
    let (served, book) = Served::behind_a_door();
    let east = somebody(&served, &book, "east", Role::VillageDoctor, "east_1").await;
    let west = somebody(&served, &book, "west", Role::VillageDoctor, "west_1").await;
    let urgent = json!({ "register": "hypertension_followup", "confirm": "已复测", "records": [{
        "id": "u1", "org": "east_1", "fields": { "resident": "p3", "on_date": "2025-07-02", "way": "1", "sbp": 186,
        "dbp": 112, "adherence": "1", "reaction": false, "class": "2", "referred": false } }] });
    let written = served.ask("POST", "/api/records", &east, &[], &urgent).await;
    assert_eq!(written.status, StatusCode::CREATED, "{}", written.text());
    let alerts = async |cookie: &str| served.ask("GET", "/api/alerts", cookie, &[], &Json::Null).await.json();
    let (seen, unseen) = (alerts(&east).await, alerts(&west).await);
    assert_eq!((&seen["total"], &unseen["total"]), (&json!(1), &json!(0)));
    assert_eq!(seen["alerts"][0]["within_reach"], true);
    let answer = json!({ "alert": seen["alerts"][0]["alert"], "outcome": "handled", "remark": "已转诊" });
    let said = async |cookie: &str| served.ask("POST", "/api/alerts", cookie, &[], &answer).await;
    let refused = said(&west).await;
    assert_eq!(refused.json()["code"], "no-such-alert", "nothing is told of alerts elsewhere");
    let written = said(&east).await;
    assert_eq!(written.status, StatusCode::CREATED, "{}", written.text());
    assert_eq!(alerts(&east).await["total"], 0);
    let last = served.app.store().log().entries_after(0, 100_000).unwrap();
    let answered: Vec<_> = last.iter().filter(|entry| &*entry.register == "alert_acknowledgement").collect();
    assert_eq!(answered.len(), 1);
    assert_eq!(&*answered[0].actor, "east");
}

#[tokio::test(flavor = "multi_thread")]
async fn unmasking_takes_a_reason_is_logged_first_and_is_counted() {
    let (served, book) = Served::behind_a_door();
    let cookie = somebody(&served, &book, "east", Role::VillageDoctor, "east_1").await;
    let unmask = async |id: &str, field: &str, reason: &str| {
        let body = json!({ "register": "resident", "id": id, "field": field, "reason": reason });
        served.ask("POST", "/api/unmask", &cookie, &[], &body).await
    };
    assert_eq!(unmask("p1", "citizen_id", "").await.json()["code"], "no-reason");
    assert_eq!(unmask("p4", "citizen_id", "电话随访核对").await.json()["code"], "out-of-reach");
    let shown = unmask("p1", "name", "上门随访核对姓名").await;
    assert_eq!(shown.json()["shown"], "张小明");
    let entries = served.app.store().log().of_resident("p1", 0, 1_000).unwrap();
    let last = entries.last().unwrap();
    assert_eq!((&*last.actor, last.reason.as_deref()), ("east", Some("unmask name: 上门随访核对姓名")));
    for _ in 1..20 {
        assert_eq!(unmask("p1", "phone", "电话随访").await.status, StatusCode::OK);
    }
    assert_eq!(unmask("p1", "phone", "电话随访").await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_page_cannot_make_a_browser_act() {
    let (served, book) = Served::behind_a_door();
    let cookie = somebody(&served, &book, "east", Role::VillageDoctor, "east_1").await;
    let body = json!({ "q": "张" });
    let find =
        async |headers: &[(&str, &str)]| served.ask("POST", "/api/residents/find", &cookie, headers, &body).await;
    for headers in [
        [("origin", "https://evil.example")],
        [("origin", "null")],
        [("sec-fetch-site", "cross-site")],
        [("sec-fetch-site", "same-site")],
    ] {
        assert_eq!(find(&headers).await.json()["code"], "other-origin", "{headers:?}");
    }
    let ours = [("origin", "http://little.example"), ("sec-fetch-site", "same-origin")];
    assert_eq!(find(&ours).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_is_the_same_for_all_who_fail_and_a_cookie_is_kept_from_scripts() {
    let (served, book) = Served::behind_a_door();
    somebody(&served, &book, "east", Role::VillageDoctor, "east_1").await;
    let sign_in = async |account: &str, password: &str| {
        let body = json!({ "account": account, "password": password });
        served.ask("POST", "/api/session", "", &[], &body).await
    };
    let (known, unknown) = (sign_in("east", "guess").await, sign_in("nobody", "guess").await);
    let said = |answer: &common::Answer| (answer.status, answer.json()["code"].clone(), answer.json()["what"].clone());
    assert_eq!(said(&known), said(&unknown));
    let right = sign_in(" EAST ", OWN).await;
    for word in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(right.header("set-cookie").contains(word), "{word}");
    }
    for _ in 0..5 {
        sign_in("east", "guess").await;
    }
    assert_eq!(sign_in("east", OWN).await.json()["code"], "locked");
    assert_eq!(served.ask("GET", "/api/county", "taizhang=0", &[], &Json::Null).await.status, StatusCode::UNAUTHORIZED);
    tokio::task::block_in_place(|| served.app.refresh_accounts()).unwrap();
    let entries = served.app.store().log().entries_after(0, 100_000).unwrap();
    let told: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.register == "account")
        .filter_map(|entry| entry.reason.as_deref())
        .collect();
    for what in ["created", "signed_in", "refused", "locked"] {
        assert!(told.contains(&what), "{what} is in the log: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_makes_three_people_and_works_once() {
    let (served, _book) = Served::behind_a_door();
    let body = |code: &str| {
        json!({ "code": code, "password": OWN, "system": { "account": "xt", "person": "孙立" },
            "security": { "account": "aq", "person": "周宁" }, "audit": { "account": "sj", "person": "吴芳" } })
    };
    let set_up = async |code: &str| served.ask("POST", "/api/setup", "", &[], &body(code)).await;
    let state =
        async |cookie: &str| served.ask("GET", "/api/session", cookie, &[], &Json::Null).await.json()["state"].clone();
    assert_eq!(state("").await, "setup");
    assert_eq!(set_up("zzzzz99999").await.json()["code"], "wrong-setup-code");
    let done = set_up(common::SETUP_CODE).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let cookie = done.header("set-cookie").split(';').next().unwrap().to_string();
    assert_eq!(state(&cookie).await, "signed_in");
    assert_eq!(state("").await, "signed_out");
    assert_ne!(set_up(common::SETUP_CODE).await.status, StatusCode::OK, "the code works once");

    // The security administrator changes the password that was handed over before anything else.
    let handed = done.json()["security_password"].as_str().unwrap().to_string();
    let security = served.enter("aq", &handed).await;
    let accounts = async |cookie: &str| served.ask("GET", "/api/accounts", cookie, &[], &Json::Null).await;
    assert_eq!(accounts(&security).await.json()["code"], "change-password");
    let change = json!({ "old": handed, "new": "He-bian 2026 liu" });
    let changed = served.ask("POST", "/api/account/password", &security, &[], &change).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let security = changed.header("set-cookie").split(';').next().unwrap().to_string();
    assert_eq!(accounts(&security).await.json()["accounts"].as_array().unwrap().len(), 3);

    // One makes, the other lets in; neither does the other's part.
    let new =
        json!({ "account": "zhang.m", "person": "张明", "grants": [{ "role": "village_doctor", "org": "east_1" }] });
    let made = served.ask("POST", "/api/accounts", &cookie, &[], &new).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let password = made.json()["password"].as_str().unwrap().to_string();
    let sign_in = json!({ "account": "zhang.m", "password": password });
    assert_eq!(served.ask("POST", "/api/session", "", &[], &sign_in).await.json()["code"], "waiting");
    let named = json!({ "account": "zhang.m" });
    assert_eq!(served.ask("POST", "/api/accounts/activate", &cookie, &[], &named).await.status, StatusCode::FORBIDDEN);
    assert_eq!(served.ask("POST", "/api/accounts/activate", &security, &[], &named).await.status, StatusCode::OK);
    let doctor = served.enter("zhang.m", &password).await;
    assert_eq!(state(&doctor).await, "restricted");
    assert_eq!(served.ask("POST", "/api/accounts/sign-out", &cookie, &[], &named).await.status, StatusCode::OK);
    assert_eq!(state(&doctor).await, "signed_out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_imports_for_the_own_township_only() {
    let (served, book) = Served::behind_a_door();
    let clerk = somebody(&served, &book, "clerk", Role::TownshipClerk, "east").await;
    let checked = async |row: Json| {
        let address = "/api/imports?register=hypertension_followup&name=visits.ndjson";
        let begun = served.ask("POST", address, &clerk, &[], &row).await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
        let id = begun.json()["id"].as_str().unwrap().to_string();
        loop {
            let state = served.ask("GET", &format!("/api/imports/{id}"), &clerk, &[], &Json::Null).await.json();
            match state["phase"].as_str().unwrap() {
                "checking" => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
                phase => {
                    assert_eq!(phase, "checked", "{state}");
                    return state;
                }
            }
        }
    };
    let rules = |state: &Json| -> Vec<String> {
        let refusals = state["refusals"].as_array().unwrap().iter();
        refusals.map(|refusal| refusal["rule"].as_str().unwrap().to_string()).collect()
    };
    let visit = |org: &str, resident: &str| json!({ "org": org, "resident": resident, "on_date": "2025-12-20", "way": "1", "sbp": 130, "dbp": 80 });
    let own = checked(visit("east_1", "p1")).await;
    assert!(!rules(&own).contains(&"out-of-reach".to_string()), "{own}");
    let other = checked(visit("west_1", "p4")).await;
    assert_eq!((other["n_rows"].as_u64(), other["n_refused"].as_u64()), (Some(1), Some(1)), "{other}");
    assert!(rules(&other).contains(&"out-of-reach".to_string()), "{other}");

    // Nor for the county, when the file's rows name nobody.
    let address = "/api/imports?register=hypertension_followup&name=visits.ndjson&org=west";
    let refused = served.ask("POST", address, &clerk, &[], &visit("east_1", "p1")).await;
    assert_eq!(refused.json()["code"], "out-of-reach");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_workbook_leaves_and_answers_are_compressed_for_whoever_takes_it() {
    let (served, book) = Served::behind_a_door();
    let clerk = somebody(&served, &book, "clerk", Role::TownshipClerk, "east").await;
    let address = "/api/registers/hypertension_followup/template.xlsx";
    let workbook = served.ask("GET", address, &clerk, &[], &Json::Null).await;
    assert_eq!(workbook.status, StatusCode::OK);
    assert!(workbook.bytes.starts_with(b"PK"), "a workbook is a ZIP");
    let unknown = served.ask("GET", "/api/registers/nothing/template.xlsx", &clerk, &[], &Json::Null).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);

    let plain = served.ask("GET", "/api/county", &clerk, &[], &Json::Null).await;
    assert_eq!(plain.header("content-encoding"), "");
    let packed = served.ask("GET", "/api/county", &clerk, &[("accept-encoding", "gzip")], &Json::Null).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.bytes.len() < plain.bytes.len());
    let stream = served.ask("GET", "/api/events", &clerk, &[("accept-encoding", "gzip")], &Json::Null).await;
    assert_eq!(stream.header("content-encoding"), "", "a stream is sent as it comes");
}
