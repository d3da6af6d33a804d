//! Which values do the people have, each kept once?

use crate::distance::Outline;
use crate::spec::{SpecError, Take};
use columns::engine::pinyin;
use std::collections::HashMap;

/// No value.
pub(crate) const MISSING: u32 = 0;

/// People as columns of interned texts.
#[derive(Debug, Default)]
pub struct People {
    /// Their ids, in the order in which they came.
    pub ids: Vec<String>,
    /// The file each comes from, when files are linked with each other; else empty, and all are compared with all.
    pub sources: Vec<u8>,
    names: Vec<String>,
    pub(crate) columns: Vec<Column>,
}

/// One column.
#[derive(Debug, Default)]
pub(crate) struct Column {
    /// The value of every person: a place in `values`.
    pub cells: Vec<u32>,
    /// Every value once; the first is missing.
    pub values: Vec<Value>,
    /// Persons that have a value.
    pub n_present: u32,
    places: HashMap<String, u32>,
}

/// A value and what is asked of it again and again.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub text: String,
    pub chars: Box<[char]>,
    /// What of it can be compared without reading it.
    pub outline: Outline,
    /// The same of its pinyin.
    pub sound_outline: Outline,
    /// Its pinyin.
    pub sound: Box<[char]>,
    /// Its characters in order of their code.
    pub sorted: Box<[char]>,
    /// How many persons have it.
    pub n: u32,
}

impl People {
    /// Nobody yet, with these columns.
    pub fn new(columns: &[&str]) -> Self {
        let names = columns.iter().map(|name| (*name).to_string()).collect();
        let column = || Column { values: vec![Value::of("")], ..Column::default() };
        Self { names, columns: columns.iter().map(|_| column()).collect(), ..Self::default() }
    }

    /// Adds somebody; an empty text is a missing value.
    pub fn push<'a>(&mut self, id: &str, values: impl IntoIterator<Item = &'a str>) {
        self.ids.push(id.to_string());
        for (column, text) in self.columns.iter_mut().zip(values) {
            column.push(text.trim());
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Nobody.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// A person's value.
    pub fn value(&self, column: &str, person: u32) -> &str {
        self.column(column).map_or("", |at| &self.columns[at].of(person).text)
    }

    pub(crate) fn column(&self, name: &str) -> Result<usize, SpecError> {
        self.names.iter().position(|known| known == name).ok_or_else(|| SpecError::Column(name.to_string()))
    }

    /// Whether two persons may be a pair at all.
    pub(crate) fn may_pair(&self, a: u32, b: u32) -> bool {
        self.sources.is_empty() || self.sources[a as usize] != self.sources[b as usize]
    }

    /// How many pairs there are.
    pub(crate) fn n_pairs(&self) -> f64 {
        let n = self.len() as f64;
        if self.sources.is_empty() {
            return n * (n - 1.0) / 2.0;
        }
        let mut sizes = [0_u32; 256];
        self.sources.iter().for_each(|source| sizes[usize::from(*source)] += 1);
        let same: f64 = sizes.iter().map(|size| f64::from(*size).powi(2)).sum();
        (n * n - same) / 2.0
    }
}

impl Column {
    fn push(&mut self, text: &str) {
        if text.is_empty() {
            self.cells.push(MISSING);
            return;
        }
        let place = match self.places.get(text) {
            Some(place) => *place,
            None => {
                let place = self.values.len() as u32;
                self.values.push(Value::of(text));
                self.places.insert(text.to_string(), place);
                place
            }
        };
        self.values[place as usize].n += 1;
        self.n_present += 1;
        self.cells.push(place);
    }

    pub fn of(&self, person: u32) -> &Value {
        &self.values[self.cells[person as usize] as usize]
    }

    /// A number for each person that is equal where `take` of the values is; missing stays missing.
    pub fn keys(&self, take: Take) -> Vec<u32> {
        if take == Take::Whole {
            return self.cells.clone();
        }
        let mut known: HashMap<String, u32> = HashMap::new();
        let of_value = |value: &Value| {
            let part = value.part(take);
            if part.is_empty() {
                return MISSING;
            }
            let next = known.len() as u32 + 1;
            *known.entry(part).or_insert(next)
        };
        let by_value: Vec<u32> = self.values.iter().map(of_value).collect();
        self.cells.iter().map(|cell| by_value[*cell as usize]).collect()
    }
}

impl Value {
    fn of(text: &str) -> Self {
        let chars: Box<[char]> = text.chars().collect();
        let mut sorted = chars.clone();
        sorted.sort_unstable();
        let sound = if text.is_ascii() { chars.clone() } else { pinyin::full(text).chars().collect() };
        let (outline, sound_outline) = (Outline::of(&chars), Outline::of(&sound));
        Self { text: text.to_string(), outline, sound_outline, chars, sound, sorted, n: 0 }
    }

    fn part(&self, take: Take) -> String {
        let chars = &self.chars;
        match take {
            Take::Whole => self.text.clone(),
            Take::First(n) => chars.iter().take(n).collect(),
            Take::Last(n) => chars.iter().skip(chars.len().saturating_sub(n)).collect(),
            Take::Sound => self.sound.iter().collect(),
            Take::Initials => pinyin::initials(&self.text),
        }
    }
}
