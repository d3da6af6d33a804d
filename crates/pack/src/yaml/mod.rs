//! What does this YAML text hold, and where does each part stand?
//!
//! A tree of texts with spans: nothing is typed here, so `0.80` and `"0.80"` stay apart and a wrong key can be
//! pointed at. It never knows what a pack is.

mod reader;
mod tree;

pub use reader::{MapReader, Scope, parse_date};
pub use tree::{Content, Key, Node, Style, parse};
