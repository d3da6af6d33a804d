//! Which posts are there in a county's health work?

use base::Text;
use serde::{Deserialize, Serialize};

/// A post, always held for an organisation and everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 村医
    VillageDoctor,
    /// 乡镇卫生院办事员
    TownshipClerk,
    /// 医院
    Hospital,
    /// 疾控
    Cdc,
    /// 卫生监督
    Supervision,
    /// 财务
    Finance,
    /// 审计: of money and figures; not the audit administrator.
    Auditor,
    /// 局机关
    Office,
    /// 领导
    Leader,
    /// 居民
    Resident,
    /// 系统管理员: creates and stops accounts.
    SystemAdministrator,
    /// 安全管理员: activates accounts, grants roles, resets what was forgotten.
    SecurityAdministrator,
    /// 审计管理员: reads who did what.
    AuditAdministrator,
}

impl Role {
    /// Every role, in the order in which they are shown.
    pub const ALL: [Self; 13] = [
        Self::VillageDoctor,
        Self::TownshipClerk,
        Self::Hospital,
        Self::Cdc,
        Self::Supervision,
        Self::Finance,
        Self::Auditor,
        Self::Office,
        Self::Leader,
        Self::Resident,
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::AuditAdministrator,
    ];

    /// The word in commands, documents and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::VillageDoctor => "village_doctor",
            Self::TownshipClerk => "township_clerk",
            Self::Hospital => "hospital",
            Self::Cdc => "cdc",
            Self::Supervision => "supervision",
            Self::Finance => "finance",
            Self::Auditor => "auditor",
            Self::Office => "office",
            Self::Leader => "leader",
            Self::Resident => "resident",
            Self::SystemAdministrator => "system_administrator",
            Self::SecurityAdministrator => "security_administrator",
            Self::AuditAdministrator => "audit_administrator",
        }
    }

    /// The role with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The role as people call it.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::VillageDoctor => ("村医", "Village doctor"),
            Self::TownshipClerk => ("卫生院办事员", "Township clerk"),
            Self::Hospital => ("医院", "Hospital"),
            Self::Cdc => ("疾控", "CDC"),
            Self::Supervision => ("卫生监督", "Supervision"),
            Self::Finance => ("财务", "Finance"),
            Self::Auditor => ("审计", "Auditor"),
            Self::Office => ("局机关", "Bureau office"),
            Self::Leader => ("领导", "Leader"),
            Self::Resident => ("居民", "Resident"),
            Self::SystemAdministrator => ("系统管理员", "System administrator"),
            Self::SecurityAdministrator => ("安全管理员", "Security administrator"),
            Self::AuditAdministrator => ("审计管理员", "Audit administrator"),
        };
        Text::both(zh, en)
    }

    /// Whether it is one of the three that check each other.
    pub fn is_administrator(self) -> bool {
        matches!(self, Self::SystemAdministrator | Self::SecurityAdministrator | Self::AuditAdministrator)
    }
}
