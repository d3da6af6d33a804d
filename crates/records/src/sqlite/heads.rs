//! Which version is each record of a batch at?
//!
//! Read before the first entry and written after the last, both in the order of the index: a bulk import touches
//! every page of it once, however its records are scattered.

use rusqlite::{Connection, OptionalExtension, params};

use super::read::{number, stored};
use crate::Op;
use crate::draft::Checked;

/// The records a batch touches, in the order of the head index.
pub(super) struct Heads {
    slots: Vec<Slot>,
    /// The slot of every draft.
    of_draft: Vec<usize>,
}

/// One record, as it stands after the drafts placed so far.
struct Slot {
    register: String,
    record: String,
    /// Its current version and where that stands; `None` before the first.
    head: Option<(u32, u64)>,
    /// What the index says.
    stored: Option<(u32, u64)>,
}

impl Heads {
    /// Finds the head of every record. `ids` are the records of the drafts, derived ones included.
    ///
    /// A record whose first draft creates it is put into the index at once, which finds out whether it was there.
    pub(super) fn load(
        conn: &Connection,
        county: &str,
        drafts: &[Checked],
        ids: &[String],
        first_seq: u64,
    ) -> rusqlite::Result<Self> {
        let mut find =
            conn.prepare_cached("SELECT version, seq FROM head WHERE county = ?1 AND register = ?2 AND record = ?3")?;
        let mut begin = conn.prepare_cached(
            "INSERT INTO head (county, register, record, version, seq) VALUES (?1, ?2, ?3, 1, ?4)
             ON CONFLICT DO NOTHING",
        )?;
        let key = |n: usize| (drafts[n].register.as_str(), ids[n].as_str());
        let mut order: Vec<usize> = (0..drafts.len()).collect();
        order.sort_by_key(|n| key(*n));
        let mut heads = Self { slots: Vec::with_capacity(drafts.len()), of_draft: vec![0; drafts.len()] };
        for n in order {
            let (register, record) = key(n);
            let is_same = |slot: &Slot| slot.register == register && slot.record == record;
            if !heads.slots.last().is_some_and(is_same) {
                let seq = first_seq + n as u64;
                let begins =
                    drafts[n].op == Op::Create && begin.execute(params![county, register, record, stored(seq)])? == 1;
                let (head, stored) = if begins {
                    (None, Some((1, seq)))
                } else {
                    let head = find
                        .query_row(params![county, register, record], |row| Ok((row.get(0)?, number(row, 1)?)))
                        .optional()?;
                    (head, head)
                };
                heads.slots.push(Slot { register: register.into(), record: record.into(), head, stored });
            }
            heads.of_draft[n] = heads.slots.len() - 1;
        }
        Ok(heads)
    }

    /// The current version of the record of a draft and its `seq`.
    pub(super) fn of(&self, draft: usize) -> Option<(u32, u64)> {
        self.slots[self.of_draft[draft]].head
    }

    /// Makes a version the current one.
    pub(super) fn set(&mut self, draft: usize, version: u32, seq: u64) {
        self.slots[self.of_draft[draft]].head = Some((version, seq));
    }

    /// Writes what is not yet in the index.
    pub(super) fn store(&self, conn: &Connection, county: &str) -> rusqlite::Result<()> {
        let mut put = conn.prepare_cached(
            "INSERT INTO head (county, register, record, version, seq) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET version = excluded.version, seq = excluded.seq",
        )?;
        for slot in self.slots.iter().filter(|slot| slot.head != slot.stored) {
            if let Some((version, seq)) = slot.head {
                put.execute(params![county, slot.register, slot.record, version, stored(seq)])?;
            }
        }
        Ok(())
    }
}
