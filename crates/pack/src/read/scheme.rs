//! The section `schemes`: who is owed what.

use super::definition::{check_id, common, insert};
use crate::model::{Accumulator, Cap, Every, Exception, Form, Promise, Scheme, Share, Spanned, Step};
use crate::yaml::{Key, MapReader, Node, Scope};
use base::{Rounding, Text};
use indexmap::IndexMap;

/// Steps a scheme may have.
const STEPS_MAX: usize = 40;

/// What an exception may replace, beside `plus` and `cap`.
const REPLACED: [&str; 7] = ["deduct", "rate", "of", "start", "leave", "amount", "only"];

pub(super) fn read(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, Scheme>) {
    for (key, body) in scope.map(node, "schemes") {
        if let Some(scheme) = read_scheme(scope, pack, key, body) {
            insert(scope, into, key, scheme);
        }
    }
}

/// One scheme, as a pack wrote it or as a county changed it.
pub(crate) fn read_scheme(scope: &mut Scope, pack: &str, key: &Key, body: &Node) -> Option<Scheme> {
    let mut map = MapReader::new(scope, body, format!("scheme {}", key.text));
    let common = common(scope, &mut map, pack, key);
    let over = map.require(scope, "over").and_then(|n| scope.text(n, "over"));
    let total = map.take("total").and_then(|n| formula(scope, n, "total"));
    let pool = map.take("pool").and_then(|n| formula(scope, n, "pool"));
    let words: Vec<&str> = Every::ALL.iter().map(|(word, _)| *word).collect();
    let every = map.take("every").and_then(|n| scope.word(n, "every", Every::from_word, &words));
    let only_in = map.take("only_in").map(|n| whole_numbers(scope, n)).unwrap_or_default();
    let once = map.take("once").map(|n| scope.texts(n, "once")).unwrap_or_default();
    let round = map.take("round").and_then(|n| rounding(scope, n)).map(|round| round.value);
    let year = map.take("year").map(|n| accumulators(scope, n)).unwrap_or_default();
    let lets = map.take("let").map(|n| formulas(scope, n, "let")).unwrap_or_default();
    let prove = map.take("prove").map(|n| promises(scope, n)).unwrap_or_default();
    let replaces = map.take("replaces").and_then(|n| scope.text(n, "replaces"));
    let steps = map.require(scope, "steps");
    map.finish(scope);
    let written_steps = steps.map(|n| scope.seq(n, "steps")).unwrap_or_default();
    if written_steps.len() > STEPS_MAX {
        let message = format!("a scheme has at most {STEPS_MAX} steps, this one has {}", written_steps.len());
        scope.error("too-large", key.span, message);
    }
    let mut steps: Vec<Step> = Vec::new();
    for node in written_steps {
        let Some(step) = read_step(scope, node) else { continue };
        if steps.iter().any(|known| known.id.value == step.id.value) {
            scope.error("doubled-key", step.id.span, format!("step \"{}\" stands twice", step.id.value));
        } else {
            steps.push(step);
        }
    }
    Some(Scheme {
        common,
        over: over?,
        total,
        pool,
        every: every.unwrap_or(Every::Record),
        only_in,
        once,
        round: round.unwrap_or_default(),
        year,
        lets,
        steps,
        prove,
        replaces,
        written: body.clone(),
    })
}

fn formula(scope: &mut Scope, node: &Node, what: &str) -> Option<Spanned<String>> {
    scope.text(node, what)
}

fn whole_numbers(scope: &mut Scope, node: &Node) -> Vec<i64> {
    scope.seq(node, "only_in").iter().filter_map(|item| scope.integer(item, "only_in")).collect()
}

fn rounding(scope: &mut Scope, node: &Node) -> Option<Spanned<Rounding>> {
    let word = scope.word(node, "round", Rounding::from_word, &["half_up", "down", "up"])?;
    Some(Spanned::new(word, node.span))
}

fn formulas(scope: &mut Scope, node: &Node, what: &str) -> IndexMap<String, Spanned<String>> {
    let mut found = IndexMap::new();
    for (key, node) in scope.map(node, what) {
        check_id(scope, key);
        if let Some(text) = scope.text(node, &key.text) {
            found.insert(key.text.clone(), text);
        }
    }
    found
}

fn accumulators(scope: &mut Scope, node: &Node) -> IndexMap<String, Accumulator> {
    let mut found = IndexMap::new();
    for (key, node) in scope.map(node, "year") {
        check_id(scope, key);
        let mut map = MapReader::new(scope, node, format!("the sum {}", key.text));
        let adds = map.require(scope, "adds").and_then(|n| scope.text(n, "adds"));
        map.finish(scope);
        if let Some(adds) = adds {
            found.insert(key.text.clone(), Accumulator { adds, span: key.span });
        }
    }
    found
}

fn promises(scope: &mut Scope, node: &Node) -> IndexMap<String, Promise> {
    let mut found = IndexMap::new();
    for (key, node) in scope.map(node, "prove") {
        check_id(scope, key);
        let mut map = MapReader::new(scope, node, format!("the promise {}", key.text));
        let that = map.require(scope, "that").and_then(|n| scope.text(n, "that"));
        let when = map.take("when").and_then(|n| scope.text(n, "when"));
        map.finish(scope);
        if let Some(that) = that {
            found.insert(key.text.clone(), Promise { that, when });
        }
    }
    found
}

fn read_step(scope: &mut Scope, node: &Node) -> Option<Step> {
    let mut map = MapReader::new(scope, node, "a step");
    let id = map.require(scope, "step").and_then(|n| scope.text(n, "step"));
    let title = map.take("title").and_then(|n| scope.words(n, "title"));
    let fund = map.take("fund").and_then(|n| scope.text(n, "fund"));
    let source = map.take("source").and_then(|n| scope.text(n, "source"));
    let only = map.take("only").and_then(|n| scope.text(n, "only"));
    let plus = map.take("plus").and_then(|n| scope.text(n, "plus"));
    let cap = map.take("cap").and_then(|n| read_cap(scope, n));
    let round = map.take("round").and_then(|n| rounding(scope, n));
    let form = read_form(scope, &mut map, id.as_ref().map_or("", |id| &id.value));
    let except = map.take("except").map(|n| exceptions(scope, n)).unwrap_or_default();
    map.finish(scope);
    let id = id?;
    check_id(scope, &Key { text: id.value.clone(), span: id.span });
    let title = title.unwrap_or_else(|| Text::zh(id.value.clone()));
    Some(Step { title, fund, source: source.map(|s| s.value), only, form: form?, plus, cap, round, except, id })
}

/// Exactly one of the five forms.
fn read_form(scope: &mut Scope, map: &mut MapReader<'_>, id: &str) -> Option<Form> {
    let of = map.take("of").and_then(|n| formula(scope, n, "of"));
    let deduct = map.take("deduct").and_then(|n| formula(scope, n, "deduct"));
    let rate = map.take("rate").and_then(|n| formula(scope, n, "rate"));
    let bands = map.take("bands");
    let amount = map.take("amount").and_then(|n| formula(scope, n, "amount"));
    let negative =
        map.take("negative").and_then(|n| scope.word(n, "negative", |w| (w == "recover").then_some(()), &["recover"]));
    let leave = map.take("leave").and_then(|n| formula(scope, n, "leave"));
    let share = map.take("share");
    let floor = map.take("floor").and_then(|n| formula(scope, n, "floor"));
    let ceiling = map.take("ceiling").and_then(|n| formula(scope, n, "ceiling"));
    let n_forms = usize::from(of.is_some()) + usize::from(amount.is_some()) + usize::from(leave.is_some());
    if n_forms + usize::from(share.is_some()) != 1 {
        let message = format!("step {id} needs exactly one of of, amount, leave or share");
        scope.error("missing-key", map.span(), message);
        return None;
    }
    let misplaced = [
        (deduct.is_some() || rate.is_some(), of.is_some() && bands.is_none(), "deduct and rate belong to of"),
        (bands.is_some(), of.is_some(), "bands belong to of"),
        (negative.is_some(), amount.is_some(), "negative belongs to amount"),
        (floor.is_some() || ceiling.is_some(), share.is_some(), "floor and ceiling belong to share"),
    ];
    for (given, allowed, why) in misplaced {
        if given && !allowed {
            scope.error("unknown-key", map.span(), format!("step {id}: {why}"));
        }
    }
    Some(match (of, amount, leave, share) {
        (Some(of), ..) => match bands {
            Some(bands) => read_bands(scope, of, bands)?,
            None => Form::Part { of, deduct, rate },
        },
        (_, Some(amount), ..) => Form::Amount { amount, recover: negative.is_some() },
        (_, _, Some(leave), _) => Form::Leave { leave },
        (.., Some(share)) => Form::Share { by: shares(scope, share), floor, ceiling },
        _ => return None,
    })
}

fn read_bands(scope: &mut Scope, of: Spanned<String>, node: &Node) -> Option<Form> {
    let mut map = MapReader::new(scope, node, "bands");
    let list = map.require(scope, "list").and_then(|n| scope.text(n, "list"));
    let start = map.take("start").and_then(|n| scope.text(n, "start"));
    let used = map.take("used").and_then(|n| scope.text(n, "used"));
    map.finish(scope);
    Some(Form::Bands { of, list: list?, start, used })
}

fn shares(scope: &mut Scope, node: &Node) -> Vec<Share> {
    if node.as_seq().is_none() {
        return scope.text(node, "share").map(|by| Share { by, weight: None }).into_iter().collect();
    }
    let mut found = Vec::new();
    for item in scope.seq(node, "share") {
        let mut map = MapReader::new(scope, item, "a share");
        let by = map.require(scope, "by").and_then(|n| scope.text(n, "by"));
        let weight = map.require(scope, "weight").and_then(|n| scope.text(n, "weight"));
        map.finish(scope);
        if let Some(by) = by {
            found.push(Share { by, weight });
        }
    }
    found
}

fn read_cap(scope: &mut Scope, node: &Node) -> Option<Cap> {
    if node.as_text() == Some("none") {
        return Some(Cap::None);
    }
    let mut map = MapReader::new(scope, node, "cap");
    let each = map.take("each").and_then(|n| scope.text(n, "each"));
    let year = map.take("year").and_then(|n| scope.text(n, "year"));
    let used = map.take("used").and_then(|n| scope.text(n, "used"));
    map.finish(scope);
    match (each, year) {
        (Some(each), None) => Some(Cap::Each(each)),
        (None, Some(limit)) => Some(Cap::Year { limit, used }),
        _ => {
            scope.error("missing-key", node.span, "a cap is {each: amount}, {year: amount, used: sum} or none");
            None
        }
    }
}

fn exceptions(scope: &mut Scope, node: &Node) -> Vec<Exception> {
    let mut found = Vec::new();
    for item in scope.seq(node, "except") {
        let mut map = MapReader::new(scope, item, "an exception");
        let name = map.require(scope, "name").and_then(|n| scope.words(n, "name"));
        let when = map.require(scope, "when").and_then(|n| scope.text(n, "when"));
        let plus = map.take("plus").and_then(|n| scope.text(n, "plus"));
        let cap = map.take("cap").and_then(|n| read_cap(scope, n));
        let mut sets = IndexMap::new();
        for key in REPLACED {
            if let Some(text) = map.take(key).and_then(|n| scope.text(n, key)) {
                sets.insert(key.to_string(), text);
            }
        }
        map.finish(scope);
        if let (Some(name), Some(when)) = (name, when) {
            found.push(Exception { name, span: item.span, when, sets, plus, cap });
        }
    }
    found
}
