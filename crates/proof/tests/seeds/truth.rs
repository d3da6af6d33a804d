//! Which rows of the marked-up figures are claims, and which did we find?

use base::Decimal;
use proof::{Claim, Original, Proof, Text, check};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The folder with the seeds, beside the workspace; `None` when it is not there.
pub fn shared() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.parent()?;
    let places = [workspace.parent()?.join("shared"), workspace.parent()?.parent()?.join("shared")];
    let given = std::env::var_os("TAIZHANG_SHARED").map(PathBuf::from);
    given.into_iter().chain(places).find(|place| place.join("figures.csv").exists() && place.join("seeds").is_dir())
}

/// A marked-up figure.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: String,
    pub phrase: String,
    pub value: String,
    pub unit: String,
    pub kind: String,
}

/// Texts by label. The third file holds three reports.
pub fn texts(shared: &Path) -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(shared.join("seeds")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |n: usize| {
        let bytes = std::fs::read(&files[n]).unwrap();
        let original = proof::read(&files[n].to_string_lossy(), &bytes).unwrap();
        original.chars.iter().collect::<String>()
    };
    let three = read(2);
    let (a, rest) = three.split_at(three.find("第二篇").unwrap());
    let (b, c) = rest.split_at(rest.find("第三篇").unwrap());
    let parts = [
        ("S0", read(0)),
        ("S1", read(1)),
        ("S2a", a.into()),
        ("S2b", b.into()),
        ("S2c", c.into()),
        ("S3", read(3)),
        ("S4", read(4)),
    ];
    parts.into_iter().map(|(label, text)| (label.to_string(), text)).collect()
}

/// Rows of `figures.csv` that are of this text.
pub fn rows(shared: &Path, label: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(shared.join("figures.csv")).unwrap();
    let all = reader.records().map(Result::unwrap);
    let of_label = all.filter(|row| row[1].split(',').any(|seed| seed.trim() == label));
    of_label
        .map(|row| Row {
            id: row[0].into(),
            phrase: row[2].into(),
            value: row[3].into(),
            unit: row[4].into(),
            kind: row[5].into(),
        })
        .collect()
}

/// Kinds and units of rows that are no claims by the definition of the task: dates, codes, grades, names, slogans.
const NO_CLAIM: &[&str] = &[
    "identifier",
    "date",
    "quarter",
    "name",
    "label",
    "grade",
    "assessment",
    "principles",
    "implied",
    "tender",
    "rule",
    "ordinal",
    "plan horizon",
    "cut-off",
    "biosafety",
    "rank",
    "programme",
    "clinic per village",
    "no cap",
];

impl Row {
    pub fn is_masked(&self) -> bool {
        self.value.starts_with("masked")
    }

    /// True when a reader of the text would say that it states this figure with a number.
    pub fn is_claim(&self) -> bool {
        let words = format!("{} {} {}", self.kind, self.unit, self.value);
        let numbered = self.phrase.chars().any(|c| c.is_ascii_digit() || "一二两三四五六七八九x".contains(c))
            || self.number() == Some(Decimal::ZERO);
        // A list's size is a claim when it is printed in digits (33种), and a slogan when it is not (六重).
        let slogan = words.contains("list size") && !self.phrase.chars().any(|c| c.is_ascii_digit() || c == 'x');
        let time = matches!(self.unit.as_str(), "month" | "year" | "date");
        numbered && !slogan && !time && !NO_CLAIM.iter().any(|word| words.contains(word))
    }

    /// The value as a number.
    pub fn number(&self) -> Option<Decimal> {
        let digits: String = self.value.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        digits.trim_end_matches('.').parse().ok()
    }
}

/// What was found of one text.
#[derive(Debug, Default, Clone)]
pub struct Score {
    pub n_chars: usize,
    pub n_rows: usize,
    pub n_found: usize,
    pub n_exact: usize,
    pub n_subjects: usize,
    pub n_subjects_right: usize,
    pub n_claims: usize,
    pub n_false: usize,
    pub misses: Vec<String>,
}

impl Score {
    pub fn add(&mut self, other: &Score) {
        self.n_chars += other.n_chars;
        self.n_rows += other.n_rows;
        self.n_found += other.n_found;
        self.n_exact += other.n_exact;
        self.n_subjects += other.n_subjects;
        self.n_subjects_right += other.n_subjects_right;
        self.n_claims += other.n_claims;
        self.n_false += other.n_false;
        self.misses.extend(other.misses.iter().cloned());
    }

    pub fn share(part: usize, whole: usize) -> String {
        base::Ratio { numerator: part.into(), denominator: whole.into() }
            .value(Decimal::ONE, 3, base::Rounding::HalfUp)
            .map_or_else(|| "—".into(), |share| share.to_string())
    }
}

fn squeezed(text: &Text) -> (Vec<char>, Vec<usize>) {
    let kept = text.chars.iter().enumerate().filter(|(_, c)| !matches!(c, ' ' | '\n'));
    kept.map(|(n, c)| (*c, n)).unzip()
}

/// Places of a phrase in the normal form, spaces aside.
fn places(text: &Text, phrase: &str) -> Vec<Range<usize>> {
    let (chars, at) = squeezed(text);
    let (wanted, _) = squeezed(&Text::of(&Original::plain(phrase)));
    if wanted.is_empty() {
        return Vec::new();
    }
    let starts = chars.windows(wanted.len()).enumerate().filter(|(_, window)| **window == wanted[..]);
    starts.map(|(n, _)| at[n]..at[n + wanted.len() - 1] + 1).collect()
}

/// Units of the marked-up figures that one of ours may stand for.
fn unit_fits(claim: &Claim, row: &Row) -> bool {
    let unit = row.unit.as_str();
    let any = |words: &[&str]| words.iter().any(|word| unit.contains(word));
    match claim.unit {
        "人" | "例" | "对" => {
            any(&["person", "case", "patient", "child", "couple", "disease", "sample", "staff", "employ"])
        }
        "人次" | "户次" | "台次" | "车次" => any(&["time", "person"]),
        "元" => any(&["yuan"]),
        "%" => any(&["%"]),
        "‰" => any(&["‰", "%"]),
        "个百分点" => any(&["percentage point"]),
        "亩" => any(&["mu"]),
        "平方米" => any(&["m²"]),
        "份" => any(&["archive", "cop"]),
        "岁" => any(&["age"]),
        "户" => any(&["household", "famil"]),
        _ => !any(&["yuan", "%", "‰", "m²", "mu", "person-time"]),
    }
}

/// Finds the marked-up figures of a text among the claims.
pub fn score(text: &str, rows: &[Row]) -> (Proof, Score) {
    let proof = check(Original::plain(text));
    let mut score = Score { n_chars: text.chars().count(), n_claims: proof.claims.len(), ..Score::default() };
    let mut covered = vec![false; proof.claims.len()];
    let mut used = vec![false; proof.claims.len()];
    let claims: Vec<&Row> = rows.iter().filter(|row| row.is_claim()).collect();
    for row in &claims {
        score.n_rows += 1;
        let places = places(&proof.text, &row.phrase);
        let over =
            |claim: &&Claim| places.iter().any(|place| claim.range.start < place.end && place.start < claim.range.end);
        let here: Vec<&Claim> = proof.claims.iter().filter(over).collect();
        for claim in &here {
            covered[claim.id] = true;
        }
        let right = |claim: &&&Claim| if row.is_masked() { claim.value.is_none() } else { claim.value == row.number() };
        let free = |claim: &&&Claim| !used[claim.id];
        let best =
            here.iter().filter(right).find(free).or_else(|| here.iter().find(right)).or_else(|| here.iter().find(free));
        let Some(claim) = best.copied() else {
            score.misses.push(format!(
                "missed  {} {} [{} {}] places {}",
                row.id,
                row.phrase,
                row.value,
                row.unit,
                places.len()
            ));
            continue;
        };
        used[claim.id] = true;
        score.n_found += 1;
        let exact = right(&&claim) && unit_fits(claim, row);
        score.n_exact += usize::from(exact);
        if !exact {
            score.misses.push(format!(
                "inexact {} {} [{} {}] → {} {:?} {}",
                row.id, row.phrase, row.value, row.unit, claim.quote, claim.value, claim.unit
            ));
        }
        if let Some(right) = subject_right(claim, row) {
            score.n_subjects += 1;
            score.n_subjects_right += usize::from(right);
            if !right {
                score.misses.push(format!("subject {} {} → {}", row.id, row.phrase, claim.subject));
            }
        }
    }
    for claim in proof.claims.iter().filter(|claim| !covered[claim.id]) {
        score.n_false += 1;
        let around = proof.text.slice(claim.range.start.saturating_sub(12)..claim.range.end + 8);
        score.misses.push(format!("false   {} in …{around}…", claim.quote));
    }
    (proof, score)
}

/// Whether the subject names what the marked-up phrase names; `None` when the phrase is the bare number.
fn subject_right(claim: &Claim, row: &Row) -> Option<bool> {
    let mut phrase: String = Text::of(&Original::plain(&row.phrase)).chars.into_iter().collect();
    for word in ["共计", "累计", "其中", "由原", "增至", "提高到", "共", "到", "和", "的"] {
        phrase = phrase.replace(word, "");
    }
    let quote: Vec<char> = claim.quote.chars().collect();
    let phrase: Vec<char> = phrase.chars().filter(|c| proof::text::is_han(*c) && !quote.contains(c)).collect();
    let subject: Vec<char> = claim.subject.chars().filter(|c| proof::text::is_han(*c)).collect();
    if phrase.len() < 2 {
        return None;
    }
    let common = (1..=phrase.len().min(subject.len()))
        .rev()
        .find(|n| phrase.windows(*n).any(|a| subject.windows(*n).any(|b| a == b)));
    let enough = phrase.len().min(subject.len()).div_ceil(2).clamp(2, 4);
    Some(common.is_some_and(|common| common >= enough))
}
