//! What the people of the town write, as plain mail clients put it: customers, staff, reception, machines.

use crate::slow::{Moment, wall};
use crate::town::{DESK, Got, RECEPTION};

/// What there is to complain about: the department whose word it holds, and subject and text in Dutch and in English.
pub struct Topic {
    pub department: &'static str,
    dutch: (&'static str, &'static str),
    english: (&'static str, &'static str),
}

pub const TOPICS: [Topic; 6] = [
    Topic {
        department: "schade",
        dutch: (
            "Kras op de auto",
            "Na de aanrijding zit er nog steeds een deuk in het portier, en een kras op de bumper.",
        ),
        english: ("Scratch on the car", "There is still a dent in the door after the accident, and nobody repairs it."),
    },
    Topic {
        department: "onderhoud",
        dutch: (
            "Storing",
            "De auto staat weer bij de garage met een storing; de reparatie van vorige week hielp niet.",
        ),
        english: ("Breakdown again", "The car is in the workshop again with the same breakdown as last week."),
    },
    Topic {
        department: "facturatie",
        dutch: (
            "Dubbele factuur",
            "De factuur is twee keer afgeschreven. Ik wil mijn geld terug en hoor al weken niets.",
        ),
        english: ("Invoice paid twice", "Your direct debit took the invoice twice. I want a refund and hear nothing."),
    },
    Topic {
        department: "contract",
        dutch: ("Contract verlengd", "Mijn contract is zonder overleg verlengd en de kilometers kloppen niet."),
        english: (
            "Early termination",
            "You refuse the early termination that my lease term allows, and the mileage is wrong.",
        ),
    },
    Topic {
        department: "levering",
        dutch: (
            "Auto niet geleverd",
            "De nieuwe auto is nog altijd niet geleverd, terwijl de levering vorige maand zou zijn.",
        ),
        english: (
            "Car not delivered",
            "The new car was to be delivered a month ago and nobody knows when the handover is.",
        ),
    },
    Topic {
        department: "klantenservice",
        dutch: (
            "Ontevreden",
            "Ik word van het kastje naar de muur gestuurd en ben dit meer dan zat. Graag een oplossing.",
        ),
        english: (
            "Not satisfied at all",
            "I have been sent around for weeks and I am fed up with it. Please find a solution.",
        ),
    },
];

impl Topic {
    pub fn words(&self, english: bool) -> (&'static str, &'static str) {
        if english { self.english } else { self.dutch }
    }
}

/// A mail as it lies in the desk's inbox; `extra` are whole header lines.
pub fn mail(from: &str, subject: &str, text: &str, id: &str, at: Moment, extra: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{}>\r\nReceived: from mx.example by mail.lease.example; {date}\r\n{extra}From: {from}\r\nTo: {DESK}\r\n\
         Subject: {subject}\r\nDate: {date}\r\nMessage-ID: <{id}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n",
        bare(from),
        date = at.to_rfc2822(),
    )
    .into_bytes()
}

fn bare(from: &str) -> &str {
    from.rsplit('<').next().unwrap_or(from).trim_end_matches('>')
}

/// Somebody presses Reply: the text above the quoted letter.
pub fn reply(from: &str, letter: &Got, text: &str, id: &str, at: Moment) -> Vec<u8> {
    let quoted: String = letter.mail.text.lines().map(|line| format!("> {line}\r\n")).collect();
    let shown = wall(letter.at).format("%d-%m-%Y %H:%M");
    let text = format!("{text}\r\n\r\nOp {shown} schreef Voorbeeld Lease <{DESK}>:\r\n{quoted}");
    let parent = letter.id();
    let extra = format!("In-Reply-To: <{parent}>\r\nReferences: <{parent}>\r\n");
    mail(from, &format!("Re: {}", letter.mail.subject), &text, id, at, &extra)
}

/// The same, with somebody in Cc.
pub fn reply_with_copy(from: &str, copy: &str, letter: &Got, text: &str, id: &str, at: Moment) -> Vec<u8> {
    let whole = String::from_utf8(reply(from, letter, text, id, at)).expect("it is text");
    whole.replacen("Subject: ", &format!("Cc: {copy}\r\nSubject: "), 1).into_bytes()
}

/// An employee passes a customer's mail on as an attachment: the original as it came to the employee.
pub fn passed_on(original: &[u8], id: &str, at: Moment) -> Vec<u8> {
    let head = format!(
        "From: Receptie <{RECEPTION}>\r\nTo: {DESK}\r\nSubject: FW: klacht\r\nDate: {date}\r\nMessage-ID: <{id}>\r\n\
         Received: from mx.example by mail.lease.example; {date}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=grens\r\n\r\n--grens\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\r\n\
         --grens\r\nContent-Type: message/rfc822\r\n\r\n",
        date = at.to_rfc2822(),
    );
    [head.as_bytes(), original, b"\r\n--grens--\r\n"].concat()
}

/// What reception heard, or had in the post, written down; the hour as the clock on the wall shows it.
pub fn written_down(verb: &str, address: &str, taken: Moment, text: &str, id: &str, at: Moment) -> Vec<u8> {
    let shown = wall(taken).format("%d-%m-%Y %H:%M");
    let form = format!("{verb}\r\nKlant: Klant\r\nE-mail: {address}\r\nOntvangen: {shown}\r\n\r\n{text}");
    mail(&format!("Receptie <{RECEPTION}>"), "Bij de receptie", &form, id, at, "")
}

/// A mail server reports that a letter did not arrive after all (RFC 3464).
pub fn bounce(letter: &Got, id: &str, at: Moment) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: {DESK}\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Date: {date}\r\nMessage-ID: <{id}>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=grens\r\n\r\n--grens\r\n\
         Content-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n--grens\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--grens\r\n\
         Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{original}>\r\nSubject: {subject}\r\n\r\n--grens--\r\n",
        date = at.to_rfc2822(),
        to = letter.to,
        original = letter.id(),
        subject = letter.mail.subject,
    )
    .into_bytes()
}
