//! Samples of letters to customers, in each of their languages. Pure.

use super::{acknowledgement, address, after, say, subject};
use crate::case::{Language, Moment, Worded};
use crate::desk::draft::*;
use chrono::NaiveDate;

/// Together more than is printed of a text that is not printed as one.
const LINES_OF_LONG: usize = 66;

pub(super) fn letters(language: Language) -> Vec<Content> {
    let settlement = say(
        language,
        [
            "Wij vergoeden de schade van € 240.\nU ontvangt het bedrag binnen vijf werkdagen.",
            "We will pay the damage of € 240.\nYou will receive it within five working days.",
            "Wir ersetzen den Schaden von 240 €.\nSie erhalten den Betrag innerhalb von fünf Werktagen.",
            "Nous prenons en charge le dommage de 240 €.\nVous recevrez ce montant sous cinq jours ouvrables.",
        ],
    );
    let own_words = say(
        language,
        [
            "Goedemorgen,\n\nMijn auto kwam terug met een kras <op> de deur.",
            "Good morning,\n\nMy car came back with a scratch <on> the door.",
            "Guten Morgen,\n\nmein Auto kam mit einem Kratzer <an> der Tür zurück.",
            "Bonjour,\n\nMa voiture est revenue avec une rayure <sur> la portière.",
        ],
    );
    let unsigned = |greeted| Answer {
        text: say(
            language,
            [
                "De garage belt u morgen.",
                "The garage will call you tomorrow.",
                "Die Werkstatt ruft Sie morgen an.",
                "Le garage vous appellera demain.",
            ],
        ),
        signed_by: Some(SignedBy { name: "Wit, Pieter de".to_owned(), greeted }),
    };
    let foreign = Worded {
        language: if language == Language::Dutch { Language::English } else { Language::Dutch },
        text: "Ruit & Co".to_owned(),
    };
    vec![
        Content::Misdirected(Misdirected { customer_name: "Piet Pietersen".to_owned() }),
        represented(RepresentedStage::Begins, "Jan Jansen"),
        represented(RepresentedStage::Ends, ""),
        represented(RepresentedStage::RepresentativeBegins, "Pim Visser"),
        represented(RepresentedStage::RepresentativeEnds, "Pim Visser"),
        Content::Acknowledgement(acknowledgement(language)),
        Content::Acknowledgement(Acknowledgement { reopened: true, ..acknowledgement(language) }),
        Content::Acknowledgement(Acknowledgement {
            department_title: foreign.clone(),
            own_words: Some(own_words),
            ..acknowledgement(language)
        }),
        Content::Acknowledgement(Acknowledgement {
            department_title: foreign,
            reopened: true,
            ..acknowledgement(language)
        }),
        Content::Answer(Answer {
            text: say(
                language,
                [
                    "Beste Jan,\n\nVervelend, die kras. Kunt u een foto sturen?\n\nMet vriendelijke groet,\nPieter de Wit\n\
                     Voorbeeld Lease, schade@voorbeeld.example",
                    "Dear Jan,\n\nSorry about that scratch. Could you send a photo?\n\nKind regards,\nPieter de Wit\n\
                     Voorbeeld Lease, schade@voorbeeld.example",
                    "Guten Tag Jan,\n\nder Kratzer tut uns leid. Können Sie uns ein Foto schicken?\n\nMit freundlichen Grüßen\n\
                     Pieter de Wit",
                    "Bonjour Jan,\n\nNous sommes désolés pour cette rayure. Pouvez-vous nous envoyer une photo ?\n\n\
                     Cordialement,\nPieter de Wit",
                ],
            ),
            signed_by: None,
        }),
        Content::Answer(unsigned(false)),
        Content::Answer(unsigned(true)),
        Content::Interim(interim(language, Some(after(72, 0)))),
        Content::Interim(interim(language, None)),
        Content::Closing(Closing {
            customer_name: "Jan Jansen".to_owned(),
            subject: subject(language),
            received_at: after(-13, 42),
            settlement: settlement.clone(),
            committee_last_day: NaiveDate::from_ymd_opt(2027, 11, 22),
            asks: true,
        }),
        Content::Closing(Closing {
            customer_name: String::new(),
            subject: String::new(),
            received_at: after(-13, 42),
            settlement,
            committee_last_day: None,
            asks: false,
        }),
    ]
}

fn represented(stage: RepresentedStage, name: &str) -> Content {
    Content::Represented(Represented {
        stage,
        name: name.to_owned(),
        customer_name: "Jan Jansen".to_owned(),
        representative_name: if name.is_empty() { String::new() } else { "Pim Visser".to_owned() },
        representative: address("p.visser@kantoor.example"),
    })
}

pub(in crate::letters) fn interim(language: Language, promised: Option<Moment>) -> Interim {
    let text = say(
        language,
        [
            "Beste Jan,\n\nBinnen drie werkdagen lukt niet: de garage wacht op een portier.\n\nPieter de Wit",
            "Dear Jan,\n\nThree working days will not be enough: the garage is waiting for a door.\n\nPieter de Wit",
            "Guten Tag Jan,\n\ndrei Werktage reichen nicht: Die Werkstatt wartet auf eine Tür.\n\nPieter de Wit",
            "Bonjour Jan,\n\nTrois jours ouvrables ne suffiront pas : le garage attend une portière.\n\nPieter de Wit",
        ],
    );
    let committee_last_day = promised.and_then(|_| NaiveDate::from_ymd_opt(2027, 11, 22));
    Interim { text, promised, committee_last_day }
}

/// The same letter with a text of some pages; None: nobody types one in it.
pub(in crate::letters) fn lengthened(draft: &Draft) -> Option<Draft> {
    let line = |number| {
        let end = if number % 3 == 0 { "\n" } else { "" };
        format!(
            "{number}. Wij hebben dit nagekeken, en er met de garage en met de afdeling over gesproken; zie bijlage {number}.{end}"
        )
    };
    let text = (1..=LINES_OF_LONG).map(line).collect::<Vec<_>>().join("\n");
    let content = match draft.content.clone() {
        Content::Answer(letter) => Content::Answer(Answer { text, ..letter }),
        Content::Interim(letter) => Content::Interim(Interim { text, ..letter }),
        Content::Closing(letter) => Content::Closing(Closing { settlement: text, ..letter }),
        _ => return None,
    };
    Some(Draft { content, ..draft.clone() })
}
