//! Does an outline become the paper its fragments and figures say?

#![allow(clippy::unwrap_used)]
use super::*;
use crate::fixture::Shili;

fn paper(text: &str) -> Document {
    let fragments = BTreeMap::from([
        ("hypertension".to_string(), "高血压患者{{ hypertension_patients }}。\n".to_string()),
        ("broken".to_string(), "{{ no_such_thing }}".to_string()),
    ]);
    let outline = Outline { name: "outline.md".into(), text: text.into() };
    let period = Period::year(2025);
    compose(&outline, &fragments, &Shili, period, period.last_day()).unwrap()
}

fn text(source: &str) -> String {
    let document = paper(source);
    assert_eq!(document.findings, [""; 0], "{source}");
    document.blocks.iter().map(|b| format!("{}{}", b.number, b.text())).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_helper_says_what_the_language_promises() {
    let cases = [
        ("{{ hypertension_patients }}", "29738人"),
        ("{{ hypertension_patients | bare }}", "29738"),
        ("{{ drug_sales }}", "8731.24万元"),
        ("{{ drug_sales | yi }}", "0.87亿元"),
        ("{{ drug_sales | wan }}", "8731.24万元"),
        ("{{ drug_sales | yuan }}", "87312400元"),
        ("{{ drug_sales | over(\"100万元\") }}", "8700余万元"),
        ("{{ hypertension_standard_rate | at_least(\"90%\") }}", "90%以上"),
        ("{{ hypertension_patients | about(10) }}", "约29740人"),
        (
            "率{{ hypertension_standard_rate }}{{ vs_last_year(hypertension_standard_rate) }}",
            "率98.96%，比上年提高0.46个百分点",
        ),
        ("出生{{ births }}{{ vs_last_year(births) }}", "出生3598人，同比下降0.06%"),
        ("患者{{ hypertension_patients }}{{ vs_last_year(hypertension_patients) }}", "患者29738人"),
        ("{{ rise(hypertension_standard_rate) }}", "由98.50%提高到98.96%"),
        ("{{ parts(funds_by_source) }}", "中央资金4320万元、地方配套1080万元"),
        ("{{ funds_by_source }}{{ among(funds_by_source) }}", "5400万元（其中：中央资金4320万元、地方配套1080万元）"),
        ("{{ movement(reward_opening, reward_new, reward_exit) }}", "年初1301人，其中新增102人，退出27人"),
        ("{{ zero(accidents, \"医疗事故\") }}", "未发生医疗事故"),
        ("{{ zero(complaints, \"投诉\") }}", "发生投诉2起"),
        ("率{{ target(hypertension_standard_rate) }}", "率，达到90%的目标"),
        ("率{{ target(early_rate) }}", "率，低于90%的目标1.04个百分点"),
        ("患者{{ target(hypertension_patients) }}", "患者"),
        ("{{ best(hypertension_standard_rate, 2) }}", "甲镇（99.80%）、乙镇（99.71%）"),
        ("{{ best(hypertension_standard_rate, 3) }}", "甲镇（99.80%）、乙镇（99.71%）、丙镇（99.60%）、丁镇（99.60%）"),
        ("{{ worst(hypertension_standard_rate, 1) }}", "丙镇（99.60%）、丁镇（99.60%）"),
        ("{{ up_to() }}{{ year() }}{{ next_year() }}", "截至12月底2025年2026年"),
        ("{{ day(started_on) }}{{ day(\"2025-11-05\") }}{{ started_on }}", "10月30日11月5日10月30日"),
        ("{{ cell(funds_by_source, source=\"central\") }}", "4320万元"),
        ("{{ cell(hypertension_standard_rate, org=\"甲镇\") }}", "99.80%"),
        ("{{ plan(hypertension_standard_rate) }}", "力争达到92%以上"),
        (
            "{% for x in below_target() %}{{ x.title }}{{ target(x) }}。{% endfor %}",
            "早孕建册率，低于90%的目标1.04个百分点。",
        ),
        (
            "{% for p in rows(\"late_milestones\") %}{{ p.name }}{{ p.milestone }}延期{{ p.days }}天；{% endfor %}",
            "县医院迁建开标延期40天；中医医院综合楼封顶延期12天；",
        ),
        ("已完工{{ clinics_built }}", "已完工20例（截至10月底）"),
        ("{% if accidents %}有{% else %}无{% endif %}{% if control_rate %}有{% else %}无{% endif %}", "无无"),
        ("{{ pack(\"hypertension\") }}", "高血压患者29738人。"),
        ("<!-- 12 {{ nothing }} -->正文", "正文"),
    ];
    for (source, expected) in cases {
        assert_eq!(text(source), expected, "{source}");
    }
}

#[test]
fn words_that_are_not_true_take_their_sentence_with_them() {
    let document = paper("甲。率{{ early_rate | at_least(\"90%\") }}。控制率{{ control_rate }}；乙。");
    assert_eq!(document.blocks[0].text(), "甲。乙。");
    assert_eq!(document.left_out.len(), 2);
    assert_eq!(document.left_out[0].sentence, "率—。");
    assert_eq!(document.left_out[0].why, "早孕建册率为88.96%，不能写“90%以上”");
    assert_eq!(document.left_out[1].to_string(), "“控制率—；”（血压控制率：分母为0）");
    assert_eq!(document.findings, ["早孕建册率为88.96%，不能写“90%以上”（word-not-true）"]);
}

#[test]
fn broken_parts_packs_and_names_are_findings() {
    let cases = [
        ("{{ parts(broken_funds) }}。", "parts-do-not-sum"),
        ("{{ pack(\"nowhere\") }}", "unknown-pack"),
        ("{{ pack(\"broken\") }}", "report-not-rendered"),
        ("{{ cell(births, org=\"戊镇\") }}。", "unknown-organisation"),
        ("{% for r in rows(\"nobody\") %}{{ r.id }}{% endfor %}", "unknown-cohort"),
        ("{{ births | wan }}。", "amount-does-not-fit"),
    ];
    for (source, code) in cases {
        let document = paper(source);
        let finding = document.findings.first().unwrap();
        assert!(finding.ends_with(&format!("（{code}）")), "{source}: {finding}");
    }
}

#[test]
fn an_unknown_name_in_the_outline_says_where() {
    let outline = Outline { name: "outline.md".into(), text: "甲。\n\n{{ hypertension_patient }}".into() };
    let period = Period::year(2025);
    let error = compose(&outline, &BTreeMap::new(), &Shili, period, period.last_day()).unwrap_err();
    assert!(error.to_string().starts_with("outline.md, line 3: "), "{error}");
}

#[test]
fn numbers_links_and_sources() {
    let document = paper(
        "<!-- title -->\n2025年工作总结\n\n开头{{ hypertension_patients }}。\n\n# 甲\n## 子\n{{ births }}。\n### 孙\n又{{ births }}。\n## 丑\n乙。\n# 丙\n{{ drug_sales | over(\"100万元\") }}。",
    );
    let numbers: Vec<&str> = document.blocks.iter().map(|b| b.number.as_str()).filter(|n| !n.is_empty()).collect();
    assert_eq!(numbers, ["一、", "（一）", "1. ", "（二）", "二、"]);
    assert_eq!(document.title, "2025年工作总结");
    let titles: Vec<&str> = document.sources.iter().map(|s| s.title.as_str()).collect();
    assert_eq!(titles, ["高血压患者", "出生人口", "药品零差率销售额"]);
    let link = document.blocks[1].spans[1].clone();
    assert_eq!((link.text.as_str(), link.figure.unwrap().indicator.as_str()), ("29738人", "hypertension_patients"));
}

#[test]
fn masked_hides_every_digit_and_keeps_the_numbering() {
    let masked = paper("<!-- title -->\n2025年总结\n\n# 甲\n\n### 乙\n\n患者{{ hypertension_patients }}。").masked();
    let all: Vec<String> = masked.blocks.iter().map(|b| format!("{}{}", b.number, b.text())).collect();
    assert_eq!(all, ["××××年总结", "一、甲", "1. 乙", "患者×××××人。"]);
    assert_eq!(masked.sources[0].shown, "×××××人");
}

#[test]
fn a_cell_without_records_leaves_its_sentence_out() {
    let document = paper("甲。资金{{ cell(funds_by_source, source=\"moon\") }}。");
    assert_eq!(document.blocks[0].text(), "甲。");
    assert_eq!(document.left_out[0].why, "项目资金：没有这一项的记录");
    assert_eq!(document.findings, [""; 0]);
}

#[test]
fn fragments_join_the_items_of_a_list() {
    let said = text(
        "- 抓建档。\n  {{ pack(\"hypertension\") }}\n  {{ pack(\"hypertension\") }}\n- {{ pack(\"hypertension\") }}\n",
    );
    assert_eq!(said, "一是抓建档。高血压患者29738人。高血压患者29738人。二是高血压患者29738人。");
}
