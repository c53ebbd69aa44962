//! What each staff verb does: the events, who gets which letter, and where the text that was typed goes (§2.1.3, §2.4,
//! invariant 7). A mail is carried out whole or not at all.

use super::draft::{AgendaStage, Done, HappenedWhat, Problem};
use super::*;
use crate::case::{AgendaItem, CaseState, Closed};
use crate::desk::verbs::{TABLE, TextGoes, Value, Verb};
use proptest::prelude::*;

const MIA: &str = "mia@lease.example";

fn closed(company: &mut Company) {
    company.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
}

fn dismissed(company: &mut Company) {
    company.after(What::Dismissed { reason: "reclame".into() });
}

/// Jan asked his supervisor, and this mail answers that letter.
fn escalated() -> Company {
    let mut company = Company::new();
    company.after(What::HandlerSet { handler: address(JAN) });
    company.after(What::Escalated { question: "Mag dit?".into(), to: address(CHEF) });
    company.letter_kind = Some(LetterKind::Escalation);
    company
}

fn garage(sequence: u32) -> AgendaItem {
    let at = "2026-03-06T13:00:00Z".parse().unwrap();
    let (id, text, whose) = ("punt".to_owned(), "garage bellen".to_owned(), address(JAN));
    AgendaItem { id, at, text, whose, sequence, reminded: false }
}

fn agenda_letters(decision: &MailDecision) -> Vec<(AgendaStage, u32, &str)> {
    let entry = |draft: &'_ Draft| match &draft.content {
        Content::Agenda(agenda) => Some((agenda.stage, agenda.sequence)),
        _ => None,
    };
    let with_reader = |draft| entry(draft).map(|(stage, sequence)| (stage, sequence, draft.to.as_str()));
    decision.letters.iter().filter_map(with_reader).collect()
}

#[test]
fn an_answer_beside_a_note_goes_to_the_customer_without_it() {
    let decision = does(&Company::new(), JAN, "#intern Coulance\n#antwoord\nWij komen kijken.");
    assert_eq!(kinds(&decision), ["noted", "handler_set", "answered"]);
    assert_eq!(sent(&decision), [(LetterKind::Answer, KLANT), (LetterKind::Receipt, JAN)]);
    assert_eq!(answer(&decision), Some("Wij komen kijken."));
    let on_its_line = does(&Company::new(), JAN, "#antwoord: Wij komen kijken.\n\nGroet, Jan");
    assert_eq!(answer(&on_its_line), Some("Wij komen kijken.\n\nGroet, Jan"));
}

#[test]
fn a_conversation_is_recorded_and_the_customer_gets_no_letter() {
    let decision = does(&Company::new(), JAN, "#gebeld\nMevrouw wacht op de garage.");
    assert_eq!(kinds(&decision), ["handler_set", "phone_contact"]);
    assert_eq!(decision.events[1].what, What::PhoneContact { text: "Mevrouw wacht op de garage.".into() });
    assert_eq!(sent(&decision), [(LetterKind::Receipt, JAN)]);
    // It stops the clock of the first reaction (§1), and the receipt says so.
    let Content::Receipt(receipt) = &decision.letters[0].content else { panic!("{decision:?}") };
    assert!(receipt.first_response_done);
}

#[test]
fn taking_over_makes_the_sender_the_handler_and_keeps_the_text() {
    let mut company = Company::new();
    company.after(What::HandlerSet { handler: address(JAN) });
    let decision = does(&company, MIA, "#overnemen\nJan is ziek.");
    assert_eq!(decision.events[0].what, What::HandlerSet { handler: address(MIA) });
    assert_eq!(decision.events[1].what, What::Noted { text: "Jan is ziek.".into() });
    assert_eq!(sent(&decision), [(LetterKind::Receipt, MIA)]);
}

#[test]
fn assigning_tells_the_colleague_and_only_one_of_the_department_will_do() {
    let company = Company::new();
    let decision = does(&company, JAN, "#toewijzen mia@lease.example\nJij kent hem.");
    assert_eq!(decision.events[0].what, What::HandlerSet { handler: address(MIA) });
    assert_eq!(decision.events[1].what, What::Noted { text: "Jij kent hem.".into() });
    assert_eq!(sent(&decision), [(LetterKind::Notification, MIA), (LetterKind::Receipt, JAN)]);
    assert_eq!(sent(&does(&company, JAN, "#toewijzen jan@lease.example")), [(LetterKind::Receipt, JAN)]);
    for wrong in ["fien@lease.example", "vreemde@elders.example", KLANT, "mia", ""] {
        let decision = does(&company, JAN, &format!("#toewijzen {wrong}"));
        let colleagues = [JAN, MIA, CHEF].map(address).to_vec();
        let problem = Problem::NotAColleague { written: wrong.to_owned(), colleagues };
        assert_eq!(*asked(&decision, JAN, wrong), problem);
    }
}

#[test]
fn moving_tells_the_other_department_and_only_one_that_exists() {
    let company = Company::new();
    for name in ["service", "Service", "klantenservice"] {
        let decision = does(&company, JAN, &format!("#afdeling {name}\nGaat over de helpdesk."));
        assert_eq!(kinds(&decision), ["department_set", "noted"], "{name}");
        let moved = What::DepartmentSet { department: "service".into(), routing: Why::Person };
        assert_eq!(decision.events[0].what, moved, "{name}");
        assert_eq!(sent(&decision), [(LetterKind::Notification, "service@lease.example"), (LetterKind::Receipt, JAN)]);
    }
    let unknown = does(&company, JAN, "#afdeling inkoop");
    let departments = vec!["schade".to_owned(), "service".to_owned()];
    let problem = Problem::UnknownDepartment { written: "inkoop".into(), departments };
    assert_eq!(*asked(&unknown, JAN, "inkoop"), problem);
}

#[test]
fn reopening_gives_new_terms_and_an_open_case_has_none_to_give() {
    let mut company = Company::new();
    let not_now = Problem::NotNow { verb: "#heropenen".into() };
    assert_eq!(*asked(&does(&company, JAN, "#heropenen"), JAN, "open"), not_now);
    company.case().received_at = "2026-01-05T09:00:00Z".parse().unwrap();
    closed(&mut company);
    let decision = does(&company, JAN, "#heropenen\nGarage deed het niet goed.");
    assert_eq!(kinds(&decision), ["reopened", "noted"]);
    let What::Reopened(reopened) = &decision.events[0].what else { panic!("{decision:?}") };
    assert_eq!((reopened.received_at, reopened.due), (now(), company.rules.due(now())));
    assert_eq!(sent(&decision), [(LetterKind::Receipt, JAN)]);
}

#[test]
fn no_complaint_and_a_complaint_after_all_are_the_houses_business() {
    let mut company = Company::new();
    company.after(What::AgendaSet(garage(0)));
    let decision = does(&company, JAN, "#geenklacht\nReclame.");
    assert_eq!(kinds(&decision), ["agenda_cleared", "dismissed"]);
    assert_eq!(decision.events[1].what, What::Dismissed { reason: "Reclame.".into() });
    assert_eq!(sent(&decision), [(LetterKind::Agenda, JAN), (LetterKind::Receipt, JAN)]);
    let not_now = |verb: &str| Problem::NotNow { verb: verb.into() };
    assert_eq!(*asked(&does(&company, JAN, "#klacht"), JAN, "open"), not_now("#klacht"));
    dismissed(&mut company);
    let decision = does(&company, JAN, "#klacht\nToch wel.");
    assert_eq!((kinds(&decision), sent(&decision)), (vec!["restored", "noted"], vec![(LetterKind::Receipt, JAN)]));
    assert_eq!(*asked(&does(&company, JAN, "#geenklacht"), JAN, "weg"), not_now("#geenklacht"));
}

#[test]
fn a_question_goes_to_the_supervisor_with_the_whole_file_and_not_to_the_customer() {
    let mut company = Company::new();
    let noted = What::Noted { text: NOTE.to_owned() };
    let actor = Actor::Staff(address(MIA));
    company.files[0].events = vec![Event { at: now(), case: Some(number(7)), actor, mail: None, what: noted }];
    let decision = does(&company, JAN, "#escaleren\nMag ik 500 euro bieden?");
    assert_eq!(kinds(&decision), ["handler_set", "escalated"]);
    assert_eq!(sent(&decision), [(LetterKind::Escalation, CHEF), (LetterKind::Receipt, JAN)]);
    let Content::Escalation(asks) = &decision.letters[0].content else { panic!("{decision:?}") };
    assert_eq!((asks.question.as_str(), asks.by.as_str()), ("Mag ik 500 euro bieden?", JAN));
    assert_eq!(asks.text, "Er zit een kras op de deur.");
    let [line] = asks.timeline.as_slice() else { panic!("{asks:?}") };
    assert_eq!((line.what, line.text.as_str(), line.by.as_str()), (HappenedWhat::Noted, NOTE, MIA));

    let not_now = Problem::NotNow { verb: "#escaleren".into() };
    assert_eq!(*asked(&does(&company, CHEF, "#escaleren Mag dit?"), CHEF, "himself"), Problem::AskedYourself);
    assert_eq!(*asked(&does(&company, JAN, "#escaleren"), JAN, "empty"), Problem::NothingTyped);
    closed(&mut company);
    assert_eq!(*asked(&does(&company, JAN, "#escaleren Mag dit?"), JAN, "closed"), not_now);
}

#[test]
fn the_supervisors_plain_reply_is_advice_for_the_handler_only() {
    let company = escalated();
    let decision = does(&company, CHEF, "Niet meer dan 300 euro.");
    assert_eq!(kinds(&decision), ["advised", "escalation_settled"]);
    assert_eq!(sent(&decision), [(LetterKind::Advice, JAN), (LetterKind::Receipt, CHEF)]);
    assert_eq!(to_customers(&decision).count(), 0);
    let Content::Advice(advice) = &decision.letters[0].content else { panic!("{decision:?}") };
    assert_eq!((advice.text.as_str(), advice.by.as_str()), ("Niet meer dan 300 euro.", CHEF));
    // With a verb of its own it may be answered, but it is said, not guessed.
    let decision = does(&company, CHEF, "#antwoord\nBeste Karin, wij betalen.");
    assert_eq!(sent(&decision), [(LetterKind::Answer, KLANT), (LetterKind::Receipt, CHEF)]);
    assert_eq!(answer(&decision), Some("Beste Karin, wij betalen."));
    // And in answer to any other letter advice is given with the verb.
    let decision = does(&Company::new(), CHEF, "#advies\nNiet meer dan 300 euro.");
    assert_eq!(sent(&decision), [(LetterKind::Advice, "schade@lease.example"), (LetterKind::Receipt, CHEF)]);
}

#[test]
fn the_supervisor_takes_the_question_over_with_the_case() {
    let decision = does(&escalated(), CHEF, "#overnemen");
    assert_eq!(kinds(&decision), ["escalation_settled", "handler_set"]);
    assert_eq!(sent(&decision), [(LetterKind::Receipt, CHEF)]);
    // A colleague who takes the case over still waits for the answer.
    let mut company = escalated();
    company.letter_kind = Some(LetterKind::Notification);
    assert_eq!(kinds(&does(&company, MIA, "#overnemen")), ["handler_set"]);
}

#[test]
fn something_is_put_on_the_agenda_moved_and_taken_off() {
    let mut company = Company::new();
    let decision = does(&company, JAN, "#agenda vr 14:00 garage bellen\nMonteur heet Ab.");
    assert_eq!(kinds(&decision), ["agenda_set", "noted"]);
    let What::AgendaSet(item) = &decision.events[0].what else { panic!("{decision:?}") };
    assert_eq!(AgendaItem { id: "punt".into(), ..item.clone() }, garage(0));
    assert_eq!(agenda_letters(&decision), [(AgendaStage::Set, 0, JAN)]);
    assert_eq!(sent(&decision), [(LetterKind::Agenda, JAN), (LetterKind::Receipt, JAN)]);

    company.after(What::AgendaSet(garage(0)));
    let moved = does(&company, JAN, "#agenda ma 09:30 garage bellen");
    let What::AgendaSet(item) = &moved.events[0].what else { panic!("{moved:?}") };
    assert_eq!((item.id.as_str(), item.sequence), ("punt", 1), "the same entry, changed once");
    assert_eq!(item.at, "2026-03-09T08:30:00Z".parse::<Moment>().unwrap());
    assert_eq!(agenda_letters(&moved), [(AgendaStage::Set, 1, JAN)]);

    let cleared = does(&company, JAN, "#agenda klaar");
    assert_eq!(cleared.events[0].what, What::AgendaCleared { id: "punt".into() });
    assert_eq!(agenda_letters(&cleared), [(AgendaStage::Cancelled, 1, JAN)]);
    assert_eq!(done(&cleared), [Done::AgendaCleared]);
}

#[test]
fn an_unclear_moment_is_asked_about_with_a_right_form() {
    let company = Company::new();
    for typed in ["#agenda binnenkort garage bellen", "#agenda", "#agenda 31-02 garage"] {
        let decision = does(&company, JAN, typed);
        let Problem::UnclearMoment { nearest, .. } = asked(&decision, JAN, typed) else { panic!("{decision:?}") };
        assert!(!nearest.is_empty(), "{typed}");
    }
}

#[test]
fn closing_cancels_what_is_in_the_calendar() {
    let mut company = Company::new();
    company.after(What::AgendaSet(garage(2)));
    let decision = does(&company, JAN, "#afgehandeld\nWij betalen.");
    assert_eq!(kinds(&decision), ["handler_set", "agenda_cleared", "closed"]);
    assert_eq!(agenda_letters(&decision), [(AgendaStage::Cancelled, 3, JAN)]);
    assert_eq!(to_customers(&decision).map(|draft| draft.content.kind()).collect::<Vec<_>>(), [LetterKind::Closing]);
}

#[test]
fn help_comes_back_and_does_nothing() {
    let decision = does(&Company::new(), JAN, "#hulp");
    assert_eq!((kinds(&decision), sent(&decision)), (vec!["mail_filed"], vec![(LetterKind::Receipt, JAN)]));
    assert_eq!(done(&decision), [Done::Help]);
}

#[test]
fn two_verbs_that_want_the_same_text_are_asked_about() {
    for (typed, first, second) in [
        ("#antwoord\n#afgehandeld\nWij betalen.", "#antwoord", "#afgehandeld"),
        ("#antwoord\n#intern\nWij betalen.", "#antwoord", "#intern"),
        ("#gebeld\n#afgehandeld\nWij betalen.", "#afgehandeld", "#gebeld"),
        ("#escaleren\n#antwoord\nWij betalen.", "#antwoord", "#escaleren"),
    ] {
        let decision = does(&Company::new(), JAN, typed);
        let problem = Problem::TwoTexts { first: first.into(), second: second.into() };
        assert_eq!(*asked(&decision, JAN, typed), problem, "{typed}");
    }
}

#[test]
fn one_verb_that_cannot_be_done_stops_the_others_of_the_mail() {
    let company = Company::new();
    for typed in [
        "#intern Let op\n#toewijzen niemand@elders.example",
        "#antwoord Wij betalen.\n#afdeling inkoop",
        "#antwoord Wij betalen.\n#heropenen",
        "#gebeld Gesproken\n#agenda ooit garage",
        "#overnemen\n#klacht",
        "#afgehandeld Wij betalen.\n#escaleren Mag dat?",
        "#antwoord Wij betalen.\n#telefoon",
        "#toewijzen mia@lease.example\n#antwoord",
    ] {
        asked(&does(&company, JAN, typed), JAN, typed);
    }
}

#[test]
fn verbs_are_done_in_order_each_on_what_the_one_before_left() {
    let mut company = Company::new();
    closed(&mut company);
    let decision = does(&company, JAN, "#heropenen\n#afgehandeld\nWij betalen toch meer.");
    assert_eq!(kinds(&decision), ["reopened", "handler_set", "closed"]);
    assert_eq!(sent(&decision), [(LetterKind::Closing, KLANT), (LetterKind::Receipt, JAN)]);
}

/// Lines of verbs whose text stays in the file, but for `#klant`, which owes the customer something itself; each with words that must not leave the house.
fn file_lines() -> impl Strategy<Value = Vec<String>> {
    let rows: Vec<_> =
        TABLE.iter().filter(|row| row.text == TextGoes::CaseFile && row.verb != Verb::Customer).collect();
    let line = (prop::sample::select(rows), any::<bool>(), any::<bool>()).prop_map(|(row, english, with_words)| {
        let name = if english { row.english } else { row.dutch };
        let value = match row.value {
            Value::Text if with_words => "Kladgeheim",
            Value::Moment => "vr 14:00 Kladgeheim",
            Value::Address => "mia@lease.example",
            Value::Department => "service",
            Value::Past => "vandaag",
            Value::LastDay => "15-4 Kladgeheim",
            Value::Representative => "p@kantoor.example",
            Value::Stage => "inzage Kladgeheim",
            Value::Readers => "chef@lease.example",
            Value::Cause => "planning",
            Value::TextName => "groet",
            Value::Amount => "12,50",
            Value::Text | Value::Promise | Value::Mail | Value::None | Value::Case | Value::Customer | Value::Words => {
                ""
            }
        };
        format!("{name} {value}")
    });
    prop::collection::vec(line, 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_letter_to_the_customer_holds_the_text_of_a_verb_for_the_file(
        mut lines in file_lines(),
        outward in prop::option::of(prop::sample::select(vec!["#antwoord", "#afgehandeld", "#antwoord Gegroet", "#closed Gegroet"])),
        at in any::<prop::sample::Index>(),
        below in prop::sample::select(vec!["", "Ondergeheim", "Ondergeheim\n> u schreef\nOndergeheim"]),
        from in prop::sample::select(vec![JAN, CHEF, "schade@lease.example"]),
        state in prop::sample::select(vec![CaseState::Open, CaseState::Closed, CaseState::Dismissed]),
        answered in prop::sample::select(vec![LetterKind::Notification, LetterKind::Escalation, LetterKind::Advice]),
    ) {
        let mut company = escalated();
        company.case().state = state;
        company.letter_kind = Some(answered);
        company.after(What::PaperWritten { letter: letter_id(5), letter_kind: LetterKind::Answer });
        if let Some(outward) = outward {
            lines.insert(at.index(lines.len() + 1), outward.to_owned());
        }
        let decision = does(&company, from, &format!("{}\n{below}", lines.join("\n")));
        for draft in to_customers(&decision) {
            let shown = format!("{draft:?}");
            prop_assert!(outward.is_some(), "no verb sends anything to the customer: {shown}");
            prop_assert!(!shown.contains("Kladgeheim"), "{shown}");
        }
        // All or nothing: who is asked something did nothing.
        if sent(&decision).iter().any(|(kind, _)| *kind == LetterKind::Question) {
            prop_assert_eq!(kinds(&decision), ["mail_filed"]);
            prop_assert_eq!(decision.letters.len(), 1);
        }
    }
}
