//! What kind of value is an expression?

use super::NotOnCluster;
use crate::model::ColumnType;
use sqlparser::ast::{ArrayElemTypeDef, DataType, Ident, ObjectName, ObjectNamePart, TimezoneInfo};

/// Names and types of a relation's columns.
pub(super) type Columns = Vec<(String, Ty)>;

/// The kinds of values that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ty {
    /// A bare NULL.
    Null,
    Integer,
    Decimal,
    /// A binary fraction: the result of `/`.
    Double,
    Text,
    Date,
    Instant,
    Flag,
    /// Several texts or several numbers.
    List,
}

impl Ty {
    pub(super) fn of(ty: ColumnType) -> Self {
        match ty {
            ColumnType::Integer => Self::Integer,
            ColumnType::Decimal(_) => Self::Decimal,
            ColumnType::Text => Self::Text,
            ColumnType::Date => Self::Date,
            ColumnType::Instant => Self::Instant,
            ColumnType::Flag => Self::Flag,
            ColumnType::TextList => Self::List,
        }
    }

    pub(super) fn is_exact_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Null)
    }

    pub(super) fn is_number(self) -> bool {
        self.is_exact_number() || self == Self::Double
    }

    /// The type of a column that holds values of both.
    pub(super) fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Null, other) => other,
            (own, Self::Null) => own,
            (Self::Double, _) | (_, Self::Double) => Self::Double,
            (Self::Integer, Self::Decimal) | (Self::Decimal, Self::Integer) => Self::Decimal,
            (Self::Date, Self::Instant) => Self::Instant,
            (own, _) => own,
        }
    }
}

/// The type as Spark writes it, and its kind.
pub(super) fn written(ty: &DataType) -> Result<(DataType, Ty), NotOnCluster> {
    Ok(match ty {
        DataType::Varchar(_) | DataType::Text | DataType::String(_) | DataType::Char(_) => {
            (DataType::String(None), Ty::Text)
        }
        DataType::TinyInt(_) | DataType::SmallInt(_) | DataType::Int(_) | DataType::Integer(_) => {
            (DataType::Int(None), Ty::Integer)
        }
        DataType::BigInt(_) => (DataType::BigInt(None), Ty::Integer),
        DataType::Decimal(info) | DataType::Numeric(info) => (DataType::Decimal(*info), Ty::Decimal),
        DataType::Boolean | DataType::Bool => (DataType::Boolean, Ty::Flag),
        DataType::Date => (DataType::Date, Ty::Date),
        DataType::Timestamp(_, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) | DataType::Datetime(_) => {
            (instant(), Ty::Instant)
        }
        DataType::Array(
            ArrayElemTypeDef::SquareBracket(of, None)
            | ArrayElemTypeDef::AngleBracket(of)
            | ArrayElemTypeDef::Qualified(of, None),
        ) => (DataType::Array(ArrayElemTypeDef::AngleBracket(Box::new(written(of)?.0))), Ty::List),
        other => {
            let what = format!("the type {other}");
            return Err(NotOnCluster::new(what, "cast to BIGINT, DECIMAL(p, s), VARCHAR, DATE, TIMESTAMP or BOOLEAN"));
        }
    })
}

/// Date and time without zone.
pub(super) fn instant() -> DataType {
    DataType::Custom(ObjectName(vec![ObjectNamePart::Identifier(Ident::new("TIMESTAMP_NTZ"))]), Vec::new())
}
