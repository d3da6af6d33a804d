//! Is this request let in, and as whom?

use crate::problem::Problem;
use crate::visitor::Visitor;
use accounts::Permission;
use axum::http::request::Parts;

/// Who keeps the door.
pub enum Gate {
    /// Nobody: whoever reaches the server is let in.
    Open,
}

/// Somebody who was let in.
#[derive(Debug, Clone)]
pub struct Pass {
    /// Who, and how far.
    pub visitor: Visitor,
}

impl Gate {
    /// Lets a request in, or says why not.
    pub fn admit(&self, _parts: &Parts, _permission: Permission) -> Result<Pass, Problem> {
        match self {
            Self::Open => Ok(Pass { visitor: Visitor::demo() }),
        }
    }
}
