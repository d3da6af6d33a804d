//! How many figures and mistakes of real reports are found?
//!
//! The reports are not part of the repository. They are read from `../shared/` beside the workspace (or from
//! `TAIZHANG_SHARED`) when it is there; otherwise each test says that it was skipped. `--nocapture` shows the tables,
//! `PROOF_SHOW=S4` what is missed in a text.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "seeds/failures.rs"]
mod failures;
#[path = "seeds/truth.rs"]
mod truth;

use base::{Decimal, Ratio, Rounding};
use failures::{BETWEEN, INSIDE, TRUNCATED};
use proof::{Proof, Verdict, compare};
use std::path::Path;
use truth::Score;

/// Texts on which the rules were tuned. The others were only measured.
const TUNED: &[&str] = &["S0", "S1", "S2a", "S4"];

#[test]
fn figures_of_real_reports() {
    let Some(shared) = shared() else { return };
    let (mut tuned, mut aside) = (Score::default(), Score::default());
    println!("text    chars  rows  recall  value and unit  precision  subject");
    for (label, text) in truth::texts(&shared) {
        let (proof, score) = truth::score(&text, &truth::rows(&shared, &label));
        println!("{label:6} {}", line(&score));
        show(&label, &score.misses, &proof);
        match TUNED.contains(&label.as_str()) {
            true => tuned.add(&score),
            false => aside.add(&score),
        }
    }
    println!("tuned  {}\naside  {}", line(&tuned), line(&aside));
    // Floors: what was reached, a little below, so that a rule that loses figures is seen.
    for (score, recall, exact, precision, subject) in [(&tuned, 980, 990, 980, 950), (&aside, 940, 970, 960, 940)] {
        assert!(thousandths(score.n_found, score.n_rows) >= recall, "recall fell: {}", line(score));
        assert!(thousandths(score.n_exact, score.n_found) >= exact, "values or units are read wrong: {}", line(score));
        assert!(
            thousandths(score.n_claims - score.n_false, score.n_claims) >= precision,
            "precision fell: {}",
            line(score)
        );
        assert!(thousandths(score.n_subjects_right, score.n_subjects) >= subject, "subjects fell: {}", line(score));
    }
}

#[test]
fn mistakes_of_real_reports() {
    let Some(shared) = shared() else { return };
    let (mut n_chars, mut alarms, mut missing) = (0, Vec::new(), Vec::new());
    let (mut n_hold, mut n_held) = (0, 0);
    for (label, text) in truth::texts(&shared) {
        let (proof, score) = truth::score(&text, &[]);
        n_chars += score.n_chars;
        alarms.extend(
            failures::false_alarms(&label, &proof)
                .into_iter()
                .map(|relation| format!("{label} {}", relation.computation)),
        );
        let known = INSIDE
            .iter()
            .map(|known| (known, Verdict::Fails))
            .chain(TRUNCATED.iter().map(|known| (known, Verdict::Truncated)));
        for (known, verdict) in known.filter(|(known, _)| known.text == label) {
            if !proof.relations.iter().any(|relation| relation.verdict == verdict && known.is(relation)) {
                missing.push(format!("{} {label}", known.id));
            }
        }
        let rows = holds(&shared, &label);
        let (found, missed) = failures::holding(&rows, &label, &proof);
        (n_hold, n_held) = (n_hold + rows.len(), n_held + found);
        show(&label, &missed, &proof);
    }
    println!(
        "mistakes inside one text: {} of {}",
        INSIDE.len() + TRUNCATED.len() - missing.len(),
        INSIDE.len() + TRUNCATED.len()
    );
    println!("false alarms: {} in {n_chars} characters", alarms.len());
    println!("relations that hold and are found by their numbers: {n_held} of {n_hold}");
    assert_eq!(missing, Vec::<String>::new());
    assert!(alarms.len() * 10_000 <= n_chars, "more than one false alarm in ten thousand characters: {alarms:#?}");
}

#[test]
fn differences_of_two_copies_of_one_report() {
    let Some(shared) = shared() else { return };
    let texts = truth::texts(&shared);
    let of = |label: &str| {
        let (_, text) = texts.iter().find(|(found, _)| found == label).unwrap();
        proof::check(proof::Original::plain(text))
    };
    let comparison = compare(&of("S0"), &of("S1"));
    for change in &comparison.changes {
        let item = |item: &Option<compare::Item>| {
            item.as_ref().map_or("—".into(), |item| format!("{} {}", item.subject, item.quote))
        };
        println!(
            "{:8} {} | {} {}",
            change.kind.words().0,
            item(&change.left),
            item(&change.right),
            change.because.as_ref().map_or("", |text| &text.zh)
        );
    }
    for (id, left, right) in BETWEEN {
        assert!(failures::shows(&comparison, left, right), "{id} is not shown");
    }
}

fn shared() -> Option<std::path::PathBuf> {
    let shared = truth::shared();
    if shared.is_none() {
        println!("SKIPPED: no ../shared/figures.csv beside the workspace; real reports were not measured");
    }
    shared
}

/// Relations of a text that hold by the mark-up and compute something.
fn holds(shared: &Path, label: &str) -> Vec<(String, String)> {
    let mut reader = csv::Reader::from_path(shared.join("relations.csv")).unwrap();
    let rows = reader.records().map(Result::unwrap);
    let holds = rows.filter(|row| row[4].starts_with("HOLDS") && row[1].split(',').any(|seed| seed.trim() == label));
    holds.map(|row| (row[0].to_string(), row[3].to_string())).collect()
}

fn thousandths(part: usize, whole: usize) -> i64 {
    let share =
        Ratio { numerator: part.into(), denominator: whole.into() }.value(Decimal::ONE_THOUSAND, 0, Rounding::HalfUp);
    share.and_then(|share| share.to_string().parse().ok()).unwrap_or(0)
}

fn line(score: &Score) -> String {
    let share = |part, whole| Score::share(part, whole);
    format!(
        "{:6} {:5}   {}   {}           {}      {}",
        score.n_chars,
        score.n_rows,
        share(score.n_found, score.n_rows),
        share(score.n_exact, score.n_found),
        share(score.n_claims - score.n_false, score.n_claims),
        share(score.n_subjects_right, score.n_subjects),
    )
}

/// What was missed and found in a text that was asked for.
fn show(label: &str, misses: &[String], proof: &Proof) {
    if std::env::var("PROOF_SHOW").is_ok_and(|shown| shown.split(',').any(|shown| shown == label)) {
        for miss in misses {
            println!("    {miss}");
        }
        for relation in &proof.relations {
            println!("    {:9} {:10} {}", relation.verdict.word(), relation.kind.word(), relation.computation);
            for slip in &relation.slips {
                println!("        {} → {} ({})", slip.because.zh, slip.value, slip.weight);
            }
        }
    }
}
