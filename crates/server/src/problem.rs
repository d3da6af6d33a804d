//! What does a refusal say?
//!
//! What happened, where, and what to do next, in the reader's language, with a number by which it can be talked about.

use accounts::AccountsError;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use base::{Language, PeriodError, Text};
use columns::StoreError;
use indicator::IndicatorError;
use records::LogError;
use report::ReportError;
use serde::Serialize;
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};

/// Why a question is not answered.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    what: Text,
    next: Box<Text>,
    errors: Vec<FieldError>,
}

/// What is wrong with one field of what was sent.
#[derive(Debug, Clone, Serialize)]
pub struct FieldError {
    /// The field, where it is about one.
    pub field: Option<String>,
    /// The rule, as `taizhang import` names it.
    pub code: String,
    /// `refuse`, or `confirm`: it is written once somebody says why it is right.
    pub verdict: &'static str,
    /// The rule's own sentence.
    pub say: String,
}

/// The name that comes nearest, else what to do instead.
pub fn near_or(near: Option<&str>, otherwise: Text) -> Text {
    near.map_or(otherwise, |near| Text::both(format!("是否指“{near}”？"), format!("did you mean \"{near}\"?")))
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, what: Text, next: Text) -> Self {
        Self { status, code, what, next: Box::new(next), errors: Vec::new() }
    }

    /// Records the packs' rules do not let in.
    pub fn refused(errors: Vec<FieldError>) -> Self {
        let only_confirm = errors.iter().all(|error| error.verdict == "confirm");
        let say = errors.iter().map(|error| error.say.as_str()).collect::<Vec<_>>().join("；");
        let (code, next) = if only_confirm {
            ("to-confirm", Text::both("核对后写明理由再保存", "check it, then say in \"confirm\" why it is right"))
        } else {
            ("refused", Text::both("改正标出的项目后再保存", "correct the fields named and send it again"))
        };
        let what = Text::both(say.clone(), say);
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, what, next) }
    }

    /// A question that cannot be understood.
    pub fn wrong(code: &'static str, what: Text, next: Text) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, what, next)
    }

    /// A name nobody has.
    pub fn unknown(code: &'static str, what: Text, next: Text) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, what, next)
    }

    /// A parameter that must be given.
    pub fn absent(name: &str) -> Self {
        Self::wrong(
            "missing-parameter",
            Text::both(format!("缺少参数“{name}”"), format!("the parameter \"{name}\" is missing")),
            Text::both(format!("在地址中加上{name}="), format!("add {name}= to the address")),
        )
    }

    /// No such organisation.
    pub fn org(id: &str) -> Self {
        Self::unknown(
            "unknown-org",
            Text::both(format!("没有机构“{id}”"), format!("there is no organisation \"{id}\"")),
            Text::both("从/api/county的机构列表中选择", "choose one of those in /api/county"),
        )
    }

    /// No such indicator.
    pub fn indicator(id: &str, near: Option<&str>) -> Self {
        let next = near_or(near, Text::both("从/api/indicators中选择", "choose one of those in /api/indicators"));
        let what = Text::both(format!("没有指标“{id}”"), format!("there is no indicator \"{id}\""));
        Self::unknown("unknown-indicator", what, next)
    }

    /// No such register.
    pub fn register(id: &str, near: Option<&str>) -> Self {
        let next =
            near_or(near, Text::both("台账见/api/county中的工作包", "the registers stand in the packs of /api/county"));
        let what = Text::both(format!("没有台账“{id}”"), format!("there is no register \"{id}\""));
        Self::unknown("unknown-register", what, next)
    }

    /// A body that is not what the address takes.
    pub fn body(detail: impl std::fmt::Display) -> Self {
        Self::wrong(
            "wrong-body",
            Text::both(format!("提交的内容无法读取：{detail}"), format!("what was sent cannot be read: {detail}")),
            Text::both("格式见/api/openapi.json", "its form stands in /api/openapi.json"),
        )
    }

    /// An organisation the reader's roles are not held for.
    pub fn out_of_reach() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "out-of-reach",
            Text::both("不在您负责的机构范围内", "this is outside the organisations you answer for"),
            Text::both(
                "从您的机构中选择；确需查看请向安全管理员申请",
                "choose one of yours; ask the security administrator if your work needs more",
            ),
        )
    }

    /// Nobody has signed in, or no more.
    pub fn sign_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "sign-in",
            Text::both("尚未登录，或登录已过期", "you are not signed in, or no more"),
            Text::both("请登录", "sign in"),
        )
    }

    /// The password was given by somebody else.
    pub fn change_password() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "change-password",
            Text::both("当前是临时密码", "this password is a temporary one"),
            Text::both("先改成自己的密码", "change it to your own first"),
        )
    }

    /// No role of the account gives what the address takes.
    pub fn not_permitted(permission: accounts::Permission) -> Self {
        let (zh, en) = permission.title();
        Self::new(
            StatusCode::FORBIDDEN,
            "not-permitted",
            Text::both(format!("您的角色不能{zh}"), format!("none of your roles allows {en}")),
            Text::both("工作需要时向安全管理员申请", "ask the security administrator if your work needs it"),
        )
    }

    /// Another page made the browser send this.
    pub fn other_origin() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "other-origin",
            Text::both("请求不是从本网站的页面发出的", "this was not sent from a page of this server"),
            Text::both("打开本网站的页面再操作", "open the server's own page and try there"),
        )
    }

    /// Asked too often.
    pub fn too_many(what: Text) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", what, Text::both("稍后再试", "wait, then try again"))
    }

    /// Accounts are asked for where there are none.
    pub fn no_accounts() -> Self {
        Self::unknown(
            "no-accounts",
            Text::both("本服务不设登录（--open）", "this server has no accounts (--open)"),
            Text::both("不带--open启动即可使用账号", "start it without --open"),
        )
    }

    /// Nobody may write here.
    pub fn read_only() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "read-only",
            Text::both("本服务只供查看", "this server is for reading only"),
            Text::both(
                "在本机上运行taizhang serve，或用taizhang import导入",
                "run `taizhang serve` on this machine only, or write with `taizhang import`",
            ),
        )
    }

    /// Something else was written in between.
    pub fn conflict(what: Text) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "conflict",
            what,
            Text::both("打开/api/record查看各版本后重新提交", "look at both versions in /api/record and send it again"),
        )
    }

    /// No such record.
    pub fn record(register: &str, id: &str) -> Self {
        Self::unknown(
            "unknown-record",
            Text::both(format!("“{register}”中没有记录“{id}”"), format!("there is no record \"{id}\" in {register}")),
            Text::both("从指标的名单中打开记录", "open a record from the list behind a figure"),
        )
    }

    /// No such address.
    pub fn address() -> Self {
        Self::unknown(
            "unknown-address",
            Text::both("没有这个地址", "there is no such address"),
            Text::both("可用的地址见/api/openapi.json", "the addresses there are stand in /api/openapi.json"),
        )
    }

    /// Something failed inside.
    pub fn inside(detail: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server-fault",
            Text::both(format!("服务器未能完成：{detail}"), format!("the server could not finish: {detail}")),
            Text::both(
                "稍后重试；仍不成功时运行taizhang verify并附上本编号",
                "try again; if it fails again, run `taizhang verify` and quote this number",
            ),
        )
    }

    /// This server may not write any more, and ends.
    pub fn lost(fault: &LogError) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "session-lost",
            Text::both("与数据库的连接已断开，本次是否写入尚不确定", fault.to_string()),
            Text::both(
                "服务正在退出，由备用服务接替；稍后以同一key重新提交，不会重复写入",
                "this server ends and another takes over; send it again under the same key, it is not written twice",
            ),
        )
    }

    /// The answer to whoever asked for `address`.
    pub fn answer(&self, language: Language, address: &str) -> Response {
        let what = self.what.get(language);
        let title = self.status.canonical_reason().unwrap_or(self.code);
        // RFC 9457, and the same again under the words of the house.
        let mut body = json!({
            "type": format!("/api/problems#{}", self.code),
            "title": title,
            "status": self.status.as_u16(),
            "detail": what,
            "instance": address,
            "code": self.code,
            "what": what,
            "where": address,
            "next": self.next.get(language),
            "request": request_number(),
        });
        if !self.errors.is_empty() {
            let error = |error: &FieldError| {
                let pointer = error.field.as_ref().map(|field| format!("#/fields/{field}"));
                json!({
                    "pointer": pointer, "field": error.field, "code": error.code, "verdict": error.verdict,
                    "detail": error.say, "say": error.say,
                })
            };
            body["errors"] = self.errors.iter().map(error).collect();
        }
        (self.status, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    }
}

/// A short number that differs between neighbouring refusals of a run.
fn request_number() -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    // An odd step walks through all 65,536 numbers before one comes back.
    let n = LAST.fetch_add(0x9E37, Ordering::Relaxed).wrapping_add(0x7F3A);
    format!("{:04X}", n & 0xFFFF)
}

impl From<PeriodError> for Problem {
    fn from(error: PeriodError) -> Self {
        let what = match &error {
            PeriodError::Form(text) => format!("“{text}”不是一个时期"),
            PeriodError::Empty(text) => format!("时期“{text}”是空的"),
        };
        Self::wrong(
            "wrong-period",
            Text::both(what, error.to_string()),
            Text::both("写作2025、2025H1、2025Q3或2025-11", "write 2025, 2025H1, 2025Q3 or 2025-11"),
        )
    }
}

impl From<IndicatorError> for Problem {
    fn from(error: IndicatorError) -> Self {
        match &error {
            IndicatorError::Unknown { id, near } => Self::indicator(id, near.as_deref()),
            IndicatorError::UnknownOrg(id) => Self::org(id),
            IndicatorError::UnknownTree(name) => Self::unknown(
                "unknown-tree",
                Text::both(format!("没有名为“{name}”的机构树"), error.to_string()),
                Text::both("不写tree即按行政区划", "leave tree out for the administrative one"),
            ),
            IndicatorError::NotInForce { id, day } => Self::unknown(
                "not-in-force",
                Text::both(format!("指标“{id}”在{day}尚未施行或已废止"), error.to_string()),
                Text::both("换一个时期", "choose another period"),
            ),
            IndicatorError::NoRows { id, .. } => Self::unknown(
                "no-rows",
                Text::both(format!("指标“{id}”没有这样的名单"), error.to_string()),
                Text::both("打开它由之算出的指标，或换一部分", "open the indicators it is made of, or another part"),
            ),
            IndicatorError::Store(_) | IndicatorError::Engine(_) | IndicatorError::Elsewhere(_) => Self::inside(error),
        }
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        let (status, code, zh, next) = match &error {
            AccountsError::Wrong => (
                401,
                "wrong-password",
                "账号或密码不对".to_string(),
                (
                    "再输一次；忘记密码请联系安全管理员",
                    "type it again; for a lost password ask the security administrator",
                ),
            ),
            AccountsError::Locked(until) => {
                let clock = columns::county_time(*until);
                let until = clock.strftime("%H:%M").to_string();
                let what = Text::both(
                    format!("连续多次未通过，账号锁到{until}"),
                    format!("too many failed attempts: locked until {until}"),
                );
                let next = Text::both(
                    "到时再试；忘记密码请联系安全管理员",
                    "wait; for a lost password ask the security administrator",
                );
                return Self::new(StatusCode::TOO_MANY_REQUESTS, "locked", what, next);
            }
            AccountsError::TooMany => {
                (429, "too-many", "这个地址尝试太多".to_string(), ("一分钟后再试", "wait a minute"))
            }
            AccountsError::NeedsCode => (
                401,
                "needs-code",
                "还需要动态码".to_string(),
                ("输入手机上的6位动态码", "type the six digits on your telephone"),
            ),
            AccountsError::WrongCode => (
                401,
                "wrong-code",
                "动态码不对或已用过".to_string(),
                (
                    "请等下一个码；手机时间差1分钟以上会失败",
                    "wait for the next; it fails if the telephone's clock is over a minute off",
                ),
            ),
            AccountsError::Waiting => {
                (403, "waiting", "账号待激活".to_string(), ("请联系安全管理员", "ask the security administrator"))
            }
            AccountsError::Stopped => {
                (403, "stopped", "账号已停用".to_string(), ("请联系系统管理员", "ask the system administrator"))
            }
            AccountsError::Weak(_) => (
                400,
                "weak-password",
                "新密码太容易猜到：至少10位，含大小写字母、数字、其他字符中的三种，不含账号名，不用常见密码"
                    .to_string(),
                ("换一个", "choose another"),
            ),
            AccountsError::Name(name) => (
                400,
                "wrong-account",
                format!("“{name}”不能作账号：2至32位小写字母、数字、点、横线"),
                ("换一个", "choose another"),
            ),
            AccountsError::Taken(name) => (409, "taken", format!("账号“{name}”已存在"), ("换一个", "choose another")),
            AccountsError::Unknown(name) => {
                (404, "unknown-account", format!("没有账号“{name}”"), ("从列表中选择", "choose one of the list"))
            }
            AccountsError::Duties => (
                409,
                "duties",
                "系统、安全、审计三员须分设，且不兼任其他角色".to_string(),
                ("分给不同的人", "give them to different people"),
            ),
            AccountsError::Own => (
                409,
                "own",
                "不能给自己授权或停用自己".to_string(),
                ("请另一位管理员办理", "ask another administrator"),
            ),
            AccountsError::SetUp => (409, "set-up", "管理员已经建立".to_string(), ("直接登录", "sign in")),
            AccountsError::Changed => {
                (409, "conflict", "这个账号刚被别人改过".to_string(), ("刷新后再试", "look again"))
            }
            AccountsError::Damaged { .. } | AccountsError::Secret(_) | AccountsError::Log(_) => {
                return Self::inside(error);
            }
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
        Self::new(status, code, Text::both(zh, error.to_string()), Text::both(next.0, next.1))
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Log(fault) => Self::from(fault),
            other => Self::inside(other),
        }
    }
}

impl From<LogError> for Problem {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Lost { .. } => Self::lost(&error),
            other => Self::inside(other),
        }
    }
}

impl From<columns::engine::EngineError> for Problem {
    fn from(error: columns::engine::EngineError) -> Self {
        Self::inside(error)
    }
}

impl From<ledger::LedgerError> for Problem {
    fn from(error: ledger::LedgerError) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "not-booked",
            Text::both(
                format!("费用单已保存，没有入账：{error}"),
                format!("the bill is saved, nothing was booked: {error}"),
            ),
            Text::both("资金到位后重新结算本单", "settle this bill again once the fund has the money"),
        )
    }
}

impl From<settlement::SettlementError> for Problem {
    fn from(error: settlement::SettlementError) -> Self {
        Self::wrong(
            "unknown-scheme",
            Text::both(format!("政策无法使用：{error}"), format!("the scheme cannot be used: {error}")),
            Text::both("可用的政策见/api/settle", "the schemes there are stand in /api/settle"),
        )
    }
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        Self::inside(error)
    }
}
