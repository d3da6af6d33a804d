//! `taizhang coverage`: which lines of work the packs cover, and how deep.

use crate::fault::Fault;
use crate::{Done, answer, library, output};
use pack::model::Pack;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The inventory: a CSV with the columns id, domain, zh, en (default: docs/inventory.csv of the library)
    #[arg(long)]
    inventory: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print the page docs/coverage.md
    #[arg(long)]
    markdown: bool,
}

/// One line of work of the inventory.
struct Line {
    id: String,
    domain: String,
    zh: String,
    en: String,
}

/// Something a pack does for a line of work.
struct Depth {
    en: &'static str,
    zh: &'static str,
    has: fn(&Pack) -> bool,
}

const DEPTHS: [Depth; 6] = [
    Depth { en: "record", zh: "记", has: |pack| !pack.registers.is_empty() },
    Depth { en: "count", zh: "数", has: |pack| !pack.indicators.is_empty() },
    Depth {
        en: "do",
        zh: "办",
        has: |pack| !pack.tasks.is_empty() || pack.registers.values().any(|register| register.flow.is_some()),
    },
    Depth {
        en: "check",
        zh: "查",
        has: |pack| !pack.rules.is_empty() || pack.registers.values().any(|register| !register.rules.is_empty()),
    },
    Depth { en: "pay", zh: "付", has: |pack| !pack.schemes.is_empty() },
    Depth { en: "report", zh: "报", has: |pack| pack.report.is_some() },
];

/// The groups of the inventory, by their letter.
const DOMAINS: [(&str, &str); 22] = [
    ("A", "人口、台账与健康档案 · Population, registers and health records"),
    ("B", "基本公共卫生与慢性病 · Basic public health and chronic disease"),
    ("C", "妇幼健康 · Maternal and child health"),
    ("D", "免疫规划 · Immunisation"),
    ("E", "传染病与突发公共卫生 · Infectious disease and public health emergency"),
    ("F", "疫情防控与物资 · Epidemic control and logistics"),
    ("G", "家庭医生 · Family-doctor contract"),
    ("H", "医保结算与健康扶贫 · Medical insurance, settlement and poverty relief"),
    ("I", "计划生育与生育支持 · Family planning, birth support"),
    ("J", "药品与耗材 · Drugs and supplies"),
    ("K", "公立医院改革与质量 · Public-hospital reform and quality"),
    ("L", "分级诊疗、医共体与支援 · Referral, medical community and support"),
    ("M", "信息平台 · Information platforms"),
    ("N", "中医药 · Traditional Chinese medicine"),
    ("O", "卫生监督与许可 · Health supervision, law enforcement and licensing"),
    ("P", "爱国卫生与健康县 · Patriotic health and healthy county"),
    ("Q", "项目、设备与资金 · Projects, equipment and funds"),
    ("R", "人才队伍 · Human resources"),
    ("S", "健康教育与宣传 · Health education and publicity"),
    ("T", "医养、托育、血液与筛查 · Elderly, care, childcare, blood, screening"),
    ("U", "政务与党建 · Administration and government"),
    ("V", "计划与报告 · Planning and reporting"),
];

pub fn run(args: &Args) -> Done {
    let home = library::home()?;
    let catalog = library::load(&library::packs(&home.join("packs"))?, None)?;
    let mut covered: BTreeMap<&str, Vec<&Pack>> = BTreeMap::new();
    for pack in catalog.packs.values() {
        for id in &pack.header.covers {
            covered.entry(id.value.as_str()).or_default().push(pack);
        }
    }
    let lines = inventory(&args.inventory.clone().unwrap_or_else(|| home.join("docs/inventory.csv")))?;
    let unknown: Vec<&str> = covered.keys().copied().filter(|id| lines.iter().all(|line| line.id != *id)).collect();
    if let Some(id) = unknown.first() {
        return Err(Fault::Use(format!("a pack covers \"{id}\", which is no line of the inventory")));
    }
    if args.markdown {
        output::text(&page(&lines, &covered));
    } else if args.json {
        let rows = lines.iter().filter_map(|line| {
            let packs = covered.get(line.id.as_str())?;
            Some(json!({ "id": line.id, "packs": names(packs), "depth": depth(packs, |depth| depth.en) }))
        });
        let missing = lines.iter().map(|line| line.id.as_str()).filter(|id| !covered.contains_key(id));
        output::json(&json!({ "covered": rows.collect::<Vec<_>>(), "missing": missing.collect::<Vec<_>>() }));
    } else {
        for line in &lines {
            let Some(packs) = covered.get(line.id.as_str()) else { continue };
            let depth = depth(packs, |depth| depth.en).join(", ");
            output::line(&format!("{:28} {:40} {depth}", line.id, names(packs).join(", ")));
        }
        output::line(&format!("{} covered, {} missing", covered.len(), lines.len() - covered.len()));
    }
    Ok(answer(true))
}

fn names<'p>(packs: &[&'p Pack]) -> Vec<&'p str> {
    packs.iter().map(|pack| pack.header.id.value.as_str()).collect()
}

/// How far the packs of a line go.
fn depth(packs: &[&Pack], word: fn(&Depth) -> &'static str) -> Vec<&'static str> {
    DEPTHS.iter().filter(|depth| packs.iter().any(|pack| (depth.has)(pack))).map(word).collect()
}

/// The page: a table for each group of the inventory.
fn page(lines: &[Line], covered: &BTreeMap<&str, Vec<&Pack>>) -> String {
    let mut page = format!(
        "# Coverage\n\nWhich of the {} lines of work of the inventory the packs cover: {} do, {} do not yet. A line of work is \
         recorded (记, registers), counted (数, indicators), done (办, tasks and flows), checked (查, rules), paid (付, schemes) \
         and reported (报, sentences). Made by `taizhang coverage --markdown`; a test compares it with the packs.\n",
        lines.len(),
        covered.len(),
        lines.len() - covered.len()
    );
    for (letter, title) in DOMAINS {
        let of_domain: Vec<&Line> = lines.iter().filter(|line| line.domain == letter).collect();
        if of_domain.is_empty() {
            continue;
        }
        let n_covered = of_domain.iter().filter(|line| covered.contains_key(line.id.as_str())).count();
        let _ = write!(page, "\n## {letter} {title} ({n_covered} of {})\n\n", of_domain.len());
        page += "| 工作 | line of work | packs | depth |\n| --- | --- | --- | --- |\n";
        for line in of_domain {
            let packs = covered.get(line.id.as_str()).map(Vec::as_slice).unwrap_or_default();
            let names: Vec<String> = names(packs).iter().map(|name| format!("`{name}`")).collect();
            let depth = depth(packs, |depth| depth.zh).join(" ");
            let _ = writeln!(page, "| {} | {} | {} | {depth} |", line.zh, line.en, names.join(", "));
        }
    }
    page
}

/// The lines of the inventory, in its order.
fn inventory(path: &Path) -> Result<Vec<Line>, Fault> {
    let wrong = |what: String| Fault::Use(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(Fault::io(path))?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let titles = reader.headers().map_err(|error| wrong(error.to_string()))?.clone();
    let place =
        |name: &str| titles.iter().position(|title| title == name).ok_or_else(|| wrong(format!("no column {name}")));
    let (id, domain, zh, en) = (place("id")?, place("domain")?, place("zh")?, place("en")?);
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(error.to_string()))?;
        let cell = |n: usize| record.get(n).unwrap_or_default().trim().to_string();
        lines.push(Line { id: cell(id), domain: cell(domain), zh: cell(zh), en: cell(en) });
    }
    Ok(lines)
}
