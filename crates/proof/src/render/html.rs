//! How does a person read a proof?
//!
//! The text as it was, with a mark on every figure, and the findings beside it, failures first. One file without script:
//! a mark is a link to its finding and back, and on paper the findings follow the text.

use super::{bound_zh, value};
use crate::claim::Kind;
use crate::{Proof, Relation, RelationKind, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

const STYLE: &str = include_str!("proof.css");

/// The page.
pub fn html(name: &str, proof: &Proof) -> String {
    let order = order(proof);
    let numbers: BTreeMap<usize, usize> = order.iter().enumerate().map(|(n, relation)| (relation.id, n + 1)).collect();
    let mut page = String::with_capacity(proof.original.chars.len() * 8);
    let title = escape(name);
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>核验 {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header><h1>{title}</h1>{}</header>\n<main>\n<article>\n",
        summary(proof)
    );
    text(&mut page, proof, &numbers);
    page.push_str("</article>\n<aside>\n<h2>发现 <small>findings</small></h2>\n<ol>\n");
    for relation in &order {
        finding(&mut page, proof, relation, numbers[&relation.id]);
    }
    if order.is_empty() {
        page.push_str("<li class=\"none\">没有发现不一致之处。</li>\n");
    }
    page.push_str("</ol>\n");
    held(&mut page, proof);
    page.push_str("</aside>\n</main>\n</body>\n</html>\n");
    page
}

/// Findings that want a look: failures, then truncations; what cannot be computed is not one.
fn order(proof: &Proof) -> Vec<&Relation> {
    let of = |verdict| proof.relations.iter().filter(move |relation| relation.verdict == verdict);
    of(Verdict::Fails).chain(of(Verdict::Truncated)).collect()
}

fn summary(proof: &Proof) -> String {
    let n = |verdict| proof.relations.iter().filter(|relation| relation.verdict == verdict).count();
    let mended = if proof.text.mended.is_empty() {
        String::new()
    } else {
        let words = proof.text.mended.iter().map(|word| match *word {
            "traditional characters" => "繁体字",
            "pronunciations in brackets" => "括号注音",
            other => {
                if other.starts_with("characters") {
                    "缺损字符"
                } else {
                    other
                }
            }
        });
        format!("；阅读时已处理：{}", words.collect::<Vec<_>>().join("、"))
    };
    format!(
        "<p class=\"sum\">{} 个数字 · {} 个关系：<b class=\"holds\">✓ {} 相符</b> <b class=\"truncated\">▲ {} 截尾</b> \
         <b class=\"fails\">■ {} 不符</b> <b class=\"unclear\">○ {} 文中条件不足</b>{mended}</p>",
        proof.claims.len(),
        proof.relations.len(),
        n(Verdict::Holds),
        n(Verdict::Truncated),
        n(Verdict::Fails),
        n(Verdict::Unclear),
    )
}

/// What is drawn over a range of the original.
struct Mark {
    range: Range<usize>,
    class: &'static str,
    id: String,
    title: String,
    findings: Vec<usize>,
}

fn marks(proof: &Proof, numbers: &BTreeMap<usize, usize>) -> Vec<Mark> {
    let mut verdicts: BTreeMap<usize, (Verdict, Vec<usize>)> = BTreeMap::new();
    for relation in &proof.relations {
        for claim in relation.terms.iter().chain(&relation.result) {
            let entry = verdicts.entry(*claim).or_insert((relation.verdict, Vec::new()));
            let rank = |verdict| {
                [Verdict::Unclear, Verdict::Holds, Verdict::Truncated, Verdict::Fails]
                    .iter()
                    .position(|v| *v == verdict)
            };
            if rank(relation.verdict) > rank(entry.0) {
                entry.0 = relation.verdict;
            }
            entry.1.extend(numbers.get(&relation.id));
        }
    }
    let mut marks: Vec<Mark> = proof
        .claims
        .iter()
        .map(|claim| {
            let (verdict, findings) =
                verdicts.remove(&claim.id).map_or((None, Vec::new()), |(verdict, findings)| (Some(verdict), findings));
            Mark {
                range: claim.original.clone(),
                class: verdict.map_or("alone", Verdict::word),
                id: format!("c{}", claim.id + 1),
                title: explain(claim),
                findings,
            }
        })
        .collect();
    let placeless = proof
        .relations
        .iter()
        .filter(|relation| matches!(relation.kind, RelationKind::Numbering | RelationKind::Years));
    for relation in placeless.filter(|relation| relation.verdict == Verdict::Fails) {
        marks.push(Mark {
            range: relation.original.clone(),
            class: "fails",
            id: format!("m{}", relation.id + 1),
            title: relation.computation.clone(),
            findings: numbers.get(&relation.id).copied().into_iter().collect(),
        });
    }
    marks.sort_by_key(|mark| mark.range.start);
    marks
}

/// What is known of a claim, for the tooltip.
fn explain(claim: &crate::Claim) -> String {
    let mut parts = vec![format!(
        "{}{}{}",
        bound_zh(claim.bound),
        value(claim).unwrap_or_else(|| "（数字已隐去）".into()),
        claim.unit
    )];
    if !claim.subject.is_empty() {
        parts.push(claim.subject.clone());
    }
    parts.extend(claim.scope.clone());
    parts.extend(claim.cut_off.as_ref().map(|day| format!("截至/期间：{day}")));
    if claim.unit_lost {
        parts.push("单位未印出，按上下文判断".into());
    }
    if claim.kind == Kind::PersonTimes {
        parts.push("人次，不是人数".into());
    }
    parts.join(" · ")
}

fn text(page: &mut String, proof: &Proof, numbers: &BTreeMap<usize, usize>) {
    let chars = &proof.original.chars;
    let marks = marks(proof, numbers);
    let mut marks = marks.iter().peekable();
    let mut hidden = proof.original.hidden.iter().peekable();
    let mut open: Option<&Mark> = None;
    let mut line_open = false;
    let mut n = 0;
    while n < chars.len() {
        while let Some(range) = hidden.next_if(|range| range.start <= n) {
            if chars[range.start] == '\n' && n == range.start {
                close_line(page, &mut line_open);
            }
            n = n.max(range.end);
        }
        let Some(c) = chars.get(n) else { break };
        if matches!(c, '\n' | '\r') {
            close_line(page, &mut line_open);
            n += 1;
            continue;
        }
        if !line_open && !c.is_whitespace() {
            page.push_str("<p>");
            line_open = true;
        }
        if open.is_none() {
            while marks.next_if(|mark| mark.range.end <= n).is_some() {}
            if let Some(mark) = marks.next_if(|mark| mark.range.start <= n) {
                begin(page, mark);
                open = Some(mark);
            }
        }
        if line_open {
            push_escaped(page, *c);
        }
        n += 1;
        if let Some(mark) = open.filter(|mark| mark.range.end <= n) {
            end(page, mark);
            open = None;
        }
    }
    if let Some(mark) = open {
        end(page, mark);
    }
    close_line(page, &mut line_open);
}

fn close_line(page: &mut String, line_open: &mut bool) {
    if *line_open {
        page.push_str("</p>\n");
        *line_open = false;
    }
}

fn begin(page: &mut String, mark: &Mark) {
    let title = escape(&mark.title);
    let _ = match mark.findings.first() {
        Some(first) => {
            write!(page, "<a class=\"m {}\" id=\"{}\" href=\"#f{first}\" title=\"{title}\">", mark.class, mark.id)
        }
        None => write!(page, "<span class=\"m {}\" id=\"{}\" title=\"{title}\">", mark.class, mark.id),
    };
}

fn end(page: &mut String, mark: &Mark) {
    if mark.findings.is_empty() {
        page.push_str("</span>");
        return;
    }
    let shown: Vec<String> = mark.findings.iter().map(ToString::to_string).collect();
    let _ = write!(page, "<sup>{}</sup></a>", shown.join(","));
}

fn finding(page: &mut String, proof: &Proof, relation: &Relation, n: usize) {
    let (zh, en) = relation.kind.title();
    let sign = if relation.verdict == Verdict::Fails { "■" } else { "▲" };
    let first = relation.terms.iter().chain(&relation.result).min();
    let back = first.map_or_else(|| format!("m{}", relation.id + 1), |id| format!("c{}", id + 1));
    let _ = write!(
        page,
        "<li id=\"f{n}\" class=\"{}\"><a class=\"n\" href=\"#{back}\">{sign} {n}</a> <b>{zh}</b> <small>{en}</small><p class=\"sumline\">{}</p>",
        relation.verdict.word(),
        escape(&relation.computation)
    );
    for (k, slip) in relation.slips.iter().take(3).enumerate() {
        let word = super::likely(slip.kind, k);
        let on = slip
            .claim
            .and_then(|id| proof.claim(id))
            .map_or_else(String::new, |claim| format!("<a href=\"#c{}\">{}</a>", claim.id + 1, escape(&claim.quote)));
        let because = escape(slip.because.zh.trim_start_matches(
            proof.claim(slip.claim.unwrap_or(usize::MAX)).map_or("", |claim| claim.quote.as_str()),
        ));
        let _ = write!(
            page,
            "<p class=\"slip\"><i>{word}</i> {on} → <b>{}</b> <span>{because}</span></p>",
            escape(&slip.value)
        );
    }
    page.push_str("</li>\n");
}

/// What was checked and holds, and what cannot be checked, folded away.
fn held(page: &mut String, proof: &Proof) {
    for (verdict, title, sign) in [(Verdict::Holds, "相符", "✓"), (Verdict::Unclear, "文中条件不足，供参考", "○")]
    {
        let relations: Vec<&Relation> = proof.relations.iter().filter(|relation| relation.verdict == verdict).collect();
        if relations.is_empty() {
            continue;
        }
        let _ = writeln!(page, "<details><summary>{sign} {title} {}</summary><ul>", relations.len());
        for relation in relations {
            let first = relation
                .terms
                .iter()
                .chain(&relation.result)
                .min()
                .map_or_else(String::new, |id| format!(" href=\"#c{}\"", id + 1));
            let _ =
                writeln!(page, "<li><a{first}>{}</a> {}</li>", relation.kind.title().0, escape(&relation.computation));
        }
        page.push_str("</ul></details>\n");
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push_escaped(&mut out, c);
    }
    out
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        '"' => out.push_str("&quot;"),
        other => out.push(other),
    }
}
