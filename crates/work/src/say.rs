//! What does a rule say of one row?
//!
//! The sentence of a rule as SQL: its places `{column}` are filled in by the engine, secret fields are starred out.

use crate::WorkError;
use base::Text;
use pack::model::{Register, Rule, Spanned};
use pack::sql::{RowScope, quote_text};

/// What stands in the place of a secret.
const SECRET: &str = "＊＊＊";

/// A sentence in both languages, as two SQL expressions.
pub(crate) struct Said {
    pub zh: String,
    pub en: String,
}

/// The sentence with each place as `cell` gives it.
pub(crate) fn said(say: &Text, mut cell: impl FnMut(&str) -> Result<String, WorkError>) -> Result<Said, WorkError> {
    let mut sentence = |words: &str| -> Result<String, WorkError> {
        let mut parts = Vec::new();
        let mut rest = words;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((place, behind)) = after.split_once('}') else { break };
            parts.push(quote_text(before));
            parts.push(format!("coalesce(CAST({} AS VARCHAR), '')", cell(place)?));
            rest = behind;
        }
        parts.push(quote_text(rest));
        Ok(format!("concat({})", parts.join(", ")))
    };
    let zh = sentence(&say.zh)?;
    let en = say.en.as_deref().map(sentence).transpose()?.unwrap_or_else(|| zh.clone());
    Ok(Said { zh, en })
}

/// The sentence of a condition over one record `t`.
pub(crate) fn of_record(scope: &mut RowScope<'_>, rule: &Rule, register: &Register) -> Result<Said, WorkError> {
    said(&rule.say.value, |place| {
        if is_secret(register, place) {
            return Ok(quote_text(SECRET));
        }
        Ok(scope.lower_in(&rule.common.pack, &Spanned::new(place.to_string(), rule.say.span))?)
    })
}

/// The sentence of rows `q` that may belong to records `r`.
pub(crate) fn of_rows(rule: &Rule, register: Option<&Register>, columns: &[String]) -> Result<Said, WorkError> {
    said(&rule.say.value, |place| {
        if register.is_some_and(|register| is_secret(register, place)) {
            Ok(quote_text(SECRET))
        } else if columns.iter().any(|column| column == place) {
            Ok(format!("q.{place}"))
        } else {
            Ok(format!("r.{place}"))
        }
    })
}

fn is_secret(register: &Register, column: &str) -> bool {
    register.fields.get(column).is_some_and(|field| field.secret)
}
