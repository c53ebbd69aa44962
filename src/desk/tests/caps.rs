//! The caps and the bundles (invariant 5): which letter is held by what, when the held ones go out, and what they say.

use super::draft::{Acknowledgements, Bundle};
use super::*;
use crate::case::{CaseNumber, LetterFate};
use crate::desk::caps::*;
use crate::mail::SenderProof;
use chrono::TimeDelta;

const CAPS: Caps = Caps { domain: 50, unproven: Some(20), desk: 100 };

fn counted(of: &str, last_hour: usize) -> Counts {
    let count = Count { last_hour, last_day: last_hour, is_held_today: false };
    Counts { of: [(of.to_owned(), count)].into(), ..Counts::default() }
}

fn stranger(proof: SenderProof) -> Stranger {
    Stranger { address: address(KLANT), proof }
}

fn drafts() -> Vec<Draft> {
    Company::new().decide(&post(KLANT, "Schade!")).letters
}

#[test]
fn each_cap_holds_what_is_over_it_and_nothing_else() {
    let (acknowledgement, notification) = (drafts().remove(0), drafts().remove(1));
    let about = stranger(SenderProof::Proven);
    let domain = |sent| Counts { to_domain: [("prive.example".to_owned(), sent)].into(), ..Counts::default() };
    let desk = |sent| Counts { of_desk: sent, ..Counts::default() };
    let to = format!("customer {KLANT}");
    for (counts, of_acknowledgement, of_notification) in [
        (Counts::default(), None, None),
        (counted(&to, TO_CUSTOMER_PER_HOUR_MAX - 1), None, None),
        (counted(&to, TO_CUSTOMER_PER_HOUR_MAX), Some(Cap::Address), None),
        (counted(&format!("about {KLANT}"), ABOUT_ONE_SENDER_PER_HOUR_MAX), None, Some(Cap::Address)),
        (domain(49), None, None),
        (domain(50), Some(Cap::Domain), None),
        (desk(99), None, None),
        (desk(100), Some(Cap::Desk), Some(Cap::Desk)),
    ] {
        let held = |draft| held_by(draft, Some(&about), &counts, CAPS);
        assert_eq!((held(&acknowledgement), held(&notification)), (of_acknowledgement, of_notification), "{counts:?}");
    }
}

#[test]
fn a_machine_that_takes_its_time_comes_to_the_cap_of_a_day() {
    let company = Company::new();
    let receipt = does(&company, JAN, "#intern\nBellen.").letters.remove(0);
    assert_eq!(receipt.content.kind(), LetterKind::Receipt);
    let cases = [(drafts().remove(0), TO_CUSTOMER_PER_DAY_MAX), (receipt, ANSWERS_TO_STAFF_PER_DAY_MAX)];
    for (draft, max) in cases {
        let of = counted_as(draft.content.kind(), &draft.to, None);
        let counts = |last_day| {
            let count = Count { last_hour: 3, last_day, is_held_today: false };
            Counts { of: [(of.clone(), count)].into(), ..Counts::default() }
        };
        let held = |last_day| held_by(&draft, None, &counts(last_day), CAPS);
        assert_eq!((held(max - 1), held(max)), (None, Some(Cap::Address)));
    }
}

#[test]
fn what_a_person_typed_and_what_tells_of_trouble_is_never_held() {
    let company = Company::new();
    let answer = does(&company, JAN, "Wij betalen.").letters.remove(0);
    assert_eq!(answer.content.kind(), LetterKind::Answer);
    let held = drafts().remove(0);
    let alarm = on_cap(Cap::Desk, &held, "", None, &company.rules, &mut Fresh::new([0; 32])).unwrap();
    let counts = Counts { of_desk: usize::MAX, ..Counts::default() };
    for draft in [answer, alarm] {
        assert_eq!(held_by(&draft, None, &counts, CAPS), None, "{draft:?}");
        assert_eq!(to_count(&[draft], None), ToCount::default());
    }
}

#[test]
fn an_alarm_is_known_by_its_other_end() {
    let (acknowledgement, notification) = (drafts().remove(0), drafts().remove(1));
    let about = stranger(SenderProof::None);
    let of = |cap, draft| alarm_of(cap, draft, Some(&about));
    // One machine is one alarm, whichever of its letters came to the cap first.
    assert_eq!(of(Cap::Address, &acknowledgement), format!("alarm cap {KLANT}"));
    assert_eq!(of(Cap::Address, &notification), format!("alarm cap {KLANT}"));
    assert_eq!(of(Cap::Domain, &acknowledgement), "alarm cap_domain prive.example");
    assert_eq!(of(Cap::Unproven, &acknowledgement), "alarm cap_unproven prive.example");
    assert_eq!(of(Cap::Desk, &acknowledgement), "alarm cap_desk ");
}

#[test]
fn only_a_strangers_mails_count_for_letters_about_their_sender() {
    let rules = &Company::new().rules;
    for (from, counts) in [(KLANT, true), (JAN, false), ("receptie@lease.example", false)] {
        let mail = mail::read(&post(from, "Schade").raw(), "");
        assert_eq!(counted_sender(&mail, &understood(&mail, rules)).is_some(), counts, "{from}");
    }
}

fn waiting(side: Side, minutes: i64, bundles_today: u32) -> Waiting {
    let oldest = now() - TimeDelta::minutes(minutes);
    Waiting { to: address(KLANT), side, oldest, bundles_today, last_bundle: None }
}

#[test]
fn a_customer_who_writes_on_gets_ever_rarer_bundles_and_waits_no_longer_than_the_term_allows() {
    let rules = &Company::new().rules;
    // Minutes after which the next one goes out, by how many went out today.
    for (bundles_today, minutes) in [(0, 60), (1, 120), (2, 240), (3, 480), (4, 480), (40, 480)] {
        let due = |minutes| is_bundle_due(&waiting(Side::Customer, minutes, bundles_today), rules, now());
        assert_eq!((due(minutes - 1), due(minutes)), (false, true), "{bundles_today}");
        let due = |minutes| is_bundle_due(&waiting(Side::Staff, minutes, bundles_today), rules, now());
        assert_eq!((due(59), due(60)), (false, true), "staff are told every hour");
    }
}

/// What a bomber forges: one mailbox under many names.
#[test]
fn the_cap_of_an_address_looks_at_the_mailbox_behind_tag_and_dots() {
    for (written, behind) in [
        ("victim@prive.example", "victim@prive.example"),
        ("Victim+1@Prive.Example", "victim@prive.example"),
        ("victim+a+b@prive.example", "victim@prive.example"),
        ("v.i.c.t.i.m@prive.example", "victim@prive.example"),
        ("v.ictim+x.y@prive.example", "victim@prive.example"),
        ("vic.tim+1@GoogleMail.com", "victim@gmail.com"),
        ("+1@prive.example", "+1@prive.example"),
        ("jan-pierre@prive.example", "jan-pierre@prive.example"),
        ("victim@mail.prive.example", "victim@mail.prive.example"),
    ] {
        assert_eq!(mailbox(&address(written)), behind, "{written}");
    }
    // What was proven and what was not are counted together.
    let drafts = drafts();
    for of in ["customer victim@prive.example", "unproven victim@prive.example"] {
        for to in ["victim@prive.example", "victim+99@prive.example", "v.ictim@prive.example"] {
            let draft = Draft { to: address(to), ..drafts[0].clone() };
            for proof in [SenderProof::Proven, SenderProof::None] {
                let about = Stranger { address: address(to), proof };
                let held = |sent| held_by(&draft, Some(&about), &counted(of, sent), CAPS);
                let max = TO_CUSTOMER_PER_HOUR_MAX;
                assert_eq!((held(max - 1), held(max)), (None, Some(Cap::Address)), "{of}, {to}");
                assert!(to_count(std::slice::from_ref(&draft), Some(&about)).of.contains(of));
            }
        }
    }
    // Staff are told of one sender as of one.
    let about = Stranger { address: address("vic.tim+7@prive.example"), proof: SenderProof::None };
    let notice = counted_as(LetterKind::Notification, &address("schade@lease.example"), Some(&about));
    assert_eq!(notice, "about victim@prive.example");
}

#[test]
fn senders_of_one_domain_whom_nothing_proves_have_a_cap_together() {
    let (acknowledgement, notification) = (drafts().remove(0), drafts().remove(1));
    let counts = |sent| Counts { unproven: [("prive.example".to_owned(), sent)].into(), ..Counts::default() };
    for (proof, at_the_cap) in [
        (SenderProof::None, Some(Cap::Unproven)),
        (SenderProof::Unclear, Some(Cap::Unproven)),
        (SenderProof::Proven, None),
    ] {
        let about = stranger(proof);
        let held = |draft, sent, caps| held_by(draft, Some(&about), &counts(sent), caps);
        assert_eq!(
            (held(&acknowledgement, 19, CAPS), held(&acknowledgement, 20, CAPS)),
            (None, at_the_cap),
            "{proof:?}"
        );
        assert_eq!(held(&notification, 20, CAPS), None, "staff are told all the same");
        // Where no server says who is proven, all would be one crowd.
        assert_eq!(held(&acknowledgement, 20, Caps { unproven: None, ..CAPS }), None);
    }
    // Whom a colleague names is no stranger.
    assert_eq!(held_by(&acknowledgement, None, &counts(20), CAPS), None);
    let rules = Company::new().rules;
    assert_eq!(rules.caps.unproven, Some(200));
    let no_server = SETTINGS.replace("trusted_authserv_id = \"mx.lease.example\"", "accept_unproven_staff = true");
    assert_eq!(Company::of(&no_server).rules.caps.unproven, None);
}

#[test]
fn a_mailbox_with_many_names_gets_its_bundles_one_after_the_other() {
    let rules = &Company::new().rules;
    let due = |since: i64| {
        let last_bundle = Some(now() - TimeDelta::minutes(since));
        is_bundle_due(&Waiting { last_bundle, ..waiting(Side::Customer, 3_000, 1) }, rules, now())
    };
    assert_eq!((due(119), due(120)), (false, true));
}

fn case(serial: u32) -> Case {
    let number = CaseNumber { year: 2026, serial };
    Case { number, received_at: now() + TimeDelta::minutes(i64::from(serial)), ..Company::new().case().clone() }
}

fn bundled(place: u8, kind: LetterKind, serial: u32) -> Bundled {
    let case = Some(CaseNumber { year: 2026, serial });
    Bundled {
        id: letter_id(place),
        kind,
        case,
        mailbox: None,
        sight: Sight::Usual,
        light_size: 10,
        light_sha256: "ab".into(),
    }
}

#[test]
fn one_acknowledgement_names_every_complaint_and_answers_come_to_the_newest() {
    let company = Company::new();
    let letters = [bundled(1, LetterKind::Acknowledgement, 9), bundled(2, LetterKind::Acknowledgement, 8)];
    let cases = [case(9), case(8)];
    let one = waiting(Side::Customer, 60, 0);
    let decision = on_bundle(&one, &letters, &cases, &company.rules, now(), &mut Fresh::new([0; 32])).unwrap();
    let [draft] = decision.letters.as_slice() else { panic!("{decision:?}") };
    let Content::Acknowledgements(Acknowledgements { complaints, due, .. }) = &draft.content else {
        panic!("{draft:?}")
    };
    assert_eq!(complaints.iter().map(|one| one.number.serial).collect::<Vec<_>>(), [8, 9]);
    assert_eq!((draft.to.as_str(), draft.side, draft.case), (KLANT, Side::Customer, Some(case(9).number)));
    assert_eq!(due.map(|due| due.resolve), Some(case(9).due.resolve));
    let What::Bundled { letters: ids, into } = &decision.events[0].what else { panic!("{decision:?}") };
    assert_eq!((ids.as_slice(), into), ([letter_id(1), letter_id(2)].as_slice(), &draft.id));
}

#[test]
fn staff_get_one_letter_with_what_waited_attached_each_case_once() {
    let company = Company::new();
    let kinds = [
        (LetterKind::Notification, 8),
        (LetterKind::FollowUp, 9),
        (LetterKind::FollowUp, 9),
        (LetterKind::Term, 8),
        (LetterKind::Question, 8),
    ];
    let letters: Vec<_> = (1..).zip(kinds).map(|(place, (kind, serial))| bundled(place, kind, serial)).collect();
    let to = Waiting { to: address("schade@lease.example"), ..waiting(Side::Staff, 60, 0) };
    let cases = [case(8), case(9)];
    let decision = on_bundle(&to, &letters, &cases, &company.rules, now(), &mut Fresh::new([0; 32])).unwrap();
    let [draft] = decision.letters.as_slice() else { panic!("{decision:?}") };
    let Content::Bundle(bundle) = &draft.content else { panic!("{draft:?}") };
    let Bundle { letters, complaints, messages, terms, answers } = &**bundle;
    assert_eq!((*letters, complaints.len(), messages.len(), terms.len(), *answers), (5, 1, 1, 1, 1));
    let names: Vec<&str> = draft.carried.iter().map(|carried| carried.name.as_str()).collect();
    // What the text does not show stands first: the question.
    assert_eq!(
        (names.len(), names[0], names[2]),
        (5, "001 melding K-2026-000008.eml", "003 melding K-2026-000009.eml")
    );
    assert_eq!(draft.carried[0].source, super::draft::Source::Letter(letter_id(5)));
    // It binds no case: a reply to it is about none in particular.
    assert_eq!((draft.case, draft.side), (None, Side::Staff));
    assert_eq!(on_bundle(&to, &[], &[], &company.rules, now(), &mut Fresh::new([0; 32])), None);
}

#[test]
fn the_fate_of_a_bundle_is_that_of_each_letter_in_it() {
    let mut company = Company::new();
    let known = company.case().clone();
    let token = Token { case: Some(known.number), side: Side::Customer, letter: letter_id(9) };
    let letters = vec![
        Bundled { case: Some(known.number), ..bundled(1, LetterKind::Acknowledgement, 7) },
        bundled(2, LetterKind::Acknowledgement, 8),
    ];
    let fate = LetterFate::Accepted { server: "mx".into(), reply: "250 ok".into() };
    let fated = Fated {
        letter: token.letter.clone(),
        kind: LetterKind::Acknowledgements,
        to: address(KLANT),
        fate,
        text: String::new(),
        bundled: letters.clone(),
    };
    let decision = on_fate(&fated, Some(&known), &company.rules, now(), &mut Fresh::new([0; 32]));
    assert_eq!((kinds(&decision).len(), sent(&decision)), (3, vec![]));
    let mut case = known.clone();
    decision.events.iter().filter(|event| event.case == Some(known.number)).for_each(|event| case.apply(event));
    assert_eq!(
        (case.acknowledged_at(), case.first_response_at()),
        (Some(now()), None),
        "no machine's letter is an answer"
    );

    // It comes back: each clock runs again, and the handler of the case it was about hears of it, once.
    company.case().acknowledged.clone_from(&case.acknowledged);
    let refused = Fated { fate: LetterFate::Refused { reply: "550 no such user".into() }, ..fated };
    let decision = on_fate(&refused, Some(&case), &company.rules, now(), &mut Fresh::new([0; 32]));
    assert_eq!(sent(&decision), [(LetterKind::DeliveryFailed, "schade@lease.example")]);
    let Content::DeliveryFailed(failed) = &decision.letters[0].content else { panic!() };
    assert_eq!(failed.runs_again, Some((crate::case::Clock::Acknowledge, case.due.acknowledge)));
    decision.events.iter().filter(|event| event.case == Some(known.number)).for_each(|event| case.apply(event));
    assert_eq!(case.acknowledged_at(), None);
}

#[test]
fn of_what_is_over_nothing_is_promised_any_more() {
    let company = Company::new();
    let letters = [bundled(1, LetterKind::Acknowledgement, 8), bundled(2, LetterKind::Acknowledgement, 9)];
    let over = |serial| Case { state: crate::case::CaseState::Dismissed, ..case(serial) };
    for (cases, named, promises) in [([over(8), case(9)], 1, true), ([over(8), over(9)], 2, false)] {
        let one = waiting(Side::Customer, 60, 0);
        let decision = on_bundle(&one, &letters, &cases, &company.rules, now(), &mut Fresh::new([0; 32])).unwrap();
        let Content::Acknowledgements(told) = &decision.letters[0].content else { panic!("{decision:?}") };
        assert_eq!((told.complaints.len(), told.due.is_some()), (named, promises));
        // Each of them has its end with this letter, named in it or not.
        let What::Bundled { letters, .. } = &decision.events[0].what else { panic!("{decision:?}") };
        assert_eq!(letters.len(), 2);
    }
}

#[test]
fn what_a_colleague_should_have_got_together_goes_to_the_supervisor_when_it_is_refused() {
    let mut company = Company::new();
    let known = company.case().clone();
    let letters = vec![bundled(1, LetterKind::Notification, 7), bundled(2, LetterKind::Question, 7)];
    let fated = Fated {
        letter: letter_id(9),
        kind: LetterKind::Bundle,
        to: address("schade@lease.example"),
        fate: LetterFate::Refused { reply: "552 mailbox full".into() },
        text: String::new(),
        bundled: letters,
    };
    let decision = on_fate(&fated, Some(&known), &company.rules, now(), &mut Fresh::new([0; 32]));
    assert_eq!(sent(&decision), [(LetterKind::Alarm, "chef@lease.example")]);
    assert_eq!(decision.letters[0].carried.len(), 2);
    assert_eq!(kinds(&decision), ["letter_fate"; 3]);
}

#[test]
fn who_waits_longer_at_the_desks_cap_goes_first() {
    let (acknowledgement, counts) = (drafts().remove(0), Counts { waits_at_desk: true, ..Counts::default() });
    assert_eq!(held_by(&acknowledgement, None, &counts, CAPS), Some(Cap::Desk));
}
