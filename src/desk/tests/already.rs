//! Two colleagues who answer at once: the second is told before anything goes out twice, once for each answer.

use super::draft::Problem;
use super::*;
use crate::case::{Closed, DirectAnswer};
use chrono::TimeDelta;

const TEXT: &str = "Beste Karin,\n\nWij betalen de schade.";
const MIA: &str = "mia@lease.example";

/// Mia answered so long ago.
fn answered(company: &mut Company, ago: TimeDelta) {
    let what = What::Answered { letter: letter_id(5), text: "Wij bellen u morgen.".into() };
    let event = Event { at: now() - ago, case: Some(number(7)), actor: Actor::Staff(address(MIA)), mail: None, what };
    company.files[0].events.push(event);
}

/// The notification that `reply_of` answers was written so long ago.
fn notified(company: &mut Company, ago: TimeDelta) {
    let what = What::LetterWritten {
        letter: letter_id(1),
        letter_kind: LetterKind::Notification,
        to: "schade@lease.example".into(),
        message_id: "melding@lease.example".into(),
    };
    let event = Event { at: now() - ago, case: Some(number(7)), actor: Actor::Desk, mail: None, what };
    company.files[0].events.insert(0, event);
}

#[test]
fn the_second_of_two_colleagues_is_told_before_anything_goes_out_twice() {
    let (minutes, hours) = (TimeDelta::minutes, TimeDelta::hours);
    // (Mia answered, the letter that Jan answers was written) so long ago: is he told?
    for (mia, letter, is_told) in [
        (minutes(2), hours(3), true),
        (minutes(14), minutes(1), true),
        (minutes(16), minutes(1), false),
        (minutes(16), hours(3), true),
        (hours(72), hours(80), true),
        (hours(72), hours(70), false),
    ] {
        for (text, goes) in
            [(TEXT.to_owned(), !is_told), (format!("#antwoord\n{TEXT}"), true), ("#intern x".to_owned(), true)]
        {
            let mut company = Company::new();
            answered(&mut company, mia);
            notified(&mut company, letter);
            let decision = company.decide(&reply_of(&company, JAN, &text));
            assert_eq!(came_through(&decision), goes, "{mia}, {letter}, {text}");
            // The same person twice, and whoever has one mailbox with others.
            assert!(came_through(&company.decide(&reply_of(&company, MIA, &text))), "{text}");
        }
    }
}

fn came_through(decision: &MailDecision) -> bool {
    let is_asked = decision.letters.iter().any(|draft| draft.content.kind() == LetterKind::Question);
    assert!(!is_asked || to_customers(decision).count() == 0, "{decision:?}");
    !is_asked
}

fn came_with(decision: &MailDecision) -> Option<&Problem> {
    (!came_through(decision)).then(|| why(decision))
}

#[test]
fn the_question_shows_the_colleagues_words_and_comes_once_for_each_answer() {
    let mut company = Company::new();
    answered(&mut company, TimeDelta::minutes(3));
    let decision = company.decide(&reply_of(&company, JAN, TEXT));
    let told = Problem::AnsweredAlready {
        by: address(MIA),
        at: now() - TimeDelta::minutes(3),
        text: "Wij bellen u morgen.".into(),
        prefilled: format!("#antwoord\n{TEXT}"),
    };
    assert_eq!((why(&decision), kinds(&decision)), (&told, vec!["mail_filed", "answer_shown"]));
    company.lives_through(&decision);
    assert_eq!(answer(&company.decide(&reply_of(&company, JAN, TEXT))), Some(TEXT), "he knows now");
    assert_eq!(*why(&company.decide(&reply_of(&company, "chef@lease.example", TEXT))), told, "another one does not");
    answered(&mut company, TimeDelta::minutes(1));
    assert!(!came_through(&company.decide(&reply_of(&company, JAN, TEXT))), "a later answer he has not seen");
}

#[test]
fn a_settlement_waits_too_and_every_way_of_answering_counts() {
    let direct = DirectAnswer { text: "Betaald.".into(), message_id: None, from: address(MIA), received_at: now() };
    let closed = Closed { settlement: "Betaald.".into(), letter: letter_id(5) };
    for what in [What::AnsweredDirectly(direct), What::Closed(closed)] {
        let mut company = Company::new();
        let at = now() - TimeDelta::minutes(1);
        company.files[0].events.push(Event {
            at,
            case: Some(number(7)),
            actor: Actor::Staff(address(MIA)),
            mail: None,
            what,
        });
        let settlement = reply_of(&company, JAN, &format!("#afgehandeld\n{TEXT}"));
        assert!(!matches!(came_with(&company.decide(&settlement)), Some(Problem::AnsweredAlready { .. })));
        notified(&mut company, TimeDelta::hours(3));
        let decision = company.decide(&settlement);
        let Problem::AnsweredAlready { text, prefilled, .. } = why(&decision) else { panic!("{decision:?}") };
        assert_eq!((text.as_str(), prefilled.as_str()), ("Betaald.", &*format!("#afgehandeld\n{TEXT}")));
    }
    // One that did not arrive stands in nobody's way.
    let mut company = Company::new();
    answered(&mut company, TimeDelta::minutes(3));
    company.case().failed_letters = vec![letter_id(5)];
    assert!(came_through(&company.decide(&reply_of(&company, JAN, TEXT))));
}

#[test]
fn a_mailbox_that_answers_again_and_again_is_asked_before_the_customer_gets_more() {
    let mut company = Company::new();
    let answered = |company: &mut Company| {
        let decision = does(company, JAN, "Bedankt voor uw bericht, wij nemen contact met u op.");
        company.lives_through(&decision);
        decision
    };
    for round in 0..3 {
        assert_eq!(sent(&answered(&mut company))[0].0, LetterKind::Answer, "{round}");
    }
    let fourth = does(&company, JAN, "Bedankt voor uw bericht, wij nemen contact met u op.");
    let Problem::ManyAnswers { count: 3, prefilled, .. } = asked(&fourth, JAN, "the fourth") else {
        panic!("{fourth:?}")
    };
    // A person says so, and it goes; a verb is a person's.
    assert_eq!(sent(&does(&company, JAN, prefilled))[0].0, LetterKind::Answer);
    assert_eq!(sent(&does(&company, JAN, "#afgehandeld\nWij betalen."))[0].0, LetterKind::Closing);
}

#[test]
fn two_machines_that_answer_each_other_through_us_come_to_rest() {
    let mut company = Company::new();
    for round in 0..20 {
        let decision = does(&company, JAN, "Uw bericht is ontvangen.");
        let goes = sent(&decision)[0].0 == LetterKind::Answer;
        assert_eq!(goes, round < 10, "{round}");
        company.lives_through(&decision);
        let wrote = post(KLANT, "Wij hebben uw bericht ontvangen.").answering(&company.token(Side::Customer));
        company.lives_through(&company.decide(&wrote));
    }
}
