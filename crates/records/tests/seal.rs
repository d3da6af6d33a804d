//! Does a signed head kept elsewhere show what the chain cannot: a log cut short, or written anew?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{New, Place, append, at, create, five_batches};
use records::seal::{Against, Key, SealError, SignedHead, against, seal};
use records::{Log, NewBatch, SqliteLog};

on_both! {
    a_log_that_only_grew_holds_its_signed_head
    a_log_cut_short_is_sound_in_itself_and_found
    a_log_written_anew_is_sound_in_itself_and_found
    a_forged_statement_is_found_whatever_was_changed
    another_countys_head_is_told_so
    keys_are_read_again_and_nonsense_is_not
}

/// A log of five batches, and its head signed by a new key.
fn sealed(new: New) -> (Box<dyn Place>, Key, SignedHead) {
    let place = five_batches(new);
    let key = Key::new().unwrap();
    let head = seal(place.open_read().unwrap().as_ref(), &key, at(9)).unwrap();
    (place, key, head)
}

fn check(log: &dyn Log, head: &SignedHead, key: &Key) -> Against {
    let found = against(log, head, Some(&key.public_pem().unwrap())).unwrap();
    assert_eq!(found, against(log, head, None).unwrap(), "with the key it carries");
    found
}

fn a_log_that_only_grew_holds_its_signed_head(new: New) {
    let (place, key, head) = sealed(new);
    assert_eq!((head.batch, head.seq), (5, 15));
    assert_eq!(check(place.open_read().unwrap().as_ref(), &head, &key), Against::Holds);
    let mut writer = place.open().unwrap();
    append(&mut writer, 9, vec![create("later", 1)]).unwrap();
    assert_eq!(check(writer.as_ref(), &head, &key), Against::Holds);
}

fn a_log_cut_short_is_sound_in_itself_and_found(new: New) {
    let (place, key, head) = sealed(new);
    place.edit("DELETE FROM head WHERE seq > 12; DELETE FROM entry WHERE seq > 12; DELETE FROM batch WHERE no = 5");
    let cut = place.open_read().unwrap();
    assert!(cut.verify(&mut |_| ()).unwrap().is_ok());
    assert_eq!(check(cut.as_ref(), &head, &key), Against::CutShort);
}

fn a_log_written_anew_is_sound_in_itself_and_found(new: New) {
    let (_place, key, head) = sealed(new);
    let place = new();
    let mut anew = place.create().unwrap();
    for batch in 1..=6_i8 {
        append(&mut anew, batch, (1..=3).map(|n| create(&format!("b{batch}-{n}"), 90 + n)).collect()).unwrap();
    }
    assert!(anew.verify(&mut |_| ()).unwrap().is_ok());
    assert_eq!(check(anew.as_ref(), &head, &key), Against::Rewritten);
}

fn a_forged_statement_is_found_whatever_was_changed(new: New) {
    let (place, key, head) = sealed(new);
    let log = place.open_read().unwrap();
    let edits: [fn(&mut SignedHead); 6] = [
        |head| head.batch = 4,
        |head| head.seq = 12,
        |head| head.hash = head.hash.replace('0', "1"),
        |head| head.at = "2025-03-08T01:00:00Z".into(),
        |head| head.county = "s1".into(),
        |head| head.signature = format!("{}{}", &head.signature[64..], &head.signature[..64]),
    ];
    for (n, edit) in edits.into_iter().enumerate() {
        let mut forged = head.clone();
        edit(&mut forged);
        assert_eq!(check(log.as_ref(), &forged, &key), Against::Forged, "edit {n}");
    }
    // Somebody else's key signs anything, and is not the one that is known.
    let other = seal(log.as_ref(), &Key::new().unwrap(), at(9)).unwrap();
    assert_eq!(against(log.as_ref(), &other, Some(&key.public_pem().unwrap())).unwrap(), Against::Forged);
}

fn another_countys_head_is_told_so(new: New) {
    let (_place, key, head) = sealed(new);
    let dir = tempfile::tempdir().unwrap();
    let mut other = SqliteLog::create(&dir.path().join("records.db"), "s1").unwrap();
    other.append(NewBatch::new("li", at(1), vec![create("f1", 1)])).unwrap();
    assert_eq!(check(&other, &head, &key), Against::OtherCounty);
}

fn keys_are_read_again_and_nonsense_is_not(new: New) {
    let (place, key, head) = sealed(new);
    let again = Key::from_pem(&key.to_pem().unwrap()).unwrap();
    assert_eq!(seal(place.open_read().unwrap().as_ref(), &again, at(9)).unwrap(), head, "the same key signs the same");
    assert!(matches!(Key::from_pem("-----BEGIN PRIVATE KEY-----"), Err(SealError::Key { .. })));
    let mut broken = head;
    broken.signature.truncate(10);
    assert!(matches!(against(place.open_read().unwrap().as_ref(), &broken, None), Err(SealError::Statement(_))));
}
