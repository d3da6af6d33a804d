//! Which residents are meant by these few words?

use super::resident::village;
use crate::app::App;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::masked::mask;
use crate::problem::Problem;
use crate::wire;
use base::Text;
use identity::Found;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

const USUAL_LIMIT: usize = 20;
const MOST: usize = 100;
/// Characters of a question at most: a name, a number and a date are far fewer.
const LONGEST: usize = 100;

/// The body of `POST /api/residents/find`, for whoever keeps names and numbers out of addresses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    q: String,
    org: Option<String>,
    limit: Option<usize>,
}

impl Request {
    /// The same question as an address would ask it.
    pub fn onto(self, ask: Ask) -> Ask {
        let limit = self.limit.map(|limit| limit.to_string());
        ask.with("q", Some(self.q)).with("org", self.org).with("limit", limit)
    }
}

/// `/api/residents`: everybody every word fits, masked, the best first; who searched, and whom they saw, is written down
/// first.
pub fn residents(app: &Arc<App>, desk: &Desk, ask: &Ask) -> Result<wire::Residents, Problem> {
    let question = ask.require("q")?;
    if question.chars().count() > LONGEST {
        return Err(Problem::wrong(
            "wrong-question",
            Text::both(format!("检索词最多{LONGEST}字"), format!("a question has at most {LONGEST} characters")),
            Text::both("只写姓名、出生日期或号码末几位", "write a name, a date or the last digits of a number"),
        ));
    }
    let limit = ask.limit(USUAL_LIMIT, MOST)?;
    let orgs = ask.get("org").map(|org| below(desk, ask, org)).transpose()?;
    let orgs = orgs.or_else(|| ask.visitor.reached(&desk.county().ok()?.orgs));
    // One more than asked for tells whether there are more.
    let mut found = app.finder().index(app)?.find(question, orgs.as_ref(), limit + 1);
    let more = found.len() > limit;
    found.truncate(limit);
    app.log_search(desk, ask, found.iter().map(|found| found.id.as_str()))?;
    Ok(wire::Residents { rows: found.into_iter().map(|found| shown(desk, found)).collect(), more })
}

fn shown(desk: &Desk, found: Found) -> wire::FoundResident {
    wire::FoundResident {
        name_masked: mask(&found.name),
        citizen_id_masked: mask(&found.citizen_id),
        birth_on: day_shown(&found.birth_on),
        village: village(desk, &found.org),
        reasons: found.reasons.iter().map(|fit| wire::Text::from(&fit.words())).collect(),
        id: found.id,
        survivor: found.survivor,
        org: found.org,
        score: found.score,
    }
}

/// `1950-03-12` of `19500312`.
fn day_shown(digits: &str) -> String {
    match (digits.get(..4), digits.get(4..6), digits.get(6..8)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => digits.to_string(),
    }
}

/// An organisation and everything below it.
fn below(desk: &Desk, ask: &Ask, org: &str) -> Result<BTreeSet<String>, Problem> {
    let county = desk.county()?;
    county.orgs.get(org).ok_or_else(|| Problem::org(org))?;
    ask.visitor.must_reach(county, org)?;
    Ok(county.orgs.subtree(org).iter().map(|id| id.to_string()).collect())
}
