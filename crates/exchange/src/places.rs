//! Which organisation or institution is meant by a name?

use crate::value::tidy;
use base::nearest;
use pack::county::County;
use std::collections::{BTreeMap, BTreeSet};

/// Ids and the names that lead to them.
#[derive(Debug, Default)]
struct Register {
    ids: BTreeSet<String>,
    of_name: BTreeMap<String, BTreeSet<String>>,
}

impl Register {
    fn add(&mut self, id: &str, name: &str) {
        self.ids.insert(id.to_string());
        self.of_name.entry(tidy(name).into_owned()).or_default().insert(id.to_string());
    }

    fn find(&self, what: &str, word: &str) -> Result<String, String> {
        if self.ids.contains(word) {
            return Ok(word.to_string());
        }
        let mut ids = self.of_name.get(word).into_iter().flatten();
        match (ids.next(), ids.next()) {
            (Some(id), None) => Ok(id.clone()),
            (Some(first), Some(second)) => {
                let more = ids.fold(format!("{first}、{second}"), |all, id| format!("{all}、{id}"));
                Err(format!("有几个{what}叫“{word}”，请填写编号：{more}"))
            }
            (None, _) => {
                let known = self.of_name.keys().chain(&self.ids).map(String::as_str);
                let near = nearest(word, known).map(|near| format!("，是不是“{near}”？")).unwrap_or_default();
                Err(format!("没有{what}“{word}”{near}"))
            }
        }
    }
}

/// The organisations of a county.
#[derive(Debug, Default)]
pub(crate) struct Orgs(Register, BTreeMap<String, String>);

impl Orgs {
    /// Those of the county's tree. One that shares its name with another is also known by the name of the one above it
    /// put before: 青禾镇甲村.
    pub(crate) fn of(county: Option<&County>) -> Self {
        let Some(county) = county else { return Self::default() };
        let mut register = Register::default();
        for org in county.orgs.iter() {
            register.add(&org.id, &org.name);
            if let Some(above) = org.parent.as_deref().and_then(|id| county.orgs.get(id)) {
                register.add(&org.id, &format!("{}{}", above.name, org.name));
            }
        }
        let shown = county.orgs.iter().filter(|org| register.find("", &org.name).is_ok_and(|id| id == org.id));
        let shown = shown.map(|org| (org.id.clone(), org.name.clone())).collect();
        Self(register, shown)
    }

    pub(crate) fn find(&self, word: &str) -> Result<String, String> {
        self.0.find("机构", word)
    }

    /// The name by which an organisation is found again, or its id.
    pub(crate) fn shown<'a>(&'a self, id: &'a str) -> &'a str {
        self.1.get(id).map_or(id, String::as_str)
    }
}

/// The institutions in the records, by name.
#[derive(Debug, Default)]
pub(crate) struct Institutions(Register);

impl Institutions {
    pub(crate) fn of<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut register = Register::default();
        rows.for_each(|(id, name)| register.add(id, name));
        Self(register)
    }

    /// The institution of that id or name. A word that is no name may be the id of one in the same file.
    pub(crate) fn find(&self, word: &str) -> Result<String, String> {
        if word.is_ascii() && !self.0.of_name.contains_key(word) {
            return Ok(word.to_string());
        }
        self.0.find("医疗卫生机构", word)
    }
}
