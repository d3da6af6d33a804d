//! Who is meant by these few words?
//!
//! Every word of a question must fit the person: an id, citizen or card number in full, the beginning of a name, of its
//! pinyin or of the pinyin's initials, a year or day of birth, the last digits of a number or telephone. The answers are
//! ranked. Whoever was folded into another is found too, and says who stands for them.
//!
//! An index holds everybody as of one entry of the log. What is written later is laid over it: the newer rows are read
//! alone, and hide the older ones.

use crate::lists::Lists;
use crate::words::{Fit, Word};
use columns::{Snapshot, StoreError};
use pack::sql::{Relations, quote_text};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

const RESIDENT: &str = "resident";
/// 居民健康卡号, which not every county records.
const CARD_NO: &str = "card_no";

/// Everybody who can be found, as of one snapshot.
pub struct Index {
    base: Arc<Lists>,
    /// Written after `base` was read.
    newer: Lists,
    /// Places in `base` that `newer` stands for.
    replaced: HashSet<usize>,
    seq: u64,
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
    /// Their name, unmasked.
    pub name: String,
    /// Birth date as `YYYYMMDD`.
    pub birth_on: String,
    /// Citizen number, unmasked, or nothing.
    pub citizen_id: String,
    /// How well the words fit; higher is better.
    pub score: u32,
    /// Why: what each word of the question fits, word by word.
    pub reasons: Vec<Fit>,
}

impl Index {
    /// Reads everybody.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn build(snapshot: &Snapshot) -> Result<Self, StoreError> {
        Ok(Self::over(read(snapshot, None)?, snapshot.seq()))
    }

    /// The same people with what was written since: `touched` are the residents with entries after [`Index::seq`], up
    /// to the snapshot. Merges need not be named; whoever is or was folded is read again.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn renewed(&self, snapshot: &Snapshot, touched: &BTreeSet<String>) -> Result<Self, StoreError> {
        let folded = self.base.people.iter().filter(|person| person.survivor.is_some());
        // Whoever was replaced stays replaced, also by nobody: a withdrawn resident is in no later rows.
        let replaced = self.replaced.iter().map(|place| &self.base.people[*place]);
        let known = self.newer.people.iter().chain(folded).chain(replaced).map(|person| person.id.to_string());
        let ids: BTreeSet<String> = known.chain(touched.iter().cloned()).collect();
        let newer = read(snapshot, Some(&ids))?;
        let read = newer.people.iter().map(|person| &*person.id).chain(ids.iter().map(String::as_str));
        let replaced = read.filter_map(|id| self.base.place_of(id)).collect();
        Ok(Self { base: Arc::clone(&self.base), newer, replaced, seq: snapshot.seq() })
    }

    fn over(base: Lists, seq: u64) -> Self {
        Self { base: Arc::new(base), newer: Lists::default(), replaced: HashSet::new(), seq }
    }

    /// The last entry of the log it knows.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// How many can be found.
    pub fn len(&self) -> usize {
        self.base.people.len() - self.replaced.len() + self.newer.people.len()
    }

    /// Nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many are laid over the others; when they become many, [`Index::build`] anew.
    pub fn n_newer(&self) -> usize {
        self.newer.people.len()
    }

    /// At most `limit` people whom every word fits, the best first, equals by id; of these organisations only, if any are
    /// named. A question without words finds nobody.
    pub fn find(&self, question: &str, orgs: Option<&BTreeSet<String>>, limit: usize) -> Vec<Found> {
        let words: Vec<Word> = question.split_whitespace().map(Word::of).collect();
        let older = self.base.hits(&words, orgs, |place| !self.replaced.contains(&place), limit);
        let newer = self.newer.hits(&words, orgs, |_| true, limit);
        let mut all: Vec<Found> = older.into_iter().map(|hit| found(&self.base, &words, hit)).collect();
        all.extend(newer.into_iter().map(|hit| found(&self.newer, &words, hit)));
        all.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
        all.truncate(limit);
        all
    }
}

/// The residents in force and those folded into others; of the former only `ids`, if any are named.
fn read(snapshot: &Snapshot, ids: Option<&BTreeSet<String>>) -> Result<Lists, StoreError> {
    let view = snapshot.view();
    let has_card = snapshot.catalog().register(RESIDENT).is_some_and(|register| register.fields.contains_key(CARD_NO));
    let card_no = if has_card { "r.card_no" } else { "NULL" };
    let columns = format!("r.id, r.org, r.name, strftime(r.birth_on, '%Y%m%d'), r.citizen_id, r.phone, {card_no}");
    let mut sql = format!("SELECT {columns}, NULL AS into_ FROM {} AS r", view.register(RESIDENT));
    if let Some(ids) = ids {
        let ids: Vec<String> = ids.iter().map(|id| quote_text(id)).collect();
        sql.push_str(&if ids.is_empty() {
            " WHERE false".into()
        } else {
            format!(" WHERE r.id IN ({})", ids.join(", "))
        });
    }
    if let Some(folded) = view.folded() {
        sql.push_str(&format!(" UNION ALL SELECT {columns}, r.into_ FROM {folded} AS r"));
    }
    let mut lists = Lists::default();
    let mut rows = snapshot.query_text(&sql)?;
    while let Some(chunk) = rows.next_chunk()? {
        chunk.into_rows().for_each(|row| lists.push(&row));
    }
    Ok(lists.sorted())
}

fn found(lists: &Lists, words: &[Word], (score, place): (u32, usize)) -> Found {
    let person = &lists.people[place];
    Found {
        id: person.id.to_string(),
        survivor: person.survivor.as_deref().map(str::to_string),
        org: lists.orgs[person.org as usize].to_string(),
        name: lists.names[person.name as usize].text.to_string(),
        birth_on: person.numbers.birth_on.to_string(),
        citizen_id: person.numbers.citizen_id.to_uppercase(),
        score,
        reasons: lists.fits(person, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use columns::engine::Value;

    fn index() -> Index {
        let row = |id: &str, org: &str, name: &str, birth_on: &str, citizen_id: &str, phone: &str, card_no: &str| {
            [id, org, name, birth_on, citizen_id, phone, card_no].map(|text| Value::Text(text.into())).to_vec()
        };
        let mut lists = Lists::default();
        for row in [
            row("li", "jia", "李德明", "19620506", "519900196205060053", "", "KA0042817"),
            row("zhang", "jia", "张建国", "19500312", "51990019500312005X", "10123456789", ""),
            row("zhang2", "yi", "张建", "19710101", "", "", ""),
            row("shan", "yi", "单强", "19800229", "", "", ""),
        ] {
            lists.push(&row);
        }
        Index::over(lists.sorted(), 0)
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
            ("ka0042817", vec!["li"]),
            ("2817", vec!["li"]),
            ("zhang2", vec!["zhang2"]),
            ("强", vec![]),
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
