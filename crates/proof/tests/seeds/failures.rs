//! Which mistakes of the marked-up relations are found, and what is called a mistake that is none?

use proof::{Comparison, Proof, Relation, RelationKind, Verdict};

/// A mistake inside one text: its id, the text, how ours must look.
pub struct Known {
    pub id: &'static str,
    pub text: &'static str,
    kind: RelationKind,
    /// All of these stand in the computation or the printed value.
    says: &'static [&'static str],
}

const fn known(id: &'static str, text: &'static str, kind: RelationKind, says: &'static [&'static str]) -> Known {
    Known { id, text, kind, says }
}

/// The failures of `relations.csv` that lie in one text, without its words.
pub const INSIDE: &[Known] = &[
    known("R-001", "S0", RelationKind::Numbering, &["三是"]),
    known("R-001", "S1", RelationKind::Numbering, &["三是"]),
    known("R-002", "S0", RelationKind::Years, &["2025"]),
    known("R-007", "S2a", RelationKind::Same, &["45489", "44971"]),
    known("R-008", "S2a", RelationKind::Same, &["45489", "44971"]),
    known("R-009", "S2a", RelationKind::Sum, &["2087", "2330"]),
    known("R-010", "S2a", RelationKind::Sum, &["2087", "2204"]),
    known("R-011", "S2a", RelationKind::SexRatio, &["65.37", "110"]),
    known("R-012", "S2a", RelationKind::Rate, &["1626", "101.63"]),
    known("R-013", "S3", RelationKind::Stages, &["658", "656"]),
    known("R-014", "S3", RelationKind::Rate, &["11", "50%"]),
    known("R-015", "S3", RelationKind::List, &["7", "8"]),
    known("R-016", "S3", RelationKind::Numbering, &["二、"]),
    known("R-017", "S3", RelationKind::Limit, &["1644"]),
    known("R-018", "S4", RelationKind::Limit, &["4.47"]),
    known("R-019", "S4", RelationKind::Same, &["60"]),
];
/// Values that hold only when cut instead of rounded, with what is printed.
pub const TRUNCATED: &[Known] = &[
    known("R-020", "S2a", RelationKind::Rate, &["87.7059"]),
    known("R-021", "S2a", RelationKind::Product, &["1320960"]),
    known("R-022", "S4", RelationKind::Product, &["135600"]),
];

impl Known {
    pub fn is(&self, relation: &Relation) -> bool {
        let words = format!("{} {}", relation.computation, relation.printed.as_deref().unwrap_or_default());
        relation.kind == self.kind && self.says.iter().all(|part| words.contains(part))
    }
}

/// Failures that the mark-up does not know.
pub fn false_alarms<'a>(label: &str, proof: &'a Proof) -> Vec<&'a Relation> {
    let of_text: Vec<&Known> = INSIDE.iter().filter(|known| known.text == label).collect();
    proof.failures().filter(|relation| !of_text.iter().any(|known| known.is(relation))).collect()
}

/// What the two near duplicates differ in: id, and two pieces that a change must show.
pub const BETWEEN: &[(&str, &str, &str)] = &[
    ("R-003", "20253户", "20233户"),
    ("R-004", "糖尿病患者", "Ⅱ型糖尿病患者"),
    ("R-005", "2月底", "12月底"),
    ("R-006", "〔2025〕2号", "〔2024〕2号"),
    ("R-006", "2025年", "2024年"),
];

/// Whether a comparison shows the difference.
pub fn shows(comparison: &Comparison, left: &str, right: &str) -> bool {
    comparison.changes.iter().any(|change| {
        let shown = |item: &Option<proof::compare::Item>, part: &str| {
            item.as_ref().is_some_and(|item| item.quote == part || item.subject == part)
        };
        shown(&change.left, left) && shown(&change.right, right)
    })
}

/// Relations of `relations.csv` of this text that hold, found by the numbers of their computation.
pub fn holding(rows: &[(String, String)], label: &str, proof: &Proof) -> (usize, Vec<String>) {
    let mut n_found = 0;
    let mut missed = Vec::new();
    for (id, computation) in rows {
        let numbers = numbers(computation);
        let fits = |relation: &&Relation| {
            let own = numbers_of(relation, proof);
            matches!(relation.verdict, Verdict::Holds)
                && own.len() >= 2
                && own.iter().all(|number| numbers.contains(number))
        };
        match proof.relations.iter().find(fits) {
            Some(_) => n_found += 1,
            None => missed.push(format!("{id} {label} {computation}")),
        }
    }
    (n_found, missed)
}

fn numbers(text: &str) -> Vec<String> {
    let plain = text.replace(',', "");
    let parts = plain.split(|c: char| !c.is_ascii_digit() && c != '.');
    parts.map(|part| part.trim_matches('.').to_string()).filter(|part| !part.is_empty()).collect()
}

fn numbers_of(relation: &Relation, proof: &Proof) -> Vec<String> {
    let claims = relation.terms.iter().chain(&relation.result).filter_map(|id| proof.claim(*id));
    claims.flat_map(|claim| numbers(&claim.quote)).collect()
}
