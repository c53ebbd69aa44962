//! What is read from other places than the body, and what is said of what is not.

use crate::mail::parse::outlook::tests::{saved_mail, winmail};
use crate::mail::{Attachment, FindingKind, Mail, Standing, read};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const HEAD: &str = "Received: from a by b; Mon, 23 Nov 2026 10:12:00 +0100\nFrom: wim@klant.example\nTo: k@bedrijf.example\n\
                    Subject: Fwd:\nMessage-ID: <a@klant.example>\nMIME-Version: 1.0\n";

/// A mail of these parts, each with its own header.
fn mail(container: &str, parts: &[String]) -> Mail {
    let parts: String = parts.iter().map(|part| format!("--b\n{part}\n")).collect();
    read(format!("{HEAD}Content-Type: multipart/{container}; boundary=b\n\n{parts}--b--\n").as_bytes(), "")
}

fn plain(text: &str) -> String {
    format!("Content-Type: text/plain; charset=utf-8\n\n{text}\n")
}

fn page(html: &str) -> String {
    format!("Content-Type: text/html; charset=utf-8\n\n{html}\n")
}

fn file(media_type: &str, disposition: &str, content: &[u8]) -> String {
    let packed = STANDARD.encode(content);
    format!(
        "Content-Type: {media_type}\nContent-Transfer-Encoding: base64\nContent-Disposition: {disposition}\n\n{packed}\n"
    )
}

fn kinds(mail: &Mail) -> Vec<FindingKind> {
    mail.findings.iter().map(|finding| finding.kind).collect()
}

fn names(mail: &Mail) -> Vec<&str> {
    mail.attachments.iter().map(|attachment| attachment.name.as_str()).collect()
}

#[test]
fn a_complaint_in_an_attached_mail_is_read_and_the_mail_stays_attached() {
    let inner = "Subject: Slecht hersteld\nFrom: wim@klant.example\n\nDe kleur klopt niet.\n";
    for own in ["", "\u{a0}\n", "Zie bijgevoegde mail.\n"] {
        for attached in [
            format!("Content-Type: message/rfc822\n\n{inner}"),
            file("application/octet-stream; name=\"klacht.eml\"", "attachment", inner.as_bytes()),
        ] {
            let mail = mail("mixed", &[plain(own), attached]);
            assert!(mail.reply.ends_with("Slecht hersteld\n\nDe kleur klopt niet."), "{own}: {}", mail.reply);
            assert_eq!((mail.text.contains("De kleur"), mail.relayable.contains("kleur")), (true, false));
            assert_eq!(mail.attachments.len(), 1);
            assert_eq!(mail.forwarded.unwrap().above, own.trim());
        }
    }
    let enough = "Dit is mijn klacht. ".repeat(20);
    let mail = mail("mixed", &[plain(&enough), format!("Content-Type: message/rfc822\n\n{inner}")]);
    assert_eq!(mail.reply, enough.trim());
}

#[test]
fn a_page_beside_a_stub_is_read_and_one_beside_its_own_text_is_not() {
    for stub in [
        "This is an HTML message. Please use an HTML capable mail program to read this message.",
        "Uw e-mailprogramma kan deze opmaak niet tonen.",
        "Ihr Programm zeigt keine Formatierungen an",
        "Bekijk deze e-mail online",
    ] {
        let mail = mail("alternative", &[plain(stub), page("<p>De schade is niet hersteld.</p>")]);
        assert_eq!(mail.reply, "De schade is niet hersteld.", "{stub}");
    }
    let same = mail(
        "alternative",
        &[plain("De schade is\nniet hersteld. *Echt*"), page("<p>De schade is niet hersteld. <b>Echt</b></p>")],
    );
    assert_eq!((same.reply.as_str(), &same.other), ("De schade is\nniet hersteld. *Echt*", &None));
    let differs = mail(
        "alternative",
        &[plain("De schade is niet hersteld."), page("<p>#intern</p><p>De schade is niet hersteld.</p>")],
    );
    assert_eq!(differs.reply, "De schade is niet hersteld.");
    let differs = mail(
        "alternative",
        &[plain("#antwoord\nDe schade is hersteld."), page("<p>#intern</p><p>De schade is hersteld.</p>")],
    );
    assert!(differs.other.unwrap().relayable.starts_with("#intern"));
}

#[test]
fn a_body_marked_as_a_file_is_read() {
    for disposition in ["attachment", "attachment; filename=\"noname.txt\""] {
        let alone =
            format!("{HEAD}Content-Type: text/plain\nContent-Disposition: {disposition}\n\nMijn auto is stuk.\n");
        assert_eq!(read(alone.as_bytes(), "").reply, "Mijn auto is stuk.", "{disposition}");
        let beside = mail("mixed", &[plain(""), file("text/html", disposition, b"<p>Mijn auto is stuk.</p>")]);
        assert_eq!((beside.reply.as_str(), beside.relayable.as_str()), ("Mijn auto is stuk.", ""), "{disposition}");
    }
}

#[test]
fn a_winmail_dat_is_read_and_its_files_are_taken_out() {
    let packed = winmail("Het portier is stuk.", &[("foto.jpg", b"abc")]);
    for named in ["application/ms-tnef; name=winmail.dat", "application/octet-stream; name=\"WINMAIL.DAT\""] {
        let read = mail("mixed", &[plain(""), file(named, "attachment", &packed)]);
        assert_eq!((read.reply.as_str(), kinds(&read)), ("Het portier is stuk.", vec![]), "{named}");
        assert_eq!(names(&read)[1..], ["foto.jpg"]);
    }
    let same = mail("mixed", &[plain("Het portier\nis stuk."), file("application/ms-tnef", "attachment", &packed)]);
    assert_eq!((same.reply.as_str(), kinds(&same)), ("Het portier\nis stuk.", vec![]));
    let more = mail("mixed", &[plain("Beste mensen,"), file("application/ms-tnef", "attachment", &packed)]);
    assert_eq!((more.reply.contains("portier"), kinds(&more)), (true, vec![FindingKind::TextInTwoPlaces]));
    let broken = mail("mixed", &[plain("Zie bijlage"), file("application/ms-tnef", "attachment", b"kapot")]);
    assert_eq!((names(&broken).len(), kinds(&broken)), (1, vec![FindingKind::Winmail]));
}

#[test]
fn a_mail_that_outlook_saved_is_passed_on_like_any_other() {
    let saved = saved_mail("Mijn auto is stuk.", &[("foto.jpg", b"abc")]);
    for named in ["application/vnd.ms-outlook; name=\"klacht.msg\"", "application/octet-stream; name=\"Klacht.MSG\""] {
        let read = mail("mixed", &[plain("Graag oppakken."), file(named, "attachment", &saved)]);
        let found = read.forwarded.clone().unwrap();
        assert_eq!((found.from.name.as_str(), found.from.address.as_str()), ("Anna de Wit", "anna@klant.example"));
        assert_eq!(
            (found.subject.as_str(), found.body.as_str(), found.certain),
            ("Schade", "Mijn auto is stuk.", true)
        );
        assert_eq!(found.received.unwrap().to_rfc3339(), "2026-11-23T10:13:00+01:00");
        assert_eq!(names(&read)[1..], ["foto.jpg"], "what the customer sent along goes along");
    }
}

#[test]
fn what_is_encrypted_is_said_and_what_is_only_signed_is_read() {
    let data =
        |kind: u8, inside: &[u8]| [b"\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07", &[kind][..], inside].concat();
    let locked = data(3, b"\xA0\x80\x30\x80");
    for part in [
        file("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "attachment", &locked),
        file("application/octet-stream; name=\"smime.p7m\"", "attachment", &locked),
        "Content-Type: application/pgp-encrypted\n\nVersion: 1\n".to_owned(),
        plain("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"),
    ] {
        assert!(kinds(&mail("mixed", std::slice::from_ref(&part))).contains(&FindingKind::Encrypted), "{part}");
    }
    let text = b"Content-Type: text/plain\r\n\r\nMijn auto is stuk.\r\n";
    let octets = [&[0x04, u8::try_from(text.len()).unwrap()][..], text].concat();
    let inside = [
        b"\xA0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01\xA0",
        &[u8::try_from(octets.len()).unwrap()][..],
        &octets,
    ]
    .concat();
    let signed =
        file("application/pkcs7-mime; smime-type=signed-data", "attachment; filename=smime.p7m", &data(2, &inside));
    for banner in ["", "[EXTERN] Dit bericht komt van buiten."] {
        let read = mail("mixed", &[plain(banner), signed.clone()]);
        assert!(
            read.reply.ends_with("Mijn auto is stuk.") && !kinds(&read).contains(&FindingKind::Encrypted),
            "{banner}"
        );
    }
}

fn standing(mail: &Mail) -> Vec<Standing> {
    mail.attachments.iter().map(|attachment: &Attachment| attachment.standing).collect()
}

#[test]
fn other_forms_of_the_text_are_no_files_and_a_file_among_them_is_one() {
    let forms = ["text/enriched", "text/x-amp-html", "text/rtf", "application/rtf", "text/calendar; method=REQUEST"];
    for form in forms {
        let read =
            mail("alternative", &[plain("Ja."), format!("Content-Type: {form}\n\n#intern nee\n"), page("<p>Ja.</p>")]);
        assert_eq!(standing(&read), [Standing::Alternative], "{form}");
    }
    let read = mail("alternative", &[plain("Ja."), file("application/pdf; name=a.pdf", "attachment", b"x")]);
    assert_eq!(standing(&read), [Standing::Attached]);
}

#[test]
fn pictures_among_the_words_are_files_and_those_of_a_signature_are_decoration() {
    let picture = |id: &str, size: usize| {
        let content = vec![7_u8; size];
        file("image/png; name=\"x.png\"", "inline", &content).replacen('\n', &format!("\nContent-ID: <{id}>\n"), 1)
    };
    let closing = "<p>Met vriendelijke groet,</p><p>Jan</p>";
    for (html, size, expected) in [
        (format!("<p>Kijk:</p><img src=\"cid:een\">{closing}"), 90_000, Standing::Attached),
        (format!("<p>Kijk:</p>{closing}<img src='CID:een'>"), 90_000, Standing::Decoration),
        (format!("<p>Kijk:</p><img src=\"cid:een\">{closing}"), 900, Standing::Decoration),
        ("<p>Ja.</p><blockquote type=cite><img src='cid:een'>x</blockquote>".to_owned(), 90_000, Standing::Decoration),
        ("<p>Ja.</p><div class=gmail_signature>Jan<img src='cid:een'></div>".to_owned(), 90_000, Standing::Decoration),
        // No page points to it, as with each photo of Apple Mail.
        ("<p>Kijk:</p>".to_owned(), 900, Standing::Attached),
    ] {
        for parts in [
            vec![page(&html)],
            vec![format!(
                "Content-Type: multipart/alternative; boundary=c\n\n--c\n{}\n--c\n{}\n--c--",
                plain("Kijk: Ja."),
                page(&html)
            )],
        ] {
            let parts: Vec<String> = parts.into_iter().chain([picture("een", size)]).collect();
            assert_eq!(standing(&mail("related", &parts)), [expected], "{html}");
        }
    }
}

#[test]
fn words_that_were_struck_out_stay_on_file_and_are_not_relayed() {
    for struck in [
        "<del>niets</del>",
        "<s>niets</s>",
        "<strike>niets</strike>",
        "<span style='text-decoration: line-through'>niets</span>",
    ] {
        let html = format!("<p>U krijgt {struck} 300 euro.</p><p>Groet</p>");
        for read in [
            mail("mixed", &[page(&html)]),
            mail("alternative", &[plain("U krijgt niets 300 euro.\n\nGroet"), page(&html)]),
        ] {
            assert_eq!(read.reply, "U krijgt ~~niets~~ 300 euro.\n\nGroet", "{struck}");
            assert_eq!(read.relayable, "U krijgt  300 euro.\n\nGroet", "{struck}");
        }
    }
    assert_eq!(mail("mixed", &[plain("~~niets~~")]).relayable, "~~niets~~");
}
