//! Does an account go through its life as the three administrators mean it?
#![allow(clippy::unwrap_used, clippy::expect_used)]

use accounts::{AccountsError, Attempt, Book, Grant, LONGEST, NewAccount, Role, State, Token};
use base::Timestamp;
use records::ShelfPlace;
use tempfile::TempDir;

const OWN: &str = "Qing-Shan 2026";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn book() -> (Book, ShelfPlace, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let place = ShelfPlace::File(dir.path().join("accounts.db"));
    (Book::open(place.clone()).unwrap(), place, dir)
}

fn attempt<'a>(account: &'a str, password: &'a str) -> Attempt<'a> {
    Attempt { account, password, code: None, address: "10.0.0.9", browser: "test" }
}

fn doctor() -> NewAccount<'static> {
    NewAccount {
        name: "zhang.m",
        person: "张明",
        grants: vec![Grant { role: Role::VillageDoctor, org: "east_1".into() }],
    }
}

#[test]
fn one_administrator_makes_an_account_and_another_lets_it_in() {
    let (book, _, _dir) = book();
    let [security, _] = book.set_up([("xt", "孙立"), ("aq", "周宁"), ("sj", "吴芳")], "little", OWN, at(0)).unwrap();
    assert!(matches!(
        book.set_up([("a1", ""), ("b1", ""), ("c1", "")], "little", OWN, at(1)),
        Err(AccountsError::SetUp)
    ));
    book.sign_in(attempt("xt", OWN), at(1)).unwrap();
    let token = book.sign_in(attempt("aq", &security), at(1)).unwrap();
    assert!(
        book.recognise(&token, at(2)).unwrap().is_restricted(),
        "a password given by somebody else is changed first"
    );

    let temporary = book.create("xt", &doctor(), at(3)).unwrap();
    assert!(matches!(book.sign_in(attempt("zhang.m", &temporary), at(4)), Err(AccountsError::Waiting)));
    assert!(matches!(book.create("xt", &doctor(), at(4)), Err(AccountsError::Taken(_))));
    book.activate("aq", "zhang.m", at(5)).unwrap();
    let token = book.sign_in(attempt("zhang.m", &temporary), at(6)).unwrap();
    book.change_password("zhang.m", &temporary, "Liu he-cun 37", at(7)).unwrap();
    assert!(book.recognise(&token, at(8)).is_none(), "a changed password ends the sessions before");
    let token = book.sign_in(attempt("zhang.m", "Liu he-cun 37"), at(9)).unwrap();
    assert!(!book.recognise(&token, at(10)).unwrap().is_restricted());
    book.stop("xt", "zhang.m", at(11)).unwrap();
    assert!(book.recognise(&token, at(12)).is_none());
    assert!(matches!(book.sign_in(attempt("zhang.m", "Liu he-cun 37"), at(13)), Err(AccountsError::Stopped)));
    let told: Vec<String> = book.events().unwrap().into_iter().map(|(_, event)| event.what).collect();
    for what in ["created", "activated", "signed_in", "password_changed", "stopped"] {
        assert!(told.iter().any(|told| told == what), "{what} is to be logged: {told:?}");
    }
}

#[test]
fn nobody_grants_to_himself_and_no_two_duties_meet() {
    let (book, _, _dir) = book();
    book.set_up([("xt", "孙立"), ("aq", "周宁"), ("sj", "吴芳")], "little", OWN, at(0)).unwrap();
    let office = vec![Grant { role: Role::Office, org: "little".into() }];
    assert!(matches!(book.grant("aq", "aq", office.clone(), at(1)), Err(AccountsError::Own)));
    assert!(matches!(book.activate("aq", "aq", at(1)), Err(AccountsError::Own)));
    assert!(matches!(book.reset_password("aq", "aq", at(1)), Err(AccountsError::Own)));
    let both = [office, vec![Grant { role: Role::SystemAdministrator, org: "little".into() }]].concat();
    assert!(matches!(book.grant("aq", "sj", both, at(1)), Err(AccountsError::Duties)));
}

#[test]
fn guessing_locks_known_and_unknown_names_alike_and_a_reset_unlocks() {
    let (book, _, _dir) = book();
    let temporary = book.create_active("console", &doctor(), at(0)).unwrap();
    for name in ["zhang.m", "nobody"] {
        for second in 1..=5 {
            assert!(matches!(book.sign_in(attempt(name, "guess"), at(second)), Err(AccountsError::Wrong)), "{name}");
        }
        let locked = book.sign_in(attempt(name, &temporary), at(6));
        assert!(matches!(locked, Err(AccountsError::Locked(until)) if until == at(5 + 900)), "{name}: {locked:?}");
    }
    let temporary = book.reset_password("console", "zhang.m", at(7)).unwrap();
    book.sign_in(attempt("zhang.m", &temporary), at(8)).unwrap();
}

#[test]
fn a_session_ends_by_time_by_sign_out_and_by_another_program() {
    let (book, place, _dir) = book();
    let temporary = book.create_active("console", &doctor(), at(0)).unwrap();
    let signed_in = |second| book.sign_in(attempt("zhang.m", &temporary), at(second)).unwrap();
    let idle = signed_in(1);
    assert!(book.recognise(&idle, at(1_700)).is_some());
    assert!(book.recognise(&idle, at(3_400)).is_some(), "asking keeps it open");
    assert!(book.recognise(&idle, at(3_400 + 1_800)).is_none(), "half an hour without a question");
    let long = signed_in(10_000);
    let hours = LONGEST.as_secs() as i64;
    assert!((0..hours / 1_000).all(|n| book.recognise(&long, at(10_000 + n * 1_000)).is_some()));
    assert!(book.recognise(&long, at(10_000 + hours)).is_none());

    let here = signed_in(100_000);
    let console = Book::open(place).unwrap();
    console.sign_out_all("console", "zhang.m", at(100_001)).unwrap();
    book.refresh(at(100_002)).unwrap();
    assert!(book.recognise(&here, at(100_002)).is_none());
    let kept = signed_in(100_003).kept_as();
    assert_eq!(book.sessions("zhang.m", at(100_004)).len(), 1);
    book.sign_out("li", &kept, at(100_004)).unwrap();
    assert_eq!(book.sessions("zhang.m", at(100_004)).len(), 1, "nobody ends another's session");
    book.sign_out("zhang.m", &kept, at(100_004)).unwrap();
    assert!(book.sessions("zhang.m", at(100_005)).is_empty());
    assert!(Token::shown("short").is_none());
}

#[test]
fn no_password_and_no_token_lies_on_the_shelf() {
    let (book, _, dir) = book();
    let temporary = book.create_active("console", &doctor(), at(0)).unwrap();
    let token = book.sign_in(attempt("zhang.m", &temporary), at(1)).unwrap();
    assert_eq!(book.account("zhang.m").unwrap().state, State::Active);
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [temporary.as_bytes(), token.as_str().as_bytes()] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret));
        }
    }
}
