//! Rules, of a register or of the pack.

use super::definition::{common, insert};
use super::register::texts;
use crate::model::{Level, Rule, RuleTrigger, Spanned};
use crate::yaml::{MapReader, Node, Scope};
use base::{Diagnostic, Text};
use indexmap::IndexMap;

/// The detectors a rule on an indicator may use.
pub(crate) const METHODS: [&str; 5] = ["ears_c1", "ears_c2", "ears_c3", "percentile", "farrington"];

/// Reads rules; `register` is the one they stand in, if any.
pub(super) fn read(
    scope: &mut Scope,
    pack: &str,
    node: &Node,
    register: Option<&str>,
    into: &mut IndexMap<String, Rule>,
) {
    let mut not_run = None;
    for (key, body) in scope.map(node, "rules") {
        let mut map = MapReader::new(scope, body, format!("rule {}", key.text));
        let common = common(scope, &mut map, pack, key);
        let levels: Vec<&str> = Level::ALL.iter().map(|(word, _)| *word).collect();
        let level = map
            .require(scope, "level")
            .and_then(|n| Some(Spanned::new(scope.word(n, "level", Level::from_word, &levels)?, n.span)));
        let say_node = map.require(scope, "say");
        let say = say_node.and_then(|n| Some(Spanned::new(scope.words(n, "say")?, n.span)));
        let own = register.map(|id| Spanned::new(id.to_string(), key.span));
        let on = map.take("on").and_then(|n| scope.text(n, "on")).or(own);
        let when = map.take("when").and_then(|n| scope.text(n, "when"));
        let rows = map.take("rows").and_then(|n| scope.text(n, "rows"));
        let method = map.take("method").and_then(|n| scope.text(n, "method"));
        let over = map.take("over").map(|n| texts(scope, n, "over")).unwrap_or_default();
        let why = map.take("why").and_then(|n| scope.words(n, "why"));
        let action = map.take("do").and_then(|n| scope.words(n, "do"));
        let to = map.take("to").and_then(|n| scope.text(n, "to"));
        let fill = map.take("fill").map(|n| texts(scope, n, "fill")).unwrap_or_default();
        let due = map.take("due").and_then(|n| scope.text(n, "due"));
        let by = map.take("by").map(|n| scope.texts(n, "by")).unwrap_or_default();
        let every = map.take("every").and_then(|n| scope.text(n, "every"));
        map.finish(scope);
        let (Some(level), Some(say)) = (level, say) else { continue };
        let n_triggers = [&when, &rows, &method].iter().filter(|trigger| trigger.is_some()).count();
        if n_triggers != 1 {
            scope.error(
                "missing-key",
                key.span,
                format!("rule {} needs exactly one of when, rows or method", key.text),
            );
        }
        if level.value == Level::Find && (why.is_none() || action.is_none()) {
            let message = format!("the finding \"{}\" does not say why it matters and what to do", key.text);
            scope.push(Diagnostic::error("finding-without-action", key.span, message).help("add why: and do:"));
        }
        if on.is_none() {
            scope.error("missing-key", key.span, format!("rule {} needs \"on\": a register or an indicator", key.text));
        }
        if level.value == Level::Advise && rows.is_some() {
            not_run.get_or_insert(key.span);
        }
        let trigger = match (when, rows, method) {
            (Some(when), ..) => RuleTrigger::When(when),
            (None, Some(rows), _) => RuleTrigger::Rows(rows),
            (None, None, Some(name)) => detector(scope, name, &over),
            (None, None, None) => continue,
        };
        let fill = fill.into_iter().map(|(field, of)| (Spanned::new(field, of.span), of)).collect();
        let rule = Rule {
            common,
            level,
            on,
            trigger,
            say: Spanned::new(say.value, say.span),
            why,
            action,
            to,
            due,
            fill,
            by,
            every,
        };
        insert(scope, into, key, rule);
    }
    if let Some(span) = not_run {
        let message = "rules of level advise that look beyond the record are read and checked; nothing runs them yet";
        scope.push(Diagnostic::note("not-run-yet", span, message));
    }
}

fn detector(scope: &mut Scope, name: Spanned<String>, over: &IndexMap<String, Spanned<String>>) -> RuleTrigger {
    if !METHODS.contains(&name.value.as_str()) {
        let near = base::nearest(&name.value, METHODS);
        let message = format!("\"{}\" is not a detector", name.value);
        scope.push(Diagnostic::error("unknown-word", name.span, message).suggest(near));
    }
    if !over.contains_key("baseline") {
        let message = format!("{} needs over: {{baseline: …}}", name.value);
        scope.error("detector-needs-baseline", name.span, message);
    }
    RuleTrigger::Method { name, over: over.iter().map(|(k, v)| (k.clone(), v.value.clone())).collect() }
}

/// The places `{name}` of a sentence.
pub fn places(text: &Text) -> Vec<String> {
    let mut names = Vec::new();
    for words in std::iter::once(&text.zh).chain(&text.en) {
        for part in words.split('{').skip(1) {
            if let Some((name, _)) = part.split_once('}')
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_string());
            }
        }
    }
    names
}
