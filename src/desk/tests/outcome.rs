//! What came of a complaint: on file and in the figures, in the customer's letter only what the settlement says; and no customer who
//! was told "we look into it" is dropped without an answer.

use super::draft::{Done, Misjudged, Problem};
use super::pressed::{Asked, TYPED, on_case};
use super::*;
use crate::case::{Amount, Closed, Judgement, LetterFate, Outcome};

const REASON: &str = "Wij vergoeden niets, omdat de kras er bij de inname al op zat.";

fn after(company: &Company, decision: &super::MailDecision) -> Case {
    let mut case = company.files[0].case.clone();
    decision.events.iter().for_each(|event| case.apply(event));
    case
}

fn judged(decision: &super::MailDecision) -> &Judgement {
    let told = done(decision).iter().find_map(|done| if let Done::Judged(said) = done { Some(said) } else { None });
    told.unwrap_or_else(|| panic!("nothing was judged: {decision:?}"))
}

fn misjudged(company: &Company, typed: &str) -> Misjudged {
    let decision = does(company, JAN, typed);
    assert!(to_customers(&decision).next().is_none(), "{typed}");
    let Problem::Misjudged(why) = why(&decision) else { panic!("{decision:?}") };
    why.clone()
}

fn acknowledged(company: &mut Company) {
    let fate = LetterFate::Accepted { server: "mx".into(), reply: "250".into() };
    let letter_kind = LetterKind::Acknowledgement;
    company.after(What::LetterFate { letter: letter_id(2), letter_kind, to: KLANT.into(), fate });
}

/// The customer knows that we look into it, and Jan knows that the customer waits.
fn waits(company: &mut Company) {
    acknowledged(company);
    let what = What::AnswerAsked { to: address(JAN) };
    company.files[0].events.push(Event { at: now(), case: Some(number(7)), actor: Actor::Desk, mail: None, what });
}

/// Each question about it, with what was typed.
pub(super) fn questions() -> Vec<Asked> {
    let asked = |why, typed| on_case(Problem::Misjudged(why), typed);
    let causes = vec!["Planning".to_owned(), "garage".to_owned()];
    let closes = format!("#afgehandeld\n{TYPED}");
    vec![
        asked(Misjudged::Missing, &closes).with(|company| company.rules.closing.outcome = config::AskOutcome::Required),
        asked(Misjudged::ReasonMissing(Outcome::Unfounded), "#ongegrond\n#afgehandeld\nNee."),
        asked(Misjudged::Several(vec![Outcome::Founded, Outcome::Partly]), &format!("#gegrond\n#deels\n{closes}")),
        asked(Misjudged::UnknownCause { written: "garaag".into(), causes }, &format!("#oorzaak garaag\n{closes}")),
        asked(Misjudged::UnknownCause { written: "garage".into(), causes: vec![] }, &format!("#oorzaak x\n{closes}")),
        asked(Misjudged::UnclearAmount { written: "389,5".into() }, &format!("#vergoeding 389,5\n{closes}")),
        asked(Misjudged::AnswerFirst, "#geenklacht\nReclame.").with(waits),
    ]
}

#[test]
fn beside_the_settlement_it_is_on_file_and_not_in_the_letter() {
    let company = Company::new();
    let typed = format!("#deels\n#oorzaak planning\n#vergoeding € 1.389,00\n#afgehandeld\n{REASON}");
    let decision = does(&company, JAN, &typed);
    let expected = Judgement {
        outcome: Some(Outcome::Partly),
        cause: Some("Planning".into()),
        compensation: Amount::parse("1389"),
    };
    assert_eq!((judged(&decision), &after(&company, &decision).judgement), (&expected, &expected));
    assert_eq!(kinds(&decision), ["judged", "judged", "judged", "handler_set", "closed"]);
    let Some(Content::Closing(closing)) = to_customers(&decision).next().map(|draft| &draft.content) else { panic!() };
    assert_eq!(closing.settlement, REASON);
}

#[test]
fn later_words_take_the_place_of_earlier_ones_and_a_new_round_begins_without() {
    let mut company = Company::new();
    company.after(What::Judged(Judgement { outcome: Some(Outcome::Founded), ..Judgement::default() }));
    company.after(What::Closed(Closed { settlement: REASON.into(), letter: letter_id(9) }));
    let decision = does(&company, JAN, "#ongegrond\n#vergoeding 0");
    let case = after(&company, &decision);
    assert_eq!((case.judgement.outcome, case.judgement.compensation), (Some(Outcome::Unfounded), Amount::parse("0")));
    company.after(What::Reopened(crate::case::Reopened { received_at: now(), due: company.rules.due(now()) }));
    assert_eq!(company.case().judgement, Judgement::default());
}

#[test]
fn who_is_not_put_in_the_right_hears_why() {
    let company = Company::new();
    for (verb, outcome) in
        [("#deels", Outcome::Partly), ("#ongegrond", Outcome::Unfounded), ("#rejected", Outcome::Unfounded)]
    {
        let short = misjudged(&company, &format!("{verb}\n#afgehandeld\nWij vergoeden niets."));
        assert_eq!(short, Misjudged::ReasonMissing(outcome));
        assert!(kinds(&does(&company, JAN, &format!("{verb}\n#afgehandeld\n{REASON}"))).contains(&"closed"));
    }
    assert!(kinds(&does(&company, JAN, "#gegrond\n#afgehandeld\nBetaald.")).contains(&"closed"));
    // Said before the end, it is held against the settlement all the same.
    let mut before = Company::new();
    before.after(What::Judged(Judgement { outcome: Some(Outcome::Unfounded), ..Judgement::default() }));
    assert_eq!(misjudged(&before, "#afgehandeld\nNee."), Misjudged::ReasonMissing(Outcome::Unfounded));
    before.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    assert_eq!(misjudged(&before, "#ongegrond"), Misjudged::ReasonMissing(Outcome::Unfounded));
}

#[test]
fn what_is_not_clear_is_asked_and_nothing_of_the_mail_is_done() {
    let company = Company::new();
    let closes = format!("#afgehandeld\n{REASON}");
    let several = misjudged(&company, &format!("#gegrond\n#ongegrond\n{closes}"));
    assert_eq!(several, Misjudged::Several(vec![Outcome::Founded, Outcome::Unfounded]));
    let causes = vec!["Planning".to_owned(), "garage".to_owned()];
    let unknown = misjudged(&company, &format!("#oorzaak weer\n{closes}"));
    assert_eq!(unknown, Misjudged::UnknownCause { written: "weer".into(), causes });
    let unclear = misjudged(&company, &format!("#vergoeding 389,5\n{closes}"));
    assert_eq!(unclear, Misjudged::UnclearAmount { written: "389,5".into() });
}

#[test]
fn where_the_settings_ask_for_it_nothing_closes_without() {
    let required = SETTINGS.replace("[closing]", "[closing]\noutcome = \"required\"");
    let mut company = Company::of(&required);
    assert_eq!(misjudged(&company, &format!("#afgehandeld\n{REASON}")), Misjudged::Missing);
    assert!(kinds(&does(&company, JAN, &format!("#gegrond\n#afgehandeld\n{REASON}"))).contains(&"closed"));
    company.after(What::Judged(Judgement { outcome: Some(Outcome::Founded), ..Judgement::default() }));
    assert!(kinds(&does(&company, JAN, &format!("#afgehandeld\n{REASON}"))).contains(&"closed"));
    assert!(kinds(&does(&company, JAN, "#antwoord\nMorgen weten wij meer.")).contains(&"answered"));
    // Written to the customer directly it is an answer, and the case stays open until it is said.
    let to = format!("klachten@lease.example, {KLANT}");
    let open = Company::of(&required);
    let direct = open.decide(&reply_of(&open, JAN, &format!("#afgehandeld\n{REASON}")).to(&to));
    assert!(kinds(&direct).contains(&"answered_directly") && !kinds(&direct).contains(&"closed"), "{direct:?}");
}

#[test]
fn an_acknowledged_customer_is_answered_before_it_is_no_complaint() {
    let mut company = Company::new();
    assert!(kinds(&does(&company, JAN, "#geenklacht\nReclame.")).contains(&"dismissed"), "nobody waits");
    acknowledged(&mut company);
    let asked = does(&company, JAN, "#geenklacht\nVraag over de app.");
    assert_eq!(*why(&asked), Problem::Misjudged(Misjudged::AnswerFirst));
    assert_eq!(kinds(&asked), ["mail_filed", "answer_asked"]);
    let both = does(&company, JAN, "#geenklacht\n#antwoord\nDe app is van een ander bedrijf.");
    assert_eq!(kinds(&both), ["handler_set", "answered", "dismissed"]);
    assert_eq!(answer(&both), Some("De app is van een ander bedrijf."));
    // Who knows that the customer waits, and says so again, is believed; nobody else is.
    company.files[0].events.extend(asked.events);
    assert!(kinds(&does(&company, JAN, "#geenklacht\nVraag over de app.")).contains(&"dismissed"));
    let other = does(&company, CHEF, "#geenklacht");
    assert_eq!(*why(&other), Problem::Misjudged(Misjudged::AnswerFirst));
    company.after(What::PhoneContact { text: "uitgelegd".into() });
    assert!(kinds(&does(&company, CHEF, "#geenklacht")).contains(&"dismissed"), "the customer heard");
}

#[test]
fn a_word_in_the_meantime_that_the_customer_had_directly_is_no_answer_either() {
    let company = Company::new();
    let typed = "#tussenbericht vr\nWij wachten op de garage.";
    let mail = reply_of(&company, JAN, typed).to(&format!("klachten@lease.example, {KLANT}"));
    let decision = company.decide(&mail);
    assert_eq!(kinds(&decision), ["interim", "handler_set"]);
    assert!(to_customers(&decision).next().is_none() && matches!(done(&decision)[0], Done::InterimHad { .. }));
    assert_eq!(after(&company, &decision).first_response_at(), None);
}

#[test]
fn typed_above_an_opening_again_it_belongs_to_the_new_round() {
    let mut company = Company::new();
    company.after(What::Closed(Closed { settlement: "Niets.".into(), letter: letter_id(9) }));
    let decision = does(&company, JAN, "#gegrond\n#heropenen\n#afgehandeld\nWij betalen toch.");
    let case = after(&company, &decision);
    assert_eq!((case.state, case.judgement.outcome), (CaseState::Closed, Some(Outcome::Founded)), "{decision:?}");
}
