//! `taizhang ledger`: funds paid in, balances on any day, statements, closing, and payments by three people.

use super::{now, today};
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use base::{Date, Decimal, Period};
use clap::{Subcommand, ValueEnum};
use ledger::{Account, AccountId, AccountKind, Kind, Ledger, Line, Order, PostingSet, Role, statement};
use serde_json::json;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    deed: Deed,
    #[command(flatten)]
    at: At,
    /// Who does it
    #[arg(long, global = true, default_value = "ledger")]
    actor: String,
    /// The organisation that answers for it
    #[arg(long, global = true, default_value = "county")]
    org: String,
    /// Print one JSON document
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Name an account, and whether it may run short under a name
    Open {
        /// fund:610100
        account: String,
        #[arg(long)]
        title: String,
        /// What it cannot pay is booked under this name
        #[arg(long)]
        shortfall: Option<String>,
    },
    /// Pay money into a fund, once per document
    Fund {
        /// The fund
        fund: String,
        /// Yuan, exact: 500000.00
        amount: String,
        /// The document that grants it; the same document is booked once
        #[arg(long)]
        document: String,
        /// Where it comes from
        #[arg(long, default_value = "county")]
        from: String,
        #[arg(long)]
        on: Option<String>,
    },
    /// What every account holds at the end of a day
    Balances {
        #[arg(long)]
        on: Option<String>,
    },
    /// What moved on an account, month by month
    Statement {
        /// fund:610100, institution:yiyuan, person:zhang
        account: String,
        #[arg(long)]
        period: String,
    },
    /// Take a set of postings back by its opposite
    Reverse {
        /// one_stop/b1/1
        id: String,
        #[arg(long)]
        on: Option<String>,
    },
    /// Close everything up to a day
    Close {
        #[arg(long)]
        until: String,
    },
    /// Propose to pay what is owed
    Propose {
        /// The order's id
        id: String,
        /// institution:yiyuan or person:zhang
        payee: String,
        /// Yuan, exact
        amount: String,
    },
    /// Do the next part of a payment
    Pay {
        /// The order's id
        id: String,
        /// audit approves, finance books, bank pays
        #[arg(long)]
        role: RoleName,
        #[arg(long)]
        on: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    Audit,
    Finance,
    Bank,
}

pub fn run(args: &Args) -> Done {
    match &args.deed {
        Deed::Balances { on } => {
            let ledger = Ledger::read(args.at.read_log()?.as_ref())?;
            balances(args, &ledger, day(on.as_deref())?);
            Ok(answer(true))
        }
        Deed::Statement { account, period } => {
            let ledger = Ledger::read(args.at.read_log()?.as_ref())?;
            months(args, &ledger, &account_id(account)?, Period::parse(period)?);
            Ok(answer(true))
        }
        deed => write(args, deed),
    }
}

fn write(args: &Args, deed: &Deed) -> Done {
    let mut log = args.at.write_log()?;
    let mut ledger = Ledger::read(log.as_ref())?;
    let (log, at) = (log.as_mut(), now());
    let said = match deed {
        Deed::Open { account, title, shortfall } => {
            let account = Account { id: account_id(account)?, title: title.clone(), shortfall: shortfall.clone() };
            ledger.open(log, &account, &args.org, &args.actor, at)?;
            format!("{} is open", account.id)
        }
        Deed::Fund { fund, amount, document, from, on } => {
            let set = funding(args, fund, fen(amount)?, document, from, day(on.as_deref())?);
            let booked = ledger.post(log, vec![set], &args.actor, at)?;
            let holds = shown(ledger.book().balance(&AccountId::new(AccountKind::Fund, fund)));
            format!("{}; fund:{fund} holds {holds}", if booked.n_new == 1 { "booked" } else { "was booked before" })
        }
        Deed::Reverse { id, on } => {
            ledger.reverse(log, id, day(on.as_deref())?, &args.actor, at)?;
            format!("{id} is taken back")
        }
        Deed::Close { until } => {
            ledger.close(log, day(Some(until))?, &args.org, &args.actor, at)?;
            format!("closed until {until}")
        }
        Deed::Propose { id, payee, amount } => {
            let order = Order::propose(id, account_id(payee)?, fen(amount)?, &args.org, &args.actor)?;
            ledger.propose(log, order, at)?;
            format!("{id} is proposed")
        }
        Deed::Pay { id, role, on } => {
            let role = match role {
                RoleName::Audit => Role::Audit,
                RoleName::Finance => Role::Finance,
                RoleName::Bank => Role::Bank,
            };
            let order = ledger.advance(log, id, role, &args.actor, day(on.as_deref())?, at)?;
            format!("{id} is {}", order.state.word())
        }
        Deed::Balances { .. } | Deed::Statement { .. } => String::new(),
    };
    if args.json {
        output::json(&json!({"done": said}));
    } else {
        output::line(&said);
    }
    Ok(answer(true))
}

fn funding(args: &Args, fund: &str, amount: i64, document: &str, from: &str, on_date: Date) -> PostingSet {
    PostingSet {
        id: format!("funding/{document}"),
        on_date,
        kind: Kind::Funding,
        org: args.org.clone(),
        document: Some(document.to_string()),
        reverses: None,
        lines: vec![
            Line::new(AccountId::new(AccountKind::Fund, fund), amount, document),
            Line::new(AccountId::new(AccountKind::Source, from), -amount, document),
        ],
    }
}

fn balances(args: &Args, ledger: &Ledger, on: Date) {
    let book = ledger.book();
    let rows: Vec<(&AccountId, i64)> = book.moved().map(|account| (account, book.balance_on(account, on))).collect();
    if args.json {
        let accounts = rows.iter().map(|(account, fen)| json!({"account": account.as_str(), "balance": shown(*fen)}));
        output::json(&json!({
            "on": on.to_string(),
            "accounts": accounts.collect::<Vec<_>>(),
            "off": book.off_on(on).to_string(),
            "closed_until": book.closed_until().map(|day| day.to_string()),
        }));
        return;
    }
    rows.iter().for_each(|(account, fen)| output::line(&format!("{account}  {}", shown(*fen))));
    output::line(&format!("all accounts together: {} fen", book.off_on(on)));
}

fn months(args: &Args, ledger: &Ledger, account: &AccountId, period: Period) {
    let months = statement(ledger.book(), account, period);
    if args.json {
        let months = months.iter().map(|month| {
            json!({
                "period": month.period.to_string(), "opening": shown(month.opening), "received": shown(month.received),
                "paid": shown(month.paid), "closing": shown(month.closing),
            })
        });
        output::json(&json!({"account": account.as_str(), "months": months.collect::<Vec<_>>()}));
        return;
    }
    for month in months {
        output::line(&format!(
            "{}  opening {} + received {} − paid {} = closing {}",
            month.period,
            shown(month.opening),
            shown(month.received),
            shown(month.paid),
            shown(month.closing)
        ));
    }
}

fn account_id(text: &str) -> Result<AccountId, Fault> {
    let kinds: Vec<&str> = AccountKind::ALL.iter().map(|(word, _)| *word).collect();
    let wrong =
        || Fault::Use(format!("\"{text}\" is not an account; write KIND:NAME with one of {}", kinds.join(", ")));
    AccountId::parse(text).ok_or_else(wrong)
}

fn day(text: Option<&str>) -> Result<Date, Fault> {
    let Some(text) = text else { return Ok(today()) };
    pack::yaml::parse_date(text).ok_or_else(|| Fault::Use(format!("\"{text}\" is not a day such as 2026-05-14")))
}

fn fen(text: &str) -> Result<i64, Fault> {
    let wrong = || Fault::Use(format!("\"{text}\" is not an amount in yuan such as 1234.50"));
    text.parse::<Decimal>().ok().and_then(scheme::fen).ok_or_else(wrong)
}

fn shown(fen: i64) -> String {
    scheme::yuan(fen).to_string()
}
