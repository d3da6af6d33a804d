//! Does the command settle the worked example to the fen, refuse bad bills, and book once?
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

fn taizhang(args: &[&str]) -> Output {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Command::new(env!("CARGO_BIN_EXE_taizhang")).env("TAIZHANG_HOME", home).args(args).output().unwrap()
}

fn answer(args: &[&str]) -> Value {
    let output = taizhang(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{args:?}: {said}"))
}

fn bill(id: &str) -> Value {
    json!({
        "id": id, "resident": "zhang", "institution": "yiyuan", "on_date": "2026-05-14", "at": "2026-05-14T09:30",
        "level": "县级", "category": "低保", "referred": false, "total": "38642.35", "out_cat": "3210.40",
        "pre_pay": "1105.20", "burden_to_date": "2300.00",
    })
}

fn write(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn amounts(plan: &Value) -> Vec<String> {
    let steps = plan["steps"].as_array().unwrap().iter().map(|step| step["paid"].as_str().unwrap().to_string());
    steps.chain([plan["rest"].as_str().unwrap().to_string()]).collect()
}

const WORKED: [&str; 7] = ["28837.74", "1162.86", "2163.08", "1514.15", "119.01", "981.28", "3864.23"];

#[test]
fn the_worked_example_comes_out_to_the_fen_from_every_kind_of_file() {
    let dir = tempfile::tempdir().unwrap();
    let one = bill("b1");
    let titles: Vec<&str> = one.as_object().unwrap().keys().map(String::as_str).collect();
    let cells: Vec<String> =
        one.as_object().unwrap().values().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_string)).collect();
    for input in [
        write(dir.path(), "one.json", &one.to_string()),
        write(dir.path(), "many.json", &json!([one]).to_string()),
        write(dir.path(), "bills.ndjson", &format!("{one}\n")),
        write(dir.path(), "bills.csv", &format!("\u{feff}{}\n{}\n", titles.join(","), cells.join(","))),
    ] {
        let document = answer(&["settle", "one_stop", "--input", &input, "--json"]);
        assert_eq!(amounts(&document["plans"][0]), WORKED, "{input}");
    }
    let input = dir.path().join("one.json").display().to_string();
    let explained = taizhang(&["settle", "one_stop", "--input", &input, "--explain"]);
    let text = String::from_utf8(explained.stdout).unwrap();
    assert!(text.contains("1 基本医保  28837.74 = 四舍五入((34326.75 − 400.00) × 85%)"), "{text}");
    assert!(
        text.contains("核对 28837.74 + 1162.86 + 2163.08 + 1514.15 + 119.01 + 981.28 + 3864.23 = 38642.35 ✓"),
        "{text}"
    );
}

#[test]
fn what_is_wrong_is_refused_with_its_reason_and_the_answer_is_no() {
    let dir = tempfile::tempdir().unwrap();
    let mut wrong = bill("b2");
    wrong["out_cat"] = json!("37537.16");
    let mut late = bill("b3");
    late["on_date"] = json!("2027-01-01");
    let input = write(dir.path(), "bills.json", &json!([bill("b1"), wrong, late, bill("b1")]).to_string());
    let output = taizhang(&["settle", "one_stop", "--input", &input, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["plans"].as_array().unwrap().len(), 1);
    let mut codes: Vec<&str> =
        document["refused"].as_array().unwrap().iter().map(|refused| refused["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["paid-twice", "parts_exceed", "scheme-expired"]);
    let unknown = taizhang(&["settle", "one_stpo", "--input", &input]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("did you mean \"one_stop\"?"));
}

#[test]
fn a_countys_settings_change_what_is_paid() {
    let dir = tempfile::tempdir().unwrap();
    let input = write(dir.path(), "one.json", &bill("b1").to_string());
    let b = answer(&["settle", "one_stop", "--input", &input, "--county", "demo_b", "--json"]);
    assert_eq!(b["plans"][0]["rest"], "4845.51");
    let c = answer(&["settle", "one_stop", "--input", &input, "--county", "demo_c", "--json"]);
    assert_eq!(c["plans"][0]["rest"], "0.00");
}

#[test]
fn booked_once_and_the_ledger_balances() {
    let dir = tempfile::tempdir().unwrap();
    let county = dir.path().join("county").display().to_string();
    assert!(taizhang(&["init", "demo_b", "--dir", &county]).status.success());
    let input = write(dir.path(), "one.json", &bill("b1").to_string());
    let commit =
        ["settle", "one_stop", "--input", &input, "--dir", &county, "--commit", "--booked-on", "2026-05-20", "--json"];
    let empty = taizhang(&commit);
    assert_eq!(empty.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&empty.stderr).contains("fund:"), "an empty fund pays nothing");
    for fund in ["resident_pool", "serious_illness", "620100", "610100"] {
        let document = format!("grant-{fund}");
        let args =
            ["ledger", "--dir", &county, "fund", fund, "50000.00", "--document", &document, "--on", "2026-05-01"];
        assert!(taizhang(&args).status.success());
    }
    assert_eq!(answer(&commit)["booked"], 1);
    let again = answer(&commit);
    assert_eq!((again["booked"].clone(), again["known"].clone()), (json!(0), json!(1)));
    let balances = answer(&["ledger", "--dir", &county, "--json", "balances", "--on", "2026-05-20"]);
    assert_eq!(balances["off"], "0");
    let of = |account: &str| {
        let accounts = balances["accounts"].as_array().unwrap();
        accounts.iter().find(|known| known["account"] == account).unwrap()["balance"].as_str().unwrap().to_string()
    };
    assert_eq!(of("fund:resident_pool"), "21162.26");
    assert_eq!(of("institution:yiyuan"), "33677.83");
    assert_eq!(of("waiver:yiyuan"), "-119.01");
    assert_eq!(of("person:zhang"), "-4845.51");
    let verified = taizhang(&["verify", "--dir", &county]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[test]
fn a_replay_says_who_gains_who_loses_and_which_fund_pays() {
    let dir = tempfile::tempdir().unwrap();
    let county = dir.path().join("county").display().to_string();
    assert!(taizhang(&["init", "demo_b", "--dir", &county]).status.success());
    let mut away = bill("b2");
    away["resident"] = json!("li");
    away["category"] = json!("普通");
    let input = write(dir.path(), "bills.json", &json!([bill("b1"), away]).to_string());
    let ask = |more: &[&str]| {
        let base = ["simulate", "one_stop", "--dir", &county, "--input", &input, "--json", "--by", "category"];
        answer(&[&base, more].concat())
    };
    let cheaper = ask(&["--set", "promise_rate=5%"]);
    let of = |part: &Value| part["paid"]["change"].as_str().unwrap().to_string();
    let funds: Vec<String> = cheaper["funds"].as_array().unwrap().iter().map(of).filter(|fen| fen != "0.00").collect();
    assert_eq!((cheaper["have_more"].clone(), cheaper["have_less"].clone()), (json!(1), json!(0)), "{cheaper}");
    assert_eq!(funds, [cheaper["paid"]["change"].as_str().unwrap()], "only the last fund makes up for it");
    assert_eq!(cheaper["changes"][0]["who"], "zhang");
    assert_eq!(cheaper["left_to_people"]["change"].as_str().unwrap(), format!("-{}", funds[0]));
    assert_eq!(cheaper["groups"].as_array().unwrap().len(), 2);
    let dearer = ask(&["--set", "parameter one_stop.special_rate=30%"]);
    assert_eq!((dearer["have_more"].clone(), dearer["have_less"].clone()), (json!(0), json!(1)), "{dearer}");
    assert_eq!(ask(&["--set", "promise_rate=14%"])["changes"], json!([]), "what is in force changes nothing");
    for (wrong, says) in [
        (vec!["--set", "promise_rat=5%"], "promise_rate"),
        (vec!["--set", "promise_rate"], "NAME=VALUE"),
        (vec![], "what is to change"),
        (vec!["--set", "promise_rate=5%", "--by", "categry"], "did you mean \"category\""),
    ] {
        let base = ["simulate", "one_stop", "--dir", &county, "--input", &input];
        let output = taizhang(&[&base[..], &wrong].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says), "{said}");
    }
}
