//! Which record will the log not have, and how is that said to whoever wrote it?

use base::Text;
use records::{LogError, Op};

/// The draft a fault is about, counted from 0, with the rule it broke and a sentence; `None` when it is not one
/// draft's fault.
pub fn setback(fault: &LogError) -> Option<(usize, &'static str, Text)> {
    let (draft, rule, zh) = match fault {
        LogError::Draft { draft, what, problem } => (*draft, "wrong-draft", format!("{what}不符合要求：{problem}")),
        LogError::Exists { draft, record, version, .. } => {
            (*draft, "record-exists", format!("记录“{record}”已存在（第{version}版），请更正该记录或换一个编号"))
        }
        LogError::NoRecord { draft, record, op, .. } => {
            let what = if *op == Op::Withdraw { "撤回" } else { "更正" };
            (*draft, "no-record", format!("没有记录“{record}”，无法{what}"))
        }
        LogError::Stale(stale) => {
            let fields = if stale.fields.is_empty() {
                String::new()
            } else {
                format!("，双方都改了{}", stale.fields.join("、"))
            };
            let zh = format!(
                "记录“{}”已由{}改为第{}版{fields}，请查看后重新提交",
                stale.head.record, stale.head.actor, stale.head.version
            );
            (stale.draft, "stale", zh)
        }
        _ => return None,
    };
    Some((draft.checked_sub(1)?, rule, Text::both(zh, fault.to_string())))
}
