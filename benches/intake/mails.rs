//! Complaints as a lease company gets them, the same in every run: Dutch and English, half a kilobyte to eight of text, a third
//! with a page beside the text, one in seven with a picture or a paper of 50 to 300 KB. Each from another customer. Pure.

use crate::support::chance::Chance;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Characters of base64 in a line.
const LINE: usize = 76;

const NAMES: [&str; 8] = [
    "Jan Jansen",
    "Karin de Boer",
    "Piet van Dijk",
    "Fatima El Idrissi",
    "Anna Smit",
    "Tom Bakker",
    "Ruth O'Neill",
    "Björn Visser",
];
const DOMAINS: [&str; 6] =
    ["klant.example", "post.example", "mail.example", "thuis.example", "kantoor.example", "bedrijf.example"];
const SUBJECTS: [&str; 8] = [
    "Schade aan mijn auto",
    "Klacht over de factuur",
    "Onderhoud te laat",
    "Leasecontract",
    "Kapotte voorruit",
    "Complaint about my lease car",
    "Nog steeds geen reactie",
    "Wrong invoice",
];
const DUTCH: [&str; 8] = [
    "Vorige week heb ik mijn auto bij de garage gebracht voor onderhoud en sindsdien hoor ik niets meer.",
    "Op de factuur van deze maand staat een bedrag dat ik niet herken.",
    "Er zit een deuk in het portier die er bij het ophalen niet was.",
    "Ik heb al drie keer gebeld en telkens zou iemand mij terugbellen.",
    "Dit kan zo niet langer en ik wil graag dat dit vandaag nog wordt opgelost.",
    "De vervangende auto is veel kleiner dan de auto waarvoor ik betaal.",
    "In het contract staat duidelijk dat banden bij de prijs zijn inbegrepen.",
    "Graag ontvang ik een schriftelijke reactie met een uitleg van de kosten.",
];
const ENGLISH: [&str; 6] = [
    "I returned the car two weeks ago and was charged for damage that was already there.",
    "Nobody has called me back, although I was promised an answer within a day.",
    "The invoice of this month is wrong, and so was the one before it.",
    "I would like to know who is dealing with this and when it will be solved.",
    "The replacement car is far too small for my family.",
    "Please send me a written explanation of these costs.",
];

/// So many of them.
pub fn make(seed: u64, count: usize) -> Vec<Vec<u8>> {
    let mut chance = Chance::of(seed);
    (0..count).map(|number| mail(number, &mut chance)).collect()
}

fn mail(number: usize, chance: &mut Chance) -> Vec<u8> {
    let (name, domain) = (chance.pick(&NAMES), chance.pick(&DOMAINS));
    let text = text(chance);
    let has_page = chance.percent(33);
    let attachment = chance.percent(15).then(|| attachment(chance));
    let encoded_name = format!("=?utf-8?B?{}?=", STANDARD.encode(name));
    let head = format!(
        "Received: from mx.{domain} by mx.lease.example with ESMTPS id {number:x};\n\tMon, 23 Nov 2026 09:00:00 +0100\n\
         From: {encoded_name} <klant{number}@{domain}>\nTo: klachten@lease.example\nSubject: {} {number}\n\
         Date: Mon, 23 Nov 2026 09:00:00 +0100\nMessage-ID: <{number}.{:x}@{domain}>\nMIME-Version: 1.0\n",
        chance.pick(&SUBJECTS),
        chance.below(u64::MAX),
    );
    let plain = format!("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n");
    let body = if has_page { alternative(&plain, &text) } else { plain };
    let whole = match attachment {
        Some(attachment) => format!(
            "{head}Content-Type: multipart/mixed; boundary=\"mixed\"\n\n--mixed\n{body}\n--mixed\n{attachment}\n--mixed--\n"
        ),
        None => format!("{head}{body}"),
    };
    whole.replace('\n', "\r\n").into_bytes()
}

fn text(chance: &mut Chance) -> String {
    let size = chance.between(500, 8_000) as usize;
    let sentences: &[&'static str] = if chance.percent(70) { &DUTCH } else { &ENGLISH };
    let mut text =
        if sentences.len() == DUTCH.len() { "Geachte heer/mevrouw,\n\n" } else { "Dear Sir or Madam,\n\n" }.to_owned();
    while text.len() < size {
        let sentence: &&str = chance.pick(sentences);
        text.push_str(sentence);
        text.push_str(if chance.percent(20) { "\n\n" } else { "\n" });
    }
    text
}

fn alternative(plain: &str, text: &str) -> String {
    let page: String =
        text.split("\n\n").map(|paragraph| format!("<p style=\"margin:0 0 1em\">{paragraph}</p>\n")).collect();
    format!(
        "Content-Type: multipart/alternative; boundary=\"alternative\"\n\n--alternative\n{plain}\n--alternative\n\
         Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<html><body>{page}</body></html>\n--alternative--\n"
    )
}

fn attachment(chance: &mut Chance) -> String {
    let (kind, name, start) = if chance.percent(50) {
        ("image/jpeg", "foto.jpg", &[0xff, 0xd8, 0xff, 0xe0][..])
    } else {
        ("application/pdf", "factuur.pdf", &b"%PDF-1.4\n"[..])
    };
    let size = chance.between(50_000, 300_000) as usize;
    let mut bytes = start.to_vec();
    while bytes.len() < size {
        bytes.extend_from_slice(&chance.below(u64::MAX).to_le_bytes());
    }
    let encoded = STANDARD.encode(bytes).into_bytes();
    let lines: Vec<&str> = encoded.chunks(LINE).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
    format!(
        "Content-Type: {kind}; name=\"{name}\"\nContent-Disposition: attachment; filename=\"{name}\"\n\
         Content-Transfer-Encoding: base64\n\n{}\n",
        lines.join("\n")
    )
}
