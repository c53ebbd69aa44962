//! Samples of letters that bring a sheet of paper to be printed and posted (§2.3). Pure.

use super::customers::interim;
use super::{acknowledgement, after, draft, due, notification, say, subject, title};
use crate::case::{Channel, Customer, Language, LetterKind};
use crate::desk::draft::{Answer, Closing, Content, Draft, Notification, Paper, Sheet, Unacknowledged, Waiting};
use chrono::NaiveDate;

pub(in crate::letters) fn letters(language: Language) -> Vec<Content> {
    let paper = |sheet| Paper {
        sheet,
        language,
        customer: by_post(),
        department_title: title(language),
        due: Some(due().first_response),
    };
    let other = language.pick(Language::English, Language::Dutch);
    let acknowledged = paper(Sheet::Acknowledgement(acknowledgement(language)));
    let late = Paper { due: Some(after(-1, 0)), ..paper(Sheet::Answer(answer(other))) };
    let interim = Paper { due: None, ..paper(Sheet::Interim(interim(language, Some(after(72, 0))))) };
    let sheets =
        [acknowledged, late, interim, Paper { due: None, language: other, ..paper(Sheet::Closing(closing(other))) }];
    let notified = Notification {
        customer: by_post(),
        channel: Channel::Letter,
        unacknowledged: Some(Unacknowledged::ByPost),
        ..notification(language)
    };
    let mut all: Vec<Content> = sheets.map(|paper| Content::Paper(Box::new(paper))).into();
    all.push(Content::Notification(Box::new(notified)));
    all
}

/// The same letter on paper; None: it never goes by post.
pub(in crate::letters) fn of(letter: &Draft) -> Option<Draft> {
    let sheet = match letter.content.clone() {
        Content::Acknowledgement(letter) => Sheet::Acknowledgement(letter),
        Content::Answer(letter) => Sheet::Answer(letter),
        Content::Interim(letter) => Sheet::Interim(letter),
        Content::Closing(letter) => Sheet::Closing(letter),
        _ => return None,
    };
    let language = letter.language;
    let paper = Paper { sheet, language, customer: by_post(), department_title: title(language), due: None };
    Some(Draft { carried: letter.carried.clone(), ..draft(language, Content::Paper(Box::new(paper))) })
}

pub(in crate::letters) fn answer(language: Language) -> Answer {
    Answer {
        text: say(
            language,
            [
                "Beste mevrouw Özgür,\n\nVervelend, die kras. Wij laten hem woensdag herstellen 👍\n\nPieter de Wit",
                "Dear Ms Özgür,\n\nSorry about that scratch. We will have it repaired on Wednesday 👍\n\nPieter de Wit",
                "Guten Tag Frau Özgür,\n\nder Kratzer tut uns leid. Er wird am Mittwoch repariert 👍\n\nPieter de Wit",
                "Bonjour Madame Özgür,\n\nNous sommes désolés. La rayure sera réparée mercredi 👍\n\nPieter de Wit",
            ],
        ),
        signed_by: None,
    }
}

pub(in crate::letters) fn closing(language: Language) -> Closing {
    Closing {
        customer_name: by_post().name,
        subject: subject(language),
        received_at: after(-13, 42),
        settlement: say(
            language,
            [
                "Wij vergoeden de schade van € 240.\n\nU ontvangt het bedrag binnen vijf werkdagen.",
                "We will pay the damage of € 240.\n\nYou will receive it within five working days.",
                "Wir ersetzen den Schaden von 240 €.\n\nSie erhalten den Betrag innerhalb von fünf Werktagen.",
                "Nous prenons en charge le dommage de 240 €.\n\nVous recevrez ce montant sous cinq jours ouvrables.",
            ],
        ),
        committee_last_day: NaiveDate::from_ymd_opt(2027, 11, 22),
        asks: false,
    }
}

/// Has no e-mail, but a letter box.
pub(super) fn by_post() -> Customer {
    Customer {
        name: "Şirin Özgür-Łukasz".to_owned(),
        address: None,
        phone: Some("06 1234 5678".to_owned()),
        postal: vec!["Coöperatiehof 12-b".to_owned(), "3512 JK  Utrecht".to_owned()],
    }
}

pub(super) fn to_post() -> Vec<Waiting> {
    vec![Waiting { kind: LetterKind::Acknowledgement, written_at: after(-12, 0) }]
}
