//! What is no answer, and what looks like none and is a person's.

use super::super::{Mood, NoAnswer, read};

fn of(headers: &str, text: &str) -> Option<NoAnswer> {
    let raw =
        format!("From: Karin <karin@example.org>\nTo: klachten@example.nl\nMIME-Version: 1.0\n{headers}\n\n{text}\n");
    read(raw.as_bytes(), "").no_answer
}

fn in_words(subject: &str, text: &str) -> Option<NoAnswer> {
    of(&format!("Subject: {subject}\nContent-Type: text/plain; charset=utf-8"), text)
}

#[test]
fn an_absence_from_end_to_end_is_known_in_many_languages() {
    for text in [
        "Ik ben tot en met 12 maart afwezig.",
        "Goedendag,\n\nBedankt voor uw bericht. Ik ben van 1 t/m 12 maart met vakantie. Uw e-mail wordt niet doorgestuurd.\n\
         Voor dringende zaken kunt u contact opnemen met mijn collega Piet de Vries (piet@x.example, 06-12345678).\n\n\
         Met vriendelijke groet,\nKarin Klant",
        "Afwezig tot maandag",
        "Momenteel ben ik niet op kantoor. Maandag 9 maart ben ik weer bereikbaar.\n\nGroet,\nKarin",
        "Thank you for your message. I am out of the office until Monday 9 March with limited access to my email.\n\
         For urgent matters please contact John Smith.\n\nKind regards,\nAnn",
        "I will be on annual leave until 12 June and will respond to your email when I return.",
        "Sehr geehrte Damen und Herren,\n\nich bin bis zum 9. Januar im Urlaub. Ihre Nachricht wird nicht weitergeleitet. \
         In dringenden Fällen wenden Sie sich bitte an Frau Müller.\n\nMit freundlichen Grüßen\nKarin",
        "Bonjour,\n\nJe suis en congé jusqu'au 12 mars. En cas d'urgence, veuillez contacter mon collègue Luc Martin.\n\n\
         Cordialement,\nKarin",
        "Estoy fuera de la oficina hasta el 12 de marzo.",
        "Sono in ferie fino al 12 marzo. Per urgenze contattare Mario Rossi.",
    ] {
        assert_eq!(in_words("AW: Uw klacht", text), Some(NoAnswer::Absence), "{text}");
    }
}

#[test]
fn one_word_more_makes_an_absence_a_persons_mail() {
    for text in [
        "Ik ben tot maandag met vakantie met een kapotte auto.",
        "Ik ben tot maandag afwezig. Het is nog niet opgelost.",
        "De monteur was afwezig.",
        "Afwezig: de monteur, alweer.",
        "Uw kantoor is niet bereikbaar.",
        "Ik ben maandag niet op kantoor. Ik kan u niet bereiken.",
        "Ik ben niet akkoord, en tot maandag afwezig.",
        "Ik ben tot maandag afwezig. Mijn bericht wordt niet beantwoord.",
        "Ik ben tot maandag afwezig, kan het dinsdag?",
        "Ik ben tot maandag afwezig.\nGroet,\nKarin\nPS de remmen piepen",
        "Ik ben afwezig. Neem contact op met mijn advocaat.",
        "Ik was op vakantie.",
        "I am on holiday without a car.",
        "I am out of the office and I disagree.",
        "Ich bin im Urlaub ohne Auto.",
        "Nee",
        "Niet eens",
        "",
    ] {
        assert_eq!(in_words("Afwezig", text), None, "{text}");
    }
    let quoting = "Ik ben tot maandag afwezig.\n\nOp 1 maart schreef u:\n> Wij bellen u.";
    assert_eq!(in_words("Re: Uw klacht", quoting), None, "who quotes, typed");
}

#[test]
fn a_reaction_is_one_by_its_part_or_its_sentence_and_nothing_else() {
    let gmail = |text: &str| {
        let body = format!(
            "--r\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--r\nContent-Type: text/vnd.google.email-reaction+json\n\n\
             {{\"emoji\":\"x\",\"version\":1}}\n--r--"
        );
        of("Subject: Re: Uw klacht\nContent-Type: multipart/alternative; boundary=r", &body)
    };
    let (friendly, other) = (Some(NoAnswer::Reaction(Mood::Friendly)), Some(NoAnswer::Reaction(Mood::Other)));
    assert_eq!(gmail("👍\n\nKarin heeft gereageerd via Gmail"), friendly);
    assert_eq!(gmail("❤️\n\nKarin zareagował(a) za pomocą Gmail"), friendly);
    assert_eq!(gmail("👎\n\nKarin reacted via Gmail"), other);
    assert_eq!(gmail("👍"), friendly);
    for text in ["👍 maar de auto is nog stuk", "Nee.\n\nKarin heeft gereageerd via Gmail", "Niet eens"] {
        assert_eq!(gmail(text), None, "{text}");
    }
    assert_eq!(in_words("Re: Uw klacht", "👍\nKarin reacted to your message:"), friendly);
    assert_eq!(in_words("Re: Uw klacht", "😡 Karin heeft gereageerd op uw bericht"), other);
    for text in ["Niemand heeft gereageerd op uw bericht", "👍", "👍 Karin heeft gereageerd op uw bericht, en is boos"]
    {
        assert_eq!(in_words("Re: Uw klacht", text), None, "{text}");
    }
}

#[test]
fn a_recall_and_a_receipt_are_known_by_subject_and_whole_text() {
    for (subject, text) in [
        ("Intrekken: Factuur", "Karin wil het bericht \"Factuur\" intrekken."),
        ("Recall: Invoice", "Karin would like to recall the message, \"Invoice\"."),
        ("Rückruf: Rechnung", "Karin möchte die Nachricht \"Rechnung\" zurückrufen."),
    ] {
        assert_eq!(in_words(subject, text), Some(NoAnswer::Recall), "{subject}");
        assert_eq!(in_words(subject, &format!("{text}\nDe factuur klopt niet.")), None, "{subject}");
    }
    for (subject, text) in [
        (
            "Gelezen: Uw klacht",
            "Uw bericht\n\n   Aan: Karin\n   Onderwerp: Uw klacht\n   Verzonden: maandag\n\nis gelezen op maandag 9 maart 2026 10:12.",
        ),
        ("Read: Your complaint", "Your message was read on Monday, 9 March 2026 10:12:00 AM."),
        ("Gelesen: Ihre Beschwerde", "Ihre Nachricht wurde gelesen am 9. März 2026."),
        ("Gelezen: Uw klacht", ""),
    ] {
        assert_eq!(in_words(subject, text), Some(NoAnswer::ReadReceipt), "{subject}");
    }
    for (subject, text) in [
        ("Gelezen: uw brief", "Uw bericht klopt niet."),
        ("Read: your letter", "I read it and I disagree."),
        ("Re: Uw klacht", "Uw bericht is gelezen op maandag."),
        ("Intrekken: mijn klacht", "Dat doe ik niet."),
    ] {
        assert_eq!(in_words(subject, text), None, "{subject}: {text}");
    }
}

#[test]
fn a_calendars_answer_is_one_without_a_persons_words() {
    let answer = |method: &str, text: &str, more: &str| {
        let body = format!(
            "--c\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--c\nContent-Type: text/calendar; method={method}\n\n\
             BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nUID:abc\nSUMMARY:Geaccepteerd: Schouwing\n{more}END:VEVENT\n\
             END:VCALENDAR\n--c--"
        );
        of("Subject: Geaccepteerd: Schouwing\nContent-Type: multipart/alternative; boundary=c", &body)
    };
    for text in ["", "Karin heeft de uitnodiging geaccepteerd.", "Geaccepteerd: Schouwing\nWhen: Monday"] {
        assert_eq!(answer("REPLY", text, ""), Some(NoAnswer::Calendar), "{text}");
    }
    assert_eq!(answer("REPLY", "Ik kom, maar de auto is nog steeds stuk.", ""), None);
    assert_eq!(answer("REPLY", "", "COMMENT:De auto is nog stuk\n"), None);
    assert_eq!(answer("REQUEST", "", ""), None);
}
