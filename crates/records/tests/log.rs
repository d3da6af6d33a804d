//! What every store promises, case by case.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::ops::ControlFlow;

use common::{New, REGISTER, append, at, correct, create};
use records::{Draft, Hash, LogError, NewBatch, OnStale, Op, derived_record};

on_both! {
    an_empty_log_answers
    what_went_in_comes_out
    keys_keep_their_order_and_text_its_bytes
    one_batch_may_create_and_correct
    a_refused_draft_refuses_the_batch
    a_withdrawal_stays_readable_and_can_be_taken_back
    a_key_gives_the_same_receipt_once
    late_corrections_of_other_fields_are_merged
    clashing_corrections_are_refused_with_both_versions
    merging_can_be_declined_and_never_crosses_a_withdrawal
    ids_are_derived_from_the_place
    installing_makes_the_first_version_or_the_next
    looking_is_logged_and_changes_nothing
    the_log_knows_what_was_known_when
    a_scan_stops_when_told
    a_large_batch_hashes_like_a_small_one
    drafts_the_log_cannot_hold_say_which_and_why
    there_is_one_writer_and_any_number_of_readers
    the_encoding_is_the_documented_one
    a_group_is_written_together_and_each_batch_stands_alone
    a_large_batch_may_correct_what_is_there
}

fn an_empty_log_answers(new: New) {
    let place = new();
    let log = place.create().unwrap();
    assert_eq!((log.county(), log.last_seq().unwrap()), ("s0", 0));
    assert_eq!(log.head_hash().unwrap(), Hash::ZERO);
    assert!(log.head(REGISTER, "f1").unwrap().is_none());
    assert!(log.history(REGISTER, "f1").unwrap().is_empty());
    assert!(log.verify(&mut |_| ()).unwrap().is_ok());
}

fn what_went_in_comes_out(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    let receipt = append(&mut log, 1, vec![create("f1", 150), create("f2", 128)]).unwrap();
    assert_eq!((receipt.batch, receipt.first_seq, receipt.last_seq), (1, 1, 2));
    let entry = log.head(REGISTER, "f2").unwrap().unwrap();
    assert_eq!((entry.seq, entry.version, entry.op, entry.batch), (2, 1, Op::Create, 1));
    assert_eq!((entry.body.as_str(), &*entry.actor, entry.at), (r#"{"sbp":128}"#, "li", at(1)));
    assert_eq!(entry.on_date.unwrap().to_string(), "2025-03-01");
    assert_eq!(log.entries_after(1, 10).unwrap(), [entry]);
    assert_eq!(log.batch(1).unwrap().unwrap().hash, receipt.hash);
}

fn keys_keep_their_order_and_text_its_bytes(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    let mut draft = create("f1", 1);
    draft.body.insert("备注".to_string(), "\"引号\"与\n换行".into());
    draft.body.insert("a".to_string(), "100.00".into());
    append(&mut log, 1, vec![draft.clone()]).unwrap();
    let entry = log.head(REGISTER, "f1").unwrap().unwrap();
    assert_eq!(entry.body, "{\"sbp\":1,\"备注\":\"\\\"引号\\\"与\\n换行\",\"a\":\"100.00\"}");
    assert_eq!(entry.fields().unwrap(), draft.body);
}

fn one_batch_may_create_and_correct(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    let drafts =
        vec![create("f1", 150), correct("f1", Some(1), &[("sbp", 138)]), correct("f1", Some(2), &[("sbp", 139)])];
    append(&mut log, 1, drafts).unwrap();
    let versions: Vec<_> = log.history(REGISTER, "f1").unwrap().iter().map(|e| (e.version, e.base, e.prior)).collect();
    assert_eq!(versions, [(1, None, None), (2, Some(1), Some(1)), (3, Some(2), Some(2))]);
}

fn a_refused_draft_refuses_the_batch(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    let fault = append(&mut log, 1, vec![create("f1", 150), create("f2", 1), create("f1", 2)]).unwrap_err();
    assert!(matches!(fault, LogError::Exists { draft: 3, version: 1, .. }), "{fault}");
    assert_eq!(log.last_seq().unwrap(), 0);
    assert!(log.head(REGISTER, "f2").unwrap().is_none());
    assert_eq!(append(&mut log, 1, vec![create("f1", 150)]).unwrap().first_seq, 1);
}

fn a_withdrawal_stays_readable_and_can_be_taken_back(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    append(&mut log, 1, vec![create("f1", 150)]).unwrap();
    let head = log.head(REGISTER, "f1").unwrap().unwrap();
    append(&mut log, 2, vec![Draft::withdrawing(&head, "wrong person")]).unwrap();
    assert_eq!(log.head(REGISTER, "f1").unwrap().unwrap().op, Op::Withdraw);
    assert!(matches!(append(&mut log, 3, vec![create("f1", 1)]), Err(LogError::Exists { version: 2, .. })));
    append(&mut log, 3, vec![correct("f1", Some(2), &[("sbp", 150)])]).unwrap();
    let ops: Vec<_> = log.history(REGISTER, "f1").unwrap().iter().map(|e| e.op).collect();
    assert_eq!(ops, [Op::Create, Op::Withdraw, Op::Correct]);
}

fn a_key_gives_the_same_receipt_once(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    let batch = NewBatch::new("li", at(1), vec![create("f1", 150)]).keyed("import-7");
    let receipt = log.append(batch.clone()).unwrap();
    let mut retry = batch.clone();
    retry.at = at(2);
    assert_eq!(log.append(retry).unwrap(), receipt);
    assert_eq!(log.last_seq().unwrap(), 1);

    let other = NewBatch::new("li", at(1), vec![create("f1", 151)]).keyed("import-7");
    let fault = log.append(other).unwrap_err();
    assert!(matches!(&fault, LogError::KeyReused { batch: 1, .. }), "{fault}");
    let other = NewBatch { actor: "wang".to_string(), ..batch };
    assert!(matches!(log.append(other), Err(LogError::KeyReused { .. })));
}

fn late_corrections_of_other_fields_are_merged(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    let mut first = create("f1", 150);
    first.body.insert("dbp".to_string(), 90.into());
    append(&mut log, 1, vec![first]).unwrap();
    append(&mut log, 2, vec![correct("f1", Some(1), &[("sbp", 138), ("dbp", 90)])]).unwrap();
    let mut late = correct("f1", Some(1), &[("sbp", 150), ("dbp", 88)]);
    late.org = "t02".to_string();
    append(&mut log, 3, vec![late]).unwrap();
    let head = log.head(REGISTER, "f1").unwrap().unwrap();
    assert_eq!((head.version, head.base, head.body.as_str()), (3, Some(1), r#"{"sbp":138,"dbp":88}"#));
    assert_eq!(head.org, "t02");
    assert!(head.is_merged());
}

fn clashing_corrections_are_refused_with_both_versions(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    append(&mut log, 1, vec![create("f1", 150)]).unwrap();
    append(&mut log, 2, vec![correct("f1", Some(1), &[("sbp", 138)])]).unwrap();
    let late = correct("f1", Some(1), &[("sbp", 140)]);
    let Err(LogError::Stale(stale)) = append(&mut log, 3, vec![late]) else { panic!("not stale") };
    assert_eq!((stale.base_version, stale.head.version), (1, 2));
    assert_eq!(stale.base.as_ref().unwrap().body, r#"{"sbp":150}"#);
    assert_eq!((stale.head.body.as_str(), &stale.fields), (r#"{"sbp":138}"#, &vec!["sbp".to_string()]));
    assert_eq!(
        stale.to_string(),
        "draft 1: htn.follow_up f1 was at version 1 when this was written and is now at version 2 (correct by li); \
         both changed sbp; look at both versions and send it again against the current one"
    );
}

fn merging_can_be_declined_and_never_crosses_a_withdrawal(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    append(&mut log, 1, vec![create("f1", 150)]).unwrap();
    let head = log.head(REGISTER, "f1").unwrap().unwrap();
    append(&mut log, 2, vec![correct("f1", Some(1), &[("sbp", 150), ("dbp", 90)])]).unwrap();
    let late = correct("f1", Some(1), &[("sbp", 138)]);
    let strict = NewBatch { on_stale: OnStale::Refuse, ..NewBatch::new("li", at(3), vec![late.clone()]) };
    assert!(matches!(log.append(strict), Err(LogError::Stale(_))));
    assert!(matches!(append(&mut log, 3, vec![Draft::withdrawing(&head, "late")]), Err(LogError::Stale(_))));
    let mut withdraw = Draft::withdrawing(&head, "wrong person");
    withdraw.base_version = None;
    append(&mut log, 4, vec![withdraw]).unwrap();
    assert!(matches!(append(&mut log, 5, vec![late]), Err(LogError::Stale(_))));
    let never = correct("f1", Some(9), &[("sbp", 138)]);
    let Err(LogError::Stale(stale)) = append(&mut log, 5, vec![never]) else { panic!("not stale") };
    assert!(stale.base.is_none());
}

fn ids_are_derived_from_the_place(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    let mut draft = create("f1", 150);
    draft.record = None;
    let receipt = append(&mut log, 1, vec![create("f1", 1), draft]).unwrap();
    let record = derived_record(receipt.first_seq + 1);
    assert_eq!(record, "_2");
    assert_eq!(log.head(REGISTER, &record).unwrap().unwrap().seq, 2);
}

fn installing_makes_the_first_version_or_the_next(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    let mut install = Draft::new(Op::Install, "pack", "county");
    install.record = Some("htn".to_string());
    append(&mut log, 1, vec![install.clone()]).unwrap();
    append(&mut log, 2, vec![install]).unwrap();
    assert_eq!(log.head("pack", "htn").unwrap().unwrap().version, 2);
}

fn looking_is_logged_and_changes_nothing(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    append(&mut log, 1, vec![create("f1", 150)]).unwrap();
    let mut access = Draft::new(Op::Access, REGISTER, "t01");
    access.record = Some("f1".to_string());
    access.resident = Some("r-f1".to_string());
    access.reason = Some("follow-up".to_string());
    append(&mut log, 2, vec![access.clone(), correct("f1", Some(1), &[("sbp", 1)]), access]).unwrap();
    let about: Vec<_> = log.of_resident("r-f1", 0, 10).unwrap().iter().map(|e| (e.seq, e.op, e.version)).collect();
    assert_eq!(about, [(1, Op::Create, 1), (2, Op::Access, 1), (3, Op::Correct, 2), (4, Op::Access, 2)]);
    assert_eq!(log.of_resident("r-f1", 2, 1).unwrap()[0].seq, 3);
    assert_eq!(log.history(REGISTER, "f1").unwrap().len(), 2);
    assert!(log.verify(&mut |_| ()).unwrap().is_ok());
}

fn the_log_knows_what_was_known_when(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    append(&mut log, 3, vec![create("f1", 1)]).unwrap();
    append(&mut log, 5, vec![create("f2", 1), create("f3", 1)]).unwrap();
    let known: Vec<_> = [2, 3, 4, 5].into_iter().map(|day| log.seq_as_of(at(day)).unwrap()).collect();
    assert_eq!(known, [0, 1, 1, 3]);
}

fn a_scan_stops_when_told(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    append(&mut log, 1, (0..10).map(|n| create(&format!("f{n}"), n)).collect()).unwrap();
    let mut seen = Vec::new();
    log.scan(3, &mut |entry| {
        seen.push(entry.seq);
        if entry.seq == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .unwrap();
    assert_eq!(seen, [3, 4, 5]);
    assert!(log.entries_after(0, 0).unwrap().is_empty());
}

fn a_large_batch_hashes_like_a_small_one(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    append(&mut log, 1, (0..5_000).map(|n| create(&format!("f{n}"), n)).collect()).unwrap();
    let mut last = 0;
    let report = log.verify(&mut |progress| last = progress.n_done).unwrap();
    assert_eq!((report.is_ok(), report.n_entries, report.n_records, last), (true, 5_000, 5_000, 5_000));
}

fn drafts_the_log_cannot_hold_say_which_and_why(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    let mut check = |change: &dyn Fn(&mut Draft), expect: &str| {
        let mut draft = create("f1", 1);
        change(&mut draft);
        let fault = append(&mut log, 1, vec![create("ok", 1), draft]).unwrap_err();
        assert_eq!(
            fault.to_string(),
            format!("draft 2: {expect}; correct it and send the batch again, nothing of it was kept")
        );
    };
    check(&|d| d.register.clear(), "register is empty");
    check(&|d| d.record = Some("号".repeat(65)), "record has 65 characters of at most 64");
    check(&|d| d.record = Some("_7".into()), "record starts with \"_\", which the log keeps for ids it derives");
    check(&|d| d.base_version = Some(1), "base_version is given, but a first version has none before it");
    check(&|d| (d.op, d.record) = (Op::Correct, None), "record is missing, so there is nothing to change");
    check(&|d| d.reason = Some(String::new()), "reason is empty");
    check(&|d| d.org = "t\0".into(), "org has a character of value 0");
    let fault = append(&mut log, 1, vec![correct("f9", None, &[])]).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "draft 1: cannot correct htn.follow_up f9, there is no such record; create it, or check the id"
    );
    assert!(matches!(append(&mut log, 1, vec![]), Err(LogError::BatchSize { n_drafts: 0, .. })));
}

fn there_is_one_writer_and_any_number_of_readers(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    append(&mut log, 1, vec![create("f1", 1)]).unwrap();
    let Err(LogError::Busy { holder, .. }) = place.open() else { panic!("two writers") };
    assert!(holder.contains(&place.holder()), "{holder}");

    let mut reader = place.open_read().unwrap();
    assert_eq!((reader.county(), reader.last_seq().unwrap()), ("s0", 1));
    append(&mut log, 2, vec![create("f2", 1)]).unwrap();
    assert_eq!(reader.last_seq().unwrap(), 2);
    assert!(matches!(append(&mut reader, 3, vec![create("f3", 1)]), Err(LogError::ReadOnly { .. })));

    drop(log);
    let mut log = place.open().unwrap();
    assert_eq!(append(&mut log, 3, vec![create("f3", 1)]).unwrap().first_seq, 3);
    drop(log);
    let again = std::iter::repeat_with(|| place.create()).find(|made| !matches!(made, Err(LogError::Busy { .. })));
    assert!(matches!(again, Some(Err(LogError::AlreadyThere { .. }))));
}

fn a_group_is_written_together_and_each_batch_stands_alone(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    append(&mut log, 1, vec![create("f1", 150)]).unwrap();
    let batch = |drafts| NewBatch::new("li", at(2), drafts);
    let unnamed = || Draft { record: None, ..create("f9", 1) };
    let answers = log.append_group(&[
        batch(vec![create("f2", 1), create("f1", 1)]),
        batch(vec![create("f2", 2)]).keyed("k"),
        batch(vec![]),
        batch(vec![correct("f2", Some(1), &[("sbp", 2), ("dbp", 1)]), unnamed()]),
        batch(vec![create("f2", 2)]).keyed("k"),
        batch(vec![create("f3", 2)]).keyed("k"),
        // Merged with a version written in this group: the author saw version 1.
        batch(vec![correct("f2", Some(1), &[("sbp", 7)])]),
        batch(vec![correct("f2", Some(1), &[("sbp", 8)])]),
        batch(vec![unnamed()]),
    ]);
    let told: Vec<_> = answers
        .iter()
        .map(|answer| match answer {
            Ok(receipt) => (receipt.batch, receipt.first_seq, receipt.last_seq),
            Err(LogError::Exists { draft: 2, .. }) => (0, 0, 1),
            Err(LogError::BatchSize { .. }) => (0, 0, 2),
            Err(LogError::KeyReused { batch: 2, .. }) => (0, 0, 3),
            Err(LogError::Stale(_)) => (0, 0, 4),
            Err(fault) => panic!("{fault}"),
        })
        .collect();
    let expected = [(0, 0, 1), (2, 2, 2), (0, 0, 2), (3, 3, 4), (2, 2, 2), (0, 0, 3), (4, 5, 5), (0, 0, 4), (5, 6, 6)];
    assert_eq!(told, expected);
    let head = log.head(REGISTER, "f2").unwrap().unwrap();
    assert_eq!((head.version, head.body.as_str()), (3, r#"{"sbp":7,"dbp":1}"#));
    assert_eq!(log.head(REGISTER, "_6").unwrap().unwrap().batch, 5);
    let hashes: Vec<_> = answers.iter().flatten().map(|receipt| receipt.hash).collect();
    assert_eq!(hashes[0], log.batch(2).unwrap().unwrap().hash);
    assert_eq!((hashes[0], log.last_seq().unwrap()), (hashes[2], 6));
    assert!(place.verify().is_ok());
    assert!(log.append_group(&[]).is_empty());
}

fn a_large_batch_may_correct_what_is_there(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    append(&mut log, 1, vec![create("f7", 1), create("f8", 1)]).unwrap();
    let mut drafts: Vec<_> = (10..3_000).map(|n| create(&format!("f{n}"), n)).collect();
    drafts.push(correct("f7", Some(1), &[("sbp", 2)]));
    drafts.push(correct("f7", Some(2), &[("sbp", 3)]));
    drafts.push(correct("f10", None, &[("sbp", 4)]));
    append(&mut log, 2, drafts.clone()).unwrap();
    drafts.push(create("f8", 2));
    let refused = append(&mut log, 3, drafts);
    assert!(matches!(refused, Err(LogError::Exists { draft: 1, .. })));
    let versions = |record| log.history(REGISTER, record).unwrap().len();
    assert_eq!((versions("f7"), versions("f8"), versions("f10")), (3, 1, 2));
    assert!(place.verify().is_ok());
}

/// Computed once more by other means (Python's hashlib), from the description in `records::hash` alone.
fn the_encoding_is_the_documented_one(new: New) {
    let place = new();
    let mut log = place.create().unwrap();
    let mut odd = Draft::new(Op::Create, "core.household", "t01");
    odd.body.insert("户主".to_string(), "张三".into());
    append(&mut log, 1, vec![create("f1", 150), odd]).unwrap();
    let batch = NewBatch::new("li", at(2), vec![correct("f1", Some(1), &[("sbp", 138)])]);
    log.append(batch).unwrap();
    let hashes: Vec<_> = [1, 2].into_iter().map(|no| log.batch(no).unwrap().unwrap().hash.to_string()).collect();
    assert_eq!(
        hashes,
        [
            "dbbf1174bfbf273c683d30df2a46fd8b02a46d56ed7d2721e6baf1293f219b9e",
            "5c59fe36ddec0eb6124d1d2cf94101f6fd76a08fdeb77c5f3d603e756223b1eb",
        ]
    );
}
