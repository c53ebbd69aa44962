//! Headers, parts and attachments, read back by a mail parser.

use super::*;
use crate::desk::draft::Source;
use mail_parser::MimeHeaders;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

pub(super) fn carried(name: &str, media_type: &str, content: &[u8]) -> (Carried, Vec<u8>) {
    let sha256 = carried::hex(&Sha256::digest(content));
    let one = Carried {
        source: Source::Attachment { mail: 7, index: 0 },
        name: name.into(),
        media_type: media_type.into(),
        size: content.len(),
        sha256,
    };
    (one, content.to_vec())
}

fn with(kind: LetterKind, carried: &[(Carried, Vec<u8>)]) -> Draft {
    Draft { carried: carried.iter().map(|(one, _)| one.clone()).collect(), ..first(kind, Language::Dutch) }
}

fn header(bytes: &[u8], name: &str) -> Option<String> {
    let whole = String::from_utf8_lossy(bytes).replace("\r\n ", " ");
    let found =
        whole.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix(&format!("{name}: ")));
    found.map(str::to_owned)
}

#[test]
fn lines_are_short_ascii_and_end_in_crlf() {
    for draft in DRAFTS.iter() {
        let bytes = write(draft).bytes;
        let whole = String::from_utf8(bytes).unwrap();
        assert!(whole.is_ascii() && whole.ends_with("\r\n"));
        for line in whole.split("\r\n") {
            assert!(line.len() <= 998 && !line.contains(['\r', '\n', '\0']), "{line:?}");
        }
    }
}

#[test]
fn the_same_draft_is_the_same_bytes() {
    let draft = with(LetterKind::Notification, &[carried("a.pdf", "application/pdf", b"x")]);
    assert_eq!(write(&draft), write(&draft));
}

#[test]
fn machines_are_told_which_letters_a_machine_wrote() {
    for kind in LetterKind::ALL.iter().copied() {
        let bytes = write(&first(kind, Language::Dutch)).bytes;
        let expected = match kind {
            LetterKind::Acknowledgement | LetterKind::Acknowledgements => Some("auto-replied"),
            LetterKind::Answer | LetterKind::Interim | LetterKind::Closing => None,
            _ => Some("auto-generated"),
        };
        assert_eq!(header(&bytes, "Auto-Submitted").as_deref(), expected, "{kind:?}");
        // Whether a handler is away is worth knowing; no other machine need answer.
        let of_handler = matches!(kind, LetterKind::Notification | LetterKind::FollowUp | LetterKind::Term);
        let suppressed = expected.map(|_| if of_handler { "DR, RN, NRN, AutoReply" } else { "All" });
        assert_eq!(header(&bytes, "X-Auto-Response-Suppress").as_deref(), suppressed, "{kind:?}");
        assert_eq!(header(&bytes, "X-Loop").as_deref(), Some("klachten@voorbeeld.example"));
        assert_eq!(header(&bytes, "Content-Language").as_deref(), Some("nl"));
        assert_eq!(header(&bytes, "Date").as_deref(), Some("Mon, 23 Nov 2026 09:30:00 +0100"));
    }
}

#[test]
fn bounces_and_replies_come_back_to_the_desk() {
    let draft = first(LetterKind::Answer, Language::Dutch);
    let plain = write(&draft);
    assert_eq!(plain.envelope_from, "klachten@voorbeeld.example");
    assert_eq!(header(&plain.bytes, "Reply-To"), None);
    let plus = write_for(&draft, &House { sub_addressing: true, ..sample::house() });
    let token = plus.message_id.split('@').next().unwrap();
    assert_eq!(plus.envelope_from, format!("klachten+{token}@voorbeeld.example"));
    assert!(header(&plus.bytes, "Reply-To").unwrap().contains(&plus.envelope_from));
    // RFC 5321 §4.5.3.1.1: 64 octets of local part; then the token in the Message-ID must do.
    let long = Address::parse(&format!("{}@voorbeeld.example", "k".repeat(40))).unwrap();
    let long = write_for(&draft, &House { sub_addressing: true, desk_address: long.clone(), ..sample::house() });
    assert_eq!(long.envelope_from, format!("{}@voorbeeld.example", "k".repeat(40)));
}

#[test]
fn the_thread_is_kept_short_and_in_order() {
    let mut draft = first(LetterKind::Answer, Language::Dutch);
    draft.references = (0..500).map(|n| format!("{n}@klant.example")).collect();
    draft.references.extend(["bad id@x".into(), "<a>b@x".into(), "x\r\nBcc: y@z".into(), "i".repeat(900)]);
    draft.in_reply_to = Some("<499@klant.example>".into());
    let bytes = write(&draft).bytes;
    let references = header(&bytes, "References").unwrap();
    let ids: Vec<_> = references.split_whitespace().collect();
    assert_eq!(
        (ids.len(), ids[0], ids[1], ids[11]),
        (12, "<0@klant.example>", "<489@klant.example>", "<499@klant.example>")
    );
    assert_eq!(header(&bytes, "In-Reply-To").as_deref(), Some("<499@klant.example>"));
    assert_eq!(header(&bytes, "Bcc"), None);
}

#[test]
fn attachments_arrive_as_they_were() {
    let all = [
        carried("foto é van de kras.jpg", "image/jpeg", &(0..=255).cycle().take(10_000).collect::<Vec<u8>>()),
        carried("leeg.txt", "text/plain", b""),
        carried("../../etc/passwd", "no type", b"\n.\r\n\0"),
        carried("doorgestuurd.eml", "message/rfc822", b"Subject: x\n\ny"),
    ];
    let letter = write(&with(LetterKind::Answer, &all));
    let whole = assemble(&letter.bytes, &all).unwrap();
    assert!(!String::from_utf8_lossy(&whole).contains("klachtpost.carried"));
    let message = parsed(&whole);
    let read: Vec<_> =
        message.attachments().map(|part| (part.attachment_name().unwrap().to_owned(), part.contents())).collect();
    let names: Vec<_> = read.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["foto é van de kras.jpg", "leeg.txt", "_.._etc_passwd", "doorgestuurd.eml"]);
    for ((_, content), (_, read)) in all.iter().zip(&read) {
        assert_eq!(content, read);
    }
    assert!(
        String::from_utf8(whole).unwrap().split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n']))
    );
}

#[test]
fn what_does_not_belong_together_is_not_assembled() {
    let all = [carried("a", "a/b", b"een"), carried("b", "a/b", b"twee")];
    let letter = write(&with(LetterKind::Answer, &all));
    let mut changed = all.clone();
    changed[1].1 = b"anders".to_vec();
    assert_eq!(assemble(&letter.bytes, &changed), Err(AssembleError::Changed { source_of: all[0].0.source.clone() }));
    assert_eq!(assemble(&letter.bytes, &all[..1]), Err(AssembleError::Missing));
    let bare = write(&with(LetterKind::Answer, &[]));
    assert_eq!(assemble(&bare.bytes, &all), Err(AssembleError::Place { source_of: all[0].0.source.clone() }));
    assert_eq!(assemble(&bare.bytes, &[]), Ok(bare.bytes));
}

#[test]
fn text_that_imitates_a_placeholder_is_text() {
    let all = [carried("a", "a/b", b"een")];
    let place = carried::placeholder(0, &all[0].0);
    let imitation = format!("{place}\n={place}\nzie {place}");
    let mut draft = with(LetterKind::Answer, &all);
    draft.content = Content::Answer(crate::desk::draft::Answer { text: imitation.clone(), signed_by: None });
    let letter = write(&draft);
    let whole = assemble(&letter.bytes, &all).unwrap();
    assert!(parsed(&whole).body_text(0).unwrap().replace("\r\n", "\n").contains(&imitation));
    // Nor does it lose its place in the letter that goes without its attachments.
    let light = lighten(&letter.bytes, &letter.carried, Apart::TooLarge);
    assert_eq!(parsed(&light).body_html(0), parsed(&whole).body_html(0));
    assert!(!String::from_utf8(light).unwrap().contains(&place));
}

#[test]
fn what_is_too_large_for_the_server_is_listed_for_staff_and_refused_for_customers() {
    let all =
        [carried("klein.pdf", "application/pdf", &[1; 40_000]), carried("groot.mov", "video/quicktime", &[2; 90_000])];
    let house = House { max_message_bytes: 120_000, ..sample::house() };
    let letter = write_for(&with(LetterKind::Notification, &all), &house);
    assert_eq!(letter.carried.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["klein.pdf"]);
    let whole = assemble(&letter.bytes, &all[..1]).unwrap();
    assert!(whole.len() <= 120_000);
    let text = parsed(&whole).body_text(0).unwrap().into_owned();
    assert!(text.contains("- klein.pdf (40 kB)") && text.contains("- groot.mov (90 kB)"), "{text}");
    let answer = with(LetterKind::Answer, &all);
    let refused = LETTERS.render(&answer, &house, &sample::keys(), sample::now());
    assert!(matches!(refused, Err(RenderError::TooLarge { max: 120_000, found }) if found > 130_000));
}

#[test]
fn of_thousands_of_attachments_a_hundred_go_along_and_fifty_more_are_named() {
    let all: Vec<_> = (0..2_000).map(|n| carried(&format!("{n}.txt"), "text/plain", b"x")).collect();
    let letter = write(&with(LetterKind::Notification, &all));
    assert_eq!(letter.carried.len(), CARRIED_MAX);
    let whole = assemble(&letter.bytes, &all[..CARRIED_MAX]).unwrap();
    let text = parsed(&whole).body_text(0).unwrap().into_owned();
    assert!(text.contains("- 148.txt") && !text.contains("- 149.txt") && text.contains("en nog 1851 andere"), "{text}");
}

#[test]
fn an_address_no_server_takes_is_an_error_and_no_panic() {
    let mut draft = first(LetterKind::Answer, Language::Dutch);
    draft.to = Address::parse("jan@-x-.nl").unwrap();
    let refused = LETTERS.render(&draft, &sample::house(), &sample::keys(), sample::now());
    assert_eq!(refused, Err(RenderError::Address { address: draft.to }));
}

proptest! {
    #[test]
    fn any_content_comes_back(content in proptest::collection::vec(any::<u8>(), 0..400), name in any::<String>()) {
        let all = [carried(&name, "application/octet-stream", &content)];
        let whole = assemble(&write(&with(LetterKind::Answer, &all)).bytes, &all).unwrap();
        let message = parsed(&whole);
        prop_assert_eq!(message.attachments().next().unwrap().contents(), &content[..]);
    }
}
