//! What goes along with an answer to the customer, what stays, and that whatever stays is named (invariant 7).

use super::*;
use crate::desk::draft::{Done, Problem, Stays};
use crate::desk::verbs::{TABLE, TextGoes, Verb};
use crate::mail::MARKER;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A part of a mail: its type with parameters, more of its header, and what is in it.
fn part(kind: &str, header: &str, content: &[u8]) -> String {
    format!("Content-Type: {kind}\nContent-Transfer-Encoding: base64\n{header}\n{}\n", STANDARD.encode(content))
}

fn plain(text: &str) -> String {
    format!("Content-Type: text/plain; charset=utf-8\n\n{text}\n")
}

/// An answer of Jan in these parts.
pub(super) fn answering(company: &Company, container: &str, parts: &[String]) -> Post {
    let parts: String = parts.iter().map(|part| format!("--grens\n{part}\n")).collect();
    reply_of(company, JAN, &format!("{parts}--grens--\n"))
        .header("MIME-Version: 1.0")
        .header(&format!("Content-Type: multipart/{container}; boundary=grens"))
}

/// Names of what goes along, and what stays with the reason.
fn along(decision: &MailDecision) -> (Vec<&str>, Vec<(&str, Stays)>) {
    let names = to_customers(decision).flat_map(|draft| &draft.carried).map(|file| file.name.as_str()).collect();
    let stays = done(decision).iter().find_map(|done| match done {
        Done::StayedHere { files } => Some(files.iter().map(|(name, why)| (name.as_str(), *why)).collect()),
        _ => None,
    });
    (names, stays.unwrap_or_default())
}

#[test]
fn only_what_a_person_attached_goes_along_and_the_receipt_names_the_rest() {
    let company = Company::new();
    let file = |kind: &str, name: &str| {
        part(
            &format!("{kind}; name=\"{name}\""),
            &format!("Content-Disposition: attachment; filename=\"{name}\"\n"),
            b"x",
        )
    };
    let parts = [
        plain("Zie de bijlage."),
        file("application/pdf", "offerte.pdf"),
        file("application/pkcs7-mime", "smime.p7m"),
        file("application/octet-stream", "SMIME.P7M"),
        file("application/pgp-encrypted", "versie.asc"),
        file("application/pkcs7-signature", "smime.p7s"),
        file("message/rfc822", "melding.eml"),
        file("application/vnd.ms-outlook", "melding.msg"),
        part("image/jpeg; name=foto.jpg", "Content-Disposition: inline; filename=foto.jpg\n", &[7; 300]),
    ];
    // What is locked is asked about; here only the lock's own parts stand beside a text that was read.
    let without_locks: Vec<String> = parts
        .iter()
        .filter(|part| !part.contains("pkcs7-mime") && !part.contains("P7M") && !part.contains("pgp"))
        .cloned()
        .collect();
    let decision = company.decide(&answering(&company, "mixed", &without_locks));
    assert_eq!(answer(&decision), Some("Zie de bijlage."));
    assert_eq!(
        along(&decision),
        (
            vec!["offerte.pdf", "foto.jpg"],
            vec![("smime.p7s", Stays::Seal), ("melding.eml", Stays::Mail), ("melding.msg", Stays::Mail)]
        )
    );
    assert_eq!(*why(&company.decide(&answering(&company, "mixed", &parts))), Problem::Encrypted);
}

#[test]
fn another_form_of_the_text_never_goes_along() {
    let company = Company::new();
    for form in ["text/enriched", "text/x-amp-html", "text/rtf", "application/rtf", "text/calendar; method=REQUEST"] {
        let other = format!("Content-Type: {form}\n\n#intern {NOTE}\n");
        let parts = [plain("Wij betalen."), other, "Content-Type: text/html\n\n<p>Wij betalen.</p>\n".to_owned()];
        let decision = company.decide(&answering(&company, "alternative", &parts));
        assert_eq!(answer(&decision), Some("Wij betalen."), "{form}");
        let (names, stays) = along(&decision);
        assert_eq!((names.len(), stays.len(), stays[0].1), (0, 1, Stays::OtherForm), "{form}");
    }
}

#[test]
fn what_is_encrypted_is_asked_about_and_stops_no_clock() {
    let company = Company::new();
    let locked = b"\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03\xA0\x80\x30\x80";
    for parts in [
        vec![part("application/pkcs7-mime; name=smime.p7m", "", locked)],
        vec![plain("[EXTERN]"), part("application/octet-stream; name=smime.p7m", "", locked)],
        vec![
            "Content-Type: application/pgp-encrypted\n\nVersion: 1\n".to_owned(),
            part("application/octet-stream", "", b"x"),
        ],
        vec![plain("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----")],
    ] {
        let decision = company.decide(&answering(&company, "mixed", &parts));
        assert_eq!(*why(&decision), Problem::Encrypted);
        assert_eq!((kinds(&decision), sent(&decision)), (vec!["mail_filed"], vec![(LetterKind::Question, JAN)]));
    }
}

#[test]
fn forms_of_a_text_that_ask_for_different_things_are_asked_about() {
    let company = Company::new();
    let both = |text: &str, page: &str| {
        let page = format!("Content-Type: text/html; charset=utf-8\n\n{page}\n");
        company.decide(&answering(&company, "alternative", &[plain(text), page]))
    };
    for (text, page) in [
        ("Hij overdrijft, bied niets.", "<p>#intern</p><p>Hij overdrijft, bied niets.</p>"),
        ("#intern\nHij overdrijft, bied niets.", "<p>Hij overdrijft, bied niets.</p>"),
        ("#antwoord\nWij betalen niets.", "<p>#intern</p><p>Wij betalen niets.</p>"),
        // The same verbs, or none, and other words.
        ("Wij betalen 310 euro.", "<p>Wij betalen 350 euro.</p>"),
        ("Wij betalen.", "<p>Wij betalen niet.</p>"),
        ("Wij betalen.", "<p>Wij betalen.</p><p>De huurauto is voor uw eigen rekening.</p>"),
        ("#afgehandeld\nWij betalen 310 euro.", "<p>#afgehandeld</p><p>Wij betalen niets.</p>"),
        ("Akkoord met het bedrag.", "<p>Helaas wijzen wij uw verzoek van vorige week af: de schade was er al.</p>"),
    ] {
        assert_eq!(*why(&both(text, page)), Problem::TextsDiffer, "{text} {page}");
    }
    let quoted =
        format!("<p>Wij betalen.</p><blockquote type=cite><p>{MARKER}</p><p>#intern bewaart uw tekst</p></blockquote>");
    let below = format!("Wij betalen.\n\n> {MARKER}\n> #intern bewaart uw tekst");
    for (text, page) in [(below.as_str(), quoted.as_str()), ("Wij betalen.", "<p>Wij <b>betalen</b>.</p><p>Groet</p>")]
    {
        assert_eq!(answer(&both(text, page)), Some("Wij betalen."), "{page}");
    }
    let struck = both("U krijgt niets 300 euro.", "<p>U krijgt <del>niets</del> 300 euro.</p>");
    assert_eq!(answer(&struck), Some("U krijgt  300 euro."));
}

#[test]
fn a_notification_saved_as_a_page_is_met_however_its_characters_are_written() {
    let company = Company::new();
    let token = company.token(Side::Staff);
    let numbered = |text: &str| text.chars().map(|c| format!("&#{};", u32::from(c))).collect::<String>();
    let tagged = |text: &str| text.chars().map(|c| format!("<b>{c}</b>")).collect::<String>();
    for content in [
        numbered(&token),
        numbered(MARKER),
        tagged(&token),
        MARKER.replace('#', "&#x23;"),
        MARKER.replace('-', "&#45;"),
    ] {
        let page = part(
            "text/html; name=pagina.html",
            "Content-Disposition: attachment; filename=pagina.html\n",
            content.as_bytes(),
        );
        let decision = company.decide(&answering(&company, "mixed", &[plain("Zie de bijlage."), page]));
        assert_eq!(along(&decision), (vec![], vec![("pagina.html", Stays::Internal)]), "{content}");
    }
}

/// The door knows a text by the events it stands in: whatever a verb of the table keeps in the house stands in one of them.
#[test]
fn each_text_that_a_verb_keeps_in_the_house_is_known_to_the_door() {
    const TEXT: &str = "de klant overdrijft en krijgt echt niet meer dan dit";
    for row in TABLE.iter().filter(|row| row.text == TextGoes::CaseFile) {
        let mut company = Company::new();
        match row.verb {
            Verb::Reopen => company.case().state = CaseState::Closed,
            Verb::Restore => company.case().state = CaseState::Dismissed,
            Verb::Dispute | Verb::Ruling => {
                company.case().state = CaseState::Closed;
            }
            Verb::Sent => continue, // needs a letter on paper, and keeps its text as a note: `paper.rs`
            _ => {}
        }
        let value = match row.verb {
            Verb::Assign => " mia@lease.example",
            Verb::Department => " service",
            Verb::Agenda => " vr 14:00",
            Verb::Cause => " planning",
            Verb::Compensation => " 12,50",
            Verb::Merge => " K-2026-000006",
            Verb::Customer => " nieuw@prive.example",
            Verb::Right => " inzage",
            Verb::Representative => " advocaat@kantoor.example advocaat",
            _ => "",
        };
        if row.verb == Verb::Merge {
            let mut other = company.files[0].clone();
            other.case.number = number(6);
            company.files.push(other);
        }
        let from = if row.verb == Verb::Advise { CHEF } else { JAN };
        let decision = does(&company, from, &format!("{}{value}\n{TEXT}", row.dutch));
        let known: Vec<&str> = decision.events.iter().filter_map(|event| event.what.internal_text()).collect();
        assert!(known.iter().any(|text| text.contains(TEXT)), "{}: {known:?} {:?}", row.dutch, sent(&decision));
    }
}

#[test]
fn a_mail_that_was_not_all_read_goes_to_staff_as_it_came() {
    let company = Company::new();
    let packed = part("application/ms-tnef; name=winmail.dat", "Content-Disposition: attachment\n", b"kapot");
    let text = format!("--b\n{}\n--b\n{packed}\n--b--\n", plain(""));
    let mail = post("ander@elders.example", &text).header("Content-Type: multipart/mixed; boundary=b");
    let decision = company.decide(&mail);
    let carried: Vec<&draft::Carried> = decision.letters.iter().flat_map(|draft| &draft.carried).collect();
    let names: Vec<&str> = carried.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["winmail.dat", "bericht 42.eml"]);
    assert_eq!((&carried[1].source, carried[1].size), (&draft::Source::Mail(42), mail.raw().len()));
}
