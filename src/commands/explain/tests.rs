//! What a person is told of three mails, with the sample settings and a fixed moment of receipt.

use super::*;

fn page(raw: &str) -> String {
    let config = config::from_toml(&with_secrets(config::SAMPLE), "the sample settings").unwrap();
    let received = chrono::DateTime::parse_from_rfc3339("2026-11-23T10:12:00+01:00").unwrap().to_utc();
    let mail = mail::read(raw.as_bytes(), "");
    person::page(&Desk::new(Some(config)).explain("mail.eml", &mail, received))
}

#[test]
fn an_answer_with_a_verb_a_quote_and_a_signature() {
    insta::assert_snapshot!(page(
        "From: Ans de Wit <ans@lease.example>\nTo: klachten@lease.example\nSubject: Re: K-2026-000123 schade\n\
         Date: Mon, 23 Nov 2026 10:10:00 +0100\nMessage-ID: <2@lease.example>\nIn-Reply-To: <1@lease.example>\n\n\
         #afgehandeld\n\nWij hebben de schade vandaag bekeken.\n\nMet vriendelijke groet,\nAns\n\n-- \nAns de Wit, schade\n\n\
         Op ma 23 nov. 2026 om 09:01 schreef Klachten <klachten@lease.example>:\n\n> Er is een klacht.\n"
    ));
}

#[test]
fn a_delivery_report() {
    insta::assert_snapshot!(page(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: klachten@lease.example\nSubject: Undelivered Mail\n\
         Date: Mon, 23 Nov 2026 10:10:00 +0100\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\n\nThe mail could not be delivered.\n--b\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; jan@voorbeeld.nl\nAction: failed\nStatus: 5.1.1\n\
         --b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <abc@lease.example>\n--b--\n"
    ));
}

#[test]
fn a_complaint_that_a_colleague_passed_on() {
    insta::assert_snapshot!(page(
        "From: Balie <balie@lease.example>\nTo: klachten@lease.example\nSubject: FW: kapotte auto\n\
         Date: Mon, 23 Nov 2026 10:10:00 +0100\n\nGraag oppakken.\n\n-----Oorspronkelijk bericht-----\n\
         Van: Jan de Vries <jan@voorbeeld.nl>\nVerzonden: maandag 23 november 2026 08:30\nAan: Balie\n\
         Onderwerp: kapotte auto\n\nMijn auto is al drie weken stuk.\n"
    ));
}

#[test]
fn every_id_that_a_mail_answers_is_shown() {
    let mail = mail::read(b"From: a@voorbeeld.nl\nIn-Reply-To: <1@lease.example> <2@lease.example>\n\nja\n", "");
    assert_eq!(mail_json("mail.eml", &mail)["in_reply_to"], "1@lease.example 2@lease.example");
    let first = mail::read(b"From: a@voorbeeld.nl\n\nja\n", "");
    assert!(mail_json("mail.eml", &first)["in_reply_to"].is_null());
}
