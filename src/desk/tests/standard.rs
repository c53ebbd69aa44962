//! `#tekst NAME`: the company's own sentences in what a customer gets, filled in and in the customer's language.

use super::draft::{Done, Problem};
use super::pressed::{Asked, on_case};
use super::*;
use crate::case::{Blank, Promise};
use chrono::TimeDelta;

const TEXTS: &str = r#"
[[text]]
name = "uitstel"
nl = """
{{ salutation }}

Uw klacht {{ number }} van {{ received }} kost ons meer tijd. U hoort uiterlijk {{ promised }} van ons.
"""
de = "{{ salutation }} Ihre Beschwerde {{ number }}: bis {{ promised }}."
[[text]]
name = "ontvangen"
nl = "Wij hebben {{ number }}, {{ name }}, en antwoorden uiterlijk {{ answer_by }}; op {{ today }}."
"#;
const SHORT: &str = "Wij hebben K-2026-000007, Karin Smit, en antwoorden uiterlijk vrijdag 6 maart 2026 om 10.00 uur; op donderdag 5 maart 2026.";

fn company() -> Company {
    let mut company = Company::of(&format!("{SETTINGS}{TEXTS}"));
    company.case().customer.name = "Karin Smit".into();
    company
}

fn unknown(written: &str) -> Problem {
    let names = ["uitstel", "ontvangen"].map(str::to_owned).to_vec();
    Problem::UnknownText { written: written.to_owned(), names }
}

fn lacks(name: &str, lacks: Blank) -> Problem {
    Problem::TextLacks { name: name.to_owned(), lacks }
}

/// Each question about such a text, with what was typed.
pub(super) fn about_texts() -> Vec<Asked> {
    let typed = [
        (unknown("ontvagen"), "#tekst ontvagen"),
        (unknown("ontvagen"), "Beste Karin,\n\n#tekst ontvagen\n\nGroet, Jan"),
        (unknown("ontvagen"), "#afgehandeld\nBetaald.\n#tekst ontvagen"),
        (unknown(""), "#tekst\nGroet"),
        (Problem::UnknownText { written: "x".into(), names: Vec::new() }, "#tekst x\nBeste Karin,"),
        (lacks("uitstel", Blank::Promised), "#tekst uitstel"),
    ];
    // What is offered can be filled in.
    let all = typed.map(|(why, text)| {
        on_case(why, text).with(|company| {
            *company = self::company();
            company.case().promise = Some(Promise { made_at: now(), until: now() + TimeDelta::days(1) });
        })
    });
    all.into()
}

#[test]
fn alone_it_is_the_answer_and_the_receipt_shows_it() {
    let company = company();
    for typed in ["#tekst ontvangen", "#TEKST: Ontvangen.", "#text ontvangen", "\n#overnemen\n#tekst ontvangen"] {
        let decision = does(&company, JAN, typed);
        assert_eq!(answer(&decision), Some(SHORT), "{typed}");
        assert!(done(&decision).iter().any(|done| matches!(done, Done::Relayed { text, .. } if text == SHORT)));
        let kept = |event: &Event| matches!(&event.what, What::Answered { text, .. } if text == SHORT);
        assert!(decision.events.iter().any(kept), "{typed}");
    }
}

#[test]
fn among_ones_own_words_it_comes_where_its_line_stands() {
    let company = company();
    let decision = does(&company, JAN, "Beste Karin,\n\n#tekst ontvangen\n\nIk bel u morgen.\nJan");
    assert_eq!(answer(&decision), Some(format!("Beste Karin,\n\n{SHORT}\n\nIk bel u morgen.\nJan").as_str()));
    let twice = does(&company, JAN, "#antwoord\n#tekst ontvangen\n\nEn:\n#tekst ontvangen");
    assert_eq!(answer(&twice), Some(format!("{SHORT}\n\nEn:\n{SHORT}").as_str()));
}

#[test]
fn it_goes_along_with_whatever_else_the_customer_gets() {
    let company = company();
    let closed = does(&company, JAN, "#afgehandeld\n#tekst ontvangen\nBetaald.");
    let settled = |event: &Event| matches!(&event.what, What::Closed(closed) if closed.settlement == format!("{SHORT}\nBetaald."));
    assert!(closed.events.iter().any(settled), "{closed:?}");
    let interim = does(&company, JAN, "#tussenbericht vr 16:00\n#tekst uitstel");
    let text = interim.letters.iter().find_map(|draft| match &draft.content {
        Content::Interim(interim) => Some(interim.text.as_str()),
        _ => None,
    });
    let expected = "Beste Karin Smit,\n\nUw klacht K-2026-000007 van donderdag 5 maart 2026 kost ons meer tijd. U hoort uiterlijk vrijdag 6 maart 2026 om 16.00 uur van ons.";
    assert_eq!(text, Some(expected));
}

#[test]
fn the_customers_language_is_taken_where_there_is_one_and_dates_follow_the_text() {
    let mut company = company();
    for (language, expected) in [
        (
            Language::German,
            "Guten Tag Karin Smit, Ihre Beschwerde K-2026-000007: bis Freitag, 6. März 2026 um 16.00 Uhr.",
        ),
        (Language::French, "Beste Karin Smit,\n\nUw klacht K-2026-000007 van donderdag 5 maart 2026 kost"),
    ] {
        company.case().language = language;
        let decision = does(&company, JAN, "#tussenbericht vr 16:00\n#tekst uitstel");
        let said = to_customers(&decision).find_map(|draft| match &draft.content {
            Content::Interim(interim) => Some(interim.text.clone()),
            _ => None,
        });
        assert!(said.as_ref().is_some_and(|said| said.starts_with(expected)), "{said:?}");
    }
}

#[test]
fn what_there_is_not_and_what_is_not_known_is_asked_about() {
    let mut company = company();
    for (typed, problem) in [
        ("#tekst ontvagen", unknown("ontvagen")),
        ("#tekst", unknown("")),
        ("Beste Karin,\n#tekst ontvangen graag\nGroet", unknown("ontvangen graag")),
        ("#tekst uitstel", lacks("uitstel", Blank::Promised)),
    ] {
        assert_eq!(*asked(&does(&company, JAN, typed), JAN, typed), problem);
    }
    // A moment that is past is no promise, and a company is greeted by no name.
    company.case().due.first_response = now();
    assert_eq!(*why(&does(&company, JAN, "#tekst ontvangen")), lacks("ontvangen", Blank::AnswerBy));
    company.case().customer.name = "Garage Smit BV".into();
    assert_eq!(*why(&does(&company, JAN, "#tekst ontvangen")), lacks("ontvangen", Blank::Name));
}

#[test]
fn with_a_text_that_stays_in_the_house_it_is_asked_about() {
    let company = company();
    for typed in ["#intern\n#tekst ontvangen\nzij overdrijft", "#intern zij overdrijft\nEn verder\n#tekst ontvangen"] {
        let decision = does(&company, JAN, typed);
        assert!(matches!(asked(&decision, JAN, typed), Problem::TwoTexts { .. } | Problem::VerbLowerDown { .. }));
    }
    // Each with words of its own: the note stays, the sentence goes.
    let both = does(&company, JAN, "#intern zij overdrijft\n#tekst ontvangen");
    assert_eq!(answer(&both), Some(SHORT));
    assert!(kinds(&both).contains(&"noted"));
}

#[test]
fn what_the_customer_had_directly_is_recorded_as_it_was() {
    let company = company();
    let mail = reply_of(&company, JAN, "Beste Karin,\n\n#tekst ontvangen").header(&format!("Cc: {KLANT}"));
    let decision = company.decide(&mail);
    assert!(to_customers(&decision).next().is_none(), "{decision:?}");
    assert!(done(&decision).contains(&Done::LeftUndone { written: vec!["#tekst".into()] }), "{decision:?}");
}

#[test]
fn the_manual_names_them_where_there_are_any() {
    let names = ["uitstel", "ontvangen"].map(str::to_owned).to_vec();
    assert_eq!(done(&does(&company(), JAN, "#hulp")), [Done::Help, Done::StandardTexts { names: names.clone() }]);
    let notified = company().decide(&post("nieuw@prive.example", "Mijn schade is niet betaald."));
    let texts = notified.letters.iter().find_map(|draft| match &draft.content {
        Content::Notification(notification) => Some(notification.texts.clone()),
        _ => None,
    });
    assert_eq!(texts, Some(names));
    assert_eq!(done(&does(&Company::new(), JAN, "#hulp")), [Done::Help]);
}

#[test]
fn a_reply_below_a_quote_asks_for_none() {
    let company = company();
    let typed = "Wij betalen.\n\n> #tekst ontvangen\n> Groet";
    let decision = does(&company, JAN, typed);
    assert!(matches!(why(&decision), Problem::TextApart { .. }), "{decision:?}");
}
