//! The sections `cohorts` and `indicators`.

use super::definition::{bodies, check_id, common, versions};
use crate::model::{
    Aggregate, AggregateKind, Cohort, Indicator, Measure, MissingDecision, ScorePart, ScoreShape, Spanned,
    StatisticalYear, Term, Versions,
};
use crate::yaml::{Key, MapReader, Node, Scope};
use base::period::Length;
use base::{Decimal, Diagnostic, Rounding, Span};
use indexmap::IndexMap;

/// Keys of aggregates that name a column; `count` names the cohort itself.
const OF_COLUMN: [(&str, AggregateKind); 5] = [
    ("sum", AggregateKind::Sum),
    ("mean", AggregateKind::Mean),
    ("median", AggregateKind::Median),
    ("max", AggregateKind::Max),
    ("min", AggregateKind::Min),
];

/// The keys of which an indicator has exactly one.
const MEASURES: [&str; 10] = ["count", "sum", "mean", "median", "max", "min", "percentile", "ratio", "value", "score"];

pub(super) fn cohorts(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, Versions<Cohort>>) {
    for (key, body) in scope.map(node, "cohorts") {
        check_id(scope, key);
        let read: Vec<Cohort> = bodies(body).into_iter().filter_map(|body| cohort(scope, pack, key, body)).collect();
        add(scope, into, key, read);
    }
}

fn add<T: crate::model::Dated>(scope: &mut Scope, into: &mut IndexMap<String, Versions<T>>, key: &Key, read: Vec<T>) {
    if into.contains_key(&key.text) {
        scope.error("doubled-key", key.span, format!("\"{}\" is defined twice in this pack", key.text));
    } else if let Some(versions) = versions(scope, read, key.span) {
        into.insert(key.text.clone(), versions);
    }
}

/// A cohort is a query alone, or a map with `query` beside the common keys.
fn cohort(scope: &mut Scope, pack: &str, key: &Key, body: &Node) -> Option<Cohort> {
    if body.as_map().is_none() {
        let query = scope.text(body, "a cohort")?;
        let common = crate::model::Common {
            id: key.text.clone(),
            pack: pack.to_string(),
            span: key.span,
            title: base::Text::zh(key.text.clone()),
            ..Default::default()
        };
        return Some(Cohort { common, query });
    }
    let mut map = MapReader::new(scope, body, format!("cohort {}", key.text));
    let common = common(scope, &mut map, pack, key);
    let query = map.require(scope, "query").and_then(|node| scope.text(node, "query"));
    map.finish(scope);
    Some(Cohort { common, query: query? })
}

pub(super) fn read(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, Versions<Indicator>>) {
    for (key, body) in scope.map(node, "indicators") {
        check_id(scope, key);
        let read: Vec<Indicator> =
            bodies(body).into_iter().filter_map(|body| indicator(scope, pack, key, body)).collect();
        add(scope, into, key, read);
    }
}

fn indicator(scope: &mut Scope, pack: &str, key: &Key, body: &Node) -> Option<Indicator> {
    let mut map = MapReader::new(scope, body, format!("indicator {}", key.text));
    let common = common(scope, &mut map, pack, key);
    let filter = map.take("where").and_then(|n| scope.text(n, "where"));
    let measure = measure(scope, &mut map, key, filter.clone());
    let by = map.take("by").map(|n| scope.texts(n, "by")).unwrap_or_default();
    let unit = map.take("unit").and_then(|n| scope.text(n, "unit"));
    let digits = map.take("digits").and_then(|n| scope.integer(n, "digits")).and_then(|n| u32::try_from(n).ok());
    let round = map.take("round").and_then(|n| scope.word(n, "round", Rounding::from_word, &["half_up", "down", "up"]));
    let times = map.take("times").and_then(|n| scope.number(n, "times"));
    let nested = map.take("nested").and_then(|n| scope.flag(n, "nested")).unwrap_or(true);
    let missing = map.take("missing").map(|n| missing(scope, n)).unwrap_or_default();
    let equals = map.take("equals").and_then(|n| scope.text(n, "equals"));
    let year = map.take("year").and_then(|n| scope.word(n, "year", year_of, &["calendar", "maternal", "insurance"]));
    let lengths = ["day", "month", "quarter", "half", "year"];
    let every = map.take("every").and_then(|n| scope.word(n, "every", Length::from_word, &lengths));
    map.finish(scope);
    if let (Some(filter), Some(Measure::Ratio(..) | Measure::Value(_) | Measure::Score(_))) = (&filter, &measure) {
        let message = format!("\"{}\" counts no rows itself, so \"where\" narrows nothing", key.text);
        let help = "write it inside a side of the ratio: {count: cohort, where: …}";
        scope.push(Diagnostic::error("unknown-key", filter.span, message).help(help));
    }
    if unit.is_none() {
        let message = format!("\"{}\" has no unit", key.text);
        scope.push(Diagnostic::error("unit-missing", key.span, message).help("add unit: from the list unit of core"));
    }
    let unit = unit.unwrap_or_else(|| Spanned::new("unit_count".into(), key.span));
    let (implied, digits_implied) = match unit.value.as_str() {
        "percent" => (Decimal::ONE_HUNDRED, 2),
        "permille" => (Decimal::ONE_THOUSAND, 2),
        _ => (Decimal::ONE, 0),
    };
    Some(Indicator {
        common,
        measure: measure?,
        filter,
        by,
        unit,
        digits: digits.unwrap_or(digits_implied),
        round: round.unwrap_or_default(),
        times: times.unwrap_or(implied),
        nested,
        missing,
        equals,
        year: year.unwrap_or_default(),
        every: every.unwrap_or(Length::Day),
    })
}

fn year_of(word: &str) -> Option<StatisticalYear> {
    Some(match word {
        "calendar" => StatisticalYear::Calendar,
        "maternal" => StatisticalYear::Maternal,
        "insurance" => StatisticalYear::Insurance,
        _ => return None,
    })
}

fn missing(scope: &mut Scope, node: &Node) -> IndexMap<String, Spanned<MissingDecision>> {
    let find = |word: &str| {
        Some(match word {
            "exclude" => MissingDecision::Exclude,
            "no" => MissingDecision::No,
            "yes" => MissingDecision::Yes,
            _ => return None,
        })
    };
    let mut decisions = IndexMap::new();
    for (key, node) in scope.map(node, "missing") {
        if let Some(decision) = scope.word(node, "missing", find, &["exclude", "no", "yes"]) {
            decisions.insert(key.text.clone(), Spanned::new(decision, node.span));
        }
    }
    decisions
}

/// Exactly one measure; a second one is reported.
fn measure(scope: &mut Scope, map: &mut MapReader<'_>, key: &Key, filter: Option<Spanned<String>>) -> Option<Measure> {
    let counted = map.takes_any(&MEASURES);
    let aggregate = aggregate(scope, map, filter);
    let ratio = map.take("ratio").and_then(|node| ratio(scope, node));
    let value = map.take("value").and_then(|node| scope.text(node, "value"));
    let score = map.take("score").map(|node| score(scope, node));
    let mut measures: Vec<Measure> = aggregate.into_iter().map(Measure::Aggregate).collect();
    measures.extend(ratio.map(|(a, b)| Measure::Ratio(a, b)));
    measures.extend(value.map(Measure::Value));
    measures.extend(score.map(Measure::Score));
    if measures.len() > 1 {
        let message = format!("\"{}\" has {} measures", key.text, measures.len());
        scope.push(
            Diagnostic::error("two-measures", key.span, message)
                .help("keep one of count, sum, mean, median, max, min, percentile, ratio, value, score"),
        );
    }
    if !counted {
        let message = format!("\"{}\" measures nothing", key.text);
        scope.push(
            Diagnostic::error("missing-key", key.span, message)
                .help("add count, sum, mean, median, max, min, percentile, ratio, value or score"),
        );
    }
    measures.into_iter().next()
}

/// One aggregate, if any is given; what stands beside it and means nothing there is reported.
fn aggregate(scope: &mut Scope, map: &mut MapReader<'_>, filter: Option<Spanned<String>>) -> Option<Aggregate> {
    let count = map.take("count").and_then(|n| scope.text(n, "count"));
    let distinct = map.take("distinct").and_then(|n| scope.text(n, "distinct"));
    let of = map.take("of").and_then(|n| scope.text(n, "of"));
    let at = map.take("at").and_then(|n| scope.text(n, "at"));
    let percentile = map.take("percentile");
    let rank = percentile.and_then(|n| scope.rate(n, "percentile"));
    let mut kinds: Vec<(AggregateKind, Span)> = Vec::new();
    kinds.extend(count.as_ref().map(|cohort| (AggregateKind::Count, cohort.span)));
    let mut column = None;
    for (word, kind) in OF_COLUMN {
        if let Some(found) = map.take(word).and_then(|n| scope.text(n, word)) {
            kinds.push((kind, found.span));
            column.get_or_insert(found);
        }
    }
    kinds.extend(percentile.map(|node| (AggregateKind::Percentile, node.span)));
    if let Some((_, second)) = kinds.get(1) {
        scope.error("two-measures", *second, "two measures stand beside each other");
    }
    let (kind, span) = *kinds.first()?;
    let idle = match kind {
        AggregateKind::Count => [("of", of.as_ref()), ("at", at.as_ref())],
        AggregateKind::Percentile => [("distinct", distinct.as_ref()), ("", None)],
        _ => [("distinct", distinct.as_ref()), ("at", at.as_ref())],
    };
    if kinds.len() == 1 {
        for (key, text) in idle {
            if let Some(text) = text {
                scope.error("unknown-key", text.span, format!("\"{key}\" means nothing beside this measure"));
            }
        }
    }
    if let Some(cohort) = count {
        return Some(Aggregate { kind, cohort, column: None, distinct, filter, rank: None });
    }
    let column = if kind == AggregateKind::Percentile { at } else { column };
    if column.is_none() {
        scope.error("missing-key", span, "a percentile needs \"at\", its column");
    }
    if of.is_none() {
        scope.error("missing-key", span, "a measure of a column needs \"of\", its cohort");
    }
    Some(Aggregate { kind, cohort: of?, column: Some(column?), distinct, filter, rank })
}

fn ratio(scope: &mut Scope, node: &Node) -> Option<(Term, Term)> {
    let [numerator, denominator] = scope.seq(node, "ratio") else {
        scope.error("wrong-kind", node.span, "ratio is [numerator, denominator]");
        return None;
    };
    Some((term(scope, numerator)?, term(scope, denominator)?))
}

fn term(scope: &mut Scope, node: &Node) -> Option<Term> {
    if node.as_map().is_none() {
        return scope.text(node, "a side of a ratio").map(Term::Name);
    }
    let mut map = MapReader::new(scope, node, "a side of a ratio");
    let filter = map.take("where").and_then(|n| scope.text(n, "where"));
    let counted = map.takes_any(&MEASURES[..7]);
    let aggregate = aggregate(scope, &mut map, filter);
    map.finish(scope);
    if !counted {
        scope.error("missing-key", node.span, "a side of a ratio counts or sums something");
    }
    aggregate.map(Term::Aggregate)
}

fn score(scope: &mut Scope, node: &Node) -> Vec<ScorePart> {
    let parts: Vec<ScorePart> = scope.seq(node, "score").iter().filter_map(|part| score_part(scope, part)).collect();
    let total: Decimal = parts.iter().map(|part| part.full).sum();
    if total != Decimal::ONE_HUNDRED {
        let message = format!("the parts add to {total}, not 100");
        scope.error("score-does-not-reach", node.span, message);
    }
    parts
}

fn score_part(scope: &mut Scope, node: &Node) -> Option<ScorePart> {
    let mut map = MapReader::new(scope, node, "a part of a score");
    let of = map.require(scope, "of").and_then(|n| scope.text(n, "of"));
    let full = map.require(scope, "full").and_then(|n| scope.number(n, "full"));
    let at = map.take("at");
    let shape = map.take("shape").and_then(|n| {
        let find = |word: &str| match word {
            "linear" => Some(ScoreShape::Linear),
            "step" => Some(ScoreShape::Step),
            _ => None,
        };
        scope.word(n, "shape", find, &["linear", "step"])
    });
    let minus = map.take("minus").and_then(|n| scope.number(n, "minus"));
    let drop = map.take("missing").and_then(|n| {
        scope.word(
            n,
            "missing",
            |word| match word {
                "zero" => Some(false),
                "drop" => Some(true),
                _ => None,
            },
            &["zero", "drop"],
        )
    });
    let when = map.take("when").and_then(|n| scope.text(n, "when"));
    map.finish(scope);
    if at.is_some() == minus.is_some() {
        scope.error("missing-key", node.span, "a part of a score has exactly one of at and minus");
    }
    let at_target = at.is_some_and(|n| n.as_text() == Some("target"));
    let marks = at.filter(|_| !at_target).map(|n| marks(scope, n)).unwrap_or_default();
    Some(ScorePart {
        of: of?,
        full: full?,
        at: marks,
        at_target,
        minus,
        shape: shape.unwrap_or(ScoreShape::Linear),
        drop_missing: drop.unwrap_or(false),
        when,
    })
}

fn marks(scope: &mut Scope, node: &Node) -> Vec<(Decimal, Decimal)> {
    let mut marks = Vec::new();
    for mark in scope.seq(node, "at") {
        let [value, share] = scope.seq(mark, "a mark") else {
            scope.error("wrong-kind", mark.span, "a mark is [value, share of the points]");
            continue;
        };
        if let (Some(value), Some(share)) = (scope.rate(value, "a mark"), scope.number(share, "a share")) {
            marks.push((value, share));
        }
    }
    marks
}
