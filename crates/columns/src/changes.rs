//! Since when has nothing been written in a register?
//!
//! What was worked out from some registers still holds while none of them was written to.

use std::collections::{BTreeMap, BTreeSet};

/// The last entry of each register, as far as it was written while the store was open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    opened: u64,
    last: BTreeMap<String, u64>,
}

impl Changes {
    /// Nothing has changed since this entry.
    pub fn since(seq: u64) -> Self {
        Self { opened: seq, last: BTreeMap::new() }
    }

    /// A record of the register was written by the entry `seq`, or by one before it.
    pub fn note(&mut self, register: &str, seq: u64) {
        match self.last.get_mut(register) {
            Some(last) => *last = seq.max(*last),
            None => drop(self.last.insert(register.to_string(), seq)),
        }
    }

    /// An entry from which on, up to `seq`, none of these registers was written to: two views of the same stamp see the
    /// same rows of them.
    pub fn stamp(&self, registers: &BTreeSet<String>, seq: u64) -> u64 {
        let last = registers.iter().filter_map(|register| self.last.get(register)).max();
        match last.copied().unwrap_or(self.opened).max(self.opened) {
            last if last <= seq => last,
            // The last change lies after what is seen, and the one before it is not known.
            _ => seq,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_changes_with_its_registers_only() {
        let mut changes = Changes::since(100);
        let both = BTreeSet::from(["birth".to_string(), "resident".to_string()]);
        let birth = BTreeSet::from(["birth".to_string()]);
        assert_eq!(changes.stamp(&both, 100), 100);
        changes.note("resident", 107);
        assert_eq!(changes.stamp(&both, 110), 107);
        assert_eq!(changes.stamp(&birth, 110), 100);
        // Before the change, and before the store was opened.
        assert_eq!(changes.stamp(&both, 105), 105);
        assert_eq!(changes.stamp(&birth, 40), 40);
    }
}
