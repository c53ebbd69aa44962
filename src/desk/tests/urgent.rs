//! `[urgent]`: what cannot wait is told to the supervisor at once, once for each case, by what the customer says: not by whom
//! the mail greets, not by who signed it, not by what it quotes.

use super::*;

fn company() -> Company {
    let urgent =
        "[urgent]\nkeywords = [\"brand\", \"remmen\", \"kind\", \"gewond*\"]\nkeywords_en = [\"fire\", \"brakes\"]\n";
    Company::of(&format!("{urgent}{SETTINGS}"))
}

fn words(decision: &MailDecision) -> Vec<String> {
    let told = decision.events.iter().find_map(|event| match &event.what {
        What::UrgentTold { words, .. } => Some(words.clone()),
        _ => None,
    });
    told.unwrap_or_default()
}

fn complains(subject: &str, text: &str) -> MailDecision {
    company().decide(&post("piet@elders.example", text).subject(subject))
}

#[test]
fn a_word_of_the_settings_tells_the_supervisor_of_its_department_at_once() {
    let decision = complains("Ongeluk", "De schade is groot: de remmen weigerden en mijn kind is gewond geraakt.");
    assert_eq!(words(&decision), ["remmen", "kind", "gewond"]);
    let urgent: Vec<_> = sent(&decision).into_iter().filter(|(kind, _)| *kind == LetterKind::Urgent).collect();
    assert_eq!(urgent, [(LetterKind::Urgent, CHEF)]);
    assert_eq!(words(&complains("Brand!", "Hierbij meld ik wat er gisteren met mijn auto is gebeurd.")), ["brand"]);
    assert_eq!(
        words(&complains("Car", "There was a fire in my car and nobody of your company called me back.")),
        ["fire"]
    );
}

#[test]
fn nothing_but_what_the_customer_says_makes_it_urgent() {
    for (subject, text) in [
        (
            "Factuur",
            "Beste mevrouw Brand,\n\nDe factuur van mijn auto klopt niet en ik wil mijn geld terug.\n\nGroet,\nPiet",
        ),
        (
            "Factuur",
            "De factuur van deze maand klopt niet, graag een nieuwe.\n\nMet vriendelijke groet,\n\nA. Brand\nRemmen Service BV",
        ),
        ("Invoice", "The invoice of this month is wrong, please send me a new one.\n\nKind regards,\nJohn Fire"),
        ("Factuur", "De factuur van deze maand klopt niet.\n-- \nBrand en Zonen"),
        ("Factuur", "Graag antwoord op mijn vraag.\n\nOp 1 mrt 2026 schreef Klant <x@y.nl>:\n> er is brand"),
        ("Factuur", "Dit brandt niet los, ik wil een nieuwe brandstofpas en verder niets van u."),
        // A fire in Dutch, a make of car in English.
        ("Car", "The brand of the car that you gave me is not the brand that we agreed on in the contract."),
    ] {
        assert!(words(&complains(subject, text)).is_empty(), "{text}: {:?}", words(&complains(subject, text)));
    }
    let postscript = complains(
        "Factuur",
        "De factuur van deze maand klopt niet.\n\nGroet,\nPiet\n\nPS: de remmen doen het ook niet.",
    );
    assert_eq!(words(&postscript), ["remmen"]);
    let one_line = complains("Auto", "Beste, de remmen van mijn auto doen het niet meer.");
    assert_eq!(words(&one_line), ["remmen"]);
}

#[test]
fn once_for_each_case_whoever_writes_and_also_when_it_opens_again() {
    let mut company = company();
    let token = company.token(Side::Customer);
    let mail = post(KLANT, "Nu staat de auto in brand en ik wil dat er iemand belt.").answering(&token);
    let decision = company.decide(&mail);
    assert_eq!(words(&decision), ["brand"]);
    decision.events.iter().for_each(|event| company.files[0].case.apply(event));
    assert!(company.case().urgent.is_some());
    assert!(words(&company.decide(&mail)).is_empty(), "once");
    let mut closed = self::company();
    closed.after(What::Closed(crate::case::Closed { settlement: "Klaar".into(), letter: letter_id(9) }));
    let again = closed.decide(&mail);
    assert_eq!(
        (words(&again), kinds(&again)),
        (vec!["brand".to_owned()], vec!["followed_up", "reopened", "urgent_told"])
    );
    let other = self::company().decide(&post("els@elders.example", "Zij is gewond.").answering(&token));
    assert_eq!(words(&other), ["gewond"]);
}

#[test]
fn without_the_setting_nothing_is_urgent() {
    let decision = Company::new().decide(&post("piet@elders.example", "Er is brand."));
    assert!(words(&decision).is_empty());
}

#[test]
fn what_stands_behind_an_informal_greeting_is_said() {
    for (text, found) in [
        ("Hallo mijn remmen doen het niet", "remmen"),
        ("Hoi de remmen weigeren, bel mij", "remmen"),
        ("Goedemorgen. Mijn auto staat in brand", "brand"),
        ("Goedemorgen. Brand in mijn auto", "brand"),
        ("HALLO MIJN REMMEN WEIGEREN", "remmen"),
        ("Hoi, de remmen doen het niet", "remmen"),
        ("Beste meneer Jansen, de remmen doen het niet", "remmen"),
    ] {
        assert_eq!(words(&complains("Auto", text)), [found], "{text}");
    }
    for text in ["Geachte heer of mevrouw Brand,", "Hallo Piet Brand", "Dag mevrouw van den Brand!"] {
        let text = format!("{text}\nDe factuur van mijn auto klopt niet.");
        assert!(words(&complains("Factuur", &text)).is_empty(), "{text}");
    }
}
