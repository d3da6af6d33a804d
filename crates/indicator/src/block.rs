//! The values of one indicator, in order.
//!
//! Boards of the same packs, period and tree share the blocks of indicators whose numbers did not change between them.

use crate::value::Value;

/// By organisation and cell, the whole of an organisation before its cells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block(Vec<Value>);

impl Block {
    /// Puts values in order; of two for the same organisation and cell the later one stays.
    pub fn new(mut values: Vec<Value>) -> Self {
        values.reverse();
        values.sort_by(|a, b| (&a.org, &a.cell).cmp(&(&b.org, &b.cell)));
        values.dedup_by(|a, b| a.org == b.org && a.cell == b.cell);
        Self(values)
    }

    /// These values and others.
    pub fn and(&self, more: Vec<Value>) -> Self {
        Self::new(self.0.iter().cloned().chain(more).collect())
    }

    /// The whole and every cell of an organisation.
    pub fn of(&self, org: &str) -> &[Value] {
        let start = self.0.partition_point(|value| value.org.as_str() < org);
        let rest = &self.0[start..];
        &rest[..rest.partition_point(|value| value.org.as_str() == org)]
    }

    /// The whole of an organisation.
    pub fn whole(&self, org: &str) -> Option<&Value> {
        self.of(org).first().filter(|value| value.cell.is_empty())
    }

    /// Every value.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.0.iter()
    }

    /// How many values it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}
