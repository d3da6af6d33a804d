//! Is every fen booked once, and does the ledger always balance?
#![allow(clippy::unwrap_used)]

use base::{Date, Timestamp};
use ledger::{
    Account, AccountId, AccountKind, Kind, Ledger, LedgerError, Line, Order, OrderState, Part, PostingSet, Role,
    Settlement, statement,
};
use proptest::prelude::*;
use records::{Log, SqliteLog};
use std::path::Path;

fn at() -> Timestamp {
    "2026-06-01T08:00:00Z".parse().unwrap()
}

fn day(n: i8) -> Date {
    Date::new(2026, 5, n).unwrap()
}

fn fund(name: &str) -> AccountId {
    AccountId::new(AccountKind::Fund, name)
}

fn hospital() -> AccountId {
    AccountId::new(AccountKind::Institution, "yiyuan")
}

fn funding(id: &str, name: &str, amount: i64, on: Date) -> PostingSet {
    PostingSet {
        id: id.into(),
        on_date: on,
        kind: Kind::Funding,
        org: "xian".into(),
        document: None,
        reverses: None,
        lines: vec![
            Line::new(fund(name), amount, "拨入"),
            Line::new(AccountId::new(AccountKind::Source, "county"), -amount, "拨入"),
        ],
    }
}

fn settlement(bill: &str, amounts: &[(&str, i64)], rest: i64, on: Date) -> Settlement {
    let parts = amounts.iter().map(|(fund, amount)| Part {
        step: (*fund).into(),
        fund: (*fund).into(),
        waiver: false,
        amount: *amount,
    });
    Settlement {
        scheme: "one_stop".into(),
        bill: bill.into(),
        no: 1,
        on_date: on,
        org: "xian".into(),
        resident: Some("zhang".into()),
        institution: Some("yiyuan".into()),
        parts: parts.collect(),
        rest,
    }
}

fn log(dir: &Path) -> SqliteLog {
    let path = dir.join("records.db");
    if path.exists() { SqliteLog::open(&path).unwrap() } else { SqliteLog::create(&path, "shili").unwrap() }
}

#[test]
fn a_settlement_is_booked_once_and_survives_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::default();
    let bill = settlement("b1", &[("pool", 2_883_774), ("610100", 151_415)], 386_423, day(14)).postings().unwrap();
    {
        let mut log = log(dir.path());
        let money = vec![funding("f1", "pool", 10_000_000, day(1)), funding("f2", "610100", 1_000_000, day(1))];
        ledger.post(&mut log, money, "finance", at()).unwrap();
        let booked = ledger.post(&mut log, vec![bill.clone()], "window", at()).unwrap();
        assert_eq!((booked.n_new, booked.n_known), (1, 0));
        let again = ledger.post(&mut log, vec![bill.clone()], "window", at()).unwrap();
        assert_eq!((again.n_new, again.n_known, again.seq), (0, 1, None));
    }
    let mut log = log(dir.path());
    let mut read = Ledger::read(&log).unwrap();
    assert_eq!(read.book().balance(&hospital()), 2_883_774 + 151_415);
    assert_eq!(read.book().balance(&fund("pool")), 10_000_000 - 2_883_774);
    assert_eq!(read.book().balance_on(&fund("pool"), day(13)), 10_000_000);
    assert_eq!(read.book().balance(&AccountId::new(AccountKind::Person, "zhang")), -386_423);
    assert_eq!(read.book().off(), 0);
    let mut other = bill;
    other.lines[0].amount -= 1;
    other.lines[1].amount += 1;
    let refused = read.post(&mut log, vec![other], "window", at());
    assert!(matches!(refused, Err(LedgerError::BookedOtherwise { .. })), "{refused:?}");
}

#[test]
fn what_does_not_balance_is_refused_and_nothing_of_the_call_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = log(dir.path());
    let mut ledger = Ledger::default();
    let mut wrong = funding("f2", "pool", 500, day(2));
    wrong.lines[0].amount = 501;
    let refused = ledger.post(&mut log, vec![funding("f1", "pool", 500, day(1)), wrong], "finance", at());
    assert!(matches!(refused, Err(LedgerError::Unbalanced { off: 1, .. })), "{refused:?}");
    assert_eq!(ledger.book().balance(&fund("pool")), 0);
    assert_eq!(log.last_seq().unwrap(), 0);
}

#[test]
fn a_fund_is_never_below_nothing_on_any_day() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = log(dir.path());
    let mut ledger = Ledger::default();
    ledger.post(&mut log, vec![funding("f1", "pool", 1_000, day(1))], "finance", at()).unwrap();
    let late = settlement("late", &[("pool", 900)], 0, day(20)).postings().unwrap();
    ledger.post(&mut log, vec![late], "window", at()).unwrap();
    // On the 10th there is enough, but on the 20th there would not be.
    let early = settlement("early", &[("pool", 200)], 0, day(10)).postings().unwrap();
    let refused = ledger.post(&mut log, vec![early.clone()], "window", at());
    let Err(LedgerError::FundEmpty { on, balance, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!((on, balance), (day(20), -100));
    let short = Account { id: fund("pool"), title: "基本医保".into(), shortfall: Some("财政待拨".into()) };
    ledger.open(&mut log, &short, "xian", "finance", at()).unwrap();
    ledger.post(&mut log, vec![early.clone()], "window", at()).unwrap();
    assert_eq!(ledger.book().balance(&AccountId::new(AccountKind::Shortfall, "财政待拨")), -100);
    assert_eq!(ledger.book().balance(&fund("pool")), 0);
    assert_eq!(ledger.post(&mut log, vec![early], "window", at()).unwrap().n_known, 1);
}

#[test]
fn a_reversal_is_made_once_and_never_reversed() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = log(dir.path());
    let mut ledger = Ledger::default();
    ledger.post(&mut log, vec![funding("f1", "pool", 1_000, day(1))], "finance", at()).unwrap();
    ledger
        .post(&mut log, vec![settlement("b1", &[("pool", 400)], 0, day(2)).postings().unwrap()], "window", at())
        .unwrap();
    ledger.reverse(&mut log, "one_stop/b1/1", day(3), "window", at()).unwrap();
    assert_eq!(ledger.book().balance(&fund("pool")), 1_000);
    let again = ledger.reverse(&mut log, "one_stop/b1/1", day(4), "window", at());
    assert!(matches!(again, Err(LedgerError::NotReversible { .. })), "{again:?}");
    let twice = ledger.reverse(&mut log, "one_stop/b1/1/reversal", day(4), "window", at());
    assert!(matches!(twice, Err(LedgerError::NotReversible { .. })), "{twice:?}");
}

#[test]
fn a_closed_period_is_not_booked_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = log(dir.path());
    let mut ledger = Ledger::default();
    ledger.post(&mut log, vec![funding("f1", "pool", 1_000, day(1))], "finance", at()).unwrap();
    ledger.close(&mut log, day(10), "xian", "finance", at()).unwrap();
    let refused = ledger.post(&mut log, vec![funding("f2", "pool", 1, day(10))], "finance", at());
    assert!(matches!(refused, Err(LedgerError::Closed { .. })), "{refused:?}");
    ledger.post(&mut log, vec![funding("f2", "pool", 1, day(11))], "finance", at()).unwrap();
    assert!(ledger.close(&mut log, day(9), "xian", "finance", at()).is_err());
    let read = Ledger::read(&log).unwrap();
    assert_eq!(read.book().closed_until(), Some(day(10)));
}

#[test]
fn three_people_pay() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = log(dir.path());
    let mut ledger = Ledger::default();
    ledger.post(&mut log, vec![funding("f1", "pool", 1_000, day(1))], "finance", at()).unwrap();
    ledger
        .post(&mut log, vec![settlement("b1", &[("pool", 400)], 0, day(2)).postings().unwrap()], "window", at())
        .unwrap();
    let too_much = Order::propose("p0", hospital(), 401, "xian", "clerk").unwrap();
    assert!(ledger.propose(&mut log, too_much, at()).is_err());
    ledger.propose(&mut log, Order::propose("p1", hospital(), 400, "xian", "clerk").unwrap(), at()).unwrap();
    let second = Order::propose("p2", hospital(), 1, "xian", "clerk").unwrap();
    assert!(ledger.propose(&mut log, second, at()).is_err(), "400 are under way already");
    let early = ledger.advance(&mut log, "p1", Role::Bank, "bank", day(5), at());
    assert!(early.is_err(), "the audit comes first");
    ledger.advance(&mut log, "p1", Role::Audit, "auditor", day(5), at()).unwrap();
    assert!(ledger.advance(&mut log, "p1", Role::Finance, "auditor", day(5), at()).is_err(), "another person");
    ledger.advance(&mut log, "p1", Role::Finance, "finance", day(5), at()).unwrap();
    let mut ledger = Ledger::read(&log).unwrap();
    let paid = ledger.advance(&mut log, "p1", Role::Bank, "bank", day(6), at()).unwrap();
    assert_eq!(paid.state, OrderState::Paid);
    assert_eq!(ledger.book().balance(&hospital()), 0);
    assert_eq!(ledger.book().balance_on(&hospital(), day(5)), 400);
    assert!(ledger.advance(&mut log, "p1", Role::Bank, "other", day(6), at()).is_err(), "it is paid");
    assert_eq!(ledger.book().off(), 0);
}

#[test]
fn a_statement_tells_the_months() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = log(dir.path());
    let mut ledger = Ledger::default();
    let june = Date::new(2026, 6, 2).unwrap();
    ledger.post(&mut log, vec![funding("f1", "pool", 1_000, day(1))], "finance", at()).unwrap();
    ledger
        .post(&mut log, vec![settlement("b1", &[("pool", 400)], 0, june).postings().unwrap()], "window", at())
        .unwrap();
    let months = statement(ledger.book(), &fund("pool"), base::Period::year(2026));
    let told: Vec<_> =
        months.iter().map(|m| (m.period.to_string(), m.opening, m.received, m.paid, m.closing)).collect();
    assert_eq!(told, [("2026-05".to_string(), 0, 1_000, 0, 1_000), ("2026-06".to_string(), 1_000, 0, 400, 600)]);
}

/// What a random day at the office does.
#[derive(Debug, Clone)]
enum Deed {
    Fund { fund: usize, amount: i64, day: i8 },
    Settle { bill: u8, fund: usize, amount: i64, rest: i64, day: i8 },
    Reverse { bill: u8, day: i8 },
    Close { day: i8 },
    Reopen,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        (0..2_usize, 1..100_000_i64, 1..28_i8).prop_map(|(fund, amount, day)| Deed::Fund { fund, amount, day }),
        (0..40_u8, 0..2_usize, 1..50_000_i64, 0..9_000_i64, 1..28_i8)
            .prop_map(|(bill, fund, amount, rest, day)| Deed::Settle { bill, fund, amount, rest, day }),
        (0..40_u8, 1..28_i8).prop_map(|(bill, day)| Deed::Reverse { bill, day }),
        (1..4_i8).prop_map(|day| Deed::Close { day }),
        Just(Deed::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is done in whatever order, with the program ended and begun again in between: the ledger balances on
    /// every day, funds are never below nothing, and what is read again is what was held.
    #[test]
    fn the_ledger_balances_after_anything(deeds in proptest::collection::vec(deed(), 1..60)) {
        let dir = tempfile::tempdir().unwrap();
        let mut store = log(dir.path());
        let mut ledger = Ledger::default();
        let names = ["pool", "610100"];
        for (n, deed) in deeds.into_iter().enumerate() {
            // A refusal is an answer too.
            let _ = match deed {
                Deed::Fund { fund, amount, day: on } => {
                    let set = funding(&format!("f{n}"), names[fund], amount, day(on));
                    ledger.post(&mut store, vec![set], "finance", at()).map(drop)
                }
                Deed::Settle { bill, fund, amount, rest, day: on } => {
                    let set = settlement(&format!("b{bill}"), &[(names[fund], amount)], rest, day(on)).postings().unwrap();
                    ledger.post(&mut store, vec![set], "window", at()).map(drop)
                }
                Deed::Reverse { bill, day: on } => {
                    ledger.reverse(&mut store, &format!("one_stop/b{bill}/1"), day(on), "window", at()).map(drop)
                }
                Deed::Close { day: on } => ledger.close(&mut store, day(on), "xian", "finance", at()),
                Deed::Reopen => {
                    drop(store);
                    store = log(dir.path());
                    ledger = Ledger::read(&store).unwrap();
                    Ok(())
                }
            };
        }
        let read = Ledger::read(&store).unwrap();
        for n in 1..28 {
            prop_assert_eq!(ledger.book().off_on(day(n)), 0);
            for name in names {
                prop_assert!(ledger.book().balance_on(&fund(name), day(n)) >= 0);
                prop_assert_eq!(ledger.book().balance_on(&fund(name), day(n)), read.book().balance_on(&fund(name), day(n)));
            }
        }
        prop_assert_eq!(ledger.book().sets().count(), read.book().sets().count());
    }
}
