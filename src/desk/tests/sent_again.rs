//! Which refused letters may go out again: what they say must still hold, and whoever they are for still be the one.

use super::*;
use chrono::TimeDelta;

fn refused(kind: LetterKind, to: &str) -> RefusedLetter {
    RefusedLetter {
        id: letter_id(1),
        kind,
        case: Some(number(7)),
        mailbox: None,
        to: address(to),
        written_at: now(),
        bytes: Kept::Whole,
        later: Later::None,
        bundled_in: None,
    }
}

/// Decided on an hour after it was written, after what happened in between.
fn after(happened: Vec<What>, letter: &RefusedLetter) -> Option<Barred> {
    let mut company = Company::new();
    let at = now() + TimeDelta::minutes(30);
    for what in happened {
        let event = Event { at, case: Some(number(7)), actor: Actor::Desk, mail: None, what };
        company.case().apply(&event);
        company.files[0].events.push(event);
    }
    barred(letter, Some(&company.files[0]), &company.rules, now() + TimeDelta::hours(1))
}

fn written(kind: LetterKind) -> What {
    What::LetterWritten {
        letter: letter_id(2),
        letter_kind: kind,
        to: KLANT.into(),
        message_id: "m@lease.example".into(),
    }
}

#[test]
fn a_letter_that_still_holds_goes_again() {
    for (kind, to) in [
        (LetterKind::Acknowledgement, KLANT),
        (LetterKind::Answer, KLANT),
        (LetterKind::Notification, "schade@lease.example"),
        (LetterKind::Alarm, CHEF),
        (LetterKind::DeliveryFailed, JAN),
    ] {
        assert_eq!(after(vec![], &refused(kind, to)), None, "{kind:?}");
    }
}

#[test]
fn what_was_blanked_or_goes_out_in_another_does_not() {
    let letter = refused(LetterKind::Acknowledgement, KLANT);
    assert_eq!(after(vec![], &RefusedLetter { bytes: Kept::Blanked, ..letter.clone() }), Some(Barred::Blanked));
    let bundled_in = Some(letter_id(9));
    assert_eq!(after(vec![], &RefusedLetter { bundled_in, ..letter }), Some(Barred::InAnother));
}

#[test]
fn whoever_is_not_that_party_any_more_gets_nothing() {
    for (kind, to, expected) in [
        (LetterKind::Acknowledgement, "ander@prive.example", Barred::NotTheCustomer),
        (LetterKind::Answer, JAN, Barred::NotTheCustomer),
        // Of another department, of none any more, and from outside.
        (LetterKind::Notification, "fien@lease.example", Barred::NotStaff),
        (LetterKind::Notification, "weg@lease.example", Barred::NotStaff),
        (LetterKind::Notification, KLANT, Barred::NotStaff),
    ] {
        assert_eq!(after(vec![], &refused(kind, to)), Some(expected), "{kind:?} {to}");
    }
    let moved = What::DepartmentSet { department: "service".into(), routing: Why::Fallback };
    assert_eq!(after(vec![moved], &refused(LetterKind::Notification, JAN)), Some(Barred::NotStaff));
    let company = Company::new();
    let digest = RefusedLetter { case: None, ..refused(LetterKind::Digest, KLANT) };
    assert_eq!(barred(&digest, None, &company.rules, now()), Some(Barred::NotStaff));
    let misdirected = RefusedLetter { case: None, ..refused(LetterKind::Misdirected, KLANT) };
    assert_eq!(barred(&misdirected, None, &company.rules, now()), Some(Barred::NotTheCustomer));
}

#[test]
fn what_was_overtaken_does_not_go_again() {
    let paper = |kind| What::PaperWritten { letter: letter_id(3), letter_kind: kind };
    for (happened, kind, to, expected) in [
        (written(LetterKind::Answer), LetterKind::Acknowledgement, KLANT, Some(Barred::Newer)),
        (written(LetterKind::Answer), LetterKind::Answer, KLANT, Some(Barred::Newer)),
        // It was written to somebody else.
        (written(LetterKind::Misdirected), LetterKind::Closing, KLANT, Some(Barred::NotTheCustomer)),
        (written(LetterKind::Acknowledgement), LetterKind::Represented, KLANT, Some(Barred::Newer)),
        (written(LetterKind::Acknowledgement), LetterKind::Answer, KLANT, None),
        (written(LetterKind::Notification), LetterKind::Answer, KLANT, None),
        (paper(LetterKind::Acknowledgement), LetterKind::Acknowledgement, KLANT, Some(Barred::Paper)),
        (paper(LetterKind::Acknowledgement), LetterKind::Answer, KLANT, None),
        (What::Dismissed { reason: "nee".into() }, LetterKind::Acknowledgement, KLANT, Some(Barred::WentOn)),
        (What::Merged { into: number(3) }, LetterKind::Notification, JAN, Some(Barred::WentOn)),
    ] {
        assert_eq!(after(vec![happened.clone()], &refused(kind, to)), expected, "{kind:?} after {happened:?}");
    }
    let later = RefusedLetter { later: Later::One, ..refused(LetterKind::Notification, JAN) };
    assert_eq!(after(vec![], &later), Some(Barred::Newer));
}

#[test]
fn a_term_that_has_passed_since_bars_what_names_it() {
    let mut company = Company::new();
    let due = company.case().due;
    let at = |kind, to, moment| barred(&refused(kind, to), Some(&company.files[0]), &company.rules, moment);
    let (before, passed) = (due.first_response - TimeDelta::seconds(1), due.first_response);
    assert_eq!(at(LetterKind::Acknowledgement, KLANT, before), None);
    assert_eq!(at(LetterKind::Acknowledgement, KLANT, passed), Some(Barred::TermPassed));
    assert_eq!(at(LetterKind::Notification, JAN, passed), Some(Barred::TermPassed));
    // An answer names none.
    assert_eq!(at(LetterKind::Answer, KLANT, passed), None);
}

#[test]
fn a_word_about_who_is_written_to_takes_no_answers_place() {
    assert_eq!(after(vec![written(LetterKind::Represented)], &refused(LetterKind::Answer, KLANT)), None);
    assert_eq!(after(vec![written(LetterKind::Answer)], &refused(LetterKind::Answer, KLANT)), Some(Barred::Newer));
}
