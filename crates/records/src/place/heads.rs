//! Which version is each record of a batch at?
//!
//! Read before the first entry is placed and written after the last, both in the order of the index: a bulk import
//! touches every page of it once, however its records are scattered.

use crate::draft::Checked;
use crate::{Entry, Op};

/// A version and the `seq` at which it stands.
pub(crate) type Head = (u32, u64);

/// The records a batch touches, in the order of the head index.
pub(crate) struct Heads {
    slots: Vec<Slot>,
    /// The slot of every draft.
    of_draft: Vec<usize>,
}

/// One record, as it stands after the drafts placed so far.
pub(crate) struct Slot {
    pub register: String,
    pub record: String,
    /// Where its first draft goes, when that creates it: it should have no head yet.
    pub begins_at: Option<u64>,
    /// Its current version and where that stands; `None` before the first.
    head: Option<Head>,
    /// What the index says.
    stored: Option<Head>,
}

impl Slot {
    /// What the index says of the record.
    pub fn found(&mut self, head: Option<Head>) {
        (self.head, self.stored) = (head, head);
    }

    /// True when the index did not know the record.
    pub fn is_new(&self) -> bool {
        self.stored.is_none()
    }

    /// The record was put into the index with its first version at `seq`, and had none before.
    pub fn begun(&mut self, seq: u64) {
        (self.head, self.stored) = (None, Some((1, seq)));
    }
}

impl Heads {
    /// The records of drafts that will stand from `first_seq` on. `ids` names them, derived ids included.
    pub fn of_drafts(drafts: &[Checked], ids: &[String], first_seq: u64) -> Self {
        let key = |n: usize| (drafts[n].register.as_str(), ids[n].as_str());
        let begins_at = |n: usize| (drafts[n].op == Op::Create).then_some(first_seq + n as u64);
        Self::of_records(drafts.len(), key, begins_at)
    }

    /// The records of entries that have their places.
    pub fn of_entries(entries: &[&Entry]) -> Self {
        let key = |n: usize| (entries[n].register.as_str(), entries[n].record.as_str());
        Self::of_records(entries.len(), key, |n| (entries[n].op == Op::Create).then_some(entries[n].seq))
    }

    fn of_records<'k>(
        n_drafts: usize,
        key: impl Fn(usize) -> (&'k str, &'k str),
        begins_at: impl Fn(usize) -> Option<u64>,
    ) -> Self {
        let mut order: Vec<usize> = (0..n_drafts).collect();
        order.sort_by_key(|n| key(*n));
        let mut heads = Self { slots: Vec::with_capacity(n_drafts), of_draft: vec![0; n_drafts] };
        for n in order {
            let (register, record) = key(n);
            let is_same = |slot: &Slot| slot.register == register && slot.record == record;
            if !heads.slots.last().is_some_and(is_same) {
                let begins_at = begins_at(n);
                let (register, record) = (register.to_string(), record.to_string());
                heads.slots.push(Slot { register, record, begins_at, head: None, stored: None });
            }
            heads.of_draft[n] = heads.slots.len() - 1;
        }
        heads
    }

    /// All records, to be filled in.
    pub fn slots_mut(&mut self) -> &mut [Slot] {
        &mut self.slots
    }

    /// The current version of the record of a draft and its `seq`.
    pub fn of(&self, draft: usize) -> Option<Head> {
        self.slots[self.of_draft[draft]].head
    }

    /// Makes a version the current one.
    pub fn set(&mut self, draft: usize, version: u32, seq: u64) {
        self.slots[self.of_draft[draft]].head = Some((version, seq));
    }

    /// The records whose head is not yet in the index.
    pub fn changed(&self) -> impl Iterator<Item = (&Slot, Head)> {
        let changed = self.slots.iter().filter(|slot| slot.head != slot.stored);
        changed.filter_map(|slot| Some((slot, slot.head?)))
    }
}
