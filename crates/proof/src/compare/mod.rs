//! What changed between two texts?

/// Nothing yet.
pub struct Comparison;
/// Nothing yet.
pub struct Change;
/// Nothing yet.
pub fn compare() {}
