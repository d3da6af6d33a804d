//! What may each role do?
//!
//! One table, read by the server at every request. A new address declares one of these permissions; what no line
//! allows is refused.

use crate::Role;
use Role::{
    AuditAdministrator, Auditor, Cdc, Finance, Hospital, Leader, Office, SecurityAdministrator, Supervision,
    SystemAdministrator, TownshipClerk, VillageDoctor,
};

/// Something an address lets people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Whoever reaches the server: whether it answers, its description, signing in. Never anything of the county.
    Anyone,
    /// Whoever has signed in, about the own account.
    OwnAccount,
    /// Names of the county's organisations and packs.
    SeeCounty,
    /// Figures of organisations, without anybody behind them.
    SeeFigures,
    /// The county's finished report.
    SeeReport,
    /// Records and residents, masked: lists behind figures, searches, single records.
    SeePeople,
    /// What is to be done, what is wrong, what needs attention.
    SeeWork,
    /// Records are written, corrected and withdrawn; alerts are answered.
    WriteRecords,
    /// Residents are compared, merged and parted.
    MergeResidents,
    /// A masked field is shown whole, with a reason that is logged.
    Unmask,
    /// The list of accounts with their roles.
    SeeAccounts,
    /// Accounts are created and stopped.
    ManageAccounts,
    /// Accounts are activated, roles granted, passwords and second factors reset.
    GrantRoles,
    /// Who signed in, looked, changed and granted.
    SeeAudit,
}

/// Those who work with residents.
const CARE: [Role; 6] = [VillageDoctor, TownshipClerk, Hospital, Cdc, Supervision, Office];
/// Those who work with figures.
const FIGURES: [Role; 9] = [VillageDoctor, TownshipClerk, Hospital, Cdc, Supervision, Finance, Auditor, Office, Leader];

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 14] = [
        Self::Anyone,
        Self::OwnAccount,
        Self::SeeCounty,
        Self::SeeFigures,
        Self::SeeReport,
        Self::SeePeople,
        Self::SeeWork,
        Self::WriteRecords,
        Self::MergeResidents,
        Self::Unmask,
        Self::SeeAccounts,
        Self::ManageAccounts,
        Self::GrantRoles,
        Self::SeeAudit,
    ];

    /// The word in documents and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::OwnAccount => "own_account",
            Self::SeeCounty => "see_county",
            Self::SeeFigures => "see_figures",
            Self::SeeReport => "see_report",
            Self::SeePeople => "see_people",
            Self::SeeWork => "see_work",
            Self::WriteRecords => "write_records",
            Self::MergeResidents => "merge_residents",
            Self::Unmask => "unmask",
            Self::SeeAccounts => "see_accounts",
            Self::ManageAccounts => "manage_accounts",
            Self::GrantRoles => "grant_roles",
            Self::SeeAudit => "see_audit",
        }
    }

    /// What people call it, in Chinese and English.
    pub fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Anyone => ("打开页面", "reaching the server"),
            Self::OwnAccount => ("管理自己的账户", "the own account"),
            Self::SeeCounty => ("查看机构和工作包", "seeing organisations and packs"),
            Self::SeeFigures => ("查看指标", "seeing figures"),
            Self::SeeReport => ("查看报告", "seeing the report"),
            Self::SeePeople => ("查看记录和居民", "seeing records and residents"),
            Self::SeeWork => ("查看任务和数据质量", "seeing tasks and findings"),
            Self::WriteRecords => ("填写和更正记录", "writing records"),
            Self::MergeResidents => ("查重合并", "merging residents"),
            Self::Unmask => ("查看完整证件号", "lifting a mask"),
            Self::SeeAccounts => ("查看账户", "seeing accounts"),
            Self::ManageAccounts => ("管理账户", "managing accounts"),
            Self::GrantRoles => ("授予角色", "granting roles"),
            Self::SeeAudit => ("查看审计", "seeing the audit log"),
        }
    }

    /// The roles to which it is given, for the organisations they are held for.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Anyone | Self::OwnAccount | Self::SeeCounty => &Role::ALL,
            Self::SeeFigures => &FIGURES,
            Self::SeeReport => &[Finance, Auditor, Office, Leader],
            Self::SeePeople | Self::SeeWork | Self::WriteRecords => &CARE,
            Self::MergeResidents => &[TownshipClerk, Office],
            Self::Unmask => &[VillageDoctor, TownshipClerk, Hospital, Cdc],
            Self::SeeAccounts => &[SystemAdministrator, SecurityAdministrator, AuditAdministrator],
            Self::ManageAccounts => &[SystemAdministrator],
            Self::GrantRoles => &[SecurityAdministrator],
            Self::SeeAudit => &[AuditAdministrator],
        }
    }

    /// Whether a role gives it.
    pub fn is_given_to(self, role: Role) -> bool {
        self.roles().contains(&role)
    }
}
