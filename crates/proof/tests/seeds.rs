//! How many figures and mistakes of real reports are found?
//!
//! The reports are not part of the repository. They are read from `../shared/` beside the workspace (or from
//! `TAIZHANG_SHARED`) when it is there; otherwise the test says that it was skipped. `--nocapture` shows the table.

#[path = "seeds/truth.rs"]
mod truth;

use proof::{Proof, Verdict};
use truth::Score;

/// Texts on which rules were tuned, and texts that were only measured.
const TUNED: &[&str] = &["S0", "S1", "S2a", "S4"];
const ASIDE: &[&str] = &["S2b", "S2c", "S3"];

#[test]
fn figures_of_real_reports() {
    let Some(shared) = truth::shared() else {
        println!("SKIPPED: no ../shared/figures.csv beside the workspace; real reports were not measured");
        return;
    };
    let show = std::env::var("PROOF_SHOW").unwrap_or_default();
    let (mut tuned, mut aside) = (Score::default(), Score::default());
    println!("text   chars  rows recall exact  precision subject fails");
    for (label, text) in truth::texts(&shared) {
        let (proof, score) = truth::score(&text, &truth::rows(&shared, &label));
        print_row(&label, &score, proof.failures().count());
        if show.split(',').any(|shown| shown == label) {
            for miss in &score.misses {
                println!("    {miss}");
            }
            print_relations(&proof);
        }
        if TUNED.contains(&label.as_str()) {
            tuned.add(&score);
        } else {
            aside.add(&score);
        }
    }
    print_row("tuned", &tuned, 0);
    print_row("aside", &aside, 0);
    assert_eq!(TUNED.len() + ASIDE.len(), 7);
}

fn print_row(label: &str, score: &Score, n_fails: usize) {
    println!(
        "{label:6} {:5} {:5}  {}  {}  {}  {}  {n_fails}",
        score.n_chars,
        score.n_rows,
        Score::share(score.n_found, score.n_rows),
        Score::share(score.n_exact, score.n_found),
        Score::share(score.n_claims - score.n_false, score.n_claims),
        Score::share(score.n_subjects_right, score.n_subjects),
    );
}

fn print_relations(proof: &Proof) {
    for relation in &proof.relations {
        let mark = match relation.verdict {
            Verdict::Fails => "✗",
            Verdict::Truncated => "~",
            Verdict::Holds => "✓",
            Verdict::Unclear => "?",
        };
        println!("    {mark} {:10} {}", relation.kind.word(), relation.computation);
        for slip in &relation.slips {
            println!("        {} → {} ({})", slip.because.zh, slip.value, slip.weight);
        }
    }
}
