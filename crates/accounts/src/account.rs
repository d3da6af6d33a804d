//! What is known of somebody who may sign in?

use crate::factor::Factor;
use crate::{AccountsError, Permission, Role};
use base::Timestamp;
use serde::{Deserialize, Serialize};

/// Characters of an account's name.
const NAME_CHARS: std::ops::RangeInclusive<usize> = 2..=32;

/// Somebody who may sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// What is typed to sign in, and what the log calls its owner.
    pub name: String,
    /// The person's own name.
    pub person: String,
    /// Whether it can be used.
    pub state: State,
    /// The posts it holds.
    pub grants: Vec<Grant>,
    /// The password's hash, with its parameters and salt.
    pub(crate) password: String,
    /// Whether the password was given by somebody else and must be changed first.
    pub must_change: bool,
    /// The one-time code, once it was tried out.
    pub(crate) factor: Option<Factor>,
    /// A one-time code that was not tried out yet.
    pub(crate) factor_wanted: Option<Factor>,
    /// Sessions begun before are over.
    pub signed_out_at: Timestamp,
    /// Failed attempts before do not count.
    pub forgiven_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The system administrator made it; the security administrator has not activated it.
    Waiting,
    /// It can be used.
    Active,
    /// It was stopped.
    Stopped,
}

impl State {
    /// The word in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Active => "active",
            Self::Stopped => "stopped",
        }
    }
}

/// A post, held for an organisation and everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The post.
    pub role: Role,
    /// Id of the organisation.
    pub org: String,
}

/// Something that happened to an account; it goes into the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// The account it was done to.
    pub account: String,
    /// What, as a word: `created`, `signed_in`, `locked` …
    pub what: String,
}

impl Account {
    /// Whether a one-time code is asked for.
    pub fn has_factor(&self) -> bool {
        self.factor.is_some()
    }

    /// Whether a session may do nothing but change the password.
    pub fn is_restricted(&self) -> bool {
        self.must_change
    }

    /// The organisations for which it has a permission; `None` when it has it for none.
    pub fn orgs_for(&self, permission: Permission) -> Option<Vec<String>> {
        let given = self.grants.iter().filter(|grant| permission.is_given_to(grant.role));
        let orgs: Vec<String> = given.map(|grant| grant.org.clone()).collect();
        (!orgs.is_empty()).then_some(orgs)
    }
}

/// Refuses grants that one person may not hold together.
pub(crate) fn separate(grants: &[Grant]) -> Result<(), AccountsError> {
    let administrators = grants.iter().filter(|grant| grant.role.is_administrator());
    let mut roles: Vec<Role> = administrators.map(|grant| grant.role).collect();
    roles.sort_unstable();
    roles.dedup();
    match roles.as_slice() {
        [] => Ok(()),
        [one] if grants.iter().all(|grant| grant.role == *one) => Ok(()),
        _ => Err(AccountsError::Duties),
    }
}

/// Whether a name can be an account's: 2 to 32 lower-case letters, digits, dots, dashes and underscores.
pub fn valid_name(name: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    NAME_CHARS.contains(&name.len()) && name.chars().all(is_sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(roles: &[Role]) -> Vec<Grant> {
        roles.iter().map(|role| Grant { role: *role, org: "little".into() }).collect()
    }

    #[test]
    fn no_pair_of_roles_with_an_administrator_is_held_by_one_person() {
        for one in Role::ALL {
            assert!(separate(&grants(&[one])).is_ok(), "{one:?} alone");
            for other in Role::ALL.into_iter().filter(|other| *other != one) {
                let is_refused = one.is_administrator() || other.is_administrator();
                assert_eq!(separate(&grants(&[one, other])).is_err(), is_refused, "{one:?} with {other:?}");
            }
        }
    }

    #[test]
    fn no_administrator_sees_the_county_s_people_or_figures() {
        let data = [
            Permission::SeeFigures,
            Permission::SeeReport,
            Permission::SeePeople,
            Permission::SeeWork,
            Permission::WriteRecords,
            Permission::MergeResidents,
            Permission::Unmask,
        ];
        for role in Role::ALL.into_iter().filter(|role| role.is_administrator()) {
            for permission in data {
                assert!(!permission.is_given_to(role), "{role:?} has {permission:?}");
            }
        }
    }
}
