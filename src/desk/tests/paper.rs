//! A customer without an e-mail address (§2.3): letters on paper come back to who prints them, and the clocks stop when
//! staff say that a letter was posted, or spoke to the customer.

use super::draft::{Done, Paper, Problem, Sheet, Unacknowledged, Waiting};
use super::*;
use crate::case::{Clock, DirectAnswer, LetterFate, PaperStage, TermStage};
use chrono::TimeDelta;

const RECEPTIE: &str = "receptie@lease.example";
const SCHADE: &str = "schade@lease.example";
const FORM: &str = "#brief\nKlant: Şirin Özgür\nAdres: Hof 12-b, 3512 JK Utrecht\n\nEr is schade aan mijn auto.";

/// Case 7 is of a customer with a letter box, or with a telephone only; its clocks run since now.
fn of(customer: Customer) -> Company {
    let mut company = Company::new();
    company.case().customer = customer;
    company.case().customer_thread.clear();
    company
}

fn by_post() -> Customer {
    let postal = vec!["Hof 12-b".to_owned(), "3512 JK Utrecht".to_owned()];
    Customer { name: "Şirin Özgür".into(), address: None, phone: None, postal }
}

fn by_phone() -> Customer {
    Customer { phone: Some("030-1234567".into()), postal: Vec::new(), ..by_post() }
}

/// The same, with a letter on paper that was brought by that letter, some minutes ago.
fn waiting(company: &mut Company, letter: u8, kind: LetterKind, minutes: i64) {
    let what = What::PaperWritten { letter: letter_id(letter), letter_kind: kind };
    let at = now() - TimeDelta::minutes(minutes);
    let event = Event { at, case: Some(number(7)), actor: Actor::Desk, mail: None, what };
    company.case().apply(&event);
}

fn does(company: &Company, text: &str) -> MailDecision {
    company.decide(&reply_of(company, JAN, text))
}

/// What the decision makes of the case.
fn after(company: &Company, decision: &impl Either) -> Case {
    let mut case = company.files[0].case.clone();
    decision.events().iter().for_each(|event| case.apply(event));
    case
}

fn paper(decision: &MailDecision) -> (&Draft, &Paper) {
    let found = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Paper(paper) => Some((draft, &**paper)),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no paper: {decision:?}"))
}

fn posted(decision: &MailDecision) -> Vec<(LetterId, LetterKind, Moment)> {
    let of = |event: &Event| match &event.what {
        What::Posted { letter, letter_kind, posted_at } => Some((letter.clone(), *letter_kind, *posted_at)),
        _ => None,
    };
    decision.events.iter().filter_map(of).collect()
}

fn minutes_ago(minutes: i64) -> Moment {
    now() - TimeDelta::minutes(minutes)
}

/// Only the sender was asked.
fn asked<'a>(decision: &'a MailDecision, text: &str) -> &'a Problem {
    assert_eq!((sent(decision), kinds(decision)), (vec![(LetterKind::Question, JAN)], vec!["mail_filed"]), "{text}");
    why(decision)
}

#[test]
fn a_letter_at_reception_brings_the_department_the_complaint_and_the_acknowledgement_to_post() {
    let company = Company::new();
    let decision = company.decide(&post(RECEPTIE, FORM).dmarc("pass"));
    let expected = [(LetterKind::Notification, SCHADE), (LetterKind::Paper, SCHADE), (LetterKind::Receipt, RECEPTIE)];
    assert_eq!(sent(&decision), expected);
    assert_eq!(kinds(&decision), ["opened", "paper_written"]);
    let (draft, brought) = paper(&decision);
    let What::Opened(opened) = &decision.events[0].what else { panic!("{decision:?}") };
    assert_eq!(opened.customer.postal, ["Hof 12-b", "3512 JK Utrecht"]);
    assert_eq!((&brought.customer, draft.side), (&opened.customer, Side::Staff));
    assert_eq!(brought.due, Some(company.rules.due(now()).acknowledge));
    let Sheet::Acknowledgement(said) = &brought.sheet else { panic!("{brought:?}") };
    assert_eq!((said.customer_name.as_str(), said.received_at), ("Şirin Özgür", now()));
    let letter = draft.id.clone();
    assert_eq!(decision.events[1].what, What::PaperWritten { letter, letter_kind: LetterKind::Acknowledgement });
    let Content::Notification(notified) = &decision.letters[0].content else { panic!("{decision:?}") };
    assert_eq!(notified.unacknowledged, Some(Unacknowledged::ByPost));
    let [Done::Registered { acknowledged: None, .. }, Done::OnPaper { to, letter_kind, .. }] = done(&decision) else {
        panic!("{decision:?}")
    };
    assert_eq!((to.as_str(), *letter_kind), (SCHADE, LetterKind::Acknowledgement));
}

#[test]
fn a_customer_with_an_e_mail_address_too_is_mailed() {
    let both = FORM.replace("Adres:", "E-mail: klant@prive.example\nAdres:");
    let decision = Company::new().decide(&post(RECEPTIE, &both).dmarc("pass"));
    assert_eq!(sent(&decision)[0], (LetterKind::Acknowledgement, KLANT));
    assert_eq!(kinds(&decision), ["opened"]);
}

#[test]
fn an_english_letter_is_acknowledged_in_english() {
    let english = "#letter\nCustomer: Ann Lee\nAddress: Hof 12-b, 3512 JK Utrecht\n\nMy car was delivered with a damage \
                   on the door and nobody has called me back about it.";
    let decision = Company::new().decide(&post(RECEPTIE, english).dmarc("pass"));
    let (draft, brought) = paper(&decision);
    assert_eq!((brought.language, draft.language), (Language::English, Language::Dutch));
}

#[test]
fn an_answer_comes_back_to_who_typed_it_as_a_letter_and_stops_nothing_yet() {
    let company = of(by_post());
    for (text, said) in [
        ("Wij herstellen de kras.\n\nGroet, Jan", "Wij herstellen de kras.\n\nGroet, Jan"),
        ("#antwoord\nWij herstellen de kras.", "Wij herstellen de kras."),
    ] {
        let decision = does(&company, text);
        assert_eq!(sent(&decision), [(LetterKind::Paper, JAN), (LetterKind::Receipt, JAN)], "{text}");
        assert_eq!(kinds(&decision), ["handler_set", "answered", "paper_written"], "{text}");
        let Sheet::Answer(answer) = &paper(&decision).1.sheet else { panic!("{decision:?}") };
        assert_eq!(answer.text, said);
        let [Done::OnPaper { to, letter_kind, text, attachments: 0 }] = done(&decision) else { panic!("{decision:?}") };
        assert_eq!((to.as_str(), *letter_kind, text.as_str()), (JAN, LetterKind::Answer, said));
        let case = after(&company, &decision);
        assert_eq!((case.first_response_at(), case.to_post().count()), (None, 1));
        // Nothing of it is a letter to a customer by mail.
        assert_eq!(to_customers(&decision).count(), 0);
    }
}

#[test]
fn attachments_go_to_who_prints_and_text_without_verbs_alone_is_on_the_sheet() {
    let company = of(by_post());
    let text = "--grens\nContent-Type: text/plain\n\nZie de bijlage.\n--grens\nContent-Type: application/pdf\n\
                Content-Disposition: attachment; filename=offerte.pdf\n\n%PDF\n--grens--\n";
    let mail = reply_of(&company, JAN, text)
        .header("MIME-Version: 1.0")
        .header("Content-Type: multipart/mixed; boundary=\"grens\"");
    let decision = company.decide(&mail);
    let (draft, _) = paper(&decision);
    assert_eq!(draft.carried.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["offerte.pdf"]);
    assert!(matches!(done(&decision), [Done::OnPaper { attachments: 1, .. }]));
}

#[test]
fn closing_makes_the_confirmation_with_all_it_must_say_and_it_counts_once_posted() {
    let committee =
        "[committee]\nname = \"Commissie\"\nurl = \"https://commissie.example\"\n[[department]]\nname = \"schade\"";
    let mut company = Company::of(&SETTINGS.replace("[[department]]\nname = \"schade\"", committee));
    company.case().customer = by_post();
    let decision = does(&company, "#afgehandeld\nWij betalen 240 euro.");
    assert_eq!(sent(&decision), [(LetterKind::Paper, JAN), (LetterKind::Receipt, JAN)]);
    assert_eq!(kinds(&decision), ["handler_set", "closed", "committee_owed", "paper_written"]);
    let Sheet::Closing(closing) = &paper(&decision).1.sheet else { panic!("{decision:?}") };
    assert_eq!((closing.settlement.as_str(), closing.received_at), ("Wij betalen 240 euro.", now()));
    assert_eq!(closing.committee_last_day, Some("2027-03-05".parse().unwrap()));
    assert!(matches!(done(&decision), [Done::ClosedOnPaper { attachments: 0, .. }]));
    let case = after(&company, &decision);
    assert!(case.owes_confirmation() && case.first_response_at().is_none() && case.closed_at.is_some());

    company.files[0].case = case;
    let decision = does(&company, "#verstuurd");
    let case = after(&company, &decision);
    assert!(!case.owes_confirmation() && case.papers.is_empty());
    assert_eq!(case.first_response_at(), Some(now()));
}

#[test]
fn posted_in_reply_to_a_paper_letter_is_that_letter_and_else_all_that_wait() {
    let mut company = of(by_post());
    waiting(&mut company, 1, LetterKind::Acknowledgement, 30);
    waiting(&mut company, 2, LetterKind::Answer, 20);
    // The reply's token names letter 1.
    let decision = does(&company, "#verstuurd");
    assert_eq!(posted(&decision), [(letter_id(1), LetterKind::Acknowledgement, now())]);
    assert_eq!(done(&decision), [Done::Posted { letter_kind: LetterKind::Acknowledgement, at: now() }]);
    let case = after(&company, &decision);
    assert_eq!((case.acknowledged_at(), case.first_response_at()), (Some(now()), None));

    let mut company = of(by_post());
    waiting(&mut company, 8, LetterKind::Acknowledgement, 30);
    waiting(&mut company, 9, LetterKind::Answer, 20);
    let decision = does(&company, "#verstuurd");
    assert_eq!(posted(&decision).len(), 2);
    let case = after(&company, &decision);
    assert_eq!((case.acknowledged_at(), case.first_response_at()), (Some(now()), Some(now())));
    assert!(case.papers.is_empty());
}

#[test]
fn what_was_posted_counts_from_the_moment_staff_say() {
    for (said, at) in [
        ("gisteren 16:00", "2026-03-04T15:00:00Z"),
        ("gisteren", "2026-03-04T17:00:00Z"),
        ("vandaag 9:30", "2026-03-05T08:30:00Z"),
        ("vandaag", "2026-03-05T09:00:00Z"),
        ("een uur geleden", "2026-03-05T08:00:00Z"),
        ("", "2026-03-05T09:00:00Z"),
    ] {
        let mut company = of(by_post());
        company.case().received_at = minutes_ago(3 * 24 * 60);
        waiting(&mut company, 1, LetterKind::Answer, 2 * 24 * 60);
        let decision = does(&company, &format!("#verstuurd {said}"));
        let at: Moment = at.parse().unwrap();
        assert_eq!(posted(&decision), [(letter_id(1), LetterKind::Answer, at)], "{said}");
        assert_eq!(after(&company, &decision).first_response_at(), Some(at), "{said}");
    }
}

#[test]
fn posted_never_lies_in_the_future_nor_before_the_letter_was_written() {
    let mut company = of(by_post());
    waiting(&mut company, 1, LetterKind::Answer, 20);
    for text in ["#verstuurd morgen 9:00", "#verstuurd met de fiets", "#verstuurd vrijdag 31 februari"] {
        assert!(matches!(asked(&does(&company, text), text), Problem::UnclearPosting { .. }), "{text}");
    }
    let early = does(&company, "#verstuurd gisteren 16:00");
    let (said, written_at) = ("2026-03-04T15:00:00Z".parse().unwrap(), minutes_ago(20));
    assert_eq!(*asked(&early, "early"), Problem::PostedBeforeWritten { said, written_at });
    // Typed to the minute: the one in which it was written.
    company.case().papers[0].written_at = now() - TimeDelta::seconds(601);
    company.case().papers[0].written_at += TimeDelta::seconds(40);
    let written_at = company.case().papers[0].written_at;
    assert_eq!(posted(&does(&company, "#verstuurd 9:50")), [(letter_id(1), LetterKind::Answer, written_at)]);
}

#[test]
fn with_nothing_to_post_the_sender_is_told_so() {
    let mut company = of(by_post());
    assert_eq!(*asked(&does(&company, "#verstuurd"), "none"), Problem::NothingToPost);
    let by_mail = Problem::NotNow { verb: "#verstuurd".into() };
    assert_eq!(*asked(&does(&Company::new(), "#verstuurd"), "by mail"), by_mail);
    // What reached nobody cannot be posted.
    waiting(&mut company, 1, LetterKind::Answer, 20);
    company.case().papers[0].stage = PaperStage::Stopped;
    assert_eq!(*asked(&does(&company, "#verstuurd"), "held"), Problem::NothingToPost);
    // A letter that this very mail makes is not printed yet.
    let both = does(&of(by_post()), "#afgehandeld\n#verstuurd\nWij betalen.");
    assert_eq!(*asked(&both, "both"), Problem::NothingToPost);
}

/// One verb, two meanings: the letter that is answered says which.
#[test]
fn in_reply_to_a_question_about_a_mail_it_confirms_and_the_letters_still_wait() {
    let mut company = Company::new();
    waiting(&mut company, 9, LetterKind::Answer, 20);
    let answer = DirectAnswer {
        message_id: None,
        from: address(JAN),
        text: "Wij bellen u.".into(),
        received_at: minutes_ago(10),
    };
    // The reply's token names letter 1.
    let what = What::AnswerToConfirm { question: letter_id(1), answer };
    let event = Event { at: minutes_ago(9), case: Some(number(7)), actor: Actor::Desk, mail: None, what };
    company.files[0].events.push(event.clone());
    let decision = does(&company, "#verstuurd dat was ik");
    assert_eq!((kinds(&decision), posted(&decision).len()), (vec!["handler_set", "answered_directly", "noted"], 0));
    assert_eq!(after(&company, &decision).to_post().count(), 1);
    company.files[0].events.clear();
    assert_eq!(posted(&does(&company, "#verstuurd")).len(), 1);
}

#[test]
fn a_conversation_stops_the_clocks_and_the_letters_still_wait() {
    let mut company = of(by_post());
    waiting(&mut company, 1, LetterKind::Acknowledgement, 30);
    let decision = does(&company, "#gebeld\nMevrouw weet ervan.");
    let case = after(&company, &decision);
    assert_eq!((case.acknowledged_at(), case.first_response_at()), (Some(now()), Some(now())));
    assert_eq!(case.to_post().count(), 1);
}

#[test]
fn text_too_long_for_paper_is_asked_about() {
    let long = "Dit is een heel lange brief. ".repeat(1_500);
    for text in [long.clone(), format!("#afgehandeld\n{long}")] {
        assert_eq!(*asked(&does(&of(by_post()), &text), "long"), Problem::TooLongForPaper);
    }
    // By mail it is none.
    assert_eq!(sent(&does(&Company::new(), &long))[0], (LetterKind::Answer, KLANT));
}

#[test]
fn who_can_only_be_called_is_called() {
    let company = of(by_phone());
    for text in ["Wij herstellen de kras.", "#antwoord\nWij herstellen de kras."] {
        assert_eq!(*asked(&does(&company, text), text), Problem::NoCustomerAddress);
    }
    let decision = does(&company, "#afgehandeld\nWij betalen 240 euro.");
    assert_eq!((kinds(&decision), sent(&decision)), (vec!["handler_set", "closed"], vec![(LetterKind::Receipt, JAN)]));
    let settlement = "Wij betalen 240 euro.".to_owned();
    assert_eq!(done(&decision), [Done::Closed { to: None, settlement: settlement.clone() }]);
    let mut case = after(&company, &decision);
    assert!(case.owes_confirmation());
    assert_eq!(case.settlement, Some(settlement));
    // Later, by telephone.
    let mut later = of(by_phone());
    later.files[0].case = case.clone();
    does(&later, "#gebeld\nVerteld.").events.iter().for_each(|event| case.apply(event));
    assert!(!case.owes_confirmation());
}

#[test]
fn a_conversation_in_the_mail_that_closes_confirms_the_closing() {
    let company = of(by_phone());
    for text in [
        "#gebeld Ze is tevreden.\n#afgehandeld\nWij betalen 240 euro.",
        "#afgehandeld Wij betalen 240 euro.\n#gebeld Ze is tevreden.",
    ] {
        let decision = does(&company, text);
        assert_eq!(kinds(&decision), ["handler_set", "closed", "phone_contact"], "{text}");
        assert!(!after(&company, &decision).owes_confirmation(), "{text}");
    }
}

fn told_clocks(term: &draft::Term) -> Vec<Clock> {
    std::iter::once(term.clock).chain(term.also.iter().map(|other| other.clock)).collect()
}

#[test]
fn a_warning_names_the_letter_that_waits_and_the_handler_hears_in_time_of_the_acknowledgement() {
    let mut company = of(by_post());
    waiting(&mut company, 1, LetterKind::Acknowledgement, 0);
    company.after(What::HandlerSet { handler: address(JAN) });
    let case = company.case().clone();
    let due = case.due.acknowledge;
    let warned = on_terms(&case, &company.rules, due - TimeDelta::hours(1), &mut Fresh::new([3; 32])).unwrap();
    let told = warned.letters.iter().filter_map(|draft| match &draft.content {
        Content::Term(term) if told_clocks(term).contains(&Clock::Acknowledge) => Some((draft.to.as_str(), term)),
        _ => None,
    });
    let told: Vec<_> = told.into_iter().collect();
    assert_eq!(told.iter().map(|(to, _)| *to).collect::<Vec<_>>(), [JAN, CHEF]);
    assert_eq!(told[0].1.stage, TermStage::Before);
    assert_eq!(told[0].1.to_post, [Waiting { kind: LetterKind::Acknowledgement, written_at: now() }]);
}

#[test]
fn a_sheet_that_reaches_nobody_goes_one_step_up_or_has_to_be_typed_again() {
    let mut company = of(by_post());
    waiting(&mut company, 1, LetterKind::Acknowledgement, 0);
    waiting(&mut company, 2, LetterKind::Answer, 0);
    let fate = LetterFate::Refused { reply: "550 no".into() };
    let decide = |letter, to: &str, fate| {
        let fated = Fated {
            letter: letter_id(letter),
            kind: LetterKind::Paper,
            to: address(to),
            fate,
            text: String::new(),
            bundled: Vec::new(),
        };
        on_fate(&fated, Some(&company.files[0].case), &company.rules, now(), &mut Fresh::new([3; 32]))
    };
    let again = decide(1, SCHADE, fate.clone());
    assert_eq!(sent(&again), [(LetterKind::Alarm, CHEF), (LetterKind::Paper, CHEF)]);
    assert_eq!(kinds(&again), ["letter_fate", "paper_written"]);
    let case = after(&company, &again);
    // The lost one is made good; the answer still waits.
    assert_eq!((case.to_post().count(), case.failed_letters.len()), (2, 0));
    let lost = decide(2, JAN, fate);
    assert_eq!(sent(&lost), [(LetterKind::Alarm, CHEF)]);
    assert_eq!(after(&company, &lost).to_post().count(), 1);
    let held = decide(2, JAN, LetterFate::Held { reason: "een notitie".into() });
    assert_eq!(sent(&held), [(LetterKind::Alarm, SCHADE)]);
    let Content::Alarm(alarm) = &held.letters[0].content else { panic!("{held:?}") };
    assert_eq!(alarm.about, draft::AlarmAbout::PaperHeld { reason: "een notitie".into() });
    assert_eq!(after(&company, &held).failed_letters, [letter_id(2)]);
}
