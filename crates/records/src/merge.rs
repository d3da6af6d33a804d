//! Two people changed the same record: can both be right?
//!
//! Field by field against the version both started from. It never knows what a field means.

use serde_json::{Map, Value};

/// Puts the draft's changes on top of the head's, or names the fields both changed to different values.
pub(crate) fn merge(
    base: &Map<String, Value>,
    head: &Map<String, Value>,
    draft: &Map<String, Value>,
) -> Result<Map<String, Value>, Vec<String>> {
    let mut merged = head.clone();
    let mut clashes = Vec::new();
    let removed = base.keys().filter(|key| !draft.contains_key(*key));
    for key in draft.keys().chain(removed) {
        let (was, theirs, ours) = (base.get(key), head.get(key), draft.get(key));
        if ours == was || ours == theirs {
            continue;
        }
        if theirs != was {
            clashes.push(key.clone());
        } else if let Some(value) = ours {
            merged.insert(key.clone(), value.clone());
        } else {
            merged.shift_remove(key);
        }
    }
    if clashes.is_empty() { Ok(merged) } else { Err(clashes) }
}

/// The same rule for one value beside the body.
pub(crate) fn merge_value<T: PartialEq>(was: &T, theirs: T, ours: T) -> Option<T> {
    if ours == *was || ours == theirs {
        Some(theirs)
    } else if theirs == *was {
        Some(ours)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(base: &str, head: &str, draft: &str, expect: Result<&str, &[&str]>) {
        let read = |text: &str| serde_json::from_str::<Map<String, Value>>(text).unwrap();
        let found = merge(&read(base), &read(head), &read(draft));
        match expect {
            Ok(text) => assert_eq!(Value::Object(found.unwrap()).to_string(), text),
            Err(fields) => assert_eq!(found.unwrap_err(), fields),
        }
    }

    #[test]
    fn different_fields_both_stay() {
        check(
            r#"{"sbp":150,"dbp":90}"#,
            r#"{"sbp":138,"dbp":90}"#,
            r#"{"sbp":150,"dbp":88}"#,
            Ok(r#"{"sbp":138,"dbp":88}"#),
        );
    }

    #[test]
    fn fields_may_come_and_go() {
        check(r#"{"a":1,"b":2}"#, r#"{"a":1,"b":2,"c":3}"#, r#"{"b":2,"d":4}"#, Ok(r#"{"b":2,"c":3,"d":4}"#));
    }

    #[test]
    fn the_same_change_twice_is_no_clash() {
        check(r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":2}"#, Ok(r#"{"a":2}"#));
    }

    #[test]
    fn a_clash_names_its_fields() {
        check(r#"{"a":1,"b":1}"#, r#"{"a":2,"b":1}"#, r#"{"a":3,"b":2}"#, Err(&["a"]));
        check(r#"{"a":1}"#, r#"{"a":2}"#, r#"{}"#, Err(&["a"]));
        check(r#"{"a":1}"#, r#"{}"#, r#"{"a":2}"#, Err(&["a"]));
    }

    #[test]
    fn one_value_follows_the_same_rule() {
        assert_eq!(merge_value(&1, 1, 2), Some(2));
        assert_eq!(merge_value(&1, 2, 1), Some(2));
        assert_eq!(merge_value(&1, 2, 2), Some(2));
        assert_eq!(merge_value(&1, 2, 3), None);
    }
}
