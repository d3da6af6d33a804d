//! `taizhang new-pack`: a folder with a register, an indicator and an example, to be changed into a line of work.
//!
//! What it writes passes `taizhang check` and `taizhang test` as it stands.

use crate::fault::Fault;
use crate::{Done, answer, library, output};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Domain folder and name, in snake_case: care/hospice
    path: String,
    /// What people call it
    #[arg(long)]
    zh: String,
    /// The same in English
    #[arg(long)]
    en: String,
    /// The document that asks for it
    #[arg(long, default_value = "（填写文号）")]
    source: String,
}

/// Files of a new pack: their names and texts, in which ID, ZH, EN and SOURCE stand for what was said.
const FILES: [(&str, &str); 3] = [
    (
        "pack.yaml",
        r#"# EN: what is written down, and the first figure.
pack: ID
language: 1
title: {zh: ZH, en: "EN"}
needs: [core]
source: SOURCE

registers:
  ID_service:
    kind: event
    subject: resident
    title: {zh: ZH服务, en: "EN: service"}
    fields:
      way: {type: code, list: ID_way, required: true, title: {zh: 方式, en: Way}}
      remark: {type: text, title: {zh: 备注, en: Remark}}
    rules:
      ID_in_future: {level: refuse, when: "on_date > :as_of", say: {zh: "服务日期{on_date}在以后", en: "the day {on_date} is still to come"}}

lists:
  ID_way:
    title: {zh: ZH方式, en: "EN: way"}
    columns: {}
    codes:
      clinic: {zh: 门诊, en: at the clinic}
      home: {zh: 入户, en: at home}

cohorts:
  ID_services:
    title: {zh: ZH服务, en: "EN: services"}
    query: SELECT s.id, s.org, s.resident, s.way FROM ID_service s WHERE in_period(s.on_date)

indicators:
  ID_people: {count: ID_services, distinct: resident, unit: person, title: {zh: ZH服务人数, en: "EN: people served"}}
"#,
    ),
    ("report.md", "为{{ ID_people }}提供ZH服务。\n"),
    (
        "tests/ID.yaml",
        r#"tests:
  - name: 期内首末两日都算，期外不算，一人两次算一人
    period: 2025
    as_of: 2026-01-10
    given:
      ID_service:
        - {resident: zhang, way: clinic, on_date: 2025-01-01}
        - {resident: zhang, way: home, on_date: 2025-12-31}
        - {resident: li, way: home, on_date: 2024-12-31}
        - {resident: wang, way: home, on_date: 2026-01-01}
    expect:
      indicators: {ID_people: {value: "1"}}
      says: ["为1人提供ZH服务"]

  - name: 今天的服务可以登记，明天的不能
    as_of: 2025-03-01
    try:
      ID_service:
        - {resident: zhang, way: clinic, on_date: 2025-03-01}
        - {resident: zhang, way: clinic, on_date: 2025-03-02}
    expect: {saved: [ok, {refuse: ID_in_future}]}
"#,
    ),
];

pub fn run(args: &Args) -> Done {
    let (domain, id) = args.path.split_once('/').ok_or_else(|| wrong(&args.path))?;
    if !is_id(domain) || !is_id(id) {
        return Err(wrong(&args.path));
    }
    let packs = library::home()?.join("packs");
    if library::packs(&packs)?.iter().any(|pack| pack.id == id) {
        return Err(Fault::Use(format!("there is a pack \"{id}\" already; take another name")));
    }
    let folder = packs.join(domain).join(id);
    for (name, text) in FILES {
        let path = folder.join(name.replace("ID", id));
        let parent: PathBuf = path.parent().map(PathBuf::from).unwrap_or_else(|| folder.clone());
        std::fs::create_dir_all(&parent).map_err(Fault::io(&parent))?;
        let words = [("ID", id), ("ZH", &args.zh), ("EN", &args.en), ("SOURCE", &args.source)];
        let text = words.iter().fold(text.to_string(), |text, (word, said)| text.replace(word, said));
        std::fs::write(&path, text).map_err(Fault::io(&path))?;
        output::line(&path.display().to_string());
    }
    output::line(&format!(
        "next: `taizhang check packs`, `taizhang test packs/{domain}/{id}`, docs/guide/write-a-pack.md"
    ));
    Ok(answer(true))
}

fn is_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(plain)
}

fn wrong(path: &str) -> Fault {
    Fault::Use(format!("\"{path}\" is not DOMAIN/NAME in snake_case, such as care/hospice"))
}
