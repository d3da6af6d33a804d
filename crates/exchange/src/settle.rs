//! Which record does each row of a chunk mean, and what would it change?
//!
//! The records are asked a handful of questions a chunk, never one a row: who has these citizen numbers, which of these
//! ids exist, which records have this identity.

use crate::ExchangeError;
use crate::import::{Drafted, Import, title};
use crate::reading::ReadRow;
use crate::source::Source;
use columns::engine::Value;
use columns::{Found, Store, cell};
use pack::model::{Column, Kind, Register};
use records::{Draft, Entry, Op};
use serde_json::{Map, Value as Json};
use sm3::{Digest as _, Sm3};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Changed columns that are named in a sentence.
const CHANGES_NAMED: usize = 5;

/// Turns rows into drafts.
pub(crate) struct Settler<'a> {
    register: &'a Register,
    columns: Vec<Column>,
    identity: Vec<&'a str>,
    options: &'a Import,
    /// The organisation of rows that name none.
    org: Option<String>,
    /// How the ids of this file's rows begin.
    prefix: String,
    /// Hash of the file, the register and the options.
    key: String,
    /// Lines an earlier run wrote.
    done: HashSet<u64>,
    has_names: bool,
    /// Records this chunk has spoken about, and the line that did.
    seen: HashMap<String, u64>,
}

/// What a chunk comes to.
pub(crate) struct Settled {
    /// Drafts of rows without a fault.
    pub sound: Drafted,
    /// Drafts of rows that are refused already.
    pub unsound: Drafted,
    /// Rows that change nothing.
    pub n_unchanged: u64,
    /// Rows an earlier run wrote.
    pub n_done_before: u64,
    /// The idempotency key, unless the chunk was written before.
    pub key: Option<String>,
}

/// What the records know about the rows of a chunk.
struct Known {
    heads: HashMap<String, Entry>,
    /// The record with the identity of a row.
    of_identity: BTreeMap<usize, String>,
    /// Records that an earlier run wrote with this chunk.
    written: BTreeSet<String>,
    is_written: bool,
}

/// What one row comes to.
enum Step {
    Draft(Box<Draft>),
    Unchanged,
    DoneBefore,
    /// It is refused, and nothing more can be asked about it.
    Refused,
}

impl<'a> Settler<'a> {
    pub(crate) fn new(
        store: &Store,
        register: &'a Register,
        source: &Source,
        options: &'a Import,
        org: Option<String>,
    ) -> Result<Self, ExchangeError> {
        let id = &register.common.id;
        let file = source.hash();
        let prefix = format!("i{}-", &hash(&[&file, id])[..16]);
        let words = |text: &Option<String>| text.clone().unwrap_or_default();
        let mode = format!("{:?}", options.mode);
        let parts = [&file, id, &mode, &words(&options.reason), &words(&options.confirm), &words(&org), &options.actor];
        let mut done = HashSet::new();
        store.log().each_record(id, &prefix, &mut |record| {
            done.extend(record[prefix.len()..].parse::<u64>());
        })?;
        let mut identity: Vec<&str> = register.identity.iter().map(|column| column.value.as_str()).collect();
        if register.kind == Kind::Statement && identity.is_empty() {
            identity = vec!["institution", "period_from", "period_until"];
        }
        Ok(Self {
            register,
            columns: register.columns(),
            identity,
            options,
            org,
            key: hash(&parts),
            prefix,
            done,
            has_names: has_names(store),
            seen: HashMap::new(),
        })
    }

    /// Makes drafts of rows; a row that cannot be one gets its faults.
    pub(crate) fn settle(&mut self, store: &Store, no: u64, rows: &mut [ReadRow]) -> Result<Settled, ExchangeError> {
        self.seen.clear();
        self.find_residents(store, rows)?;
        let key = format!("import-{}-{no}", &self.key[..32]);
        let known = self.ask(store, &key, rows)?;
        let mut settled = Settled {
            sound: Drafted::default(),
            unsound: Drafted::default(),
            n_unchanged: 0,
            n_done_before: 0,
            key: (!known.is_written).then_some(key),
        };
        for (n, row) in rows.iter_mut().enumerate() {
            match self.step(&known, n, row) {
                Step::Draft(draft) => {
                    let side = if row.faults.is_empty() { &mut settled.sound } else { &mut settled.unsound };
                    side.drafts.push(*draft);
                    side.rows.push(n);
                }
                Step::Unchanged => settled.n_unchanged += 1,
                Step::DoneBefore => settled.n_done_before += 1,
                Step::Refused => {}
            }
        }
        Ok(settled)
    }

    /// Residents named by citizen number, and the names that must be theirs.
    fn find_residents(&self, store: &Store, rows: &mut [ReadRow]) -> Result<(), ExchangeError> {
        let give: &[&str] = if self.has_names { &["name"] } else { &[] };
        let mut asked: Vec<(usize, String, String)> = Vec::new();
        let mut keys = Vec::new();
        for (n, row) in rows.iter().enumerate() {
            for (column, number) in &row.citizens {
                asked.push((n, column.clone(), number.as_str().to_string()));
                keys.push(vec![Value::Text(number.as_str().to_string())]);
            }
        }
        if keys.is_empty() {
            return Ok(());
        }
        let found = by_key(store.find("resident", &["citizen_id"], &keys, give)?, keys.len());
        for ((n, column, number), found) in asked.into_iter().zip(found) {
            let Some(row) = rows.get_mut(n) else { continue };
            let shown = base::id::mask_number(&number);
            match found.as_slice() {
                [] => {
                    row.break_rule(
                        "unknown-resident",
                        None,
                        format!("没有公民身份号码为{shown}的居民，请先登记该居民"),
                    );
                    row.unread.insert(column);
                }
                [one] => {
                    if column == "resident" {
                        check_name(row, one);
                    }
                    let other = row.given.get(&column).and_then(Json::as_str).filter(|id| *id != one.id);
                    if let Some(other) = other {
                        let say = format!("公民身份号码{shown}是居民“{}”的，与本行所填居民“{other}”不一致", one.id);
                        row.break_rule("resident-differs", None, say);
                    }
                    row.given.insert(column, Json::String(one.id.clone()));
                }
                several => {
                    let say = format!("公民身份号码为{shown}的居民有{}位，请填写居民编号", several.len());
                    row.break_rule("unknown-resident", None, say);
                    row.unread.insert(column);
                }
            }
        }
        Ok(())
    }

    /// The chunk's questions to the records.
    fn ask(&self, store: &Store, key: &str, rows: &[ReadRow]) -> Result<Known, ExchangeError> {
        let log = store.log();
        let register = &self.register.common.id;
        let batch = log.batch_with_key(key)?;
        let written = match &batch {
            Some(batch) => {
                let n = usize::try_from(batch.last_seq + 1 - batch.first_seq).unwrap_or(usize::MAX);
                log.entries_after(batch.first_seq - 1, n)?.into_iter().map(|entry| entry.record).collect()
            }
            None => BTreeSet::new(),
        };
        let of_identity = self.find_identities(store, rows)?;
        let named = rows.iter().filter_map(|row| row.id.as_deref());
        let wanted: Vec<&str> = named.chain(of_identity.values().map(String::as_str)).collect();
        let heads = if wanted.is_empty() { Vec::new() } else { log.heads(register, &wanted)? };
        let heads = heads.into_iter().map(|entry| (entry.record.clone(), entry)).collect();
        Ok(Known { heads, of_identity, written, is_written: batch.is_some() })
    }

    /// Records that have the identity of rows without an id.
    fn find_identities(&self, store: &Store, rows: &[ReadRow]) -> Result<BTreeMap<usize, String>, ExchangeError> {
        if self.identity.is_empty() {
            return Ok(BTreeMap::new());
        }
        let column = |name: &&str| self.columns.iter().find(|column| column.name == **name);
        let columns: Vec<&Column> = self.identity.iter().filter_map(column).collect();
        let (mut places, mut keys) = (Vec::new(), Vec::new());
        for (n, row) in rows.iter().enumerate().filter(|(_, row)| row.id.is_none()) {
            let cells = columns.iter().map(|column| cell(column, row.given.get(&column.name)).ok());
            let key: Option<Vec<Value>> = cells.map(|cell| cell.filter(|cell| !cell.is_null())).collect();
            if let Some(key) = key {
                places.push(n);
                keys.push(key);
            }
        }
        if keys.is_empty() {
            return Ok(BTreeMap::new());
        }
        let found = store.find(&self.register.common.id, &self.identity, &keys, &[])?;
        Ok(found.into_iter().rev().map(|found| (places[found.key], found.id)).collect())
    }

    fn step(&mut self, known: &Known, n: usize, row: &mut ReadRow) -> Step {
        if row.id.is_none() && self.done.contains(&row.line) {
            return Step::DoneBefore;
        }
        let record = row.id.clone().or_else(|| known.of_identity.get(&n).cloned());
        if record.as_ref().is_some_and(|record| known.written.contains(record)) {
            return Step::DoneBefore;
        }
        let head = record.as_ref().and_then(|record| known.heads.get(record));
        if head.is_some_and(|head| !self.is_within(&head.org)) {
            row.break_rule("out-of-reach", None, "这条记录不属于您所管的机构");
            return Step::Refused;
        }
        let draft = match head {
            Some(head) => match self.change(row, head) {
                Ok(Some(draft)) => draft,
                Ok(None) => return Step::Unchanged,
                Err(say) => {
                    row.break_rule("record-exists", None, say);
                    return Step::Refused;
                }
            },
            None => self.create(row),
        };
        if let Some(id) = row.id.as_deref().or(record.as_deref()) {
            match self.seen.get(id) {
                Some(line) => {
                    row.break_rule("record-twice", None, format!("第{line}行已写过同一条记录“{id}”"));
                    return Step::Refused;
                }
                None if row.faults.is_empty() => drop(self.seen.insert(id.to_string(), row.line)),
                None => {}
            }
        }
        if !draft.org.is_empty() && !self.is_within(&draft.org) {
            row.break_rule("out-of-reach", None, "这个机构不归您管");
        }
        Step::Draft(Box::new(draft))
    }

    fn is_within(&self, org: &str) -> bool {
        self.options.within.as_ref().is_none_or(|within| within.contains(org))
    }

    fn create(&self, row: &mut ReadRow) -> Draft {
        if let Some(id) = &row.id {
            if id.starts_with('_') {
                let say = format!("记录编号“{id}”以“_”开头，这样的编号由系统自己编排；新记录请留空或另取编号");
                row.break_rule("wrong-id", None, say);
            } else if id.chars().count() > records::ID_CHARS_MAX {
                row.break_rule("wrong-id", None, format!("记录编号超过{}个字", records::ID_CHARS_MAX));
            }
        }
        if let Some(masked) = self.masked(&row.given).first() {
            row.break_rule("masked", None, format!("{masked}是打了星号的内容，不能当作真实内容保存"));
        }
        let org = row.org.clone().or_else(|| self.org.clone());
        if org.is_none() && !row.unread.contains("org") {
            row.break_rule("required", None, "请填写管理机构（或用 --org 指定整个文件的机构）");
            row.unread.insert("org".into());
        }
        let mut draft = Draft::new(Op::Create, self.register.common.id.as_str(), org.unwrap_or_default());
        draft.record = Some(row.id.clone().unwrap_or_else(|| format!("{}{}", self.prefix, row.line)));
        draft.body = std::mem::take(&mut row.given);
        draft.body.retain(|_, value| !value.is_null());
        draft
    }

    /// The next version of a record; `None` when the row says what it says already.
    fn change(&self, row: &mut ReadRow, head: &Entry) -> Result<Option<Draft>, String> {
        let reason = self.options.reason.clone();
        let mut draft =
            Draft::correcting(head, reason.clone().unwrap_or_default()).map_err(|fault| fault.to_string())?;
        let old = draft.body.clone();
        for (name, value) in std::mem::take(&mut row.given) {
            let kept = old.get(&name);
            // A masked copy of what is there says nothing new.
            if self.is_masked(&name, &value) && kept.and_then(Json::as_str).is_some_and(|kept| is_mask_of(&value, kept))
            {
                continue;
            }
            if value.is_null() {
                draft.body.shift_remove(&name);
            } else {
                draft.body.insert(name, value);
            }
        }
        if let Some(org) = &row.org {
            draft.org.clone_from(org);
        }
        if let Some(masked) = self.masked(&draft.body).first() {
            row.break_rule("masked", None, format!("{masked}是打了星号的内容，不能当作真实内容保存"));
        }
        let mut changed = self.changed(&old, &draft.body);
        if draft.org != head.org {
            changed.push("管理机构".into());
        }
        let is_withdrawn = head.op == Op::Withdraw;
        if changed.is_empty() && !is_withdrawn && row.faults.is_empty() {
            return Ok(None);
        }
        if reason.is_none() {
            let what =
                if is_withdrawn { "已撤回".into() } else { format!("内容不同（{}）", changed.join("、")) };
            return Err(format!(
                "记录“{}”已存在（第{}版），{what}；要更正请用 --reason 说明理由",
                head.record, head.version
            ));
        }
        Ok(Some(draft))
    }

    /// What people call the columns in which two bodies differ.
    fn changed(&self, old: &Map<String, Json>, new: &Map<String, Json>) -> Vec<String> {
        let differs = |column: &&Column| {
            let (old, new) = (old.get(&column.name), new.get(&column.name));
            old != new
                && match (cell(column, old), cell(column, new)) {
                    (Ok(old), Ok(new)) => old != new,
                    _ => true,
                }
        };
        let mut names: Vec<String> =
            self.columns.iter().filter(differs).map(|column| self.title(&column.name)).collect();
        if names.len() > CHANGES_NAMED {
            names.truncate(CHANGES_NAMED);
            names.push("等".into());
        }
        names
    }

    fn title(&self, name: &str) -> String {
        title(self.register, name)
    }

    fn is_masked(&self, name: &str, value: &Json) -> bool {
        let is_secret = self.register.fields.get(name).is_some_and(|field| field.secret);
        is_secret && value.as_str().is_some_and(|text| text.contains('*'))
    }

    /// What people call the secret columns that hold stars.
    fn masked(&self, body: &Map<String, Json>) -> Vec<String> {
        body.iter().filter(|(name, value)| self.is_masked(name, value)).map(|(name, _)| self.title(name)).collect()
    }
}

fn is_mask_of(value: &Json, kept: &str) -> bool {
    let masked = value.as_str().unwrap_or_default();
    masked == base::id::mask_name(kept) || masked == base::id::mask_number(kept)
}

/// A name beside a citizen number must be the resident's.
fn check_name(row: &mut ReadRow, found: &Found) {
    let kept = found.cells.first().and_then(Value::as_text);
    if let (Some(name), Some(kept)) = (&row.name, kept)
        && name != kept
        && *name != base::id::mask_name(kept)
    {
        let say = format!("姓名“{name}”与该公民身份号码在居民台账中的姓名“{}”不符", base::id::mask_name(kept));
        row.break_rule("name-differs", None, say);
    }
}

fn has_names(store: &Store) -> bool {
    store.catalog().register("resident").is_some_and(|resident| resident.fields.contains_key("name"))
}

fn by_key(found: Vec<Found>, n_keys: usize) -> Vec<Vec<Found>> {
    let mut sorted: Vec<Vec<Found>> = std::iter::repeat_with(Vec::new).take(n_keys).collect();
    for found in found {
        if let Some(slot) = sorted.get_mut(found.key) {
            slot.push(found);
        }
    }
    sorted
}

fn hash(parts: &[&String]) -> String {
    let mut hasher = Sm3::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
