//! Which people may a word mean, without looking at all of them?
//!
//! Sorted lists: spellings of names by their beginning, birth dates by theirs, numbers by their end. Of the words of a
//! question the one with the fewest people is looked up, and only those people are compared with the others.

use crate::words::{By, Fit, Name, Numbers, Word};
use columns::engine::Value;
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

/// One person.
pub(crate) struct Person {
    pub id: Box<str>,
    pub name: u32,
    pub org: u32,
    pub numbers: Numbers,
    pub survivor: Option<Box<str>>,
}

/// People and the lists by which they are found.
#[derive(Default)]
pub(crate) struct Lists {
    /// By id.
    pub people: Vec<Person>,
    pub names: Vec<Name>,
    pub orgs: Vec<Box<str>>,
    /// Used while rows are added.
    name_numbers: HashMap<String, u32>,
    org_numbers: HashMap<String, u32>,
    spellings: Vec<(Box<str>, u32)>,
    /// Everybody in the order of their names, and where each name begins.
    by_name: Vec<u32>,
    name_starts: Vec<u32>,
    by_birth: Vec<u32>,
    by_citizen_id: Vec<u32>,
    by_phone: Vec<u32>,
    by_card_no: Vec<u32>,
}

/// The people a word may mean: by id, whole names, and stretches of the lists of numbers.
struct Meant<'a> {
    id: Option<u32>,
    names: Vec<u32>,
    stretches: Vec<&'a [u32]>,
    n: usize,
}

impl Lists {
    /// Adds a row of id, organisation, name, birth date, citizen number, telephone, card number and survivor. It is found
    /// once all are [`Lists::sorted`].
    pub fn push(&mut self, row: &[Value]) {
        let text = |at: usize| row.get(at).and_then(Value::as_text).unwrap_or("");
        let small = |at: usize| text(at).to_lowercase().into();
        let name = number_of(&mut self.name_numbers, text(2), || self.names.push(Name::of(text(2))));
        let org = number_of(&mut self.org_numbers, text(1), || self.orgs.push(text(1).into()));
        self.people.push(Person {
            id: text(0).into(),
            name,
            org,
            numbers: Numbers { birth_on: text(3).into(), citizen_id: small(4), phone: small(5), card_no: small(6) },
            survivor: row.get(7).and_then(Value::as_text).map(Into::into),
        });
    }

    /// Ready to be asked.
    pub fn sorted(mut self) -> Self {
        (self.name_numbers, self.org_numbers) = (HashMap::new(), HashMap::new());
        self.sort();
        self
    }

    fn sort(&mut self) {
        self.people.par_sort_unstable_by(|a, b| a.id.cmp(&b.id));
        let people = &self.people;
        let of_name =
            |(n, name): (usize, &Name)| name.spellings().map(|text| (text.into(), n as u32)).collect::<Vec<_>>();
        self.spellings = self.names.iter().enumerate().flat_map(of_name).collect();
        self.spellings.par_sort_unstable();
        self.spellings.dedup();
        self.by_name = (0..people.len() as u32).collect();
        self.by_name.par_sort_unstable_by_key(|at| (people[*at as usize].name, *at));
        let start = |name| self.by_name.partition_point(|at| people[*at as usize].name < name) as u32;
        self.name_starts = (0..=self.names.len() as u32).map(start).collect();
        let with = |number: fn(&Numbers) -> &str, order: fn(&str, &str) -> Ordering| {
            let of = |at: u32| number(&people[at as usize].numbers);
            let mut list: Vec<u32> = (0..people.len() as u32).filter(|at| !of(*at).is_empty()).collect();
            list.par_sort_unstable_by(|a, b| order(of(*a), of(*b)).then(a.cmp(b)));
            list
        };
        self.by_birth = with(|numbers| &numbers.birth_on, str::cmp);
        self.by_citizen_id = with(|numbers| &numbers.citizen_id, from_the_end);
        self.by_phone = with(|numbers| &numbers.phone, from_the_end);
        self.by_card_no = with(|numbers| &numbers.card_no, from_the_end);
    }

    /// The place of an id.
    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.people.binary_search_by(|person| (*person.id).cmp(id)).ok()
    }

    /// The best people whom every word fits, at most `limit`, as score and place; the best first, equals by place.
    pub fn hits(
        &self,
        words: &[Word],
        orgs: Option<&BTreeSet<String>>,
        is_there: impl Fn(usize) -> bool,
        limit: usize,
    ) -> Vec<(u32, usize)> {
        let Some(meant) = words.iter().map(|word| self.meant(word)).min_by_key(|meant| meant.n) else {
            return Vec::new();
        };
        let inside: Option<Vec<bool>> = orgs.map(|orgs| self.orgs.iter().map(|org| orgs.contains(&**org)).collect());
        let mut hits = Vec::new();
        let mut look = |at: u32, by_name: &[Option<Fit>]| {
            let (place, person) = (at as usize, &self.people[at as usize]);
            let may = inside.as_ref().is_none_or(|inside| inside[person.org as usize]) && is_there(place);
            if may && let Some(score) = score(person, words, by_name) {
                hits.push((score, place));
            }
        };
        // A letter means tens of thousands of people and far fewer names, so a name is compared once.
        let mut by_name = Vec::with_capacity(words.len());
        for name in &meant.names {
            self.fit_name(*name, words, &mut by_name);
            self.of_name(*name).iter().for_each(|at| look(*at, &by_name));
        }
        for at in meant.id.iter().chain(meant.stretches.iter().flat_map(|stretch| stretch.iter())) {
            self.fit_name(self.people[*at as usize].name, words, &mut by_name);
            look(*at, &by_name);
        }
        // Who is found in two lists is found once.
        if meant.stretches.len() + usize::from(!meant.names.is_empty()) + usize::from(meant.id.is_some()) > 1 {
            hits.sort_unstable_by_key(|(_, place)| *place);
            hits.dedup();
        }
        let order = |a: &(u32, usize), b: &(u32, usize)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
        if hits.len() > limit {
            hits.select_nth_unstable_by(limit, order);
            hits.truncate(limit);
        }
        hits.sort_unstable_by(order);
        hits
    }

    fn of_name(&self, name: u32) -> &[u32] {
        let (from, until) = (self.name_starts[name as usize], self.name_starts[name as usize + 1]);
        &self.by_name[from as usize..until as usize]
    }

    /// How each word fits a name.
    fn fit_name(&self, name: u32, words: &[Word], fits: &mut Vec<Option<Fit>>) {
        let name = &self.names[name as usize];
        fits.clear();
        fits.extend(words.iter().map(|word| if word.is_digits { None } else { name.fits(&word.text) }));
    }

    /// The best way in which each word fits a person.
    pub fn fits(&self, person: &Person, words: &[Word]) -> Vec<Fit> {
        let mut by_name = Vec::with_capacity(words.len());
        self.fit_name(person.name, words, &mut by_name);
        words.iter().zip(by_name).filter_map(|(word, by_name)| best_fit(person, word, by_name)).collect()
    }

    fn meant(&self, word: &Word) -> Meant<'_> {
        let text = word.text.as_str();
        let mut names = Vec::new();
        if !word.is_digits {
            let from = self.spellings.partition_point(|(spelling, _)| **spelling < *text);
            let fitting = self.spellings[from..].iter().take_while(|(spelling, _)| spelling.starts_with(text));
            names.extend(fitting.map(|(_, name)| *name));
            names.sort_unstable();
            names.dedup();
        }
        let (ends, digits_end) = (word.may_end_number(), word.is_digits && word.may_end_number());
        let mut stretches = vec![
            self.by_end(&self.by_citizen_id, |numbers| &numbers.citizen_id, text, ends),
            self.by_end(&self.by_phone, |numbers| &numbers.phone, text, digits_end),
            self.by_end(&self.by_card_no, |numbers| &numbers.card_no, text, digits_end),
        ];
        if word.may_be_born() {
            stretches.push(self.born(text));
        }
        stretches.retain(|stretch| !stretch.is_empty());
        let id = self.place_of(&word.raw).map(|place| place as u32);
        let n = names.iter().map(|name| self.of_name(*name).len()).sum::<usize>()
            + stretches.iter().map(|stretch| stretch.len()).sum::<usize>()
            + usize::from(id.is_some());
        Meant { id, names, stretches, n }
    }

    /// The stretch of a list whose numbers end so; or are that number, unless parts are `allowed`.
    fn by_end<'a>(&self, list: &'a [u32], number: fn(&Numbers) -> &str, text: &str, allowed: bool) -> &'a [u32] {
        let of = |at: &u32| number(&self.people[*at as usize].numbers);
        let from = list.partition_point(|at| from_the_end(of(at), text).is_lt());
        let n = list[from..].partition_point(|at| if allowed { of(at).ends_with(text) } else { of(at) == text });
        &list[from..from + n]
    }

    fn born(&self, text: &str) -> &[u32] {
        let of = |at: &u32| self.people[*at as usize].numbers.birth_on.as_ref();
        let from = self.by_birth.partition_point(|at| of(at) < text);
        let n = self.by_birth[from..].partition_point(|at| of(at).starts_with(text));
        &self.by_birth[from..from + n]
    }
}

/// The sum over the words; `None` when one does not fit.
fn score(person: &Person, words: &[Word], by_name: &[Option<Fit>]) -> Option<u32> {
    words.iter().zip(by_name).map(|(word, by_name)| best_fit(person, word, *by_name).map(|fit| fit.score)).sum()
}

/// The best way in which a word fits a person, given how it fits their name.
fn best_fit(person: &Person, word: &Word, by_name: Option<Fit>) -> Option<Fit> {
    if *person.id == *word.raw {
        return Some(Fit::whole(By::Id, 100));
    }
    person.numbers.fits(word).into_iter().chain(by_name).max_by_key(|fit| fit.score)
}

/// Texts in the order of their last characters.
fn from_the_end(a: &str, b: &str) -> Ordering {
    a.bytes().rev().cmp(b.bytes().rev())
}

/// The number of a text, which is made when it is new.
fn number_of(known: &mut HashMap<String, u32>, text: &str, make: impl FnOnce()) -> u32 {
    if let Some(number) = known.get(text) {
        return *number;
    }
    let number = known.len() as u32;
    known.insert(text.to_string(), number);
    make();
    number
}
