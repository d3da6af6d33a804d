//! Which resident stands for which, at every moment?
//!
//! A record of the register `resident_merge` says that one resident was folded into another; withdrawing it undoes
//! that. Chains (A into B, later B into C) are followed here, once per change, so that a statement needs one join.
//! `merged.resident` says for every resident folded into another who stands for them, and between which entries.
//! Derived from the register alone; it never knows who decided a merge, or why.

use crate::StoreError;
use crate::engine::{Connection, Value};
use pack::Catalog;
use pack::model::{FieldType, Register, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// The register whose records are merges.
pub(crate) const REGISTER: &str = "resident_merge";
/// What is merged.
pub(crate) const RESIDENT: &str = "resident";

/// Creates the table, empty.
///
/// # Errors
/// Whatever the engine says.
pub(crate) fn create(connection: &Connection) -> Result<(), StoreError> {
    connection.execute(
        "CREATE SCHEMA IF NOT EXISTS merged; CREATE OR REPLACE TABLE merged.resident (id VARCHAR NOT NULL, into_ \
         VARCHAR NOT NULL, since_ BIGINT NOT NULL, until_ BIGINT)",
    )?;
    Ok(())
}

/// Whether anybody was ever merged.
///
/// # Errors
/// Whatever the engine says.
pub(crate) fn any(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.query("SELECT count(*) FROM merged.resident")?.single()?.as_int() != Some(0))
}

/// Computes the table anew from the register, within the caller's transaction; true when anybody was ever merged.
///
/// # Errors
/// Whatever the engine says.
pub(crate) fn refresh(connection: &Connection, catalog: &Catalog) -> Result<bool, StoreError> {
    if !is_register(catalog) {
        return Ok(false);
    }
    let rows = connection.query(&format!(
        "SELECT v.seq_, e.until_, v.merged, v.resident FROM reg.{REGISTER} AS v LEFT JOIN ended.{REGISTER} AS e ON \
         e.seq_ = v.seq_"
    ))?;
    let mut changes = Vec::new();
    for row in rows.rows()? {
        let [since, until, Value::Text(merged), Value::Text(survivor)] = row.as_slice() else { continue };
        let Some(since) = since.as_int() else { continue };
        changes.push(Change { seq: since, version: since, fold: Some((merged.clone(), survivor.clone())) });
        changes.extend(until.as_int().map(|seq| Change { seq, version: since, fold: None }));
    }
    let spans = spans(changes);
    connection.execute("DELETE FROM merged.resident")?;
    let mut appender = connection.appender("merged", RESIDENT)?;
    let any = !spans.is_empty();
    for Span { id, into, since, until } in spans {
        let until = until.map_or(Value::Null, Value::Int);
        appender.append_row(&[Value::Text(id), Value::Text(into), Value::Int(since), until])?;
    }
    appender.close()?;
    Ok(any)
}

/// Whether the packs have such a register, with the columns a merge needs.
fn is_register(catalog: &Catalog) -> bool {
    let known = catalog.register(REGISTER);
    known.is_some_and(|register| {
        register.subject == Some(Subject::Resident)
            && register
                .fields
                .get("merged")
                .is_some_and(|field| matches!(&field.ty, FieldType::Ref(to) if to.value == RESIDENT))
    })
}

/// The columns of a register that hold residents and follow merges. Those of the merges themselves stay as written.
pub(crate) fn columns(register: &Register) -> Vec<&str> {
    if register.common.id == REGISTER {
        return Vec::new();
    }
    let subject = register.subject.filter(|subject| *subject == Subject::Resident).map(Subject::word);
    let refers =
        register.fields.values().filter(|field| matches!(&field.ty, FieldType::Ref(to) if to.value == RESIDENT));
    subject.into_iter().chain(refers.map(|field| field.id.as_str())).collect()
}

/// Something that happened to one version of a merge.
struct Change {
    seq: i64,
    /// The entry that wrote the version.
    version: i64,
    /// Who was folded into whom; `None` when the version ends.
    fold: Option<(String, String)>,
}

/// `id` is represented by `into` from entry `since` on, until before entry `until`.
#[derive(Debug, PartialEq, Eq)]
struct Span {
    id: String,
    into: String,
    since: i64,
    until: Option<i64>,
}

/// The merges in force while the changes are gone through.
#[derive(Default)]
struct Replay {
    /// Who was folded into whom.
    into: BTreeMap<String, String>,
    /// The way back.
    from: BTreeMap<String, BTreeSet<String>>,
    /// The version that says so.
    versions: BTreeMap<i64, String>,
    /// Who stands for whom, and since when.
    open: BTreeMap<String, (String, i64)>,
    closed: Vec<Span>,
}

fn spans(mut changes: Vec<Change>) -> Vec<Span> {
    // A corrected merge ends and begins with one entry: what it said before goes first.
    changes.sort_by_key(|change| (change.seq, change.fold.is_some(), change.version));
    let mut replay = Replay::default();
    for Change { seq, version, fold } in changes {
        match fold {
            Some((merged, survivor)) => replay.fold(seq, version, merged, survivor),
            None => replay.unfold(seq, version),
        }
    }
    let mut spans = replay.closed;
    spans.extend(replay.open.into_iter().map(|(id, (into, since))| Span { id, into, since, until: None }));
    spans.sort_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
    spans
}

impl Replay {
    /// What the rules refuse (a circle, a second merge of one resident) is passed over.
    fn fold(&mut self, seq: i64, version: i64, merged: String, survivor: String) {
        let root = self.root(&survivor);
        if root == merged || self.into.contains_key(&merged) {
            return;
        }
        for id in self.below(&merged) {
            self.set(seq, id, Some(root.clone()));
        }
        self.from.entry(survivor.clone()).or_default().insert(merged.clone());
        self.into.insert(merged.clone(), survivor);
        self.versions.insert(version, merged);
    }

    fn unfold(&mut self, seq: i64, version: i64) {
        let Some(merged) = self.versions.remove(&version) else { return };
        if let Some(survivor) = self.into.remove(&merged)
            && let Some(from) = self.from.get_mut(&survivor)
        {
            from.remove(&merged);
        }
        for id in self.below(&merged) {
            let into = (id != merged).then(|| merged.clone());
            self.set(seq, id, into);
        }
    }

    fn root(&self, id: &str) -> String {
        let mut root = id;
        while let Some(next) = self.into.get(root) {
            root = next;
        }
        root.to_string()
    }

    /// `id` and everybody folded into them, directly or through others.
    fn below(&self, id: &str) -> Vec<String> {
        let mut below = vec![id.to_string()];
        let mut n = 0;
        while let Some(next) = below.get(n) {
            let from: Vec<String> = self.from.get(next).into_iter().flatten().cloned().collect();
            below.extend(from);
            n += 1;
        }
        below
    }

    fn set(&mut self, seq: i64, id: String, into: Option<String>) {
        if let Some((before, since)) = self.open.remove(&id) {
            if into.as_ref() == Some(&before) {
                self.open.insert(id, (before, since));
                return;
            }
            if since < seq {
                self.closed.push(Span { id: id.clone(), into: before, since, until: Some(seq) });
            }
        }
        if let Some(into) = into {
            self.open.insert(id, (into, seq));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(seq: i64, merged: &str, survivor: &str) -> Change {
        Change { seq, version: seq, fold: Some((merged.into(), survivor.into())) }
    }

    fn end(seq: i64, version: i64) -> Change {
        Change { seq, version, fold: None }
    }

    fn told(changes: Vec<Change>) -> Vec<String> {
        let told = |span: Span| {
            let until = span.until.map_or_else(String::new, |until| until.to_string());
            format!("{}>{} {}..{until}", span.id, span.into, span.since)
        };
        spans(changes).into_iter().map(told).collect()
    }

    #[test]
    fn chains_resolve_to_their_end_and_come_apart_again() {
        assert_eq!(told(vec![fold(1, "a", "b"), fold(2, "b", "c")]), ["a>b 1..2", "a>c 2..", "b>c 2.."]);
        let undone = vec![fold(1, "a", "b"), fold(2, "b", "c"), end(3, 2)];
        assert_eq!(told(undone), ["a>b 1..2", "a>c 2..3", "b>c 2..3", "a>b 3.."]);
        let first_undone = vec![fold(1, "a", "b"), fold(2, "b", "c"), end(3, 1)];
        assert_eq!(told(first_undone), ["a>b 1..2", "a>c 2..3", "b>c 2.."]);
    }

    #[test]
    fn a_correction_moves_the_merge_within_one_entry() {
        let mut changes = vec![fold(1, "a", "b"), end(5, 1)];
        changes.push(fold(5, "a", "c"));
        assert_eq!(told(changes), ["a>b 1..5", "a>c 5.."]);
    }

    #[test]
    fn circles_and_second_merges_are_passed_over() {
        assert_eq!(told(vec![fold(1, "a", "b"), fold(2, "b", "a")]), ["a>b 1.."]);
        assert_eq!(told(vec![fold(1, "a", "b"), fold(2, "a", "c")]), ["a>b 1.."]);
        assert_eq!(told(vec![fold(1, "a", "a")]), Vec::<String>::new());
    }
}
