//! How does a proof look on a terminal?
//!
//! A failure is an error with the words of the text and marks under the figures, as the mistakes of a pack are; a value
//! that was cut instead of rounded is a warning.

use crate::output;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use comfy_table::{CellAlignment, Table, presets};
use proof::compare::{ChangeKind, Comparison};
use proof::records::Match;
use proof::{Original, Proof, Relation, SlipKind, Verdict};
use std::ops::Range;

/// Characters shown before the first and after the last figure of a finding, unless the sentence begins or ends there.
const AROUND: usize = 28;

/// One report.
pub fn proof(name: &str, found: &Proof) {
    for verdict in [Verdict::Truncated, Verdict::Fails] {
        for relation in found.relations.iter().filter(|relation| relation.verdict == verdict) {
            output::line(&finding(name, found, relation));
            output::line("");
        }
    }
    let n = |verdict| found.relations.iter().filter(|relation| relation.verdict == verdict).count();
    output::line(&format!(
        "{name}: {} claims, {} relations: {} hold, {} cut instead of rounded, {} fail, {} unclear",
        found.claims.len(),
        found.relations.len(),
        n(Verdict::Holds),
        n(Verdict::Truncated),
        n(Verdict::Fails),
        n(Verdict::Unclear),
    ));
    if !found.text.mended.is_empty() {
        output::message(&format!("note: mended while reading: {}", found.text.mended.join(", ")));
    }
}

fn finding(name: &str, found: &Proof, relation: &Relation) -> String {
    let level = if relation.verdict == Verdict::Fails { Level::ERROR } else { Level::WARNING };
    let (zh, en) = relation.kind.title();
    let message = format!("{zh} {en}: {}", relation.computation);
    let code = relation.kind.word();
    let mut marked: Vec<Mark> = relation
        .terms
        .iter()
        .map(|id| (id, relation.result == Some(*id)))
        .chain(relation.result.iter().map(|id| (id, true)))
        .filter_map(|(id, is_result)| Some((found.claim(*id)?.original.clone(), is_result)))
        .collect();
    if marked.is_empty() {
        marked.push((relation.original.clone(), true));
    }
    marked.sort_by_key(|(range, _)| range.start);
    let excerpts: Vec<Excerpt> = excerpts(&found.original, &marked);
    let place =
        found.original.part(relation.original.start).map_or_else(|| name.to_string(), |part| format!("{name} {part}"));
    let mut group = Group::with_title(level.primary_title(message.as_str()).id(code));
    for excerpt in &excerpts {
        let mut snippet = Snippet::source(excerpt.text.as_str()).line_start(excerpt.line).path(place.as_str());
        for (range, is_result) in &excerpt.marks {
            let kind = if *is_result { AnnotationKind::Primary } else { AnnotationKind::Context };
            snippet = snippet.annotation(kind.span(range.clone()));
        }
        group = group.element(snippet);
    }
    let slips: Vec<String> = relation
        .slips
        .iter()
        .take(3)
        .enumerate()
        .map(|(n, slip)| {
            let word = match (slip.kind, n) {
                (SlipKind::Other, _) => "若其余无误 if the rest is right",
                (_, 0) => "最可能 likely",
                _ => "也可能 or",
            };
            format!("{word} → {}  {}", slip.value, slip.because.zh)
        })
        .collect();
    for slip in &slips {
        group = group.element(Level::HELP.message(slip.as_str()));
    }
    Renderer::styled().render(&[group]).to_string()
}

/// A range, and whether it is the result.
type Mark = (Range<usize>, bool);

/// A piece of the text with marks in bytes.
struct Excerpt {
    text: String,
    line: usize,
    marks: Vec<Mark>,
}

/// The words around the marks; marks of one neighbourhood share a piece.
fn excerpts(original: &Original, marked: &[Mark]) -> Vec<Excerpt> {
    let mut pieces: Vec<(Range<usize>, Vec<Mark>)> = Vec::new();
    for (range, is_result) in marked {
        let around = widen(original, range.clone());
        match pieces.last_mut() {
            Some((last, marks)) if around.start <= last.end => {
                last.end = last.end.max(around.end);
                marks.push((range.clone(), *is_result));
            }
            _ => pieces.push((around, vec![(range.clone(), *is_result)])),
        }
    }
    pieces
        .into_iter()
        .map(|(piece, marks)| {
            let bytes = |at: usize| original.slice(piece.start..at).len();
            let marks =
                marks.into_iter().map(|(range, is_result)| (bytes(range.start)..bytes(range.end), is_result)).collect();
            Excerpt { line: original.line_and_column(piece.start).0, marks, text: original.slice(piece) }
        })
        .collect()
}

fn widen(original: &Original, range: Range<usize>) -> Range<usize> {
    let ends = |c: &char| matches!(c, '。' | '；' | ';' | '\n');
    let before = original.chars[..range.start].iter().rev().take(AROUND).take_while(|c| !ends(c)).count();
    let after =
        original.chars[range.end.min(original.chars.len())..].iter().take(AROUND).take_while(|c| !ends(c)).count();
    range.start - before..range.end + after
}

/// The row of a report among many.
pub fn row(name: &str, found: &Proof) -> [String; 5] {
    let n = |verdict| found.relations.iter().filter(|relation| relation.verdict == verdict).count().to_string();
    [name.to_string(), found.claims.len().to_string(), n(Verdict::Holds), n(Verdict::Truncated), n(Verdict::Fails)]
}

/// Many reports.
pub fn rows(rows: Vec<[String; 5]>) {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["report", "claims", "hold", "cut", "fail"]);
    for row in rows {
        table.add_row(row);
    }
    for n in 1..5 {
        if let Some(column) = table.column_mut(n) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    output::line(&table.to_string());
}

/// Claims beside what the records give.
pub fn matches(found: &Proof, matched: &[Match]) {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["printed", "", "indicator", "sure", "records", ""]);
    for one in matched {
        let Some(claim) = found.claim(one.claim) else { continue };
        let sign = match one.agrees {
            Some(true) => "✓",
            Some(false) => "≠",
            None => "",
        };
        table.add_row([
            claim.quote.clone(),
            claim.subject.clone(),
            format!("{} {}", one.title, one.indicator),
            format!("{}%", one.confidence),
            one.computed.map_or_else(|| "—".to_string(), base::exact::with_commas),
            sign.to_string(),
        ]);
    }
    output::line(&table.to_string());
    let has = |id: usize| matched.iter().any(|one| one.claim == id);
    let without: Vec<String> = found
        .claims
        .iter()
        .filter(|claim| !has(claim.id))
        .map(|claim| format!("{} {}", claim.subject, claim.quote))
        .collect();
    output::line(&format!("{} claims with an indicator, {} without:", matched.len(), without.len()));
    for claim in without {
        output::line(&format!("  {claim}"));
    }
}

/// Two texts.
pub fn comparison((left, a): (&str, &Proof), (right, b): (&str, &Proof), comparison: &Comparison) {
    let place = |proof: &Proof, at: usize| {
        let (line, column) = proof.original.line_and_column(at);
        format!("{line}:{column}")
    };
    for change in &comparison.changes {
        let (_, zh) = change.kind.words();
        let item = |item: &Option<proof::compare::Item>, proof: &Proof| {
            item.as_ref().map_or_else(
                || "—".to_string(),
                |item| format!("{} {} ({})", item.subject, item.quote, place(proof, item.original.start)),
            )
        };
        let (x, y) = (item(&change.left, a), item(&change.right, b));
        let line = match change.kind {
            ChangeKind::Dropped => format!("− {zh}: {x}"),
            ChangeKind::Added => format!("+ {zh}: {y}"),
            _ => format!("≠ {zh}: {x} → {y}"),
        };
        let because = change.because.as_ref().map(|because| format!("  {because}")).unwrap_or_default();
        output::line(&format!("{}{because}", line.replace("  ", " ")));
    }
    output::line(&format!("{left} and {right}: {} the same, {} differ", comparison.n_same, comparison.changes.len()));
}
