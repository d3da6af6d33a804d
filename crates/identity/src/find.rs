//! Who is meant by these few words?
//!
//! Every word of a question must fit the person: an id or citizen number in full, the beginning of a name, of its pinyin
//! or of the pinyin's initials, a year or day of birth, the last digits of a number or telephone. The answers are ranked.
//! Whoever was folded into another is found too, and says who stands for them.

use columns::engine::{Value, pinyin};
use columns::{Snapshot, StoreError};
use pack::sql::Relations;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// The fewest last digits by which a number is found.
const FEWEST_LAST: usize = 3;

/// Everybody who can be found, as of one snapshot.
pub struct Index {
    entries: Vec<Entry>,
}

/// What is asked of one person.
struct Entry {
    id: String,
    org: String,
    name: String,
    sound: String,
    initials: String,
    birth_on: String,
    citizen_id: String,
    phone: String,
    survivor: Option<String>,
}

/// Somebody found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Their id.
    pub id: String,
    /// Who stands for them, when they were folded into another.
    pub survivor: Option<String>,
    /// The village that answers for them.
    pub org: String,
    /// Name, birth date (`YYYYMMDD`) and citizen number, unmasked.
    pub name: String,
    /// Birth date as `YYYYMMDD`.
    pub birth_on: String,
    /// Citizen number, or nothing.
    pub citizen_id: String,
    /// How well the words fit; higher is better.
    pub score: u32,
}

impl Index {
    /// Reads everybody.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn build(snapshot: &Snapshot) -> Result<Self, StoreError> {
        let view = snapshot.view();
        let columns = "r.id, r.org, r.name, strftime(r.birth_on, '%Y%m%d'), r.citizen_id, r.phone";
        let mut sql = format!("SELECT {columns}, NULL AS into_ FROM {} AS r", view.register("resident"));
        if let Some(folded) = view.folded() {
            sql.push_str(&format!(" UNION ALL SELECT {columns}, r.into_ FROM {folded} AS r"));
        }
        let mut entries = Vec::new();
        let mut rows = snapshot.query_text(&sql)?;
        while let Some(chunk) = rows.next_chunk()? {
            entries.extend(chunk.into_rows().map(|row| Entry::of(&row)));
        }
        entries.par_sort_unstable_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { entries })
    }

    /// How many can be found.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Nobody.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// At most `limit` people whom every word fits, the best first, equals by id; of these organisations only, if any are
    /// named. A question without words finds nobody.
    pub fn find(&self, question: &str, orgs: Option<&BTreeSet<String>>, limit: usize) -> Vec<Found> {
        let words: Vec<Word> = question.split_whitespace().map(Word::of).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut hits: Vec<(u32, usize)> = self
            .entries
            .par_iter()
            .enumerate()
            .filter(|(_, entry)| orgs.is_none_or(|orgs| orgs.contains(&entry.org)))
            .filter_map(|(n, entry)| Some((entry.score(&words)?, n)))
            .collect();
        let order = |a: &(u32, usize), b: &(u32, usize)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
        if hits.len() > limit {
            hits.select_nth_unstable_by(limit, order);
            hits.truncate(limit);
        }
        hits.sort_unstable_by(order);
        hits.into_iter().map(|(score, n)| self.entries[n].found(score)).collect()
    }
}

/// A word of the question.
struct Word {
    text: String,
    is_digits: bool,
}

impl Word {
    fn of(text: &str) -> Self {
        let text = text.to_lowercase();
        // A day may be written 1950-03-12.
        let digits = text.replace('-', "");
        let is_digits = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
        Self { text: if is_digits { digits } else { text }, is_digits }
    }
}

impl Entry {
    fn of(row: &[Value]) -> Self {
        let text = |at: usize| row.get(at).and_then(Value::as_text).unwrap_or("").to_string();
        let name = text(2);
        Self {
            id: text(0),
            org: text(1),
            sound: pinyin::full(&name),
            initials: pinyin::initials(&name),
            name,
            birth_on: text(3),
            citizen_id: text(4),
            phone: text(5),
            survivor: row.get(6).and_then(Value::as_text).map(str::to_string),
        }
    }

    /// The sum over the words; `None` when one does not fit.
    fn score(&self, words: &[Word]) -> Option<u32> {
        words.iter().map(|word| self.fits(word)).sum()
    }

    fn fits(&self, word: &Word) -> Option<u32> {
        let text = word.text.as_str();
        if self.id == text || (!self.citizen_id.is_empty() && self.citizen_id.eq_ignore_ascii_case(text)) {
            return Some(100);
        }
        let number = |number: &str| !number.is_empty() && (number == text || number.ends_with(text));
        if word.is_digits {
            let born = text.len() >= 4 && self.birth_on.starts_with(text);
            let last = text.len() >= FEWEST_LAST && (number(&self.phone) || number(&self.citizen_id));
            return match (self.phone == text, born, last) {
                (true, ..) => Some(90),
                (_, true, _) => Some(20 + text.len() as u32),
                (.., true) => Some(10 + text.len() as u32),
                _ => None,
            };
        }
        let last = text.len() >= FEWEST_LAST && text.ends_with('x') && self.citizen_id.to_lowercase().ends_with(text);
        if self.name == text || self.sound == text {
            Some(60)
        } else if self.initials == text {
            Some(45)
        } else if self.name.starts_with(text) {
            Some(40)
        } else if self.sound.starts_with(text) || mixed(text, &self.name) {
            Some(30)
        } else if self.initials.starts_with(text) {
            Some(25)
        } else {
            last.then_some(20)
        }
    }

    fn found(&self, score: u32) -> Found {
        Found {
            id: self.id.clone(),
            survivor: self.survivor.clone(),
            org: self.org.clone(),
            name: self.name.clone(),
            birth_on: self.birth_on.clone(),
            citizen_id: self.citizen_id.clone(),
            score,
        }
    }
}

/// `zhangjg` for 张建国: the first syllables in full, the others by their initial.
fn mixed(text: &str, name: &str) -> bool {
    if !text.is_ascii() {
        return false;
    }
    name.char_indices().skip(1).any(|(at, _)| {
        // The surname's own reading needs the beginning of the name, so both parts are spelt from it.
        let (full, rest) = (pinyin::full(&name[..at]), pinyin::initials(&name[at..]));
        text.strip_prefix(full.as_str()).is_some_and(|initials| !initials.is_empty() && rest.starts_with(initials))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let entry = |id: &str, org: &str, name: &str, birth_on: &str, citizen_id: &str, phone: &str| Entry {
            id: id.into(),
            org: org.into(),
            name: name.into(),
            sound: pinyin::full(name),
            initials: pinyin::initials(name),
            birth_on: birth_on.into(),
            citizen_id: citizen_id.into(),
            phone: phone.into(),
            survivor: None,
        };
        Index {
            entries: vec![
                entry("li", "jia", "李德明", "19620506", "519900196205060053", ""),
                entry("zhang", "jia", "张建国", "19500312", "51990019500312005X", "10123456789"),
                entry("zhang2", "yi", "张建", "19710101", "", ""),
                entry("shan", "yi", "单强", "19800229", "", ""),
            ],
        }
    }

    #[test]
    fn every_way_of_asking_finds_its_person() {
        let index = index();
        for (question, ids) in [
            ("张建国", vec!["zhang"]),
            ("张建", vec!["zhang2", "zhang"]),
            ("zhangjg 1950", vec!["zhang"]),
            ("zjg", vec!["zhang"]),
            ("zj 1950-03", vec!["zhang"]),
            ("shanq", vec!["shan"]),
            ("51990019500312005x", vec!["zhang"]),
            ("005X", vec!["zhang"]),
            ("6789", vec!["zhang"]),
            ("10123456789", vec!["zhang"]),
            ("1962", vec!["li"]),
            ("li", vec!["li"]),
            ("zj 1962", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<String> = index.find(question, None, 10).into_iter().map(|found| found.id).collect();
            assert_eq!(found, ids, "{question}");
        }
        let yi = BTreeSet::from(["yi".to_string()]);
        assert_eq!(index.find("zj", Some(&yi), 10).len(), 1);
        assert_eq!(index.find("zj", None, 1)[0].id, "zhang2");
    }
}
