//! The functions the language adds, and which of them are lowered to plain SQL.

/// How a function of the language reaches the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lowering {
    /// Printed as plain comparisons, so that the engine can prune.
    Plain,
    /// A function of the engine under its internal name.
    Engine,
}

/// Name, number of arguments and lowering of every function the language adds.
pub const FUNCTIONS: [(&str, usize, Lowering); 29] = [
    ("in_period", 1, Lowering::Plain),
    ("open_on", 3, Lowering::Plain),
    ("open_during", 2, Lowering::Plain),
    ("has_status", 3, Lowering::Plain),
    ("age", 2, Lowering::Engine),
    ("months_between", 2, Lowering::Engine),
    ("add_months", 2, Lowering::Engine),
    ("add_hours", 2, Lowering::Engine),
    ("hours_between", 2, Lowering::Engine),
    ("end_of", 1, Lowering::Engine),
    ("working_days", 2, Lowering::Engine),
    ("add_working_days", 2, Lowering::Engine),
    ("year_of", 1, Lowering::Engine),
    ("quarter_of", 1, Lowering::Engine),
    ("month_of", 1, Lowering::Engine),
    ("quarters_between", 2, Lowering::Engine),
    ("round_half_up", 2, Lowering::Engine),
    ("round_down", 2, Lowering::Engine),
    ("floor_div", 2, Lowering::Engine),
    ("chinese_id_ok", 1, Lowering::Engine),
    ("uscc_ok", 1, Lowering::Engine),
    ("health_record_no_ok", 1, Lowering::Engine),
    ("household_code_ok", 1, Lowering::Engine),
    ("village_code_ok", 1, Lowering::Engine),
    ("licence_code_ok", 1, Lowering::Engine),
    ("id_fault", 3, Lowering::Engine),
    ("id_fault_en", 3, Lowering::Engine),
    ("pinyin", 1, Lowering::Engine),
    ("pinyin_initials", 1, Lowering::Engine),
];

/// The definitions of these functions, as macros of DuckDB's SQL.
pub const MACROS: &str = include_str!("macros.sql");

/// The engine's name for a function of the language: `age` is ours, so it must not meet the engine's own `age`.
pub fn engine_name(name: &str) -> String {
    format!("tz_{name}")
}

/// What the language knows of a function, if it is one it adds.
pub(crate) fn find(name: &str) -> Option<(usize, Lowering)> {
    FUNCTIONS.iter().find(|(known, ..)| *known == name).map(|(_, n_args, lowering)| (*n_args, *lowering))
}
