//! Which of our types is a type of DuckDB, and in which of DuckDB's is one of ours written?
//!
//! Knows type numbers and their handles; never values.

use libduckdb_sys as sys;

use super::error::{EngineError, ErrorKind};
use super::value::Type;

type Result<T> = std::result::Result<T, EngineError>;

/// A logical type of the engine.
pub(super) struct LogicalType(pub(super) sys::duckdb_logical_type);

impl LogicalType {
    /// The engine's type in which values of `kind` are written.
    pub(super) fn of(kind: &Type) -> Result<Self> {
        use sys::*;
        let id = match kind {
            Type::Flag => DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN,
            Type::Int => DUCKDB_TYPE_DUCKDB_TYPE_BIGINT,
            Type::Big => DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT,
            Type::Float => DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE,
            Type::Text => DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR,
            Type::Date => DUCKDB_TYPE_DUCKDB_TYPE_DATE,
            Type::Instant => DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP,
            // SAFETY: plain values in, an owned handle out.
            Type::Decimal { width, scale } => return Ok(Self(unsafe { duckdb_create_decimal_type(*width, *scale) })),
            Type::Many(of) => {
                let of = Self::of(of)?;
                // SAFETY: the child type is live and copied; the list type is ours.
                return Ok(Self(unsafe { duckdb_create_list_type(of.0) }));
            }
            Type::Null | Type::Other(_) => {
                return Err(EngineError::new(
                    ErrorKind::Unsupported,
                    format!("a column of type {kind} cannot be written"),
                ));
            }
        };
        // SAFETY: a plain value in, an owned handle out.
        Ok(Self(unsafe { duckdb_create_logical_type(id) }))
    }

    /// The engine's own number for the type.
    pub(super) fn id(&self) -> sys::duckdb_type {
        // SAFETY: the type is live.
        unsafe { sys::duckdb_get_type_id(self.0) }
    }

    /// For a decimal: its digits after the point, and the integer type its values are stored in.
    pub(super) fn decimal(&self) -> (u8, sys::duckdb_type) {
        // SAFETY: the type is live; for other types both calls answer zero.
        unsafe { (sys::duckdb_decimal_scale(self.0), sys::duckdb_decimal_internal_type(self.0)) }
    }

    pub(super) fn describe(&self) -> Type {
        use sys::*;
        match self.id() {
            DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN => Type::Flag,
            DUCKDB_TYPE_DUCKDB_TYPE_TINYINT
            | DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT
            | DUCKDB_TYPE_DUCKDB_TYPE_INTEGER
            | DUCKDB_TYPE_DUCKDB_TYPE_BIGINT
            | DUCKDB_TYPE_DUCKDB_TYPE_UTINYINT
            | DUCKDB_TYPE_DUCKDB_TYPE_USMALLINT
            | DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER => Type::Int,
            DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT | DUCKDB_TYPE_DUCKDB_TYPE_UBIGINT => Type::Big,
            DUCKDB_TYPE_DUCKDB_TYPE_FLOAT | DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE => Type::Float,
            DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR => Type::Text,
            DUCKDB_TYPE_DUCKDB_TYPE_DATE => Type::Date,
            DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP => Type::Instant,
            DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL => Type::Null,
            // SAFETY: the type is live and a decimal.
            DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL => unsafe {
                Type::Decimal { width: duckdb_decimal_width(self.0), scale: duckdb_decimal_scale(self.0) }
            },
            DUCKDB_TYPE_DUCKDB_TYPE_LIST => {
                // SAFETY: the type is live and a list; the child type is ours to destroy.
                let of = Self(unsafe { duckdb_list_type_child_type(self.0) });
                Type::Many(Box::new(of.describe()))
            }
            other => Type::Other(other_name(other)),
        }
    }
}

impl Drop for LogicalType {
    fn drop(&mut self) {
        // SAFETY: the handle is ours; destroying null is allowed.
        unsafe { sys::duckdb_destroy_logical_type(&mut self.0) }
    }
}

/// The SQL name of a type packs cannot use.
fn other_name(id: sys::duckdb_type) -> &'static str {
    use sys::*;
    match id {
        DUCKDB_TYPE_DUCKDB_TYPE_TIME => "time",
        DUCKDB_TYPE_DUCKDB_TYPE_INTERVAL => "interval",
        DUCKDB_TYPE_DUCKDB_TYPE_BLOB => "blob",
        DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_S
        | DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_MS
        | DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_NS => "timestamp of another precision",
        DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ => "timestamp with time zone",
        DUCKDB_TYPE_DUCKDB_TYPE_ENUM => "enum",
        DUCKDB_TYPE_DUCKDB_TYPE_STRUCT => "struct",
        DUCKDB_TYPE_DUCKDB_TYPE_MAP => "map",
        DUCKDB_TYPE_DUCKDB_TYPE_ARRAY => "array",
        DUCKDB_TYPE_DUCKDB_TYPE_UUID => "uuid",
        DUCKDB_TYPE_DUCKDB_TYPE_INVALID => "undetermined",
        _ => "unknown",
    }
}
