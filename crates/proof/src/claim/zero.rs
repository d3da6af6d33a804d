//! Where does the text say that there was none?
//!
//! 未发生突发公共卫生事件 states a number as much as a digit does: 0.

use super::{Bound, Claim, Kind, Role};
use crate::text::{Section, Text};
use base::Decimal;

/// How such a clause begins, and whether the word may stand inside the clause too.
const NONE: &[(&str, bool)] = &[
    ("未发生", true),
    ("没有发生", true),
    ("未出现", true),
    ("没有出现", true),
    ("未发现", true),
    ("未接到", true),
    ("未报告", true),
    ("没有一家", true),
    ("没有一例", true),
    ("无一例", true),
    ("全年无", true),
    ("全程无一", true),
    ("无", false),
];
/// What there was none of, with the unit it is counted in: how the clause ends.
const WHAT: &[(&str, &str)] = &[
    ("事件发生", "起"),
    ("情况发生", "起"),
    ("现象发生", "起"),
    ("事件", "起"),
    ("事故", "起"),
    ("案件", "起"),
    ("疫情", "起"),
    ("情况", "起"),
    ("现象", "起"),
    ("隐患", "处"),
    ("投诉", "起"),
    ("诉讼", "起"),
    ("病例", "例"),
    ("感染", "例"),
    ("死亡", "例"),
    ("患者", "人"),
    ("者", "人"),
    ("医院", "家"),
    ("机构", "家"),
];

/// Adds the claims of zero.
pub fn find(text: &Text, claims: &mut Vec<Claim>) {
    let mut found = Vec::new();
    for (n, clause) in text.clauses.iter().enumerate() {
        let range = clause.range.clone();
        let section =
            text.paragraphs.get(text.paragraphs.partition_point(|p| p.range.end < range.start)).map(|p| p.section);
        if section == Some(Section::Plan) || range.len() > 40 {
            continue;
        }
        let Some(&(what, unit)) = WHAT.iter().find(|(what, _)| text.ends(range.end, what)) else { continue };
        let start = NONE.iter().find_map(|(word, inside)| {
            let at = text.find(range.clone(), word)?;
            (at == range.start || *inside).then_some((at, word.chars().count()))
        });
        let Some((start, length)) = start else { continue };
        if start + length + what.chars().count() > range.end || text.has(start, "无证") {
            continue;
        }
        let range = start..range.end;
        found.push(Claim {
            id: 0,
            quote: text.slice(range.clone()),
            original: text.original(range.clone()),
            subject: text.slice(start + length..range.end),
            range,
            value: Some(Decimal::ZERO),
            until: None,
            step: Decimal::ONE,
            bound: Bound::Exact,
            unit,
            kind: Kind::Count,
            unit_lost: false,
            scope: None,
            cut_off: None,
            role: Role::Result,
            clause: n,
            sentence: clause.sentence,
            depth: clause.depth,
        });
    }
    // A printed number inside such a clause is the better claim.
    found.retain(|zero| {
        !claims.iter().any(|claim| claim.range.start < zero.range.end && zero.range.start < claim.range.end)
    });
    claims.extend(found);
}
