//! The digest and the month's report as they leave: picture, spreadsheet, buttons, and that they stay light.

use super::*;
use crate::case::{CaseNumber, Clock, Escalation};
use crate::desk::draft::Enclosed;
use crate::digest::{Digest, Goes, Mark, May, Picture, Row, Section, sheet};
use crate::mail;
use mail_parser::MimeHeaders;

/// Some clients cut the rest of a larger text off (Gmail at 102 kB).
const HTML_OCTETS_MAX: usize = 100_000;

fn digest_of(draft: &Draft) -> Digest {
    match &draft.content {
        Content::Digest(digest) => (**digest).clone(),
        other => panic!("{other:?}"),
    }
}

fn with_sheet(mut draft: Draft, octets: usize) -> Draft {
    let content = vec![7; octets];
    draft.enclosed = vec![Enclosed { name: "klachten.xlsx".into(), media_type: sheet::MEDIA_TYPE.into(), content }];
    draft
}

/// The links of the buttons and names in the HTML, with the token each holds.
fn links(html: &str) -> Vec<(String, Option<Token>)> {
    let hrefs = html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"));
    let decoded = |href: &str| {
        let mut bytes = Vec::new();
        let mut rest = href.as_bytes();
        while let [first, after @ ..] = rest {
            match (first, after) {
                (b'%', [a, b, tail @ ..]) => {
                    bytes.push(u8::from_str_radix(std::str::from_utf8(&[*a, *b]).unwrap(), 16).unwrap());
                    rest = tail;
                }
                (byte, tail) => {
                    bytes.push(*byte);
                    rest = tail;
                }
            }
        }
        String::from_utf8(bytes).unwrap()
    };
    hrefs.map(|href| decoded(&href)).map(|link| (link.clone(), sample::keys().find(&link))).collect()
}

#[test]
fn the_picture_stands_in_the_html_and_its_words_in_the_text() {
    let draft = with_sheet(first(LetterKind::Digest, Language::Dutch), 3_000);
    let letter = write(&draft);
    let message = parsed(&letter.bytes);
    let kinds: Vec<String> = message
        .parts
        .iter()
        .map(|part| part.content_type().map(|of| format!("{}/{}", of.ctype(), of.subtype().unwrap_or(""))).unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "multipart/related",
            "text/html",
            "image/png",
            sheet::MEDIA_TYPE
        ]
    );
    let picture = message.parts.iter().find(|part| part.is_content_type("image", "png")).unwrap();
    let shown = digest_of(&draft).picture.unwrap();
    assert_eq!(Some(picture.contents()), shown.png.as_deref());
    assert_eq!(picture.content_disposition().unwrap().ctype(), "inline");
    let html = message.body_html(0).unwrap();
    let html = seven_bit::read(&html);
    assert!(html.contains(&format!("src=\"cid:{}\"", picture.content_id().unwrap())), "{html}");
    assert!(html.contains(&format!("alt=\"{}\"", shown.alt)));
    assert!(message.body_text(0).unwrap().contains(&shown.alt));
    // `verify --digest FILE` reads it with our own reading room.
    assert!(mail::read(&letter.bytes, "").text.contains(&digest_of(&draft).chain_head));
}

#[test]
fn each_button_writes_to_the_desk_with_a_token_of_its_case() {
    for sub_addressing in [false, true] {
        let house = House { sub_addressing, ..sample::house() };
        let draft = first(LetterKind::Digest, Language::Dutch);
        let html = parsed(&write_for(&draft, &house).bytes).body_html(0).unwrap().into_owned();
        let buttons: Vec<(String, Token)> =
            links(&html).into_iter().filter_map(|(link, token)| Some((link, token?))).collect();
        let verbs: Vec<(u32, &str)> = buttons
            .iter()
            .map(|(link, token)| {
                let verb = link.split("body=").nth(1).unwrap().split("\r\n").next().unwrap();
                (token.case.unwrap().serial, verb)
            })
            .collect();
        // What comes first for each case; the more cases there are, the fewer buttons has each.
        let of = |serial| verbs.iter().filter(|(of, _)| *of == serial).map(|(_, verb)| *verb).collect::<Vec<_>>();
        assert_eq!(of(121), ["#overnemen", "#toewijzen j.devries@voorbeeld.example"]);
        assert_eq!(of(117), ["#advies", "#overnemen"]);
        assert!(verbs.len() > 20, "{verbs:?}");
        for (link, token) in &buttons {
            assert_eq!((&token.letter, token.side), (&draft.id, Side::Staff));
            let to = link.strip_prefix("mailto:").unwrap().split('?').next().unwrap();
            let own = format!("klachten+{}@voorbeeld.example", sample::keys().write(token));
            assert_eq!(to, if sub_addressing { own.as_str() } else { "klachten@voorbeeld.example" });
        }
        // In the text, and so in what a reply quotes, stands the letter's own token only.
        let letter = write_for(&draft, &house);
        let text = parsed(&letter.bytes).body_text(0).unwrap().into_owned();
        assert!(sample::keys().find_all(&text).all(|token| token.case.is_none()));
        assert!(sample::keys().find_all(&mail::read(&letter.bytes, "").text).all(|token| token.case.is_none()));
    }
}

/// What a link opens does: the verb that it types; none of a mail to somebody.
fn typed(link: &str) -> Option<&str> {
    link.split_once("body=").map(|(_, body)| body)
}

#[test]
fn who_reads_the_companys_digest_asks_for_files_and_acts_on_nothing() {
    let mut draft = first(LetterKind::Digest, Language::Dutch);
    let mut digest = Digest { departments: Vec::new(), titles: Vec::new(), ..digest_of(&draft) };
    let look = |rows: Vec<Row>| rows.into_iter().map(sample::overviews::to_look_at).collect();
    digest.sections = digest.sections.into_iter().map(|(section, rows)| (section, look(rows))).collect();
    draft.content = Content::Digest(Box::new(digest));
    let html = read(&draft).html;
    let links = links(&html);
    assert!(links.iter().all(|(_, token)| token.is_none()), "{links:?}");
    let asked: Vec<&str> = links.iter().filter_map(|(link, _)| typed(link)).collect();
    assert!(asked.contains(&"#dossier K-2026-000121") && asked.iter().all(|asked| asked.starts_with("#dossier ")));
    assert!(links.iter().any(|(link, _)| link.starts_with("mailto:p.dewit@voorbeeld.example")), "{links:?}");
}

#[test]
fn what_does_not_fit_comes_by_mail_with_a_button() {
    let html = read(&crowded(9)).html;
    let links = links(&html);
    let lists: Vec<&str> =
        links.iter().filter_map(|(link, _)| typed(link)).filter(|typed| typed.starts_with("#stand")).collect();
    // Of what was closed there is no list: the spreadsheet has it.
    assert_eq!(lists.len(), Section::ALL.len() - 1, "{lists:?}");
    assert!(lists.contains(&"#stand te laat"), "{lists:?}");
}

/// So many cases in each section, with the longest texts there are.
fn crowded(count: u32) -> Draft {
    let mut draft = first(LetterKind::Digest, Language::Dutch);
    let mut digest = digest_of(&draft);
    let question = Escalation {
        question: "Mag ik coulance bieden? ".repeat(400),
        to: Address::parse("chef@voorbeeld.example").unwrap(),
        at: sample::now(),
    };
    let row = |serial: u32| Row {
        number: CaseNumber { year: 2026, serial },
        subject: "Één & <ander> \"onderwerp\" ".repeat(300),
        customer: "Żółć <b> & ".repeat(300),
        department_title: "Schade en verzekering".into(),
        handler: "een.heel.lang.adres.van.een.behandelaar@voorbeeld.example".into(),
        received_at: sample::now(),
        next: Some((Clock::FirstResponse, sample::now())),
        closed_at: None,
        marks: vec![Mark::Question(question.clone()), Mark::Undelivered, Mark::Reopened, Mark::Unanswered],
        reply_address: "schade@voorbeeld.example".into(),
        may: May::Act {
            colleagues: (0..9)
                .map(|n| Address::parse(&format!("een.lang.adres.van.collega{n}@voorbeeld.example")).unwrap())
                .collect(),
        },
    };
    digest.sections = Section::ALL.into_iter().map(|section| (section, (1..=count).map(row).collect())).collect();
    digest.open = usize::try_from(count).unwrap() * 9;
    draft.content = Content::Digest(Box::new(digest));
    draft
}

#[test]
fn thousands_of_cases_make_a_digest_that_no_client_cuts_off() {
    let read = read(&crowded(1_000));
    let page = parsed(&read.letter.bytes).body_html(0).unwrap().len();
    assert!(page < HTML_OCTETS_MAX, "{page} octets as it is sent");
    assert!(read.text.len() < HTML_OCTETS_MAX, "{} octets", read.text.len());
    assert!(read.text.contains("Te laat (1000)") && read.text.contains("Gesloten (1000)"), "{}", read.text);
    assert!(read.text.contains("En nog 993 andere; ze staan in de spreadsheet."), "{}", read.text);
    assert!(read.text.contains("Stand van het register"));
}

#[test]
fn what_is_too_large_goes_without_its_spreadsheet_then_without_its_picture_and_says_so() {
    let mut draft = with_sheet(first(LetterKind::Digest, Language::Dutch), 60_000);
    let picture = Picture { png: Some(vec![9; 60_000]), alt: "31 ontvangen".into() };
    draft.content = Content::Digest(Box::new(Digest { picture: Some(picture), ..digest_of(&draft) }));
    let write_within = |max_message_bytes| {
        let house = House { max_message_bytes, ..sample::house() };
        let letter = write_for(&draft, &house);
        assert!(letter.bytes.len() as u64 <= max_message_bytes);
        let message = parsed(&letter.bytes);
        let has = |kind: (&str, &str)| message.parts.iter().any(|part| part.is_content_type(kind.0, kind.1));
        let sheet = message.parts.iter().any(|part| part.attachment_name() == Some("klachten.xlsx"));
        (sheet, has(("image", "png")), message.body_text(0).unwrap().into_owned())
    };
    let (sheet, picture, text) = write_within(1 << 20);
    assert!(sheet && picture && text.contains("De hele lijst zit als spreadsheet"), "{text}");
    let (sheet, picture, text) = write_within(150_000);
    assert!(!sheet && picture && text.contains("te groot om mee te sturen"), "{text}");
    let (sheet, picture, text) = write_within(90_000);
    assert!(!sheet && !picture && text.contains("De grafiek kon niet mee") && text.contains("31 ontvangen"), "{text}");
    let house = House { max_message_bytes: 20_000, ..sample::house() };
    let refused = LETTERS.render(&draft, &house, &sample::keys(), sample::now());
    assert!(matches!(refused, Err(RenderError::TooLarge { .. })));
    let month = with_sheet(first(LetterKind::Month, Language::Dutch), 90_000);
    let house = House { max_message_bytes: 100_000, ..sample::house() };
    let text = parsed(&write_for(&month, &house).bytes).body_text(0).unwrap().into_owned();
    assert!(text.contains("te groot om mee te sturen"), "{text}");
}

#[test]
fn a_quiet_day_is_short_and_says_so() {
    let is_quiet = |draft: &&Draft| matches!(&draft.content, Content::Digest(digest) if digest.open == 0);
    let text = read(DRAFTS.iter().find(is_quiet).unwrap()).text;
    assert!(text.contains("Er staat geen enkele klacht open. Mooi werk.") && text.lines().count() < 15, "{text}");
    assert!(!text.contains("spreadsheet"));
}

#[test]
fn a_letter_that_failed_on_a_closed_case_is_no_praise() {
    let mut draft = first(LetterKind::Digest, Language::Dutch);
    let mut digest = digest_of(&draft);
    digest.sections.retain(|section, _| *section == Section::Undelivered);
    (digest.open, digest.sheet) = (0, Goes::Nothing);
    draft.content = Content::Digest(Box::new(digest));
    let text = read(&draft).text;
    assert!(text.contains("geen enkele klacht open.") && !text.contains("Mooi werk"), "{text}");
}
