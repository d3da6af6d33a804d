//! May this person move this record from its state to that one?
//!
//! A move is found by the states it joins. Who made earlier moves is read from the register's own versions, so that
//! four eyes stay four. Guards are asked with the other rules, over `this`.

use super::rule::Question;
use super::{Judgment, Proposal, Verdict};
use crate::StoreError;
use crate::engine::Connection;
use crate::snapshot::View;
use base::Text;
use pack::model::{Flow, Move, Register};
use pack::sql::RowScope;
use records::{Draft, Op};
use std::collections::BTreeMap;

/// The moves a batch makes: for each its drafts.
pub(super) struct Moves<'a>(BTreeMap<&'a str, (&'a Move, Vec<usize>)>);

/// One version of a record: its state, and who wrote it.
struct Step {
    version: u32,
    state: String,
    actor: String,
}

/// Judges the state of every draft `indices`, all of one register.
pub(super) fn judge_moves<'a>(
    judgment: &mut Judgment,
    connection: &Connection,
    view: &View,
    register: &'a Register,
    proposal: &Proposal<'_>,
    indices: &[usize],
) -> Result<Moves<'a>, StoreError> {
    let mut moves = Moves(BTreeMap::new());
    let Some(flow) = &register.flow else { return Ok(moves) };
    let mut paths = earlier(connection, view, register, proposal.drafts, indices)?;
    for index in indices {
        let (Some(draft), Some(author)) = (proposal.drafts.get(*index), proposal.author(*index)) else { continue };
        let Some(state) = draft.body.get("state").and_then(|state| state.as_str()) else { continue };
        if !flow.states.contains_key(state) {
            let say = Text::both(format!("没有状态“{state}”"), format!("there is no state \"{state}\""));
            judgment.refuse(proposal.drafts, *index, Verdict::Refuse, "unknown-state", say);
            continue;
        }
        let path = paths.entry(draft.record.clone().unwrap_or_default()).or_default();
        match judge_move(flow, path, draft, state, author) {
            Ok(Some((id, step))) => moves.0.entry(id).or_insert((step, Vec::new())).1.push(*index),
            Ok(None) => {}
            Err((rule, say)) => judgment.refuse(proposal.drafts, *index, Verdict::Refuse, rule, say),
        }
        let version = path.last().map_or(1, |last| last.version + 1);
        path.push(Step { version, state: state.to_string(), actor: author.actor.to_string() });
    }
    Ok(moves)
}

/// The move a draft makes; `None` when it stays where it is, or begins as it should.
fn judge_move<'a>(
    flow: &'a Flow,
    path: &[Step],
    draft: &Draft,
    to: &str,
    author: &super::Author<'_>,
) -> Result<Option<(&'a str, &'a Move)>, (&'static str, Text)> {
    let title = |state: &str| flow.states.get(state).map_or_else(|| Text::zh(state), |state| state.title.clone());
    if draft.op == Op::Create {
        let start = flow.start.value.as_str();
        if to == start || author.roles.is_none() {
            return Ok(None);
        }
        let say =
            Text::both(format!("新记录从“{}”开始", title(start).zh), format!("a new record begins as \"{start}\""));
        return Err(("flow-start", say));
    }
    let seen = path.iter().rfind(|step| draft.base_version.is_none_or(|base| step.version == base));
    let Some(from) = seen.or(path.last()).map(|step| step.state.as_str()).filter(|from| *from != to) else {
        return Ok(None);
    };
    let joins = |step: &Move| step.to.value == to && step.from.iter().any(|state| state.value == from);
    let Some((id, step)) = flow.moves.iter().find(|(_, step)| joins(step)) else {
        let say = Text::both(
            format!("不能从“{}”变为“{}”", title(from).zh, title(to).zh),
            format!("there is no move from \"{from}\" to \"{to}\""),
        );
        return Err(("no-such-move", say));
    };
    if let (Some(by), Some(roles)) = (&step.by, author.roles)
        && !roles.contains(&by.value)
    {
        let say = Text::both(
            format!("“{}”须由{}办理", step.title.zh, by.value),
            format!("{id} is for the role {}", by.value),
        );
        return Err(("not-your-move", say));
    }
    if step.other_person && made_other_move(flow, path, author.actor) {
        let say = Text::both(
            format!("“{}”须由另一人办理", step.title.zh),
            format!("{id} needs another person than the one before"),
        );
        return Err(("other-person", say));
    }
    Ok(Some((id, step)))
}

/// True when `actor` made an earlier move that wants four eyes.
fn made_other_move(flow: &Flow, path: &[Step], actor: &str) -> bool {
    path.windows(2).any(|pair| {
        let [from, to] = pair else { return false };
        let joins = |step: &Move| {
            step.other_person && step.to.value == to.state && step.from.iter().any(|state| state.value == from.state)
        };
        to.actor == actor && from.state != to.state && flow.moves.values().any(joins)
    })
}

/// The versions so far of every record that is corrected, oldest first.
fn earlier(
    connection: &Connection,
    view: &View,
    register: &Register,
    drafts: &[&Draft],
    indices: &[usize],
) -> Result<BTreeMap<String, Vec<Step>>, StoreError> {
    let drafts = indices.iter().filter_map(|n| drafts.get(*n)).filter(|draft| draft.op == Op::Correct);
    let ids: Vec<String> =
        drafts.filter_map(|draft| Some(format!("'{}'", draft.record.as_deref()?.replace('\'', "''")))).collect();
    let mut paths: BTreeMap<String, Vec<Step>> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(paths);
    }
    let sql = format!(
        "SELECT id, version, state, recorded_by FROM {} WHERE id IN ({}) ORDER BY id, version",
        view.versions(&register.common.id),
        ids.join(", ")
    );
    for row in connection.query(&sql)?.rows()? {
        let [id, version, state, actor] = row.as_slice() else { continue };
        let (Some(id), Some(state), Some(actor)) = (id.as_text(), state.as_text(), actor.as_text()) else { continue };
        let version = version.as_int().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        paths.entry(id.to_string()).or_default().push(Step {
            version,
            state: state.to_string(),
            actor: actor.to_string(),
        });
    }
    Ok(paths)
}

impl Moves<'_> {
    /// What each move demands of the record, asked of the drafts that make it.
    pub(super) fn guards(&self, scope: &mut RowScope<'_>) -> Result<Vec<Question>, StoreError> {
        let mut questions = Vec::new();
        for (id, (step, indices)) in &self.0 {
            let Some(require) = &step.require else { continue };
            let makers: Vec<String> = indices.iter().map(ToString::to_string).collect();
            let sql = format!("t.n_ IN ({}) AND NOT coalesce({}, FALSE)", makers.join(", "), scope.lower(require)?);
            let say = step.say.clone().unwrap_or_else(|| {
                Text::both(format!("还不能办理“{}”", step.title.zh), format!("{id} is not possible yet"))
            });
            questions.push(Question {
                rule: (*id).to_string(),
                verdict: Verdict::Refuse,
                say,
                sql: format!("({sql})"),
                column: None,
                refers: None,
            });
        }
        Ok(questions)
    }
}
