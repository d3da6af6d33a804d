//! Are invented reports read as a person reads them, with and without mistakes?
//!
//! `NAME.txt` is a report in which everything agrees; `NAME.slips` plants one mistake at a time, as hands make them;
//! `NAME.claims` lists every claim. All counties and people are invented.
#![allow(clippy::unwrap_used)]

use proof::{Original, Proof, Verdict, check};
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/texts")
}

fn text(name: &str) -> String {
    let path = folder().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn proof(text: &str) -> Proof {
    check(Original::plain(text))
}

fn failures(proof: &Proof) -> Vec<String> {
    proof.failures().map(|relation| format!("{} {}", relation.kind.word(), relation.computation)).collect()
}

#[test]
fn nothing_fails_where_everything_agrees() {
    for name in ["yunling", "qinghe", "traps"] {
        let found = proof(&text(&format!("{name}.txt")));
        assert_eq!(failures(&found), Vec::<String>::new(), "{name}");
        let truncated = found.relations.iter().filter(|relation| relation.verdict == Verdict::Truncated).count();
        assert_eq!(truncated, 0, "{name}");
    }
}

#[test]
fn every_planted_mistake_is_found_with_its_likely_cause() {
    let mut wrong = Vec::new();
    for name in ["yunling", "qinghe"] {
        let clean = text(&format!("{name}.txt"));
        for line in text(&format!("{name}.slips")).lines().filter(|line| !line.starts_with('#')) {
            let parts: Vec<&str> = line.split(" | ").collect();
            let (change, kind, value) = (parts[0], parts[1], parts[2]);
            let (old, new) = change.split_once(" => ").unwrap();
            assert_eq!(clean.matches(old).count(), 1, "{name}: {old} must stand once");
            let found = proof(&clean.replace(old, new));
            if kind == "none" {
                if !failures(&found).is_empty() {
                    wrong.push(format!("{line}: {:?}", failures(&found)));
                }
                continue;
            }
            let of_kind: Vec<_> = found.failures().filter(|relation| relation.kind.word() == kind).collect();
            let named = |relation: &&&proof::Relation| {
                value == "-" || relation.slips.iter().take(3).any(|slip| slip.value == value)
            };
            if of_kind.iter().find(named).is_none() {
                let slips: Vec<String> =
                    of_kind.iter().flat_map(|relation| relation.slips.iter().map(|slip| slip.value.clone())).collect();
                wrong.push(format!("{line}: {:?} {slips:?}", failures(&found)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_claim_of_a_text_full_of_traps() {
    let found = proof(&text("traps.txt"));
    let listed = text("traps.claims");
    let wanted: Vec<&str> = listed.lines().filter(|line| !line.starts_with('#')).collect();
    let seen: Vec<String> = found
        .claims
        .iter()
        .map(|claim| {
            format!(
                "{} {} {}",
                claim.value.map_or("?".into(), |value| value.normalize().to_string()),
                claim.unit,
                claim.subject
            )
        })
        .collect();
    let fits = seen.len() == wanted.len()
        && seen.iter().zip(&wanted).all(|(seen, wanted)| seen.starts_with(wanted.trim_end()));
    assert!(fits, "found:\n{}\nwanted:\n{}", seen.join("\n"), wanted.join("\n"));
}

/// The same text however it is spelt: the same values at the same words.
#[test]
fn spelling_changes_no_value() {
    let clean = text("yunling.txt");
    let values = |text: &str| -> Vec<String> {
        proof(text).claims.iter().map(|claim| format!("{:?} {} {:?}", claim.value, claim.unit, claim.bound)).collect()
    };
    let plain = values(&clean);
    let wide: String = clean
        .chars()
        .map(|c| if c.is_ascii_digit() || c == '%' { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c })
        .collect();
    assert_eq!(values(&wide), plain, "full-width digits");
    assert_eq!(values(&clean.replace('\n', "\r\n")), plain, "line ends of Windows");
    assert_eq!(values(&clean.replace("\n\n", "\n　　")), plain, "wide indents");
    assert_eq!(
        values(&clean.replace('，', ",").replace('；', ";").replace('（', "(").replace('）', ")")),
        plain,
        "ASCII punctuation"
    );
    let spaced = clean.replace("人，", " 人，").replace("%", " %");
    assert_eq!(values(&spaced), plain, "spaces before units");
    let glossed = clean.replace("卫", "卫(wèi)").replace("县", "县(xiàn)").replace("医", "医(yī)");
    assert_eq!(values(&glossed), plain, "pronunciations in brackets");
}

#[test]
fn positions_lead_to_the_original() {
    let clean = text("traps.txt");
    let chars: Vec<char> = clean.chars().collect();
    let found = proof(&clean);
    let quote = |n: usize| -> String { chars[found.claims[n].original.clone()].iter().collect() };
    let at = found.claims.iter().position(|claim| claim.value == Some(1284.into())).unwrap();
    assert_eq!(quote(at), "１,２８４人");
    assert_eq!(quote(0), "1家");
}
