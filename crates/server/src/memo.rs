//! Which answers need not be worked out again?
//!
//! A small table of finished values, the least recently used falling out. Two askers of the same thing wait for one
//! computation; askers of different things do not wait for each other. Knows nothing of what it holds.

use std::sync::{Arc, Mutex, PoisonError};

type Slot<V> = Arc<Mutex<Option<Arc<V>>>>;

/// At most so many values by key.
pub struct Memo<K, V> {
    most: usize,
    slots: Mutex<Vec<(K, Slot<V>)>>,
}

impl<K: PartialEq, V> Memo<K, V> {
    /// An empty table that keeps at most `most` values.
    pub fn new(most: usize) -> Self {
        Self { most, slots: Mutex::new(Vec::new()) }
    }

    /// The value of a key, made when it is not there. A failure is not kept.
    pub fn get_or_make<E>(&self, key: K, make: impl FnOnce() -> Result<V, E>) -> Result<Arc<V>, E> {
        let slot = self.slot(key);
        let mut place = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = place.as_ref() {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(make()?);
        *place = Some(Arc::clone(&value));
        Ok(value)
    }

    fn slot(&self, key: K) -> Slot<V> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = match slots.iter().position(|(known, _)| *known == key) {
            Some(at) => slots.remove(at),
            None => (key, Slot::default()),
        };
        let slot = Arc::clone(&entry.1);
        slots.push(entry);
        if slots.len() > self.most {
            slots.remove(0);
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn get(memo: &Memo<u8, u8>, key: u8, value: Result<u8, ()>) -> Result<u8, ()> {
        memo.get_or_make(key, || value).map(|value| *value)
    }

    #[test]
    fn the_first_value_stays_until_it_is_the_oldest() {
        let memo = Memo::new(2);
        assert_eq!(get(&memo, 1, Err(())), Err(()));
        assert_eq!(get(&memo, 1, Ok(10)), Ok(10));
        assert_eq!(get(&memo, 2, Ok(20)), Ok(20));
        assert_eq!(get(&memo, 1, Ok(11)), Ok(10));
        assert_eq!(get(&memo, 3, Ok(30)), Ok(30));
        assert_eq!(get(&memo, 1, Ok(12)), Ok(10));
        assert_eq!(get(&memo, 2, Ok(21)), Ok(21));
    }
}
