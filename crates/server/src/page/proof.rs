//! Do the figures of a finished report agree: with each other, with the records, with another text?
//!
//! The text is read, checked and forgotten: nothing of it is kept, and nothing of it is written to the log.

use crate::ask::Ask;
use crate::desk::Desk;
use crate::page::report;
use crate::problem::Problem;
use axum::body::Bytes;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base::{Decimal, Language, Text};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proof::compare::Item;
use proof::records::{Match, known, matches};
use proof::{Claim, Original, Proof, Relation, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;

/// The largest text that may be sent.
pub const MOST_BYTES: usize = 32 << 20;

/// A text with what was found in it.
#[derive(Debug, Serialize)]
pub struct Page {
    name: String,
    format: &'static str,
    encoding: &'static str,
    /// What was put right before reading: lost signs, converted characters.
    mended: Vec<&'static str>,
    /// The text; positions below count its scalars.
    text: String,
    claims: Vec<ClaimView>,
    relations: Vec<RelationView>,
    /// The indicators of the county that the claims speak of.
    matches: Vec<MatchView>,
    period: String,
}

#[derive(Debug, Serialize)]
pub struct ClaimView {
    start: usize,
    end: usize,
    quote: String,
    value: Option<String>,
    unit: &'static str,
    subject: String,
}

#[derive(Debug, Serialize)]
pub struct RelationView {
    kind: &'static str,
    title: &'static str,
    verdict: &'static str,
    start: usize,
    end: usize,
    /// The claims of which it speaks, by their place in `claims`.
    claims: Vec<usize>,
    /// The one that would have to be otherwise.
    result: Option<usize>,
    computation: String,
    computed: Option<String>,
    printed: Option<String>,
    slips: Vec<SlipView>,
}

#[derive(Debug, Serialize)]
pub struct SlipView {
    value: String,
    because: String,
}

#[derive(Debug, Serialize)]
pub struct MatchView {
    claim: usize,
    indicator: String,
    title: String,
    confidence: u32,
    computed: Option<String>,
    agrees: Option<bool>,
}

/// Two texts side by side.
#[derive(Debug, Serialize)]
pub struct Comparison {
    left: String,
    right: String,
    same: usize,
    changes: Vec<ChangeView>,
}

#[derive(Debug, Serialize)]
pub struct ChangeView {
    kind: &'static str,
    left: Option<ItemView>,
    right: Option<ItemView>,
    because: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct ItemView {
    quote: String,
    subject: String,
    start: usize,
    end: usize,
}

/// Every claim and relation of a text, and what the records give for the same things.
pub fn proof(desk: &Desk, ask: &Ask, bytes: &Bytes) -> Result<Page, Problem> {
    let name = name(ask, "name");
    let found = proof::check(read(&name, bytes)?);
    let scope = desk.scope(ask)?;
    let board = desk.board(scope.period, &scope.tree)?;
    let known = known(desk.catalog());
    let values: BTreeMap<String, Decimal> =
        known.iter().filter_map(|known| Some((known.id.clone(), board.get(&known.id, &scope.org)?.value?))).collect();
    let matched = matches(&found.claims, &known, &values);
    Ok(Page {
        name,
        format: found.original.format.word(),
        encoding: found.original.encoding,
        mended: found.text.mended.clone(),
        text: found.original.chars.iter().collect(),
        claims: found.claims.iter().map(claim).collect(),
        relations: found.relations.iter().map(|relation| view(relation, desk.language)).collect(),
        matches: matched.into_iter().map(match_view).collect(),
        period: scope.period.to_string(),
    })
}

/// The text with marks at its places: a Word document with comments when it is one, else a web page.
pub fn marked(ask: &Ask, bytes: &Bytes) -> Result<Response, Problem> {
    let name = name(ask, "name");
    let found = proof::check(read(&name, bytes)?);
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let (kind, ending, body) = match found.original.format {
        proof::Format::Docx => (report::DOCX_TYPE, "docx", commented(bytes, &found)?),
        _ => ("text/html; charset=utf-8", "html", proof::render::html(&name, &found).into_bytes()),
    };
    let file = format!(
        "attachment; filename*=UTF-8''{}",
        utf8_percent_encode(&format!("{stem}-核验.{ending}"), NON_ALPHANUMERIC)
    );
    Ok(([(CONTENT_TYPE, kind.to_string()), (CONTENT_DISPOSITION, file)], body).into_response())
}

/// What changed between two texts, claim by claim.
pub fn compared(ask: &Ask, left: &Bytes, right: &Bytes) -> Result<Comparison, Problem> {
    let names = (name(ask, "left"), name(ask, "right"));
    let (left, right) = (proof::check(read(&names.0, left)?), proof::check(read(&names.1, right)?));
    let found = proof::compare(&left, &right);
    let changes = found.changes.iter().map(|change| ChangeView {
        kind: change.kind.words().0,
        left: change.left.as_ref().map(item),
        right: change.right.as_ref().map(item),
        because: change.because.as_ref().map(|text| text.get(ask.language).to_string()),
    });
    Ok(Comparison { changes: changes.collect(), left: names.0, right: names.1, same: found.n_same })
}

fn name(ask: &Ask, parameter: &str) -> String {
    // The name only says which format it may be.
    ask.get(parameter).unwrap_or("text.txt").to_string()
}

fn read(name: &str, bytes: &Bytes) -> Result<Original, Problem> {
    proof::read(name, bytes).map_err(|error| {
        Problem::wrong(
            "unreadable-text",
            Text::both(format!("“{name}”无法读取：{error}"), format!("{name} cannot be read: {error}")),
            Text::both(
                "请提供有文字的DOCX、PDF、XLSX、HTML、Markdown或TXT文件",
                "give a DOCX, PDF, XLSX, HTML, Markdown or TXT file with text",
            ),
        )
    })
}

fn commented(bytes: &Bytes, found: &Proof) -> Result<Vec<u8>, Problem> {
    proof::render::docx_with_comments(bytes, found).map_err(|error| {
        Problem::wrong(
            "unreadable-text",
            Text::both(format!("无法在文件中加批注：{error}"), format!("no comments could be put in: {error}")),
            Text::both("用Word或WPS另存为DOCX后再试", "save it as DOCX once more and try again"),
        )
    })
}

fn claim(claim: &Claim) -> ClaimView {
    ClaimView {
        start: claim.original.start,
        end: claim.original.end,
        quote: claim.quote.clone(),
        value: proof::render::value(claim),
        unit: claim.unit,
        subject: claim.subject.clone(),
    }
}

fn view(relation: &Relation, language: Language) -> RelationView {
    let (zh, en) = relation.kind.title();
    let slips = relation
        .slips
        .iter()
        .map(|slip| SlipView { value: slip.value.clone(), because: slip.because.get(language).to_string() });
    RelationView {
        kind: relation.kind.word(),
        title: if language == Language::En { en } else { zh },
        verdict: relation.verdict.word(),
        start: relation.original.start,
        end: relation.original.end,
        claims: relation.terms.iter().copied().chain(relation.result).collect(),
        result: relation.result.filter(|_| relation.verdict == Verdict::Fails),
        computation: relation.computation.clone(),
        computed: relation.computed.clone(),
        printed: relation.printed.clone(),
        slips: slips.collect(),
    }
}

fn match_view(found: Match) -> MatchView {
    MatchView {
        claim: found.claim,
        indicator: found.indicator,
        title: found.title,
        confidence: found.confidence,
        computed: found.computed.map(|value| value.to_string()),
        agrees: found.agrees,
    }
}

fn item(item: &Item) -> ItemView {
    ItemView {
        quote: item.quote.clone(),
        subject: item.subject.clone(),
        start: item.original.start,
        end: item.original.end,
    }
}
