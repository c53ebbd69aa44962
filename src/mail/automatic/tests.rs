//! What the room promises about machines, on small mails of our own.

use super::super::parse::take_apart;
use super::*;

fn kind(headers: &str, text: &str) -> Option<Kind> {
    let raw = format!("From: Jan <jan@example.org>\nTo: klachten@example.nl\n{headers}\n\n{text}\n");
    of(&take_apart(raw.as_bytes())).map(|a| a.kind)
}

#[test]
fn a_person_is_no_machine() {
    for headers in [
        "Subject: Klacht",
        "Auto-Submitted: no",
        "Auto-Submitted: No (by hand)",
        "X-Auto-Response-Suppress: DR, RN, NRN",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "X-Auto-Response-Suppress: All",
        "Precedence: first-class",
        "X-Autoreply: no",
        "Return-Path: <jan@example.org>",
        "Auto-Submitted: no\nList-Id: <lijst.example.org>",
    ] {
        assert_eq!(kind(headers, "Mijn auto is kapot."), None, "{headers}");
    }
}

#[test]
fn a_complaint_about_an_absence_or_an_automatic_answer_is_a_person_s() {
    for subject in [
        "Afwezig: uw monteur",
        "Afwezigheid van uw monteur, en dan nog een rekening sturen ook",
        "Automatische reactie, en nooit een mens",
        "Re: Automatisch antwoord: klacht",
        "Auto: kapot",
        "Vakantie verpest",
        "Op vakantie met kapotte auto",
        "Afwezigheid monteur",
        "On holiday without a car",
        "Automatisch antwoord is geen hulp",
    ] {
        let headers = format!("Subject: {subject}\nIn-Reply-To: <a@example.nl>");
        assert_eq!(kind(&headers, "De monteur kwam niet.\n> u schreef"), None, "{subject}");
    }
}

#[test]
fn what_a_mail_says_of_itself_counts() {
    for (headers, expected) in [
        ("Auto-Submitted: auto-generated", Kind::Generated),
        ("Auto-Submitted: auto-replied", Kind::AutoReply),
        ("Auto-Submitted: auto-replied (vacation)", Kind::OutOfOffice),
        ("Auto-Submitted: auto-replied; owner-email=\"x@y.nl\"", Kind::AutoReply),
        ("Auto-Submitted: auto-notified", Kind::Generated),
        ("Auto-Submitted: auto-generated\nSubject: Automatic reply: Hello", Kind::Generated),
        ("Auto-Submitted: auto-generated\nSubject: Out of Office: Hello", Kind::Generated),
        ("Auto-Submitted: auto-generated\nIn-Reply-To: <a@b.nl>\nSubject: Out of Office: Hello", Kind::OutOfOffice),
        ("X-Autoreply: yes", Kind::AutoReply),
        ("X-Autorespond: x\nSubject: Out of office", Kind::OutOfOffice),
        ("Precedence: auto_reply", Kind::AutoReply),
        ("X-Precedence: auto-reply", Kind::AutoReply),
        ("X-Apple-Action: VACATION", Kind::OutOfOffice),
        ("X-Auto-Response-Suppress: All\nSubject: Afwezig: Klacht", Kind::OutOfOffice),
        ("Return-Path: <>", Kind::AutoReply),
        ("List-Id: Nieuws <nieuws.example.org>", Kind::List),
        ("Precedence: list", Kind::List),
        ("Precedence: bulk", Kind::Generated),
        ("Precedence: junk", Kind::Generated),
        ("Feedback-ID: 1:ses", Kind::Generated),
        ("TLS-Report-Domain: example.nl", Kind::Report),
        ("Subject: Report Domain: example.nl Submitter: x Report-ID: 1", Kind::Report),
    ] {
        assert_eq!(kind(headers, "Dag"), Some(expected), "{headers}");
    }
}

#[test]
fn a_web_form_with_a_customer_s_words_stays_a_web_form() {
    let text = "Bericht: de monteur was afwezig en op vakantie; ik verhuis.";
    assert_eq!(kind("Auto-Submitted: auto-generated\nSubject: Verhuizing", text), Some(Kind::Generated));
    assert_eq!(kind("Return-Path: <>\nSubject: Contactformulier", text), Some(Kind::AutoReply));
}

#[test]
fn two_weak_signs_make_an_absence_notice_in_many_languages() {
    for (subject, text) in [
        ("Automatisch antwoord: Uw klacht", "Ik ben met vakantie."),
        ("Afwezigheidsbericht: Uw klacht", "Ik ben niet op kantoor."),
        ("Automatic reply: Your letter", "I am out of the office."),
        ("Automatische Antwort: Brief", "Ich bin nicht im Büro."),
        ("Réponse automatique : lettre", "Je suis absent du bureau."),
        ("Respuesta automática: carta", "Estoy fuera de la oficina."),
        ("Resposta automática: carta", "Estou fora do escritório."),
        ("Risposta automatica: lettera", "Sono fuori ufficio."),
        ("Automatyczna odpowiedź: list", "Jestem na urlopie."),
        ("Autosvar: brev", "Jag är inte på kontoret."),
        ("Автоматический ответ: письмо", "Я в отпуске."),
    ] {
        assert_eq!(kind(&format!("Subject: {subject}"), text), Some(Kind::OutOfOffice), "{subject}");
        assert_eq!(kind(&format!("Subject: {subject}"), "Mijn auto is kapot."), None, "{subject}");
    }
    assert_eq!(kind("Subject: Auto reply: letter\nIn-Reply-To: <a@example.nl>", "Asleep."), Some(Kind::AutoReply));
}

#[test]
fn a_notice_that_names_the_absent_person_says_i() {
    let subject = "Subject: Jan Jansen is out of the office.";
    assert_eq!(kind(subject, "I will be out of the office until Monday."), Some(Kind::OutOfOffice));
    assert_eq!(kind(subject, "He is always out of the office when I call!"), None);
}

#[test]
fn feedback_in_plain_text_is_a_report() {
    assert_eq!(kind("Subject: abuse", "Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1"), Some(Kind::Report));
    assert_eq!(kind("Subject: abuse", "Dag\nFeedback-Type: abuse\nUser-Agent: x/1"), None);
}

#[test]
fn receipts_and_reports_are_known_by_their_form() {
    for (report, expected) in [
        ("feedback-report", Kind::Report),
        ("disposition-notification", Kind::Receipt),
        ("delivery-status", Kind::Receipt),
        ("other", Kind::Report),
    ] {
        let headers = format!("MIME-Version: 1.0\nContent-Type: multipart/report; report-type={report}; boundary=b");
        let text =
            format!("--b\nContent-Type: text/plain\n\nGelezen\n--b\nContent-Type: message/{report}\n\nA: b\n\n--b--");
        assert_eq!(kind(&headers, &text), Some(expected), "{report}");
        let passed_on =
            headers.replace("multipart/report", "multipart/mixed").replace(&format!("report-type={report}; "), "");
        if report != "feedback-report" {
            assert_eq!(kind(&passed_on, &text), None, "{report}");
        }
    }
}

#[test]
fn the_mail_system_and_addresses_without_a_reader_are_machines() {
    for (from, expected) in [
        ("MAILER-DAEMON@mx.example.net", Kind::MailSystem),
        ("Mail Delivery <mailer-daemon@example.net>", Kind::MailSystem),
        ("postmaster@example.net", Kind::MailSystem),
        ("<>", Kind::MailSystem),
        ("No-Reply <no-reply@shop.example>", Kind::Generated),
        ("do_not_reply@shop.example", Kind::Generated),
    ] {
        let raw = format!("From: {from}\nSubject: x\n\nDag\n");
        assert_eq!(of(&take_apart(raw.as_bytes())).map(|a| a.kind), Some(expected), "{from}");
    }
}

#[test]
fn how_certain_it_is_that_a_machine_wrote_it_is_said() {
    let certainty = |headers: &str, text: &str| {
        let raw = format!("From: Jan <jan@example.org>\nTo: klachten@example.nl\n{headers}\n\n{text}\n");
        of(&take_apart(raw.as_bytes())).map(|automatic| automatic.certainty)
    };
    assert_eq!(certainty("Precedence: bulk", "De remmen piepen."), Some(Certainty::Distributed));
    for (headers, expected) in [
        ("Auto-Submitted: auto-replied", Certainty::Stated),
        ("Return-Path: <>", Certainty::Stated),
        ("List-Unsubscribe: <https://crm.example/1>", Certainty::Distributed),
        ("Precedence: bulk", Certainty::Signs),
        ("X-Auto-Response-Suppress: All\nSubject: Afwezig: Klacht", Certainty::Signs),
        ("Precedence: bulk\nIn-Reply-To: <a@b.nl>\nSubject: Afwezig: Klacht", Certainty::Signs),
        ("Subject: Afwezig: Klacht", Certainty::Words),
    ] {
        assert_eq!(certainty(headers, "Ik ben afwezig."), Some(expected), "{headers}");
    }
}

#[test]
fn a_web_form_with_a_subject_about_an_absence_stays_a_web_form() {
    for headers in ["Auto-Submitted: auto-generated", "Precedence: bulk", "Return-Path: <>"] {
        let found = kind(&format!("{headers}\nSubject: Afwezig: de monteur"), "De monteur was afwezig.");
        assert_ne!(found, Some(Kind::OutOfOffice), "{headers}");
    }
}
