//! What is an account, and what may it hold?

use std::fmt;

/// The id of an account: its kind and a name, such as `fund:610100` or `person:zhang`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

/// What an account stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountKind {
    /// Money set aside for a purpose. Never below nothing, unless it allows a named shortfall.
    Fund,
    /// What a fund could not pay, by name.
    Shortfall,
    /// What an institution is owed.
    Institution,
    /// What an institution bears itself.
    Waiver,
    /// What an institution charged and bears itself: the other side of its waivers. No money is owed on it.
    Charge,
    /// What a person is owed; below nothing is what the person paid.
    Person,
    /// What persons paid at an institution's window.
    Window,
    /// Where money comes from: the treasury, the insurer, donors.
    Source,
    /// What left through the bank.
    Bank,
}

impl AccountKind {
    /// Every kind with its word, which begins the ids of its accounts.
    pub const ALL: [(&'static str, Self); 9] = [
        ("fund", Self::Fund),
        ("shortfall", Self::Shortfall),
        ("institution", Self::Institution),
        ("waiver", Self::Waiver),
        ("charge", Self::Charge),
        ("person", Self::Person),
        ("window", Self::Window),
        ("source", Self::Source),
        ("bank", Self::Bank),
    ];

    /// The word of ids.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

impl AccountId {
    /// The account of a kind with that name.
    pub fn new(kind: AccountKind, name: &str) -> Self {
        Self(format!("{}:{name}", kind.word()))
    }

    /// Reads `kind:name`; `None` when it is not written so.
    pub fn parse(text: &str) -> Option<Self> {
        let (word, name) = text.split_once(':')?;
        let known = AccountKind::ALL.iter().any(|(known, _)| *known == word);
        (known && !name.is_empty()).then(|| Self(text.to_string()))
    }

    /// What it stands for.
    pub fn kind(&self) -> AccountKind {
        let word = self.0.split(':').next().unwrap_or("");
        AccountKind::ALL.iter().find(|(known, _)| *known == word).map_or(AccountKind::Source, |(_, kind)| *kind)
    }

    /// Its name without the kind.
    pub fn name(&self) -> &str {
        self.0.split_once(':').map_or(self.0.as_str(), |(_, name)| name)
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What was decided of an account. Accounts nobody decided anything of exist once something is posted to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What people call it.
    pub title: String,
    /// The name under which it may run short: what it cannot pay is booked on `shortfall:NAME`.
    pub shortfall: Option<String>,
}
