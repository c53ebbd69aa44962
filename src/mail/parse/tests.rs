//! What reading promises, on small mails of our own: by example, by cost, and on thousands of damaged copies.

use super::super::FindingKind::{self, *};
use super::super::{MARKER, Mail, SenderProof};
use super::{attachments, read, take_apart};
use base64::Engine;

fn mail(lines: &[&str]) -> Mail {
    read(lines.join("\r\n").as_bytes(), "")
}

fn kinds(mail: &Mail) -> Vec<FindingKind> {
    mail.findings.iter().map(|f| f.kind).collect()
}

/// One mail with a bit of everything, for the tests that damage it.
const RICH: &[&str] = &[
    "Return-Path: <jan@klant.example>",
    "Delivered-To: klachten+abc@desk.example",
    "Received: from mx by desk.example; Mon, 23 Nov 2026 10:12:05 +0100",
    "Received: from pc by mx; Mon, 23 Nov 2026 10:12:01 +0100",
    "From: =?utf-8?Q?Jan_de_Vri=C3=ABs?= <jan@klant.example>",
    "To: Klachten <klachten@desk.example>, \"Piet, P.\" <piet@x.example>",
    "Cc: groep: a@x.example, b@x.example;",
    "Subject: =?iso-8859-1?B?S2xhY2h0IG92ZXIg?= =?iso-8859-1?B?6elu?= auto",
    "Date: Mon, 23 Nov 2026 10:12:00 +0100",
    "Message-ID: <m1@klant.example>",
    "In-Reply-To: <l1@desk.example>",
    "References: <l0@desk.example>",
    " <l1@desk.example>",
    "X-Loop: klachtpost-1",
    "X-Spam-Status: No, score=0.1",
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=\"uit\"",
    "",
    "--uit",
    "Content-Type: multipart/alternative; boundary=binnen",
    "",
    "--binnen",
    "Content-Type: text/plain; charset=utf-8; format=flowed",
    "Content-Transfer-Encoding: quoted-printable",
    "",
    "De auto is =",
    "kapot, al drie=20",
    "weken.",
    "",
    "Op ma 23 nov. 2026 om 09:00 schreef Klachten <klachten@desk.example>:",
    "> Uw vraag?",
    "--binnen",
    "Content-Type: text/html; charset=utf-8",
    "",
    "<p>De auto is <b>kapot</b></p><blockquote type=cite>Uw vraag?</blockquote>",
    "--binnen--",
    "--uit",
    "Content-Type: image/jpeg",
    "Content-Disposition: attachment; filename*=utf-8''sch%C3%A4de.jpg",
    "Content-Transfer-Encoding: base64",
    "",
    "/9j/4AAQ",
    "--uit",
    "Content-Type: message/rfc822",
    "",
    "From: iemand@x.example",
    "Subject: binnenin",
    "",
    "tekst",
    "--uit--",
    "",
];

#[test]
fn a_mail_says_who_what_and_when() {
    let mail = mail(RICH);
    let from = mail.from.clone().unwrap_or_default();
    assert_eq!((from.name.as_str(), from.address.as_str()), ("Jan de Vriës", "jan@klant.example"));
    assert_eq!(mail.subject, "Klacht over één auto");
    assert_eq!(mail.to.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["Klachten", "Piet, P."]);
    assert_eq!(mail.cc.len(), 2);
    assert_eq!(mail.delivered_to, ["klachten+abc@desk.example"]);
    assert_eq!(mail.return_path.as_deref(), Some("jan@klant.example"));
    assert_eq!(mail.date.map(|d| d.to_rfc3339()).as_deref(), Some("2026-11-23T10:12:00+01:00"));
    assert_eq!(mail.received.map(|d| d.to_rfc3339()).as_deref(), Some("2026-11-23T10:12:05+01:00"));
    assert_eq!(mail.message_id.as_deref(), Some("m1@klant.example"));
    assert_eq!((mail.in_reply_to, mail.references.len()), (vec!["l1@desk.example".to_owned()], 2));
    assert_eq!((mail.loop_marks, mail.marked_spam), (vec!["klachtpost-1".to_owned()], false));
    assert_eq!(mail.reply, "De auto is kapot, al drie weken.");
    assert!(mail.quoted.contains("Uw vraag?"));
    assert_eq!(mail.attachments.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["schäde.jpg", "binnenin.eml"]);
    assert_eq!(mail.findings, []);
}

#[test]
fn lf_cr_and_crlf_say_the_same() {
    let crlf = RICH.join("\r\n");
    let whole = read(crlf.as_bytes(), "");
    for ends in ["\n", "\r"] {
        let other = read(RICH.join(ends).as_bytes(), "");
        assert_eq!((&other.subject, &other.reply, &other.quoted), (&whole.subject, &whole.reply, &whole.quoted));
        assert_eq!(other.attachments, whole.attachments);
    }
    assert_eq!(read(format!("From x Mon Nov 23\n{crlf}").as_bytes(), "").message_id, whole.message_id);
}

#[test]
fn a_doubtful_sender_is_said_so() {
    assert_eq!(kinds(&mail(&["From: a@x.nl", "From: b@x.nl", "", "hi"])), [SeveralFrom]);
    assert_eq!(kinds(&mail(&["From: a@x.nl, b@x.nl", "", "hi"])), [SeveralFrom]);
    assert_eq!(mail(&["From: a@x.nl", "From: b@x.nl", "", "hi"]).from.map(|p| p.address).as_deref(), Some("a@x.nl"));
    assert_eq!(kinds(&mail(&["From: a@x.nl", "Reply-To: b@x.nl", "", "hi"])), [ReplyToElsewhere]);
    assert_eq!(kinds(&mail(&["From: a@x.nl", "Reply-To: A@X.nl", "", "hi"])), []);
    assert_eq!(kinds(&mail(&["Subject: x", "", "hi"])), [NoFrom]);
    assert_eq!(kinds(&mail(&["From: a@x.nl", "", " "])), [Empty]);
}

#[test]
fn nothing_can_break_out_of_a_line() {
    let mail =
        mail(&["From: \"Jan\u{202E}\" <a@x.nl>", "Subject: =?utf-8?Q?a=0D=0ABcc:_b=00c=E2=80=AE?=", "", "h\u{0}i"]);
    assert_eq!((mail.subject.as_str(), mail.text.trim()), ("a Bcc: b c", "hi"));
    assert_eq!(mail.from.unwrap_or_default().name, "Jan");
}

#[test]
fn ids_are_found_in_broken_fields() {
    let mail = mail(&[
        "From: a@x.nl",
        "Message-ID: bare@x.nl",
        "In-Reply-To: Your mail of Monday",
        "References: a@b c@d, <e@f>",
        "",
        "x",
    ]);
    assert_eq!(mail.message_id.as_deref(), Some("bare@x.nl"));
    assert!(mail.in_reply_to.is_empty());
    assert_eq!(mail.references, ["e@f"]);
    let bare = read(b"From: a@x.nl\nReferences: a@b c@d\nReturn-Path: <>\nX-Spam-Flag: YES\n\nx", "");
    assert_eq!(
        (bare.references, bare.return_path.as_deref(), bare.marked_spam),
        (vec!["a@b".into(), "c@d".into()], Some(""), true)
    );
}

#[test]
fn undeclared_text_is_read_and_said_so() {
    let mail = read(b"From: a@x.nl\nSubject: caf\xe9\n\nHet caf\xe9 is dicht", "");
    assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("café", "Het café is dicht"));
    assert_eq!(kinds(&mail), [CharsetGuessed]);
}

#[test]
fn a_mail_with_only_html_only_a_calendar_or_a_stub_has_text() {
    assert_eq!(mail(&["From: a@x.nl", "Content-Type: text/html", "", "<p>een</p><p>twee</p>"]).text, "een\n\ntwee\n");
    let calendar =
        mail(&["From: a@x.nl", "Content-Type: text/calendar", "", "BEGIN:VEVENT", "SUMMARY:Taxatie", "END:VEVENT"]);
    assert_eq!(calendar.text, "Afspraak: Taxatie");
    let stub = [
        "From: a@x.nl",
        "Content-Type: multipart/alternative; boundary=b",
        "",
        "--b",
        "",
        "Your client does not support HTML.",
        "--b",
        "Content-Type: text/html",
        "",
        "<p>echte tekst</p>",
        "--b--",
    ];
    assert_eq!(mail(&stub).text, "echte tekst\n");
    assert_eq!(
        mail(&["From: a@x.nl", "Content-Type: multipart/mixed; boundary=b", "", "geen delen"]).text.trim(),
        "geen delen"
    );
}

#[test]
fn a_signed_mail_is_read_through_and_winmail_is_told() {
    let signed = [
        "From: a@x.nl",
        "Content-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"",
        "",
        "--b",
        "",
        "getekend",
        "--b",
        "Content-Type: application/pgp-signature",
        "",
        "x",
        "--b--",
    ];
    let signed = mail(&signed);
    assert_eq!((signed.text.trim(), signed.attachments[0].name.as_str()), ("getekend", "bijlage-1.asc"));
    let packed = mail(&[
        "From: a@x.nl",
        "Content-Type: application/ms-tnef; name=winmail.dat",
        "Content-Transfer-Encoding: base64",
        "",
        "eJ8+",
    ]);
    assert_eq!((kinds(&packed), packed.attachments[0].name.as_str()), (vec![Winmail], "winmail.dat"));
}

#[test]
fn an_opaque_signature_is_looked_into() {
    let inner = b"Content-Type: text/plain\r\n\r\ngetekend";
    let length = u8::try_from(inner.len()).unwrap();
    let cms = [
        b"\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80\
        \x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01\xA0\x80\x04"
            .as_slice(),
        &[length],
        inner,
    ]
    .concat();
    let packed = base64::engine::general_purpose::STANDARD.encode(cms);
    let signed = mail(&[
        "From: a@x.nl",
        "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        "Content-Transfer-Encoding: base64",
        "",
        &packed,
    ]);
    assert_eq!((signed.text.as_str(), signed.attachments[0].name.as_str()), ("getekend", "smime.p7m"));
}

#[test]
fn what_a_passed_on_mail_carries_comes_along() {
    let inner = [
        "From: klant@x.nl",
        "Content-Type: multipart/mixed; boundary=i",
        "",
        "--i",
        "",
        "zie foto",
        "--i",
        "Content-Type: image/png; name=foto.png",
        "",
        "x",
        "--i--",
    ]
    .join("\r\n");
    let outer = [
        "From: a@x.nl",
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "",
        "fyi",
        "--b",
        "Content-Type: message/rfc822",
        "",
        &inner,
        "--b--",
    ];
    let names: Vec<String> = mail(&outer).attachments.into_iter().map(|a| a.name).collect();
    assert_eq!(names, ["bijlage-1.eml", "foto.png"]);
}

#[test]
fn nested_messages_cannot_exhaust_the_stack() {
    let levels = "Content-Type: message/rfc822\n\n".repeat(64_000);
    let plain = read(format!("From: a@x.nl\n{levels}hi").as_bytes(), "");
    assert_eq!(plain.from.map(|p| p.address).as_deref(), Some("a@x.nl"));
    let packed = base64::engine::general_purpose::STANDARD.encode(&levels);
    let head = "From: a@x.nl\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n";
    assert_eq!(read(format!("{head}{packed}").as_bytes(), "").attachments[0].content.len(), levels.len());
    let digests = "Content-Type: multipart/digest; boundary=a\n\n--a\n\n".repeat(64_000);
    assert!(kinds(&read(format!("From: a@x.nl\n{digests}").as_bytes(), "")).contains(&TooManyParts));
}

#[test]
fn floods_are_cut_and_said_so() {
    let parts =
        format!("From: a@x.nl\nContent-Type: multipart/mixed; boundary=a\n\n{}--a--", "--a\n\nhi\n".repeat(10_000));
    let mail = read(parts.as_bytes(), "");
    assert!(kinds(&mail).contains(&TooManyParts) && mail.text.starts_with("hi"));
    let headers = format!("From: a@x.nl\n{}\nhi", "X-A: b\n".repeat(100_000));
    assert_eq!(kinds(&read(headers.as_bytes(), "")), [TooManyHeaders]);
    let subject = format!("Subject: {}\nFrom: a@x.nl\n\nhi", "aap ".repeat(75_000));
    let mail = read(subject.as_bytes(), "");
    assert_eq!((kinds(&mail), mail.subject.len(), mail.text.as_str()), (vec![HeaderTooLong], 1_000, "hi"));
    let text = format!("From: a@x.nl\n\n{}", "é".repeat(600_000));
    assert_eq!(kinds(&read(text.as_bytes(), "")), [TextTooLong]);
}

#[test]
fn a_digest_is_a_list_of_messages() {
    let digest = [
        "From: a@x.nl",
        "Content-Type: multipart/digest; boundary=b",
        "",
        "--b",
        "",
        "Subject: een",
        "",
        "tekst",
        "--b",
        "",
        "Subject: twee",
        "",
        "tekst",
        "--b--",
    ];
    let parsed = take_apart(digest.join("\r\n").as_bytes());
    assert_eq!(parsed.leaves.iter().map(|l| l.media_type.as_str()).collect::<Vec<_>>(), ["message/rfc822"; 2]);
}

/// xorshift64: the same damage in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).unwrap_or_default()
    }
}

fn damage(bytes: &mut Vec<u8>, dice: &mut Dice) {
    const PIECES: &[&[u8]] = &[
        b"\r\n",
        b"\r\n\r\n",
        b"--uit",
        b"--",
        b"=?utf-8?B?",
        b"\xff\xfe",
        b"\0",
        b"<",
        b">",
        b"\"",
        b"message/rfc822",
        b"Content-Type: multipart/digest; boundary=uit",
        b"=",
        b":",
        b"(",
        b";",
        MARKER.as_bytes(),
        b"\xe9\xe9",
        "ÿ".as_bytes(),
    ];
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(bytes.len());
        match dice.roll(4) {
            0 => bytes[at] = u8::try_from(dice.roll(256)).unwrap_or_default(),
            1 => drop(bytes.splice(at..at, PIECES[dice.roll(PIECES.len())].iter().copied())),
            2 => drop(bytes.drain(at..(at + dice.roll(40)).min(bytes.len()))),
            _ => {
                let copy = bytes[at..(at + dice.roll(300)).min(bytes.len())].to_vec();
                let to = dice.roll(bytes.len());
                bytes.splice(to..to, copy);
            }
        }
        if bytes.is_empty() {
            bytes.push(b'x');
        }
    }
}

#[test]
fn damaged_mail_is_read_all_the_same() {
    const ROUNDS: usize = 3_000;
    let mut dice = Dice(0x006B_6C61_6368_7470);
    for _ in 0..ROUNDS {
        let mut bytes = RICH.join("\r\n").into_bytes();
        damage(&mut bytes, &mut dice);
        let mail = read(&bytes, "desk.example");
        let shown = [&mail.subject, &mail.from.unwrap_or_default().name].map(|s| s.chars().any(char::is_control));
        assert_eq!(shown, [false; 2]);
        assert!(!mail.text.contains('\0') && mail.relayable.len() <= mail.reply.len());
        assert!(mail.attachments.iter().all(|a| !a.name.is_empty() && !a.name.contains(['/', '\\'])));
        assert_eq!(attachments(&bytes), mail.attachments, "sent along by their place");
    }
}

#[test]
fn a_field_is_one_only_where_its_name_is_written_as_it_is() {
    let proof = |name: &str| {
        let raw = format!(
            "X-Mailer: x\r\n{name}: mx.lease.example; dmarc=pass header.from=lease.example\r\nFrom: jan@lease.example\r\n\r\n#intern Ja.\r\n"
        );
        crate::mail::read(raw.as_bytes(), "mx.lease.example").proof
    };
    assert_eq!(proof("AUTHENTICATION-Results"), SenderProof::Proven);
    for forged in [
        "Auth\rentication-Results",
        "Authentication\0-Results",
        "Authentication-Results\u{b}",
        "Authentication-Results \t",
        "\u{feff}Authentication-Results",
        "Authentication\u{ad}-Results",
        "Subject: x\rAuthentication-Results",
    ] {
        assert_eq!(proof(forged), SenderProof::None, "{forged:?}");
    }
    let old_form = crate::mail::read(b"From : jan@lease.example\r\nSubject : Kras\r\n\r\nJa.\r\n", "");
    assert_eq!((old_form.subject.as_str(), old_form.from.is_some()), ("Kras", true));
}

#[test]
fn a_calendar_alone_is_text_without_controls() {
    let raw = b"From: a@b.nl\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\nDTSTART:20260306T130\x000Z\r\nEND:VEVENT\r\n";
    let text = crate::mail::read(raw, "").text;
    assert!(text.starts_with("Begin: 06-03-2026") && !text.contains('\0'), "{text:?}");
}
