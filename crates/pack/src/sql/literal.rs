//! Exact values as typed SQL literals, so that nothing is inferred from neighbours and nothing can be injected.

use crate::model::{Scalar, ScalarType};

/// A text in quotes.
pub fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value with the type the language gives it: money DECIMAL(18, 2), a rate DECIMAL(9, 6).
pub fn scalar_literal(value: &Scalar, ty: ScalarType) -> String {
    match value {
        Scalar::Integer(n) => n.to_string(),
        Scalar::Decimal(n) => {
            let ty = match ty {
                ScalarType::Money => "DECIMAL(18, 2)".to_string(),
                ScalarType::Rate => "DECIMAL(9, 6)".to_string(),
                _ => format!("DECIMAL(18, {})", n.scale()),
            };
            format!("CAST('{n}' AS {ty})")
        }
        Scalar::Date(day) => format!("DATE '{day}'"),
        Scalar::Text(text) => quote_text(text),
        Scalar::Flag(true) => "TRUE".into(),
        Scalar::Flag(false) => "FALSE".into(),
    }
}
