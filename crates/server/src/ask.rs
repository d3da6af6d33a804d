//! What is being asked, by whom and in which language?
//!
//! The query string and the accepted language, read once. Knows nothing of the county: whether a name exists is
//! found out by whoever looks it up.

use crate::problem::Problem;
use crate::visitor::Visitor;
use axum::extract::{FromRequestParts, Query};
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::response::Response;
use base::{Date, DateTime, Language, Period, Text, Timestamp};
use std::collections::BTreeMap;

/// A question as it arrived.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The path, for messages.
    pub address: String,
    /// The reader's language.
    pub language: Language,
    /// Who asks, and how far they may see.
    pub visitor: Visitor,
    values: BTreeMap<String, String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Ask {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let accepted = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let address = parts.uri.path().to_string();
        let language = language(accepted);
        let values = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await.map_err(|_| {
            Problem::wrong(
                "wrong-query",
                Text::both("地址中的参数无法读取", "the parameters of the address cannot be read"),
                Text::both("参数应写作名称=值", "write name=value"),
            )
            .answer(language, &address)
        })?;
        let values: BTreeMap<String, String> = values.0.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let language = values.get("lang").map_or(language, |word| self::language(word));
        // The guard puts it there; where nobody guards, nobody sees anything.
        let visitor = parts.extensions.get::<Visitor>().cloned().unwrap_or_else(Visitor::nobody);
        Ok(Self { address, language, visitor, values })
    }
}

impl Ask {
    /// A question without parameters.
    pub fn by(visitor: Visitor) -> Self {
        Self { address: String::new(), language: Language::default(), visitor, values: BTreeMap::new() }
    }

    /// A parameter that was given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The same question with another value of a parameter; `None` leaves it as it is.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<String>) -> Self {
        self.values.extend(value.filter(|value| !value.is_empty()).map(|value| (name.to_string(), value)));
        self
    }

    /// Every parameter whose name begins so, with the rest of its name.
    pub fn starting_with<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.values.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// A parameter without which there is no answer.
    pub fn require(&self, name: &str) -> Result<&str, Problem> {
        self.get(name).ok_or_else(|| Problem::absent(name))
    }

    /// The period asked for, if any.
    pub fn period(&self) -> Result<Option<Period>, Problem> {
        Ok(self.get("period").map(Period::parse).transpose()?)
    }

    /// The moment as of which is asked, if any: an instant, or the last instant of a day in county time.
    pub fn as_of(&self) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.get("as_of") else { return Ok(None) };
        moment(text).map(Some).ok_or_else(|| {
            Problem::wrong(
                "wrong-moment",
                Text::both(format!("“{text}”不是一个时刻"), format!("\"{text}\" is not a moment")),
                Text::both("写作2025-11-30或2025-11-30T08:00", "write 2025-11-30 or 2025-11-30T08:00"),
            )
        })
    }

    /// A whole number between 1 and `most`; `usual` when none was given.
    pub fn limit(&self, usual: usize, most: usize) -> Result<usize, Problem> {
        let Some(text) = self.get("limit") else { return Ok(usual) };
        text.parse().ok().filter(|n| (1..=most).contains(n)).ok_or_else(|| {
            Problem::wrong(
                "wrong-limit",
                Text::both(
                    format!("“{text}”不是1到{most}之间的整数"),
                    format!("\"{text}\" is not a number from 1 to {most}"),
                ),
                Text::both(format!("写作limit={usual}"), format!("write limit={usual}")),
            )
        })
    }
}

/// Now, by this machine's clock.
#[allow(clippy::disallowed_methods, reason = "the server is where time enters")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

fn language(words: &str) -> Language {
    let first = words.split([',', ';']).next().unwrap_or("").trim();
    if first.to_ascii_lowercase().starts_with("en") { Language::En } else { Language::Zh }
}

fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let civil = match text.parse::<Date>() {
        Ok(day) if text.len() == 10 => day.at(23, 59, 59, 999_999_000),
        _ => text.parse::<DateTime>().ok()?,
    };
    // A county's clocks stand at UTC+8 all year.
    format!("{civil}+08:00").parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_means_its_end_in_the_county() {
        assert_eq!(moment("2025-11-30").unwrap().to_string(), "2025-11-30T15:59:59.999999Z");
        assert_eq!(moment("2025-11-30T08:00").unwrap().to_string(), "2025-11-30T00:00:00Z");
        assert_eq!(moment("2025-11-30T08:00:00Z").unwrap().to_string(), "2025-11-30T08:00:00Z");
        assert_eq!(moment("2025-02-30"), None);
        assert_eq!(moment("soon"), None);
    }

    #[test]
    fn the_first_accepted_language_counts() {
        assert_eq!(language("en-GB,zh;q=0.5"), Language::En);
        assert_eq!(language("zh-CN,en;q=0.5"), Language::Zh);
        assert_eq!(language(""), Language::Zh);
    }
}
