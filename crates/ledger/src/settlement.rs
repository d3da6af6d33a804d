//! How does a settled bill become postings?

use crate::{AccountId, AccountKind, Kind, Line, PostingSet};
use base::Date;

/// What one fund pays of a bill, in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The step.
    pub step: String,
    /// The fund; an institution that bears the part itself has `waiver` set.
    pub fund: String,
    /// True when the institution bears it.
    pub waiver: bool,
    /// The amount; below nothing when something is taken back.
    pub amount: i64,
}

/// A bill with its parts, as a scheme settled it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The scheme.
    pub scheme: String,
    /// The bill.
    pub bill: String,
    /// Which settlement of the bill it is: 1, then 2 after a correction.
    pub no: u32,
    /// The day it is booked on.
    pub on_date: Date,
    /// The organisation that answers for it.
    pub org: String,
    /// Whose bill it is.
    pub resident: Option<String>,
    /// Who is owed; a grant is owed to the person.
    pub institution: Option<String>,
    /// The parts.
    pub parts: Vec<Part>,
    /// What the person pays at the window.
    pub rest: i64,
}

impl Settlement {
    /// The id under which it is booked once.
    pub fn id(&self) -> String {
        format!("{}/{}/{}", self.scheme, self.bill, self.no)
    }

    /// The balanced postings: funds pay what the institution is owed, and the person pays the rest at its window.
    /// `None` when nothing moves.
    pub fn postings(&self) -> Option<PostingSet> {
        let person = AccountId::new(AccountKind::Person, self.resident.as_deref().unwrap_or(&self.bill));
        let owed = match &self.institution {
            Some(institution) => AccountId::new(AccountKind::Institution, institution),
            None => person.clone(),
        };
        let mut lines = Vec::new();
        for part in self.parts.iter().filter(|part| part.amount != 0) {
            let (payer, payee) = match (part.waiver, &self.institution) {
                // What the institution bears itself is nobody's money: it is charged and waived.
                (true, Some(institution)) => {
                    (AccountId::new(AccountKind::Waiver, institution), AccountId::new(AccountKind::Charge, institution))
                }
                _ => (AccountId::new(AccountKind::Fund, &part.fund), owed.clone()),
            };
            lines.push(Line::new(payer, -part.amount, part.step.as_str()));
            lines.push(Line::new(payee, part.amount, part.step.as_str()));
        }
        if let Some(institution) = self.institution.as_ref().filter(|_| self.rest != 0) {
            lines.push(Line::new(person, -self.rest, "rest"));
            lines.push(Line::new(AccountId::new(AccountKind::Window, institution), self.rest, "rest"));
        }
        let kind = if self.institution.is_some() { Kind::Settlement } else { Kind::Grant };
        (!lines.is_empty()).then(|| PostingSet {
            id: self.id(),
            on_date: self.on_date,
            kind,
            org: self.org.clone(),
            document: Some(self.bill.clone()),
            reverses: None,
            lines,
        })
    }
}
